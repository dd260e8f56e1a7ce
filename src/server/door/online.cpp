// migrate_online(): the same change in steps that block nobody for long.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/explain/verdict.h"
#include "core/online/form.h"
#include "core/plan/plan.h"
#include "core/run/execute.h"
#include "core/run/rehearsal.h"
#include "core/schema/difference.h"
#include "core/schema/way/back.h"
#include "core/set/order.h"
#include "core/text/directive.h"
#include "server/base/extension.h"
#include "server/base/guard.h"
#include "server/base/settings.h"
#include "server/door/commands.h"
#include "server/door/find_migration.h"
#include "server/door/load.h"
#include "server/door/make_plan.h"
#include "server/door/result.h"
#include "server/run/explanation.h"
#include "server/run/online_run.h"
#include "server/schema/describe.h"
#include "server/store/store.h"

namespace migrate {
namespace {

using Objects = std::vector<schema::Object>;

struct OnlineResult {
  Cell step, line, kind, verdict, note, text;
};
constexpr Column<OnlineResult> kColumns[] = {
    {"step", &OnlineResult::step},       {"line", &OnlineResult::line}, {"kind", &OnlineResult::kind},
    {"verdict", &OnlineResult::verdict}, {"note", &OnlineResult::note}, {"text", &OnlineResult::text},
};

constexpr size_t kMostNamed = 5;
constexpr char kRollback[] = "rollback";

// What was found, and how far it is proven.
struct Form {
  std::vector<online::Step> steps;
  std::string proof;
  bool is_proven = false;
  bool is_refuted = false;
  // Of the steps in the text that was rehearsed, where each begins; and where what was observed of it begins.
  std::vector<int> lines;
  size_t observed = 0;

  bool IsGentler() const {
    return std::any_of(steps.begin(), steps.end(), [](const online::Step& step) { return step.is_gentler; });
  }
};

// The texts of a migration, as they are to be registered.
struct Texts {
  std::string head;  // directives of the up script
  std::string down, verify;
  std::string rollback;  // a closing comment of the up script that says how to roll it back
};

// The directives and headers above the first statement.
std::string DirectivesOf(std::string_view script) {
  std::string head;
  for (std::string_view line; TakeLine(script, line);) {
    const std::string_view trimmed = Trim(line);
    if (!trimmed.empty() && !trimmed.starts_with("--")) break;
    if (trimmed.starts_with("-- migrate:") || ParseHeaderLine(trimmed)) head += std::string(trimmed) + "\n";
  }
  return head;
}

// As the closing block of an up script, which is no down script until somebody accepts it.
std::string RollbackComment(std::string_view script) {
  std::string comment = "-- Rollback\n";
  for (std::string_view line; TakeLine(script, line);) {
    if (!Trim(line).empty()) comment += "-- " + std::string(line) + "\n";
  }
  return comment;
}

std::string ReadIfAny(const Script& script) { return script.exists() ? ReadScript(script.sha256) : std::string(); }

Error CantBe(const KnownMigration& migration, const std::string& why, std::string hint) {
  return Error(sqlstate::kWrongState, "migration " + Quoted(migration.id) + " has no online form", why,
               std::move(hint));
}

// Throws if there is nothing to make of it.
void RequireSuited(const KnownMigration& migration) {
  if (migration.applied() && !migration.reruns()) {
    throw CantBe(migration, "It is applied.", "What it holds is done; the next change is a migration of its own.");
  }
  if (migration.unfinished->partial()) {
    throw CantBe(migration, "It stopped half way" + HowFar(migration) + ".", "Let it go on by CALL migrate_up().");
  }
  if (!migration.options->online_of.empty()) {
    throw CantBe(migration, "It is an online form already.", "Run it by CALL migrate_up().");
  }
  if (migration.repeatable) throw CantBe(migration, "It is repeatable, or a hook.", "");
  if (migration.up.each_alone) {
    throw CantBe(migration, "It says \"migrate:no-transaction\": its statements are chosen one by one already.", "");
  }
  if (!migration.options->placeholders.empty()) {
    throw CantBe(migration, "Its text has placeholders, and the form would have their values.", "");
  }
}

class Finding {
 public:
  Finding(const KnownMigration& migration, OnlineRun& database) : migration_(migration), database_(database) {}

  // All of it is undone by the caller.
  Form Find() {
    const std::string head = DirectivesOf(ReadScript(migration_.up.sha256));
    Form form;
    Objects plain;
    InSubtransaction(Ending::kUndo, [&] {
      online::Terms terms{ReadTables(), MaySilenceTriggers(), QuotedRole(), UnguessableName};
      database_.StartWatching();
      RequireRan(RunUp(migration_.id));
      form.steps = online::StepsOf(database_.StopWatching(), terms);
      plain = schema::Describe({});
    });
    if (form.IsGentler()) Prove(head, plain, form);
    return form;
  }

