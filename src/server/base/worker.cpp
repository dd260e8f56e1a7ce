#include "server/base/worker.h"

#include <algorithm>
#include <string_view>

#include "core/base/error.h"
#include "core/base/message.h"
#include "server/base/guard.h"
#include "server/base/session_settings.h"
#include "server/base/settings.h"
#include "server/base/transaction.h"
#include "server/base/worker_login.h"
#include "server/store/store_jobs.h"

namespace migrate {
namespace {

// What a worker is started with.
struct StartData {
  dsm_handle request;
  Oid database;
  Oid login;  // the role that it connects as
  Oid role;   // and the one that it becomes
  int64 job;
  VirtualTransactionId caller;  // none: it begins at once
  Task task;
};
static_assert(sizeof(StartData) <= BGW_EXTRALEN);

// How far a worker has come.
enum class Stage { kStarting, kHasRead, kConnected };

constexpr int kMostMessage = 1024;
constexpr int kPatienceMs = 10000;

// What caller and worker share until the worker has connected: each is attached to it, and nothing else keeps it, so
// that it goes whatever becomes of them.
struct Request {
  volatile Stage stage;
  Latch* caller;  // of whoever waits for the next stage
  int sqlstate;   // why it could not connect, 0 if that is not known
  char message[kMostMessage];
  size_t size;  // of what follows: the fields, each with a null byte behind it; then perhaps a conversation
};

struct Started {
  bool found_place;  // among the server's workers
  bool runs;
  pid_t pid;
  BackgroundWorkerHandle* handle;
};

// In the worker.
dsm_segment* own_segment = nullptr;
emit_log_hook_type next_log_hook = nullptr;

// A helper talks with the caller, who waits for it, and the segment is kept for that.
bool IsHelper(Task task) { return task == Task::kKeepScratch || task == Task::kUseScratch; }

Request* RequestIn(dsm_segment* segment) { return static_cast<Request*>(dsm_segment_address(segment)); }

void* ConversationIn(dsm_segment* segment) {
  Request* const request = RequestIn(segment);
  return reinterpret_cast<char*>(request) + MAXALIGN(sizeof(Request) + request->size);
}

// Nobody else starts a worker of that role meanwhile: those that there are can be counted.
LOCKTAG PlaceOf(Oid login) {
  LOCKTAG tag;
  SET_LOCKTAG_OBJECT(tag, InvalidOid, AuthIdRelationId, login, 0);
  return tag;
}

// What there is instead of a job. Of a helper there is nothing.
std::string OrElse(Task task) { return IsHelper(task) ? "" : ", or use CALL migrate_up()"; }

void RequirePlace(Oid login, Task task) {
  const int most = MaxJobs();
  if (CountWorkers(login) < most) return;
  const char* const name = Call([=]() noexcept { return GetUserNameFromId(login, false); });
  throw Error(sqlstate::kLimitExceeded,
              std::string("role \"") + name + "\" may have no more background workers at a time than " +
                  std::to_string(most),
              "So many it has, in all databases of the server together; others need some, too.",
              "Wait until one of its jobs has ended" + OrElse(task) + ", or have a superuser raise migrate.max_jobs.");
}

dsm_segment* ShareLeaf(const char* data, size_t size, size_t room) {
  dsm_segment* const segment = dsm_create(MAXALIGN(sizeof(Request) + size) + room, 0);
  Request* const request = RequestIn(segment);
  *request = {Stage::kStarting, MyLatch, 0, {}, size};
  memcpy(request + 1, data, size);
  return segment;
}

// Waits until the worker has connected, or has ended. One that takes long to connect, perhaps because it needs a lock
// that this very transaction holds, is left alone: it has its request.
bool AwaitLeaf(const Request* request, BackgroundWorkerHandle* handle) {
  const TimestampTz end = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), kPatienceMs);
  for (;;) {
    ResetLatch(MyLatch);
    pid_t pid;
    const bool ended = GetBackgroundWorkerPid(handle, &pid) == BGWH_STOPPED;
    if (request->stage == Stage::kConnected) return true;
    if (ended) return false;
    if (request->stage == Stage::kHasRead && GetCurrentTimestamp() >= end) return true;
    (void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, kPatienceMs / 10, PG_WAIT_EXTENSION);
    CHECK_FOR_INTERRUPTS();
  }
}

