// The Supabase CLI: "20250120103000_name.sql", all of them with a version of 14 digits, but for repeatable ones.
#include <algorithm>

#include "core/convention/names.h"

namespace migrate::convention {
namespace {

bool HasTimestamp(const SourceFile& file) {
  constexpr size_t kDigits = 14;
  const std::string_view name = BaseName(file.path);
  return std::min(name.find_first_not_of("0123456789"), name.size()) == kDigits && name[kDigits] == '_';
}

}  // namespace

constexpr Convention kSupabase = {"supabase",
                                  false,
                                  nullptr,
                                  ReadPlain,
                                  [](const Folder& folder) {
                                    const SourceFile* first = nullptr;
                                    for (const auto& file : folder.scripts) {
                                      if (RepeatableName(file.path)) continue;
                                      if (!HasTimestamp(file)) return static_cast<const SourceFile*>(nullptr);
                                      if (first == nullptr) first = &file;
                                    }
                                    return first;
                                  },
                                  {},
                                  Whose::kOurs};

}  // namespace migrate::convention
