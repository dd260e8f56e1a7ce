#include <algorithm>
#include <cstdio>

#include "core/set/assemble.h"
#include "fuzz.h"

namespace migrate::fuzz {
namespace {

constexpr std::string_view kFile = "==== ";

// A line "==== path" begins a file.
SourceFiles FilesOf(std::string_view input) {
  SourceFiles files;
  std::string_view line;
  while (TakeLine(input, line)) {
    if (line.starts_with(kFile)) {
      files.push_back({std::string(line.substr(kFile.size())), {}, {}});
    } else if (!files.empty()) {
      files.back().content += std::string(line) + "\n";
    }
  }
  return files;
}

// A script becomes a part, or is said to be ignored: alone, with all of its folder, or changeset by changeset, unless
// something stops the load anyway.
bool IsMentioned(const std::string& path, const Reading& reading) {
  const std::string all = path.substr(0, path.find('/')) + "/*";
  return std::any_of(reading.parts.begin(), reading.parts.end(),
                     [&](const Part& part) { return part.origin == path || part.problem; }) ||
         std::any_of(reading.ignored.begin(), reading.ignored.end(), [&](const Ignored& i) {
           return i.path == path || i.path == all || i.path.starts_with(path + "::");
         });
}

}  // namespace

// A folder as the convention that FUZZ_CONVENTION names reads it, and the migrations that come of it; whatever it
// looks like if none is named.
void Read(std::string_view input) {
  static const char* const convention = std::getenv("FUZZ_CONVENTION");
  const HasherFactory hasher = [] { return std::make_unique<PlainHasher>(); };
  Try([&] {
    const SourceFiles files = FilesOf(input);
    Reading reading = ReadFiles(files, {convention == nullptr ? "" : convention, {}, hasher});
    for (const auto& file : files) Hold(!IsSqlFile(file.path) || IsMentioned(file.path, reading));
    Parser parser;
    PlaceholderRules rules;
    rules.dollar = reading.dollar_placeholders;
    rules.braces = reading.brace_placeholders;
    rules.colon = reading.colon_placeholders;
    const Assembly assembly = AssembleMigrations(std::move(reading.parts), {parser, hasher, rules});
    for (const LoadedMigration& migration : assembly.migrations) Hold(!migration.id.Label().empty());
  });
}

}  // namespace migrate::fuzz

// FUZZ_CONVENTION=list prints what there is to name.
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  const char* const convention = std::getenv("FUZZ_CONVENTION");
  if (convention == nullptr || std::string_view(convention) != "list") return 0;
  for (const auto& name : migrate::ConventionNames()) std::puts(name.c_str());
  std::exit(0);
}
