// Writes small JSON objects, and reads back the strings of one. Any other JSON is read by the server.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace migrate {

class JsonObject {
 public:
  JsonObject& Add(std::string_view key, std::string_view value);
  JsonObject& Add(std::string_view key, int value);
  JsonObject& Add(std::string_view key, double value);  // with three decimals
  JsonObject& Add(std::string_view key, const std::vector<std::string>& values);
  JsonObject& Add(std::string_view key, const JsonObject& value);
  JsonObject& AddJson(std::string_view key, std::string_view json);  // a value that is JSON already

  bool empty() const { return members_.empty(); }
  std::string Text() const { return "{" + members_ + "}"; }

 private:
  std::string& AddKey(std::string_view key);

  std::string members_;
};

// The strings of a flat array, or the keys and values of a flat object by turns, as the server writes them.
std::vector<std::string> JsonStrings(std::string_view json);

// A JSON string, quoted and escaped; the text must be valid in the server's encoding.
std::string JsonString(std::string_view text);

}  // namespace migrate
