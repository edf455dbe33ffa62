#include "forensics/event_table.hpp"

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "base/csv.hpp"
#include "base/escape.hpp"
#include "support/catch.hpp"

using namespace trailseal;
using forensics::Event;
using forensics::EventTable;
using forensics::Trust;

namespace {

Event create_trail() {
  Event event;
  event.at = parse_iso_utc("2026-07-01T02:13:04Z").value();
  event.id = "e-1";
  event.name = "CreateTrail";
  event.source = "cloudtrail.amazonaws.com";
  event.user_name = "ada";
  event.resources = {{"AWS::CloudTrail::Trail", "t"}, {"AWS::S3::Bucket", "b"}};
  event.provenance.log = "s3://b/k";
  event.provenance.digest = "d";
  return event;
}

Event hostile() {
  Event event;
  event.at = parse_iso_utc("2026-07-01T02:13:05Z").value();
  event.name = "=cmd|' /C calc'!A0";
  event.source = "x\x1b[31m";
  event.user_name = "a\r\nb\xe2\x80\xae";
  event.error = "No\tWay";
  event.kind = Event::Kind::data;
  event.resources = {{"", std::string(300, 'r')}};
  event.provenance.trust = Trust::unverified;
  event.provenance.reason = "log.unlisted";
  return event;
}

std::string table(const std::vector<Event>& events, std::size_t width = 0) {
  std::string text;
  const auto zone = base::TimeZone::utc();
  EventTable made(zone, width, [&](std::string_view line) {
    text += line;
    return true;
  });
  for (const Event& event : events) CHECK(made.add(event));
  CHECK(made.finish());
  return text;
}

}  // namespace

TEST_CASE("a table has the console's columns, and resources below each other") {
  CHECK(table({create_trail()}) ==
        "EVENT NAME   EVENT TIME UTC       USER NAME  EVENT SOURCE              RESOURCE TYPE           RESOURCE NAME\n"
        "CreateTrail  2026-07-01 02:13:04  ada        cloudtrail.amazonaws.com  AWS::CloudTrail::Trail  t\n"
        "                                                                       AWS::S3::Bucket         b\n");
  CHECK(table({}).empty());
}

TEST_CASE("what is not verified is marked, and so are errors and other kinds") {
  Event login;
  login.at = parse_iso_utc("2026-07-01T02:13:04Z").value();
  login.name = "ConsoleLogin";
  login.provenance.trust = Trust::event_history;
  Event insight = login;
  insight.name = "GetObject";
  insight.kind = Event::Kind::insight;
  insight.detail = "ApiCallRateInsight Start";
  insight.provenance.trust = Trust::unverified;
  insight.provenance.reason = "log.hash-mismatch";
  insight.error = "AccessDenied";
  CHECK(table({login, insight}) ==
        "EVENT NAME    EVENT TIME UTC       USER NAME  EVENT SOURCE  RESOURCE TYPE  RESOURCE NAME  NOTE\n"
        "ConsoleLogin  2026-07-01 02:13:04  -          -             -              -              event history only\n"
        "GetObject     2026-07-01 02:13:04  -          -             -              -              UNVERIFIED: "
        "log.hash-mismatch; insight ApiCallRateInsight Start; error AccessDenied\n");
}

TEST_CASE("a table fits its terminal, and no byte of evidence reaches it as it is") {
  for (const std::size_t width : {80u, 81u, 100u, 137u, 200u}) {
    const std::string text = table({create_trail(), hostile(), create_trail()}, width);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(width, line);
      CHECK(base::columns_of(line) <= width);
    }
    CAPTURE(text);
    CHECK(text.find_first_of("\x1b\r\t") == std::string::npos);
    CHECK(text.find("\xe2\x80\xae") == std::string::npos);
    CHECK(text.find("UNVERIFIED") != std::string::npos);
    CHECK(text.find("AWS::S3::Bucket  b\n") != std::string::npos);
  }
  CHECK(table({create_trail()}, 80) ==
        "EVENT NAME   EVENT TIME UTC       USER NAME  EVENT SOURCE\n"
        "    RESOURCE TYPE  RESOURCE NAME\n"
        "CreateTrail  2026-07-01 02:13:04  ada        cloudtrail.amazonaws.com\n"
        "    AWS::CloudTrail::Trail  t\n"
        "    AWS::S3::Bucket  b\n");
}

