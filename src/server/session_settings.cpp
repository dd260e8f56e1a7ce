#include "server/session_settings.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_map>

#include "server/guard.h"

namespace migrate {
namespace {

constexpr int kRaise = 0;  // set_config_option: an error, as for SET

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

PlainSettings AllPlainSettings() {
  return Call([]() noexcept {
    PlainSettings plain = {nullptr, 0};
    plain.settings = AllSettings(&plain.count);
    return plain;
  });
}

const char* ValueLeaf(const char* name) { return GetConfigOption(name, true, false); }

// Null is RESET, as ExecSetVariableStmt does it.
bool SetLeaf(const char* name, const char* value, int severity) {
  return set_config_option(name, value, PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SET, true, severity, false) != 0;
}

// Who one is decides what one may set.
int Rank(std::string_view name) { return name == "session_authorization" ? 0 : name == "role" ? 1 : 2; }

// What a value names may be gone, such as a tablespace: that is warned of, and the setting is reset, so that the others
// get theirs. But nobody stays who they should not be.
void Set(const char* name, const char* value) {
  const int severity = Rank(name) < 2 ? kRaise : WARNING;
  if (Call([=]() noexcept { return SetLeaf(name, value, severity); })) return;
  Call([=]() noexcept { (void) SetLeaf(name, nullptr, severity); });
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
    settings.push_back({name, value == nullptr ? "" : value, setting.source == PGC_S_SESSION});
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
    const bool in_session = found != before.end() && found->second->in_session;
    const std::string& value = found == before.end() ? setting.value : found->second->value;
    // Whoever becomes another user loses the role that was set.
    const bool lost = user_changed && setting.name == "role" && in_session;
    if (found != before.end() && value == setting.value && in_session == setting.in_session && !lost) continue;
    if (setting.name == "session_authorization") user_changed = true;
    const char* const name = setting.name.c_str();
    const char* const text = in_session ? value.c_str() : nullptr;
    Set(name, text);
  }
}

std::vector<std::string> SettingsOfCaller() {
  std::vector<std::string> pairs;
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
    pairs.emplace_back(name);
    pairs.emplace_back(value);
  }
  return pairs;
}

void TakeOverSettings(const std::vector<std::string>& pairs) {
  for (size_t i = 0; i + 1 < pairs.size(); i += 2) {
    Set(pairs[i].c_str(), pairs[i + 1].c_str());
  }
}

}  // namespace migrate