// When whoever started it lets go of the memory that they share, because of an error, too: a worker that is busy would
// not notice.
void EndUserLeaf(dsm_segment*, Datum handle) {
  auto* const worker = reinterpret_cast<BackgroundWorkerHandle*>(DatumGetPointer(handle));
  TerminateBackgroundWorker(worker);
}

Started StartLeaf(const StartData& data, dsm_segment* segment) {
  const Request* const request = RequestIn(segment);
  BackgroundWorker worker = {};
  worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
  worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
  worker.bgw_restart_time = BGW_NEVER_RESTART;
  worker.bgw_notify_pid = MyProcPid;
  snprintf(worker.bgw_library_name, sizeof(worker.bgw_library_name), "migrate");
  snprintf(worker.bgw_function_name, sizeof(worker.bgw_function_name), "migrate_worker");
  if (IsHelper(data.task)) {
    snprintf(worker.bgw_name, BGW_MAXLEN, "migrate helper of %d", MyProcPid);
  } else {
    snprintf(worker.bgw_name, BGW_MAXLEN, "migrate job " INT64_FORMAT, data.job);
  }
  snprintf(worker.bgw_type, BGW_MAXLEN, "%s", worker.bgw_name);
  memcpy(worker.bgw_extra, &data, sizeof(data));
  Started started = {false, false, 0, nullptr};
  MemoryContext const caller = MemoryContextSwitchTo(TopTransactionContext);
  started.found_place = RegisterDynamicBackgroundWorker(&worker, &started.handle);
  MemoryContextSwitchTo(caller);
  if (!started.found_place) return started;
  if (data.task == Task::kUseScratch) on_dsm_detach(segment, EndUserLeaf, PointerGetDatum(started.handle));
  (void) WaitForBackgroundWorkerStartup(started.handle, &started.pid);
  started.runs = AwaitLeaf(request, started.handle);
  return started;
}

// A concurrent index build waits for whoever looked at the database before it, and so for this very call.
bool AwaitsThisLeaf(pid_t worker) {
  const Datum blockers = DirectFunctionCall1(pg_blocking_pids, Int32GetDatum(worker));
  ArrayType* const pids = DatumGetArrayTypeP(blockers);
  const int count = ArrayGetNItems(ARR_NDIM(pids), ARR_DIMS(pids));
  const auto* const pid = reinterpret_cast<const int32*>(ARR_DATA_PTR(pids));
  bool awaits = false;
  for (int i = 0; i < count; ++i) awaits |= pid[i] == MyProcPid;
  pfree(pids);
  return awaits;
}

// Waits until the worker has ended, or for so long, or until it waits for this transaction itself.
void AwaitEndLeaf(BackgroundWorkerHandle* handle, int wait_ms) {
  constexpr long kLook = 200;  // milliseconds
  const TimestampTz end = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), wait_ms);
  for (;;) {
    ResetLatch(MyLatch);
    pid_t pid;
    const long left = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), end);
    if (GetBackgroundWorkerPid(handle, &pid) == BGWH_STOPPED || left <= 0 || AwaitsThisLeaf(pid)) return;
    (void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, Min(left, kLook), PG_WAIT_EXTENSION);
    CHECK_FOR_INTERRUPTS();
  }
}

VirtualTransactionId OwnTransactionLeaf() {
  VirtualTransactionId own;
  GET_VXID_FROM_PGPROC(own, *MyProc);
  return own;
}

// Before it connects: whoever waits knows then that it needs the segment no longer.
std::string ReadRequest(dsm_handle handle) {
  own_segment = Call([=]() noexcept { return dsm_attach(handle); });
  if (own_segment == nullptr) throw Error(sqlstate::kWrongState, "the request of this worker is gone");
  const Request* const request = RequestIn(own_segment);
  return {reinterpret_cast<const char*>(request + 1), request->size};
}

