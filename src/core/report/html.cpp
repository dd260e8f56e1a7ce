// The page: one document without scripts, which asks nobody for anything.
#include <array>

#include "core/report/html_parts.h"
#include "core/report/style.h"

namespace migrate::report {
namespace {

struct Part {
  const char* id;
  const char* name;  // in the list of sections
  Markup (*make)(const Report& report);
};
constexpr std::array kParts = {
    Part{"glance", "At a glance", GlanceSection},
    Part{"plan", "Next", PlanSection},
    Part{"lint", "Lint", LintSection},
    Part{"failures", "Failures", FailureSection},
    Part{"drift", "Drift", DriftSection},
    Part{"health", "Health", HealthSection},
    Part{"durations", "Durations", DurationSection},
    Part{"locks", "Locks", LockSection},
    Part{"growth", "Growth", GrowthSection},
    Part{"migrations", "Migrations", MigrationSection},
    Part{"older", "Older", OlderSection},
};

}  // namespace

std::string RenderHtml(const Report& report) {
  Markup links, sections;
  for (const auto& part : kParts) {
    const Markup section = part.make(report);
    if (section.empty()) continue;
    links.Add("<li><a href=\"#").Text(part.id).Add("\">").Text(part.name).Add("</a></li>\n");
    sections.Add(section);
  }
  Markup page;
  page.Add("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
  page.Add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
  page.Add("<meta name=\"color-scheme\" content=\"light dark\"><title>Migrations of ").Text(report.database);
  page.Add("</title>\n<style>").Add(kStyle).Add("</style></head>\n<body>\n");
  page.Add("<a class=\"skip\" href=\"#main\">Skip to the content</a>\n");
  page.Add("<header><p class=\"over\">Migrations of database</p><h1>").Name(report.database).Add("</h1></header>\n");
  page.Add("<nav aria-label=\"Sections\"><ul>\n").Add(links).Add("</ul></nav>\n<main id=\"main\">\n");
  page.Add(sections).Add("</main>\n");
  page.Add("<footer>Written by <code>migrate_report()</code> of the PostgreSQL extension migrate.</footer>\n");
  page.Add("</body></html>\n");
  return page.Take();
}

}  // namespace migrate::report
