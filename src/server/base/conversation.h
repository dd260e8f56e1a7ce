// What a worker and the call that has started it say to each other while both run: messages of texts, over two queues
// in their shared memory. Whoever is gone is not heard any more; what is said of it is the other's business.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "server/base/compat.h"

namespace migrate {

// What it takes of the shared memory.
inline constexpr size_t kConversationBytes = 2 * 64 * 1024;

// A message by its name.
struct Message {
  std::string name;
  std::vector<std::string> texts;
};

class Conversation {
 public:
  enum class Side { kCaller, kWorker };

  // Joins it, `where` in `segment`: the caller first, who also lays it out. Handles live in the current memory context.
  Conversation(dsm_segment* segment, void* where, Side side);

  // False, or nothing, if the other one is gone. They wait, and can be cancelled.
  bool Say(const Message& message);
  bool SayError(const Error& error);
  std::optional<Message> Hear();

  // Says it and hears the answer. An error of the other's is thrown; 55000 if it is gone.
  Message Ask(const Message& message);
  Message Answer();

 private:
  shm_mq_handle* out_ = nullptr;
  shm_mq_handle* in_ = nullptr;
};

}  // namespace migrate
