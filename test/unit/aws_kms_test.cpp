#include "aws/kms.hpp"

#include "aws/kms_keys.hpp"
#include "aws/refreshing_source.hpp"
#include "support/catch.hpp"
#include "support/fake_surroundings.hpp"

using namespace trailseal;
using namespace trailseal::aws;
using test::FakeSurroundings;

namespace {

const std::string kAsked = "POST https://kms.eu-west-1.amazonaws.com/";
const std::string kKey = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555";
const std::string kOther = "arn:aws:kms:eu-west-1:111122223333:key/66666666-7777-8888-9999-000000000000";
const Bytes kBlob = {1, 2, 3};

struct World {
  FakeSurroundings fake;
  Surroundings around = fake.get();
  std::unique_ptr<CredentialSource> credentials = make_fixed_source({"AKIA", "secret", "", std::nullopt});

  explicit World(std::vector<test::FakeHttp::Answer> answers = {}) {
    if (!answers.empty()) fake.http.answers[kAsked] = std::move(answers);
  }
  Result<KmsKeys> keys(const std::vector<std::string>& arns) { return KmsKeys::make(around, *credentials, arns); }
};

std::string plaintext(const std::string& key, const std::string& base64) {
  return R"({"KeyId":")" + key + R"(","Plaintext":")" + base64 + R"(","EncryptionAlgorithm":"SYMMETRIC_DEFAULT"})";
}

const char* word(Unwrapping state) {
  switch (state) {
    case Unwrapping::opened: return "opened";
    case Unwrapping::wrong_key: return "wrong-key";
    case Unwrapping::wrong_key_or_context: return "wrong-key-or-context";
    case Unwrapping::malformed: return "malformed";
    case Unwrapping::key_unavailable: return "key-unavailable";
    case Unwrapping::trouble: return "trouble";
  }
  return "";
}

}  // namespace

TEST_CASE("a data key is asked for with its key and its context") {
  World world({{200, plaintext(kKey, "AAECAw==")}});
  auto keys = world.keys({kOther, kKey});
  REQUIRE(keys);
  const EncryptionContext context{{"b", "\u00fc"}, {"a", "1"}};
  for (int twice = 0; twice < 2; ++twice) {
    const Unwrapped key = keys->unwrap(kKey, kBlob, context, 4);
    CAPTURE(key.detail);
    REQUIRE(key.state == Unwrapping::opened);
    CHECK(key.key == kKey);
    CHECK(Bytes(key.plaintext.view().begin(), key.plaintext.view().end()) == Bytes{0, 1, 2, 3});
  }
  const auto& requests = world.fake.http.requests;
  REQUIRE(requests.size() == 1);  // the second answer is remembered
  CHECK(requests[0].body == R"({"CiphertextBlob":"AQID","EncryptionContext":{"a":"1","b":")"
                            "\u00fc"
                            R"("},"KeyId":")" +
                                kKey + "\"}");
  CHECK(*requests[0].headers.find("x-amz-target") == "TrentService.Decrypt");
  CHECK(requests[0].headers.find("authorization")->find("/eu-west-1/kms/aws4_request") != std::string::npos);

  CHECK(keys->unwrap(kKey, kBlob, {}, 4).state == Unwrapping::opened);  // another context is another question
  REQUIRE(requests.size() == 2);
  CHECK(requests[1].body.find("EncryptionContext") == std::string::npos);
}

