#include "core/schema/renamed_objects.h"

#include "fakes.h"

namespace migrate::schema {
namespace {

using Objects = std::vector<Object>;

// A table and its columns: {"id", "bigint NOT NULL"}.
Objects Table(const std::string& identity, const std::vector<std::pair<std::string, std::string>>& columns) {
  Objects objects = {{"table", "app", "", identity, "CREATE TABLE " + identity + " ();", ""}};
  for (const auto& [name, rest] : columns) {
    const std::string definition = "ALTER TABLE " + identity + " ADD COLUMN " + name + " " + rest + ";";
    objects.push_back({"table column", "app", "", identity + "." + name, definition, ""});
  }
  return objects;
}

Objects Both(Objects a, const Objects& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// The renames, or what is asked or refused.
std::string Told(const Objects& now, const Objects& wanted, const std::string& text = {}) {
  std::string shown;
  try {
    for (const auto& rename : RenamesOf(now, wanted, RenameLinesIn(text))) {
      shown += rename.kind + " " + rename.from + " > " + rename.to + "\n";
    }
  } catch (const Error& error) {
    shown = error.sqlstate + " " + error.message + (error.line > 0 ? " @" + std::to_string(error.line) : "");
  }
  return shown;
}

std::string Detail(const Objects& now, const Objects& wanted) {
  try {
    (void) RenamesOf(now, wanted, {});
  } catch (const Error& error) {
    return error.detail + "|" + error.hint;
  }
  return {};
}

const Objects kOrders = Table("app.orders", {{"id", "bigint NOT NULL"}, {"note", "text"}});
const Objects kRemarks = Table("app.orders", {{"id", "bigint NOT NULL"}, {"remark", "text DEFAULT 'x'::text"}});
const Objects kPurchases = Table("app.purchases", {{"note", "text"}, {"id", "bigint NOT NULL"}});

}  // namespace

BOOST_AUTO_TEST_SUITE(renamed_objects)

BOOST_AUTO_TEST_CASE(the_same_shape_is_asked_for) {
  BOOST_TEST(Told(kOrders, kRemarks) == "42725 is app.orders.note renamed to app.orders.remark?");
  BOOST_TEST(Told(kOrders, kPurchases) == "42725 is app.orders renamed to app.purchases?");
  BOOST_TEST(Detail(kOrders, kRemarks) ==
             "The first is not in the wanted schema, the second is new and of the same type. Renamed it keeps its "
             "values; dropped and added it loses them.|Say so in the wanted schema: \"-- migrate:renamed "
             "app.orders.note app.orders.remark\", or \"-- migrate:not-renamed app.orders.note app.orders.remark\".");
  const Objects many = Table("app.t", {{"a", "text"}, {"b", "text"}}),
                others = Table("app.t", {{"c", "text"}, {"d", "text"}});
  BOOST_TEST(Detail(many, others).find("\nLikewise: app.t.a app.t.d, app.t.b app.t.c, app.t.b app.t.d|") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(another_shape_is_no_question) {
  BOOST_TEST(Told(kOrders, kOrders).empty());
  BOOST_TEST(Told(kOrders, Table("app.orders", {{"id", "bigint"}, {"remark", "integer"}})).empty());
  BOOST_TEST(Told(kOrders, Table("app.purchases", {{"id", "bigint"}})).empty());
  BOOST_TEST(Told(kOrders, Both(kOrders, kPurchases)).empty());
  BOOST_TEST(Told(Table("app.a", {}), Table("app.b", {})).empty());
  BOOST_TEST(Told(Table("app.a", {{"x", "numeric(10,2)"}}), Table("app.a", {{"y", "numeric(10,3)"}})).empty());
}

BOOST_AUTO_TEST_CASE(what_is_no_part_of_the_type_does_not_count) {
  for (const std::string rest :
       {"text NOT NULL", "text COLLATE \"C\"", "text GENERATED ALWAYS AS ('x'::text) STORED"}) {
    BOOST_TEST(Told(Table("app.a", {{"x", "text"}}), Table("app.a", {{"y", rest}})).starts_with("42725 "));
  }
}

BOOST_AUTO_TEST_CASE(a_line_says_what_it_is) {
  BOOST_TEST(Told(kOrders, kRemarks, "-- migrate:renamed app.orders.note app.orders.remark\n") ==
             "table column app.orders.note > app.orders.remark\n");
  BOOST_TEST(Told(kOrders, kRemarks, "-- migrate:renamed app.orders.note remark") ==
             "table column app.orders.note > app.orders.remark\n");
  BOOST_TEST(Told(kOrders, kRemarks, "-- migrate:not-renamed app.orders.note app.orders.remark").empty());
  BOOST_TEST(Told(kOrders, kRemarks, "-- migrate:not-renamed app.orders.note").empty());
  BOOST_TEST(Told(kOrders, kPurchases, "-- migrate:renamed app.orders purchases") ==
             "table app.orders > app.purchases\n");
  BOOST_TEST(Told(kOrders, kPurchases, "-- migrate:not-renamed app.orders app.purchases").empty());
}

BOOST_AUTO_TEST_CASE(a_column_of_a_renamed_table) {
  const Objects wanted = Table("app.purchases", {{"id", "bigint NOT NULL"}, {"remark", "text"}});
  const std::string table = "-- migrate:renamed app.orders app.purchases\n";
  BOOST_TEST(Told(kOrders, wanted, table) == "42725 is app.purchases.note renamed to app.purchases.remark?");
  for (const std::string column :
       {"app.orders.note app.purchases.remark", "app.orders.note remark", "app.purchases.note remark"}) {
    BOOST_TEST(Told(kOrders, wanted, "-- migrate:renamed " + column + "\n" + table) ==
               "table app.orders > app.purchases\ntable column app.orders.note > app.purchases.remark\n");
  }
}

BOOST_AUTO_TEST_CASE(a_line_of_what_is_done_may_stay) {
  BOOST_TEST(Told(kRemarks, kRemarks, "-- migrate:renamed app.orders.note remark").empty());
  BOOST_TEST(Told(kPurchases, kPurchases,
                  "-- migrate:renamed app.orders app.purchases\n"
                  "-- migrate:renamed app.orders.old app.orders.note")
                 .empty());
}

BOOST_AUTO_TEST_CASE(a_line_that_names_what_is_not_there) {
  BOOST_TEST(Told(kOrders, kRemarks, "\n-- migrate:renamed app.orders.nota remark")
                 .starts_with("42704 app.orders.nota can't"));
  BOOST_TEST(Told(kOrders, kOrders, "\n-- migrate:renamed app.orders.note remark") ==
             "42704 app.orders.note can't be renamed to app.orders.remark @2");
  BOOST_TEST(
      Told(kOrders, Both(kOrders, kPurchases), "-- migrate:renamed app.orders app.purchases").starts_with("42704 "));
  BOOST_TEST(Told(kOrders, kRemarks, "-- migrate:renamed app.orders.note app.notes.remark") ==
             "42704 a column can't be renamed into another table @1");
}

BOOST_AUTO_TEST_CASE(lines_that_say_too_little_or_too_much) {
  for (const std::string line : {"renamed", "renamed app.orders", "renamed a b", "renamed app.a app.b app.c",
                                 "not-renamed", "renamed a.b.c.d x"}) {
    BOOST_TEST(Told(kOrders, kOrders, "SELECT 1;\n-- migrate:" + line).ends_with("names no two tables or columns @2"));
  }
  BOOST_TEST(Told(kOrders, kOrders, "-- migrate:renamed app.a app.b.c")
                 .starts_with("42601 a table can't be renamed to a column"));
  BOOST_TEST(Told(kOrders, kOrders, "-- migrate:up") ==
             "42601 directive \"migrate:up\" has no place in a wanted schema @1");
}

BOOST_AUTO_TEST_CASE(indexes_and_constraints_that_differ_in_their_names_only) {
  const auto with = [](Objects objects, const std::string& table, const std::string& prefix,
                       const std::string& unique) {
    objects.push_back(
        {"index", "app", "", "app." + prefix + "_idx",
         "CREATE " + unique + "INDEX " + prefix + "_idx ON " + table + " USING btree (note);\nCOMMENT ON …;", ""});
    objects.push_back({"table constraint", "app", "", prefix + "_pkey on " + table,
                       "ALTER TABLE " + table + " ADD CONSTRAINT " + prefix + "_pkey PRIMARY KEY (id);", ""});
    return objects;
  };
  const Objects old = with(kOrders, "app.orders", "old", "");
  BOOST_TEST(Told(old, with(kOrders, "app.orders", "new", "")) ==
             "index app.old_idx > app.new_idx\ntable constraint old_pkey on app.orders > new_pkey on app.orders\n");
  BOOST_TEST(Told(old, with(kOrders, "app.orders", "new", "UNIQUE ")) ==
             "table constraint old_pkey on app.orders > new_pkey on app.orders\n");
  BOOST_TEST(Told(old, with(kPurchases, "app.purchases", "new", ""), "-- migrate:renamed app.orders purchases") ==
             "table app.orders > app.purchases\nindex app.old_idx > app.new_idx\n"
             "table constraint old_pkey on app.orders > new_pkey on app.purchases\n");
  BOOST_TEST(Told(old, with(kPurchases, "app.purchases", "old", ""), "-- migrate:renamed app.orders purchases") ==
             "table app.orders > app.purchases\n");
}

BOOST_AUTO_TEST_CASE(names_in_quotes) {
  const Objects now = Table("app.\"Or.ders\"", {{"\"No te\"", "text"}}),
                wanted = Table("app.\"Or.ders\"", {{"\"Re mark\"", "text"}});
  BOOST_TEST(Told(now, wanted, "-- migrate:renamed app.\"Or.ders\".\"No te\" \"Re mark\"") ==
             "table column app.\"Or.ders\".\"No te\" > app.\"Or.ders\".\"Re mark\"\n");
}

BOOST_AUTO_TEST_CASE(lines_in_strings_are_none) {
  BOOST_TEST(RenameLinesIn("SELECT '\n-- migrate:renamed app.a app.b\n';").empty());
}

BOOST_AUTO_TEST_CASE(what_belongs_to_what_is_renamed_has_its_name) {
  Objects objects = kOrders;
  objects.push_back({"trigger", "app", "", "touch on app.orders", "", ""});
  objects.push_back({"table", "app", "", "app.orders2", "", ""});
  std::string shown;
  const std::vector<Rename> renames = {{"table", "app.orders", "app.purchases"},
                                       {"table column", "app.orders.note", "app.purchases.remark"}};
  for (const auto& object : WithNewNames(objects, renames)) shown += object.identity + "; ";
  BOOST_TEST(shown == "app.purchases; app.purchases.id; app.purchases.remark; touch on app.purchases; app.orders2; ");
}

BOOST_AUTO_TEST_CASE(the_file_of_a_line) {
  const std::string text =
      "SELECT 1;\n-- migrate:file a.sql\nSELECT 2;\nSELECT 3;\n-- migrate:file two words.sql\nSELECT 4;\n";
  const auto place = [&](int line) {
    const FilePlace found = PlaceInFiles(text, line);
    return found.file + ":" + std::to_string(found.line);
  };
  BOOST_TEST(place(1) == ":1");
  BOOST_TEST(place(4) == "a.sql:2");
  BOOST_TEST(place(6) == "two words.sql:1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate::schema
