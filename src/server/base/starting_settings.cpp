#include "server/base/starting_settings.h"

#include <algorithm>

#include "server/base/guard.h"
#include "server/base/settings.h"
#include "server/base/sql.h"

namespace migrate {
namespace {

constexpr size_t kSearchPath = 0;

constexpr const char* kNames[] = {
    "search_path",
    "check_function_bodies",
    "session_replication_role",
    "standard_conforming_strings",
    "default_tablespace",
    "default_table_access_method",
    "default_toast_compression",
    "DateStyle",
    "IntervalStyle",
    "TimeZone",
    "row_security",
    "array_nulls",
    "transform_null_equals",
    "xmloption",
    "bytea_output",
    "extra_float_digits",
    "lc_monetary",
    "backslash_quote",
    "default_text_search_config",
    "xmlbinary",
    "lc_time",
    "lc_numeric",
    "password_encryption",
};
static_assert(std::size(kNames) == StartingSettings::kCount);

struct PlainValues {
  const char* values[StartingSettings::kCount];
};

int IndexOf(const char* name) {
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (pg_strcasecmp(name, kNames[i]) == 0) return static_cast<int>(i);
  }
  return -1;
}

// Entries such as "TimeZone=UTC".
void TakeSettingsLeaf(Datum array, PlainValues* found) {
  Datum* items;
  int count;
  deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &items, nullptr, &count);
  for (int i = 0; i < count; ++i) {
    char* name;
    char* value;
    ParseLongOption(TextDatumGetCString(items[i]), &name, &value);
    const int index = value == nullptr ? -1 : IndexOf(name);
    if (index >= 0 && found->values[index] == nullptr) found->values[index] = value;
  }
}

void TakeSettingsOfLeaf(Relation settings, Oid database, Oid role, PlainValues* found) {
  ScanKeyData keys[2];
  ScanKeyInit(&keys[0], Anum_pg_db_role_setting_setdatabase, BTEqualStrategyNumber, F_OIDEQ,
              ObjectIdGetDatum(database));
  ScanKeyInit(&keys[1], Anum_pg_db_role_setting_setrole, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(role));
  SysScanDesc scan = systable_beginscan(settings, DbRoleSettingDatidRolidIndexId, true, nullptr, 2, keys);
  for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple); tuple = systable_getnext(scan)) {
    bool is_null;
    const Datum array = heap_getattr(tuple, Anum_pg_db_role_setting_setconfig, RelationGetDescr(settings), &is_null);
    if (!is_null) TakeSettingsLeaf(array, found);
  }
  systable_endscan(scan);
}

// In the order of process_settings in src/backend/utils/init/postinit.c; the first one counts.
PlainValues CatalogLeaf() {
  PlainValues found = {};
  const Oid role = GetAuthenticatedUserId();
  Relation settings = table_open(DbRoleSettingRelationId, AccessShareLock);
  TakeSettingsOfLeaf(settings, MyDatabaseId, role, &found);
  TakeSettingsOfLeaf(settings, InvalidOid, role, &found);
  TakeSettingsOfLeaf(settings, MyDatabaseId, InvalidOid, &found);
  TakeSettingsOfLeaf(settings, InvalidOid, InvalidOid, &found);
  table_close(settings, AccessShareLock);
  return found;
}

// What the session would reset to, where that comes from the server's configuration or is built in.
PlainValues ServerLeaf() {
  PlainValues found = {};
  int count;
  config_generic** const all = AllSettings(&count);
  for (int i = 0; i < count; ++i) {
    const int index = all[i]->reset_source <= PGC_S_ARGV ? IndexOf(all[i]->name) : -1;
    if (index >= 0) found.values[index] = GetConfigOptionResetString(all[i]->name);
  }
  return found;
}

