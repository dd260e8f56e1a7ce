// In which order the classes of objects are made: what others are made of comes first. Only a start, for what fails is
// tried again. Pure.
#pragma once

#include "core/schema/object.h"

namespace migrate::schema {

int RankOf(const Object& object);

}  // namespace migrate::schema