void ReachLeaf(Stage stage) {
  Request* const request = RequestIn(own_segment);
  request->stage = stage;
  SetLatch(request->caller);
}

// A worker that can't connect ends at once, and would tell nobody but the server's log why.
void NoteFatal(ErrorData* data) {
  Request* const request = RequestIn(own_segment);
  if (data->elevel >= FATAL && data->message != nullptr) {
    request->sqlstate = data->sqlerrcode;
    strlcpy(request->message, data->message, kMostMessage);
  }
  if (next_log_hook != nullptr) next_log_hook(data);
}

// A scratch database lets nobody else in.
void ConnectLeaf(const StartData& data, MemoryContext context) {
  ReachLeaf(Stage::kHasRead);
  next_log_hook = emit_log_hook;
  emit_log_hook = NoteFatal;
  const uint32 flags = kWorkerConnectionFlags | (data.task == Task::kUseScratch ? BGWORKER_BYPASS_ALLOWCONN : 0);
  BackgroundWorkerInitializeConnectionByOid(data.database, data.login, flags);
  emit_log_hook = next_log_hook;
  MemoryContextSwitchTo(context);
}

void BeginLeaf(const StartData& data, MemoryContext context) {
  ReachLeaf(Stage::kConnected);
  if (!IsHelper(data.task)) dsm_detach(own_segment);
  SetCurrentStatementStartTimestamp();
  StartTransactionCommand();
  MemoryContextSwitchTo(context);
}

void AwaitCallerLeaf(const StartData& data) {
  if (VirtualTransactionIdIsValid(data.caller)) (void) VirtualXactLock(data.caller, true);
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
void Serve(const StartData& data, const std::vector<std::string>& fields, Conversation* caller) {
  Call([=]() noexcept { AwaitCallerLeaf(data); });
  const auto request_begin = fields.begin() + 1 + std::stoi(fields.at(0));
  const Oid login = data.login, role = data.role;
  Call([=]() noexcept { BecomeLeaf(login, role); });
  TakeOverSettings({fields.begin() + 1, request_begin});
  CommitTransaction();
  const std::vector<std::string> request(request_begin, fields.end());
  switch (data.task) {
    case Task::kJob: RunJob(data.job, request); break;
    case Task::kRecordFailure: RecordFailure(request); break;
    case Task::kKeepScratch: KeepScratch(*caller, request); break;
    case Task::kUseScratch: UseScratch(*caller, request); break;
  }
  CommitTransaction();
}

void Log(const Error& error) {
  const char* const sqlstate = error.sqlstate.c_str();
  const char* const message = error.message.c_str();
  Call([=]() noexcept { LogLeaf(sqlstate, message); });
}

// Also what failed before the job began; its row is seen once the caller's transaction is over. A caller who waits is
// told, and nobody else.
void Fail(const StartData& data, const Error& error, Conversation* caller) {
  if (caller != nullptr && caller->SayError(error)) return;
  Log(error);
  if (data.task != Task::kJob) return;
  try {
    RollBackTransaction();
    Call([=]() noexcept { AwaitCallerLeaf(data); });
    FailJob(data.job, error);
    CommitTransaction();
  } catch (const Error& second) {
    Log(second);
  }
}

// Why the worker that was started does not run.
Error NotBegun(const Request& request, Task task) {
  const bool known = request.message[0] != '\0';
  return Error(known ? unpack_sql_state(request.sqlstate) : sqlstate::kWrongState,
               "the background worker could not begin",
               known ? std::string("It ended with: ") + request.message + "." : "It ended before it said why.",
               known ? "Mend that and try again" + OrElse(task) + "."
                     : "The server's log may tell more. Try again" + OrElse(task) + ".");
}

// What is to be launched.
struct Order {
  const char* function;
  Task task;
  int64_t job;
  Oid database;
  bool at_once;  // else when the caller's transaction is over
};

struct Launched {
  dsm_segment* segment = nullptr;
  Started started = {};
  std::optional<Conversation> conversation;
};

// Starts a worker and waits until it has connected.
Launched Launch(const Order& order, const std::vector<std::string>& request) {
  const Oid role = GetUserId();
  const Oid login = LoginOf(order.function, role);
  const std::vector<std::string> settings = SettingsOfCaller();
  std::vector<std::string> fields{std::to_string(settings.size())};
  fields.insert(fields.end(), settings.begin(), settings.end());
  fields.insert(fields.end(), request.begin(), request.end());
  const std::string text = Joined(fields);
  const char* const bytes = text.data();
  const size_t size = text.size();
  const LOCKTAG place = PlaceOf(login);
  Call([=]() noexcept { (void) LockAcquire(&place, ShareUpdateExclusiveLock, false, false); });
  RequirePlace(login, order.task);
  Launched launched;
  const size_t room = IsHelper(order.task) ? kConversationBytes : 0;
  launched.segment = Call([=]() noexcept { return ShareLeaf(bytes, size, room); });
  dsm_segment* const segment = launched.segment;
  const Request* const shared = RequestIn(segment);
  if (IsHelper(order.task)) {
    launched.conversation.emplace(segment, ConversationIn(segment), Conversation::Side::kCaller);
  }
  StartData data = {};
  data.request = dsm_segment_handle(segment);
  data.database = order.database;
  data.login = login;
  data.role = role;
  data.job = order.job;
  SetInvalidVirtualTransactionId(data.caller);
  if (!order.at_once) data.caller = Call([]() noexcept { return OwnTransactionLeaf(); });
  data.task = order.task;
  launched.started = Call([=]() noexcept { return StartLeaf(data, segment); });
  if (!launched.started.found_place) {
    throw Error(sqlstate::kLimitExceeded, "no background worker is free",
                "The server runs at most max_worker_processes of them.",
                "Try again later, or raise max_worker_processes" + OrElse(order.task) + ".");
  }
  if (!launched.started.runs) throw NotBegun(*shared, order.task);
  Call([=]() noexcept { (void) LockRelease(&place, ShareUpdateExclusiveLock, false); });
  return launched;
}

}  // namespace

