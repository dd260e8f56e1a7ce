// The settings that a migration starts from, which make the same file give the same schema, whoever runs it: what is
// set for the role and the database, as the catalog says now, or else in the server's configuration. Never what the
// client or the session gave.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "server/base/compat.h"

namespace migrate {

class StartingSettings {
 public:
  static constexpr size_t kCount = 23;
  using Values = std::array<std::optional<std::string>, kCount>;

  // `temporary_last`: temporary objects of the session must not stand in for what a migration names.
  explicit StartingSettings(bool temporary_last);

  // What has run since may have set others for the role or the database.
  void MayHaveChanged() { is_current_ = false; }

  // Sets them all.
  void Set(GucAction action);

  // That of the next migration.
  const std::string& search_path();

 private:
  void Refresh();

  const bool temporary_last_;
  const std::string own_search_path_;  // of migrate.search_path; empty if that is not set
  std::optional<Values> configured_;   // read when first needed
  bool is_current_ = false;
  Values values_;
  std::string search_path_;
};

}  // namespace migrate
