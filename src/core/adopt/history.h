// Histories that other tools keep in the database: which tables hold them, and what their rows say. Each tool is
// one small file beside this one. Pure: reading the tables is the server's business.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/set/migration.h"

namespace migrate::adopt {

using Cell = std::optional<std::string>;
using Cells = std::vector<Cell>;

enum class Standing { kApplied, kFailed, kRolledBack, kNotSql };

// What a history's checksum or text is compared by.
enum class Proof {
  kNone,
  kLineCrc32,      // of the lines, without their ends, as a signed number
  kMd5,            // of the file
  kSha1,           // of the file
  kNamedSha1,      // of the file's name and the file
  kSha256,         // of the file
  kSha384,         // of the file
  kRunningSha256,  // of the names and texts of all files up to it
  kGraphileHash,   // that the file's own header bears
  kStatements,     // the statements themselves
};

// What a history says of one migration.
struct Recorded {
  MigrationId id = {};                 // as it was recorded; both empty where only a checksum names it
  std::vector<MigrationId> also = {};  // what it, or its file, may be called, too
  Standing standing = Standing::kApplied;
  bool whole = false;     // the version alone does not name it: several may share one
  bool up_to = false;     // and all that come before it
  std::string why = {};   // if it is not applied: what that means, and what to do next
  std::string note = {};  // that whoever adopts it should know
  std::string at = {};    // since when it is applied, as the server writes times; empty if that is not known
  std::string by = {};
  Proof proof = Proof::kNone;
  std::string checksum = {};
  std::string text = {};      // that the tool kept
  std::string rollback = {};  // likewise

  bool applied() const { return standing == Standing::kApplied; }
};

struct History {
  std::vector<Recorded> recorded;    // in the order in which they were applied, as far as the table knows it
  std::vector<std::string> remarks;  // on the whole
};

enum class Shown {
  kText,
  kTime,        // with a time zone; of a column of texts or of seconds since 1970, too
  kHex,         // of bytes
  kStatements,  // an array, as one script
};

struct Column {
  std::string_view name;
  Shown shown = Shown::kText;
  bool required = true;
  std::string_view expression = {};  // what to read instead of the column; @schema@ is the table's
};

// A table in the shape that a tool gives it. A tool may have several.
struct Tool {
  std::string_view name;    // as migrate_adopt() takes it
  std::string_view schema;  // empty for any
  std::string_view table;
  std::span<const Column> columns;  // in the order in which `read` takes them
  std::string_view order;           // of its rows, as SQL
  History (*read)(const std::vector<Cells>& rows);
  bool exact = false;                             // it has no other columns
  bool common_name = false;                       // tables of that name are often something else
  std::span<const std::string_view> beside = {};  // tables in the same schema that make it this tool's
  bool reads_beside = false;
  std::string_view from = {};    // further items for FROM
  std::string_view advice = {};  // what to do where a migration is not loaded; empty for "load the files"
};

// All shapes, the more telling ones of a table's name first.
std::span<const Tool* const> Tools();
// The names that migrate_adopt() takes, each once.
std::vector<std::string> ToolNames();

// A table, view or the like, and what reading it means.
struct Relation {
  std::string schema;
  std::string table;
  std::string owner = {};
  bool trusted = true;     // the owner, whose code reading may run
  bool readable = true;    // by the caller
  bool plain = true;       // a table without children: reading it reads nothing else
  bool row_level = false;  // row security runs its policies

  std::string Name() const;  // as SQL takes it
};

// One that is called as a tool's table is, or that could be a history by its name.
struct Candidate : Relation {
  struct Field {
    std::string name;
    std::string type;  // as pg_catalog calls it; empty for a type of another schema
  };
  std::vector<Field> fields = {};
  std::vector<Relation> beside = {};  // of the tables that a shape asks for, those in its schema
  bool could_be = false;              // a history, by its name

  const Field* Find(std::string_view name) const;
  const Relation* FindBeside(std::string_view name) const;
};

// What names of tables that could be a history match, as a regular expression of the server.
inline constexpr char kCouldBeHistory[] =
    "(?i)(migrat|schema_?version|schema_?history|db_?version|database_?changelog|evolutions)(?!.*lock$)";

// The shape that the candidate has, of the named tool or of any; null if it only looks like one. `any_place`: where it
// stands, beside what, and what it is called don't count.
const Tool* ShapeOf(const Candidate& candidate, std::string_view tool = "", bool any_place = false);
// Whether one of that name is worth a word although it has no known shape.
bool LooksAlike(const Candidate& candidate);
// Why it has not the tool's shape: "it has no column version_id"; of any tool if none is named.
std::string WhyNoShape(const Candidate& candidate, std::string_view tool = "");
// Whether the schema belongs to a service that keeps its own migrations there.
bool IsOfService(std::string_view schema);

// What reads the rows of a table of that shape, a column each.
std::string SelectOf(const Tool& tool, const Candidate& candidate);

// The shapes, most of them in the file of their family.
extern const Tool kAlembic;
extern const Tool kAtlas;
extern const Tool kDbmate;
extern const Tool kDbMigrate;
extern const Tool kDbUp;
extern const Tool kDiesel;
extern const Tool kDjango;
extern const Tool kDoctrine;
extern const Tool kDrizzle;
extern const Tool kEcto;
extern const Tool kEfCore;
extern const Tool kEfCoreSnakeCase;
extern const Tool kFlyway;
extern const Tool kFlywayBefore5;
extern const Tool kGolangMigrate;
extern const Tool kGoose;
extern const Tool kGraphile;
extern const Tool kHasura;
extern const Tool kHasuraBefore2;
extern const Tool kKnex;
extern const Tool kKysely;
extern const Tool kLaravel;
extern const Tool kLiquibase;
extern const Tool kMigrations;
extern const Tool kMikroOrm;
extern const Tool kMyBatis;
extern const Tool kNodePgMigrate;
extern const Tool kPgroll;
extern const Tool kPlay;
extern const Tool kPostgrator;
extern const Tool kPostgresMigrations;
extern const Tool kPrisma;
extern const Tool kRails;
extern const Tool kRefinery;
extern const Tool kSchemaVersion;
extern const Tool kSeaOrm;
extern const Tool kSequelize;
extern const Tool kSqitch;
extern const Tool kSqlMigrate;
extern const Tool kSqlx;
extern const Tool kSupabase;
extern const Tool kTern;
extern const Tool kTypeOrm;
extern const Tool kYoyo;

// For their readers.
std::string TextOf(const Cell& cell);
bool IsTrue(const Cell& cell);
// What a file's name, with folders and the ending of SQL or of code, means: version and name together.
Recorded RecordedOfFile(std::string_view file);
// A version and name as a file's name has them; the whole as the name if that can't be a migration's.
MigrationId IdOfFile(std::string_view file);

}  // namespace migrate::adopt
