// One step of one migration, 1_a, that runs in segments, perhaps after a run that stopped.
#pragma once

#include "core/run/segments.h"
#include "fakes.h"

namespace migrate {

inline const Error kBusy(sqlstate::kLockNotAvailable, "busy");

struct SegmentsFixture : PlanFixture {
  FakeTransactions transactions{database};
  int lock_retries = 0;
  std::optional<SegmentedStep> segmented;

  const Step& step() { return plan.steps.at(0); }
  KnownMigration& migration() { return migrations.at(0); }

  void Text(const std::string& text, const std::string& verify = {}) { Add("1_a", text, verify); }

  void EachAlone(const std::string& text) {
    Text(text);
    migration().up.each_alone = true;
  }

  // … after a run of `text_then` that came through `done_then` statements.
  void StoppedAfter(int done_then, bool unsure_then = false, const std::string& text_then = {}) {
    migration() = Stopped(migration(), step().action, done_then, unsure_then);
    if (text_then.empty()) return;
    migration().unfinished.Make().sha256 = "then";
    database.texts["then"] = text_then;
  }

  void Run() {
    segmented.emplace(Place{&step(), 1, 1, 0}, lock_retries, database, transactions);
    segmented->Run();
  }

  Error Failure() {
    return Thrown([&] { Run(); });
  }

  // Every transaction that stays, in order.
  void Stays(const Strings& expected) {
    BOOST_TEST(transactions.committed == expected, boost::test_tools::per_element());
    BOOST_TEST(database.effects.empty());
  }

  void Reached(int statements, bool and_maybe_the_next = false) {
    BOOST_TEST(segmented->done() == statements);
    BOOST_TEST(segmented->unsure() == and_maybe_the_next);
  }
};

}  // namespace migrate
