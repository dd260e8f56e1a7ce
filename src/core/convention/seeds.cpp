// Seeds: rows to try an application with. A folder is one only if the caller says so; every script in it is one that
// runs behind all migrations, again when it has changed, and not in production unless it names that.
#include "core/convention/names.h"

namespace migrate::convention {
namespace {

constexpr std::string_view kFolder = "seeds/";

void ReadSeeds(Folder& folder, const ReadOptions&, Reading& reading) {
  reading.parts.reserve(folder.scripts.size());
  for (auto& file : folder.scripts) {
    try {
      if (file.problem) throw *file.problem;
      const std::string path = file.path;
      MigrationId id;
      id.name = std::string(kFolder) + path.substr(0, path.size() - BaseName(path).size()) + std::string(Stem(path));
      RequireMigrationName(Stem(path));
      Part part = PartOf(file, std::move(id), Section::kUp);
      part.traits.seed = true;
      reading.parts.push_back(std::move(part));
    } catch (const Error& error) {
      reading.Refuse(file, error);
    }
  }
}

}  // namespace

constexpr Convention kSeeds = {
    .name = "seeds", .exclusive = false, .has_mark = nullptr, .read = ReadSeeds, .whose = Whose::kOurs};

}  // namespace migrate::convention
