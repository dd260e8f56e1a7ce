#include "core/adopt/history.h"
#include "core/adopt/matching.h"
#include "core/adopt/proof.h"
#include "fakes.h"

namespace migrate::adopt {
namespace {

using Rows = std::vector<Cells>;

// "version standing why?" of each recorded migration.
Strings Said(const History& history) {
  Strings said;
  for (const auto& recorded : history.recorded) {
    const char* const standing = recorded.applied()                           ? " applied"
                                 : recorded.standing == Standing::kFailed     ? " failed"
                                 : recorded.standing == Standing::kRolledBack ? " rolled back"
                                                                              : " not SQL";
    said.push_back(recorded.id.Label() + standing + (recorded.up_to ? " up to" : ""));
  }
  return said;
}

void Check(const Tool& tool, const Rows& rows, const Strings& wanted) {
  BOOST_TEST(Said(tool.read(rows)) == wanted, boost::test_tools::per_element());
}

Candidate Table(const std::string& schema, const std::string& table, const Strings& columns, Strings beside = {}) {
  Candidate candidate{schema, table, {}, std::move(beside)};
  for (const auto& column : columns) {
    const size_t colon = column.find(':');
    candidate.fields.push_back({column.substr(0, colon), colon == column.npos ? "text" : column.substr(colon + 1)});
  }
  return candidate;
}

std::string ShapeName(const Candidate& candidate) {
  const Tool* const tool = ShapeOf(candidate);
  return tool == nullptr ? "none" : std::string(tool->name);
}

Loaded LoadedOf(const std::string& name, Strings requirements = {}) {
  Loaded loaded;
  loaded.id = IdOfFile(name);
  loaded.requirements = std::move(requirements);
  return loaded;
}

std::vector<Loaded> AllLoaded(const Strings& names) {
  std::vector<Loaded> loaded;
  for (const auto& name : names) loaded.push_back(LoadedOf(name));
  return loaded;
}

// Its length: enough to tell texts apart.
class LengthHasher : public Hasher {
 public:
  void Add(std::string_view bytes) override { length_ += bytes.size(); }
  std::string Finish() override { return std::to_string(length_); }

