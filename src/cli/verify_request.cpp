#include "cli/verify_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/escape.hpp"

namespace trailseal::cli {
namespace {

constexpr const char* kTimeHint =
    "a time such as 2026-07-01T00:00:00Z, 2026-07-01T02:00:00+02:00 or 2026-07-01, or a span such as 24h or 7d";

constexpr const char* kSourceHint = "a source is DIR, BUCKET=DIR or s3://BUCKET[/PREFIX]";

// A time, or a span before `end`.
std::optional<UsageError> read_time(const Arguments& arguments, const char* flag, std::optional<Time> end,
                                    std::optional<Time>& out) {
  const auto text = arguments.one(flag);
  if (!text) return std::nullopt;
  if (const auto time = parse_time(*text)) {
    out = *time;
    return std::nullopt;
  }
  const auto span = parse_duration(*text);
  if (!end || !span) {
    return UsageError{fmt::format("--{} is no time{}: '{}'", flag, end ? " and no span" : "", base::printable(*text)),
                      end ? kTimeHint : "a time such as 2026-07-01T00:00:00Z or 2026-07-01"};
  }
  const Time earliest{};
  out = *span < *end - earliest ? *end - *span : earliest;
  return std::nullopt;
}

std::optional<UsageError> read_times(const Arguments& arguments, Time clock, verify::Request& request) {
  if (auto mistake = read_time(arguments, "now", std::nullopt, request.now)) return mistake;
  if (auto mistake = read_time(arguments, "until", request.now.value_or(clock), request.until)) return mistake;
  const Time end = request.until.value_or(request.now.value_or(clock));
  if (auto mistake = read_time(arguments, "since", end, request.since)) return mistake;
  if (request.since && request.until && *request.since >= *request.until) {
    return UsageError{fmt::format("the window is empty: --since {} is not before --until {}", to_string(*request.since),
                                  to_string(*request.until)),
                      ""};
  }
  return std::nullopt;
}

std::optional<UsageError> read_jobs(const std::string& text, unsigned& jobs) {
  constexpr unsigned kMostJobs = 256;  // as base::job_count
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), jobs);
  if (problem == std::errc{} && end == text.data() + text.size() && jobs >= 1 && jobs <= kMostJobs) return std::nullopt;
  return UsageError{fmt::format("--jobs is no number of 1 to {}: '{}'", kMostJobs, base::printable(text)), ""};
}

// What S3 allows today, or ever allowed: names of before March 2018 may have capitals, "_" and up to 255 characters.
bool is_bucket_name(std::string_view name, bool legacy) {
  const auto allowed = [legacy](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           (legacy && ((c >= 'A' && c <= 'Z') || c == '_'));
  };
  return name.size() >= 3 && name.size() <= (legacy ? 255u : 63u) && std::ranges::all_of(name, allowed);
}

std::optional<UsageError> read_s3_source(const std::string& word, SourceName& source) {
  const std::string rest = word.substr(std::string_view("s3://").size());
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  source = {rest.substr(0, slash), "", rest.substr(std::min(slash + 1, rest.size()))};
  if (!source.prefix.empty() && !source.prefix.ends_with('/')) source.prefix += '/';
  if (is_bucket_name(source.bucket, true)) return std::nullopt;
  return UsageError{"not the name of a bucket: '" + base::printable(source.bucket) + "'", kSourceHint};
}

}  // namespace

std::optional<UsageError> read_request(const Arguments& arguments, Time clock, verify::Request& request) {
  if (auto mistake = read_times(arguments, clock, request)) return mistake;
  if (const auto text = arguments.one("max-head-age")) {
    const auto span = parse_duration(*text);
    if (!span) {
      return UsageError{"--max-head-age is no span: '" + base::printable(*text) + "'", "a span such as 2h30m"};
    }
    request.max_head_age = *span;
  }
  if (const auto text = arguments.one("jobs")) {
    if (auto mistake = read_jobs(*text, request.jobs)) return mistake;
  }
  request.accounts = arguments.all("account");
  request.regions = arguments.all("region");
  request.trails = arguments.all("trail");
  request.orgs = arguments.all("org");
  request.expected_kms_key = arguments.one("expect-kms-key").value_or("");
  request.strict = arguments.has("strict");
  request.versions = arguments.has("versions");
  return std::nullopt;
}

std::optional<UsageError> read_source(const std::string& word, SourceName& source) {
  if (word.starts_with("s3://")) return read_s3_source(word, source);
  const std::size_t equals = word.find('=');
  source = {"", word};
  if (equals == std::string::npos) return std::nullopt;
  const std::string bucket = word.substr(0, equals);
  std::error_code ignored;
  if (!is_bucket_name(bucket, false) && std::filesystem::is_directory(word, ignored)) return std::nullopt;
  if (!is_bucket_name(bucket, true)) {
    return UsageError{"not the name of a bucket: '" + base::printable(bucket) + "'", kSourceHint};
  }
  source = {bucket, word.substr(equals + 1)};
  if (source.path.empty()) return UsageError{"no directory behind '" + bucket + "='", kSourceHint};
  return std::nullopt;
}

}  // namespace trailseal::cli
