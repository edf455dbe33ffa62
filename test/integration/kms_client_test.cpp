// Our client against a KMS that really wraps, really checks signatures, and misbehaves on request (kms_endpoint.py).
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

#include "aws/kms_keys.hpp"
#include "aws/refreshing_source.hpp"
#include "base/base64.hpp"
#include "support/catch.hpp"
#include "support/fake_surroundings.hpp"

using namespace trailseal;
using namespace trailseal::aws;

namespace {

const std::string kAccount = "arn:aws:kms:us-east-1:111122223333:key/";
const std::string kKey = kAccount + "11111111-2222-3333-4444-555555555555";
const std::string kOther = kAccount + "66666666-7777-8888-9999-000000000000";
const std::string kDisabled = kAccount + "dddddddd-0000-0000-0000-000000000001";
const std::string kReplica = "arn:aws:kms:eu-west-1:111122223333:key/mrk-12345678901234567890123456789012";
const EncryptionContext kContext{{"purpose", "test"}, {"who", "tr\u00e4ilseal \U0001F512 \"\\/\u2028"}};

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Everything but the network and the clock is the test's own.
struct World {
  test::FakeSurroundings fake;
  std::unique_ptr<Http> http = make_http({.ca_bundle = variable("AWS_CA_BUNDLE")});
  Surroundings around = fake.get();
  std::unique_ptr<CredentialSource> credentials;

  explicit World(Credentials used = {"AKIAEVIDENCE", "evidence-secret", "", std::nullopt})
      : credentials(make_fixed_source(std::move(used))) {
    around.http = http.get();
    around.now = process_surroundings(*http, *around.backend).now;
    fake.variables["AWS_ENDPOINT_URL_KMS"] = variable("KMS_ENDPOINT");
  }

  std::string get(const std::string& path) {
    HttpRequest request;
    request.url = variable("KMS_ENDPOINT") + path;
    Bytes body;
    const auto response = http->send(request, body);
    REQUIRE(response);
    REQUIRE(response->status == 200);
    return std::string(as_text(body));
  }
  void fault(const std::string& name, int times) { get("/fault/" + name + "/" + std::to_string(times)); }

  // A data key as the endpoint makes it; the product has no code for this.
  Bytes wrap(const std::string& key, const EncryptionContext& context, const char* region = "us-east-1",
             const char* spec = "AES_256") {
    Headers headers;
    headers.set("Content-Type", "application/x-amz-json-1.1");
    headers.set("X-Amz-Target", "TrentService.GenerateDataKey");
    const nlohmann::json request = {{"KeyId", key}, {"KeySpec", spec}, {"EncryptionContext", context}};
    const auto answer =
        post(around, {variable("KMS_ENDPOINT"), {region, "kms"}}, headers, request.dump(), credentials.get(), "wrap");
    CAPTURE(answer ? std::string() : answer.error().message);
    REQUIRE(answer);
    const auto made = nlohmann::json::parse(answer->begin(), answer->end());
    made_plaintext = base::from_base64(made["Plaintext"].get<std::string>()).value();
    return base::from_base64(made["CiphertextBlob"].get<std::string>()).value();
  }
  Bytes made_plaintext;

  KmsKeys keys(const std::vector<std::string>& arns) { return KmsKeys::make(around, *credentials, arns).value(); }
};

bool same(const SecretBytes& secret, const Bytes& bytes) {
  return Bytes(secret.view().begin(), secret.view().end()) == bytes;
}

}  // namespace

TEST_CASE("a data key comes back with its key and its context") {
  World world;
  const Bytes blob = world.wrap(kKey, kContext);
  const Unwrapped key = world.keys({kOther, kKey}).unwrap(kKey, blob, kContext, 32);
  CAPTURE(key.detail);
  REQUIRE(key.state == Unwrapping::opened);
  CHECK(key.key == kKey);
  CHECK(same(key.plaintext, world.made_plaintext));
  CHECK(world.keys({kOther, kKey}).unwrap("", blob, kContext, 32).key == kKey);

  CHECK(world.keys({kOther}).unwrap(kOther, blob, kContext, 32).state == Unwrapping::wrong_key);
  for (const EncryptionContext& wrong :
       {EncryptionContext{}, EncryptionContext{{"purpose", "test"}}, EncryptionContext{{"purpose", "Test"}},
        EncryptionContext{{"purpose", "test"}, {"who", "tr\u00e4ilseal"}}}) {
    CHECK(world.keys({kKey}).unwrap(kKey, blob, wrong, 32).state == Unwrapping::wrong_key_or_context);
  }
  Bytes flipped = blob;
  flipped.back() ^= 1;
  CHECK(world.keys({kKey}).unwrap(kKey, flipped, kContext, 32).state == Unwrapping::wrong_key_or_context);
  CHECK(world.keys({kKey}).unwrap(kKey, Bytes{1, 2, 3}, kContext, 32).state == Unwrapping::wrong_key_or_context);
  CHECK(world.keys({kKey}).unwrap(kKey, blob, kContext, 16).state == Unwrapping::malformed);
}

