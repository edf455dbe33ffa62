#include "verify/signature.hpp"

#include "base/hex.hpp"

namespace trailseal::verify {
namespace {

SignatureState check(DigestFacts& facts, std::string_view text, const crypto::Backend& backend) {
  const auto signature = base::from_hex(text);
  if (!signature || signature->empty()) return SignatureState::malformed;
  if (facts.signer == nullptr) return SignatureState::key_unknown;
  if (signature->size() != facts.signer->key.key.signature_size()) return SignatureState::malformed;
  const auto message = facts.digest->string_to_sign(facts.hash);
  const auto hashed = backend.hash(crypto::Hash::sha256, as_bytes(message));
  if (!hashed) {
    facts.crypto_error = hashed.error();
    return SignatureState::failed;
  }
  const auto checked = facts.signer->verifier->verify(crypto::Hash::sha256, *hashed, *signature);
  if (!checked) {
    facts.crypto_error = checked.error();
    return SignatureState::failed;
  }
  return *checked == crypto::SignatureCheck::valid ? SignatureState::valid : SignatureState::invalid;
}

}  // namespace

void check_own_signature(DigestFacts& facts, const trail::PublicKeySet& keys, const crypto::Backend& backend) {
  if (!facts.digest) return;
  facts.signer = keys.find(facts.digest->fingerprint);
  facts.own = facts.signature ? check(facts, *facts.signature, backend) : SignatureState::absent;
}

void check_copied_signature(DigestFacts& facts, std::string_view copy, const crypto::Backend& backend) {
  if (!facts.digest || facts.successor == SignatureState::valid) return;
  const auto state = check(facts, copy, backend);
  facts.successor = state == SignatureState::valid ? state : SignatureState::invalid;
}

}  // namespace trailseal::verify
