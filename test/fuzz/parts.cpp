#include "core/schema/parts.h"

#include "core/schema/difference.h"
#include "fuzz.h"

namespace migrate::fuzz {

// Parts follow each other in the definition, and names are not empty where they say so. A definition differs from
// itself in nothing, and from none in all of it.
void Read(std::string_view input) {
  size_t from = 0;
  for (const auto& part : schema::PartsOf(input)) {
    const auto begin = static_cast<size_t>(part.text.data() - input.data());
    Hold(!part.text.empty() && begin >= from && begin + part.text.size() <= input.size());
    from = begin + part.text.size();
    for (const auto& name : schema::ColumnsIn(part)) Hold(name.size() <= part.text.size());
    for (const auto& role : schema::RolesIn(part)) Hold(role.size() <= part.text.size());
  }
  const schema::Object object = {"table", "app", "t", "app.t", std::string(input), ""};
  Hold(schema::Differences({object}, {object}, {.comments = true}, true).empty());
  const auto alone = schema::Differences({object}, {}, {}, true);
  Hold(alone.size() == 1 && alone[0].here == object.definition);
}

}  // namespace migrate::fuzz
