#include <set>

#include "base/hex.hpp"
#include "golden/hostile_verdict.hpp"
#include "golden/sample_verdicts.hpp"
#include "report/html/markup.hpp"
#include "report/html_assets.hpp"
#include "report/read_json.hpp"
#include "support/catch.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/report.hpp"

using namespace trailseal;
using report::html::Markup;

namespace {

std::string write(std::string_view format, const verdict::Verdict& verdict) {
  return report::find_format(format)->write(verdict, {});
}

std::string sha256_of(std::string_view text) {
  const auto hasher = crypto::backends().front()->hasher(crypto::Hash::sha256).value();
  Sha256 hash{};
  hasher->update(as_bytes(text));
  REQUIRE(hasher->finish(hash));
  return base::to_hex(hash);
}

// A page without its style and script, which are ours.
std::string without_assets(std::string page) {
  for (const std::string_view part :
       {std::string_view(report::html::kStyle), std::string_view(report::html::kScript)}) {
    const std::size_t at = page.find(part);
    REQUIRE(at != std::string::npos);
    page.erase(at, part.size());
  }
  return page;
}

// The names of all elements that are opened, and of all attributes that any has, as a browser would see them. Fails
// where an attribute is not quoted.
void names_in(const std::string& page, std::set<std::string>& elements, std::set<std::string>& attributes) {
  const auto is_name = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == 'B'; };
  for (std::size_t at = page.find('<'); at != std::string::npos; at = page.find('<', at)) {
    ++at;
    if (page.compare(at, 9, "!DOCTYPE ") == 0) continue;
    if (page[at] == '/') ++at;
    std::string name;
    while (at < page.size() && is_name(page[at])) name += page[at++];
    CAPTURE(page.substr(at - std::min<std::size_t>(at, 60), 120));
    REQUIRE(!name.empty());
    elements.insert(name);
    while (page[at] != '>') {
      if (page[at] == ' ' || page[at] == '/') {
        ++at;
        continue;
      }
      std::string attribute;
      while (at < page.size() && ((page[at] >= 'a' && page[at] <= 'z') || (page[at] >= 'A' && page[at] <= 'Z') ||
                                  (page[at] >= '0' && page[at] <= '9') || page[at] == '-'))
        attribute += page[at++];
      REQUIRE(!attribute.empty());
      attributes.insert(attribute);
      if (page[at] != '=') continue;
      REQUIRE(page[at + 1] == '"');
      at = page.find('"', at + 2) + 1;
      REQUIRE(at != 0);
    }
  }
}

}  // namespace

