#include "core/base/text.h"
#include "core/online/block.h"
#include "core/online/classes.h"
#include "core/online/form.h"
#include "core/online/spans.h"
#include "fakes.h"

namespace migrate::online {
namespace {

using schema::Change;
using schema::Object;

Object Made(const std::string& kind, const std::string& identity, const std::string& definition) {
  const size_t dot = identity.find('.');
  return {kind, identity.substr(0, dot), identity.substr(dot + 1), identity, definition, ""};
}

Object Column(const std::string& name, const std::string& what) {
  return Made("table column", "app.t." + name, "ALTER TABLE app.t ADD COLUMN " + name + " " + what + ";");
}

Object Constraint(const std::string& name, const std::string& says) {
  return Made("table constraint", name + " on app.t", "ALTER TABLE app.t ADD CONSTRAINT " + name + " " + says + ";");
}

Object Index(const std::string& name, const std::string& of) {
  return Made("index", "app." + name, "CREATE INDEX " + name + " ON app.t USING btree (" + of + ");");
}

Change Created(Object object) { return {Change::Action::kCreated, {}, std::move(object)}; }
Change Dropped(Object object) { return {Change::Action::kDropped, std::move(object), {}}; }
Change Altered(Object before, Object after) { return {Change::Action::kAltered, std::move(before), std::move(after)}; }

Seen Did(const std::string& text, std::vector<Change> changes, bool rewrites = false) {
  Seen seen;
  seen.text = text;
  seen.line = 7;
  seen.tag = text.substr(0, text.find_first_of(" ;", text.find(' ') + 1));
  seen.changes = std::move(changes);
  if (rewrites) seen.rewritten = {"app.t"};
  return seen;
}

// What is known of app.t; names count from 1.
Terms With(Table table = {}) {
  Terms terms;
  terms.tables["app.t"] = table;
  terms.may_silence = true;
  terms.maker = "me";
  terms.new_name = [count = 0]() mutable { return "helper" + std::to_string(++count); };
  return terms;
}

// A line each: kind, then the text; of a block its first line.
std::string Show(const std::vector<Step>& steps) {
  std::string shown;
  for (const auto& step : steps) {
    std::string text = step.is_block ? "DO" : step.text;
    for (size_t at = 0; (at = text.find('\n', at)) != text.npos;) text.replace(at, 1, " ");
    shown += step.kind + ": " + text + "\n";
  }
  return shown;
}

std::string Steps(const Seen& seen, const Terms& terms = With()) { return Show(StepsOf({seen}, terms)); }

BOOST_AUTO_TEST_SUITE(online)

BOOST_AUTO_TEST_CASE(indexes) {
  BOOST_TEST(Steps(Did("create index", {Created(Index("i", "a"))})) ==
             "index: CREATE INDEX CONCURRENTLY i ON app.t USING btree (a);\n");
  Object unique = Made("index", "app.\"I on\"",
                       "CREATE UNIQUE INDEX \"I on\" ON app.t USING btree (a);\nCOMMENT ON INDEX app.\"I on\" IS 'x';");
  BOOST_TEST(Steps(Did("create index", {Created(unique)})) ==
             "index: CREATE UNIQUE INDEX CONCURRENTLY \"I on\" ON app.t USING btree (a);\n"
             "index: COMMENT ON INDEX app.\"I on\" IS 'x';\n");
  BOOST_TEST(Steps(Did("DROP INDEX i", {Dropped(Index("i", "a"))})) == "drop index: DROP INDEX CONCURRENTLY app.i;\n");
  Seen perhaps = Did("create index if not exists i", {Created(Index("i", "a"))});
  perhaps.tag = "CREATE INDEX";
  BOOST_TEST(Steps(perhaps) == "index: CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON app.t USING btree (a);\n");
  BOOST_TEST(Steps(Did("DROP INDEX IF EXISTS i", {Dropped(Index("i", "a"))})) ==
             "drop index: DROP INDEX CONCURRENTLY IF EXISTS app.i;\n");
  // It goes with its column.
  BOOST_TEST(Steps(Did("ALTER TABLE x", {Dropped(Index("i", "a"))})) == "as it stands: ALTER TABLE x\n");
  BOOST_TEST(Named("CREATE UNIQUE INDEX \"a b\" ON app.t (a)", "c") == "CREATE UNIQUE INDEX c ON app.t (a)");
}

BOOST_AUTO_TEST_CASE(a_new_table_is_nobodys) {
  Terms terms = With();
  terms.tables.clear();
  BOOST_TEST(Steps(Did("create index", {Created(Index("i", "a"))}), terms) == "as it stands: create index\n");
  BOOST_TEST(Steps(Did("x", {Created(Constraint("c", "CHECK (a > 0)"))}), terms) == "as it stands: x\n");
}

BOOST_AUTO_TEST_CASE(keys) {
  Seen seen = Did("alter", {Created(Constraint("u", "UNIQUE NULLS NOT DISTINCT (a, b) INCLUDE (c) DEFERRABLE"))});
  seen.key_indexes["u on app.t"] = "CREATE UNIQUE INDEX u ON app.t USING btree (a, b) INCLUDE (c) NULLS NOT DISTINCT;";
  BOOST_TEST(Steps(seen) ==
             "unique: CREATE UNIQUE INDEX CONCURRENTLY u ON app.t USING btree (a, b) INCLUDE (c) NULLS NOT DISTINCT;\n"
             "unique: ALTER TABLE app.t ADD CONSTRAINT u UNIQUE USING INDEX u DEFERRABLE;\n");
  // What the index has already.
  seen = Did(
      "alter",
      {Created(Constraint("u", "UNIQUE (a) WITH (fillfactor='70') USING INDEX TABLESPACE \"my fast\" DEFERRABLE"))});
  seen.key_indexes["u on app.t"] = "CREATE UNIQUE INDEX u ON app.t USING btree (a) WITH (fillfactor='70');";
  BOOST_TEST(Steps(seen) ==
             "unique: CREATE UNIQUE INDEX CONCURRENTLY u ON app.t USING btree (a) WITH (fillfactor='70');\n"
             "unique: ALTER TABLE app.t ADD CONSTRAINT u UNIQUE USING INDEX u DEFERRABLE;\n");
  seen = Did("alter", {Created(Constraint("u", "UNIQUE (a) USING INDEX TABLESPACE fast"))});
  seen.key_indexes["u on app.t"] = "CREATE UNIQUE INDEX u ON app.t USING btree (a) TABLESPACE fast;";
  BOOST_TEST(Steps(seen).ends_with("ADD CONSTRAINT u UNIQUE USING INDEX u;\n"));
  // The index was there before.
  Seen over = Did("alter", {Dropped(Index("u", "a")), Created(Constraint("u", "UNIQUE (a)"))});
  BOOST_TEST(Steps(over) == "as it stands: alter\n");
}

BOOST_AUTO_TEST_CASE(what_is_validated) {
  BOOST_TEST(Steps(Did("alter", {Created(Constraint("f", "FOREIGN KEY (a) REFERENCES app.u(id)"))})) ==
             "foreign key: ALTER TABLE app.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES app.u(id) NOT VALID;\n"
             "foreign key: ALTER TABLE app.t VALIDATE CONSTRAINT f;\n");
  BOOST_TEST(Steps(Did("alter", {Created(Constraint("c", "CHECK ((a > 0)) NO INHERIT"))})) ==
             "check: ALTER TABLE app.t ADD CONSTRAINT c CHECK ((a > 0)) NO INHERIT NOT VALID;\n"
             "check: ALTER TABLE app.t VALIDATE CONSTRAINT c;\n");
  BOOST_TEST(Steps(Did("alter", {Created(Constraint("c", "CHECK ((a > 0)) NOT VALID"))})) == "as it stands: alter\n");
}

BOOST_AUTO_TEST_CASE(not_null) {
  BOOST_TEST(Steps(Did("alter", {Altered(Column("a", "text"), Column("a", "text NOT NULL"))})) ==
             "not null: ALTER TABLE app.t ADD CONSTRAINT helper1 CHECK (a IS NOT NULL) NOT VALID;\n"
             "not null: ALTER TABLE app.t VALIDATE CONSTRAINT helper1;\n"
             "not null: BEGIN; ALTER TABLE app.t ALTER COLUMN a SET NOT NULL; ALTER TABLE app.t DROP CONSTRAINT "
             "helper1; COMMIT;\n");
  // From 18 on
  BOOST_TEST(Steps(Did("alter", {Altered(Column("a", "text"), Column("a", "text CONSTRAINT n NOT NULL"))})) ==
             "not null: ALTER TABLE app.t ADD CONSTRAINT n NOT NULL a NOT VALID;\n"
             "not null: ALTER TABLE app.t VALIDATE CONSTRAINT n;\n");
  // And a default besides
  BOOST_TEST(Steps(Did("alter", {Altered(Column("a", "text"), Column("a", "text DEFAULT 'x'::text NOT NULL"))}))
                 .starts_with("rest: ALTER TABLE app.t ALTER COLUMN a SET DEFAULT 'x'::text;\nnot null: "));
}

BOOST_AUTO_TEST_CASE(new_columns) {
  const Change column = Created(Column("k", "uuid DEFAULT gen_random_uuid() NOT NULL"));
  BOOST_TEST(Steps(Did("alter", {column}, true)) ==
             "new column: BEGIN; ALTER TABLE app.t ADD COLUMN k uuid; ALTER TABLE app.t ALTER COLUMN k SET DEFAULT "
             "gen_random_uuid(); COMMIT;\n"
             "backfill: DO\n"
             "not null: ALTER TABLE app.t ADD CONSTRAINT helper1 CHECK (k IS NOT NULL) NOT VALID;\n"
             "not null: ALTER TABLE app.t VALIDATE CONSTRAINT helper1;\n"
             "not null: BEGIN; ALTER TABLE app.t ALTER COLUMN k SET NOT NULL; ALTER TABLE app.t DROP CONSTRAINT "
             "helper1; COMMIT;\n");
  // The server keeps a constant for all rows.
  BOOST_TEST(Steps(Did("alter", {Created(Column("k", "integer DEFAULT 1 NOT NULL"))})) == "as it stands: alter\n");
  BOOST_TEST(StepsOf({Did("alter", {column}, true)}, With({.has_rules = true})).front().note ==
             "table column app.t.k: rules of the table would change the UPDATE that fills it");
  BOOST_TEST(StepsOf({Did("alter", {column}, true)}, With({.hides_rows = true})).front().note ==
             "table column app.t.k: row security hides rows from the role that fills it");
  Terms terms = With({.fires_triggers = true});
  BOOST_TEST(StepsOf({Did("alter", {column}, true)}, terms)[1].text.find("session_replication_role") !=
             std::string::npos);
  terms.may_silence = false;
  BOOST_TEST(StepsOf({Did("alter", {column}, true)}, terms).front().kind == "refused");
}

BOOST_AUTO_TEST_CASE(serial_and_identity) {
  Object sequence = Made("sequence", "app.t_n_seq",
                         "CREATE SEQUENCE app.t_n_seq AS bigint START WITH 1;\nALTER SEQUENCE app.t_n_seq OWNED BY "
                         "app.t.n;\nALTER SEQUENCE app.t_n_seq OWNER TO me;");
  const Seen serial =
      Did("alter", {Created(Column("n", "bigint DEFAULT nextval('app.t_n_seq'::regclass)")), Created(sequence)}, true);
  BOOST_TEST(Steps(serial) ==
             "new column: BEGIN; CREATE SEQUENCE app.t_n_seq AS bigint START WITH 1; ALTER TABLE app.t ADD COLUMN n "
             "bigint; ALTER TABLE app.t ALTER COLUMN n SET DEFAULT nextval('app.t_n_seq'::regclass); ALTER SEQUENCE "
             "app.t_n_seq OWNED BY app.t.n; COMMIT;\nbackfill: DO\n");
  const Seen identity = Did("alter",
                            {Created(Column("n",
                                            "bigint GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME app.s START WITH "
                                            "1 INCREMENT BY 2) NOT NULL")),
                             Created(Made("sequence", "app.s", "-- of app.t.n"))},
                            true);
  const std::string steps = Steps(identity);
  BOOST_TEST(
      steps.starts_with("new column: BEGIN; CREATE SEQUENCE app.helper1 AS bigint START WITH 1 INCREMENT BY 2; "));
  BOOST_TEST(steps.ends_with(
      "identity: BEGIN; LOCK TABLE app.t IN ACCESS EXCLUSIVE MODE; ALTER TABLE app.t ALTER COLUMN n DROP DEFAULT; "
      "ALTER TABLE app.t ALTER COLUMN n ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME app.s START WITH 1 INCREMENT "
      "BY 2); SELECT setval('app.s'::regclass, last_value, is_called) FROM app.helper1; DROP SEQUENCE app.helper1; "
      "COMMIT;\n"));
}

// A column of a type that is changed, with an index, a check and a foreign key of another table on it.
Seen RetypedAmount() {
  Seen seen = Did("alter", {Altered(Column("a", "integer NOT NULL"), Column("a", "bigint DEFAULT 3 NOT NULL"))}, true);
  Retyped retyped;
  retyped.column = "app.t.a";
  retyped.helper = "helper";
  retyped.is_told = true;
  const auto show = [&](Object object, const std::string& definition) {
    Object after = object;
    after.definition = definition;
    retyped.shown.push_back(Altered(std::move(object), std::move(after)));
  };
  show(Column("a", "bigint DEFAULT 3 NOT NULL"),
       "ALTER TABLE app.t ADD COLUMN helper bigint DEFAULT 3 NOT NULL;\nCOMMENT ON COLUMN app.t.helper IS 'x';");
  show(Index("i", "a"), Index("i", "helper").definition);
  show(Made("index", "app.u", "-- of constraint u;\nALTER TABLE app.t CLUSTER ON u;"),
       "-- of constraint u;\nALTER TABLE app.t CLUSTER ON u;");
  show(Constraint("c", "CHECK ((a > 0))"), Constraint("c", "CHECK ((helper > 0))").definition);
  show(Made("table constraint", "o_f on app.o",
            "ALTER TABLE app.o ADD CONSTRAINT o_f FOREIGN KEY (t_a) REFERENCES app.t(a);"),
       "ALTER TABLE app.o ADD CONSTRAINT o_f FOREIGN KEY (t_a) REFERENCES app.t(helper);");
  seen.retyped.push_back(std::move(retyped));
  return seen;
}

BOOST_AUTO_TEST_CASE(types) {
  const auto steps = StepsOf({RetypedAmount()}, With());
  BOOST_TEST(Show(steps) ==
             "column type: BEGIN; ALTER TABLE app.t ADD COLUMN helper bigint; COMMENT ON COLUMN app.t.helper IS 'x'; "
             "COMMIT;\n"
             "column type: CREATE INDEX CONCURRENTLY helper1 ON app.t USING btree (helper);\n"
             "column type: DO\n");
  const std::string& block = steps.back().text;
  for (const char* const part :
       {"NEW.helper := NEW.a;", "ENABLE ALWAYS TRIGGER \"~helper\"",
        "(helper)::text IS DISTINCT FROM (CAST(a AS bigint))::text", "CHECK ((helper > 0)) NOT VALID;",
        "LOCK TABLE app.t, app.o IN ACCESS EXCLUSIVE MODE;", "ALTER TABLE app.o DROP CONSTRAINT o_f;",
        "ALTER COLUMN a SET DEFAULT 3;", "ALTER INDEX app.helper1 RENAME TO i;", "ALTER TABLE app.t CLUSTER ON u;",
        "RENAME CONSTRAINT helper3 TO o_f;"}) {
    BOOST_TEST(block.find(part) != block.npos, "the block has no " << part);
  }
  BOOST_TEST(IsBlock(block));
}

BOOST_AUTO_TEST_CASE(refused_types) {
  const auto why = [](const Seen& seen, const Terms& terms) {
    const auto steps = StepsOf({seen}, terms);
    return steps.size() == 1 ? steps.front().note : "it is not";
  };
  BOOST_TEST(why(RetypedAmount(), With({.inherits = true})) ==
             "table column app.t.a: the table has partitions or children");
  BOOST_TEST(why(RetypedAmount(), With({.is_published = true})) ==
             "table column app.t.a: the table is published, and subscribers have no such column");
  Seen untold = RetypedAmount();
  untold.retyped.front().is_told = false;
  BOOST_TEST(why(untold, With()) == "table column app.t.a: what its values are is not told");
  Seen policy = RetypedAmount();
  policy.retyped.front().shown.push_back(Altered(Made("policy", "p on app.t", "a"), Made("policy", "p on app.t", "b")));
  BOOST_TEST(why(policy, With()) == "table column app.t.a: policy p on app.t hangs on it");
}

BOOST_AUTO_TEST_CASE(views_go_with_the_swap) {
  const Object view = Made("view", "app.v", "CREATE VIEW app.v AS SELECT a;");
  const std::vector<Seen> statements = {Did("DROP VIEW app.v;", {Dropped(view)}), RetypedAmount(),
                                        Did("CREATE VIEW app.v;", {Created(view)}),
                                        Did("GRANT SELECT", {Altered(view, view)})};
  BOOST_TEST(SpansOf(statements).size() == 1);
  const auto steps = StepsOf(statements, With());
  BOOST_TEST(steps.size() == 3);
  BOOST_TEST(steps.back().note.ends_with(", with view app.v"));
  const std::string& block = steps.back().text;
  BOOST_TEST(block.find("EXECUTE 'DROP VIEW app.v;'") < block.find("DROP COLUMN a;"));
  BOOST_TEST(block.find("DROP COLUMN a;") < block.find("EXECUTE 'CREATE VIEW app.v;'"));
  const std::vector<Seen> around = {Did("DROP VIEW app.v;", {Dropped(view)}), Did("x", {Created(Index("i", "a"))}),
                                    Did("CREATE VIEW app.v;", {Created(view)})};
  BOOST_TEST(StepsOf(around, With())[1].note == "until it is done, view app.v is missing, which stands around it");
}

BOOST_AUTO_TEST_CASE(attached_partitions) {
  Seen seen = Did("ALTER TABLE p ATTACH PARTITION t;", {Created(Index("i", "a"))});
  seen.partitions["app.t"] = "(a > 1)";
  BOOST_TEST(Steps(seen) ==
             "partition: ALTER TABLE app.t ADD CONSTRAINT helper1 CHECK ((a > 1)) NOT VALID;\n"
             "partition: ALTER TABLE app.t VALIDATE CONSTRAINT helper1;\n"
             "index: CREATE INDEX CONCURRENTLY i ON app.t USING btree (a);\n"
             "partition: ALTER TABLE p ATTACH PARTITION t;\n"
             "partition: ALTER TABLE app.t DROP CONSTRAINT helper1;\n");
}

BOOST_AUTO_TEST_CASE(as_they_stand) {
  Seen set = Did("SET search_path = app;", {});
  set.text = "SET LOCAL search_path = app;";
  set.tag = "SET";
  BOOST_TEST(Steps(set) == "as it stands: SET search_path = app;\n");
  BOOST_TEST(Steps(Did("LOCK TABLE app.t;", {})) ==
             "as it stands: -- LOCK TABLE is left out: each step takes its own locks.\n");
  BOOST_TEST(Steps(Did("ALTER TABLE app.t SET UNLOGGED;", {}, true)) == "refused: ALTER TABLE app.t SET UNLOGGED;\n");
  Seen rows = Did("UPDATE app.t SET a = 1;", {});
  rows.changes_rows = true;
  BOOST_TEST(Steps(rows) == "rows: UPDATE app.t SET a = 1;\n");
  const Seen renames = Did("ALTER TABLE app.t RENAME a TO b;", {Altered(Column("a", "text"), Column("b", "text"))});
  BOOST_TEST(StepsOf({renames}, With()).front().text.starts_with("-- So that no name"));
  Seen code = Did("DO x", {Created(Index("i", "a"))});
  code.tag = "DO";
  BOOST_TEST(StepsOf({code}, With()).front().note ==
             "a block or a function does it, and what else that does is not known");
  Seen alone = Did("CREATE INDEX CONCURRENTLY i ON app.t (a);", {Created(Index("i", "a"))});
  alone.is_alone = true;
  BOOST_TEST(Steps(alone) == "as it stands: CREATE INDEX CONCURRENTLY i ON app.t (a);\n");
}

BOOST_AUTO_TEST_CASE(texts) {
  const auto steps = StepsOf({Did("create index", {Created(Index("i", "a"))})}, With());
  BOOST_TEST(TextOf(steps, "abc", "-- migrate:tag x\n") ==
             "-- migrate:online-of abc\n-- migrate:no-transaction\n-- migrate:tag x\n"
             "CREATE INDEX CONCURRENTLY i ON app.t USING btree (a);\n");
}

BOOST_AUTO_TEST_CASE(blocks) {
  Block block;
  block.batches = {"app.t", true, "a = DEFAULT", "a IS NULL", true};
  const std::string text = TextOf(block);
  BOOST_TEST(text.starts_with("DO $migrate_online$\n"));
  BOOST_TEST(text.find("pg_inherits") != text.npos);
  const std::string script = "COMMIT;\n" + text + "\nDO $migrate_online$ is not the end";
  const std::string rehearsed = InOneTransaction(script);
  BOOST_TEST(rehearsed.starts_with("COMMIT;\n"));
  BOOST_TEST(rehearsed.find("\n    COMMIT;") == rehearsed.npos);
  BOOST_TEST(rehearsed.find("tries > 0 ") != rehearsed.npos);
  BOOST_TEST(std::count(rehearsed.begin(), rehearsed.end(), '\n') == std::count(script.begin(), script.end(), '\n'));
  // A text that has the tag in it gets another one.
  block.batches.where = "a = '$migrate_online$'";
  BOOST_TEST(TextOf(block).starts_with("DO $migrate_online_$\n"));
}

BOOST_AUTO_TEST_CASE(using_clauses) {
  const auto value = [](const char* text, const char* column) { return UsingOf(text, column).value_or("none"); };
  BOOST_TEST(value("ALTER TABLE t ALTER a TYPE bigint", "a") == "");
  BOOST_TEST(value("alter table t alter column A set data type bigint using f(a, b)::bigint, alter b type int", "a") ==
             "f(a, b)::bigint");
  BOOST_TEST(value("ALTER TABLE t ALTER \"a b\" TYPE text USING 'x, USING' || \"a b\";", "\"a b\"") ==
             "'x, USING' || \"a b\"");
  BOOST_TEST(value("ALTER TABLE t ALTER b TYPE text USING $q$, ALTER a TYPE int$q$ /* , */ -- ,\n || b", "b") ==
             "$q$, ALTER a TYPE int$q$ /* , */ -- ,\n || b");
  BOOST_TEST(value("ALTER TABLE t ALTER b TYPE text", "a") == "none");
  BOOST_TEST(value("DO 'ALTER TABLE t ALTER a TYPE text'", "a") == "none");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace migrate::online
