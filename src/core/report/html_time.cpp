// How the database came to where it stands: how long migrations took, what they locked, and how the schema grew.
#include <algorithm>
#include <string>

#include "core/base/counted.h"
#include "core/report/html_parts.h"
#include "core/report/svg.h"

namespace migrate::report {
namespace {

// So many of the longest locks are drawn.
constexpr size_t kLocks = 12;

// As much of a label as a phone has room for. It is cut between two letters of ASCII, where no encoding has a
// character.
std::string Shortened(const std::string& label) {
  constexpr size_t kMost = 44;
  if (label.size() <= kMost) return label;
  const auto is_ascii = [&](size_t at) { return static_cast<unsigned char>(label[at]) < 0x80; };
  size_t end = kMost - 3;
  while (end > 0 && !(is_ascii(end) && is_ascii(end - 1))) --end;
  return label.substr(0, end) + "...";
}

void AddGrowth(Markup& markup, const std::vector<Growth>& growth, const char* id, const char* name,
               int Growth::*count) {
  std::vector<int> values;
  values.reserve(growth.size());
  for (const auto& each : growth) values.push_back(each.*count);
  const std::string title = std::string(name) + " over time";
  const std::string description = "From 0 to " + std::to_string(values.back()) + ", at most " +
                                  std::to_string(*std::max_element(values.begin(), values.end())) + ".";
  markup.Add("<figure class=\"plot\"><figcaption>").Text(name).Add(" <b>").Add(NumberCell(values.back()));
  markup.Add("</b></figcaption>").Add(PlotSteps({id, title, description}, values)).Add("</figure>\n");
}

}  // namespace

Markup DurationSection(const Report& report) {
  Markup markup;
  if (report.runs.empty()) return markup;
  const std::vector<Point> points = Durations(report.runs);
  const bool by_month = report.runs.size() > kInFull;
  const auto longest = std::max_element(report.runs.begin(), report.runs.end(),
                                        [](const Run& a, const Run& b) { return a.duration_ms < b.duration_ms; });
  markup.Add("<section aria-labelledby=\"durations\"><h2 id=\"durations\">How long migrations took</h2>\n");
  markup.Add("<figure><figcaption>The longest was <b>").Name(longest->migration).Add("</b> with ");
  markup.Text(DurationText(longest->duration_ms)).Add(".");
  if (by_month) markup.Add(" There are many: here they stand by month, all of a month together.");
  markup.Add("</figcaption><div class=\"plot\">");
  const std::string description = Counted(report.runs.size(), "run") + " from " + report.runs.front().at + " to " +
                                  report.runs.back().at + " UTC, on a scale of powers of ten.";
  markup.Add(
      PlotDurations({"durations", by_month ? "Duration by month" : "Duration of each run", description}, points));
  markup.Add("</div></figure>\n");
  if (by_month) {
    Table table("Durations by month", {"Month", "#Runs", "#Duration"});
    for (auto point = points.rbegin(); point != points.rend(); ++point) {
      table.Row(
          {TextCell(point->at), NumberCell(static_cast<long>(point->runs)), TextCell(DurationText(point->value))});
    }
    markup.Add(Folded(table.Take()));
  } else {
    Table table("Durations, the newest first", {"Migration", "Event", "When (UTC)", "By", "#Duration"});
    for (auto run = report.runs.rbegin(); run != report.runs.rend(); ++run) {
      table.Row({NameCell(run->migration), TextCell(run->event), TimeCell(run->at), NameCell(run->by),
                 TextCell(DurationText(run->duration_ms))});
    }
    markup.Add(Folded(table.Take()));
  }
  markup.Add("</section>\n");
  return markup;
}

Markup LockSection(const Report& report) {
  Markup markup;
  if (report.locks.empty()) return markup;
  std::vector<HeldLock> locks = report.locks;
  std::stable_sort(locks.begin(), locks.end(), [](const HeldLock& a, const HeldLock& b) { return a.ms > b.ms; });
  if (locks.size() > kLocks) locks.resize(kLocks);
  std::vector<Bar> bars;
  Table table("The longest strong locks", {"Table", "Lock", "#Held", "Migration", "Event"});
  for (const auto& lock : locks) {
    bars.push_back({Shortened(lock.table + " by " + lock.migration), lock.ms, DurationText(lock.ms)});
    table.Row({NameCell(lock.table), TextCell(lock.lock), TextCell(DurationText(lock.ms)), NameCell(lock.migration),
               TextCell(lock.event)});
  }
  markup.Add("<section aria-labelledby=\"locks\"><h2 id=\"locks\">What was locked, and for how long</h2>\n");
  markup.Add(
      "<figure><figcaption>Strong locks on tables that were there before, and how long others may have waited for them.");
  markup.Add("</figcaption><div class=\"plot\">");
  markup.Add(PlotBars({"locks", "How long tables were locked",
                       "The longest: " + locks.front().lock + " on " + locks.front().table + " for " +
                           DurationText(locks.front().ms) + "."},
                      bars));
  markup.Add("</div></figure>\n").Add(Folded(table.Take())).Add("</section>\n");
  return markup;
}

Markup GrowthSection(const Report& report) {
  Markup markup;
  if (report.growth.empty()) return markup;
  const std::vector<Growth> growth = Thinned(report.growth);
  markup.Add("<section aria-labelledby=\"growth\"><h2 id=\"growth\">How the schema grew</h2>\n");
  markup.Add("<p>What migrations have made and not dropped, as far as their changes are recorded.</p>\n");
  markup.Add("<div class=\"four\">\n");
  AddGrowth(markup, growth, "tables", "Tables", &Growth::tables);
  AddGrowth(markup, growth, "columns", "Columns", &Growth::columns);
  AddGrowth(markup, growth, "indexes", "Indexes", &Growth::indexes);
  AddGrowth(markup, growth, "policies", "Policies", &Growth::policies);
  markup.Add("</div>\n");
  Table table("Growth, the newest first",
              {"Up to migration", "When (UTC)", "#Tables", "#Columns", "#Indexes", "#Policies"});
  for (auto each = growth.rbegin(); each != growth.rend(); ++each) {
    table.Row({NameCell(each->migration), TimeCell(each->at), NumberCell(each->tables), NumberCell(each->columns),
               NumberCell(each->indexes), NumberCell(each->policies)});
  }
  markup.Add(Folded(table.Take())).Add("</section>\n");
  return markup;
}

}  // namespace migrate::report
