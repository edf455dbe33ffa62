// The journal of a collection: what was done, line by line, as it was done. A run that is ended by force loses no more
// than the lines that it had not written yet; the next run goes on from there. The manifest is written from it.
//
// {"run":{...}} begins or ends a run, {"record":{...}} is one object. Later lines take the place of earlier ones with
// the same id. A last line without a line feed was cut off and does not count.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collect/record.hpp"
#include "collect/tree.hpp"

namespace trailseal::collect {

// One line of a journal, read.
struct JournalLine {
  std::optional<Run> run;
  std::optional<Record> record;
};
Result<JournalLine> parse_journal_line(std::string_view line);

class Journal {
 public:
  // Opens or makes it, locks it, and reads what is there. Errors: invalid_argument (another process has it), corrupt (a
  // line in its middle), io.
  static Result<Journal> open(const Tree& tree);

  // Runs so far, the last one last. begin() adds one, end() takes its place.
  const std::vector<Run>& runs() const { return runs_; }
  Result<void> begin(const Run& run);
  Result<void> end(const Run& run);

  // Adds records, on the disk when it returns.
  Result<void> add(const std::vector<Record>& records);

  // The latest record of this id as it was when the journal was opened or sorted last; nullopt: none.
  Result<std::optional<Record>> find(const std::string& id) const;
  // Marks an id, so that for_each_unmarked passes it by.
  void mark(const std::string& id);

  // The whole file, for its hash.
  int descriptor() const { return file_.number(); }

  // Makes the records of this run findable, too.
  void sort();

  // In the order of their ids, which is that of the keys. About 250 bytes of memory for each record, whatever it holds.
  Result<void> for_each(const std::function<Result<void>(const Record&)>& use) const;
  Result<void> for_each_unmarked(const std::function<Result<void>(const Record&)>& use) const;

 private:
  struct Place {
    std::string id;
    std::uint64_t offset;
    std::uint32_t size;
    bool marked = false;
  };

  Result<void> lock() const;
  Result<void> read();
  Result<void> append(const std::string& lines);
  Result<Record> record_at(const Place& place) const;
  std::vector<Place>::const_iterator search(const std::string& id) const;

  store::FileDescriptor file_;
  std::uint64_t end_ = 0;
  std::vector<Run> runs_;
  std::vector<Place> places_;  // sorted by id, up to sorted_
  std::size_t sorted_ = 0;
};

}  // namespace trailseal::collect
