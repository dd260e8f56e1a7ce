// graphile-migrate: "committed/000001.sql" or "000001-name.sql", headed by "--! Previous:" and "--! Hash:", a chain of
// SHA-1 that shows a text changed after it was committed. "current.sql" is still being worked on: not run.
#include <algorithm>
#include <map>

#include "core/convention/convention.h"

namespace migrate::convention {
namespace {

constexpr std::string_view kPrevious = "--! Previous:";
constexpr std::string_view kCommitted = "committed";

// The lines at the top, and what follows.
struct Committed {
  std::map<std::string, std::string> headers;
  std::string_view body;
};

Committed Divide(std::string_view text) {
  Committed committed{{}, WithoutByteOrderMark(text)};
  for (;;) {
    std::string_view rest = committed.body;
    std::string_view line;
    if (!TakeLine(rest, line) || !line.starts_with("--! ") || line.size() < 5) break;
    if (line[4] < 'A' || line[4] > 'Z') break;  // "--! no-transaction" belongs to the body
    line.remove_prefix(4);
    const size_t colon = std::min(line.find(':'), line.size());
    committed.headers[std::string(Trim(line.substr(0, colon)))] =
        std::string(Trim(line.substr(std::min(colon + 1, line.size()))));
    committed.body = rest;
  }
  return committed;
}

// As graphile-migrate computes it, of carriage returns, too.
std::string HashOf(std::string_view body, const std::string& previous, const HasherFactory& new_sha1) {
  std::string text = previous == "-" ? std::string() : previous;
  text += '\n';
  text += Trim(body);
  const auto hasher = new_sha1();
  hasher->Add(Trim(text));
  hasher->Add("\n");
  return "sha1:" + hasher->Finish();
}

class Chain {
 public:
  Chain(const ReadOptions& options, Reading& reading) : options_(options), reading_(reading) {}

  void Take(SourceFile& file) {
    Committed committed = Divide(file.content);
    const auto hash = committed.headers.find("Hash");
    const auto previous = committed.headers.find("Previous");
    if (file.problem) return reading_.Refuse(file, *file.problem);
    if (hash == committed.headers.end() || previous == committed.headers.end()) {
      return reading_.Refuse(file, "has no \"--! Previous:\" and \"--! Hash:\" at its top",
                             "Commit it with graphile-migrate, or leave it out with leave_out.");
    }
    const bool any_hash = committed.headers.contains("AllowInvalidHash");
    if (previous->second != last_) {
      return reading_.Refuse(file,
                             Error(sqlstate::kTextChanged, "file \"" + file.path + "\" breaks the chain of hashes",
                                   "It follows " + previous->second + ", and before it stands " + last_ + ".",
                                   "A file is missing, out of place, or was committed again."));
    }
    last_ = hash->second;
    if (options_.new_sha1 && !any_hash) {
      const std::string now = HashOf(committed.body, previous->second, options_.new_sha1);
      if (now != hash->second) {
        return reading_.Refuse(
            file, Error(sqlstate::kTextChanged, "file \"" + file.path + "\" has changed since it was committed",
                        "Its hash was " + hash->second + " and is " + now + ".",
                        "Restore the text, or add \"--! AllowInvalidHash\" to its top as graphile-migrate wants it."));
      }
    }
    Keep(file, committed);
  }

 private:
  void Keep(SourceFile& file, const Committed& committed) {
    const std::string_view first = TrimLeft(committed.body);
    const bool alone = first.starts_with("--! no-transaction");
    std::string stem(Stem(file.path));
    std::replace(stem.begin(), stem.end(), '-', '_');
    Part part = PartOf(file, ParseMigrationName(stem), Section::kUp);
    if (alone) part.traits.no_transaction = "--! no-transaction";
    reading_.parts.push_back(std::move(part));
  }

  const ReadOptions& options_;
  Reading& reading_;
  std::string last_ = "-";
};

// The folder that holds what was committed: where there is none of that name, the one that was given.
std::string_view FolderOfCommitted(const Folder& folder) {
  const auto in_committed = [](const SourceFile& file) { return FolderName(file.path) == kCommitted; };
  return std::any_of(folder.scripts.begin(), folder.scripts.end(), in_committed) ? kCommitted : "";
}

}  // namespace

constexpr Convention kGraphile = {
    "graphile-migrate", true, [](const SourceFile& script) { return script.content.starts_with(kPrevious); },
    [](Folder& folder, const ReadOptions& options, Reading& reading) {
      std::sort(folder.scripts.begin(), folder.scripts.end(),
                [](const SourceFile& a, const SourceFile& b) { return BaseName(a.path) < BaseName(b.path); });
      reading.colon_placeholders = true;
      const std::string_view committed = FolderOfCommitted(folder);
      Chain chain(options, reading);
      for (auto& file : folder.scripts) {
        if (IsDigit(BaseName(file.path)[0]) && FolderName(file.path) == committed) {
          try {
            chain.Take(file);
          } catch (const Error& error) {
            reading.Refuse(file, error);
          }
        } else {
          reading.Ignore(file, "not committed");
        }
      }
    }};

}  // namespace migrate::convention
