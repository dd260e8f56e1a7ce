#include "server/worker.h"

#include <string_view>

#include "core/error.h"
#include "server/guard.h"
#include "server/session_settings.h"
#include "server/transaction.h"

namespace migrate {
namespace {

// What a worker is started with.
struct StartData {
  dsm_handle request;
  Oid database;
  Oid login;  // the role that it connects as
  Oid role;   // and the one that it becomes
  int64 job;
  VirtualTransactionId caller;
  Task task;
};
static_assert(sizeof(StartData) <= BGW_EXTRALEN);

struct Registered {
  bool started;
  pid_t pid;
};

bool CanLogInLeaf(Oid role) {
  HeapTuple tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(role));
  if (!HeapTupleIsValid(tuple)) return false;
  const bool can = reinterpret_cast<Form_pg_authid>(GETSTRUCT(tuple))->rolcanlogin;
  ReleaseSysCache(tuple);
  return can;
}

bool InDefinerFunctionLeaf() {
  Oid user;
  int context;
  GetUserIdAndSecContext(&user, &context);
  return (context & SECURITY_LOCAL_USERID_CHANGE) != 0;
}

// Session user and role are both the caller's; never a superuser for a caller who is none.
Oid LoginOf(const char* function, Oid role) {
  const Oid session = GetSessionUserId();
  if (Call([]() noexcept { return InDefinerFunctionLeaf(); })) {
    throw Error(sqlstate::kInsufficientPrivilege, std::string(function) + "() can't run in a SECURITY DEFINER function",
                "Its worker would have to run as the function's owner.",
                "Grant EXECUTE on it, and call it directly or from a SECURITY INVOKER function.");
  }
  const bool loses_power =
      session != role && Call([=]() noexcept { return superuser_arg(session) && !superuser_arg(role); });
  const Oid login = loses_power ? role : session;
  if (kWorkerMaySkipLogin || Call([=]() noexcept { return CanLogInLeaf(login); })) return login;
  throw Error(sqlstate::kInsufficientPrivilege, std::string(function) + "() needs a role that may log in",
              "On this version of the server a worker can't run as a NOLOGIN role, and never as a superuser instead.",
              "Log in as a role that is no superuser and a member of it, or give it LOGIN.");
}

dsm_handle ShareLeaf(const char* data, size_t size) {
  dsm_segment* const segment = dsm_create(size, 0);
  memcpy(dsm_segment_address(segment), data, size);
  dsm_pin_segment(segment);
  const dsm_handle handle = dsm_segment_handle(segment);
  dsm_detach(segment);
  return handle;
}

Registered RegisterLeaf(const StartData& data) {
  BackgroundWorker worker = {};
  worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
  worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
  worker.bgw_restart_time = BGW_NEVER_RESTART;
  worker.bgw_notify_pid = MyProcPid;
  snprintf(worker.bgw_library_name, sizeof(worker.bgw_library_name), "migrate");
  snprintf(worker.bgw_function_name, sizeof(worker.bgw_function_name), "migrate_worker");
  snprintf(worker.bgw_name, BGW_MAXLEN, "migrate job " INT64_FORMAT, data.job);
  snprintf(worker.bgw_type, BGW_MAXLEN, "%s", worker.bgw_name);
  memcpy(worker.bgw_extra, &data, sizeof(data));
  BackgroundWorkerHandle* handle;
  Registered registered = {false, 0};
  if (RegisterDynamicBackgroundWorker(&worker, &handle)) {
    registered.started = WaitForBackgroundWorkerStartup(handle, &registered.pid) != BGWH_POSTMASTER_DIED;
  }
  if (!registered.started) dsm_unpin_segment(data.request);
  return registered;
}

VirtualTransactionId OwnTransactionLeaf() {
  VirtualTransactionId own;
  GET_VXID_FROM_PGPROC(own, *MyProc);
  return own;
}

// The fields, each with a null byte behind it.
std::string Joined(const std::vector<std::string>& fields) {
  std::string text;
  for (const auto& field : fields) text.append(field).push_back('\0');
  return text;
}

std::vector<std::string> Divided(std::string_view text) {
  std::vector<std::string> fields;
  while (!text.empty()) {
    const size_t end = text.find('\0');
    fields.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end, text.size() - 1) + 1);
  }
  return fields;
}

