// The reports of the sample verdicts, byte for byte. To rewrite the files after a change that is meant to be seen:
// TRAILSEAL_WRITE_GOLDEN=1 meson test golden, which fails all the same, and then a look at the difference.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <utility>

#include "golden/sample_verdicts.hpp"
#include "report/html_assets.hpp"
#include "support/catch.hpp"
#include "trailseal/report.hpp"

using namespace trailseal;

namespace {

struct Variant {
  const char* suffix;  // ".text"
  const char* format;
  report::Style style;
};

const Variant kVariants[] = {
    {".text", "text", {}},
    {".80.text", "text", {.width = 80}},
    {".color.text", "text", {.color = true}},
    {".quiet.text", "text", {.quiet = true}},
    {".verbose.text", "text", {.verbose = true}},
    {".json", "json", {}},
    {".html", "html", {}},
    {".certificate", "certificate", {}},
};

// The looks are shown once; what they are made of, for every verdict.
bool is_shown(std::string_view sample, std::string_view suffix) {
  return sample == "incident" || suffix == ".text" || suffix == ".json" || (suffix == ".html" && sample == "nothing") ||
         (suffix == ".certificate" && sample == "honest");
}

std::string path_of(std::string_view name) {
  const char* folder = std::getenv("TRAILSEAL_GOLDEN");
  REQUIRE(folder != nullptr);
  return std::string(folder) + "/" + std::string(name);
}

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

// Of a page, what is made of the verdict: its style and script have files of their own.
std::string without_assets(std::string report) {
  const std::pair<std::string_view, std::string_view> assets[] = {{report::html::kStyle, "STYLE"},
                                                                  {report::html::kScript, "SCRIPT"},
                                                                  {report::html::kStyleHash, "STYLE-HASH"},
                                                                  {report::html::kScriptHash, "SCRIPT-HASH"}};
  for (const auto& [asset, name] : assets)
    if (const std::size_t at = report.find(asset); at != std::string::npos) report.replace(at, asset.size(), name);
  return report;
}

}  // namespace

TEST_CASE("reports are the golden ones") {
  for (const test::Sample& sample : test::samples()) {
    const verdict::Verdict verdict = sample.make();
    for (const Variant& variant : kVariants) {
      if (!is_shown(sample.name, variant.suffix)) continue;
      const std::string path = path_of(std::string(sample.name) + variant.suffix);
      CAPTURE(path);
      const std::string report = without_assets(report::find_format(variant.format)->write(verdict, variant.style));
      if (std::getenv("TRAILSEAL_WRITE_GOLDEN") != nullptr) {
        std::ofstream(path, std::ios::binary) << report;
        FAIL_CHECK("rewritten, not compared");
      } else {
        CHECK(report == content_of(path));
      }
    }
  }
}

TEST_CASE("no line is wider than the terminal, but for keys") {
  for (const test::Sample& sample : test::samples()) {
    for (const std::size_t width : {std::size_t{80}, std::size_t{100}, std::size_t{140}}) {
      std::istringstream lines(report::find_format("text")->write(sample.make(), {.verbose = true, .width = width}));
      for (std::string line; std::getline(lines, line);) {
        CAPTURE(sample.name, width, line);
        const bool unbreakable = line.find(' ', std::min<std::size_t>(14, line.size())) == std::string::npos;
        CHECK((line.size() <= width || unbreakable));
        CHECK((line.empty() || line.back() != ' '));
      }
    }
  }
}

TEST_CASE("the text report is printable, whatever the evidence says") {
  for (const test::Sample& sample : test::samples()) {
    const std::string report = report::find_format("text")->write(sample.make(), {.verbose = true});
    CHECK(report.back() == '\n');
    CHECK(std::ranges::none_of(
        report, [](char c) { return c != '\n' && (static_cast<unsigned char>(c) < 0x20 || c == 0x7f); }));
  }
}

TEST_CASE("the JSON report is ASCII") {
  for (const test::Sample& sample : test::samples()) {
    const std::string report = report::find_format("json")->write(sample.make(), {.color = true});
    CHECK(report.back() == '\n');
    CHECK(std::ranges::none_of(report, [](char c) { return static_cast<unsigned char>(c) >= 0x7f; }));
  }
}
