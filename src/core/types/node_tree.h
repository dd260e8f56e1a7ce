// Reads the text in which the server stores the query of a view, as far as one asks for it. Knows how the text is put
// together, and nothing of what it means.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace migrate::types {

// A value: nothing, a word, a node with fields or a list of values. Texts are parts of the one that was read, escapes
// and all.
struct Node {
  enum class Kind { kNothing, kWord, kNode, kList };

  Kind kind = Kind::kNothing;
  std::string_view word;  // of a node its type
  std::vector<std::string_view> fields;
  std::vector<Node> items;  // of a list; of a node what its fields hold

  bool Is(std::string_view type) const { return kind == Kind::kNode && word == type; }
  // The field, or nothing if there is none.
  const Node& operator[](std::string_view field) const;
  int64_t Number() const;  // of a word; 0 of anything else
};

// Values of fields that `is_wanted` does not want are skipped. Nothing of a text that is not put together so.
Node ReadNodeTree(std::string_view text, const std::function<bool(std::string_view field)>& is_wanted);

}  // namespace migrate::types
