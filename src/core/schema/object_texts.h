// Objects of a schema as texts, to be told to another process, and back. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "core/schema/object.h"

namespace migrate::schema {

// Texts and lists, one behind the other. What is read comes in the order in which it was written.
class TextWriter {
 public:
  void Put(std::string text) { texts_.push_back(std::move(text)); }
  void Put(const std::vector<std::string>& list);
  // Class, schema, name, identity and definition: the rest holds in its own process only.
  void Put(const std::vector<Object>& objects);

  std::vector<std::string> Take() { return std::move(texts_); }

 private:
  std::vector<std::string> texts_;
};

class TextReader {
 public:
  explicit TextReader(const std::vector<std::string>& texts) : texts_(texts) {}

  const std::string& Text() { return texts_.at(at_++); }
  std::vector<std::string> List();
  std::vector<Object> Objects();

 private:
  const std::vector<std::string>& texts_;
  size_t at_ = 0;
};

}  // namespace migrate::schema
