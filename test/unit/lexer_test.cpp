#include "core/text/lexer.h"

#include <string>
#include <vector>

#include "fakes.h"

namespace migrate {
namespace {

// One string per piece: a statement as it is, the others with their kind in
// front.
std::vector<std::string> PiecesOf(std::string_view script, bool standard_strings = true) {
  std::vector<std::string> pieces;
  Lexer lexer(script, standard_strings);
  size_t end = 0;
  while (const auto piece = lexer.Next()) {
    BOOST_TEST(piece->begin >= end);
    BOOST_TEST(script.substr(piece->begin, piece->text.size()) == piece->text);
    end = piece->end;
    std::string text(piece->text);
    if (piece->kind == PieceKind::kMetaCommand) text = "meta " + text;
    if (piece->kind == PieceKind::kDirective) text = "directive " + text;
    if (piece->has_data) text += " <" + std::string(piece->data) + ">";
    pieces.push_back(text);
  }
  return pieces;
}

struct Case {
  const char* what;
  std::string script;
  std::vector<std::string> pieces;
  bool standard_strings = true;
};

void CheckAll(const std::vector<Case>& cases) {
  for (const auto& c : cases) {
    BOOST_TEST_CONTEXT(c.what) {
      BOOST_TEST(PiecesOf(c.script, c.standard_strings) == c.pieces, boost::test_tools::per_element());
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lexer)

BOOST_AUTO_TEST_CASE(semicolons_end_statements) {
  CheckAll({
      {"nothing", "", {}},
      {"blanks and comments", " \t\n-- a; b\n/* c; d */\f\v", {}},
      {"only semicolons", ";; ;\n;", {}},
      {"two", "SELECT 1; SELECT 2;", {"SELECT 1", "SELECT 2"}},
      {"no last semicolon", "SELECT 1;\nSELECT 2\n", {"SELECT 1", "SELECT 2"}},
      {"comment in between", "SELECT 1 -- ;\n + 2;", {"SELECT 1 -- ;\n + 2"}},
      {"carriage returns", "SELECT 1;\r\nSELECT 2\r\n;\r\n", {"SELECT 1", "SELECT 2"}},
      {"trailing comment of a last statement", "SELECT 1 -- end", {"SELECT 1"}},
  });
}

BOOST_AUTO_TEST_CASE(quotes_hide_semicolons) {
  CheckAll({
      {"string", "SELECT 'a;b'; X", {"SELECT 'a;b'", "X"}},
      {"doubled quote", "SELECT 'it''s;'; X", {"SELECT 'it''s;'", "X"}},
      {"identifier", R"(SELECT 1 AS "a;""b"; X)", {R"(SELECT 1 AS "a;""b")", "X"}},
      {"backslash is a character", R"(SELECT 'a\'; X)", {R"(SELECT 'a\')", "X"}},
      {"backslash escapes when off", R"(SELECT 'a\';'; X)", {R"(SELECT 'a\';')", "X"}, false},
      {"national string when off", R"(SELECT n'a\';'; X)", {R"(SELECT n'a\';')", "X"}, false},
      {"national string", R"(SELECT N'a\'; X)", {R"(SELECT N'a\')", "X"}},
      {"bit strings never escape", R"(SELECT b'1\', x'1\'; X)", {R"(SELECT b'1\', x'1\')", "X"}, false},
      {"escape string", R"(SELECT E'a\';', e'\\'; X)", {R"(SELECT E'a\';', e'\\')", "X"}},
      {"a word that ends in e", R"(SELECT type'a\'; X)", {R"(SELECT type'a\')", "X"}},
      {"unicode string", R"(SELECT U&'\0041\', u&"a;\"; X)", {R"(SELECT U&'\0041\', u&"a;\")", "X"}, false},
      {"comment signs in strings", "SELECT '--', '/*'; X", {"SELECT '--', '/*'", "X"}},
  });
}

BOOST_AUTO_TEST_CASE(strings_go_on_after_a_newline_in_their_own_mode) {
  CheckAll({
      {"newline", "SELECT E'a'\n'b\\';'; X", {"SELECT E'a'\n'b\\';'", "X"}},
      {"carriage return and newline", "SELECT E'a' \r\n\t'b\\';'; X", {"SELECT E'a' \r\n\t'b\\';'", "X"}},
      {"comment lines between",
       "SELECT E'a'\n-- it's; \n -- x\n'b\\';'; X",
       {"SELECT E'a'\n-- it's; \n -- x\n'b\\';'", "X"}},
      {"comment on the first line", "SELECT E'a' -- it's\n'b\\';'; X", {"SELECT E'a' -- it's\n'b\\';'", "X"}},
      {"no newline, another literal", R"(SELECT E'a' 'b\'; X)", {R"(SELECT E'a' 'b\')", "X"}},
      {"a block comment is no newline", "SELECT E'a' /* \n */ 'b\\'; X", {"SELECT E'a' /* \n */ 'b\\'", "X"}},
      {"comment up to the end", "SELECT 'a' -- b", {"SELECT 'a'"}},
  });
}

BOOST_AUTO_TEST_CASE(the_longest_text_in_dollar_quotes_is_the_body) {
  Lexer lexer("DO $$ a $$; SELECT $x$ab$x$, $$abc$$, $$a$$; SELECT 'abc'; SELECT $$ab", true);
  for (const char* body : {" a ", "abc", "", ""}) BOOST_TEST(lexer.Next()->body == body);
}

BOOST_AUTO_TEST_CASE(a_statement_is_found_without_reading_it) {
  BOOST_TEST(Lexer("-- a\n/* b */ ; -- c\n-- migrate:up\n  A", true).FindStatement() == 36u);
  BOOST_TEST(Lexer("\\echo", true).FindStatement() == 0u);
  for (const char* none : {"", " ;", "-- migrate:up", "/* a */"}) {
    BOOST_TEST(Lexer(none, true).FindStatement() == std::string_view::npos, none);
  }
}

BOOST_AUTO_TEST_CASE(dollar_quotes_end_at_their_own_tag) {
  CheckAll({
      {"no tag", "DO $$ a; b 'c $$; X", {"DO $$ a; b 'c $$", "X"}},
      {"tag", "DO $f$ $$ ; $g$ ; $f$; X", {"DO $f$ $$ ; $g$ ; $f$", "X"}},
      {"tags are case sensitive", "DO $f$ ;$F$ $f$; X", {"DO $f$ ;$F$ $f$", "X"}},
      {"tag that ends in another", "DO $a$ $b$a$; X", {"DO $a$ $b$a$", "X"}},
      {"tag of letters beyond ASCII", "DO $é1$ ; $é1$; X", {"DO $é1$ ; $é1$", "X"}},
      {"parameters", "SELECT $1, $2; X$3", {"SELECT $1, $2", "X$3"}},
      {"identifier with dollars", "SELECT a$b$c; SELECT d$b$;", {"SELECT a$b$c", "SELECT d$b$"}},
      {"dollar alone", "SELECT $; SELECT $a;", {"SELECT $", "SELECT $a"}},
      {"directive in a body", "DO $$\n-- migrate:down\n$$; X", {"DO $$\n-- migrate:down\n$$", "X"}},
      {"meta-command in a body", "DO $$\n\\echo\n$$; X", {"DO $$\n\\echo\n$$", "X"}},
  });
}

BOOST_AUTO_TEST_CASE(comments_hide_everything) {
  CheckAll({
      {"quotes", "-- it's\nX; /* \"' $$ */ Y", {"X", "Y"}},
      {"nested", "/* a /* b; */ c; */ X", {"X"}},
      {"stars and slashes", "/**/ /***/ /* /*/ */ */ X; /*/ */ Y", {"X", "Y"}},
      {"inside a statement", "A /* ; /* ; */ */ B; C", {"A /* ; /* ; */ */ B", "C"}},
      {"after an operator", "SELECT 1 +-- ;\n 2 */* ; */ 3; X", {"SELECT 1 +-- ;\n 2 */* ; */ 3", "X"}},
      {"a lone carriage return ends a line comment", "-- a\rX; -- b\rY;", {"X", "Y"}},
  });
}

BOOST_AUTO_TEST_CASE(parentheses_and_routine_bodies_hide_semicolons) {
  CheckAll({
      {"rule", "CREATE RULE r AS ON INSERT TO t DO (A; B); X", {"CREATE RULE r AS ON INSERT TO t DO (A; B)", "X"}},
      {"too many closing", "SELECT 1); X", {"SELECT 1)", "X"}},
      {"atomic body",
       "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC A; B; END; X",
       {"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC A; B; END", "X"}},
      {"case inside",
       "create or replace procedure p() begin atomic A CASE b WHEN 1 THEN 2 "
       "END; B; end; X",
       {"create or replace procedure p() begin atomic A CASE b WHEN 1 THEN 2 "
        "END; B; end",
        "X"}},
      {"case inside parentheses",
       "CREATE FUNCTION f() BEGIN ATOMIC A (CASE b END); B; END; X",
       {"CREATE FUNCTION f() BEGIN ATOMIC A (CASE b END); B; END", "X"}},
      {"names in a body",
       "CREATE FUNCTION f() BEGIN ATOMIC A CASE b END AS case, p.end AS end, "
       "begin; B; END; X",
       {"CREATE FUNCTION f() BEGIN ATOMIC A CASE b END AS case, p.end AS end, "
        "begin; B; END",
        "X"}},
      {"begin without atomic", "CREATE FUNCTION f() RETURN begin; X", {"CREATE FUNCTION f() RETURN begin", "X"}},
      {"a parameter named begin",
       "CREATE FUNCTION f(a int) RETURNS TABLE (begin int) BEGIN ATOMIC A; "
       "END; X",
       {"CREATE FUNCTION f(a int) RETURNS TABLE (begin int) BEGIN ATOMIC A; "
        "END",
        "X"}},
      {"begin as an argument",
       "CREATE FUNCTION f(\"begin\" int, begin int) RETURNS int; X",
       {"CREATE FUNCTION f(\"begin\" int, begin int) RETURNS int", "X"}},
      {"no routine", "CREATE TABLE t (a int); BEGIN; A; END; X", {"CREATE TABLE t (a int)", "BEGIN", "A", "END", "X"}},
      {"a view or replace",
       "CREATE OR REPLACE VIEW v AS SELECT CASE a END; BEGIN; X",
       {"CREATE OR REPLACE VIEW v AS SELECT CASE a END", "BEGIN", "X"}},
  });
}

BOOST_AUTO_TEST_CASE(copy_takes_the_lines_below_it) {
  CheckAll({
      {"data",
       "COPY t FROM stdin;\n1\ta;b'\n-- migrate:down\n\\.\nX;",
       {"COPY t FROM stdin <1\ta;b'\n-- migrate:down\n>", "X"}},
      {"empty data", "COPY t FROM STDIN;\n\\.\nX;", {"COPY t FROM STDIN <>", "X"}},
      {"carriage returns",
       "COPY t (a, b) FROM stdin WITH (FORMAT csv);\r\n1\r\n\\.\r\nX;\r\n",
       {"COPY t (a, b) FROM stdin WITH (FORMAT csv) <1\r\n>", "X"}},
      {"end at the end of the text", "COPY t FROM stdin;\n1\n\\.", {"COPY t FROM stdin <1\n>"}},
      {"comments and newlines in the statement",
       "copy t from /* a */ -- b\n stdin; -- c\n1\n\\.\n",
       {"copy t from /* a */ -- b\n stdin <1\n>"}},
      {"a longer line is data", "COPY t FROM stdin;\n\\.x\n \\.\n\\.\nX;", {"COPY t FROM stdin <\\.x\n \\.\n>", "X"}},
      {"no end", "COPY t FROM stdin;\n1\n2", {"COPY t FROM stdin <1\n2>"}},
      {"no end but a section's",
       "COPY t FROM stdin;\n1\n-- migrate:down\nX;",
       {"COPY t FROM stdin <1\n>", "directive -- migrate:down", "X"}},
      {"blank lines are no data", "COPY t FROM stdin;\n\n \n", {"COPY t FROM stdin"}},
      {"no line below", "COPY t FROM stdin;", {"COPY t FROM stdin"}},
      {"no semicolon", "COPY t FROM stdin\n", {"COPY t FROM stdin"}},
      {"more on the line runs behind it", "COPY t FROM stdin; X;\n1\n\\.\nY;", {"COPY t FROM stdin <1\n>", "X", "Y"}},
      {"more on the line, with a comment",
       "COPY t FROM stdin; X; -- z\n1\n\\.\nY;",
       {"COPY t FROM stdin <1\n>", "X", "Y"}},
      {"two on a line, one data below the other",
       "COPY t FROM stdin; X; COPY u FROM stdin;\n1\n\\.\n2\n\\.\nY;",
       {"COPY t FROM stdin <1\n>", "X", "COPY u FROM stdin <2\n>", "Y"}},
      {"more on the line that goes on below",
       "COPY t FROM stdin; X\n1\n\\.\n",
       {"COPY t FROM stdin", "X\n1", "meta \\."}},
      {"a query's table",
       "COPY (SELECT 1 FROM stdin) TO 'f';\nX;\n\\.\n",
       {"COPY (SELECT 1 FROM stdin) TO 'f'", "X", "meta \\."}},
      {"a file", "COPY t FROM 'stdin';\nX;", {"COPY t FROM 'stdin'", "X"}},
      {"a table named stdin", "COPY stdin FROM 'f';\nX;", {"COPY stdin FROM 'f'", "X"}},
      {"not a copy", "SELECT 1 FROM stdin;\nX;\n\\.\n", {"SELECT 1 FROM stdin", "X", "meta \\."}},
  });
  Lexer lexer("COPY t FROM stdin;\n\n", true);
  const auto piece = lexer.Next();
  BOOST_TEST(piece->copies_from_stdin);
  BOOST_TEST(!piece->has_data);
}

BOOST_AUTO_TEST_CASE(meta_commands_are_lines) {
  CheckAll({
      {"between",
       "\\restrict aB1;\nSELECT 1;\n\\unrestrict aB1\n",
       {"meta \\restrict aB1;", "SELECT 1", "meta \\unrestrict aB1"}},
      {"in a statement", "SELECT 1 \\gset x\nSELECT 2;", {"SELECT 1", "meta \\gset x", "SELECT 2"}},
      {"in parentheses", "SELECT (1 \\g\r\n); X", {"SELECT (1", "meta \\g", ")", "X"}},
      {"in quotes it is none", "SELECT '\\g', \"\\g\"; -- \\g\nX", {"SELECT '\\g', \"\\g\"", "X"}},
  });
}

BOOST_AUTO_TEST_CASE(directives_are_lines_of_their_own) {
  CheckAll({
      {"between", "X;\n-- migrate:down  \r\nY;", {"X", "directive -- migrate:down", "Y"}},
      {"without blank, indented", "  --migrate:up\nX", {"directive --migrate:up", "X"}},
      {"ends a statement", "X\n-- migrate:down\nY", {"X", "directive -- migrate:down", "Y"}},
      {"behind a statement", "X; -- migrate:down\nY; -- migrate: later\n", {"X", "directive -- migrate:down", "Y"}},
      {"in a block comment", "/*\n-- migrate:down\n*/ X", {"X"}},
      {"in a string", "SELECT '\n-- migrate:down\n'; X", {"SELECT '\n-- migrate:down\n'", "X"}},
      {"other comments", "-- x migrate:up\n-- migrate up\nX", {"X"}},
      {"misspelt", "--- migrate:up\n-- Migrate:up\nX", {"directive --- migrate:up", "directive -- Migrate:up", "X"}},
      {"an empty comment above the word", "--\nmigrate:up", {"migrate:up"}},
      {"far from its dashes",
       "--" + std::string(100, ' ') + "migrate:up",
       {"directive --" + std::string(100, ' ') + "migrate:up"}},
      {"after a lone carriage return", "X;\r-- migrate:down\rY;", {"X", "directive -- migrate:down", "Y"}},
  });
}

BOOST_AUTO_TEST_CASE(what_is_left_open_swallows_the_rest) {
  for (const std::string open :
       {"'a", "\"a", "E'a\\'", "E'a\\", "$$a", "$f$ $$", "U&'a", "/* /* */ a", "b'", "$f$ $f"}) {
    CheckAll({{"in a statement", "SELECT " + open + "; X;\n-- x", {"SELECT " + open + "; X;\n-- x"}, true}});
  }
  CheckAll({
      {"comment", "X; /* a; X\n-- x", {"X", "/* a; X\n-- x"}},
      {"parenthesis", "SELECT (a; X;\n-- x", {"SELECT (a; X;"}},
      {"atomic body", "CREATE FUNCTION f() BEGIN ATOMIC A; B;", {"CREATE FUNCTION f() BEGIN ATOMIC A; B;"}},
  });
}

BOOST_AUTO_TEST_CASE(standard_conforming_strings_can_change_between_pieces) {
  Lexer lexer(R"(A '\'; B '\';'; C)", true);
  BOOST_TEST(lexer.Next()->text == R"(A '\')");
  lexer.SetStandardConformingStrings(false);
  BOOST_TEST(lexer.Next()->text == R"(B '\';')");
  BOOST_TEST(lexer.Next()->text == "C");
  BOOST_TEST(!lexer.Next());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
