// Flyway's folders, and repeatable migrations in those of others.
#include "core/set/source.h"
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
  BOOST_TEST(Shown({{"R__v.sql", ""}, {"R__w.sql", ""}, {"afterClean.sql", ""}}) == "flyway v* w*");
  BOOST_TEST(Shown({{"V1__a.sql", ""}, {"R__v.sql", ""}}) == "flyway 1_a v*");
  BOOST_TEST(Shown({{"Report__v.sql", ""}}) == "plain Report__v");
  BOOST_TEST(Shown({{"0001_a.sql", ""}, {"R__.sql", ""}}) == "plain 0001_a; file \"R__.sql\": migration name is empty");
}

BOOST_AUTO_TEST_CASE(callbacks_of_migrate_are_refused) {
  for (const std::string name :
       {"beforeMigrate.sql", "afterMigrate__vacuum.sql", "afterEachMigrateError.sql", "createSchema.sql",
        "afterVersioned.sql", "beforeRepeatables.sql", "afterConnect.sql", "afterUndo.sql"}) {
    BOOST_TEST(Shown({{"V1__a.sql", ""}, {name, ""}}) ==
               "flyway 1_a; file \"" + name + "\" is a callback, which does not run here");
  }
  BOOST_TEST(Shown({{"V1__a.sql", ""}, {"beforeClean.sql", ""}}) == "flyway 1_a");
  BOOST_TEST(Contains(Shown({{"V1__a.sql", ""}, {"after_party.sql", ""}}), "is not named as Flyway names migrations"));
  BOOST_TEST(
      Shown({{"V1__a.sql", ""}, {"afterMigrate.sql", ""}, {"flyway.conf", "flyway.skipDefaultCallbacks=true"}}) ==
      "flyway 1_a");
}

BOOST_AUTO_TEST_CASE(callbacks_that_run_when_hooks_do_are_hooks) {
  const auto reading = ReadFiles({{"V1__a.sql", ""},
                                  {"beforeEachMigrate.sql", ""},
                                  {"afterEachMigrate__b.sql", ""},
                                  {"afterMigrateApplied.sql", ""},
                                  {"afterMigrate.sql", "-- migrate:hook after all\nSELECT 1;"}});
  BOOST_REQUIRE_EQUAL(reading.parts.size(), 5);
  std::string hooks;
  for (const auto& part : reading.parts) {
    BOOST_TEST(!part.problem);
    hooks += part.id.Label() + ": " + HookName(part.traits.hook) + "; ";
  }
  BOOST_TEST(hooks ==
             "1_a: ; beforeEachMigrate: before each; afterEachMigrate__b: after each; afterMigrateApplied: after all; "
             "afterMigrate: ; ");
}

BOOST_AUTO_TEST_CASE(prefixes_are_those_of_its_configuration) {
  const SourceFiles files = {{"m2-b.sql", ""}, {"m1_1-a.sql", ""}, {"w2-b.sql", ""}, {"r-v.sql", ""}};
  const auto with = [&](const char* name, const char* text) {
    SourceFiles all = files;
    all.push_back({name, text});
    return Shown(std::move(all));
  };
  BOOST_TEST(with("flyway.conf",
                  "# x\nflyway.sqlMigrationPrefix=m\nflyway.undoSqlMigrationPrefix=w\n"
                  "flyway.repeatableSqlMigrationPrefix=r\nflyway.sqlMigrationSeparator=-\n") ==
             "flyway 2_b 1.1_a 2_b v*");
  BOOST_TEST(with("conf/flyway.toml",
                  "[flyway]\nsqlMigrationPrefix = \"m\" # x\nundoSqlMigrationPrefix = 'w'\n"
                  "repeatableSqlMigrationPrefix = \"r\"\nsqlMigrationSeparator = \"-\"\n") ==
             "flyway 2_b 1.1_a 2_b v*");
  BOOST_TEST(Shown({{"v1__a.sql", ""}, {"v10__b.sql", ""}, {"u10__b.sql", ""}, {"r__v.sql", ""}}) ==
             "flyway 1_a 10_b 10_b v*");
  BOOST_TEST(Shown({{"V1__a.sql", ""}, {"v2__b.sql", ""}}) ==
             "flyway 1_a; file \"v2__b.sql\" is not named as Flyway names migrations");
}

