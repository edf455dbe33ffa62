#include "cli/kms_answers.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "aws/event_history.hpp"
#include "aws/kms.hpp"
#include "cli/key_files.hpp"
#include "kms/key_events.hpp"

namespace trailseal::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostAnswer = 1u << 20, kMostList = 16u << 20;

// A file that cannot be read is no word of KMS's about its key.
kms::Answer read_saved(const fs::path& path, std::size_t limit) {
  auto bytes = read_file(path.string(), limit);
  if (!bytes && bytes.error().code != Errc::limit) return Error{Errc::io, bytes.error().message};
  return bytes;
}

std::optional<kms::Answer> read_answer(const fs::path& path, std::size_t limit) {
  std::error_code ignored;
  if (!fs::exists(path, ignored) && !fs::is_symlink(path, ignored)) return std::nullopt;
  return read_saved(path, limit);
}

// The answers about one key, as aws-cli prints them, each under the name of its command.
std::optional<kms::KeyAnswers> read_key_folder(const fs::path& folder) {
  kms::KeyAnswers key;
  key.origin = folder.string();
  key.describe_key = read_answer(folder / "describe-key.json", kMostAnswer);
  key.key_policy = read_answer(folder / "get-key-policy.json", kMostAnswer);
  key.rotation_status = read_answer(folder / "get-key-rotation-status.json", kMostAnswer);
  if (auto rotations = read_answer(folder / "list-key-rotations.json", kMostList))
    key.rotations.push_back(*std::move(rotations));
  if (auto grants = read_answer(folder / "list-grants.json", kMostList)) key.grants.push_back(*std::move(grants));
  if (key.describe_key || key.key_policy || key.rotation_status || !key.rotations.empty() || !key.grants.empty())
    return key;
  return std::nullopt;
}

bool is_events_file(const std::string& name) {
  return name == "lookup-events.json" || (name.starts_with("lookup-events-") && name.ends_with(".json"));
}

// One folder, and those directly within it: a key has its answers in either.
Result<void> read_folder(const std::string& given, kms::Answers& answers) {
  std::error_code problem;
  std::vector<fs::path> folders{fs::path(given)}, entries;
  for (fs::directory_iterator entry(given, problem), end; !problem && entry != end; entry.increment(problem))
    entries.push_back(entry->path());
  if (problem) return Error{Errc::io, given + ": " + problem.message()};
  std::ranges::sort(entries);
  bool found = false;
  for (const fs::path& entry : entries) {
    std::error_code ignored;
    const std::string name = entry.filename().string();
    if (fs::is_directory(entry, ignored)) {
      folders.push_back(entry);
    } else if (name == "describe-trails.json" || is_events_file(name)) {
      auto& into = name == "describe-trails.json" ? answers.trails : answers.events;
      into.push_back({entry.string(), read_saved(entry, kMostList)});
      found = true;
    }
  }
  for (const fs::path& folder : folders) {
    auto key = read_key_folder(folder);
    if (!key) continue;
    answers.keys.push_back(*std::move(key));
    found = true;
  }
  if (found) return {};
  return Error{Errc::invalid_argument, given + ": holds no answer, such as describe-key.json or get-key-policy.json"};
}

Result<void> ask_about(const aws::KeyArn& arn, const AwsAccess& access, kms::Answers& answers) {
  TRY(const aws::Kms service, aws::Kms::make(access.surroundings, *access.credentials, arn.region, access.endpoint));
  kms::KeyAnswers key;
  key.origin = "KMS in " + arn.region;
  key.key_arn = arn.text;
  key.describe_key = service.describe_key(arn.text);
  key.key_policy = service.key_policy(arn.text);
  key.rotation_status = service.rotation_status(arn.text);
  key.rotations = service.rotations(arn.text);
  key.grants = service.grants(arn.text);
  answers.keys.push_back(std::move(key));
  return {};
}

// When keys of the region were disabled, enabled and so on, by CloudTrail's own memory of 90 days.
void ask_history(const std::string& region, const AwsAccess& access, kms::Answers& answers) {
  for (const std::string_view name : kms::key_event_names()) {
    const std::string origin = "CloudTrail in " + region;
    auto pages = aws::look_up_events(access.surroundings, *access.credentials, region, name, access.endpoint);
    const bool failed = !pages.back();
    for (auto& page : pages) answers.events.push_back({origin, std::move(page)});
    if (failed) return;
  }
}

}  // namespace

std::vector<Flag> kms_flags() {
  return {
      {"kms-answers", "DIR", "judge the KMS keys whose saved answers are here (describe-key.json, ...)", 0, true},
      {"kms-key", "ARN", "ask KMS about this key, and judge its state, rotation and policy", 0, true},
  };
}

Result<std::optional<kms::Answers>> read_kms_answers(const Arguments& arguments, const AwsAccess& access) {
  if (!arguments.has("kms-answers") && !arguments.has("kms-key")) return std::optional<kms::Answers>();
  kms::Answers answers;
  for (const std::string& folder : arguments.all("kms-answers")) TRY_VOID(read_folder(folder, answers));
  std::set<std::string> regions;
  for (const std::string& arn : arguments.all("kms-key")) {
    TRY(const aws::KeyArn key, aws::KeyArn::parse(arn));
    TRY_VOID(ask_about(key, access, answers));
    regions.insert(key.region);
  }
  for (const std::string& region : regions) ask_history(region, access, answers);
  return std::optional(std::move(answers));
}

}  // namespace trailseal::cli
