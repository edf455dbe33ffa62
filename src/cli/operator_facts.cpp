#include "cli/operator_facts.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <unistd.h>

#include <array>

#include "base/hex.hpp"
#include "collect/hashing.hpp"

namespace trailseal::cli {

std::string operating_user() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  std::array<char, 4096> text{};
  passwd entry{};
  passwd* found = nullptr;
  const bool known = ::getpwuid_r(::getuid(), &entry, text.data(), text.size(), &found) == 0 && found != nullptr;
  return (known ? std::string(entry.pw_name) : std::to_string(::getuid())) + "@" + host.data();
}

Result<std::string> own_hash(const crypto::Backend& backend) {
  const int file = ::open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (file < 0) return Error{Errc::io, "the program cannot read itself"};
  const auto hash = collect::hash_of_file(file, backend);
  ::close(file);
  if (!hash) return hash.error();
  return base::to_hex(*hash);
}

std::vector<std::string> without_secrets(std::vector<std::string> words) {
  for (std::string& word : words) {
    const auto scheme = word.find("://");
    if (scheme == std::string::npos) continue;
    const auto begin = scheme + 3;
    const auto at = word.find('@', begin);
    if (at != std::string::npos && at < word.find('/', begin)) word.replace(begin, at - begin, "...");
  }
  return words;
}

}  // namespace trailseal::cli
