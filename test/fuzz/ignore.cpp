#include "core/schema/ignore.h"

#include "fuzz.h"

namespace migrate::fuzz {

// What can be read covers what is in no schema by no entry, and in quotes nothing but what it names.
void Read(std::string_view input) {
  Try([&] {
    const auto list = schema::IgnoreList::Parse(input);
    Hold(!list.Covers({{{"", "name"}}, {}}) && !list.Covers({}));
  });
  std::string name(FirstLine(input));
  if (name.empty()) return;
  std::string quoted = "\"";
  for (const char c : name) quoted.append(c == '"' ? 2 : 1, c);
  quoted += '"';
  Hold(schema::IgnoreList::Parse(quoted + "." + quoted).Covers({{{name, name}}, {}}));
  Hold(!schema::IgnoreList::Parse(quoted).Covers({{{name + "x", name}}, {}}));
  Hold(schema::IgnoreList::Parse("role " + quoted).CoversRole(name));
}

}  // namespace migrate::fuzz
