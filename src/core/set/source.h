// How projects lay out their migrations: which file belongs to which migration, and as what. Each
// convention is one small file in convention/; it reads a whole folder, of file names and texts alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/rare.h"
#include "core/base/text.h"
#include "core/set/migration.h"
#include "core/set/migration_name.h"
#include "core/text/placeholders.h"

namespace migrate {

// A file as a source gives it.
struct SourceFile {
  std::string path;  // relative to the source, with "/" between folders
  std::string content;
  Rare<Error> problem = {};  // why it can't be read
  bool unread = false;       // counts by its name alone
};

// Whether the text of a file counts in any convention, as its name says: scripts, and what tools keep beside them.
bool IsRead(std::string_view path);

// The names of what tools keep beside scripts; "*" stands for anything.
std::vector<std::string> SideFiles();

using SourceFiles = std::vector<SourceFile>;

// What a convention says of a migration that its texts don't.
struct Traits {
  std::string no_transaction;             // why each statement stands alone, in this part's script; empty if not
  std::string order;                      // the version it is ordered by, where that is not its own
  std::vector<std::string> requirements;  // as `-- migrate:requires`
  std::vector<std::string> tags;          // as `-- migrate:tag`
  std::string replaces;                   // as `-- migrate:replaces`
  bool repeatable = false;                // as `-- migrate:repeatable`
  bool seed = false;                      // as a file of seeds: rows to try an application with
  Hook hook = Hook::kNone;                // as `-- migrate:hook`
  bool errors_only = false;               // its verify script fails by an error alone, whatever it returns
};

// Whose rules say what a script means of which all is commented out, and what a header line does.
enum class Whose {
  kOurs,
  kTools,              // another tool's, but for sections that begin with our lines
  kToolsWithOurLines,  // another tool's, which knows these lines, too: dbmate
};

// One text of one migration.
struct Part {
  MigrationId id;
  Section section = Section::kUp;  // that the text starts in
  bool by_version = false;         // belongs to the migration of this version, whatever its name
  bool without_down = false;       // its down section is left out
  Whose whose = Whose::kOurs;
  std::string origin;  // file name or argument, for messages
  std::string content;
  int first_line = 1;  // that the content starts on
  Traits traits;
  Rare<Error> problem = {};  // why there is none
};

// A file that becomes no migration, and why that is well.
struct Ignored {
  std::string path;
  std::string why;
};

// What a folder holds, as its convention reads it.
struct Reading {
  std::string_view convention;
  std::vector<Part> parts;
  std::vector<Ignored> ignored;
  bool dollar_placeholders = false;  // ${name} must have a value
  bool brace_placeholders = false;   // {{.name}} must
  bool colon_placeholders = false;   // :NAME is the only form
  Placeholders placeholders = {};    // that the tool's configuration gives
  bool found_by_text = false;        // what was applied by another name is known by its text
  bool versions_repeat = false;      // what looks like one is a date, and the name decides

  void Ignore(const SourceFile& file, std::string why) { ignored.push_back({file.path, std::move(why)}); }
  // The file stops the load, with all others that do.
  void Refuse(const SourceFile& file, Error error);
  void Refuse(const SourceFile& file, const std::string& what, const std::string& hint);
};

struct ReadOptions {
  std::string convention = {};              // empty to recognise it
  std::vector<std::string> leave_out = {};  // paths, in which * stands for anything; "x.sql:down" is what undoes x.sql
  HasherFactory new_sha1 = {};              // for chains of hashes; without it they are not checked
  HasherFactory new_sha256 = {};            // likewise
  Placeholders values = {};                 // that were given: of Liquibase's contexts, for example
};

// Reads a folder by its convention. What is wrong with single files is in their parts; throws for an unknown
// convention, and for a folder that bears the marks of two.
Reading ReadFiles(SourceFiles files, const ReadOptions& options = {});

// Whether leave_out names it.
bool IsLeftOut(std::string_view path, const ReadOptions& options);

// The names of all conventions, for messages.
std::vector<std::string> ConventionNames();

// What a migration's own name says of it: one given by itself, without a folder.
Part ClaimName(std::string_view name);

}  // namespace migrate
