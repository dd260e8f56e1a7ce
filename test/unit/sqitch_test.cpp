#include "core/convention/sqitch_plan.h"
#include "core/set/source.h"
#include "fakes.h"

namespace migrate {
namespace {

using convention::ParseSqitchPlan;

const std::string kWho = " 2024-01-31T12:00:00Z A User <user@example.org>";

std::string PlanText(const std::string& body) { return "%syntax-version=1.0.0\n%project=app\n\n" + body; }

Error Broken(const std::string& body) { return ParseSqitchPlan(PlanText(body)).problems.at(0); }

}  // namespace

BOOST_AUTO_TEST_SUITE(sqitch)

BOOST_AUTO_TEST_CASE(a_plan_gives_order_requirements_and_tags) {
  const auto plan =
      ParseSqitchPlan(PlanText("schema" + kWho + " # the schema\n# a comment\ntables/user [schema]" + kWho + "\n@v1.0" +
                               kWho + "\n+view [tables/user@v1.0 @v1.0 !old app2:x]" + kWho + "\n"));
  BOOST_TEST(plan.changes.size() == 3u);
  BOOST_TEST(plan.changes[1].requirements == (std::vector<std::string>{"schema"}), boost::test_tools::per_element());
  BOOST_TEST(plan.changes[1].tags == (std::vector<std::string>{"v1.0"}), boost::test_tools::per_element());
  BOOST_TEST(plan.changes[2].name == "view");
  BOOST_TEST(plan.changes[2].requirements == (std::vector<std::string>{"tables/user", "tables/user"}),
             boost::test_tools::per_element());
  BOOST_TEST(plan.remarks.at(0) == "line 8: [!old] is not checked");
  BOOST_TEST(plan.remarks.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_reworked_change_stands_twice) {
  const auto plan = ParseSqitchPlan(PlanText("f" + kWho + "\ng" + kWho + "\n@v1" + kWho + "\nf [f@v1]" + kWho +
                                             "\nh [f]" + kWho + "\ni [f@v1]" + kWho));
  BOOST_TEST(plan.tags.at(plan.changes[0].first_tag) == "v1");
  BOOST_TEST(plan.changes[0].reworked());
  BOOST_TEST(!plan.changes[2].reworked());
  BOOST_TEST(plan.changes[2].id_name == "f#2");
  BOOST_TEST(plan.changes[2].requirements.at(0) == "f");
  BOOST_TEST(plan.changes[3].requirements.at(0) == "f#2");
  BOOST_TEST(plan.changes[4].requirements.at(0) == "f");
}

BOOST_AUTO_TEST_CASE(a_broken_plan_says_its_line) {
  BOOST_TEST(Broken("a" + kWho + "\nb Tuesday").message == "sqitch.plan, line 5: no timestamp follows \"b\"");
  BOOST_TEST(Contains(Broken("@v1" + kWho).message, "tag \"@v1\" stands before any change"));
  BOOST_TEST(Contains(Broken("a [b]" + kWho).message, "requires [b], which does not stand above"));
  BOOST_TEST(Contains(Broken("a [b@v9]" + kWho).message, "a tag that does not stand above"));
  BOOST_TEST(Contains(Broken("a [b" + kWho).message, "left open"));
  BOOST_TEST(Contains(Broken("a" + kWho + "\na" + kWho).message, "given twice, with no tag between"));
  BOOST_TEST(Contains(Broken("a" + kWho + "\n@x" + kWho + "\n@x" + kWho).message, "tag \"@x\" is given twice"));
}

BOOST_AUTO_TEST_CASE(all_that_is_wrong_with_a_plan_is_told_by_its_file) {
  const auto problems = [](const std::string& plan) {
    Strings shown;
    for (const auto& part : ReadFiles({{"db/sqitch.plan", plan}, {"db/deploy/a.sql", ""}}).parts) {
      shown.push_back(part.problem ? part.origin + ": " + part.problem->message : part.id.Label());
    }
    return shown;
  };
  // What follows from another fault is none of its own.
  BOOST_TEST(
      problems(PlanText("a [" + kWho + "\n@v1" + kWho + "\n<<<<<<< HEAD\nb [a a@v1]" + kWho + "\nc [gone]" + kWho)) ==
          (Strings{"db/sqitch.plan: db/sqitch.plan, line 4: a list of requirements is left open",
                   "db/sqitch.plan: db/sqitch.plan, line 6: no timestamp follows \"<<<<<<<\"",
                   "db/sqitch.plan: db/sqitch.plan, line 8: \"c\" requires [gone], which does not stand above"}),
      boost::test_tools::per_element());
  const std::string no_project = "db/sqitch.plan: db/sqitch.plan has no line \"%project=…\"";
  BOOST_TEST(problems("") == Strings{no_project}, boost::test_tools::per_element());
  BOOST_TEST(problems("%syntax-version=1.0.0\na" + kWho) == Strings{no_project}, boost::test_tools::per_element());
  BOOST_TEST(problems("%project=app\n") ==
                 Strings{"db/sqitch.plan: file \"db/sqitch.plan\" plans no change, and there are scripts"},
             boost::test_tools::per_element());
  BOOST_TEST(problems("% project = app\na" + kWho) == Strings{"a"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(scripts_are_found_by_the_plan) {
  const Reading reading =
      ReadFiles({{"db/sqitch.plan", PlanText("f" + kWho + "\n@v1" + kWho + "\nf" + kWho + "\ng" + kWho)},
                 {"db/deploy/f.sql", "new"},
                 {"db/deploy/f@v1.sql", "old"},
                 {"db/revert/f.sql", "back"},
                 {"db/verify/f@v1.sql", "check"},
                 {"db/test/x.sql", ""}});
  BOOST_TEST(reading.convention == "sqitch");
  BOOST_TEST(reading.parts.at(0).content == "old");
  BOOST_TEST(reading.parts.at(0).id.Label() == "f");
  BOOST_TEST((reading.parts.at(1).section == Section::kVerify));
  BOOST_TEST(reading.parts.at(1).traits.errors_only);
  BOOST_TEST(reading.parts.at(2).content == "new");
  BOOST_TEST(reading.parts.at(2).id.Label() == "f#2");
  BOOST_TEST(reading.parts.at(3).content == "back");
  BOOST_TEST(Contains(reading.parts.at(4).problem->message, "line 7: there is no file \"db/deploy/g.sql\""));
  BOOST_TEST(reading.ignored.at(0).path == "db/test/x.sql");
}

BOOST_AUTO_TEST_CASE(scripts_are_where_the_configuration_says) {
  const auto origin = [](const std::string& configuration, const std::string& path) {
    return ReadFiles({{"sqitch.plan", PlanText("f" + kWho)}, {"sqitch.conf", configuration}, {path, ""}})
        .parts.at(0)
        .origin;
  };
  BOOST_TEST(origin("[core]\n\tengine = pg\n\ttop_dir = ./sql/\n", "sql/deploy/f.sql") == "sql/deploy/f.sql");
  BOOST_TEST(origin("[core]\n\ttop_dir = .\n", "deploy/f.sql") == "deploy/f.sql");
  BOOST_TEST(origin("[core]\n# top_dir = sql\n[other]\ntop_dir = x\n", "deploy/f.sql") == "deploy/f.sql");
}

BOOST_AUTO_TEST_CASE(the_plan_is_where_the_configuration_says) {
  const auto parts = [](const std::string& configuration, const std::string& plan) {
    std::string shown;
    for (const auto& part :
         ReadFiles(
             {{"sqitch.conf", configuration}, {plan, PlanText("f" + kWho)}, {"deploy/f.sql", ""}, {"revert/f.sql", ""}})
             .parts) {
      shown += part.problem ? part.problem->message : part.id.Label() + (part.section == Section::kUp ? "+" : "-");
    }
    return shown;
  };
  BOOST_TEST(parts("[core]\n\tplan_file = my.plan\n", "my.plan") == "f+f-");
  BOOST_TEST(parts("[Core]\n\tPlan_File = \"./plans/my.plan\" ; here\n", "plans/my.plan") == "f+f-");
  BOOST_TEST(parts("[core]\nplan_file = my.plan\n", "sqitch.plan") ==
             "file \"sqitch.conf\" says plan_file = my.plan, which can't be read");
  BOOST_TEST(parts("[core]\nplan_file = plan.txt\n", "plan.txt") ==
             "file \"sqitch.conf\" says plan_file = plan.txt, which can't be read");
  BOOST_TEST(Thrown([&] { parts("[core]\n\tengine = pg\n", "other.plan"); }).message == "there is no sqitch.plan");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate
