// The migrations: the newest in full, the others a line each.
#include "core/report/html_parts.h"

namespace migrate::report {
namespace {

// So much of definitions a page has room for; the newest come first.
constexpr size_t kMostDefinitions = 1 << 20;

void AddDefinition(std::optional<std::string>& all, const std::optional<std::string>& definition) {
  if (!definition) return;
  if (all) *all += '\n';
  all = all.value_or("") + *definition;
}

// Of an object and all its parts.
struct Whole {
  std::optional<std::string> before, after;

  explicit Whole(const FoldedChange& folded) : before(folded.change->before), after(folded.change->after) {
    for (const auto* part : folded.parts) {
      AddDefinition(before, part->before);
      AddDefinition(after, part->after);
    }
  }

  size_t size() const { return (before ? before->size() : 0) + (after ? after->size() : 0); }
};

void AddMeta(Markup& markup, const Migration& migration) {
  Markup meta;
  if (!migration.applied_at.empty()) {
    if (!migration.recorded_by.empty()) meta.Text(migration.recorded_by).Add(" ");
    meta.Add("<span class=\"at\">").Text(migration.applied_at).Add(" UTC</span> by ").Name(migration.applied_by);
    if (migration.duration_ms) meta.Add(", in ").Text(DurationText(*migration.duration_ms));
  }
  if (!migration.note.empty()) {
    if (!meta.empty()) meta.Add("; ");
    meta.Text(migration.note);
  }
  if (!meta.empty()) markup.Add("<p class=\"meta\">").Add(meta).Add("</p>\n");
}

void AddHeaders(Markup& markup, const Migration& migration) {
  if (migration.headers.empty() && migration.rollback.empty()) return;
  markup.Add("<dl class=\"heads\">");
  for (const auto& [name, value] : migration.headers) {
    markup.Add("<dt>").Text(name).Add("</dt><dd>").Name(value).Add("</dd>\n");
  }
  if (!migration.rollback.empty()) markup.Add("<dt>rollback</dt><dd>").Text(migration.rollback).Add("</dd>\n");
  for (const auto& lock : migration.locks) {
    markup.Add("<dt>locked</dt><dd>").Code(lock.table).Add(" with ").Text(lock.lock).Add(" for ");
    markup.Text(DurationText(lock.ms)).Add("</dd>\n");
  }
  markup.Add("</dl>\n");
}

void AddAction(Markup& line, const std::string& action) {
  if (action == "created") {
    line.Add("<span class=\"good\">created</span>");
  } else if (action == "dropped") {
    line.Add("<span class=\"bad\">dropped</span>");
  } else {
    line.Text(action);
  }
}

void AddChanges(Markup& markup, const Migration& migration, size_t& room) {
  if (migration.changed.empty()) return;
  markup.Add("<ul class=\"plain\">\n");
  for (const auto& folded : Fold(migration.changed)) {
    const Change* const change = folded.change;
    Markup line;
    AddAction(line, change->action);
    line.Add(" ").Text(change->object_class).Add(" ").Code(change->identity);
    if (!folded.with.empty()) line.Add(" with ").Text(folded.with);
    const Whole whole(folded);
    if (whole.size() > 0 && whole.size() <= room) {
      room -= whole.size();
      markup.Add("<li><details><summary>").Add(line).Add("</summary>");
      markup.Add(Definitions("Before", whole.before, "After", whole.after)).Add("</details></li>\n");
    } else {
      markup.Add("<li>").Add(line).Add("</li>\n");
    }
  }
  markup.Add("</ul>\n");
}

void AddRemarks(Markup& markup, const Migration& migration) {
  if (migration.remarks.empty()) return;
  markup.Add("<ul>");
  for (const auto& remark : migration.remarks) markup.Add("<li>").Text(remark).Add("</li>\n");
  markup.Add("</ul>\n");
}

}  // namespace

Markup MigrationSection(const Report& report) {
  Markup markup;
  if (report.migrations.empty()) return markup;
  markup.Add("<section aria-labelledby=\"migrations\"><h2 id=\"migrations\">Migrations, the newest first</h2>\n");
  size_t room = kMostDefinitions;
  for (auto each = report.migrations.rbegin(); each != report.migrations.rend(); ++each) {
    if (!each->in_full) continue;
    markup.Add("<article><h3>").Name(each->label).Add(" ").Add(Badge(each->status)).Add("</h3>\n");
    AddMeta(markup, *each);
    AddHeaders(markup, *each);
    AddRemarks(markup, *each);
    AddChanges(markup, *each, room);
    markup.Add("</article>\n");
  }
  markup.Add("</section>\n");
  return markup;
}

Markup OlderSection(const Report& report) {
  Table table("Older migrations, the newest first",
              {"Migration", "Status", "Applied (UTC)", "By", "#Duration", "#Changes"});
  for (auto each = report.migrations.rbegin(); each != report.migrations.rend(); ++each) {
    if (each->in_full) continue;
    table.Row({NameCell(each->label), TextCell(each->status), TextCell(each->applied_at), NameCell(each->applied_by),
               each->duration_ms ? TextCell(DurationText(*each->duration_ms)) : Markup(),
               each->changes == 0 ? Markup() : NumberCell(each->changes)});
  }
  Markup markup;
  if (table.rows() == 0) return markup;
  markup.Add("<section aria-labelledby=\"older\"><h2 id=\"older\">Older migrations</h2>\n");
  markup.Add(table.Take()).Add("</section>\n");
  return markup;
}

}  // namespace migrate::report
