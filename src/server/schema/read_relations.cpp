#include "server/schema/read_relations.h"

#include <map>
#include <string>

#include "server/base/guard.h"
#include "server/base/reading_window.h"
#include "server/schema/reading.h"
#include "server/schema/relation_in_hand.h"

namespace migrate::schema {
namespace {

// Each call of a leaf costs; what it has read stays in memory until the next.
constexpr size_t kRelationsAtOnce = 100;

struct Listed {
  Oid relation, schema;
};

struct ListedRelations {
  Listed* relations;
  int count, room;
};

void ListRelationsLeaf(ListedRelations* listed) {
  Relation const catalog = table_open(RelationRelationId, AccessShareLock);
  SysScanDesc const scan = systable_beginscan(catalog, InvalidOid, false, GetActiveSnapshot(), 0, nullptr);
  while (HeapTuple const row = systable_getnext(scan)) {
    const auto* const form = reinterpret_cast<Form_pg_class>(GETSTRUCT(row));
    if (!IsReadByLeaves(form->relkind)) continue;
    if (listed->count == listed->room) {
      listed->room = listed->room == 0 ? 1024 : listed->room * 2;
      const Size bytes = sizeof(Listed) * static_cast<Size>(listed->room);
      listed->relations =
          static_cast<Listed*>(listed->relations == nullptr ? palloc(bytes) : repalloc_huge(listed->relations, bytes));
    }
    listed->relations[listed->count++] = {form->oid, form->relnamespace};
  }
  systable_endscan(scan);
  table_close(catalog, AccessShareLock);
}

// Plain values of a run through the leaves.
struct Run {
  const Oid* relations;
  size_t count;
  const Kind* const* kinds;
  size_t kind_count;
  PlainObjects objects;
  DefaultClasses* default_classes;
};

void ReadRelationsLeaf(Run* run) {
  for (size_t i = 0; i < run->count; ++i) {
    CHECK_FOR_INTERRUPTS();
    RelationInHand relation;
    if (!TakeRelationLeaf(run->relations[i], GetActiveSnapshot(), run->default_classes, &relation)) continue;
    for (size_t k = 0; k < run->kind_count; ++k) run->kinds[k]->read_leaf(relation, &run->objects);
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

std::vector<Oid> ListRelations(const RelationsToRead& wanted, MemoryContext memory) {
  ListedRelations listed = {};
  ListedRelations* const filled = &listed;
  InMemory(memory, [=]() noexcept { ListRelationsLeaf(filled); });
  std::map<Oid, bool> schemas;
  std::vector<Oid> relations;
  for (int i = 0; i < listed.count; ++i) {
    const auto [schema, is_new] = schemas.emplace(listed.relations[i].schema, true);
    if (is_new) {
      const Oid oid = schema->first;
      const char* const name = Call([=]() noexcept { return get_namespace_name(oid); });
      schema->second = name != nullptr && IsUsers(name) && wanted.is_wanted(name);
    }
    if (schema->second) relations.push_back(listed.relations[i].relation);
  }
  return relations;
}

}  // namespace

void ReadRelations(const RelationsToRead& wanted, const std::function<void(Described)>& use) {
  const ReadingWindow window;
  MemoryContext const memory = Call([]() noexcept {
    return AllocSetContextCreate(CurrentMemoryContext, "migrate relations", ALLOCSET_DEFAULT_SIZES);
  });
  const std::vector<Oid> relations = wanted.relations ? *wanted.relations : ListRelations(wanted, memory);
  DefaultClasses default_classes = {};
  for (size_t first = 0; first < relations.size(); first += kRelationsAtOnce) {
    Run run = {relations.data() + first,
               std::min(kRelationsAtOnce, relations.size() - first),
               wanted.kinds.data(),
               wanted.kinds.size(),
               {},
               &default_classes};
    Run* const filled = &run;
    InMemory(memory, [=]() noexcept { ReadRelationsLeaf(filled); });
    for (int i = 0; i < run.objects.count; ++i) use(DescribedOf(run.objects.objects[i]));
  }
  Call([=]() noexcept { MemoryContextDelete(memory); });
  window.Close();
}

}  // namespace migrate::schema
