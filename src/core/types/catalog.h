// What types for an application are made of, as the catalogs have it: plain data, in no order. Knows no language.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace migrate::types {

using ObjectId = uint32_t;  // as the catalogs number them; 0 for none

struct Attribute {
  std::string name;
  ObjectId type = 0;
};

// A type of any schema. Arrays are types, too, and known by the underscore that their names begin with.
struct Type {
  ObjectId id = 0;
  std::string schema;
  std::string name;
  ObjectId relation = 0;              // whose rows it describes, or that stands behind a composite type
  std::vector<std::string> labels;    // of an enum
  std::vector<Attribute> attributes;  // of a composite type
};

struct Column {
  std::string name;
  std::string type_schema;
  std::string type_name;  // of a domain the one below it
  bool is_nullable = false;
  bool has_default = false;
  bool is_identity = false;
  bool is_always_made = false;  // generated, or an identity that takes no value
  bool is_writable = false;     // of a view
};

enum class RelationKind { kTable, kForeignTable, kView, kMaterializedView };

struct Relation {
  ObjectId id = 0;
  RelationKind kind = RelationKind::kTable;
  std::string schema;
  std::string name;
  bool takes_inserts = false;  // a view
  bool takes_updates = false;
  std::vector<Column> columns;

  bool IsTable() const { return kind == RelationKind::kTable || kind == RelationKind::kForeignTable; }
};

// A primary, unique or foreign key of any table.
struct Key {
  enum class Kind { kPrimary, kUnique, kForeign };
  // Columns in the order of the key.
  struct Side {
    ObjectId relation = 0;
    std::string schema;
    std::string name;
    std::vector<int> numbers;
    std::vector<std::string> columns;
  };

  Kind kind = Kind::kForeign;
  std::string name;
  Side from;
  Side to;                    // of a foreign key
  bool of_partition = false;  // follows from a key of the partitioned table
  bool schema_is_wanted = false;
  bool schema_is_plain = false;  // its name needs no quotes
};

// What a view shows: its query as the server stores it, or another rule on it.
struct ViewRule {
  ObjectId view = 0;
  std::string schema;
  std::string name;
  std::vector<std::string> columns;
  bool is_query = false;           // the view's own
  bool is_wanted = false;          // in one of the schemas
  bool is_looked_through = false;  // keys are followed through it
  std::string action;
};

// A column by relation and number.
using ColumnId = std::pair<ObjectId, int>;

struct Parameter {
  char mode = 'i';  // as in pg_proc
  std::string name;
  ObjectId type = 0;
  bool has_default = false;

  bool IsInput() const { return mode == 'i' || mode == 'b' || mode == 'v'; }
};

struct Function {
  ObjectId id = 0;
  std::string schema;
  std::string name;
  std::string parameters_text;  // as the server writes them
  std::string result_text;
  std::string only_type_text;  // the type of the only parameter
  ObjectId result = 0;
  bool returns_set = false;
  double rows = 0;  // estimated, of a set
  std::vector<Parameter> parameters;
};

struct Catalog {
  std::vector<std::string> schemas;  // those asked for
  std::vector<Relation> relations;   // in them
  std::vector<Function> functions;   // in them
  std::vector<Type> types;           // of all schemas
  std::vector<Key> keys;             // of all schemas
  std::vector<ViewRule> rules;       // of the views in them, and of the views below these
  std::set<ColumnId> not_null;       // columns below the views
};

}  // namespace migrate::types
