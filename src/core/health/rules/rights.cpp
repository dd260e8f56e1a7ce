// Rules about whose rights code runs with, and what everybody may do.
#include "core/health/rules.h"

namespace migrate::health {

const Rule kSecurityDefinerSearchPath = {"security-definer-search-path", Level::kError, "health-rights",
                                         "it runs as %1, and whoever calls it decides by search_path what it calls",
                                         "ALTER FUNCTION %0 SET search_path = '', and write schemas in its body."};

const Rule kFunctionSearchPathMutable = {"function-search-path-mutable", Level::kWarning, "health-rights",
                                         "what its names mean depends on the search_path of whoever calls it",
                                         "ALTER FUNCTION %0 SET search_path = '', and write schemas in its body."};

const Rule kExtensionInPublic = {"extension-in-public", Level::kWarning, "health-rights",
                                 "its objects stand in schema public, where the API and everybody's names are",
                                 "ALTER EXTENSION %0 SET SCHEMA, or create it WITH SCHEMA extensions."};

const Rule kPublicMayCreate = {"public-may-create", Level::kWarning, "health-rights",
                               "every role may create objects in it, which others then call by mistake",
                               "REVOKE CREATE ON SCHEMA %0 FROM PUBLIC."};

const Rule kPublicMayWrite = {"public-may-write", Level::kWarning, "health-rights", "every role may %1 any of its rows",
                              "REVOKE %1 ON %0 FROM PUBLIC; or enable row security."};

}  // namespace migrate::health
