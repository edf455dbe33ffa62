#include "cli/log_summary.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace trailseal::cli {
namespace {

// Hears the JSON piece by piece. Depth 1 is the whole; records are the objects directly in the list, which is the whole
// itself or the member "Records" of it.
class RecordCounter : public nlohmann::json::json_sax_t {
 public:
  LogSummary summary;
  bool found_list = false;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override { return false; }

  bool start_object(std::size_t) override {
    ++depth_;
    if (list_depth_ != 0 && depth_ == list_depth_ + 1) ++summary.records;
    return true;
  }
  bool end_object() override {
    --depth_;
    return true;
  }
  bool start_array(std::size_t) override {
    ++depth_;
    if (depth_ == 1 || (depth_ == 2 && key_ == "Records")) {
      list_depth_ = depth_;
      found_list = true;
    }
    return true;
  }
  bool end_array() override {
    if (depth_ == list_depth_) list_depth_ = 0;
    --depth_;
    return true;
  }
  bool key(string_t& key) override {
    key_ = key;
    return true;
  }
  bool string(string_t& value) override {
    if (list_depth_ == 0 || depth_ != list_depth_ + 1) return true;
    if (key_ == "eventName") count_name(value);
    if (key_ == "eventTime") note_time(value);
    return true;
  }

 private:
  void count_name(const std::string& name) {
    if (summary.event_names.size() < LogSummary::kMostNames || summary.event_names.contains(name)) {
      ++summary.event_names[name];
    }
  }
  void note_time(const std::string& text) {
    const auto time = parse_iso_utc(text);
    if (!time) return;
    summary.first = summary.first ? std::min(*summary.first, *time) : *time;
    summary.last = summary.last ? std::max(*summary.last, *time) : *time;
  }

  std::size_t depth_ = 0;
  std::size_t list_depth_ = 0;  // 0: not in the list
  std::string key_;
};

}  // namespace

std::optional<LogSummary> summarize_log(ByteView json) {
  RecordCounter counter;
  if (!nlohmann::json::sax_parse(json.begin(), json.end(), &counter) || !counter.found_list) return std::nullopt;
  return std::move(counter.summary);
}

}  // namespace trailseal::cli
