#include "kms/json_tree.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

namespace trailseal::kms {
namespace {

using nlohmann::json;

constexpr std::size_t kMostDepth = 24, kMostValues = 200'000;
constexpr double kMostTime = 253402300800.0;  // the year 10000

class Builder final : public json::json_sax_t {
 public:
  bool null() override { return add({}); }
  bool boolean(bool truth) override { return add({JsonValue::Kind::truth, truth ? "true" : "false", {}, {}}); }
  bool number_integer(json::number_integer_t number) override { return add_number(std::to_string(number)); }
  bool number_unsigned(json::number_unsigned_t number) override { return add_number(std::to_string(number)); }
  bool number_float(json::number_float_t, const std::string& text) override { return add_number(text); }
  bool string(std::string& text) override { return add({JsonValue::Kind::text, std::move(text), {}, {}}); }
  bool binary(json::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return begin(JsonValue::Kind::object); }
  bool start_array(std::size_t) override { return begin(JsonValue::Kind::list); }
  bool end_object() override { return end(); }
  bool end_array() override { return end(); }
  bool key(std::string& name) override {
    open_.back().value.names.push_back(name);
    return open_.back().seen.insert(std::move(name)).second;
  }
  bool parse_error(std::size_t, const std::string&, const json::exception&) override { return false; }

  JsonValue root;
  bool limited = false;

 private:
  struct Open {
    JsonValue value;
    std::set<std::string> seen;
  };

  bool add_number(std::string text) { return add({JsonValue::Kind::number, std::move(text), {}, {}}); }
  bool begin(JsonValue::Kind kind) {
    if (open_.size() >= kMostDepth) return limited = true, false;
    open_.push_back({{kind, {}, {}, {}}, {}});
    return true;
  }
  bool end() {
    JsonValue value = std::move(open_.back().value);
    open_.pop_back();
    return add(std::move(value));
  }
  bool add(JsonValue value) {
    if (++values_ > kMostValues) return limited = true, false;
    if (open_.empty()) {
      root = std::move(value);
    } else {
      open_.back().value.items.push_back(std::move(value));
    }
    return true;
  }

  std::vector<Open> open_;
  std::size_t values_ = 0;
};

// aws-cli adds microseconds and an offset to what parse_time takes as it is; both it honours or drops already.
std::optional<Time> to_time(const JsonValue& value) {
  if (value.is(JsonValue::Kind::text)) {
    const auto time = parse_time(value.text);
    return time ? std::optional(*time) : std::nullopt;
  }
  double seconds = 0;
  const char* end = value.text.data() + value.text.size();
  const auto [stop, problem] = std::from_chars(value.text.data(), end, seconds);
  if (!value.is(JsonValue::Kind::number) || problem != std::errc{} || stop != end) return std::nullopt;
  if (!(seconds >= 0 && seconds < kMostTime)) return std::nullopt;
  return Time(Seconds(static_cast<std::int64_t>(std::floor(seconds))));
}

}  // namespace

const JsonValue* JsonValue::find(std::string_view name) const {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return nullptr;
  const JsonValue& value = items[static_cast<std::size_t>(found - names.begin())];
  return value.is(Kind::null) ? nullptr : &value;
}

std::string JsonValue::text_of(std::string_view name) const {
  const JsonValue* value = find(name);
  return value != nullptr && (value->is(Kind::text) || value->is(Kind::number)) ? value->text : std::string();
}

bool JsonValue::truth_of(std::string_view name) const {
  const JsonValue* value = find(name);
  return value != nullptr && value->is(Kind::truth) && value->text == "true";
}

std::optional<Time> JsonValue::time_of(std::string_view name) const {
  const JsonValue* value = find(name);
  return value == nullptr ? std::nullopt : to_time(*value);
}

const std::vector<JsonValue>& JsonValue::list_of(std::string_view name) const {
  static const std::vector<JsonValue> kNone;
  const JsonValue* value = find(name);
  return value != nullptr && value->is(Kind::list) ? value->items : kNone;
}

Result<JsonValue> parse_json(ByteView bytes, std::size_t limit) {
  if (bytes.size() > limit) return Error{Errc::limit, "more than " + std::to_string(limit) + " bytes"};
  Builder builder;
  if (json::sax_parse(bytes.begin(), bytes.end(), &builder)) return std::move(builder.root);
  if (builder.limited) return Error{Errc::limit, "nested too deeply, or of too many values"};
  return Error{Errc::corrupt, "not proper JSON, or a name stands twice"};
}

}  // namespace trailseal::kms
