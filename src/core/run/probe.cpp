#include "core/run/probe.h"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <utility>

#include "core/base/quote.h"
#include "core/base/text.h"

namespace migrate {
namespace {

// Two runs of the same query may differ by so much on a busy machine.
constexpr double kNoiseMs = 1;

std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

// "20 %"
std::string Percent(double percent) {
  char text[32];
  (void) std::snprintf(text, sizeof(text), "%.6g %%", percent);
  return text;
}

// "5.113 ms"; "more than 1000 ms" if it did not end.
std::string TimeText(const Measurement& measurement) {
  return measurement.milliseconds ? NumberText(*measurement.milliseconds) + " ms" : measurement.why;
}

bool HasOtherPlan(const Probed& probed) {
  return !probed.before.plan.empty() && !probed.after.plan.empty() && probed.before.plan != probed.after.plan;
}

// What has become of a probe that the migration is to blame for, as it is said in a message.
std::string Finding(const Probed& probed) {
  const std::string name = "probe " + Quoted(probed.name);
  if (OutcomeOf(probed) == ProbeOutcome::kFails) return name + " fails: " + probed.after.why;
  return name + " takes " + TimeText(probed.after) + " instead of " + TimeText(probed.before);
}

// First lines of plans of equal beginnings tell nothing: then the first that differ are shown.
std::string PlanSentence(const Probed& probed) {
  if (probed.after.plan.empty()) return {};
  if (!HasOtherPlan(probed)) return "Its plan is the same: " + FirstLine(probed.after.plan) + ".";
  std::string_view before = probed.before.plan, after = probed.after.plan;
  std::string_view left, right;
  while (TakeLine(before, left) && TakeLine(after, right) && left == right) {
  }
  return "Its plan has changed from \"" + std::string(Trim(left)) + "\" to \"" + std::string(Trim(right)) + "\".";
}

std::string Hint(const Probed& first, const MigrationId& id, bool is_committed) {
  if (!is_committed) {
    return "Keep what the query needs, or change the probe: migrate_probe(" + SqlLiteral(first.name) + ", …).";
  }
  return "The migration is committed and recorded as applied. Mend it by another migration, or call migrate_down(); "
         "CALL migrate_up() goes on with what is pending. SELECT * FROM migrate_show(" +
         Literal(id) + ") shows the probes.";
}

}  // namespace

double Median(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  const size_t middle = times.size() / 2;
  return times.size() % 2 == 1 ? times[middle] : (times[middle - 1] + times[middle]) / 2;
}

bool IsSlower(double before_ms, double after_ms, double max_slowdown) {
  return after_ms > before_ms * (1 + max_slowdown / 100) && after_ms - before_ms > kNoiseMs;
}

ProbeOutcome OutcomeOf(const Probed& probed) {
  if (!probed.before.milliseconds) return ProbeOutcome::kNotCompared;
  if (probed.after.milliseconds) {
    const bool is_slower = IsSlower(*probed.before.milliseconds, *probed.after.milliseconds, probed.max_slowdown);
    return is_slower ? ProbeOutcome::kSlower : ProbeOutcome::kHolds;
  }
  if (probed.after.timed_out) return ProbeOutcome::kSlower;
  return probed.after.comes_from_outside ? ProbeOutcome::kNotCompared : ProbeOutcome::kFails;
}

std::string Describe(const Probed& probed) {
  const auto of = [](const Measurement& measurement, const char* when) {
    return measurement.milliseconds ? TimeText(measurement) + " " + when
                                    : std::string("not measured ") + when + " (" + measurement.why + ")";
  };
  return of(probed.before, "before") + ", " + of(probed.after, "after") +
         (HasOtherPlan(probed) ? ", another plan" : "");
}

std::optional<Error> ProbeError(const std::vector<Probed>& probes, const MigrationId& id, bool is_committed) {
  const Probed* first = nullptr;
  std::string others;
  for (const auto& probed : probes) {
    const ProbeOutcome outcome = OutcomeOf(probed);
    if (outcome != ProbeOutcome::kSlower && outcome != ProbeOutcome::kFails) continue;
    if (first == nullptr) {
      first = &probed;
    } else {
      others += "\nLikewise " + Finding(probed) + ".";
    }
  }
  if (first == nullptr) return std::nullopt;
  Error error(sqlstate::kProbeFailed, Finding(*first), {}, Hint(*first, id, is_committed));
  if (OutcomeOf(*first) == ProbeOutcome::kSlower) {
    error.detail = "It may get " + Percent(first->max_slowdown) + " slower.";
    const std::string plans = PlanSentence(*first);
    if (!plans.empty()) error.detail += " " + plans;
  } else {
    error.detail = "It worked before the migration.";
  }
  error.detail += others;
  return error;
}

}  // namespace migrate