 private:
  size_t length_ = 0;
};

std::unique_ptr<Hasher> NewLength() { return std::make_unique<LengthHasher>(); }

const Hashers kHashers{NewLength, NewLength, NewLength};

// Each row as "label verdict", the loaded one's label where there is one.
Strings Decided(const History& history, const std::vector<Loaded>& loaded, const std::string& text = "12345") {
  static const std::map<Verdict, std::string> names = {
      {Verdict::kAdopt, "adopt"},     {Verdict::kRegister, "register"}, {Verdict::kUnchanged, "unchanged"},
      {Verdict::kDiffers, "differs"}, {Verdict::kUnknown, "unknown"},   {Verdict::kNotApplied, "not applied"}};
  Strings decided;
  for (const auto& decision : Decide(
           history, loaded, [&](size_t) { return text; }, kHashers)) {
    const MigrationId& id = decision.loaded ? loaded[*decision.loaded].id : decision.recorded.id;
    decided.push_back(id.Label() + " " + names.at(decision.verdict));
  }
  return decided;
}

History Applied(const Strings& names) {
  History history;
  for (const auto& name : names) history.recorded.push_back({IdOfFile(name)});
  return history;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(adopt)

BOOST_AUTO_TEST_CASE(a_table_is_known_by_its_columns) {
  BOOST_TEST(ShapeName(Table("supabase_migrations", "schema_migrations", {"version", "statements:_text", "name"})) ==
             "supabase");
  BOOST_TEST(ShapeName(Table("public", "schema_migrations", {"version", "dirty"})) == "golang-migrate");
  BOOST_TEST(ShapeName(Table("hdb_catalog", "schema_migrations", {"version", "dirty"})) == "hasura");
  BOOST_TEST(ShapeName(Table("public", "schema_migrations", {"version"})) == "dbmate");
  BOOST_TEST(ShapeName(Table("public", "schema_migrations", {"version"}, {"ar_internal_metadata"})) == "rails");
  BOOST_TEST(ShapeName(Table("public", "schema_migrations", {"version", "inserted_at"})) == "none");
  BOOST_TEST(ShapeName(Table("public", "migrations", {"id", "timestamp", "name"})) == "typeorm");
  BOOST_TEST(ShapeName(Table("public", "migrations", {"version", "name", "applied_at"})) == "migrations");
  BOOST_TEST(ShapeName(Table("public", "schema_version", {"version", "applied_at", "description"})) ==
             "schema_version");
  BOOST_TEST(ShapeName(Table("public", "schema_version",
                             {"installed_rank", "version", "description", "type", "script", "checksum", "installed_by",
                              "installed_on", "success"})) == "flyway");
}

BOOST_AUTO_TEST_CASE(what_only_looks_like_one_says_why) {
  const Candidate ecto = Table("public", "schema_migrations", {"version", "inserted_at"});
  BOOST_TEST(LooksAlike(ecto));
  BOOST_TEST(WhyNoShape(ecto, "dbmate") == "for dbmate it has a column \"inserted_at\"");
  BOOST_TEST(WhyNoShape(Table("public", "schema_migrations", {"version:"}), "dbmate") ==
             "for dbmate column \"version\" is not of a built-in type");
  BOOST_TEST(!LooksAlike(Table("public", "changes", {"id"})));
  BOOST_TEST((ShapeOf(Table("app", "my_history", {"version"}), "rails", true) == &kRails));
  BOOST_TEST((ShapeOf(Table("app", "my_history", {"version"}), "rails") == nullptr));
}

BOOST_AUTO_TEST_CASE(columns_that_a_tool_did_not_have_yet_are_null) {
  const Candidate old = Table("supabase_migrations", "schema_migrations", {"version"});
  BOOST_TEST(SelectOf(kSupabase, old) ==
             "SELECT t.\"version\"::pg_catalog.text, NULL, NULL, NULL, NULL FROM "
             "\"supabase_migrations\".\"schema_migrations\" t ORDER BY t.version USING OPERATOR(pg_catalog.<)");
  const Candidate odd = Table("a\"b", "pgmigrations", {"id", "name", "run_on:text"});
  BOOST_TEST(Contains(SelectOf(kNodePgMigrate, odd), "NULL FROM \"a\"\"b\".\"pgmigrations\" t"));
}

BOOST_AUTO_TEST_CASE(a_dirty_version_is_not_applied) {
  Check(kGolangMigrate, {{"3", "false"}}, {"3 applied up to"});
  Check(kGolangMigrate, {{"3", "true"}}, {"3 failed"});
  BOOST_TEST(Contains(kGolangMigrate.read({{"3", "true"}}).recorded[0].why, "\"force\""));
  Check(kHasuraBefore2, {{"3", "false"}, {"4", "true"}}, {"3 applied", "4 failed"});
}

BOOST_AUTO_TEST_CASE(the_newest_row_of_a_goose_version_counts) {
  Check(kGoose, {{"1", "0", "true", {}}, {"2", "1", "true", {}}, {"3", "2", "true", {}}, {"4", "2", "false", {}}},
        {"1 applied", "2 rolled back"});
  Check(kGoose, {{"1", "5", "false", {}}, {"2", "5", "true", "then"}}, {"5 applied"});
}

BOOST_AUTO_TEST_CASE(flyway_undoes_fails_and_repeats) {
  const auto row = [](const char* version, const char* type, const char* script, const char* success,
                      const char* checksum = "1") {
    return Cells{"1",    *version == '\0' ? Cell() : Cell(version), "some thing", type, script, checksum, "app", "then",
                 success};
  };
  Check(kFlyway,
        {row("1", "BASELINE", "<< Flyway Baseline >>", "true"), row("2.0", "SQL", "db/V2_0__add_b.sql", "true"),
         row("3", "SQL", "V3__c.sql", "false"), row("4", "SQL", "V4__d.sql", "true"),
         row("4", "UNDO_SQL", "U4__d.sql", "true"), row("5", "JDBC", "db.migration.V5__E", "true"),
         row("", "SQL", "R__views.sql", "true", "1"), row("", "SQL", "R__views.sql", "true", "2")},
        {"1 applied up to", "2.0_add_b applied", "3_c failed", "4_d rolled back", "5_some_thing not SQL",
         "views applied"});
  BOOST_TEST(kFlyway.read({row("", "SQL", "R__views.sql", "true", "1"), row("", "SQL", "R__views.sql", "true", "2")})
                 .recorded[0]
                 .checksum == "2");
}

BOOST_AUTO_TEST_CASE(changesets_are_named_by_their_file_or_their_id) {
  const auto row = [](const char* id, const char* file, const char* type = "EXECUTED") {
    return Cells{id, "ann", file, "then", "1", type, "9:abc"};
  };
  Check(kLiquibase,
        {row("x", "db/0001_a.sql"), row("0002_b", "all.xml"), row("1", "c.xml"), row("1", "d.xml"),
         row("0003_c", "all.xml", "FAILED")},
        {"0001_a applied", "0002_b applied", "1 failed", "1 failed", "0003_c failed"});
}

BOOST_AUTO_TEST_CASE(a_rework_in_sqitch_is_a_migration_of_its_own) {
  const auto row = [](const char* id, const char* change, const char* project, Cell lacking = {}) {
    return Cells{id, change, project, "hash", "then", "Ann", "@v1", lacking};
  };
  Check(kSqitch, {row("1", "a", "app"), row("2", "b", "app"), row("3", "a", "app"), row("4", "b", "other")},
        {"a applied", "b applied", "a#2 applied", "b failed"});
  BOOST_TEST(kSqitch.read({row("1", "a", "app", "z")}).remarks[0] == "change \"a\" requires z, which is not deployed");
}

BOOST_AUTO_TEST_CASE(prisma_attempts) {
  const auto row = [](const char* name, Cell finished, Cell rolled_back = {}) {
    return Cells{name, "sum", "then", finished, rolled_back, "1"};
  };
  Check(kPrisma,
        {row("1_a", {}, "then"), row("1_a", "then"), row("2_b", {}), row("3_c", {}, "then"), row("4_d", "then"),
         row("4_d", {})},
        {"1_a applied", "2_b failed", "3_c rolled back", "4_d applied"});
}

BOOST_AUTO_TEST_CASE(names_lose_what_is_not_theirs) {
  Check(kKnex, {{"1", "20240101_a.js", "1", "then"}}, {"20240101_a applied"});
  Check(kNodePgMigrate, {{"1", "1700000000000_add-b", "then"}}, {"1700000000000_add-b applied"});
  Check(kGraphile, {{"sha1:x", {}, "000001-a.sql", "then"}}, {"000001_a applied"});
  Check(kTypeOrm, {{"1", "1700000000000", "AddB1700000000000"}}, {"1700000000000_AddB applied"});
  Check(kSqlx, {{"1", "add b", "then", "true", "ab"}, {"2", "c", "then", "false", "ab"}},
        {"1_add_b applied", "2_c failed"});
  Check(kMigrations, {{"001", "a", "then"}, {"2_b", {}, "then"}}, {"001_a applied", "2_b applied"});
  Check(kSchemaVersion, {{"1", "then", "the first one"}}, {"1 applied"});
  Check(kDiesel, {{"20240131120000", "then"}}, {"20240131120000 applied"});
  Check(kSupabase, {{"1", "a", "SELECT 1;", {}, {}}, {"", {}, "SELECT 1;", {}, {}}}, {"1_a applied", " failed"});
}

BOOST_AUTO_TEST_CASE(several_databases_and_several_heads_are_remarked) {
  BOOST_TEST(kHasura.read({{{}, "1", "false", "default"}, {{}, "2", "true", "other"}}).remarks.size() == 1u);
  Check(kHasura, {{{}, "1", "false", "default"}, {{}, "2", "true", "default"}}, {"1 applied", "2 failed"});
  BOOST_TEST(kAlembic.read({{"abc"}, {"def"}}).remarks.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_checksum_of_lines_knows_no_line_ends) {
  BOOST_TEST(LineCrc32("123456789") == 0xCBF43926u);
  BOOST_TEST(LineCrc32("\xEF\xBB\xBF"
                       "1234\r\n56789\n") == 0xCBF43926u);
  BOOST_TEST(LineCrc32("") == 0u);
  Recorded recorded;
  recorded.proof = Proof::kLineCrc32;
  recorded.checksum = "-873187034";
  BOOST_TEST(Difference(recorded, "123456789", kHashers) == "");
  BOOST_TEST(Contains(Difference(recorded, "12345678", kHashers), "of the text that ran is -873187034, of the loaded"));
}

BOOST_AUTO_TEST_CASE(a_digest_agrees_whatever_the_line_ends) {
  Recorded recorded;
  recorded.proof = Proof::kSha256;
  for (const char* const length : {"4", "5", "7", "8"}) {
    recorded.checksum = length;
    BOOST_TEST(Difference(recorded, "a\r\nb\r", kHashers) == "");
  }
  recorded.checksum = "9";
  BOOST_TEST(Difference(recorded, "abc", kHashers) == "SHA-256 of the text that ran is 9, of the loaded one 3");
}

BOOST_AUTO_TEST_CASE(statements_agree_whatever_stands_between_them) {
  Recorded recorded;
  recorded.proof = Proof::kStatements;
  recorded.text = "-- one\nSELECT 1;\n-- two\nSELECT ';';";
  BOOST_TEST(Difference(recorded, "SELECT 1;\r\n\r\nSELECT ';'", kHashers) == "");
  BOOST_TEST(Difference(recorded, "SELECT 1;", kHashers) ==
             "statement 2 that ran is \"SELECT ';'\", of the loaded text none");
  BOOST_TEST(Contains(Difference(recorded, "SELECT 1; SELECT 2; SELECT 3", kHashers), "loaded text \"SELECT 2\""));
}

BOOST_AUTO_TEST_CASE(versions_match_as_numbers_and_by_name_where_several_do) {
  BOOST_TEST(Decided(Applied({"1", "002", "4.0", "5"}), AllLoaded({"001_a", "2_b", "3_c", "4_d", "5_e", "5_f"})) ==
                 (Strings{"001_a adopt", "2_b adopt", "4_d adopt", "5 unknown"}),
             boost::test_tools::per_element());
  BOOST_TEST(Decided(Applied({"5_f", "5_e"}), AllLoaded({"5_e", "5_f"})) == (Strings{"5_f adopt", "5_e adopt"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_version_stands_for_all_before_it) {
  History history = Applied({"2"});
  history.recorded[0].up_to = true;
  BOOST_TEST(Decided(history, AllLoaded({"1_a", "2_b", "3_c", "x"})) == (Strings{"1_a adopt", "2_b adopt"}),
             boost::test_tools::per_element());
  history.recorded[0].id.version = "2.5";
  BOOST_TEST(Decided(history, AllLoaded({"1_a", "2_b", "3_c"})) == (Strings{"1_a adopt", "2_b adopt", "2.5 unknown"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_revision_stands_for_what_it_requires) {
  History history = Applied({"bb"});
  history.recorded[0] = {{"bb", {}}};
  history.recorded[0].up_to = true;
  std::vector<Loaded> loaded{LoadedOf("x"), LoadedOf("aa_first"), LoadedOf("bb_second", {"aa_first"}),
                             LoadedOf("cc_third", {"bb_second"})};
  BOOST_TEST(Decided(history, loaded) == (Strings{"aa_first adopt", "bb_second adopt"}),
             boost::test_tools::per_element());
  loaded[2].requirements.clear();
  BOOST_TEST(Decided(history, loaded) == (Strings{"x adopt", "aa_first adopt", "bb_second adopt"}),
             boost::test_tools::per_element());
  history.recorded[0].id.version = "zz";
  BOOST_TEST(Decided(history, loaded) == (Strings{"zz unknown"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_differs_is_not_adopted) {
  History history = Applied({"1_a"});
  history.recorded[0].proof = Proof::kSha256;
  history.recorded[0].checksum = "5";
  BOOST_TEST(Decided(history, AllLoaded({"1_a"})) == (Strings{"1_a adopt"}), boost::test_tools::per_element());
  BOOST_TEST(Decided(history, AllLoaded({"1_a"}), "1234") == (Strings{"1_a differs"}),
             boost::test_tools::per_element());
  const auto purged = Decide(
      history, AllLoaded({"1_a"}), [](size_t) { return std::nullopt; }, kHashers);
  BOOST_TEST(Contains(purged[0].detail, "purged"));
  auto loaded = AllLoaded({"1_a"});
  loaded[0].applied = true;
  BOOST_TEST(Decided(history, loaded, "1234") == (Strings{"1_a unchanged"}), boost::test_tools::per_element());
  loaded[0].applied = false;
  loaded[0].partial = true;
  BOOST_TEST(Decided(history, loaded) == (Strings{"1_a differs"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_not_loaded_is_registered_only_with_a_text) {
  History history = Applied({"1_a", "2_b"});
  history.recorded[0].text = "SELECT 1;";
  BOOST_TEST(Decided(history, AllLoaded({})) == (Strings{"1_a register", "2_b unknown"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_checksum_alone_finds_its_text) {
  History history;
  history.recorded.resize(1);
  history.recorded[0].proof = Proof::kSha256;
  history.recorded[0].checksum = "5";
  BOOST_TEST(Decided(history, AllLoaded({"0_a"})) == (Strings{"0_a adopt"}), boost::test_tools::per_element());
  BOOST_TEST(Decided(history, AllLoaded({"0_a"}), "1234") == (Strings{" unknown"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(histories_contradict_each_other_only_about_the_same) {
  const auto says = [](const Strings& a, const Strings& b) {
    return Contradiction(Match(Applied(a), {}), Match(Applied(b), {}));
  };
  BOOST_TEST(says({"1", "2"}, {"001_a", "2_b"}) == "");
  BOOST_TEST(says({"1", "2"}, {"3"}) == "");
  BOOST_TEST(says({"1", "2"}, {"2", "3"}) == "it lacks 1, and also has 3");
  BOOST_TEST(says({"1"}, {"1", "2"}) == "it also has 2");
  BOOST_TEST(Contains(says({"1", "2", "3", "4", "5", "6", "7"}, {"1"}), "2, 3, 4, 5, 6 and 1 more"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate::adopt
