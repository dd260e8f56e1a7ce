#include "core/explain/advice.h"

#include <boost/test/unit_test.hpp>

using namespace migrate::explain;

namespace {

Seen SeenOf(Acts acts, int mode = kAccessExclusiveMode, double rows = 3) {
  Seen seen;
  seen.acts = acts;
  seen.lock_timeout_ms = 5000;
  seen.locks.push_back({.table = {.name = "app.orders", .rows = rows}, .mode = mode, .held_ms = 1});
  return seen;
}

bool Says(const Seen& seen, const std::string& words) {
  for (const auto& sentence : AdviceFor(seen)) {
    if (sentence.find(words) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(advice)

BOOST_AUTO_TEST_CASE(it_depends_on_the_statement_and_on_what_it_did) {
  BOOST_TEST(AdviceFor(SeenOf(0)).empty());
  BOOST_TEST(Says(SeenOf(kCreatesIndex, kShareMode), "CREATE INDEX CONCURRENTLY"));
  BOOST_TEST(!Says(SeenOf(kCreatesIndex, kShareMode, 0), "CONCURRENTLY"));
  BOOST_TEST(!Says(SeenOf(kCreatesIndex, 4), "CONCURRENTLY"));
  BOOST_TEST(!Says(SeenOf(kSetsNotNull), "NOT NULL"));
  Seen seen = SeenOf(kSetsNotNull | kAddsForeignKey);
  seen.scans = {"app.orders"};
  BOOST_TEST(Says(seen, "scans nothing"));
  BOOST_TEST(Says(seen, "NOT VALID; VALIDATE"));
  BOOST_TEST(!Says(SeenOf(kChangesType), "new type"));
  seen = SeenOf(kChangesType | kAddsColumn);
  seen.rewrites = {"app.orders"};
  BOOST_TEST(Says(seen, "column of the new type"));
  BOOST_TEST(Says(seen, "without the default"));
  seen = SeenOf(kDropsColumn);
  BOOST_TEST(!Says(seen, "Keep what goes"));
  seen.destroyed = {"column v of app.orders, 3 rows"};
  BOOST_TEST(Says(seen, "Keep what goes"));
}

BOOST_AUTO_TEST_CASE(rows_that_are_locked_count_like_a_lock) {
  Seen seen = SeenOf(kChangesRows, kRowExclusiveMode);
  BOOST_TEST(!Says(seen, "batches"));
  seen.locks.front().of_rows = true;
  BOOST_TEST(Says(seen, "batches"));
}

BOOST_AUTO_TEST_CASE(a_lock_without_a_limit_is_warned_of) {
  Seen seen = SeenOf(0);
  seen.lock_timeout_ms = 0;
  BOOST_TEST(Says(seen, "migrate.lock_timeout"));
  seen.locks.front().mode = kRowExclusiveMode;
  BOOST_TEST(AdviceFor(seen).empty());
  seen.locks.front() = SeenOf(0).locks.front();
  seen.locks.front().since_line = 1;
  BOOST_TEST(AdviceFor(seen).empty());
}

BOOST_AUTO_TEST_SUITE_END()
