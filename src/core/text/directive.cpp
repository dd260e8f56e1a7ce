#include "core/text/directive.h"

#include <algorithm>
#include <array>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/expect/expectation.h"
#include "core/explain/policy.h"
#include "core/lint/lint.h"
#include "core/set/environment.h"
#include "core/text/tool_marks.h"

namespace migrate {
namespace {

constexpr std::string_view kPrefix = "migrate:";
constexpr size_t kLongestHeaderKey = 32;

enum class Value { kNone, kTransaction, kNeeded };

struct Known {
  std::string_view word;
  DirectiveKind kind;
  Value value;
};

constexpr std::array kKnown = {
    Known{"up", DirectiveKind::kUp, Value::kTransaction},
    Known{"down", DirectiveKind::kDown, Value::kTransaction},
    Known{"verify", DirectiveKind::kVerify, Value::kNone},
    Known{"requires", DirectiveKind::kRequires, Value::kNeeded},
    Known{"no-transaction", DirectiveKind::kNoTransaction, Value::kNone},
    Known{"lock-timeout", DirectiveKind::kLockTimeout, Value::kNeeded},
    Known{"statement-timeout", DirectiveKind::kStatementTimeout, Value::kNeeded},
    Known{"irreversible", DirectiveKind::kIrreversible, Value::kNeeded},
    Known{"repeatable", DirectiveKind::kRepeatable, Value::kNone},
    Known{"tag", DirectiveKind::kTag, Value::kNeeded},
    Known{"replaces", DirectiveKind::kReplaces, Value::kNeeded},
    Known{"keep-dropped", DirectiveKind::kKeepDropped, Value::kNone},
    Known{"keep-rows", DirectiveKind::kKeepRows, Value::kNeeded},
    Known{"allow", DirectiveKind::kAllow, Value::kNeeded},
    Known{"nolint", DirectiveKind::kNoLint, Value::kNeeded},
    Known{"only", DirectiveKind::kOnly, Value::kNeeded},
    Known{"expect", DirectiveKind::kExpect, Value::kNeeded},
    Known{"hook", DirectiveKind::kHook, Value::kNeeded},
};

[[noreturn]] void Refuse(int line, std::string_view state, std::string message, std::string detail, std::string hint) {
  Error error(state, std::move(message), std::move(detail), std::move(hint));
  error.line = line;
  error.column = 1;
  throw error;
}

std::string QuotedWord(std::string_view word) { return "directive \"migrate:" + std::string(word) + "\""; }

std::string_view WithoutDashes(std::string_view comment) {
  comment.remove_prefix(std::min(comment.find_first_not_of('-'), comment.size()));
  return TrimLeft(comment);
}

bool IsWord(std::string_view word) {
  return std::any_of(kKnown.begin(), kKnown.end(), [&](const Known& k) { return EqualsIgnoringCase(k.word, word); });
}

// "Migrate: copy the old rows" is prose: behind a blank only a word that we know counts.
bool LooksLikeOurs(std::string_view words) {
  if (!EqualsIgnoringCase(words.substr(0, kPrefix.size()), kPrefix)) return false;
  const std::string_view body = words.substr(kPrefix.size());
  const std::string_view said = Trim(body);
  return said.empty() || said[0] == body[0] || IsWord(said.substr(0, said.find_first_of(" \t")));
}

[[noreturn]] void RefuseForeign(const ToolMark& mark, std::string_view text, int line) {
  const std::string tool(mark.tool);
  const std::string other_way = "write in SQL and directives of migrate what it stands for.";
  Refuse(line, sqlstate::kFeatureNotSupported, "a line for " + tool + " in a text of another convention",
         "The line says \"" + std::string(text) + "\".",
         mark.convention.empty() ? "Remove the line, and " + other_way
                                 : "Load the folder as convention => '" + std::string(mark.convention) +
                                       "', or remove the line and " + other_way);
}

// "up" of "up transaction:false".
std::string_view WithoutOption(std::string_view words) {
  for (const std::string_view option : {" transaction:false", " transaction:true"}) {
    if (words.ends_with(option)) return TrimRight(words.substr(0, words.size() - option.size()));
  }
  return words;
}

void RequireAllowance(std::string_view value, int line) {
  try {
    (void) explain::AllowanceOf(value);
  } catch (const Error& error) {
    Refuse(line, error.sqlstate, error.message, error.detail, error.hint);
  }
}

// What to write where the value is missing.
const char* Example(DirectiveKind kind) {
  switch (kind) {
    case DirectiveKind::kIrreversible: return "Say why: \"-- migrate:irreversible drops the old column\".";
    case DirectiveKind::kTag: return "For example \"-- migrate:tag v2.0\".";
    case DirectiveKind::kAllow: return "Say what, and why: \"-- migrate:allow rewrites: it is small\".";
    case DirectiveKind::kNoLint:
      return "Say which rule, and why: \"-- migrate:nolint ban-drop-column nobody uses it\".";
    case DirectiveKind::kReplaces: return "Say which: \"-- migrate:replaces 20250101 .. 20250130\".";
    case DirectiveKind::kOnly: return "Name environments: \"-- migrate:only staging, test\".";
    case DirectiveKind::kExpect:
      return "Say what has to be there: \"-- migrate:expect table app.users with row security\".";
    case DirectiveKind::kHook: return "Say when: before all, before each, after each or after all.";
    default: return "For example \"-- migrate:requires 0002, accounts\" or \"-- migrate:lock-timeout 2s\".";
  }
}

// A duration as the server's time settings take it: a number and ms, s, min or h.
bool IsDuration(std::string_view value) {
  const size_t digits = std::min(value.find_first_not_of("0123456789"), value.size());
  const std::string_view unit = Trim(value.substr(digits));
  return digits > 0 && digits < 10 && (unit.empty() || unit == "ms" || unit == "s" || unit == "min" || unit == "h");
}

// Environments are words, as `migrate.environment` is one.
void RequireEnvironments(std::string_view value, int line) {
  auto names = SplitList(value, ',');
  if (names.empty()) names.emplace_back(value);
  for (const auto& name : names) {
    if (IsEnvironment(name)) continue;
    Refuse(line, sqlstate::kInvalidParameter, "\"" + name + "\" is no name of an environment", {},
           "A name has letters, digits, \"-\" and \"_\"; between two stands a comma.");
  }
}

void RequireValue(DirectiveKind kind, std::string_view value, int line) {
  if (kind == DirectiveKind::kAllow) RequireAllowance(value, line);
  if (kind == DirectiveKind::kTag) {
    for (const auto& tag : SplitList(value, ',')) {
      if (!tag.starts_with('@')) continue;
      Refuse(line, sqlstate::kInvalidParameter, "tag \"" + tag + "\" begins with \"@\"", {},
             "Write it without; as a target it has the \"@\".");
    }
  }
  if (kind == DirectiveKind::kNoLint) (void) lint::ParseExemption(value, line);
  const bool is_timeout = kind == DirectiveKind::kLockTimeout || kind == DirectiveKind::kStatementTimeout;
  if (is_timeout && !IsDuration(value)) {
    const char* const which = kind == DirectiveKind::kLockTimeout ? "lock" : "statement";
    Refuse(line, sqlstate::kInvalidParameter,
           std::string("invalid ") + which + " timeout \"" + std::string(value) + "\"", {},
           "Give a whole number and a unit: ms, s, min or h; without one it is milliseconds.");
  }
  if (kind == DirectiveKind::kOnly) RequireEnvironments(value, line);
  if (kind == DirectiveKind::kHook && HookFromName(value) == Hook::kNone) {
    Refuse(line, sqlstate::kInvalidParameter, "there is no hook \"" + std::string(value) + "\"", {}, Example(kind));
  }
  if (kind == DirectiveKind::kExpect) (void) expect::ParseExpectation(value, line);
}

}  // namespace

Directive ParseDirective(std::string_view text, int line) {
  const ToolMark* const mark = FindToolMark(WithoutDashes(text));
  if (mark != nullptr) RefuseForeign(*mark, text, line);
  const auto comment = CommentText(text);
  if (!comment || !comment->starts_with(kPrefix)) {
    Refuse(line, sqlstate::kSyntaxError, "misspelt directive \"" + std::string(text) + "\"", {},
           "Write two dashes and \"migrate:\" in lower case, for example \"-- migrate:down\".");
  }
  const std::string_view body = TrimLeft(text.substr(text.find("--") + 2)).substr(kPrefix.size());
  const size_t word_end = std::min(body.find_first_of(" \t"), body.size());
  const std::string_view word = TrimRight(body.substr(0, word_end));
  const std::string_view value = Trim(body.substr(word_end));
  const auto* known = std::find_if(kKnown.begin(), kKnown.end(), [&](const Known& k) { return k.word == word; });
  if (known == kKnown.end()) {
    std::string words;
    for (const auto& k : kKnown) words += (words.empty() ? "" : ", ") + std::string(k.word);
    Refuse(line, sqlstate::kSyntaxError, "unknown " + QuotedWord(word), {}, "The directives are " + words + ".");
  }
  const bool says_transaction =
      known->value == Value::kTransaction && (value == "transaction:false" || value == "transaction:true");
  if (known->value == Value::kTransaction && value.starts_with("transaction:") && !says_transaction) {
    Refuse(line, sqlstate::kSyntaxError, QuotedWord(word) + " takes transaction:false or transaction:true",
           "It says \"" + std::string(value) + "\".",
           "Write \"-- migrate:" + std::string(word) + " transaction:false\".");
  }
  if (known->value != Value::kNeeded && !value.empty() && !says_transaction) {
    Refuse(line, sqlstate::kSyntaxError, QuotedWord(word) + " takes no value",
           "It says \"" + std::string(value) + "\".", "Remove what follows it on the line.");
  }
  if (known->value == Value::kNeeded && value.empty()) {
    Refuse(line, sqlstate::kSyntaxError, QuotedWord(word) + " needs a value", {}, Example(known->kind));
  }
  RequireValue(known->kind, value, line);
  return {known->kind, std::string(value)};
}

bool LooksLikeDirective(std::string_view comment) {
  const std::string_view words = WithoutDashes(comment);
  if (words.empty()) return false;
  return ((words[0] | 0x20) == 'm' && LooksLikeOurs(words)) || FindToolMark(words) != nullptr;
}

bool LooksLikeSection(std::string_view comment) {
  const std::string_view words = WithoutDashes(comment);
  if (!LooksLikeOurs(words)) return false;
  const std::string_view word = WithoutOption(Trim(words.substr(kPrefix.size())));
  return EqualsIgnoringCase(word, "up") || EqualsIgnoringCase(word, "down") || EqualsIgnoringCase(word, "verify");
}

bool IsSectionLine(std::string_view line) {
  std::string_view comment = TrimLeft(line);
  if (!comment.starts_with("--")) return false;
  comment = TrimLeft(comment.substr(2));
  if (!comment.starts_with(kPrefix)) return false;
  const std::string_view word = WithoutOption(TrimRight(comment.substr(kPrefix.size())));
  return word == "up" || word == "down" || word == "verify";
}

std::optional<std::string_view> CommentText(std::string_view line) {
  line = TrimLeft(line);
  if (!line.starts_with("--")) return std::nullopt;
  return Trim(line.substr(2));
}

std::optional<std::pair<std::string, std::string>> ParseHeaderLine(std::string_view line) {
  const auto comment = CommentText(line);
  if (!comment || comment->starts_with(kPrefix)) return std::nullopt;
  const size_t colon = comment->find(':');
  if (colon == 0 || colon > kLongestHeaderKey) return std::nullopt;  // npos is larger, too
  const std::string_view key = TrimRight(comment->substr(0, colon));
  const std::string_view value = Trim(comment->substr(colon + 1));
  const auto in_key = [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
  const bool is_key = key[0] >= 'A' && key[0] <= 'Z' &&
                      std::all_of(key.begin(), key.end(), [&](char c) { return in_key(c) || c == ' ' || c == '-'; });
  // "See https://…" is no header.
  if (!is_key || value.empty() || value.starts_with("//")) return std::nullopt;
  return std::pair(ToLower(key), std::string(value));
}

}  // namespace migrate
