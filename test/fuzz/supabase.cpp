#include "core/supabase/history.h"

#include "fuzz.h"

namespace migrate::fuzz {

// What is fetched again is the file's fetched form. The first line divides up from down.
void Read(std::string_view input) {
  const std::vector<std::string> statements = SupabaseStatements(input);
  const std::string file = SupabaseFile(statements);
  Hold(IsFetchedForm(input, file));
  const std::string_view down = FirstLine(input);
  (void) SupabaseText(std::string(input), down, down);
  Try([&] { (void) SupabaseFileName({std::string(down), std::string(input.substr(0, 50))}); });
}

}  // namespace migrate::fuzz
