// What a convention is made of, and what several of them share.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/set/source.h"

namespace migrate::convention {

// A source, divided: scripts, and what some tools keep beside them.
struct Folder {
  SourceFiles scripts;  // .sql files
  SourceFiles others;   // by path

  bool has_versions = false;  // the scripts stand in folders that are versions

  const SourceFile* Other(std::string_view path) const;  // null if there is none
  // What a script is named as: with the version of its folder, where that is one, else by its path.
  std::string NameOf(std::string_view path) const;
};

struct Convention {
  std::string_view name;
  bool exclusive;  // a folder with its mark and that of another exclusive one mixes conventions
  // Whether a script bears its mark; null where only the folder can.
  bool (*has_mark)(const SourceFile& script);
  void (*read)(Folder& folder, const ReadOptions& options, Reading& reading);
  // The file by which the folder as a whole bears its mark, asked before the scripts; null where only a script can.
  const SourceFile* (*marked_file)(const Folder& folder) = nullptr;
  // What it reads besides scripts, by base names in which "*" stands for anything. scripts/push has them all, too.
  std::span<const std::string_view> side_files = {};
  Whose whose = Whose::kTools;  // its files
  // Whether a text has a line that only ours has, so that the rules for our own files hold for it; null where none can.
  bool (*is_ours)(std::string_view text) = nullptr;
};

// In the order in which they are asked; the last reads every folder.
extern const Convention kLiquibase;
extern const Convention kSqitch;
extern const Convention kGraphile;
extern const Convention kRefinery;
extern const Convention kFlyway;
extern const Convention kDrizzle;
extern const Convention kPrisma;
extern const Convention kHasura;
extern const Convention kDiesel;
extern const Convention kGoose;
extern const Convention kSqlMigrate;
extern const Convention kDbmate;
extern const Convention kMyBatis;
extern const Convention kTern;
extern const Convention kNodePgMigrate;
extern const Convention kPlay;
extern const Convention kHeadings;
extern const Convention kYoyo;
extern const Convention kSqlx;
extern const Convention kPostgresMigrations;
extern const Convention kPairs;
extern const Convention kAtlas;
extern const Convention kSupabase;
extern const Convention kSeeds;
extern const Convention kPlain;

// Whether the file is a changelog of Liquibase's in XML, YAML or JSON.
bool IsChangelog(const SourceFile& file);

// What is no script by its name: kept for the conventions, named, or refused where it may be a migration.
class OtherFiles {
 public:
  void Take(SourceFile&& file, Folder& folder, Reading& reading);
  // Once all files are known: what may be a migration is refused where nothing else is one.
  void Judge(const Folder& folder, Reading& reading);

 private:
  // One that may be a migration all the same, and what is said of it either way.
  struct Doubtful {
    SourceFile file;
    std::string what;
    std::string hint;
    std::string why_ignored;
  };
  std::vector<Doubtful> doubtful_;
};

// A part that holds the file's whole text, or its problem.
Part PartOf(SourceFile& file, MigrationId id, Section section);

// By its name alone: a pair's half, a file of a rollbacks folder, or one file for a migration.
Part ClaimFile(std::string_view path);

// Where a text is divided by comment lines of a tool's own.
enum class Mark {
  kNone,
  kUp,
  kDown,
  kNoTransaction,  // each statement of the whole file stands alone
  kSilent,         // means nothing here
  kRefused,        // means what we can't do
};

struct MarkedLine {
  Mark mark = Mark::kNone;
  bool no_transaction = false;  // with kUp and kDown: of that section
};

struct Marks {
  RareWord word;                               // every line that may be a mark has it
  MarkedLine (*of)(std::string_view comment);  // a line's text behind the dashes
  bool needs_up;                               // a file without a mark for up is none of this convention's
  bool repeats = false;                        // a mark that stands again in its own section is a remark
  bool hashes = false;                         // lines may begin with "#" instead of "--"; others that do are remarks
};

// Divides each script at its marks. What stands above the first one is the up section's header.
// `has_mark` is the convention's own: a folder whose scripts alone bear it holds the migrations.
void ReadMarked(Folder& folder, const Marks& marks, Reading& reading, bool (*has_mark)(const SourceFile& script));

// Where the first line begins that is this mark; npos if there is none.
size_t FindMark(std::string_view text, const Marks& marks, Mark mark);

// Whether the file has a line that is this mark, and that divides it: in one whose name says its direction, as those of
// pairs do, a mark of the same direction is a remark.
bool HasMark(const SourceFile& file, const Marks& marks, Mark mark);

// Whether this mark for up stands above all else but comments.
bool OpensWithUp(const SourceFile& file, const Marks& marks);

// Whether any line is this mark.
bool HasLine(std::string_view text, const Marks& marks, Mark mark);

}  // namespace migrate::convention
