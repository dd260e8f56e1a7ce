#include "server/schema/ddl.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/base/json.h"
#include "core/base/text.h"
#include "core/schema/belonging.h"
#include "server/base/guard.h"
#include "server/base/sql.h"

namespace migrate::schema {
namespace {

Statement kCommands = {
    "SELECT c.classid, c.objid, c.objsubid, c.command_tag, c.object_type "
    "FROM pg_catalog.pg_event_trigger_ddl_commands() c WHERE NOT c.in_extension",
    Rights::kCaller};
// Class, identity, whether it is temporary; schema and name of the object and of its table; those of the tables that
// this is a partition of. An index and a sequence go with their table. OFFSET 0 keeps each look-up one by its index,
// however many objects there are: the plan is made once, for any number of rows.
Statement kObjects = {
    R"(
SELECT i.type, i.identity, r.relpersistence = 't' OR pg_catalog.starts_with(n.schema, 'pg_temp'),
    pg_catalog.json_build_array(n.schema, n.name, COALESCE(s.nspname, ''), COALESCE(r.relname, '')),
    (SELECT COALESCE(pg_catalog.json_agg(x.part), '[]') FROM (
       SELECT pg_catalog.unnest(ARRAY[q.nspname::text, p.relname::text]) AS part
         FROM pg_catalog.pg_partition_ancestors(r.oid) v(relid)
         JOIN pg_catalog.pg_class p ON p.oid = v.relid AND p.oid <> r.oid
         JOIN pg_catalog.pg_namespace q ON q.oid = p.relnamespace) x)
  FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2), pg_catalog.unnest($3)) WITH ORDINALITY
      AS t(classid, objid, objsubid, number)
  CROSS JOIN LATERAL (SELECT t.classid::oid AS classid, t.objid::oid AS objid) o
  CROSS JOIN LATERAL pg_catalog.pg_identify_object(o.classid, o.objid, t.objsubid::int4) i
  CROSS JOIN LATERAL pg_catalog.pg_identify_object_as_address(o.classid, o.objid, t.objsubid::int4) a
  LEFT JOIN LATERAL (SELECT x.oid, x.relname, x.relpersistence, x.relnamespace FROM pg_catalog.pg_class x
    WHERE x.oid = CASE o.classid
      WHEN 'pg_catalog.pg_class'::regclass THEN COALESCE(
        (SELECT x.indrelid FROM pg_catalog.pg_index x WHERE x.indexrelid = o.objid),
        (SELECT d.refobjid FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_class q ON q.oid = d.objid AND q.relkind = 'S'
          WHERE d.classid = o.classid AND d.objid = o.objid AND d.refclassid = o.classid AND d.deptype IN ('a', 'i')
          LIMIT 1), o.objid)
      WHEN 'pg_catalog.pg_trigger'::regclass THEN (SELECT x.tgrelid FROM pg_catalog.pg_trigger x WHERE x.oid = o.objid)
      WHEN 'pg_catalog.pg_policy'::regclass THEN (SELECT x.polrelid FROM pg_catalog.pg_policy x WHERE x.oid = o.objid)
      WHEN 'pg_catalog.pg_rewrite'::regclass THEN (SELECT x.ev_class FROM pg_catalog.pg_rewrite x WHERE x.oid = o.objid)
      WHEN 'pg_catalog.pg_constraint'::regclass THEN
        (SELECT x.conrelid FROM pg_catalog.pg_constraint x WHERE x.oid = o.objid)
      WHEN 'pg_catalog.pg_statistic_ext'::regclass THEN
        (SELECT x.stxrelid FROM pg_catalog.pg_statistic_ext x WHERE x.oid = o.objid)
    END OFFSET 0) r ON true
  LEFT JOIN LATERAL (SELECT x.nspname FROM pg_catalog.pg_namespace x WHERE x.oid = r.relnamespace OFFSET 0) s ON true
  LEFT JOIN LATERAL (SELECT x.relname, x.relnamespace FROM pg_catalog.pg_class x
    WHERE x.oid = o.objid AND o.classid = 'pg_catalog.pg_class'::regclass OFFSET 0) c ON true
  LEFT JOIN LATERAL (SELECT x.typname, x.typnamespace FROM pg_catalog.pg_type x
    WHERE x.oid = o.objid AND o.classid = 'pg_catalog.pg_type'::regclass OFFSET 0) y ON true
  LEFT JOIN LATERAL (SELECT x.nspname FROM pg_catalog.pg_namespace x
    WHERE x.oid = COALESCE(c.relnamespace, y.typnamespace) OFFSET 0) m ON true
  CROSS JOIN LATERAL (SELECT pg_catalog.array_length(a.object_names, 1) AS length) l
  CROSS JOIN LATERAL (SELECT
      COALESCE(m.nspname, CASE WHEN i.type = 'schema' THEN a.object_names[1]
                               WHEN r.oid IS NULL THEN a.object_names[l.length - 1] END, '') AS schema,
      COALESCE(c.relname, y.typname, CASE WHEN i.type <> 'schema' AND r.oid IS NULL THEN a.object_names[l.length] END,
        '') AS name) n
 ORDER BY t.number)",
    Rights::kCaller};
