// Liquibase: formatted SQL, changelogs that say an order, and what must not be guessed.
#include "core/convention/liquibase.h"
#include "core/set/source.h"
#include "fakes.h"

namespace migrate {
namespace {

const std::string kHeader = "--liquibase formatted sql\n";

Reading ReadFolder(SourceFiles files, const Placeholders& values = {}, const Strings& leave_out = {}) {
  ReadOptions options;
  options.values = values;
  options.leave_out = leave_out;
  return ReadFiles(std::move(files), options);
}

// Its changesets behind the header, one file.
Reading ReadText(const std::string& text, const Placeholders& values = {}, const Strings& leave_out = {}) {
  Reading reading = ReadFolder({{"a.sql", kHeader + text}}, values, leave_out);
  BOOST_TEST(reading.convention == "liquibase");
  return reading;
}

std::string Shown(const Reading& reading) {
  std::string shown;
  for (const auto& part : reading.parts) {
    shown += part.problem ? "refused " + part.problem->message : part.id.Label();
    if (part.section == Section::kDown) shown += " down";
    if (part.traits.repeatable) shown += " repeatable";
    shown += '\n';
  }
  for (const auto& ignored : reading.ignored) shown += "ignored " + ignored.path + ": " + ignored.why + "\n";
  return shown;
}

Error Refusal(const std::string& text, const Placeholders& values = {}) {
  const Reading reading = ReadText(text, values);
  BOOST_TEST_REQUIRE(reading.parts.size() == 1u);
  BOOST_TEST_REQUIRE(bool(reading.parts[0].problem));
  return *reading.parts[0].problem;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(convention_liquibase)

BOOST_AUTO_TEST_CASE(a_changeset_is_a_migration_and_its_rollback_is_its_down_script) {
  const Reading reading = ReadText(
      "\n-- changeset ann:1 splitStatements:false\nCREATE TABLE t (a int);\n"
      "--rollback DROP TABLE t;\nSELECT 1;\n  -- ROLLBACK SELECT 2;\n\n--changeset \"Bob Smith\":\"two 2\"\nSELECT 3;\n");
  BOOST_TEST(Shown(reading) == "a.sql::1::ann\na.sql::1::ann down\na.sql::two 2::Bob Smith\n");
  BOOST_TEST(reading.dollar_placeholders);
  const auto& parts = reading.parts;
  BOOST_TEST(parts[0].content == "CREATE TABLE t (a int);\n\nSELECT 1;\n\n\n");
  BOOST_TEST(parts[0].first_line == 4);
  BOOST_TEST(parts[1].content == "DROP TABLE t;\n\nSELECT 2;");
  BOOST_TEST(parts[1].first_line == 5);
  BOOST_TEST(parts[2].first_line == 10);
  BOOST_TEST(parts[2].content == "SELECT 3;\n");
  BOOST_TEST(parts[0].traits.order == "1");
  BOOST_TEST(parts[2].traits.order == "2");
  BOOST_TEST(parts[0].origin == "a.sql");
}

BOOST_AUTO_TEST_CASE(a_rollback_may_be_a_comment_or_nothing) {
  Reading reading = ReadText("--changeset a:1\nA;\n/* liquibase rollback\nDROP TABLE t;\nDROP TABLE u; */\n");
  BOOST_TEST(reading.parts.at(1).content == "DROP TABLE t;\nDROP TABLE u; ");
  BOOST_TEST(reading.parts[1].first_line == 5);
  for (const char* nothing : {"empty", "Not Required", "empty: nothing to undo"}) {
    reading = ReadText("--changeset a:1\nA;\n--rollback " + std::string(nothing) + "\n");
    BOOST_TEST(Shown(reading) == "a.sql::1::a\na.sql::1::a down\n");
    BOOST_TEST(reading.parts[1].content == "");
  }
  BOOST_TEST(Contains(Refusal("--changeset a:1\nA;\n/* liquibase rollback\nB;\n").message, "line 4: the comment"));
  BOOST_TEST(Contains(Refusal("--changeset a:1\nA;\n--rollback changesetId:1 changesetAuthor:a\n").message, "line 4"));
}

BOOST_AUTO_TEST_CASE(what_is_for_others_does_not_run) {
  BOOST_TEST(Shown(ReadText("--changeset a:1 dbms:mysql failOnError:false\n--preconditions onFail:MARK_RAN\nA;\n"
                            "--changeset a:2 dbms:h2,PostgreSQL\nB;\n--changeset a:3 dbms:!postgresql\nC;\n"
                            "--changeset a:4 dbms:!oracle\nD;\n--changeset a:5 ignore:true\nE;\n")) ==
             "a.sql::2::a\na.sql::4::a\nignored a.sql::1::a: for mysql\nignored a.sql::3::a: for !postgresql\n"
             "ignored a.sql::5::a: it says ignore:true\n");
}

BOOST_AUTO_TEST_CASE(contexts_and_labels_are_no_guess) {
  const std::string text = "--changeset a:1 context:test\nA;\n";
  const Error error = Refusal(text);
  BOOST_TEST(error.message ==
             "file \"a.sql\", line 2: the changeset has contexts, and nobody has said which are meant");
  BOOST_TEST(Contains(error.hint, "{\"liquibase.contexts\": \"…\"}"));
  BOOST_TEST(Shown(ReadText(text, {{"liquibase.contexts", "prod, test"}})) == "a.sql::1::a\n");
  BOOST_TEST(Shown(ReadText(text, {{"liquibase.contexts", ""}})) == "a.sql::1::a\n");
  BOOST_TEST(Shown(ReadText(text, {{"liquibase.contexts", "prod"}})) ==
             "ignored a.sql::1::a: in other contexts: test\n");
  BOOST_TEST(Shown(ReadText(text, {}, {"a.sql::1::a"})) == "ignored a.sql::1::a: left out\n");
  const std::string labels = "--changeset a:1 labels:\"v1, v2\"\nA;\n";
  BOOST_TEST(Contains(Refusal(labels).message, "line 2: the changeset has labels"));
  BOOST_TEST(Shown(ReadText(labels, {{"liquibase.labels", "v2 and !v3"}})) == "a.sql::1::a\n");
  BOOST_TEST(Shown(ReadText(labels, {{"liquibase.labels", "v3"}})) ==
             "ignored a.sql::1::a: with other labels: v1, v2\n");
}

BOOST_AUTO_TEST_CASE(expressions_are_read_as_liquibase_reads_them) {
  const auto matches = [](const char* expression) { return convention::MatchesExpression(expression, {"a", "B"}); };
  for (const char* yes : {"a", "b", "@a", "x,a", "x or a", "!x", "not x", "a and b", "x and y or a", "(x or a) and !y",
                          "!(x and a)", "a, x and y"}) {
    BOOST_TEST(matches(yes), yes);
  }
  for (const char* no : {"x", "!a", "a and x", "a and !b", "(a or b) and x", "not (a)", "x, y"}) {
    BOOST_TEST(!matches(no), no);
  }
  for (const char* wrong : {"", "a b", "(a", "a and", "a)", ",a"}) {
    BOOST_TEST(Thrown([&] { matches(wrong); }).sqlstate == "42601", wrong);
  }
}

BOOST_AUTO_TEST_CASE(attributes_are_honoured_or_refused_by_name) {
  Reading reading = ReadText(
      "--changeset a:1 runInTransaction:false\nA;\n--rollback B;\n--changeset a:2 runOnChange:true\nC;\n--rollback D;\n"
      "--changeset a:3 runOnChange:TRUE stripComments:false endDelimiter:; runAlways:false failOnError:true\nE;\n");
  BOOST_TEST(Shown(reading) ==
             "a.sql::1::a\na.sql::1::a down\na.sql::2::a repeatable\na.sql::3::a repeatable\n"
             "ignored a.sql::2::a:down: what runs on change is never rolled back\n");
  BOOST_TEST(reading.parts[0].traits.no_transaction == "line 2: runInTransaction:false");
  BOOST_TEST(reading.parts[1].traits.no_transaction == "line 2: runInTransaction:false");
  BOOST_TEST(reading.parts[3].traits.requirements == Strings{"a.sql::2::a"}, boost::test_tools::per_element());
  for (const char* attribute : {"runAlways:true", "failOnError:false", "endDelimiter:\\s*/", "rollbackEndDelimiter:$",
                                "runWith:sqlplus", "somethingNew:1", "context: test", "logicalFilePath:${path}"}) {
    const Error error = Refusal("--changeset a:1 " + std::string(attribute) + "\nA;\n");
    BOOST_TEST(error.sqlstate == "0A000", attribute);
    BOOST_TEST(Contains(error.message, "file \"a.sql\", line 2: "), attribute);
  }
}

BOOST_AUTO_TEST_CASE(a_delimiter_becomes_a_semicolon) {
  const Reading reading = ReadText(
      "--changeset a:1 endDelimiter:/ rollbackEndDelimiter:@@\nSELECT 4/2\n/\nB\n/\n--rollback C @@ D\n"
      "--changeset a:2 endDelimiter:\\nGO\nA\ngo\nB\n--changeset a:3\nA / B\n");
  BOOST_TEST(reading.parts.at(0).content == "SELECT 4/2\n;\nB\n;\n\n");
  BOOST_TEST(reading.parts.at(1).content == "C ; D");
  BOOST_TEST(reading.parts.at(2).content == "A\n;\nB\n");
  BOOST_TEST(reading.parts.at(3).content == "A / B\n");
}

BOOST_AUTO_TEST_CASE(a_precondition_becomes_a_statement_in_front) {
  const Reading reading = ReadText(
      "--changeset a:1\n--preconditions onFail:HALT onError:HALT\n"
      "--precondition-sql-check expectedResult:0 SELECT count(*) FROM t; -- none\n"
      "--precondition-table-exists table:T schema:app\nA;\n");
  const std::string& text = reading.parts.at(0).content;
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 4);
  BOOST_TEST(
      Contains(text,
               "\nDO $check$BEGIN IF (pg_catalog.format('%s', (SELECT count(*) FROM t)) OPERATOR(pg_catalog.=) '0')"
               " IS NOT TRUE THEN RAISE EXCEPTION USING ERRCODE = 'MG001', MESSAGE = "
               "'a precondition is not met: a.sql, line 4'"));
  BOOST_TEST(Contains(text, "schemaname OPERATOR(pg_catalog.=) 'app'"));
  BOOST_TEST(Contains(text, "pg_catalog.lower(tablename) OPERATOR(pg_catalog.=) 't'"));
  for (const char* lines :
       {"--preconditions onFail:MARK_RAN", "--preconditions onError:CONTINUE", "--precondition-changelog-property x",
        "--precondition-sql-check expectedResult:0", "A;\n--precondition-sql-check expectedResult:0 SELECT 0"}) {
    const Error error = Refusal("--changeset a:1\n" + std::string(lines) + "\n");
    BOOST_TEST(error.sqlstate == "0A000", lines);
    BOOST_TEST(Contains(error.message, *lines == 'A' ? "line 4: " : "line 3: "), lines);
  }
}

BOOST_AUTO_TEST_CASE(what_liquibase_leaves_out_does_not_run) {
  const Reading reading =
      ReadText("--changeset a:1\nA;\n--ignoreLines:2\nB;\nC;\nD;\n--ignoreLines:start\nE;\n--ignoreLines:end\nF;\n");
  BOOST_TEST(reading.parts.at(0).content == "A;\n\n\n\nD;\n\n\n\nF;\n");
  BOOST_TEST(Contains(Refusal("--changeset a:1\n--ignoreLines:start\nA;\n").message, "line 3: \"ignoreLines:start\""));
  BOOST_TEST(Contains(Refusal("A;\n--changeset a:1\nB;\n").message, "a statement stands above the first changeset"));
  BOOST_TEST(Shown(ReadText("-- nothing yet\n")) == "ignored a.sql: has no changeset\n");
}

BOOST_AUTO_TEST_CASE(lines_that_include_or_define_are_refused) {
  for (const char* line : {"--changeset a", "--changeset a: 1", "--include file:b.sql", "--includeAll path:x",
                           "--rollbackSqlFile path:x.sql", "--tagDatabase: v1", "--property name:x"}) {
    const Error error = Refusal("--changeset a:1\n" + std::string(line) + "\nA;\n");
    BOOST_TEST(Contains(error.message, "file \"a.sql\", line 3: "), line);
  }
  const std::string property = "--property name:owner value:app\n--changeset a:1\nA;\n";
  BOOST_TEST(Contains(Refusal(property).hint, "placeholders => '{\"owner\": \"app\"}'"));
  BOOST_TEST(Shown(ReadText(property, {{"owner", "other"}})) == "a.sql::1::a\n");
}

BOOST_AUTO_TEST_CASE(files_run_in_the_order_of_their_paths) {
  const Reading reading =
      ReadFolder({{"b/9.sql", kHeader + "--changeset a:1\nA;\n"},
                  {"b/10.sql", kHeader + "--changeset a:1 logicalFilePath:classpath:old/x.sql\nB;\n"},
                  {"a.sql", "\n" + kHeader + "--changeset a:1\nC;\n"},
                  {"raw.sql", "D;"}});
  BOOST_TEST(Shown(reading) == "a.sql::1::a\nold/x.sql::1::a\nb/9.sql::1::a\nraw.sql::raw::includeAll\n");
  BOOST_TEST(reading.parts[3].traits.order == "4");
}

BOOST_AUTO_TEST_CASE(a_changelog_says_the_order) {
  const SourceFiles scripts = {{"changes/1.sql", kHeader + "--changeset a:1\nA;\n"},
                               {"changes/2.sql", kHeader + "--changeset a:1\nA;\n"},
                               {"late/3.sql", kHeader + "--changeset a:1\nA;\n"},
                               {"unused.sql", kHeader + "--changeset a:1\nA;\n"}};
  const std::string expected =
      "late/3.sql::1::a\nchanges/1.sql::1::a\nchanges/2.sql::1::a\n"
      "ignored unused.sql: not in the changelog: Liquibase does not run it\n";
  const std::pair<const char*, const char*> changelogs[] = {
      {"db.changelog-master.xml",
       "<?xml version=\"1.0\"?>\n<databaseChangeLog xmlns=\"x\">\n<!-- <include file=\"unused.sql\"/> -->\n"
       "<include file=\"late/3.sql\" relativeToChangelogFile=\"true\"/>\n<includeAll path='db/changelog/changes/'/>\n"
       "</databaseChangeLog>\n"},
      {"changelog.yaml",
       "databaseChangeLog:\n  - include:\n      file: classpath:db/late/3.sql # first\n  - includeAll:\n      path: changes\n"
       "      relativeToChangelogFile: true\n"},
      {"changelog.json",
       R"({"databaseChangeLog": [{"include": {"file": "late/3.sql"}}, {"includeAll": {"path": "changes"}}]})"},
  };
  for (const auto& [path, text] : changelogs) {
    SourceFiles files = scripts;
    files.push_back({path, text});
    BOOST_TEST(Shown(ReadFolder(files)) == expected, path);
  }
}

BOOST_AUTO_TEST_CASE(a_changelog_that_does_more_is_refused) {
  const auto refusal = [](const std::string& text) {
    const Reading reading = ReadFolder({{"a.sql", kHeader + "--changeset a:1\nA;\n"}, {"changelog.xml", text}});
    for (const auto& part : reading.parts) {
      if (part.problem) return *part.problem;
    }
    return Error();
  };
  const auto root = [](const std::string& text) { return "<databaseChangeLog>\n" + text + "</databaseChangeLog>"; };
  BOOST_TEST(Contains(refusal(root("<changeSet id='1' author='a'><sql>A;</sql></changeSet>")).message,
                      "file \"changelog.xml\", line 2: \"changeSet\" is not supported"));
  BOOST_TEST(Contains(refusal(root("<include file='a.sql' context='test'/>")).message, "\"context\" of \"include\""));
  BOOST_TEST(refusal(root("<include file='b.sql'/>")).sqlstate == "58P01");
  BOOST_TEST(Contains(refusal(root("<property name='x' value='1'/>")).hint, "{\"x\": \"1\"}"));
  BOOST_TEST(Shown(ReadFolder({{"a.sql", kHeader + "--changeset a:1\nA;\n"},
                               {"changelog.xml", root("<include file='b.changelog.xml'/>")},
                               {"b.changelog.xml", root("<include file='a.sql'/>")}})) == "a.sql::1::a\n");
  BOOST_TEST(Contains(Shown(ReadFolder({{"a.sql", kHeader + "--changeset a:1\nA;\n"},
                                        {"changelog.xml", root("<include file='a.sql'/>")},
                                        {"b.changelog.xml", root("<include file='a.sql'/>")}})),
                      "is one of several changelogs that no other includes"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