TEST_CASE("the region is that of the allowed key") {
  World world;
  const Bytes blob = world.wrap(kReplica, {}, "eu-west-1", "AES_128");
  const Unwrapped key = world.keys({kReplica}).unwrap(kReplica, blob, {}, 16);
  CAPTURE(key.detail);
  CHECK(key.state == Unwrapping::opened);
  CHECK(world.get("/calls").ends_with("eu-west-1 Decrypt " + kReplica + "\n"));
}

TEST_CASE("keys that cannot be had") {
  World world;
  const Bytes blob = world.wrap(kKey, {});
  for (const char number : {'1', '2', '3', '4'}) {
    std::string arn = kDisabled;
    arn.back() = number;
    Bytes named = blob;
    std::copy(arn.end() - 36, arn.end(), named.begin() + 4);
    const Unwrapped key = world.keys({arn}).unwrap(arn, named, {}, 32);
    CAPTURE(arn, key.detail);
    CHECK(key.state == Unwrapping::key_unavailable);
  }
  World nobody({"AKIANOBODY", "nobody-secret", "", std::nullopt});
  const Unwrapped denied = nobody.keys({kKey}).unwrap(kKey, blob, {}, 32);
  CHECK(denied.state == Unwrapping::key_unavailable);
  CHECK(denied.detail.find("AccessDenied") != std::string::npos);

  const std::string before = world.get("/calls");
  CHECK(world.keys({kOther}).unwrap(kKey, blob, {}, 32).state == Unwrapping::key_unavailable);
  CHECK(world.get("/calls") == before);  // nobody was asked
}

TEST_CASE("bad credentials and a wrong clock are trouble, and no secret is told") {
  World good;
  const Bytes blob = good.wrap(kKey, {});
  const Credentials wrong[] = {
      {"AKIAEVIDENCE", "guessed-secret", "", std::nullopt},
      {"AKIAUNKNOWN", "evidence-secret", "", std::nullopt},
      {"ASIASESSION", "session-secret", "another-token", std::nullopt},
  };
  for (const Credentials& each : wrong) {
    World world(each);
    const Unwrapped key = world.keys({kKey}).unwrap(kKey, blob, {}, 32);
    CAPTURE(each.access_key, key.detail);
    CHECK(key.state == Unwrapping::trouble);
    CHECK(key.detail.find("secret") == std::string::npos);
  }
  World session({"ASIASESSION", "session-secret", "the-session-token", std::nullopt});
  CHECK(session.keys({kKey}).unwrap(kKey, blob, {}, 32).state == Unwrapping::opened);
  for (const int minutes : {-10, 10}) {
    World late;
    const auto clock = late.around.now;
    late.around.now = [&] { return clock() + Seconds(60 * minutes); };
    const Unwrapped key = late.keys({kKey}).unwrap(kKey, blob, {}, 32);
    CAPTURE(minutes, key.detail);
    CHECK(key.state == Unwrapping::trouble);
    CHECK(key.detail.find("Signature expired") != std::string::npos);
  }
}

