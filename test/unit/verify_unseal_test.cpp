// When an object is opened, and what is told of it; what is inside an envelope is the business of others.
#include "verify/unseal.hpp"

#include "support/catch.hpp"
#include "support/memory_store.hpp"

using namespace trailseal;
using namespace trailseal::verify;
using State = Unsealed::State;

namespace {

const std::string kLog =
    "AWSLogs/111122223333/CloudTrail/us-east-1/2026/07/01/"
    "111122223333_CloudTrail_us-east-1_20260701T0350Z_GdtPIGiQMpYQUpaQ.json.gz";
const Bytes kGzip = {0x1f, 0x8b, 8, 0, 0}, kOther = {2, 4, 0x78, 0, 0};

struct Scene {
  test::MemoryStore store;
  int asked = 0;
  State state = State::opened;
  std::string beside;  // what the instruction file was found to hold, or the error

  std::shared_ptr<const Unsealed> run(Bytes& bytes, bool has_keys, bool again,
                                      std::optional<store::Metadata> metadata) {
    asked = 0;
    Unsealing unsealing{[this](const Sealed& sealed) {
                          ++asked;
                          const auto instruction = sealed.instruction();
                          beside = instruction ? std::string(as_text(*instruction))
                                               : std::string(to_string(instruction.error().code));
                          if (state == State::opened) sealed.bytes = kGzip;
                          return Unsealed{state, "word", "why", "form"};
                        },
                        has_keys};
    const store::Object object{std::move(metadata), std::nullopt};
    return unseal(unsealing, store, kLog, object, again, bytes);
  }
};

}  // namespace

TEST_CASE("only what may be an envelope is asked about") {
  const store::Metadata plain = {{"signature", "00"}}, sealed = {{"x-amz-key-v2", "AA=="}};
  struct Row {
    const char* why;
    Bytes bytes;
    bool has_keys, again;
    std::optional<store::Metadata> metadata;
    bool asked;
  };
  const Row rows[] = {
      {"a gzip file", kGzip, true, false, std::nullopt, false},
      {"a gzip file with a signature", kGzip, true, false, plain, false},
      {"what begins like gzip and speaks of an envelope", kGzip, true, false, sealed, false},
      {"the same, and it could not be inflated", kGzip, true, true, sealed, true},
      {"no gzip file", kOther, true, false, std::nullopt, true},
      {"an empty object", {}, true, false, std::nullopt, true},
      {"what could not be inflated", kGzip, true, true, std::nullopt, true},
      {"no gzip file, and nobody expects envelopes", kOther, false, false, sealed, false},
      {"what could not be inflated, and nobody expects envelopes", kOther, false, true, std::nullopt, true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.why);
    Scene scene;
    Bytes bytes = row.bytes;
    const auto unsealed = scene.run(bytes, row.has_keys, row.again, row.metadata);
    CHECK((unsealed != nullptr) == row.asked);
    CHECK(scene.asked == (row.asked ? 1 : 0));
    CHECK(bytes == (row.asked ? kGzip : row.bytes));
  }
  Bytes bytes = kOther;
  CHECK(unseal({}, Scene().store, kLog, {}, true, bytes) == nullptr);
}

TEST_CASE("what is no envelope is no finding") {
  Scene scene;
  Bytes bytes = kOther;
  scene.state = State::plain;
  CHECK(scene.run(bytes, true, false, std::nullopt) == nullptr);
  CHECK(scene.asked == 1);
  CHECK(scene.beside == to_string(Errc::not_found));
  scene.store.put(kLog + ".instruction", "{}");
  scene.state = State::shut;
  REQUIRE(scene.run(bytes, true, false, std::nullopt));
  CHECK(scene.beside == "{}");
  CHECK(bytes == kOther);
}

TEST_CASE("without readable metadata nothing tells ciphertext from garbage") {
  const auto run = [](State state, Bytes bytes) {
    const test::MemoryStore store;
    const Unsealing unsealing{[&](const Sealed&) { return Unsealed{state, "word", "why", "form"}; }, true};
    const store::Object object{std::nullopt, Error{Errc::corrupt, "no JSON"}};
    return unseal(unsealing, store, kLog, object, true, bytes);
  };
  for (const State state : {State::plain, State::shut, State::broken}) {
    const auto unsealed = run(state, kOther);
    REQUIRE(unsealed);
    CHECK(unsealed->state == State::shut);
    CHECK(unsealed->detail == "its metadata could not be read: no JSON");
  }
  CHECK(run(State::opened, kOther)->state == State::opened);
  CHECK(run(State::plain, kGzip) == nullptr);
}

TEST_CASE("files that belong to a log or a digest") {
  CHECK(is_instruction_file(kLog + ".instruction"));
  CHECK(is_instruction_file(
      "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/07/01/"
      "111122223333_CloudTrail-Digest_us-east-1_mgmt_us-east-1_20260701T041352Z.json.gz.instruction"));
  CHECK_FALSE(is_instruction_file(kLog));
  CHECK_FALSE(is_instruction_file(kLog + ".instruction.instruction"));
  CHECK_FALSE(is_instruction_file("notes.instruction"));
  CHECK_FALSE(is_instruction_file(".instruction"));
}

TEST_CASE("what was opened is counted by source and form") {
  OpenedCounts counts;
  const Unsealed opened{State::opened, "authenticated", "", "esdk-v2, committing"};
  const Unsealed legacy{State::opened, "unauthenticated-mode", "", "s3ec-v1, without integrity of its own"};
  const Unsealed shut{State::shut, "key-unavailable", "", "esdk-v2, committing"};
  for (const Unsealed* each : {&opened, &shut, &legacy, &opened}) counts.add(1, each);
  counts.add(0, nullptr);
  std::vector<Source> sources(2);
  sources[0].store = std::make_unique<test::MemoryStore>("first");
  sources[1].store = std::make_unique<test::MemoryStore>("second");
  std::string told;
  for (const auto& finding : counts.findings(sources).sorted()) told += finding.subject + ": " + finding.detail + "|";
  CHECK(told == "second: 1 object: s3ec-v1, without integrity of its own|second: 2 objects: esdk-v2, committing|");
}
