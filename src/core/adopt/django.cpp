// Django: django_migrations(app, name, applied). Each app counts for itself, so that most have a 0001_initial.
#include <map>

#include "core/adopt/history.h"
#include "core/base/text.h"

namespace migrate::adopt {
namespace {

constexpr Column kColumns[] = {{"app"}, {"name"}, {"applied", Shown::kTime}, {"id"}};

History ReadDjango(const std::vector<Cells>& rows) {
  std::map<std::string, int> of_name;
  for (const auto& row : rows) ++of_name[TextOf(row[1])];
  History history;
  for (const auto& row : rows) {
    const std::string app = TextOf(row[0]);
    const std::string name = TextOf(row[1]);
    Recorded recorded{{{}, Join({app, name}, "_")}};
    recorded.whole = true;
    recorded.at = TextOf(row[2]);
    if (of_name[name] == 1) recorded.also.push_back(IdOfFile(name));
    recorded.note = "of app " + app;
    history.recorded.push_back(std::move(recorded));
  }
  return history;
}

}  // namespace

constexpr Tool kDjango = {
    "django",
    "",
    "django_migrations",
    kColumns,
    "t.id",
    ReadDjango,
    false,
    false,
    {},
    false,
    {},
    "\"python manage.py sqlmigrate APP NUMBER\" shows the SQL: save it as <app>_<name>.sql, or as "
    "<name>.sql where one app alone has that name, load these files, then adopt again"};

}  // namespace migrate::adopt
