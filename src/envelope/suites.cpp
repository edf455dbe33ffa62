#include "envelope/suites.hpp"

#include <algorithm>
#include <array>

namespace trailseal::envelope {
namespace {

using crypto::Hash;

constexpr std::array<Suite, 11> kSuites = {{
    {0x0014, "AES_128_GCM_IV12_TAG16", 1, 16, {}, {}, false},
    {0x0046, "AES_192_GCM_IV12_TAG16", 1, 24, {}, {}, false},
    {0x0078, "AES_256_GCM_IV12_TAG16", 1, 32, {}, {}, false},
    {0x0114, "AES_128_GCM_IV12_TAG16_HKDF_SHA256", 1, 16, Hash::sha256, {}, false},
    {0x0146, "AES_192_GCM_IV12_TAG16_HKDF_SHA256", 1, 24, Hash::sha256, {}, false},
    {0x0178, "AES_256_GCM_IV12_TAG16_HKDF_SHA256", 1, 32, Hash::sha256, {}, false},
    {0x0214, "AES_128_GCM_IV12_TAG16_HKDF_SHA256_ECDSA_P256", 1, 16, Hash::sha256, Hash::sha256, false},
    {0x0346, "AES_192_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384", 1, 24, Hash::sha384, Hash::sha384, false},
    {0x0378, "AES_256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384", 1, 32, Hash::sha384, Hash::sha384, false},
    {0x0478, "AES_256_GCM_HKDF_SHA512_COMMIT_KEY", 2, 32, Hash::sha512, {}, true},
    {0x0578, "AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384", 2, 32, Hash::sha512, Hash::sha384, true},
}};

}  // namespace

const Suite* find_suite(std::uint16_t id) {
  const auto found = std::ranges::find(kSuites, id, &Suite::id);
  return found == kSuites.end() ? nullptr : &*found;
}

}  // namespace trailseal::envelope
