#include <algorithm>
#include <set>

#include "core/base/quote.h"
#include "core/base/text.h"
#include "core/online/block.h"
#include "core/online/classes.h"
#include "core/schema/column.h"
#include "core/schema/tokens.h"

namespace migrate::online {
namespace {

bool IsColumn(const Retyped& retyped, const schema::Change& shown) {
  return shown.before.kind == "table column" && shown.before.identity == retyped.column;
}

// What stands in the swap by itself.
bool IsRebuilt(const schema::Change& shown) {
  const std::string& kind = shown.before.kind;
  if (kind == "table constraint") return !ConstraintOf(shown.before).says.starts_with("EXCLUDE");
  return kind == "index" || kind == "sequence" || kind == "table";
}

std::string InSchemaOf(std::string_view table, const std::string& name) {
  const std::string_view schema = schema::SplitName(table).first;
  return schema.empty() ? name : std::string(schema) + "." + name;
}

class Retype {
 public:
  Retype(const Retyped& retyped, const schema::Change& column, const Terms& terms, const Around& around)
      : retyped_(retyped),
        terms_(terms),
        around_(around),
        names_(schema::SplitName(retyped.column)),
        table_(names_.first),
        old_(names_.second),
        helper_(retyped.helper),
        trigger_("\"~" + helper_ + "\""),
        wanted_(schema::ColumnOf(column.after)),
        alter_("ALTER TABLE " + table_ + " ") {}

  std::vector<Step> Take() {
    AddColumn();
    for (const auto& shown : retyped_.shown) AddShown(shown);
    AddNotNull();
    AddBlock();
    return std::move(steps_);
  }

 private:
  void Add(std::string text, std::string note) {
    steps_.push_back(Gentler("column type", std::move(text), std::move(note)));
  }

  std::string AlterColumn(const std::string& name, const std::string& what) const {
    return alter_ + "ALTER COLUMN " + name + " " + what + ";";
  }

  void AddColumn() {
    std::string add = alter_ + "ADD COLUMN " + helper_ + " " + std::string(wanted_.type);
    if (!wanted_.collation.empty()) add += " COLLATE " + std::string(wanted_.collation);
    std::vector<std::string> statements = {add + ";"};
    for (const auto& shown : retyped_.shown) {
      if (!IsColumn(retyped_, shown)) continue;
      for (auto& further : FurtherOf(shown.after)) statements.push_back(std::move(further));
    }
    Add(Together(statements), "a new column that takes the place of " + old_);
  }

  void AddShown(const schema::Change& shown) {
    if (shown.before.kind == "index") {
      AddIndex(shown);
    } else if (shown.before.kind == "sequence") {
      for (auto& further : FurtherOf(shown.after)) {
        if (further.find(" OWNED BY ") != further.npos) before_drop_.push_back(std::move(further));
      }
    } else if (shown.before.kind == "table constraint") {
      const Constraint constraint = ConstraintOf(shown.after);
      const bool is_key = constraint.says.starts_with("UNIQUE") || constraint.says.starts_with("PRIMARY KEY");
      is_key ? AddKey(shown, constraint) : AddChecked(shown, constraint);
    }
  }

  // Built while the column is empty and nothing keeps it in step: nothing is left to others if that fails.
  void AddIndex(const schema::Change& shown) {
    // That of a key comes with its constraint: here stands what is said of it besides.
    if (FirstOf(shown.after).starts_with("--")) return AddFurther(shown);
    const std::string name(schema::SplitName(shown.before.identity).second);
    const std::string helper = terms_.new_name();
    Add(Concurrently(Named(FirstOf(shown.after), helper)), "takes the place of index " + name);
    after_rename_.push_back("ALTER INDEX " + InSchemaOf(table_, helper) + " RENAME TO " + name + ";");
    AddFurther(shown);
  }

  void AddKey(const schema::Change& shown, const Constraint& key) {
    const std::string helper = terms_.new_name();
    Add(Concurrently(Named(retyped_.key_indexes.at(shown.after.identity), helper)),
        "takes the place of the index of " + key.name);
    before_drop_.push_back(alter_ + "DROP CONSTRAINT " + key.name + ";");
    after_rename_.push_back("ALTER INDEX " + InSchemaOf(table_, helper) + " RENAME TO " + key.name + ";");
    after_rename_.push_back(OverIndex(key));
    AddFurther(shown);
  }

