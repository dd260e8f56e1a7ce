// No reader of foreign text does more than its length asks for, however nasty the text: twice the text is at most 2.2
// times the work, counted in bytes gone over. And each can be cancelled on its way.
#include <functional>

#include "core/base/cancel.h"
#include "core/base/json.h"
#include "core/lint/long_names.h"
#include "core/report/report.h"
#include "core/schema/difference.h"
#include "core/schema/parts.h"
#include "core/schema/snapshot.h"
#include "core/squash/text.h"
#include "core/supabase/history.h"
#include "core/text/psql_commands.h"
#include "fakes.h"

namespace migrate {
namespace {

constexpr size_t kHalf = 500 * 1000;

struct Text {
  const char* begin;
  const char* repeated;
  const char* end;

  std::string OfSize(size_t size) const {
    std::string text = begin;
    while (text.size() < size) text += repeated;
    return text + end;
  }
};

constexpr Text kTexts[] = {
    {"", "SELECT 1;\n", ""},
    {"", "SELECT 1;\r", ""},
    {"", "-- a\r", "SELECT 1;"},
    {"", "-", ""},
    {"", "- ", ""},
    {"", "-- ", ""},
    {"", "-- migrate: ", ""},
    {"", "-- migrate:requires a\n", "SELECT 1;"},
    {"SELECT 1; ", "-- m", ""},
    {"SELECT 1 ", "/**/-", ""},
    {"/* ", "*", ""},
    {"/* ", "/*", ""},
    {"/* ", "a/ ", ""},
    {"SELECT '", "a''", ""},
    {"SELECT ", "'a'\n", ""},
    {"SELECT ", "'a'\n--\n", ""},
    {"SELECT ", "$a", ""},
    {"SELECT ", "$a$", ""},
    {"", "$$a$$;", ""},
    {"", "(", ""},
    {"", ";", ""},
    {"", ";;", ""},
    {"", "\\", ""},
    {"", "\\\\ \n", ""},
    {"", "\\set a :b\n", ""},
    {"", "\\echo 'a", ""},
    {"", "COPY t FROM stdin;", "\n1\n"},
    {"", "COPY t FROM stdin;", "\n"},
    {"", "COPY t FROM stdin; X ", "\n1\n\\.\n"},
    {"", "COPY t FROM stdin;\n\\.\n", ""},
    {"COPY t FROM stdin;\n", "\n", ""},
    {"", "CREATE FUNCTION f() BEGIN ATOMIC A; END;\n", ""},
    {"", "CREATE FUNCTION f() BEGIN ATOMIC CASE;\n", ""},
    {"", "CREATE FUNCTION f() BEGIN ATOMIC OPEN END; SELECT 1;\n", ""},
    {"", "CREATE FUNCTION f() BEGIN ATOMIC SEVERAL;\n", ""},
    {"CREATE FUNCTION f() BEGIN", " ", "ATOMIC A"},
    {"CREATE FUNCTION f() BEGIN ATOMIC ", "END /*", ""},
    {"", "BEGIN; SELECT 1; COMMIT;\n", ""},
    {"", "BEGIN;\n", ""},
    {"", "COMMIT;\n", ""},
    {"SELECT ", "${", ""},
    {"SELECT ", "${a} ", ""},
    {"SELECT ", "{{.", ""},
    {"-- ", ":DATABASE_A ", ""},
    {"", "-- Key: value\n", "SELECT 1;"},
    {"SELECT 1;\n-- Rollback\n", "-- SELECT 1;\n", ""},
    {"SELECT 1;\n-- migrate:down\n", "-- SELECT 1;\n", ""},
    {"", "# --- !Ups\n", ""},
    {"", "\xEF\xBB\xBF", ""},
};

// What is gone over of this text; what the reader refuses is well, too.
template <typename Reader>
size_t Work(const std::string& text, Reader read) {
  const size_t before = cancel_state.passed;
  try {
    read(text);
  } catch (const Error&) {
  }
  return cancel_state.passed - before;
}

template <typename Reader>
void GrowsWithItsInput(const char* name, Reader read) {
  for (const Text& text : kTexts) {
    const size_t half = Work(text.OfSize(kHalf), read);
    const size_t whole = Work(text.OfSize(2 * kHalf), read);
    BOOST_TEST(static_cast<double>(whole) <= 2.2 * static_cast<double>(half) + 10000,
               name << ", " << text.begin << text.repeated << text.end << ": " << half << ", " << whole);
  }
}

void Load(SourceFiles files, const ReadOptions& options = {}) {
  FakeParser parser;
  (void) AssembleMigrations(ReadFiles(std::move(files), options).parts,
                            {parser, NewFakeHasher, {{{":B", "c"}}, true, true, true}});
}

// Twice the files, all of which are well.
void GrowsWithItsFiles(const char* convention, const std::function<SourceFiles(int count)>& files) {
  const auto work = [&](int count) {
    SourceFiles all = files(count);
    BOOST_TEST(ReadFiles(all).convention == convention);
    const size_t before = cancel_state.passed;
    Load(std::move(all));
    return static_cast<double>(cancel_state.passed - before);
  };
  const double half = work(1000), whole = work(2000);
  BOOST_TEST(whole <= 2.2 * half, convention << ": " << half << ", " << whole);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(growth)

BOOST_AUTO_TEST_CASE(the_lexer_grows_with_its_input) {
  GrowsWithItsInput("lexer", [](const std::string& text) {
    Lexer lexer(text, true);
    while (lexer.Next()) continue;
  });
}

BOOST_AUTO_TEST_CASE(the_search_for_long_names_grows_with_its_input) {
  GrowsWithItsInput("long names", [](const std::string& text) { (void) lint::LongNames(text); });
}

BOOST_AUTO_TEST_CASE(a_whole_load_grows_with_its_input) {
  GrowsWithItsInput("load", [](const std::string& text) { Load({{"1_a.sql", text}}); });
}

BOOST_AUTO_TEST_CASE(each_convention_grows_with_its_input) {
  const Reading one = ReadFiles({});
  for (const auto& convention : ConventionNames()) {
    GrowsWithItsInput(convention.c_str(), [&](const std::string& text) {
      SourceFiles files = {{"1_a.sql", text},     {"V1__a.sql", text},    {"1_a/up.sql", text},
                           {"sqitch.plan", text}, {"deploy/a.sql", text}, {"meta/_journal.json", text}};
      for (auto& file : files) {
        if (file.path == "sqitch.plan") file.content = "%project=a\n" + text;
      }
      (void) ReadFiles(std::move(files), {.convention = convention});
    });
  }
}

BOOST_AUTO_TEST_CASE(supabases_statements_json_and_variables_grow_with_their_input) {
  GrowsWithItsInput("Supabase", [](const std::string& text) { (void) SupabaseStatements(text); });
  GrowsWithItsInput("JSON", [](const std::string& text) { (void) JsonString(text); });
  GrowsWithItsInput("variables", [](const std::string& text) { (void) PsqlVariablesOf(text); });
}

BOOST_AUTO_TEST_CASE(a_report_grows_with_its_texts) {
  const auto report_of = [](const std::string& text) {
    report::Report report;
    report::Migration& migration = report.migrations.emplace_back();
    migration.in_full = true;
    migration.headers = {{"purpose", text}};
    migration.changed = {{"altered", "function", "f()", 1, text, text + "x"}};
    return report;
  };
  GrowsWithItsInput("page", [&](const std::string& text) { (void) RenderHtml(report_of(text)); });
  GrowsWithItsInput("document", [&](const std::string& text) { (void) RenderMarkdown(report_of(text)); });
}

BOOST_AUTO_TEST_CASE(a_squash_grows_with_its_rows) {
  GrowsWithItsInput("row", [](const std::string& text) { (void) InOneLine("('" + text + "\n')"); });
  GrowsWithItsInput("dividing line", [](const std::string& text) { (void) DividingLine({}, text); });
}

BOOST_AUTO_TEST_CASE(definitions_of_a_snapshot_grow_with_their_input) {
  GrowsWithItsInput("parts", [](const std::string& text) {
    for (const auto& part : schema::PartsOf(text)) (void) schema::RolesIn(part);
  });
  const std::vector<std::string> definitions = {"ALTER TABLE t OWNER TO ", "GRANT SELECT ON TABLE t TO ",
                                                "-- columns: "};
  for (const auto& definition : definitions) {
    GrowsWithItsInput("difference", [&](const std::string& text) {
      const schema::Object here = {"table", "", "t", "t", definition + text, ""},
                           there = {"table", "", "t", "t", text, ""};
      (void) schema::Differences({here}, {there}, {}, true);
    });
  }
}

BOOST_AUTO_TEST_CASE(objects_grow_with_their_number) {
  const auto work = [](int count) {
    std::vector<schema::Object> here, there;
    for (int i = 0; i < count; ++i) {
      const std::string name = std::to_string(i);
      here.push_back({"table", "app", name, "app." + name, "CREATE TABLE app.t ();\nGRANT ALL ON TABLE t TO x;", ""});
      there.push_back({"table", "app", name, "app." + name, "CREATE TABLE app.t ();\n-- no columns", "17"});
    }
    const size_t before = cancel_state.passed;
    BOOST_TEST(schema::Differences(here, there, {}, true).size() == static_cast<size_t>(count));
    (void) schema::CheckSnapshot(there, 17, [](const schema::Object&, int major) { return std::to_string(major); });
    (void) schema::RolesOf(here, {});
    return static_cast<double>(cancel_state.passed - before);
  };
  const double half = work(1000), whole = work(2000);
  BOOST_TEST(half > 0);
  BOOST_TEST(whole <= 2.2 * half, half << ", " << whole);
}

BOOST_AUTO_TEST_CASE(patterns_do_not_try_everything) {
  const std::string path = std::string(2000, 'a') + ".sql";
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "a*";
  const size_t before = cancel_state.passed;
  const Reading reading = ReadFiles({{path, "SELECT 1;"}}, {.leave_out = {pattern + "b", "*a*.s*l"}});
  BOOST_TEST(reading.ignored.size() == 1u);
  BOOST_TEST(cancel_state.passed - before < 100000u);
}

BOOST_AUTO_TEST_CASE(patterns_match_as_they_say) {
  const struct {
    const char* pattern;
    bool matches;
  } cases[] = {{"x/abcab.sql", true},     {"*", true},       {"x/*", true},         {"*.sql", true},
               {"x/*b*b.sql", true},      {"a*b.sql", true}, {"x/a*b*b.sql", true}, {"x/abcab.sql*", true},
               {"x/ab*ab*ab.sql", false}, {"x", false},      {"*c", false},         {"y*", false},
               {"x/abcab.sql?", false}};
  for (const auto& c : cases) {
    const Reading reading = ReadFiles({{"x/abcab.sql", "A;"}}, {.leave_out = {c.pattern}});
    BOOST_TEST(reading.parts.empty() == c.matches, c.pattern);
  }
}

BOOST_AUTO_TEST_CASE(many_files_grow_with_their_number) {
  GrowsWithItsFiles("plain", [](int files) {
    SourceFiles all;
    for (int i = 1; i <= files; ++i) {
      all.push_back({std::to_string(i) + "_a.sql", "SELECT 1;"});
      all.push_back({"rollbacks/" + std::to_string(i) + "_b.sql", "SELECT 2;"});
    }
    return all;
  });
}

BOOST_AUTO_TEST_CASE(files_beside_scripts_are_found_without_going_over_all) {
  GrowsWithItsFiles("flyway", [](int files) {
    SourceFiles all;
    for (int i = 1; i <= files; ++i) {
      const std::string name = "V" + std::to_string(i) + "__a.sql";
      all.push_back({name, "SELECT 1;"});
      all.push_back({name + ".conf", "executeInTransaction=true"});
    }
    return all;
  });
  GrowsWithItsFiles("diesel", [](int files) {
    SourceFiles all;
    for (int i = 1; i <= files; ++i) {
      const std::string name = "2024-01-31-" + std::to_string(100000 + i) + "_a/";
      all.push_back({name + "up.sql", "SELECT 1;"});
      all.push_back({name + "metadata.toml", "run_in_transaction = true"});
    }
    return all;
  });
}

BOOST_AUTO_TEST_CASE(reworked_changes_grow_with_their_number) {
  const std::string who = " 2024-01-31T12:00:00Z A User <user@example.org>\n";
  const auto names = [&](int count) {
    std::string lines;
    for (int i = 1; i <= count; ++i) lines.append("c").append(std::to_string(i)).append(who);
    return lines;
  };
  // Many changes, each reworked once, and all tags between.
  GrowsWithItsFiles("sqitch", [&](int files) {
    SourceFiles all;
    std::string plan = "%project=a\n" + names(files);
    for (int i = 1; i <= files; ++i) {
      plan.append("@v").append(std::to_string(i)).append(who);
      const std::string name = "deploy/c" + std::to_string(i);
      all.push_back({name + ".sql", "SELECT 1;"});
      all.push_back({name + "@v" + std::to_string(files) + ".sql", "SELECT 2;"});
    }
    all.push_back({"sqitch.plan", plan + names(files)});
    return all;
  });
  // One change that is reworked again and again.
  GrowsWithItsFiles("sqitch", [&](int files) {
    SourceFiles all = {{"deploy/c.sql", "SELECT 1;"}};
    std::string plan = "%project=a\nc" + who;
    for (int i = 1; i <= files; ++i) {
      const std::string tag = "@v" + std::to_string(i);
      plan.append(tag).append(who).append("c").append(who);
      all.push_back({"deploy/c" + tag + ".sql", "SELECT 2;"});
    }
    all.push_back({"sqitch.plan", plan});
    return all;
  });
}

BOOST_AUTO_TEST_CASE(a_sum_grows_with_its_files) {
  GrowsWithItsFiles("atlas", [](int files) {
    SourceFiles all;
    std::string sum = "h1:x\n";
    for (int i = 1; i <= files; ++i) {
      const std::string name = std::to_string(100000 + i) + "_a.sql";
      all.push_back({name, "SELECT 1;"});
      sum.append(name).append(" h1:x\n");
    }
    all.push_back({"atlas.sum", sum});
    return all;
  });
}

BOOST_AUTO_TEST_CASE(included_files_grow_with_their_number) {
  GrowsWithItsFiles("plain", [](int files) {
    std::string text;
    for (int i = 1; i <= files; ++i) text += "\\ir b.sql\n";
    return SourceFiles{{"1_a.sql", text + "SELECT 1;"}, {"b.sql", ""}};
  });
}

BOOST_AUTO_TEST_CASE(every_reader_can_be_cancelled) {
  for (const Text& text :
       {Text{"/* ", "a", ""}, Text{"", "SELECT 1;\n", ""}, Text{"", "-- a\n", ""}, Text{"", "- ", ""}}) {
    const std::string long_text = text.OfSize(2 * kHalf);
    cancel_state.check = [] { throw Error(sqlstate::kQueryCanceled, "canceled"); };
    const Error error = Thrown([&] { Load({{"1_a.sql", long_text}}); });
    cancel_state.check = nullptr;
    BOOST_TEST(error.sqlstate == "57014");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
