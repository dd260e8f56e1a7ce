// How the first statement of a definition, which makes the object, is changed into another in place. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/schema/way/step.h"

namespace migrate::schema {

// Both objects are of one class and have one identity. One entry for each thing that differs; none where nothing does,
// or where the object can't be changed in place.
std::vector<std::vector<Sequence>> Alterations(const Object& now, std::string_view first_now,
                                               std::string_view first_wanted);

// The same for the classes that have files of their own.
std::vector<std::vector<Sequence>> ColumnAlterations(const Object& now, std::string_view from, std::string_view to);
std::vector<std::vector<Sequence>> TableAlterations(std::string_view from, std::string_view to);
std::vector<std::vector<Sequence>> EnumAlterations(std::string_view from, std::string_view to);
std::vector<std::vector<Sequence>> CompositeAlterations(std::string_view from, std::string_view to);
std::vector<std::vector<Sequence>> DomainAlterations(std::string_view from, std::string_view to);

// OPTIONS (…) of a foreign table or server; a value that is masked on both sides counts as the same.
std::vector<std::vector<Sequence>> OptionAlterations(const std::string& alter, std::string_view from,
                                                     std::string_view to);

}  // namespace migrate::schema
