#include "core/assemble.h"

#include <algorithm>
#include <map>

#include "core/error.h"
#include "core/order.h"
#include "core/script.h"
#include "core/sections.h"
#include "core/version.h"

namespace migrate {
namespace {

// A migration while its parts come together.
struct Draft {
  MigrationId id;
  std::string key;  // of its version
  std::vector<std::string> origins;
  Sections sections;
  size_t position = 0;  // of its first part
  bool failed = false;
};

// What is wrong with a source, in the order of its parts.
class Problems {
 public:
  void Add(size_t position, const Error& error) { errors_.emplace_back(position, error); }

  // All of them in one: the first whole, the others in its detail.
  void ThrowAny() {
    constexpr size_t kListed = 20;
    if (errors_.empty()) return;
    std::stable_sort(errors_.begin(), errors_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    Error error = errors_.front().second;
    if (errors_.size() > 1) {
      if (!error.detail.empty()) error.detail += '\n';
      error.detail += std::to_string(errors_.size() - 1) + " more:";
      for (size_t i = 1; i < errors_.size() && i <= kListed; ++i) error.detail += '\n' + OneLine(errors_[i].second);
    }
    throw error;
  }

 private:
  static std::string OneLine(const Error& error) {
    std::string line = error.context.empty() ? error.message : error.context + ": " + error.message;
    if (!error.detail.empty()) line += " (" + error.detail + ")";
    std::replace(line.begin(), line.end(), '\n', ' ');
    return line;
  }

  std::vector<std::pair<size_t, Error>> errors_;
};

std::string Quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

void Merge(Draft& draft, Sections&& part, const std::string& origin) {
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
  }
  std::move(part.directives.begin(), part.directives.end(), std::back_inserter(draft.sections.directives));
  if (draft.sections.metadata.empty()) draft.sections.metadata = std::move(part.metadata);
  draft.origins.push_back(origin);
}

// The draft that a down file belongs to when only its version is certain.
Draft& FindByVersion(std::vector<Draft>& drafts, const Part& part) {
  const std::string key = VersionSortKey(part.claim.id.version);
  std::vector<Draft*> found;
  for (auto& draft : drafts) {
    if (draft.key == key && draft.sections.up.present) found.push_back(&draft);
  }
  if (found.size() > 1) {
    std::erase_if(found, [&](const Draft* draft) { return draft->id.name != part.claim.id.name; });
  }
  if (found.size() != 1) {
    throw Error(sqlstate::kUndefinedObject, "file " + Quoted(part.origin) + " belongs to no migration",
                "There is not exactly one migration of version " + Quoted(part.claim.id.version) + " in this source.",
                "Name it after the migration that it rolls back.");
  }
  return *found.front();
}

// Puts one part into its draft, which may be new.
void Place(Part& part, size_t position, std::vector<Draft>& drafts, std::map<MigrationId, size_t>& index) {
  if (part.problem) throw *part.problem;
  Draft* draft;
  if (part.claim.by_version) {
    draft = &FindByVersion(drafts, part);
  } else {
    const auto [at, is_new] = index.try_emplace(part.claim.id, drafts.size());
    if (is_new) drafts.push_back({part.claim.id, VersionSortKey(part.claim.id.version), {}, {}, position});
    draft = &drafts[at->second];
  }
  try {
    Merge(*draft, SplitSections(std::move(part.content), part.claim.first_section), part.origin);
  } catch (Error& error) {
    draft->failed = true;
    if (error.line > 0) AddContext(error, PlaceInMigration(draft->id, part.claim.first_section, error));
    throw;
  }
}

// Brings the parts of each migration together.
std::vector<Draft> Gather(std::vector<Part>& parts, Problems& problems) {
  std::vector<Draft> drafts;
  std::map<MigrationId, size_t> index;
  for (const bool by_version : {false, true}) {
    for (size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].claim.by_version != by_version) continue;
      try {
        Place(parts[i], i, drafts, index);
      } catch (const Error& error) {
        problems.Add(i, error);
      }
    }
  }
  for (const auto& draft : drafts) {
    if (draft.sections.up.present || draft.failed) continue;
    problems.Add(draft.position,
                 Error(sqlstate::kUndefinedObject, "migration " + Quoted(draft.id.Label()) + " has no up script",
                       Quoted(draft.origins.front()) + " holds only what undoes or verifies it.",
                       "Add the file or the section that applies it."));
  }
  std::erase_if(drafts, [](const Draft& draft) { return draft.failed || !draft.sections.up.present; });
  return drafts;
}

// Turns one draft into a migration.
class Finisher {
 public:
  Finisher(Draft draft, SqlParser& parser, const HasherFactory& new_hasher)
      : draft_(std::move(draft)), parser_(parser), new_hasher_(new_hasher) {}

  Migration Finish() {
    migration_.id = draft_.id;
    migration_.metadata = draft_.sections.metadata;
    SectionText rollback_block = ClosingRollbackBlock(draft_.sections.up);
    TakeScript(Section::kUp, migration_.up, std::move(draft_.sections.up));
    FinishDown(std::move(rollback_block));
    if (draft_.sections.verify.statements_end > 0) {
      TakeScript(Section::kVerify, migration_.verify, std::move(draft_.sections.verify));
    }
    for (const auto& placed : draft_.sections.directives) Follow(placed);
    if (migration_.id.version.empty()) RequireDependencies();
    return std::move(migration_);
  }

