// The events that are kept, put into order: all of them, or the newest. What does not fit into memory is put aside in
// sorted runs and merged at the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "forensics/event_record.hpp"
#include "trailseal/result.hpp"

namespace trailseal::forensics {

class EventList {
 public:
  struct Limits {
    std::optional<std::uint64_t> newest;          // keep so many; nullopt: all
    std::size_t memory = std::size_t{192} << 20;  // bytes of records, before they are put aside
  };

  explicit EventList(Limits limits);
  ~EventList();
  EventList(const EventList&) = delete;
  EventList& operator=(const EventList&) = delete;

  // From any thread. Errors: io (what does not fit into memory cannot be put aside); the list is of no use then.
  Result<void> add(std::vector<EventRecord> records);

  // Once, when all is added: hands out the events, newest first, each once, until `visit` returns false. Errors: io.
  Result<void> for_each(const std::function<bool(const Event&)>& visit);

 private:
  class Run;

  Result<void> shrink();
  Result<void> put_aside();

  Limits limits_;
  std::mutex mutex_;
  std::vector<EventRecord> records_;
  std::size_t bytes_ = 0;
  std::vector<std::unique_ptr<Run>> runs_;
};

}  // namespace trailseal::forensics
