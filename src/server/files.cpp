#include "server/files.h"

#include <algorithm>

#include "core/error.h"
#include "core/text.h"
#include "server/guard.h"
#include "server/settings.h"

namespace migrate {
namespace {

std::string Quoted(const std::string& text) { return "\"" + text + "\""; }

void RequireFileAccess() {
  if (Call([]() noexcept { return has_privs_of_role(GetUserId(), ROLE_PG_READ_SERVER_FILES); })) return;
  throw Error(sqlstate::kInsufficientPrivilege, "permission denied to read files of the server",
              "Only roles with privileges of \"pg_read_server_files\" may.",
              "Send the texts with migrate_load(files) instead, or have the role granted.");
}

// The names in a directory, null-terminated, in memory of the current context.
struct NameList {
  char** names;
  int count;
  bool found;
};

NameList ListDirectoryLeaf(const char* path, bool missing_ok) {
  NameList list = {nullptr, 0, false};
  DIR* directory = AllocateDir(path);
  if (directory == nullptr) {
    if (missing_ok && errno == ENOENT) return list;
    ereport(ERROR,
            (errcode_for_file_access(), errmsg("could not open directory \"%s\": %m", path),
             errdetail("The server process opens it, on the server's machine."),
             errhint("Give an absolute path that the server may read, or send the texts with migrate_load(files).")));
  }
  list.found = true;
  int room = 0;
  while (struct dirent* entry = ReadDir(directory, path)) {
    if (list.count == room) {
      room = Max(64, room * 2);
      list.names =
          static_cast<char**>(list.names == nullptr ? palloc(sizeof(char*) * static_cast<size_t>(room))
                                                    : repalloc(list.names, sizeof(char*) * static_cast<size_t>(room)));
    }
    list.names[list.count++] = pstrdup(entry->d_name);
  }
  FreeDir(directory);
  return list;
}

enum class FileKind { kFile, kFolder, kOther };

struct FileStatus {
  int64 bytes;
  FileKind kind;
};

// A link to a file is a file; one to a folder is not followed: it may lead round in a circle.
FileStatus FileStatusLeaf(const char* path) {
  struct stat status;
  if (lstat(path, &status) != 0) {
    ereport(ERROR, (errcode_for_file_access(), errmsg("could not stat file \"%s\": %m", path)));
  }
  const bool is_link = S_ISLNK(status.st_mode);
  if (is_link && stat(path, &status) != 0) {
    ereport(ERROR, (errcode_for_file_access(), errmsg("could not stat file \"%s\": %m", path)));
  }
  const FileKind kind = S_ISREG(status.st_mode)               ? FileKind::kFile
                        : S_ISDIR(status.st_mode) && !is_link ? FileKind::kFolder
                                                              : FileKind::kOther;
  return {status.st_size, kind};
}

// Reads up to `size` bytes; returns how many there were.
size_t ReadFileLeaf(const char* path, char* buffer, size_t size) {
  FILE* file = AllocateFile(path, PG_BINARY_R);
  if (file == nullptr) {
    ereport(ERROR, (errcode_for_file_access(), errmsg("could not open file \"%s\" for reading: %m", path)));
  }
  const size_t bytes = fread(buffer, 1, size, file);
  if (ferror(file)) ereport(ERROR, (errcode_for_file_access(), errmsg("could not read file \"%s\": %m", path)));
  FreeFile(file);
  return bytes;
}

int ValidLengthLeaf(const char* text, size_t size) {
  return pg_encoding_verifymbstr(PG_UTF8, text, static_cast<int>(size));
}

char* ToServerEncodingLeaf(const char* text, size_t size) {
  return pg_any_to_server(text, static_cast<int>(size), PG_UTF8);
}

// What a directory holds, by name, but for what is hidden.
std::vector<std::string> FileNames(const std::string& directory, bool missing_ok) {
  const char* const path = directory.c_str();
  const NameList list = Call([=]() noexcept { return ListDirectoryLeaf(path, missing_ok); });
  std::vector<std::string> names;
  for (int i = 0; i < list.count; ++i) {
    std::string name = list.names[i];
    if (!name.starts_with('.')) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string ReadFile(const std::string& path, const std::string& name, size_t size) {
  RequireTextSize(name, size);
  std::string content(size, '\0');
  const char* const file_path = path.c_str();
  char* const buffer = content.data();
  content.resize(Call([=]() noexcept { return ReadFileLeaf(file_path, buffer, size); }));
  return CheckedText(name, std::move(content));
}

// A name that is not UTF-8, as a message can show it.
std::string Printable(const std::string& name) {
  std::string printable;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      printable += c;
    } else {
      printable.append("\\x").append(1, "0123456789abcdef"[byte >> 4]).append(1, "0123456789abcdef"[byte & 15]);
    }
  }
  return printable;
}

std::string CheckedName(const std::string& name) {
  const char* const data = name.data();
  const size_t size = name.size();
  if (static_cast<size_t>(Call([=]() noexcept { return ValidLengthLeaf(data, size); })) == size) {
    return CheckedText(name, name);
  }
  throw Error(sqlstate::kNotInEncoding, "the name of file " + Quoted(Printable(name)) + " is not valid UTF-8", {},
              "Rename the file.");
}

// Texts, and what tools keep beside them. Of other files only the name counts.
bool IsRead(const std::string& name) {
  return IsSqlFile(name) || name == "sqitch.plan" || name == "sqitch.conf" || name == "metadata.toml" ||
         name == "_journal.json" || ToLower(name).ends_with(".sql.conf");
}

void RequireFewFiles(size_t count) {
  constexpr size_t kMostFiles = 100000;
  if (count < kMostFiles) return;
  throw Error(sqlstate::kProgramLimit, "the directory holds more than " + std::to_string(kMostFiles) + " files", {},
              "Name the folder of the migrations alone.");
}

void AppendFiles(const std::string& directory, const std::string& prefix, bool missing_ok,
                 std::vector<SourceFile>& files) {
  for (const auto& name : FileNames(directory, missing_ok)) {
    const std::string path = directory + "/" + name;
    const char* const file_path = path.c_str();
    const FileStatus status = Call([=]() noexcept { return FileStatusLeaf(file_path); });
    if (status.kind == FileKind::kFolder) AppendFiles(path, prefix + CheckedName(name) + "/", false, files);
    if (status.kind != FileKind::kFile || name.find('.') == name.npos) continue;
    RequireFewFiles(files.size());
    SourceFile file{prefix + Printable(name), {}, {}};
    // A text that is refused is reported with the other problems of the source; one that can't be
    // opened ends the load, as every error of the server does.
    try {
      file.path = prefix + CheckedName(name);
      if (IsRead(name)) file.content = ReadFile(path, name, static_cast<size_t>(status.bytes));
    } catch (const Error& error) {
      if (error.source_file != nullptr) throw;
      file.problem = error;
    }
    files.push_back(std::move(file));
  }
}

// Where the first character stands that the server's encoding does not have.
Position FindInconvertible(const std::string& text) {
  Position position;
  std::string_view rest = text, line;
  while (TakeLine(rest, line)) {
    const char* const data = line.data();
    const size_t size = line.size();
    if (TryCall([=]() noexcept { (void) ToServerEncodingLeaf(data, size); })) break;
    ++position.line;
  }
  return position;
}

std::string ToServerEncoding(const std::string& name, const std::string& text) {
  const char* const data = text.data();
  const size_t size = text.size();
  const char* converted = nullptr;
  const char** const result = &converted;
  const auto failure = TryCall([=]() noexcept { *result = ToServerEncodingLeaf(data, size); });
  if (!failure) return converted == data ? text : std::string(converted);
  throw Error(failure->sqlstate, "file " + Quoted(name) + " can't be converted to the encoding of this database",
              "It stops in line " + std::to_string(FindInconvertible(text).line) + ": " + failure->message + ".",
              "Write the character in another way, or use a database in UTF-8.");
}

}  // namespace

Directory ReadDirectory(const std::string& path) {
  RequireFileAccess();
  if (!path.starts_with('/')) {
    throw Error(sqlstate::kUndefinedFile, "directory " + Quoted(path) + " has no absolute path",
                "The server process opens it, and its current directory is not yours.",
                "Give an absolute path on the server's machine.");
  }
  Directory directory;
  directory.path = path;
  while (directory.path.size() > 1 && directory.path.ends_with('/')) directory.path.pop_back();
  AppendFiles(directory.path, "", false, directory.files);
  if (BaseName(directory.path) == "migrations") {
    const std::string parent = directory.path.substr(0, directory.path.size() - std::string_view("migrations").size());
    AppendFiles(parent + "rollbacks", "rollbacks/", true, directory.files);
  }
  return directory;
}

std::string CheckedText(const std::string& name, std::string text) {
  const char* const data = text.data();
  const size_t size = text.size();
  const int valid = Call([=]() noexcept { return ValidLengthLeaf(data, size); });
  if (static_cast<size_t>(valid) != size) {
    const Position position = Advance({}, std::string_view(text).substr(0, static_cast<size_t>(valid)));
    throw Error(sqlstate::kNotInEncoding, "file " + Quoted(name) + " is not valid UTF-8",
                "The first byte that is not stands in line " + std::to_string(position.line) + ", column " +
                    std::to_string(position.column) + ".",
                "Convert the file, for example with iconv -f latin1 -t utf8.");
  }
  return GetDatabaseEncoding() == PG_UTF8 ? text : ToServerEncoding(name, text);
}

void RequireTextSize(const std::string& name, size_t size) {
  if (size <= MaxTextBytes()) return;
  throw Error(sqlstate::kProgramLimit, "text of " + Quoted(name) + " is too large",
              "It has " + std::to_string(size) + " bytes; migrate.max_text_size allows " +
                  std::to_string(MaxTextBytes()) + ".",
              "Raise migrate.max_text_size, or load bulk data with COPY outside of migrations.");
}

}  // namespace migrate
