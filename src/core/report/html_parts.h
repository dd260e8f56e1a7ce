// The sections of the page, each with its heading; nothing where there is nothing to tell.
#pragma once

#include <optional>
#include <string>

#include "core/report/markup.h"
#include "core/report/report.h"

namespace migrate::report {

// html_state.cpp: where it stands.
Markup GlanceSection(const Report& report);
Markup PlanSection(const Report& report);
Markup FailureSection(const Report& report);
Markup DriftSection(const Report& report);

// html_findings.cpp: what is wrong, or risky.
Markup LintSection(const Report& report);
Markup HealthSection(const Report& report);

// html_time.cpp: how it came to it.
Markup DurationSection(const Report& report);
Markup LockSection(const Report& report);
Markup GrowthSection(const Report& report);

// html_migrations.cpp: one by one.
Markup MigrationSection(const Report& report);
Markup OlderSection(const Report& report);

// Two definitions beside each other, or the one that there is. Lines that only one of them has are marked.
Markup Definitions(const std::string& first_name, const std::optional<std::string>& first,
                   const std::string& second_name, const std::optional<std::string>& second);

Markup Badge(const std::string& status);

// A table that scrolls for itself where it is too wide.
class Table {
 public:
  // The names of columns; a "#" before one has its numbers at the right.
  Table(const std::string& caption, const std::vector<std::string>& columns);
  // The first cell is the heading of its row.
  Table& Row(const std::vector<Markup>& cells);
  size_t rows() const { return rows_; }
  Markup Take();

 private:
  std::vector<bool> is_number_;
  Markup markup_;
  size_t rows_ = 0;
};

Markup TextCell(const std::string& text);
Markup NameCell(const std::string& name);
Markup TimeCell(const std::string& at);
Markup NumberCell(long number);

// The same behind a line to open it by, below a plot.
Markup Folded(const Markup& table);

}  // namespace migrate::report
