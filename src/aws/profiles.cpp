#include "aws/profiles.hpp"

namespace trailseal::aws {
namespace {

std::string path_of(const Environment& environment, const char* variable, const char* name) {
  const std::string home = environment("HOME").value_or("");
  if (auto path = environment(variable)) {
    if (path->starts_with("~/") && !home.empty()) return home + path->substr(1);
    return *path;
  }
  return home.empty() ? std::string() : home + "/.aws/" + name;
}

Result<ConfigFile> read_file(const Surroundings& surroundings, const std::string& path) {
  if (path.empty()) return ConfigFile{};
  const auto content = surroundings.read_file(path);
  if (!content && content.error().code == Errc::not_found) return ConfigFile{};
  if (!content) return content.error();
  auto file = parse_config_file(as_bytes(content->text()));
  if (!file) return Error{file.error().code, path + ": " + file.error().message};
  return file;
}

const ConfigSection* find(const ConfigFile& file, std::string_view section) {
  const auto found = file.find(section);
  return found == file.end() ? nullptr : &found->second;
}

}  // namespace

Result<Profiles> Profiles::read(const Surroundings& surroundings) {
  Profiles all;
  all.config_path_ = path_of(surroundings.environment, "AWS_CONFIG_FILE", "config");
  all.credentials_path_ = path_of(surroundings.environment, "AWS_SHARED_CREDENTIALS_FILE", "credentials");
  TRY(all.config_, read_file(surroundings, all.config_path_));
  TRY(all.credentials_, read_file(surroundings, all.credentials_path_));
  return all;
}

const ConfigSection* Profiles::in_config(std::string_view profile) const {
  const ConfigSection* section = find(config_, "profile " + std::string(profile));
  if (section == nullptr && profile == "default")
    section = find(config_, profile);  // alone may stand without "profile"
  return section;
}

const ConfigSection* Profiles::in_credentials(std::string_view profile) const { return find(credentials_, profile); }

bool Profiles::has(std::string_view profile) const {
  return in_config(profile) != nullptr || in_credentials(profile) != nullptr;
}

Secret Profiles::get(std::string_view profile, std::string_view setting) const {
  for (const ConfigSection* section : {in_credentials(profile), in_config(profile)}) {
    if (section == nullptr) continue;
    if (const auto found = section->find(setting); found != section->end() && !found->second.empty())
      return found->second;
  }
  return {};
}

Secret Profiles::of_services(std::string_view name, std::string_view setting) const {
  const ConfigSection* section = name.empty() ? nullptr : find(config_, "services " + std::string(name));
  if (section == nullptr) return {};
  const auto found = section->find(setting);
  return found == section->end() ? Secret() : found->second;
}

std::string profile_name(const Environment& environment, std::string_view given) {
  if (!given.empty()) return std::string(given);
  for (const char* variable : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"})
    if (auto name = environment(variable)) return *name;
  return "default";
}

std::optional<std::string> configured_region(const Environment& environment, const Profiles& profiles,
                                             std::string_view profile) {
  for (const char* variable : {"AWS_REGION", "AWS_DEFAULT_REGION"})
    if (auto region = environment(variable)) return region;
  const Secret region = profiles.get(profile, "region");
  if (region.empty()) return std::nullopt;
  return region.text();
}

}  // namespace trailseal::aws
