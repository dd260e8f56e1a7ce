// Liquibase's changelogs in XML, YAML and JSON: what they include, in their order. Anything else in them, such as a
// changeset that is no SQL, is refused with its line.
#include <algorithm>
#include <map>

#include "core/convention/liquibase.h"

namespace migrate::convention {
namespace {

// An element of XML, or a key of YAML or JSON that is none of another's.
struct Element {
  std::string name;
  int line = 0;
  std::map<std::string, std::string> values;

  std::string Value(const std::string& key) const {
    const auto found = values.find(key);
    return found == values.end() ? std::string() : found->second;
  }
};

constexpr std::string_view kBlanks = " \t\r\n";

class XmlReader {
 public:
  explicit XmlReader(std::string_view text) : text_(text) {}

  std::vector<Element> Read() {
    std::vector<Element> elements;
    while ((at_ = text_.find('<', at_)) != text_.npos) {
      if (text_.substr(at_).starts_with("<!--")) {
        SkipTo("-->");
      } else if (at_ + 1 < text_.size() && (text_[at_ + 1] == '?' || text_[at_ + 1] == '!' || text_[at_ + 1] == '/')) {
        SkipTo(">");
      } else {
        elements.push_back(TakeElement());
      }
    }
    return elements;
  }

 private:
  void SkipTo(std::string_view end) {
    const size_t found = text_.find(end, at_);
    at_ = found == text_.npos ? text_.size() : found + end.size();
  }

  Element TakeElement() {
    constexpr std::string_view kEndOfName = " \t\r\n=/>";
    Element element;
    line_ = Advance({line_, 1}, text_.substr(counted_, at_ - counted_)).line;
    counted_ = at_;
    element.line = line_;
    element.name = TakeUntil(++at_, kEndOfName);
    element.name.erase(0, element.name.find(':') + 1);  // npos + 1 is 0
    for (;;) {
      at_ = std::min(text_.find_first_not_of(" \t\r\n/", at_), text_.size());
      if (at_ == text_.size() || text_[at_] == '>') return element;
      const std::string key = TakeUntil(at_, kEndOfName);
      const size_t quote = std::min(text_.find_first_of("\"'>", at_), text_.size());
      if (quote == text_.size() || text_[quote] == '>') {
        at_ = quote;
        continue;
      }
      const size_t end = std::min(text_.find(text_[quote], quote + 1), text_.size());
      element.values[key] = std::string(text_.substr(quote + 1, end - quote - 1));
      at_ = std::min(end + 1, text_.size());
    }
  }

  std::string TakeUntil(size_t begin, std::string_view ends) {
    at_ = std::min(text_.find_first_of(ends, begin), text_.size());
    if (at_ == begin && at_ < text_.size()) ++at_;  // whatever it is, it goes on
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string_view text_;
  size_t at_ = 0;
  size_t counted_ = 0;
  int line_ = 1;
};

// Both are read for their keys and the plain values behind them, whatever the brackets and the indentation say.
class YamlReader {
 public:
  explicit YamlReader(std::string_view text) : text_(text) {}

  std::vector<Element> Read() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      const bool begins_word = at_ == 0 || kBlanks.find(text_[at_ - 1]) != kBlanks.npos;
      if (c == '\n') ++line_;
      if (c == '#' && begins_word) {
        at_ = LineEnd(text_, at_);
      } else if (kBlanks.find(c) != kBlanks.npos || std::string_view("{}[],").find(c) != std::string_view::npos) {
        ++at_;
      } else {
        TakeToken();
      }
    }
    return std::move(elements_);
  }

 private:
  void TakeToken() {
    const bool quoted = text_[at_] == '"' || text_[at_] == '\'';
    const int line = line_;
    const std::string token = quoted ? TakeQuoted() : TakeWord();
    const size_t next = std::min(text_.find_first_not_of(" \t", at_), text_.size());
    const bool is_key = next < text_.size() && text_[next] == ':';
    if (is_key) at_ = next + 1;
    if (is_key) {
      TakeKey(token, line);
    } else if (token != "-" && !elements_.empty() && !key_.empty()) {
      elements_.back().values[key_] = token;
      key_.clear();
    }
  }

