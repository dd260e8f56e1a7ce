#include "server/run/scratch.h"

#include <vector>

#include "core/base/error.h"
#include "core/base/quote.h"
#include "server/base/guard.h"
#include "server/base/pg_parser.h"
#include "server/base/settings.h"
#include "server/base/sql.h"
#include "server/base/starting_settings.h"
#include "server/base/transaction.h"
#include "server/base/worker_login.h"
#include "server/run/statement_runner.h"

namespace migrate {
namespace {

constexpr char kMade[] = "made";
constexpr char kWithSettings[] = "settings";
constexpr char kObjectInUse[] = "55006";
// A worker that was in it may need a while to end; each try waits for five seconds.
constexpr int kTriesToDrop = 12;

// Encoding and locale of this database, for CREATE DATABASE. 16 brought rules, 17 one name for the locale of two
// providers, and the second of these.
Statement kLikeThis = {
    R"sql(SELECT pg_catalog.concat(
      ' ENCODING ', pg_catalog.quote_literal(pg_catalog.pg_encoding_to_char(d.encoding)),
      ' LC_COLLATE ', pg_catalog.quote_literal(d.datcollate), ' LC_CTYPE ', pg_catalog.quote_literal(d.datctype),
      CASE d.datlocprovider
        WHEN 'i' THEN pg_catalog.concat(' LOCALE_PROVIDER icu ICU_LOCALE ', pg_catalog.quote_literal(
          COALESCE(j OPERATOR(pg_catalog.->>) 'datlocale', j OPERATOR(pg_catalog.->>) 'daticulocale')),
          ' ICU_RULES ' OPERATOR(pg_catalog.||) pg_catalog.quote_literal(j OPERATOR(pg_catalog.->>) 'daticurules'))
        WHEN 'b' THEN pg_catalog.concat(' LOCALE_PROVIDER builtin BUILTIN_LOCALE ', pg_catalog.quote_literal(
          j OPERATOR(pg_catalog.->>) 'datlocale'))
        ELSE ' LOCALE_PROVIDER libc' END)
    FROM pg_catalog.pg_database d, pg_catalog.to_jsonb(d) j
    WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())sql",
    Rights::kCaller};
// What is set for this database, and in it for the role. Lists of names stand in the catalog as they are written.
Statement kSettings = {
    R"sql(SELECT pg_catalog.concat(
        CASE s.setrole WHEN 0 THEN 'ALTER DATABASE ' ELSE 'ALTER ROLE CURRENT_USER IN DATABASE ' END, $1::pg_catalog.text,
        ' SET ', m[1], ' TO ', CASE WHEN pg_catalog.lower(m[1]) OPERATOR(pg_catalog.=) ANY ('{search_path,temp_tablespaces}')
          THEN COALESCE(NULLIF(pg_catalog.replace(m[2], '""', ''''''), ''), '''''') ELSE pg_catalog.quote_literal(m[2]) END)
    FROM pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) c, pg_catalog.regexp_match(c, '^([^=]+)=(.*)$') m
    WHERE s.setdatabase OPERATOR(pg_catalog.=)
        (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())
      AND s.setrole OPERATOR(pg_catalog.=) ANY (ARRAY[0::pg_catalog.oid, CURRENT_USER::pg_catalog.regrole::pg_catalog.oid])
      AND pg_catalog.lower(m[1]) OPERATOR(pg_catalog.<>) ALL ('{role,default_transaction_read_only,session_preload_libraries,local_preload_libraries}'))sql",
    Rights::kCaller};
Statement kLeftovers = {
    R"sql(SELECT d.datname, m[1], m[2]
    FROM pg_catalog.pg_database d, pg_catalog.regexp_match(d.datname, '^migrate_scratch_([0-9]{1,10})_([0-9]{1,9})$') m
    WHERE m IS NOT NULL AND NOT d.datallowconn AND pg_catalog.pg_has_role(d.datdba, 'USAGE'))sql",
    Rights::kCaller};
Statement kExtensionSchema = {
    R"sql(SELECT n.nspname, e.extversion FROM pg_catalog.pg_extension e
    JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) e.extnamespace
    WHERE e.extname OPERATOR(pg_catalog.=) 'migrate')sql",
    Rights::kCaller};

// --- the caller ---

struct Allowance {
  bool may_create;
  bool role_is_full;
  bool database_is_full;
};

bool IsFullLeaf(int limit, int there) { return limit >= 0 && there > limit; }

// A worker counts as a connection of its role only when its limit is looked at.
Allowance RightsLeaf(Oid role, Oid login) {
  Allowance rights = {superuser_arg(role), false, false};
  HeapTuple tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(role));
  if (HeapTupleIsValid(tuple)) {
    rights.may_create |= reinterpret_cast<Form_pg_authid>(GETSTRUCT(tuple))->rolcreatedb;
    ReleaseSysCache(tuple);
  }
  if (superuser_arg(login)) return rights;
  tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(login));
  if (HeapTupleIsValid(tuple)) {
    const int limit = reinterpret_cast<Form_pg_authid>(GETSTRUCT(tuple))->rolconnlimit;
    rights.role_is_full = IsFullLeaf(limit, limit < 0 ? 0 : CountUserBackends(login));
    ReleaseSysCache(tuple);
  }
  tuple = SearchSysCache1(DATABASEOID, ObjectIdGetDatum(MyDatabaseId));
  if (HeapTupleIsValid(tuple)) {
    const int limit = reinterpret_cast<Form_pg_database>(GETSTRUCT(tuple))->datconnlimit;
    rights.database_is_full = IsFullLeaf(limit, limit < 0 ? 0 : CountDBConnections(MyDatabaseId));
    ReleaseSysCache(tuple);
  }
  return rights;
}

