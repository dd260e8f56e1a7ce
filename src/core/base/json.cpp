#include "core/base/json.h"

#include "core/base/cancel.h"
#include "core/base/text.h"

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

JsonObject& JsonObject::Add(std::string_view key, const JsonObject& value) { return AddJson(key, value.Text()); }

JsonObject& JsonObject::AddJson(std::string_view key, std::string_view json) {
  AddKey(key) += json;
  return *this;
}

std::string& JsonObject::AddKey(std::string_view key) {
  if (!members_.empty()) members_ += ',';
  return members_.append(JsonString(key)).append(":");
}

std::vector<std::string> JsonStrings(std::string_view json) {
  constexpr std::string_view kEscapes = "b\bf\fn\nr\rt\t";  // a letter, and what it means
  std::vector<std::string> strings;
  bool inside = false;
  for (size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '"') {
      if (inside = !inside; inside) strings.emplace_back();
    } else if (inside && json[i] == '\\' && ++i < json.size()) {
      const size_t letter = kEscapes.find(json[i]);
      if (json[i] == 'u') {  // the server escapes control characters only
        strings.back() += static_cast<char>(std::stoi(std::string(json.substr(i + 1, 4)), nullptr, 16));
        i += 4;
      } else {
        strings.back() += letter == kEscapes.npos ? json[i] : kEscapes[letter + 1];
      }
    } else if (inside) {
      strings.back() += json[i];
    }
  }
  return strings;
}

std::string JsonString(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string quoted = "\"";
  for (const char c : text) {
    Pass(1);
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
