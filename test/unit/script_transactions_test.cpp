// What a script says of transactions.
#include "scripts.h"

namespace migrate {

BOOST_AUTO_TEST_SUITE(script_transactions)

BOOST_AUTO_TEST_CASE(one_block_around_everything_is_skipped_with_a_notice) {
  for (const char* text : {"-- a\nBEGIN;\nSELECT 1;\nSELECT 2;\nCOMMIT;\n-- b\n",
                           "-- a\nSTART TRANSACTION;\nSELECT 1; SELECT 2;\n\nEND; BEGIN; COMMIT"}) {
    BOOST_TEST(Placed(text, ScriptUse::kMigration) == (Strings{"SELECT 1", "SELECT 2"}),
               boost::test_tools::per_element());
  }
  const Read read = ReadAll("-- a\nBEGIN;\nSELECT 1;\nSELECT 2;\nCOMMIT;\n-- b\n");
  BOOST_TEST(read.notices == (Strings{"line 2: skipped BEGIN, a migration runs in a transaction anyway",
                                      "line 5: skipped COMMIT, a migration runs in a transaction anyway"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(blocks_are_transactions_and_so_is_what_stands_beside_them) {
  const struct {
    const char* script;
    Strings placed;
    const char* why;
  } cases[] = {
      {"BEGIN; SELECT 1; SELECT 2; COMMIT; BEGIN; SELECT 3; COMMIT;",
       {"SELECT 1", "SELECT 2", "SELECT 3 p1"},
       "COMMIT"},
      {"BEGIN; SELECT 1; COMMIT; SELECT 2; SELECT 3;", {"SELECT 1", "SELECT 2 p1", "SELECT 3 p1"}, "COMMIT"},
      {"SELECT 1; BEGIN; SELECT 2; COMMIT;", {"SELECT 1", "SELECT 2 p1"}, "BEGIN"},
      {"SELECT 1; START TRANSACTION; SELECT 2; END; SELECT 3", {"SELECT 1", "SELECT 2 p1", "SELECT 3 p2"}, "START"},
      {"BEGIN; SET LOCAL a = 1; COMMIT; BEGIN; SELECT 1; COMMIT", {"SET LOCAL a = 1", "SELECT 1 p1"}, "COMMIT"},
      {"BEGIN; COMMIT; SELECT 1; BEGIN; COMMIT; SELECT 2", {"SELECT 1", "SELECT 2 p1"}, "BEGIN"},
      // What was set before stays set, in one transaction as in two.
      {"SET a = 1; SET b = 2; BEGIN; SELECT 1; COMMIT", {"SET a = 1", "SET b = 2", "SELECT 1"}, ""},
      {"SET a = 1; SELECT 1; BEGIN; SELECT 2; COMMIT", {"SET a = 1", "SELECT 1", "SELECT 2 p1"}, "BEGIN"},
  };
  for (const auto& c : cases) {
    BOOST_TEST(Placed(c.script, ScriptUse::kMigration) == c.placed, boost::test_tools::per_element());
    FakeParser parser;
    const ScriptFacts facts = CheckScript(c.script, 1, ScriptUse::kMigration, parser);
    BOOST_TEST(facts.transactional == (*c.why == '\0'), c.script);
    BOOST_TEST(facts.divided == !facts.transactional, c.script);
    BOOST_TEST(facts.detail == (*c.why == '\0' ? "" : "line 1: " + std::string(c.why)), c.script);
    if (!facts.transactional) BOOST_TEST(ReadAll(c.script).notices.empty(), c.script);
  }
}

BOOST_AUTO_TEST_CASE(what_needs_a_transaction_of_its_own_is_not_divided_alone) {
  for (const char* text : {"SELECT 1; COMMIT; VACUUM", "SELECT 1; COMMIT; BEGIN READ ONLY; SELECT 2; COMMIT",
                           "SELECT 1; BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 2; COMMIT"}) {
    FakeParser parser;
    const ScriptFacts facts = CheckScript(text, 1, ScriptUse::kMigration, parser);
    BOOST_TEST(!facts.transactional, text);
    BOOST_TEST(!facts.divided, text);
  }
}

BOOST_AUTO_TEST_CASE(a_block_that_is_read_only_says_so) {
  const char* text = "BEGIN READ ONLY; SELECT 1; SELECT 2; COMMIT; SELECT 3";
  BOOST_TEST(Placed(text, ScriptUse::kMigration) == (Strings{"SELECT 1 read only", "SELECT 2", "SELECT 3 p1"}),
             boost::test_tools::per_element());
  BOOST_TEST(Placed(text, ScriptUse::kEachAlone) == (Strings{"SELECT 1 b1 read only", "SELECT 2 b1", "SELECT 3"}),
             boost::test_tools::per_element());
  FakeParser parser;
  BOOST_TEST(CheckScript("\nBEGIN READ ONLY; SELECT 1; COMMIT", 1, ScriptUse::kMigration, parser).detail ==
             "line 2: READ ONLY");
  BOOST_TEST(Refused("BEGIN READ ONLY; SELECT 1;").message == "BEGIN without a COMMIT");
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
                 (Strings{"SELECT 1", "VACUUM a p1", "DO x p1", "CREATE INDEX CONCURRENTLY i a p1"}),
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
      {"BEGIN;\nSELECT 1;\nCOMMIT;\nEND;\nSELECT 2;", {"line 4: skipped END, there is no transaction in progress"}},
      {"VACUUM;\nCOMMIT;\nSELECT 1;", {"line 2: skipped COMMIT, there is no transaction in progress"}},
      {"BEGIN;\nBEGIN;\nSELECT 1;\nCOMMIT;",
       {"line 2: skipped BEGIN, there is already a transaction in progress",
        "line 1: skipped BEGIN, a migration runs in a transaction anyway",
        "line 4: skipped COMMIT, a migration runs in a transaction anyway"}},
  };
  for (const auto& c : cases) {
    const Read read = ReadAll(c.script);
    BOOST_TEST(read.notices == c.notices, boost::test_tools::per_element());
  }
  BOOST_TEST(ReadAll("SELECT 1;\nCOMMIT;\nSELECT 2;", ScriptUse::kEachAlone).notices ==
                 (Strings{"line 2: skipped COMMIT, there is no transaction in progress"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_commit_without_begin_divides_a_migration) {
  BOOST_TEST(Placed("SELECT 1; COMMIT; COMMIT; SELECT 2; BEGIN; SELECT 3; COMMIT; SELECT 4; END; SELECT 5; COMMIT;",
                    ScriptUse::kMigration) ==
                 (Strings{"SELECT 1", "SELECT 2 p1", "SELECT 3 p2", "SELECT 4 p3", "SELECT 5 p4"}),
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
  ScriptReader reader("BEGIN; BEGIN; SELECT 1; COMMIT;\nCOMMIT;", 1, ScriptUse::kMigration, parser, true,
                      [&](const std::string& notice) { notices.push_back(notice); });
  const ScriptReader start = reader;
  while (reader.Next()) continue;
  ScriptReader again = start;
  while (again.Next()) continue;
  BOOST_TEST(notices.size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_begin_that_says_something_is_not_left_open) {
  BOOST_TEST(ReadAll("SELECT 1;\n  BEGIN;\nSELECT 2;\n").statements.size() == 2u);
  BOOST_TEST(Refused("BEGIN; SELECT 1;", ScriptUse::kVerify).message == "BEGIN without a COMMIT");
  const Error error = Refused("SELECT 1;\n  BEGIN ISOLATION LEVEL SERIALIZABLE;\nSELECT 2;\n");
  BOOST_TEST(error.message == "BEGIN without a COMMIT");
  BOOST_TEST(error.sqlstate == "42601");
  IsAt(error, 2, 3);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
