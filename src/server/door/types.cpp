// migrate_types(): types for an application, of the catalogs.
#include "core/base/quote.h"
#include "core/types/relationships.h"
#include "core/types/typescript.h"
#include "server/base/extension.h"
#include "server/door/commands.h"
#include "server/door/result.h"
#include "server/types/read_catalog.h"

namespace migrate {

Datum ShowTypes(Argument schemas, Argument language) {
  const std::string wanted = language.Required("language");
  const CallScope scope("migrate_types", CallKind::kReads);
  if (wanted != "typescript") {
    throw Error(sqlstate::kInvalidParameter, "unknown language " + Quoted(wanted), "Types are written in typescript.",
                "Leave the argument out, or pass 'typescript'.");
  }
  const types::Catalog catalog = types::ReadCatalog(schemas.optional());
  auto relationships = types::Relationships(catalog);
  const types::Order order = types::OrderOf(types::TextsToOrder(catalog, relationships));
  return ReturnText(types::Typescript(catalog, std::move(relationships), order));
}

}  // namespace migrate
