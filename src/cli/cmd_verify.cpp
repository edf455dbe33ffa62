// trailseal verify: asks the library and prints its answer.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "base/escape.hpp"
#include "cli/ask_cloudtrail.hpp"
#include "cli/aws_flags.hpp"
#include "cli/command.hpp"
#include "cli/crypto_flags.hpp"
#include "cli/dry_run.hpp"
#include "cli/interrupt.hpp"
#include "cli/key_files.hpp"
#include "cli/kms_answers.hpp"
#include "cli/open_directory.hpp"
#include "cli/progress.hpp"
#include "cli/report_output.hpp"
#include "cli/terminal.hpp"
#include "cli/verify_request.hpp"
#include "trailseal/report.hpp"
#include "trailseal/verify.hpp"

namespace trailseal::cli {
namespace {

// Each costs a request: five cents in all.
constexpr std::uint64_t kFoldersSearchedOverS3 = 10'000;

std::vector<Flag> flags() {
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
      {"dry-run", "", "say what would be read, how many requests and bytes, and what it may cost; read nothing"},
      {"jobs", "N",
       "threads (default: one for each CPU); with s3://: requests under way, at most (default: 64 to 256)"},
      {"profile", "NAME", "with s3:// and --kms-key: the profile of ~/.aws to take credentials from"},
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
  const std::vector<Flag> kms = kms_flags();
  all.insert(place, kms.begin(), kms.end());
  const std::vector<Flag> reports = report_flags();
  all.insert(std::prev(all.end()), reports.begin(), reports.end());
  return all;
}

struct Plan {
  verify::Request request;
  std::vector<SourceName> source_names;
  ReportPlan reports;
};

std::optional<UsageError> read_plan(const Arguments& arguments, Plan& plan) {
  if (arguments.positional.empty())
    return UsageError{"no source is given", "a source is DIR, BUCKET=DIR or s3://BUCKET[/PREFIX]"};
  for (const std::string& word : arguments.positional) {
    if (auto mistake = read_source(word, plan.source_names.emplace_back())) return mistake;
  }
  const Time clock = std::chrono::floor<Seconds>(std::chrono::system_clock::now());
  if (auto mistake = read_request(arguments, clock, plan.request)) return mistake;
  if (std::ranges::any_of(plan.source_names, &SourceName::in_s3)) {
    // What is read from S3 is read now, and waiting for it costs no CPU.
    if (!plan.request.now) plan.request.now = clock;
    if (plan.request.jobs == 0) plan.request.jobs = jobs_over_s3();
  }
  if (auto mistake = read_report_plan(arguments, plan.reports)) return mistake;
  if (auto mistake = check_crypto_flags(arguments)) return mistake;
  if (arguments.has("dry-run")) return check_dry_run(plan.reports.wishes);
  return std::nullopt;
}

int no_keys(const Plan& plan, const crypto::Backend& backend, std::string_view why) {
  std::vector<std::string> folders;
  for (const SourceName& source : plan.source_names)
    if (!source.in_s3()) folders.push_back(source.path);
  const auto found = find_key_files(folders, backend);
  std::string hint = "get them with: trailseal keys fetch --region REGION --output keys.json";
  if (!found.empty()) {
    hint = fmt::format("the source holds {}{}; if you trust it: --keys {}", base::printable(found.front()),
                       found.size() == 1 ? "" : fmt::format(" and {} more", found.size() - 1),
                       base::printable(found.front()));
  }
  return fail(fmt::format("no trusted keys: {}", why), hint);
}

// "BUCKET=DIR" may also be the whole name of a directory.
std::string hint_of_equals(const Plan& plan) {
  std::error_code ignored;
  for (const SourceName& name : plan.source_names) {
    const std::string whole = name.bucket + "=" + name.path;
    if (!name.bucket.empty() && std::filesystem::is_directory(whole, ignored))
      return fmt::format("the directory of that whole name is ./{}", base::printable(whole));
  }
  return {};
}

Result<verify::Source> open_bucket(const SourceName& name, const Arguments& arguments,
                                   const std::shared_ptr<aws::CredentialSource>& credentials, unsigned jobs,
                                   const std::atomic<bool>& stop) {
  store::S3Options options;
  options.bucket = name.bucket;
  options.endpoint = arguments.one("endpoint-url").value_or("");
  options.profile = arguments.one("profile").value_or("");
  options.expected_owner = arguments.one("expected-bucket-owner").value_or("");
  options.request_payer = arguments.has("request-payer");
  options.cancel = &stop;
  options.most_requests = jobs;
  TRY(auto store, store::open_s3(options, credentials));
  verify::Source source{std::move(store), name.bucket, name.prefix};
  source.search_limit = kFoldersSearchedOverS3;
  return source;
}

Result<std::vector<verify::Source>> open_sources(const Plan& plan, const Arguments& arguments, const AwsAccess& access,
                                                 const crypto::Backend& backend, const std::atomic<bool>& stop,
                                                 verdict::Findings& findings) {
  std::vector<verify::Source> sources;
  for (const SourceName& name : plan.source_names) {
    // Without keys the run ends at once, and comparing a collection with its manifest would have been for nothing.
    auto source =
        name.in_s3()
            ? open_bucket(name, arguments, access.credentials, plan.request.jobs, stop)
            : open_directory(name, {backend, plan.request.jobs, stop, arguments.has("keys"), arguments.has("dry-run")},
                             findings);
    if (!source) {
      const std::string shown = name.in_s3() ? "s3://" + name.bucket : name.path;
      return Error{source.error().code, fmt::format("cannot open the source '{}': {}", base::printable(shown),
                                                    base::printable(source.error().message))};
    }
    sources.push_back(std::move(source).value());
  }
  return sources;
}

// What CloudTrail is to be asked.
struct Questions {
  bool keys = false, settings = false;
};

Result<verdict::Verdict> run_watched(const Plan& plan, const std::vector<verify::Source>& sources, TrustedKeys keys,
                                     const AwsAccess& access, const Questions& ask, const crypto::Backend& backend,
                                     verify::Progress& progress, bool show_progress) {
  std::optional<ProgressLine> line;
  if (show_progress) line.emplace(progress);
  verify::Request request = plan.request;
  if (ask.keys)
    request.need_keys = [&](const auto& needs) {
      return add_fetched_keys(access, needs, request.now.value_or(Time{}), backend, keys.set);
    };
  if (ask.settings)
    request.trail_settings = [&, listed = access.surroundings.now()](const auto& chains) {
      std::vector<std::string> buckets;
      for (const SourceName& name : plan.source_names)
        if (name.in_s3()) buckets.push_back(name.bucket);
      return ask_trail_settings(access, chains, buckets, listed);
    };
  return verify::run(request, sources, keys.set, backend, std::move(keys.findings), progress);
}

int run_verify(const Arguments& arguments) {
  Plan plan;
  if (const auto mistake = read_plan(arguments, plan)) {
    return fail(mistake->message, mistake->hint.empty() ? "trailseal verify --help" : mistake->hint);
  }
  std::unique_ptr<crypto::Backend> cross_check;
  const auto backend = choose_backend(arguments, cross_check);
  if (!backend) return fail(backend.error().message);
  verify::Progress progress;
  const InterruptGuard guard(progress);
  AwsAccess access;
  if (arguments.has("kms-key") || std::ranges::any_of(plan.source_names, &SourceName::in_s3))
    access = make_aws_access(arguments, &progress.stop);
  access.endpoint.clear();  // --endpoint-url is S3's here
  TrustedKeys keys;
  const auto sources = open_sources(plan, arguments, access, **backend, progress.stop, keys.findings);
  if (!sources) {
    const std::string hint = hint_of_equals(plan);
    return fail(sources.error().message, hint.empty() ? aws_hint(sources.error()) : hint);
  }
  if (arguments.has("dry-run"))
    return write_dry_run(verify::estimate(plan.request, *sources, progress), plan.reports.wishes, plan.reports.verbose,
                         progress.stop);
  // Whoever reads the bucket itself can ask CloudTrail; a copy may be read where there is no AWS.
  const bool fetch = !arguments.has("keys") && std::ranges::all_of(plan.source_names, &SourceName::in_s3);
  if (!arguments.has("keys") && !fetch) return no_keys(plan, **backend, "--keys is missing");
  if (const auto loaded = load_keys(arguments.all("keys"), **backend, keys); !loaded) {
    return fail("cannot read the keys: " + base::printable(loaded.error().message));
  }
  if (keys.set.empty() && !fetch) return no_keys(plan, **backend, "what --keys names holds none");
  auto answers = read_kms_answers(arguments, access);
  if (!answers) return fail("cannot learn about the KMS keys: " + base::printable(answers.error().message));
  plan.request.kms = std::move(*answers);
  auto output = ReportOutput::open(plan.reports);
  if (!output) return fail("cannot write the report " + base::printable(output.error().message));
  const bool show_progress = can_redraw(STDERR_FILENO) && !plan.reports.quiet && !arguments.has("no-progress");
  const Questions ask{.keys = fetch,
                      .settings = std::ranges::any_of(plan.source_names, &SourceName::in_s3) &&
                                  !arguments.has("no-trail-settings") &&
                                  may_ask_settings(access, arguments.one("endpoint-url").value_or(""))};
  auto verdict = run_watched(plan, *sources, std::move(keys), access, ask, **backend, progress, show_progress);
  if (!verdict) return fail(base::printable(verdict.error().message), "trailseal-verify(1) describes SOURCE");
  verdict->run.tool_version = version();
  return output->write(*verdict, **backend);
}

}  // namespace

Command verify_command() {
  return {"verify",
          "Verifies copies of CloudTrail log buckets: signatures, chains, log hashes, and how far the proof reaches.",
          "[options] [--keys FILE|DIR] SOURCE...",
          {{"everything in this copy of a bucket", "trailseal verify --keys public-keys.json mirror/"},
           {"the last day, as of a given time; any doubt is a failure",
            "trailseal verify --keys keys/ --since 24h --now 2026-07-02T06:00:00Z --strict mirror/"},
           {"a chain that crosses two buckets, with a report for programs",
            "trailseal verify --keys keys/ --report text --report json=verdict.json old=a/ new=b/"}},
          flags(),
          run_verify};
}

}  // namespace trailseal::cli
