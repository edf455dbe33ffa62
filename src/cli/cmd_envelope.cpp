// trailseal envelope: opens client-side envelopes to see whether they are what their writer sealed.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "base/escape.hpp"
#include "cli/aws_flags.hpp"
#include "cli/command.hpp"
#include "cli/crypto_flags.hpp"
#include "cli/envelope_file.hpp"
#include "cli/envelope_flags.hpp"
#include "cli/envelope_keys.hpp"
#include "cli/envelope_report.hpp"
#include "cli/kms_unwrap.hpp"
#include "cli/report_files.hpp"
#include "cli/terminal.hpp"

namespace trailseal::cli {
namespace {

std::vector<Flag> flags() {
  std::vector<Flag> all = {
      {"key", "KIND:WHICH=FILE", "a key that may open: aes:NAMESPACE:NAME=FILE, rsa:NAMESPACE:NAME=FILE, data:FILE", 0,
       true},
      {"kms", "ARN", "a KMS key that may be asked to open; no other is, whatever a message names", 0, true},
      {"context", "NAME=VALUE", "a pair that the encryption context must hold", 0, true},
      {"metadata", "FILE", "the S3 metadata of the object (default: FILE.metadata.json, if there)"},
      {"instruction", "FILE", "the instruction file of the object (default: FILE.instruction, if there)"},
      {"output", "FILE", "write the plaintext to FILE, when all has passed"},
      {"report", "NAME[=FILE]", "text, json (default: text), to FILE or standard output", 0, true},
      {"color", "WHEN", "auto, always or never"},
  };
  const auto place = std::ranges::find(all, "output", &Flag::name);
  const std::vector<Flag> policy = envelope_policy_flags();
  all.insert(place, policy.begin(), policy.end());
  for (Flag& flag : aws_flags()) all.push_back(std::move(flag));
  for (Flag& flag : crypto_flags()) all.push_back(std::move(flag));
  return all;
}

struct Wish {
  bool json = false;
  std::string path;  // empty: standard output
};

struct Plan {
  envelope::Context expected;
  envelope::Policy policy;
  std::vector<Wish> reports;
  std::string color;
};

std::optional<UsageError> read_wishes(const std::vector<std::string>& values, std::vector<Wish>& wishes) {
  for (const std::string& value : values) {
    const std::size_t equals = value.find('=');
    const std::string name = value.substr(0, equals);
    if (name != "text" && name != "json")
      return UsageError{"unknown report '" + base::printable(name) + "'", "there are: text, json"};
    Wish wish{name == "json", equals == std::string::npos ? "" : value.substr(equals + 1)};
    if (equals != std::string::npos && wish.path.empty())
      return UsageError{"no file behind '" + base::printable(value) + "'", ""};
    if (wish.path == "-" || wish.path == "/dev/stdout") wish.path.clear();
    if (std::ranges::find(wishes, wish.path, &Wish::path) != wishes.end())
      return UsageError{wish.path.empty() ? "two reports for standard output" : "two reports for one file", ""};
    wishes.push_back(std::move(wish));
  }
  if (wishes.empty()) wishes.emplace_back();
  return std::nullopt;
}

// A file that is written must not be one that is read, nor be written twice.
std::optional<UsageError> check_places(const Arguments& arguments, const std::vector<Wish>& reports) {
  std::vector<std::string> read = arguments.positional, written = arguments.all("output");
  for (const char* flag : {"metadata", "instruction"})
    for (const std::string& path : arguments.all(flag)) read.push_back(path);
  for (const std::string& path : arguments.positional)
    for (const char* beside : {".metadata.json", ".instruction"}) read.push_back(path + beside);
  for (const std::string& key : arguments.all("key")) read.push_back(envelope_key_path(key));
  for (const Wish& wish : reports)
    if (!wish.path.empty()) written.push_back(wish.path);
  for (std::size_t i = 0; i < written.size(); ++i) {
    const std::string shown = "'" + base::printable(written[i]) + "'";
    for (const std::string& path : read)
      if (same_file(written[i], path)) return UsageError{shown + " is read, and cannot be written as well", ""};
    for (std::size_t j = 0; j < i; ++j)
      if (same_file(written[i], written[j])) return UsageError{shown + " would be written twice", ""};
  }
  return std::nullopt;
}

std::optional<UsageError> read_plan(const Arguments& arguments, Plan& plan) {
  const std::size_t files = arguments.positional.size();
  if (files == 0) return UsageError{"no file is given", ""};
  for (const char* flag : {"metadata", "instruction", "output"}) {
    if (files > 1 && arguments.has(flag)) return UsageError{fmt::format("--{} goes with one file", flag), ""};
  }
  if (auto mistake = check_crypto_flags(arguments)) return mistake;
  if (auto mistake = read_envelope_context(arguments, "context", plan.expected)) return mistake;
  if (auto mistake = read_envelope_policy(arguments, plan.policy)) return mistake;
  plan.color = arguments.one("color").value_or("auto");
  if (plan.color != "auto" && plan.color != "always" && plan.color != "never")
    return UsageError{"--color is not auto, always or never: '" + base::printable(plan.color) + "'", ""};
  if (auto mistake = read_wishes(arguments.all("report"), plan.reports)) return mistake;
  return check_places(arguments, plan.reports);
}

bool may_be_written(envelope::Verdict verdict) {
  return verdict == envelope::Verdict::authenticated || verdict == envelope::Verdict::unauthenticated_mode;
}

int write_reports(const std::vector<EnvelopeResult>& results, const Plan& plan, std::vector<ReportFile>& files) {
  auto file = files.begin();
  const Wish* to_stdout = nullptr;
  for (const Wish& wish : plan.reports) {
    if (wish.path.empty()) {
      to_stdout = &wish;
      continue;
    }
    constexpr std::size_t kFileWidth = 100;
    const auto written =
        (file++)->commit(wish.json ? envelope_json(results) : envelope_text(results, kFileWidth, false));
    if (!written) return fail("cannot write the report " + base::printable(written.error().message));
  }
  const int status = exit_status(results);
  if (to_stdout == nullptr) return status;
  const bool color = wants_color(plan.color, STDOUT_FILENO);
  return print(to_stdout->json ? envelope_json(results) : envelope_text(results, width_of(STDOUT_FILENO), color),
               status);
}

int run_envelope(const Arguments& arguments) {
  forbid_core_files();
  Plan plan;
  if (const auto mistake = read_plan(arguments, plan))
    return fail(mistake->message, mistake->hint.empty() ? "trailseal envelope --help" : mistake->hint);
  std::unique_ptr<crypto::Backend> cross_check;
  const auto backend = choose_backend(arguments, cross_check);
  if (!backend) return fail(backend.error().message);
  envelope::Keyring keys;
  std::vector<std::string> warnings;
  if (const auto mistake = load_envelope_keys({"key", true}, arguments.all("key"), **backend, keys, warnings))
    return fail(mistake->message, mistake->hint);
  for (const std::string& warning : warnings) fail("warning: " + warning);
  if (arguments.has("kms")) {
    auto unwrap = make_kms_unwrap(make_aws_access(arguments), arguments.all("kms"));
    if (!unwrap) return fail("cannot ask KMS: " + base::printable(unwrap.error().message));
    keys.kms = std::move(unwrap).value();
  }
  std::vector<ReportFile> files;
  for (const Wish& wish : plan.reports) {
    if (wish.path.empty()) continue;
    auto file = ReportFile::create(wish.path);
    if (!file) return fail("cannot write the report " + base::printable(file.error().message));
    files.push_back(std::move(file).value());
  }
  std::optional<PlaintextFile> output;
  if (const auto path = arguments.one("output")) {
    auto created = PlaintextFile::create(*path);
    if (!created) return fail("cannot write the plaintext " + base::printable(created.error().message));
    output.emplace(std::move(created).value());
  }
  const EnvelopeJob job{plan.expected, keys, plan.policy, **backend};
  std::vector<EnvelopeResult> results;
  for (const std::string& path : arguments.positional) {
    const EnvelopePaths paths{path, arguments.one("metadata"), arguments.one("instruction")};
    results.push_back({path, open_envelope_file(paths, job, output ? &*output : nullptr)});
  }
  if (output && may_be_written(results.front().opened.verdict)) {
    if (const auto committed = output->commit(); !committed)
      return fail("cannot write the plaintext " + base::printable(committed.error().message));
  }
  return write_reports(results, plan, files);
}

}  // namespace

Command envelope_command() {
  return {"envelope",
          "Opens AWS Encryption SDK messages and S3 Encryption Client objects, to verify them.",
          "[options] FILE...",
          {{"what is this, and which keys would open it?", "trailseal envelope log.json.gz.encrypted"},
           {"a message of the Encryption SDK, under a raw AES key",
            "trailseal envelope --key aes:archive:2026=key.hex --context case=42 log.encrypted"},
           {"an object of the S3 Encryption Client and its head-object",
            "trailseal envelope --key rsa::=private.pem --metadata head.json --output log.json.gz object"}},
          flags(),
          run_envelope};
}

}  // namespace trailseal::cli
