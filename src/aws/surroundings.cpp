#include "aws/surroundings.hpp"

#include <cerrno>
#include <chrono>
#include <fstream>
#include <system_error>

#include "aws/config_file.hpp"
#include "aws/configuration.hpp"
#include "aws/run_program.hpp"

namespace trailseal::aws {
Result<Secret> read_small_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  const auto failure = [&](int number) {
    const Errc code = number == ENOENT || number == ENOTDIR ? Errc::not_found
                      : number == EACCES                    ? Errc::access_denied
                                                            : Errc::io;
    return Error{code, path + ": " + std::generic_category().message(number == 0 ? EIO : number)};
  };
  if (!file) return failure(errno);
  std::string content(kMostConfigBytes + 1, '\0');
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  const int number = errno;
  const auto size = static_cast<std::size_t>(file.gcount());
  if (file.bad()) {
    wipe(content);
    return failure(number);
  }
  content.resize(size);
  Secret read(std::move(content));
  if (size > kMostConfigBytes) return Error{Errc::limit, path + ": larger than 1 MiB"};
  return read;
}

Surroundings process_surroundings(Http& http, const crypto::Backend& backend, const std::atomic<bool>* cancel,
                                  std::string_view profile) {
  Surroundings all;
  all.environment = process_configuration(profile);
  all.read_file = read_small_file;
  all.run = [](const std::vector<std::string>& words) { return run_program(words); };
  all.now = [] { return std::chrono::floor<Seconds>(std::chrono::system_clock::now()); };
  all.http = &http;
  all.backend = &backend;
  all.retry = retry_policy(all.environment, cancel);
  return all;
}

}  // namespace trailseal::aws
