#include "core/explain/verdict.h"

#include <algorithm>

#include "core/base/json.h"
#include "core/base/text.h"
#include "core/explain/advice.h"

namespace migrate::explain {
namespace {

Level Blocked(const Lock& lock) {
  if (lock.mode >= kAccessExclusiveMode) return Level::kReads;
  return lock.mode >= kShareMode || lock.of_rows ? Level::kWrites : Level::kSafe;
}

std::string WithFlags(const Seen& seen, double brief_ms) {
  std::string text = NameOf(LevelOf(seen, brief_ms));
  if (!seen.rewrites.empty()) text += ", rewrites";
  if (!seen.destroyed.empty()) text += ", destroys data";
  return text;
}

JsonObject ObjectOf(const Lock& lock) {
  JsonObject object;
  object.Add("lock", lock.mode_name).Add("relation", lock.table.name);
  object.AddJson("bytes", std::to_string(lock.table.bytes));
  object.AddJson("rows", std::to_string(static_cast<int64_t>(lock.table.rows)));
  if (lock.of_rows) object.AddJson("locks_rows", "true");
  if (lock.held_ms) object.Add("held_ms", *lock.held_ms).Add("held_by_apply_ms", lock.held_by_apply_ms);
  if (lock.since_line > 0) object.Add("since_line", lock.since_line);
  return object;
}

JsonObject ObjectOf(const RowCounts& rows) {
  JsonObject object;
  object.Add("relation", rows.relation);
  if (rows.inserted > 0) object.AddJson("inserted", std::to_string(rows.inserted));
  if (rows.updated > 0) object.AddJson("updated", std::to_string(rows.updated));
  if (rows.deleted > 0) object.AddJson("deleted", std::to_string(rows.deleted));
  return object;
}

template <typename Item>
std::string Array(const std::vector<Item>& items) {
  std::vector<std::string> texts;
  for (const auto& item : items) texts.push_back(ObjectOf(item).Text());
  return "[" + Join(texts, ", ") + "]";
}

}  // namespace

Level LevelOf(const Lock& lock, double brief_ms) {
  const Level blocked = Blocked(lock);
  if (blocked == Level::kSafe || lock.for_long) return blocked;
  // What was not tried and has nothing to go over is gone in a moment.
  return lock.held_ms.value_or(0) < brief_ms ? Level::kBrief : blocked;
}

const char* NameOf(Level level) {
  switch (level) {
    case Level::kSafe: return "safe";
    case Level::kBrief: return "brief lock";
    case Level::kWrites: return "blocks writes";
    case Level::kReads: return "blocks reads";
  }
  return "";
}

Level LevelOf(const Seen& seen, double brief_ms) {
  Level level = Level::kSafe;
  for (const auto& lock : seen.locks) level = std::max(level, LevelOf(lock, brief_ms));
  return level;
}

std::string VerdictOf(const Explained& explained, double brief_ms) {
  switch (explained.state) {
    case State::kFails: return "fails " + explained.why;
    case State::kNotTried: return "not tried: " + explained.why;
    case State::kEstimated:
      return explained.is_known ? WithFlags(explained.seen, brief_ms) + ", estimated" : "not tried: " + explained.why;
    default: return WithFlags(explained.seen, brief_ms);
  }
}

std::string DetailsOf(const Explained& explained, double brief_ms) {
  const Seen& seen = explained.seen;
  JsonObject details;
  if (explained.state == State::kRanPlain) details.Add("rehearsed", "without CONCURRENTLY");
  if (explained.state == State::kEstimated) details.Add("estimated", explained.why);
  if (explained.state == State::kNotTried && explained.is_known) {
    details.Add("expected", WithFlags(seen, brief_ms));
  }
  if (!explained.detail.empty()) details.Add("detail", explained.detail);
  const auto list = [&](const char* key, const std::vector<std::string>& values) {
    if (!values.empty()) details.Add(key, values);
  };
  list("advice", AdviceFor(seen));
  if (!seen.locks.empty()) details.AddJson("locks", Array(seen.locks));
  if (!seen.rows.empty()) details.AddJson("rows", Array(seen.rows));
  list("rewrites", seen.rewrites);
  list("scans", seen.scans);
  list("indexes", seen.indexes);
  list("destroys", seen.destroyed);
  list("objects", seen.objects);
  return details.Text();
}

std::string Shortened(std::string_view statement, size_t most) {
  std::string line;
  bool blank = false;
  for (const char c : statement) {
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      blank = !line.empty();
      continue;
    }
    if (blank) line += ' ';
    blank = false;
    line += c;
    if (line.size() > 4 * (most + 1)) break;  // a character has four bytes at most
  }
  if (line.ends_with(';')) line.pop_back();
  if (CountCharacters(line) <= static_cast<int>(most)) return line;
  line.resize(OffsetOfCharacter(line, static_cast<int>(most)));
  return std::string(TrimRight(line)) + "…";
}

}  // namespace migrate::explain
