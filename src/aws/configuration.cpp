#include "aws/configuration.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "aws/profiles.hpp"

namespace trailseal::aws {
namespace {

struct Setting {
  std::string_view variable, setting;
};
constexpr std::array<Setting, 10> kSettings = {{
    {"AWS_REGION", "region"},
    {"AWS_CA_BUNDLE", "ca_bundle"},
    {"AWS_MAX_ATTEMPTS", "max_attempts"},
    {"AWS_RETRY_MODE", "retry_mode"},
    {"AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"},
    {"AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"},
    {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls"},
    {"AWS_ENDPOINT_URL", "endpoint_url"},
    {"s3.addressing_style", "s3.addressing_style"},
    {"s3.use_dualstack_endpoint", "s3.use_dualstack_endpoint"},
}};
constexpr std::string_view kEndpointOf = "AWS_ENDPOINT_URL_";

std::string in_small_letters(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return out;
}

std::optional<std::string> value_of(const Secret& secret) {
  if (secret.empty()) return std::nullopt;
  return secret.text();
}

class Configuration {
 public:
  Configuration(Environment base, std::string_view given,
                std::function<Result<Secret>(const std::string& path)> read_file)
      : base_(std::move(base)), given_(given), read_file_(std::move(read_file)) {}

  std::optional<std::string> find(const std::string& name) {
    const bool has_variable = name.find('.') == std::string::npos;
    if (has_variable)
      if (auto value = base_(name)) return value;
    if (name == "AWS_REGION" && base_("AWS_DEFAULT_REGION")) return std::nullopt;  // the caller asks for that next
    const auto* known = std::ranges::find(kSettings, name, &Setting::variable);
    if (known != kSettings.end()) return value_of(profiles().get(profile_, known->setting));
    // A variable for all services outranks a setting for one.
    if (!name.starts_with(kEndpointOf) || base_("AWS_ENDPOINT_URL")) return std::nullopt;
    const std::string services = profiles().get(profile_, "services").text();
    return value_of(
        profiles().of_services(services, in_small_letters(name.substr(kEndpointOf.size())) + ".endpoint_url"));
  }

 private:
  const Profiles& profiles() {
    std::call_once(read_, [this] {
      Surroundings surroundings;
      surroundings.environment = base_;
      surroundings.read_file = read_file_;
      if (auto read = Profiles::read(surroundings)) profiles_ = std::move(read).value();
      profile_ = profile_name(base_, given_);
    });
    return profiles_;
  }

  Environment base_;
  std::string given_, profile_;
  std::function<Result<Secret>(const std::string& path)> read_file_;
  std::once_flag read_;
  Profiles profiles_;
};

bool is_one_of(const std::optional<std::string>& value, std::initializer_list<std::string_view> words) {
  return !value || std::ranges::find(words, *value) != words.end();
}

}  // namespace

Environment configured_environment(Environment base, std::string_view given,
                                   std::function<Result<Secret>(const std::string& path)> read_file) {
  auto configuration = std::make_shared<Configuration>(std::move(base), given, std::move(read_file));
  return [configuration](const std::string& name) { return configuration->find(name); };
}

Environment process_configuration(std::string_view given) {
  return configured_environment(process_environment(), given, read_small_file);
}

Result<void> check_configuration(const Environment& environment) {
  if (!is_one_of(environment("AWS_RETRY_MODE"), {"legacy", "standard", "adaptive"}))
    return Error{Errc::invalid_argument, "AWS_RETRY_MODE or retry_mode is not legacy, standard or adaptive"};
  if (!is_one_of(environment("s3.addressing_style"), {"auto", "virtual", "path"}))
    return Error{Errc::invalid_argument, "addressing_style of s3 is not auto, virtual or path"};
  return {};
}

}  // namespace trailseal::aws
