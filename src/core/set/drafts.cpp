#include "core/set/drafts.h"

#include <algorithm>
#include <map>

#include "core/base/cancel.h"
#include "core/base/error.h"
#include "core/base/quote.h"
#include "core/set/version.h"
#include "core/text/script.h"

namespace migrate {
namespace {

void Merge(Draft& draft, Sections&& part, const std::string& origin, Whose whose) {
  for (const Section section : {Section::kUp, Section::kDown, Section::kVerify}) {
    if (!part[section].present) continue;
    if (draft.sections[section].present) {
      throw Error(sqlstate::kDuplicateObject, "migration " + Quoted(draft.id.Label()) + " is given twice",
                  "Both " + Quoted(draft.origins.front()) + " and " + Quoted(origin) + " hold its " +
                      (section == Section::kUp     ? "up"
                       : section == Section::kDown ? "down"
                                                   : "verify") +
                      " script.",
                  "Keep one of them.");
    }
    draft.sections[section] = std::move(part[section]);
    draft.origin_of[static_cast<size_t>(section)] = origin;
    draft.ours[static_cast<size_t>(section)] =
        whose == Whose::kOurs || (whose == Whose::kTools && draft.sections[section].by_line);
  }
  std::move(part.directives.begin(), part.directives.end(), std::back_inserter(draft.sections.directives));
  if (draft.sections.metadata.empty()) draft.sections.metadata = std::move(part.metadata);
  draft.origins.push_back(origin);
}

// What the convention says of the whole migration, whichever part it found it at.
void Merge(Draft& draft, const Part& part) {
  Traits& traits = draft.traits;
  if (!part.traits.order.empty()) traits.order = part.traits.order;
  if (!part.traits.replaces.empty()) traits.replaces = part.traits.replaces;
  traits.repeatable |= part.traits.repeatable;
  traits.seed |= part.traits.seed;
  if (part.traits.hook != Hook::kNone) traits.hook = part.traits.hook;
  traits.errors_only |= part.traits.errors_only;
  traits.requirements.insert(traits.requirements.end(), part.traits.requirements.begin(),
                             part.traits.requirements.end());
  traits.tags.insert(traits.tags.end(), part.traits.tags.begin(), part.traits.tags.end());
  draft.no_transaction[static_cast<size_t>(part.section)] = part.traits.no_transaction;
}

// Where the drafts are: by name, and by version.
struct Index {
  std::map<MigrationId, size_t> by_id;
  std::multimap<std::string, size_t> by_version;
};

// The draft that a down file belongs to when only its version is certain.
Draft& FindByVersion(std::vector<Draft>& drafts, const Index& index, const Part& part) {
  std::vector<Draft*> found;
  const auto [begin, end] = index.by_version.equal_range(VersionSortKey(part.id.version));
  for (auto at = begin; at != end; ++at) {
    if (drafts[at->second].sections.up.present) found.push_back(&drafts[at->second]);
  }
  if (found.size() > 1) {
    std::erase_if(found, [&](const Draft* draft) { return draft->id.name != part.id.name; });
  }
  if (found.size() != 1) {
    throw Error(sqlstate::kUndefinedObject, "file " + Quoted(part.origin) + " belongs to no migration",
                "There is not exactly one migration of version " + Quoted(part.id.version) + " in this source.",
                "Name it after the migration that it rolls back.");
  }
  return *found.front();
}

void Place(Part& part, size_t position, std::vector<Draft>& drafts, Index& index) {
  Pass(1);
  if (part.problem) throw *part.problem;
  Draft* draft;
  if (part.by_version) {
    draft = &FindByVersion(drafts, index, part);
  } else {
    const auto [at, is_new] = index.by_id.try_emplace(part.id, drafts.size());
    if (is_new) {
      index.by_version.emplace(VersionSortKey(part.id.version), drafts.size());
      drafts.emplace_back().id = part.id;
      drafts.back().position = position;
    }
    draft = &drafts[at->second];
  }
  Merge(*draft, part);
  try {
    Sections sections = SplitSections(std::move(part.content), part.section, part.first_line);
    if (part.without_down && sections.down.present) {
      sections.down = {};
      draft->down_left_out = true;
    }
    Merge(*draft, std::move(sections), part.origin, part.whose);
  } catch (Error& error) {
    draft->failed = true;
    if (error.line > 0) SetPlace(error, draft->id, part.section);
    throw;
  }
}

}  // namespace

std::vector<Draft> GatherDrafts(std::vector<Part>& parts, Problems& problems) {
  std::vector<Draft> drafts;
  drafts.reserve(parts.size());
  Index index;
  for (const bool by_version : {false, true}) {
    for (size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].by_version != by_version) continue;
      try {
        Place(parts[i], i, drafts, index);
      } catch (const Error& error) {
        problems.Add(i, parts[i].origin, error);
      }
    }
  }
  for (const auto& draft : drafts) {
    if (draft.sections.up.present || draft.failed) continue;
    problems.Add(draft.position, draft.origins.front(),
                 Error(sqlstate::kUndefinedObject, "migration " + Quoted(draft.id.Label()) + " has no up script",
                       Quoted(draft.origins.front()) + " holds only what undoes or verifies it.",
                       "Add the file or the section that applies it."));
  }
  std::erase_if(drafts, [](const Draft& draft) { return draft.failed || !draft.sections.up.present; });
  return drafts;
}

}  // namespace migrate
