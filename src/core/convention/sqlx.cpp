// sqlx: one file or a pair per migration; one that begins with "-- no-transaction" runs outside of one. Likewise in
// postgres-migrations, by "-- postgres-migrations disable-transaction".
#include "core/convention/names.h"

namespace migrate::convention {
namespace {

constexpr std::string_view kNoTransaction = "-- no-transaction";
constexpr std::string_view kDisableTransaction = "-- postgres-migrations disable-transaction";

bool BeginsWith(std::string_view text, std::string_view mark) { return WithoutByteOrderMark(text).starts_with(mark); }

void ReadBeginning(std::string_view mark, Folder& folder, const ReadOptions& options, Reading& reading) {
  ReadPlain(folder, options, reading);
  for (auto& part : reading.parts) {
    if (BeginsWith(part.content, mark)) part.traits.no_transaction = "line 1: " + std::string(mark);
  }
}

}  // namespace

constexpr Convention kSqlx = {"sqlx", false,
                              [](const SourceFile& script) { return BeginsWith(script.content, kNoTransaction); },
                              [](Folder& folder, const ReadOptions& options, Reading& reading) {
                                ReadBeginning(kNoTransaction, folder, options, reading);
                              }};

constexpr Convention kPostgresMigrations = {
    "postgres-migrations", false,
    [](const SourceFile& script) { return BeginsWith(script.content, kDisableTransaction); },
    [](Folder& folder, const ReadOptions& options, Reading& reading) {
      ReadBeginning(kDisableTransaction, folder, options, reading);
    }};

}  // namespace migrate::convention
