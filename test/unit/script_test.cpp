#include "scripts.h"

namespace migrate {
BOOST_AUTO_TEST_SUITE(script)

BOOST_AUTO_TEST_CASE(statements_come_with_their_place_in_the_file) {
  FakeParser parser;
  ScriptReader reader(
      "-- ä\nSELECT 1; SELECT 'ä';  SELECT 3;\r\n\n  COPY t "
      "FROM stdin;\n1\n\\.\nSELECT\n4",
      11, ScriptUse::kMigration, parser);
  const int places[][2] = {{12, 1}, {12, 11}, {12, 24}, {14, 3}, {17, 1}};
  for (const auto& [line, column] : places) {
    const auto statement = reader.Next();
    BOOST_TEST(statement->position.line == line);
    BOOST_TEST(statement->position.column == column);
    if (line == 14) BOOST_TEST(statement->data == "1\n");
  }
  BOOST_TEST(!reader.Next());
}

BOOST_AUTO_TEST_CASE(nothing_is_read_of_a_text_without_statements) {
  for (const char* text : {"", "\xEF\xBB\xBF", "-- a\n/* b */\n;;", "-- migrate:up\n-- migrate:requires 1\n"}) {
    BOOST_TEST(ReadAll(text).statements.empty(), text);
  }
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_takes_no_column) {
  IsAt(Refused("\xEF\xBB\xBF"
               "FOO;"),
       1, 1);
}

BOOST_AUTO_TEST_CASE(what_harms_the_session_or_needs_a_client_is_refused) {
  for (const char* script :
       {"\nDISCARD ALL;", "\nCLOSE ALL;", "\nDEALLOCATE ALL;", "\nCOPY t TO STDOUT;", "\nCOPY t FROM stdin;",
        "\nCOPY t FROM stdin", "\nCOPY t FROM stdin;\n\n", "\nCOPY t FROM stdin; SELECT\n1;\n\\.\n"}) {
    const Error error = Refused(script);
    BOOST_TEST(error.sqlstate == "0A000");
    BOOST_TEST(Contains(error.message, "is not allowed in a migration"));
    IsAt(error, 2, 1);
  }
}

BOOST_AUTO_TEST_CASE(restrict_lines_are_skipped) {
  BOOST_TEST(ReadAll("\\restrict a1B\nSELECT 1;\n\\unrestrict a1B\n").statements.size() == 1u);
  BOOST_TEST(ReadAll("\\restrict\n\\unrestrict\ta\n").statements.empty());
  BOOST_TEST(Refused("\\restricted a\n").sqlstate == "42601");
}

BOOST_AUTO_TEST_CASE(meta_commands_are_refused_all_together) {
  const Error error = Refused(
      "\\restrict a\nSELECT 1;\n  \\connect x\nSELECT 2 "
      "\\gset\n\\unrestrict a\n\\echo a\n\\q\n");
  BOOST_TEST(error.sqlstate == "42601");
  BOOST_TEST(error.message == "psql meta-commands can't run inside the database");
  BOOST_TEST(error.detail == "line 3: \\connect x\nline 4: \\gset\nline 7: \\q");
  IsAt(error, 3, 3);
}

BOOST_AUTO_TEST_CASE(parser_errors_get_line_and_column_in_characters) {
  const struct {
    const char* script;
    int line, column;
  } cases[] = {
      {"FOO;", 1, 1},
      {"SELECT 1;\n\n   FOO bar;", 3, 4},
      {"SELECT 'äö€' WRONG;", 1, 14},
      {"SELECT 'ä\nö',\n 'ü' WRONG", 3, 6},
      {"/* ä */ SELECT /* ö */ WRONG;", 1, 24},
      {"SELECT 1; SELECT 'ä',\r\n\r\n  WRONG;", 3, 3},
      {"SELECT $$\n$$; SELECT WRONG", 2, 12},
      {"COPY t FROM stdin;\nä\nb\n\\.\nSELECT WRONG;", 5, 8},
  };
  for (const auto& c : cases) IsAt(Refused(c.script), c.line, c.column);
  FakeParser parser;
  IsAt(Thrown([&] { CheckScript("SELECT 1;\nFOO", 7, ScriptUse::kMigration, parser); }), 8, 1);
}

BOOST_AUTO_TEST_CASE(positions_are_found_only_once_and_only_in_this_text) {
  ScriptStatement statement;
  statement.text = "SELECT\nx";
  statement.position = {4, 3};
  Error error("42703", "no column x");
  Locate(error, statement);
  IsAt(error, 4, 3);
  error.cursor_position = 8;
  Locate(error, statement);
  IsAt(error, 4, 3);
  error.line = 0;
  Locate(error, statement);
  IsAt(error, 5, 1);
  error.line = 0;
  error.internal_query = "SELECT y";
  Locate(error, statement);
  IsAt(error, 4, 3);
}

BOOST_AUTO_TEST_CASE(a_located_error_shows_the_statement) {
  ScriptStatement statement;
  statement.text = "SELECT 'ä',\n  x";
  Error error("42703", "no column x");
  error.cursor_position = 15;
  Locate(error, statement);
  BOOST_TEST(error.cursor_position == 0);
  BOOST_TEST(error.internal_query == statement.text);
  BOOST_TEST(error.internal_position == 15);
}

BOOST_AUTO_TEST_CASE(of_a_long_statement_only_the_lines_around_are_shown) {
  const std::string lines[] = {"'ä',\n", "'äöü'"};
  for (const auto& filler : lines) {
    std::string text = "SELECT ";
    for (int i = 0; i < 5000; ++i) text += filler;
    const size_t offset = text.size();
    text += "WRONG";
    for (int i = 0; i < 5000; ++i) text += filler;
    ScriptStatement statement;
    statement.text = text;
    Error error("42703", "x");
    error.cursor_position = 1 + CountCharacters(std::string_view(text).substr(0, offset));
    Locate(error, statement);
    BOOST_TEST(error.internal_query.size() < 4100u);
    BOOST_TEST(text.find(error.internal_query) != text.npos);
    const size_t shown = OffsetOfCharacter(error.internal_query, error.internal_position);
    BOOST_TEST(error.internal_query.substr(shown, 5) == "WRONG");
    BOOST_TEST((error.internal_query.front() & 0xC0) != 0x80);
  }
}

BOOST_AUTO_TEST_CASE(a_place_names_migration_section_and_position) {
  Error error("42601", "x");
  BOOST_TEST(PlaceInMigration({"0003", "add_email"}, Section::kUp, error) == "migration \"0003_add_email\"");
  error.line = 12;
  error.column = 7;
  BOOST_TEST(PlaceInMigration({"0003", "add_email"}, Section::kUp, error) ==
             "migration \"0003_add_email\", line 12, column 7");
  BOOST_TEST(PlaceInMigration({"", "a"}, Section::kDown, error) == "migration \"a\" down, line 12, column 7");
  BOOST_TEST(PlaceInMigration({"1", ""}, Section::kVerify, error) == "migration \"1\" verify, line 12, column 7");
  SetPlace(error, {"1", "a"}, Section::kVerify);
  SetPlace(error, {"2", "b"}, Section::kUp);
  BOOST_TEST(error.context == "migration \"1_a\" verify, line 12, column 7\nmigration \"2_b\", line 12, column 7");
  BOOST_TEST(error.place == "Migration \"1_a\" verify, line 12, column 7.");
}

BOOST_AUTO_TEST_CASE(checking_follows_set_standard_conforming_strings) {
  const char* script =
      "SELECT '\\';\nSET standard_conforming_strings = off;\nSELECT '\\';';\n"
      "SET standard_conforming_strings = on;\nSELECT '\\';";
  BOOST_TEST(ReadAll(script).statements.size() == 5u);
}

BOOST_AUTO_TEST_CASE(running_follows_the_server) {
  FakeParser parser;
  ScriptReader reader("SELECT '\\'; SELECT '\\';';", 1, ScriptUse::kMigration, parser, true);
  BOOST_TEST(reader.Next()->text == "SELECT '\\'");
  parser.standard_strings = false;
  BOOST_TEST(reader.Next()->text == "SELECT '\\';'");
  parser.standard_strings = true;
  BOOST_TEST(
      ReadAll("SET standard_conforming_strings = off; SELECT '\\';", ScriptUse::kMigration, true).statements.size() ==
      2u);
}

// Keeps what it was given.
class WatchedParser : public FakeParser {
 public:
  bool Parse(std::string_view sql, ParsedStatement& statement) override {
    given.emplace_back(sql);
    return FakeParser::Parse(sql, statement);
  }
  std::vector<std::string> given;
};

BOOST_AUTO_TEST_CASE(a_long_text_in_dollar_quotes_is_left_out_while_checking) {
  const std::string begin = "CREATE FUNCTION f() AS $f$";
  const std::string script = begin + std::string(1000, 'x') + "$f$ LANGUAGE sql;";
  WatchedParser checking;
  BOOST_TEST(CheckScript(script + script, 1, ScriptUse::kMigration, checking).statements == 2);
  BOOST_TEST(checking.given == std::vector<std::string>(2, begin + "$f$ LANGUAGE sql;"));

  WatchedParser running;
  ScriptReader reader(script, 1, ScriptUse::kMigration, running, true);
  BOOST_TEST(reader.Next()->text == script.substr(0, script.size() - 1));
  BOOST_TEST(running.given == std::vector<std::string>{script});
}

BOOST_AUTO_TEST_CASE(an_error_behind_a_long_text_is_found_where_it_is) {
  WatchedParser parser;
  const std::string script = "CREATE FUNCTION f() AS $f$" + std::string(1000, 'x') + "$f$ WRONG;";
  try {
    CheckScript(script, 1, ScriptUse::kMigration, parser);
    BOOST_FAIL("no error was thrown");
  } catch (const Error& error) {
    BOOST_TEST(error.column == static_cast<int>(script.find("WRONG")) + 1);
    BOOST_TEST(parser.given.back() == script);
  }
}

BOOST_AUTO_TEST_CASE(a_copy_of_a_reader_reads_on_from_its_place) {
  FakeParser parser;
  ScriptReader reader("SELECT 1;\nSELECT 2;\nSELECT 3;", 1, ScriptUse::kMigration, parser, true);
  reader.Next();
  ScriptReader copy = reader;
  reader.Next();
  reader.Next();
  const auto statement = copy.Next();
  BOOST_TEST(statement->text == "SELECT 2");
  BOOST_TEST(statement->position.line == 2);
  BOOST_TEST(copy.Next()->text == "SELECT 3");
  BOOST_TEST(!copy.Next());
}

BOOST_AUTO_TEST_CASE(a_section_line_below_a_statement_is_never_passed_over) {
  // Dividing reads '\'' as standard strings say; this script changes them
  // before the section line.
  const Error error = Refused(
      "SET standard_conforming_strings = off;\nSELECT "
      "'\\'';\n-- migrate:down\nDROP TABLE t;\n-- '");
  BOOST_TEST(error.sqlstate == "42601");
  IsAt(error, 3, 1);
}

BOOST_AUTO_TEST_CASE(facts_count_statements_and_find_what_refuses_a_transaction) {
  FakeParser parser;
  ScriptFacts facts = CheckScript("BEGIN; SELECT 1;; SELECT 2; COMMIT;", 1, ScriptUse::kMigration, parser);
  BOOST_TEST(facts.statements == 2);
  BOOST_TEST(facts.transactional);
  facts = CheckScript("SELECT 1;\nCREATE INDEX CONCURRENTLY i ON t (a);\nVACUUM;", 3, ScriptUse::kMigration, parser);
  BOOST_TEST(facts.statements == 3);
  BOOST_TEST(!facts.transactional);
  BOOST_TEST(facts.detail == "line 4: CREATE INDEX CONCURRENTLY");
  const std::pair<const char*, const char*> others[] = {
      {"SELECT 1;\nCOMMIT;\nSELECT 2;", "line 2: COMMIT"},
      {"\nBEGIN;\nSET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nSELECT "
       "2;\nCOMMIT;",
       "line 3: ISOLATION LEVEL SERIALIZABLE"},
      {"\nBEGIN ISOLATION LEVEL SERIALIZABLE;\nSELECT 2;\nCOMMIT;", "line 2: ISOLATION LEVEL SERIALIZABLE"},
  };
  for (const auto& [text, detail] : others) {
    facts = CheckScript(text, 1, ScriptUse::kMigration, parser);
    BOOST_TEST(!facts.transactional);
    BOOST_TEST(facts.detail == detail);
  }
  BOOST_TEST(CheckScript("SELECT 1;\nCOMMIT;\n", 1, ScriptUse::kMigration, parser).transactional);
}

// The fake takes OPEN … SHUT for such a body, and ends SEVERAL at its first
// semicolon.
BOOST_AUTO_TEST_CASE(the_parser_says_where_a_routine_ends) {
  const std::string create = "CREATE FUNCTION f() BEGIN ATOMIC ";
  BOOST_TEST(ReadAll(create + "OPEN end; SELECT 1; SELECT 2; SHUT; SELECT 3; SELECT 4").statements ==
                 (Strings{create + "OPEN end; SELECT 1; SELECT 2; SHUT", "SELECT 3", "SELECT 4"}),
             boost::test_tools::per_element());
  BOOST_TEST(ReadAll(create + "SEVERAL; SELECT 1; SELECT 2").statements ==
                 (Strings{create + "SEVERAL", "SELECT 1", "SELECT 2"}),
             boost::test_tools::per_element());
  BOOST_TEST(Refused(create + "OPEN end; SELECT 1").sqlstate == "42601");
  BOOST_TEST(Refused("SELECT SEVERAL (;)").message == "several statements where one was expected");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
