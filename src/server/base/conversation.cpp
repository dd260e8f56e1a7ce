#include "server/base/conversation.h"

#include <string_view>

#include "core/base/message.h"
#include "server/base/guard.h"

namespace migrate {
namespace {

constexpr size_t kQueueBytes = kConversationBytes / 2;
constexpr char kError[] = "error";

struct Handles {
  shm_mq_handle* out;
  shm_mq_handle* in;
};

// The first queue goes to the worker.
Handles JoinLeaf(dsm_segment* segment, char* where, Conversation::Side side) {
  char* const places[] = {where, where + kQueueBytes};
  const bool is_caller = side == Conversation::Side::kCaller;
  shm_mq* queues[2];
  for (int i = 0; i < 2; ++i) {
    queues[i] = is_caller ? shm_mq_create(places[i], kQueueBytes) : reinterpret_cast<shm_mq*>(places[i]);
  }
  shm_mq* const out = queues[is_caller ? 0 : 1];
  shm_mq* const in = queues[is_caller ? 1 : 0];
  shm_mq_set_sender(out, MyProc);
  shm_mq_set_receiver(in, MyProc);
  return {shm_mq_attach(out, segment, nullptr), shm_mq_attach(in, segment, nullptr)};
}

struct Received {
  const char* data;
  size_t size;
  bool any;
};

Received ReceiveLeaf(shm_mq_handle* queue) {
  Size size = 0;
  void* data = nullptr;
  const bool any = shm_mq_receive(queue, &size, &data, false) == SHM_MQ_SUCCESS;
  return {static_cast<const char*>(data), size, any};
}

}  // namespace

Conversation::Conversation(dsm_segment* segment, void* where, Side side) {
  char* const bytes = static_cast<char*>(where);
  const Handles handles = Call([=]() noexcept { return JoinLeaf(segment, bytes, side); });
  out_ = handles.out;
  in_ = handles.in;
}

bool Conversation::Say(const Message& message) {
  std::vector<std::string> texts = {message.name};
  texts.insert(texts.end(), message.texts.begin(), message.texts.end());
  const std::string bytes = Joined(texts);
  const char* const data = bytes.data();
  const size_t size = bytes.size();
  shm_mq_handle* const queue = out_;
  return Call([=]() noexcept { return shm_mq_send(queue, size, data, false, true); }) == SHM_MQ_SUCCESS;
}

bool Conversation::SayError(const Error& error) { return Say({kError, TextsOf(error)}); }

std::optional<Message> Conversation::Hear() {
  shm_mq_handle* const queue = in_;
  const Received received = Call([=]() noexcept { return ReceiveLeaf(queue); });
  if (!received.any) return std::nullopt;
  std::vector<std::string> texts = Divided({received.data, received.size});
  Message message{std::move(texts.at(0)), {}};
  texts.erase(texts.begin());
  message.texts = std::move(texts);
  return message;
}

Message Conversation::Answer() {
  auto message = Hear();
  if (!message) {
    throw Error(sqlstate::kWrongState, "a background worker of this call has ended before it had an answer", {},
                "The server's log tells why. Try again.");
  }
  if (message->name == kError) throw ErrorOf(message->texts);
  return std::move(*message);
}

Message Conversation::Ask(const Message& message) {
  (void) Say(message);  // whether it is there is seen by its answer
  return Answer();
}

}  // namespace migrate
