#include "forensics/event_list.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <queue>

#include "trailseal/bytes.hpp"

namespace trailseal::forensics {
namespace {

std::size_t size_of(const EventRecord& record) { return sizeof record + record.bytes.size(); }

Error trouble(const char* what) {
  return {Errc::io, std::string("cannot ") + what + " a temporary file: " + std::strerror(errno)};
}

// Each event once: the first of its copies, which is the one that is best proven, knows of the others.
void drop_copies(std::vector<EventRecord>& sorted) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (kept > 0 && is_same_event(sorted[kept - 1], sorted[i])) {
      note_copy(sorted[kept - 1], sorted[i]);
      continue;
    }
    if (kept != i) sorted[kept] = std::move(sorted[i]);
    ++kept;
  }
  sorted.erase(sorted.begin() + static_cast<std::ptrdiff_t>(kept), sorted.end());
}

}  // namespace

// Sorted records in a file that has no name any more.
class EventList::Run {
 public:
  static Result<std::unique_ptr<Run>> write(const std::vector<EventRecord>& records) {
    std::error_code no_folder;
    std::string name = (std::filesystem::temp_directory_path(no_folder) / "trailseal-events-XXXXXX").string();
    if (no_folder) name = "/tmp/trailseal-events-XXXXXX";
    const int descriptor = ::mkstemp(name.data());
    if (descriptor < 0) return trouble("make");
    std::remove(name.c_str());
    auto run = std::unique_ptr<Run>(new Run(::fdopen(descriptor, "w+b")));
    if (run->file_ == nullptr) return trouble("open");
    for (const EventRecord& record : records)
      if (!run->put(record)) return trouble("write");
    if (std::fflush(run->file_) != 0) return trouble("write");
    std::rewind(run->file_);
    return run;
  }
  ~Run() {
    if (file_ != nullptr) std::fclose(file_);
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // The next record into `current`; false: there is none.
  Result<bool> read() {
    Header header{};
    const std::size_t got = std::fread(&header, 1, sizeof header, file_);
    if (got == 0 && std::feof(file_) != 0) return false;
    if (got != sizeof header) return trouble("read");
    current.at = header.at;
    current.said = header.said;
    current.bytes.resize(header.size);
    if (std::fread(current.bytes.data(), 1, header.size, file_) != header.size) return trouble("read");
    return true;
  }

  EventRecord current;

 private:
  struct Header {
    std::int64_t at;
    std::uint32_t said, size;
  };

  explicit Run(std::FILE* file) : file_(file) {}

  bool put(const EventRecord& record) {
    const Header header{record.at, record.said, static_cast<std::uint32_t>(record.bytes.size())};
    return std::fwrite(&header, sizeof header, 1, file_) == 1 &&
           std::fwrite(record.bytes.data(), 1, record.bytes.size(), file_) == record.bytes.size();
  }

  std::FILE* file_;
};

EventList::EventList(Limits limits) : limits_(limits) {}
EventList::~EventList() = default;

Result<void> EventList::add(std::vector<EventRecord> records) {
  const std::lock_guard lock(mutex_);
  for (EventRecord& record : records) {
    bytes_ += size_of(record);
    records_.push_back(std::move(record));
  }
  return bytes_ > limits_.memory ? shrink() : Result<void>{};
}

// The newest are a few, or the memory is really needed.
Result<void> EventList::shrink() {
  std::sort(records_.begin(), records_.end());
  drop_copies(records_);
  if (limits_.newest && records_.size() > *limits_.newest) records_.resize(*limits_.newest);
  bytes_ = 0;
  for (const EventRecord& record : records_) bytes_ += size_of(record);
  return bytes_ > limits_.memory / 2 ? put_aside() : Result<void>{};
}

Result<void> EventList::put_aside() {
  auto run = Run::write(records_);
  if (!run) return run.error();
  runs_.push_back(std::move(run).value());
  records_.clear();
  bytes_ = 0;
  return {};
}

Result<void> EventList::for_each(const std::function<bool(const Event&)>& visit) {
  std::uint64_t left = limits_.newest.value_or(UINT64_MAX);
  TRY_VOID(shrink());
  const auto hand_out = [&](const EventRecord& record) { return left-- > 0 && visit(to_event(record)); };
  if (runs_.empty()) {
    for (const EventRecord& record : records_)
      if (!hand_out(record)) break;
    return {};
  }
  if (!records_.empty()) TRY_VOID(put_aside());
  const auto later = [](const Run* a, const Run* b) { return b->current < a->current; };
  std::priority_queue<Run*, std::vector<Run*>, decltype(later)> queue(later);
  for (const auto& run : runs_) {
    TRY(const bool more, run->read());
    if (more) queue.push(run.get());
  }
  std::optional<EventRecord> held;  // its copies may be in other runs
  while (!queue.empty()) {
    Run* const run = queue.top();
    queue.pop();
    if (held && is_same_event(*held, run->current)) {
      note_copy(*held, run->current);
    } else {
      if (held && !hand_out(*held)) return {};
      held = std::move(run->current);
    }
    TRY(const bool more, run->read());
    if (more) queue.push(run);
  }
  if (held) hand_out(*held);
  return {};
}

}  // namespace trailseal::forensics