TEST_CASE("text cannot leave the place where it stands") {
  CHECK(Markup().text("<a href=\"x\">&'").html() == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
  CHECK(Markup().text("\x1b[2J\xE2\x80\xAE\xff").html() == "\\x1B[2J\\u{202E}\xEF\xBF\xBD");
  CHECK(Markup().code("]]>").html() == "<code>]]&gt;</code>");
  CHECK(Markup().percent(1, 3).html() == "33.3333%");
  CHECK(Markup().percent(5, 3).html() == "100.0000%");
  CHECK(Markup().percent(-1, 0).html() == "0.0000%");
}

TEST_CASE("hostile strings add no element and no attribute to a page") {
  std::set<std::string> elements, attributes, hostile_elements, hostile_attributes;
  for (const test::Sample& sample : test::samples())
    names_in(without_assets(write("html", sample.make())), elements, attributes);
  const std::string page = without_assets(write("html", test::hostile_verdict()));
  CHECK(page.find("&lt;script&gt;document.title") != std::string::npos);
  names_in(page, hostile_elements, hostile_attributes);
  for (const char* each : {"a", "dl", "dt", "dd", "ul", "li", "p", "div"}) elements.insert(each);
  for (const auto& name : hostile_elements) {
    CAPTURE(name);
    CHECK(elements.contains(name));
  }
  for (const auto& name : hostile_attributes) {
    CAPTURE(name);
    CHECK(attributes.contains(name));
    CHECK(name.rfind("on", 0) != 0);
    CHECK(name != "style");
  }
  CHECK(!elements.contains("img"));
  for (const char c : page) CHECK((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
  CHECK(page.find("\xE2\x80\xAE") == std::string::npos);
}

TEST_CASE("what happened marks an explanation that rests on what is not signed") {
  const auto story_with = [](verdict::Standing standing) {
    verdict::Verdict verdict;
    for (const test::Sample& sample : test::samples())
      if (sample.name == std::string_view("incident")) verdict = sample.make();
    verdict.forensics.tampering.clear();
    verdict.forensics.explanations.at(0).events.at(1).standing = standing;
    const std::string page = write("html", verdict);
    const std::size_t begin = page.find("<ol class=\"story\">");
    REQUIRE(begin != std::string::npos);
    return page.substr(begin, page.find("</ol>", begin) - begin);
  };
  CHECK(story_with(verdict::Standing::unverified).find("<span class=\"tag unverified\">") != std::string::npos);
  CHECK(story_with(verdict::Standing::looked_up).find("<span class=\"tag looked-up\">") != std::string::npos);
  const std::string signed_story = story_with(verdict::Standing::verified);
  CHECK(signed_story.find("unverified") == std::string::npos);
  CHECK(signed_story.find("looked-up") == std::string::npos);
}

TEST_CASE("what happened opens with what matters, in plain words") {
  verdict::Verdict verdict;
  for (const test::Sample& sample : test::samples())
    if (sample.name == std::string_view("incident")) verdict = sample.make();
  verdict::TamperingEvent made, policy;
  made.rule = "create-trail";
  made.event.at = verdict.chains[0].proven[0].begin + std::chrono::minutes{20};
  policy.event.name = "PutBucketPolicy";
  policy.event.at = made.event.at - std::chrono::minutes{7};
  policy.effects = {verdict::Effect::narrows};
  verdict.forensics.tampering.insert(verdict.forensics.tampering.begin(), {policy, made});
  const std::string page = write("html", verdict);
  const std::size_t begin = page.find("id=\"story\"");
  const std::size_t end = page.find("</ol>", begin);
  const std::string story = page.substr(begin, end - begin);
  CHECK(story.find("<p class=\"lead\">Mallory stopped logging") < story.find("<ol"));
  CHECK(story.find("Gone, of what CloudTrail signed: 3 digests") < story.find("<ol"));
  CHECK(story.find(">nothing is proven for these hours</a> in ") != std::string::npos);
  CHECK(story.find("chain.restart") == std::string::npos);
  // What set the bucket up is in the list of all events alone.
  CHECK(story.find("PutBucketPolicy") == std::string::npos);
  CHECK(page.find("PutBucketPolicy", end) != std::string::npos);
  CHECK(page.find("<code>trailseal verify --timeline --report json</code>") != std::string::npos);
}

TEST_CASE("a certificate names the flag that changes the JSON verdict") {
  verdict::Verdict verdict;
  CHECK(write("certificate", verdict).find("trailseal verify --report json,") != std::string::npos);
  verdict.forensics.timeline = true;
  CHECK(write("certificate", verdict).find("trailseal verify --timeline --report json,") != std::string::npos);
}

TEST_CASE("page and certificate are functions of the JSON report, whose hash they state") {
  std::vector<verdict::Verdict> verdicts{test::hostile_verdict()};
  for (const test::Sample& sample : test::samples()) verdicts.push_back(sample.make());
  for (const auto& verdict : verdicts) {
    const std::string json = write("json", verdict);
    const auto read = report::read_json(json);
    REQUIRE(read);
    CHECK(write("html", *read) == write("html", verdict));
    CHECK(write("html", verdict).find(sha256_of(json)) != std::string::npos);
    CHECK(write("certificate", *read) == write("certificate", verdict));
    CHECK(write("certificate", verdict).find(sha256_of(json)) != std::string::npos);
  }
}

TEST_CASE("the policy lets nothing in but the page's own style and script") {
  const std::string page = write("html", test::samples()[0].make());
  const std::string policy = "content=\"default-src 'none'; style-src '" + std::string(report::html::kStyleHash) +
                             "'; script-src '" + std::string(report::html::kScriptHash) + "'; base-uri 'none'";
  CHECK(page.find(policy) != std::string::npos);
  CHECK(page.find(policy) < page.find("<style>"));
  CHECK(page.find("http:") == std::string::npos);
  CHECK(page.find("https:") == std::string::npos);
  CHECK(page.find("url(http") == std::string::npos);
}
