// trailseal collect: acquires evidence from S3 into a directory.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "aws/sts.hpp"
#include "base/escape.hpp"
#include "base/hex.hpp"
#include "cli/aws_flags.hpp"
#include "cli/command.hpp"
#include "cli/estimate.hpp"
#include "cli/fetch_keys.hpp"
#include "cli/interrupt.hpp"
#include "cli/operator_facts.hpp"
#include "cli/progress.hpp"
#include "cli/terminal.hpp"
#include "cli/verify_request.hpp"
#include "collect/collector.hpp"
#include "collect/selection.hpp"
#include "report/words.hpp"

namespace trailseal::cli {
namespace {

constexpr int kIncomplete = 2;  // as a verdict that is open

std::vector<Flag> flags() {
  std::vector<Flag> all = {
      {"since", "TIME", "only the days from here on, and the digests at the borders: a time, or a span (24h, 7d)"},
      {"until", "TIME", "only the days up to here, and the digests at the borders"},
      {"account", "ID", "only this account", 0, true},
      {"region", "NAME", "only this region, where the events were recorded", 0, true},
      {"versions", "", "noncurrent versions and delete markers as well"},
      {"no-keys", "", "do not ask CloudTrail for the public keys"},
      {"operator", "NAME", "who acquires (default: user@host)"},
      {"dry-run", "", "say what would be read and about what it would cost; read no object, write nothing"},
      {"jobs", "N", "requests under way, at most (default: 64 to 256)"},
      {"expected-bucket-owner", "ID", "refuse a bucket of another account"},
      {"request-payer", "", "pay for the requests to another's bucket"},
      {"quiet", "", "print nothing when the collection is complete", 'q'},
      {"no-progress", "", "no progress line on a terminal"},
  };
  for (Flag& flag : aws_flags()) all.push_back(std::move(flag));
  return all;
}

struct Plan {
  SourceName source;
  std::string directory;
  collect::Selection selection;
  unsigned jobs = 0;
};

Time clock_now() { return std::chrono::floor<Seconds>(std::chrono::system_clock::now()); }

std::optional<UsageError> read_plan(const Arguments& arguments, Plan& plan) {
  const bool dry = arguments.has("dry-run");
  const auto& words = arguments.positional;
  if (words.size() != 2 && !(dry && words.size() == 1))
    return UsageError{"collect takes a bucket and a directory", "trailseal collect s3://BUCKET[/PREFIX] DIR"};
  if (auto mistake = read_source(words[0], plan.source)) return mistake;
  if (!plan.source.in_s3())
    return UsageError{"not in S3: '" + base::printable(words[0]) + "'", "trailseal collect s3://BUCKET[/PREFIX] DIR"};
  if (words.size() == 2) plan.directory = words[1];
  if (plan.directory.empty() && !dry) return UsageError{"the name of the directory is empty", ""};
  verify::Request request;
  if (auto mistake = read_request(arguments, clock_now(), request)) return mistake;
  plan.selection = {.prefix = plan.source.prefix,
                    .since = request.since,
                    .until = request.until,
                    .accounts = request.accounts,
                    .regions = request.regions,
                    .versions = arguments.has("versions")};
  plan.jobs = request.jobs == 0 ? jobs_over_s3() : request.jobs;
  return std::nullopt;
}

Result<std::unique_ptr<store::ObjectStore>> open_bucket(const Plan& plan, const Arguments& arguments,
                                                        const AwsAccess& access, const std::atomic<bool>& stop) {
  store::S3Options options;
  options.bucket = plan.source.bucket;
  options.endpoint = arguments.one("endpoint-url").value_or("");
  options.profile = arguments.one("profile").value_or("");
  options.expected_owner = arguments.one("expected-bucket-owner").value_or("");
  options.request_payer = arguments.has("request-payer");
  options.cancel = &stop;
  options.most_requests = plan.jobs;
  return store::open_s3(options, access.credentials);
}

// What belongs to an object in the table of a dry run: its chain, or its folder.
std::string row_of(const std::string& key) {
  if (const auto digest = trail::parse_digest_key(key)) return digest->chain.to_string();
  const auto place = collect::place_of(key);
  return fmt::format("{}/{} {}", place ? place->account : "", place ? place->region : "", place ? place->kind : "");
}

int dry_run(const Plan& plan, const store::ObjectStore& store, const std::atomic<bool>& stop) {
  std::map<std::string, Estimate> rows;
  collect::Inventory inventory(store, plan.selection, stop, [&](const collect::Wanted& wanted) {
    if (wanted.kind == collect::Kind::delete_marker) return true;
    Estimate& row = rows[row_of(wanted.object.key)];
    ++row.objects;
    row.bytes += wanted.object.size;
    return true;
  });
  const bool listed = inventory.run();
  for (const collect::Trouble& trouble : inventory.troubles())
    fail(fmt::format("cannot list {}: {}", base::printable(trouble.where), base::printable(trouble.error.message)));
  const int status = listed && inventory.troubles().empty() ? 0 : kIncomplete;
  return print(estimate_text(rows, inventory.requests()), status);
}

// Who the credentials belong to is part of the record, and its absence only a note there.
void add_caller(const Arguments& arguments, const AwsAccess& access, collect::Collector& collector) {
  const auto region = aws_region(arguments, access.surroundings);
  const auto service = aws::sts_service(access.surroundings.environment, region ? *region : std::nullopt);
  if (!service) return collector.set_caller("", "", "", service.error().message);
  const auto caller = aws::caller_identity(access.surroundings, *service, *access.credentials);
  if (!caller) return collector.set_caller("", "", "", caller.error().message);
  collector.set_caller(caller->account, caller->arn, caller->user_id, "");
}

Result<void> add_keys(const AwsAccess& access, collect::Collector& collector) {
  const Time until = access.surroundings.now() + kKeysAhead;
  constexpr Seconds kBefore{24 * 3600};
  std::vector<RegionSpan> wanted;
  for (const auto& [region, earliest] : collector.regions())
    wanted.push_back({region, {std::clamp(earliest - kBefore, kFirstDigests, until), until}});
  auto answers = fetch_keys(access, wanted);
  std::vector<aws::RegionKeys> listed;
  std::vector<collect::KeyNote> notes;
  std::vector<collect::Trouble> errors;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const std::string& region = wanted[i].region;
    if (!report_fetched(answers[i], region)) {
      errors.push_back(
          {region, answers[i] ? Error{Errc::not_found, "CloudTrail has no keys for that time"} : answers[i].error()});
      continue;
    }
    for (const aws::ListedKey& key : answers[i]->listed.keys)
      notes.push_back({key.fingerprint, region, key.validity ? to_string(key.validity->begin) : "",
                       key.validity ? to_string(key.validity->end) : ""});
    listed.push_back(std::move(answers[i]->listed));
  }
  const std::string json = listed.empty() ? "" : aws::public_keys_json(std::move(listed));
  return collector.set_keys(json, std::move(notes), std::move(errors));
}

std::string summary(const Plan& plan, const collect::Outcome& outcome) {
  const collect::Counts& counts = outcome.run.counts;
  const auto line = [](std::string_view name, const std::string& value) {
    return value.empty() ? "" : fmt::format("  {:<13} {}\n", name, value);
  };
  const auto some = [](std::uint64_t number, std::string_view one, std::string_view many) {
    return number == 0 ? "" : report::counted(number, one, many);
  };
  std::string out = fmt::format("s3://{}/{} acquired into {}\n", plan.source.bucket,
                                base::printable(plan.source.prefix), base::printable(plan.directory));
  out += line("acquired", report::counted(counts.acquired, "object", "objects") + ", " + report::bytes(counts.bytes));
  out += line("kept", some(counts.kept, "object of an earlier run", "objects of earlier runs"));
  out += line("versions", some(counts.versions, "noncurrent version", "noncurrent versions"));
  out += line("markers", some(counts.delete_markers, "delete marker", "delete markers"));
  out += line("changed", some(counts.changed, "object since an earlier run; both contents are kept",
                              "objects since an earlier run; both contents are kept"));
  out += line("vanished", some(counts.gone, "object since an earlier run", "objects since an earlier run"));
  out += line("not acquired", some(counts.failed, "object", "objects"));
  out += line("not listed", some(outcome.run.unlisted.size(), "folder", "folders"));
  out += line("keys", some(outcome.run.keys.size(), "public key in keys.json", "public keys in keys.json"));
  out += line("SHA256SUMS", outcome.sums_sha256);
  return out + (outcome.complete ? "complete\n" : "NOT COMPLETE; the same command again goes on from here\n");
}

void tell_failures(const collect::Outcome& outcome) {
  for (const collect::Trouble& one : outcome.failures)
    fail(fmt::format("not acquired: {}: {}: {}", base::printable(one.where), to_string(one.error.code),
                     base::printable(one.error.message)));
  for (const collect::Trouble& one : outcome.run.unlisted)
    fail(fmt::format("not listed: {}: {}", base::printable(one.where), base::printable(one.error.message)));
  for (const std::string& key : outcome.changed)
    fail("changed or vanished since an earlier run: " + base::printable(key));
}

int broken_off(const Error& error) {
  fail("the collection could not be written: " + base::printable(error.message),
       "what is there stays; the same command again goes on from there");
  return kIncomplete;
}

int run_collect(const Arguments& arguments) {
  Plan plan;
  if (const auto mistake = read_plan(arguments, plan))
    return fail(mistake->message, mistake->hint.empty() ? "trailseal collect --help" : mistake->hint);
  verify::Progress progress;
  const InterruptGuard guard(progress);
  AwsAccess access = make_aws_access(arguments, &progress.stop);
  access.endpoint.clear();  // --endpoint-url is S3's here
  const auto store = open_bucket(plan, arguments, access, progress.stop);
  if (!store)
    return fail(fmt::format("cannot open s3://{}: {}", plan.source.bucket, base::printable(store.error().message)),
                aws_hint(store.error()));
  if (arguments.has("dry-run")) return dry_run(plan, **store, progress.stop);

  const crypto::Backend& backend = *crypto::backends().front();
  const auto hash = own_hash(backend);
  if (!hash) return fail(hash.error().message);
  collect::Run run;
  run.bucket = plan.source.bucket;
  run.begin = clock_now();
  run.tool = "trailseal";
  run.tool_version = version();
  run.tool_sha256 = *hash;
  run.operator_name = arguments.one("operator").value_or(operating_user());
  run.arguments = without_secrets(arguments.words);
  run.selection = plan.selection;
  auto collector = collect::Collector::begin(plan.directory, std::move(run), backend);
  if (!collector)
    return fail(fmt::format("cannot collect into {}: {}", base::printable(plan.directory),
                            base::printable(collector.error().message)));
  {
    std::optional<ProgressLine> line;
    if (can_redraw(STDERR_FILENO) && !arguments.has("quiet") && !arguments.has("no-progress")) line.emplace(progress);
    const auto acquired = (*collector)->acquire(**store, clock_now, plan.jobs, progress);
    if (!acquired) return broken_off(acquired.error());
  }
  add_caller(arguments, access, **collector);
  if (!arguments.has("no-keys"))
    if (const auto kept = add_keys(access, **collector); !kept) return broken_off(kept.error());
  const auto outcome = (*collector)->finish(clock_now());
  if (!outcome) return broken_off(outcome.error());
  tell_failures(*outcome);
  const int status = outcome->complete ? 0 : kIncomplete;
  return arguments.has("quiet") && outcome->complete ? status : print(summary(plan, *outcome), status);
}

}  // namespace

Command collect_command() {
  return {"collect",
          "Acquires the digests and logs of a bucket into a directory, with a manifest of what was acquired.",
          "[options] s3://BUCKET[/PREFIX] DIR",
          {{"everything that CloudTrail delivered, and then its proof",
            "trailseal collect s3://acme-trail evidence/ && trailseal verify --keys keys.json evidence/"},
           {"a week of one account, with what was overwritten or deleted",
            "trailseal collect --since 7d --account 111122223333 --versions s3://acme-trail evidence/"},
           {"how much would that be?", "trailseal collect --dry-run s3://acme-trail"}},
          flags(),
          run_collect};
}

}  // namespace trailseal::cli
