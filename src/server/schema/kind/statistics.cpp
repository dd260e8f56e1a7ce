#include "server/schema/kind.h"
#include "server/schema/kind/parts.h"

namespace migrate {

const Kind kStatisticsKind = {"SELECT " OBJECT("pg_statistic_ext", "s.oid", "s.stxrelid") R"sql(
  'statistics object', n.nspname, s.stxname, format('%I.%I', n.nspname, s.stxname), format('STATISTICS %I.%I', n.nspname, s.stxname),
  concat(pg_get_statisticsobjdef(s.oid),
    CASE WHEN s.stxstattarget >= 0 THEN format(E';\nALTER STATISTICS %I.%I SET STATISTICS %s', n.nspname, s.stxname, s.stxstattarget) END),
  )sql" NO_ACL("s.stxowner") R"sql(
FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE )sql" OF_USERS("n")};

}  // namespace migrate
