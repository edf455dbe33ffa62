// AWS Security Token Service (STS API Reference, version 2011-06-15): the query protocol, answers in XML.
#pragma once

#include <optional>
#include <string>

#include "aws/credentials.hpp"
#include "aws/secret.hpp"
#include "aws/service.hpp"
#include "aws/surroundings.hpp"

namespace trailseal::aws {

struct RoleRequest {
  std::string arn;
  std::string session_name;
  std::string external_id;          // empty: none
  std::optional<Seconds> duration;  // nullopt: the role's own
};

struct CallerIdentity {
  std::string account, arn, user_id;
};

// The endpoint of a region; without one, the global endpoint of the partition "aws". Errors: those of endpoint_url.
Result<Service> sts_service(const Environment& environment, const std::optional<std::string>& region);

// Temporary credentials of a role. Errors: those of post; corrupt (not such an answer).
Result<Credentials> assume_role(const Surroundings& surroundings, const Service& sts, const RoleRequest& role,
                                CredentialSource& caller);
Result<Credentials> assume_role_with_web_identity(const Surroundings& surroundings, const Service& sts,
                                                  const RoleRequest& role, const Secret& token);

// Who signs with these credentials. Errors: the same.
Result<CallerIdentity> caller_identity(const Surroundings& surroundings, const Service& sts, CredentialSource& caller);

}  // namespace trailseal::aws
