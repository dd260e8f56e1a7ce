#include "core/online/block.h"

#include <algorithm>
#include <string_view>

#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/schema/tokens.h"

namespace migrate::online {
namespace {

constexpr std::string_view kBegin = "DO $migrate_online";
constexpr std::string_view kCommit = "\n    COMMIT;\n", kNoCommit = "\n    SET CONSTRAINTS ALL IMMEDIATE;\n";
constexpr std::string_view kChanges = "-- changes: ";
constexpr std::string_view kTries = "tries > 20", kNoTries = "tries > 0";

// Each line of `text` with that many blanks before it.
void AddLines(std::string& to, std::string_view text, size_t indent) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) to.append(indent, ' ').append(text.substr(0, end));
    to += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// A tag that the body has not in it.
std::string TagFor(const std::string& body) {
  std::string tag = "migrate_online";
  while (body.find("$" + tag + "$") != std::string::npos) tag += "_";
  return "$" + tag + "$";
}

std::string SizeOf(const Batches& batches) {
  const std::string table = SqlLiteral(batches.table) + "::regclass";
  const std::string blocks = " / current_setting('block_size')::bigint + 1";
  if (!batches.has_children) return "pg_relation_size(" + table + ")" + blocks;
  return "(WITH RECURSIVE r(t) AS (SELECT " + table +
         "::oid\n    UNION SELECT inhrelid FROM pg_inherits JOIN r ON inhparent = t)\n"
         "  SELECT max(pg_relation_size(t))" +
         blocks + " FROM r)";
}

class Writer {
 public:
  explicit Writer(const Block& block) : block_(block) {}

  std::string Take() {
    std::string body = Declarations() + "BEGIN\n  LOOP\n    BEGIN\n";
    AddLines(body, "PERFORM pg_sleep(pause);  -- while nothing is locked\nbegan := clock_timestamp();", 6);
    AddPhases(body);
    AddLines(body, Handlers(), 4);
    body += "    END;";
    body += kCommit;
    if (cleans_up()) {
      AddLines(body,
               "IF phase = 0 THEN\n"
               "  RAISE EXCEPTION USING ERRCODE = failure[1], MESSAGE = failure[2], DETAIL = failure[3],\n"
               "    HINT = 'What kept both columns in step is gone. The next run fills the new column again.';\n"
               "END IF;",
               4);
    }
    AddLines(body, "EXIT WHEN phase > " + std::to_string(last_) + ";", 4);
    body += "  END LOOP;\nEND\n";
    const std::string tag = TagFor(body);
    std::string changes;
    if (block_.changes) changes = std::string(kChanges) + Join(*block_.changes, ", ") + "\n";
    return "DO " + tag + "\n" + changes + body + tag + ";";
  }

 private:
  bool cleans_up() const { return !block_.clean_up.empty(); }

  std::string Declarations() const {
    std::string text =
        "#variable_conflict use_column\n"
        "DECLARE\n"
        "  phase int := 1;\n"
        "  tries int := 0;\n"
        "  pause double precision := 0;\n"
        "  began timestamptz;\n"
        "  took double precision;  -- milliseconds\n"
        "  pages bigint;\n"
        "  migrate_page bigint := 0;\n"
        "  migrate_step bigint := 8;  -- pages at once\n";
    if (cleans_up()) text += "  failure text[];\n  detail text;\n";
    return text;
  }

  void AddPhases(std::string& body) {
    std::string code;
    for (const auto& phase : block_.before) AddPhase(code, phase);
    AddBatches(code);
    for (const auto& phase : block_.after) AddPhase(code, phase);
    if (cleans_up()) {
      code += "ELSE  -- it has failed\n";
      for (const auto& statement : block_.clean_up) AddLines(code, statement, 2);
      code += "  phase := 0;\n";
    }
    code += "END IF;\ntries := 0;\n";
    AddLines(body, code, 6);
  }

  void Head(std::string& code, const std::string& says) {
    ++last_;
    code +=
        (last_ == 1 ? "IF" : "ELSIF") + std::string(" phase = ") + std::to_string(last_) + " THEN  -- " + says + "\n";
  }

  void AddPhase(std::string& code, const Phase& phase) {
    Head(code, phase.says);
    for (const auto& statement : phase.statements) AddLines(code, statement, 2);
    AddLines(code, "pause := 0;\nphase := phase + 1;", 2);
  }

