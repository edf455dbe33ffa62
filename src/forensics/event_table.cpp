#include "forensics/event_table.hpp"

#include <algorithm>

#include "base/escape.hpp"

namespace trailseal::forensics {
namespace {

constexpr std::size_t kHeldRows = 10'000;  // measured before the first is written: what a person may look through
// What one record says must not set how wide all rows are. The ARN of a log file fits; CSV and JSON keep all.
constexpr std::size_t kMostColumns = 200;
constexpr std::string_view kGap = "  ";
constexpr std::string_view kIndent = "    ";

std::string shown(std::string_view text) {
  return text.empty() ? std::string("-") : base::printable(text, kMostColumns);
}

std::string note_of(const Event& event) {
  std::string note;
  const auto add = [&](std::string_view words) { note.append(note.empty() ? "" : "; ").append(words); };
  if (event.provenance.trust == Trust::unverified) add("UNVERIFIED: " + event.provenance.reason);
  if (event.provenance.trust == Trust::event_history) add("event history only");
  if (event.kind != Event::Kind::management)
    add(std::string(to_string(event.kind)) + (event.detail.empty() ? "" : " " + event.detail));
  if (!event.error.empty()) add("error " + event.error);
  return base::printable(note, kMostColumns);
}

void pad(std::string& line, std::string_view text, std::size_t width) {
  line += text;
  const std::size_t used = base::columns_of(text);
  line.append(used < width ? width - used : 0, ' ');
  line += kGap;
}

// Ends a line: nothing but what is seen, and a newline.
void end(std::string& line) {
  line.erase(line.find_last_not_of(' ') + 1);
  line += '\n';
}

}  // namespace

EventTable::Row EventTable::row_of(const Event& event) const {
  Row row;
  row.cells = {shown(event.name), zone_.plain(event.at), shown(event.user_name), shown(event.source), "-", "-",
               note_of(event)};
  for (const Resource& each : event.resources) {
    if (&each == &event.resources.front()) {
      row.cells[type] = shown(each.type);
      row.cells[resource] = shown(each.name);
    } else {
      row.further.push_back({shown(each.type), shown(each.name)});
    }
  }
  return row;
}

void EventTable::measure() {
  widths_ = {10, zone_.is_utc() ? 19u : 26u, 9, 12, 13, 13, 0};  // of the header
  for (const Row& row : held_) {
    for (std::size_t i = 0; i < kColumns; ++i) widths_[i] = std::max(widths_[i], base::columns_of(row.cells[i]));
    for (const auto& [each, called] : row.further) {
      widths_[type] = std::max(widths_[type], base::columns_of(each));
      widths_[resource] = std::max(widths_[resource], base::columns_of(called));
    }
  }
  measured_ = true;
  std::size_t whole = widths_[note];
  for (std::size_t i = 0; i < note; ++i) whole += widths_[i] + kGap.size();
  if (width_ != 0 && whole > width_) make_stack();
}

// If the first line is too long, name and source get what they need as far as it goes, and the user at least a quarter.
void EventTable::make_stack() {
  stack_ = true;
  const std::size_t left = width_ - widths_[time] - 3 * kGap.size();
  if (widths_[name] + widths_[user] + widths_[source] <= left) return;
  widths_[name] = std::min(widths_[name], left * 2 / 5);
  widths_[source] = std::min(widths_[source], left * 7 / 20);
  widths_[user] = std::min(widths_[user], left - widths_[name] - widths_[source]);
}

std::string EventTable::line(const Row& row) const {
  std::string text;
  for (std::size_t i = 0; i < kColumns; ++i) pad(text, row.cells[i], widths_[i]);
  end(text);
  for (const auto& [each, called] : row.further) {
    std::size_t indent = 0;
    for (std::size_t i = 0; i < type; ++i) indent += widths_[i] + kGap.size();
    text.append(indent, ' ');
    pad(text, each, widths_[type]);
    text += called;
    end(text);
  }
  return text;
}

// The cells are printable already; cutting them once more must not escape them once more.
std::string EventTable::stacked(const Row& row) const {
  std::string text;
  for (const Column i : {name, time, user, source}) pad(text, base::cut(row.cells[i], widths_[i]), widths_[i]);
  end(text);
  const auto below = [&](std::string_view each) {
    text.append(kIndent).append(base::cut(each, width_ - kIndent.size()));
    end(text);
  };
  const auto resource_below = [&](const std::string& each, const std::string& called) {
    below(each == "-" ? called : each + std::string(kGap) + called);
  };
  resource_below(row.cells[type], row.cells[resource]);
  for (const auto& [each, called] : row.further) resource_below(each, called);
  if (!row.cells[note].empty()) below("(" + row.cells[note] + ")");
  return text;
}

std::string EventTable::header() const {
  Row row;
  row.cells = {"EVENT NAME",
               zone_.is_utc() ? "EVENT TIME UTC" : "EVENT TIME",
               "USER NAME",
               "EVENT SOURCE",
               "RESOURCE TYPE",
               "RESOURCE NAME",
               widths_[note] == 0 ? "" : "NOTE"};
  if (!stack_) return line(row);
  std::string text;
  for (const Column i : {name, time, user, source}) pad(text, row.cells[i], widths_[i]);
  end(text);
  text.append(kIndent).append(row.cells[type]).append(kGap).append(row.cells[resource]);
  end(text);
  return text;
}

bool EventTable::write_held() {
  measure();
  bool going = held_.empty() || out_(header());
  for (const Row& row : held_) going = going && out_(stack_ ? stacked(row) : line(row));
  held_.clear();
  return going;
}

bool EventTable::add(const Event& event) {
  Row row = row_of(event);
  if (measured_) return out_(stack_ ? stacked(row) : line(row));
  held_.push_back(std::move(row));
  return held_.size() < kHeldRows || write_held();
}

bool EventTable::finish() { return measured_ || write_held(); }

}  // namespace trailseal::forensics
