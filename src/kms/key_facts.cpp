#include "kms/key_facts.hpp"

#include <algorithm>

#include "base/arn.hpp"
#include "kms/json_tree.hpp"

namespace trailseal::kms {
namespace {

constexpr std::size_t kMostAnswer = 1u << 20, kMostList = 16u << 20;

using Kind = JsonValue::Kind;

// The parsed answer to one question; what stands in the way of it is noted in the facts.
std::optional<JsonValue> open_answer(const Answer& answer, const char* question, std::size_t limit, KeyFacts& facts) {
  if (!answer) {
    const Error& error = answer.error();
    if (error.code == Errc::not_found) facts.gone = true;
    if (error.code == Errc::access_denied || error.code == Errc::unsupported) {
      facts.denied.emplace_back(question);
    } else if (error.code != Errc::not_found) {
      facts.failures.emplace_back(question, error);
    }
    return std::nullopt;
  }
  auto document = parse_json(*answer, limit);
  if (document && document->is(Kind::object)) return std::move(document).value();
  facts.failures.emplace_back(question, document ? Error{Errc::corrupt, "not a JSON object"} : document.error());
  return std::nullopt;
}

std::optional<JsonValue> open_answer(const std::optional<Answer>& answer, const char* question, KeyFacts& facts) {
  return answer ? open_answer(*answer, question, kMostAnswer, facts) : std::nullopt;
}

void read_description(const JsonValue& document, KeyFacts& facts) {
  const JsonValue* key = document.find("KeyMetadata");
  const std::string arn = key == nullptr ? "" : key->text_of("Arn");
  if (key == nullptr || arn.empty() || key->text_of("KeyState").empty()) {
    facts.failures.emplace_back("DescribeKey", Error{Errc::corrupt, "Arn or KeyState is missing"});
    return;
  }
  if (!facts.arn.empty() && facts.arn != arn) {
    facts.failures.emplace_back("DescribeKey", Error{Errc::corrupt, "the answer is about another key: " + arn});
    return;
  }
  facts.arn = arn;
  facts.state = key->text_of("KeyState");
  facts.manager = key->text_of("KeyManager");
  facts.material = key->text_of("Origin");
  facts.usage = key->text_of("KeyUsage");
  facts.spec = key->text_of("KeySpec");
  if (facts.spec.empty()) facts.spec = key->text_of("CustomerMasterKeySpec");
  facts.deletion = key->time_of("DeletionDate");
  if (key->text_of("ExpirationModel") != "KEY_MATERIAL_DOES_NOT_EXPIRE") facts.expiry = key->time_of("ValidTo");
}

void read_policy(const JsonValue& document, const Bytes& bytes, KeyFacts& facts) {
  const bool bare = document.find("Statement") != nullptr;
  const std::string text = document.text_of("Policy");
  auto policy = bare ? parse_policy(bytes) : parse_policy(as_bytes(text));
  if (policy) {
    facts.policy = std::move(policy).value();
  } else {
    facts.failures.emplace_back("GetKeyPolicy", policy.error());
  }
}

void read_grants(const JsonValue& document, KeyFacts& facts) {
  facts.more_grants = document.truth_of("Truncated");  // of the last page
  for (const JsonValue& entry : document.list_of("Grants")) {
    Grant grant;
    grant.grantee = entry.text_of("GranteePrincipal");
    for (const JsonValue& operation : entry.list_of("Operations"))
      grant.decrypts = grant.decrypts || operation.text == "Decrypt" || operation.text == "ReEncryptFrom";
    if (const JsonValue* constraints = entry.find("Constraints"))
      for (const char* kind : {"EncryptionContextSubset", "EncryptionContextEquals"})
        if (const JsonValue* context = constraints->find(kind))
          grant.names_trail = grant.names_trail || !context->text_of("aws:cloudtrail:arn").empty();
    facts.grants.push_back(std::move(grant));
  }
}

}  // namespace

KeyFacts read_key(const KeyAnswers& answers) {
  KeyFacts facts;
  facts.origin = answers.origin;
  facts.arn = answers.key_arn;
  if (!answers.describe_key) facts.absent.emplace_back("DescribeKey");
  if (!answers.key_policy) facts.absent.emplace_back("GetKeyPolicy");
  if (!answers.rotation_status) facts.absent.emplace_back("GetKeyRotationStatus");
  if (const auto document = open_answer(answers.describe_key, "DescribeKey", facts)) read_description(*document, facts);
  if (const auto arn = base::parse_arn(facts.arn)) facts.account = arn->account;
  if (const auto document = open_answer(answers.key_policy, "GetKeyPolicy", facts))
    read_policy(*document, **answers.key_policy, facts);
  if (facts.state.starts_with("Pending")) return facts;  // KMS answers neither of the others about such a key
  if (const auto document = open_answer(answers.rotation_status, "GetKeyRotationStatus", facts)) {
    if (const JsonValue* enabled = document->find("KeyRotationEnabled");
        enabled != nullptr && enabled->is(Kind::truth)) {
      facts.rotates = enabled->text == "true";
    } else {
      facts.failures.emplace_back("GetKeyRotationStatus", Error{Errc::corrupt, "KeyRotationEnabled is missing"});
    }
  }
  for (const Answer& page : answers.rotations)
    if (const auto document = open_answer(page, "ListKeyRotations", kMostList, facts))
      for (const JsonValue& entry : document->list_of("Rotations"))
        facts.last_rotation = std::max(facts.last_rotation, entry.time_of("RotationDate"));
  for (const Answer& page : answers.grants)
    if (const auto document = open_answer(page, "ListGrants", kMostList, facts)) read_grants(*document, facts);
  return facts;
}

}  // namespace trailseal::kms
