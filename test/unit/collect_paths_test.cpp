#include "collect/paths.hpp"

#include <string>

#include "collect/manifest.hpp"
#include "collect/selection.hpp"
#include "support/catch.hpp"

using namespace trailseal;
using namespace trailseal::collect;

TEST_CASE("only a key that is a plain path of its own is the path of its bytes", "[collect]") {
  const std::string folder = "AWSLogs/111122223333/CloudTrail/us-east-1/";
  const std::string deep = [] {
    std::string key;
    for (int i = 0; i < 61; ++i) key += "a/";
    return key + "b";
  }();
  const struct {
    std::string key;
    bool natural;
  } rows[] = {
      {folder + "2026/07/01/x.json.gz", true},
      {folder + "a b+c%2F&\\'\"$(id)", true},
      {folder + "caf\u00e9", true},
      {folder + "x.metadata.json", true},
      {folder + ".trailseal/x", true},
      {folder + std::string(250, 'q'), true},
      {"", false},
      {"/etc/passwd", false},
      {folder, false},
      {folder + "a//b", false},
      {folder + "../x", false},
      {folder + ".", false},
      {"..", false},
      {folder + std::string("nul\0x", 5), false},
      {folder + "line\nfeed", false},
      {folder + "delete\x7f", false},
      {folder + "not UTF-8 \xff", false},
      {folder + std::string(251, 'q'), false},
      {std::string(256, 'q') + "/x", false},
      {deep, false},
      {"manifest.json", false},
      {"manifest.json/AWSLogs/x", false},
      {"manifest.json.sig", false},
      {"SHA256SUMS", false},
      {"SHA256SUMS.tsr", false},
      {"keys.json", false},
      {".trailseal/metadata/x.json", false},
      {".trailseal", false},
      {"keys.json.x", true},
      {".trailseals/x", true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.key);
    CHECK(is_natural(row.key) == row.natural);
    const auto paths = object_paths(row.key, Sha256{1}, Sha256{2});
    CHECK((paths.front() == row.key) == row.natural);
    CHECK(paths.back().starts_with(".trailseal/objects/01"));
    CHECK(metadata_path(row.key).empty() == !row.natural);
    for (const auto& path : paths) CHECK(path.find("/../") == std::string::npos);
  }
}

TEST_CASE("our own files and what may stand beside them", "[collect]") {
  const struct {
    std::string path;
    bool own, outside;
  } rows[] = {{"manifest.json", true, true},
              {"manifest.json.asc", true, true},
              {"SHA256SUMS.tsr", true, true},
              {"keys.json", true, true},
              {".trailseal/journal.jsonl", true, true},
              {".trailseal/running", true, true},
              {".trailseal/earlier/000001-manifest.json", true, true},
              {".trailseal/metadata/AWSLogs/x.json", false, true},
              {".trailseal/objects/00", false, true},
              {"manifest.json/x", false, true},
              {"AWSLogs/x", false, false},
              {"notes.txt", false, false}};
  for (const auto& row : rows) {
    CAPTURE(row.path);
    CHECK(is_own_file(row.path) == row.own);
    CHECK(is_outside_tree(row.path) == row.outside);
  }
}

TEST_CASE("a line of SHA256SUMS has the escapes of coreutils", "[collect]") {
  const std::string zeros(64, '0');
  CHECK(sums_line({}, "a b") == zeros + "  a b\n");
  CHECK(sums_line({}, "a\\b") == "\\" + zeros + "  a\\\\b\n");
  CHECK(sums_line({}, "a\nb\r") == "\\" + zeros + "  a\\nb\\r\n");
}

TEST_CASE("what a selection covers is what was looked for", "[collect]") {
  Selection selection;
  selection.since = *parse_time("2026-07-02T00:00:00Z");
  selection.until = *parse_time("2026-07-02T06:00:00Z");
  selection.accounts = {"111122223333"};
  selection.regions = {"us-east-1"};
  const auto key = [](const char* account, const char* kind, const char* region, const char* rest) {
    return std::string("p/AWSLogs/") + account + "/" + kind + "/" + region + "/" + rest;
  };
  const struct {
    std::string key;
    bool covered;
  } rows[] = {
      {key("111122223333", "CloudTrail", "us-east-1", "2026/07/02/x"), true},
      {key("111122223333", "CloudTrail-Digest", "us-east-1", "2026/07/01/x"), true},
      {key("o-abcdefghij/111122223333", "CloudTrail-Insight", "us-east-1", "2026/07/02/x"), true},
      {key("111122223333", "CloudTrail", "us-east-1", "junk"), true},
      {key("111122223333", "CloudTrail", "not a region", "junk"), true},
      {key("111122223333", "CloudTrail", "us-east-1", "2026/06/29/x"), false},
      {key("111122223333", "CloudTrail", "us-east-1", "2026/07/04/x"), false},
      {key("111122223333", "CloudTrail", "eu-west-1", "2026/07/02/x"), false},
      {key("999988887777", "CloudTrail", "us-east-1", "2026/07/02/x"), false},
      {key("111122223333", "Config", "us-east-1", "2026/07/02/x"), false},
      {"p/other/x", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.key);
    CHECK(covers(selection, row.key) == row.covered);
  }
  selection.prefix = "q/";
  CHECK(!covers(selection, rows[0].key));
  CHECK(covers({}, key("999988887777", "CloudTrail", "eu-west-1", "1999/01/01/x")));
}
