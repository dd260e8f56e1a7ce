#include "core/set/including.h"
#include "core/base/quote.h"

#include <algorithm>
#include <map>

#include "core/base/cancel.h"
#include "core/convention/names.h"
#include "core/text/lexer.h"
#include "core/text/psql_commands.h"

namespace migrate {
namespace {

constexpr int kDeepest = 100;
constexpr size_t kTimesLarger = 64;  // than all files together may be what is included
constexpr size_t kSmall = 1024 * 1024;

// Without "." and ".."; empty if it leads out of the source.
std::string Normal(const std::string& path) {
  std::vector<std::string> parts;
  if (path.starts_with('/')) return {};
  for (auto& part : SplitList(path, '/')) {
    if (part == ".") continue;
    if (part != "..") {
      parts.push_back(std::move(part));
    } else if (parts.empty()) {
      return {};
    } else {
      parts.pop_back();
    }
  }
  return Join(parts, "/");
}

class Includer {
 public:
  Includer(convention::Folder& folder, SourceFiles& left_out) {
    // Of files with another ending the text may not have been read.
    for (SourceFiles* const files : {&left_out, &folder.scripts}) {
      for (auto& file : *files) {
        if (!IsSqlFile(file.path)) continue;
        nodes_[file.path] = {&file};
        allowed_ += file.content.size();
      }
    }
    allowed_ = allowed_ * kTimesLarger + kSmall;
  }

  void Follow(SourceFile& file) {
    if (!IsSqlFile(file.path)) return;
    try {
      Expand(nodes_[file.path], 0);
    } catch (const Error& error) {
      LetCancelPass(error);
      if (!file.problem) file.problem = error;
    }
  }

  // Which file includes this one first; null if none does.
  const std::string* Includes(const SourceFile& file) const {
    const auto found = included_.find(file.path);
    return found == included_.end() ? nullptr : &found->second;
  }

 private:
  struct Node {
    SourceFile* file = nullptr;
    bool expanding = false;
    bool expanded = false;
    bool open = false;  // its last statement has no semicolon, which psql would
                        // run all the same
  };

  void Expand(Node& node, int depth) {
    if (node.file->problem) throw *node.file->problem;
    if (node.expanded) return;
    // Most texts include nothing, and need not be cut into pieces for that.
    if (depth > 0 || node.file->content.find("\\i") != std::string::npos) ExpandText(node, depth);
    node.expanded = true;
  }

  void ExpandText(Node& node, int depth) {
    const std::string text = std::move(node.file->content);
    node.file->content.clear();
    std::string expanded;
    size_t copied = 0;
    node.expanding = true;
    Lexer lexer(text, true);
    try {
      while (const auto piece = lexer.Next()) {
        if (piece->kind == PieceKind::kStatement) node.open = !piece->terminated;
        if (piece->kind != PieceKind::kMetaCommand || node.open) continue;
        const auto include = ParsePsqlInclude(piece->text);
        if (!include) continue;
        Node& target = Find(node, text, *piece, *include, depth);
        expanded.append(text, copied, piece->begin - copied);
        expanded += WithoutByteOrderMark(target.file->content);
        if (target.open) expanded += "\n;";
        copied = piece->end;
        Count(node, target);
      }
    } catch (const Error&) {
      node.expanding = false;
      node.file->content = text;
      throw;
    }
    node.expanding = false;
    node.file->content = copied == 0 ? text : expanded.append(text, copied);
  }

  Node& Find(Node& node, const std::string& text, const Piece& piece, const PsqlInclude& include, int depth) {
    const std::string& from = node.file->path;
    // Only of one that fails: counting lines goes over all the text before it.
    const auto place = [&] {
      return "file " + Quoted(from) + ", line " +
             std::to_string(Advance({}, std::string_view(text).substr(0, piece.begin)).line);
    };
    const std::string folder(include.relative ? FolderOf(from) : std::string_view());
    const bool beside = folder.empty() || include.path.starts_with('/');
    const auto found = nodes_.find(Normal(beside ? include.path : folder + "/" + include.path));
    if (found == nodes_.end()) {
      throw Error(sqlstate::kUndefinedFile, place() + ": there is no file " + Quoted(include.path) + " to include",
                  include.relative ? "The path counts from the folder of the file that says \\ir."
                                   : "The path counts from the folder that is loaded.",
                  IsSqlFile(include.path) ? "Load a folder that holds both files."
                                          : "Only files that end in \".sql\" are read: name it so.");
    }
    if (found->second.expanding) {
      throw Error(sqlstate::kInvalidDefinition, place() + ": the file includes itself",
                  Quoted(found->first) + " is being read already.", "Take one of the lines out.");
    }
    if (depth >= kDeepest) {
      throw Error(sqlstate::kProgramLimit, place() + ": files include each other too deeply", {},
                  "No more than " + std::to_string(kDeepest) + " may stand one in the other.");
    }
    Expand(found->second, depth + 1);
    included_.emplace(found->first, from);
    return found->second;
  }

  void Count(const Node& node, const Node& target) {
    included_bytes_ += target.file->content.size();
    if (included_bytes_ <= allowed_) return;
    throw Error(sqlstate::kProgramLimit, "file " + Quoted(node.file->path) + " includes too much",
                "What is included is more than " + std::to_string(kTimesLarger) +
                    " times as large as all files together.",
                "Include each file where it is needed, and only there.");
  }

  std::map<std::string, Node, std::less<>> nodes_;  // by path
  std::map<std::string, std::string> included_;     // path, and the first that includes it
  size_t allowed_ = 0;
  size_t included_bytes_ = 0;
};

// Sqitch runs what its plan names, whatever the rest is called.
bool IsPlanned(const convention::Folder& folder) {
  return std::any_of(folder.others.begin(), folder.others.end(),
                     [](const SourceFile& file) { return file.path.ends_with(".plan"); });
}

}  // namespace

void FollowIncludes(convention::Folder& folder, SourceFiles& left_out, Reading& reading) {
  Includer includer(folder, left_out);
  for (auto& file : folder.scripts) includer.Follow(file);
  if (IsPlanned(folder)) return;
  std::erase_if(folder.scripts, [&](SourceFile& file) {
    const std::string* const by = includer.Includes(file);
    if (by == nullptr) return false;
    if (!NamedAsMigration(file.path)) {
      reading.Ignore(file, "included by " + Quoted(*by));
      return true;
    }
    file.problem = Error(sqlstate::kDuplicateObject,
                         "file " + Quoted(file.path) + " is named as a migration and included by " + Quoted(*by),
                         "It would run twice.", "Leave one of the two out with leave_out: it can still be included.");
    return false;
  });
}

bool NamedAsMigration(std::string_view path) {
  const std::string_view base = BaseName(path);
  if (base.find("_test.") != base.npos) return false;
  const std::string_view folder = FolderName(path);
  const std::string_view stem = base.substr(0, base.find('.'));
  if (!folder.empty() && IsDigit(folder[0]) && (stem == "up" || stem == "migration")) return true;
  return IsDigit(base[0]) || (std::string_view("VURB").find(base[0]) != std::string_view::npos &&
                              base.find("__") != base.npos && (IsDigit(base[1]) || base[1] == '_'));
}

}  // namespace migrate
