#include "core/schema/snapshot.h"

#include <algorithm>
#include <cstddef>
#include <tuple>

#include "core/base/cancel.h"
#include "core/base/error.h"

namespace migrate::schema {
namespace {

constexpr size_t kShownDigits = 12;
// Of servers that are, and of some that will be: their snapshots can be compared, too.
constexpr int kFirstMajor = 15, kLastMajor = 25;

std::string NameOf(const Object& object) { return object.kind + ' ' + object.identity; }

void RefuseTwins(const std::vector<Object>& objects) {
  std::vector<const Object*> sorted;
  sorted.reserve(objects.size());
  for (const auto& object : objects) sorted.push_back(&object);
  const auto key = [](const Object* object) { return std::tie(object->kind, object->identity); };
  std::sort(sorted.begin(), sorted.end(), [&](const auto* a, const auto* b) { return key(a) < key(b); });
  const auto twin =
      std::adjacent_find(sorted.begin(), sorted.end(), [&](const auto* a, const auto* b) { return key(a) == key(b); });
  if (twin == sorted.end()) return;
  throw Error(sqlstate::kInvalidParameter, "the snapshot has an object twice", "It is " + NameOf(**twin) + ".",
              kSnapshotHint);
}

// 0 if the hash is that of no server.
int MajorOf(const Object& object, int here, const HashFunction& hash) {
  if (hash(object, here) == object.hash) return here;
  for (int major = kFirstMajor; major <= kLastMajor; ++major) {
    if (major != here && hash(object, major) == object.hash) return major;
  }
  return 0;
}

}  // namespace

std::string ShownHash(const std::string& definition, int major, Hasher& hasher) {
  hasher.Add("-- PostgreSQL " + std::to_string(major) + "\n");
  hasher.Add(definition);
  return hasher.Finish().substr(0, kShownDigits);
}

int CheckSnapshot(const std::vector<Object>& objects, int here, const HashFunction& hash) {
  RefuseTwins(objects);
  int major = 0;
  size_t edited = 0;
  const Object* first = nullptr;
  for (const auto& object : objects) {
    Pass(object.definition.size() + 1);
    // One server made all of it.
    const bool is_whole = major == 0 ? (major = MajorOf(object, here, hash)) != 0 : hash(object, major) == object.hash;
    if (is_whole) continue;
    if (++edited == 1) first = &object;
  }
  if (edited > 0) {
    throw Error(sqlstate::kInvalidParameter, "the snapshot was edited",
                "The hash is not that of the definition: " + NameOf(*first) +
                    (edited == 1 ? "." : ", and " + std::to_string(edited - 1) + " more."),
                kSnapshotHint);
  }
  return major == 0 ? here : major;
}

}  // namespace migrate::schema
