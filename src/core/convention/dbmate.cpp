// dbmate: "20250120103000_name.sql" that begins with "-- migrate:up", with "transaction:false" behind it where it
// runs outside of one. Sections and option are our own, too.
#include <string_view>

#include "core/base/cancel.h"
#include "core/base/text.h"
#include "core/convention/names.h"

namespace migrate::convention {
namespace {

constexpr RareWord kOurMark("-- migrate:");

// A section or directive that dbmate does not know. The other files of the folder stay dbmate's: what stands in their
// comments is not run because of this one.
bool HasLineOfOurs(std::string_view text) {
  Pass(text.size());
  for (size_t at = Find(text, kOurMark); at != text.npos; at = Find(text, kOurMark, at + 1)) {
    if (at > 0 && text[at - 1] != '\n' && text[at - 1] != '\r') continue;
    const std::string_view rest = text.substr(at + kOurMark.text.size());
    if (!rest.starts_with("up") && !rest.starts_with("down")) return true;
  }
  return false;
}

}  // namespace

constexpr Convention kDbmate = {.name = "dbmate",
                                .exclusive = false,
                                .has_mark =
                                    [](const SourceFile& script) {
                                      return IsDigit(BaseName(script.path)[0]) &&
                                             script.content.starts_with("-- migrate:up");
                                    },
                                .read = ReadPlain,
                                .whose = Whose::kToolsWithOurLines,
                                .is_ours = HasLineOfOurs};

}  // namespace migrate::convention
