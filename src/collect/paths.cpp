#include "collect/paths.hpp"

#include <algorithm>

#include "base/escape.hpp"
#include "base/hex.hpp"

namespace trailseal::collect {
namespace {

constexpr std::size_t kMostName = 255;  // bytes of a component: NAME_MAX of Linux's file systems
constexpr std::string_view kJson = ".json";
constexpr std::size_t kMostComponents = 60;  // the reader of mirrors goes 64 deep
constexpr std::string_view kMetadataFolder = ".trailseal/metadata/";
constexpr std::string_view kObjectFolder = ".trailseal/objects/";
constexpr std::string_view kVersionFolder = ".trailseal/versions/";

std::string_view first_component(std::string_view path) { return path.substr(0, path.find('/')); }

bool is_reserved(std::string_view name) {
  return name == kOwn || name == kManifest || name == kSums || name == kKeys ||
         name.starts_with(std::string(kManifest) + ".") || name.starts_with(std::string(kSums) + ".");
}

std::string hex(const Sha256& hash) { return base::to_hex(hash); }

}  // namespace

bool is_natural(std::string_view key) {
  const bool controls =
      std::any_of(key.begin(), key.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (key.empty() || controls || is_reserved(first_component(key)) || base::to_utf8(key) != key) return false;
  if (static_cast<std::size_t>(std::count(key.begin(), key.end(), '/')) >= kMostComponents) return false;
  for (;;) {
    const auto slash = key.find('/');
    const auto part = key.substr(0, slash);
    // The last name has room for the ending of its metadata.
    const auto most = slash == std::string_view::npos ? kMostName - kJson.size() : kMostName;
    if (part.empty() || part == "." || part == ".." || part.size() > most) return false;
    if (slash == std::string_view::npos) return true;
    key.remove_prefix(slash + 1);
  }
}

std::string metadata_path(std::string_view key) {
  if (!is_natural(key)) return {};
  return std::string(kMetadataFolder) + std::string(key) + std::string(kJson);
}

std::vector<std::string> object_paths(std::string_view key, const Sha256& hash_of_key, const Sha256& hash_of_bytes) {
  std::vector<std::string> out;
  if (is_natural(key)) out.emplace_back(key);
  const std::string named = std::string(kObjectFolder) + hex(hash_of_key);
  out.push_back(named);
  out.push_back(named + "-" + hex(hash_of_bytes));
  return out;
}

std::vector<std::string> metadata_paths(std::string_view key, const Sha256& hash_of_key, const Sha256& hash_of_bytes) {
  std::vector<std::string> out;
  if (is_natural(key)) out.push_back(metadata_path(key));
  const std::string named = std::string(kObjectFolder) + hex(hash_of_key);
  out.push_back(named + std::string(kJson));
  out.push_back(named + "-" + hex(hash_of_bytes) + std::string(kJson));
  return out;
}

std::string version_path(const Sha256& hash_of_version) { return std::string(kVersionFolder) + hex(hash_of_version); }

bool is_own_file(std::string_view path) {
  if (path == kJournal || path == kRunning) return true;
  if (path.starts_with(std::string(kEarlier) + "/") || path.starts_with(std::string(kTemporary) + "/")) return true;
  return path.find('/') == std::string_view::npos && is_reserved(path);
}

bool is_outside_tree(std::string_view path) { return is_reserved(first_component(path)); }

}  // namespace trailseal::collect
