// What the Supabase CLI makes of a migration: the statements that it stores of a file, the file that it writes of
// stored statements, and which migrations it can't have. As of its version 3.1.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "core/set/known.h"
#include "core/set/status.h"

namespace migrate {

// The statements of a file, as the CLI divides it: without the semicolons and blanks around them, comments included.
// Not quite as the server does: that the CLI then can't run it is its own business.
std::vector<std::string> SupabaseStatements(std::string_view text);

// The file that `supabase migration fetch` writes of them.
std::string SupabaseFile(const std::vector<std::string>& statements);

// One file that holds all texts of a migration, for a tool that knows only one: what isn't to run is commented out.
std::string SupabaseText(std::string up, std::string_view down, std::string_view verify);

// The file's name. "20250120103000_name.sql"; a bare number has nothing behind "_".
std::string SupabaseFileName(const MigrationId& id);

// Whether either text is what `supabase migration fetch` makes of the other.
bool IsFetchedForm(std::string_view one, std::string_view other);

// Why the CLI can't have the migration in its history; empty if it can.
std::string SupabaseObjection(const KnownMigration& migration);

// A row of Supabase's history, without its text.
struct SupabaseEntry {
  std::string version;
  std::string name;
};

// Remarks in the status where the two histories differ. What only Supabase has becomes a row of its own, whose
// migration is kept in `only_there`.
void CompareWithSupabase(std::vector<StatusRow>& rows, const std::vector<SupabaseEntry>& history,
                         std::deque<KnownMigration>& only_there);

}  // namespace migrate
