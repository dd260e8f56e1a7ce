#include "server/base/files.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/quote.h"
#include "core/base/text.h"
#include "server/base/guard.h"
#include "server/base/settings.h"

namespace migrate {
namespace {

void RequireFileAccess() {
  if (Call([]() noexcept { return has_privs_of_role(GetUserId(), ROLE_PG_READ_SERVER_FILES); })) return;
  throw Error(sqlstate::kInsufficientPrivilege, "permission denied to read files of the server",
              "Only roles with privileges of \"pg_read_server_files\" may.",
              "Send the texts with migrate_load(files) instead, or have the role granted.");
}

// What the system says of a file or a folder, by errno.
Error Unreadable(const std::string& what, int problem) {
  const char* const state = problem == EACCES || problem == EPERM ? sqlstate::kInsufficientPrivilege
                            : problem == ENOENT                   ? sqlstate::kUndefinedFile
                            : problem == ENOTDIR                  ? sqlstate::kWrongObjectType
                                                                  : sqlstate::kIoError;
  return {state,
          "could not open " + what + ": " + strerror(problem),
          {},
          "Let the server's user read it, or leave it out with leave_out."};
}

struct PlainEntry {
  char* name;
  bool is_file;  // for certain: most systems say so with the name
};

// What a directory holds, in memory of the current context.
struct EntryList {
  PlainEntry* entries;
  int count;
  int problem;  // errno
};

bool IsFileLeaf(const struct dirent* entry) {
#ifdef DT_REG
  return entry->d_type == DT_REG;
#else
  return false;
#endif
}

EntryList ListDirectoryLeaf(const char* path) {
  EntryList list = {nullptr, 0, 0};
  DIR* directory = AllocateDir(path);
  if (directory == nullptr) {
    list.problem = errno;
    return list;
  }
  int room = 0;
  while (struct dirent* entry = ReadDir(directory, path)) {
    if (list.count == room) {
      room = Max(64, room * 2);
      const Size bytes = sizeof(PlainEntry) * static_cast<size_t>(room);
      list.entries = static_cast<PlainEntry*>(list.entries == nullptr ? palloc(bytes) : repalloc(list.entries, bytes));
    }
    list.entries[list.count++] = {pstrdup(entry->d_name), IsFileLeaf(entry)};
  }
  FreeDir(directory);
  return list;
}

enum class FileKind { kFile, kFolder, kLinkedFolder, kOther };

struct FileStatus {
  FileKind kind;
  int problem;  // errno
};

// A link to a file is a file; one to a folder is not followed: it may lead round in a circle.
FileStatus FileStatusLeaf(const char* path) {
  struct stat status;
  if (lstat(path, &status) != 0) return {FileKind::kFile, errno};
  const bool is_link = S_ISLNK(status.st_mode);
  if (is_link && stat(path, &status) != 0) return {FileKind::kFile, errno};
  const FileKind kind = S_ISREG(status.st_mode)    ? FileKind::kFile
                        : !S_ISDIR(status.st_mode) ? FileKind::kOther
                        : is_link                  ? FileKind::kLinkedFolder
                                                   : FileKind::kFolder;
  return {kind, 0};
}

struct OpenFile {
  int file;
  size_t size;
  int problem;  // errno
};

OpenFile OpenFileLeaf(const char* path) {
  const int file = OpenTransientFile(path, O_RDONLY | PG_BINARY);
  struct stat status;
  if (file >= 0 && fstat(file, &status) == 0) return {file, static_cast<size_t>(status.st_size), 0};
  const int problem = errno;
  if (file >= 0) CloseTransientFile(file);
  return {-1, 0, problem};
}

struct FileRead {
  size_t bytes;  // up to one more than the size, which shows that there are more
  int problem;   // errno
};

// Reads up to `size` bytes, tries for one more, and closes the file.
FileRead ReadFileLeaf(int file, char* buffer, size_t size) {
  FileRead result = {0, 0};
  char beyond;
  while (result.bytes <= size) {
    const bool is_full = result.bytes == size;
    const ssize_t bytes = is_full ? read(file, &beyond, 1) : read(file, buffer + result.bytes, size - result.bytes);
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) result.problem = errno;
    if (bytes <= 0) break;
    result.bytes += static_cast<size_t>(bytes);
  }
  CloseTransientFile(file);
  return result;
}

int ValidLengthLeaf(const char* text, size_t size) {
  return pg_encoding_verifymbstr(PG_UTF8, text, static_cast<int>(size));
}

char* ToServerEncodingLeaf(const char* text, size_t size) {
  return pg_any_to_server(text, static_cast<int>(size), PG_UTF8);
}

// What Windows calls Unicode: by its mark, or by the zeros of its Latin letters.
bool IsUtf16(std::string_view text) {
  if (text.size() < 2) return false;
  return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") || (text[0] == '\0') != (text[1] == '\0');
}

void RequireUtf8(const std::string& name, const std::string& text) {
  const char* const data = text.data();
  const size_t size = text.size();
  const auto valid = static_cast<size_t>(Call([=]() noexcept { return ValidLengthLeaf(data, size); }));
  if (valid == size) return;
  if (IsUtf16(text)) {
    throw Error(sqlstate::kNotInEncoding, "file " + Quoted(name) + " is in UTF-16, not in UTF-8", {},
                "Convert the file, for example with iconv -f utf-16 -t utf8.");
  }
  const Position position = Advance({}, std::string_view(text).substr(0, valid));
  throw Error(sqlstate::kNotInEncoding, "file " + Quoted(name) + " is not valid UTF-8",
              "The first byte that is not stands in line " + std::to_string(position.line) + ", column " +
                  std::to_string(position.column) + ".",
              "Convert the file, for example with iconv -f latin1 -t utf8.");
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

struct DirectoryEntry {
  std::string name;
  bool is_file;

  bool operator<(const DirectoryEntry& other) const { return name < other.name; }
};

// What a directory holds, by name, but for what is hidden: of that only scripts are told of. What packages bring along
// is nobody's migration.
std::vector<DirectoryEntry> EntriesOf(const std::string& directory, bool missing_ok) {
  const char* const path = directory.c_str();
  const EntryList list = Call([=]() noexcept { return ListDirectoryLeaf(path); });
  std::vector<DirectoryEntry> entries;
  if (list.problem == ENOENT && missing_ok) return entries;
  if (list.problem != 0) {
    Error error = Unreadable("directory " + Quoted(directory), list.problem);
    error.detail = "The server process opens it, on the server's machine.";
    error.hint = "Give an absolute path that the server may read, or send the texts with migrate_load(files).";
    throw error;
  }
  for (int i = 0; i < list.count; ++i) {
    const PlainEntry& entry = list.entries[i];
    const std::string_view name = entry.name;
    if (name == "node_modules" || (name[0] == '.' && !IsSqlFile(name))) continue;
    entries.push_back({entry.name, entry.is_file});
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

Error NotReadable(const std::string& name, const std::string& what, const std::string& detail) {
  return {sqlstate::kWrongObjectType, "file " + Quoted(name) + " " + what, detail,
          "Put an ordinary file there, or leave it out with leave_out."};
}

// The bytes of a file; nothing of one that is too large.
std::string ReadFile(const std::string& path, const std::string& name, size_t& size) {
  const char* const file_path = path.c_str();
  const OpenFile open = Call([=]() noexcept { return OpenFileLeaf(file_path); });
  if (open.problem != 0) throw Unreadable("file " + Quoted(name), open.problem);
  size = open.size;
  const bool fits = open.size <= MaxTextBytes();
  std::string content(fits ? open.size : 0, '\0');
  char* const buffer = content.data();
  const size_t room = content.size();
  const FileRead read = Call([=]() noexcept { return ReadFileLeaf(open.file, buffer, room); });
  if (!fits) return {};
  if (read.problem != 0) throw Unreadable("file " + Quoted(name), read.problem);
  if (read.bytes > room) {
    throw NotReadable(name, "has more in it than its size says",
                      room == 0 ? "Files of the system, as in /proc, have no size of their own."
                                : "Somebody writes to it.");
  }
  content.resize(read.bytes);
  return content;
}

bool IsAscii(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; });
}

// A name that is not UTF-8, as a message can show it.
std::string Printable(const std::string& name) {
  if (IsAscii(name)) return name;
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
  // It is the same in every encoding of a server.
  if (IsAscii(name)) return name;
  const char* const data = name.data();
  const size_t size = name.size();
  if (static_cast<size_t>(Call([=]() noexcept { return ValidLengthLeaf(data, size); })) == size) {
    return CheckedText(name, name);
  }
  throw Error(sqlstate::kNotInEncoding, "the name of file " + Quoted(Printable(name)) + " is not valid UTF-8", {},
              "Rename the file.");
}

void RequireFewFiles(size_t count) {
  constexpr size_t kMostFiles = 100000;
  if (count < kMostFiles) return;
  throw Error(sqlstate::kProgramLimit, "the directory holds more than " + std::to_string(kMostFiles) + " files", {},
              "Name the folder of the migrations alone.");
}

// Runs `read`. What can't be read becomes the file's problem, which is told with the others of the source; what the
// server itself refuses ends the load.
template <typename Read>
void Try(SourceFile& file, Read read) {
  try {
    read();
  } catch (const Error& error) {
    if (error.source_file != nullptr) throw;
    file.problem = error;
  }
}

class Walk {
 public:
  explicit Walk(std::vector<SourceFile>& files) : files_(files) {}

  // `prefix` is what the paths of the files begin with.
  void Take(const std::string& directory, const std::string& prefix, const std::vector<DirectoryEntry>& entries) {
    for (const auto& [name, is_file] : entries) {
      const std::string path = directory + "/" + name;
      const char* const file_path = path.c_str();
      FileStatus status = {FileKind::kFile, 0};
      if (!is_file) status = Call([=]() noexcept { return FileStatusLeaf(file_path); });
      if (status.kind == FileKind::kFolder && name[0] != '.') {
        TakeFolder(path, prefix, name);
      } else if (status.kind == FileKind::kLinkedFolder) {
        TakeLinkedFolder(prefix, name);
      } else if (status.kind != FileKind::kFolder) {
        TakeFile(path, prefix, name, status);
      }
    }
  }

 private:
  // It may lead round in a circle.
  void TakeLinkedFolder(const std::string& prefix, const std::string& name) {
    if (name[0] != '.') Keep({prefix + Printable(name) + "/", {}, {}, true});
  }

  void TakeFolder(const std::string& path, const std::string& prefix, const std::string& name) {
    SourceFile folder{prefix + Printable(name) + "/", {}, {}, true};
    std::vector<DirectoryEntry> entries;
    Try(folder, [&] {
      folder.path = prefix + CheckedName(name) + "/";
      entries = EntriesOf(path, false);
    });
    if (folder.problem) return Keep(std::move(folder));
    Take(path, folder.path, entries);
  }

  void TakeFile(const std::string& path, const std::string& prefix, const std::string& name, const FileStatus& status) {
    SourceFile file{prefix + Printable(name), {}, {}, true};
    Try(file, [&] { file.path = prefix + CheckedName(name); });
    if (!IsRead(name) || name[0] == '.') {
      file.problem = {};
      return Keep(std::move(file));
    }
    Try(file, [&] {
      if (status.problem != 0) throw Unreadable("file " + Quoted(file.path), status.problem);
      if (status.kind == FileKind::kOther)
        throw NotReadable(file.path, "is no ordinary file", "It is a pipe, a socket or a device.");
      ReadText(path, file);
    });
    Keep(std::move(file));
  }

  // Bytes that are no text stay: they may bear the mark of a convention, which then reads the others, too.
  static void ReadText(const std::string& path, SourceFile& file) {
    size_t size = 0;
    file.content = ReadFile(path, file.path, size);
    file.unread = false;
    RequireTextSize(file.path, size);
    RequireUtf8(file.path, file.content);
    if (GetDatabaseEncoding() != PG_UTF8) file.content = ToServerEncoding(file.path, file.content);
  }

  void Keep(SourceFile&& file) {
    RequireFewFiles(files_.size());
    files_.push_back(std::move(file));
  }

  std::vector<SourceFile>& files_;
};

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
  Walk walk(directory.files);
  walk.Take(directory.path, "", EntriesOf(directory.path, false));
  if (BaseName(directory.path) == "migrations") {
    const std::string parent = directory.path.substr(0, directory.path.size() - std::string_view("migrations").size());
    walk.Take(parent + "rollbacks", "rollbacks/", EntriesOf(parent + "rollbacks", true));
  }
  return directory;
}

std::string CheckedText(const std::string& name, std::string text) {
  RequireUtf8(name, text);
  return GetDatabaseEncoding() == PG_UTF8 ? std::move(text) : ToServerEncoding(name, text);
}

void RequireTextSize(const std::string& name, size_t size) {
  if (size <= MaxTextBytes()) return;
  throw Error(sqlstate::kProgramLimit, "text of " + Quoted(name) + " is too large",
              "It has " + std::to_string(size) + " bytes; migrate.max_text_size allows " +
                  std::to_string(MaxTextBytes()) + ".",
              "Raise migrate.max_text_size, or load bulk data with COPY outside of migrations.");
}

}  // namespace migrate
