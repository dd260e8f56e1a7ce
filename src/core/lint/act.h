// What the statements of a migration do, one Act for each thing that a rule could object to. The server takes them from
// its parse tree and its catalogs; rules see nothing else, so that they are pure.
#pragma once

#include <string>

namespace migrate::lint {

enum class Does {
  kCreateTable,
  kDefineColumn,  // in CREATE TABLE
  kAddColumn,
  kChangeType,
  kSetNotNull,
  kDropNotNull,
  kDropColumn,
  kAddConstraint,
  kDropConstraint,
  kValidate,
  kDetach,
  kRewrite,  // all rows, for no other reason than that the statement asks for it: `name` is what it says
  kCreateIndex,
  kDropIndex,
  kReindex,
  kVacuum,  // all rows, in VACUUM FULL or CLUSTER: `name` says which
  kDropTable,
  kDropSchema,
  kDropDatabase,
  kTruncate,
  kRenameColumn,
  kRenameTable,
  kRenameSchema,
  kRenameLabel,
  kAddLabel,
  kCreateDomain,
  kConstrainDomain,
  kChangeRows,    // UPDATE and DELETE: `name` says which
  kRepeatColumn,  // in a list in which each may stand once
  kLongName,
  kTransaction,  // BEGIN and COMMIT: `name` says which
  kOther,
};

enum class ConstraintKind { kNone, kForeignKey, kCheck, kNotNull, kUnique, kPrimaryKey, kExclusion };

// All but the texts, as the server's leaves fill it, too.
struct ActTraits {
  Does does = Does::kOther;
  ConstraintKind constraint = ConstraintKind::kNone;
  int keys = 0;             // of an index
  bool concurrent = false;  // CONCURRENTLY
  bool if_not_exists = false;
  bool cascade = false;
  bool not_valid = false;      // a constraint
  bool uses_index = false;     // a constraint USING INDEX
  bool is_unique = false;      // an index
  bool is_placed = false;      // a label BEFORE or AFTER another
  bool of_new_column = false;  // a constraint of ADD COLUMN
  bool not_null = false;       // a column, and what else it says
  bool has_default = false;
  bool is_generated = false;  // or identity
  bool is_serial = false;
  bool is_sized = false;      // a type: varchar(20)
  bool rewrites = false;      // all rows: a column with such a default, a change of type
  bool is_proven = false;     // SET NOT NULL where a valid constraint of the table says the same
  bool exists = false;        // the table, before the migration
  bool is_temporary = false;  // the table
  bool is_partitioned = false;
  bool is_system = false;  // REINDEX SYSTEM
  bool is_slow = false;    // the first of a statement that takes a lock others may wait for
};

struct Act : ActTraits {
  int line = 0;
  int transaction = 0;  // number of the transaction that it runs in, within the migration
  std::string schema;   // as written, empty if it is not
  std::string table;
  std::string name;   // of the column, constraint, index, label, schema, …
  std::string type;   // without schema and size, as the parser writes it: int4, bpchar
  std::string other;  // the new name; the column that CHECK (… IS NOT NULL) is about

  std::string TableName() const { return schema.empty() ? table : schema + "." + table; }
};

// What rules know of the migration as a whole.
struct MigrationFacts {
  int statements = 0;
  bool each_alone = false;  // -- migrate:no-transaction
  bool is_divided = false;  // BEGIN and COMMIT make several transactions of it
  int lock_timeout = 0;     // in milliseconds; 0 is no limit
  int statement_timeout = 0;
};

}  // namespace migrate::lint