  void TakeKey(const std::string& key, int line) {
    constexpr std::string_view kOfElement[] = {
        "file",   "path",       "relativeToChangelogFile", "errorIfMissingOrEmpty", "errorIfMissing", "name", "value",
        "global", "description"};
    constexpr std::string_view kOther[] = {"context", "contextFilter",      "labels",   "ignore",   "logicalFilePath",
                                           "filter",  "resourceComparator", "minDepth", "maxDepth", "endsWithFilter",
                                           "dbms"};
    const auto is = [&](std::string_view other) { return key == other; };
    const bool of_element = std::any_of(std::begin(kOfElement), std::end(kOfElement), is) ||
                            std::any_of(std::begin(kOther), std::end(kOther), is);
    key_ = of_element && !elements_.empty() ? key : std::string();
    if (!of_element) elements_.push_back({key, line, {}});
  }

  std::string TakeQuoted() {
    const char quote = text_[at_];
    const size_t end = std::min(text_.find(quote, at_ + 1), text_.size());
    const std::string_view token = text_.substr(at_ + 1, end - at_ - 1);
    line_ += static_cast<int>(std::count(token.begin(), token.end(), '\n'));
    at_ = std::min(end + 1, text_.size());
    return std::string(token);
  }

  // A colon ends it only before a blank.
  std::string TakeWord() {
    const size_t begin = at_;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (kBlanks.find(c) != kBlanks.npos || c == ',' || c == '}' || c == ']') break;
      const bool last = at_ + 1 >= text_.size() || kBlanks.find(text_[at_ + 1]) != kBlanks.npos;
      if (c == ':' && last) break;
    }
    if (at_ == begin) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string_view text_;
  size_t at_ = 0;
  int line_ = 1;
  std::string key_;  // that a value may follow
  std::vector<Element> elements_;
};

// Throws for what says more of an include than where it is.
void RequirePlain(const Element& element, const std::string& place) {
  constexpr std::string_view kHarmless[] = {"file",           "path",        "relativeToChangelogFile",
                                            "errorIfMissing", "description", "errorIfMissingOrEmpty"};
  for (const auto& [key, value] : element.values) {
    const auto is = [&, &name = key](std::string_view other) { return name == other; };
    if (std::any_of(std::begin(kHarmless), std::end(kHarmless), is)) continue;
    throw Error(sqlstate::kFeatureNotSupported,
                place + Join({"\"", key, "\" of \"", element.name, "\" is not supported"}, ""), {},
                "Say it at the changesets, or load the files of each such include by themselves.");
  }
}

}  // namespace

void RequireValue(const std::string& name, const std::string& value, const std::string& place,
                  const ReadOptions& options) {
  if (options.values.contains(name)) return;
  throw Error(sqlstate::kUndefinedObject, place + "property \"" + name + "\" is not read from the file", {},
              "Give it as a value, which counts before the file's for Liquibase, too: placeholders => '{\"" + name +
                  "\": \"" + value + "\"}'.");
}

std::vector<Include> ReadChangelog(const SourceFile& file, const ReadOptions& options) {
  const std::string_view text = WithoutByteOrderMark(file.content);
  const bool is_xml = TrimLeft(text).starts_with('<');
  const std::vector<Element> elements = is_xml ? XmlReader(text).Read() : YamlReader(text).Read();
  std::vector<Include> includes;
  for (const auto& element : elements) {
    const std::string place = "file \"" + file.path + "\", line " + std::to_string(element.line) + ": ";
    if (element.name == "databaseChangeLog") continue;
    if (element.name == "property" && !element.Value("name").empty()) {
      RequireValue(element.Value("name"), element.Value("value"), place, options);
    } else if (element.name == "include" || element.name == "includeAll") {
      RequirePlain(element, place);
      const bool all = element.name == "includeAll";
      includes.push_back({element.Value(all ? "path" : "file"), all,
                          EqualsIgnoringCase(element.Value("relativeToChangelogFile"), "true"), element.line});
    } else {
      throw Error(sqlstate::kFeatureNotSupported, place + "\"" + element.name + "\" is not supported",
                  "Of a changelog that is no SQL only include, includeAll and property are read.",
                  "Write what it does in formatted SQL, in a file that the changelog includes.");
    }
  }
  return includes;
}

}  // namespace migrate::convention