int StartWorker(const char* function, Task task, int64_t job, const std::vector<std::string>& request,
                std::optional<int> wait_ms) {
  const bool at_once = wait_ms.has_value();
  const Launched launched = Launch({function, task, job, MyDatabaseId, at_once}, request);
  dsm_segment* const segment = launched.segment;
  BackgroundWorkerHandle* const handle = launched.started.handle;
  const int most = wait_ms.value_or(0);
  Call([=]() noexcept {
    dsm_detach(segment);
    if (at_once) AwaitEndLeaf(handle, most);
  });
  return static_cast<int>(launched.started.pid);
}

Helper::Helper(const char* function, Task task, Oid database, const std::vector<std::string>& request) {
  const Launched launched = Launch({function, task, 0, database, true}, request);
  segment_ = launched.segment;
  handle_ = launched.started.handle;
  conversation_ = launched.conversation;
}

void Helper::LetGo() {
  dsm_segment* const segment = segment_;
  BackgroundWorkerHandle* const handle = handle_;
  Call([=]() noexcept {
    cancel_on_dsm_detach(segment, EndUserLeaf, PointerGetDatum(handle));
    dsm_detach(segment);
    (void) WaitForBackgroundWorkerShutdown(handle);
  });
}

void RunWorker() {
  StartData data;
  memcpy(&data, MyBgworkerEntry->bgw_extra, sizeof(data));
  const std::vector<std::string> fields = Divided(ReadRequest(data.request));
  MemoryContext const context =
      Call([]() noexcept { return AllocSetContextCreate(TopMemoryContext, "migrate worker", ALLOCSET_DEFAULT_SIZES); });
  Call([=]() noexcept { ConnectLeaf(data, context); });
  std::optional<Conversation> conversation;
  if (IsHelper(data.task)) conversation.emplace(own_segment, ConversationIn(own_segment), Conversation::Side::kWorker);
  Call([=]() noexcept { BeginLeaf(data, context); });
  Conversation* const caller = conversation ? &*conversation : nullptr;
  try {
    Serve(data, fields, caller);
  } catch (const Error& error) {
    Fail(data, error, caller);
  }
}

}  // namespace migrate
