// dbmate: "20250120103000_name.sql" that begins with "-- migrate:up", with "transaction:false" behind it where it
// runs outside of one. Sections and option are our own, too.
#include "core/convention/names.h"

namespace migrate::convention {

constexpr Convention kDbmate = {"dbmate", false,
                                [](const SourceFile& script) {
                                  return IsDigit(BaseName(script.path)[0]) &&
                                         script.content.starts_with("-- migrate:up");
                                },
                                ReadPlain};

}  // namespace migrate::convention
