// The settings of a session, to be put back. The server does so by itself at the end of a function or
// a subtransaction; a commit on the way makes whatever a migration set a part of the session.
#pragma once

#include <string>
#include <vector>

#include "server/base/compat.h"

namespace migrate {

// With whose power a setting was set: as a superuser, or as any role, and which.
struct Setter {
  GucContext context;
  Oid role;
  bool operator==(const Setter&) const = default;
};

class SessionSettings {
 public:
  // Remembers what every setting says now that can be set in a session.
  SessionSettings();

  // Puts back what has changed, with the power that it was set with: session authorization and role first. What that
  // no longer suffices for is warned of. It stays when the transaction commits.
  void Restore() const;

 private:
  struct Setting {
    std::string name;
    std::string value;
    bool in_session;  // set here, and not where the session took it from
    Setter setter;
  };

  static std::vector<Setting> Now();

  std::vector<Setting> before_;
};

// What this session has set, for a worker that goes on in its stead: of each setting its name, its value and its setter
// (two fields). Not what belongs to a connection, nor limits that a client sets for its own patience.
std::vector<std::string> SettingsOfCaller();

// Sets them, with the power that they were set with. They stay when the transaction commits.
void TakeOverSettings(const std::vector<std::string>& fields);

}  // namespace migrate