// Where the client, or what was set for role or database then, hides it: the server remembers one value only, so the
// files are read. The last entry counts.
PlainValues FilesLeaf() {
  PlainValues found = {};
  ConfigVariable* first = nullptr;
  ConfigVariable* last = nullptr;
  for (const char* file : {static_cast<const char*>(ConfigFileName), PG_AUTOCONF_FILENAME}) {
    (void) ParseConfigFile(file, false, nullptr, 0, 0, DEBUG1, &first, &last);
  }
  for (const ConfigVariable* entry = first; entry != nullptr; entry = entry->next) {
    const int index = entry->name == nullptr ? -1 : IndexOf(entry->name);
    if (index >= 0) found.values[index] = entry->value;
  }
  return found;
}

Statement kBuiltIn = {"SELECT s.name, s.boot_val FROM pg_catalog.pg_show_all_settings() s", Rights::kCaller};

// Takes what is not known yet.
void Complete(StartingSettings::Values& values, const PlainValues& more) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (!values[i] && more.values[i] != nullptr) values[i] = more.values[i];
  }
}

StartingSettings::Values Configured() {
  StartingSettings::Values values;
  Complete(values, Call([]() noexcept { return ServerLeaf(); }));
  const auto known = [](const auto& value) { return value.has_value(); };
  if (std::all_of(values.begin(), values.end(), known)) return values;
  Complete(values, Call([]() noexcept { return FilesLeaf(); }));
  if (std::all_of(values.begin(), values.end(), known)) return values;
  for (const auto& row : Query(kBuiltIn)) {
    const int index = IndexOf(TextOf(row[0]).c_str());
    if (index >= 0 && !values[static_cast<size_t>(index)]) values[static_cast<size_t>(index)] = TextOf(row[1]);
  }
  return values;
}

// What is set for a role may name what is gone. As when it logs in, that is warned of.
void SetLeaf(const PlainValues& values, GucAction action) {
  for (size_t i = 0; i < StartingSettings::kCount; ++i) {
    const char* const now = GetConfigOption(kNames[i], true, false);
    if (values.values[i] == nullptr || (now != nullptr && strcmp(now, values.values[i]) == 0)) continue;
    (void) set_config_option(kNames[i], values.values[i], PGC_SUSET, PGC_S_SESSION, action, true, WARNING, false);
  }
}

// Whether a search_path says itself where temporary objects are looked up. Names may be quoted and hold commas; one
// that is no list has none.
bool NamesTemporaryLeaf(const char* path) {
  List* names;
  if (!SplitIdentifierString(pstrdup(path), ',', &names)) return false;
  ListCell* cell;
  foreach (cell, names) {
    if (strcmp(static_cast<char*>(lfirst(cell)), "pg_temp") == 0) return true;
  }
  return false;
}

// Temporary tables of the caller must not stand in for what a migration names: pg_temp goes last.
std::string WithTemporaryLast(const std::string& path) {
  const char* const list = path.c_str();
  if (Call([=]() noexcept { return NamesTemporaryLeaf(list); })) return path;
  return path.empty() ? "pg_temp" : path + ", pg_temp";
}

}  // namespace

StartingSettings::StartingSettings(bool temporary_last)
    : temporary_last_(temporary_last), own_search_path_(MigrationSearchPath()) {}

void StartingSettings::Refresh() {
  if (is_current_) return;
  if (!configured_) configured_ = Configured();
  values_ = {};
  Complete(values_, Call([]() noexcept { return CatalogLeaf(); }));
  for (size_t i = 0; i < values_.size(); ++i) {
    if (!values_[i]) values_[i] = (*configured_)[i];
  }
  std::string& path =
      values_[kSearchPath].emplace(own_search_path_.empty() ? values_[kSearchPath].value_or("") : own_search_path_);
  if (temporary_last_) path = WithTemporaryLast(path);
  search_path_ = path;
  is_current_ = true;
}

const std::string& StartingSettings::search_path() {
  Refresh();
  return search_path_;
}

void StartingSettings::Set(GucAction action) {
  Refresh();
  PlainValues plain = {};
  for (size_t i = 0; i < values_.size(); ++i) plain.values[i] = values_[i] ? values_[i]->c_str() : nullptr;
  Call([=]() noexcept { SetLeaf(plain, action); });
}

}  // namespace migrate
