#pragma once

#include "trailseal/crypto.hpp"

namespace trailseal::crypto {

// The part of self_test() that decrypts and checks ECDSA (self_test_decrypt.cpp).
Result<void> self_test_decryption(const Backend& backend);

// An Error of the self-test unless `right`.
Result<void> expect(bool right, std::string_view what);

}  // namespace trailseal::crypto
