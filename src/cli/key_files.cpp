#include "cli/key_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/escape.hpp"

namespace trailseal::cli {
namespace {

namespace fs = std::filesystem;

Error last_error(const std::string& path) {
  const int number = errno;
  const Errc code = number == ENOENT || number == ENOTDIR ? Errc::not_found
                    : number == EACCES                    ? Errc::access_denied
                                                          : Errc::io;
  return {code, fmt::format("{}: {}", path, std::generic_category().message(number))};
}

struct Descriptor {
  int number;
  ~Descriptor() { ::close(number); }
};

// Regular files only (a link to one counts): opening a FIFO would wait for ever.
std::vector<std::string> regular_files(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code problem;
  for (fs::directory_iterator entry(folder, problem), end; !problem && entry != end; entry.increment(problem)) {
    std::error_code ignored;
    if (entry->is_regular_file(ignored)) paths.push_back(entry->path().string());
  }
  std::ranges::sort(paths);
  return paths;
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return text;
}

Result<void> load_file(const std::string& path, const crypto::Backend& backend, TrustedKeys& keys) {
  TRY(const Bytes bytes, read_file(path, kMaxKeyFile));
  auto parsed = trail::parse_public_keys(bytes, path, backend);
  if (!parsed) return Error{parsed.error().code, fmt::format("{}: {}", path, parsed.error().message)};
  for (trail::PublicKey& key : *parsed) {
    if (!key.stated_fingerprint.empty() && lower(key.stated_fingerprint) != key.fingerprint) {
      verdict::Finding finding{};
      finding.code = verdict::Code::keys_fingerprint_mismatch;
      finding.subject = path;
      finding.expected = key.stated_fingerprint;
      finding.found = key.fingerprint;
      keys.findings.add(std::move(finding));
    }
    TRY_VOID(keys.set.add(std::move(key), backend));
  }
  return {};
}

Result<void> load_folder(const std::string& folder, const crypto::Backend& backend, TrustedKeys& keys) {
  bool found = false;
  for (const std::string& path : regular_files(folder)) {
    const auto loaded = load_file(path, backend, keys);
    found = found || loaded.has_value();
    if (loaded) continue;
    verdict::Finding finding{};
    finding.code = verdict::Code::keys_file_ignored;
    finding.subject = path;
    finding.detail = loaded.error().message.substr(path.size() + 2);
    keys.findings.add(std::move(finding));
  }
  if (!found)
    return Error{Errc::invalid_argument, fmt::format("{}: no file in this folder holds a public key", folder)};
  return {};
}

}  // namespace

Result<Bytes> read_file(const std::string& path, std::size_t limit) {
  // Opening a named FIFO could wait for ever; a pipe that the shell made (/dev/fd/63) has its writer and no name.
  std::error_code ignored;
  if (fs::is_fifo(fs::canonical(path, ignored), ignored))
    return Error{Errc::invalid_argument, path + ": is a FIFO, not a file"};
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
  if (file.number < 0) return last_error(path);
  struct stat status {};
  if (::fstat(file.number, &status) != 0) return last_error(path);
  if (S_ISDIR(status.st_mode)) return Error{Errc::invalid_argument, path + ": is a directory"};
  Bytes bytes;
  constexpr std::size_t kStep = 1u << 16;
  for (std::size_t size = 0;;) {
    bytes.resize(size + kStep);
    const ssize_t got = ::read(file.number, bytes.data() + size, kStep);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return last_error(path);
    size += static_cast<std::size_t>(got);
    bytes.resize(size);
    if (size > limit) return Error{Errc::limit, fmt::format("{}: larger than {} bytes", path, limit)};
    if (got == 0) return bytes;
  }
}

Result<void> load_keys(const std::vector<std::string>& paths, const crypto::Backend& backend, TrustedKeys& keys) {
  for (const std::string& path : paths) {
    std::error_code ignored;
    TRY_VOID(fs::is_directory(path, ignored) ? load_folder(path, backend, keys) : load_file(path, backend, keys));
  }
  return {};
}

std::vector<std::string> find_key_files(const std::vector<std::string>& sources, const crypto::Backend& backend) {
  constexpr std::size_t kMostFiles = 100;  // a hint is not worth more
  constexpr std::size_t kLargest = 1u << 20;
  std::vector<std::string> found;
  for (const std::string& source : sources) {
    for (const char* folder : {"", "keys", "public-keys", "public_keys"}) {
      std::vector<std::string> paths = regular_files((fs::path(source) / folder).string());
      paths.resize(std::min(paths.size(), kMostFiles));
      for (const std::string& path : paths) {
        const auto bytes = read_file(path, kLargest);
        if (bytes && trail::parse_public_keys(*bytes, path, backend)) found.push_back(path);
      }
    }
  }
  return found;
}

}  // namespace trailseal::cli
