#include "core/schema/object_texts.h"

namespace migrate::schema {
namespace {

constexpr std::string Object::*kFields[] = {&Object::kind, &Object::schema, &Object::name, &Object::identity,
                                            &Object::definition};

}  // namespace

void TextWriter::Put(const std::vector<std::string>& list) {
  texts_.push_back(std::to_string(list.size()));
  texts_.insert(texts_.end(), list.begin(), list.end());
}

void TextWriter::Put(const std::vector<Object>& objects) {
  texts_.push_back(std::to_string(objects.size()));
  for (const auto& object : objects) {
    for (const auto field : kFields) texts_.push_back(object.*field);
  }
}

std::vector<std::string> TextReader::List() {
  const size_t size = std::stoul(Text());
  std::vector<std::string> list;
  list.reserve(size);
  while (list.size() < size) list.push_back(Text());
  return list;
}

std::vector<Object> TextReader::Objects() {
  const size_t size = std::stoul(Text());
  std::vector<Object> objects(size);
  for (auto& object : objects) {
    for (const auto field : kFields) object.*field = Text();
  }
  return objects;
}

}  // namespace migrate::schema
