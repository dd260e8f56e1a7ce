#include "core/lint/lint.h"

#include <set>

#include "core/lint/long_names.h"
#include "core/lint/rules.h"
#include "fakes.h"

namespace migrate::lint {
namespace {

Act ActOf(Does does, const std::string& table, const std::string& name = {}) {
  Act act;
  act.does = does;
  act.table = table;
  act.name = name;
  act.line = 1;
  return act;
}

Act ConstraintOf(ConstraintKind kind, const std::string& table, const std::string& name = {}, bool not_valid = false) {
  Act act = ActOf(Does::kAddConstraint, table, name);
  act.constraint = kind;
  act.not_valid = not_valid;
  return act;
}

Act ColumnWith(const std::string& type, bool sized = false) {
  Act act = ActOf(Does::kDefineColumn, "t", "c");
  act.type = type;
  act.is_sized = sized;
  return act;
}

constexpr MigrationFacts kOrdinary = {
    .statements = 2, .each_alone = false, .is_divided = false, .lock_timeout = 5000, .statement_timeout = 1000};

// The names of the rules that find something, each followed by its line where that is not 1.
Strings Found(const std::vector<Act>& acts, const MigrationFacts& migration = kOrdinary,
              const std::vector<Exemption>& exemptions = {}) {
  Strings found;
  for (const auto& finding : Lint(migration, acts, exemptions)) {
    found.push_back(std::string(finding.rule->name) + (finding.line == 1 ? "" : " " + std::to_string(finding.line)));
    BOOST_TEST(!finding.message.empty());
    BOOST_TEST(!finding.fix.empty());
  }
  return found;
}

void Finds(const Strings& rules, const std::vector<Act>& acts, const MigrationFacts& migration = kOrdinary) {
  const Strings found = Found(acts, migration);
  BOOST_TEST(found == rules, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lint)

BOOST_AUTO_TEST_CASE(every_rule_is_in_the_list_once_and_says_what_to_do) {
  std::set<std::string> names;
  for (const Rule* const rule : kRules) {
    BOOST_TEST(names.emplace(rule->name).second, rule->name);
    BOOST_TEST(FindRule(rule->name) == rule);
    BOOST_TEST(rule->fix.ends_with('.'), rule->name);
    BOOST_TEST(rule->page.starts_with("lint-"), rule->name);
    BOOST_TEST(PageOf(*rule) == "docs/" + std::string(rule->page) + ".md#" + std::string(rule->name));
  }
  BOOST_TEST(FindRule("no-such-rule") == nullptr);
  BOOST_TEST(RuleNames().size() == names.size());
}

BOOST_AUTO_TEST_CASE(what_changes_a_table_in_use_is_found_and_a_new_one_is_nobodys) {
  const auto with = [](Act act, auto set) {
    set(act);
    return act;
  };
  const struct {
    const char* rule;
    Act act;
  } cases[] = {
      {"adding-field-with-default", with(ActOf(Does::kAddColumn, "t", "c"), [](Act& a) { a.rewrites = true; })},
      {"adding-auto-increment-field", with(ActOf(Does::kAddColumn, "t", "c"), [](Act& a) { a.is_serial = true; })},
      {"adding-required-field", with(ActOf(Does::kAddColumn, "t", "c"), [](Act& a) { a.not_null = true; })},
      {"adding-foreign-key-constraint", ConstraintOf(ConstraintKind::kForeignKey, "t")},
      {"adding-serial-primary-key-field", ConstraintOf(ConstraintKind::kPrimaryKey, "t")},
      {"disallowed-unique-constraint", ConstraintOf(ConstraintKind::kUnique, "t")},
      {"adding-exclusion-constraint", ConstraintOf(ConstraintKind::kExclusion, "t")},
      {"constraint-missing-not-valid", ConstraintOf(ConstraintKind::kCheck, "t")},
      {"constraint-missing-not-valid", ConstraintOf(ConstraintKind::kNotNull, "t")},
      {"adding-not-nullable-field", ActOf(Does::kSetNotNull, "t", "c")},
      {"changing-column-type", with(ActOf(Does::kChangeType, "t", "c"), [](Act& a) { a.rewrites = true; })},
      {"rewriting-table", ActOf(Does::kRewrite, "t", "SET LOGGED")},
      {"require-concurrent-index-creation", ActOf(Does::kCreateIndex, "t", "i")},
      {"require-concurrent-partition-detach", ActOf(Does::kDetach, "t", "p")},
      {"ban-drop-column", ActOf(Does::kDropColumn, "t", "c")},
      {"ban-drop-table", ActOf(Does::kDropTable, "t")},
      {"ban-drop-not-null", ActOf(Does::kDropNotNull, "t", "c")},
      {"renaming-column", ActOf(Does::kRenameColumn, "t", "c")},
      {"renaming-table", ActOf(Does::kRenameTable, "t")},
  };
  Act other_schema = ActOf(Does::kCreateTable, "t");
  other_schema.schema = "s";
  Act old = ActOf(Does::kCreateTable, "t");
  old.if_not_exists = old.exists = true;
  for (const auto& c : cases) {
    const Strings just = {c.rule};
    BOOST_TEST(Found({c.act}) == just, c.rule);
    BOOST_TEST(Found({ActOf(Does::kCreateTable, "t"), c.act}).empty(), c.rule);
    BOOST_TEST(Found({ActOf(Does::kCreateTable, "u"), c.act}) == just, c.rule);
    BOOST_TEST(Found({old, c.act}) == just, c.rule);
    Act temporary = c.act;
    temporary.is_temporary = true;
    BOOST_TEST(Found({temporary}).empty(), c.rule);
    Act qualified = c.act;
    qualified.schema = "r";
    BOOST_TEST(Found({other_schema, qualified}) == just, c.rule);
    qualified.schema = "s";
    BOOST_TEST(Found({other_schema, qualified}).empty(), c.rule);
  }
}

BOOST_AUTO_TEST_CASE(a_gentler_form_is_not_found) {
  Act act = ActOf(Does::kAddColumn, "t", "c");
  act.not_null = act.has_default = true;
  Finds({}, {act});
  Finds({}, {ConstraintOf(ConstraintKind::kForeignKey, "t", "k", true)});
  Finds({}, {ConstraintOf(ConstraintKind::kCheck, "t", "k", true)});
  act = ConstraintOf(ConstraintKind::kUnique, "t");
  act.uses_index = true;
  Finds({}, {act});
  Finds({}, {ActOf(Does::kChangeType, "t", "c")});
  for (const Does does : {Does::kCreateIndex, Does::kDropIndex, Does::kReindex, Does::kDetach}) {
    act = ActOf(does, "t", "i");
    act.concurrent = true;
    Finds({}, {act},
          {.statements = 1, .each_alone = false, .is_divided = false, .lock_timeout = 1, .statement_timeout = 1});
    act.concurrent = false;
    BOOST_TEST(Found({act}).size() == 1U);
  }
  Finds({}, {ActOf(Does::kDropSchema, "", "s")});
  Finds({}, {ActOf(Does::kTruncate, "t")});
}

BOOST_AUTO_TEST_CASE(set_not_null_is_proven_by_a_valid_check) {
  Act check = ConstraintOf(ConstraintKind::kCheck, "t", "k", true);
  check.other = "c";
  Act validate = ActOf(Does::kValidate, "t", "k");
  validate.transaction = 1;
  Act set = ActOf(Does::kSetNotNull, "t", "c");
  set.transaction = 1;
  Finds({}, {check, validate, set});
  Finds({"adding-not-nullable-field"}, {check, set});
  set.name = "d";
  Finds({"adding-not-nullable-field"}, {check, validate, set});
  Finds({}, {validate, set});
  set.is_proven = true;
  Finds({}, {set});
}

BOOST_AUTO_TEST_CASE(what_shares_a_transaction_shares_its_locks) {
  const Act check = ConstraintOf(ConstraintKind::kCheck, "t", "k", true);
  Act validate = ActOf(Does::kValidate, "t", "k");
  Finds({"constraint-missing-not-valid"}, {check, validate});
  Act update = ActOf(Does::kChangeRows, "t", "UPDATE");
  Finds({"backfill-with-schema-change"}, {check, update});
  Finds({}, {update, check});
  Act other = update;
  other.table = "u";
  Finds({}, {check, other});
  validate.transaction = update.transaction = 1;
  Finds({}, {check, validate});
  Finds({}, {check, update});
  Finds({},
        {ActOf(Does::kCreateTable, "t"), ActOf(Does::kDropColumn, "t", "c"), ActOf(Does::kChangeRows, "t", "UPDATE")});
}

BOOST_AUTO_TEST_CASE(a_table_that_is_renamed_stays_new) {
  Act rename = ActOf(Does::kRenameTable, "t", "t");
  rename.other = "u";
  Finds({}, {ActOf(Does::kCreateTable, "t"), rename, ActOf(Does::kDropTable, "u")});
  Finds({"renaming-table", "ban-drop-table"}, {rename, ActOf(Does::kDropTable, "u")});
}

BOOST_AUTO_TEST_CASE(types_are_found_wherever_a_column_gets_one) {
  Finds({"prefer-bigint-over-int"}, {ColumnWith("int4")});
  Finds({"prefer-bigint-over-int", "prefer-identity"}, {ColumnWith("serial")});
  Finds({"prefer-bigint-over-smallint"}, {ColumnWith("int2")});
  Finds({"prefer-bigint-over-smallint", "prefer-identity"}, {ColumnWith("smallserial")});
  Finds({"prefer-identity"}, {ColumnWith("bigserial")});
  Finds({"prefer-text-field"}, {ColumnWith("varchar", true)});
  Finds({},
        {ColumnWith("varchar"), ColumnWith("text"), ColumnWith("int8"), ColumnWith("timestamptz"), ColumnWith("char")});
  Finds({"prefer-timestamp-tz"}, {ColumnWith("timestamp")});
  Finds({"prefer-jsonb"}, {ColumnWith("json")});
  Finds({"ban-char-field"}, {ColumnWith("bpchar", true)});
}

BOOST_AUTO_TEST_CASE(what_stands_alone_is_found_by_itself) {
  const auto cascade = [](Act act) {
    act.cascade = true;
    return act;
  };
  Act wide = ActOf(Does::kCreateIndex, "t", "i");
  wide.keys = 4;
  Finds({"index-with-many-columns", "require-concurrent-index-creation"}, {wide});
  wide.is_unique = true;
  Finds({"require-concurrent-index-creation"}, {wide});
  Finds({"ban-drop-schema"}, {cascade(ActOf(Does::kDropSchema, "", "s"))});
  Finds({"ban-truncate-cascade"}, {cascade(ActOf(Does::kTruncate, "t"))});
  Finds({"ban-drop-database"}, {ActOf(Does::kDropDatabase, "", "d")});
  Finds({"renaming-schema"}, {ActOf(Does::kRenameSchema, "", "s")});
  Finds({"renaming-enum-value"}, {ActOf(Does::kRenameLabel, "y", "a")});
  Finds({"require-enum-value-ordering"}, {ActOf(Does::kAddLabel, "y", "a")});
  Finds({"ban-create-domain-with-constraint"}, {ActOf(Does::kCreateDomain, "", "d")});
  Finds({"ban-alter-domain-with-add-constraint"}, {ActOf(Does::kConstrainDomain, "", "d")});
  Finds({"ban-duplicate-column-assignments"}, {ActOf(Does::kRepeatColumn, "", "c")});
  Finds({"identifier-too-long"}, {ActOf(Does::kLongName, "", "c")});
  Finds({"prefer-repack"}, {ActOf(Does::kVacuum, "", "VACUUM FULL")});
}

BOOST_AUTO_TEST_CASE(the_migration_as_a_whole_decides) {
  Act index = ActOf(Does::kCreateIndex, "t", "i");
  index.concurrent = true;
  MigrationFacts migration = kOrdinary;
  Finds({"ban-concurrent-index-creation-in-transaction"}, {index}, migration);
  migration.each_alone = true;
  Finds({}, {index}, migration);
  migration = kOrdinary;
  migration.statements = 1;
  Finds({}, {index}, migration);

  const Act begin = ActOf(Does::kTransaction, "", "BEGIN");
  const auto level = [&] {
    const auto findings = Lint(migration, {begin}, {});
    return findings.empty() ? std::string() : std::string(LevelName(findings.front().level));
  };
  BOOST_TEST(level() == "info");
  migration.is_divided = true;
  BOOST_TEST(level() == "warning");
  migration.each_alone = true;
  BOOST_TEST(level().empty());

  Act slow = ActOf(Does::kOther, "");
  slow.is_slow = true;
  Act second = slow;
  second.line = 2;
  migration = {};
  Finds({"require-lock-timeout", "require-statement-timeout"}, {ActOf(Does::kOther, ""), slow, second}, migration);
  Finds({}, {ActOf(Does::kOther, "")}, migration);
  Finds({}, {slow});
}

BOOST_AUTO_TEST_CASE(an_exemption_holds_for_its_rule_and_is_to_be_needed) {
  Act drop = ActOf(Does::kDropTable, "t");
  drop.line = 4;
  const Exemption table = ParseExemption("ban-drop-table  it is empty", 2);
  BOOST_TEST(table.rule->name == "ban-drop-table");
  BOOST_TEST(table.line == 2);
  const Strings none, just = {"ban-drop-table 4"};
  BOOST_TEST(Found({drop, drop}, kOrdinary, {table}) == none);
  const Exemption column = ParseExemption("ban-drop-column no version reads it", 3);
  BOOST_TEST(Found({drop}, kOrdinary, {column}) == (Strings{"unused-ignore 3", "ban-drop-table 4"}));
  BOOST_TEST(Found({drop}, kOrdinary, {column, ParseExemption("unused-ignore it is a template", 4)}) == just);
}

BOOST_AUTO_TEST_CASE(an_exemption_without_rule_or_reason_is_refused) {
  const struct {
    const char* value;
    const char* state;
    const char* message;
    const char* hint;
  } cases[] = {
      {"ban-drop-table", "42601", "exemption from lint rule \"ban-drop-table\" needs a reason",
       "Say why: \"-- migrate:nolint ban-drop-table the table is empty\"."},
      {"ban-drop-tabel it is empty", "42704", "there is no lint rule \"ban-drop-tabel\"",
       "Did you mean \"ban-drop-table\"?"},
      {"BAN-DROP-TABLE it is empty", "42704", "there is no lint rule \"BAN-DROP-TABLE\"", ""},
  };
  for (const auto& c : cases) {
    const Error error = Thrown([&] { (void) ParseExemption(c.value, 7); });
    BOOST_TEST(error.sqlstate == c.state);
    BOOST_TEST(error.message == c.message);
    if (*c.hint != '\0') BOOST_TEST(error.hint == c.hint);
    BOOST_TEST(error.line == 7);
  }
}

BOOST_AUTO_TEST_CASE(names_that_are_cut_off_are_found_in_names_only) {
  const std::string most(kMostNameBytes, 'a'), more = most + "b";
  const auto found = [](const std::string& text) { return LongNames(text); };
  BOOST_TEST(found("SELECT " + most).empty());
  BOOST_TEST(found("SELECT " + more + ", " + most).size() == 1U);
  BOOST_TEST(found("SELECT " + more).front() == more);
  BOOST_TEST(found("SELECT \"" + more + "\"").front() == more);
  BOOST_TEST(found("SELECT \"" + most + "\"\"\"").size() == 1U);
  BOOST_TEST(found("SELECT \"" + most.substr(1) + "\"\"\"").empty());
  for (const std::string& text :
       {"'" + more + "'", "E'\\'" + more + "'", "'''" + more + "'", "$$" + more + "$$", "$a$ $$ " + more + "$a$",
        "-- " + more, "/* /* */ " + more + " */", std::string("$1")}) {
    BOOST_TEST(found("SELECT " + text).empty(), text);
  }
  BOOST_TEST(found("SELECT '' " + more + " -- a\n, " + more).size() == 2U);
  BOOST_TEST(found("\"" + more).size() == 1U);
  BOOST_TEST(found("$a$ " + more).empty());
  BOOST_TEST(found("/* " + more).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate::lint
