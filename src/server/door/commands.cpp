#include "server/door/commands.h"

namespace migrate {
namespace {

Error IsNull(const char* name) { return Error(sqlstate::kNullNotAllowed, std::string(name) + " must not be null"); }

}  // namespace

std::string Argument::Required(const char* name) const {
  if (is_null) throw IsNull(name);
  return *NotEmpty(name);
}

std::optional<std::string> Argument::NotEmpty(const char* name) const {
  if (!is_null && size == 0) throw Error(sqlstate::kInvalidParameter, std::string(name) + " must not be empty");
  return optional();
}

bool Flag::Required(const char* name) const {
  if (is_null) throw IsNull(name);
  return value;
}

}  // namespace migrate