TEST_CASE("what each answer of KMS comes to") {
  struct Row {
    int status;
    std::string body;
    const char *state, *says;
    std::size_t asked = 1;
  };
  const auto type = [](const std::string& name) { return R"({"__type":")" + name + R"(","message":"why"})"; };
  const Row rows[] = {
      {200, plaintext(kKey, "AAECAw=="), "opened", ""},
      {200, plaintext(kOther, "AAECAw=="), "wrong-key", "another key: arn:aws:kms:eu-west-1:111122223333:key/6666"},
      {200, plaintext("11111111-2222-3333-4444-555555555555", "AAECAw=="), "wrong-key", "another key"},
      {200, plaintext(kKey, "AAEC"), "malformed", "has 3 bytes, not 4"},
      {200, plaintext(kKey, "AAECAwQ="), "malformed", "has 5 bytes, not 4"},
      {200, plaintext(kKey, "AAECAx=="), "trouble", "not base64"},
      {200, plaintext(kKey, ""), "trouble", "lacks"},
      {200, R"({"Plaintext":"AAECAw=="})", "trouble", "lacks"},
      {200, R"({"KeyId":7,"KeyId":8,"Plaintext":"AAECAw=="})", "trouble", "not a proper JSON object"},
      {200, R"({"KeyId":{},"Plaintext":"AAECAw=="})", "trouble", "lacks"},
      {200, "{}", "trouble", "lacks"},
      {200, "", "trouble", "not a proper JSON object"},
      {200, plaintext(kKey, "AAECAw==").substr(0, 90), "trouble", "not a proper JSON object"},
      {200, std::string(70'000, ' '), "trouble", "more than 64 KiB"},
      {400, type("IncorrectKeyException"), "wrong-key", "IncorrectKeyException: why"},
      {400, type("com.amazonaws.kms#InvalidCiphertextException"), "wrong-key-or-context", "InvalidCiphertext"},
      {400, type("InvalidCiphertextException:http://kms/"), "wrong-key-or-context", "InvalidCiphertextException: why"},
      {400, type("NotFoundException"), "key-unavailable", "NotFound"},
      {404, type("NotFoundException"), "key-unavailable", "NotFound"},
      {400, type("DisabledException"), "key-unavailable", "Disabled"},
      {409, type("DisabledException"), "key-unavailable", "Disabled"},
      {400, type("KMSInvalidStateException"), "key-unavailable", "KMSInvalidState"},
      {400, type("AccessDeniedException"), "key-unavailable", "AccessDenied"},
      {400, type("ThrottlingException"), "key-unavailable", "Throttling", 3},
      {500, type("KeyUnavailableException"), "key-unavailable", "KeyUnavailable", 3},
      {503, type("DependencyTimeoutException"), "key-unavailable", "DependencyTimeout", 3},
      {500, type("KMSInternalException"), "key-unavailable", "KMSInternal", 3},
      {502, "<html>", "key-unavailable", "HTTP status 502", 3},
      {400, type("InvalidKeyUsageException"), "trouble", "InvalidKeyUsage"},
      {400, type("InvalidGrantTokenException"), "trouble", "InvalidGrantToken"},
      {400, type("ValidationException"), "trouble", "Validation"},
      {400, type("InvalidSignatureException"), "trouble", "InvalidSignature"},
      {400, type("UnrecognizedClientException"), "trouble", "UnrecognizedClient"},
      {403, type("ExpiredTokenException"), "trouble", "ExpiredToken"},
      {400, "<html>", "trouble", "HTTP status 400"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.status, row.body.substr(0, 80));
    World world({{row.status, row.body}});
    auto keys = world.keys({kKey});
    REQUIRE(keys);
    const Unwrapped key = keys->unwrap(kKey, kBlob, {}, 4);
    CAPTURE(key.detail);
    CHECK(std::string(word(key.state)) == row.state);
    CHECK(key.detail.find(row.says) != std::string::npos);
    CHECK((key.plaintext.size() == 0) == (key.state != Unwrapping::opened));
    CHECK(key.detail.find("AAEC") == std::string::npos);
    CHECK(world.fake.http.requests.size() == row.asked);
  }
}

TEST_CASE("a data key has a length that ciphers use") {
  const std::string sixteen = "AAECAwQFBgcICQoLDA0ODw==";
  World world({{200, plaintext(kKey, sixteen)}, {200, plaintext(kKey, "AAECAw==")}});
  auto keys = world.keys({kKey});
  REQUIRE(keys);
  CHECK(keys->unwrap(kKey, kBlob, {}, std::nullopt).plaintext.size() == 16);
  const Unwrapped odd = keys->unwrap(kKey, kBlob, {{"a", "b"}}, std::nullopt);
  CHECK(odd.state == Unwrapping::malformed);
  CHECK(odd.detail == "Decrypt in eu-west-1: the data key has 4 bytes");
}

TEST_CASE("nobody is asked about a key that is not allowed") {
  World world({{200, plaintext(kKey, "AAECAw==")}});
  auto keys = world.keys({kKey});
  REQUIRE(keys);
  for (const std::string& claimed : {kOther, kKey + "/", kKey + " ", std::string("alias/x"), kKey.substr(0, 60),
                                     std::string("arn:aws:kms:evil.example/:111122223333:key/1")}) {
    CAPTURE(claimed);
    const Unwrapped key = keys->unwrap(claimed, kBlob, {}, 4);
    CHECK(key.state == Unwrapping::key_unavailable);
    CHECK(key.detail.find("not among those allowed") != std::string::npos);
  }
  CHECK(keys->unwrap(kKey, {}, {}, 4).state == Unwrapping::wrong_key_or_context);
  CHECK(keys->unwrap(kKey, Bytes(6'145), {}, 4).state == Unwrapping::wrong_key_or_context);
  CHECK(keys->unwrap(kKey, kBlob, {{"a", "\xff"}}, 4).state == Unwrapping::wrong_key_or_context);
  CHECK(world.fake.http.requests.empty());
}

TEST_CASE("a format that states no key has all allowed ones tried") {
  World world({{400, R"({"__type":"IncorrectKeyException"})"}, {200, plaintext(kKey, "AAECAw==")}});
  auto keys = world.keys({kOther, kKey});
  REQUIRE(keys);
  CHECK(keys->unwrap("", kBlob, {}, 4).key == kKey);
  REQUIRE(world.fake.http.requests.size() == 2);
  CHECK(world.fake.http.requests[0].body.find(kOther) != std::string::npos);

  World denied({{400, R"({"__type":"AccessDeniedException"})"}, {400, R"({"__type":"IncorrectKeyException"})"}});
  auto two = denied.keys({kOther, kKey});
  REQUIRE(two);
  CHECK(two->unwrap("", kBlob, {}, 4).state == Unwrapping::key_unavailable);  // it may have been the right one
}

TEST_CASE("only the ARN of a key is allowed") {
  World world;
  CHECK(KeyArn::parse(kKey)->region == "eu-west-1");
  CHECK(KeyArn::parse("arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-1234")->id == "mrk-1234");
  for (const std::string& text :
       {std::string(), std::string("alias/x"), std::string("11111111-2222-3333-4444-555555555555"), kKey + "/",
        kKey + ":x", std::string("arn:aws:kms:eu-west-1:111122223333:alias/x"),
        std::string("arn:aws:kms:eu-west-1:111122223333:key/"), std::string("arn:aws:kms:eu-west-1:1111:key/1"),
        std::string("arn:aws:kms::111122223333:key/1"), std::string("arn:aws:kms:evil.example/:111122223333:key/1"),
        std::string("arn:aws:kms:*:111122223333:key/1"), std::string("arn:aws:kms:cn-north-1:111122223333:key/1"),
        std::string("arn:aws:s3:eu-west-1:111122223333:key/1"),
        "arn:aws:kms:eu-west-1:111122223333:key/" + std::string(129, 'a')}) {
    CAPTURE(text);
    CHECK(world.keys({text}).error().code == Errc::invalid_argument);
  }
  CHECK(world.keys({}).error().code == Errc::invalid_argument);
}

TEST_CASE("questions about a key") {
  World world({{200, R"({"KeyMetadata":{}})"}, {400, R"({"__type":"AccessDeniedException","Message":"no"})"}});
  const auto kms = Kms::make(world.around, *world.credentials, "eu-west-1");
  REQUIRE(kms);
  const auto described = kms->describe_key(kKey);
  REQUIRE(described);
  CHECK(as_text(*described) == R"({"KeyMetadata":{}})");
  const auto denied = kms->key_policy(kKey);
  REQUIRE(!denied);
  CHECK(denied.error() == Error{Errc::access_denied, "GetKeyPolicy in eu-west-1: AccessDeniedException: no"});
  CHECK(!kms->rotation_status(kKey));
  CHECK(!kms->rotations(kKey).back());
  CHECK(!kms->grants(kKey).back());
  const auto& requests = world.fake.http.requests;
  REQUIRE(requests.size() == 5);
  const char* targets[] = {"DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus", "ListKeyRotations", "ListGrants"};
  for (std::size_t i = 0; i < 5; ++i)
    CHECK(*requests[i].headers.find("x-amz-target") == std::string("TrentService.") + targets[i]);
  CHECK(requests[1].body == "{\"KeyId\":\"" + kKey + R"(","PolicyName":"default"})");
  for (const char* region : {"", "evil.example/", "*"})
    CHECK(Kms::make(world.around, *world.credentials, region).error().code == Errc::invalid_argument);
}
