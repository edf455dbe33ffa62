#include "envelope/esdk_derive.hpp"

namespace trailseal::envelope {
namespace {

void append(Bytes& out, ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

}  // namespace

Result<bool> commitment_matches(const crypto::Backend& backend, const EsdkHeader& header, ByteView data_key) {
  // Unlike the content key's, this info does not begin with the suite; S3EC's V3 differs there.
  TRY(const SecretBytes commitment,
      backend.hkdf(*header.suite->kdf, data_key, header.message_id, as_bytes("COMMITKEY"), header.commitment.size()));
  return equal_in_constant_time(commitment.view(), header.commitment);
}

Result<SecretBytes> derive_content_key(const crypto::Backend& backend, const EsdkHeader& header, ByteView data_key,
                                       const Deviations& deviations) {
  const Suite& suite = *header.suite;
  if (!suite.kdf) return SecretBytes::copy_of(data_key);
  Bytes info, salt;  // an empty salt is one of zeros
  append_big_endian(info, suite.id, 2);
  if (suite.committing) {
    append(info, as_bytes("DERIVEKEY"));
    salt = header.message_id;
  } else if (!deviations.id_left_out) {
    append(info, header.message_id);
  }
  return backend.hkdf(*suite.kdf, data_key, salt, info, suite.key_size);
}

Result<bool> header_authentic(const crypto::Backend& backend, const EsdkHeader& header, ByteView content_key,
                              const Context& required, const Deviations& deviations) {
  Bytes covered = header.body;
  append(covered, serialise(required));
  if (deviations.zeros_behind) append_big_endian(covered, 0, 2);
  const auto opened = backend.aes_gcm_open(content_key, header.iv, covered, {}, header.tag);
  if (opened) return true;
  if (opened.error().code == Errc::authentication) return false;
  return opened.error();
}

}  // namespace trailseal::envelope
