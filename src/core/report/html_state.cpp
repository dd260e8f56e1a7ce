// Where the database stands: at a glance, what is to come, what went wrong, what differs.
#include <algorithm>
#include <string>

#include "core/base/counted.h"
#include "core/report/html_parts.h"

namespace migrate::report {
namespace {

enum class Mood { kPlain, kGood, kWarn, kBad };

void AddFact(Markup& markup, const char* name, const Markup& value, const Markup& more, Mood mood) {
  markup.Add("<div><dt>").Text(name).Add("</dt>");
  if (mood == Mood::kPlain) markup.Add("<dd>");
  if (mood == Mood::kGood) markup.Add("<dd class=\"good\">");
  if (mood == Mood::kWarn) markup.Add("<dd class=\"warn\">");
  if (mood == Mood::kBad) markup.Add("<dd class=\"bad\">");
  markup.Add(value);
  if (!more.empty()) markup.Add(" <small>").Add(more).Add("</small>");
  markup.Add("</dd></div>\n");
}

void AddCount(Markup& markup, const char* name, size_t count, const char* more, Mood mood) {
  AddFact(markup, name, NumberCell(static_cast<long>(count)), TextCell(more), mood);
}

// What is only worth knowing is not counted.
void AddHealth(Markup& markup, const Report& report) {
  const auto of_level = [&](const char* level) {
    return std::count_if(report.health.begin(), report.health.end(),
                         [&](const Finding& finding) { return finding.level == level; });
  };
  const auto errors = of_level("error"), warnings = of_level("warning");
  const Mood mood = errors > 0 ? Mood::kBad : warnings > 0 ? Mood::kWarn : Mood::kPlain;
  const std::string more = errors > 0 ? Counted(errors, "error") : "";
  AddCount(markup, "Health findings", static_cast<size_t>(errors + warnings), more.c_str(), mood);
}

// What is seen of it in a sentence: the first thing that a screen reader says.
Markup Summary(const Report& report, const Glance& glance) {
  Markup text;
  if (report.migrations.empty()) return std::move(text.Add("This database knows no migration yet."));
  if (report.version.empty()) {
    text.Add("No migration is applied");
  } else {
    text.Add("The schema is at version <b>").Name(report.version).Add("</b>");
  }
  if (glance.failed + glance.partial > 0) {
    text.Add(", ").Text(Counted(glance.failed + glance.partial, "migration")).Add(" failed");
  }
  if (glance.pending > 0) {
    text.Add(", ").AddNumber(glance.pending);
    if (glance.pending == 1) {
      text.Add(" is pending");
    } else {
      text.Add(" are pending");
    }
  }
  if (!report.drift.empty())
    text.Add(", ").Text(Counted(report.drift.size(), "object")).Add(" changed outside of migrations");
  return std::move(text.Add("."));
}

}  // namespace

Markup GlanceSection(const Report& report) {
  const Glance glance = GlanceOf(report);
  Markup markup;
  markup.Add("<section aria-labelledby=\"glance\"><h2 id=\"glance\">At a glance</h2>\n<p class=\"lead\">");
  markup.Add(Summary(report, glance)).Add("</p>\n<dl class=\"facts\">\n");
  markup.Add("<div class=\"wide\"><dt>Version</dt><dd>");
  if (report.version.empty()) {
    markup.Add("none");
  } else {
    markup.Name(report.version);
  }
  if (glance.last_applied != nullptr) {
    markup.Add(" <small>last applied <span class=\"at\">").Text(glance.last_applied->applied_at);
    markup.Add(" UTC</span> by ").Name(glance.last_applied->applied_by).Add("</small>");
  }
  markup.Add("</dd></div>\n");
  const int failed = glance.failed + glance.partial;
  AddCount(markup, "Applied", glance.applied, "", Mood::kPlain);
  AddCount(markup, "Pending", glance.pending, "", glance.pending > 0 ? Mood::kWarn : Mood::kPlain);
  AddCount(markup, "Failed", failed, glance.partial > 0 ? "some of it stays" : "",
           failed > 0 ? Mood::kBad : Mood::kPlain);
  if (report.drift_is_known) {
    AddCount(markup, "Drifted", report.drift.size(), "", report.drift.empty() ? Mood::kPlain : Mood::kBad);
  } else {
    AddFact(markup, "Drifted", TextCell("not known"), {}, Mood::kPlain);
  }
  AddHealth(markup, report);
  markup.Add("</dl></section>\n");
  return markup;
}

Markup PlanSection(const Report& report) {
  Markup markup;
  if (report.plan.empty()) return markup;
  markup.Add("<section aria-labelledby=\"plan\"><h2 id=\"plan\">What comes next</h2>\n");
  markup.Add(
      "<p>What each step would do to others is estimated by its text. <code>migrate_explain()</code> tries it.</p>\n");
  Table table("The plan of migrate_plan()", {"Migration", "#Step", "Action", "Would", "Detail"});
  for (size_t i = 0; i < report.plan.size(); ++i) {
    const PlannedStep& step = report.plan[i];
    table.Row({NameCell(step.label), NumberCell(static_cast<long>(i + 1)), TextCell(step.action),
               TextCell(step.verdict), TextCell(step.detail)});
  }
  markup.Add(table.Take()).Add("</section>\n");
  return markup;
}

Markup FailureSection(const Report& report) {
  Markup markup;
  if (report.failures.empty()) return markup;
  markup.Add("<section aria-labelledby=\"failures\"><h2 id=\"failures\">Failures</h2>\n");
  if (!report.messages_are_shown) {
    markup.Add("<p>Messages may hold data. They are shown to those who may read <code>migrate.history</code>.</p>\n");
  }
  Table table("Runs that failed, the newest first", {"Migration", "Error", "Place", "When (UTC)", "By"});
  for (auto failure = report.failures.rbegin(); failure != report.failures.rend(); ++failure) {
    Markup place, error;
    if (failure->action == "rollback") place.Add("rollback, ");
    if (failure->line > 0) {
      place.Add("line ").AddNumber(failure->line);
    } else {
      place.Add("not known");
    }
    error.Add("<code>").Text(failure->sqlstate).Add("</code>");
    if (!failure->message.empty()) error.Add(" <span class=\"what\">").Text(failure->message).Add("</span>");
    if (!failure->detail.empty()) error.Add(" <span class=\"what\">").Text(failure->detail).Add("</span>");
    table.Row({NameCell(failure->migration), error, place, TimeCell(failure->at), NameCell(failure->by)});
  }
  markup.Add(table.Take()).Add("</section>\n");
  return markup;
}

Markup DriftSection(const Report& report) {
  Markup markup;
  if (report.drift.empty()) return markup;
  markup.Add(
      "<section aria-labelledby=\"drift\"><h2 id=\"drift\">Changed outside of migrations</h2>\n<ul class=\"plain\">\n");
  for (const auto& drift : report.drift) {
    Markup line;
    line.Text(drift.drift).Add(" ").Text(drift.object_class).Add(" ").Code(drift.identity);
    if (!drift.by.empty()) line.Add(" by ").Name(drift.by);
    if (!drift.at.empty()) line.Add(", <span class=\"at\">").Text(drift.at).Add("</span>");
    if (drift.expected || drift.found) {
      markup.Add("<li><details><summary>").Add(line).Add("</summary>");
      markup.Add(Definitions("Expected", drift.expected, "Found", drift.found)).Add("</details></li>\n");
    } else {
      markup.Add("<li>").Add(line).Add("</li>\n");
    }
  }
  markup.Add("</ul></section>\n");
  return markup;
}

}  // namespace migrate::report
