#include "verify/unseal.hpp"

namespace trailseal::verify {
namespace {

constexpr std::size_t kMostInstruction = 1u << 20;  // more than any reader takes
constexpr std::string_view kInstruction = ".instruction";

bool looks_like_gzip(ByteView bytes) {
  return bytes.size() >= 3 && bytes[0] == 0x1f && bytes[1] == 0x8b && bytes[2] == 8;
}

}  // namespace

std::shared_ptr<const Unsealed> unseal(const Unsealing& unsealing, const store::ObjectStore& store,
                                       std::string_view key, const store::Object& object, bool again, Bytes& bytes) {
  if (!unsealing.open) return nullptr;
  // What looks like a gzip file is first taken as one, whatever its metadata say: anybody may add to those, and content
  // that hashes to what was signed needs no key. Ciphertext that looks so by accident comes here again.
  const bool in_question = again || (unsealing.has_keys && !looks_like_gzip(bytes));
  if (!in_question) return nullptr;
  const auto instruction = [&]() -> Result<Bytes> {
    Bytes content;
    TRY_VOID(store.get(std::string(key).append(kInstruction), {.limit = kMostInstruction}, content));
    return content;
  };
  Unsealed unsealed = unsealing.open({bytes, object.metadata, instruction});
  // The key of an envelope may stand in the metadata: without them, nothing tells ciphertext from garbage.
  if (object.metadata_error && unsealed.state != Unsealed::State::opened && !looks_like_gzip(bytes))
    unsealed = {
        Unsealed::State::shut, "error", "its metadata could not be read: " + object.metadata_error->message, {}};
  if (unsealed.state == Unsealed::State::plain) return nullptr;
  return std::make_shared<const Unsealed>(std::move(unsealed));
}

bool is_instruction_file(std::string_view key) {
  if (!key.ends_with(kInstruction)) return false;
  key.remove_suffix(kInstruction.size());
  return trail::parse_log_key(key) || trail::parse_digest_key(key);
}

void OpenedCounts::add(std::uint32_t source, const Unsealed* unsealed) {
  if (unsealed == nullptr || unsealed->state != Unsealed::State::opened) return;
  const std::lock_guard lock(mutex_);
  ++counts_[{source, unsealed->form}];
}

verdict::Findings OpenedCounts::findings(const std::vector<Source>& sources) const {
  const std::lock_guard lock(mutex_);
  verdict::Findings out;
  for (const auto& [what, count] : counts_)
    out.add({.code = verdict::Code::source_sealed,
             .subject = std::string(sources[what.first].store->label()),
             .detail = std::to_string(count) + (count == 1 ? " object: " : " objects: ") + what.second,
             .count = count});
  return out;
}

}  // namespace trailseal::verify
