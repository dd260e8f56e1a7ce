// The `-- migrate:` lines and the header lines of a migration's text: what they look like and what
// they may say. Where they may stand is decided in sections.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/set/migration.h"

namespace migrate {

enum class DirectiveKind {
  kUp,
  kDown,
  kVerify,
  kRequires,
  kNoTransaction,
  kLockTimeout,
  kStatementTimeout,
  kIrreversible,
  kRepeatable,
  kTag,
  kReplaces,
  kKeepDropped,
  kKeepRows,
  kAllow,
  kNoLint,
  kOnly,
  kExpect,
  kHook,
  kTransactionFalse,  // behind up or down, as dbmate writes it
};

struct Directive {
  DirectiveKind kind;
  std::string value;
};

// Parses one line that starts with `-- migrate:`. Throws an Error at `line` for an unknown
// directive, a missing value or one too many, and for those that this version does not run.
Directive ParseDirective(std::string_view text, int line);

// True for a comment that is a directive or was meant as one: `-- migrate:…` in any case and with any
// number of dashes, and what tells another tool what to do.
bool LooksLikeDirective(std::string_view comment);

// True for one that was meant as a section line. Wherever it stands, taking it for a remark would run
// the down script as part of the up script.
bool LooksLikeSection(std::string_view comment);

// True for a line that is `-- migrate:up`, `-- migrate:down` or `-- migrate:verify`.
bool IsSectionLine(std::string_view line);

// The words after `--` of a comment line; nothing if the line is no comment.
std::optional<std::string_view> CommentText(std::string_view line);

// A header line such as `-- Description: adds an email`: its key in lower case, and the value.
std::optional<std::pair<std::string, std::string>> ParseHeaderLine(std::string_view line);

}  // namespace migrate
