// Writes small JSON objects. Reading JSON is the server's business.
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

  bool empty() const { return members_.empty(); }
  std::string Text() const { return "{" + members_ + "}"; }

 private:
  std::string& AddKey(std::string_view key);

  std::string members_;
};

// A JSON string, quoted and escaped; the text must be valid in the server's encoding.
std::string JsonString(std::string_view text);

}  // namespace migrate
