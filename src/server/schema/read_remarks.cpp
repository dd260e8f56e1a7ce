#include "server/schema/read_remarks.h"

#include "server/base/guard.h"
#include "server/base/reading_window.h"
#include "server/schema/plain.h"

namespace migrate::schema {
namespace {

struct PlainRemark {
  Oid catalog, oid;
  int column;
  Remark::Kind kind;
  bool is_member;
  const char *by, *text;
};

struct PlainRemarks {
  PlainRemark* remarks;
  int count, room;
};

void AddLeaf(PlainRemarks* all, const PlainRemark& remark) {
  if (all->count == all->room) {
    all->room = all->room == 0 ? 16 : all->room * 2;
    const Size bytes = sizeof(PlainRemark) * static_cast<Size>(all->room);
    all->remarks = static_cast<PlainRemark*>(all->remarks == nullptr ? palloc(bytes) : repalloc(all->remarks, bytes));
  }
  all->remarks[all->count++] = remark;
}

// Of comments those that initdb made say nothing of the schema; the one on schema public can be changed.
void AddCommentsLeaf(Oid catalog, Oid oid, PlainRemarks* all) {
  if (oid < FirstNormalObjectId && oid != get_namespace_oid("public", true)) return;
  const RowsOf rows =
      OpenRowsLeaf(DescriptionRelationId, DescriptionObjIndexId, Anum_pg_description_objoid, oid, GetActiveSnapshot());
  while (HeapTuple const row = NextRowLeaf(rows)) {
    const auto* const form = reinterpret_cast<Form_pg_description>(GETSTRUCT(row));
    Datum comment;
    if (form->classoid != catalog || !ValueLeaf(rows, row, Anum_pg_description_description, &comment)) continue;
    AddLeaf(all, {catalog, oid, form->objsubid, Remark::Kind::kComment, false, nullptr, TextDatumGetCString(comment)});
  }
  CloseRowsLeaf(rows);
}

void AddLabelsLeaf(Oid catalog, Oid oid, PlainRemarks* all) {
  const RowsOf rows =
      OpenRowsLeaf(SecLabelRelationId, SecLabelObjectIndexId, Anum_pg_seclabel_objoid, oid, GetActiveSnapshot());
  while (HeapTuple const row = NextRowLeaf(rows)) {
    const auto* const form = reinterpret_cast<FormData_pg_seclabel*>(GETSTRUCT(row));
    Datum provider, label;
    if (form->classoid != catalog || !ValueLeaf(rows, row, Anum_pg_seclabel_provider, &provider)) continue;
    if (!ValueLeaf(rows, row, Anum_pg_seclabel_label, &label)) continue;
    AddLeaf(all, {catalog, oid, form->objsubid, Remark::Kind::kLabel, false,
                  quote_identifier(TextDatumGetCString(provider)), TextDatumGetCString(label)});
  }
  CloseRowsLeaf(rows);
}

// That it is a member of, or depends on.
void AddExtensionsLeaf(Oid catalog, Oid oid, PlainRemarks* all) {
  ScanKeyData keys[2];
  ScanKeyInit(&keys[0], Anum_pg_depend_classid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(catalog));
  ScanKeyInit(&keys[1], Anum_pg_depend_objid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(oid));
  Relation const depends = table_open(DependRelationId, AccessShareLock);
  SysScanDesc const scan = systable_beginscan(depends, DependDependerIndexId, true, GetActiveSnapshot(), 2, keys);
  while (HeapTuple const row = systable_getnext(scan)) {
    const auto* const form = reinterpret_cast<Form_pg_depend>(GETSTRUCT(row));
    if (form->refclassid != ExtensionRelationId) continue;
    const bool is_member = form->deptype == DEPENDENCY_EXTENSION;
    if (!is_member && form->deptype != DEPENDENCY_AUTO_EXTENSION) continue;
    const char* const extension = get_extension_name(form->refobjid);
    if (extension == nullptr) continue;  // it has just gone
    AddLeaf(all,
            {catalog, oid, form->objsubid, Remark::Kind::kExtension, is_member, quote_identifier(extension), nullptr});
  }
  systable_endscan(scan);
  table_close(depends, AccessShareLock);
}

bool HasRowsLeaf(Oid catalog) {
  Relation const opened = table_open(catalog, AccessShareLock);
  const bool has_any = RelationGetNumberOfBlocks(opened) > 0;
  table_close(opened, AccessShareLock);
  return has_any;
}

MemoryContext NewMemoryLeaf() {
  return AllocSetContextCreate(CurrentMemoryContext, "migrate remarks", ALLOCSET_DEFAULT_SIZES);
}

struct Wish {
  const Address* addresses;
  size_t count;
  bool comments, labels, extensions;
};

void ReadLeaf(MemoryContext memory, const Wish& wish, PlainRemarks* all) {
  MemoryContext const caller = MemoryContextSwitchTo(memory);
  const bool has_labels = wish.labels && HasRowsLeaf(SecLabelRelationId);
  for (size_t i = 0; i < wish.count; ++i) {
    CHECK_FOR_INTERRUPTS();
    const Oid catalog = wish.addresses[i].catalog, oid = wish.addresses[i].oid;
    if (wish.comments) AddCommentsLeaf(catalog, oid, all);
    if (has_labels) AddLabelsLeaf(catalog, oid, all);
    if (wish.extensions) AddExtensionsLeaf(catalog, oid, all);
  }
  MemoryContextSwitchTo(caller);
}

std::string TextOrNone(const char* text) { return text == nullptr ? std::string() : std::string(text); }

}  // namespace

RemarksOfSome ReadRemarks(const RemarksToRead& wanted) {
  const ReadingWindow window;
  const std::vector<Address> addresses(wanted.addresses.begin(), wanted.addresses.end());
  const Wish wish = {addresses.data(), addresses.size(), wanted.comments, wanted.labels, wanted.extensions};
  MemoryContext const memory = Call([]() noexcept { return NewMemoryLeaf(); });
  PlainRemarks plain = {};
  PlainRemarks* const filled = &plain;
  const Wish* const wished = &wish;
  Call([=]() noexcept { ReadLeaf(memory, *wished, filled); });
  RemarksOfSome found;
  for (int i = 0; i < plain.count; ++i) {
    const PlainRemark& remark = plain.remarks[i];
    if (remark.is_member) {
      found.members.extensions.emplace(std::pair(remark.catalog, remark.oid), remark.by);
    } else {
      found.remarks.push_back(
          {{remark.catalog, remark.oid, remark.column}, remark.kind, TextOrNone(remark.by), TextOrNone(remark.text)});
    }
  }
  Call([=]() noexcept { MemoryContextDelete(memory); });
  window.Close();
  return found;
}

}  // namespace migrate::schema
