#include "server/store/store_rows.h"

#include <cstdlib>
#include <string>
#include <utility>

#include "core/base/json.h"
#include "core/base/text.h"
#include "core/set/environment.h"
#include "core/set/status.h"
#include "server/base/protected_settings.h"
#include "server/base/settings.h"

namespace migrate {
namespace {

// Takes the values of a row one after the other.
class Cursor {
 public:
  explicit Cursor(const char* const* values) : at_(values) {}
  const char* Next() { return *at_++; }
  std::string Text() {
    const char* const text = Next();
    return text == nullptr ? std::string() : text;
  }
  int64_t Integer(int64_t otherwise = 0) {
    const char* const text = Next();
    return text == nullptr ? otherwise : std::strtoll(text, nullptr, 10);
  }
  bool Boolean() {
    const char* const text = Next();
    return text != nullptr && *text == 't';
  }

 private:
  const char* const* at_;
};

Script ScriptOf(Cursor& cursor) {
  Script script;
  script.checksum = cursor.Text();
  script.sha256 = cursor.Text();
  script.first_line = static_cast<int>(cursor.Integer(1));
  script.statements = static_cast<int>(cursor.Integer());
  script.detail = cursor.Text();
  script.transactional = script.detail.empty();
  script.divided = cursor.Next() != nullptr;
  script.each_alone = cursor.Next() != nullptr;
  script.errors_only = cursor.Next() != nullptr;
  script.keeps_dropped = cursor.Next() != nullptr;
  if (const std::string tables = cursor.Text(); !tables.empty()) script.keeps_rows = SplitList(tables, ',');
  Timeouts timeouts{cursor.Text(), cursor.Text()};
  if (!timeouts.lock.empty() || !timeouts.statement.empty()) script.timeouts = std::move(timeouts);
  return script;
}

Placeholders PlaceholdersOf(Cursor& cursor) {
  Placeholders placeholders;
  const auto strings = JsonStrings(cursor.Text());
  for (size_t i = 0; i + 1 < strings.size(); i += 2) placeholders.emplace(strings[i], strings[i + 1]);
  return placeholders;
}

Options OptionsOf(Cursor& cursor) {
  Options options;
  options.replaces = cursor.Text();
  options.tags = JsonStrings(cursor.Text());
  options.placeholders = PlaceholdersOf(cursor);
  options.allows = cursor.Text();
  options.only = JsonStrings(cursor.Text());
  options.seed = cursor.Next() != nullptr;
  for (const auto& kept : JsonStrings(cursor.Text())) options.expects.push_back(ExpectedOf(kept));
  options.hook = HookFromName(cursor.Text());
  return options;
}

// Null if they were not recorded.
void SetChanges(Application& application, const char* changes) {
  if (changes == nullptr) return;
  application.changes = static_cast<int>(std::strtol(changes, nullptr, 10));
  application.has_changes = application.event == "apply" && GenerateDownEnabled();
}

Application ApplicationOf(Cursor& cursor) {
  Application application;
  application.event = cursor.Text();
  application.event_number = cursor.Integer();
  application.checksum = cursor.Text();
  application.sha256 = cursor.Text();
  application.down = ScriptOf(cursor);
  application.reversible = ReversibleFromName(cursor.Text());
  application.irreversible_why = cursor.Text();
  application.applied_at = cursor.Text();
  application.applied_by = cursor.Text();
  application.duration_ms = cursor.Text();
  SetChanges(application, cursor.Next());
  application.placeholders = PlaceholdersOf(cursor);
  return application;
}

Unfinished UnfinishedOf(Cursor& cursor) {
  Unfinished unfinished;
  unfinished.event = cursor.Text();
  unfinished.action = cursor.Text() == "rollback" ? Action::kRollBack : Action::kApply;
  unfinished.done = static_cast<int>(cursor.Integer());
  unfinished.unsure = cursor.Boolean();
  unfinished.sha256 = cursor.Text();
  unfinished.sqlstate = cursor.Text();
  unfinished.message = cursor.Text();
  unfinished.line = static_cast<int>(cursor.Integer());
  unfinished.placeholders = PlaceholdersOf(cursor);
  unfinished.occurred_at = cursor.Text();
  return unfinished;
}

}  // namespace

KnownMigration MigrationOf(const char* const* values) {
  Cursor cursor(values);
  KnownMigration m;
  m.id.version = cursor.Text();
  m.id.name = cursor.Text();
  m.number = cursor.Integer();
  m.sort_key = cursor.Text();
  m.source = cursor.Text();
  m.added_by = cursor.Text();
  m.loaded_at = cursor.Text();
  m.absent = cursor.Boolean();
  m.version_is_shared = cursor.Boolean();
  m.accepted_down = cursor.Text();
  m.reversible = ReversibleFromName(cursor.Text());
  m.irreversible_why = cursor.Text();
  m.requirements = JsonStrings(cursor.Text());
  m.repeatable = cursor.Next() != nullptr;
  Options options = OptionsOf(cursor);
  const bool any = !options.replaces.empty() || !options.tags.empty() || !options.placeholders.empty() ||
                   !options.allows.empty() || !options.only.empty() || options.seed || !options.expects.empty() ||
                   options.hook != Hook::kNone;
  if (any) {
    m.for_others = IsForOthers(options, Environment());
    m.options = std::move(options);
  }
  m.up = ScriptOf(cursor);
  m.down = ScriptOf(cursor);
  m.verify = ScriptOf(cursor);
  if (Application application = ApplicationOf(cursor); !application.event.empty()) {
    m.application = std::move(application);
  }
  if (Unfinished unfinished = UnfinishedOf(cursor); !unfinished.event.empty()) m.unfinished = std::move(unfinished);
  return m;
}

const char* FillOverview(const char* const* values, KnownMigration& m) {
  Cursor cursor(values);
  m.id.version = cursor.Text();
  m.id.name = cursor.Text();
  m.sort_key = cursor.Text();
  m.absent = cursor.Boolean();
  m.reversible = ReversibleFromName(cursor.Text());
  m.irreversible_why = cursor.Text();
  m.down.statements = static_cast<int>(cursor.Integer());
  m.up.transactional = !cursor.Boolean();
  const char* const event = cursor.Next();
  const char* const applied_at = cursor.Next();
  const char* const changes = cursor.Next();
  if (event == nullptr) return cursor.Next();
  Application& application = m.application.Make();
  application.event = event;
  application.applied_at = applied_at;
  SetChanges(application, changes);
  return cursor.Next();
}

}  // namespace migrate
