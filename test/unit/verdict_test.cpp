#include "core/explain/verdict.h"

#include <boost/test/unit_test.hpp>

using namespace migrate;
using namespace migrate::explain;

namespace {

constexpr double kBriefMs = 100;

Lock LockOf(int mode, double held_ms) {
  return {.table = {.name = "app.orders", .bytes = 8192, .rows = 3},
          .mode = mode,
          .mode_name = "Lock" + std::to_string(mode),
          .held_ms = held_ms,
          .held_by_apply_ms = held_ms};
}

Explained RowOf(const Lock& lock) {
  Explained row;
  row.seen.locks = {lock};
  row.seen.lock_timeout_ms = 5000;
  return row;
}

std::string Said(const Lock& lock) { return VerdictOf(RowOf(lock), kBriefMs); }

}  // namespace

BOOST_AUTO_TEST_SUITE(verdict)

BOOST_AUTO_TEST_CASE(each_lock_mode_blocks_what_the_server_says) {
  constexpr double kLong = 1000;
  for (int mode = 1; mode <= 4; ++mode) BOOST_TEST(Said(LockOf(mode, kLong)) == "safe");
  for (int mode = 5; mode <= 7; ++mode) BOOST_TEST(Said(LockOf(mode, kLong)) == "blocks writes");
  BOOST_TEST(Said(LockOf(8, kLong)) == "blocks reads");
  Lock rows = LockOf(kRowExclusiveMode, kLong);
  rows.of_rows = true;
  BOOST_TEST(Said(rows) == "blocks writes");
}

BOOST_AUTO_TEST_CASE(a_lock_is_brief_below_the_limit) {
  BOOST_TEST(Said(LockOf(8, 99.9)) == "brief lock");
  BOOST_TEST(Said(LockOf(8, 100)) == "blocks reads");
  BOOST_TEST(VerdictOf(RowOf(LockOf(8, 0.1)), 0) == "blocks reads");
}

BOOST_AUTO_TEST_CASE(what_was_not_done_takes_as_long_as_its_work) {
  Lock lock = LockOf(8, 1);
  lock.held_ms.reset();
  BOOST_TEST(Said(lock) == "brief lock");
  lock.for_long = true;
  BOOST_TEST(Said(lock) == "blocks reads");
  lock = LockOf(8, 1);
  lock.for_long = true;
  BOOST_TEST(Said(lock) == "blocks reads");
}

BOOST_AUTO_TEST_CASE(the_worst_lock_counts) {
  Explained row = RowOf(LockOf(1, 1000));
  BOOST_TEST(VerdictOf(row, kBriefMs) == "safe");
  row.seen.locks.push_back(LockOf(8, 1));
  BOOST_TEST(VerdictOf(row, kBriefMs) == "brief lock");
  row.seen.locks.push_back(LockOf(5, 500));
  BOOST_TEST(VerdictOf(row, kBriefMs) == "blocks writes");
  BOOST_TEST(VerdictOf({}, kBriefMs) == "safe");
}

BOOST_AUTO_TEST_CASE(flags_and_states_stand_beside_it) {
  Explained row = RowOf(LockOf(8, 1000));
  row.seen.rewrites = {"app.orders"};
  row.seen.destroyed = {"column v of app.orders, 3 rows"};
  BOOST_TEST(VerdictOf(row, kBriefMs) == "blocks reads, rewrites, destroys data");
  row.state = State::kEstimated;
  row.why = "app.orders (65 MB) is larger than migrate.rehearse_size";
  BOOST_TEST(VerdictOf(row, kBriefMs) == "blocks reads, rewrites, destroys data, estimated");
  row.is_known = false;
  BOOST_TEST(VerdictOf(row, kBriefMs) == "not tried: app.orders (65 MB) is larger than migrate.rehearse_size");
  row.state = State::kFails;
  row.why = "42P01: relation \"t\" does not exist";
  BOOST_TEST(VerdictOf(row, kBriefMs) == "fails 42P01: relation \"t\" does not exist");
  row.state = State::kNotTried;
  row.why = "behind line 2";
  BOOST_TEST(VerdictOf(row, kBriefMs) == "not tried: behind line 2");
}

BOOST_AUTO_TEST_CASE(details_are_json) {
  BOOST_TEST(DetailsOf({}, kBriefMs) == "{}");
  Explained row = RowOf(LockOf(5, 1.5));
  row.seen.locks.front().since_line = 2;
  row.seen.rows = {{"app.orders", 1, 0, 2}};
  row.seen.scans = {"app.orders"};
  BOOST_TEST(DetailsOf(row, kBriefMs) ==
             R"({"locks":[{"lock":"Lock5","relation":"app.orders","bytes":8192,"rows":3,"held_ms":1.500,)"
             R"("held_by_apply_ms":1.500,"since_line":2}],"rows":[{"relation":"app.orders","inserted":1,"deleted":2}],)"
             R"("scans":["app.orders"]})");
  row = RowOf(LockOf(8, 1000));
  row.state = State::kNotTried;
  BOOST_TEST(DetailsOf(row, kBriefMs).find(R"("expected":"blocks reads")") != std::string::npos);
  row.state = State::kRanPlain;
  BOOST_TEST(DetailsOf(row, kBriefMs).find(R"("rehearsed":"without CONCURRENTLY")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_statement_is_cut_to_one_short_line) {
  BOOST_TEST(Shortened("SELECT 1;", 10) == "SELECT 1");
  BOOST_TEST(Shortened("SELECT\n\t 1 ;", 10) == "SELECT 1 ");
  BOOST_TEST(Shortened("ALTER TABLE orders", 12) == "ALTER TABLE…");
  BOOST_TEST(Shortened("ALTER TABLE orders", 14) == "ALTER TABLE o…");
  BOOST_TEST(Shortened("ÄÖÜäöü", 6) == "ÄÖÜäöü");
  BOOST_TEST(Shortened("ÄÖÜäöüß", 6) == "ÄÖÜäö…");
  BOOST_TEST(Shortened("", 6) == "");
}

BOOST_AUTO_TEST_SUITE_END()
