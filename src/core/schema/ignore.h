// Which objects and roles migrate.drift_ignore names: the entries of that setting, and what they cover. Knows nothing
// of the catalogs; who asks has read them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace migrate::schema {

// A name without quotes, and its schema; either may be empty.
struct QualifiedName {
  std::string schema;
  std::string name;

  bool operator==(const QualifiedName&) const = default;
};

// Where an object is: its own name, that of the table that it belongs to, and the tables that this is a partition of,
// at any level. A schema has a schema and no name.
struct Place {
  std::vector<QualifiedName> names;
  std::vector<QualifiedName> partition_of;
};

// A name in which stars stand for anything.
class NamePattern {
 public:
  NamePattern() : pieces_(1) {}

  void Add(char c) { pieces_.back() += c; }
  void AddStar() { pieces_.emplace_back(); }
  bool has_star() const { return pieces_.size() > 1; }
  bool empty() const { return pieces_.size() == 1 && pieces_.front().empty(); }
  const std::string& plain() const { return pieces_.front(); }  // without a star, all of it
  bool Matches(std::string_view name) const;

 private:
  std::vector<std::string> pieces_;  // between the stars
};

class IgnoreList {
 public:
  // Throws 22023, whose detail says what is wrong with which entry.
  static IgnoreList Parse(std::string_view setting);

  bool empty() const { return entries_.empty(); }
  bool CoversRole(std::string_view role) const;
  bool Covers(const Place& place) const;

 private:
  enum class Kind { kSchema, kNames, kPartitions, kRole };
  struct Entry {
    Kind kind = Kind::kSchema;
    NamePattern schema;
    NamePattern name;
  };

  static Entry ParseEntry(std::string_view text);
  static bool Covers(const Entry& entry, const Place& place);

  std::vector<Entry> entries_;
};

}  // namespace migrate::schema