  // A row that others change meanwhile may move to pages that are done: so it ends with a look at all of them.
  void AddBatches(std::string& code) {
    const Batches& batches = block_.batches;
    Head(code, "the rows, batch by batch");
    std::string text = "IF migrate_page = 0 THEN\n";
    AddLines(text, "pages := " + SizeOf(batches) + ";", 2);
    text += "END IF;\n";
    if (batches.silences_triggers) text += "PERFORM set_config('session_replication_role', 'replica', true);\n";
    text += "IF migrate_page < pages THEN\n  UPDATE " + batches.table + " SET " + batches.set +
            "\n    WHERE ctid >= format('(%s,0)', migrate_page)::tid\n"
            "      AND ctid < format('(%s,0)', migrate_page + migrate_step)::tid\n      AND " +
            batches.where +
            ";\n"
            "  migrate_page := migrate_page + migrate_step;\n"
            "  took := 1000 * extract(epoch FROM clock_timestamp() - began);\n"
            "  migrate_step := CASE WHEN took > 10 THEN greatest(migrate_step / 2, 1)\n"
            "    WHEN took < 3 THEN migrate_step * 2 ELSE migrate_step END;\n"
            "  pause := least(took / 1000, 0.1);\n"
            "ELSIF EXISTS (SELECT FROM " +
            batches.table + " WHERE " + batches.where +
            ") THEN\n"
            "  migrate_page := 0;  -- a row has moved meanwhile\n"
            "ELSE\n"
            "  pause := 0;\n"
            "  phase := phase + 1;\n"
            "END IF;\n";
    AddLines(code, text, 2);
  }

  std::string Handlers() const {
    const std::string too_often(kTries);
    const std::string again =
        "  tries := tries + 1;\n"
        "  pause := least(0.1 * 1.5 ^ tries, 5);\n";
    if (!cleans_up()) {
      return "EXCEPTION WHEN lock_not_available OR deadlock_detected THEN\n" + again + "  IF " + too_often +
             " THEN\n    RAISE;\n  END IF;\n";
    }
    return "EXCEPTION WHEN query_canceled OR OTHERS THEN\n" + again + "  IF failure IS NULL AND (" + too_often +
           " OR SQLSTATE NOT IN ('55P03', '40P01')) THEN\n"
           "    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;\n"
           "    failure := ARRAY[SQLSTATE, SQLERRM, coalesce(nullif(detail, ''), 'It has no detail.')];\n"
           "    phase := -1;\n"
           "    tries := 0;\n"
           "  ELSIF tries > 100 THEN\n"
           "    RAISE;\n"
           "  END IF;\n";
  }

  const Block& block_;
  int last_ = 0;
};

void Replace(std::string& text, size_t& end, size_t from, std::string_view what, std::string_view with) {
  for (size_t at = from; (at = text.find(what, at)) < end; at += with.size()) {
    text.replace(at, what.size(), with);
    end = end + with.size() - what.size();
  }
}

}  // namespace

std::string TextOf(const Block& block) { return Writer(block).Take(); }

bool IsBlock(std::string_view statement) { return statement.starts_with(kBegin); }

std::optional<std::vector<std::string>> TablesChangedBy(std::string_view statement) {
  std::string_view line;
  if (!IsBlock(statement) || !TakeLine(statement, line) || !TakeLine(statement, line)) return std::nullopt;
  if (!line.starts_with(TrimRight(kChanges))) return std::nullopt;
  std::vector<std::string> tables;
  for (const auto table : schema::Listed(Trim(line.substr(TrimRight(kChanges).size())))) tables.emplace_back(table);
  return tables;
}

std::string InOneTransaction(std::string script) {
  for (size_t at = 0; (at = script.find(kBegin, at)) != std::string::npos;) {
    const size_t tag = at + kBegin.find('$');
    const size_t tag_end = script.find('\n', tag);
    if (tag_end == std::string::npos) break;
    size_t end = script.find(script.substr(tag, tag_end - tag), tag_end);
    if (end == std::string::npos) break;
    Replace(script, end, tag_end, kCommit, kNoCommit);
    Replace(script, end, tag_end, kTries, kNoTries);
    at = end;
  }
  return script;
}

}  // namespace migrate::online