  RunRow RunUp(const MigrationId& id) {
    database_.StartRun();
    Plan plan = PlanApply(ReadPending({id.Label()}), {.dry_run = true, .only = id});
    plan.remarks.clear();
    RequireRunnable(plan);
    RunOptions options{true, LockRetries()};
    options.stays = true;
    std::vector<RunRow> rows;
    try {
      rows = Execute(plan, database_, options);
    } catch (const Error&) {
      if (!database_.was_stopped()) throw;
      return {id, "stopped after migrate.explain_hold", 0, 0, false};
    }
    const auto untried = std::find_if(rows.begin(), rows.end(),
                                      [](const RunRow& row) { return !row.did_run && row.id != MigrationId(); });
    if (untried != rows.end()) return *untried;
    if (rows.empty()) return {{}, "there is nothing to run", 0, 0, false};
    return std::move(rows.front());
  }

  void RequireRan(const RunRow& row) const {
    if (row.did_run) return;
    throw CantBe(migration_, "It can't be tried as a whole: " + row.action + ".",
                 "The form depends on the schema alone: call it in a copy that has fewer rows, or raise "
                 "migrate.rehearse_size where nobody is disturbed.");
  }

 private:
  // They run as in any rehearsal: without CONCURRENTLY, and without the commits between batches.
  void Prove(const std::string& head, const Objects& plain, Form& form) {
    std::string script = online::HeadOf(migration_.up.checksum, head);
    form.observed = database_.statements().size();
    for (const auto& step : form.steps) {
      form.lines.push_back(1 + static_cast<int>(std::count(script.begin(), script.end(), '\n')));
      script += step.text + "\n";
    }
    try {
      InSubtransaction(Ending::kUndo, [&] {
        const Argument up{script.data(), script.size(), false}, none{nullptr, 0, true};
        (void) StoreAll(AssembleOne(migration_.id.Label(), up, none, none), kAddSource);
        const RunRow row = RunUp(migration_.id);
        if (row.did_run) {
          Compare(schema::Describe({}), plain, form);
        } else {
          form.proof = "unproven: " + row.action;
        }
      });
    } catch (const Error& error) {
      if (ComesFromOutside(error)) throw;
      form.proof = "unproven: " + error.sqlstate + " " + error.message +
                   (error.line > 0 ? ", line " + std::to_string(error.line) : "");
      form.is_refuted = true;
    }
  }

  static void Compare(const Objects& now, const Objects& plain, Form& form) {
    schema::Ignored ignored;
    ignored.grant_order = false;
    const auto left = schema::Differences(now, plain, ignored, true);
    const std::string verdict = schema::VerdictOf(left);
    form.is_proven = !verdict.empty();
    if (form.is_proven) {
      form.proof = "proven: " + (verdict == "exact" ? "equal" : verdict);
      return;
    }
    form.is_refuted = true;
    std::vector<std::string> names;
    for (const auto& difference : left) names.push_back(difference.object_class + " " + difference.identity);
    form.proof = "differs: " + JoinFirst(names, kMostNamed);
  }

