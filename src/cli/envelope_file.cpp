#include "cli/envelope_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "cli/key_files.hpp"

namespace trailseal::cli {
namespace {

namespace fs = std::filesystem;
using envelope::Opened;
using envelope::Verdict;

constexpr std::size_t kMostSideBytes = 1u << 20;  // more than any reader accepts; what is above is not read

Opened opened_as(Verdict verdict, std::string detail) {
  Opened opened;
  opened.verdict = verdict;
  opened.detail = std::move(detail);
  return opened;
}

class File {
 public:
  explicit File(const std::string& path) : path_(path) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  Result<void> open() {
    std::error_code ignored;
    // Opening a named FIFO could wait for ever; a pipe that the shell made has its writer and no name.
    if (fs::is_fifo(fs::canonical(path_, ignored), ignored)) return Error{Errc::invalid_argument, "is a FIFO"};
    descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat status {};
    if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) return last_error();
    if (S_ISDIR(status.st_mode)) return Error{Errc::invalid_argument, "is a directory"};
    return {};
  }

  Result<std::size_t> read(std::span<std::uint8_t> out) {
    for (;;) {
      const ssize_t got = ::read(descriptor_, out.data(), out.size());
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR) return last_error();
    }
  }

 private:
  static Error last_error() { return {Errc::io, std::generic_category().message(errno)}; }

  const std::string& path_;
  int descriptor_ = -1;
};

// A file beside FILE: the one that was named, or the one that is there. nullopt: none.
Result<std::optional<Bytes>> read_side_file(const std::optional<std::string>& named, const std::string& usual) {
  std::error_code ignored;
  if (!named && !fs::exists(usual, ignored)) return std::optional<Bytes>();
  TRY(Bytes bytes, read_file(named.value_or(usual), kMostSideBytes));
  return std::optional(std::move(bytes));
}

// The verdict on a side file that could not be read or taken in.
Opened side_file_trouble(const Error& error) {
  const bool theirs = error.code == Errc::limit || error.code == Errc::corrupt;
  return opened_as(theirs ? Verdict::malformed : Verdict::error, error.message);
}

}  // namespace

Opened open_envelope_file(const EnvelopePaths& paths, const EnvelopeJob& job, PlaintextFile* output) {
  File file(paths.file);
  if (const auto opened = file.open(); !opened) return opened_as(Verdict::error, opened.error().message);
  envelope::Envelope envelope;
  envelope.body = [&](std::span<std::uint8_t> out) { return file.read(out); };
  envelope.expected = job.expected;
  const auto metadata = read_side_file(paths.metadata, paths.file + ".metadata.json");
  if (!metadata) return side_file_trouble(metadata.error());
  if (*metadata) {
    auto parsed = envelope::parse_metadata(**metadata);
    if (!parsed) return side_file_trouble(parsed.error());
    envelope.metadata = std::move(parsed).value();
  }
  auto instruction = read_side_file(paths.instruction, paths.file + ".instruction");
  if (!instruction) return side_file_trouble(instruction.error());
  envelope.instruction = std::move(instruction).value();
  envelope::Sink sink;
  if (output != nullptr) sink = [output](ByteView bytes) { return output->write(bytes); };
  return envelope::open(envelope, job.keys, job.policy, job.backend, sink);
}

}  // namespace trailseal::cli
