// The order of the search, in one table: what is configured, and who signs in the end. Access keys name their origin.
#include "aws/credential_search.hpp"

#include <map>

#include "support/catch.hpp"
#include "support/fake_surroundings.hpp"

using namespace trailseal;
using namespace trailseal::aws;
using test::FakeSurroundings;
using Texts = std::map<std::string, std::string>;

namespace {

const std::string kPlainKeys = "aws_access_key_id=SHARED\naws_secret_access_key=s\n";
const std::string kConfigKeys = "aws_access_key_id=CONFIG\naws_secret_access_key=s\n";
const std::string kRole = "role_arn=arn:aws:iam::111122223333:role/r\n";
const std::string kMachine = "http://169.254.169.254";
const Texts kEnvironment = {{"AWS_ACCESS_KEY_ID", "ENV"}, {"AWS_SECRET_ACCESS_KEY", "s"}};

// Every later step is configured as well: each earlier one must hide it.
void add_machine(FakeSurroundings& world) {
  world.http.answers["PUT " + kMachine + "/latest/api/token"] = {{200, "session"}};
  world.http.answers["GET " + kMachine + "/latest/meta-data/iam/security-credentials/"] = {{200, "role"}};
  world.http.answers["GET " + kMachine + "/latest/meta-data/iam/security-credentials/role"] = {
      {200, R"({"AccessKeyId":"MACHINE","SecretAccessKey":"s","Token":"t","Expiration":"2026-07-01T06:00:00Z"})"}};
}

void add_container(FakeSurroundings& world) {
  world.variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/task";
  world.http.answers["GET http://169.254.170.2/task"] = {
      {200, R"({"AccessKeyId":"CONTAINER","SecretAccessKey":"s","Token":"t"})"}};
}

void add_sts(FakeSurroundings& world, const std::string& action) {
  world.http.answers["POST https://sts.eu-west-1.amazonaws.com/"] = {{200, test::sts_answer(action, "ROLE")}};
  world.variables["AWS_REGION"] = "eu-west-1";
}

std::string outcome(FakeSurroundings& world, const std::string& profile) {
  const auto found = search_credentials({profile}, world.get());
  return found ? found->access_key : "! " + found.error().message;
}

// By whom the last request was signed; "" if it was not.
std::string signer(const FakeSurroundings& world) {
  if (world.http.requests.empty()) return "nobody asked";
  const std::string* header = world.http.requests.back().headers.find("authorization");
  if (header == nullptr) return "";
  const auto at = header->find("Credential=") + 11;
  return header->substr(at, header->find('/') - at);
}

}  // namespace

TEST_CASE("each place hides those that come later") {
  FakeSurroundings world;
  CHECK(
      outcome(world, "").starts_with("! no credentials: none in the environment, none for the profile 'default' in "
                                     "/user/.aws/config and /user/.aws/credentials"));
  add_machine(world);
  CHECK(outcome(world, "") == "MACHINE");
  add_container(world);
  CHECK(outcome(world, "") == "CONTAINER");
  world.files["/user/.aws/config"] = "[default]\n" + kConfigKeys;
  CHECK(outcome(world, "") == "CONFIG");
  world.files["/user/.aws/config"] += "credential_process = tool 'a b'\n";
  world.programs["tool|a b"] = R"({"Version":1,"AccessKeyId":"PROCESS","SecretAccessKey":"s"})";
  CHECK(outcome(world, "") == "PROCESS");
  world.files["/user/.aws/credentials"] = "[default]\n" + kPlainKeys;
  CHECK(outcome(world, "") == "SHARED");
  world.files["/user/.aws/config"] += "sso_session = main\n";
  CHECK(outcome(world, "").starts_with("! the profile 'default' signs in by SSO"));
  world.files["/token"] = "web\n";
  world.variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
  world.variables["AWS_ROLE_ARN"] = "arn:aws:iam::111122223333:role/web";
  add_sts(world, "AssumeRoleWithWebIdentity");
  CHECK(outcome(world, "") == "ROLE");
  CHECK(signer(world).empty());
  CHECK(world.http.requests.back().body.find("WebIdentityToken=web") != std::string::npos);
  CHECK(world.http.requests.back().body.find("role%2Fweb") != std::string::npos);
  world.files["/user/.aws/config"] += kRole + "source_profile = keys\n[profile keys]\n" + kConfigKeys;
  add_sts(world, "AssumeRole");
  CHECK(outcome(world, "") == "ROLE");
  CHECK(signer(world) == "CONFIG");
  world.variables.insert(kEnvironment.begin(), kEnvironment.end());
  CHECK(outcome(world, "") == "ENV");
  CHECK(outcome(world, "default") == "ROLE");  // --profile puts the environment's keys aside
  CHECK(outcome(world, "keys") == "CONFIG");   // and its web identity
}

