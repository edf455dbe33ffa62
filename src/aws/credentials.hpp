// What a request is signed with, and where that comes from.
#pragma once

#include <optional>
#include <string>

#include "aws/secret.hpp"
#include "trailseal/result.hpp"
#include "trailseal/time.hpp"

namespace trailseal::aws {

struct Credentials {
  std::string access_key;
  Secret secret_key;
  Secret session_token;         // empty: a long-lived key has none
  std::optional<Time> expires;  // nullopt: never
};

// Thread-safe.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;

  // Credentials that are good for a request now. A source whose credentials expire renews them in time, once, however
  // many threads ask. Errors: authentication (there are none, or they were refused), io, corrupt.
  virtual Result<Credentials> get() = 0;

  // A service refused those with this access key although they had not expired by our clock. Returns whether get() may
  // give others now.
  virtual bool renew(const std::string& access_key) {
    static_cast<void>(access_key);
    return false;
  }
};

}  // namespace trailseal::aws