std::string ReadRequest(dsm_handle handle) {
  dsm_segment* const segment = Call([=]() noexcept { return dsm_attach(handle); });
  if (segment == nullptr) throw Error(sqlstate::kWrongState, "the request of this worker is gone");
  std::string text(static_cast<const char*>(dsm_segment_address(segment)), dsm_segment_map_length(segment));
  Call([=]() noexcept {
    dsm_unpin_segment(handle);
    dsm_detach(segment);
  });
  return text;
}

void ConnectLeaf(const StartData& data) {
  BackgroundWorkerInitializeConnectionByOid(data.database, data.login, kWorkerConnectionFlags);
  SetCurrentStatementStartTimestamp();
  StartTransactionCommand();
}

void BecomeLeaf(Oid login, Oid role) {
  if (role == login) return;
  (void) set_config_option("role", GetUserNameFromId(role, false), PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SET, true, 0,
                           false);
}

void LogLeaf(const char* sqlstate, const char* message) {
  ereport(LOG, (errmsg("%s: %s: %s", MyBgworkerEntry->bgw_name, sqlstate, message)));
}

// The caller's transaction is over before anything it may have undone is looked at.
void Serve(const StartData& data) {
  std::vector<std::string> fields = Divided(ReadRequest(data.request));
  const VirtualTransactionId caller = data.caller;
  Call([=]() noexcept { (void) VirtualXactLock(caller, true); });
  const size_t settings = static_cast<size_t>(std::stoul(fields.at(0))) * 2;
  const std::vector<std::string> pairs(fields.begin() + 1, fields.begin() + 1 + static_cast<ptrdiff_t>(settings));
  const std::vector<std::string> request(fields.begin() + 1 + static_cast<ptrdiff_t>(settings), fields.end() - 1);
  const Oid login = data.login, role = data.role;
  Call([=]() noexcept { BecomeLeaf(login, role); });
  TakeOverSettings(pairs);
  CommitTransaction();
  if (data.task == Task::kJob) {
    RunJob(data.job, request);
  } else {
    RecordFailure(request);
  }
}

}  // namespace

int StartWorker(const char* function, Task task, int64_t job, const std::vector<std::string>& request) {
  const Oid role = GetUserId();
  const Oid login = LoginOf(function, role);
  const std::vector<std::string> pairs = SettingsOfCaller();
  std::vector<std::string> fields{std::to_string(pairs.size() / 2)};
  fields.insert(fields.end(), pairs.begin(), pairs.end());
  fields.insert(fields.end(), request.begin(), request.end());
  fields.emplace_back();  // shared memory comes in whole pages of null bytes: this is the last field
  const std::string text = Joined(fields);
  const char* const bytes = text.data();
  const size_t size = text.size();
  StartData data = {};
  data.request = Call([=]() noexcept { return ShareLeaf(bytes, size); });
  data.database = MyDatabaseId;
  data.login = login;
  data.role = role;
  data.job = job;
  data.caller = Call([]() noexcept { return OwnTransactionLeaf(); });
  data.task = task;
  const Registered registered = Call([=]() noexcept { return RegisterLeaf(data); });
  if (registered.started) return static_cast<int>(registered.pid);
  throw Error("53400", "no background worker is free", "The server runs at most max_worker_processes of them.",
              "Try again later, raise max_worker_processes, or use CALL migrate_up().");
}

void RunWorker() {
  StartData data;
  memcpy(&data, MyBgworkerEntry->bgw_extra, sizeof(data));
  Call([=]() noexcept { ConnectLeaf(data); });
  MemoryContext const context =
      Call([]() noexcept { return AllocSetContextCreate(TopMemoryContext, "migrate worker", ALLOCSET_DEFAULT_SIZES); });
  MemoryContextSwitchTo(context);
  try {
    Serve(data);
    CommitTransaction();
  } catch (const Error& error) {
    const char* const sqlstate = error.sqlstate.c_str();
    const char* const message = error.message.c_str();
    Call([=]() noexcept { LogLeaf(sqlstate, message); });
  }
}

}  // namespace migrate
