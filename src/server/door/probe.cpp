// migrate_probe(): a query that must not get slower.
#include <algorithm>
#include <string>
#include <vector>

#include "core/base/quote.h"
#include "core/base/text.h"
#include "server/base/extension.h"
#include "server/base/guard.h"
#include "server/base/pg_parser.h"
#include "server/door/commands.h"
#include "server/door/result.h"
#include "server/run/lasting_effects.h"
#include "server/run/probes.h"
#include "server/run/session_state.h"
#include "server/store/store_probes.h"

namespace migrate {
namespace {

constexpr double kMostSlowdown = 1e6;  // in percent

struct ProbeResult {
  Cell probe, action, duration_ms, detail;
};
constexpr Column<ProbeResult> kColumns[] = {
    {"probe", &ProbeResult::probe},
    {"action", &ProbeResult::action},
    {"duration_ms", &ProbeResult::duration_ms},
    {"detail", &ProbeResult::detail},
};

// What tells about one statement, as plain values.
struct Looked {
  bool is_select;
  bool changes_rows;  // in WITH
  LastingEffect effect;
};

Looked LookLeaf(Node* node) {
  Looked looked = {IsA(node, SelectStmt) && castNode(SelectStmt, node)->intoClause == nullptr, false, {nullptr}};
  if (!looked.is_select) return looked;
  FindLastingEffectLeaf(node, &looked.effect);
  const WithClause* const with = castNode(SelectStmt, node)->withClause;
  ListCell* cell;
  foreach (cell, with == nullptr ? NIL : with->ctes) {
    looked.changes_rows = looked.changes_rows || !IsA(lfirst_node(CommonTableExpr, cell)->ctequery, SelectStmt);
  }
  return looked;
}

[[noreturn]] void Refuse(const std::string& detail) {
  throw Error(sqlstate::kInvalidParameter, "this query can't be a probe", detail,
              "A probe is one SELECT that only reads.");
}

// Its errors point into the query, which is not what the client sent.
bool Parse(PgParser& parser, const std::string& query, ParsedStatement& parsed) {
  try {
    return parser.Parse(query, parsed);
  } catch (Error& error) {
    error.internal_position = error.cursor_position;
    error.internal_query = query;
    error.cursor_position = 0;
    throw;
  }
}

void RequireReads(const std::string& query) {
  PgParser parser;
  ParsedStatement parsed;
  if (!Parse(parser, query, parsed)) Refuse("It is empty.");
  if (parsed.end != 0) Refuse("It is more than one statement.");
  Node* const node = static_cast<const ParsedTree*>(parsed.tree)->raw->stmt;
  const Looked looked = Call([=]() noexcept { return LookLeaf(node); });
  if (!looked.is_select) Refuse("It is no SELECT.");
  if (looked.changes_rows) Refuse("It changes rows.");
  if (looked.effect.name != nullptr) Refuse(std::string("It calls ") + looked.effect.name + ".");
}

double LimitOf(Real max_slowdown) {
  if (max_slowdown.is_null) throw Error(sqlstate::kNullNotAllowed, "max_slowdown must not be null");
  if (max_slowdown.value >= 0 && max_slowdown.value <= kMostSlowdown) return max_slowdown.value;
  throw Error(sqlstate::kInvalidParameter, "max_slowdown must be from 0 to 1000000",
              "It is how much slower the query may get, in percent.");
}

Measurement MeasureNow(const std::string& query) {
  const SessionState session;
  StartingSettings starting(session.HasTemporary());
  const OwnRole own_role;
  Measurement now = MeasureQuery(query, starting, own_role);
  if (now.writes) Refuse("It writes: " + now.why + ".");
  return now;
}

ProbeResult Add(const std::string& name, const std::string& query, double limit) {
  RequireReads(query);
  const auto known = ReadProbes();
  const auto same = std::find_if(known.begin(), known.end(), [&](const Probe& probe) { return probe.name == name; });
  const bool is_new = same == known.end();
  const bool is_equal = !is_new && same->query == query && same->max_slowdown == limit;
  const Measurement now = MeasureNow(query);
  if (!is_equal) WriteProbe({name, query, limit});
  const std::string plan = now.plan.substr(0, now.plan.find('\n'));
  return {.probe = name,
          .action = is_new     ? "added"
                    : is_equal ? "unchanged"
                               : "replaced",
          .duration_ms = now.milliseconds ? NumberValue(*now.milliseconds) : Value(),
          .detail = now.milliseconds ? plan : "not measured: " + now.WhyNot()};
}

ProbeResult Remove(const std::string& name) {
  if (RemoveProbe(name)) return {.probe = name, .action = "removed", .duration_ms = Value(), .detail = Value()};
  std::vector<std::string> names;
  for (const auto& probe : ReadProbes()) names.push_back(probe.name);
  const auto nearest = NearestNames(name, names, 1);
  throw Error(sqlstate::kUndefinedObject, "there is no probe " + Quoted(name), {},
              nearest.empty() ? "With a query it is added: migrate_probe(" + SqlLiteral(name) + ", 'SELECT …')."
                              : "Did you mean " + Quoted(nearest.front()) + "?");
}

}  // namespace

Datum RegisterProbe(FunctionCallInfo info, Argument name, Argument query, Real max_slowdown) {
  const std::string probe = name.Required("name");
  const auto text = query.NotEmpty("query");
  const double limit = LimitOf(max_slowdown);
  const CallScope scope("migrate_probe", CallKind::kWrites);
  const std::vector<ProbeResult> results = {text ? Add(probe, *text, limit) : Remove(probe)};
  return ReturnRows(info, results, kColumns);
}

}  // namespace migrate
