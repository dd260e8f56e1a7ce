#include "core/schema/way/rank.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "core/schema/tokens.h"

namespace migrate::schema {
namespace {

enum Rank {
  kSchema,
  kExtension,
  kType,
  kServer,
  kSequence,
  kTable,
  kColumn,
  kChild,  // a table that has its columns from another
  kRoutine,
  kOnRoutine,
  kPartitionKey,
  kKey,
  kForeignKey,
  kView,
  kOnRelation,
  kPublication,
  kPublished,
  kLast,
};

struct ClassRank {
  std::string_view kind;
  Rank rank;
};

constexpr ClassRank kRanks[] = {
    {"schema", kSchema},
    {"extension", kExtension},
    {"type", kType},
    {"collation", kType},
    {"domain constraint", kOnRoutine},
    {"foreign-data wrapper", kType},
    {"server", kServer},
    {"user mapping", kSequence},
    {"sequence", kSequence},
    {"table", kTable},
    {"foreign table", kTable},
    {"table column", kColumn},
    {"foreign table column", kColumn},
    {"function", kRoutine},
    {"procedure", kRoutine},
    {"index", kKey},
    {"table constraint", kKey},
    {"view", kView},
    {"materialized view", kView},
    {"statistics object", kOnRelation},
    {"rule", kOnRelation},
    {"trigger", kOnRelation},
    {"policy", kOnRelation},
    {"publication", kPublication},
    {"publication relation", kPublished},
    {"publication namespace", kPublished},
    {"subscription", kPublished},
    // It fires on what comes behind it, and default privileges are given to it.
    {"event trigger", kLast},
    {"default acl", kLast},
};

bool Says(const Object& object, std::string_view words) {
  return FindWords(object.definition, words) != std::string_view::npos;
}

}  // namespace

int RankOf(const Object& object) {
  const auto* const found = std::find_if(std::begin(kRanks), std::end(kRanks),
                                         [&](const ClassRank& known) { return known.kind == object.kind; });
  if (found == std::end(kRanks)) return kOnRoutine;
  if (found->rank == kTable && (Says(object, "PARTITION OF") || Says(object, "INHERITS"))) return kChild;
  if (found->rank == kKey && Says(object, "FOREIGN KEY")) return kForeignKey;
  // A key of a partitioned table takes those that its partitions have.
  if (object.kind == "table constraint" && Says(object, "ATTACH PARTITION")) return kPartitionKey;
  return found->rank;
}

}  // namespace migrate::schema
