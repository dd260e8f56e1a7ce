// The data of a COPY … FROM STDIN that stands in a migration, as the server's own COPY reads it: by way of
// ProcessUtility and its hooks, so that audit, statistics and extensions that own a table's storage see it.
#pragma once

#include <cstdio>
#include <string_view>

#include "core/base/error.h"

#include "server/base/compat.h"

namespace migrate {

// While it lives, COPY … FROM STDIN reads `data`. The server reads the standard input of the C library where it has
// no client to talk to: so the session has none until the first byte is read, but for what triggers say before. An
// error raised in between is marked as not for the client; that the guard raises it anew mends it.
class CopyInput {
 public:
  explicit CopyInput(std::string_view data);
  ~CopyInput();
  CopyInput(const CopyInput&) = delete;
  CopyInput& operator=(const CopyInput&) = delete;

 private:
  static ssize_t Read(void* self, char* buffer, size_t most);
  static bool NeedsHook(Oid function);
  static void OnFunction(FmgrHookEventType event, FmgrInfo* function, Datum* argument);
  static void InstallHooks();

  const char* data_;
  size_t left_;
  const CommandDest destination_;
  FILE* const outer_input_;
  CopyInput* const outer_;
  FILE* stream_ = nullptr;
  bool was_read_ = false;
  int triggers_ = 0;  // that run before the first read, one inside the other
};

}  // namespace migrate
