// What most files of the core and of the server include from the standard library, compiled once: reading these headers
// anew costs more than half of a build. A file includes what it uses all the same, and `make lint` compiles each alone.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>
