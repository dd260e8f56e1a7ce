#include <array>

#include "core/base/quote.h"
#include "core/online/block.h"
#include "core/online/classes.h"
#include "core/schema/column.h"
#include "core/schema/parts.h"
#include "core/schema/tokens.h"

namespace migrate::online {
namespace {

// ALWAYS AS IDENTITY (SEQUENCE NAME app.t_id_seq START WITH 1 …)
struct Identity {
  std::string sequence;
  std::string options;  // of the sequence, as CREATE SEQUENCE has them
};

Identity IdentityOf(std::string_view identity) {
  constexpr std::array<std::string_view, 2> kKeywords = {"SEQUENCE NAME", "START WITH"};
  const std::string_view inner = schema::Parenthesized(identity);
  schema::Clauses clauses = schema::ClausesIn(inner, kKeywords);
  const size_t options = schema::FindWords(inner, "START WITH");
  return {std::string(clauses["SEQUENCE NAME"]), options == inner.npos ? "" : std::string(inner.substr(options))};
}

class NewColumn {
 public:
  NewColumn(const schema::Change& column, const schema::Change* sequence, const Table& table, const Terms& terms)
      : object_(column.after),
        sequence_(sequence),
        table_(table),
        terms_(terms),
        names_(schema::SplitName(object_.identity)),
        column_(schema::ColumnOf(object_)),
        alter_("ALTER TABLE " + std::string(names_.first) + " ") {}

  std::vector<Step> Take() {
    if (!column_.identity.empty()) helper_ = HelperSequence();
    AddColumn();
    AddBackfill();
    if (!column_.not_null.empty()) {
      for (auto& step : NotNullSteps(object_.identity, column_.not_null, terms_)) steps_.push_back(std::move(step));
    }
    if (!helper_.empty()) AddIdentity();
    return std::move(steps_);
  }

 private:
  std::string HelperSequence() const {
    const std::string_view schema = schema::SplitName(names_.first).first;
    return (schema.empty() ? "" : std::string(schema) + ".") + terms_.new_name();
  }

  std::string AlterColumn(const std::string& what) const {
    return alter_ + "ALTER COLUMN " + std::string(names_.second) + " " + what + ";";
  }

  void AddColumn() {
    std::vector<std::string> statements;
    std::string value(column_.default_value);
    if (!helper_.empty()) {
      statements.push_back("CREATE SEQUENCE " + helper_ + " AS " + std::string(column_.type) + " " +
                           IdentityOf(column_.identity).options + ";");
      value = "nextval(" + SqlLiteral(helper_) + "::regclass)";
    } else if (sequence_ != nullptr) {
      statements.push_back(FirstOf(sequence_->after));
    }
    std::string add = alter_ + "ADD COLUMN " + std::string(names_.second) + " " + std::string(column_.type);
    if (!column_.collation.empty()) add += " COLLATE " + std::string(column_.collation);
    statements.push_back(add + ";");
    statements.push_back(AlterColumn("SET DEFAULT " + value));
    for (auto& further : FurtherOf(object_)) statements.push_back(std::move(further));
    if (sequence_ != nullptr && helper_.empty()) {
      for (auto& further : FurtherOf(sequence_->after)) {
        const bool is_owner = further.find(" OWNER TO " + terms_.maker + ";") != further.npos;
        if (!is_owner) statements.push_back(std::move(further));
      }
    }
    steps_.push_back(Gentler("new column", Together(statements), "new rows have their value"));
  }

  void AddBackfill() {
    Block block;
    block.batches = {std::string(names_.first), table_.is_partitioned || table_.inherits,
                     std::string(names_.second) + " = DEFAULT", std::string(names_.second) + " IS NULL",
                     table_.fires_triggers};
    Step step = Gentler("backfill", TextOf(block), "in batches that commit");
    step.is_block = true;
    steps_.push_back(std::move(step));
  }

  // It counts on where the helper has stopped.
  void AddIdentity() {
    const Identity identity = IdentityOf(column_.identity);
    std::vector<std::string> statements = {
        "LOCK TABLE " + std::string(names_.first) + " IN ACCESS EXCLUSIVE MODE;", AlterColumn("DROP DEFAULT"),
        AlterColumn("ADD GENERATED " + std::string(column_.identity)),
        "SELECT setval(" + SqlLiteral(identity.sequence) + "::regclass, last_value, is_called) FROM " + helper_ + ";",
        "DROP SEQUENCE " + helper_ + ";"};
    steps_.push_back(Gentler("identity", Together(statements), "goes on behind the last number"));
  }

  const schema::Object& object_;
  const schema::Change* const sequence_;
  const Table& table_;
  const Terms& terms_;
  const std::pair<std::string_view, std::string_view> names_;
  const schema::Column column_;
  const std::string alter_;
  std::string helper_;  // the sequence that counts until the column has its own
  std::vector<Step> steps_;
};

}  // namespace

std::string WhyNoNewColumn(const schema::Object& object, const Table& table, const Terms& terms) {
  const schema::Column column = schema::ColumnOf(object);
  if (column.is_inherited) return "the column is inherited";
  if (!column.generated.empty()) return "the server computes a stored generated column in a rewrite only";
  if (column.default_value.empty() && column.identity.empty()) return "the column has no default to be filled with";
  if (table.has_rules) return "rules of the table would change the UPDATE that fills it";
  if (table.hides_rows) return "row security hides rows from the role that fills it";
  if (table.fires_triggers && !terms.may_silence) {
    return "triggers would fire for each row, and the role can't set session_replication_role";
  }
  return {};
}

std::vector<Step> NewColumnSteps(const schema::Change& column, const schema::Change* sequence, const Table& table,
                                 const Terms& terms) {
  return NewColumn(column, sequence, table, terms).Take();
}

}  // namespace migrate::online
