#include "core/convention/guard.h"
#include "core/base/quote.h"

#include "core/base/error.h"

namespace migrate::convention {

std::string GuardStatement(std::string_view condition, std::string_view what) {
  std::string block = "BEGIN IF (";
  block.append(condition).append(") IS NOT TRUE THEN RAISE EXCEPTION USING ERRCODE = '");
  block.append(sqlstate::kVerifyFailed).append("', MESSAGE = ").append(SqlLiteral(what));
  block += ", HINT = 'See what the migration expects of the database before it runs.'; END IF; END";
  // A tag that the block has nowhere.
  std::string tag = "$check$";
  while (block.find(tag) != block.npos) tag.insert(tag.size() - 1, 1, '_');
  return "DO " + tag + block + tag + ";";
}

}  // namespace migrate::convention
