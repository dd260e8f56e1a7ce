#include "core/convention/flyway_rules.h"

#include <algorithm>

namespace migrate::convention {
namespace {

constexpr std::string_view kDigits = "0123456789";

struct Setting {
  std::string key;   // in lower case, without "flyway."
  std::string name;  // as it is written
  std::string value;
  int line;
};

bool IsToml(const SourceFile& file) { return ToLower(file.path).ends_with(".toml"); }

// A value of TOML without its quotes; an array as its elements with commas between. What follows "#" is a remark.
std::string Unquoted(std::string_view value) {
  std::string result;
  char quote = 0;
  for (const char c : value) {
    if (quote == 0 && c == '#') break;
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else if (quote != 0 || (c != '[' && c != ']' && c != ' ' && c != '\t')) {
      result += c;
    }
  }
  while (result.ends_with(',')) result.pop_back();
  return result;
}

// In a .conf each line is a setting; in TOML a table stands before its keys, and an array may take several lines.
std::vector<Setting> SettingsOf(const SourceFile& file) {
  const bool toml = IsToml(file);
  std::vector<Setting> settings;
  std::string table;
  std::string_view rest = WithoutByteOrderMark(file.content);
  std::string_view line;
  for (int number = 1; TakeLine(rest, line); ++number) {
    line = Trim(line);
    if (line.empty() || line[0] == '#' || line[0] == '!') continue;
    if (toml && line[0] == '[') {
      table = Unquoted(line);
      continue;
    }
    const size_t equals = std::min(line.find('='), line.size());
    std::string name(Trim(line.substr(0, equals)));
    std::string value(Trim(line.substr(std::min(equals + 1, line.size()))));
    const int first = number;
    while (toml && value.starts_with('[') && value.find(']') == value.npos && TakeLine(rest, line)) {
      value.append(1, '\n').append(Trim(line));
      ++number;
    }
    if (toml) {
      std::string elements;
      std::string_view lines = value, each;
      while (TakeLine(lines, each)) {
        elements += Unquoted(each);
        if (!each.empty() && !lines.empty()) elements += ",";
      }
      value = elements;
      if (!table.empty()) name = Join({table, name}, ".");
    }
    std::string key = ToLower(name);
    if (!key.starts_with("flyway.") && !key.starts_with("environments.")) continue;
    if (key.starts_with("flyway.")) key.erase(0, std::string_view("flyway.").size());
    settings.push_back({std::move(key), std::move(name), std::move(value), first});
  }
  return settings;
}

// A setting that decides what runs, or how, and that is not heeded unless it has this value, in any case.
struct Unheeded {
  std::string_view key;
  std::string_view same;
  std::string_view hint;
};
constexpr std::string_view kSchema = "Say it in the migrations, or with ALTER ROLE ... SET search_path, ";
constexpr std::string_view kPlain = "Do without it here, ";
constexpr Unheeded kUnheeded[] = {
    {"placeholderprefix", "${", "Write placeholders as ${name}, "},
    {"placeholdersuffix", "}", "Write placeholders as ${name}, "},
    {"placeholderseparator", ":", kPlain},
    {"encoding", "utf-8", "Convert the files to UTF-8, "},
    {"defaultschema", "public", kSchema},
    {"schemas", "public", kSchema},
    {"initsql", "", kPlain},
    {"target", "latest", "Give the target to migrate_apply or migrate_up, "},
    {"cherrypick", "", "Give the target to migrate_apply or migrate_up, "},
    {"callbacks", "", kPlain},
    {"callbacklocations", "", kPlain},
    {"resolvers", "", kPlain},
    {"skipdefaultresolvers", "false", kPlain},
    {"skipexecutingmigrations", "false", "Adopt its history with migrate_adopt, "},
};

const Unheeded* FindUnheeded(std::string_view key) {
  if (key.starts_with("environments.")) {
    const std::string_view last = key.substr(key.rfind('.') + 1);
    return last == "schemas" || last == "initsql" ? FindUnheeded(last) : nullptr;
  }
  const auto found =
      std::find_if(std::begin(kUnheeded), std::end(kUnheeded), [&](const auto& u) { return u.key == key; });
  return found == std::end(kUnheeded) ? nullptr : found;
}

Error NotHeeded(const SourceFile& file, const Setting& setting, std::string_view hint) {
  return {sqlstate::kFeatureNotSupported,
          "file \"" + file.path + "\", line " + std::to_string(setting.line) + ": " + setting.name + " is \"" +
              setting.value + "\", which is not heeded",
          {},
          std::string(hint) + "and leave the file out with leave_out."};
}

bool IsTrue(const SourceFile& file, const Setting& setting) {
  const bool is_true = EqualsIgnoringCase(setting.value, "true");
  if (is_true || EqualsIgnoringCase(setting.value, "false")) return is_true;
  throw Error(sqlstate::kInvalidParameter,
              "file \"" + file.path + "\", line " + std::to_string(setting.line) + ": " + setting.name + " is \"" +
                  setting.value + "\"",
              {}, "Write " + setting.name + "=true or " + setting.name + "=false.");
}

// A folder of this source, however the location is written.
std::vector<std::string> LocationsOf(const SourceFile& file, const Setting& setting) {
  std::vector<std::string> locations;
  for (const auto& element : SplitList(setting.value, ',')) {
    std::string_view location = element;
    for (const std::string_view kind : {"filesystem:", "classpath:"}) {
      if (location.starts_with(kind)) location.remove_prefix(kind.size());
    }
    while (location.starts_with("./")) location.remove_prefix(2);
    while (location.ends_with('/')) location.remove_suffix(1);
    if (location.find_first_of(":*?$") != location.npos || location.starts_with("..")) {
      throw NotHeeded(file, setting, "Load the folders that are meant, ");
    }
    locations.emplace_back(location == "." ? std::string_view() : location);
  }
  return locations;
}

void Heed(const SourceFile& file, const Setting& setting, FlywayRules& rules) {
  const std::string& key = setting.key;
  constexpr std::string_view kPlaceholder = "placeholders.";
  if (key == "sqlmigrationprefix") {
    rules.versioned = setting.value;
  } else if (key == "undosqlmigrationprefix") {
    rules.undo = setting.value;
  } else if (key == "repeatablesqlmigrationprefix") {
    rules.repeatable = setting.value;
  } else if (key == "baselinemigrationprefix") {
    rules.baseline = setting.value;
  } else if (key == "sqlmigrationseparator") {
    rules.separator = setting.value;
  } else if (key == "sqlmigrationsuffixes") {
    rules.suffixes = SplitList(setting.value, ',');
    for (const auto& suffix : rules.suffixes) {
      if (!IsSqlFile(suffix)) throw NotHeeded(file, setting, "Let the names end in \".sql\", ");
    }
  } else if (key == "locations") {
    rules.locations = LocationsOf(file, setting);
  } else if (key == "placeholderreplacement") {
    rules.has_placeholders = IsTrue(file, setting);
  } else if (key == "executeintransaction") {
    rules.in_transaction = IsTrue(file, setting);
  } else if (key == "skipdefaultcallbacks") {
    rules.callbacks = !IsTrue(file, setting);
  } else if (key.starts_with(kPlaceholder)) {
    rules.placeholders[setting.name.substr(setting.name.size() - key.size() + kPlaceholder.size())] = setting.value;
  } else if (const Unheeded* const unheeded = FindUnheeded(key)) {
    if (!EqualsIgnoringCase(setting.value, unheeded->same)) throw NotHeeded(file, setting, unheeded->hint);
  }
}

bool IsConfiguration(const SourceFile& file) {
  const std::string_view base = BaseName(file.path);
  return base == "flyway.conf" || base == "flyway.toml" || base == "flyway.user.toml";
}

// Whether all files bear prefixes in lower case: what Flyway runs only if it is told.
bool AreLower(const Folder& folder, const FlywayRules& lower) {
  const auto named = [&](const SourceFile& file) { return FlywayNameOf(file.path, lower).kind != FlywayKind::kNone; };
  return !folder.scripts.empty() && std::all_of(folder.scripts.begin(), folder.scripts.end(), named);
}

// "1_2" is 1.2.
std::string Dotted(std::string_view version) {
  std::string dotted(version);
  std::replace(dotted.begin(), dotted.end(), '_', '.');
  return dotted;
}

// The parts are numbers: "01.0" is 1.
std::string OrderOf(const std::string& dotted) {
  std::vector<std::string> parts = SplitList(dotted, '.');
  for (auto& part : parts) part.erase(0, std::min(part.find_first_not_of('0'), part.size() - 1));
  while (parts.size() > 1 && parts.back() == "0") parts.pop_back();
  return Join(parts, ".");
}

std::string_view WithoutSuffix(std::string_view path, const FlywayRules& rules) {
  const std::string_view base = BaseName(path);
  if (rules.suffixes.empty()) return Stem(base);
  size_t longest = 0;
  for (const auto& suffix : rules.suffixes) longest = std::max(longest, base.ends_with(suffix) ? suffix.size() : 0);
  return base.substr(0, base.size() - longest);
}

// A version needs no description: "V1.2.sql".
FlywayName NameBehind(std::string_view prefix, FlywayKind kind, std::string_view stem, const FlywayRules& rules) {
  if (!stem.starts_with(prefix)) return {};
  stem.remove_prefix(prefix.size());
  const size_t separator = std::min(stem.find(rules.separator), stem.size());
  const std::string_view version = stem.substr(0, separator);
  const std::string_view description = stem.substr(std::min(separator + rules.separator.size(), stem.size()));
  const bool numbered = !version.empty() && version.find_first_not_of("0123456789._") == version.npos &&
                        version.find_first_of(kDigits) != version.npos;
  const bool repeatable = kind == FlywayKind::kRepeatable;
  if (repeatable ? !version.empty() || description.empty() : !numbered) return {};
  FlywayName name{kind, {repeatable ? std::string() : Dotted(version), std::string(description)}, {}};
  name.order = OrderOf(name.id.version);
  return name;
}

}  // namespace

bool HasFlywaySuffix(std::string_view path, const FlywayRules& rules) {
  return rules.suffixes.empty() || WithoutSuffix(path, rules) != BaseName(path);
}

FlywayName FlywayNameOf(std::string_view path, const FlywayRules& rules) {
  if (!HasFlywaySuffix(path, rules)) return {};
  const std::string_view stem = WithoutSuffix(path, rules);
  const std::pair<const std::string&, FlywayKind> kinds[] = {{rules.versioned, FlywayKind::kVersioned},
                                                             {rules.undo, FlywayKind::kUndo},
                                                             {rules.repeatable, FlywayKind::kRepeatable},
                                                             {rules.baseline, FlywayKind::kBaseline}};
  for (const auto& [prefix, kind] : kinds) {
    FlywayName name = NameBehind(prefix, kind, stem, rules);
    if (name.kind != FlywayKind::kNone) return name;
  }
  return {};
}

FlywayRules FlywayRulesOf(const Folder& folder, Reading& reading) {
  FlywayRules rules;
  bool configured = false;
  for (const auto& file : folder.others) {
    if (!IsConfiguration(file)) continue;
    for (const auto& setting : SettingsOf(file)) {
      configured |= setting.key == "sqlmigrationprefix";
      try {
        Heed(file, setting, rules);
      } catch (const Error& error) {
        reading.Refuse(file, error);
      }
    }
  }
  FlywayRules lower = rules;
  lower.versioned = "v";
  lower.undo = "u";
  lower.repeatable = "r";
  lower.baseline = "b";
  return !configured && AreLower(folder, lower) ? lower : rules;
}

bool RunsInTransaction(const SourceFile* conf, const FlywayRules& rules) {
  bool in_transaction = rules.in_transaction;
  if (conf == nullptr) return in_transaction;
  std::string_view rest = WithoutByteOrderMark(conf->content);
  std::string_view line;
  for (int number = 1; TakeLine(rest, line); ++number) {
    const size_t equals = line.find('=');
    if (Trim(line).empty() || TrimLeft(line).find_first_of("#!") == 0 || equals == line.npos) continue;
    Setting setting{ToLower(Trim(line.substr(0, equals))), std::string(Trim(line.substr(0, equals))),
                    std::string(Trim(line.substr(equals + 1))), number};
    if (setting.key == "executeintransaction") {
      in_transaction = IsTrue(*conf, setting);
    } else if (setting.key == "encoding"
                   ? !EqualsIgnoringCase(setting.value, "utf-8")
                   : !EqualsIgnoringCase(setting.value, "true") ||
                         (setting.key != "shouldexecute" && setting.key != "placeholderreplacement")) {
      throw NotHeeded(*conf, setting, "Say it in the text, ");
    }
  }
  return in_transaction;
}

}  // namespace migrate::convention
