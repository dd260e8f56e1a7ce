#include <algorithm>
#include <string>
#include <utility>

#include "core/base/text.h"
#include "core/schema/tokens.h"
#include "core/schema/way/alter.h"

namespace migrate::schema {
namespace {

using Texts = std::vector<std::string_view>;

bool Has(const Texts& texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

std::string_view NameOf(std::string_view parameter) { return parameter.substr(0, parameter.find('=')); }

class TableWay {
 public:
  TableWay(std::string_view from, std::string_view to) : from_(ClausesOf(from)), to_(ClausesOf(to)) {
    constexpr std::string_view kTable = "TABLE ";
    std::string_view head = to_[""];
    name_ = head.substr(head.find(kTable) + kTable.size());
    name_ = TrimRight(name_.substr(0, NameEnd(name_)));
    is_foreign_ = head.starts_with("CREATE FOREIGN ");
  }

  std::vector<std::vector<Sequence>> Take() {
    if (Is("UNLOGGED") != Was("UNLOGGED")) Alter(Is("UNLOGGED") ? "SET UNLOGGED" : "SET LOGGED");
    if (from_["OF"] != to_["OF"]) Alter(to_["OF"].empty() ? "NOT OF" : "OF " + std::string(to_["OF"]));
    if (from_["PARTITION OF"] != to_["PARTITION OF"]) ChangePartition();
    ChangeParents();
    if (from_["USING"] != to_["USING"]) ChangeAccessMethod();
    ChangeParameters();
    if (from_["TABLESPACE"] != to_["TABLESPACE"]) {
      Alter("SET TABLESPACE " + (to_["TABLESPACE"].empty() ? "pg_default" : std::string(to_["TABLESPACE"])));
    }
    if (from_["OPTIONS"] != to_["OPTIONS"]) {
      const std::string alter = "ALTER FOREIGN TABLE " + std::string(name_);
      for (auto& sequences : OptionAlterations(alter, from_["OPTIONS"], to_["OPTIONS"])) {
        alterations_.push_back(std::move(sequences));
      }
    }
    return std::move(alterations_);
  }

 private:
  static Clauses ClausesOf(std::string_view statement) {
    constexpr std::string_view kKeywords[] = {"OF",      "PARTITION OF", "INHERITS", "PARTITION BY", "SERVER",
                                              "OPTIONS", "USING",        "WITH",     "TABLESPACE"};
    statement = WithoutSemicolon(statement);
    Clauses clauses = ClausesIn(statement, kKeywords);
    if (!clauses.contains("PARTITION OF")) return clauses;
    // FOR VALUES WITH (modulus 4, remainder 0)
    std::string_view& bound = clauses["PARTITION OF"];
    if (bound.ends_with("FOR VALUES") && clauses.contains("WITH")) {
      const std::string_view values = clauses["WITH"];
      bound = std::string_view(bound.data(), static_cast<size_t>(values.data() + values.size() - bound.data()));
      const std::string_view rest = values.substr(values.find(')') + 1);
      bound.remove_suffix(rest.size());
      clauses.erase("WITH");
      constexpr std::string_view kLater[] = {"PARTITION BY", "USING", "WITH", "TABLESPACE"};
      for (const auto& [keyword, text] : ClausesIn(rest, kLater)) {
        if (!keyword.empty()) clauses[keyword] = text;
      }
    }
    return clauses;
  }

  static size_t NameEnd(std::string_view name) {
    for (size_t at = 0; at < name.size();) {
      if (name[at] == ' ') return at;
      at = name[at] == '"' ? QuotedEnd(name, at) : at + 1;
    }
    return name.size();
  }

  bool Is(std::string_view word) { return FindWords(to_[""], word) != std::string_view::npos; }
  bool Was(std::string_view word) { return FindWords(from_[""], word) != std::string_view::npos; }

  void Alter(const std::string& what) { alterations_.push_back({{Text(what)}}); }

  std::string Text(const std::string& what) const {
    return (is_foreign_ ? "ALTER FOREIGN TABLE " : "ALTER TABLE ") + std::string(name_) + " " + what + ";";
  }

  // DEFAULT, from 17 on, is none of its own for a partitioned table.
  void ChangeAccessMethod() {
    const std::string set = "SET ACCESS METHOD ";
    if (to_["USING"].empty()) {
      alterations_.push_back({{Text(set + "DEFAULT")}, {Text(set + "heap")}});
    } else {
      Alter(set + std::string(to_["USING"]));
    }
  }

  // parent bound
  static std::pair<std::string, std::string> ParentOf(std::string_view partition) {
    const size_t end = NameEnd(partition);
    return {std::string(partition.substr(0, end)), std::string(Trim(partition.substr(end)))};
  }

  void ChangePartition() {
    Sequence sequence;
    const auto [before, old_bound] = ParentOf(from_["PARTITION OF"]);
    const auto [after, bound] = ParentOf(to_["PARTITION OF"]);
    if (!before.empty()) sequence.push_back("ALTER TABLE " + before + " DETACH PARTITION " + std::string(name_) + ";");
    if (!after.empty()) {
      sequence.push_back("ALTER TABLE " + after + " ATTACH PARTITION " + std::string(name_) + " " + bound + ";");
    }
    alterations_.push_back({std::move(sequence)});
  }

  void ChangeParents() {
    const Texts before = Listed(Parenthesized(from_["INHERITS"])), after = Listed(Parenthesized(to_["INHERITS"]));
    if (before == after) return;
    for (const auto parent : before) Alter("NO INHERIT " + std::string(parent));
    for (const auto parent : after) Alter("INHERIT " + std::string(parent));
  }

  void ChangeParameters() {
    const Texts before = Listed(Parenthesized(from_["WITH"])), after = Listed(Parenthesized(to_["WITH"]));
    Texts names;
    for (const auto parameter : after) names.push_back(NameOf(parameter));
    for (const auto parameter : before) {
      if (!Has(names, NameOf(parameter))) Alter("RESET (" + std::string(NameOf(parameter)) + ")");
    }
    for (const auto parameter : after) {
      if (!Has(before, parameter)) Alter("SET (" + std::string(parameter) + ")");
    }
  }

  Clauses from_, to_;
  std::string_view name_;
  bool is_foreign_ = false;
  std::vector<std::vector<Sequence>> alterations_;
};

}  // namespace

std::vector<std::vector<Sequence>> TableAlterations(std::string_view from, std::string_view to) {
  return TableWay(from, to).Take();
}

}  // namespace migrate::schema
