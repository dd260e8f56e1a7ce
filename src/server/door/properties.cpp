#include "server/door/properties.h"

#include "core/base/text.h"
#include "core/plan/plan.h"
#include "core/set/environment.h"

namespace migrate {
namespace {

class List {
 public:
  // Nothing if it is empty.
  void Add(const std::string& property, const std::string& value) {
    if (!value.empty()) properties_.emplace_back(property, value);
  }

  std::vector<std::pair<std::string, std::string>> Take() { return std::move(properties_); }

 private:
  std::vector<std::pair<std::string, std::string>> properties_;
};

std::string Statements(const Script& script) { return script.exists() ? std::to_string(script.statements) : ""; }

std::string PlaceholderList(const Placeholders& placeholders) {
  std::vector<std::string> values;
  for (const auto& [name, value] : placeholders) values.push_back(name + " = " + value);
  return Join(values, ", ");
}

std::string EventOf(const KnownMigration& migration) {
  return migration.application->event == "apply" ? "" : migration.application->event;
}

void AddApplication(const KnownMigration& m, const About& about, bool may_read_history, List& list) {
  const Application& application = *m.application;
  list.Add("applied_at", application.applied_at);
  list.Add("applied_by", application.applied_by);
  list.Add("recorded_by", EventOf(m));
  list.Add("duration_ms", application.duration_ms);
  list.Add("statements_run", about.statements);
  list.Add("changes", about.changes);
  if (!may_read_history) return;
  list.Add("session_user", about.session_user == application.applied_by ? "" : about.session_user);
  list.Add("client_address", about.client_address);
  list.Add("claimed_subject", about.claimed_subject);
  list.Add("search_path", about.search_path);
  list.Add("server_version", about.server_version);
}

void AddScript(const std::string& name, const Script& script, List& list) {
  list.Add(name + "_statements", Statements(script));
  list.Add(name + "_lock_timeout", script.timeouts->lock);
  list.Add(name + "_statement_timeout", script.timeouts->statement);
  list.Add(name + "_keeps_rows", Join(*script.keeps_rows, ", "));
  list.Add(name + "_checksum", script.checksum);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> Properties(const StatusRow& row, const About& about, MayRead may_read,
                                                            bool migrating) {
  const KnownMigration& m = *row.migration;
  List list;
  list.Add("version", m.id.version);
  list.Add("name", m.id.name);
  list.Add("status", row.status);
  for (const auto& remark : Remarks(row, migrating)) list.Add("remark", remark);
  if (may_read.history) list.Add("failure_detail", about.failure_detail);
  AddApplication(m, about, may_read.history, list);
  if (may_read.history) {
    for (const auto& probe : about.probes) list.Add("probe", probe);
  }
  list.Add("transactional", m.up.transactional ? "yes" : "no");
  list.Add("reversible", ReversibleName(m.reversible_now()));
  list.Add("rollback", RollbackOutlook(m));
  list.Add("requires", Join(m.requirements, ", "));
  list.Add("replaces", m.options->replaces);
  list.Add("allows", m.options->allows);
  list.Add("online_of", m.options->online_of);
  list.Add("environments", ForWhom(*m.options));
  list.Add("tags", Join(m.options->tags, ", "));
  if (may_read.texts) list.Add("placeholders", PlaceholderList(m.options->placeholders));
  AddScript("up", m.up, list);
  AddScript("down", m.down, list);
  AddScript("verify", m.verify, list);
  if (m.changed()) list.Add("applied_checksum", m.application->checksum);
  list.Add("source", m.source);
  list.Add("added_by", m.added_by);
  list.Add("added_at", about.added_at);
  if (!may_read.texts) return list.Take();
  for (const auto& [key, value] : about.metadata) list.Add("header_" + key, value);
  return list.Take();
}

}  // namespace migrate
