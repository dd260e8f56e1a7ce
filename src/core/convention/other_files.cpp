// What is no script by its name: side files, which conventions read; code and templates, which can't run inside the
// database; and what looks like a migration but for its ending. Of the last two none is passed over without a word.
#include <algorithm>

#include "core/base/quote.h"
#include "core/convention/names.h"
#include "core/set/including.h"

namespace migrate::convention {
namespace {

constexpr std::string_view kDigits = "0123456789";

// What can't run inside the database, by the ending of its name, and the tool's own way to SQL.
struct Language {
  std::string_view ending;
  std::string_view what;
  std::string_view way = {};
};
constexpr std::string_view kTemplate = "a template";
constexpr std::string_view kCompressed = "a compressed file";
constexpr std::string_view kPython =
    "Let the tool write its SQL, as \"alembic upgrade --sql\" and Django's \"sqlmigrate\" do. ";
constexpr std::string_view kNet = "Let the tool write its SQL, as \"dotnet ef migrations script\" does. ";
constexpr std::string_view kPhp = "Let the tool write its SQL, as \"doctrine:migrations:migrate --write-sql\" does. ";
constexpr Language kLanguages[] = {
    {".go", "Go code"},
    {".ts", "TypeScript code"},
    {".mts", "TypeScript code"},
    {".cts", "TypeScript code"},
    {".js", "JavaScript code"},
    {".mjs", "JavaScript code"},
    {".cjs", "JavaScript code"},
    {".py", "Python code", kPython},
    {".rb", "Ruby code"},
    {".java", "Java code"},
    {".kt", "Kotlin code"},
    {".kts", "Kotlin code"},
    {".groovy", "Groovy code"},
    {".scala", "Scala code"},
    {".php", "PHP code", kPhp},
    {".rs", "Rust code"},
    {".cs", "C# code", kNet},
    {".fs", "F# code", kNet},
    {".vb", "Visual Basic code", kNet},
    {".ex", "Elixir code"},
    {".exs", "Elixir code"},
    {".clj", "Clojure code"},
    {".edn", "Clojure data"},
    {".pl", "Perl code"},
    {".sh", "a shell script"},
    {".yaml", "YAML"},
    {".yml", "YAML"},
    {".xml", "XML"},
    {".hcl", "HCL of Atlas"},
    {".fizz", "Fizz code"},
    {".tmpl", kTemplate},
    {".j2", kTemplate},
    {".erb", kTemplate},
    {".tpl", kTemplate},
    {".mustache", kTemplate},
    {".gz", kCompressed},
    {".bz2", kCompressed},
    {".xz", kCompressed},
    {".zst", kCompressed},
    {".zip", kCompressed},
};

// SQL by another ending: golang-migrate runs any, Flyway those that it is told.
constexpr std::string_view kSqlEndings[] = {".pgsql", ".psql", ".plpgsql", ".pgplsql", ".plsql",
                                            ".pg",    ".ddl",  ".dml",     ".dcl",     ".tsql"};

// Code that is beside migrations in any project.
constexpr std::string_view kPlumbing[] = {"__init__", "mod",     "lib",        "main", "index", "embed",
                                          "env",      "migrate", "migrations", "doc",  "docs",  "package"};

// The name without its last ending.
std::string_view WithoutEnding(std::string_view base) { return base.substr(0, std::min(base.rfind('.'), base.size())); }

// "Migration20240131120000" (MikroORM), "Version20240131120000" (Doctrine), "m20240131_000001_name" (SeaORM),
// "m240131_120000_name" (Yii): a word before a date, as names in code can't begin with a digit.
bool BeginsWithDatedWord(std::string_view stem) {
  constexpr size_t kDate = 6;
  const size_t word = std::min(stem.find_first_of(kDigits), stem.size());
  const auto is_letter = [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
  if (word == 0 || !std::all_of(stem.begin(), stem.begin() + static_cast<std::ptrdiff_t>(word), is_letter))
    return false;
  const std::string_view rest = stem.substr(word);
  return std::min(rest.find_first_not_of(kDigits), rest.size()) >= kDate;
}

// "ae1027a6acf_name" (Alembic): a number in hex digits, which may begin with a letter.
bool BeginsWithRevision(std::string_view stem) {
  constexpr size_t kShortest = 10, kLongest = 13;
  const size_t length = std::min(stem.find_first_not_of("0123456789abcdef"), stem.size());
  return length >= kShortest && length <= kLongest && stem.substr(0, length).find_first_of(kDigits) != stem.npos &&
         (length == stem.size() || stem[length] == '_');
}

const Language* LanguageOf(std::string_view base) {
  const std::string lower = ToLower(base);
  const auto found = std::find_if(std::begin(kLanguages), std::end(kLanguages),
                                  [&](const Language& language) { return lower.ends_with(language.ending); });
  return found == std::end(kLanguages) ? nullptr : found;
}

// "queries.sql.go" is what sqlc makes of queries; a template of SQL is no plumbing.
bool IsMigration(std::string_view path, const Language& language) {
  const std::string_view base = BaseName(path);
  const std::string_view stem = base.substr(0, base.find('.'));
  const bool of_sql = ToLower(base).find(".sql.") != std::string::npos;
  if (language.what == kTemplate && of_sql) return true;
  return NamedAsMigration(path) || BeginsWithDatedWord(stem) || (language.ending == ".py" && BeginsWithRevision(stem));
}

bool IsPlumbing(std::string_view path) {
  const std::string_view base = BaseName(path);
  const std::string stem = ToLower(base.substr(0, base.find('.')));
  return base.find("_test.") != base.npos ||
         std::find(std::begin(kPlumbing), std::end(kPlumbing), stem) != std::end(kPlumbing);
}

// What a tool keeps for itself, by names that look like those of its migrations: drizzle-kit's
// "meta/0000_snapshot.json".
bool IsKept(std::string_view path) { return FolderName(path) == "meta" && path.ends_with("_snapshot.json"); }

bool HasSqlEnding(std::string_view base) {
  const std::string lower = ToLower(base);
  return std::any_of(std::begin(kSqlEndings), std::end(kSqlEndings),
                     [&](std::string_view ending) { return lower.ends_with(ending); });
}

// "0001_name.up.pgsql": golang-migrate runs it, whatever follows the direction. What follows ".sql" is an editor's.
bool IsHalfOfPair(std::string_view path) {
  const std::string_view base = BaseName(path);
  return IsDigit(base[0]) && DirectionOf(WithoutEnding(base)) && ToLower(base).find(".sql") == std::string::npos;
}

}  // namespace

void OtherFiles::Take(SourceFile&& file, Folder& folder, Reading& reading) {
  const std::string_view base = BaseName(file.path);
  if (file.problem) return reading.Refuse(file, *file.problem);
  if (base.empty()) return reading.Ignore(file, "a link to a folder, which is not followed");
  if (base[0] == '.') {
    if (IsSqlFile(base)) reading.Ignore(file, "hidden");
    return;
  }
  if (IsSqlFile(base)) {
    return reading.Refuse(file, "came without its text", "Send its content, or leave it out with leave_out.");
  }
  if (IsRead(file.path) && (LanguageOf(base) == nullptr || IsChangelog(file))) {
    folder.others.push_back(std::move(file));
    return;
  }
  constexpr std::string_view kLeave = "leave the file out with leave_out.";
  if (const Language* const language = LanguageOf(base)) {
    Doubtful doubtful{{},
                      "is " + std::string(language->what) + ", which can't run inside the database",
                      std::string(language->way) + "Write the step in SQL, or " + std::string(kLeave),
                      std::string(language->what) + ": nothing that runs here"};
    if (IsMigration(file.path, *language)) return reading.Refuse(file, doubtful.what, doubtful.hint);
    if (IsPlumbing(file.path)) return reading.Ignore(file, doubtful.why_ignored);
    doubtful.file = std::move(file);
    doubtful_.push_back(std::move(doubtful));
    return;
  }
  const bool named = NamedAsMigration(file.path) && !IsKept(file.path);
  const bool has_sql_ending = HasSqlEnding(base);
  const std::string renamed = std::string(WithoutEnding(base)) + ".sql";
  Doubtful doubtful{{},
                    "does not end in \".sql\"",
                    "Rename it to " + Quoted(renamed) + " if it is a migration, or " + std::string(kLeave),
                    "its name does not end in \".sql\""};
  if ((named && has_sql_ending) || IsHalfOfPair(file.path)) {
    reading.Refuse(file, "is named as a migration, but for its ending", doubtful.hint);
  } else if (named || has_sql_ending) {
    doubtful.file = std::move(file);
    doubtful_.push_back(std::move(doubtful));
  } else {
    folder.others.push_back(std::move(file));
  }
}

void OtherFiles::Judge(const Folder& folder, Reading& reading) {
  for (const auto& doubtful : doubtful_) {
    if (folder.scripts.empty()) {
      reading.Refuse(doubtful.file, doubtful.what, doubtful.hint);
    } else {
      reading.Ignore(doubtful.file, doubtful.why_ignored);
    }
  }
}

}  // namespace migrate::convention
