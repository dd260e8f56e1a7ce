#include "server/lint/lint_migration.h"

#include <algorithm>
#include <string>

#include "core/base/quote.h"
#include "core/lint/long_names.h"
#include "core/text/script.h"
#include "core/text/sections.h"
#include "server/base/guard.h"
#include "server/base/pg_parser.h"
#include "server/base/settings.h"
#include "server/base/starting_settings.h"
#include "server/base/timers.h"
#include "server/lint/plain_acts.h"
#include "server/store/store.h"

namespace migrate {
namespace {

using lint::Act;
using lint::Does;

std::string TextOf(const char* text) { return text == nullptr ? std::string() : std::string(text); }

// Numbers the transactions of a migration.
class TransactionCount {
 public:
  explicit TransactionCount(bool each_alone) : each_alone_(each_alone) {}

  int Of(const ScriptStatement& statement) {
    const bool by_itself = statement.alone || (each_alone_ && statement.block == 0);
    if (by_itself || was_by_itself_ || statement.part != part_ || statement.block != block_) ++number_;
    was_by_itself_ = by_itself;
    part_ = statement.part;
    block_ = statement.block;
    return number_;
  }

 private:
  const bool each_alone_;
  bool was_by_itself_ = false;
  int part_ = 0, block_ = 0, number_ = 0;
};

// The lines of a statement, each found in a time that does not depend on how long the statement is.
class Lines {
 public:
  explicit Lines(const ScriptStatement& statement) : first_(statement.position.line) {
    const std::string_view text = statement.text;
    for (size_t at = 0; (at = text.find('\n', at)) != std::string_view::npos;) ends_.push_back(at++);
  }

  int At(size_t offset) const {
    return first_ + static_cast<int>(std::lower_bound(ends_.begin(), ends_.end(), offset) - ends_.begin());
  }

 private:
  const int first_;
  std::vector<size_t> ends_;
};

// What one migration does, act by act.
class ActReader {
 public:
  ActReader(const KnownMigration& migration, PgParser& parser)
      : migration_(migration), parser_(parser), transactions_(migration.up.each_alone) {}

  std::vector<Act> Read(const std::string& text) {
    const Script& script = migration_.up;
    const ScriptUse use = script.each_alone ? ScriptUse::kEachAlone : ScriptUse::kMigration;
    ScriptReader reader(text, script.first_line, use, parser_);
    reader.TellCommands(
        [this](Position position, const std::string& tag) { AddSimple(Does::kTransaction, tag, position.line, 0); });
    while (const auto statement = reader.Next()) Add(*statement);
    return std::move(acts_);
  }

 private:
  // What is not parsed is an INSERT of many rows.
  void Add(const ScriptStatement& statement) {
    const int transaction = transactions_.Of(statement);
    const Lines lines(statement);
    if (statement.parsed.tree != nullptr) {
      for (PlainAct* plain = ActsOf(statement); plain != nullptr; plain = plain->next) {
        AddPlain(*plain, lines, transaction);
      }
    }
    for (const std::string_view name : lint::LongNames(statement.text)) {
      const auto offset = static_cast<size_t>(name.data() - statement.text.data());
      AddSimple(Does::kLongName, std::string(CutOff(name)), lines.At(offset), transaction);
    }
  }

  // In the memory of the tree, which the next statement takes.
  PlainAct* ActsOf(const ScriptStatement& statement) {
    const auto* const tree = static_cast<const ParsedTree*>(statement.parsed.tree);
    MemoryContext const context = parser_.context();
    PlainAct* const first = Call([=]() noexcept {
      MemoryContext const caller = MemoryContextSwitchTo(context);
      PlainActs acts;
      AddStatementActsLeaf(tree->raw->stmt, &acts);
      MemoryContextSwitchTo(caller);
      return acts.first;
    });
    for (PlainAct* act = first; act != nullptr && !migration_.applied(); act = act->next) {
      if (!WantsCatalogs(*act)) continue;
      // Where they can't answer, for an earlier migration makes what is asked for, the text does.
      (void) TryCall([=]() noexcept {
        MemoryContext const caller = MemoryContextSwitchTo(context);
        AskCatalogsLeaf(act);
        MemoryContextSwitchTo(caller);
      });
    }
    return first;
  }

  void AddPlain(const PlainAct& plain, const Lines& lines, int transaction) {
    Act act;
    static_cast<lint::ActTraits&>(act) = plain;
    act.line = lines.At(plain.location < 0 ? 0 : static_cast<size_t>(plain.location));
    act.transaction = transaction;
    act.schema = TextOf(plain.schema);
    act.table = TextOf(plain.table);
    act.name = TextOf(plain.name);
    act.type = TextOf(plain.type);
    act.other = TextOf(plain.other);
    acts_.push_back(std::move(act));
  }

  void AddSimple(Does does, const std::string& name, int line, int transaction) {
    Act act;
    act.does = does;
    act.name = name;
    act.line = line;
    act.transaction = transaction;
    acts_.push_back(std::move(act));
  }

  // As the server does it.
  static std::string_view CutOff(std::string_view name) {
    const char* const data = name.data();
    const int size = static_cast<int>(std::min<size_t>(name.size(), 2 * lint::kMostNameBytes));
    return name.substr(0, static_cast<size_t>(Call([=]() noexcept {
                         return pg_mbcliplen(data, size, static_cast<int>(lint::kMostNameBytes));
                       })));
  }

  const KnownMigration& migration_;
  PgParser& parser_;
  TransactionCount transactions_;
  std::vector<Act> acts_;
};

std::vector<lint::Exemption> ExemptionsIn(const std::string& text, int first_line) {
  std::vector<lint::Exemption> exemptions;
  for (const auto& placed : SplitSections(text, Section::kUp, first_line).directives) {
    if (placed.directive.kind != DirectiveKind::kNoLint) continue;
    exemptions.push_back(lint::ParseExemption(placed.directive.value, placed.line));
  }
  return exemptions;
}

std::vector<lint::Finding> LintOne(const KnownMigration& migration, PgParser& parser) {
  const Script& up = migration.up;
  const lint::MigrationFacts facts = {
      .statements = up.statements,
      .each_alone = up.each_alone,
      .is_divided = !up.transactional && !up.each_alone,
      .lock_timeout = MillisecondsOf(up.timeouts->lock, LockTimeoutMs()),
      .statement_timeout = MillisecondsOf(up.timeouts->statement, StatementTimeoutMs()),
  };
  try {
    const std::string text = FillPlaceholders(ReadScript(up.sha256), migration.options->placeholders);
    return lint::Lint(facts, ActReader(migration, parser).Read(text), ExemptionsIn(text, up.first_line));
  } catch (Error& error) {
    SetPlace(error, migration.id, Section::kUp);
    throw;
  }
}

}  // namespace

std::vector<LintedMigration> LintMigrations(const std::vector<const KnownMigration*>& migrations) {
  std::vector<LintedMigration> linted;
  if (migrations.empty()) return linted;
  StartingSettings starting(false);
  const char* const search_path = starting.search_path().c_str();
  const int level = Call([]() noexcept { return NewGUCNestLevel(); });
  const auto close = [=]() noexcept { AtEOXact_GUC(false, level); };
  try {
    Call([=]() noexcept {
      (void) set_config_option("search_path", search_path, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
    });
    PgParser parser(true);
    for (const KnownMigration* const migration : migrations) {
      auto findings = LintOne(*migration, parser);
      if (!findings.empty()) linted.push_back({migration, std::move(findings)});
    }
  } catch (...) {
    Call(close);
    throw;
  }
  Call(close);
  return linted;
}

}  // namespace migrate
