#include "forensics/read_events.hpp"

#include <functional>
#include <string>

namespace trailseal::forensics {
namespace {

using Visit = std::function<void(const trail::LogRecord&)>;

std::string uri(std::string_view bucket, std::string_view key) {
  return std::string("s3://").append(bucket).append("/").append(key);
}

template <class ForEach>
Result<EventsRead> collect(ForEach for_each, Provenance from, const EventFilter& filter) {
  EventsRead read;
  const Visit visit = [&](const trail::LogRecord& record) {
    auto event = read_event(record);
    if (!event) {
      ++read.unreadable;
      return;
    }
    ++read.seen;
    if (!filter.matches(*event)) return;
    from.index = record.index;
    event->provenance = from;
    read.wanted.push_back(to_record(*event));
  };
  TRY(const trail::RecordCount count, for_each(visit));
  read.unreadable += count.unreadable;
  return read;
}

}  // namespace

Result<EventsRead> read_events(const verify::VerifiedLog& log, const EventFilter& filter) {
  Provenance from;
  from.log = uri(log.listed.bucket, log.listed.key);
  from.digest = log.digest;
  return collect([&](const Visit& visit) { return trail::for_each_record(log.content, visit); }, std::move(from),
                 filter);
}

Result<EventsRead> read_events(const verify::UnverifiedLog& log, const EventFilter& filter) {
  Provenance from;
  from.trust = Trust::unverified;
  from.reason = verdict::info(log.why).slug;
  from.log = uri(log.bucket, log.key);
  from.digest = log.digest;
  return collect([&](const Visit& visit) { return trail::for_each_record(log.content, visit); }, std::move(from),
                 filter);
}

Result<EventsRead> read_event_history(ByteView text, const std::string& name, const EventFilter& filter) {
  Provenance from;
  from.trust = Trust::event_history;
  from.log = name;
  return collect([&](const Visit& visit) { return trail::for_each_event_of_history(text, visit); }, std::move(from),
                 filter);
}

}  // namespace trailseal::forensics
