// Events as lines: the table for people, CSV and JSON Lines for programs. No byte of evidence is written as it is.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/time_zone.hpp"
#include "forensics/event.hpp"

namespace trailseal::forensics {

// The columns of the console's Event history, in its order, and a note where there is something to note: that a row is
// not verified, a call that failed, another kind than a management event. Several resources stand below each other.
class EventTable {
 public:
  using Output = std::function<bool(std::string_view)>;  // false: nothing more can be written

  // `width`: columns of the terminal; 0: as wide as it takes, but for cells that are cut at 200 columns. A table that
  // is too wide gives each event a line, and each of its resources one below.
  EventTable(const base::TimeZone& zone, std::size_t width, Output out)
      : zone_(zone), width_(width), out_(std::move(out)) {}

  bool add(const Event& event);
  bool finish();  // whatever was held back to measure the columns

 private:
  enum Column { name, time, user, source, type, resource, note, kColumns };
  struct Row {
    std::array<std::string, kColumns> cells;          // type and resource: of the first resource
    std::vector<std::array<std::string, 2>> further;  // of the others
  };

  Row row_of(const Event& event) const;
  void measure();
  void make_stack();
  std::string line(const Row& row) const;
  std::string stacked(const Row& row) const;
  std::string header() const;
  bool write_held();

  const base::TimeZone& zone_;
  std::size_t width_;
  Output out_;
  std::vector<Row> held_;
  std::array<std::size_t, kColumns> widths_{};
  bool stack_ = false, measured_ = false;
};

std::string csv_header();
std::string csv_row(const Event& event, const base::TimeZone& zone);
std::string json_line(const Event& event, const base::TimeZone& zone);

}  // namespace trailseal::forensics
