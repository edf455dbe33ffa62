// The report for people: what was proven, how far the proof reaches, what contradicts it, and what was not judged.
// Everything that comes from evidence passes base::printable, and apart from it the report is ASCII.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/escape.hpp"
#include "report/checks.hpp"
#include "report/text_layout.hpp"
#include "report/text_parts.hpp"
#include "report/words.hpp"

namespace trailseal::report {
namespace {

using verdict::Outcome;
using verdict::Tally;
using verdict::Verdict;

std::string capitals(std::string_view word) {
  std::string out(word);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c;
  return out;
}

std::string verdict_line(const Verdict& verdict) {
  return fmt::format("{}: {}.", capitals(to_string(verdict.outcome())), summary(verdict));
}

// The first word painted; wrapped before it is painted, so that colour does not move a line's end.
std::string painted_verdict(const Verdict& verdict, const Style& style, std::size_t width) {
  const std::string lines = wrap("", verdict_line(verdict), width, 0);
  const std::size_t word = lines.find(':');
  return paint(std::string_view(lines).substr(0, word), tone_of(verdict.outcome()), style.color) + lines.substr(word);
}

std::string checks_in_words(const Verdict& verdict) {
  std::string list;
  for (const Check& check : checks_run(verdict)) list += (list.empty() ? "" : ", ") + std::string(check.words);
  return list + (verdict.complete ? "." : "; but the run was interrupted.");
}

std::string list_of(const std::vector<std::string>& values) {
  std::string list;
  for (const std::string& value : values) list += (list.empty() ? "" : ", ") + base::printable(value);
  return list;
}

std::string header(const Verdict& verdict, const Style& style) {
  const auto& run = verdict.run;
  const auto line = [&](std::string_view name, std::string_view value) {
    return value.empty() ? "" : wrap(fmt::format("{:<9}", name), value, style.width, 9);
  };
  std::string out = fmt::format("trailseal {}\n", base::printable(run.tool_version));
  for (const auto& source : run.sources) {
    const std::string bucket = source.bucket.empty() ? "bucket " + base::printable(source.bucket_origin)
                                                     : fmt::format("bucket {}, {}", base::printable(source.bucket),
                                                                   base::printable(source.bucket_origin));
    out += line("source", fmt::format("{} ({})", base::printable(source.label), bucket));
  }
  if (run.since || run.until) {
    out += line("window", fmt::format("{} to {} UTC", run.since ? readable(*run.since) : "the beginning",
                                      run.until ? readable(*run.until) : "the end"));
  }
  out += line("accounts", list_of(run.accounts)) + line("regions", list_of(run.regions));
  out += line("trails", list_of(run.trails)) + line("orgs", list_of(run.orgs));
  if (run.fresh_at) {
    out += line("heads", fmt::format("judged as of {} UTC ({}), {} old at most", readable(*run.fresh_at),
                                     base::printable(run.fresh_at_origin), to_string(run.max_head_age)));
  }
  if (!run.expected_kms_key.empty()) out += line("KMS key", base::printable(run.expected_kms_key) + " is expected");
  if (run.strict) out += line("strict", "warnings, unlisted logs and foreign objects are violations");
  return out;
}

std::string counts(const Verdict& verdict, const Style& style) {
  const Tally& tally = verdict.tally;
  std::string digests =
      fmt::format("{} found: {} verified", thousands(tally.digests_found), thousands(tally.digests_verified));
  if (tally.backfill_verified != 0) digests += fmt::format(" ({} backfill)", thousands(tally.backfill_verified));
  digests += fmt::format(", {} violated, {} open; {} missing", thousands(tally.digests_violated),
                         thousands(tally.digests_open), thousands(tally.digests_missing));
  const std::string logs =
      fmt::format("{} listed: {} verified, {} violated, {} open; {} unlisted, {} pending, {} not covered",
                  thousands(tally.logs_listed), thousands(tally.logs_verified), thousands(tally.logs_violated),
                  thousands(tally.logs_open), thousands(tally.logs_unlisted), thousands(tally.logs_pending),
                  thousands(tally.logs_not_covered));
  return "\n" + paint("COUNTS", Tone::title, style.color) + "\n" + wrap("  digests  ", digests, style.width, 11) +
         wrap("  logs     ", logs, style.width, 11) +
         wrap("  read     ", fmt::format("{} stored, {} hashed", bytes(tally.bytes_read), bytes(tally.bytes_hashed)),
              style.width, 11);
}

std::string keys(const Verdict& verdict, const Style& style) {
  std::string out = "\n" + paint("TRUSTED KEYS", Tone::title, style.color) + "\n";
  for (const auto& key : verdict.keys) {
    out += fmt::format("  {}  verified {}\n", base::printable(key.fingerprint),
                       counted(key.digests_verified, "digest", "digests"));
    std::string more =
        fmt::format("RSA-{}, {}, from {}", key.bits, base::printable(key.encoding), base::printable(key.origin));
    if (key.validity) {
      more += fmt::format(", valid {} to {} UTC", readable(key.validity->begin), readable(key.validity->end));
    }
    out += wrap("    ", more, style.width, 4);
  }
  return verdict.keys.empty() ? "" : out;
}

std::string kms_settings(const Verdict& verdict, const Style& style) {
  std::string out = "\n" + paint("KMS KEYS, AS CONFIGURED WHEN ASKED", Tone::title, style.color) + "\n";
  for (const auto& key : verdict.kms_settings) {
    const auto known = [](const std::string& value) { return value.empty() ? "unknown" : base::printable(value); };
    out += wrap("  ", base::printable(key.arn), style.width, 2);
    out += wrap("    ",
                fmt::format("state {}, rotation {}, policy {}, from {}", known(key.state), known(key.rotation),
                            key.policy_judged ? "judged" : "not judged", base::printable(key.origin)),
                style.width, 4);
  }
  return verdict.kms_settings.empty() ? "" : out;
}

std::string not_judged(const Verdict& verdict, const Style& style) {
  std::string out = "\n" + paint("NOT PROVEN", Tone::title, style.color) + "\n";
  for (const std::string& item : not_proven(verdict)) out += wrap("  - ", item, style.width, 4);
  return out + wrap("  - ", "what no bucket can show: see trailseal-checks(7)", style.width, 4);
}

std::string write_text(const Verdict& verdict, const Style& style) {
  const std::string checks = checks_in_words(verdict);
  // One line for scripts and mails, however wide.
  if (style.quiet) {
    std::string line = painted_verdict(verdict, style, std::string::npos);
    line.back() = ' ';
    return line + "Checked: " + checks + "\n";
  }
  std::string out = header(verdict, style) + "\n";
  out += painted_verdict(verdict, style, style.width) + wrap("Checked: ", checks, style.width, 9);
  if (!verdict.chains.empty()) out += "\n" + chain_table(verdict, style);
  if (const std::string lines = timeline(verdict, style); !lines.empty()) out += "\n" + lines;
  out += story(verdict, style);
  out += finding_list(verdict, style);
  return out + counts(verdict, style) + keys(verdict, style) + kms_section(verdict, style) +
         trail_settings(verdict, style) + kms_settings(verdict, style) + not_judged(verdict, style);
}

}  // namespace

Format text_format() { return {"text", "for people", write_text}; }

}  // namespace trailseal::report
