#include "core/script.h"

#include "fakes.h"

namespace migrate {
namespace {

struct Read {
  std::vector<std::string> statements;
  std::vector<std::string> notices;
};

Read ReadAll(std::string_view script, ScriptUse use = ScriptUse::kMigration, bool running = false,
             FakeParser parser = {}) {
  Read read;
  ScriptReader reader(script, 1, use, parser, running,
                      [&](const std::string& notice) { read.notices.push_back(notice); });
  while (const auto statement = reader.Next()) read.statements.emplace_back(statement->text);
  return read;
}

// The statements with their places: "a" for one that stands alone, "b2" for one in the second block, "p1" for one below
// the first end of a transaction, and the isolation level that it asks for.
Strings Placed(std::string_view script, ScriptUse use) {
  FakeParser parser;
  ScriptReader reader(script, 1, use, parser);
  Strings placed;
  while (const auto statement = reader.Next()) {
    std::string place = statement->alone ? " a" : "";
    if (statement->block > 0) place += " b" + std::to_string(statement->block);
    if (statement->part > 0) place += " p" + std::to_string(statement->part);
    if (!statement->isolation.empty()) place += " " + statement->isolation;
    placed.push_back(std::string(statement->text) + place);
  }
  return placed;
}

Error Refused(std::string_view script, ScriptUse use = ScriptUse::kMigration) {
  return Thrown([&] { ReadAll(script, use); });
}

void IsAt(const Error& error, int line, int column) {
  BOOST_TEST(error.line == line, error.message);
  BOOST_TEST(error.column == column, error.message);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(script)

BOOST_AUTO_TEST_CASE(statements_come_with_their_place_in_the_file) {
  FakeParser parser;
  ScriptReader reader("-- ä\nSELECT 1; SELECT 'ä';  SELECT 3;\r\n\n  COPY t FROM stdin;\n1\n\\.\nSELECT\n4", 11,
                      ScriptUse::kMigration, parser);
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

BOOST_AUTO_TEST_CASE(balanced_begin_and_commit_are_skipped_with_a_notice) {
  const Read read = ReadAll("SELECT 1;\nBEGIN;\nSELECT 2;\nCOMMIT;\nSTART TRANSACTION;\nEND;");
  BOOST_TEST(read.statements == (std::vector<std::string>{"SELECT 1", "SELECT 2"}), boost::test_tools::per_element());
  BOOST_TEST(read.notices.size() == 4u);
  BOOST_TEST(read.notices[0] == "line 2: skipped BEGIN, a migration runs in a transaction anyway");
  BOOST_TEST(Contains(read.notices[1], "line 4: skipped COMMIT"));
}

BOOST_AUTO_TEST_CASE(begin_and_rollback_are_skipped_in_verify_scripts) {
  const Read read = ReadAll("BEGIN;\nSELECT 1;\nROLLBACK;", ScriptUse::kVerify);
  BOOST_TEST(read.statements.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_commit_in_a_verify_script_changes_nothing) {
  for (const char* text : {"BEGIN; SELECT 1; SELECT 2; COMMIT;", "SELECT 1; COMMIT; SELECT 2;",
                           "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT; SELECT 2;"}) {
    BOOST_TEST(Placed(text, ScriptUse::kVerify) == (Strings{"SELECT 1", "SELECT 2"}), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(what_refuses_a_transaction_stands_alone) {
  BOOST_TEST(Placed("SELECT 1; BEGIN; VACUUM; COMMIT; DO x; CREATE INDEX CONCURRENTLY i", ScriptUse::kMigration) ==
                 (Strings{"SELECT 1", "VACUUM a", "DO x", "CREATE INDEX CONCURRENTLY i a"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(without_a_transaction_what_may_commit_stands_alone_too) {
  BOOST_TEST(Placed("SELECT 1; DO x; CALL y; VACUUM", ScriptUse::kEachAlone) ==
                 (Strings{"SELECT 1", "DO x a", "CALL y a", "VACUUM a"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(without_a_transaction_begin_and_commit_are_blocks) {
  BOOST_TEST(Placed("BEGIN; SELECT 1; DO x; COMMIT; SELECT 2; VACUUM; START TRANSACTION; SELECT 3; END; BEGIN; COMMIT; "
                    "BEGIN; SELECT 4; COMMIT",
                    ScriptUse::kEachAlone) ==
                 (Strings{"SELECT 1 b1", "DO x b1", "SELECT 2", "VACUUM a", "SELECT 3 b2", "SELECT 4 b4"}),
             boost::test_tools::per_element());
  BOOST_TEST(ReadAll("BEGIN; SELECT 1; COMMIT;", ScriptUse::kEachAlone).notices.empty());
}

BOOST_AUTO_TEST_CASE(what_refuses_a_transaction_is_refused_in_a_block) {
  const Error error =
      Refused("SELECT 1;\nBEGIN;\n  CREATE INDEX CONCURRENTLY i ON t (a);\nCOMMIT;", ScriptUse::kEachAlone);
  BOOST_TEST(error.sqlstate == "25001");
  BOOST_TEST(error.message == "CREATE INDEX CONCURRENTLY can't run between BEGIN and COMMIT");
  IsAt(error, 3, 3);
}

BOOST_AUTO_TEST_CASE(blocks_are_balanced_without_a_transaction_too) {
  IsAt(Refused("BEGIN;\nROLLBACK;", ScriptUse::kEachAlone), 2, 1);
  BOOST_TEST(Refused("SELECT 1;\n  BEGIN;", ScriptUse::kEachAlone).message == "BEGIN without a COMMIT");
}

BOOST_AUTO_TEST_CASE(other_transaction_commands_are_refused) {
  const struct {
    const char* script;
    const char* tag;
    int line, column;
  } cases[] = {
      {"ROLLBACK;", "ROLLBACK", 1, 1},
      {"BEGIN;\nROLLBACK;", "ROLLBACK", 2, 1},
      {"SELECT 1; COMMIT;\nROLLBACK;", "ROLLBACK", 2, 1},
      {"SELECT 'ä'; SAVEPOINT a;", "SAVEPOINT", 1, 13},
      {"PREPARE TRANSACTION 'a';", "PREPARE", 1, 1},
  };
  for (const auto& c : cases) {
    const Error error = Refused(c.script);
    BOOST_TEST(error.message == std::string(c.tag) + " is not allowed here");
    BOOST_TEST(error.sqlstate == "0A000");
    IsAt(error, c.line, c.column);
  }
}

BOOST_AUTO_TEST_CASE(what_only_warns_in_psql_is_skipped_with_a_notice) {
  const struct {
    const char* script;
    Strings notices;
  } cases[] = {
      {"SELECT 1;\nCOMMIT;\n-- the end\n;", {"line 2: skipped COMMIT, there is no transaction in progress"}},
      {"COMMIT;\nSELECT 1;", {"line 1: skipped COMMIT, there is no transaction in progress"}},
      {"BEGIN;\nSELECT 1;\nCOMMIT;\nEND;\nSELECT 2;",
       {"line 1: skipped BEGIN, a migration runs in a transaction anyway",
        "line 3: skipped COMMIT, a migration runs in a transaction anyway",
        "line 4: skipped END, there is no transaction in progress"}},
      {"VACUUM;\nCOMMIT;\nSELECT 1;", {"line 2: skipped COMMIT, there is no transaction in progress"}},
      {"BEGIN;\nBEGIN;\nSELECT 1;\nCOMMIT;",
       {"line 1: skipped BEGIN, a migration runs in a transaction anyway",
        "line 2: skipped BEGIN, there is already a transaction in progress",
        "line 4: skipped COMMIT, a migration runs in a transaction anyway"}},
  };
  for (const auto& c : cases) {
    const Read read = ReadAll(c.script);
    BOOST_TEST(read.notices == c.notices, boost::test_tools::per_element());
    FakeParser parser;
    ScriptReader reader(c.script, 1, ScriptUse::kMigration, parser);
    while (const auto statement = reader.Next()) BOOST_TEST(statement->part == 0, c.script);
  }
  BOOST_TEST(ReadAll("SELECT 1;\nCOMMIT;\nSELECT 2;", ScriptUse::kEachAlone).notices ==
                 (Strings{"line 2: skipped COMMIT, there is no transaction in progress"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_commit_without_begin_divides_a_migration) {
  BOOST_TEST(Placed("SELECT 1; COMMIT; COMMIT; SELECT 2; BEGIN; SELECT 3; COMMIT; SELECT 4; END; SELECT 5; COMMIT;",
                    ScriptUse::kMigration) ==
                 (Strings{"SELECT 1", "SELECT 2 p1", "SELECT 3 p1", "SELECT 4 p1", "SELECT 5 p2"}),
             boost::test_tools::per_element());
  BOOST_TEST(Placed("SELECT 1; COMMIT; VACUUM; COMMIT; SELECT 2", ScriptUse::kMigration) ==
                 (Strings{"SELECT 1", "VACUUM a p1", "SELECT 2 p1"}),
             boost::test_tools::per_element());
  BOOST_TEST(Placed("SELECT 1; COMMIT; SELECT 2;", ScriptUse::kEachAlone) == (Strings{"SELECT 1", "SELECT 2"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_block_with_an_isolation_level_is_a_transaction) {
  const struct {
    const char* script;
    Strings placed;
  } cases[] = {
      {"BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; SELECT 2; COMMIT;", {"SELECT 1 serializable", "SELECT 2"}},
      {"SELECT 1; BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 2; COMMIT; SELECT 3;",
       {"SELECT 1", "SELECT 2 p1 serializable", "SELECT 3 p2"}},
      {"BEGIN; SELECT 1; COMMIT; BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 2; COMMIT; SELECT 3;",
       {"SELECT 1", "SELECT 2 p1 serializable", "SELECT 3 p2"}},
      {"BEGIN ISOLATION LEVEL SERIALIZABLE; COMMIT; SELECT 1;", {"SELECT 1"}},
      {"BEGIN; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT; SELECT 2",
       {"SET TRANSACTION ISOLATION LEVEL SERIALIZABLE serializable", "SELECT 1", "SELECT 2 p1"}},
      {"SELECT 1; BEGIN; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT 2; COMMIT",
       {"SELECT 1", "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE p1 serializable", "SELECT 2 p1"}},
      {"SET a = 1; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT 2",
       {"SET a = 1", "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE serializable", "SELECT 2"}},
      {"SELECT 1; COMMIT; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT 2",
       {"SELECT 1", "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE p1 serializable", "SELECT 2 p1"}},
      {"SELECT 1; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT 2",  // too late, which the server says
       {"SELECT 1", "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "SELECT 2"}},
  };
  for (const auto& c : cases) {
    BOOST_TEST(Placed(c.script, ScriptUse::kMigration) == c.placed, boost::test_tools::per_element());
  }
  BOOST_TEST(Placed("SELECT 1; BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 2; COMMIT; SELECT 3",
                    ScriptUse::kEachAlone) == (Strings{"SELECT 1", "SELECT 2 b1 serializable", "SELECT 3"}),
             boost::test_tools::per_element());
  BOOST_TEST(ReadAll("BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT;").notices.empty());
}

BOOST_AUTO_TEST_CASE(an_isolation_level_is_seen_ahead_of_the_settings_before_it) {
  const struct {
    const char* script;
    ScriptUse use;
    const char* level;
  } cases[] = {
      {"SET a = 1; SET b = 2; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;", ScriptUse::kMigration, "serializable"},
      {"SET a = 1; SELECT 1; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;", ScriptUse::kMigration, ""},
      {"SET a = 1; COMMIT; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;", ScriptUse::kMigration, ""},
      {"SET a = 1; VACUUM;", ScriptUse::kMigration, ""},
      {"SET a = 1", ScriptUse::kMigration, ""},
      {"BEGIN; SET a = 1; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; COMMIT", ScriptUse::kEachAlone, "serializable"},
      {"SET a = 1; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", ScriptUse::kEachAlone, ""},
  };
  for (const auto& c : cases) {
    FakeParser parser;
    const ScriptReader reader(c.script, 1, c.use, parser);
    BOOST_TEST(reader.IsolationAhead() == c.level, c.script);
  }
}

BOOST_AUTO_TEST_CASE(what_is_read_again_is_not_told_again) {
  FakeParser parser;
  Strings notices;
  ScriptReader reader("BEGIN; SELECT 1; COMMIT;\nBEGIN; SELECT 2; COMMIT;", 1, ScriptUse::kMigration, parser, true,
                      [&](const std::string& notice) { notices.push_back(notice); });
  const ScriptReader start = reader;
  while (reader.Next()) continue;
  ScriptReader again = start;
  while (again.Next()) continue;
  BOOST_TEST(notices.size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_begin_left_open_is_refused_at_its_line) {
  const Error error = Refused("SELECT 1;\n  BEGIN;\nSELECT 2;\n");
  BOOST_TEST(error.message == "BEGIN without a COMMIT");
  BOOST_TEST(error.sqlstate == "42601");
  IsAt(error, 2, 3);
}

BOOST_AUTO_TEST_CASE(what_harms_the_session_or_needs_a_client_is_refused) {
  for (const char* script :
       {"\nDISCARD ALL;", "\nCLOSE ALL;", "\nDEALLOCATE ALL;", "\nCOPY t TO STDOUT;", "\nCOPY t FROM stdin;",
        "\nCOPY t FROM stdin", "\nCOPY t FROM stdin;\n1\n", "\nCOPY t FROM stdin; SELECT 1;\n\\.\n"}) {
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
  const Error error = Refused("\\restrict a\nSELECT 1;\n  \\set x 1\nSELECT 2 \\gset\n\\unrestrict a\n\\echo done\n");
  BOOST_TEST(error.sqlstate == "42601");
  BOOST_TEST(error.message == "psql meta-commands can't run inside the database");
  BOOST_TEST(error.detail == "line 3: \\set x 1\nline 4: \\gset\nline 6: \\echo done");
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
  // Dividing reads '\'' as standard strings say; this script changes them before the section line.
  const Error error =
      Refused("SET standard_conforming_strings = off;\nSELECT '\\'';\n-- migrate:down\nDROP TABLE t;\n-- '");
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
      {"\nBEGIN;\nSET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nSELECT 2;\nCOMMIT;",
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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
