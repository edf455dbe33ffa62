#include "trail/log_records.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "trail/json_access.hpp"
#include "trail/json_mend.hpp"

namespace trailseal::trail {

namespace {

constexpr std::size_t kMaxDepth = 1024;  // a call's parameters may be nested: a limit that no service lets a call reach
constexpr std::size_t kMaxText = 1u << 30;
constexpr std::size_t kMostRecords = 2'000'000;  // a log has some 10,000; an export of a history may have many

Error error_of(simdjson::error_code code) {
  if (code == simdjson::DEPTH_ERROR) return {Errc::limit, "JSON of too many levels"};
  if (code == simdjson::CAPACITY || code == simdjson::MEMALLOC) return {Errc::limit, "too large to be read as JSON"};
  return {Errc::corrupt, std::string("not valid JSON: ") + simdjson::error_message(code)};
}

Result<dom::element> parse(dom::parser& parser, std::string_view text) {
  if (text.size() > kMaxText) return error_of(simdjson::CAPACITY);
  dom::element root;
  auto code = parser.allocate(std::max<std::size_t>(text.size(), 1), kMaxDepth);
  if (code == simdjson::SUCCESS) code = parser.parse(text.data(), text.size()).get(root);
  if (code == simdjson::NUMBER_ERROR || code == simdjson::STRING_ERROR || code == simdjson::UTF8_ERROR)
    code = parser.parse(mend_json(text)).get(root);
  if (code != simdjson::SUCCESS) return error_of(code);
  return root;
}

class Visitor {
 public:
  explicit Visitor(const std::function<void(const LogRecord&)>& visit) : visit_(visit) {}

  Result<void> records(dom::array list) {
    if (list.size() > kMostRecords) return Error{Errc::limit, "more than 2,000,000 records"};
    for (const dom::element element : list) record(element);
    return {};
  }

  Result<void> entries(dom::array list) {
    if (list.size() > kMostRecords) return Error{Errc::limit, "more than 2,000,000 events"};
    for (const dom::element element : list) entry(element);
    return {};
  }

  // A record in its wrapping, or without.
  void entry(dom::element element) {
    const JsonValue wrapping = JsonAccess::value(element);
    const JsonValue text = wrapping["CloudTrailEvent"];
    if (!text) {
      record(element);
      return;
    }
    if (const auto root = parse(inner_, text.text()); root && root->is_object())
      hand_out(JsonAccess::value(*root), wrapping);
    else
      miss();
  }

  RecordCount count() const { return count_; }

 private:
  void record(dom::element element) {
    if (element.is_object())
      hand_out(JsonAccess::value(element), {});
    else
      miss();
  }
  void hand_out(JsonValue content, JsonValue wrapping) {
    ++count_.records;
    visit_({index_++, content, wrapping});
  }
  void miss() {
    ++count_.unreadable;
    ++index_;
  }

  const std::function<void(const LogRecord&)>& visit_;
  dom::parser inner_;  // lives as long as what it handed out
  RecordCount count_;
  std::size_t index_ = 0;
};

std::optional<dom::array> list_in(dom::element root, const char* name) {
  dom::object object;
  dom::array list;
  if (root.get_object().get(object) != simdjson::SUCCESS || object[name].get_array().get(list) != simdjson::SUCCESS)
    return std::nullopt;
  return list;
}

Result<RecordCount> each_line(std::string_view text, const std::function<void(const LogRecord&)>& visit) {
  Visitor visitor(visit);
  dom::parser parser;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    TRY(const dom::element root, parse(parser, line));
    if (!root.is_object()) return Error{Errc::corrupt, "a line that is no event"};
    visitor.entry(root);
    if (visitor.count().records + visitor.count().unreadable > kMostRecords)
      return Error{Errc::limit, "more than 2,000,000 events"};
  }
  return visitor.count();
}

}  // namespace

Result<RecordCount> for_each_record(ByteView log, const std::function<void(const LogRecord&)>& visit) {
  dom::parser parser;
  TRY(const dom::element root, parse(parser, as_text(log)));
  dom::array plain;
  const auto list = root.get_array().get(plain) == simdjson::SUCCESS ? std::optional(plain) : list_in(root, "Records");
  if (!list) return Error{Errc::corrupt, "not a log: no list of records"};
  Visitor visitor(visit);
  TRY_VOID(visitor.records(*list));
  return visitor.count();
}

Result<RecordCount> for_each_event_of_history(ByteView text, const std::function<void(const LogRecord&)>& visit) {
  dom::parser parser;
  const auto root = parse(parser, as_text(text));
  // Several objects, one behind the other, are no JSON.
  if (!root && root.error().code == Errc::corrupt) return each_line(as_text(text), visit);
  if (!root) return root.error();
  Visitor visitor(visit);
  const JsonValue value = JsonAccess::value(*root);
  dom::array plain;
  if (const auto events = list_in(*root, "Events")) {
    TRY_VOID(visitor.entries(*events));
  } else if (const auto records = list_in(*root, "Records")) {
    TRY_VOID(visitor.records(*records));
  } else if (root->get_array().get(plain) == simdjson::SUCCESS) {
    TRY_VOID(visitor.entries(plain));
  } else if (value["eventVersion"] || value["CloudTrailEvent"]) {
    visitor.entry(*root);
  } else {
    return Error{Errc::corrupt, "no events: neither \"Events\" nor \"Records\", no list and no lines"};
  }
  return visitor.count();
}

}  // namespace trailseal::trail
