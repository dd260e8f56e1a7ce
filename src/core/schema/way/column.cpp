#include <string>

#include "core/base/text.h"
#include "core/schema/column.h"
#include "core/schema/tokens.h"
#include "core/schema/way/alter.h"

namespace migrate::schema {
namespace {

class ColumnWay {
 public:
  ColumnWay(const Object& object, std::string_view from, std::string_view to)
      : definition_(to), names_(SplitName(object.identity)), is_foreign_(object.kind.starts_with("foreign")) {
    from_ = ColumnOf(from, names_.second);
    to_ = ColumnOf(to, names_.second);
  }

  std::vector<std::vector<Sequence>> Take() {
    if (from_.generated != to_.generated) {
      ChangeGeneration();
      return std::move(alterations_);
    }
    if (from_.identity != to_.identity && to_.identity.empty()) Add({{Alter("DROP IDENTITY")}});
    if (from_.type != to_.type || from_.collation != to_.collation) ChangeType();
    if (from_.not_null != to_.not_null) ChangeNotNull();
    if (from_.default_value != to_.default_value) ChangeDefault();
    if (from_.options != to_.options) ChangeOptions();
    if (from_.identity != to_.identity && !to_.identity.empty()) ChangeIdentity();
    return std::move(alterations_);
  }

 private:
  void Add(std::vector<Sequence> sequences) { alterations_.push_back(std::move(sequences)); }

  std::string Table() const {
    return std::string(is_foreign_ ? "ALTER FOREIGN TABLE " : "ALTER TABLE ") + std::string(names_.first) + " ";
  }

  std::string Alter(std::string_view what) const {
    return Table() + "ALTER COLUMN " + std::string(names_.second) + " " + std::string(what) + ";";
  }

  void ChangeGeneration() {
    if (to_.generated.empty()) {
      Add({{Alter("DROP EXPRESSION")}});
      return;
    }
    std::vector<Sequence> sequences;
    const std::string_view expression = to_.generated.substr(0, to_.generated.rfind(')') + 1);
    if (!from_.generated.empty()) {  // from 17 on
      sequences.push_back({Alter("SET EXPRESSION " + std::string(expression.substr(expression.find("AS "))))});
    }
    // Its values are computed again.
    sequences.push_back({Table() + "DROP COLUMN " + std::string(names_.second) + ";", std::string(definition_)});
    Add(std::move(sequences));
  }

  // A default that can't be cast by itself stands in the way.
  void ChangeType() {
    std::string type = "TYPE " + std::string(to_.type);
    if (!to_.collation.empty()) type += " COLLATE " + std::string(to_.collation);
    const std::string value = type + " USING " + std::string(names_.second);
    std::vector<Sequence> sequences;
    for (const char* const by : {"", "::", "::text::"}) {
      const std::string change = *by == 0 ? type : std::string(value).append(by).append(to_.type);
      sequences.push_back({Alter(change)});
      if (from_.default_value.empty()) continue;
      sequences.push_back({Alter("DROP DEFAULT"), Alter(change)});
      if (!to_.default_value.empty()) {
        sequences.back().push_back(Alter("SET DEFAULT " + std::string(to_.default_value)));
      }
    }
    Add(std::move(sequences));
  }

  void ChangeDefault() {
    if (to_.default_value.empty()) {
      Add({{Alter("DROP DEFAULT")}});
    } else {
      Add({{Alter("SET DEFAULT " + std::string(to_.default_value))}});
    }
  }

  void ChangeOptions() {
    const std::string alter = Table() + "ALTER COLUMN " + std::string(names_.second);
    for (auto& sequences : OptionAlterations(alter, from_.options, to_.options)) Add(std::move(sequences));
  }

  // The name of a NOT NULL constraint, and what stands behind it. Without one it has the name that the server chooses,
  // which is told for names without quotes only.
  std::pair<std::string, std::string_view> NotNullOf(std::string_view text) const {
    constexpr std::string_view kKeywords[] = {"CONSTRAINT", "NOT NULL"};
    Clauses clauses = ClausesIn(text, kKeywords);
    if (clauses.contains("CONSTRAINT")) return {std::string(clauses["CONSTRAINT"]), clauses["NOT NULL"]};
    const std::string_view table = SplitName(names_.first).second, column = names_.second;
    if (table.starts_with('"') || column.starts_with('"')) return {{}, clauses["NOT NULL"]};
    return {std::string(table) + "_" + std::string(column) + "_not_null", clauses["NOT NULL"]};
  }

