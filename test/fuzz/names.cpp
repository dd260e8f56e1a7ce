#include "core/set/migration_name.h"
#include "core/set/source.h"
#include "core/set/version.h"
#include "fuzz.h"

namespace migrate::fuzz {

// Each line is the name of a file.
void Read(std::string_view input) {
  std::string_view name;
  while (TakeLine(input, name)) {
    (void) IsSqlFile(name);
    (void) Stem(name);
    Hold(FolderOf(name).size() <= name.size() && FolderName(name).size() <= FolderOf(name).size());
    Try([&] {
      const MigrationId id = ParseMigrationName(name);
      (void) VersionSortKey(id.version);
      Hold(!id.Label().empty());
    });
    Try([&] { (void) ClaimName(name); });
  }
}

}  // namespace migrate::fuzz
