// The queries of ReadCatalog, a row for each thing. $1: the schemas. They run with a search path of pg_catalog alone.
#pragma once

#include "server/base/sql.h"

namespace migrate::types {

extern Statement schema_query, relation_query, column_query, type_query, label_query, attribute_query, key_query,
    rule_query, not_null_query, function_query;  // function_query: $2 is the caller's own search path
extern Statement collation_query, order_query;   // order_query: $1 are the texts

}  // namespace migrate::types
