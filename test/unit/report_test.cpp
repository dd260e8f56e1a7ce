#include "core/report/report.h"

#include "core/base/counted.h"
#include "core/base/json.h"
#include "core/report/markup.h"
#include "core/report/svg.h"
#include "fakes.h"

namespace migrate::report {
namespace {

constexpr char kHostile[] = "<script>alert(\"x\")</script> & 'it'";

bool Has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

size_t CountOf(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

Migration Applied(const std::string& label) {
  Migration migration;
  migration.version = label.substr(0, label.find('_'));
  migration.name = label.substr(label.find('_') + 1);
  migration.label = label;
  migration.status = "applied";
  migration.applied_at = "2026-01-02 03:04:05";
  migration.applied_by = "deploy";
  migration.duration_ms = 12.5;
  migration.changes = 3;
  migration.in_full = true;
  migration.rollback = "script";
  migration.headers = {{"purpose", "notes of a user"}};
  migration.changed = {{"created", "table", "public.notes", 1, {}, "CREATE TABLE public.notes ();"},
                       {"created", "table column", "public.notes.id", 1, {}, "ALTER TABLE public.notes ADD id bigint;"},
                       {"created", "table constraint", "notes_pkey on public.notes", 1, {}, {}}};
  migration.locks = {{label, "apply", "public.users", "ShareRowExclusiveLock", 17}};
  return migration;
}

Report Sample() {
  Report report;
  report.database = "shop";
  report.version = "0001_notes";
  report.migrations = {Applied("0001_notes")};
  report.drift_is_known = true;
  report.messages_are_shown = true;
  report.runs = {{"0001_notes", "apply", "2026-01-02 03:04:05", "deploy", 12.5}};
  report.growth = {{"0001_notes", "2026-01-02 03:04:05", 1, 1, 1, 0}};
  report.locks = report.migrations.front().locks;
  return report;
}

// Every text in it is hostile.
Report Hostile() {
  Report report = Sample();
  Migration& migration = report.migrations.front();
  report.database = report.version = migration.version = migration.name = migration.label = kHostile;
  migration.note = migration.applied_by = migration.rollback = kHostile;
  migration.headers = {{kHostile, kHostile}};
  migration.remarks = {kHostile};
  migration.changed = {{"altered", kHostile, kHostile, 1, kHostile, kHostile}};
  migration.locks = {{kHostile, "apply", kHostile, kHostile, 1}};
  report.locks = migration.locks;
  report.plan = {{kHostile, kHostile, kHostile, kHostile, kHostile, kHostile}};
  report.lint = report.health = {{kHostile, kHostile, kHostile, 1, kHostile, kHostile}};
  report.drift = {{kHostile, kHostile, kHostile, kHostile, kHostile, kHostile, kHostile}};
  report.failures = {{kHostile, kHostile, kHostile, kHostile, 1, kHostile, kHostile, kHostile}};
  report.runs = {{kHostile, kHostile, kHostile, kHostile, 1}};
  report.growth = {{kHostile, kHostile, 1, 1, 1, 1}};
  return report;
}

BOOST_AUTO_TEST_CASE(report_durations_in_words) {
  BOOST_TEST(DurationText(0.04) == "0.0 ms");
  BOOST_TEST(DurationText(1) == "1 ms");
  BOOST_TEST(DurationText(9.51) == "9.5 ms");
  BOOST_TEST(DurationText(9.96) == "10 ms");
  BOOST_TEST(DurationText(999.6) == "1.0 s");
  BOOST_TEST(DurationText(1000) == "1 s");
  BOOST_TEST(DurationText(59960) == "1 min 0 s");
  BOOST_TEST(DurationText(200000) == "3 min 20 s");
  BOOST_TEST(DurationText(7500000) == "2 h 5 min");
}

BOOST_AUTO_TEST_CASE(report_counts_in_words) {
  BOOST_TEST(Counted(1, "table") == "1 table");
  BOOST_TEST(Counted(0, "column") == "0 columns");
  BOOST_TEST(Counted(2, "index") == "2 indexes");
  BOOST_TEST(Counted(2, "policy") == "2 policies");
}

BOOST_AUTO_TEST_CASE(report_folds_what_came_with_a_table) {
  std::vector<Change> changes = Applied("0001_a").changed;
  changes.push_back({"created", "table column", "public.other.id", 2, {}, {}});
  changes.push_back({"dropped", "table column", "public.notes.old", 2, {}, {}});
  changes.push_back({"created", "view", "public.\"a.b\"", 3, {}, {}});
  changes.push_back({"created", "view column", "public.\"a.b\".\"c.d\"", 3, {}, {}});
  changes.push_back({"created", "default value", "for public.notes.id", 3, {}, {}});
  const auto folded = Fold(changes);
  BOOST_REQUIRE(folded.size() == 4u);
  BOOST_TEST(folded[0].change->identity == "public.notes");
  BOOST_TEST(folded[0].with == "1 column, 1 constraint, 1 default");
  BOOST_TEST(folded[1].change->identity == "public.other.id");
  BOOST_TEST(folded[2].change->identity == "public.notes.old");
  BOOST_TEST(folded[3].with == "1 column");
  BOOST_TEST(folded[0].parts.size() == 3u);
}

BOOST_AUTO_TEST_CASE(report_of_an_altered_table_folds_nothing) {
  const std::vector<Change> changes = {{"altered", "table", "public.notes", 1, {}, {}},
                                       {"altered", "table column", "public.notes.id", 1, {}, {}}};
  BOOST_TEST(Fold(changes).size() == 2u);
}

BOOST_AUTO_TEST_CASE(report_at_a_glance) {
  Report report = Sample();
  for (const char* status : {"pending", "out of order", "failed", "partial", "absent"}) {
    report.migrations.emplace_back().status = status;
  }
  report.migrations.push_back(Applied("0002_b"));
  const Glance glance = GlanceOf(report);
  BOOST_TEST(glance.applied == 2);
  BOOST_TEST(glance.pending == 2);
  BOOST_TEST(glance.failed == 1);
  BOOST_TEST(glance.partial == 1);
  BOOST_REQUIRE(glance.last_applied != nullptr);
  BOOST_TEST(glance.last_applied->label == "0002_b");
}

BOOST_AUTO_TEST_CASE(report_of_many_runs_is_by_month) {
  std::vector<Run> runs(kInFull, {"1_a", "apply", "2026-01-02 03:04:05", "deploy", 1});
  BOOST_TEST(Durations(runs).size() == kInFull);
  runs.push_back({"2_b", "apply", "2026-02-02 03:04:05", "deploy", 7});
  const auto points = Durations(runs);
  BOOST_REQUIRE(points.size() == 2u);
  BOOST_TEST(points[0].at == "2026-01");
  BOOST_TEST(points[0].runs == kInFull);
  BOOST_TEST(points[0].value == static_cast<double>(kInFull));
  BOOST_TEST(points[1].value == 7.0);
  std::vector<Growth> growth(kInFull, {"1_a", "2026-01-02 03:04:05", 1, 0, 0, 0});
  growth.push_back({"2_b", "2026-01-03 03:04:05", 2, 0, 0, 0});
  const auto thinned = Thinned(growth);
  BOOST_REQUIRE(thinned.size() == 1u);
  BOOST_TEST(thinned[0].tables == 2);
}

BOOST_AUTO_TEST_CASE(report_markup_escapes) {
  Markup markup;
  markup.Add("<p>").Text("a<b>&\"'\x01\x7f\r\n\r\xd7\x90").Name("<i>").Code("x").AddNumber(3).Add(" ").AddPlace(2.5);
  BOOST_TEST(markup.Add(" ").AddPlace(20).Take() ==
             "<p>a&lt;b&gt;&amp;&quot;&#39;&#9217;&#9249;\n&#9229;\xd7\x90<bdi>&lt;i&gt;</bdi>"
             "<code><bdi>x</bdi></code>3 2.5 20");
}

BOOST_AUTO_TEST_CASE(report_page_escapes_every_text) {
  const std::string page = RenderHtml(Hostile());
  BOOST_TEST(!Has(page, "<script"));
  BOOST_TEST(!Has(page, "\"x\""));
  BOOST_TEST(CountOf(page, "&lt;script&gt;alert(&quot;x&quot;)") > 40u);
}

BOOST_AUTO_TEST_CASE(report_page_needs_nothing_else) {
  const std::string page = RenderHtml(Hostile());
  BOOST_TEST(!Has(page, "style="));
  BOOST_TEST(!Has(page, "src="));
  BOOST_TEST(!Has(page, "http"));
  BOOST_TEST(!Has(page, "url("));
  BOOST_TEST(CountOf(page, "<style>") == 1u);
}

BOOST_AUTO_TEST_CASE(report_page_of_nothing) {
  Report report;
  report.database = "shop";
  const std::string page = RenderHtml(report);
  BOOST_TEST(Has(page, "This database knows no migration yet."));
  BOOST_TEST(CountOf(page, "<h2") == 1u);
}

BOOST_AUTO_TEST_CASE(report_page_sections) {
  Report report = Sample();
  for (const char* id : {"glance", "durations", "locks", "growth", "migrations"}) {
    BOOST_TEST(Has(RenderHtml(report), "<h2 id=\"" + std::string(id) + "\">"), id);
    BOOST_TEST(Has(RenderHtml(report), "href=\"#" + std::string(id) + "\""), id);
  }
  for (const char* id : {"plan", "lint", "failures", "drift", "health", "older"}) {
    BOOST_TEST(!Has(RenderHtml(report), "<h2 id=\"" + std::string(id) + "\">"), id);
  }
  report.plan = {{"apply", "0002", "b", "0002_b", "", "blocks reads, rewrites"}};
  report.lint = {{"warning", "adding-foreign-key", "0002_b", 7, "it locks", "Do it in two steps."}};
  report.health = std::vector<Finding>(kMostFindings, {"info", "unused-index", "public.i", 0, "it is not used", ""});
  report.health.insert(report.health.begin(), 2, {"error", "fkey-without-index", "public.t", 0, "it has none", ""});
  report.drift = {{"added", "table", "public.x", {}, {}, "", ""}};
  report.failures = {{"0002_b", "apply", "2026-01-02 03:04:05", "deploy", 0, "23505", "", ""}};
  report.messages_are_shown = false;
  report.migrations.insert(report.migrations.begin(), Applied("0000_old"));
  report.migrations.front().in_full = false;
  const std::string page = RenderHtml(report);
  for (const char* id : {"plan", "lint", "failures", "drift", "health", "older"}) {
    BOOST_TEST(Has(page, "<h2 id=\"" + std::string(id) + "\">"), id);
  }
  BOOST_TEST(Has(page, "They are shown to those who may read <code>migrate.history</code>."));
  BOOST_TEST(Has(page, "<td>not known"));
  BOOST_TEST(Has(page, "<td>blocks reads, rewrites"));
  BOOST_TEST(Has(page, "<bdi>0002_b</bdi>, line 7"));
  BOOST_TEST(Has(page, "<small>Do it in two steps.</small>"));
  BOOST_TEST(Has(page, "<dt>Health findings</dt><dd class=\"bad\">2 <small>2 errors</small>"));
  BOOST_TEST(Has(page, "<p>2 more are not shown.</p>"));
}

BOOST_AUTO_TEST_CASE(report_page_marks_lines_that_differ) {
  Report report = Sample();
  report.migrations.front().changed = {
      {"altered", "function", "public.f()", 1, "same\nold one\nend", "same\nnew one\nand two\nend"}};
  const std::string page = RenderHtml(report);
  BOOST_TEST(Has(page, "<pre>same\n<del>old one</del>\nend\n</pre>"));
  BOOST_TEST(Has(page, "<pre>same\n<ins>new one</ins>\n<ins>and two</ins>\nend\n</pre>"));
}

BOOST_AUTO_TEST_CASE(report_page_has_room_for_so_much) {
  Report report = Sample();
  report.migrations.front().changed = {
      {"created", "function", "public.f()", 1, {}, std::string(900000, 'f')},
      {"created", "function", "public.g()", 1, {}, std::string(900000, 'g')},
  };
  const std::string page = RenderHtml(report);
  BOOST_TEST(Has(page, "public.g()"));
  BOOST_TEST(!Has(page, "ggg"));
  BOOST_TEST(page.size() < 1000000u);
}

BOOST_AUTO_TEST_CASE(report_plots_have_titles) {
  const Markup steps = PlotSteps({"a", "Tables", "From 0 to -1."}, {2, -1, -1});
  const std::string text = Markup(steps).Take();
  BOOST_TEST(Has(text, "role=\"img\""));
  BOOST_TEST(Has(text, "aria-labelledby=\"t-a d-a\""));
  BOOST_TEST(Has(text, "<title id=\"t-a\">Tables</title><desc id=\"d-a\">From 0 to -1.</desc>"));
  // 2 at the top, -1 at the bottom, 0 between them.
  BOOST_TEST(Has(text, "d=\"M0 65.67H0V3H333.33V97H1000\""));
  BOOST_TEST(CountOf(PlotBars({"b", "Locks", ""}, {{"x", 0, "0 ms"}, {"y", 2, "2 ms"}}).Take(), "<rect") == 2u);
  BOOST_TEST(CountOf(PlotDurations({"c", "Runs", ""}, {{"x", "2026-01-01", 0, 1}}).Take(), "<circle") == 1u);
}

BOOST_AUTO_TEST_CASE(report_labels_are_cut_between_characters) {
  Report report = Sample();
  std::string hebrew;
  for (int i = 0; i < 40; ++i) hebrew += "\xd7\xa9";
  report.locks = {{"0001_notes", "apply", std::string(60, 'n'), "ShareLock", 1},
                  {"0001_notes", "apply", "app." + hebrew, "ShareLock", 1}};
  const std::string page = RenderHtml(report);
  BOOST_TEST(Has(page, ">" + std::string(41, 'n') + "...</text>"));
  BOOST_TEST(Has(page, ">app...</text>"));
}

BOOST_AUTO_TEST_CASE(report_markdown) {
  Report report = Sample();
  report.migrations.front().remarks = {"# it is"};
  BOOST_TEST(RenderMarkdown(report) == R"(# Migrations

| what | now |
| --- | --- |
| version | `0001_notes` |
| applied | 1 |
| pending | 0 |
| failed | 0 |
| drifted | 0 |
| last applied | 2026-01-02 03:04:05 UTC by `deploy` |

## Overview

| migration | status | applied (UTC) | by | changes |
| --- | --- | --- | --- | --- |
| `0001_notes` | applied | 2026-01-02 03:04:05 | `deploy` | 3 |

## 0001_notes

- purpose: notes of a user
- applied: 2026-01-02 03:04:05 UTC by `deploy`, in 12 ms
- rollback: script
- locks: ShareRowExclusiveLock on `public.users` for 17 ms
- \# it is
- created table `public.notes`, with 1 column, 1 constraint
)");
}

BOOST_AUTO_TEST_CASE(report_markdown_escapes) {
  Report report = Sample();
  report.migrations.front().label = "1_a|`b`\n<c>";
  report.migrations.front().headers = {{"purpose", "*a* _b_ c_d [e](f) <g> | `h` \\ i\nj &amp;"}};
  const std::string page = RenderMarkdown(report);
  BOOST_TEST(Has(page, "| ``1_a\\|`b` <c>`` |"));
  BOOST_TEST(Has(page, "\n## 1_a\\|\\`b\\` &lt;c&gt;\n"));
  BOOST_TEST(Has(page, "- purpose: \\*a\\* \\_b\\_ c_d \\[e\\](f) &lt;g&gt; \\| \\`h\\` \\\\ i j &amp;amp;\n"));
}

BOOST_AUTO_TEST_CASE(report_json) {
  Report report = Sample();
  report.drift_is_known = false;
  const std::string json = RenderJson(report);
  BOOST_TEST(
      json.starts_with(R"({"database":"shop","version":"0001_notes","applied":1,"pending":0,"failed":0,"partial":0,)"
                       R"("drifted":null,"last_applied":"0001_notes",)"));
  BOOST_TEST(Has(json, R"("headers":[{"name":"purpose","value":"notes of a user"}],"rollback":"script")"));
  BOOST_TEST(Has(RenderJson(Hostile()), JsonString(kHostile)));
  BOOST_TEST(Has(RenderJson({}), R"("version":null)"));
}

}  // namespace
}  // namespace migrate::report
