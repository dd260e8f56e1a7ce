#include "core/report/html_parts.h"

#include <algorithm>
#include <vector>

#include "core/base/text.h"

namespace migrate::report {
namespace {

std::vector<std::string_view> LinesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  std::string_view line;
  while (TakeLine(text, line)) lines.push_back(line);
  return lines;
}

// The lines, those from `from` on that are neither in the common beginning nor in the common end marked.
void AddLines(Markup& markup, const std::vector<std::string_view>& lines, size_t from, size_t to, bool old) {
  for (size_t i = 0; i < lines.size(); ++i) {
    const bool marked = i >= from && i < to;
    if (marked && old) markup.Add("<del>");
    if (marked && !old) markup.Add("<ins>");
    markup.Text(lines[i]);
    if (marked && old) markup.Add("</del>");
    if (marked && !old) markup.Add("</ins>");
    markup.Add("\n");
  }
}

void AddFigure(Markup& markup, const std::string& name, const Markup& lines) {
  markup.Add("<figure><figcaption>").Text(name).Add("</figcaption><pre>").Add(lines).Add("</pre></figure>");
}

}  // namespace

Markup Definitions(const std::string& first_name, const std::optional<std::string>& first,
                   const std::string& second_name, const std::optional<std::string>& second) {
  const std::vector<std::string_view> none;
  const auto before = first ? LinesOf(*first) : none, after = second ? LinesOf(*second) : none;
  const size_t shorter = std::min(before.size(), after.size());
  size_t same = 0, same_end = 0;
  while (same < shorter && before[same] == after[same]) ++same;
  while (same_end < shorter - same && before[before.size() - 1 - same_end] == after[after.size() - 1 - same_end]) {
    ++same_end;
  }
  const bool both = first && second;
  Markup markup, lines;
  markup.Add("<div class=\"two\">");
  if (first) {
    AddLines(lines, before, same, both ? before.size() - same_end : 0, true);
    AddFigure(markup, first_name, lines);
  }
  if (second) {
    lines = {};
    AddLines(lines, after, same, both ? after.size() - same_end : 0, false);
    AddFigure(markup, second_name, lines);
  }
  markup.Add("</div>");
  return markup;
}

Markup Badge(const std::string& status) {
  Markup badge;
  if (status == "failed" || status == "partial" || status == "missing") {
    badge.Add("<span class=\"badge bad\">");
  } else if (status == "changed" || status == "out of order" || status == "pending") {
    badge.Add("<span class=\"badge warn\">");
  } else if (status == "applied") {
    badge.Add("<span class=\"badge good\">");
  } else {
    badge.Add("<span class=\"badge\">");
  }
  badge.Text(status).Add("</span>");
  return badge;
}

Table::Table(const std::string& caption, const std::vector<std::string>& columns) {
  markup_.Add("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"")
      .Text(caption)
      .Add("\"><table><caption>");
  markup_.Text(caption).Add("</caption><thead><tr>");
  for (const auto& column : columns) {
    is_number_.push_back(column.starts_with('#'));
    if (is_number_.back()) {
      markup_.Add("<th scope=\"col\" class=\"n\">").Text(column.substr(1)).Add("</th>");
    } else {
      markup_.Add("<th scope=\"col\">").Text(column).Add("</th>");
    }
  }
  markup_.Add("</tr></thead><tbody>\n");
}

// Ends of cells and rows may be left out, and with thousands of rows they are.
Table& Table::Row(const std::vector<Markup>& cells) {
  ++rows_;
  markup_.Add("<tr><th scope=\"row\">").Add(cells.front());
  for (size_t i = 1; i < cells.size(); ++i) {
    if (is_number_[i]) {
      markup_.Add("<td class=\"n\">").Add(cells[i]);
    } else {
      markup_.Add("<td>").Add(cells[i]);
    }
  }
  markup_.Add("\n");
  return *this;
}

Markup Table::Take() {
  markup_.Add("</tbody></table></div>\n");
  return std::move(markup_);
}

Markup TextCell(const std::string& text) {
  Markup markup;
  markup.Text(text);
  return markup;
}

Markup NameCell(const std::string& name) {
  Markup markup;
  if (!name.empty()) markup.Name(name);
  return markup;
}

Markup TimeCell(const std::string& at) {
  Markup markup;
  if (!at.empty()) markup.Add("<span class=\"at\">").Text(at).Add("</span>");
  return markup;
}

Markup NumberCell(long number) {
  Markup markup;
  markup.Text(std::to_string(number));
  return markup;
}

Markup Folded(const Markup& table) {
  Markup markup;
  markup.Add("<details class=\"table\"><summary>The same as a table</summary>").Add(table).Add("</details>\n");
  return markup;
}

}  // namespace migrate::report
