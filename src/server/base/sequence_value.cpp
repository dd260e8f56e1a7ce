#include "server/base/sequence_value.h"

#include "server/base/guard.h"

namespace migrate {
namespace {

// Its only row, from its only page: the functions of the server that tell it keep a lock until the transaction ends.
// One that somebody is about to drop is not waited for.
SequenceValue ReadLeaf(Oid sequence) {
  SequenceValue reading = {};
  if (!ConditionalLockRelationOid(sequence, AccessShareLock)) return reading;
  Relation relation = try_relation_open(sequence, NoLock);
  if (relation != nullptr) {
    if (relation->rd_rel->relkind == RELKIND_SEQUENCE) {
      const Buffer buffer = ReadBuffer(relation, 0);
      LockBuffer(buffer, BUFFER_LOCK_SHARE);
      auto* const page = BufferGetPage(buffer);
      auto* const item = PageGetItemId(page, FirstOffsetNumber);
      auto* const header = reinterpret_cast<HeapTupleHeader>(PageGetItem(page, item));
      const auto* const data =
          reinterpret_cast<const FormData_pg_sequence_data*>(reinterpret_cast<const char*>(header) + header->t_hoff);
      reading = {true, data->last_value, data->is_called};
      UnlockReleaseBuffer(buffer);
    }
    relation_close(relation, NoLock);
  }
  UnlockRelationOid(sequence, AccessShareLock);
  return reading;
}

}  // namespace

SequenceValue ReadSequence(Oid sequence) {
  return Call([=]() noexcept { return ReadLeaf(sequence); });
}

}  // namespace migrate
