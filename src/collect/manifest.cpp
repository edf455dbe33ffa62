#include "collect/manifest.hpp"

#include <fmt/format.h>

#include "base/hex.hpp"
#include "base/json_members.hpp"
#include "collect/paths.hpp"

namespace trailseal::collect {
namespace {

constexpr std::string_view kFormat = "trailseal-collection";
constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kMostRuns = 100'000;

Error broken(const char* what) { return {Errc::corrupt, std::string("the manifest: ") + what}; }

bool take_comma(std::string_view& text) {
  if (!text.ends_with(',')) return false;
  text.remove_suffix(1);
  return true;
}

}  // namespace

void Totals::add(const Record& record) {
  if (record.error) {
    ++failed;
    return;
  }
  switch (record.kind) {
    case Kind::object: ++objects; break;
    case Kind::version: ++versions; break;
    case Kind::delete_marker: ++delete_markers; break;
    case Kind::changed: ++changed; break;
    case Kind::gone: ++gone; break;
  }
  if (record.has_bytes()) bytes += record.size;
}

void write_head(Writer& out, const std::vector<Run>& runs) {
  out.add(fmt::format("{{\n\"format\": \"{}\",\n\"version\": {},\n\"runs\": [\n", kFormat, kVersion));
  for (std::size_t i = 0; i < runs.size(); ++i) {
    out.add(to_line(runs[i]));
    out.add(i + 1 < runs.size() ? ",\n" : "\n");
  }
  out.add("],\n\"objects\": [\n");
}

void write_tail(Writer& out, const Totals& totals, bool complete) {
  out.add(
      fmt::format("],\n\"totals\": {{\"objects\":{},\"versions\":{},\"delete_markers\":{},\"changed\":{},\"gone\":{},"
                  "\"failed\":{},\"bytes\":{}}},\n\"complete\": {}\n}}\n",
                  totals.objects, totals.versions, totals.delete_markers, totals.changed, totals.gone, totals.failed,
                  totals.bytes, complete));
}

Result<void> ManifestReader::head(std::string_view text) {
  if (text == "\"runs\": [") {
    if (!format_) return broken("it does not begin with its format");
    at_ = At::runs;
    comma_ = true;
    return {};
  }
  if (!take_comma(text)) return broken("a comma is missing");
  return base::read_members("{" + std::string(text) + "}", kMostLineBytes, [&](const base::Members& member) {
    if (member.has("format")) {
      format_ = member.text("format") == kFormat;
      if (!format_) member.refuse("format");
    }
    if (member.has("version") && member.number("version") != kVersion) member.refuse("version");
  });
}

Result<void> ManifestReader::tail(std::string_view text) {
  if (text == "}") {
    at_ = At::end;
    return {};
  }
  take_comma(text);
  return base::read_members("{" + std::string(text) + "}", kMostLineBytes, [&](const base::Members& member) {
    if (member.has("complete")) complete_ = member.flag("complete");
  });
}

Result<void> ManifestReader::line(std::string_view text) {
  if (at_ == At::start) {
    if (text != "{") return broken("it is no JSON object of one member on each line");
    at_ = At::head;
    return {};
  }
  if (at_ == At::head) return head(text);
  if (at_ == At::tail) return tail(text);
  if (at_ == At::end) return broken("something follows it");
  if (at_ == At::middle) {
    if (text != "\"objects\": [") return broken("its objects are missing");
    at_ = At::objects;
    comma_ = true;
    return {};
  }
  if (text == "],") {
    if (at_ == At::runs && runs_.empty()) return broken("it names no run");
    at_ = at_ == At::runs ? At::middle : At::tail;
    return {};
  }
  if (at_ == At::runs) {
    take_comma(text);
    if (runs_.size() >= kMostRuns) return Error{Errc::limit, "the manifest: more than 100,000 runs"};
    TRY(Run run, parse_run(text));
    runs_.push_back(std::move(run));
    return {};
  }
  if (!comma_) return broken("a comma is missing");
  comma_ = take_comma(text);
  TRY(Record record, parse_record(text));
  return use_(std::move(record));
}

Result<void> ManifestReader::finish() {
  if (at_ != At::end) return broken("it ends early");
  return {};
}

std::string sums_line(const Sha256& hash, std::string_view path) {
  std::string name;
  bool escaped = false;
  for (const char c : path) {
    const char* instead = c == '\\' ? "\\\\" : c == '\n' ? "\\n" : c == '\r' ? "\\r" : nullptr;
    escaped = escaped || instead != nullptr;
    if (instead != nullptr)
      name += instead;
    else
      name += c;
  }
  return (escaped ? "\\" : "") + base::to_hex(hash) + "  " + name + "\n";
}

std::string earlier_path(std::size_t run, std::string_view name) {
  return fmt::format("{}/{:06}-{}", kEarlier, run, name);
}

}  // namespace trailseal::collect
