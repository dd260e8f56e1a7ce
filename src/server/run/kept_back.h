// What was kept of a migration's dropped objects, on its way back into them.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "core/schema/kept.h"
#include "server/schema/settle.h"

namespace migrate {

class KeptRows {
 public:
  explicit KeptRows(const std::vector<schema::Kept>& kept);

  // What Settle() fills. Refers to this.
  schema::Refill Refill();

  // When all is made: sequences go on where they stood.
  void SetSequences() const;

  // Of what a way back brings back empty ("table app.orders") what was not kept.
  std::vector<std::string> WithoutKept(const std::vector<std::string>& lost) const;

  // What has come back: "table app.orders (12 rows)".
  const std::vector<std::string>& brought() const { return brought_; }

  // What has not, not whole, and is kept on.
  std::vector<std::string> StillKept() const;

  // The numbers of what need not be kept any more.
  std::vector<int64_t> Done() const;

 private:
  void Fill(const schema::Object& object, uint32_t owner);

  std::vector<schema::Kept> kept_;
  std::vector<std::string> brought_;
  std::set<int64_t> whole_;
};

}  // namespace migrate