 private:
  void TakeScript(Section section, Script& script, SectionText&& text) {
    const int no_transaction = NoTransactionLine(section);
    const ScriptUse use = section == Section::kVerify ? ScriptUse::kVerify
                          : no_transaction > 0        ? ScriptUse::kEachAlone
                                                      : ScriptUse::kMigration;
    try {
      const ScriptFacts facts = CheckScript(text.text, text.first_line, use, parser_);
      script.statements = facts.statements;
      script.transactional = facts.transactional && no_transaction == 0;
      script.each_alone = no_transaction > 0;
      script.detail = facts.detail;
      if (facts.transactional && no_transaction > 0) {
        script.detail = "line " + std::to_string(no_transaction) + ": migrate:no-transaction";
      }
    } catch (Error& error) {
      AddContext(error, PlaceInMigration(draft_.id, section, error));
      throw;
    }
    const auto hasher = new_hasher_();
    HashNormalForm(text.text, *hasher);
    script.checksum = hasher->Finish();
    script.text = std::move(text.text);
    script.first_line = text.first_line;
  }

  void FinishDown(SectionText&& rollback_block) {
    SectionText& down = draft_.sections.down;
    if (!down.present) {
      if (rollback_block.present && !HasNoStatement(rollback_block.text)) {
        TakeRollbackBlock(std::move(rollback_block));
      } else {
        migration_.irreversible_why = "it has no down script";
      }
    } else if (down.statements_end > 0) {
      TakeScript(Section::kDown, migration_.down, std::move(down));
      migration_.reversible = Reversible::kScript;
    } else {
      down.text = Uncommented(down.text);
      if (HasNoStatement(down.text)) {
        migration_.irreversible_why = "its down script is empty";
      } else {
        TakeCommentedDown(std::move(down), Reversible::kScript);
      }
    }
  }

  // What follows "Rollback:" on the heading may be a remark; then the lines below it count.
  void TakeRollbackBlock(SectionText&& block) {
    SectionText below = block;
    below.text.erase(0, below.text.find('\n'));
    TakeCommentedDown(std::move(block), Reversible::kComment);
    if (migration_.reversible != Reversible::kNo || HasNoStatement(below.text)) return;
    migration_.irreversible_why.clear();
    TakeCommentedDown(std::move(below), Reversible::kComment);
  }

  // Comments that are no SQL are prose: the migration is then not reversible, and says which line.
  void TakeCommentedDown(SectionText&& text, Reversible reversible) {
    try {
      TakeScript(Section::kDown, migration_.down, std::move(text));
      migration_.reversible = reversible;
    } catch (const Error& error) {
      if (error.line == 0) throw;  // not about the text
      migration_.down = {};
      migration_.irreversible_why =
          "line " + std::to_string(error.line) + " of its commented-out down script: " + error.message;
    }
  }

  void Follow(const PlacedDirective& placed) {
    Script& own = placed.section == Section::kDown ? migration_.down : migration_.up;
    const bool both = placed.section == Section::kUp;
    switch (placed.directive.kind) {
      case DirectiveKind::kRequires:
        for (auto& name : SplitList(placed.directive.value, ',')) migration_.requirements.push_back(std::move(name));
        break;
      case DirectiveKind::kLockTimeout:
        own.lock_timeout = placed.directive.value;
        if (both && migration_.down.lock_timeout.empty()) migration_.down.lock_timeout = placed.directive.value;
        break;
      case DirectiveKind::kStatementTimeout:
        own.statement_timeout = placed.directive.value;
        if (both && migration_.down.statement_timeout.empty()) {
          migration_.down.statement_timeout = placed.directive.value;
        }
        break;
      case DirectiveKind::kIrreversible:
        if (migration_.reversible != Reversible::kNo) {
          Error error(sqlstate::kSyntaxError, "migration is declared irreversible but has a down script", {},
                      "Remove one of them.");
          error.line = placed.line;
          error.column = 1;
          AddContext(error, PlaceInMigration(draft_.id, placed.section, error));
          throw error;
        }
        migration_.irreversible_why = placed.directive.value;
        break;
      default: break;
    }
  }

  // The line of the directive no-transaction that holds for the section, 0 if there is none.
  int NoTransactionLine(Section section) const {
    if (section == Section::kVerify) return 0;
    int line = 0;
    for (const auto& placed : draft_.sections.directives) {
      if (placed.directive.kind != DirectiveKind::kNoTransaction) continue;
      if (placed.section == section) return placed.line;
      if (placed.section == Section::kUp) line = placed.line;
    }
    return line;
  }

  // Projects without versions order their files by a header line "Dependencies: a, b".
  void RequireDependencies() {
    for (const auto& [key, value] : migration_.metadata) {
      if (key != "dependencies") continue;
      for (auto& name : SplitList(value, ',')) {
        if (!EqualsIgnoringCase(name, "none") && name != "-") migration_.requirements.push_back(std::move(name));
      }
    }
  }

  Draft draft_;
  SqlParser& parser_;
  const HasherFactory& new_hasher_;
  Migration migration_;
};

}  // namespace

std::vector<Part> PartsOf(std::vector<SourceFile> files) {
  std::vector<Part> parts;
  for (auto& file : files) {
    Part part{{}, file.path, std::move(file.content), std::move(file.problem)};
    try {
      part.claim = ClaimFile(file.path);
    } catch (const Error& error) {
      if (!part.problem) part.problem = error;
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

std::vector<Migration> AssembleMigrations(std::vector<Part> parts, SqlParser& parser, const HasherFactory& new_hasher) {
  std::vector<Migration> migrations;
  Problems problems;
  for (auto& draft : Gather(parts, problems)) {
    const size_t position = draft.position;
    try {
      migrations.push_back(Finisher(std::move(draft), parser, new_hasher).Finish());
    } catch (const Error& error) {
      problems.Add(position, error);
    }
  }
  problems.ThrowAny();
  return InOrderOfAddition(std::move(migrations));
}

}  // namespace migrate
