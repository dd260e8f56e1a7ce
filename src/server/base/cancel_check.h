// Lets a cancel, or the end of the session, reach core while it reads a long text.
#pragma once

namespace migrate {

void LetCoreBeCancelled();

}  // namespace migrate
