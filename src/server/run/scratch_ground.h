// What a scratch database has before anything is tried in it: this extension, and objects that are given. In the
// worker.
#pragma once

#include <string>
#include <vector>

#include "core/schema/difference.h"
#include "core/schema/object.h"

namespace migrate {

struct ScratchGround {
  std::string extension_schema, extension_version;

  // What can't be made, for want of rights say, is missed by whatever needs it, if anything does.
  void Lay(const std::vector<schema::Object>& objects) const;

  // Its functions may be called by what the schema holds. It is no part of the schema. Where the objects have the one
  // that it is in, it goes elsewhere.
  void AddExtension(const std::vector<schema::Object>& objects) const;

  // With their owners where the caller may give things to them, else without.
  static void Make(const std::vector<schema::Object>& objects, schema::Ignored ignored);

  static std::vector<schema::Object> ReadAll();
};

}  // namespace migrate