  const KnownMigration& migration_;
  OnlineRun& database_;
};

// The migration, and what is pending before it, which it may build upon.
struct Asked {
  std::vector<MigrationId> before;
  MigrationId id;
};

Asked AskedFor(const std::string& name) {
  const auto found = FindMigrations(ReadNamed(name), name);
  if (found.size() > 1) {
    throw Error(sqlstate::kAmbiguous, "version \"" + name + "\" is shared by several migrations", {},
                "Give version and name together.");
  }
  RequireSuited(found.front());
  Asked asked{{}, found.front().id};
  const std::string label = asked.id.Label();
  ApplyRequest request;
  request.target = label;
  request.dry_run = request.allow_out_of_order = true;
  const Plan plan = MakePlan(request);
  RequireRunnable(plan);
  for (const auto& step : plan.steps) {
    if (step.migration->id == asked.id) return asked;
    asked.before.push_back(step.migration->id);
  }
  throw CantBe(found.front(), "No plan would apply it.", "migrate_status() tells why.");
}

// As each step was seen to do to others when it was rehearsed, each in a transaction of its own. What is worst counts.
void AddVerdicts(const OnlineRun& database, Form& form) {
  const double brief = BriefLockMs();
  Explanation explanation(database);
  std::vector<std::optional<explain::Level>> worst(form.steps.size());
  for (size_t i = form.observed; i < database.statements().size(); ++i) {
    const auto& observed = database.statements()[i];
    const auto at = std::upper_bound(form.lines.begin(), form.lines.end(), observed.position.line);
    if (at == form.lines.begin()) continue;
    const size_t step = static_cast<size_t>(at - form.lines.begin()) - 1;
    explain::Seen seen = explanation.Seen(i);
    const explain::Level level = explain::LevelOf(seen, brief);
    if (!worst[step] || *worst[step] < level) {
      worst[step] = level;
      form.steps[step].verdict = explain::NameOf(level) + std::string(seen.rewrites.empty() ? "" : ", rewrites") +
                                 (seen.destroyed.empty() ? "" : ", destroys data");
    }
  }
  // In the rehearsal it held until its end what it lets go of after each batch.
  for (auto& step : form.steps) {
    if (step.is_block) step.verdict = explain::NameOf(explain::Level::kBrief);
  }
}

Form FindForm(const Asked& asked, const KnownMigration& migration) {
  OnlineRun database(RehearseSizeKb(), ExplainHoldMs());
  Form form;
  database.Rehearse([&] {
    Finding finding(migration, database);
    for (const auto& id : asked.before) finding.RequireRan(finding.RunUp(id));
    form = finding.Find();
  });
  database.EndRun();
  if (form.IsGentler()) AddVerdicts(database, form);
  return form;
}

Argument ArgumentOf(const std::string& text) { return {text.data(), text.size(), text.empty()}; }

void Register(const KnownMigration& migration, const Form& form, const Texts& texts) {
  if (form.is_refuted) {
    throw Error(sqlstate::kWrongState,
                "the online form of " + Quoted(migration.id) + " does not lead to the same schema", form.proof + ".",
                "SELECT * FROM migrate_online(" + Literal(migration.id) + ") shows its steps.");
  }
  const std::string up = online::TextOf(form.steps, migration.up.checksum, texts.head) + texts.rollback;
  auto loaded = AssembleOne(migration.id.Label(), ArgumentOf(up), ArgumentOf(texts.down), ArgumentOf(texts.verify));
  // What its file's convention says of it besides.
  const std::string online_of = loaded.front().options->online_of;
  loaded.front().options = *migration.options;
  loaded.front().options.Make().online_of = online_of;
  loaded.front().requirements = migration.requirements;
  if (!IsOrderedByNumber(loaded.front()) && SortKey(loaded.front(), 0) != migration.sort_key) {
    throw CantBe(migration, "Its place in the order comes from its folder.", "Put the text into its file.");
  }
  (void) StoreAll(std::move(loaded), migration.source);
}

std::vector<OnlineResult> RowsOf(const KnownMigration& migration, const Form& form, const Texts& texts) {
  std::string head = online::HeadOf(migration.up.checksum, texts.head);
  head.pop_back();
  std::vector<OnlineResult> rows = {
      {.step = "0", .line = Value(), .kind = "head", .verdict = Value(), .note = form.proof, .text = head}};
  for (const auto& step : form.steps) {
    rows.push_back({.step = std::to_string(rows.size()),
                    .line = std::to_string(step.line),
                    .kind = step.kind,
                    .verdict = TextValue(step.verdict),
                    .note = TextValue(step.note),
                    .text = step.text});
  }
  const auto add = [&](const std::string& section, const std::string& text) {
    if (text.empty()) return;
    rows.push_back({.step = std::to_string(rows.size()),
                    .line = Value(),
                    .kind = section,
                    .verdict = Value(),
                    .note = "as it stands",
                    .text = (section == kRollback ? "" : "-- migrate:" + section + "\n") + text});
  };
  add(kRollback, texts.rollback);
  add("down", texts.down);
  add("verify", texts.verify);
  return rows;
}

}  // namespace

Datum Online(FunctionCallInfo info, Argument migration, Flag registers) {
  const std::string name = migration.Required("migration");
  const bool is_registered = registers.Required("register");
  const CallScope scope("migrate_online", CallKind::kWrites);
  RequireReadsTexts();
  const Asked asked = AskedFor(name);
  const KnownMigration known = FindMigrations(ReadNamed(asked.id.Label()), asked.id.Label()).front();
  Texts texts{DirectivesOf(ReadScript(known.up.sha256)), ReadIfAny(known.down), ReadIfAny(known.verify), {}};
  if (known.reversible == Reversible::kComment) texts.rollback = RollbackComment(std::exchange(texts.down, {}));
  Form form = FindForm(asked, known);
  if (!form.IsGentler()) {
    form.proof = "nothing to gain";
    RaiseNotice("no statement of migration " + Quoted(known.id) + " has a gentler form");
  } else if (is_registered) {
    Register(known, form, texts);
  }
  return ReturnRows(info, RowsOf(known, form, texts), kColumns);
}

}  // namespace migrate