TEST_CASE("which profile counts") {
  FakeSurroundings world;
  world.files["/user/.aws/config"] =
      "[default]\naws_access_key_id=D\naws_secret_access_key=s\n[profile a]\naws_access_key_id=A\n"
      "aws_secret_access_key=s\n[profile b]\naws_access_key_id=B\naws_secret_access_key=s\n[c]\n" +
      kConfigKeys;
  CHECK(outcome(world, "") == "D");
  world.variables["AWS_DEFAULT_PROFILE"] = "a";
  CHECK(outcome(world, "") == "A");
  world.variables["AWS_PROFILE"] = "b";
  CHECK(outcome(world, "") == "B");
  CHECK(outcome(world, "a") == "A");
  CHECK(outcome(world, "c") == "! no profile 'c' in /user/.aws/config and /user/.aws/credentials");
  world.variables["AWS_CONFIG_FILE"] = "~/other";
  CHECK(outcome(world, "a") == "! no profile 'a' in /user/other and /user/.aws/credentials");
  // AWS_PROFILE does not put the environment's keys aside, as with aws-cli.
  world.variables.erase("AWS_CONFIG_FILE");
  world.variables.insert(kEnvironment.begin(), kEnvironment.end());
  CHECK(outcome(world, "") == "ENV");
}

TEST_CASE("profiles that contradict themselves, and what is not done") {
  struct Row {
    const char* what;
    std::string profile;  // the content of [profile p]
    const char* message;
  };
  const Row rows[] = {
      {"half a key", "aws_access_key_id=A\n", "the profile 'p' has aws_access_key_id, but no secret key"},
      {"no source", kRole, "the profile 'p' has role_arn, but neither source_profile nor credential_source"},
      {"two sources", kRole + "source_profile=q\ncredential_source=Environment\n",
       "the profile 'p' has source_profile and credential_source"},
      {"a source that is not there", kRole + "source_profile=r\n",
       "the profile 'p' has a source_profile that does not exist: r"},
      {"a source without credentials", kRole + "source_profile=q\n",
       "the profile 'q' is a source_profile and has no credentials"},
      {"its own source", kRole + "source_profile=p\n", "the profile 'p' is its own source_profile and has no keys"},
      {"a circle", kRole + "source_profile=x\n[profile x]\n" + kRole + "source_profile=p\n",
       "the profile 'x' is part of a circle of source profiles: p"},
      {"an unknown place", kRole + "credential_source=Somewhere\n",
       "the profile 'p' has an unknown credential_source: Somewhere"},
      {"an empty place", kRole + "credential_source=Environment\n",
       "the profile 'p' wants credentials from Environment, which has none"},
      {"no machine", kRole + "credential_source=Ec2InstanceMetadata\n",
       "the profile 'p' wants credentials from Ec2InstanceMetadata, which has none"},
      {"a short session", kRole + "source_profile=k\nduration_seconds=899\n[profile k]\n" + kConfigKeys,
       "the profile 'p' has a duration_seconds that is no number from 900 to 43200"},
      {"no number", kRole + "source_profile=k\nduration_seconds=1h\n[profile k]\n" + kConfigKeys,
       "the profile 'p' has a duration_seconds that is no number from 900 to 43200"},
      {"MFA", kRole + "source_profile=k\nmfa_serial=arn:aws:iam::1:mfa/x\n[profile k]\n" + kConfigKeys,
       "the profile 'p' demands MFA (mfa_serial), which is not asked for here; get credentials with aws-cli: aws "
       "configure export-credentials --profile p"},
      {"a web identity without a role", "web_identity_token_file=/token\n",
       "a web identity token file is given, but no role (role_arn)"},
      {"a web identity without its file", kRole + "web_identity_token_file=/token\n",
       "/token: No such file or directory"},
      {"an open quote", "credential_process=a 'b\n",
       "credential_process of the profile 'p': a quote that is not closed"},
      {"a program that is not there", "credential_process=tool\n",
       "credential_process of the profile 'p': tool: No such file or directory"},
      {"another version", "credential_process=two\n",
       "credential_process of the profile 'p': the answer is not of Version 1"},
      {"no JSON", "credential_process=text\n", "credential_process of the profile 'p': not a proper JSON object"},
      {"a line that is no setting", "secret\n", "/user/.aws/config: line 4: neither a section nor \"name = value\""},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    FakeSurroundings world;
    world.files["/user/.aws/config"] = "[profile q]\nregion=eu-west-1\n[profile p]\n" + row.profile;
    world.programs["two"] = R"({"Version":2,"AccessKeyId":"A","SecretAccessKey":"s"})";
    world.programs["text"] = "secret";
    CHECK(outcome(world, "p") == std::string("! ") + row.message);
  }
}

