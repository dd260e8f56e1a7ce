// Line n of atlas.sum has the SHA-256 of name 1, text 1 … name n, text n, as base64 behind "h1:"; the first line that
// of all names and hashes.
#include "core/convention/atlas_sum.h"

#include <map>
#include <set>

namespace migrate::convention {
namespace {

struct Line {
  std::string name;
  std::string hash;
};

constexpr std::string_view kPrefix = "h1:";

std::string Base64OfHex(std::string_view hex) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string result;
  unsigned bits = 0;
  int count = 0;
  for (const char c : hex) {
    bits = (bits << 4) | static_cast<unsigned>(kHex.find(c));
    for (count += 4; count >= 6; count -= 6) result += kDigits[(bits >> (count - 6)) & 63];
  }
  if (count > 0) result += kDigits[(bits << (6 - count)) & 63];
  while (result.size() % 4 != 0) result += '=';
  return result;
}

// "-- atlas:sum ignore" in the first line: the name counts, and the text does not.
bool IsIgnored(const SourceFile& script) {
  std::string_view text = script.content;
  std::string_view line;
  TakeLine(text, line);
  constexpr std::string_view kIgnore = "atlas:sum ignore";
  const size_t at = line.find(kIgnore);
  return at != line.npos && Trim(line.substr(at)) == kIgnore;
}

class Checker {
 public:
  Checker(const SourceFile& sum, const std::vector<SourceFile*>& scripts, const ReadOptions& options)
      : sum_(sum), scripts_(scripts), options_(options) {
    for (const auto* const script : scripts) by_name_.emplace(BaseName(script->path), script);
  }

  std::optional<SumProblem> Check() {
    if (!Parse()) {
      return Problem(sum_, "is no sum of Atlas", "Its lines are \"name h1:hash\", below one of the whole.");
    }
    std::set<std::string_view> listed;
    for (const auto& line : lines_) {
      listed.insert(line.name);
      if (by_name_.contains(line.name)) continue;
      // Whoever leaves out a file does without the hashes from there on.
      if (IsLeftOut(line.name, options_)) return std::nullopt;
      return Problem(sum_, "names \"" + line.name + "\", of which there is no file", "Restore the file.");
    }
    for (const auto* const script : scripts_) {
      if (!IsIgnored(*script) && !listed.contains(BaseName(script->path))) {
        return Problem(*script, "is not in atlas.sum", "Run \"atlas migrate hash\", or leave it out with leave_out.");
      }
    }
    if (!options_.new_sha256 || lines_.empty()) return std::nullopt;
    if (HashOfLines() != total_) {
      return Problem(sum_, "was altered: its first line is not the hash of the others", "Restore it.");
    }
    return FindChanged();
  }

 private:
  bool Parse() {
    std::string_view rest = WithoutByteOrderMark(sum_.content);
    std::string_view line;
    if (!TakeLine(rest, line) || !line.starts_with(kPrefix)) return false;
    total_ = Trim(line.substr(kPrefix.size()));
    while (TakeLine(rest, line)) {
      if (Trim(line).empty()) continue;
      const size_t at = line.rfind(kPrefix);
      if (at == line.npos) return false;
      lines_.push_back({std::string(Trim(line.substr(0, at))), std::string(Trim(line.substr(at + kPrefix.size())))});
    }
    return true;
  }

  std::string HashOfLines() const {
    const auto hasher = options_.new_sha256();
    for (const auto& line : lines_) {
      hasher->Add(line.name);
      hasher->Add(line.hash);
    }
    return Base64OfHex(hasher->Finish());
  }

  // Of the first scripts, up to the one of this line.
  std::string HashUpTo(size_t line) const {
    const auto hasher = options_.new_sha256();
    for (const auto* const script : scripts_) {
      hasher->Add(BaseName(script->path));
      if (IsIgnored(*script)) continue;
      hasher->Add(script->content);
      if (BaseName(script->path) == lines_[line].name) break;
    }
    return Base64OfHex(hasher->Finish());
  }

  // A hash is of all texts up to its own, so from the first that changed on all are others.
  std::optional<SumProblem> FindChanged() const {
    if (HashUpTo(lines_.size() - 1) == lines_.back().hash) return std::nullopt;
    size_t good = 0;
    size_t bad = lines_.size() - 1;
    while (good < bad) {
      const size_t middle = good + (bad - good) / 2;
      if (HashUpTo(middle) == lines_[middle].hash) {
        good = middle + 1;
      } else {
        bad = middle;
      }
    }
    return Problem(*by_name_.at(lines_[bad].name), "has changed since atlas.sum was written",
                   "Restore the text, or run \"atlas migrate hash\" if it is meant.");
  }

  static SumProblem Problem(const SourceFile& file, const std::string& what, const std::string& hint) {
    return {&file, Error(sqlstate::kTextChanged, "file \"" + file.path + "\" " + what, {}, hint)};
  }

  const SourceFile& sum_;
  const std::vector<SourceFile*>& scripts_;
  const ReadOptions& options_;
  std::map<std::string_view, const SourceFile*> by_name_;
  std::string total_;
  std::vector<Line> lines_;
};

}  // namespace

std::optional<SumProblem> CheckSum(const SourceFile& sum, const std::vector<SourceFile*>& scripts,
                                   const ReadOptions& options) {
  return Checker(sum, scripts, options).Check();
}

}  // namespace migrate::convention
