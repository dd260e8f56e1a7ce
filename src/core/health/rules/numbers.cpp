// Rules about numbers that run out.
#include "core/health/rules.h"

namespace migrate::health {

const Rule kSequenceNearEnd = {"sequence-near-end", Level::kWarning, "health-keys",
                               "%1 % of its numbers are used: it is at %2 and ends at %3",
                               "ALTER SEQUENCE %0 AS bigint, or give it another MAXVALUE."};

const Rule kIntKeyNearEnd = {"int-key-near-end", Level::kWarning, "health-keys",
                             "%1 % of the numbers of type %4 are used: it is at %2 of %3",
                             "Change it to bigint, and all that references it, before an INSERT fails."};

}  // namespace migrate::health