  // A foreign key or a check; the former may be another table's that refers to the column. They come before keys that
  // they refer to are dropped.
  void AddChecked(const schema::Change& shown, const Constraint& constraint) {
    const std::string helper = terms_.new_name();
    const std::string alter = "ALTER TABLE " + constraint.table + " ";
    std::string says(constraint.says);
    const bool is_valid = !says.ends_with(" NOT VALID");
    if (is_valid) says += " NOT VALID";
    checked_.push_back(alter + "ADD CONSTRAINT " + helper + " " + says + ";");
    if (is_valid) validated_.push_back(alter + "VALIDATE CONSTRAINT " + helper + ";");
    clean_up_.push_back(alter + "DROP CONSTRAINT IF EXISTS " + helper + ";");
    before_drop_.insert(before_drop_.begin(), alter + "DROP CONSTRAINT " + constraint.name + ";");
    after_rename_.push_back(alter + "RENAME CONSTRAINT " + helper + " TO " + constraint.name + ";");
    if (constraint.table != table_) others_.insert(constraint.table);
    AddFurther(shown);
  }

  void AddFurther(const schema::Change& shown) {
    for (auto& further : FurtherOf(shown.before)) last_.push_back(std::move(further));
  }

  void AddNotNull() {
    if (wanted_.not_null.empty()) return;
    const std::string check = terms_.new_name();
    checked_.push_back(alter_ + "ADD CONSTRAINT " + check + " CHECK (" + helper_ + " IS NOT NULL) NOT VALID;");
    validated_.push_back(alter_ + "VALIDATE CONSTRAINT " + check + ";");
    clean_up_.push_back(alter_ + "DROP CONSTRAINT IF EXISTS " + check + ";");
    not_null_ = {AlterColumn(old_, "SET NOT NULL"), alter_ + "DROP CONSTRAINT " + check + ";"};
  }

  std::string Value() const { return retyped_.value.empty() ? old_ : "(" + retyped_.value + ")"; }

  std::string Function() const { return InSchemaOf(table_, trigger_) + "()"; }

  std::vector<std::string> MakeTrigger() const {
    const bool evaluates = !retyped_.value.empty();
    const std::string row = std::string(schema::SplitName(table_).second);
    const std::string keep = evaluates
                                 ? "SELECT " + Value() + " INTO NEW." + helper_ + " FROM (SELECT NEW.*) AS " + row + ";"
                                 : "NEW." + helper_ + " := NEW." + old_ + ";";
    const std::string body = "BEGIN " + keep + " RETURN NEW; END";
    const std::string quoted = body.find("$keep$") == body.npos ? "$keep$" + body + "$keep$" : SqlLiteral(body);
    std::vector<std::string> statements = {"PERFORM set_config('client_min_messages', 'warning', true);"};
    statements.insert(statements.end(), clean_up_.begin(), clean_up_.end());
    statements.push_back("CREATE FUNCTION " + Function() + " RETURNS trigger LANGUAGE plpgsql" +
                         (evaluates ? " SET search_path FROM CURRENT" : "") + "\n  AS " + quoted + ";");
    statements.push_back("CREATE TRIGGER " + trigger_ + " BEFORE INSERT OR UPDATE ON " + table_ +
                         "\n  FOR EACH ROW EXECUTE FUNCTION " + Function() + ";");
    statements.push_back(alter_ + "ENABLE ALWAYS TRIGGER " + trigger_ + ";");
    return statements;
  }

  std::vector<std::string> Swap() const {
    std::string lock = "LOCK TABLE " + table_;
    for (const auto& other : others_) lock += ", " + other;
    std::vector<std::string> statements = {lock + " IN ACCESS EXCLUSIVE MODE;",
                                           "DROP TRIGGER " + trigger_ + " ON " + table_ + ";",
                                           "DROP FUNCTION " + Function() + ";"};
    const auto add = [&](const std::vector<std::string>& more) {
      statements.insert(statements.end(), more.begin(), more.end());
    };
    for (const auto& statement : around_.before) add({Executed(statement)});
    add(before_drop_);
    const std::string sequence = IdentitySequence(), copy = sequence.empty() ? "" : InSchemaOf(table_, helper_);
    if (!sequence.empty()) {
      add({"CREATE SEQUENCE " + copy + " MINVALUE -9223372036854775808;",
           "PERFORM setval(" + SqlLiteral(copy) + "::regclass, last_value, is_called) FROM " + sequence + ";"});
    }
    add({alter_ + "DROP COLUMN " + old_ + ";", alter_ + "RENAME COLUMN " + helper_ + " TO " + old_ + ";"});
    add(not_null_);
    if (!wanted_.default_value.empty()) {
      add({AlterColumn(old_, "SET DEFAULT " + std::string(wanted_.default_value))});
    }
    if (!sequence.empty()) {
      add({AlterColumn(old_, "ADD GENERATED " + std::string(wanted_.identity)),
           "PERFORM setval(" + SqlLiteral(sequence) + "::regclass, last_value, is_called) FROM " + copy + ";",
           "DROP SEQUENCE " + copy + ";"});
    }
    add(after_rename_);
    add(last_);
    for (const auto& statement : around_.after) add({Executed(statement)});
    return statements;
  }