// What is named, and what goes with it and has a meaning of its own. Of a view that goes with its table only the rule
// is said to depend on it, of partitions nothing is.
Statement kDropped = {
    R"(SELECT d.object_type, d.object_identity,
         d.is_temporary OR pg_catalog.starts_with(COALESCE(d.address_names[1], ''), 'pg_temp'),
         pg_catalog.json_build_array(
           COALESCE(d.schema_name, CASE WHEN d.object_type = 'schema' THEN d.object_name END, ''),
           CASE WHEN d.object_type = 'schema' THEN '' ELSE COALESCE(d.object_name,
             d.address_names[pg_catalog.array_length(d.address_names, 1)], '') END,
           CASE WHEN pg_catalog.array_length(d.address_names, 1) > 2 THEN d.address_names[1] ELSE '' END,
           CASE WHEN pg_catalog.array_length(d.address_names, 1) > 2 THEN d.address_names[2] ELSE '' END), '[]'
       FROM pg_catalog.pg_event_trigger_dropped_objects() d
      WHERE d.original
         OR d.object_type IN ('table', 'foreign table', 'view', 'materialized view', 'table column')
         OR d.normal AND d.object_type NOT IN ('rule', 'default value') AND $1 <> 'DROP EXTENSION'
      ORDER BY NOT d.original, d.object_type, d.object_identity)",
    Rights::kCaller};

// Objects that a command names. What was found in the parse tree, for commands whose event does not tell.
struct PlainTargets {
  Oid* classes;
  Oid* objects;
  int count;
  const char* subscription;  // by name: it may not be there yet
  const char* old_name;      // of an object that is given another one
  bool commits;              // before it ends
  bool only_partitions;      // ALTER TABLE that attaches or detaches some, and nothing else
};

// As many as may be added.
void MakeRoomLeaf(PlainTargets* targets, int most) {
  targets->classes = static_cast<Oid*>(palloc(sizeof(Oid) * static_cast<Size>(most)));
  targets->objects = static_cast<Oid*>(palloc(sizeof(Oid) * static_cast<Size>(most)));
}

void AddTargetLeaf(PlainTargets* targets, Oid object_class, Oid object) {
  if (!OidIsValid(object)) return;
  targets->classes[targets->count] = object_class;
  targets->objects[targets->count++] = object;
}

void AddRelationLeaf(PlainTargets* targets, const RangeVar* relation) {
  AddTargetLeaf(targets, RelationRelationId, RangeVarGetRelid(relation, NoLock, true));
}

void ReadGrantLeaf(PlainTargets* targets, const GrantStmt* grant) {
  MakeRoomLeaf(targets, list_length(grant->objects));
  for (int i = 0; i < list_length(grant->objects); ++i) {
    Node* const node = static_cast<Node*>(list_nth(grant->objects, i));
    if (IsA(node, RangeVar)) {
      AddRelationLeaf(targets, castNode(RangeVar, node));
    } else if (IsA(node, String) && (grant->targtype == ACL_TARGET_ALL_IN_SCHEMA || grant->objtype == OBJECT_SCHEMA)) {
      AddTargetLeaf(targets, NamespaceRelationId, get_namespace_oid(strVal(node), true));
    } else if (IsA(node, ObjectWithArgs)) {
      Relation relation = nullptr;
      const ObjectAddress address = get_object_address(grant->objtype, node, &relation, AccessShareLock, true);
      AddTargetLeaf(targets, address.classId, address.objectId);
    }
  }
}

