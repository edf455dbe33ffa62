// The words of the public header.
#include "trailseal/envelope.hpp"

namespace trailseal::envelope {

std::string_view to_string(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::authenticated: return "authenticated";
    case Verdict::unauthenticated_mode: return "unauthenticated-mode";
    case Verdict::commitment_failed: return "commitment-failed";
    case Verdict::header_auth_failed: return "header-auth-failed";
    case Verdict::body_auth_failed: return "body-auth-failed";
    case Verdict::signature_failed: return "signature-failed";
    case Verdict::wrong_key: return "wrong-key";
    case Verdict::wrong_context: return "wrong-context";
    case Verdict::wrong_key_or_context: return "wrong-key-or-context";
    case Verdict::key_unavailable: return "key-unavailable";
    case Verdict::policy_rejected: return "policy-rejected";
    case Verdict::malformed: return "malformed";
    case Verdict::truncated: return "truncated";
    case Verdict::trailing_data: return "trailing-data";
    case Verdict::unsupported: return "unsupported";
    case Verdict::decrypt_failed: return "decrypt-failed";
    case Verdict::not_encrypted: return "not-encrypted";
    case Verdict::error: return "error";
  }
  return "error";
}

Standing standing_of(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::authenticated: return Standing::sound;
    case Verdict::commitment_failed:
    case Verdict::header_auth_failed:
    case Verdict::body_auth_failed:
    case Verdict::signature_failed:
    case Verdict::malformed:
    case Verdict::truncated:
    case Verdict::trailing_data:
    case Verdict::decrypt_failed: return Standing::broken;
    default: return Standing::open;
  }
}

std::string_view to_string(Format format) noexcept {
  switch (format) {
    case Format::none: return "none";
    case Format::esdk_v1: return "esdk-v1";
    case Format::esdk_v2: return "esdk-v2";
    case Format::s3ec_v1: return "s3ec-v1";
    case Format::s3ec_v2: return "s3ec-v2";
    case Format::s3ec_v3: return "s3ec-v3";
  }
  return "none";
}

std::string_view to_string(Recipient::State state) noexcept {
  switch (state) {
    case Recipient::State::untried: return "untried";
    case Recipient::State::no_key: return "no-key";
    case Recipient::State::failed: return "failed";
    case Recipient::State::opened: return "opened";
  }
  return "untried";
}

std::string_view to_string(SignatureState state) noexcept {
  switch (state) {
    case SignatureState::none: return "none";
    case SignatureState::unchecked: return "unchecked";
    case SignatureState::consistent: return "consistent";
    case SignatureState::valid: return "valid";
    case SignatureState::invalid: return "invalid";
  }
  return "none";
}

}  // namespace trailseal::envelope