void RequireRights(const std::string& function) {
  const Oid role = GetUserId(), login = LoginOf(function.c_str(), role);
  const Allowance rights = Call([=]() noexcept { return RightsLeaf(role, login); });
  const std::string why = function + "() tries the schema out in a scratch database.";
  const auto name_of = [](Oid id) {
    const char* const name = Call([=]() noexcept { return GetUserNameFromId(id, false); });
    return std::string(name);
  };
  if (!rights.may_create) {
    throw Error(sqlstate::kInsufficientPrivilege, "role " + Quoted(name_of(role)) + " may not create databases", why,
                "Have a superuser run ALTER ROLE … CREATEDB, or call it as a role that may.");
  }
  if (rights.role_is_full) {
    throw Error(sqlstate::kTooManyConnections, "role " + Quoted(name_of(login)) + " has no connection left",
                why + " The worker that does so needs one.",
                "Close another one, or have a superuser raise the CONNECTION LIMIT of the role.");
  }
  if (rights.database_is_full) {
    throw Error(sqlstate::kTooManyConnections, "this database has no connection left for a worker",
                why + " The worker that makes it needs one.",
                "Close another one, or have the owner raise the CONNECTION LIMIT of the database.");
  }
}

// --- the keeper ---

// Each keeper holds the lock of its own process for as long as it lives: a database whose keeper's lock can be had is
// left over from a crash. Nobody else locks databases of a database.
LOCKTAG LockOf(Oid database, int pid) {
  LOCKTAG tag;
  SET_LOCKTAG_OBJECT(tag, database, DatabaseRelationId, static_cast<Oid>(pid), 0);
  return tag;
}

bool TryLock(const LOCKTAG& tag) {
  return Call([=]() noexcept { return LockAcquire(&tag, ExclusiveLock, true, true) != LOCKACQUIRE_NOT_AVAIL; });
}

void RunAlone(const std::string& sql) {
  PgParser parser;
  ParsedStatement statement;
  (void) parser.Parse(sql, statement);
  const auto* const tree = static_cast<const ParsedTree*>(statement.tree);
  MemoryContext const context = parser.context();
  Call([=]() noexcept { RunStatementLeaf(tree, context, nullptr, true); });
  CommitTransaction();
}

// Names of this kind need no quotes.
void DropDatabase(const std::string& name) {
  for (int tries = 1;; ++tries) {
    try {
      return RunAlone("DROP DATABASE IF EXISTS " + name);
    } catch (const Error& error) {
      RollBackTransaction();
      if (error.sqlstate != kObjectInUse || tries == kTriesToDrop) throw;
    }
  }
}

// One that can't be dropped is left to the next call.
void DropLeftovers() {
  const auto leftovers = Query(kLeftovers);
  CommitTransaction();
  for (const auto& row : leftovers) {
    const LOCKTAG tag = LockOf(static_cast<Oid>(std::stoul(TextOf(row[1]))), std::stoi(TextOf(row[2])));
    if (!TryLock(tag)) continue;
    try {
      RunAlone("DROP DATABASE IF EXISTS " + TextOf(row[0]));
      Call([=]() noexcept { (void) LockRelease(&tag, ExclusiveLock, true); });
    } catch (const Error&) {
      RollBackTransaction();  // which frees the lock, too
    }
  }
}

// What the caller may not set is as the server has it.
void TakeOverDatabaseSettings(const std::string& name) {
  const auto statements = Query(kSettings, {name});
  CommitTransaction();
  for (const auto& row : statements) {
    try {
      RunAlone(TextOf(row[0]));
    } catch (const Error& error) {
      if (error.sqlstate == sqlstate::kQueryCanceled) throw;
      RollBackTransaction();
    }
  }
}

}  // namespace

Scratch::Scratch(const char* function, bool with_settings) {
  RequireRights(function);
  const Row extension = Query(kExtensionSchema).at(0);
  const std::string path = StartingSettings(false).search_path();
  keeper_.emplace(function, Task::kKeepScratch, MyDatabaseId,
                  with_settings ? std::vector<std::string>{kWithSettings} : std::vector<std::string>());
  const Message made = keeper_->conversation().Answer();
  const auto database = static_cast<Oid>(std::stoul(made.texts.at(0)));
  user_.emplace(function, Task::kUseScratch, database,
                std::vector<std::string>{TextOf(extension[0]), TextOf(extension[1]), path});
}

void Scratch::Drop() {
  user_->LetGo();
  keeper_->LetGo();
}

// In the keeper. The database lets nobody in but workers of ours, so that nothing is to be revoked. A caller who is
// gone is not heard, and neither is one who cancels the keeper: the database goes in any case.
void KeepScratch(Conversation& caller, const std::vector<std::string>& request) {
  const std::string options = TextOf(QueryValue(kLikeThis));
  DropLeftovers();
  const std::string name = "migrate_scratch_" + std::to_string(MyDatabaseId) + "_" + std::to_string(MyProcPid);
  (void) TryLock(LockOf(MyDatabaseId, MyProcPid));
  RunAlone("CREATE DATABASE " + name + " TEMPLATE template0" + options + " ALLOW_CONNECTIONS false");
  const char* const text = name.c_str();
  const Oid database = Call([=]() noexcept { return get_database_oid(text, false); });
  CommitTransaction();
  try {
    if (!request.empty()) TakeOverDatabaseSettings(name);
    if (caller.Say({kMade, {std::to_string(database)}})) (void) caller.Hear();
  } catch (const Error&) {
    RollBackTransaction();
  }
  DropDatabase(name);
}

}  // namespace migrate
