#include "core/types/node_tree.h"

#include <cstdlib>
#include <string>

#include "core/base/cancel.h"

namespace migrate::types {
namespace {

constexpr std::string_view kBlanks = " \n\t";
constexpr std::string_view kBrackets = "(){}";
// Queries in queries: far more than the server's own stack would bear.
constexpr int kDeepest = 2000;

class Reader {
 public:
  Reader(std::string_view text, const std::function<bool(std::string_view)>& is_wanted)
      : text_(text), is_wanted_(is_wanted) {}

  // False at the end, or of what is no value.
  bool ReadValue(Node& node, int depth);

 private:
  // The next word or bracket; empty at the end. Peek() leaves it there.
  std::string_view Take();
  std::string_view Peek();

  bool ReadNode(Node& node, int depth);
  bool ReadList(Node& node, int depth);
  void SkipValue();

  // What begins the next field or ends the node.
  bool IsAtFieldEnd() {
    const std::string_view next = Peek();
    return next.empty() || next == "}" || next.front() == ':';
  }

  std::string_view text_;
  const std::function<bool(std::string_view)>& is_wanted_;
  size_t at_ = 0;
};

std::string_view Reader::Take() {
  while (at_ < text_.size() && kBlanks.find(text_[at_]) != kBlanks.npos) ++at_;
  const size_t start = at_;
  if (at_ < text_.size() && kBrackets.find(text_[at_]) != kBrackets.npos) return text_.substr(at_++, 1);
  while (at_ < text_.size() && kBlanks.find(text_[at_]) == kBlanks.npos &&
         kBrackets.find(text_[at_]) == kBrackets.npos) {
    at_ += text_[at_] == '\\' && at_ + 1 < text_.size() ? 2 : 1;
  }
  return text_.substr(start, at_ - start);
}

std::string_view Reader::Peek() {
  const size_t start = at_;
  const std::string_view next = Take();
  at_ = start;
  return next;
}

// Some values are several words.
void Reader::SkipValue() {
  int depth = 0;
  while (depth > 0 || !IsAtFieldEnd()) {
    const std::string_view next = Take();
    if (next.empty()) return;
    if (next == "{" || next == "(") ++depth;
    if (next == "}" || next == ")") --depth;
  }
}

bool Reader::ReadNode(Node& node, int depth) {
  node.kind = Node::Kind::kNode;
  node.word = Take();
  while (Peek() != "}") {
    const std::string_view field = Take();
    if (field.empty() || field.front() != ':') return false;
    if (is_wanted_(field.substr(1)) && !IsAtFieldEnd()) {
      node.fields.push_back(field.substr(1));
      if (!ReadValue(node.items.emplace_back(), depth)) return false;
    }
    SkipValue();
  }
  Take();
  return true;
}

// A list of numbers begins with a letter that says of what kind they are.
bool Reader::ReadList(Node& node, int depth) {
  node.kind = Node::Kind::kList;
  if (const auto next = Peek(); next == "i" || next == "o" || next == "b" || next == "x") Take();
  while (Peek() != ")") {
    if (!ReadValue(node.items.emplace_back(), depth)) return false;
  }
  Take();
  return true;
}

bool Reader::ReadValue(Node& node, int depth) {
  if (depth > kDeepest) return false;
  const std::string_view next = Take();
  if (next.empty() || next == "}" || next == ")") return false;
  if (next == "{") return ReadNode(node, depth + 1);
  if (next == "(") return ReadList(node, depth + 1);
  if (next == "<>") return true;
  node.kind = Node::Kind::kWord;
  node.word = next;
  return true;
}

}  // namespace

const Node& Node::operator[](std::string_view field) const {
  static const Node nothing;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i] == field) return items[i];
  }
  return nothing;
}

int64_t Node::Number() const { return kind == Kind::kWord ? std::strtoll(std::string(word).c_str(), nullptr, 10) : 0; }

Node ReadNodeTree(std::string_view text, const std::function<bool(std::string_view field)>& is_wanted) {
  Pass(text.size());
  Node node;
  return Reader(text, is_wanted).ReadValue(node, 0) ? node : Node();
}

}  // namespace migrate::types
