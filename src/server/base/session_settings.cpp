#include "server/base/session_settings.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_map>

#include "server/base/guard.h"

namespace migrate {
namespace {

constexpr int kRaise = 0;  // set_config_option: an error, as for SET
constexpr size_t kFieldsOfSetting = 4;

struct PlainSettings {
  config_generic** settings;
  int count;
};

bool IsOfSession(const config_generic& setting) {
  if (setting.context != PGC_USERSET && setting.context != PGC_SUSET) return false;
  // They end with the transaction, or have no value to read.
  for (const char* name : {"transaction_isolation", "transaction_read_only", "transaction_deferrable", "seed"}) {
    if (strcmp(setting.name, name) == 0) return false;
  }
  return true;
}

// Of the connection, or how long a client is ready to wait.
constexpr std::string_view kNotTakenOver[] = {"application_name",     "client_encoding",
                                              "statement_timeout",    "transaction_timeout",
                                              "idle_session_timeout", "idle_in_transaction_session_timeout"};

Setter SetterOf(const config_generic& setting) { return {setting.scontext, setting.srole}; }

PlainSettings AllPlainSettings() {
  return Call([]() noexcept {
    PlainSettings plain = {nullptr, 0};
    plain.settings = AllSettings(&plain.count);
    return plain;
  });
}

const char* ValueLeaf(const char* name) { return GetConfigOption(name, true, false); }

// With no more power than `setter` had: the setting may be a superuser's by now, because the module that it was a
// placeholder for was loaded.
bool SetLeaf(const char* name, const char* value, Setter setter, int severity) {
  return set_config_option_ext(name, value, setter.context, PGC_S_SESSION, setter.role, GUC_ACTION_SET, true, severity,
                               false) != 0;
}

// Back to the value that the session began with, which whoever gave it had the power to give.
void ResetLeaf(const char* name, int severity) {
  (void) set_config_option(name, nullptr, PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SET, true, severity, false);
}

// Who one is decides what one may set.
int Rank(std::string_view name) { return name == "session_authorization" ? 0 : name == "role" ? 1 : 2; }

// What a value names may be gone, such as a tablespace, and so may the right to set it: that is warned of, and the
// setting is reset, so that the others get theirs. But nobody stays who they should not be. A null value is a reset.
void Set(const char* name, const char* value, Setter setter) {
  const int severity = Rank(name) < 2 ? kRaise : WARNING;
  if (value != nullptr && Call([=]() noexcept { return SetLeaf(name, value, setter, severity); })) return;
  Call([=]() noexcept { ResetLeaf(name, severity); });
}

}  // namespace

std::vector<SessionSettings::Setting> SessionSettings::Now() {
  const PlainSettings all = AllPlainSettings();
  std::vector<Setting> settings;
  for (int i = 0; i < all.count; ++i) {
    const config_generic& setting = *all.settings[i];
    if (!IsOfSession(setting)) continue;
    const char* const name = setting.name;
    const char* const value = Call([=]() noexcept { return ValueLeaf(name); });
    settings.push_back({name, value == nullptr ? "" : value, setting.source == PGC_S_SESSION, SetterOf(setting)});
  }
  std::stable_sort(settings.begin(), settings.end(),
                   [](const Setting& a, const Setting& b) { return Rank(a.name) < Rank(b.name); });
  return settings;
}

SessionSettings::SessionSettings() : before_(Now()) {}

void SessionSettings::Restore() const {
  std::unordered_map<std::string_view, const Setting*> before;
  for (const auto& setting : before_) before.emplace(setting.name, &setting);
  bool user_changed = false;
  for (const auto& setting : Now()) {
    const auto found = before.find(setting.name);
    const bool was_there = found != before.end();
    const Setting& wanted = was_there ? *found->second : setting;
    const bool in_session = was_there && wanted.in_session;
    // Whoever becomes another user loses the role that was set.
    const bool lost = user_changed && setting.name == "role" && in_session;
    const bool same_setter = !in_session || wanted.setter == setting.setter;
    if (was_there && wanted.value == setting.value && in_session == setting.in_session && same_setter && !lost) {
      continue;
    }
    if (setting.name == "session_authorization") user_changed = true;
    Set(setting.name.c_str(), in_session ? wanted.value.c_str() : nullptr, wanted.setter);
  }
}

std::vector<std::string> SettingsOfCaller() {
  std::vector<std::string> fields;
  const PlainSettings all = AllPlainSettings();
  for (int i = 0; i < all.count; ++i) {
    const config_generic& setting = *all.settings[i];
    if (!IsOfSession(setting) || (setting.source != PGC_S_SESSION && setting.source != PGC_S_CLIENT)) continue;
    const std::string_view name = setting.name;
    if (Rank(name) < 2 ||
        std::find(std::begin(kNotTakenOver), std::end(kNotTakenOver), name) != std::end(kNotTakenOver)) {
      continue;
    }
    const char* const plain_name = setting.name;
    const char* const value = Call([=]() noexcept { return ValueLeaf(plain_name); });
    if (value == nullptr) continue;
    fields.insert(fields.end(),
                  {std::string(name), value, std::to_string(setting.scontext), std::to_string(setting.srole)});
  }
  return fields;
}

void TakeOverSettings(const std::vector<std::string>& fields) {
  for (size_t i = 0; i + kFieldsOfSetting <= fields.size(); i += kFieldsOfSetting) {
    const Setter setter = {static_cast<GucContext>(std::stoi(fields[i + 2])),
                           static_cast<Oid>(std::stoul(fields[i + 3]))};
    Set(fields[i].c_str(), fields[i + 1].c_str(), setter);
  }
}

}  // namespace migrate
