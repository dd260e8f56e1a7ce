// Flyway: "V1.2__name.sql", "U1.2__name.sql" (what undoes it), "R__name.sql" (repeatable) and "B1.2__name.sql" (a
// baseline instead of all up to it), in any folders; "V1.2__name.sql.conf" may say executeInTransaction=false, and
// flyway.conf or flyway.toml what else files are called. refinery names its files so, too: its "U" runs forward.
#include <algorithm>
#include <map>

#include "core/convention/flyway_rules.h"
#include "core/convention/names.h"

namespace migrate::convention {
namespace {

// The first file of each version, and of each repeatable name.
using Seen = std::map<std::pair<FlywayKind, std::string>, std::string>;

enum class Callback { kNone, kOfMigrate, kOfOther };

// A callback is named by its event, and may have a description. Those of other commands have nothing to run with.
Callback CallbackOf(std::string_view path, const FlywayRules& rules) {
  const std::string_view stem = Stem(path);
  const std::string_view event = stem.substr(0, std::min(stem.find(rules.separator), stem.size()));
  if (event == "createSchema") return Callback::kOfMigrate;
  if (!event.starts_with("before") && !event.starts_with("after")) return Callback::kNone;
  const auto has = [&](std::string_view word) { return event.find(word) != event.npos; };
  for (const std::string_view word : {"Migrate", "Repeatables", "Versioned", "Undo", "Connect", "CreateSchema"}) {
    if (has(word)) return Callback::kOfMigrate;
  }
  for (const std::string_view word : {"Clean", "Validate", "Baseline", "Repair", "Info"}) {
    if (has(word)) return Callback::kOfOther;
  }
  return Callback::kNone;
}

// The callbacks that run exactly when one of our hooks does; those of other times have to say which they are to be.
Hook HookOf(const SourceFile& file, const FlywayRules& rules) {
  const std::string_view stem = Stem(file.path);
  const std::string_view event = stem.substr(0, std::min(stem.find(rules.separator), stem.size()));
  if (event == "beforeEachMigrate") return Hook::kBeforeEach;
  if (event == "afterEachMigrate") return Hook::kAfterEach;
  return event == "afterMigrateApplied" ? Hook::kAfterAll : Hook::kNone;
}

bool SaysHook(const SourceFile& file) { return file.content.find("-- migrate:hook ") != std::string::npos; }

bool IsIn(std::string_view path, const std::string& location) {
  const std::string folder = "/" + std::string(FolderOf(path)) + "/";
  return location.empty() || folder.find("/" + location + "/") != std::string::npos;
}

// Leaves out what the configuration's locations don't name. Where none of them is here, another folder was meant.
void KeepLocations(Folder& folder, const FlywayRules& rules, Reading& reading) {
  if (rules.locations.empty()) return;
  const auto is_in_any = [&](const SourceFile& file) {
    return std::any_of(rules.locations.begin(), rules.locations.end(),
                       [&](const std::string& location) { return IsIn(file.path, location); });
  };
  if (!folder.scripts.empty() && std::none_of(folder.scripts.begin(), folder.scripts.end(), is_in_any)) {
    throw Error(sqlstate::kUndefinedFile, "no migration is in Flyway's locations",
                "The configuration names \"" + Join(rules.locations, "\", \"") + "\".",
                "Load the project's folder, or leave the configuration out, for example with leave_out => "
                "ARRAY['flyway.*'].");
  }
  std::erase_if(folder.scripts, [&](const SourceFile& file) {
    if (is_in_any(file)) return false;
    reading.Ignore(file, "in none of Flyway's locations");
    return true;
  });
}

class FlywayReader {
 public:
  FlywayReader(const Folder& folder, const FlywayRules& rules, Reading& reading)
      : folder_(folder), rules_(rules), reading_(reading) {}

  void Take(SourceFile& file) {
    const FlywayName name = FlywayNameOf(file.path, rules_);
    if (name.kind == FlywayKind::kNone) return TakeOther(file);
    RequireMigrationName(name.id.Label());
    const bool repeatable = name.kind == FlywayKind::kRepeatable;
    const auto [first, is_new] = seen_.try_emplace({name.kind, repeatable ? name.id.name : name.order}, file.path);
    // Of several environments, say. Which would run is nobody's guess.
    if (!is_new) {
      return reading_.Refuse(file,
                             Error(sqlstate::kDuplicateObject, "file \"" + file.path + "\" has the version of another",
                                   "\"" + first->second + "\" has it, too.", "Leave one of them out with leave_out."));
    }
    const SourceFile* const conf = folder_.Other(file.path + ".conf");
    const bool alone = !RunsInTransaction(conf, rules_);
    Part part = PartOf(file, name.id, name.kind == FlywayKind::kUndo ? Section::kDown : Section::kUp);
    part.by_version = name.kind == FlywayKind::kUndo;
    part.traits.order = name.order;
    part.traits.repeatable = repeatable;
    if (name.kind == FlywayKind::kBaseline) part.traits.replaces = ".. " + name.id.version;
    if (alone) {
      part.traits.no_transaction =
          rules_.in_transaction ? "its .conf: executeInTransaction=false" : "flyway.executeInTransaction=false";
    }
    reading_.parts.push_back(std::move(part));
  }

