#include <algorithm>
#include <string>
#include <vector>

#include "core/report/html_parts.h"

namespace migrate::report {
namespace {

Markup LevelCell(const std::string& level) {
  Markup cell;
  if (level == "error") {
    cell.Add("<span class=\"badge bad\">");
  } else if (level == "warning") {
    cell.Add("<span class=\"badge warn\">");
  } else {
    cell.Add("<span class=\"badge\">");
  }
  cell.Text(level).Add("</span>");
  return cell;
}

Markup PlaceCell(const Finding& finding) {
  Markup cell;
  cell.Name(finding.about);
  if (finding.line > 0) cell.Add(", line ").AddNumber(static_cast<size_t>(finding.line));
  return cell;
}

Markup SaidCell(const Finding& finding) {
  Markup cell;
  cell.Text(finding.message);
  if (!finding.fix.empty()) cell.Add(" <span class=\"what\"><small>").Text(finding.fix).Add("</small></span>");
  return cell;
}

Markup FindingTable(const std::vector<Finding>& findings, const std::string& caption, const std::string& about) {
  Markup markup;
  Table table(caption, {about, "Level", "Rule", "What, and what to do"});
  const size_t shown = std::min(findings.size(), kMostFindings);
  for (size_t i = 0; i < shown; ++i) {
    const Finding& finding = findings[i];
    table.Row({PlaceCell(finding), LevelCell(finding.level), TextCell(finding.rule), SaidCell(finding)});
  }
  markup.Add(table.Take());
  if (findings.size() > shown) {
    markup.Add("<p>").AddNumber(findings.size() - shown).Add(" more are not shown.</p>\n");
  }
  return markup;
}

}  // namespace

Markup LintSection(const Report& report) {
  Markup markup;
  if (report.lint.empty()) return markup;
  markup.Add("<section aria-labelledby=\"lint\"><h2 id=\"lint\">Risky in what comes next</h2>\n");
  markup.Add(FindingTable(report.lint, "What migrate_lint() finds", "Migration"));
  markup.Add("</section>\n");
  return markup;
}

Markup HealthSection(const Report& report) {
  Markup markup;
  if (report.health.empty()) return markup;
  markup.Add("<section aria-labelledby=\"health\"><h2 id=\"health\">Health</h2>\n");
  markup.Add(FindingTable(report.health, "What migrate_health() finds, the worst first", "Object"));
  markup.Add("</section>\n");
  return markup;
}

}  // namespace migrate::report
