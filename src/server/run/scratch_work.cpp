#include "server/run/scratch_work.h"

#include <algorithm>
#include <optional>

#include "core/base/quote.h"
#include "core/run/step_runner.h"
#include "core/schema/object_texts.h"
#include "core/text/script.h"
#include "server/base/guard.h"
#include "server/base/transaction.h"
#include "server/run/pg_database.h"
#include "server/run/prove_work.h"
#include "server/run/scratch_ground.h"
#include "server/run/squash_work.h"
#include "server/schema/settle.h"

namespace migrate {
namespace {

using schema::Object;
using schema::TextReader;
using schema::TextWriter;
using Objects = std::vector<Object>;

constexpr char kLoad[] = "load";
constexpr char kFind[] = "find";
constexpr char kDone[] = "done";
constexpr size_t kMostNamed = 5;
// What a role of this name has locked may be the caller's, who waits for this.
constexpr char kLockTimeout[] = "10s";

constexpr bool schema::Ignored::*kAspects[] = {&schema::Ignored::column_order, &schema::Ignored::owners,
                                               &schema::Ignored::grants, &schema::Ignored::comments};

void SetLeaf(const char* name, const char* value) {
  (void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SET, true, 0, false);
}

std::vector<std::string> NamesOf(const std::vector<schema::Difference>& differences) {
  std::vector<std::string> names;
  for (const auto& difference : differences) names.push_back(difference.object_class + " " + difference.identity);
  return names;
}

Objects ReadAll() { return ScratchGround::ReadAll(); }

// The wanted schema as a migration that runs in one transaction, whatever it says of others. It has no name.
void RunText(const std::string& text) {
  PgDatabase database;
  try {
    database.InIsolation({}, [&] {
      ScriptReader reader(text, 1, ScriptUse::kMigration, database.Parser(), true);
      while (const auto statement = reader.Next()) {
        AtStatement(*statement, [&] {
          if (statement->parsed.has_plain_form) {
            (void) database.RunPlain(*statement);
          } else {
            database.Run(*statement);
          }
        });
      }
      database.FireDeferredTriggers();
    });
  } catch (Error& error) {
    if (error.sqlstate == sqlstate::kActiveTransaction) error.hint = "A wanted schema is run in one transaction.";
    throw;
  }
}

// In the worker: what it is told to do, one after the other, each in a transaction that is undone.
class ScratchWork {
 public:
  explicit ScratchWork(const std::vector<std::string>& request) : ground_{request.at(0), request.at(1)} {
    SetInScratch("migrate.record_changes", "off");
    SetInScratch("migrate.search_path", request.at(2));
    SetInScratch("lock_timeout", kLockTimeout);
    CommitTransaction();
  }

  std::vector<std::string> Do(const Message& message) {
    RollBackTransaction();
    TextReader reader(message.texts);
    std::vector<std::string> answer = message.name == kLoad     ? Load(reader)
                                      : message.name == kSquash ? SquashInScratch(ground_, reader)
                                      : message.name == kProve  ? ProveInScratch(ground_, reader)
                                                                : Find(reader);
    RollBackTransaction();
    return answer;
  }

 private:
  // What can't be made, for want of rights say, is missed by whatever needs it, if anything does.
  std::vector<std::string> Load(TextReader& reader) const {
    const Objects outside = reader.Objects();
    const std::string& text = reader.Text();
    ground_.Lay(outside);
    TextWriter writer;
    writer.Put(ReadAll());
    InSubtransaction(Ending::kUndo, [&] {
      RunText(text);
      writer.Put(ReadAll());
    });
    return writer.Take();
  }

