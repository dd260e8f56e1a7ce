#include "core/convention.h"

#include <algorithm>

#include "core/error.h"
#include "core/text.h"

namespace migrate {
namespace {

constexpr size_t kMaxNameBytes = 255;

// The first that knows the name takes it.
constexpr std::optional<Claim> (*kConventions[])(std::string_view) = {
    convention::ClaimRollbacksFolder,
    convention::ClaimPair,
    convention::ClaimPlain,
};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
bool EndsVersion(std::string_view stem, size_t at) {
  return at == stem.size() || stem[at] == '_' || stem[at] == '-' || stem[at] == ' ';
}

// Length of the version that `stem` starts with: digits, further digits after dots or dashes, one
// letter at most. 0 if there is none.
size_t VersionLength(std::string_view stem) {
  size_t best = 0;
  size_t at = 0;
  for (;;) {
    const size_t digits = at;
    while (at < stem.size() && IsDigit(stem[at])) ++at;
    if (at == digits) return best;
    if (EndsVersion(stem, at)) best = at;
    if (at < stem.size() && IsLetter(stem[at]) && EndsVersion(stem, at + 1)) best = at + 1;
    if (at == stem.size() || (stem[at] != '.' && stem[at] != '-')) return best;
    ++at;
  }
}

}  // namespace

Claim ClaimFile(std::string_view path) {
  for (const auto& claim_file : kConventions) {
    if (auto claim = claim_file(path)) return *claim;
  }
  throw Error(sqlstate::kInvalidParameter, "file \"" + std::string(path) + "\" is no migration");
}

MigrationId ParseMigrationName(std::string_view name) {
  std::string_view stem = BaseName(name);
  if (IsSqlFile(stem)) stem.remove_suffix(4);
  stem = Trim(stem);
  if (stem.empty()) {
    throw Error(sqlstate::kInvalidParameter, "migration name is empty", {},
                "Name it as its file, for example \"0003_add_email\".");
  }
  if (stem == "zero") {
    throw Error(sqlstate::kInvalidParameter, "a migration can't be called \"zero\"",
                "As a target that word means before the first.", "Give it another name.");
  }
  const bool printable =
      std::none_of(stem.begin(), stem.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (!printable || stem.size() > kMaxNameBytes) {
    throw Error(sqlstate::kInvalidParameter, "invalid migration name",
                "It has control characters, or more than 255 bytes.",
                "Name it as its file, for example \"0003_add_email\".");
  }
  const size_t length = VersionLength(stem);
  const std::string_view rest = stem.substr(length);
  return {std::string(stem.substr(0, length)), std::string(length == 0 || rest.empty() ? rest : rest.substr(1))};
}

bool IsSqlFile(std::string_view path) {
  constexpr std::string_view kEnding = ".sql";
  return path.size() >= kEnding.size() && EqualsIgnoringCase(path.substr(path.size() - kEnding.size()), kEnding);
}

std::string_view BaseName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view FolderName(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? std::string_view() : BaseName(path.substr(0, slash));
}

}  // namespace migrate
