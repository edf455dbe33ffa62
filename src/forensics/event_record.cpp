#include "forensics/event_record.hpp"

#include <algorithm>
#include <cstring>

namespace trailseal::forensics {
namespace {

// A text is its length, in one byte or after a 255 in eight, and itself.
constexpr std::size_t kLong = 255;

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}
  void text(std::string_view text) {
    byte(static_cast<int>(std::min(text.size(), kLong)));
    if (text.size() >= kLong) number(text.size());
    out_ += text;
  }
  void byte(int value) { out_ += static_cast<char>(value); }
  void number(std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) out_ += static_cast<char>(value >> shift & 0xFF);
  }
  void maybe(const std::optional<bool>& value) { byte(value ? 1 + *value : 0); }

 private:
  std::string& out_;
};

class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in) {}
  std::string text() {
    std::size_t length = static_cast<unsigned char>(byte());
    if (length == kLong) length = number();
    std::string text(in_.substr(0, length));
    in_.remove_prefix(length);
    return text;
  }
  int byte() {
    const int value = in_.front();
    in_.remove_prefix(1);
    return value;
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | static_cast<unsigned char>(byte());
    return value;
  }
  std::optional<bool> maybe() {
    const int value = byte();
    return value == 0 ? std::nullopt : std::optional(value == 2);
  }

 private:
  std::string_view in_;
};

// The texts that are the record's own, in the order in which they are kept.
template <class SomeEvent, class Function>
void for_each_text(SomeEvent& event, Function function) {
  for (auto* text :
       {&event.id, &event.name, &event.source, &event.region, &event.account, &event.actor, &event.role,
        &event.access_key, &event.source_ip, &event.user_agent, &event.error, &event.error_message, &event.detail})
    function(*text);
}

Trust trust_of(const EventRecord& record) { return static_cast<Trust>(record.bytes[record.said]); }

constexpr std::size_t kInHistory = 1;  // behind the trust

}  // namespace

EventRecord to_record(const Event& event) {
  EventRecord record;
  record.at = event.at.time_since_epoch().count();
  Writer write(record.bytes);
  for_each_text(event, [&](const std::string& text) { write.text(text); });
  write.byte(static_cast<int>(event.kind));
  write.maybe(event.read_only);
  write.maybe(event.mfa);
  record.said = static_cast<std::uint32_t>(record.bytes.size());
  write.byte(static_cast<int>(event.provenance.trust));
  write.byte(event.provenance.in_history);
  write.text(event.provenance.log);
  write.number(event.provenance.index);
  write.text(event.provenance.digest);
  write.text(event.provenance.reason);
  write.text(event.user_name);
  for (const Resource& resource : event.resources) {
    write.byte(1);
    write.text(resource.type);
    write.text(resource.name);
  }
  write.byte(0);
  record.bytes.shrink_to_fit();  // a list holds millions
  return record;
}

Event to_event(const EventRecord& record) {
  Event event;
  event.at = Time(Seconds(record.at));
  Reader read(record.bytes);
  for_each_text(event, [&](std::string& text) { text = read.text(); });
  event.kind = static_cast<Event::Kind>(read.byte());
  event.read_only = read.maybe();
  event.mfa = read.maybe();
  event.provenance.trust = static_cast<Trust>(read.byte());
  event.provenance.in_history = read.byte() != 0;
  event.provenance.log = read.text();
  event.provenance.index = read.number();
  event.provenance.digest = read.text();
  event.provenance.reason = read.text();
  event.user_name = read.text();
  while (read.byte() != 0) {
    Resource& resource = event.resources.emplace_back();
    resource.type = read.text();
    resource.name = read.text();
  }
  return event;
}

bool is_same_event(const EventRecord& a, const EventRecord& b) {
  const bool has_id = !a.bytes.empty() && a.bytes.front() != 0;
  return has_id && a.at == b.at && a.said == b.said && std::memcmp(a.bytes.data(), b.bytes.data(), a.said) == 0 &&
         trust_of(a) != Trust::unverified && trust_of(b) != Trust::unverified;
}

void note_copy(EventRecord& record, const EventRecord& copy) {
  if (trust_of(record) == Trust::verified &&
      (trust_of(copy) == Trust::event_history || copy.bytes[copy.said + kInHistory]))
    record.bytes[record.said + kInHistory] = 1;
}

}  // namespace trailseal::forensics
