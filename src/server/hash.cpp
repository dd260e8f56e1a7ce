#include "server/hash.h"

#include <string>

#include "server/guard.h"

namespace migrate {
namespace {

void CheckLeaf(pg_cryptohash_ctx* context, int result) {
  if (result < 0) elog(ERROR, "could not compute SHA-256: %s", pg_cryptohash_error(context));
}

pg_cryptohash_ctx* StartLeaf() {
  pg_cryptohash_ctx* context = pg_cryptohash_create(PG_SHA256);
  if (context == nullptr) ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
  CheckLeaf(context, pg_cryptohash_init(context));
  return context;
}

struct Digest {
  uint8 bytes[PG_SHA256_DIGEST_LENGTH];
};

Digest FinishLeaf(pg_cryptohash_ctx* context) {
  Digest digest;
  CheckLeaf(context, pg_cryptohash_final(context, digest.bytes, sizeof(digest.bytes)));
  pg_cryptohash_free(context);
  return digest;
}

// Small pieces are gathered, since each call into the server costs a setjmp.
class Sha256 : public Hasher {
 public:
  void Add(std::string_view bytes) override {
    if (pending_.size() + bytes.size() > kGathered) Flush();
    if (bytes.size() > kGathered) {
      Feed(bytes);
    } else {
      pending_ += bytes;
    }
  }

  std::string Finish() override {
    Flush();
    pg_cryptohash_ctx* const context = context_;
    context_ = nullptr;
    const Digest digest = Call([=]() noexcept { return FinishLeaf(context); });
    std::string hex;
    for (const uint8 byte : digest.bytes) {
      hex += "0123456789abcdef"[byte >> 4];
      hex += "0123456789abcdef"[byte & 15];
    }
    return hex;
  }

 private:
  static constexpr size_t kGathered = 64 * 1024;

  void Flush() {
    Feed(pending_);
    pending_.clear();
  }

  // The server frees the context with the resource owner if an error comes between.
  void Feed(std::string_view bytes) {
    if (context_ == nullptr) context_ = Call([]() noexcept { return StartLeaf(); });
    pg_cryptohash_ctx* const context = context_;
    const char* const data = bytes.data();
    const size_t size = bytes.size();
    Call([=]() noexcept {
      CheckLeaf(context, pg_cryptohash_update(context, reinterpret_cast<const uint8*>(data), size));
    });
  }

  std::string pending_;
  pg_cryptohash_ctx* context_ = nullptr;
};

}  // namespace

std::unique_ptr<Hasher> NewSha256() { return std::make_unique<Sha256>(); }

}  // namespace migrate
