#include "server/base/assemble.h"

#include <utility>

#include "server/base/hash.h"
#include "server/base/pg_parser.h"

namespace migrate {

Assembly Assemble(std::vector<Part> parts, PlaceholderRules placeholders) {
  PgParser parser(true);
  const HasherFactory new_hasher = NewSha256;
  return AssembleMigrations(std::move(parts), {parser, new_hasher, std::move(placeholders)});
}

}  // namespace migrate
