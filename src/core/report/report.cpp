#include "core/report/report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "core/base/counted.h"
#include "core/base/text.h"

namespace migrate::report {
namespace {

// What a table is made of, and how that is counted.
struct PartOfTable {
  std::string_view object_class;
  std::string_view noun;
};
constexpr std::array kParts = {
    PartOfTable{"table column", "column"},
    PartOfTable{"table constraint", "constraint"},
    PartOfTable{"default value", "default"},
    PartOfTable{"foreign table column", "column"},
    PartOfTable{"composite type column", "column"},
    PartOfTable{"view column", "column"},
    PartOfTable{"materialized view column", "column"},
};

const PartOfTable* FindPart(std::string_view object_class) {
  const auto* const found = std::find_if(kParts.begin(), kParts.end(),
                                         [&](const PartOfTable& part) { return part.object_class == object_class; });
  return found == kParts.end() ? nullptr : found;
}

bool HasParts(const Change& change) {
  constexpr std::array<std::string_view, 5> kWholes = {"table", "foreign table", "type", "view", "materialized view"};
  return change.action != "altered" && std::find(kWholes.begin(), kWholes.end(), change.object_class) != kWholes.end();
}

// Identities of columns are "schema.table.column", of constraints "name on schema.table", of defaults "for" a column.
std::string TableOf(const Change& change) {
  std::string_view identity = change.identity;
  if (const size_t on = identity.rfind(" on "); change.object_class == "table constraint") {
    return std::string(on == identity.npos ? identity : identity.substr(on + 4));
  }
  if (identity.starts_with("for ")) identity.remove_prefix(4);
  // A dot within quotes is part of a name.
  bool quoted = false;
  size_t last = 0;
  for (size_t i = 0; i < identity.size(); ++i) {
    if (identity[i] == '"') quoted = !quoted;
    if (identity[i] == '.' && !quoted) last = i;
  }
  return std::string(identity.substr(0, last));
}

// "3 columns, 1 constraint"
std::string CountParts(const std::vector<const Change*>& parts) {
  std::vector<std::string> counts;
  for (const auto& part : kParts) {
    const auto count = std::count_if(parts.begin(), parts.end(),
                                     [&](const Change* change) { return change->object_class == part.object_class; });
    if (count > 0) counts.push_back(Counted(count, part.noun));
  }
  return Join(counts, ", ");
}

std::string MonthOf(const std::string& at) { return at.substr(0, 7); }

std::string Format(const char* format, double number) {
  std::array<char, 64> text;
  return {text.data(), static_cast<size_t>(std::snprintf(text.data(), text.size(), format, number))};
}

}  // namespace

Glance GlanceOf(const Report& report) {
  Glance glance;
  for (const auto& migration : report.migrations) {
    const std::string& status = migration.status;
    if (!migration.applied_at.empty()) {
      ++glance.applied;
      // In whole seconds several may be the last: the last of them in the order of the set is.
      if (glance.last_applied == nullptr || glance.last_applied->applied_at <= migration.applied_at) {
        glance.last_applied = &migration;
      }
    }
    if (status == "pending" || status == "out of order") ++glance.pending;
    if (status == "failed") ++glance.failed;
    if (status == "partial") ++glance.partial;
  }
  return glance;
}

std::string DurationText(double ms) {
  constexpr double kSecond = 1000, kMinute = 60;
  if (ms < 9.95) return Format(ms == std::round(ms) ? "%.0f ms" : "%.1f ms", ms);
  if (ms < 999.5) return Format("%.0f ms", ms);
  const double seconds = ms / kSecond;
  if (seconds < 59.95) return Format(seconds == std::round(seconds) ? "%.0f s" : "%.1f s", seconds);
  const long whole = std::lround(seconds);
  const long minutes = whole / static_cast<long>(kMinute);
  if (minutes < 60) return std::to_string(minutes) + " min " + std::to_string(whole % 60) + " s";
  return std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
}

std::vector<FoldedChange> Fold(const std::vector<Change>& changes) {
  // By action and identity: those that have parts, and where they stand among the folded.
  std::map<std::pair<std::string, std::string>, size_t> wholes;
  std::vector<FoldedChange> folded;
  const auto whole_of = [&](const Change& change) {
    return FindPart(change.object_class) == nullptr ? wholes.end() : wholes.find({change.action, TableOf(change)});
  };
  for (const auto& change : changes) {
    if (HasParts(change)) wholes[{change.action, change.identity}] = 0;
  }
  for (const auto& change : changes) {
    if (whole_of(change) != wholes.end()) continue;
    if (HasParts(change)) wholes[{change.action, change.identity}] = folded.size();
    folded.push_back({&change, {}, {}});
  }
  for (const auto& change : changes) {
    if (const auto whole = whole_of(change); whole != wholes.end()) folded[whole->second].parts.push_back(&change);
  }
  for (auto& each : folded) each.with = CountParts(each.parts);
  return folded;
}

std::vector<Point> Durations(const std::vector<Run>& runs) {
  std::vector<Point> points;
  const bool by_month = runs.size() > kInFull;
  for (const auto& run : runs) {
    const std::string month = MonthOf(run.at);
    if (by_month && !points.empty() && points.back().at == month) {
      points.back().value += run.duration_ms;
      ++points.back().runs;
    } else {
      points.push_back({by_month ? month : run.migration, by_month ? month : run.at.substr(0, 10), run.duration_ms, 1});
    }
  }
  return points;
}

std::vector<Growth> Thinned(const std::vector<Growth>& growth) {
  if (growth.size() <= kInFull) return growth;
  std::vector<Growth> thinned;
  for (const auto& each : growth) {
    if (!thinned.empty() && MonthOf(thinned.back().at) == MonthOf(each.at)) thinned.pop_back();
    thinned.push_back(each);
  }
  return thinned;
}

}  // namespace migrate::report
