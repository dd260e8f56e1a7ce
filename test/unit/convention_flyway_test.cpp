// Flyway's folders, and repeatable migrations in those of others.
#include "core/source.h"
#include "fakes.h"

namespace migrate {
namespace {

// The convention, and each part by its label, "*" behind what is repeatable, or by what is wrong with it.
std::string Shown(SourceFiles files) {
  const Reading reading = ReadFiles(std::move(files));
  std::string shown(reading.convention);
  for (const auto& part : reading.parts) {
    shown += part.problem ? "; " + part.problem->message : " " + part.id.Label() + (part.traits.repeatable ? "*" : "");
  }
  return shown;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(convention_flyway)

BOOST_AUTO_TEST_CASE(versions_are_told_apart_as_numbers) {
  for (const std::string again : {"V1_0__b.sql", "V01__b.sql", "V1.0__b.sql", "V1.0.00__b.sql", "V001_000__b.sql"}) {
    BOOST_TEST(Shown({{"V1__a.sql", ""}, {again, ""}}) ==
               "flyway 1_a; file \"" + again + "\" has the version of another");
  }
  BOOST_TEST(Shown({{"V1__a.sql", ""}, {"V10__b.sql", ""}, {"V1.01__c.sql", ""}, {"V0__d.sql", ""}}) ==
             "flyway 1_a 10_b 1.01_c 0_d");
  const Reading undone = ReadFiles({{"U1_0__a.sql", ""}, {"U2__gone.sql", ""}, {"V01__a.sql", ""}});
  BOOST_TEST(undone.parts.at(0).id.version == "01");
  BOOST_TEST(undone.parts.at(1).id.version == "2");
  BOOST_TEST(ReadFiles({{"V01.010.00__a.sql", ""}}).parts.at(0).traits.order == "1.10");
}

BOOST_AUTO_TEST_CASE(its_conf_says_true_or_false) {
  const auto conf = [](const std::string& text) {
    const Part part = ReadFiles({{"sql/V1__a.sql", ""}, {"sql/V1__a.sql.conf", text}}).parts.at(0);
    return part.problem ? part.problem->message : part.traits.no_transaction.empty() ? "in" : "out";
  };
  BOOST_TEST(conf("executeInTransaction=false\n") == "out");
  BOOST_TEST(conf("# a remark\r\n executeInTransaction = False \r\n") == "out");
  BOOST_TEST(conf("executeInTransaction=true") == "in");
  BOOST_TEST(conf("#executeInTransaction=false") == "in");
  BOOST_TEST(conf("encoding=UTF-8\nexecuteInTransaction=no\n") ==
             "file \"sql/V1__a.sql.conf\", line 2: executeInTransaction is \"no\"");
  BOOST_TEST(conf("executeInTransaction=") == "file \"sql/V1__a.sql.conf\", line 1: executeInTransaction is \"\"");
}

BOOST_AUTO_TEST_CASE(repeatable_files_are_of_the_others_convention) {
  BOOST_TEST(Shown({{"0001_a.sql", ""}, {"R__v.sql", ""}}) == "plain 0001_a v*");
  BOOST_TEST(Shown({{"20250120103000_a.sql", ""}, {"R__v.sql", ""}}) == "supabase 20250120103000_a v*");
  BOOST_TEST(Shown({{"1_a.down.sql", ""}, {"1_a.up.sql", ""}, {"R__v.sql", ""}}) == "pairs 1_a 1_a v*");
  BOOST_TEST(Shown({{"1_a.sql", "-- Up Migration\n"}, {"R__v.sql", ""}}) == "node-pg-migrate 1_a v*");
  BOOST_TEST(Shown({{"R__v.sql", ""}, {"R__w.sql", ""}, {"afterMigrate.sql", ""}}) == "flyway v* w*");
  BOOST_TEST(Shown({{"V1__a.sql", ""}, {"R__v.sql", ""}}) == "flyway 1_a v*");
  BOOST_TEST(Shown({{"Report__v.sql", ""}}) == "plain Report__v");
  BOOST_TEST(Shown({{"0001_a.sql", ""}, {"R__.sql", ""}}) == "plain 0001_a; file \"R__.sql\": migration name is empty");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
