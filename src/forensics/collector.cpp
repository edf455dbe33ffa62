#include "forensics/collector.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "forensics/rules.hpp"
#include "trail/log_records.hpp"

namespace trailseal::forensics {
namespace {

using trail::LogRecord;
using verdict::Standing;

std::string uri(std::string_view bucket, std::string_view key) {
  return "s3://" + std::string(bucket) + "/" + std::string(key);
}

// Deletions in buckets that are not ours may be many, and nothing of ours.
bool is_elsewhere(const Notable& event, const std::set<std::string>& buckets, std::string_view bucket) {
  const auto lines = rules_of(event.event.source, event.event.name);
  if (lines.front()->subject != Subject::object || event.omitted) return false;
  const auto named = event.value("bucketName");
  return named != bucket && !buckets.contains(std::string(named));
}

// One event may stand in the logs of several trails and in an export besides: the record that is worth most is kept.
void drop_repeated(std::set<Notable>& events) {
  std::map<std::string_view, const Notable*> best;
  for (const Notable& each : events) {
    const auto [place, is_new] = best.emplace(each.event.id, &each);
    if (!is_new && each.event.standing < place->second->event.standing) place->second = &each;
  }
  std::set<const Notable*> kept;
  for (const auto& [id, each] : best)
    if (!id.empty()) kept.insert(each);
  std::erase_if(events, [&](const Notable& each) { return !each.event.id.empty() && !kept.contains(&each); });
}

}  // namespace

struct Collector::Batch {
  std::vector<Notable> events;
  std::map<Time, verdict::EventRate> rates;
  std::uint64_t records = 0;
  std::optional<Error> error;
};

Collector::Batch Collector::read(ByteView content, const Origin& origin, std::string_view bucket) const {
  Batch batch;
  const auto visit = [&](const LogRecord& record) {
    ++batch.records;
    if (const auto at = parse_iso_utc(record.content["eventTime"].text())) {
      const Time hour = std::chrono::floor<std::chrono::hours>(*at);
      auto& rate = batch.rates[hour];
      rate.hour = hour;
      ++rate.events;
      if (!record.content["readOnly"].boolean().value_or(false)) ++rate.writes;
      if (!record.content["errorCode"].text().empty()) ++rate.errors;
    }
    auto event = read_notable(record, origin);
    if (event && !is_elsewhere(*event, buckets_, bucket)) batch.events.push_back(*std::move(event));
  };
  const auto counted = origin.standing == Standing::looked_up ? trail::for_each_event_of_history(content, visit)
                                                              : trail::for_each_record(content, visit);
  if (!counted) batch.error = counted.error();
  return batch;
}

void Collector::insert(Notable event) {
  const Standing standing = event.event.standing;
  const bool access = !event.value("@issued").empty(), proven = standing == Standing::verified;
  auto& kept = (access ? access_ : events_)[static_cast<std::size_t>(standing)];
  kept.insert(std::move(event));
  if (kept.size() <= (proven ? kMostNotable : kMostUnproven)) return;
  const auto last = std::prev(kept.end());
  if (!access) sum_.truncated = true;  // of the others, few will matter
  if (!access && proven) sum_.left_out_from = std::min(sum_.left_out_from.value_or(last->event.at), last->event.at);
  kept.erase(last);
}

void Collector::keep(Batch batch, bool counts) {
  const std::lock_guard lock(mutex_);
  for (Notable& event : batch.events) insert(std::move(event));
  if (!counts) return;
  ++sum_.logs;
  sum_.records += batch.records;
  if (batch.error) ++sum_.unreadable;
  for (const auto& [hour, rate] : batch.rates) {
    auto& sum = rates_[hour];
    sum.hour = hour;
    sum.events += rate.events;
    sum.writes += rate.writes;
    sum.errors += rate.errors;
    if (rates_.size() <= verdict::Forensics::kMostHours) continue;
    rates_.erase(std::prev(rates_.end()));
    sum_.truncated = true;
  }
}

void Collector::add(const verify::VerifiedLog& log) {
  const Origin origin{Standing::verified, uri(log.listed.bucket, log.listed.key), uri(log.listed.bucket, log.digest)};
  auto batch = read(log.content, origin, log.listed.bucket);
  keep(std::move(batch), true);
  const auto digest = trail::parse_digest_key(log.digest);
  if (!digest || !digest->backfill) return;
  const std::lock_guard lock(mutex_);
  sum_.backfilled[log.chain.to_string()].insert(log.hour);
}

void Collector::add(const verify::UnverifiedLog& log) {
  keep(read(log.content, {Standing::unverified, uri(log.bucket, log.key), ""}, log.bucket), false);
}

Result<void> Collector::add_history(ByteView text, const std::string& path) {
  auto batch = read(text, {Standing::looked_up, path, ""}, "");
  if (batch.error) return *std::move(batch.error);
  keep(std::move(batch), false);
  return {};
}

Collector::Gathered Collector::take() {
  const std::lock_guard lock(mutex_);
  std::set<Notable> events;
  for (auto* kept : {&events_, &access_})
    for (auto& part : *kept) events.merge(part);
  drop_repeated(events);
  while (!events.empty()) sum_.events.push_back(std::move(events.extract(events.begin()).value()));
  for (const auto& [hour, rate] : rates_) sum_.rates.push_back(rate);
  rates_.clear();
  return std::move(sum_);
}

}  // namespace trailseal::forensics
