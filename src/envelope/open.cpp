// Which format an envelope has, and what is stated of every one.
#include <algorithm>
#include <array>

#include "base/base64.hpp"
#include "envelope/esdk_open.hpp"
#include "envelope/s3ec.hpp"
#include "envelope/s3ec_open.hpp"
#include "envelope/suites.hpp"

namespace trailseal::envelope {
namespace {

constexpr std::size_t kLookAhead = 64;

std::uint16_t number_at(ByteView bytes, std::size_t at) {
  return bytes.size() < at + 2 ? 0 : static_cast<std::uint16_t>(big_endian(bytes.subspan(at, 2)));
}

// What follows the first byte of a message: type and suite (v1), or suite (v2).
bool looks_like_header(ByteView bytes) {
  const Suite* v1 = bytes.size() > 1 && bytes[1] == 0x80 ? find_suite(number_at(bytes, 2)) : nullptr;
  const Suite* v2 = find_suite(number_at(bytes, 1));
  return (v1 != nullptr && v1->message_version == 1) || (v2 != nullptr && v2->message_version == 2);
}

bool looks_like_base64(ByteView bytes) {
  const ByteView whole = bytes.first(bytes.size() / 4 * 4);
  const auto decoded = base::from_base64(as_text(whole));
  return decoded && decoded->size() > 4 && ((*decoded)[0] == 1 || (*decoded)[0] == 2) && looks_like_header(*decoded);
}

// No object metadata: a message of the Encryption SDK, something that once was one, or something else altogether.
Failure recognise(Input& input) {
  ByteView bytes;
  if (auto failure = input.peek(kLookAhead, bytes)) return failure;
  if (bytes.empty()) return malformed("there is nothing in it");
  if (bytes[0] == 1 || bytes[0] == 2) return {};
  if (looks_like_header(bytes)) return malformed("message version " + std::to_string(bytes[0]) + " does not exist");
  if (looks_like_base64(bytes))
    return malformed("a message in base64, which the format does not know: decode it first");
  return fault(Verdict::not_encrypted, "no envelope is recognised; an S3 object needs its metadata");
}

}  // namespace

Opened open(Envelope& envelope, const Keyring& keys, const Policy& policy, const crypto::Backend& backend,
            const Sink& sink) {
  Opened opened;
  auto file_hasher = backend.hasher(crypto::Hash::sha256);
  auto content_hasher = backend.hasher(crypto::Hash::sha256);
  if (!file_hasher || !content_hasher) {
    opened.detail = (!file_hasher ? file_hasher : content_hasher).error().message;
    return opened;
  }
  Input input(envelope.body, **file_hasher);
  ContentSink content(std::move(content_hasher).value(), sink);

  Failure failure;
  const bool is_object = envelope.instruction || (envelope.metadata && mentions_s3ec(*envelope.metadata));
  if (is_object) {
    failure = open_s3ec(input, envelope, keys, policy, backend, content, opened);
  } else {
    failure = recognise(input);
    if (!failure) failure = open_esdk(input, envelope.expected, keys, policy, backend, content, opened);
  }
  const bool decrypted =  // or not: it takes as long
      !failure || failure->verdict == Verdict::unauthenticated_mode || failure->verdict == Verdict::decrypt_failed;
  if (decrypted) {
    if (auto unfinished = content.finish(opened)) failure = std::move(unfinished);
  }
  // What the policy refuses is refused quickly; everything else is identified by the hash of all its bytes.
  const bool read_on = !failure || (failure->verdict != Verdict::policy_rejected && failure->verdict != Verdict::error);
  if (read_on) {
    Sha256 hash{};
    if (auto trouble_reading = input.drain())
      failure = std::move(trouble_reading);
    else if (const auto finished = (*file_hasher)->finish(hash); !finished)
      failure = trouble(finished.error());
    else
      opened.file_hash = hash;
  }
  opened.file_size = input.taken();
  if (opened.plaintext_size && opened.claimed_size && *opened.claimed_size != *opened.plaintext_size)
    opened.warnings.emplace_back("size-claim");
  opened.verdict = failure ? failure->verdict : Verdict::authenticated;
  if (failure) opened.detail = std::move(failure->detail);
  if (opened.verdict != Verdict::authenticated && opened.verdict != Verdict::unauthenticated_mode) {
    opened.plaintext_hash.reset();
    opened.plaintext_size.reset();
  }
  return opened;
}

}  // namespace trailseal::envelope
