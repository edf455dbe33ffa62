#include "trailseal/result.hpp"

namespace trailseal {

const char* to_string(Errc code) noexcept {
  switch (code) {
    case Errc::not_found: return "not found";
    case Errc::access_denied: return "access denied";
    case Errc::archived: return "archived";
    case Errc::io: return "input/output error";
    case Errc::corrupt: return "corrupt";
    case Errc::unsupported: return "unsupported";
    case Errc::authentication: return "authentication failed";
    case Errc::limit: return "limit reached";
    case Errc::invalid_argument: return "invalid argument";
  }
  return "unknown error";
}

}  // namespace trailseal
