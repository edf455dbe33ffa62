// trailseal keys: gets CloudTrail's public keys, and shows which are at hand.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "aws/endpoints.hpp"
#include "base/escape.hpp"
#include "cli/aws_flags.hpp"
#include "cli/command.hpp"
#include "cli/fetch_keys.hpp"
#include "cli/key_files.hpp"
#include "cli/report_files.hpp"
#include "cli/verify_request.hpp"
#include "report/text_layout.hpp"
#include "report/words.hpp"

namespace trailseal::cli {
namespace {

constexpr int kIncomplete = 2;  // as a verdict that is open

std::vector<Flag> flags() {
  std::vector<Flag> all = {
      {"region", "NAME",
       "ask CloudTrail of this region; repeatable, also NAME,NAME (default of fetch: the configured one)", 0, true},
      {"since", "TIME", "keys for digests from this time on: a time, or a span before the end (default: 2015-10-01)"},
      {"until", "TIME", "keys for digests before this time (default: now)"},
      {"output", "FILE", "write the keys to FILE instead of standard output"},
  };
  for (Flag& flag : aws_flags()) all.push_back(std::move(flag));
  return all;
}

std::optional<UsageError> read_regions(const Arguments& arguments, std::vector<std::string>& regions) {
  for (const std::string& word : arguments.all("region")) {
    for (std::size_t start = 0; start <= word.size();) {
      const std::size_t end = std::min(word.find(',', start), word.size());
      regions.push_back(word.substr(start, end - start));
      start = end + 1;
    }
  }
  for (const std::string& region : regions) {
    if (!aws::is_region(region))
      return UsageError{"--region is no region: '" + base::printable(region) + "'", "a region such as eu-west-1"};
  }
  std::ranges::sort(regions);
  const auto same = std::ranges::unique(regions);
  regions.erase(same.begin(), same.end());
  return std::nullopt;
}

std::optional<UsageError> read_span(const Arguments& arguments, Interval& span) {
  const Time clock = std::chrono::floor<Seconds>(std::chrono::system_clock::now());
  verify::Request request;
  if (auto mistake = read_request(arguments, clock, request)) return mistake;
  span = {request.since.value_or(kFirstDigests), request.until.value_or(clock + kKeysAhead)};
  return std::nullopt;
}

// The keys of every region that gave some; a message for each that did not.
std::vector<FetchedKeys> ask(const AwsAccess& access, const std::vector<std::string>& regions, const Interval& span,
                             int& status) {
  std::vector<RegionSpan> wanted;
  for (const std::string& region : regions) wanted.push_back({region, span});
  std::vector<FetchedKeys> all;
  auto answers = fetch_keys(access, wanted);
  for (std::size_t i = 0; i < regions.size(); ++i) {
    if (!report_fetched(answers[i], regions[i])) status = kIncomplete;
    if (answers[i]) all.push_back(std::move(answers[i]).value());
  }
  return all;
}

int write_file(const std::string& path, const std::string& content, std::size_t count, int status) {
  auto file = ReportFile::create(path);
  if (!file) return fail("cannot write the keys " + base::printable(file.error().message));
  if (const auto written = file->commit(content); !written)
    return fail("cannot write the keys " + base::printable(written.error().message));
  const std::string shown = base::printable(path);
  return print(
      fmt::format("{} written to {}; verify with: --keys {}\n", report::counted(count, "key", "keys"), shown, shown),
      status);
}

int run_fetch(const Arguments& arguments) {
  if (arguments.positional.size() > 1) return fail("keys fetch takes no files", "--output FILE says where to write");
  std::vector<std::string> regions;
  Interval span;
  auto mistake = read_regions(arguments, regions);
  if (!mistake) mistake = read_span(arguments, span);
  if (mistake) return fail(mistake->message, mistake->hint);
  const AwsAccess access = make_aws_access(arguments);
  if (regions.empty()) {
    const auto configured = aws_region(arguments, access.surroundings);
    if (!configured) return fail(base::printable(configured.error().message));
    if (!*configured) return fail("no region is given or configured", "trailseal keys fetch --region eu-west-1");
    regions.push_back(**configured);
  }
  if (const auto found = access.credentials->get(); !found)
    return fail(base::printable(found.error().message), aws_hint(found.error()));

  int status = 0;
  std::vector<aws::RegionKeys> all;
  std::size_t count = 0;
  for (FetchedKeys& fetched : ask(access, regions, span, status)) {
    count += fetched.keys.size();
    all.push_back(std::move(fetched.listed));
  }
  if (count == 0) return kIncomplete;  // whoever has a file from before keeps it
  const std::string content = aws::public_keys_json(all);
  const auto path = arguments.one("output");
  return path ? write_file(*path, content, count, status) : print(content, status);
}

std::string line(std::string_view name, std::string_view value) {
  constexpr std::size_t kWidth = 100, kIndent = 16;
  return report::wrap(fmt::format("  {:<14}", name), base::printable(value), kWidth, kIndent);
}

std::string describe(const trail::PublicKey& key) {
  std::string out = base::printable(key.fingerprint) + "\n";
  out += line("kind", fmt::format("RSA-{}, {}", key.key.bits(), key.encoding));
  out += line("valid", key.validity ? report::readable(*key.validity) : "not stated");
  if (!key.stated_fingerprint.empty() && key.stated_fingerprint != key.fingerprint)
    out += line("called", key.stated_fingerprint);
  return out + line("from", key.origin);
}

int run_list(const Arguments& arguments) {
  const std::vector<std::string> paths(arguments.positional.begin() + 1, arguments.positional.end());
  std::vector<std::string> regions;
  Interval span;
  auto mistake = read_regions(arguments, regions);
  if (!mistake) mistake = read_span(arguments, span);
  if (mistake) return fail(mistake->message, mistake->hint);
  if (arguments.has("output")) return fail("--output belongs to keys fetch");
  if (paths.empty() && regions.empty())
    return fail("no key file is given", "trailseal keys list FILE, or --region to ask CloudTrail");

  const crypto::Backend& backend = *crypto::backends().front();
  TrustedKeys keys;
  if (const auto loaded = load_keys(paths, backend, keys); !loaded)
    return fail(base::printable(loaded.error().message));
  int status = 0;
  if (!regions.empty()) {
    const AwsAccess access = make_aws_access(arguments);
    if (const auto found = access.credentials->get(); !found)
      return fail(base::printable(found.error().message), aws_hint(found.error()));
    for (FetchedKeys& fetched : ask(access, regions, span, status)) {
      for (trail::PublicKey& key : fetched.keys)
        if (const auto added = keys.set.add(std::move(key), backend); !added) return fail(added.error().message);
    }
  }
  std::string out;
  for (const auto& entry : keys.set.entries()) out += describe(entry->key);
  out += report::counted(keys.set.entries().size(), "key", "keys") + "\n";
  return print(out, status);
}

int run_keys(const Arguments& arguments) {
  if (arguments.positional.empty()) return fail("keys needs fetch or list", "trailseal keys --help");
  const std::string& word = arguments.positional.front();
  if (word == "fetch") return run_fetch(arguments);
  if (word == "list") return run_list(arguments);
  const auto meant = suggest(word, {"fetch", "list"});
  return fail(fmt::format("keys does not know '{}'", base::printable(word)),
              meant ? fmt::format("did you mean '{}'?", *meant) : "trailseal keys fetch, or trailseal keys list");
}

}  // namespace

Command keys_command() {
  return {"keys",
          "Gets CloudTrail's public keys, and shows which keys a file holds.",
          "fetch|list [options] [FILE|DIR...]",
          {{"the keys of two regions, for verify --keys",
            "trailseal keys fetch --region eu-west-1,us-east-1 --output keys.json"},
           {"which keys are in these files?", "trailseal keys list keys.json old-keys/"},
           {"which keys does CloudTrail name for the last week?", "trailseal keys list --region eu-west-1 --since 7d"}},
          flags(),
          run_keys};
}

}  // namespace trailseal::cli