void ReadAlterTableLeaf(PlainTargets* targets, const AlterTableStmt* alter) {
  targets->only_partitions = list_length(alter->cmds) > 0;
  for (int i = 0; i < list_length(alter->cmds); ++i) {
    const auto* const command = static_cast<const AlterTableCmd*>(list_nth(alter->cmds, i));
    const bool detaches = command->subtype == AT_DetachPartition || command->subtype == AT_DetachPartitionFinalize;
    if (!detaches && command->subtype != AT_AttachPartition) targets->only_partitions = false;
    if (command->subtype == AT_DetachPartition && castNode(PartitionCmd, command->def)->concurrent) {
      targets->commits = true;
    }
  }
  if (!targets->commits) return;
  MakeRoomLeaf(targets, 1);
  AddRelationLeaf(targets, alter->relation);
}

void ReadDropLeaf(PlainTargets* targets, const DropStmt* drop) {
  targets->commits = drop->concurrent;
  if (!targets->commits) return;
  MakeRoomLeaf(targets, list_length(drop->objects));
  for (int i = 0; i < list_length(drop->objects); ++i) {
    AddRelationLeaf(targets, makeRangeVarFromNameList(static_cast<List*>(list_nth(drop->objects, i))));
  }
}

void ReadIndexLeaf(PlainTargets* targets, const IndexStmt* index) {
  targets->commits = index->concurrent;
  if (!targets->commits) return;
  MakeRoomLeaf(targets, 1);
  AddRelationLeaf(targets, index->relation);
}

void ReadRenameLeaf(PlainTargets* targets, const RenameStmt* rename) {
  Node* name = rename->object;
  if (rename->subname != nullptr) {
    targets->old_name = rename->subname;
  } else if (rename->relation != nullptr) {
    targets->old_name = rename->relation->relname;
  } else if (name != nullptr) {
    if (IsA(name, ObjectWithArgs)) name = reinterpret_cast<Node*>(castNode(ObjectWithArgs, name)->objname);
    if (IsA(name, List)) name = static_cast<Node*>(llast(castNode(List, name)));
    if (IsA(name, String)) targets->old_name = strVal(name);
  }
}

PlainTargets ReadTreeLeaf(Node* tree) {
  PlainTargets targets = {};
  if (tree == nullptr) return targets;
  switch (nodeTag(tree)) {
    case T_GrantStmt: ReadGrantLeaf(&targets, castNode(GrantStmt, tree)); break;
    case T_AlterTableStmt: ReadAlterTableLeaf(&targets, castNode(AlterTableStmt, tree)); break;
    case T_DropStmt: ReadDropLeaf(&targets, castNode(DropStmt, tree)); break;
    case T_IndexStmt: ReadIndexLeaf(&targets, castNode(IndexStmt, tree)); break;
    case T_RenameStmt: ReadRenameLeaf(&targets, castNode(RenameStmt, tree)); break;
    case T_CreateSubscriptionStmt:  // it makes a slot elsewhere, which would stay
      targets.commits = true;
      targets.subscription = castNode(CreateSubscriptionStmt, tree)->subname;
      break;
    case T_DropSubscriptionStmt:
      targets.commits = true;
      targets.subscription = castNode(DropSubscriptionStmt, tree)->subname;
      break;
    default: break;
  }
  return targets;
}

std::vector<QualifiedName> NamesIn(const Value& json) {
  std::vector<QualifiedName> names;
  const auto parts = JsonStrings(TextOf(json));
  for (size_t i = 0; i + 1 < parts.size(); i += 2) {
    if (!parts[i].empty() || !parts[i + 1].empty()) names.push_back({parts[i], parts[i + 1]});
  }
  return names;
}

DdlObject ObjectOf(const Row& row) {
  return {TextOf(row[0]), TextOf(row[1]), BooleanOf(row[2]), {NamesIn(row[3]), NamesIn(row[4])}};
}

struct Addresses {
  std::vector<std::string> classes, objects, columns;
};

