#include "core/explain/policy.h"

#include <boost/test/unit_test.hpp>

#include "core/base/error.h"
#include "core/base/text.h"

namespace migrate::explain {
namespace {

constexpr int64_t kMegabyte = 1024 * 1024;

Lock LockOf(int mode, double held_ms, int64_t bytes = 20 * kMegabyte) {
  Lock lock;
  lock.table = {"app.orders", bytes, 1000};
  lock.mode = mode;
  lock.held_ms = held_ms;
  lock.held_by_apply_ms = held_ms + 1000;
  return lock;
}

Explained With(const Lock& lock) {
  Explained explained;
  explained.seen.locks = {lock};
  return explained;
}

std::string Found(const Explained& explained, Level most, const std::string& allows = "", bool all_at_once = false,
                  bool keeps = false) {
  const Policy policy{most, 8 * kMegabyte, 100, all_at_once, keeps};
  return Join(Excesses(explained, policy, allows.empty() ? Allowance() : AllowanceOf(allows)), "; ");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(policy)

BOOST_AUTO_TEST_CASE(what_is_above_the_scale_is_named_with_its_size) {
  const Explained reads = With(LockOf(kAccessExclusiveMode, 500)), writes = With(LockOf(kShareMode, 500));
  BOOST_TEST(Found(reads, Level::kWrites) == "blocks reads of app.orders (20 MB)");
  BOOST_TEST(Found(reads, Level::kReads) == "");
  BOOST_TEST(Found(writes, Level::kBrief) == "blocks writes of app.orders (20 MB)");
  BOOST_TEST(Found(writes, Level::kWrites) == "");
  const Explained brief = With(LockOf(kAccessExclusiveMode, 5));
  BOOST_TEST(Found(brief, Level::kSafe) == "brief lock of app.orders (20 MB)");
  BOOST_TEST(Found(brief, Level::kBrief) == "");
  BOOST_TEST(Found(brief, Level::kBrief, "", true) ==
             "blocks reads of app.orders (20 MB)");  // it is held to the end of all
  BOOST_TEST(Found(With(LockOf(kAccessExclusiveMode, 500, kMegabyte)), Level::kSafe) == "");
}

BOOST_AUTO_TEST_CASE(a_migration_may_say_what_it_needs) {
  Explained reads = With(LockOf(kAccessExclusiveMode, 500));
  BOOST_TEST(Found(reads, Level::kSafe, "blocks reads: why") == "");
  BOOST_TEST(Found(reads, Level::kSafe, "blocks writes: why") == "blocks reads of app.orders (20 MB)");
  BOOST_TEST(Found(reads, Level::kSafe, "rewrites: why") == "blocks reads of app.orders (20 MB)");
  reads.seen.rewrites = {"app.orders"};
  BOOST_TEST(Found(reads, Level::kSafe, "destroys data, rewrites: why") == "");
  BOOST_TEST(Found(With(LockOf(kShareMode, 500)), Level::kSafe, "blocks writes: why") == "");
}

BOOST_AUTO_TEST_CASE(data_is_not_destroyed_unless_it_is_allowed_or_kept) {
  Explained dropped;
  dropped.seen.destroyed = {"column note of app.orders, about 7 rows"};
  BOOST_TEST(Found(dropped, Level::kReads) == "destroys column note of app.orders, about 7 rows");
  BOOST_TEST(Found(dropped, Level::kReads, "destroys data: why") == "");
  BOOST_TEST(Found(dropped, Level::kReads, "", false, true) == "");
  dropped.seen.destroyed = {"7 rows of app.orders"};
  BOOST_TEST(Found(dropped, Level::kReads, "", false, true) == "destroys 7 rows of app.orders");
  dropped.seen.destroyed = {"table app.orders, 7 rows"};
  dropped.seen.acts = kChangesRows;
  BOOST_TEST(Found(dropped, Level::kReads, "", false, true) == "destroys table app.orders, 7 rows");
  dropped.seen.acts = 0;
  dropped.seen.is_code = true;
  BOOST_TEST(Found(dropped, Level::kReads, "", false, true) == "destroys table app.orders, 7 rows");
  dropped.seen.is_code = false;
  dropped.seen.acts = kTruncates;
  BOOST_TEST(Found(dropped, Level::kReads, "", false, true) == "destroys table app.orders, 7 rows");
}

BOOST_AUTO_TEST_CASE(rows_of_tables_that_are_named_are_kept_whatever_is_done_to_them) {
  Explained changed;
  changed.seen.acts = kTruncates;
  changed.seen.is_code = true;
  changed.seen.destroyed = {"table app.orders, about 7 rows", "about 12 rows of app.orders",
                            "column note of app.orders"};
  Policy policy{Level::kReads};
  policy.keeps_rows = {"log", "orders"};
  BOOST_TEST(Excesses(changed, policy, Allowance()).empty());
  policy.keeps_rows = {"app.log", "rders"};
  BOOST_TEST(Excesses(changed, policy, Allowance()).size() == 3);
}

BOOST_AUTO_TEST_CASE(what_fails_is_not_judged_and_what_is_not_known_may_do_anything) {
  Explained explained = With(LockOf(kAccessExclusiveMode, 500));
  explained.state = State::kFails;
  BOOST_TEST(Found(explained, Level::kSafe) == "");
  explained.state = State::kNotTried;
  BOOST_TEST(Found(explained, Level::kSafe) != "");
  explained.is_known = false;
  explained.why = "it did not get its lock";
  BOOST_TEST(Found(explained, Level::kReads) == "can't be judged, not tried: it did not get its lock");
  BOOST_TEST(Found(explained, Level::kReads, "blocks reads: why") != "");
  BOOST_TEST(Found(explained, Level::kReads, "blocks reads, destroys data: why") == "");
}

BOOST_AUTO_TEST_CASE(words_and_a_reason_are_asked_for) {
  for (const char* const value :
       {"", "rewrites", "rewrites:", "rewrites:  ", "everything: why", "rewrites, all: why"}) {
    BOOST_CHECK_THROW((void) AllowanceOf(value), Error);
  }
  const Allowance allowance = AllowanceOf("blocks reads , rewrites: it is small: really");
  BOOST_TEST((allowance.reads && allowance.rewrites && !allowance.writes && !allowance.destroys));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace migrate::explain
