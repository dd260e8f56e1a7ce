#include "server/schema/read_tables.h"

#include <map>
#include <string>

#include "server/base/guard.h"
#include "server/base/reading_window.h"
#include "server/schema/reading.h"
#include "server/schema/table_in_hand.h"

namespace migrate::schema {
namespace {

// Each call of a leaf costs; what it has read stays in memory until the next.
constexpr size_t kTablesAtOnce = 100;

struct Listed {
  Oid table, schema;
};

struct ListedTables {
  Listed* tables;
  int count, room;
};

void ListTablesLeaf(ListedTables* listed) {
  Relation const catalog = table_open(RelationRelationId, AccessShareLock);
  SysScanDesc const scan = systable_beginscan(catalog, InvalidOid, false, GetActiveSnapshot(), 0, nullptr);
  while (HeapTuple const row = systable_getnext(scan)) {
    const auto* const form = reinterpret_cast<Form_pg_class>(GETSTRUCT(row));
    if (!CanHaveIndexes(form->relkind) || form->oid < FirstNormalObjectId) continue;
    if (listed->count == listed->room) {
      listed->room = listed->room == 0 ? 1024 : listed->room * 2;
      const Size bytes = sizeof(Listed) * static_cast<Size>(listed->room);
      listed->tables =
          static_cast<Listed*>(listed->tables == nullptr ? palloc(bytes) : repalloc_huge(listed->tables, bytes));
    }
    listed->tables[listed->count++] = {form->oid, form->relnamespace};
  }
  systable_endscan(scan);
  table_close(catalog, AccessShareLock);
}

// Plain values of a run through the leaves.
struct Run {
  const Oid* tables;
  size_t count;
  const Kind* const* kinds;
  size_t kind_count;
  PlainObjects objects;
  DefaultClasses* default_classes;
};

void ReadTablesLeaf(Run* run) {
  for (size_t i = 0; i < run->count; ++i) {
    CHECK_FOR_INTERRUPTS();
    TableInHand table;
    if (!TakeTableLeaf(run->tables[i], GetActiveSnapshot(), run->default_classes, &table)) continue;
    for (size_t k = 0; k < run->kind_count; ++k) run->kinds[k]->read_leaf(table, &run->objects);
  }
}

// In one place of memory, which is emptied before each time.
template <typename Leaf>
void InMemory(MemoryContext memory, Leaf leaf) {
  Call([=]() noexcept {
    MemoryContextReset(memory);
    MemoryContext const caller = MemoryContextSwitchTo(memory);
    leaf();
    MemoryContextSwitchTo(caller);
  });
}

std::vector<Oid> ListTables(const TablesToRead& wanted, MemoryContext memory) {
  ListedTables listed = {};
  ListedTables* const filled = &listed;
  InMemory(memory, [=]() noexcept { ListTablesLeaf(filled); });
  std::map<Oid, bool> schemas;
  std::vector<Oid> tables;
  for (int i = 0; i < listed.count; ++i) {
    const auto [schema, is_new] = schemas.emplace(listed.tables[i].schema, true);
    if (is_new && wanted.is_wanted) {
      const Oid oid = schema->first;
      const char* const name = Call([=]() noexcept { return get_namespace_name(oid); });
      schema->second = name != nullptr && wanted.is_wanted(name);
    }
    if (schema->second) tables.push_back(listed.tables[i].table);
  }
  return tables;
}

}  // namespace

void ReadTables(const TablesToRead& wanted, const std::function<void(Described)>& use) {
  const ReadingWindow window;
  MemoryContext const memory = Call(
      []() noexcept { return AllocSetContextCreate(CurrentMemoryContext, "migrate tables", ALLOCSET_DEFAULT_SIZES); });
  const std::vector<Oid> tables = wanted.tables ? *wanted.tables : ListTables(wanted, memory);
  DefaultClasses default_classes = {};
  for (size_t first = 0; first < tables.size(); first += kTablesAtOnce) {
    Run run = {tables.data() + first,
               std::min(kTablesAtOnce, tables.size() - first),
               wanted.kinds.data(),
               wanted.kinds.size(),
               {},
               &default_classes};
    Run* const filled = &run;
    InMemory(memory, [=]() noexcept { ReadTablesLeaf(filled); });
    for (int i = 0; i < run.objects.count; ++i) use(DescribedOf(run.objects.objects[i]));
  }
  Call([=]() noexcept { MemoryContextDelete(memory); });
  window.Close();
}

}  // namespace migrate::schema
