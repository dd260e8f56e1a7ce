// sqlx: one file or a pair per migration; one that begins with "-- no-transaction" runs outside of one.
#include "core/convention/names.h"

namespace migrate::convention {
namespace {

constexpr std::string_view kMark = "-- no-transaction";

bool IsMarked(const SourceFile& file) { return WithoutByteOrderMark(file.content).starts_with(kMark); }

}  // namespace

constexpr Convention kSqlx = {"sqlx", false, [](const Folder& folder) { return FirstScript(folder, IsMarked); },
                              [](Folder& folder, const ReadOptions& options, Reading& reading) {
                                ReadPlain(folder, options, reading);
                                for (auto& part : reading.parts) {
                                  if (!WithoutByteOrderMark(part.content).starts_with(kMark)) continue;
                                  part.traits.no_transaction = "line 1: " + std::string(kMark);
                                }
                              }};

}  // namespace migrate::convention
