// Atlas: atlas_schema_revisions, in a schema of that name unless it was given another. A baseline stands for all up to
// it. The hash is of the file and of all before it, and is not compared: atlas.sum beside the files holds the same.
#include "core/adopt/history.h"

namespace migrate::adopt {
namespace {

constexpr std::string_view kHash =
    "CASE WHEN t.hash::pg_catalog.text OPERATOR(pg_catalog.~) '^[A-Za-z0-9+/]{43}=$' THEN "
    "pg_catalog.encode(pg_catalog.decode(t.hash::pg_catalog.text, 'base64'), 'hex') END";
constexpr Column kColumns[] = {{"version"},   {"description"},
                               {"type"},      {"applied"},
                               {"total"},     {"executed_at", Shown::kTime},
                               {"error"},     {"hash", Shown::kText, true, kHash},
                               {"error_stmt"}};
enum Place { kVersion, kDescription, kType, kApplied, kTotal, kExecutedAt, kError, kSum };

History ReadAtlas(const std::vector<Cells>& rows) {
  History history;
  for (const auto& row : rows) {
    const std::string version = TextOf(row[kVersion]);
    if (version.starts_with('.')) continue;  // what Atlas' cloud keeps there
    Recorded recorded{{version, TextOf(row[kDescription])}};
    recorded.at = TextOf(row[kExecutedAt]);
    recorded.checksum = TextOf(row[kSum]);
    if (!recorded.checksum.empty()) recorded.proof = Proof::kRunningSha256;
    if (TextOf(row[kType]) == "1") {
      recorded.up_to = true;
      recorded.note = "Atlas' baseline: it was there before Atlas";
    }
    const bool resolved = TextOf(row[kType]) >= "4";  // by "atlas migrate set"
    if (!resolved && (!TextOf(row[kError]).empty() || row[kApplied] != row[kTotal])) {
      recorded.standing = Standing::kFailed;
      recorded.why = "Atlas ran " + TextOf(row[kApplied]) + " of its " + TextOf(row[kTotal]) +
                     " statements: finish it there, or undo what is done of it and \"atlas migrate set\" the version "
                     "before";
    }
    history.recorded.push_back(std::move(recorded));
  }
  return history;
}

}  // namespace

constexpr Tool kAtlas = {"atlas", "", "atlas_schema_revisions", kColumns, "t.version", ReadAtlas};

}  // namespace migrate::adopt
