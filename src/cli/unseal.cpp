#include "cli/unseal.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "base/escape.hpp"
#include "cli/command.hpp"
#include "cli/envelope_flags.hpp"
#include "cli/envelope_keys.hpp"
#include "cli/kms_unwrap.hpp"
#include "trailseal/envelope.hpp"

namespace trailseal::cli {
namespace {

using envelope::Verdict;
using verify::Unsealed;

constexpr std::size_t kMostEdks = 65'535;  // of the format

struct Opener {
  const crypto::Backend& backend;
  envelope::Keyring keys;
  envelope::Policy policy;
  envelope::Context expected;

  // Leaves the plaintext in `content` when the envelope opens.
  envelope::Opened open(const verify::Sealed& sealed, std::optional<Bytes> instruction, Bytes& content) const {
    envelope::Envelope envelope;
    envelope.body = envelope::source_of(sealed.bytes);
    if (sealed.metadata) envelope.metadata.emplace(sealed.metadata->begin(), sealed.metadata->end());
    envelope.instruction = std::move(instruction);
    envelope.expected = expected;
    content.clear();
    content.reserve(sealed.bytes.size());  // plaintext is never longer
    return envelope::open(envelope, keys, policy, backend, [&content](ByteView piece) -> Result<void> {
      content.insert(content.end(), piece.begin(), piece.end());
      return {};
    });
  }

  Unsealed operator()(const verify::Sealed& sealed) const {
    Bytes content;
    envelope::Opened opened = open(sealed, std::nullopt, content);
    // The wrapped key may stand in a file beside the object, and then nothing else tells that it is an envelope.
    if (opened.verdict != Verdict::authenticated && !is_message(opened) && !holds_wrapped_key(sealed.metadata)) {
      auto instruction = sealed.instruction();
      if (instruction)
        opened = open(sealed, std::move(instruction).value(), content);
      else if (instruction.error().code != Errc::not_found && !keys.empty())
        return {Unsealed::State::shut, "error", "its instruction file: " + instruction.error().message, {}};
    }
    Unsealed out = judge(opened);
    if (out.state == Unsealed::State::opened) sealed.bytes = std::move(content);
    return out;
  }

 private:
  // It begins as a message with data keys of its own: nothing that somebody put beside it changes what is wrong with
  // it.
  static bool is_message(const envelope::Opened& opened) {
    using envelope::Format;
    return (opened.format == Format::esdk_v1 || opened.format == Format::esdk_v2) && !opened.recipients.empty();
  }

  static bool holds_wrapped_key(const std::optional<store::Metadata>& metadata) {
    return metadata &&
           (metadata->contains("x-amz-key") || metadata->contains("x-amz-key-v2") || metadata->contains("x-amz-3"));
  }

  // A required pair is not written in the message: an RSA key opens its data key nevertheless, and then a pair that was
  // mistaken on the command line looks like a header that was altered.
  envelope::Standing standing_if_known(const envelope::Opened& opened) const {
    const bool any_required =
        std::ranges::any_of(expected, [&](const auto& pair) { return !opened.context.contains(pair.first); });
    if (opened.verdict == Verdict::header_auth_failed && any_required) return envelope::Standing::open;
    return standing_of(opened.verdict);
  }

  Unsealed judge(const envelope::Opened& opened) const {
    using State = Unsealed::State;
    const envelope::Standing standing = standing_if_known(opened);
    if (opened.verdict == Verdict::not_encrypted) return {};
    // Whoever gave no keys did not say that there are envelopes: what only resembles one is a file that was altered.
    if (keys.empty() && standing == envelope::Standing::broken) return {};
    Unsealed out{State::shut, std::string(to_string(opened.verdict)), opened.detail,
                 std::string(to_string(opened.format))};
    out.form += opened.verdict == Verdict::unauthenticated_mode ? ", without integrity of its own"
                : opened.committing                             ? ", committing"
                                                                : ", not committing";
    // What has no integrity is shown to be right by the hash that its digest signed, or not at all.
    if (standing == envelope::Standing::sound || opened.verdict == Verdict::unauthenticated_mode)
      out.state = State::opened;
    else if (standing == envelope::Standing::broken)
      out.state = State::broken;
    if (keys.empty() && out.state == State::shut) out.detail += "; --envelope-keys names keys";
    return out;
  }
};

}  // namespace

std::vector<Flag> unseal_flags() {
  std::vector<Flag> all = {
      {"envelope-keys", "KIND:WHICH=FILE",
       "open logs and digests that were sealed at the client: aes:NAMESPACE:NAME=FILE, rsa:NAMESPACE:NAME=FILE", 0,
       true},
      {"envelope-kms", "ARN", "likewise: a KMS key that may be asked; no other is, whatever an object names", 0, true},
      {"envelope-context", "NAME=VALUE", "a pair that the encryption context of every envelope must hold", 0, true},
  };
  for (Flag& flag : envelope_policy_flags()) all.push_back(std::move(flag));
  return all;
}

std::optional<UsageError> make_unsealing(const Arguments& arguments, const crypto::Backend& backend,
                                         const AwsAccess& access, verify::Unsealing& unsealing) {
  auto opener = std::make_shared<Opener>(Opener{backend, {}, {}, {}});
  if (auto mistake = read_envelope_policy(arguments, opener->policy)) return mistake;
  if (auto mistake = read_envelope_context(arguments, "envelope-context", opener->expected)) return mistake;
  unsealing.has_keys = arguments.has("envelope-keys") || arguments.has("envelope-kms");
  for (const char* flag : {"envelope-context", "require-commitment", "allow-legacy", "max-edks", "compat"})
    if (arguments.has(flag) && !unsealing.has_keys)
      return UsageError{std::string("--") + flag + " needs a key", "--envelope-keys or --envelope-kms"};
  // Without keys the limit protects nobody, and a message that is refused early would not be read to its end.
  if (!unsealing.has_keys) opener->policy.max_edks = kMostEdks;
  if (unsealing.has_keys) forbid_core_files();
  std::vector<std::string> warnings;
  if (auto mistake =
          load_envelope_keys({"envelope-keys", false}, arguments.all("envelope-keys"), backend, opener->keys, warnings))
    return mistake;
  for (const std::string& warning : warnings) fail("warning: " + warning);
  if (arguments.has("envelope-kms")) {
    auto unwrap = make_kms_unwrap(access, arguments.all("envelope-kms"));
    if (!unwrap) return UsageError{"cannot ask KMS: " + base::printable(unwrap.error().message), ""};
    opener->keys.kms = [ask = std::move(unwrap).value()](const envelope::KmsQuestion& question) {
      envelope::KmsAnswer answer = ask(question);
      // A data key of the wrong size is what KMS answered, and says nothing about the object.
      if (answer.verdict == Verdict::malformed) answer.verdict = Verdict::error;
      return answer;
    };
  }
  unsealing.open = [opener](const verify::Sealed& sealed) { return (*opener)(sealed); };
  return std::nullopt;
}

}  // namespace trailseal::cli
