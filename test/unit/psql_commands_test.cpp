#include "core/text/psql_commands.h"

#include "scripts.h"

namespace migrate {

BOOST_AUTO_TEST_SUITE(psql_commands)

BOOST_AUTO_TEST_CASE(what_psql_alone_heeds_may_be_skipped) {
  for (const char* line : {"\\set ON_ERROR_STOP on",
                           "\\set ON_ERROR_STOP 1",
                           "\\set ON_ERROR_STOP",
                           "\\set QUIET on",
                           "\\unset ECHO",
                           "\\set VERBOSITY terse",
                           "\\set name 'a b'",
                           "\\set",
                           "\\echo 'it\\'s done'",
                           "\\qecho a",
                           "\\warn b",
                           "\\timing",
                           "\\timing off",
                           "\\pset pager off",
                           "\\pset null '\\\\N'",
                           "\\x",
                           "\\a \\t",
                           "\\t \\a \\echo x",
                           "\\H",
                           "\\C title",
                           "\\f ','",
                           "\\encoding UTF8",
                           "\\encoding utf-8",
                           "\\o",
                           "\\o out.txt",
                           "\\dt+ *.*",
                           "\\d t",
                           "\\conninfo",
                           "\\restrict abc",
                           "\\unrestrict abc"}) {
    BOOST_TEST(IsSkippable(line, {}), line);
  }
}

BOOST_AUTO_TEST_CASE(what_does_more_may_not) {
  for (const char* line : {"\\set ON_ERROR_STOP off",
                           "\\set ON_ERROR_STOP :x",
                           "\\unset ON_ERROR_STOP",
                           "\\set AUTOCOMMIT off",
                           "\\set ON_ERROR_ROLLBACK on",
                           "\\set SINGLELINE on",
                           "\\set name `date`",
                           "\\echo `rm x`",
                           "\\set used 1",
                           "\\unset used",
                           "\\encoding latin1",
                           "\\o |sh",
                           "\\i a.sql",
                           "\\ir a.sql",
                           "\\c other",
                           "\\connect other",
                           "\\! ls",
                           "\\copy t from x",
                           "\\gexec",
                           "\\gset",
                           "\\g",
                           "\\if true",
                           "\\endif",
                           "\\q",
                           "\\r",
                           "\\cd /",
                           "\\prompt a b",
                           "\\watch",
                           "\\.",
                           "\\echo x \\\\ SELECT 1;",
                           "\\t \\! ls",
                           "\\setenv A b",
                           "\\getenv A B",
                           "\\timingx"}) {
    BOOST_TEST(!IsSkippable(line, {"used"}), line);
  }
}

BOOST_AUTO_TEST_CASE(variables_are_found_in_every_form) {
  BOOST_TEST(PsqlVariablesOf("SELECT :a, :'b', :\"c\", :{?d}, e::text, 'f:g' :: h") ==
             (PsqlVariables{"a", "b", "c", "d", "text", "g"}));
}

BOOST_AUTO_TEST_CASE(an_include_names_one_file) {
  BOOST_TEST(ParsePsqlInclude("\\i a/b.sql")->path == "a/b.sql");
  BOOST_TEST(!ParsePsqlInclude("\\include 'a b.sql'")->relative);
  BOOST_TEST(ParsePsqlInclude("\\ir 'a b.sql'")->path == "a b.sql");
  BOOST_TEST(ParsePsqlInclude("\\include_relative x")->relative);
  for (const char* line : {"\\i", "\\i a b", "\\i a \\echo b", "\\i `x`", "\\if a", "\\copy a"}) {
    BOOST_TEST(!ParsePsqlInclude(line), line);
  }
}

BOOST_AUTO_TEST_CASE(a_script_says_once_that_commands_are_skipped) {
  const Read read = ReadAll(
      "\\restrict x\n\\set ON_ERROR_STOP on\nSELECT "
      "1;\n\\echo done\n\\unrestrict x\n");
  BOOST_TEST(read.statements == (Strings{"SELECT 1"}), boost::test_tools::per_element());
  BOOST_TEST(read.notices == (Strings{"line 2: skipped \\set, like all commands of psql "
                                      "that change nothing in the database"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_command_inside_a_statement_is_refused) {
  BOOST_TEST(Refused("SELECT 1\n\\echo x\n+ 2;").detail == "line 2: \\echo x");
  BOOST_TEST(Refused("\\set n 1\n\\echo x\nSELECT :n;").detail == "line 1: \\set n 1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
