#include "core/set/assemble.h"

#include <utility>

#include "core/base/error.h"
#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/plan/replacing.h"
#include "core/set/drafts.h"
#include "core/set/order.h"
#include "core/text/script.h"

namespace migrate {
namespace {

class Finisher {
 public:
  Finisher(Draft draft, const AssembleTools& tools) : draft_(std::move(draft)), tools_(tools) {}

  LoadedMigration Finish() {
    migration_.id = draft_.id;
    migration_.metadata = draft_.sections.metadata;
    SectionText rollback_block = ClosingRollbackBlock(draft_.sections.up);
    TakeScript(Section::kUp, migration_.up, migration_.up_text, std::move(draft_.sections.up));
    FinishDown(std::move(rollback_block));
    FinishVerify(std::move(draft_.sections.verify));
    for (const auto& placed : draft_.sections.directives) Follow(placed);
    TakeTraits();
    if (migration_.id.version.empty() && IsOurs(Section::kUp)) RequireDependencies();
    if (migration_.repeatable) RefuseDown();
    if (migration_.options->hook != Hook::kNone) RequireHook();
    if (!migration_.options->replaces.empty()) (void) ParseVersionRange(migration_.options->replaces);
    return std::move(migration_);
  }

  size_t position() const { return draft_.position; }
  // The file of the script that was looked at last.
  const std::string& origin() const { return draft_.origin_of[static_cast<size_t>(section_)]; }

 private:
  void TakeScript(Section section, Script& script, std::string& script_text, SectionText&& text) {
    section_ = section;
    const std::string no_transaction = WhyNoTransaction(section);
    const ScriptUse use = section == Section::kVerify ? ScriptUse::kVerify
                          : !no_transaction.empty()   ? ScriptUse::kEachAlone
                                                      : ScriptUse::kMigration;
    try {
      const ScriptFacts facts = Check(text, use);
      script.statements = facts.statements;
      script.transactional = facts.transactional && no_transaction.empty();
      script.each_alone = !no_transaction.empty();
      script.detail = facts.detail;
      script.divided = facts.divided && no_transaction.empty();
      if (facts.transactional && !no_transaction.empty()) script.detail = no_transaction;
    } catch (Error& error) {
      SetPlace(error, draft_.id, section);
      if (section == Section::kDown && IsSqlFile(origin()) && error.hint.empty()) {
        error.hint = "Mend it, or do without: leave_out => ARRAY['" + origin() + ":down'].";
      }
      throw;
    }
    TakeHashes(text.text, script);
    script_text = std::move(text.text);
    script.first_line = text.first_line;
  }

  void TakeHashes(const std::string& text, Script& script) {
    const auto hasher = tools_.new_hasher();
    const bool is_normal = HashNormalForm(text, *hasher);
    script.checksum = script.sha256 = hasher->Finish();
    if (is_normal) return;
    const auto exact = tools_.new_hasher();
    exact->Add(text);
    script.sha256 = exact->Finish();
  }

  // As it will run: with its placeholders filled.
  ScriptFacts Check(const SectionText& text, ScriptUse use) {
    const Placeholders needed = PlaceholdersOf(text.text, text.first_line, tools_.placeholders);
    if (needed.empty()) return CheckScript(text.text, text.first_line, use, tools_.parser);
    migration_.options.Make().placeholders.insert(needed.begin(), needed.end());
    const std::string filled = FillPlaceholders(text.text, needed);
    return CheckScript(filled, text.first_line, use, tools_.parser);
  }