  // A name, NO INHERIT and NOT VALID are there from 18 on.
  void ChangeNotNull() {
    if (!to_.not_null.empty() && !from_.not_null.empty()) {
      const auto was = NotNullOf(from_.not_null), is = NotNullOf(to_.not_null);
      if (was.second == is.second && !was.first.empty() && !is.first.empty()) {
        Add({{Table() + "RENAME CONSTRAINT " + was.first + " TO " + is.first + ";"}});
        return;
      }
    }
    if (to_.not_null.empty()) {
      Add({{Alter("DROP NOT NULL")}});
    } else if (to_.not_null == "NOT NULL") {
      Sequence sequence;
      if (!from_.not_null.empty()) sequence.push_back(Alter("DROP NOT NULL"));
      sequence.push_back(Alter("SET NOT NULL"));
      Add({std::move(sequence)});
    } else {
      constexpr std::string_view kKeywords[] = {"CONSTRAINT", "NOT NULL"};
      Clauses clauses = ClausesIn(to_.not_null, kKeywords);
      std::string constraint = Table() + "ADD ";
      if (clauses.contains("CONSTRAINT")) constraint += "CONSTRAINT " + std::string(clauses["CONSTRAINT"]) + " ";
      constraint += "NOT NULL " + std::string(names_.second);
      if (!clauses["NOT NULL"].empty()) constraint += " " + std::string(clauses["NOT NULL"]);
      Sequence sequence;
      if (!from_.not_null.empty()) sequence.push_back(Alter("DROP NOT NULL"));
      sequence.push_back(constraint + ";");
      Add({std::move(sequence)});
    }
  }

  // GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME s START WITH 1 …)
  void ChangeIdentity() {
    if (from_.identity.empty()) {
      Add({{Alter("ADD GENERATED " + std::string(to_.identity))},
           {Alter("SET NOT NULL"), Alter("ADD GENERATED " + std::string(to_.identity))}});
      return;
    }
    constexpr std::string_view kKeywords[] = {"SEQUENCE NAME", "START WITH", "INCREMENT BY", "MINVALUE",
                                              "MAXVALUE",      "CACHE",      "CYCLE"};
    Clauses was = ClausesIn(Parenthesized(from_.identity), kKeywords);
    Clauses is = ClausesIn(Parenthesized(to_.identity), kKeywords);
    const std::string_view when = to_.identity.substr(0, FindWords(to_.identity, "AS IDENTITY"));
    if (was["SEQUENCE NAME"] != is["SEQUENCE NAME"]) {
      Add({{"ALTER SEQUENCE " + std::string(was["SEQUENCE NAME"]) + " RENAME TO " +
            std::string(SplitName(is["SEQUENCE NAME"]).second) + ";"}});
    }
    std::string change = "SET GENERATED " + std::string(TrimRight(when));
    for (const std::string_view keyword : {"START WITH", "INCREMENT BY", "MINVALUE", "MAXVALUE", "CACHE"}) {
      if (was[keyword] != is[keyword]) change += " SET " + std::string(keyword) + " " + std::string(is[keyword]);
    }
    if (was.contains("CYCLE") != is.contains("CYCLE")) change += is.contains("CYCLE") ? " SET CYCLE" : " SET NO CYCLE";
    Add({{Alter(change)}, {Alter(change + " RESTART")}});
  }

  std::string_view definition_;
  std::pair<std::string_view, std::string_view> names_;
  bool is_foreign_;
  Column from_, to_;
  std::vector<std::vector<Sequence>> alterations_;
};

}  // namespace

std::vector<std::vector<Sequence>> ColumnAlterations(const Object& now, std::string_view from, std::string_view to) {
  return ColumnWay(now, from, to).Take();
}

}  // namespace migrate::schema