std::vector<DdlObject> ObjectsAt(const Addresses& addresses) {
  std::vector<DdlObject> found;
  if (addresses.classes.empty()) return found;
  for (const auto& row : Query(kObjects, {addresses.classes, addresses.objects, addresses.columns})) {
    found.push_back(ObjectOf(row));
  }
  return found;
}

std::vector<DdlObject> ObjectsAt(const PlainTargets& targets) {
  Addresses addresses;
  for (int i = 0; i < targets.count; ++i) {
    addresses.classes.push_back(std::to_string(targets.classes[i]));
    addresses.objects.push_back(std::to_string(targets.objects[i]));
    addresses.columns.emplace_back("0");
  }
  return ObjectsAt(addresses);
}

// Of a table the server tells its sequences and indexes, too, by commands that nobody gave. What the server names no
// object of is left as one without an identity.
std::vector<DdlObject> ObjectsMade(const std::string& tag) {
  const auto rows = Query(kCommands);
  const auto is_tag = [&](const Row& row) { return TextOf(row[3]) == tag; };
  const bool all = tag == "CREATE SCHEMA" || std::none_of(rows.begin(), rows.end(), is_tag);
  Addresses addresses;
  std::set<Row> seen;
  std::vector<DdlObject> unnamed;
  for (const auto& row : rows) {
    if (!all && !is_tag(row)) continue;
    if (!row[1]) {
      unnamed = {{ToLower(TextOf(row[4])), {}, false, {}}};
    } else if (seen.insert({row[0], row[1], row[2]}).second) {
      addresses.classes.push_back(TextOf(row[0]));
      addresses.objects.push_back(TextOf(row[1]));
      addresses.columns.push_back(TextOf(row[2]));
    }
  }
  return addresses.classes.empty() ? unnamed : ObjectsAt(addresses);
}

std::vector<DdlObject> ObjectsDropped(const std::string& tag) {
  std::vector<DdlObject> found;
  for (const auto& row : Query(kDropped, {tag})) found.push_back(ObjectOf(row));
  return found;
}

bool WorksOnData(const std::string& tag) {
  return tag == "REFRESH MATERIALIZED VIEW" || tag == "REINDEX" || tag == "CLUSTER" || tag == "REPACK";
}

// Of a table whose partitions come and go, that is their work.
void CountAsPartitions(std::vector<DdlObject>& objects) {
  for (auto& object : objects) {
    Place& place = object.place;
    place.partition_of.insert(place.partition_of.end(), place.names.begin(), place.names.end());
  }
}

std::vector<DdlObject> ObjectsAtEnd(const std::string& tag, const PlainTargets& targets) {
  if (WorksOnData(tag)) return {};
  // What was dropped is told by sql_drop; the privileges that this revokes are told by nobody.
  if (tag == "DROP OWNED") return {DdlObject{}};
  if (tag.starts_with("DROP ")) return {};
  auto objects = ObjectsMade(tag);
  if (targets.old_name != nullptr && objects.size() == 1) {
    const char* const name = targets.old_name;
    const char* const quoted = Call([=]() noexcept { return quote_identifier(name); });
    objects[0].old_identity = WithName(objects[0].object_class, objects[0].identity, quoted);
  }
  if (!objects.empty() && (tag == "GRANT" || tag == "REVOKE")) {
    if (auto named = ObjectsAt(targets); !named.empty()) objects = std::move(named);
  }
  return objects;
}

}  // namespace

DdlCommand ReadDdl(const EventTriggerData& event) {
  Node* const tree = event.parsetree;
  DdlCommand command{GetCommandTagName(event.tag), {}};
  const std::string name = event.event;
  if (name == "sql_drop") {
    if (command.tag.starts_with("DROP ")) command.objects = ObjectsDropped(command.tag);
  } else {
    const PlainTargets targets = Call([=]() noexcept { return ReadTreeLeaf(tree); });
    if (name == "ddl_command_end") {
      command.objects = ObjectsAtEnd(command.tag, targets);
    } else if (targets.commits) {
      command.objects = ObjectsAt(targets);
      if (targets.subscription != nullptr) command.objects = {{"subscription", targets.subscription, false, {}}};
    }
    if (targets.only_partitions) CountAsPartitions(command.objects);
  }
  std::erase_if(command.objects, [](const DdlObject& object) {
    return object.object_class == "extension" && object.identity == "migrate";
  });
  return command;
}

}  // namespace migrate::schema