TEST_CASE("keys in the environment are whole or an error") {
  FakeSurroundings world;
  world.variables["AWS_ACCESS_KEY_ID"] = "ENV";
  CHECK(outcome(world, "") == "! AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not");
  world.variables["AWS_SECRET_ACCESS_KEY"] = "s";
  world.variables["AWS_SESSION_TOKEN"] = "t";
  world.variables["AWS_CREDENTIAL_EXPIRATION"] = "2026-07-01T12:00:00+00:00";
  const auto found = search_credentials({}, world.get());
  REQUIRE(found);
  CHECK(found->session_token.text() == "t");
  CHECK(to_string(found->expires.value()) == "2026-07-01T12:00:00Z");
}

TEST_CASE("roles are assumed along a chain, each with the credentials of the one before") {
  FakeSurroundings world;
  add_sts(world, "AssumeRole");
  world.files["/user/.aws/config"] = "[profile top]\n" + kRole +
                                     "source_profile=middle\nrole_session_name=audit\nexternal_id=x y\n"
                                     "duration_seconds=900\n[profile middle]\nrole_arn=arn:aws:iam::1:role/middle\n"
                                     "source_profile=middle\n" +
                                     kConfigKeys;
  CHECK(outcome(world, "top") == "ROLE");
  // A source with keys of its own is used with these, as aws-cli does.
  REQUIRE(world.http.requests.size() == 1);
  CHECK(signer(world) == "CONFIG");
  CHECK(world.http.requests.back().body ==
        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fr&RoleSessionName="
        "audit&ExternalId=x%20y&DurationSeconds=900");

  world.files["/user/.aws/config"] = "[profile top]\n" + kRole +
                                     "source_profile=middle\n[profile middle]\nrole_arn=m\n"
                                     "source_profile=keys\n[profile keys]\n" +
                                     kConfigKeys;
  world.http.requests.clear();
  CHECK(outcome(world, "top") == "ROLE");
  REQUIRE(world.http.requests.size() == 2);
  CHECK(world.http.requests.front().body ==
        "Action=AssumeRole&Version=2011-06-15&RoleArn=m&RoleSessionName=trailseal-1782864000");
  CHECK(signer(world) == "ROLE");
  const std::string* token = world.http.requests.back().headers.find("x-amz-security-token");
  REQUIRE(token != nullptr);
  CHECK(*token == "role-token");

  std::string chain;
  for (int i = 0; i < 11; ++i)
    chain += "[profile p" + std::to_string(i) + "]\nrole_arn=r\nsource_profile=p" + std::to_string(i + 1) + "\n";
  world.files["/user/.aws/config"] = chain + "[profile p11]\n" + kConfigKeys;
  CHECK(outcome(world, "p0") == "! the profile 'p10' is at the end of too long a chain of roles");
}

TEST_CASE("a role may be assumed with what the surroundings give") {
  for (const char* place : {"Environment", "EcsContainer", "Ec2InstanceMetadata"}) {
    FakeSurroundings world;
    add_sts(world, "AssumeRole");
    add_machine(world);
    add_container(world);
    world.variables.insert(kEnvironment.begin(), kEnvironment.end());
    world.files["/user/.aws/config"] = "[profile p]\n" + kRole + "credential_source = " + place + "\n";
    CHECK(outcome(world, "p") == "ROLE");
    CHECK(signer(world) == (place == std::string("Environment")    ? "ENV"
                            : place == std::string("EcsContainer") ? "CONTAINER"
                                                                   : "MACHINE"));
  }
}

TEST_CASE("a refused role says why, and nothing else is tried") {
  FakeSurroundings world;
  add_sts(world, "AssumeRole");
  add_machine(world);
  world.http.answers["POST https://sts.eu-west-1.amazonaws.com/"] = {
      {403, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>"}};
  world.files["/user/.aws/config"] = "[default]\n" + kRole + "source_profile=k\n[profile k]\n" + kConfigKeys;
  CHECK(outcome(world, "") == "! AssumeRole of arn:aws:iam::111122223333:role/r: AccessDenied: not you");
}

TEST_CASE("the region comes from the variables, then from the profile") {
  FakeSurroundings world;
  world.files["/user/.aws/config"] = "[default]\nregion = eu-west-1\n[profile p]\nregion = eu-west-2\n";
  const auto region = [&](const char* profile) {
    const auto profiles = Profiles::read(world.get());
    REQUIRE(profiles);
    return configured_region(world.get().environment, *profiles, profile).value_or("none");
  };
  CHECK(region("default") == "eu-west-1");
  CHECK(region("p") == "eu-west-2");
  CHECK(region("q") == "none");
  world.variables["AWS_DEFAULT_REGION"] = "eu-north-1";
  CHECK(region("p") == "eu-north-1");
  world.variables["AWS_REGION"] = "eu-south-1";
  CHECK(region("p") == "eu-south-1");
}
