#include "core/base/message.h"

#include <algorithm>
#include <array>

namespace migrate {
namespace {

constexpr std::array kTexts = {
    &Error::sqlstate,        &Error::message,        &Error::detail,     &Error::hint,        &Error::context,
    &Error::place,           &Error::schema_name,    &Error::table_name, &Error::column_name, &Error::datatype_name,
    &Error::constraint_name, &Error::internal_query, &Error::statement,
};
constexpr std::array kNumbers = {&Error::cursor_position, &Error::internal_position, &Error::line, &Error::column};

}  // namespace

std::string Joined(const std::vector<std::string>& texts) {
  std::string message;
  for (const auto& text : texts) message.append(text).push_back('\0');
  return message;
}

std::vector<std::string> Divided(std::string_view message) {
  std::vector<std::string> texts;
  while (!message.empty()) {
    const size_t end = message.find('\0');
    texts.emplace_back(message.substr(0, end));
    message.remove_prefix(std::min(end, message.size() - 1) + 1);
  }
  return texts;
}

std::vector<std::string> TextsOf(const Error& error) {
  std::vector<std::string> texts;
  for (const auto text : kTexts) texts.push_back(error.*text);
  for (const auto number : kNumbers) texts.push_back(std::to_string(error.*number));
  return texts;
}

Error ErrorOf(const std::vector<std::string>& texts) {
  Error error;
  auto at = texts.begin();
  for (const auto text : kTexts) error.*text = *at++;
  for (const auto number : kNumbers) error.*number = std::stoi(*at++);
  return error;
}

}  // namespace migrate
