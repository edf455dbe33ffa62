// What a run hands out: every log that verifies as such, and no other; on request the others too.
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "support/evidence.hpp"

using namespace trailseal;
using namespace trailseal::test;

namespace {

struct HandedOut {
  std::map<std::string, std::string> verified;  // key -> content
  std::map<std::string, std::pair<verdict::Code, std::string>> unverified;
};

HandedOut run(const SmallBucket& bucket, unsigned jobs) {
  HandedOut out;
  std::mutex mutex;
  verify::Request request;
  request.jobs = jobs;
  request.verified_log = [&](const verify::VerifiedLog& log) {
    const std::lock_guard lock(mutex);
    CHECK(log.digest.find("CloudTrail-Digest") != std::string_view::npos);
    CHECK(log.listed.bucket == "acme-trail");
    CHECK(log.chain.account == "111122223333");
    CHECK(out.verified.emplace(log.listed.key, as_text(log.content)).second);
  };
  request.unverified_log = [&](const verify::UnverifiedLog& log) {
    const std::lock_guard lock(mutex);
    CHECK(out.unverified.emplace(log.key, std::pair{log.why, std::string(as_text(log.content))}).second);
  };
  REQUIRE(bucket.verify(std::move(request)));
  return out;
}

std::set<std::string> log_keys(const Objects& objects) {
  std::set<std::string> keys;
  for (const auto& [key, entry] : objects)
    if (key.find("/CloudTrail/") != std::string::npos) keys.insert(key);
  return keys;
}

}  // namespace

TEST_CASE("every log that verifies is handed out once") {
  const auto objects = small_objects();
  for (const unsigned jobs : {1u, 4u}) {
    const auto out = run(SmallBucket(objects), jobs);
    CHECK(out.unverified.empty());
    REQUIRE(out.verified.size() == 4);
    for (const auto& key : log_keys(objects)) {
      CAPTURE(key);
      REQUIRE(out.verified.contains(key));
      CHECK(out.verified.at(key).starts_with("{\"Records\":["));
    }
  }
}

TEST_CASE("a log with other content is handed out as what nothing proves") {
  auto objects = small_objects();
  const auto keys = log_keys(objects);
  const auto& changed = *keys.begin();
  objects[changed].bytes = objects[*keys.rbegin()].bytes;
  const auto out = run(SmallBucket(std::move(objects)), 1);
  CHECK(out.verified.size() == 3);
  CHECK_FALSE(out.verified.contains(changed));
  REQUIRE(out.unverified.size() == 1);
  CHECK(out.unverified.at(changed).first == verdict::Code::log_hash_mismatch);
  CHECK(out.unverified.at(changed).second == out.verified.at(*keys.rbegin()));
}

TEST_CASE("a second gzip member is handed out once, and proves nothing") {
  auto objects = small_objects();
  const auto keys = log_keys(objects);
  auto& bytes = objects[*keys.begin()].bytes;
  const Bytes twice = bytes;
  bytes.insert(bytes.end(), twice.begin(), twice.end());
  const auto out = run(SmallBucket(std::move(objects)), 1);
  CHECK(out.verified.size() == 3);
  REQUIRE(out.unverified.size() == 1);
  CHECK(out.unverified.at(*keys.begin()).first == verdict::Code::log_trailing_data);
}

TEST_CASE("a log that no digest lists is read and handed out") {
  auto objects = small_objects();
  const auto keys = log_keys(objects);
  std::string planted = *keys.rbegin();
  planted.replace(planted.size() - 24, 16, "AAAABBBBCCCCDDDD");
  objects[planted] = objects[*keys.rbegin()];
  const auto out = run(SmallBucket(std::move(objects)), 1);
  CHECK(out.verified.size() == 4);
  REQUIRE(out.unverified.size() == 1);
  CHECK(out.unverified.begin()->first == planted);
  CHECK(out.unverified.begin()->second.second == out.verified.at(*keys.rbegin()));
}

TEST_CASE("what cannot be inflated is not handed out") {
  auto objects = small_objects();
  const auto keys = log_keys(objects);
  objects[*keys.begin()].bytes.resize(40);
  const auto out = run(SmallBucket(std::move(objects)), 1);
  CHECK(out.verified.size() == 3);
  CHECK(out.unverified.empty());
}