TEST_CASE("one record does not set how wide all others are") {
  Event huge = create_trail();
  for (std::string* each : {&huge.name, &huge.user_name, &huge.source, &huge.error, &huge.resources[0].type,
                            &huge.resources[0].name, &huge.resources[1].name})
    each->assign(1'000'000, 'x');
  const std::string text = table({create_trail(), huge, create_trail()});
  CHECK(text.size() < 10'000);
  CHECK(text.find(std::string(90, 'x') + "...") != std::string::npos);
  const auto zone = base::TimeZone::utc();
  CHECK(forensics::csv_row(huge, zone).size() > 5'000'000);
  // What has a name of usual length is told in full.
  Event log = create_trail();
  log.resources[0].name = "arn:aws:s3:::acme-trail/" + std::string(170, 'k');
  CHECK(table({log}).find(log.resources[0].name) != std::string::npos);
}

TEST_CASE("a long table is written before it ends") {
  std::size_t written = 0;
  const auto zone = base::TimeZone::utc();
  EventTable made(zone, 0, [&](std::string_view) {
    ++written;
    return written < 10'002;
  });
  for (int i = 0; i < 9'999; ++i) REQUIRE(made.add(create_trail()));
  CHECK(written == 0);
  CHECK(made.add(create_trail()));
  CHECK(written == 10'001);
  CHECK_FALSE(made.add(create_trail()));
}

TEST_CASE("a cell of CSV is no formula and ends no line") {
  const struct {
    const char *text, *cell;
  } kRows[] = {
      {"", ""},
      {"plain", "plain"},
      {"a b", "\"a b\""},
      {"a,b", "\"a,b\""},
      {"say \"x\"", "\"say \"\"x\"\"\""},
      {"=1+2", "\"'=1+2\""},
      {"+1", "\"'+1\""},
      {"-1", "\"'-1\""},
      {"@x", "\"'@x\""},
      {"\tx", "\"'\\x09x\""},
      {"\rx", "\"'\\x0Dx\""},
      {"\xef\xbc\x9dx", "\"'\xef\xbc\x9dx\""},
      {"a\nb", "a\\x0Ab"},
      {"a=1", "a=1"},
      {"a;b", "\"a;b\""},
      {"a;=1+1;b", "\"a;'=1+1;b\""},
      {"x; =1", "\"x; '=1\""},
      {"x,+1;-1, @y", "\"x,'+1;'-1, '@y\""},
      {" =1", "\" '=1\""},
      {";\"=1\"", "\";\"\"'=1\"\"\""},
      {"\"=1\"", "\"\"\"'=1\"\"\""},
      {"a;\xef\xbc\x9d"
       "1",
       "\"a;'\xef\xbc\x9d"
       "1\""},
      {"Mozilla/5.0 (X11; Linux), like -1", "\"Mozilla/5.0 (X11; Linux), like -1\""},
  };
  for (const auto& row : kRows) {
    CAPTURE(row.text);
    CHECK(base::csv_cell(row.text) == row.cell);
  }
}

TEST_CASE("a row of CSV has a cell for each column") {
  const auto cells = [](const std::string& row) {
    std::size_t count = 1;
    bool quoted = false;
    for (const char c : row) {
      if (c == '"') quoted = !quoted;
      if (c == ',' && !quoted) ++count;
    }
    return count;
  };
  const auto zone = base::TimeZone::utc();
  CHECK(cells(forensics::csv_row(create_trail(), zone)) == cells(forensics::csv_header()));
  const std::string row = forensics::csv_row(hostile(), zone);
  CHECK(cells(row) == cells(forensics::csv_header()));
  CHECK(row.find('\n') == row.size() - 1);
  CHECK(row.starts_with("\"'=cmd"));
  CHECK(forensics::csv_row(create_trail(), zone)
            .starts_with("CreateTrail,2026-07-01T02:13:04Z,ada,cloudtrail.amazonaws.com,"
                         "\"AWS::CloudTrail::Trail; AWS::S3::Bucket\",\"t; b\",verified,false,management,e-1,"));
}

TEST_CASE("a line of JSON is ASCII and says all") {
  const auto zone = base::TimeZone::utc();
  Event event = hostile();
  event.user_agent = "\xff\xfe";
  for (const Event& each : {create_trail(), event}) {
    const std::string line = forensics::json_line(each, zone);
    CHECK(line.find('\n') == line.size() - 1);
    for (const char c : line) CHECK((c == '\n' || (c >= 0x20 && c < 0x7f)));
    const auto json = nlohmann::json::parse(line);
    CHECK(json["event_name"] == each.name);
    CHECK(json["user_name"] == each.user_name);
    CHECK(json["resources"].size() == each.resources.size());
    CHECK(json["resources"][0]["name"] == each.resources[0].name);
    CHECK(json["trust"] == to_string(each.provenance.trust));
    CHECK(json["event_time"] == to_string(each.at));
  }
  CHECK(nlohmann::json::parse(forensics::json_line(event, zone))["user_agent"] == "\xef\xbf\xbd\xef\xbf\xbd");
}

// Last: a zone is one for the whole program.
TEST_CASE("times in another zone") {
  const Time winter = parse_iso_utc("2026-01-01T23:30:00Z").value(),
             summer = parse_iso_utc("2026-07-01T02:13:04Z").value();
  CHECK_FALSE(base::TimeZone::named("Europe/Atlantis"));
  CHECK_FALSE(base::TimeZone::named("../../../etc/passwd"));
  CHECK_FALSE(base::TimeZone::named("/etc/passwd"));
  CHECK_FALSE(base::TimeZone::named(""));
  CHECK_FALSE(base::TimeZone::named("Europe"));
  const auto berlin = base::TimeZone::named("Europe/Berlin");
  if (!berlin) {
    WARN("skipped: no time zones here");
    return;
  }
  CHECK(berlin->iso(winter) == "2026-01-02T00:30:00+01:00");
  CHECK(berlin->plain(summer) == "2026-07-01 04:13:04 +02:00");
  const auto newfoundland = base::TimeZone::named("America/St_Johns");
  REQUIRE(newfoundland);
  CHECK(newfoundland->iso(summer) == "2026-06-30T23:43:04-02:30");
  CHECK(base::TimeZone::utc().plain(summer) == "2026-07-01 02:13:04");
  CHECK(base::TimeZone::utc().iso(summer) == "2026-07-01T02:13:04Z");
}
