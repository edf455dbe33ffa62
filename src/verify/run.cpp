// The run, as a table of contents: plan, name the buckets, verify each account and region, fold.
#include <algorithm>
#include <chrono>

#include "base/parallel.hpp"
#include "trailseal/verify.hpp"
#include "verify/bucket_name.hpp"
#include "verify/context.hpp"
#include "verify/filter.hpp"
#include "verify/group.hpp"
#include "verify/plan.hpp"

namespace trailseal::verify {
namespace {

using verdict::Code;

// T and N of trailseal-checks(7), "Freshness".
Freshness freshness_of(const Request& request) {
  Freshness out;
  out.at = request.until ? request.until : request.now;
  out.now_from_clock = !request.now;
  out.now = request.now.value_or(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  out.max_head_age = request.max_head_age;
  return out;
}

verdict::RunInfo describe(const Request& request, const std::vector<Source>& sources,
                          const std::vector<BucketName>& names) {
  verdict::RunInfo info;
  for (std::size_t i = 0; i < sources.size(); ++i)
    info.sources.push_back({std::string(sources[i].store->label()), names[i].name, names[i].origin});
  info.since = request.since;
  info.until = request.until;
  info.now = request.now;
  info.fresh_at = request.until ? request.until : request.now;
  info.fresh_at_origin = request.until ? "--until" : request.now ? "--now" : "";
  info.clock_origin = request.now ? "--now" : "system clock";
  info.max_head_age = request.max_head_age;
  info.strict = request.strict;
  info.accounts = request.accounts;
  info.regions = request.regions;
  info.trails = request.trails;
  info.orgs = request.orgs;
  return info;
}

std::vector<verdict::KeyUse> trusted(const trail::PublicKeySet& keys) {
  std::vector<verdict::KeyUse> out;
  for (const auto& entry : keys.entries())
    out.push_back({.fingerprint = entry->key.fingerprint,
                   .encoding = entry->key.encoding,
                   .origin = entry->key.origin,
                   .bits = static_cast<std::uint32_t>(entry->key.key.bits()),
                   .validity = entry->key.validity,
                   .digests_verified = 0});
  return out;
}

// How a source's objects are named in findings before its bucket is known by name.
std::string prefix_of(const Source& source, const BucketName& name) {
  if (!name.name.empty()) return "s3://" + name.name + "/";
  std::string label(source.store->label());
  return label.ends_with('/') ? label : label + "/";
}

}  // namespace

Result<verdict::Verdict> run(const Request& request, const std::vector<Source>& sources,
                             const trail::PublicKeySet& keys, const crypto::Backend& backend,
                             verdict::Findings findings, Progress& progress) {
  Context context{.request = request,
                  .sources = sources,
                  .keys = keys,
                  .backend = backend,
                  .progress = progress,
                  .jobs = base::job_count(request.jobs),
                  .readers = {},
                  .window = {request.since, request.until},
                  .freshness = freshness_of(request),
                  .buckets = {},
                  .source_of_bucket = {}};
  for (unsigned i = 0; i < context.jobs; ++i) {
    TRY(auto reader, Reader::make(backend));
    context.readers.push_back(std::move(reader));
  }

  auto plan = make_plan(sources, progress);
  std::vector<BucketName> names;
  for (std::uint32_t i = 0; i < sources.size(); ++i) {
    TRY(auto name, name_bucket(context, plan, i));
    if (!name.name.empty() && !context.source_of_bucket.emplace(name.name, i).second)
      return Error{Errc::invalid_argument, "two sources are the bucket " + name.name};
    context.buckets.push_back(name.name);
    names.push_back(std::move(name));
  }

  verdict::Verdict verdict;
  verdict.run = describe(request, sources, names);
  verdict.keys = trusted(keys);
  verdict.findings = std::move(findings);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const bool listed = !plan.findings[i].totals().contains(Code::source_unreadable);
    plan.findings[i].prefix_subjects(prefix_of(sources[i], names[i]));
    verdict.findings.merge(std::move(plan.findings[i]));
    if (plan.digests_of_source[i] == 0 && listed)
      verdict.findings.add({.code = Code::source_no_digests, .subject = std::string(sources[i].store->label())});
  }
  judge_filters(context, plan, verdict.findings);

  std::vector<bool> has_metadata(sources.size()), was_read(sources.size());
  for (const auto& group : plan.groups) {
    if (progress.stop) break;
    auto part = verify_group(context, plan, group);
    for (const auto& [source, other] : part.other_names)
      if (names[source].origin == "named by its valid digests")
        return two_names(sources[source].store->label(), names[source].name, other);
    for (std::size_t i = 0; i < sources.size(); ++i) {
      has_metadata[i] = has_metadata[i] || part.source_has_metadata[i];
      was_read[i] = was_read[i] || part.source_was_read[i];
    }
    part.verdict.run = verdict.run;
    verdict = merge(std::move(verdict), std::move(part.verdict));
  }
  for (std::size_t i = 0; i < sources.size(); ++i)
    if (was_read[i] && !has_metadata[i])
      verdict.findings.add({.code = Code::source_no_metadata, .subject = std::string(sources[i].store->label())});
  if (progress.stop) {
    verdict.complete = false;
    verdict.findings.add({.code = Code::run_interrupted});
  }
  return verdict;
}

}  // namespace trailseal::verify