  // Gives what undoes a version that version as its own file spells it.
  void JoinUndone() {
    std::map<std::string, std::string> versions;  // by order
    for (const auto& part : reading_.parts) {
      if (!part.by_version && part.traits.replaces.empty()) versions.emplace(part.traits.order, part.id.version);
    }
    for (auto& part : reading_.parts) {
      if (!part.by_version) continue;
      const auto found = versions.find(part.traits.order);
      if (found != versions.end()) {
        part.id.version = found->second;
      } else if (!part.problem) {
        part.problem =
            Error(sqlstate::kUndefinedObject, "file \"" + part.origin + "\" undoes no migration of this folder",
                  "Flyway undoes version " + part.id.version + " with it; refinery would run it forward.",
                  "Add what it undoes, leave it out with leave_out, or say convention => 'refinery'.");
      }
    }
  }

 private:
  // What is no migration does not run, which is said.
  void TakeOther(SourceFile& file) {
    if (!HasFlywaySuffix(file.path, rules_)) return reading_.Ignore(file, "ends in none of Flyway's suffixes");
    switch (CallbackOf(file.path, rules_)) {
      case Callback::kOfOther: return reading_.Ignore(file, "a callback of another command than migrate");
      case Callback::kOfMigrate:
        if (!rules_.callbacks) return reading_.Ignore(file, "a callback, and flyway.skipDefaultCallbacks is true");
        if (SaysHook(file) || HookOf(file, rules_) != Hook::kNone) return TakeHook(file);
        return reading_.Refuse(
            file, "is a callback, which does not run here",
            "Say when it is to run where something is applied, with the line \"-- migrate:hook before "
            "all\" or \"-- migrate:hook after all\", or leave it out with leave_out.");
      case Callback::kNone: break;
    }
    reading_.Refuse(file, "is not named as Flyway names migrations",
                    "Name it " + rules_.versioned + "1" + rules_.separator +
                        "name.sql, or leave it out with leave_out.");
  }

  void TakeHook(SourceFile& file) {
    const Hook hook = HookOf(file, rules_);
    const bool says = SaysHook(file);
    Part part = PartOf(file, {{}, std::string(Stem(file.path))}, Section::kUp);
    if (!says) part.traits.hook = hook;
    reading_.parts.push_back(std::move(part));
  }

  const Folder& folder_;
  const FlywayRules& rules_;
  Reading& reading_;
  Seen seen_;
};

void Read(Folder& folder, const ReadOptions&, Reading& reading) {
  const FlywayRules rules = FlywayRulesOf(folder, reading);
  reading.dollar_placeholders = rules.has_placeholders;
  reading.placeholders = rules.placeholders;
  KeepLocations(folder, rules, reading);
  FlywayReader reader(folder, rules, reading);
  for (auto& file : folder.scripts) {
    try {
      reader.Take(file);
    } catch (const Error& error) {
      reading.Refuse(file, error);
    }
  }
  reader.JoinUndone();
}

// One without a description is no mark: "B2.sql" may be anything.
bool IsMark(const SourceFile& script, const FlywayRules& rules) {
  if (rules.separator.empty() || BaseName(script.path).find(rules.separator) == std::string_view::npos) return false;
  const FlywayKind kind = FlywayNameOf(script.path, rules).kind;
  return kind != FlywayKind::kNone && kind != FlywayKind::kRepeatable;
}

bool HasDefaultName(const SourceFile& script) {
  static const FlywayRules rules;
  return IsMark(script, rules);
}

// By the prefixes of its configuration. Repeatable files alone are a mark: among those of another convention they are
// of that one.
const SourceFile* MarkedFile(const Folder& folder) {
  Reading unused;
  const FlywayRules rules = FlywayRulesOf(folder, unused);
  const auto marked = std::find_if(folder.scripts.begin(), folder.scripts.end(),
                                   [&](const SourceFile& file) { return IsMark(file, rules); });
  if (marked != folder.scripts.end()) return &*marked;
  const SourceFile* first = nullptr;
  for (const auto& file : folder.scripts) {
    if (FlywayNameOf(file.path, rules).kind == FlywayKind::kRepeatable) {
      if (first == nullptr) first = &file;
    } else if (CallbackOf(file.path, rules) == Callback::kNone) {
      return nullptr;
    }
  }
  return first;
}

constexpr std::string_view kSideFiles[] = {"*.sql.conf", "flyway.conf", "flyway.toml", "flyway.user.toml"};

}  // namespace

constexpr Convention kFlyway = {"flyway", true, HasDefaultName, Read, MarkedFile, kSideFiles};

}  // namespace migrate::convention
