// Which of Liquibase's changesets run here: by dbms, contexts and labels.
#include <algorithm>

#include "core/convention/liquibase.h"

namespace migrate::convention {
namespace {

// "," binds least, then "or", then "and", then "!" and "not". Depth is limited by the length of a line.
class Expression {
 public:
  Expression(std::string_view text, const std::vector<std::string>& given) : given_(given) { Divide(text); }

  bool Matches() {
    const bool matches = Alternatives();
    if (at_ < words_.size()) Fail();
    return matches;
  }

 private:
  void Divide(std::string_view text) {
    constexpr std::string_view kSigns = ",()!";
    while (!(text = TrimLeft(text)).empty()) {
      size_t length = 1;
      if (kSigns.find(text[0]) == kSigns.npos) length = std::min(text.find_first_of(" \t,()!"), text.size());
      words_.push_back(ToLower(text.substr(0, length)));
      text.remove_prefix(length);
    }
  }

  bool Alternatives() {
    bool matches = Conjunction();
    while (Skip(",") || Skip("or")) matches = Conjunction() || matches;
    return matches;
  }

  bool Conjunction() {
    bool matches = Term();
    while (Skip("and")) matches = Term() && matches;
    return matches;
  }

  bool Term() {
    bool negated = false;
    while (Skip("!") || Skip("not")) negated = !negated;
    if (Skip("(")) {
      constexpr int kDeepest = 50;
      if (++depth_ > kDeepest) Fail();
      const bool matches = Alternatives();
      --depth_;
      if (!Skip(")")) Fail();
      return matches != negated;
    }
    if (at_ == words_.size() || words_[at_] == ")" || words_[at_] == ",") Fail();
    std::string_view name = words_[at_++];
    if (name.starts_with('@')) name.remove_prefix(1);
    const auto is = [&](const std::string& other) { return EqualsIgnoringCase(other, name); };
    return std::any_of(given_.begin(), given_.end(), is) != negated;
  }

  bool Skip(std::string_view word) {
    if (at_ == words_.size() || words_[at_] != word) return false;
    ++at_;
    return true;
  }

  [[noreturn]] static void Fail() {
    throw Error(sqlstate::kSyntaxError, "an expression that can't be understood", {},
                "Write names with \"and\", \"or\", \"!\" and parentheses.");
  }

  const std::vector<std::string>& given_;
  std::vector<std::string> words_;
  size_t at_ = 0;
  int depth_ = 0;
};

// Whether the changeset is for PostgreSQL: "postgresql,h2", "!mysql", "all".
bool IsForUs(const std::string& dbms) {
  bool any_named = false;
  bool named = false;
  for (const auto& each : SplitList(ToLower(dbms), ',')) {
    if (each == "all") return true;
    if (each == "none" || each == "!postgresql") return false;
    any_named |= !each.starts_with('!');
    named |= each == "postgresql";
  }
  return named || !any_named;
}

std::string ValueOf(const Attributes& attributes, const std::string& key) {
  const auto found = attributes.find(key);
  return found == attributes.end() ? std::string() : found->second;
}

// Which contexts and labels are meant is no guess: Liquibase's own default is to run all.
std::string Meant(const std::string& what, const std::string& value, const std::string& name, const std::string& place,
                  const ReadOptions& options) {
  const std::string key = "liquibase." + what;
  if (const auto found = options.values.find(key); found != options.values.end()) return found->second;
  throw Error(sqlstate::kUndefinedObject, place + "the changeset has " + what + ", and nobody has said which are meant",
              "It has \"" + value + "\".",
              "Say it with placeholders => '{\"" + key +
                  "\": \"…\"}', empty for all, or leave the changeset out with "
                  "leave_out => ARRAY['" +
                  name + "'].");
}

}  // namespace

std::string WhySkipped(const Attributes& attributes, const std::string& name, const std::string& place,
                       const ReadOptions& options) {
  if (IsLeftOut(name, options)) return "left out";
  const std::string dbms = ValueOf(attributes, "dbms");
  if (!IsForUs(dbms)) return "for " + dbms;
  if (EqualsIgnoringCase(ValueOf(attributes, "ignore"), "true")) return "it says ignore:true";
  std::string context = ValueOf(attributes, "contextfilter");
  if (context.empty()) context = ValueOf(attributes, "context");
  const std::string labels = ValueOf(attributes, "labels");
  try {
    if (!context.empty()) {
      const auto given = SplitList(Meant("contexts", context, name, place, options), ',');
      if (!given.empty() && !MatchesExpression(context, given)) return "in other contexts: " + context;
    }
    if (!labels.empty()) {
      const std::string filter = Meant("labels", labels, name, place, options);
      if (!Trim(filter).empty() && !MatchesExpression(filter, SplitList(labels, ',')))
        return "with other labels: " + labels;
    }
  } catch (Error& error) {
    if (error.message.find(place) == std::string::npos) error.message = place + error.message;
    throw;
  }
  return {};
}

bool MatchesExpression(std::string_view expression, const std::vector<std::string>& given) {
  return Expression(expression, given).Matches();
}

}  // namespace migrate::convention
