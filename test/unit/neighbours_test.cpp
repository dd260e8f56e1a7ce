#include "core/schema/neighbours.h"

#include "fakes.h"

namespace migrate::schema {
namespace {

Object Thing(const std::string& kind, const std::string& identity, const std::string& definition) {
  const size_t dot = identity.find('.');
  const bool has_schema = dot != std::string::npos && kind != "cast";
  return {kind, has_schema ? "app" : "", "", identity, definition, ""};
}

const std::vector<Object> kObjects = {
    Thing("extension", "citext", "CREATE EXTENSION citext WITH SCHEMA app;"),
    Thing("cast", "(app.mood AS text)", "CREATE CAST (app.mood AS text) WITH FUNCTION app.told(app.mood);"),
    Thing("operator", "app.+(app.mood,app.mood)", "CREATE OPERATOR app.+ (…);"),
    Thing("type", "app.mood", "CREATE TYPE app.mood AS ENUM ('good');"),
    Thing("function", "app.told(app.mood)", "CREATE FUNCTION app.told(m app.mood) …;"),
    Thing("table", "app.people", "CREATE TABLE app.people ();"),
    Thing("table column", "app.people.mood", "ALTER TABLE app.people ADD COLUMN mood app.mood;"),
    Thing("index", "app.people_idx", "CREATE INDEX people_idx ON ONLY app.people USING btree (mood);"),
    Thing("index", "app.people_pkey", "COMMENT ON INDEX app.people_pkey IS 'x';"),
    Thing("table", "app.orders", "CREATE TABLE app.orders ();"),
    Thing("table column", "app.orders.id",
          "ALTER TABLE app.orders ADD COLUMN id bigint DEFAULT nextval('app.ids'::regclass);"),
    Thing("table constraint", "fk on app.orders",
          "ALTER TABLE app.orders ADD CONSTRAINT fk FOREIGN KEY (p) REFERENCES app.people(id);"),
    Thing("sequence", "app.ids", "CREATE SEQUENCE app.ids;"),
    Thing("table", "app.\"Other. One\"", "CREATE TABLE app.\"Other. One\" ();"),
    Thing("view", "app.v", "CREATE VIEW app.v AS SELECT 1 FROM app.\"Other. One\";"),
};

// The tables, types, and so on that are needed when this one differs.
std::string Needed(const std::string& kind, const std::string& identity) {
  Neighbours found;
  AddNeighbours(kObjects, {{Difference::Kind::kDiffers, kind, identity, {}, {}}}, found);
  std::string shown;
  for (const auto& object : Among(kObjects, found)) shown += object.identity + "; ";
  return shown;
}

constexpr char kAlways[] = "citext; (app.mood AS text); app.+(app.mood,app.mood); ";

}  // namespace

BOOST_AUTO_TEST_SUITE(neighbours)

BOOST_AUTO_TEST_CASE(what_has_no_name_is_always_there) {
  BOOST_TEST(Needed("table", "app.none") == std::string(kAlways) + "app.people_pkey; ");
}

BOOST_AUTO_TEST_CASE(what_hangs_on_it_and_what_these_need) {
  BOOST_TEST(Needed("table column", "app.orders.id") ==
             std::string(kAlways) +
                 "app.mood; app.people; app.people.mood; app.people_idx; app.people_pkey; app.orders; app.orders.id; "
                 "fk on app.orders; app.ids; ");
  const std::string all = Needed("type", "app.mood");
  for (const std::string name : {"app.told(app.mood)", "app.people_idx", "fk on app.orders", "app.ids"}) {
    BOOST_TEST(all.find(name + "; ") != std::string::npos, name);
  }
  BOOST_TEST(all.find("Other") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(names_in_quotes) {
  BOOST_TEST(Needed("table", "app.\"Other. One\"") ==
             std::string(kAlways) + "app.people_pkey; app.\"Other. One\"; app.v; ");
}

BOOST_AUTO_TEST_CASE(what_needs_more_than_one_brings_them_all) {
  BOOST_TEST(Needed("cast", "(app.mood AS text)").find("app.told(app.mood); ") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate::schema
