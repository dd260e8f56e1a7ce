// What reading the whole schema and reading some of it have in common: how a row of a kind becomes an object, and the
// settings under which definitions are shown. Only for the files of this folder.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/schema/object.h"
#include "server/base/sql.h"
#include "server/schema/kind.h"
#include "server/schema/plain.h"
#include "server/schema/user_rows.h"

namespace migrate::schema {

// How the objects of a kind are found: by the relation that they go with, or by their own OID in a catalog.
constexpr uint32_t kOfRelation = 0;

struct Way {
  const Kind* kind;
  uint32_t catalog;    // or kOfRelation
  uint32_t source;     // each object of the kind has a row of its own here
  UserRows rows = {};  // without which there is none of the kind; of a kind that every database has it is left out

  bool MayHaveAny() const { return rows.catalog == 0 || HasUserRows(rows); }
};

std::span<const Way> Ways();

// What a definition would show otherwise in another session is set until Close(), or until an error. For some objects
// plans go by the indexes: the one that is kept was perhaps made when the schema was small. Where definitions are run
// what they don't say is set, too.
enum class Reading { kAll, kSome, kMaking };
class PinnedSettings {
 public:
  explicit PinnedSettings(Reading reading);
  void Close() const;

 private:
  int level_;
};

// SET LOCAL statements for what reads a statement otherwise than where definitions are run: with the search path, and
// whatever else differs now.
std::vector<std::string> SettingsForMaking();

// The columns of a kind's row; those of a remark: address in three, kind, by, text.
Described DescribedOf(const char* const* values);
Described DescribedOf(const PlainObject& plain);
Remark RemarkOf(const char* const* values);

// What belongs to extensions.
struct Members {
  std::map<std::pair<uint32_t, uint32_t>, std::string> extensions;  // by catalog and OID
  std::map<Address, std::vector<std::string>> privileges;           // that it was made with, where not the default

  void Add(const char* const* values);            // catalog, OID, extension
  void AddPrivileges(const char* const* values);  // address in three, entries
};

// The tables that keep what migrations drop are no members of the extension, so that a dump has them; they are its own
// all the same.
bool Keeps(const Described& described);

// False if it does not count. Of a member the extension is noted, and its privileges count from those that it was made
// with.
bool Counts(const Members& members, Described& described);

uint32_t Number(const char* value);

}  // namespace migrate::schema