BOOST_AUTO_TEST_CASE(its_configuration_says_what_counts) {
  const auto reading = [](const std::string& text) {
    return ReadFiles({{"sql/V1__a.sql", ""}, {"test/V2__b_pg.sql", ""}, {"flyway.conf", text}});
  };
  const auto count = [&](const std::string& text) {
    std::string shown;
    for (const auto& part : reading(text).parts)
      shown += part.problem ? "! " + part.problem->message : part.id.Label() + " ";
    return shown;
  };
  BOOST_TEST(count("flyway.locations=filesystem:./sql/") == "1_a ");
  BOOST_TEST(count("flyway.locations=filesystem:sql, classpath:test") == "1_a 2_b_pg ");
  BOOST_TEST(count("flyway.sqlMigrationSuffixes=_pg.sql") == "2_b ");
  BOOST_TEST(count("url=jdbc:x\nflyway.url=jdbc:x\nflyway.encoding=UTF-8\nflyway.schemas=public") == "1_a 2_b_pg ");
  const Error error = Thrown([&] { (void) count("flyway.locations=filesystem:elsewhere"); });
  BOOST_TEST(error.message == "no migration is in Flyway's locations");
  for (const std::string setting : {"flyway.defaultSchema=app", "flyway.schemas=app", "flyway.placeholderPrefix=$[",
                                    "flyway.encoding=ISO-8859-1", "flyway.initSql=SET x = 1", "flyway.target=3",
                                    "flyway.sqlMigrationSuffixes=.sql,.pkb", "flyway.locations=s3:bucket/sql"}) {
    const std::string name = setting.substr(0, setting.find('='));
    const std::string value = setting.substr(setting.find('=') + 1);
    BOOST_TEST(Contains(count("\n" + setting),
                        "! file \"flyway.conf\", line 2: " + name + " is \"" + value + "\", which is not heeded"));
  }
  const Reading filled = reading("flyway.placeholders.Schema=app\nflyway.executeInTransaction=false");
  BOOST_TEST(filled.placeholders.at("Schema") == "app");
  BOOST_TEST(filled.parts.at(0).traits.no_transaction == "flyway.executeInTransaction=false");
  BOOST_TEST(!reading("flyway.placeholderReplacement=false").dollar_placeholders);
  const Reading toml = ReadFiles({{"V1__a.sql", ""},
                                  {"flyway.toml",
                                   "[flyway]\nlocations = [\n  \"filesystem:.\",\n]\n[flyway.placeholders]\n"
                                   "a = \"1\"\n[environments.test]\nschemas = [\"app\"]\n"}});
  BOOST_TEST(toml.placeholders.at("a") == "1");
  BOOST_TEST(toml.parts.at(0).problem->message ==
             "file \"flyway.toml\", line 8: environments.test.schemas is \"app\", which is not heeded");
}

BOOST_AUTO_TEST_CASE(what_a_scripts_conf_says_is_heeded_or_refused) {
  for (const std::string setting :
       {"shouldExecute=false", "encoding=UTF-16", "placeholderReplacement=false", "mixed=true"}) {
    BOOST_TEST(Contains(Shown({{"V1__a.sql", ""}, {"V1__a.sql.conf", setting}}), "which is not heeded"));
  }
  BOOST_TEST(Shown({{"V1__a.sql", ""}, {"V1__a.sql.conf", "encoding=UTF-8\nshouldExecute=true"}}) == "flyway 1_a");
}

BOOST_AUTO_TEST_CASE(refinery_names_its_files_as_flyway_does) {
  BOOST_TEST(
      Contains(Shown({{"V1__a.sql", ""}, {"U2__b.sql", ""}}), "\"U2__b.sql\" undoes no migration of this folder"));
  const SourceFiles files = {{"V1__a.sql", ""}, {"U2__b.sql", ""}, {"U1__c.sql", ""}, {"R__v.sql", ""}};
  ReadOptions options;
  options.convention = "refinery";
  const Reading told = ReadFiles(files, options);
  BOOST_TEST((told.parts.at(1).section == Section::kUp));
  SourceFiles configured = files;
  configured.push_back({"refinery.toml", "", {}, true});
  BOOST_TEST(
      Shown(configured) ==
      "refinery 1_a 2_b; file \"U1__c.sql\" has the version of another; file \"R__v.sql\" is not named as refinery "
      "names migrations");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