  void FinishDown(SectionText&& rollback_block) {
    SectionText& down = draft_.sections.down;
    if (!down.present) {
      if (rollback_block.present && !HasNoStatement(rollback_block.text)) {
        TakeRollbackBlock(std::move(rollback_block));
      } else {
        migration_.irreversible_why = draft_.down_left_out ? kDownLeftOut : kNoDownScript;
      }
    } else if (!IsOurs(Section::kDown) || !HasNoStatement(down.text)) {
      // Its tool runs what is commented out no more than what is not there: a step without statements.
      TakeScript(Section::kDown, migration_.down, migration_.down_text, std::move(down));
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

  // One of ours that is commented out counts if it is SQL: tools that run whole files don't run it.
  void FinishVerify(SectionText&& verify) {
    if (!verify.present) return;
    if (!HasNoStatement(verify.text)) {
      return TakeScript(Section::kVerify, migration_.verify, migration_.verify_text, std::move(verify));
    }
    if (!IsOurs(Section::kVerify)) return;
    verify.text = Uncommented(verify.text);
    if (HasNoStatement(verify.text)) return;
    try {
      TakeScript(Section::kVerify, migration_.verify, migration_.verify_text, std::move(verify));
    } catch (const Error& error) {
      if (error.line == 0) throw;  // not about the text
      migration_.verify = {};
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

  // Comments that are no SQL are prose: the migration is then not reversible, and says which line. The error would
  // quote the text, which not everybody may read who sees this.
  void TakeCommentedDown(SectionText&& text, Reversible reversible) {
    try {
      TakeScript(Section::kDown, migration_.down, migration_.down_text, std::move(text));
      migration_.reversible = reversible;
    } catch (const Error& error) {
      if (error.line == 0) throw;  // not about the text
      migration_.down = {};
      migration_.irreversible_why =
          "line " + std::to_string(error.line) + " of its commented-out down script can't be run";
    }
  }

  bool IsOurs(Section section) const { return draft_.ours[static_cast<size_t>(section)]; }

  void TakeTraits() {
    Traits& traits = draft_.traits;
    for (auto& name : traits.requirements) migration_.requirements.push_back(std::move(name));
    if (!traits.order.empty()) migration_.options.Make().order = std::move(traits.order);
    for (auto& tag : traits.tags) migration_.options.Make().tags.push_back(std::move(tag));
    if (!traits.replaces.empty() && migration_.options->replaces.empty()) {
      migration_.options.Make().replaces = std::move(traits.replaces);
    }
    migration_.repeatable |= traits.repeatable || traits.seed;
    if (traits.seed) migration_.options.Make().seed = true;
    if (traits.hook != Hook::kNone) {
      migration_.options.Make().hook = traits.hook;
      migration_.repeatable = true;
    }
    migration_.verify.errors_only = traits.errors_only;
  }

  void Follow(const PlacedDirective& placed) {
    switch (placed.directive.kind) {
      case DirectiveKind::kRequires:
        for (auto& name : SplitList(placed.directive.value, ',')) migration_.requirements.push_back(std::move(name));
        break;
      case DirectiveKind::kTag:
        for (auto& tag : SplitList(placed.directive.value, ','))
          migration_.options.Make().tags.push_back(std::move(tag));
        break;
      case DirectiveKind::kOnly: migration_.options.Make().only = SplitList(placed.directive.value, ','); break;
      case DirectiveKind::kHook:
        migration_.options.Make().hook = HookFromName(placed.directive.value);
        migration_.repeatable = true;
        break;
      case DirectiveKind::kExpect:
        migration_.options.Make().expects.push_back({placed.line, placed.directive.value});
        break;
      case DirectiveKind::kReplaces: migration_.options.Make().replaces = placed.directive.value; break;
      case DirectiveKind::kRepeatable: migration_.repeatable = true; break;
      case DirectiveKind::kAllow: migration_.options.Make().allows = placed.directive.value; break;
      case DirectiveKind::kLockTimeout: SetTimeout(placed, &Timeouts::lock); break;
      case DirectiveKind::kStatementTimeout: SetTimeout(placed, &Timeouts::statement); break;
      case DirectiveKind::kKeepDropped: migration_.up.keeps_dropped = migration_.down.keeps_dropped = true; break;
      case DirectiveKind::kKeepRows:
        for (auto& table : SplitList(placed.directive.value, ',')) {
          migration_.up.keeps_rows.Make().push_back(std::move(table));
        }
        break;
      case DirectiveKind::kIrreversible:
        if (HasWayBack()) {
          Error error(sqlstate::kSyntaxError, "migration is declared irreversible but has a down script", {},
                      "Remove one of them.");
          error = At({placed.line, 1}, std::move(error));
          SetPlace(error, draft_.id, placed.section);
          throw error;
        }
        DropDown(placed.directive.value);
        break;
      default: break;
    }
  }

  // One in the up section holds for the down script, too, unless that has its own.
  void SetTimeout(const PlacedDirective& placed, std::string Timeouts::*timeout) {
    Script& own = placed.section == Section::kDown ? migration_.down : migration_.up;
    own.timeouts.Make().*timeout = placed.directive.value;
    if (placed.section != Section::kUp) return;
    std::string& of_down = migration_.down.timeouts.Make().*timeout;
    if (of_down.empty()) of_down = placed.directive.value;
  }

  // Why each statement of the section stands alone, empty if it does not: its own directive before that of the whole.
  std::string WhyNoTransaction(Section section) const {
    if (section == Section::kVerify) return {};
    std::string why = draft_.no_transaction[static_cast<size_t>(section)];
    for (const auto& placed : draft_.sections.directives) {
      const bool whole = placed.directive.kind == DirectiveKind::kNoTransaction && placed.section == Section::kUp;
      if (whole && why.empty()) why = "line " + std::to_string(placed.line) + ": migrate:no-transaction";
    }
    for (const auto& placed : draft_.sections.directives) {
      if (placed.section != section) continue;
      const std::string line = "line " + std::to_string(placed.line) + ": migrate:";
      if (placed.directive.kind == DirectiveKind::kNoTransaction) why = line + "no-transaction";
      if (placed.directive.kind == DirectiveKind::kTransactionFalse) why = line + "… transaction:false";
    }
    return why;
  }

  // A down script without statements undoes nothing: where another word says so, that holds.
  bool HasWayBack() const { return migration_.reversible != Reversible::kNo && migration_.down.statements > 0; }

  void DropDown(std::string why) {
    migration_.down = {};
    migration_.down_text.clear();
    migration_.reversible = Reversible::kNo;
    migration_.irreversible_why = std::move(why);
  }

  // A hook has nothing but its script, and when and where it runs.
  void RequireHook() const {
    for (const auto& placed : draft_.sections.directives) {
      const DirectiveKind kind = placed.directive.kind;
      if (kind == DirectiveKind::kHook || kind == DirectiveKind::kOnly || kind == DirectiveKind::kRepeatable ||
          kind == DirectiveKind::kNoTransaction || kind == DirectiveKind::kNoLint)
        continue;
      Error error(sqlstate::kSyntaxError, "a hook can't have this directive", {},
                  "Besides its own line it may have \"-- migrate:only\" and \"-- migrate:nolint\".");
      error = At({placed.line, 1}, std::move(error));
      SetPlace(error, draft_.id, placed.section);
      throw error;
    }
    if (migration_.verify.exists()) {
      throw Error(sqlstate::kSyntaxError, "hook " + Quoted(draft_.id.Label()) + " has a verify script", {},
                  "Remove it: what fails in the hook fails the migration.");
    }
    if (migration_.up.transactional) return;
    throw Error(sqlstate::kActiveTransaction, "hook " + Quoted(draft_.id.Label()) + " can't run inside a transaction",
                "It runs in that of the migration: " + migration_.up.detail + ".", "Make it a migration of its own.");
  }

  void RefuseDown() {
    if (migration_.reversible == Reversible::kScript && HasWayBack()) {
      const Options& options = *migration_.options;
      const std::string kind = options.hook != Hook::kNone ? "hook" : options.seed ? "seed" : "repeatable migration";
      throw Error(sqlstate::kSyntaxError, kind + " " + Quoted(draft_.id.Label()) + " has a down script",
                  "It is never rolled back.",
                  options.seed ? "Remove the script." : "Remove the script, or the directive.");
    }
    DropDown("it is repeatable");
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
  const AssembleTools& tools_;
  Section section_ = Section::kUp;
  LoadedMigration migration_;
};

}  // namespace

Assembly AssembleMigrations(std::vector<Part> parts, const AssembleTools& tools) {
  std::vector<LoadedMigration> migrations;
  Assembly assembly;
  std::vector<Draft> drafts = GatherDrafts(parts, assembly.problems);
  migrations.reserve(drafts.size());
  for (auto& draft : drafts) {
    Finisher finisher(std::move(draft), tools);
    try {
      migrations.push_back(finisher.Finish());
    } catch (const Error& error) {
      assembly.problems.Add(finisher.position(), finisher.origin(), error);
    }
  }
  assembly.migrations = InOrderOfAddition(std::move(migrations));
  return assembly;
}

}  // namespace migrate
