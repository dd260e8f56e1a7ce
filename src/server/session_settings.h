// The settings of a session, to be put back. The server does so by itself at the end of a function or
// a subtransaction; a commit on the way makes whatever a migration set a part of the session.
#pragma once

#include <string>
#include <vector>

namespace migrate {

class SessionSettings {
 public:
  // Remembers what every setting says now that can be set in a session.
  SessionSettings();

  // Puts back what has changed: session authorization and role first. It stays when the transaction
  // commits.
  void Restore() const;

 private:
  struct Setting {
    std::string name;
    std::string value;
    bool in_session;  // set here, and not where the session took it from
  };

  static std::vector<Setting> Now();

  std::vector<Setting> before_;
};

// What this session has set, as names and values in turn, for a worker that goes on in its stead. Not
// what belongs to a connection, nor limits that a client sets for its own patience.
std::vector<std::string> SettingsOfCaller();

// Sets them, with the power that the caller had. They stay when the transaction commits.
void TakeOverSettings(const std::vector<std::string>& pairs);

}  // namespace migrate
