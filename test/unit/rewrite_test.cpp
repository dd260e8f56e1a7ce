#include "core/schema/way/rewrite.h"

#include "core/schema/way/back.h"
#include "fakes.h"

namespace migrate::schema {
namespace {

Object Table(const std::string& name, const std::string& columns, const std::string& what = "()") {
  const std::string identity = "app." + name;
  return {"table", "app", name, identity, "CREATE TABLE " + identity + " " + what + ";\n-- columns: " + columns, ""};
}

Object Column(const std::string& table, const std::string& name, const std::string& what) {
  const std::string add = "ALTER TABLE app." + table + " ADD COLUMN " + name + " " + what + ";";
  return {"table column", "app", name, "app." + table + "." + name, add, ""};
}

Difference Order(const std::string& here, const std::string& there) {
  return {Difference::Kind::kDiffers, "table", "app.t", "-- columns: " + here, "-- columns: " + there};
}

std::string Show(const Rewriting& rewriting) {
  if (!rewriting.obstacle.empty()) return rewriting.obstacle;
  std::string shown;
  for (const auto& statement : rewriting.statements) shown += statement + "\n";
  return shown;
}

std::string Moved(const std::string& here, const std::string& there, std::vector<Object> columns) {
  columns.insert(columns.begin(), Table("t", here));
  const Rewriting rewriting = Reordering(Order(here, there), columns);
  std::string moved;
  for (auto column = rewriting.columns.rbegin(); column != rewriting.columns.rend(); ++column) {
    moved += (*column)->name + " ";
  }
  return moved;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rewrite_test)

BOOST_AUTO_TEST_CASE(as_few_columns_move_as_can_be) {
  const std::vector<Object> columns = {Column("t", "a", "int"), Column("t", "b", "int"), Column("t", "c", "int"),
                                       Column("t", "d", "int")};
  BOOST_TEST(Moved("a, c, d, b", "a, b, c, d", columns) == "c d ");
  BOOST_TEST(Moved("b, c, d, a", "a, b, c, d", columns) == "b c d ");
  BOOST_TEST(Moved("a, b, d, c", "a, b, c, d", columns) == "d ");
  // What the other side does not know stays behind all others.
  BOOST_TEST(Moved("a, c, d, b", "a, b, c", columns) == "c d ");
}

BOOST_AUTO_TEST_CASE(a_column_is_filled_from_its_old_self_in_one_statement) {
  const std::vector<Object> now = {Table("t", "a, c, d, b"), Column("t", "a", "int"),
                                   Column("t", "c", "text COLLATE \"C\" DEFAULT 'x' NOT NULL"),
                                   Column("t", "d", "app.domain"), Column("t", "b", "int")};
  BOOST_TEST(Show(Reordering(Order("a, c, d, b", "a, b, c, d"), now)) ==
             "ALTER TABLE app.t RENAME COLUMN c TO migrate_moved_1;\n"
             "ALTER TABLE app.t RENAME COLUMN d TO migrate_moved_2;\n"
             "ALTER TABLE app.t ADD COLUMN c text, ADD COLUMN d text;\n"
             "ALTER TABLE app.t ALTER COLUMN c TYPE text COLLATE \"C\" USING migrate_moved_1, "
             "ALTER COLUMN d TYPE app.domain USING migrate_moved_2;\n"
             "ALTER TABLE app.t DROP COLUMN migrate_moved_1, DROP COLUMN migrate_moved_2;\n");
}

BOOST_AUTO_TEST_CASE(sequences_keep_their_values) {
  std::vector<Object> now = {Table("t", "b, c, a"), Column("t", "b", "int NOT NULL"),
                             Column("t", "c",
                                    "int GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME app.s START WITH 1 "
                                    "INCREMENT BY 1) NOT NULL"),
                             Column("t", "a", "int")};
  now.push_back(
      {"sequence", "app", "q", "app.q", "CREATE SEQUENCE app.q AS int;\nALTER SEQUENCE app.q OWNED BY app.t.b;", ""});
  BOOST_TEST(Show(Reordering(Order("b, c, a", "a, b, c"), now)) ==
             "ALTER SEQUENCE app.q OWNED BY NONE;\n"
             "ALTER TABLE app.t RENAME COLUMN b TO migrate_moved_1;\n"
             "ALTER SEQUENCE app.s RENAME TO migrate_moved_2;\n"
             "ALTER TABLE app.t RENAME COLUMN c TO migrate_moved_2;\n"
             "ALTER TABLE app.t ADD COLUMN b int, ADD COLUMN c int;\n"
             "ALTER TABLE app.t ALTER COLUMN b TYPE int USING migrate_moved_1, "
             "ALTER COLUMN c TYPE int USING migrate_moved_2;\n"
             "ALTER TABLE app.t ALTER COLUMN c SET NOT NULL;\n"
             "ALTER TABLE app.t ALTER COLUMN c ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME app.s START WITH 1 "
             "INCREMENT BY 1);\n"
             "SELECT pg_catalog.setval('app.s'::pg_catalog.regclass, s.last_value, s.is_called) "
             "FROM app.migrate_moved_2 AS s;\n"
             "ALTER TABLE app.t DROP COLUMN migrate_moved_1, DROP COLUMN migrate_moved_2;\n");
}

BOOST_AUTO_TEST_CASE(what_is_computed_moves_with_what_it_is_computed_from) {
  const std::string twice = "int GENERATED ALWAYS AS ((\"C\" * 2)) STORED";
  const std::vector<Object> columns = {Column("t", "a", "int"), Column("t", "b", "int"), Column("t", "g", twice),
                                       Column("t", "\"C\"", "int"), Column("t", "d", "int")};
  BOOST_TEST(Moved("a, g, \"C\", b", "a, b, g, \"C\"", columns) == "g \"C\" ");
  BOOST_TEST(Moved("g, a, \"C\", b", "g, a, b, \"C\"", columns) == "g a b \"C\" ");
  std::vector<Object> now = columns;
  now.insert(now.begin(), Table("t", "a, \"C\", g, d, b"));
  BOOST_TEST(Show(Reordering(Order("a, \"C\", g, d, b", "a, b, \"C\", g, d"), now)) ==
             "ALTER TABLE app.t RENAME COLUMN \"C\" TO migrate_moved_1;\n"
             "ALTER TABLE app.t DROP COLUMN g;\n"
             "ALTER TABLE app.t RENAME COLUMN d TO migrate_moved_3;\n"
             "ALTER TABLE app.t ADD COLUMN \"C\" int;\n"
             "ALTER TABLE app.t ALTER COLUMN \"C\" TYPE int USING migrate_moved_1;\n"
             "ALTER TABLE app.t ADD COLUMN g int GENERATED ALWAYS AS ((\"C\" * 2)) STORED;\n"
             "ALTER TABLE app.t ADD COLUMN d int;\n"
             "ALTER TABLE app.t ALTER COLUMN d TYPE int USING migrate_moved_3;\n"
             "ALTER TABLE app.t DROP COLUMN migrate_moved_1, DROP COLUMN migrate_moved_3;\n");
  now.front() = Table("t", "a, g, \"C\", b");
  BOOST_TEST(Show(Reordering(Order("a, g, \"C\", b", "a, b, g, \"C\""), now)) ==
             "column g is computed from one behind it, \"C\"");
}

BOOST_AUTO_TEST_CASE(what_comes_from_a_parent_does_not_move) {
  const std::vector<Object> now = {Table("t", "b, a", "() INHERITS (app.p)"), Column("t", "b", "int /* inherited */"),
                                   Column("t", "a", "int")};
  BOOST_TEST(Show(Reordering(Order("b, a", "a, b"), now)) == "column b comes from another table");
}

BOOST_AUTO_TEST_CASE(a_foreign_table_has_no_rows_to_move) {
  std::vector<Object> now = {Table("t", "b, a"), Column("t", "b", "int"), Column("t", "a", "int")};
  for (auto& object : now) object.kind = "foreign " + object.kind;
  Difference order = Order("b, a", "a, b");
  order.object_class = "foreign table";
  const Rewriting rewriting = Reordering(order, now);
  BOOST_TEST(Show(rewriting) == "ALTER FOREIGN TABLE app.t DROP COLUMN b;\n");
  BOOST_TEST(rewriting.tables.empty());
}

BOOST_AUTO_TEST_CASE(parents) {
  const auto parents_of = [](const std::string& what) {
    std::string shown;
    const Object table = Table("t", "a", what);
    for (const auto parent : ParentsOf(table)) shown += std::string(parent) + " ";
    return shown;
  };
  BOOST_TEST(parents_of("()") == "");
  BOOST_TEST(parents_of("() INHERITS (app.a, app.\"b, c\") USING heap") == "app.a app.\"b, c\" ");
  BOOST_TEST(parents_of("PARTITION OF app.\"a b\" FOR VALUES IN (1) PARTITION BY LIST (b)") == "app.\"a b\" ");
}

BOOST_AUTO_TEST_CASE(an_enum_is_made_anew_and_its_columns_follow) {
  const std::vector<Object> now = {{"type", "app", "e", "app.e", "CREATE TYPE app.e AS ENUM ('a', 'b', 'c');", ""},
                                   Table("p", "x, y"),
                                   Column("p", "x", "app.e DEFAULT 'a'::app.e"),
                                   Column("p", "y", "app.e[]"),
                                   Column("p", "z", "app.e GENERATED ALWAYS AS (x) STORED"),
                                   Table("t", "x"),
                                   Column("t", "x", "app.e /* inherited */"),
                                   Table("u", "x"),
                                   Column("u", "x", "app.ee")};
  const Difference labels = {Difference::Kind::kDiffers, "type", "app.e", "CREATE TYPE app.e AS ENUM ('a', 'b', 'c');",
                             "CREATE TYPE app.e AS ENUM ('a', 'c');"};
  BOOST_TEST(IsOfMoreLabels(labels));
  const Rewriting rewriting = Relabeling(labels, now);
  BOOST_TEST(Show(rewriting) ==
             "ALTER TYPE app.e RENAME TO migrate_gone;\n"
             "CREATE TYPE app.e AS ENUM ('a', 'c');\n"
             "ALTER TABLE app.p ALTER COLUMN x TYPE app.e USING x::pg_catalog.text::app.e, "
             "ALTER COLUMN y TYPE app.e[] USING y::pg_catalog.text[]::app.e[];\n"
             "DROP TYPE app.migrate_gone;\n");
  BOOST_TEST(rewriting.columns.size() == 3U);
  BOOST_TEST(rewriting.tables.size() == 1U);
  BOOST_TEST(rewriting.labels.size() == 1U);
  BOOST_TEST(rewriting.labels.front() == "'b'");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate::schema
