#include "report/canonical.hpp"

#include <utility>

#include "base/hex.hpp"
#include "report/read_json.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/report.hpp"

namespace trailseal::report {
namespace {

std::string sha256_of(std::string_view text) {
  const auto hasher = crypto::backends().front()->hasher(crypto::Hash::sha256);
  Sha256 hash{};
  if (!hasher) return "(unknown)";
  (*hasher)->update(as_bytes(text));
  return (*hasher)->finish(hash) ? base::to_hex(hash) : "(unknown)";
}

}  // namespace

Canonical canonical(const verdict::Verdict& verdict) {
  const std::string json = find_format("json")->write(verdict, {});
  auto read = read_json(json);
  return {read ? std::move(*read) : verdict, sha256_of(json)};
}

}  // namespace trailseal::report
