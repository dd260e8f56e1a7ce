#include "core/json.h"

#include "core/text.h"

namespace migrate {

JsonObject& JsonObject::Add(std::string_view key, std::string_view value) {
  AddKey(key) += JsonString(value);
  return *this;
}

JsonObject& JsonObject::Add(std::string_view key, int value) {
  AddKey(key) += std::to_string(value);
  return *this;
}

JsonObject& JsonObject::Add(std::string_view key, double value) {
  AddKey(key) += NumberText(value);
  return *this;
}

JsonObject& JsonObject::Add(std::string_view key, const std::vector<std::string>& values) {
  std::string& text = AddKey(key) += '[';
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) text += ',';
    text += JsonString(values[i]);
  }
  text += ']';
  return *this;
}

JsonObject& JsonObject::Add(std::string_view key, const JsonObject& value) {
  AddKey(key) += value.Text();
  return *this;
}

std::string& JsonObject::AddKey(std::string_view key) {
  if (!members_.empty()) members_ += ',';
  return members_.append(JsonString(key)).append(":");
}

std::string JsonString(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (byte < 0x20) {
      quoted.append("\\u00").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
    } else {
      quoted += c;
    }
  }
  return quoted += '"';
}

}  // namespace migrate
