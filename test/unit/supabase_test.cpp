#include "core/supabase/history.h"

#include "fakes.h"

namespace migrate {
namespace {

std::string Split(std::string_view text) { return Join(SupabaseStatements(text), "|"); }

KnownMigration Named(std::string version, std::string name) {
  KnownMigration migration;
  migration.id = {std::move(version), std::move(name)};
  migration.sort_key = SortKey(migration, 1);
  return migration;
}

std::string Objection(std::string version, std::string name) {
  return SupabaseObjection(Named(std::move(version), std::move(name)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(supabase)

BOOST_AUTO_TEST_CASE(statements_lose_semicolons_and_blanks_around_them) {
  BOOST_TEST(Split("") == "");
  BOOST_TEST(Split(" \n;; ;\n") == "");
  BOOST_TEST(Split("A;B") == "A|B");
  BOOST_TEST(Split("\xEF\xBB\xBF A ;\r\n\r\n B\xC2\xA0\xE3\x80\x80;;\n") == "A|B");
  BOOST_TEST(Split("A;\n-- c; d\nB; -- e\n") == "A|-- c; d\nB|-- e");
}

BOOST_AUTO_TEST_CASE(quotes_and_comments_hold_semicolons) {
  BOOST_TEST(Split("'a;''b;';\"c;\";$$d;$$;$x$e;$$;$x$;F") == "'a;''b;'|\"c;\"|$$d;$$|$x$e;$$;$x$|F");
  BOOST_TEST(Split("E'\\';';'\\';e'a'\n'\\';';x") == "E'\\';'|'\\'|e'a'\n'\\';'|x");
  BOOST_TEST(Split("E'a' -- ';\n '\\';';A") == "E'a' -- ';\n '\\';'|A");
  BOOST_TEST(Split("tree'\\';'") == "tree'\\'|'");
  BOOST_TEST(Split("a$1;b$$c;d") == "a$1|b$$c|d");
  BOOST_TEST(Split("/* ; /* ; */ ; */A;/*/;*/B;4 / 2;C") == "/* ; /* ; */ ; */A|/*/;*/B|4 / 2|C");
  BOOST_TEST(Split("--a;\rB;3-1;C") == "--a;\rB|3-1|C");
}

BOOST_AUTO_TEST_CASE(parentheses_and_atomic_bodies_hold_semicolons) {
  BOOST_TEST(Split("R (a; b);C") == "R (a; b)|C");
  // One closing parenthesis is enough for it.
  BOOST_TEST(Split("R (a (b); c);D") == "R (a (b)|c)|D");
  BOOST_TEST(Split("F BEGIN ATOMIC a; b; END;G") == "F BEGIN ATOMIC a; b; END|G");
  BOOST_TEST(Split("f begin\natomic a; endx; CASE WHEN b THEN c END; /* d; */ end;g") ==
             "f begin\natomic a; endx; CASE WHEN b THEN c END; /* d; */ end|g");
  BOOST_TEST(Split("xBEGIN ATOMIC a;b") == "xBEGIN ATOMIC a|b");
}

BOOST_AUTO_TEST_CASE(fetch_joins_them) {
  BOOST_TEST(SupabaseFile({"A", "B"}) == "A;\nB;\n");
  BOOST_TEST(SupabaseFileName({"20250101000000", "a_b"}) == "20250101000000_a_b.sql");
  BOOST_TEST(SupabaseFileName({"0001", ""}) == "0001_.sql");
  BOOST_TEST(SupabaseFileName({"", "plain"}) == "plain.sql");
}

BOOST_AUTO_TEST_CASE(what_is_not_to_run_is_commented_out) {
  BOOST_TEST(SupabaseText("A;", "", " \n") == "A;");
  BOOST_TEST(SupabaseText("A;", "B;\n\n  -- migrate:no-transaction\n-- c\nD;\n\n", "E;") ==
             "A;\n-- migrate:down\n-- B;\n\n  -- migrate:no-transaction\n-- -- c\n-- D;\n-- migrate:verify\n-- E;\n");
}

BOOST_AUTO_TEST_CASE(a_fetched_file_is_known_from_what_ran) {
  BOOST_TEST(IsFetchedForm("A;\n\n-- c\nB;\n", "A;\n-- c\nB;\n"));
  BOOST_TEST(IsFetchedForm("A;\nB;\n", "\n A;\n\n\n B\n"));
  BOOST_TEST(IsFetchedForm("A", "A;\n"));
  BOOST_TEST(!IsFetchedForm("A;\n\nB;\n", "A;\n\n\nB;\n"));
  BOOST_TEST(!IsFetchedForm("A;\nB;\n", "A;\nC;\n"));
  BOOST_TEST(!IsFetchedForm("A;\nB;\n", "A;\n"));
}

BOOST_AUTO_TEST_CASE(what_the_cli_can_have) {
  BOOST_TEST(Objection("20250101000000", "a") == "");
  BOOST_TEST(Objection("1", "") == "");
  BOOST_TEST(Objection("20211209000000", "init") == "");
  BOOST_TEST(Contains(Objection("20211208000000", "init"), "skips it: an \"init\""));
  BOOST_TEST(Contains(Objection("", "plain"), "skips it"));
  BOOST_TEST(Contains(Objection("1.2", "a"), "digits only"));
  BOOST_TEST(Objection("9223372036854775807", "a") == "");
  BOOST_TEST(Objection("0009223372036854775807", "a") == "");
  BOOST_TEST(Contains(Objection("9223372036854775808", "a"), "hides it"));
  BOOST_TEST(Contains(Objection("1", "a\\b"), "a path"));
  KnownMigration shared = Named("1", "a");
  shared.version_is_shared = true;
  BOOST_TEST(Contains(SupabaseObjection(shared), "one migration's"));
}

BOOST_AUTO_TEST_CASE(status_says_where_the_histories_differ) {
  std::deque<KnownMigration> known = {Named("01", "both"), Named("02", "ours"), Named("03", "theirs"),
                                      Named("04", "called"), Named("x", "odd")};
  for (const size_t applied : {0, 1, 3}) known[applied].application.Make().event = "apply";
  std::vector<StatusRow> rows;
  for (const auto& migration : known) rows.push_back({&migration, "", "", {}});
  std::deque<KnownMigration> only_there;
  CompareWithSupabase(rows, {{"01", "both"}, {"03", "theirs"}, {"04", "otherwise"}, {"025", "behind"}, {"z", "hand"}},
                      only_there);
  std::string notes;
  for (const auto& row : rows) notes += row.note + "\n";
  BOOST_TEST(notes ==
             "\n"
             "Supabase doesn't have it\n"
             "Supabase has it as applied\n"
             "Supabase has another name\n"
             "only Supabase has it\n"
             "the Supabase CLI skips it\n"
             "the Supabase CLI skips it, only Supabase has it\n");
  std::string all;
  for (const auto& row : rows)
    all += row.migration->id.Label() + " " + row.status + ": " + Join(row.remarks, "; ") + "\n";
  BOOST_TEST(all ==
             "01_both : \n"
             "02_ours : Supabase doesn't have it: supabase migration repair --status applied 02\n"
             "03_theirs : Supabase has it as applied: migrate_adopt('supabase')\n"
             "04_called : Supabase calls it \"otherwise\"\n"
             "025_behind missing: only Supabase has it: migrate_adopt('supabase')\n"
             "x_odd : the Supabase CLI skips it: its versions are digits only\n"
             "z_hand missing: the Supabase CLI skips it: its versions are digits only; "
             "only Supabase has it: migrate_adopt('supabase')\n");
}

BOOST_AUTO_TEST_CASE(versions_of_several_lengths_are_ordered_otherwise) {
  std::deque<KnownMigration> known = {Named("2", "a"), Named("10", "b"), Named("x", "c")};
  std::vector<StatusRow> rows;
  for (const auto& migration : known) rows.push_back({&migration, "", "", {}});
  std::deque<KnownMigration> only_there;
  CompareWithSupabase(rows, {}, only_there);
  BOOST_TEST(Contains(Join(rows[0].remarks, ""), "orders versions as texts"));
  BOOST_TEST(Contains(Join(rows[1].remarks, ""), "orders versions as texts"));
  BOOST_TEST(!Contains(Join(rows[2].remarks, ""), "orders versions as texts"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
