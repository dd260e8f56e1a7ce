#include "core/text/psql_commands.h"

#include <algorithm>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/text.h"

namespace migrate {
namespace {

// They show something, say how results look, or are what pg_dump writes around
// its own text to keep others out of it.
constexpr std::string_view kHarmless[] = {"a",        "C",  "conninfo",   "copyright", "echo", "errverbose", "f",
                                          "h",        "H",  "help",       "l",         "o",    "pset",       "qecho",
                                          "restrict", "sf", "sv",         "t",         "T",    "timing",     "warn",
                                          "x",        "z",  "unrestrict", "?"};

// Variables that decide which statements run, and how.
constexpr std::string_view kDeciding[] = {"AUTOCOMMIT", "ON_ERROR_ROLLBACK", "ON_ERROR_STOP", "SINGLELINE",
                                          "SINGLESTEP"};

template <typename List>
bool IsIn(const List& list, std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

bool IsNamePart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (c & 0x80) != 0;
}

// A command and its arguments, as psql divides a line.
struct Command {
  std::string_view name;
  std::vector<std::string> arguments;
};

// Takes one argument off `rest`: quotes go, and so do backslashes in them.
std::string TakeArgument(std::string_view& rest) {
  std::string argument;
  char quote = '\0';
  size_t at = 0;
  for (; at < rest.size(); ++at) {
    const char c = rest[at];
    if (quote == '\0' && (c == ' ' || c == '\t' || c == '\\')) break;
    if (quote == '\'' && c == '\\' && at + 1 < rest.size()) {
      argument += rest[++at];
    } else if (c == quote) {
      quote = '\0';
    } else if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    } else {
      argument += c;
    }
  }
  rest.remove_prefix(at);
  return argument;
}

std::vector<Command> CommandsOf(std::string_view line) {
  std::vector<Command> commands;
  for (std::string_view rest = line; !(rest = TrimLeft(rest)).empty();) {
    if (rest[0] == '\\') {
      rest.remove_prefix(1);
      const size_t end = std::min(rest.find_first_of(" \t\\"), rest.size());
      commands.push_back({rest.substr(0, end), {}});
      rest.remove_prefix(end);
    } else {
      commands.back().arguments.push_back(TakeArgument(rest));
    }
  }
  return commands;
}

// A migration stops at its first error, and that can't be switched off.
bool SetsSkippable(const Command& command, const PsqlVariables& used) {
  if (command.arguments.empty()) return command.name == "set";
  const std::string& variable = command.arguments[0];
  if (variable == "ON_ERROR_STOP" && command.name == "set") {
    const std::string value = command.arguments.size() < 2 ? "on" : ToLower(command.arguments[1]);
    constexpr std::string_view kOn[] = {"on", "1", "true", "t", "yes", "y"};
    return IsIn(kOn, value);
  }
  return !IsIn(kDeciding, variable) && !used.contains(variable);
}

bool IsSkippable(const Command& command, const PsqlVariables& used) {
  if (command.name == "set" || command.name == "unset") return SetsSkippable(command, used);
  // What it writes to may be a program.
  if (command.name == "o") return command.arguments.empty() || !command.arguments[0].starts_with('|');
  if (command.name == "encoding") {
    return command.arguments.empty() || EqualsIgnoringCase(command.arguments[0], "utf8") ||
           EqualsIgnoringCase(command.arguments[0], "utf-8");
  }
  std::string_view name = command.name;
  if (name.ends_with('+')) name.remove_suffix(1);
  constexpr size_t kLongestDescribe = 5;  // \\dFpS
  return IsIn(kHarmless, name) || (name.starts_with('d') && name.size() <= kLongestDescribe);
}

}  // namespace

// One in a quoted text counts, too, which psql would leave: better refused than
// skipped.
PsqlVariables PsqlVariablesOf(std::string_view script) {
  PsqlVariables variables;
  for (size_t at = script.find(':'); at != script.npos; at = script.find(':', at + 1)) {
    size_t begin = at + 1;
    for (const std::string_view open : {"'", "\"", "{?"}) {
      if (script.substr(begin).starts_with(open)) begin += open.size();
    }
    size_t end = begin;
    while (end < script.size() && IsNamePart(script[end])) ++end;
    Pass(end - at);
    if (end > begin) variables.emplace(script.substr(begin, end - begin));
  }
  return variables;
}

// In backquotes stands what a shell would run; behind "\\\\" goes on what is
// SQL.
bool IsSkippable(std::string_view line, const PsqlVariables& used) {
  if (line.find('`') != line.npos) return false;
  const std::vector<Command> commands = CommandsOf(line);
  return std::all_of(commands.begin(), commands.end(),
                     [&](const Command& command) { return IsSkippable(command, used); });
}

std::optional<PsqlInclude> ParsePsqlInclude(std::string_view line) {
  if (line.find('`') != line.npos) return std::nullopt;
  std::vector<Command> commands = CommandsOf(line);
  if (commands.size() != 1 || commands[0].arguments.size() != 1) return std::nullopt;
  const std::string_view name = commands[0].name;
  const bool relative = name == "ir" || name == "include_relative";
  if (!relative && name != "i" && name != "include") return std::nullopt;
  return PsqlInclude{std::move(commands[0].arguments[0]), relative};
}

}  // namespace migrate