TEST_CASE("a KMS that misbehaves") {
  struct Row {
    const char* fault;
    int times;
    Unwrapping state;
    const char* says;
  };
  const Row rows[] = {
      {"other-key-id", 1, Unwrapping::wrong_key, "another key"},
      {"no-key-id", 1, Unwrapping::trouble, "lacks KeyId"},
      {"short-plaintext", 1, Unwrapping::malformed, "16 bytes, not 32"},
      {"long-plaintext", 1, Unwrapping::malformed, "33 bytes, not 32"},
      {"cut-json", 1, Unwrapping::trouble, "not a proper JSON object"},
      {"no-json", 1, Unwrapping::trouble, "not a proper JSON object"},
      {"oversize", 3, Unwrapping::trouble, ""},
      {"denied", 1, Unwrapping::key_unavailable, "AccessDenied"},
      {"expired", 1, Unwrapping::trouble, "ExpiredToken"},
      {"slow", 1, Unwrapping::opened, ""},
      {"throttling", 2, Unwrapping::opened, ""},
      {"internal", 2, Unwrapping::opened, ""},
      {"unavailable", 2, Unwrapping::opened, ""},
      {"key-unavailable", 2, Unwrapping::opened, ""},
      {"drop", 2, Unwrapping::opened, ""},
      {"cut-short", 2, Unwrapping::opened, ""},
      {"throttling", 3, Unwrapping::key_unavailable, "Throttling"},
      {"internal", 3, Unwrapping::key_unavailable, "KMSInternal"},
      {"drop", 9, Unwrapping::key_unavailable, "Decrypt in us-east-1"},
      {"cut-short", 9, Unwrapping::key_unavailable, "Decrypt in us-east-1"},
  };
  World world;  // three attempts, and libcurl may add one of its own to a connection that was in use
  const Bytes blob = world.wrap(kKey, kContext);
  for (const Row& row : rows) {
    world.fault(row.fault, row.times);
    const Unwrapped key = world.keys({kKey}).unwrap(kKey, blob, kContext, 32);
    CAPTURE(row.fault, row.times, key.detail);
    CHECK(key.state == row.state);
    CHECK(key.detail.find(row.says) != std::string::npos);
    CHECK((key.plaintext.size() == 0) == (row.state != Unwrapping::opened));
    world.fault("none", 0);
  }
}

TEST_CASE("a KMS that hangs is given up") {
  World world;
  world.around.retry.attempts = 1;
  const Bytes blob = world.wrap(kKey, {});
  world.fault("hang", 1);
  const Unwrapped key = world.keys({kKey}).unwrap(kKey, blob, {}, 32);
  CAPTURE(key.detail);
  CHECK(key.state == Unwrapping::key_unavailable);
}

TEST_CASE("questions about a key are answered") {
  World world;
  const auto kms = Kms::make(world.around, *world.credentials, "us-east-1");
  REQUIRE(kms);
  for (const auto& answer : {kms->describe_key(kKey), kms->key_policy(kKey), kms->rotation_status(kKey)}) {
    CAPTURE(answer ? std::string() : answer.error().message);
    REQUIRE(answer);
    CHECK(nlohmann::json::parse(answer->begin(), answer->end(), nullptr, false).is_object());
  }
  CHECK(kms->describe_key(kKey + "0").error().code == Errc::not_found);
}

// The endpoint's key has 250 grants and 3 rotations, a page of each holds at most 100 and 2.
TEST_CASE("what comes in pages is read to its end") {
  World world;
  const auto kms = Kms::make(world.around, *world.credentials, "us-east-1");
  REQUIRE(kms);
  const auto count = [](const Pages& pages, const char* list) {
    std::set<std::string> ids;
    for (const auto& page : pages) {
      CAPTURE(page ? std::string() : page.error().message);
      REQUIRE(page);
      const auto document = nlohmann::json::parse(page->begin(), page->end(), nullptr, false);
      for (const auto& entry : document.at(list)) ids.insert(entry.dump());
    }
    return ids.size();
  };
  const Pages grants = kms->grants(kKey), rotations = kms->rotations(kKey);
  CHECK(grants.size() == 3);
  CHECK(count(grants, "Grants") == 250);
  CHECK(rotations.size() == 2);
  CHECK(count(rotations, "Rotations") == 3);

  world.fault("same-marker", 10);
  const Pages round = kms->grants(kKey);
  REQUIRE(!round.back());
  CHECK(round.back().error().code == Errc::limit);
  world.fault("no-list", 1);
  CHECK(kms->grants(kKey).back().error().code == Errc::corrupt);
  world.fault("number-marker", 1);
  CHECK(kms->grants(kKey).back().error().code == Errc::corrupt);
  world.fault("denied", 1);
  CHECK(kms->grants(kKey).back().error().code == Errc::access_denied);
  world.fault("none", 0);
}
