#include <algorithm>
#include <chrono>
#include <functional>

#include "verify/witness.hpp"

namespace trailseal::verify {
namespace {

// What stands behind "arn:aws:s3:::" (of any partition); empty: not an ARN of S3.
std::string_view behind_s3_arn(std::string_view arn) {
  if (!arn.starts_with("arn:")) return {};
  const auto mark = arn.find(":s3:::");
  return mark == std::string_view::npos ? std::string_view() : arn.substr(mark + 6);
}

bool is_kms(std::string_view encryption) { return encryption.starts_with("aws:kms"); }

// An actor's name may be anything that a user chose.
constexpr std::size_t kMostActorBytes = 2048;

}  // namespace

std::uint32_t WitnessFacts::index_of(std::string_view text) {
  const auto found = index_.find(text);
  if (found != index_.end()) return found->second;
  const auto added = index_.emplace(text, static_cast<std::uint32_t>(texts_.size())).first;
  texts_.push_back(&added->first);
  return added->second;
}

ObjectName WitnessFacts::name_of(std::string_view bucket, std::string_view key, Time* stamp) {
  ObjectName name;
  const std::string uri = verify::uri(bucket, key);
  if (const auto log = trail::parse_log_key(key); log && log->unique.size() == name.unique.size()) {
    name.folder = index_of(std::string_view(uri).substr(0, uri.rfind('/') - std::string_view("YYYY/MM/DD").size()));
    name.minute = static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::minutes>(log->time.time_since_epoch()).count());
    std::ranges::copy(log->unique, name.unique.begin());
    *stamp = log->time;
    return name;
  }
  name.folder = index_of(uri);
  if (const auto digest = trail::parse_digest_key(key)) *stamp = digest->end;
  return name;
}

std::string WitnessFacts::uri(const ObjectName& name) const {
  const std::string& folder = text(name.folder);
  if (name.minute == 0) return folder;
  constexpr std::string_view kScheme = "s3://";
  const auto bucket_end = folder.find('/', kScheme.size());
  trail::LogKey key;
  key.time = Time{std::chrono::minutes{name.minute}};
  key.unique.assign(name.unique.begin(), name.unique.end());
  std::string_view rest =
      std::string_view(folder).substr(bucket_end + 1);  // "[prefix/]AWSLogs/[org/]account/kind/region/"
  rest.remove_suffix(1);
  const auto cut = [&rest] {
    const auto slash = rest.rfind('/');
    const std::string_view last = rest.substr(slash == std::string_view::npos ? 0 : slash + 1);
    rest.remove_suffix(std::min(rest.size(), last.size() + 1));
    return last;
  };
  key.region = cut();
  const std::string_view kind = cut();
  for (const trail::LogKind each : trail::kLogKinds)
    if (trail::folder_name(each) == kind) key.kind = each;
  key.root.account = cut();
  const std::string_view above = cut();
  if (trail::is_org(above)) {
    key.root.org = above;
    cut();
  }
  key.root.prefix = rest;
  return folder.substr(0, bucket_end + 1) + key.key();
}

void WitnessFacts::add_object(std::string_view bucket, std::string_view key,
                              const std::optional<store::Attributes>& attributes) {
  const std::lock_guard lock(mutex_);
  if (!expected_key_.empty()) expect(bucket, key, attributes);
  if (!attributes) return;
  if (is_kms(attributes->encryption)) {
    Protected object;
    object.name = name_of(bucket, key, &object.stamp);
    object.key = index_of(attributes->kms_key);
    object.bucket_key = attributes->bucket_key;
    objects.push_back(object);
  } else if (const auto digest = trail::parse_digest_key(key);
             digest && digest->end >= kDigestsKeyed && !attributes->encryption.empty()) {
    auto& plain = plain_digests[digest->chain];
    ++plain.count;
    plain.newest = std::max(plain.newest, digest->end);
  }
}

void WitnessFacts::expect(std::string_view bucket, std::string_view key,
                          const std::optional<store::Attributes>& attributes) {
  const auto digest = trail::parse_digest_key(key);
  if (digest && digest->end < kDigestsKeyed) return;
  const auto report = [&](verdict::Code code, std::string found) {
    findings.add(
        {.code = code, .subject = verify::uri(bucket, key), .expected = expected_key_, .found = std::move(found)});
  };
  if (!attributes)
    report(verdict::Code::kms_key_unknown, "nothing");
  else if (!is_kms(attributes->encryption))
    report(verdict::Code::kms_key_unexpected, attributes->encryption.empty() ? "no key" : attributes->encryption);
  else if (!same_key(attributes->kms_key, expected_key_))
    report(verdict::Code::kms_key_unexpected, attributes->kms_key);
}

