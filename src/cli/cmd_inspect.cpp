// trailseal inspect: what a digest, a log file or a key file says, in readable form. It judges nothing.
#include <fmt/format.h>

#include <algorithm>

#include "base/escape.hpp"
#include "base/gunzip.hpp"
#include "base/hex.hpp"
#include "cli/command.hpp"
#include "cli/key_files.hpp"
#include "cli/log_summary.hpp"
#include "report/text_layout.hpp"
#include "report/words.hpp"
#include "trailseal/trail.hpp"

namespace trailseal::cli {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kIndent = 16;
constexpr std::size_t kMaxFile = 64u << 20;  // as stored; CloudTrail's own files are far below
constexpr std::size_t kShownEventNames = 20;

std::string field(std::string_view name, std::string_view value) {
  return report::wrap(fmt::format("  {:<14}", name), base::printable(value), kWidth, kIndent);
}

std::string size_words(std::uint64_t bytes) { return report::counted(bytes, "byte", "bytes"); }

std::string describe(const trail::Digest& digest, const Sha256& hash) {
  std::string out = field("kind", digest.previous ? "digest" : "digest, the first of its chain");
  out += field("account", digest.account);
  out += field("covers", report::readable(Interval{digest.start, digest.end}));
  out += field("bucket", digest.bucket) + field("key", digest.key);
  out += field("signed by key", digest.fingerprint) + field("algorithm", digest.signature_algorithm);
  if (digest.previous) {
    out += field("previous", "s3://" + digest.previous->bucket + "/" + digest.previous->key);
    out += field("  its SHA-256", base::to_hex(digest.previous->hash));
  }
  out += field("log files", report::thousands(digest.logs.size()));
  for (const trail::ListedLog& log : digest.logs) {
    out += field("", log.hash_known ? base::to_hex(log.hash) : "a hash of another algorithm than SHA-256");
    out += field("", "s3://" + log.bucket + "/" + log.key);
  }
  const std::string to_sign = digest.string_to_sign(hash);
  out += "  string to sign\n";
  for (std::string_view rest = to_sign; !rest.empty();) {
    const std::size_t length = std::min(rest.find('\n'), rest.size());
    out += field("", rest.substr(0, length));
    rest.remove_prefix(std::min(length + 1, rest.size()));
  }
  return out;
}

std::string describe(const std::vector<trail::PublicKey>& keys) {
  std::string out = field("kind", "public keys");
  for (const trail::PublicKey& key : keys) {
    out += field("key", fmt::format("{}  RSA-{}, {}", key.fingerprint, key.key.bits(), key.encoding));
    if (!key.stated_fingerprint.empty() && key.stated_fingerprint != key.fingerprint) {
      out += field("", "the file calls it " + key.stated_fingerprint);
    }
    out += field("", key.validity ? "valid " + report::readable(*key.validity) : "no validity stated");
  }
  return out;
}

std::string describe(const LogSummary& log) {
  std::string out = field("kind", "log file");
  out += field("records", report::thousands(log.records));
  if (log.first && log.last) {
    out += field("events from", report::readable(*log.first) + " UTC");
    out += field("to", report::readable(*log.last) + " UTC");
  }
  std::vector<std::pair<std::string, std::uint64_t>> names(log.event_names.begin(), log.event_names.end());
  std::ranges::stable_sort(names, std::greater<>{}, &std::pair<std::string, std::uint64_t>::second);
  for (std::size_t i = 0; i < std::min(names.size(), kShownEventNames); ++i) {
    out += field(i == 0 ? "event names" : "",
                 fmt::format("{}  {}", report::right(report::thousands(names[i].second), 7), names[i].first));
  }
  if (names.size() > kShownEventNames) {
    out += field("", fmt::format("and {} more names", report::thousands(names.size() - kShownEventNames)));
  }
  return out;
}

// Digests, keys and logs are told apart by their content alone. The Error is that of the kind it most looks like.
Result<std::string> describe_content(ByteView content, const std::string& path, const Sha256& hash,
                                     const crypto::Backend& backend) {
  const auto digest = trail::DigestParser().parse(content);
  if (digest) return describe(*digest, hash);
  if (const auto log = summarize_log(content)) return describe(*log);
  const auto keys = trail::parse_public_keys(content, path, backend);
  if (keys) return describe(*keys);
  if (as_text(content).find("\"digestS3Object\"") != std::string_view::npos) {
    return Error{digest.error().code, "looks like a digest, but: " + digest.error().message};
  }
  return Error{Errc::corrupt, "is neither a digest nor a log file nor a key file"};
}

Result<std::string> inspect(const std::string& path, const crypto::Backend& backend) {
  TRY(const Bytes stored, read_file(path, kMaxFile));
  ByteView content = stored;
  std::string sizes = size_words(stored.size());
  base::Gunzip gunzip;
  const bool gzip = stored.size() >= 2 && stored[0] == 0x1f && stored[1] == 0x8b;
  if (gzip) {
    if (const auto failure = gunzip.whole(stored, {.max_output = base::Gunzip::kMaxWhole}, content)) {
      return Error{Errc::corrupt, path + ": gzip: " + failure->detail};
    }
    sizes = fmt::format("{} as stored (gzip), {} of content", sizes, size_words(content.size()));
  }
  TRY(const Bytes hash_bytes, backend.hash(crypto::Hash::sha256, content));
  Sha256 hash{};
  std::ranges::copy(hash_bytes, hash.begin());
  auto described = describe_content(content, path, hash, backend);
  if (!described) return Error{described.error().code, path + ": " + described.error().message};
  return base::printable(path) + "\n" + field("size", sizes) +
         field("SHA-256", base::to_hex(hash) + (gzip ? " (of the content)" : "")) + *described;
}

int run_inspect(const Arguments& arguments) {
  if (arguments.positional.empty()) return fail("no file is given", "trailseal inspect --help");
  constexpr int kNotReadable = 2;  // as a verdict that is open
  int status = 0;
  bool any = false;
  for (const std::string& path : arguments.positional) {
    const auto shown = inspect(path, *crypto::backends().front());
    if (!shown) {
      status = kNotReadable;
      fail(base::printable(shown.error().message));
    } else if (const int printed = print(*shown + "\n"); printed != 0) {
      return printed;
    } else {
      any = true;
    }
  }
  if (!any) return status;
  return print("Nothing was verified: this is what the files say. To verify: trailseal verify\n", status);
}

}  // namespace

Command inspect_command() {
  return {"inspect",
          "Shows a digest, a log file or a key file in readable form; verifies nothing.",
          "FILE...",
          {{"what does this digest list?", "trailseal inspect mirror/AWSLogs/.../..._20260701T001352Z.json.gz"},
           {"which keys are in this file?", "trailseal inspect public-keys.json"}},
          {},
          run_inspect};
}

}  // namespace trailseal::cli
