// The profiles of the user's configuration.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/config_file.hpp"
#include "aws/surroundings.hpp"

namespace trailseal::aws {

class Profiles {
 public:
  // Reads AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, or ~/.aws/config and ~/.aws/credentials; a file that is not
  // there is an empty one. Errors: access_denied, io, corrupt, limit, with the path.
  static Result<Profiles> read(const Surroundings& surroundings);

  bool has(std::string_view profile) const;

  // The setting in either file; the credentials file outranks the other. Empty if it is in neither.
  Secret get(std::string_view profile, std::string_view setting) const;

  // The profile in one file alone; nullptr if it is not there.
  const ConfigSection* in_config(std::string_view profile) const;
  const ConfigSection* in_credentials(std::string_view profile) const;

  // "s3.endpoint_url" in the section [services NAME]; empty if it is not there.
  Secret of_services(std::string_view name, std::string_view setting) const;

  std::string paths() const { return config_path_ + " and " + credentials_path_; }

 private:
  std::string config_path_, credentials_path_;
  ConfigFile config_, credentials_;
};

// The profile that counts: `given` (--profile), AWS_PROFILE, AWS_DEFAULT_PROFILE, "default".
std::string profile_name(const Environment& environment, std::string_view given);

// Where services are asked: AWS_REGION, AWS_DEFAULT_REGION, `region` of the profile; nullopt if none says.
std::optional<std::string> configured_region(const Environment& environment, const Profiles& profiles,
                                             std::string_view profile);

}  // namespace trailseal::aws
