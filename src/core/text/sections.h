// Divides one migration's text into up, down and verify, and reads what stands in its comments:
// directives, header lines, a down section or a closing `-- Rollback` block that is commented out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/set/migration.h"
#include "core/text/directive.h"

namespace migrate {

// A directive and where it stood.
struct PlacedDirective {
  Directive directive;
  Section section = Section::kUp;
  int line = 0;
};

struct SectionText {
  std::string text;
  int first_line = 1;
  bool present = false;
  bool by_line = false;  // opened by a section line
};

struct Sections {
  SectionText up;
  SectionText down;
  SectionText verify;
  std::vector<PlacedDirective> directives;
  std::vector<std::pair<std::string, std::string>> metadata;

  SectionText& operator[](Section section) {
    return section == Section::kUp ? up : section == Section::kDown ? down : verify;
  }
};

// Divides `text`, whose first section is `first` (a .down.sql file starts in down). What stands
// before the first section line belongs to `first`. A section may be given once, and so may each
// directive of a section but `requires`. Throws an Error with its line for an unknown, repeated or
// misplaced directive.
// `first_line` is where the text starts in its file.
Sections SplitSections(std::string text, Section first, int first_line = 1);

// True if the script has no statement: only blanks, comments and directives.
bool HasNoStatement(std::string_view script);

// Uncomments every `--` line, keeping the line count; other lines stay.
std::string Uncommented(std::string_view script);

// The closing comment block of an up script that is headed `-- Rollback …`: its text uncommented,
// without the heading, and the line it starts on. Not present if there is none.
SectionText ClosingRollbackBlock(const SectionText& up);

}  // namespace migrate
