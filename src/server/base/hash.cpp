#include "server/base/hash.h"

#include <string>

#include "server/base/guard.h"

namespace migrate {
namespace {

constexpr size_t kMd5Bytes = 16;  // the server exports no name for these two
constexpr size_t kSha1Bytes = 20;

void CheckLeaf(pg_cryptohash_ctx* context, int result) {
  if (result < 0) elog(ERROR, "could not compute a digest: %s", pg_cryptohash_error(context));
}

pg_cryptohash_ctx* StartLeaf(pg_cryptohash_type type) {
  pg_cryptohash_ctx* context = pg_cryptohash_create(type);
  if (context == nullptr) ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
  CheckLeaf(context, pg_cryptohash_init(context));
  return context;
}

struct Digest {
  uint8 bytes[PG_SHA384_DIGEST_LENGTH];  // the longest of them
};

Digest FinishLeaf(pg_cryptohash_ctx* context, size_t length) {
  Digest digest;
  CheckLeaf(context, pg_cryptohash_final(context, digest.bytes, length));
  pg_cryptohash_free(context);
  return digest;
}

// Small pieces are gathered, since each call into the server costs a setjmp.
class ServerHasher : public Hasher {
 public:
  ServerHasher(pg_cryptohash_type type, size_t length) : type_(type), length_(length) {}

  void Add(std::string_view bytes) override {
    if (pending_.size() + bytes.size() > kGathered) Flush();
    if (pending_.empty() && bytes.size() >= kLarge) {
      Feed(bytes);
    } else {
      pending_ += bytes;
    }
  }

  std::string Finish() override {
    Flush();
    pg_cryptohash_ctx* const context = context_;
    context_ = nullptr;
    const size_t length = length_;
    const Digest digest = Call([=]() noexcept { return FinishLeaf(context, length); });
    std::string hex;
    hex.reserve(2 * length);
    for (size_t i = 0; i < length; ++i) {
      hex += "0123456789abcdef"[digest.bytes[i] >> 4];
      hex += "0123456789abcdef"[digest.bytes[i] & 15];
    }
    return hex;
  }

 private:
  static constexpr size_t kGathered = 64 * 1024;
  static constexpr size_t kLarge = 1024;  // fed as it stands

  void Flush() {
    if (pending_.empty() && context_ != nullptr) return;
    Feed(pending_);
    pending_.clear();
  }

  // The server frees the context with the resource owner if an error comes between.
  void Feed(std::string_view bytes) {
    const pg_cryptohash_type type = type_;
    if (context_ == nullptr) context_ = Call([=]() noexcept { return StartLeaf(type); });
    pg_cryptohash_ctx* const context = context_;
    const char* const data = bytes.data();
    const size_t size = bytes.size();
    Call([=]() noexcept {
      CheckLeaf(context, pg_cryptohash_update(context, reinterpret_cast<const uint8*>(data), size));
    });
  }

  pg_cryptohash_type type_;
  size_t length_;
  std::string pending_;
  pg_cryptohash_ctx* context_ = nullptr;
};

}  // namespace

std::unique_ptr<Hasher> NewSha256() { return std::make_unique<ServerHasher>(PG_SHA256, PG_SHA256_DIGEST_LENGTH); }

std::unique_ptr<Hasher> NewMd5() { return std::make_unique<ServerHasher>(PG_MD5, kMd5Bytes); }

std::unique_ptr<Hasher> NewSha1() { return std::make_unique<ServerHasher>(PG_SHA1, kSha1Bytes); }

std::unique_ptr<Hasher> NewSha384() { return std::make_unique<ServerHasher>(PG_SHA384, PG_SHA384_DIGEST_LENGTH); }

}  // namespace migrate
