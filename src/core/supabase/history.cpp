#include "core/supabase/history.h"

#include <algorithm>
#include <map>

#include "core/base/text.h"
#include "core/set/order.h"
#include "core/set/version.h"

namespace migrate {
namespace {

constexpr std::string_view kMostNumber = "9223372036854775807";  // that the CLI can read

bool IsAllDigits(std::string_view text) { return !text.empty() && text.find_first_not_of("0123456789") == text.npos; }

bool FitsNumber(std::string_view digits) {
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return digits.size() < kMostNumber.size() || (digits.size() == kMostNumber.size() && digits <= kMostNumber);
}

// The first file of a folder is skipped if its name ends so and it is older than the CLI's own beginnings.
bool IsOldInit(const MigrationId& id) {
  constexpr std::string_view kFirst = "20211209000000";
  return id.name == "init" && id.version.size() == kFirst.size() && id.version < kFirst;
}

bool IsBlankText(std::string_view line) { return Trim(line).empty(); }

// A line that is a directive already is a comment as it stands.
bool IsDirective(std::string_view line) {
  line = TrimLeft(line);
  return line.starts_with("--") && TrimLeft(line.substr(2)).starts_with("migrate:");
}

void AddCommented(std::string& text, std::string_view section, std::string_view script) {
  if (IsBlankText(script)) return;
  if (!text.ends_with('\n')) text += '\n';
  text += section;
  text += '\n';
  std::string_view line;
  script = TrimRight(script);
  while (TakeLine(script, line)) {
    if (!IsBlankText(line) && !IsDirective(line)) text += "-- ";
    text += line;
    text += '\n';
  }
}

// Without what `fetch` adds or takes away at the end.
std::string_view WithoutEnd(std::string_view text) {
  for (;;) {
    const std::string_view trimmed = TrimRight(text);
    if (!trimmed.ends_with(';')) return trimmed;
    text = trimmed.substr(0, trimmed.size() - 1);
  }
}

// Of those that the CLI can have: "10" comes before "2" then.
bool DifferInLength(const std::vector<StatusRow>& rows) {
  size_t length = 0;
  for (const auto& row : rows) {
    if (!SupabaseObjection(*row.migration).empty()) continue;
    const size_t own = row.migration->id.version.size();
    if (length != 0 && own != length) return true;
    length = own;
  }
  return false;
}

class Collector : public Hasher {
 public:
  void Add(std::string_view bytes) override { text_ += bytes; }
  std::string Finish() override { return std::move(text_); }

 private:
  std::string text_;
};

std::string NormalForm(std::string_view text) {
  Collector collector;
  HashNormalForm(WithoutEnd(text), collector);
  return collector.Finish();
}

}  // namespace

std::string SupabaseFile(const std::vector<std::string>& statements) { return Join(statements, ";\n") + ";\n"; }

std::string SupabaseText(std::string up, std::string_view down, std::string_view verify) {
  AddCommented(up, "-- migrate:down", down);
  AddCommented(up, "-- migrate:verify", verify);
  return up;
}

std::string SupabaseFileName(const MigrationId& id) {
  return (id.version.empty() ? id.name : id.version + "_" + id.name) + ".sql";
}

bool IsFetchedForm(std::string_view one, std::string_view other) {
  const std::string a = NormalForm(one);
  const std::string b = NormalForm(other);
  return NormalForm(SupabaseFile(SupabaseStatements(one))) == b ||
         NormalForm(SupabaseFile(SupabaseStatements(other))) == a;
}

std::string SupabaseObjection(const KnownMigration& migration) {
  const MigrationId& id = migration.id;
  if (!IsAllDigits(id.version)) return "the Supabase CLI skips it: its versions are digits only";
  if (!FitsNumber(id.version)) return "the Supabase CLI hides it: its versions are at most " + std::string(kMostNumber);
  if (migration.version_is_shared) return "the Supabase CLI refuses it: a version is one migration's";
  if (migration.repeatable) return "the Supabase CLI refuses it: it runs each migration once";
  if (id.name.find_first_of("/\\") != id.name.npos || id.name == "..") {
    return "the Supabase CLI refuses it: its name would be a path";
  }
  if (IsOldInit(id)) return "the Supabase CLI skips it: an \"init\" from before it kept a history";
  return {};
}

void CompareWithSupabase(std::vector<StatusRow>& rows, const std::vector<SupabaseEntry>& history,
                         std::deque<KnownMigration>& only_there) {
  std::map<std::string_view, const SupabaseEntry*> unmatched;
  for (const auto& entry : history) unmatched[entry.version] = &entry;
  const auto entries = unmatched;
  const bool mixed = DifferInLength(rows);
  for (auto& row : rows) {
    const KnownMigration& migration = *row.migration;
    unmatched.erase(migration.id.version);
    const std::string objection = SupabaseObjection(migration);
    const auto found = entries.find(migration.id.version);
    if (!objection.empty()) {
      row.AddRemark(objection.substr(0, objection.find(':')), objection);
      continue;
    }
    if (mixed) {
      row.AddRemark("versions differ in length",
                    "the Supabase CLI orders versions as texts, and these differ in length");
    }
    if (!migration.applied()) {
      if (found == entries.end()) continue;
      row.AddRemark("Supabase has it as applied", "Supabase has it as applied: migrate_adopt('supabase')");
    } else if (found == entries.end()) {
      row.AddRemark("Supabase doesn't have it",
                    "Supabase doesn't have it: supabase migration repair --status applied " + migration.id.version);
    } else if (found->second->name != migration.id.name) {
      row.AddRemark("Supabase has another name", "Supabase calls it \"" + found->second->name + "\"");
    }
  }
  for (const auto& [version, entry] : unmatched) {
    KnownMigration& migration = only_there.emplace_back();
    migration.id = {entry->version, entry->name};
    migration.sort_key = VersionSortKey(entry->version);
    StatusRow row{&migration, "missing", {}, {}};
    if (const std::string objection = SupabaseObjection(migration); !objection.empty()) {
      row.AddRemark(objection.substr(0, objection.find(':')), objection);
    }
    row.AddRemark("only Supabase has it", "only Supabase has it: migrate_adopt('supabase')");
    rows.push_back(std::move(row));
  }
  if (unmatched.empty()) return;
  std::stable_sort(rows.begin(), rows.end(),
                   [](const StatusRow& a, const StatusRow& b) { return ComesBefore(*a.migration, *b.migration); });
}

}  // namespace migrate
