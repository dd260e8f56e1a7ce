#include "core/plan/plan_hash.h"

#include <string_view>

namespace migrate {
namespace {

// No text holds a null byte: fields can't be taken for each other.
void AddFields(Hasher& hasher, std::initializer_list<std::string_view> fields) {
  for (const auto field : fields) {
    hasher.Add(field);
    hasher.Add(std::string_view("\0", 1));
  }
}

void AddStep(Hasher& hasher, const Step& step) {
  const bool applies = step.action == Action::kApply;
  const KnownMigration& migration = *step.migration;
  const Script& script = step.script();
  AddFields(hasher, {step.only_records ? "baseline"
                     : applies         ? "apply"
                                       : "roll back",
                     migration.id.version, migration.id.name, script.sha256});
  for (const auto& [name, value] : step.placeholders()) AddFields(hasher, {"placeholder", name, value});
  if (!script.transactional) AddFields(hasher, {"not transactional"});
  if (script.each_alone) AddFields(hasher, {"each alone"});
  if (script.keeps_dropped) AddFields(hasher, {"keeps what it drops"});
  for (const auto& table : *script.keeps_rows) AddFields(hasher, {"keeps rows of", table});
  AddFields(hasher, {"timeouts", script.timeouts->lock, script.timeouts->statement});
  if (!applies || !migration.verify.exists()) return;
  AddFields(hasher, {"verify", migration.verify.sha256, migration.verify.errors_only ? "by errors only" : ""});
}

void AddProgress(Hasher& hasher, const Step& step) {
  if (!step.resumes()) return;
  const Unfinished& run = *step.migration->unfinished;
  AddFields(hasher, {"goes on", run.sha256, std::to_string(run.done), run.unsure ? "perhaps more" : ""});
}

void AddSurroundings(Hasher& hasher, const Plan& plan) {
  const std::string& path = plan.set->search_path;
  if (!path.empty()) AddFields(hasher, {"search path", path});
  for (const auto* const hook : plan.hooks) {
    AddFields(hasher, {"hook", HookName(hook->options->hook), hook->id.Label(), hook->up.sha256});
    for (const auto& [name, value] : hook->options->placeholders) AddFields(hasher, {"placeholder", name, value});
  }
}

}  // namespace

std::vector<std::string> PlanHashes(const Plan& plan, const HasherFactory& new_hasher) {
  std::vector<std::string> hashes;
  for (const auto& step : plan.steps) {
    const auto hasher = new_hasher();
    if (!hashes.empty()) AddFields(*hasher, {hashes.back()});
    AddStep(*hasher, step);
    AddSurroundings(*hasher, plan);
    AddProgress(*hasher, step);
    hashes.push_back(hasher->Finish());
  }
  return hashes;
}

std::string PlanHash(const Plan& plan, const HasherFactory& new_hasher) {
  return plan.steps.empty() ? new_hasher()->Finish() : PlanHashes(plan, new_hasher).back();
}

std::vector<std::string> RestHashes(const Plan& plan, size_t count, const HasherFactory& new_hasher) {
  std::vector<std::string> hashes(count + 1);
  for (size_t i = count; i-- > 0;) {
    const auto hasher = new_hasher();
    AddFields(*hasher, {"rest", hashes[i + 1]});
    AddStep(*hasher, plan.steps[i]);
    AddSurroundings(*hasher, plan);
    hashes[i] = hasher->Finish();
  }
  return hashes;
}

}  // namespace migrate
