#include "collect/journal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "collect/paths.hpp"

namespace trailseal::collect {
namespace {

constexpr std::string_view kRunStart = "{\"run\":", kRecordStart = "{\"record\":";

Error damaged() { return {Errc::corrupt, "the journal of the collection is damaged: " + std::string(kJournal)}; }

// The object inside {"name":object}, which is written without spaces.
std::optional<std::string_view> inside(std::string_view line, std::string_view start) {
  if (!line.starts_with(start) || !line.ends_with('}')) return std::nullopt;
  line.remove_prefix(start.size());
  line.remove_suffix(1);
  return line;
}

}  // namespace

Result<JournalLine> parse_journal_line(std::string_view line) {
  JournalLine out;
  if (const auto run = inside(line, kRunStart)) {
    TRY(out.run, parse_run(*run));
  } else if (const auto record = inside(line, kRecordStart)) {
    TRY(out.record, parse_record(*record));
  } else {
    return Error{Errc::corrupt, "a line of another kind"};
  }
  return out;
}

Result<Journal> Journal::open(const Tree& tree) {
  Journal journal;
  TRY(journal.file_, tree.open_file(std::string(kJournal), O_RDWR | O_CREAT));
  TRY_VOID(journal.lock());
  TRY_VOID(journal.read());
  return journal;
}

// Gone with the process, however that ends.
Result<void> Journal::lock() const {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (::fcntl(file_.number(), F_OFD_SETLK, &whole) == 0) return {};
  if (errno == EAGAIN || errno == EACCES)
    return Error{Errc::invalid_argument, "another run is writing to this collection"};
  return {};  // a file system without locks: the operator's care
}

Result<void> Journal::read() {
  constexpr std::size_t kPiece = 1u << 20;
  std::string text(kPiece, '\0'), line;
  std::uint64_t begin = 0;  // of the line
  for (std::uint64_t at = 0;;) {
    const ssize_t got = ::pread(file_.number(), text.data(), text.size(), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return store::error_of(errno);
    if (got == 0) break;
    at += static_cast<std::uint64_t>(got);
    std::string_view rest(text.data(), static_cast<std::size_t>(got));
    for (std::size_t feed; (feed = rest.find('\n')) != std::string_view::npos; rest.remove_prefix(feed + 1)) {
      line += rest.substr(0, feed);
      auto parsed = parse_journal_line(line);
      if (!parsed) return damaged();
      if (parsed->run) {
        // A run that has an end is the end of the one that was begun.
        if (parsed->run->end && !runs_.empty() && !runs_.back().end) runs_.pop_back();
        runs_.push_back(*std::move(parsed->run));
      } else {
        places_.push_back({parsed->record->id(), begin, static_cast<std::uint32_t>(line.size())});
      }
      begin += line.size() + 1;
      line.clear();
    }
    line += rest;
    if (line.size() > kMostLineBytes) return damaged();
  }
  end_ = begin;
  if (!line.empty() && ::ftruncate(file_.number(), static_cast<off_t>(end_)) != 0) return store::error_of(errno);
  sort();
  return {};
}

Result<void> Journal::append(const std::string& lines) {
  if (::lseek(file_.number(), static_cast<off_t>(end_), SEEK_SET) < 0) return store::error_of(errno);
  TRY_VOID(write_all(file_.number(), lines));
  if (::fdatasync(file_.number()) != 0) return store::error_of(errno);
  end_ += lines.size();
  return {};
}

Result<void> Journal::begin(const Run& run) {
  TRY_VOID(append(std::string(kRunStart) + to_line(run) + "}\n"));
  runs_.push_back(run);
  return {};
}

Result<void> Journal::end(const Run& run) {
  TRY_VOID(append(std::string(kRunStart) + to_line(run) + "}\n"));
  runs_.back() = run;
  return {};
}

Result<void> Journal::add(const std::vector<Record>& records) {
  if (records.empty()) return {};
  std::string lines;
  for (const Record& record : records) {
    const std::string line = std::string(kRecordStart) + to_line(record) + "}";
    places_.push_back({record.id(), end_ + lines.size(), static_cast<std::uint32_t>(line.size())});
    lines += line;
    lines += '\n';
  }
  return append(lines);
}

void Journal::sort() {
  std::stable_sort(places_.begin(), places_.end(), [](const Place& a, const Place& b) { return a.id < b.id; });
  // Of those with one id the last was written last.
  auto to = places_.begin();
  for (auto from = places_.begin(); from != places_.end(); ++from) {
    const auto next = from + 1;
    if (next != places_.end() && next->id == from->id) {
      next->marked = next->marked || from->marked;
      continue;
    }
    if (to != from) *to = std::move(*from);
    ++to;
  }
  places_.erase(to, places_.end());
  sorted_ = places_.size();
}

std::vector<Journal::Place>::const_iterator Journal::search(const std::string& id) const {
  const auto end = places_.begin() + static_cast<std::ptrdiff_t>(sorted_);
  const auto found = std::lower_bound(places_.begin(), end, id,
                                      [](const Place& place, const std::string& wanted) { return place.id < wanted; });
  return found != end && found->id == id ? found : places_.end();
}

Result<Record> Journal::record_at(const Place& place) const {
  std::string line(place.size, '\0');
  std::size_t filled = 0;
  while (filled < line.size()) {
    const ssize_t got =
        ::pread(file_.number(), line.data() + filled, line.size() - filled, static_cast<off_t>(place.offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return store::error_of(errno);
    if (got == 0) return damaged();
    filled += static_cast<std::size_t>(got);
  }
  auto parsed = parse_journal_line(line);
  if (!parsed || !parsed->record) return damaged();
  return *std::move(parsed->record);
}

Result<std::optional<Record>> Journal::find(const std::string& id) const {
  const auto found = search(id);
  if (found == places_.end()) return std::optional<Record>();
  TRY(Record record, record_at(*found));
  return std::optional<Record>(std::move(record));
}

void Journal::mark(const std::string& id) {
  const auto found = search(id);
  if (found != places_.end()) places_[static_cast<std::size_t>(found - places_.begin())].marked = true;
}

Result<void> Journal::for_each(const std::function<Result<void>(const Record&)>& use) const {
  for (const Place& place : places_) {
    TRY(const Record record, record_at(place));
    TRY_VOID(use(record));
  }
  return {};
}

Result<void> Journal::for_each_unmarked(const std::function<Result<void>(const Record&)>& use) const {
  for (std::size_t i = 0; i < sorted_; ++i) {
    if (places_[i].marked) continue;
    TRY(const Record record, record_at(places_[i]));
    TRY_VOID(use(record));
  }
  return {};
}

}  // namespace trailseal::collect
