// Every bit and every length of small messages of the Encryption SDK, on every backend: whatever is changed, nothing
// authenticates. The messages come from vectors/sealed.py; TRAILSEAL_SEALED names their folder.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>

#include "support/catch.hpp"
#include "trailseal/envelope.hpp"

using namespace trailseal;
using envelope::Opened;
using envelope::Verdict;

namespace {

Bytes read(const std::string& name) {
  const char* folder = std::getenv("TRAILSEAL_SEALED");
  REQUIRE(folder != nullptr);
  std::ifstream file(std::string(folder) + "/" + name, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Opened open(ByteView message, const crypto::Backend& backend, const std::optional<envelope::Metadata>& metadata = {},
            const envelope::Policy& policy = {}) {
  envelope::Keyring keys;
  Bytes material(32);
  for (std::size_t i = 0; i < material.size(); ++i) material[i] = static_cast<std::uint8_t>(i);
  keys.aes.push_back({"archive", "k1", SecretBytes(std::move(material))});
  envelope::Envelope sealed;
  sealed.metadata = metadata;
  sealed.body = envelope::source_of(message);
  return envelope::open(sealed, keys, policy, backend);
}

constexpr const char* kMessages[] = {"sweep-v2.sealed", "sweep-v1.sealed", "sweep-unframed.sealed"};

}  // namespace

TEST_CASE("no message authenticates with one bit changed") {
  for (const char* name : kMessages) {
    for (const crypto::Backend* backend : crypto::backends()) {
      CAPTURE(name, backend->name());
      Bytes message = read(name);
      const Opened whole = open(message, *backend);
      REQUIRE(whole.detail.empty());
      REQUIRE(whole.verdict == Verdict::authenticated);
      std::map<Verdict, int> counts;
      for (std::size_t bit = 0; bit < 8 * message.size(); ++bit) {
        const auto mask = static_cast<std::uint8_t>(1u << bit % 8);
        message[bit / 8] ^= mask;
        const Opened opened = open(message, *backend);
        message[bit / 8] ^= mask;
        ++counts[opened.verdict];
        const bool sound = opened.verdict == Verdict::authenticated || opened.plaintext_hash;
        if (sound || opened.verdict == Verdict::error) {
          CAPTURE(bit, to_string(opened.verdict), opened.detail);
          FAIL("a changed bit went through, or became trouble of ours");
        }
      }
      // Each stage was reached, so the sweep saw more than one check.
      CHECK(counts[Verdict::malformed] > 0);
      CHECK(counts[Verdict::body_auth_failed] > 0);
      // A changed data key breaks the signature as well, and that is seen without any key.
      if (!whole.is_signed) CHECK(counts[Verdict::wrong_key_or_context] > 0);
      CHECK(counts[whole.committing ? Verdict::commitment_failed : Verdict::header_auth_failed] > 0);
      if (whole.is_signed) CHECK(counts[Verdict::signature_failed] > 0);
    }
  }
}

TEST_CASE("a message that is cut anywhere is truncated or malformed, with a key and without") {
  for (const char* name : kMessages) {
    const Bytes message = read(name);
    for (std::size_t size = 0; size < message.size(); ++size) {
      for (const crypto::Backend* backend : crypto::backends()) {
        const Verdict verdict = open(ByteView(message).first(size), *backend).verdict;
        if (verdict == (size == 0 ? Verdict::malformed : Verdict::truncated)) continue;
        CAPTURE(name, size, backend->name(), to_string(verdict));
        FAIL("a cut message is neither");
      }
    }
  }
}

TEST_CASE("a message with anything behind it is no message") {
  for (const char* name : kMessages) {
    Bytes message = read(name);
    message.push_back(0);
    for (const crypto::Backend* backend : crypto::backends()) {
      CAPTURE(name, backend->name());
      CHECK(to_string(open(message, *backend).verdict) == "trailing-data");
    }
  }
}

// S-06: whatever becomes of the padding, one word tells of it, and neither a size nor a hash.
TEST_CASE("content without integrity fails in one way only") {
  const auto metadata = envelope::parse_metadata(read("object-v1.metadata.json"));
  REQUIRE(metadata);
  envelope::Policy policy;
  policy.allow_legacy = true;
  for (const crypto::Backend* backend : crypto::backends()) {
    Bytes object = read("object-v1");
    REQUIRE(to_string(open(object, *backend, *metadata, policy).verdict) == "unauthenticated-mode");
    std::map<std::string, int> seen;
    for (std::size_t at = object.size() - 32; at < object.size(); ++at) {
      const std::uint8_t byte = object[at];
      for (unsigned other = 1; other < 256; ++other) {
        object[at] = static_cast<std::uint8_t>(byte ^ other);
        const Opened opened = open(object, *backend, *metadata, policy);
        const bool shown = opened.plaintext_hash || opened.plaintext_size;
        ++seen[std::string(to_string(opened.verdict)) + ": " + opened.detail + (shown ? "+" : "")];
      }
      object[at] = byte;
    }
    CAPTURE(backend->name());
    CHECK(seen.size() == 2);
    CHECK(seen["decrypt-failed: the content does not decrypt"] > 4000);  // an altered block decrypts to noise
    CHECK(seen["unauthenticated-mode: decrypted, but nothing protects this content from changes+"] > 0);
  }
}
