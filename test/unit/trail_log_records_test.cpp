#include "trail/log_records.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "trail/json_mend.hpp"

using namespace trailseal;
using trail::for_each_event_of_history;
using trail::for_each_record;
using trail::JsonValue;
using trail::LogRecord;
using trail::mend_json;

namespace {

using Reader = Result<trail::RecordCount> (*)(ByteView, const std::function<void(const LogRecord&)>&);

// "index:eventName" of each record, and behind them how many could not be read.
std::string names(Reader reader, const std::string& text) {
  std::string all;
  const auto count = reader(as_bytes(text), [&](const LogRecord& record) {
    all += std::to_string(record.index) + ":" + std::string(record.content["eventName"].text());
    if (record.entry) all += "(" + std::string(record.entry["Username"].text()) + ")";
    all += " ";
  });
  if (!count) return std::string("error: ") + to_string(count.error().code);
  return all + "+" + std::to_string(count->unreadable);
}

std::string nested(std::size_t levels) {
  return R"([{"eventName": "A", "p": )" + std::string(levels, '[') + std::string(levels, ']') + "}]";
}

std::filesystem::path shared_logs() {
  const char* shared = std::getenv("TRAILSEAL_SHARED");
  return std::filesystem::path(shared != nullptr ? shared : "../shared") / "data/cloudtrail-logs";
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("records are found in every shape of a log") {
  const struct {
    const char* log;
    const char* expected;
  } kRows[] = {
      {R"({"Records":[{"eventName":"A"},{"eventName":"B"}]})", "0:A 1:B +0"},
      {R"([{"eventName":"A"}])", "0:A +0"},
      {R"({"Records":[]})", "+0"},
      {R"([])", "+0"},
      {R"({"Records":[{"eventName":"A"},7,null,[{"eventName":"X"}],{"eventName":"B"}]})", "0:A 4:B +3"},
      {R"({"Records":[{"eventName":7}]})", "0: +0"},
      {R"({"x":{"Records":[{"eventName":"A"}]},"Records":[{"eventName":"B"}]})", "0:B +0"},
      {R"({"Events":[{"eventName":"A"}]})", "error: corrupt"},
      {R"({"Records":{"eventName":"A"}})", "error: corrupt"},
      {R"({"eventName":"A"})", "error: corrupt"},
      {R"({"Records":[{"eventName":"A"},)", "error: corrupt"},
      {R"({"Records":[{"eventName":"A"}]} x)", "error: corrupt"},
      {"", "error: corrupt"},
      {"Records", "error: corrupt"},
  };
  for (const auto& row : kRows) {
    CAPTURE(row.log);
    CHECK(names(for_each_record, row.log) == row.expected);
  }
}

TEST_CASE("events are found in every shape of an exported history") {
  const struct {
    const char* text;
    const char* expected;
  } kRows[] = {
      {R"({"Events":[{"Username":"u","CloudTrailEvent":"{\"eventName\":\"A\"}"},{"CloudTrailEvent":"{\"eventName\":\"B\"}"}]})",
       "0:A(u) 1:B() +0"},
      {R"({"Events":[{"eventVersion":"1.07","eventName":"Insight"}]})", "0:Insight +0"},
      {R"({"Events":[{"CloudTrailEvent":"{"},{"CloudTrailEvent":7},{"CloudTrailEvent":"[]"},{"CloudTrailEvent":"{\"eventName\":\"A\"}"}]})",
       "3:A() +3"},
      {R"({"Records":[{"eventName":"A"}]})", "0:A +0"},
      {R"([{"Username":"u","CloudTrailEvent":"{\"eventName\":\"A\"}"},{"eventName":"B"}])", "0:A(u) 1:B +0"},
      {"{\"Username\":\"u\",\"CloudTrailEvent\":\"{\\\"eventName\\\":\\\"A\\\"}\"}\n\r\n{\"eventName\":\"B\"}\n",
       "0:A(u) 1:B +0"},
      {R"({"eventVersion":"1.08","eventName":"A"})", "0:A +0"},
      {R"({"NextToken":"x"})", "error: corrupt"},
      {"{}\n7\n", "error: corrupt"},
      {"{}\n{\n", "error: corrupt"},
      {"eventName,A\n", "error: corrupt"},
  };
  for (const auto& row : kRows) {
    CAPTURE(row.text);
    CHECK(names(for_each_event_of_history, row.text) == row.expected);
  }
}

TEST_CASE("one odd parameter does not hide the calls beside it") {
  for (const char* odd : {"123456789012345678901234567890", "-123456789012345678901234567890", "1e999", "-2.5E+400",
                          R"("\ud800")", R"("\udc00\ud800x")", "\"\xff\xfe\"", R"("\\\ud83d")"}) {
    CAPTURE(odd);
    const std::string log =
        R"({"Records":[{"eventName":"A"},{"eventName":"B","p":)" + std::string(odd) + R"(},{"eventName":"C"}]})";
    CHECK(names(for_each_record, log) == "0:A 1:B 2:C +0");
  }
}

