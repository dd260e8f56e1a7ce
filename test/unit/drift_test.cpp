#include "core/schema/drift.h"

#include <boost/test/unit_test.hpp>
#include <utility>

#include "core/schema/belonging.h"
#include "core/schema/seen_renames.h"

namespace migrate::schema {
namespace {

constexpr int kHere = 17;

// In schema app, with its definition as its hash.
Object Of(const char* kind, const char* identity, const char* definition) {
  return {kind, "app", identity, identity, definition, definition};
}
Object Table(const char* identity, const char* definition) { return Of("table", identity, definition); }

RecordedChange Created(int64_t event, Object after) {
  return {event, kHere, {Change::Action::kCreated, {}, std::move(after)}};
}
RecordedChange Altered(int64_t event, Object before, Object after) {
  return {event, kHere, {Change::Action::kAltered, std::move(before), std::move(after)}};
}
RecordedChange Dropped(int64_t event, Object before) {
  return {event, kHere, {Change::Action::kDropped, std::move(before), {}}};
}

std::string Show(const std::optional<std::string>& text) { return text.value_or("-"); }

// "altered t {a} {b} @5 by clerk; ": expected, found, event.
std::string Told(const History& history, const std::vector<Object>& now, const char* ignored = "") {
  std::string told;
  for (const auto& drift : FindDrift(history, now, kHere, IgnoreList::Parse(ignored))) {
    told += std::string(DriftName(drift.kind)) + " " + drift.identity + " {" + Show(drift.expected) + "} {" +
            Show(drift.found) + "}";
    if (drift.event != 0) told += " @" + std::to_string(drift.event);
    if (drift.doing) told += " by " + drift.doing->by;
    told += "; ";
  }
  return told;
}

History Since(std::vector<Object> base, std::vector<RecordedChange> changes = {}) {
  return {{1, kHere, std::move(base)}, std::move(changes), {}, {}, {}};
}

std::string Relation(const char* kind, const char* identity, const char* definition = "") {
  return std::string(RelationOf(Of(kind, identity, definition)));
}

std::string Renamed(const char* kind, const char* identity) {
  Object object = Of(kind, "app.before", "");
  SetIdentity(object, identity);
  return object.schema + "|" + object.name + "|" + object.identity;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(drift)

BOOST_AUTO_TEST_CASE(what_the_history_has_made_is_no_drift) {
  BOOST_TEST(Told(Since({}), {}) == "");
  BOOST_TEST(Told(Since({Table("t", "a")}), {Table("t", "a")}) == "");
  BOOST_TEST(Told(Since({Table("t", "a"), Table("gone", "x")},
                        {Altered(2, Table("t", "a"), Table("t", "b")), Dropped(3, Table("gone", "x")),
                         Created(4, Table("new", "n"))}),
                  {Table("t", "b"), Table("new", "n")}) == "");
}

BOOST_AUTO_TEST_CASE(objects_are_added_altered_and_dropped) {
  BOOST_TEST(Told(Since({Table("a", "1"), Table("b", "2")}), {Table("b", "3"), Table("c", "4")}) ==
             "dropped a {1} {-}; altered b {2} {3}; added c {-} {4}; ");
}

BOOST_AUTO_TEST_CASE(objects_belong_together_by_class_and_identity) {
  BOOST_TEST(Told(Since({Of("view", "v", "1")}), {Table("v", "1")}) == "added v {-} {1}; dropped v {1} {-}; ");
}

BOOST_AUTO_TEST_CASE(names_are_given_away_in_any_order) {
  BOOST_TEST(Told(Since({Table("a", "x"), Table("b", "y")},
                        {Altered(2, Table("a", "x"), Table("b", "x")), Altered(2, Table("b", "y"), Table("a", "y"))}),
                  {Table("b", "x"), Table("a", "y")}) == "");
  BOOST_TEST(Told(Since({Table("t", "x")}, {Dropped(2, Table("t", "x")), Created(2, Table("t", "y"))}),
                  {Table("t", "y")}) == "");
}

BOOST_AUTO_TEST_CASE(what_a_migration_meets_is_not_absorbed) {
  BOOST_TEST(Told(Since({Table("t", "a")}, {Altered(5, Table("t", "b"), Table("t", "c"))}), {Table("t", "c")}) ==
             "altered t {a} {b} @5; ");
  BOOST_TEST(Told(Since({}, {Altered(5, Table("t", "b"), Table("t", "c"))}), {Table("t", "c")}) ==
             "added t {-} {b} @5; ");
  BOOST_TEST(Told(Since({}, {Dropped(5, Table("t", "b"))}), {}) == "added t {-} {b} @5; ");
  BOOST_TEST(Told(Since({Table("t", "a")}, {Created(5, Table("t", "c"))}), {Table("t", "c")}) ==
             "dropped t {a} {-} @5; ");
}

BOOST_AUTO_TEST_CASE(each_migration_expects_what_the_last_one_left) {
  BOOST_TEST(Told(Since({Table("t", "a")},
                        {Altered(5, Table("t", "a"), Table("t", "b")), Altered(6, Table("t", "x"), Table("t", "c")),
                         Altered(7, Table("t", "c"), Table("t", "d"))}),
                  {Table("t", "e")}) == "altered t {d} {e}; altered t {b} {x} @6; ");
}

BOOST_AUTO_TEST_CASE(without_a_definition_there_is_nothing_to_compare) {
  Object unknown = Table("app.t", "");
  const std::vector<Object> base = {Table("app.t", "a"), Of("table column", "app.t.id", "i"),
                                    Of("index", "app.t_id", "CREATE INDEX t_id ON app.t USING btree (id);"),
                                    Of("index", "app.u_id", "CREATE INDEX u_id ON app.u USING btree (id);")};
  BOOST_TEST(Told(Since(base, {Dropped(5, unknown)}), {base.back()}) == "");
}

BOOST_AUTO_TEST_CASE(only_what_counts_is_compared) {
  const char* const one = "CREATE TABLE t ();\nGRANT SELECT ON t TO a;\nGRANT SELECT ON t TO b;";
  const char* const other = "CREATE TABLE t ();\nGRANT SELECT ON t TO b;\nGRANT SELECT ON t TO a;";
  BOOST_TEST(Told(Since({Table("t", one)}), {Table("t", other)}) == "");
  BOOST_TEST(Told(Since({Of("user mapping", "m", "a")}), {Of("user mapping", "m", "b")}) == "");
}

BOOST_AUTO_TEST_CASE(another_server_may_write_it_otherwise) {
  History history =
      Since({Table("t", "a"), Table("u", "u"), Table("gone", "g")}, {Altered(5, Table("u", "v"), Table("u", "w"))});
  history.base.major = 16;
  BOOST_TEST(Told(history, {Table("t", "b"), Table("u", "x"), Table("new", "n")}) ==
             "dropped gone {g} {-}; added new {-} {n}; not comparable t {a} {b}; altered u {w} {x}; "
             "not comparable u {u} {v} @5; ");
}

BOOST_AUTO_TEST_CASE(what_was_purged_is_not_shown) {
  History history = Since({Table("t", "a"), Table("u", "b")});
  history.base.objects[0].definition.clear();
  history.purged.insert("a");
  BOOST_TEST(Told(history, {Table("t", "a"), Table("u", "b")}) == "");
  BOOST_TEST(Told(history, {Table("t", "c"), Table("u", "b")}) == "altered t {-} {c}; ");
}

BOOST_AUTO_TEST_CASE(what_is_expected_is_whole_and_in_order) {
  const Object table = Table("app.t", "CREATE TABLE app.t ();\n-- columns: z, a");
  const Object z = Of("table column", "app.t.z", "z"), a = Of("table column", "app.t.a", "a");
  const auto named = [](Object object, const char* name) {
    object.name = name;
    return object;
  };
  const auto expected = ExpectedSchema(Since({named(a, "a"), named(z, "z"), table}), {table}, kHere, IgnoreList());
  std::string order;
  for (const auto& object : expected.objects) order += object.identity + " ";
  BOOST_TEST(order == "app.t app.t.z app.t.a ");
  BOOST_TEST(expected.unknown.empty());
}

BOOST_AUTO_TEST_CASE(what_is_expected_can_be_unknown) {
  History history = Since({Table("app.t", "{a}")});
  history.base.major = kHere - 1;
  const auto expected = ExpectedSchema(history, {Table("app.t", "{b}")}, kHere, IgnoreList());
  BOOST_TEST(expected.objects.empty());
  BOOST_REQUIRE(expected.unknown.size() == 1u);
  BOOST_TEST(expected.unknown.front() == "table app.t");
}

BOOST_AUTO_TEST_CASE(what_is_ignored_is_expected_as_it_is) {
  const auto expected =
      ExpectedSchema(Since({Table("app.t", "{a}")}), {Table("app.t", "{b}")}, kHere, IgnoreList::Parse("app"));
  BOOST_REQUIRE(expected.objects.size() == 1u);
  BOOST_TEST(expected.objects.front().definition == "{b}");
}

BOOST_AUTO_TEST_CASE(renames_in_a_chain_are_one) {
  const auto seen = [](const char* kind, const char* from, const char* to) { return Sighting{0, kind, to, from, {}}; };
  std::string told;
  for (const auto& line :
       RenamesSeen({seen("table column", "app.t.a", "app.t.b"), seen("table", "app.t", "app.u"),
                    seen("table column", "app.u.b", "app.u.c"), seen("table column", "app.u.x", "app.u.y"),
                    seen("table column", "app.u.y", "app.u.x"), seen("view", "app.v", "app.w")})) {
    told += line.old_name + ">" + line.new_name + " ";
  }
  BOOST_TEST(told == "app.t>app.u app.t.a>app.u.c app.t.x>app.u.x ");
}

BOOST_AUTO_TEST_CASE(a_gap_is_said_first) {
  History history = Since({});
  history.gaps.push_back({7, "0002_loop", {"clerk", "today", "apply"}});
  BOOST_TEST(Told(history, {Table("t", "a")}) == "unknown 0002_loop {-} {-} @7 by clerk; added t {-} {a}; ");
}

BOOST_AUTO_TEST_CASE(the_newest_sighting_within_the_events_counts) {
  History history = Since({Table("app.t", "a")}, {Altered(5, Table("app.t", "b"), Table("app.t", "c"))});
  history.sightings = {{2, "table", "app.t", "", {"first", "", ""}},
                       {3, "table", "app.t", "", {"second", "", ""}},
                       {4, "view", "app.t", "", {"nobody", "", ""}}};
  BOOST_TEST(Told(history, {Table("app.t", "c")}) == "altered app.t {a} {b} @5 by second; ");
  // What was seen before the migration ran has not done what came after it.
  BOOST_TEST(Told(history, {Table("app.t", "d")}) == "altered app.t {c} {d}; altered app.t {a} {b} @5 by second; ");
  history.sightings.push_back({6, "table", "app.t", "", {"third", "", ""}});
  BOOST_TEST(Told(history, {Table("app.t", "d"), Of("table column", "app.t.note", "n")}) ==
             "altered app.t {c} {d} by third; altered app.t {a} {b} @5 by second; added app.t.note {-} {n} by third; ");
}

BOOST_AUTO_TEST_CASE(what_says_nothing_of_the_parts_of_a_table_has_not_done_it) {
  History history = Since({Of("table column", "app.t.a", "a")});
  history.sightings = {{2, "table", "app.t", "", {"maker", "", "ALTER TABLE"}},
                       {3, "table", "app.t", "", {"giver", "", "GRANT"}},
                       {4, "table", "app.t", "", {"poet", "", "COMMENT"}}};
  BOOST_TEST(Told(history, {Of("table column", "app.t.a", "b"), Of("table column", "app.t.b", "b")}) ==
             "altered app.t.a {a} {b} by giver; added app.t.b {-} {b} by maker; ");
}

BOOST_AUTO_TEST_CASE(a_new_name_is_seen_under_the_old_one_too) {
  History history = Since({Table("app.t", "a"), Of("policy", "own on app.t", "b")});
  history.sightings = {{2, "table", "app.u", "app.t", {"clerk", "", ""}}};
  BOOST_TEST(Told(history, {Table("app.u", "a")}) ==
             "dropped app.t {a} {-} by clerk; dropped own on app.t {b} {-} by clerk; added app.u {-} {a} by clerk; ");
}

BOOST_AUTO_TEST_CASE(what_is_ignored_is_left_out) {
  const std::vector<Object> now = {
      Table("app.tmp_a", ""),
      Of("table column", "app.tmp_a.id", ""),
      Of("index", "app.i", "CREATE INDEX i ON app.tmp_a USING btree (id);"),
      Table("app.p1", "CREATE TABLE app.p1 PARTITION OF app.p FOR VALUES FROM (1) TO (2);"),
      Table("app.p1a", "CREATE TABLE app.p1a PARTITION OF app.p1 DEFAULT;"),
      Of("policy", "own on app.owned", ""),
      Table("app.owned", "CREATE TABLE app.owned ();\nALTER TABLE app.owned OWNER TO partman;")};
  std::vector<Object> named = now;
  for (auto& object : named) object.name = NameOf(object.identity).name;
  BOOST_TEST(Told(Since({}), named, "app") == "");
  BOOST_TEST(Told(Since(named), {}, "app.tmp_*, partitions of app.p, role partman") == "");
  BOOST_TEST(Told(Since({}), named, "app.tmp_*, partitions of app.p, role partman") == "");
  BOOST_TEST(Told(Since(named), {}, "app.tmp_*, partitions of app.p1, role partman") ==
             "dropped app.p1 {CREATE TABLE app.p1 PARTITION OF app.p FOR VALUES FROM (1) TO (2);} {-}; ");
}

BOOST_AUTO_TEST_CASE(an_object_tells_what_it_goes_with) {
  BOOST_TEST(Relation("table", "app.t") == "");
  BOOST_TEST(Relation("function", "app.f(integer)") == "");
  BOOST_TEST(Relation("table column", "app.\"a.b\".\"c.d\"") == "app.\"a.b\"");
  BOOST_TEST(Relation("trigger", "\"x on y\" on app.t") == "app.t");
  BOOST_TEST(Relation("index", "app.i", "CREATE UNIQUE INDEX \"a ON b\" ON ONLY app.\"T t\" USING btree (id);") ==
             "app.\"T t\"");
  BOOST_TEST(Relation("index", "app.i", "-- of constraint \"k ON k\"\nCREATE INDEX i ON app.t USING btree (id);") ==
             "app.t");
  BOOST_TEST(Relation("sequence", "app.s", "-- of app.t.id") == "app.t");
  BOOST_TEST(Relation("sequence", "app.s", "CREATE SEQUENCE app.s;\nALTER SEQUENCE app.s OWNED BY app.t.id;") ==
             "app.t");
  BOOST_TEST(Relation("sequence", "app.s", "CREATE SEQUENCE app.s;\nALTER SEQUENCE app.s OWNER TO a;") == "");
  BOOST_TEST(Relation("statistics object", "app.s",
                      "CREATE STATISTICS app.s ON EXTRACT(year FROM d), b FROM app.t;\nALTER STATISTICS app.s OWNER "
                      "TO a;") == "app.t");
  BOOST_TEST(Relation("publication relation", "app.t in publication p") == "app.t");
}

BOOST_AUTO_TEST_CASE(an_identity_under_another_name) {
  BOOST_TEST(WithName("table", "app.\"a.b\"", "c") == "app.c");
  BOOST_TEST(WithName("table column", "app.t.c", "\"C\"") == "app.t.\"C\"");
  BOOST_TEST(WithName("policy", "\"x on y\" on app.t", "own") == "own on app.t");
  BOOST_TEST(WithName("function", "app.f(app.t,text)", "g") == "app.g(app.t,text)");
  BOOST_TEST(WithName("schema", "app", "other") == "other");
}

BOOST_AUTO_TEST_CASE(an_identity_tells_schema_and_name) {
  BOOST_TEST(Renamed("table", "app2.\"a\"\"b\"") == "app2|a\"b|app2.\"a\"\"b\"");
  BOOST_TEST(Renamed("table column", "app2.t.c") == "app2|c|app2.t.c");
  BOOST_TEST(Renamed("policy", "\"own one\" on app2.t") == "app2|own one|\"own one\" on app2.t");
  BOOST_TEST(Renamed("function", "app2.f(pg_catalog.int4, app.t)") == "app2|f|app2.f(pg_catalog.int4, app.t)");
  BOOST_TEST(Renamed("schema", "other") == "other|other|other");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate::schema
