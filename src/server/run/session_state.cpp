#include "server/run/session_state.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "server/base/guard.h"
#include "server/base/sql.h"

namespace migrate {
namespace {

Statement kPrepared = {"SELECT p.name FROM pg_catalog.pg_prepared_statement() p", Rights::kCaller};

// A portal without a name is the server's own; ours and PL/pgSQL's are called <unnamed portal n>.
Statement kCursors = {
    "SELECT c.name FROM pg_catalog.pg_cursor() c WHERE c.name OPERATOR(pg_catalog.<>) '' AND c.name "
    "OPERATOR(pg_catalog.!~~) '<unnamed portal%'",
    Rights::kCaller};

// What is in the session's temporary schema, as catalog and object, of whatever kind: all of it depends on the schema,
// but for what hangs on another object, such as indexes and row types, and goes with that. Extensions stay, as at the
// session's end.
Statement kTemporary = {
    R"(SELECT d.classid, d.objid FROM pg_catalog.pg_depend d
        WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_namespace'::pg_catalog.regclass
          AND d.refobjid OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()
          AND d.classid OPERATOR(pg_catalog.<>) 'pg_catalog.pg_extension'::pg_catalog.regclass)",
    Rights::kCaller};

std::set<std::string> Names(Statement& statement) {
  std::set<std::string> names;
  for (const auto& row : Query(statement)) names.insert(TextOf(row.front()));
  return names;
}

// Most sessions have no temporary schema yet: then there is nothing to look for.
std::set<SessionState::Object> TemporaryObjects() {
  const bool any = Call([]() noexcept {
    Oid schema, toast;
    GetTempNamespaceState(&schema, &toast);
    return OidIsValid(schema);
  });
  std::set<SessionState::Object> objects;
  if (!any) return objects;
  for (const auto& row : Query(kTemporary)) {
    objects.insert({static_cast<unsigned>(IntegerOf(row[0])), static_cast<unsigned>(IntegerOf(row[1]))});
  }
  return objects;
}

std::vector<std::string> Without(const std::set<std::string>& all, const std::set<std::string>& some) {
  std::vector<std::string> rest;
  std::set_difference(all.begin(), all.end(), some.begin(), some.end(), std::back_inserter(rest));
  return rest;
}

void DropPreparedLeaf(const char* name) { DropPreparedStatement(name, false); }

void CloseCursorLeaf(const char* name) {
  Portal portal = GetPortalByName(name);
  if (PortalIsValid(portal) && portal->portalPinned == false) PortalDrop(portal, false);
}

// As the server empties the temporary schema when a session ends: whoever owns the objects.
void DropObjectsLeaf(const SessionState::Object* objects, size_t count) {
  ObjectAddresses* addresses = new_object_addresses();
  for (size_t i = 0; i < count; ++i) {
    const ObjectAddress address = {objects[i].first, objects[i].second, 0};
    add_exact_object_address(&address, addresses);
  }
  performMultipleDeletions(addresses, DROP_CASCADE,
                           PERFORM_DELETION_INTERNAL | PERFORM_DELETION_QUIETLY | PERFORM_DELETION_SKIP_EXTENSIONS);
  free_object_addresses(addresses);
  CommandCounterIncrement();
}

}  // namespace

SessionState::SessionState() : prepared_(Names(kPrepared)), cursors_(Names(kCursors)), temporary_(TemporaryObjects()) {}

void SessionState::DropTemporary() const {
  const auto now = TemporaryObjects();
  std::vector<Object> added;
  std::set_difference(now.begin(), now.end(), temporary_.begin(), temporary_.end(), std::back_inserter(added));
  if (added.empty()) return;
  const Object* const objects = added.data();
  const size_t count = added.size();
  Call([=]() noexcept { DropObjectsLeaf(objects, count); });
}

void SessionState::DropNamed() const {
  for (const auto& item : Without(Names(kPrepared), prepared_)) {
    const char* const name = item.c_str();
    Call([=]() noexcept { DropPreparedLeaf(name); });
  }
  for (const auto& item : Without(Names(kCursors), cursors_)) {
    const char* const name = item.c_str();
    Call([=]() noexcept { CloseCursorLeaf(name); });
  }
}

void SessionState::RestoreLocks() const { locks_.Restore(); }

}  // namespace migrate
