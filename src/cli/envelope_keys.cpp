#include "cli/envelope_keys.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/base64.hpp"
#include "base/escape.hpp"
#include "base/hex.hpp"
#include "cli/key_files.hpp"

namespace trailseal::cli {
namespace {

constexpr std::size_t kMostBytes = 64u << 10;
constexpr std::string_view kForms = "aes:NAMESPACE:NAME=FILE, rsa:NAMESPACE:NAME=FILE or data:FILE";

bool is_aes_size(std::size_t size) { return size == 16 || size == 24 || size == 32; }

struct KeyWish {
  std::string kind, name_space, name, path;
};

// NAMESPACE goes to the first colon, NAME to the first equals sign: names of keys may hold colons, as ARNs do.
std::optional<KeyWish> parse_wish(const std::string& value) {
  const std::size_t colon = value.find(':');
  if (colon == std::string::npos) return std::nullopt;
  KeyWish wish{value.substr(0, colon), {}, {}, value.substr(colon + 1)};
  if (wish.kind == "data") return wish.path.empty() ? std::nullopt : std::optional(wish);
  if (wish.kind != "aes" && wish.kind != "rsa") return std::nullopt;
  const std::string rest = wish.path;
  const std::size_t second = rest.find(':');
  const std::size_t equals = second == std::string::npos ? second : rest.find('=', second);
  if (equals == std::string::npos) return std::nullopt;
  wish.name_space = rest.substr(0, second);
  wish.name = rest.substr(second + 1, equals - second - 1);
  wish.path = rest.substr(equals + 1);
  if (wish.path.empty()) return std::nullopt;
  return wish;
}

bool open_to_others(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0;
}

std::optional<UsageError> add_key(const KeyWish& wish, const crypto::Backend& backend, envelope::Keyring& keys) {
  const std::string shown = base::printable(wish.path);
  auto read = read_file(wish.path, kMostBytes);
  if (!read) return UsageError{"cannot read the key " + base::printable(read.error().message), ""};
  const SecretBytes content(std::move(read).value());
  if (wish.kind == "rsa") {
    const bool pem = as_text(content.view()).find("-----BEGIN ") != std::string_view::npos;
    auto der = pem ? read_pem_private_key(as_text(content.view())) : SecretBytes::copy_of(content.view());
    if (!der) return UsageError{shown + ": " + der.error().message, ""};
    auto key = crypto::RsaPrivateKey::from_der(der->view());
    if (!key) return UsageError{shown + ": no RSA private key: " + key.error().message, ""};
    if (const auto loaded = backend.rsa_decrypter(*key); !loaded)
      return UsageError{shown + ": no usable RSA private key: " + loaded.error().message, ""};
    keys.rsa.push_back({wish.name_space, wish.name, std::move(key).value()});
    return std::nullopt;
  }
  auto readings = parse_aes_key(content.view());
  if (readings.empty())
    return UsageError{shown + ": no AES key of 128, 192 or 256 bits", "raw bytes, hexadecimal or base64"};
  if (wish.kind == "data") {
    keys.data_key = std::move(readings);
    return std::nullopt;
  }
  // A wrong reading opens nothing: where only a padding of AES-ECB could tell, the size of the data key must fit, too.
  for (SecretBytes& key : readings) keys.aes.push_back({wish.name_space, wish.name, std::move(key)});
  return std::nullopt;
}

}  // namespace

std::string envelope_key_path(const std::string& value) {
  const auto wish = parse_wish(value);
  return wish ? wish->path : std::string();
}

std::vector<SecretBytes> parse_aes_key(ByteView content) {
  std::vector<SecretBytes> readings;
  const auto add = [&readings](Bytes bytes) {
    SecretBytes key(std::move(bytes));
    if (is_aes_size(key.size())) readings.push_back(std::move(key));
  };
  std::string_view text = as_text(content);
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (auto bytes = base::from_hex(text)) add(std::move(*bytes));
  if (auto bytes = base::from_base64(text)) add(std::move(*bytes));
  add({content.begin(), content.end()});
  return readings;
}

Result<SecretBytes> read_pem_private_key(std::string_view text) {
  constexpr std::string_view kBegin = "-----BEGIN ", kDashes = "-----";
  const std::size_t begin = text.find(kBegin);
  if (begin == text.npos) return Error{Errc::corrupt, "no PEM block"};
  text.remove_prefix(begin + kBegin.size());
  const std::size_t label_end = text.find(kDashes);
  if (label_end == text.npos) return Error{Errc::corrupt, "a PEM block does not end"};
  const std::string label(text.substr(0, label_end));
  if (label == "ENCRYPTED PRIVATE KEY") return Error{Errc::unsupported, "the key is encrypted: decrypt it first"};
  if (label != "PRIVATE KEY" && label != "RSA PRIVATE KEY")
    return Error{Errc::unsupported, "a PEM block that is no RSA private key"};
  text.remove_prefix(label_end + kDashes.size());
  const std::size_t end = text.find("-----END " + label + "-----");
  if (end == text.npos) return Error{Errc::corrupt, "a PEM block does not end"};
  if (text.find(kBegin, end) != text.npos) return Error{Errc::corrupt, "more than one PEM block"};
  SecretBytes body(end);
  std::size_t size = 0;
  for (const char c : text.substr(0, end)) {
    if (c == ':') return Error{Errc::unsupported, "the key is encrypted: decrypt it first"};  // Proc-Type: 4,ENCRYPTED
    if (c != '\n' && c != '\r' && c != ' ' && c != '\t') body.span()[size++] = static_cast<std::uint8_t>(c);
  }
  auto der = base::from_base64(as_text(body.view().first(size)));
  if (!der) return Error{Errc::corrupt, "a PEM block is not base64"};
  return SecretBytes(std::move(*der));
}

std::optional<UsageError> load_envelope_keys(const KeyFlag& flag, const std::vector<std::string>& values,
                                             const crypto::Backend& backend, envelope::Keyring& keys,
                                             std::vector<std::string>& warnings) {
  for (const std::string& value : values) {
    const auto wish = parse_wish(value);
    if (!wish)
      return UsageError{fmt::format("--{} is none: '{}'", flag.name, base::printable(value)), std::string(kForms)};
    if (wish->name_space == "aws-kms")
      return UsageError{"the namespace aws-kms belongs to KMS: no file holds such a key", std::string(kForms)};
    if (wish->kind == "data" && !flag.takes_data_key)
      return UsageError{fmt::format("--{} takes no data key: it would open one object alone", flag.name),
                        "trailseal envelope --key data:FILE"};
    if (wish->kind == "data" && values.size() > 1)
      return UsageError{fmt::format("--{} data: stands alone", flag.name),
                        "with a given data key nothing is unwrapped"};
    if (auto mistake = add_key(*wish, backend, keys)) return mistake;
    if (open_to_others(wish->path))
      warnings.push_back(fmt::format("{} is open to other users of this machine", base::printable(wish->path)));
  }
  return std::nullopt;
}

}  // namespace trailseal::cli
