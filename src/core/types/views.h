// What the queries of views tell of their columns: which of them can't be null, and which columns of tables they show.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/types/catalog.h"

namespace migrate::types {

// The columns of views that show, through any number of views, a column that can't be null, and that no outer join, set
// operation or grouping set can make null.
std::set<ColumnId> NotNullColumns(const std::vector<ViewRule>& rules, const std::set<ColumnId>& not_null);

// For each view that is wanted the columns of tables that it shows, and by which columns of its own.
using ShownColumns = std::map<ColumnId, std::vector<std::string>>;
struct ShownBy {
  const ViewRule* view = nullptr;
  ShownColumns columns;
};
std::vector<ShownBy> ColumnsShown(const std::vector<ViewRule>& rules);

}  // namespace migrate::types
