#include "core/adopt/proof.h"

#include <algorithm>

#include "core/text/lexer.h"

namespace migrate::adopt {
namespace {

uint32_t Crc32(uint32_t crc, std::string_view bytes) {
  constexpr uint32_t kPolynomial = 0xEDB88320;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
  }
  return crc;
}

std::string WithLineEnds(std::string_view text, std::string_view end) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (text[i] == '\n') {
      result += end;
    } else {
      result += text[i];
    }
  }
  return result;
}

std::string DigestOf(std::string_view before, std::string_view text, const HasherFactory& new_hasher) {
  const auto hasher = new_hasher();
  hasher->Add(before);
  hasher->Add(text);
  return hasher->Finish();
}

// `names`: what may stand before the text.
std::string CompareDigest(const Recorded& recorded, std::string_view text, const HasherFactory& new_hasher,
                          std::string_view algorithm, const std::vector<std::string>& names = {""}) {
  const std::string now = DigestOf(names.front(), text, new_hasher);
  const std::string wanted = ToLower(recorded.checksum);
  if (now == wanted) return {};
  for (const std::string_view end : {"\n", "\r\n"}) {
    const std::string ended = WithLineEnds(text, end);
    for (const std::string_view mark : {"", "\xEF\xBB\xBF"}) {
      for (const auto& name : names) {
        if (DigestOf(name + std::string(mark), ended, new_hasher) == wanted) return {};
      }
    }
  }
  return std::string(algorithm) + " of the text that ran is " + wanted + ", of the loaded one " + now;
}

// What a file of the migration may be called.
std::vector<std::string> FileNamesOf(const MigrationId& id) {
  std::vector<std::string> names;
  for (const char* const between : {"_", "-", ""}) names.push_back(id.version + between + id.name + ".sql");
  return names;
}

std::string CompareCrc32(const Recorded& recorded, std::string_view text) {
  const std::string now = std::to_string(static_cast<int32_t>(LineCrc32(text)));
  if (now == recorded.checksum) return {};
  return "the checksum of the text that ran is " + recorded.checksum + ", of the loaded one " + now;
}

std::string CompareGraphileHash(const Recorded& recorded, std::string_view text) {
  const size_t header = text.find("--! Hash: " + recorded.checksum);
  if (header != text.npos) return {};
  return "its header does not bear the hash of the text that ran, " + recorded.checksum;
}

std::vector<std::string_view> StatementsOf(std::string_view text) {
  std::vector<std::string_view> statements;
  Lexer lexer(text, true);
  while (const auto piece = lexer.Next()) {
    if (piece->kind != PieceKind::kDirective) statements.push_back(TrimRight(piece->text));
  }
  return statements;
}

// A statement's start, for a message.
std::string Short(std::string_view statement) {
  constexpr size_t kShown = 60;
  std::string line(statement.substr(0, statement.find_first_of("\r\n")));
  if (line.size() <= kShown) return "\"" + line + "\"";
  size_t end = kShown;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
  return "\"" + line.substr(0, end) + "…\"";
}

std::string CompareStatements(const Recorded& recorded, std::string_view text) {
  const std::string ran_text = WithLineEnds(recorded.text, "\n");
  const std::string loaded_text = WithLineEnds(text, "\n");
  const auto ran = StatementsOf(ran_text);
  const auto loaded = StatementsOf(loaded_text);
  const auto [a, b] = std::mismatch(ran.begin(), ran.end(), loaded.begin(), loaded.end());
  if (a == ran.end() && b == loaded.end()) return {};
  return "statement " + std::to_string(a - ran.begin() + 1) + " that ran is " + (a == ran.end() ? "none" : Short(*a)) +
         ", of the loaded text " + (b == loaded.end() ? "none" : Short(*b));
}

}  // namespace

uint32_t LineCrc32(std::string_view text) {
  text = WithoutByteOrderMark(text);
  uint32_t crc = 0xFFFFFFFF;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of("\r\n"), text.size());
    crc = Crc32(crc, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));  // of "\r\n" the second is an empty line, which adds nothing
  }
  return ~crc;
}

std::string Difference(const Recorded& recorded, const MigrationId& id, std::string_view text, const Hashers& hashers) {
  switch (recorded.proof) {
    case Proof::kLineCrc32: return CompareCrc32(recorded, text);
    case Proof::kSha1: return CompareDigest(recorded, text, hashers.sha1, "SHA-1");
    case Proof::kMd5: return CompareDigest(recorded, text, hashers.md5, "MD5");
    case Proof::kNamedSha1:
      return CompareDigest(recorded, text, hashers.sha1, "SHA-1, with the file's name,", FileNamesOf(id));
    case Proof::kSha256: return CompareDigest(recorded, text, hashers.sha256, "SHA-256");
    case Proof::kSha384: return CompareDigest(recorded, text, hashers.sha384, "SHA-384");
    case Proof::kGraphileHash: return CompareGraphileHash(recorded, text);
    case Proof::kStatements: return CompareStatements(recorded, text);
    default: return {};
  }
}

}  // namespace migrate::adopt