void WitnessFacts::add_events(const std::vector<trail::KmsEvent>& events) {
  using Kind = trail::KmsEvent::Kind;
  const std::lock_guard lock(mutex_);
  for (const trail::KmsEvent& event : events) {
    if (event.kind == Kind::key_change || event.kind == Kind::selectors) {
      add_change(event);
      continue;
    }
    const std::string_view object = behind_s3_arn(event.object);
    const auto slash = object.find('/');
    if (event.kind == Kind::decrypt) {
      if (!seen_reads_.insert(std::hash<std::string>{}(event.id)).second) continue;
      ++reads;
      auto& reader = readers[{event.key, event.actor.substr(0, kMostActorBytes)}];
      if (reader.count == 0 || event.at < reader.first) reader.first = event.at;
      if (reader.count == 0 || event.at > reader.last) reader.last = event.at;
      ++reader.count;
      if (!event.error.empty()) ++reader.denied;
      // Those that come first in order are kept, whenever they arrive: what was dropped once would be dropped again.
      if (readers.size() > verdict::kMostKmsReaders) readers.erase(std::prev(readers.end()));
      continue;
    }
    if (!event.error.empty() || object.empty()) continue;
    keyed_trails[event.trail].insert(event.key);
    if (keyed_trails.size() > kMostTrails) keyed_trails.erase(std::prev(keyed_trails.end()));
    if (slash == std::string_view::npos || object.ends_with('/')) {
      auto& ids = slash == std::string_view::npos ? bucket_keys[event.key] : probes[event.key];
      if (seen_reads_.insert(std::hash<std::string>{}(event.id)).second) ++ids;
      continue;
    }
    Witness witness;
    witness.name = name_of(object.substr(0, slash), object.substr(slash + 1), &witness.at);
    witness.at = event.at;
    witness.key = index_of(event.key);
    witness.trail = index_of(event.trail);
    witnesses.push_back(witness);
  }
}

// As of the readers, those that come first in order are kept.
void WitnessFacts::add_change(const trail::KmsEvent& event) {
  const auto [place, fresh] = ordered_changes_.try_emplace({event.at, event.id}, event);
  if (!fresh) return;
  auto& [change, shuts_out] = place->second;
  if (event.kind == trail::KmsEvent::Kind::key_change) shuts_out = kms::shuts_out(event.policy, event.key);
  change.policy.clear();
  if (ordered_changes_.size() <= kMostChanges) return;
  ordered_changes_.erase(std::prev(ordered_changes_.end()));
  changes_dropped = true;
}

void WitnessFacts::add_unread(std::string_view key) {
  const auto log = trail::parse_log_key(key);
  if (!log) return;
  const std::lock_guard lock(mutex_);
  unread[{log->root.account, log->region}].push_back(log->time);
}

void WitnessFacts::seal() {
  for (auto& [place, stamps] : unread) std::ranges::sort(stamps);
  std::ranges::sort(objects);
  objects.erase(std::unique(objects.begin(), objects.end()), objects.end());
  // Two trails record one event, and a repeated upload makes two: one of each object, key and trail is enough.
  std::ranges::sort(witnesses);
  witnesses.erase(std::unique(witnesses.begin(), witnesses.end(),
                              [](const Witness& a, const Witness& b) {
                                return a.name == b.name && a.key == b.key && a.trail == b.trail;
                              }),
                  witnesses.end());
  for (auto& [place, each] : ordered_changes_) {
    const auto& event = changes.emplace_back(std::move(each.event));
    if (event.kind == trail::KmsEvent::Kind::key_change && event.error.empty())
      key_events.push_back({.time = event.at,
                            .name = event.name,
                            .id = event.id,
                            .keys = {event.key},
                            .origin = "the verified logs",
                            .shuts_out = each.shuts_out});
  }
  ordered_changes_.clear();
}

std::vector<ObjectName> WitnessFacts::unseen() const {
  std::vector<ObjectName> names;
  auto object = objects.begin();
  for (const Witness& witness : witnesses) {
    while (object != objects.end() && object->name < witness.name) ++object;
    const bool seen = object != objects.end() && object->name == witness.name;
    if (!seen && (names.empty() || names.back() != witness.name)) names.push_back(witness.name);
  }
  return names;
}

}  // namespace trailseal::verify