  // A text of the user's: in a block its words could mean something else.
  static std::string Executed(const std::string& statement) { return "EXECUTE " + SqlLiteral(statement) + ";"; }

  std::string IdentitySequence() const {
    if (wanted_.identity.empty()) return {};
    constexpr std::string_view kKeywords[] = {"SEQUENCE NAME", "START WITH"};
    return std::string(schema::ClausesIn(schema::Parenthesized(wanted_.identity), kKeywords)["SEQUENCE NAME"]);
  }

  void AddBlock() {
    clean_up_.insert(clean_up_.begin(), {"DROP TRIGGER IF EXISTS " + trigger_ + " ON " + table_ + ";",
                                         "DROP FUNCTION IF EXISTS " + Function() + ";"});
    const std::string type(wanted_.type);
    Block block;
    block.before = {{"the trigger that keeps both columns in step", MakeTrigger()}};
    block.batches = {table_, false, helper_ + " = " + Value(),
                     "(" + helper_ + ")::text IS DISTINCT FROM (CAST(" + Value() + " AS " + type + "))::text",
                     terms_.tables.at(table_).fires_triggers};
    if (!checked_.empty()) block.after.push_back({"what holds for new rows", checked_});
    for (const auto& statement : validated_) block.after.push_back({"… holds for all", {statement}});
    block.after.push_back({"what the planner knows of it", {"ANALYZE " + table_ + " (" + helper_ + ");"}});
    block.after.push_back({"the swap", Swap()});
    block.clean_up = clean_up_;
    block.changes = {table_};
    block.changes->insert(block.changes->end(), others_.begin(), others_.end());
    if (around_.relations) {
      block.changes->insert(block.changes->end(), around_.relations->begin(), around_.relations->end());
    } else {
      block.changes.reset();
    }
    Step step = Gentler("column type", TextOf(block), "backfill in batches that commit, then a short swap");
    step.is_block = true;
    steps_.push_back(std::move(step));
  }

  const Retyped& retyped_;
  const Terms& terms_;
  const Around& around_;
  const std::pair<std::string_view, std::string_view> names_;
  const std::string table_, old_, helper_, trigger_;
  const schema::Column wanted_;
  const std::string alter_;
  std::vector<std::string> checked_, validated_, clean_up_;
  std::vector<std::string> before_drop_, not_null_, after_rename_, last_;  // of the swap
  std::set<std::string> others_;                                           // tables that refer to it
  std::vector<Step> steps_;
};

}  // namespace

std::string WhyNoRetype(const Retyped& retyped, const schema::Change& change, const Terms& terms) {
  const schema::Column column = schema::ColumnOf(change.after);
  const Table& table = terms.tables.at(std::string(schema::SplitName(retyped.column).first));
  if (table.is_partitioned || table.inherits || column.is_inherited) return "the table has partitions or children";
  if (!column.generated.empty()) return "its values are computed";
  if (!retyped.is_told) return "what its values are is not told";
  if (table.has_rules) return "rules of the table would change the UPDATE that fills the new column";
  if (table.hides_rows) return "row security hides rows from the role that fills the new column";
  if (table.is_published) return "the table is published, and subscribers have no such column";
  if (table.fires_triggers && !terms.may_silence) {
    return "triggers would fire for each row, and the role can't set session_replication_role";
  }
  for (const auto& shown : retyped.shown) {
    if (IsColumn(retyped, shown) || IsRebuilt(shown)) continue;
    return shown.before.kind + " " + shown.before.identity + " hangs on it";
  }
  return {};
}

std::vector<Step> RetypeSteps(const Retyped& retyped, const schema::Change& column, const Terms& terms,
                              const Around& around) {
  return Retype(retyped, column, terms, around).Take();
}

}  // namespace migrate::online
