#include "aws/secret_json.hpp"

#include <nlohmann/json.hpp>
#include <set>

namespace trailseal::aws {
namespace {

using nlohmann::json;
using Members = std::map<std::string, Secret, std::less<>>;

constexpr std::size_t kMostBytes = 64u << 10;
constexpr unsigned kMostDepth = 8;

class Reader final : public json::json_sax_t {
 public:
  bool null() override { return value(nullptr); }
  bool boolean(bool truth) override { return take(truth ? "true" : "false"); }
  bool number_integer(json::number_integer_t number) override { return take(std::to_string(number)); }
  bool number_unsigned(json::number_unsigned_t number) override { return take(std::to_string(number)); }
  bool number_float(json::number_float_t, const std::string& text) override { return take(text); }
  bool string(std::string& text) override { return value(&text); }
  bool binary(json::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return ++depth_ <= kMostDepth; }
  bool end_object() override { return --depth_, true; }
  bool start_array(std::size_t) override { return depth_ > 0 && ++depth_ <= kMostDepth; }
  bool end_array() override { return --depth_, true; }
  bool key(std::string& name) override {
    if (depth_ != 1) return true;
    name_ = name;
    return names_.insert(name).second;
  }
  bool parse_error(std::size_t, const std::string&, const json::exception&) override { return false; }

  Members members;

 private:
  bool take(std::string text) { return value(&text); }
  bool value(std::string* text) {
    if (depth_ == 1 && text != nullptr) members.insert_or_assign(name_, std::move(*text));
    return depth_ > 0;
  }

  std::set<std::string> names_;
  std::string name_;
  unsigned depth_ = 0;
};

}  // namespace

Result<Members> parse_secret_json(ByteView bytes) {
  if (bytes.size() > kMostBytes) return Error{Errc::limit, "an answer of more than 64 KiB"};
  Reader reader;
  if (!json::sax_parse(bytes.begin(), bytes.end(), &reader)) return Error{Errc::corrupt, "not a proper JSON object"};
  return std::move(reader.members);
}

Result<Credentials> parse_credentials(ByteView bytes, const char* token) {
  TRY(Members members, parse_secret_json(bytes));
  Credentials credentials;
  credentials.access_key = members["AccessKeyId"].text();
  credentials.secret_key = members["SecretAccessKey"];
  credentials.session_token = members[token];
  if (credentials.access_key.empty()) return Error{Errc::corrupt, "AccessKeyId is missing"};
  if (credentials.secret_key.empty()) return Error{Errc::corrupt, "SecretAccessKey is missing"};
  if (const std::string& text = members["Expiration"].text(); !text.empty()) {
    const auto time = parse_time(text);
    if (!time) return Error{Errc::corrupt, "Expiration is not a time"};
    credentials.expires = *time;
  }
  return credentials;
}

}  // namespace trailseal::aws
