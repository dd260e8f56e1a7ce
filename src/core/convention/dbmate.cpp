// dbmate: "20250120103000_name.sql" that begins with "-- migrate:up", with "transaction:false" behind it where it
// runs outside of one. Sections and option are our own, too.
#include "core/convention/names.h"

namespace migrate::convention {

constexpr Convention kDbmate = {"dbmate", false,
                                [](const Folder& folder) {
                                  return FirstScript(folder, [](const SourceFile& file) {
                                    return IsDigit(BaseName(file.path)[0]) && file.content.starts_with("-- migrate:up");
                                  });
                                },
                                ReadPlain};

}  // namespace migrate::convention
