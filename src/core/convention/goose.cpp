// goose: "00001_name.sql" with "-- +goose Up" and "-- +goose Down"; "-- +goose NO TRANSACTION" holds for
// both. StatementBegin and StatementEnd guide a splitter that the server does not need.
#include "core/convention/convention.h"

namespace migrate::convention {
namespace {

MarkedLine MarkOfGoose(std::string_view comment) {
  comment = Trim(comment);
  constexpr std::string_view kWord = "+goose";
  if (!comment.starts_with(kWord)) return {};
  const std::string words = ToLower(Trim(comment.substr(kWord.size())));
  if (words == "up") return {Mark::kUp};
  if (words == "down") return {Mark::kDown};
  if (words == "no transaction") return {Mark::kNoTransaction};
  if (words == "statementbegin" || words == "statementend" || words == "envsub off") return {Mark::kSilent};
  return {Mark::kRefused};
}

constexpr Marks kMarks = {"+goose", MarkOfGoose, true};

bool HasItsMark(const SourceFile& script) { return HasMark(script, kMarks, Mark::kUp); }

}  // namespace

constexpr Convention kGoose = {"goose", true, HasItsMark, [](Folder& folder, const ReadOptions&, Reading& reading) {
                                 ReadMarked(folder, kMarks, reading, HasItsMark);
                               }};

}  // namespace migrate::convention