  std::vector<std::string> Find(TextReader& reader) const {
    const Objects now = reader.Objects(), wanted = reader.Objects();
    schema::Scope scope;
    for (auto& name : reader.List()) scope.schemas.insert(std::move(name));
    const std::vector<std::string> others = reader.List(), said = reader.List(), aspects = reader.List();
    for (size_t i = 0; i + 1 < others.size(); i += 2) scope.others.emplace(others[i], others[i + 1]);
    std::vector<schema::Rename> renames, back;
    for (size_t i = 0; i + 2 < said.size(); i += 3) {
      renames.push_back({said[i], said[i + 1], said[i + 2]});
      back.push_back({said[i], said[i + 2], said[i + 1]});
    }
    schema::Ignored ignored;
    for (size_t i = 0; i < aspects.size(); ++i) ignored.*kAspects[i] = !aspects[i].empty();

    ground_.AddExtension(now);
    ScratchGround::Make(schema::Outside(now, scope), ignored);
    ScratchGround::Make(now, ignored);
    const Objects before = ReadAll();
    RequireMade(before, now, scope, ignored);
    const Objects target = schema::WithWanted(before, wanted, scope);
    const schema::Settled up = schema::Settle(ReadAll, target, renames, ignored);
    const Objects after = ReadAll();
    const schema::Settled down = schema::Settle(ReadAll, before, back, ignored);
    TextWriter writer;
    writer.Put(up.statements);
    writer.Put(down.statements);
    writer.Put(NamesOf(schema::Differences(after, target, ignored, true)));
    writer.Put(NamesOf(schema::Differences(ReadAll(), before, ignored, true)));
    return writer.Take();
  }

  // What is not in scope does not change, and may be missed.
  static void RequireMade(const Objects& made, const Objects& now, const schema::Scope& scope,
                          const schema::Ignored& ignored) {
    const auto left = schema::Differences(schema::Inside(made, scope), schema::Inside(now, scope), ignored, true);
    if (left.empty()) return;
    throw Error(sqlstate::kWrongState, "the schema of this database can't be made again in a scratch database",
                "What differs there: " + JoinFirst(NamesOf(left), kMostNamed) + ".",
                "If the role that calls may not give things to their owners, call it as another role, or with "
                "ignore => '{owners,grants}'.");
  }

  const ScratchGround ground_;
};

}  // namespace

void SetInScratch(const char* name, const std::string& value) {
  const char* const text = value.c_str();
  Call([=]() noexcept { SetLeaf(name, text); });
}

WantedSchema LoadWanted(Scratch& scratch, const Objects& outside, const std::string& text) {
  TextWriter writer;
  writer.Put(outside);
  writer.Put(text);
  const Message answer = scratch.Ask({kLoad, writer.Take()});
  TextReader reader(answer.texts);
  WantedSchema schema;
  schema.before = reader.Objects();
  schema.after = reader.Objects();
  return schema;
}

Ways FindWays(Scratch& scratch, const WayRequest& request) {
  TextWriter writer;
  writer.Put(request.now);
  writer.Put(request.wanted);
  writer.Put(std::vector<std::string>(request.scope.schemas.begin(), request.scope.schemas.end()));
  std::vector<std::string> others, renames, aspects;
  for (const auto& [kind, identity] : request.scope.others) others.insert(others.end(), {kind, identity});
  for (const auto& rename : request.renames) {
    renames.insert(renames.end(), {rename.kind, rename.from, rename.to});
  }
  for (const auto aspect : kAspects) aspects.emplace_back(request.ignored.*aspect ? "yes" : "");
  writer.Put(others);
  writer.Put(renames);
  writer.Put(aspects);
  const Message answer = scratch.Ask({kFind, writer.Take()});
  TextReader reader(answer.texts);
  Ways ways;
  ways.up = reader.List();
  ways.down = reader.List();
  ways.not_up = reader.List();
  ways.not_down = reader.List();
  return ways;
}

void UseScratch(Conversation& caller, const std::vector<std::string>& request) {
  ScratchWork work(request);
  while (const auto message = caller.Hear()) {
    try {
      (void) caller.Say({kDone, work.Do(*message)});
    } catch (const Error& error) {
      RollBackTransaction();
      (void) caller.SayError(error);
    }
  }
}

}  // namespace migrate
