// What migrate_squash() has done in a scratch database: the migrations run there, what they leave is written as one
// text, and that is run, too, and compared.
#pragma once

#include <string>
#include <vector>

#include "core/schema/object.h"
#include "core/schema/object_texts.h"
#include "core/squash/text.h"
#include "server/run/replay.h"
#include "server/run/scratch.h"
#include "server/run/scratch_ground.h"

namespace migrate {

struct SquashRequest {
  std::vector<schema::Object> start;  // what is there before any of the migrations
  std::vector<ReplayedMigration> migrations;
  MigrationId squash;                // what it is to be called
  std::string head;                  // the lines at the top of the text
  std::vector<std::string> remarks;  // that stand first
};

struct Squashed {
  std::string text;
  std::vector<std::string> remarks;
  std::vector<std::string> unproven;  // what is not as the migrations leave it; empty if all is
};

// The caller's side. What a migration fails with there is thrown, with its place.
Squashed Squash(Scratch& scratch, const SquashRequest& request);

// The worker's.
inline constexpr char kSquash[] = "squash";
std::vector<std::string> SquashInScratch(const ScratchGround& ground, schema::TextReader& reader);

}  // namespace migrate
