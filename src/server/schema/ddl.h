// What a DDL command has done, as the server tells its event triggers. Judges nothing.
#pragma once

#include <string>
#include <vector>

#include "core/schema/ignore.h"
#include "server/base/compat.h"

namespace migrate::schema {

struct DdlObject {
  std::string object_class;
  std::string identity;  // empty where the server names no object, as of ALTER DEFAULT PRIVILEGES
  bool temporary = false;
  Place place;
  std::string old_identity = {};  // of what was given another name
};

struct DdlCommand {
  std::string tag;
  std::vector<DdlObject> objects;  // none: nothing that counts
};

// Of the events ddl_command_end and sql_drop: the objects that the command names, or drops with those. What works on
// data (REFRESH, REINDEX), members of extensions and this extension itself are left out. Of ddl_command_start: commands
// that commit before they end, and so can't be undone then.
DdlCommand ReadDdl(const EventTriggerData& event);

}  // namespace migrate::schema
