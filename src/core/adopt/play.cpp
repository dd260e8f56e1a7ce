// Play: play_evolutions, with both scripts of each evolution. One that is not "applied" stopped on its way.
#include "core/adopt/history.h"

namespace migrate::adopt {
namespace {

constexpr Column kColumns[] = {
    {"id"}, {"applied_at", Shown::kTime}, {"apply_script"}, {"revert_script"}, {"state"}, {"last_problem"}, {"hash"}};
enum Place { kId, kAppliedAt, kApplyScript, kRevertScript, kState, kLastProblem };

// Where a semicolon ends no statement, Play's scripts have two.
std::string ScriptOf(const Cell& cell) {
  std::string script;
  for (const char c : TextOf(cell)) {
    if (c != ';' || !script.ends_with(';')) script += c;
  }
  return script;
}

History ReadPlay(const std::vector<Cells>& rows) {
  History history;
  for (const auto& row : rows) {
    Recorded recorded{{TextOf(row[kId]), {}}};
    recorded.at = TextOf(row[kAppliedAt]);
    recorded.text = ScriptOf(row[kApplyScript]);
    recorded.rollback = ScriptOf(row[kRevertScript]);
    if (!recorded.text.empty()) recorded.proof = Proof::kStatements;
    if (const std::string state = TextOf(row[kState]); state != "applied") {
      recorded.standing = Standing::kFailed;
      recorded.why = "its state is " + state + ": it stopped on its way. Undo or finish what it did, then mark it as " +
                     "resolved in Play";
    }
    history.recorded.push_back(std::move(recorded));
  }
  return history;
}

}  // namespace

constexpr Tool kPlay = {"play", "", "play_evolutions", kColumns, "t.id", ReadPlay};

}  // namespace migrate::adopt
