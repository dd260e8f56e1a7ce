#include "core/text/sections.h"

#include "fakes.h"

namespace migrate {
namespace {

const SectionText kAbsent{"", 1, false};

void Is(const SectionText& section, std::string_view text, int first_line) {
  BOOST_TEST(section.present);
  BOOST_TEST(section.text == text);
  BOOST_TEST(section.first_line == first_line);
}

SectionText ClosingBlock(std::string_view up) {
  return ClosingRollbackBlock(SplitSections(std::string(up), Section::kUp).up);
}

Error Refused(std::string_view text, Section first = Section::kUp) {
  const Error error = Thrown([&] { SplitSections(std::string(text), first); });
  BOOST_TEST(error.sqlstate == "42601");
  BOOST_TEST(error.column == 1);
  return error;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sections)

BOOST_AUTO_TEST_CASE(a_text_without_section_lines_is_all_up) {
  Sections sections = SplitSections("A;\nB;\n", Section::kUp);
  Is(sections.up, "A;\nB;\n", 1);
  BOOST_TEST(!sections.down.present);
  BOOST_TEST(!sections.verify.present);
  Is(SplitSections("A;\n", Section::kDown).down, "A;\n", 1);
  BOOST_TEST(!SplitSections("A;\n", Section::kDown).up.present);
}

BOOST_AUTO_TEST_CASE(empty_texts_have_an_empty_section) {
  Is(SplitSections("", Section::kUp).up, "", 1);
  Is(SplitSections("-- nothing\n/* here */\n", Section::kUp).up, "-- nothing\n/* here */\n", 1);
}

BOOST_AUTO_TEST_CASE(section_lines_divide_a_text) {
  Sections sections = SplitSections("-- migrate:up\nA;\n\n-- migrate:down\nB;\n-- migrate:verify\nC;", Section::kUp);
  Is(sections.up, "-- migrate:up\nA;\n\n", 1);
  Is(sections.down, "B;\n", 5);
  Is(sections.verify, "C;", 7);
}

BOOST_AUTO_TEST_CASE(carriage_returns_and_byte_order_marks_do_no_harm) {
  Sections sections = SplitSections("\xEF\xBB\xBF-- migrate:up\r\nA;\r\n-- migrate:down \r\nB;\r\n", Section::kUp);
  Is(sections.up, "-- migrate:up\r\nA;\r\n", 1);
  Is(sections.down, "B;\r\n", 4);
}

BOOST_AUTO_TEST_CASE(lone_carriage_returns_divide_as_they_run) {
  Sections sections = SplitSections("A;\r-- migrate:down\rB;\r", Section::kUp);
  BOOST_TEST(sections.up.text == "A;\r");
  BOOST_TEST(sections.down.text == "B;\r");
}

BOOST_AUTO_TEST_CASE(sections_come_in_any_order) {
  Sections sections = SplitSections("-- head\n-- migrate:down\nB;\n-- migrate:up\nA;\n", Section::kUp);
  Is(sections.down, "B;\n", 3);
  Is(sections.up, "A;\n", 5);
}

BOOST_AUTO_TEST_CASE(a_section_may_be_empty) {
  Sections sections = SplitSections("A;\n-- migrate:down\n-- migrate:verify", Section::kUp);
  Is(sections.down, "", 3);
  Is(sections.verify, "", 4);
  sections = SplitSections("-- migrate:up\n-- migrate:down\nB;", Section::kUp);
  BOOST_TEST(sections.up.present);
  BOOST_TEST(HasNoStatement(sections.up.text));
  Is(sections.down, "B;", 3);
}

BOOST_AUTO_TEST_CASE(section_lines_inside_quotes_and_data_divide_nothing) {
  for (const std::string text :
       {"DO $$\n-- migrate:down\n$$;\n", "SELECT '\n-- migrate:down\n';\n", "/*\n-- migrate:down\n*/ A;\n",
        "COPY t FROM stdin;\n-- migrate:down\n\\.\n", "A; -- migrate: later\n"}) {
    Sections sections = SplitSections(text, Section::kUp);
    Is(sections.up, text, 1);
    BOOST_TEST(!sections.down.present);
  }
}

BOOST_AUTO_TEST_CASE(what_was_meant_as_a_section_line_is_refused) {
  for (const std::string text : {"A; -- migrate:down\nB;", "A\n-- Migrate:Down\nB;", "A;\n--- migrate:down\nB;",
                                 "A;\n-- +goose Down\nB;", "A;\n-- +migrate Down\nB;"}) {
    const Error error = Thrown([&] { SplitSections(text, Section::kUp); });
    BOOST_TEST((error.sqlstate == "42601" || error.sqlstate == "0A000"), text);
    BOOST_TEST(error.line == (text.starts_with("A; ") ? 1 : 2), text);
  }
}

BOOST_AUTO_TEST_CASE(the_header_before_another_section_belongs_to_none) {
  Sections sections =
      SplitSections("-- Author: Ann\n-- migrate:requires 1\n-- migrate:down\nB;\n-- migrate:up\nA;\n", Section::kUp);
  Is(sections.down, "B;\n", 4);
  Is(sections.up, "A;\n", 6);
  BOOST_TEST(sections.directives.size() == 1u);
  BOOST_TEST((sections.directives[0].section == Section::kUp));
  BOOST_TEST(sections.metadata.size() == 1u);
}

BOOST_AUTO_TEST_CASE(directives_keep_section_and_line) {
  Sections sections = SplitSections(
      "-- migrate:requires 1\n-- migrate:requires 2\n-- migrate:up\n\n-- migrate:lock-timeout 1s\nA;\n"
      "-- migrate:down\n-- migrate:lock-timeout 2s\nB;",
      Section::kUp);
  BOOST_TEST(sections.directives.size() == 4u);
  BOOST_TEST(sections.directives[1].line == 2);
  BOOST_TEST(sections.directives[2].line == 5);
  BOOST_TEST((sections.directives[2].section == Section::kUp));
  BOOST_TEST((sections.directives[3].section == Section::kDown));
  BOOST_TEST(sections.directives[3].line == 8);
}

BOOST_AUTO_TEST_CASE(misplaced_and_repeated_directives_are_refused) {
  const struct {
    const char* text;
    int line;
    const char* message;
  } cases[] = {
      {"A;\n\n-- migrate:wrong\n", 3, "unknown directive \"migrate:wrong\""},
      {"A;\n-- migrate:requires 1\n", 2, "directive stands below the first statement"},
      {"A\n-- migrate:requires 1\n;", 2, "directive stands below the first statement"},
      {"\\restrict x\n-- migrate:no-transaction\n", 2, "directive stands below the first statement"},
      {"A;\n-- migrate:down\nB;\n-- migrate:irreversible x\n", 4, "directive stands below the first statement"},
      {"A;\n-- migrate:down\n-- migrate:requires 1\n", 3, "directive does not belong into this section"},
      {"A;\n-- migrate:verify\n-- migrate:lock-timeout 1s\n", 3, "directive does not belong into this section"},
      {"A;\n-- migrate:up\nB;", 2, "section given twice"},
      {"-- migrate:up\n-- migrate:up\n", 2, "section given twice"},
      {"A;\n-- migrate:down\nB;\n-- migrate:verify\nC;\n-- migrate:down\n", 6, "section given twice"},
      {"-- migrate:lock-timeout 1s\n-- migrate:lock-timeout 2s\nA;", 2, "directive given twice"},
      {"-- migrate:irreversible a\n-- migrate:up\n-- migrate:irreversible b\nA;", 3, "directive given twice"},
      {"-- migrate:no-transaction\n\n-- migrate:no-transaction\nA;", 3, "directive given twice"},
  };
  for (const auto& c : cases) {
    const Error error = Refused(c.text);
    BOOST_TEST(error.message == c.message);
    BOOST_TEST(error.line == c.line, c.text);
  }
  BOOST_TEST(Refused("-- migrate:requires 1\nB;", Section::kDown).line == 1);
}

BOOST_AUTO_TEST_CASE(misspelt_lines_are_refused_whatever_follows) {
  for (const char* line : {"-- migrate:", "-- migrate: down", "-- MIGRATE: Down", "--migrate: up"}) {
    for (const char* end : {"\n", "\r\n", "\r"}) {
      const std::string text = std::string("A;") + end + line + end + "B;";
      BOOST_TEST(Refused(text.c_str(), Section::kUp).line > 0, text);
    }
  }
}

BOOST_AUTO_TEST_CASE(header_lines_are_metadata) {
  const Sections sections = SplitSections(
      "-- Description: adds: email\n-- just prose\n--\n-- Author: Ann\n-- author: x\n-- migrate:up\n-- Date: "
      "today\n"
      "-- Author: Bob\nA;\n-- Later: no\n-- migrate:down\n-- Other: no\nB;",
      Section::kUp);
  using Pair = std::pair<std::string, std::string>;
  BOOST_TEST(
      (sections.metadata == std::vector<Pair>{{"description", "adds: email"}, {"author", "Ann"}, {"date", "today"}}));
}

BOOST_AUTO_TEST_CASE(what_is_no_statement) {
  for (const char* text : {"", " \n", "-- A\n/* B; */;;", "-- migrate:down\n-- A;", "-- migrate:lock-timeout 1s"}) {
    BOOST_TEST(HasNoStatement(text), text);
  }
  for (const char* text : {"A", "-- x\nA;", "\\echo", "-- migrate:down\nA"}) BOOST_TEST(!HasNoStatement(text), text);
}

BOOST_AUTO_TEST_CASE(uncommenting_keeps_the_lines) {
  BOOST_TEST(Uncommented("-- A\r\n--B;\n\n  --   -- c\nD;\n/* e */") == "A\nB;\n\n  -- c\nD;\n/* e */\n");
  BOOST_TEST(Uncommented("-- ======\n-- A;\n--\n-- --- ~~~\n") == "\nA;\n\n\n");
  BOOST_TEST(Uncommented("-- migrate:lock-timeout 1s\n-- A;") == "-- migrate:lock-timeout 1s\nA;\n");
  BOOST_TEST(Uncommented("-- INSERT INTO t SELECT\n--   *\n-- FROM u;") == "INSERT INTO t SELECT\n  *\nFROM u;\n");
  BOOST_TEST(Uncommented("") == "");
}

BOOST_AUTO_TEST_CASE(closing_rollback_blocks_are_found) {
  Is(ClosingBlock("A;\n\n-- Rollback\n-- B;\n-- C;\n"), "\nB;\nC;\n", 3);
  Is(ClosingBlock("A;\n-- rollback: B;\n"), "B;\n", 2);
  Is(ClosingBlock("A;\n-- Rollback script: B;\n-- C;"), "B;\nC;\n", 2);
  Is(ClosingBlock("A;\n-- ====\n-- ROLLBACK\n-- ====\n--\n-- B;\n"), "\n\n\nB;\n", 3);
  Is(ClosingBlock("A; -- and that is it\n-- note\n-- Rollback:\n-- B;"), "\nB;\n", 3);
  Is(ClosingBlock("A;\r\n-- Rollback\r\n-- B;\r\n"), "\nB;\n", 2);
  Is(ClosingBlock("COPY t FROM stdin;\n-- Rollback\n\\.\n-- Rollback\n-- B;\n"), "\nB;\n", 4);
  Is(ClosingRollbackBlock({"A;\n-- Rollback\n-- B;\n", 5, true}), "\nB;\n", 6);
  Is(ClosingBlock("A;\n-- Rollback: see the manual\n"), "see the manual\n", 2);
  Is(ClosingBlock("A;\n-- Rollback: B;\n/* and\nthat is it */\n"), "B;\n/* and\nthat is it */\n", 2);
}

BOOST_AUTO_TEST_CASE(other_comments_are_no_rollback_block) {
  for (const char* text :
       {"", "A;", "A;\n-- B;\n", "-- Rollback\n-- B;\nA;\n", "-- Rollback\n-- B;\n", "A;\n-- no rollback\n-- B;\n",
        "A;\n/* Rollback\nB;\n*/\n", "A; -- Rollback: B;\n", "A; -- Rollback\n-- B;", "COPY t FROM stdin;\n\\."}) {
    BOOST_TEST(!ClosingBlock(text).present, text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
