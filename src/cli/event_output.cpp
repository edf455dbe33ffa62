#include "cli/event_output.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/escape.hpp"
#include "cli/terminal.hpp"
#include "forensics/event_table.hpp"

namespace trailseal::cli {
namespace {

constexpr const char* kForms = "table, csv or json-lines";

// Standard output, in pieces.
class Writer {
 public:
  bool put(std::string_view text) {
    pending_ += text;
    return pending_.size() < kPiece || flush();
  }
  bool flush() {
    good_ = good_ && std::fwrite(pending_.data(), 1, pending_.size(), stdout) == pending_.size() &&
            std::fflush(stdout) == 0;
    if (!good_ && error_ == 0) error_ = errno;
    pending_.clear();
    return good_;
  }
  Result<void> result() const {
    if (good_) return {};
    return Error{Errc::io, error_ == EPIPE ? std::string()
                                           : std::string("cannot write to standard output: ") + std::strerror(error_)};
  }

 private:
  static constexpr std::size_t kPiece = 1u << 16;
  std::string pending_;
  bool good_ = true;
  int error_ = 0;
};

}  // namespace

std::vector<Flag> event_output_flags() {
  return {{"limit", "N", "the newest N events (default: all)"},
          {"output", "FORM", std::string(kForms) + " (default: table)"},
          {"local-time", "", "times in the zone of this machine instead of UTC"},
          {"time-zone", "NAME", "times in this zone, such as Europe/Berlin"}};
}

std::optional<UsageError> read_event_output(const Arguments& arguments, EventOutput& output) {
  const std::string form = arguments.one("output").value_or("table");
  if (form == "csv")
    output.form = EventOutput::Form::csv;
  else if (form == "json-lines")
    output.form = EventOutput::Form::json_lines;
  else if (form != "table")
    return UsageError{std::string("--output is not ") + kForms + ": '" + base::printable(form) + "'", ""};
  const auto zone = arguments.one("time-zone");
  if (zone && arguments.has("local-time")) return UsageError{"--time-zone and --local-time exclude each other", ""};
  if (arguments.has("local-time")) output.zone = base::TimeZone::local();
  if (!zone) return std::nullopt;
  const auto named = base::TimeZone::named(*zone);
  if (!named) return UsageError{base::printable(named.error().message), "a name such as UTC or Europe/Berlin"};
  output.zone = *named;
  return std::nullopt;
}

Result<std::uint64_t> write_events(forensics::EventList& list, const EventOutput& output) {
  Writer out;
  std::uint64_t count = 0;
  forensics::EventTable table(output.zone, is_terminal(STDOUT_FILENO) ? width_of(STDOUT_FILENO) : 0,
                              [&](std::string_view text) { return out.put(text); });
  if (output.form == EventOutput::Form::csv) out.put(forensics::csv_header());
  TRY_VOID(list.for_each([&](const forensics::Event& event) {
    ++count;
    switch (output.form) {
      case EventOutput::Form::table: return table.add(event);
      case EventOutput::Form::csv: return out.put(forensics::csv_row(event, output.zone));
      case EventOutput::Form::json_lines: break;
    }
    return out.put(forensics::json_line(event, output.zone));
  }));
  if (output.form == EventOutput::Form::table) table.finish();
  out.flush();
  TRY_VOID(out.result());
  return count;
}

}  // namespace trailseal::cli
