#include "server/run/copy_input.h"

#include <algorithm>
#include <cstring>

namespace migrate {
namespace {

CopyInput* innermost = nullptr;  // a trigger can run a verify script that copies, too
needs_fmgr_hook_type next_needs_hook = nullptr;
fmgr_hook_type next_hook = nullptr;

}  // namespace

CopyInput::CopyInput(std::string_view data)
    : data_(data.data()), left_(data.size()), destination_(whereToSendOutput), outer_input_(stdin), outer_(innermost) {
#ifdef __GLIBC__
  cookie_io_functions_t functions = {};
  functions.read = Read;
  stream_ = fopencookie(this, "r", functions);
  if (stream_ == nullptr) throw Error(sqlstate::kOutOfMemory, "out of memory");
  InstallHooks();
  innermost = this;
  stdin = stream_;
  whereToSendOutput = DestNone;
#else
  throw Error(sqlstate::kFeatureNotSupported, "COPY with data in the text needs glibc",
              "Other C libraries don't let a program replace its standard input.", "Write the data as INSERT.");
#endif
}

CopyInput::~CopyInput() {
#ifdef __GLIBC__
  whereToSendOutput = destination_;
  stdin = outer_input_;
  innermost = outer_;
  (void) fclose(stream_);
#endif
}

// Called by the C library, which an error must not leave half way: it raises none.
ssize_t CopyInput::Read(void* self, char* buffer, size_t most) {
  auto* const input = static_cast<CopyInput*>(self);
  if (!input->was_read_) {
    input->was_read_ = true;
    whereToSendOutput = input->destination_;
    pgstat_progress_update_param(PROGRESS_COPY_BYTES_TOTAL, static_cast<int64>(input->left_));
  }
  const size_t size = std::min(input->left_, most);
  std::memcpy(buffer, input->data_, size);
  input->data_ += size;
  input->left_ -= size;
  return static_cast<ssize_t>(size);
}

// A trigger for the statement runs before the first read, and what it says is for the client.
bool CopyInput::NeedsHook(Oid function) {
  if (next_needs_hook != nullptr && next_needs_hook(function)) return true;
  return innermost != nullptr && !innermost->was_read_ && get_func_rettype(function) == TRIGGEROID;
}

void CopyInput::OnFunction(FmgrHookEventType event, FmgrInfo* function, Datum* argument) {
  if (innermost != nullptr && !innermost->was_read_) {
    innermost->triggers_ += event == FHET_START ? 1 : -1;
    whereToSendOutput = innermost->triggers_ > 0 ? innermost->destination_ : DestNone;
  }
  const bool wanted = next_needs_hook != nullptr && next_needs_hook(function->fn_oid);
  if (next_hook != nullptr && wanted) next_hook(event, function, argument);
}

// For the rest of the session: whoever else installs theirs keeps ours behind them.
void CopyInput::InstallHooks() {
  static bool installed = false;
  if (installed) return;
  installed = true;
  next_needs_hook = needs_fmgr_hook;
  next_hook = fmgr_hook;
  needs_fmgr_hook = NeedsHook;
  fmgr_hook = OnFunction;
}

}  // namespace migrate
