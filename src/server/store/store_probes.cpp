#include "server/store/store_probes.h"

#include <charconv>
#include <utility>

#include "core/base/text.h"
#include "server/base/sql.h"
#include "server/store/store.h"

namespace migrate {
namespace {

Statement kRead = {
    "SELECT p.name, p.query, p.max_slowdown FROM migrate.probe p ORDER BY p.name USING OPERATOR(pg_catalog.<)",
    Rights::kOwner};
Statement kWrite = {
    "INSERT INTO migrate.probe AS p (name, query, max_slowdown, added_by) VALUES ($1, $2, $3::pg_catalog.float8, $4) "
    "ON CONFLICT (name) DO UPDATE SET query = EXCLUDED.query, max_slowdown = EXCLUDED.max_slowdown, "
    "added_by = EXCLUDED.added_by, added_at = EXCLUDED.added_at",
    Rights::kOwner};
Statement kRemove = {"DELETE FROM migrate.probe p WHERE p.name OPERATOR(pg_catalog.=) $1 RETURNING p.name",
                     Rights::kOwner};
Statement kWriteResult = {
    "INSERT INTO migrate.probe_result (event, probe, max_slowdown, before_ms, after_ms, plan_before, plan_after, before_note, "
    "after_note) VALUES ($1::pg_catalog.int8, $2, $3::pg_catalog.float8, $4::pg_catalog.float8, $5::pg_catalog.float8, "
    "$6, $7, $8, $9)",
    Rights::kOwner};
Statement kReadResults = {
    "SELECT r.probe, r.max_slowdown, r.before_ms, r.after_ms, r.plan_before, r.plan_after, r.before_note, r.after_note "
    "FROM migrate.migration m JOIN migrate.probe_result r "
    "ON r.event OPERATOR(pg_catalog.=) COALESCE(m.unfinished_event, m.applied_event) "
    "WHERE m.version OPERATOR(pg_catalog.=) $1 AND m.name OPERATOR(pg_catalog.=) $2 "
    "ORDER BY r.probe USING OPERATOR(pg_catalog.<)",
    Rights::kOwner};

std::optional<double> NumberOf(const Value& value) {
  if (!value) return std::nullopt;
  double number = 0;
  (void) std::from_chars(value->data(), value->data() + value->size(), number);
  return number;
}

Value Text(const std::optional<double>& number) { return number ? Value(NumberText(*number)) : Value(); }

}  // namespace

std::vector<Probe> ReadProbes() {
  std::vector<Probe> probes;
  for (const auto& row : Query(kRead)) {
    probes.push_back({TextOf(row[0]), TextOf(row[1]), NumberOf(row[2]).value_or(0)});
  }
  return probes;
}

void WriteProbe(const Probe& probe) {
  Query(kWrite, {probe.name, probe.query, NumberText(probe.max_slowdown), CurrentRole()});
}

bool RemoveProbe(const std::string& name) { return !Query(kRemove, {name}).empty(); }

void WriteProbeResults(int64_t event, const std::vector<Probed>& results) {
  for (const auto& probed : results) {
    Query(kWriteResult, {std::to_string(event), probed.name, NumberText(probed.max_slowdown),
                         Text(probed.before.milliseconds), Text(probed.after.milliseconds), OrNull(probed.before.plan),
                         OrNull(probed.after.plan), OrNull(probed.before.WhyNot()), OrNull(probed.after.WhyNot())});
  }
}

std::vector<std::pair<std::string, std::string>> ReadProbeResults(const MigrationId& id) {
  std::vector<std::pair<std::string, std::string>> results;
  for (const auto& row : Query(kReadResults, {id.version, id.name})) {
    const Probed probed{TextOf(row[0]),
                        NumberOf(row[1]).value_or(0),
                        {NumberOf(row[2]), TextOf(row[4]), TextOf(row[6])},
                        {NumberOf(row[3]), TextOf(row[5]), TextOf(row[7])}};
    results.emplace_back(probed.name, Describe(probed));
  }
  return results;
}

}  // namespace migrate
