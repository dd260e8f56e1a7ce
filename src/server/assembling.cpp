#include "server/assembling.h"

#include <utility>

#include "server/hash.h"
#include "server/pg_parser.h"

namespace migrate {

Assembly Assemble(std::vector<Part> parts, PlaceholderRules placeholders) {
  PgParser parser(true);
  const HasherFactory new_hasher = NewSha256;
  return AssembleMigrations(std::move(parts), {parser, new_hasher, std::move(placeholders)});
}

}  // namespace migrate
