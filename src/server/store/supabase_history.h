// Supabase's own history, supabase_migrations.schema_migrations, which the CLI and the dashboard read and write. Ours
// keeps it in step while migrate.supabase is on: as the caller, whose triggers or views may stand in the way.
#pragma once

#include <deque>
#include <vector>

#include "core/plan/plan.h"
#include "core/set/status.h"

namespace migrate {

enum class SupabaseChange {
  kApplied,    // by running it: what is there already is an error
  kRecorded,   // as applied, or with another text than before
  kForgotten,  // rolled back or forgotten
  kPurged,     // its text
};

// Writes what became of a migration, in the transaction that records it. Nothing for what the CLI can't have.
void TellSupabase(const KnownMigration& migration, SupabaseChange change);

// The same where the setting decides.
void TellSupabaseIfOn(const KnownMigration& migration, SupabaseChange change);

// Steps that Supabase has as applied already get an obstacle; so does a plan whose caller may not write there.
void RefuseWhatSupabaseHas(Plan& plan);

// Adds where Supabase's history differs.
void CompareWithSupabaseIfOn(std::vector<StatusRow>& rows, std::deque<KnownMigration>& only_there);

}  // namespace migrate
