// What S3 declares of SSE-KMS and KMS's own events witness. Nothing here says that an object is encrypted.
#include <fmt/format.h>

#include <algorithm>

#include "base/escape.hpp"
#include "report/text_layout.hpp"
#include "report/text_parts.hpp"
#include "report/words.hpp"

namespace trailseal::report {
namespace {

constexpr std::size_t kShownReaders = 10;

}  // namespace

std::string kms_section(const verdict::Verdict& verdict, const Style& style) {
  if (verdict.kms_keys.empty() && verdict.kms_readers.empty()) return {};
  std::string out = "\n" + paint("SSE-KMS, AS DECLARED AND WITNESSED", Tone::title, style.color) + "\n";
  for (const auto& key : verdict.kms_keys) {
    out += fmt::format("  {}\n", key.key.empty() ? "an unnamed key" : base::printable(key.key));
    std::string counts = fmt::format("{} declare it: {} witnessed, {} missing, {} under another key, {} not applicable",
                                     counted(key.objects, "object", "objects"), thousands(key.witnessed),
                                     thousands(key.missing), thousands(key.mismatched), thousands(key.not_applicable));
    if (key.orphans != 0) counts += fmt::format("; {} witnessed and not there", thousands(key.orphans));
    if (key.probes != 0) counts += fmt::format("; {} of a trail's set-up", counted(key.probes, "event", "events"));
    out += wrap("    ", counts, style.width, 4);
  }
  if (verdict.kms_readers.empty()) return out;
  auto readers = verdict.kms_readers;
  std::ranges::stable_sort(readers, std::ranges::greater{}, &verdict::KmsReader::reads);
  out += wrap("  ",
              fmt::format("{} of these trails' objects, by:", counted(verdict.kms_reads, "decryption", "decryptions")),
              style.width, 2);
  const std::size_t shown = style.verbose ? readers.size() : std::min(readers.size(), kShownReaders);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& reader = readers[i];
    std::string line = fmt::format("{}: {}", reader.actor.empty() ? "unnamed" : base::printable(reader.actor),
                                   counted(reader.reads, "time", "times"));
    if (reader.denied != 0) line += fmt::format(", {} refused", thousands(reader.denied));
    line += fmt::format(", {} to {} UTC", readable(reader.first), readable(reader.last));
    out += wrap("    ", line, style.width, 6);
  }
  if (shown < readers.size()) out += fmt::format("    and {} more\n", thousands(readers.size() - shown));
  return out;
}

}  // namespace trailseal::report