TEST_CASE("what is mended, and what stays") {
  const struct {
    const char* json;
    const char* expected;
  } kRows[] = {
      {R"([1, -2.5, 12345678901234567])", R"([1, -2.5, 12345678901234567])"},
      {R"([123456789012345678])", R"(["123456789012345678"])"},
      {R"({"a":1e5,"b":1E-5})", R"({"a":"1e5","b":"1E-5"})"},
      {R"({"1e5":"1e5 123456789012345678"})", R"({"1e5":"1e5 123456789012345678"})"},
      {R"(["\"1e5\"", "\\", 1e5])", R"(["\"1e5\"", "\\", "1e5"])"},
      {R"(["\ud83d\ude00", "\uD83Dx", "\uDE00"])", R"(["\ud83d\ude00", "\ufffdx", "\ufffd"])"},
      {R"(["\\ud800"])", R"(["\\ud800"])"},
      {"\"a\\", "\"a\\"},
      {"\"", "\""},
      {"", ""},
  };
  for (const auto& row : kRows) {
    CAPTURE(row.json);
    CHECK(mend_json(row.json) == row.expected);
  }
}

TEST_CASE("a log's depth is bounded") {
  CHECK(names(for_each_record, nested(900)) == "0:A +0");
  CHECK(names(for_each_record, nested(2000)) == "error: limit reached");
}

TEST_CASE("values of every kind, and what is not there") {
  const std::string log = R"([{"t": "x\u0041", "b": true, "n": null, "d": 1.5, "i": -7, "l": [1, "two", {"k": "v"}, []],
                              "o": {"a": 1, "b": {"c": [2, 3]}, "a": 9}, "e": [], "eo": {}}])";
  bool seen = false;
  REQUIRE(for_each_record(as_bytes(log), [&](const LogRecord& record) {
    seen = true;
    const JsonValue value = record.content;
    CHECK(value.kind() == JsonValue::Kind::object);
    CHECK(value["t"].text() == "xA");
    CHECK(value["t"]["x"].kind() == JsonValue::Kind::absent);
    CHECK(value["b"].boolean() == true);
    CHECK(value["t"].boolean() == std::nullopt);
    CHECK(value["n"].kind() == JsonValue::Kind::null);
    CHECK(static_cast<bool>(value["n"]));
    CHECK(value["d"].kind() == JsonValue::Kind::number);
    CHECK(value["i"].to_json() == "-7");
    CHECK_FALSE(static_cast<bool>(value["x"]));
    CHECK(value["x"]["y"].text().empty());
    CHECK(value["x"].to_json().empty());
    std::string list;
    for (const JsonValue element : value["l"]) list += element.to_json() + ";";
    CHECK(list == R"(1;"two";{"k":"v"};[];)");
    std::string members;
    for (auto at = value["o"].begin(); at != value["o"].end(); ++at)
      members += std::string(at.name()) + "=" + (*at).to_json() + ";";
    CHECK(members == R"(a=1;b={"c":[2,3]};a=9;)");
    CHECK(value["o"]["a"].to_json() == "1");
    CHECK(value["e"].size() == 0);
    CHECK(value["eo"].size() == 0);
    CHECK(value["l"].size() == 4);
    CHECK(value["t"].size() == 0);
  }));
  CHECK(seen);
}

// The numbers are those of the sets' own descriptions.
TEST_CASE("published logs are read, every record of them") {
  const struct {
    const char* folder;
    std::size_t files, records;
  } kSets[] = {{"invictus-aws_dataset/CloudTrail", 55, 2900}, {"stratus-detonation-logs", 35, 310}};
  for (const auto& set : kSets) {
    const auto folder = shared_logs() / set.folder;
    if (!std::filesystem::is_directory(folder)) {
      WARN("skipped: no " << folder.string());
      continue;
    }
    std::size_t files = 0, records = 0, named = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
      if (file.path().extension() != ".json") continue;
      ++files;
      CAPTURE(file.path().string());
      const auto count = for_each_record(as_bytes(read_file(file.path())), [&](const LogRecord& record) {
        if (!record.content["eventName"].text().empty() && !record.content["eventID"].text().empty()) ++named;
      });
      REQUIRE(count);
      CHECK(count->unreadable == 0);
      records += count->records;
    }
    CHECK(files == set.files);
    CHECK(records == set.records);
    CHECK(named == set.records);
  }
}

TEST_CASE("a published export of an event history is read") {
  const auto path = shared_logs() / "plaso-lookup-events/aws_cloudtrail.jsonl";
  if (!std::filesystem::exists(path)) {
    WARN("skipped: no " << path.string());
    return;
  }
  std::map<std::string, std::size_t> resources;
  REQUIRE(for_each_event_of_history(as_bytes(read_file(path)), [&](const LogRecord& record) {
    resources[std::string(record.content["eventName"].text())] = record.entry["Resources"].size();
  }));
  CHECK(resources == std::map<std::string, std::size_t>{{"DescribeInstances", 0},
                                                        {"TerminateInstances", 1},
                                                        {"StopInstances", 1},
                                                        {"SharedSnapshotVolumeCreated", 0},
                                                        {"RunInstances", 8},
                                                        {"CreateSecurityGroup", 3}});
}
