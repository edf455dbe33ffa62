#include "cli/evidence.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "base/escape.hpp"
#include "cli/ask_cloudtrail.hpp"
#include "cli/command.hpp"
#include "cli/crypto_flags.hpp"
#include "cli/kms_answers.hpp"
#include "cli/open_directory.hpp"
#include "cli/progress.hpp"
#include "cli/terminal.hpp"
#include "cli/unseal.hpp"

namespace trailseal::cli {
namespace {

// Each costs a request: five cents in all.
constexpr std::uint64_t kFoldersSearchedOverS3 = 10'000;

}  // namespace

std::vector<Flag> evidence_flags() {
  std::vector<Flag> all = {
      {"keys", "FILE|DIR", "trusted public keys: list-public-keys JSON, PEM or DER (default with s3://: CloudTrail's)",
       0, true},
      {"since", "TIME",
       "leave out what ended before: 2026-07-01T00:00:00Z, 2026-07-01, or a span before the end (24h, 7d)"},
      {"until", "TIME",
       "leave out what began at or after this; also the time at which the newest digests must be fresh"},
      {"now", "TIME", "the clock: judge freshness as of this time"},
      {"account", "ID", "only this account", 0, true},
      {"region", "NAME", "only this region, where the events were recorded", 0, true},
      {"trail", "NAME", "only this trail", 0, true},
      {"org", "ID", "only this organization", 0, true},
      {"crypto", "NAME", "the crypto backend (trailseal --version lists them)"},
      {"cross-check", "", "ask all crypto backends; they must agree"},
      {"jobs", "N",
       "threads (default: one for each CPU); with s3://: requests under way, at most (default: 64 to 256)"},
      {"profile", "NAME", "with s3://, --kms-key, --envelope-kms: the profile of ~/.aws to take credentials from"},
      {"endpoint-url", "URL", "with s3://: ask here instead of AWS's own endpoint"},
      {"expected-bucket-owner", "ID", "with s3://: refuse a bucket of another account"},
      {"request-payer", "", "with s3://: pay for the requests to another's bucket"},
      {"no-trail-settings", "", "with s3://: do not ask CloudTrail how the trails are set up"},
      {"versions", "", "also ask the history: delete markers, what was overwritten, what can be recovered"},
      {"strict", "", "warnings, unlisted logs and foreign objects are violations"},
      {"max-head-age", "SPAN", "how old the newest digest of a chain may be (default: 2h30m)"},
      {"expect-kms-key", "KEY", "the KMS key (ARN or id) under which every log and digest should lie"},
      {"no-progress", "", "no progress line on a terminal"},
  };
  const auto place = std::ranges::find(all, "strict", &Flag::name);
  std::vector<Flag> more = kms_flags();
  for (Flag& flag : unseal_flags()) more.push_back(std::move(flag));
  all.insert(place, more.begin(), more.end());
  return all;
}

bool EvidencePlan::in_s3() const { return std::ranges::any_of(source_names, &SourceName::in_s3); }

std::optional<UsageError> read_evidence_plan(const Arguments& arguments, EvidencePlan& plan) {
  if (arguments.positional.empty())
    return UsageError{"no source is given", "a source is DIR, BUCKET=DIR or s3://BUCKET[/PREFIX]"};
  for (const std::string& word : arguments.positional) {
    if (auto mistake = read_source(word, plan.source_names.emplace_back())) return mistake;
  }
  const Time clock = std::chrono::floor<Seconds>(std::chrono::system_clock::now());
  if (auto mistake = read_request(arguments, clock, plan.request)) return mistake;
  if (plan.in_s3()) {
    // What is read from S3 is read now, and waiting for it costs no CPU.
    if (!plan.request.now) plan.request.now = clock;
    if (plan.request.jobs == 0) plan.request.jobs = jobs_over_s3();
  }
  return check_crypto_flags(arguments);
}

Evidence::Evidence(const Arguments& arguments, EvidencePlan plan)
    : arguments_(arguments), plan_(std::move(plan)), guard_(progress_) {}

int Evidence::no_keys(std::string_view why) const {
  std::vector<std::string> folders;
  for (const SourceName& source : plan_.source_names)
    if (!source.in_s3()) folders.push_back(source.path);
  const auto found = find_key_files(folders, *backend_);
  std::string hint = "get them with: trailseal keys fetch --region REGION --output keys.json";
  if (!found.empty()) {
    hint = fmt::format("the source holds {}{}; if you trust it: --keys {}", base::printable(found.front()),
                       found.size() == 1 ? "" : fmt::format(" and {} more", found.size() - 1),
                       base::printable(found.front()));
  }
  return fail(fmt::format("no trusted keys: {}", why), hint);
}

// "BUCKET=DIR" may also be the whole name of a directory.
std::string Evidence::hint_of_equals() const {
  std::error_code ignored;
  for (const SourceName& name : plan_.source_names) {
    const std::string whole = name.bucket + "=" + name.path;
    if (!name.bucket.empty() && std::filesystem::is_directory(whole, ignored))
      return fmt::format("the directory of that whole name is ./{}", base::printable(whole));
  }
  return {};
}

Result<verify::Source> Evidence::open_bucket(const SourceName& name) {
  store::S3Options options;
  options.bucket = name.bucket;
  options.endpoint = arguments_.one("endpoint-url").value_or("");
  options.profile = arguments_.one("profile").value_or("");
  options.expected_owner = arguments_.one("expected-bucket-owner").value_or("");
  options.request_payer = arguments_.has("request-payer");
  options.cancel = &progress_.stop;
  options.most_requests = plan_.request.jobs;
  TRY(auto store, store::open_s3(options, access_.credentials));
  verify::Source source{std::move(store), name.bucket, name.prefix};
  source.search_limit = kFoldersSearchedOverS3;
  return source;
}

Result<void> Evidence::open_sources() {
  for (const SourceName& name : plan_.source_names) {
    // Without keys the run ends at once, and comparing a collection with its manifest would have been for nothing.
    auto source = name.in_s3() ? open_bucket(name)
                               : open_directory(name,
                                                {*backend_, plan_.request.jobs, progress_.stop, arguments_.has("keys"),
                                                 arguments_.has("dry-run")},
                                                keys_.findings);
    if (!source) {
      const std::string shown = name.in_s3() ? "s3://" + name.bucket : name.path;
      return Error{source.error().code, fmt::format("cannot open the source '{}': {}", base::printable(shown),
                                                    base::printable(source.error().message))};
    }
    sources_.push_back(std::move(source).value());
  }
  return {};
}

std::optional<int> Evidence::open() {
  const auto backend = choose_backend(arguments_, cross_check_);
  if (!backend) return fail(backend.error().message);
  backend_ = *backend;
  if (arguments_.has("kms-key") || arguments_.has("envelope-kms") || plan_.in_s3())
    access_ = make_aws_access(arguments_, &progress_.stop);
  access_.endpoint.clear();  // --endpoint-url is S3's here
  if (const auto mistake = make_unsealing(arguments_, *backend_, access_, plan_.request.unsealing))
    return fail(mistake->message, mistake->hint);
  const auto opened = open_sources();
  if (opened) return std::nullopt;
  const std::string hint = hint_of_equals();
  return fail(opened.error().message, hint.empty() ? aws_hint(opened.error()) : hint);
}

// Whoever reads the bucket itself can ask CloudTrail; a copy may be read where there is no AWS.
bool Evidence::fetches_keys() const {
  return !arguments_.has("keys") && std::ranges::all_of(plan_.source_names, &SourceName::in_s3);
}

std::optional<int> Evidence::load_trust() {
  if (!arguments_.has("keys") && !fetches_keys()) return no_keys("--keys is missing");
  if (const auto loaded = load_keys(arguments_.all("keys"), *backend_, keys_); !loaded)
    return fail("cannot read the keys: " + base::printable(loaded.error().message));
  if (keys_.set.empty() && !fetches_keys()) return no_keys("what --keys names holds none");
  auto answers = read_kms_answers(arguments_, access_);
  if (!answers) return fail("cannot learn about the KMS keys: " + base::printable(answers.error().message));
  plan_.request.kms = std::move(*answers);
  return std::nullopt;
}

verify::Estimate Evidence::estimate() { return verify::estimate(plan_.request, sources_, progress_); }

Result<verdict::Verdict> Evidence::verify(bool may_show_progress, const forensics::Questions& questions) {
  std::optional<ProgressLine> line;
  if (may_show_progress && can_redraw(STDERR_FILENO) && !arguments_.has("no-progress")) line.emplace(progress_);
  verify::Request request = plan_.request;
  if (fetches_keys())
    request.need_keys = [&](const auto& needs) {
      return add_fetched_keys(access_, needs, request.now.value_or(Time{}), *backend_, keys_.set);
    };
  if (plan_.in_s3() && !arguments_.has("no-trail-settings") &&
      may_ask_settings(access_, arguments_.one("endpoint-url").value_or("")))
    request.trail_settings = [&, listed = access_.surroundings.now()](const auto& chains) {
      std::vector<std::string> buckets;
      for (const SourceName& name : plan_.source_names)
        if (name.in_s3()) buckets.push_back(name.bucket);
      return ask_trail_settings(access_, chains, buckets, listed);
    };
  TRY(auto verdict,
      forensics::investigate(request, sources_, keys_.set, *backend_, std::move(keys_.findings), progress_, questions));
  verdict.run.tool_version = version();
  return verdict;
}

}  // namespace trailseal::cli
