// An object of a schema as migrate_schema() shows it, and what it is made of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace migrate::schema {

// Which object, in this database and at this moment: never kept, since a restored dump gives other numbers.
struct Address {
  uint32_t catalog = 0;
  uint32_t oid = 0;
  int column = 0;  // 0 for the object itself

  auto operator<=>(const Address&) const = default;
};

struct Object {
  std::string kind;      // class, as pg_identify_object() has it
  std::string schema;    // empty if it is in none
  std::string name;      // without quotes
  std::string identity;  // as pg_identify_object() has it
  std::string definition;
  std::string hash;  // SHA-256 of the definition, where it was asked for; in a snapshot what migrate_schema() showed
  Address address = {};
  Address relation = {};    // as in Described
  std::string target = {};  // as in Described; in a snapshot empty
};

// An object as its kind reads it, before what all kinds have in common is added.
struct Described {
  Address address;
  Address relation;  // the table or view that it goes with, perhaps itself; without an OID if it goes with none
  Object object;
  std::string target;  // how COMMENT ON, ALTER … OWNER TO and GRANT call it; empty if they don't
  std::string owner;   // for SQL; empty if it has none of its own
  // Entries of an ACL; nothing for the default. `by_default`: what it would be.
  std::optional<std::vector<std::string>> privileges;
  std::vector<std::string> by_default;
  std::string extension = {};  // that it is a member of: only what was granted on it since counts

  bool is_relation() const { return address == relation; }
};

// What is said of an object beside its definition, whatever its kind.
struct Remark {
  enum class Kind { kComment, kLabel, kExtension };

  Address address;
  Kind kind = Kind::kComment;
  std::string by;    // the provider of a label, the extension that the object depends on
  std::string text;  // of a comment or label
};

}  // namespace migrate::schema
