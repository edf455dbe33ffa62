// A certification for a person to complete and sign: who acquired what and how, with which hashes and keys, and what
// was proven. Facts are filled in; what no program can know is a line to write on.
//
// Laid out for Rule 902(13) and (14) of the US Federal Rules of Evidence (records of a process, and copies
// authenticated by a process of digital identification, under a certification that describes the process) and for the
// chain of custody that NIST SP 800-86 asks for. Plain text, so that it can be edited before it is signed.
#include <fmt/format.h>

#include <algorithm>

#include "base/escape.hpp"
#include "report/canonical.hpp"
#include "report/checks.hpp"
#include "report/text_layout.hpp"
#include "report/words.hpp"
#include "trailseal/report.hpp"

namespace trailseal::report {
namespace {

using verdict::Verdict;

constexpr std::size_t kWidth = 78;  // A4 and US Letter, in a font of fixed width
constexpr std::size_t kNames = 22;  // where values begin
constexpr std::size_t kMostChains = 1000;

std::string title(std::string_view words) { return fmt::format("\n{}\n\n", words); }
std::string paragraph(std::string_view words) { return wrap("", words, kWidth, 0) + "\n"; }

// A value that is not known is a line to write on.
std::string line(std::string_view name, std::string_view value) {
  constexpr std::string_view kBlank = "____________________________________________";
  return wrap(fmt::format("   {:<{}}", name, kNames - 3), value.empty() ? kBlank : value, kWidth, kNames);
}

std::string opening(const Verdict& verdict) {
  return "CERTIFICATION OF DIGITAL RECORDS (TEMPLATE)\n\n" +
         paragraph(
             "The facts of one verification are filled in below. This becomes a certification only when a "
             "qualified person has checked them, completed every blank line, struck out what does not apply, and "
             "signed it. It is laid out for Rule 902(13) and (14) of the US Federal Rules of Evidence and for a "
             "chain of custody; it is not legal advice.") +
         title("1. WHO CERTIFIES") + line("Name", "") + line("Position, employer", "") + line("Qualification", "") +
         line("Case or matter", "") + line("Exhibit", "") + line("Verified on (date)", "") +
         line("Verified with", "trailseal " + base::printable(verdict.run.tool_version)) +
         line("SHA-256 of program", "");
}

std::string acquisition(const verdict::Acquisition& run) {
  std::string period = readable(run.begin) + " UTC to ";
  period += run.end ? readable(*run.end) + " UTC" : "an end by force";
  if (run.interrupted) period += " (interrupted)";
  std::string command;
  for (const std::string& word : run.arguments) command += (command.empty() ? "" : " ") + base::printable(word);
  const std::string caller =
      run.arn.empty() ? "" : base::printable(run.arn) + ", account " + base::printable(run.account);
  return "\n" + line("Acquired", period) + line("By", base::printable(run.operator_name)) + line("As", caller) +
         line("With", base::printable(run.tool) + " " + base::printable(run.tool_version)) +
         line("SHA-256 of program", base::printable(run.tool_sha256)) + line("Command line", command) +
         line("Objects", fmt::format("{} acquired, {}, {} failed", thousands(run.acquired), bytes(run.bytes),
                                     thousands(run.failed)));
}

std::string sources(const Verdict& verdict) {
  std::string out = title("2. WHAT WAS ACQUIRED, BY WHOM AND HOW");
  for (std::size_t i = 0; i < verdict.run.sources.size(); ++i) {
    const auto& source = verdict.run.sources[i];
    out += (i == 0 ? "" : "\n") + line(fmt::format("Source {}", i + 1), base::printable(source.label));
    out += line("Bucket", source.bucket.empty() ? base::printable(source.bucket_origin)
                                                : fmt::format("{} ({})", base::printable(source.bucket),
                                                              base::printable(source.bucket_origin)));
    const auto& provenance = source.provenance;
    if (provenance.runs.empty()) {
      out += wrap("   ", "The source does not say how it was acquired.", kWidth, 3);
      out += line("Acquired on (date)", "") + line("By", "") + line("With (program)", "") + line("SHA-256 of copy", "");
      continue;
    }
    out += line("Manifest, SHA-256", base::printable(provenance.manifest_sha256));
    out += wrap(
        "   ",
        fmt::format("By the word of its manifest, which names {}{}:", counted(provenance.runs_in_all, "run", "runs"),
                    provenance.runs.size() < provenance.runs_in_all
                        ? fmt::format(" (the newest {} follow)", provenance.runs.size())
                        : ""),
        kWidth, 3);
    for (const auto& run : provenance.runs) out += acquisition(run);
  }
  return out;
}

std::string window(const verdict::RunInfo& run) {
  if (!run.since && !run.until) return "everything in the sources";
  return fmt::format("{} to {}", run.since ? readable(*run.since) + " UTC" : "the beginning",
                     run.until ? readable(*run.until) + " UTC" : "the end");
}

std::string records(const Verdict& verdict) {
  std::string out = title("3. THE RECORDS");
  out += line("Kind", "log files and digest files of AWS CloudTrail, as delivered to Amazon S3");
  out += line("Asked for", window(verdict.run));
  out += line("Proven", fmt::format("{} and {}", counted(verdict.tally.digests_verified, "digest file", "digest files"),
                                    counted(verdict.tally.logs_verified, "log file", "log files")));
  out += line("Read", fmt::format("{} as stored, {} hashed", bytes(verdict.tally.bytes_read),
                                  bytes(verdict.tally.bytes_hashed)));
  out += "\n" + wrap("   ", "For each chain ([organization/]account/trail@home-region/region):", kWidth, 3);
  for (std::size_t i = 0; i < std::min(verdict.chains.size(), kMostChains); ++i) {
    const auto& chain = verdict.chains[i];
    out += "\n" + wrap("   ", base::printable(chain.chain), kWidth, 3);
    out += wrap("     ",
                fmt::format("{}; {} of {} and {} of {} proven; {} of {} hours ({}%), {}", to_string(chain.outcome),
                            thousands(chain.tally.digests_verified),
                            counted(chain.tally.digests_found + chain.tally.digests_missing, "digest", "digests"),
                            thousands(chain.tally.logs_verified),
                            counted(chain.tally.logs_listed, "log file", "log files"), hours(chain.proven_time()),
                            hours(chain.span.length()), hundredths(chain.proven_basis_points()), readable(chain.span)),
                kWidth, 5);
  }
  if (verdict.chains.size() > kMostChains)
    out += fmt::format("\n   {} more chains: see the JSON verdict.\n", thousands(verdict.chains.size() - kMostChains));
  return out;
}

std::string process(const Verdict& verdict) {
  std::string checks;
  for (const Check& check : checks_run(verdict)) checks += (checks.empty() ? "" : ", ") + std::string(check.words);
  return title("4. HOW THEY WERE AUTHENTICATED") +
         paragraph(
             "AWS CloudTrail delivers log files to Amazon S3 and, about once an hour, a digest file that lists each "
             "log file of that hour with its SHA-256 hash value. CloudTrail signs each digest with a private key "
             "that AWS holds (RSA, PKCS#1 v1.5, with SHA-256); each digest also names its predecessor, with the "
             "predecessor's hash value and signature.") +
         paragraph(
             "The program named above computed the SHA-256 hash value of every digest file and checked its "
             "signature under the public keys of section 5, compared the hash value and signature that each digest "
             "states for its predecessor with those found, and computed the SHA-256 hash value of the uncompressed "
             "content of every log file and compared it with the one that the digest states. A record counts as "
             "proven only where all of these agree: it is then, byte for byte, what AWS CloudTrail signed. Where "
             "something could not be decided it counts as not proven.") +
         line("Checks that ran", checks) +
         line("To repeat it", std::string("trailseal verify ") + (verdict.forensics.timeline ? "--timeline " : "") +
                                  "--report json, over the same sources with the same keys and options; "
                                  "the JSON verdict has the same hash value as that of section 6");
}

std::string keys(const Verdict& verdict) {
  std::string out = title("5. THE PUBLIC KEYS");
  if (verdict.keys.empty()) out += wrap("   ", "None was given.", kWidth, 3);
  for (const auto& key : verdict.keys) {
    out += line("Fingerprint", base::printable(key.fingerprint)) +
           line("Kind", fmt::format("RSA-{}, {}", key.bits, base::printable(key.encoding))) +
           line("From", base::printable(key.origin)) +
           line("Valid", key.validity ? readable(key.validity->begin) + " to " + readable(key.validity->end) + " UTC"
                                      : "not stated") +
           line("Verified", counted(key.digests_verified, "digest", "digests")) + "\n";
  }
  return out + line("Fetched by, when", "");
}

std::string hashes(const Verdict& verdict, const std::string& json) {
  std::string out = title("6. HASH VALUES (SHA-256)") + line("JSON verdict", json);
  for (std::size_t i = 0; i < verdict.run.sources.size(); ++i) {
    const auto& hash = verdict.run.sources[i].provenance.manifest_sha256;
    if (!hash.empty()) out += line(fmt::format("Manifest of source {}", i + 1), base::printable(hash));
  }
  return out + wrap("   ",
                    "The manifest of a collection lists the hash value of every object as it was acquired; each digest "
                    "lists those of its log files.",
                    kWidth, 3);
}

std::string result(const Verdict& verdict) {
  std::string out = title("7. RESULT") + line("Outcome", to_string(verdict.outcome())) +
                    line("Summary", summary(verdict)) + "\n" + wrap("   ", "Findings:", kWidth, 3);
  const auto numbers = verdict.findings.numbers();
  for (const auto severity :
       {verdict::Severity::violation, verdict::Severity::open, verdict::Severity::warning, verdict::Severity::notice})
    for (const auto& [code, number] : numbers)
      if (severity_of(code, verdict.run.strict) == severity)
        out += wrap("   - ",
                    fmt::format("{}, {}: {} ({})", to_string(severity), verdict::info(code).slug,
                                verdict::info(code).text, thousands(number)),
                    kWidth, 5);
  if (numbers.empty()) out += "   - none\n";
  out += "\n" + wrap("   ", "Not proven:", kWidth, 3);
  for (const std::string& item : not_proven(verdict)) out += wrap("   - ", item, kWidth, 5);
  return out + wrap("   - ", "that CloudTrail recorded every event, and what the events themselves claim", kWidth, 5);
}

std::string statement() {
  return title("8. STATEMENT") +
         paragraph(
             "I have read sections 1 to 7. I carried out or supervised the verification that they describe, and I "
             "am qualified to do so. The records that section 3 counts as proven are true copies, authenticated by "
             "the process of digital identification that section 4 describes. What section 7 names as not proven, "
             "violated or open is not part of this statement.") +
         paragraph(
             "I declare under penalty of perjury (or: ________________________) that the foregoing is true and "
             "correct.") +
         line("Signature", "") + "\n" + line("Date, place", "");
}

std::string write_certificate(const Verdict& verdict, const Style&) {
  const auto [same, json_sha256] = canonical(verdict);
  return opening(same) + sources(same) + records(same) + process(same) + keys(same) + hashes(same, json_sha256) +
         result(same) + statement();
}

}  // namespace

Format certificate_format() {
  return {"certificate", "a certification for a person to complete and sign", write_certificate};
}

}  // namespace trailseal::report
