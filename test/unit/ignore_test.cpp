#include "core/schema/ignore.h"

#include <boost/test/unit_test.hpp>
#include <string>

#include "core/base/error.h"

namespace migrate::schema {
namespace {

bool Covers(const char* setting, QualifiedName name, std::vector<QualifiedName> partition_of = {}) {
  return IgnoreList::Parse(setting).Covers({{std::move(name)}, std::move(partition_of)});
}

std::string WhatIsWrong(const char* setting) {
  try {
    (void) IgnoreList::Parse(setting);
  } catch (const Error& error) {
    BOOST_TEST(error.sqlstate == "22023");
    return error.detail;
  }
  return "nothing";
}

BOOST_AUTO_TEST_SUITE(ignore)

BOOST_AUTO_TEST_CASE(empty_covers_nothing) {
  BOOST_TEST(!Covers("", {"app", "orders"}));
  BOOST_TEST(!Covers("  ", {"app", "orders"}));
  BOOST_TEST(!Covers("", {"", ""}));
}

BOOST_AUTO_TEST_CASE(a_schema_covers_itself_and_all_in_it) {
  BOOST_TEST(Covers("audit", {"audit", "log"}));
  BOOST_TEST(Covers("audit", {"audit", ""}));
  BOOST_TEST(!Covers("audit", {"audits", "log"}));
  BOOST_TEST(!Covers("audit", {"app", "audit"}));
  BOOST_TEST(Covers("app, audit", {"audit", "log"}));
  BOOST_TEST(Covers("tenant_*", {"tenant_7", "log"}));
}

BOOST_AUTO_TEST_CASE(what_has_no_schema_is_in_none) {
  BOOST_TEST(!Covers("*", {"", "hstore"}));
  BOOST_TEST(!Covers("*.*", {"", "hstore"}));
}

BOOST_AUTO_TEST_CASE(stars_stand_for_anything) {
  BOOST_TEST(Covers("app.tmp_*", {"app", "tmp_1"}));
  BOOST_TEST(Covers("app.tmp_*", {"app", "tmp_"}));
  BOOST_TEST(!Covers("app.tmp_*", {"app", "atmp_1"}));
  BOOST_TEST(!Covers("app.tmp_*", {"other", "tmp_1"}));
  BOOST_TEST(Covers("app.*_old", {"app", "orders_old"}));
  BOOST_TEST(!Covers("app.*_old", {"app", "orders_older"}));
  BOOST_TEST(Covers("app.a*b*c", {"app", "axxbyybzc"}));
  BOOST_TEST(!Covers("app.a*b*c", {"app", "acb"}));
  BOOST_TEST(!Covers("app.ab*ba", {"app", "aba"}));
  BOOST_TEST(Covers("*.tmp", {"app", "tmp"}));
  BOOST_TEST(!Covers("app.*", {"app", ""}));
}

BOOST_AUTO_TEST_CASE(names_are_written_as_in_sql) {
  BOOST_TEST(Covers("Audit.Log", {"audit", "log"}));
  BOOST_TEST(Covers("\"Audit\".\"a, b.c\"", {"Audit", "a, b.c"}));
  BOOST_TEST(!Covers("\"Audit\"", {"audit", "log"}));
  BOOST_TEST(Covers("\"say \"\"x\"\"\"", {"say \"x\"", "log"}));
  BOOST_TEST(Covers("app.\"a*\"", {"app", "a*"}));
  BOOST_TEST(!Covers("app.\"a*\"", {"app", "ab"}));
  BOOST_TEST(Covers("größe.länge", {"größe", "länge"}));
}

BOOST_AUTO_TEST_CASE(partitions_of_a_table) {
  constexpr char kSetting[] = "partitions of app.events";
  BOOST_TEST(Covers(kSetting, {"app", "y2026"}, {{"app", "events"}}));
  BOOST_TEST(Covers(kSetting, {"app", "m2026"}, {{"app", "y2026"}, {"app", "events"}}));
  BOOST_TEST(!Covers(kSetting, {"app", "y2026"}, {{"app", "orders"}}));
  BOOST_TEST(!Covers(kSetting, {"app", "events"}));
  BOOST_TEST(Covers(kSetting, {"app", "events_p20260101"}));
  BOOST_TEST(Covers(kSetting, {"app", "events_default"}));
  BOOST_TEST(!Covers(kSetting, {"app", "events_pending"}));
  BOOST_TEST(!Covers(kSetting, {"other", "events_p20260101"}));
}

BOOST_AUTO_TEST_CASE(any_name_of_a_place_counts) {
  const auto list = IgnoreList::Parse("app.orders");
  BOOST_TEST(list.Covers({{{"", "trigger"}, {"app", "orders"}}, {}}));
  BOOST_TEST(!list.Covers({{{"", "trigger"}, {"app", "people"}}, {}}));
}

BOOST_AUTO_TEST_CASE(roles) {
  const auto list = IgnoreList::Parse("audit, Role partman, role \"Cron\", role bot_*");
  BOOST_TEST(list.CoversRole("partman"));
  BOOST_TEST(list.CoversRole("Cron"));
  BOOST_TEST(list.CoversRole("bot_1"));
  BOOST_TEST(!list.CoversRole("cron"));
  BOOST_TEST(!list.CoversRole("audit"));
  BOOST_TEST(!list.Covers({{{"partman", "t"}}, {}}));
}

BOOST_AUTO_TEST_CASE(words_are_names_where_nothing_follows) {
  BOOST_TEST(Covers("role", {"role", "t"}));
  BOOST_TEST(Covers("partitions", {"partitions", "t"}));
  BOOST_TEST(Covers("role.partitions", {"role", "partitions"}));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_said) {
  BOOST_TEST(WhatIsWrong("a,,b") == "Entry \"\": nothing stands between two commas.");
  BOOST_TEST(WhatIsWrong("a,") == "Entry \"\": nothing stands between two commas.");
  BOOST_TEST(WhatIsWrong("a.b.c") == "Entry \"a.b.c\": what follows the name has no meaning, or needs double quotes.");
  BOOST_TEST(WhatIsWrong("a b") == "Entry \"a b\": what follows the name has no meaning, or needs double quotes.");
  BOOST_TEST(WhatIsWrong("role a.b") ==
             "Entry \"role a.b\": what follows the name has no meaning, or needs double quotes.");
  BOOST_TEST(WhatIsWrong("x, app.") == "Entry \"app.\": a name is missing, or needs double quotes.");
  BOOST_TEST(WhatIsWrong("\"app") == "Entry \"\"app\": the closing quote is missing.");
  BOOST_TEST(WhatIsWrong("\"\".a") == "Entry \"\"\".a\": a name is empty.");
  BOOST_TEST(WhatIsWrong("partitions of events") ==
             "Entry \"partitions of events\": write partitions of schema.table.");
  BOOST_TEST(WhatIsWrong("partitions app.events") ==
             "Entry \"partitions app.events\": write partitions of schema.table.");
  BOOST_TEST(WhatIsWrong("partitions of app.*") == "Entry \"partitions of app.*\": the table is named without a star.");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace migrate::schema
