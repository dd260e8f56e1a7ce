// What is done in a scratch database: a wanted schema is run there, and the way to it and back is found. The caller's
// side; all of it happens in one transaction of the worker's, which is undone.
#pragma once

#include <string>
#include <vector>

#include "core/schema/difference.h"
#include "core/schema/object.h"
#include "core/schema/renamed_objects.h"
#include "core/schema/scope.h"
#include "server/run/scratch.h"

namespace migrate {

// Makes `outside` there and then runs `text`, which is undone. The schema before and after it. An error of the text has
// the line and column in it.
struct WantedSchema {
  std::vector<schema::Object> before;
  std::vector<schema::Object> after;
};
WantedSchema LoadWanted(Scratch& scratch, const std::vector<schema::Object>& outside, const std::string& text);

// The statements that lead from the schema `now` to the wanted one, and back.
struct Ways {
  std::vector<std::string> up;
  std::vector<std::string> down;
  std::vector<std::string> not_up;  // what still differs then, for messages
  std::vector<std::string> not_down;
};
struct WayRequest {
  std::vector<schema::Object> now;     // all of it
  std::vector<schema::Object> wanted;  // what is in scope
  schema::Scope scope;
  std::vector<schema::Rename> renames;
  schema::Ignored ignored;
};
Ways FindWays(Scratch& scratch, const WayRequest& request);

// In the worker: for the session.
void SetInScratch(const char* name, const std::string& value);

}  // namespace migrate
