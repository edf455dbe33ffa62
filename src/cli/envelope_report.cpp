#include "cli/envelope_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "base/escape.hpp"
#include "base/hex.hpp"
#include "cli/command.hpp"
#include "report/text_layout.hpp"
#include "report/words.hpp"

namespace trailseal::cli {
namespace {

using envelope::Opened;
using envelope::Recipient;
using envelope::SignatureState;
using envelope::Standing;
using nlohmann::ordered_json;
using report::Tone;

constexpr std::size_t kIndent = 16;

struct WarningWords {
  std::string_view slug, words;
};
constexpr std::array<WarningWords, 8> kWarnings = {{
    {"non-committing", "the format does not commit to its key: another key could open it to another content"},
    {"unauthenticated-mode", "nothing protects the content from changes"},
    {"legacy-wrap", "nothing ties the content algorithm to the wrapped key"},
    {"esdk-net-4.0.0", "opened only with the deviations of the Encryption SDK for .NET 4.0.0"},
    {"context-order", "the signer's key stands behind the other pairs of the context, out of order"},
    {"frame-iv", "a frame has an IV that is not its number, which few writers do"},
    {"kms-key-material",
     "data keys that name one KMS key show different key material: rotated in between, or exchanged"},
    {"size-claim", "the metadata state another size of the content"},
}};

std::string_view words_of(std::string_view slug) {
  const auto found = std::ranges::find(kWarnings, slug, &WarningWords::slug);
  return found == kWarnings.end() ? "" : found->words;
}

std::string_view outcome_of(int status) { return status == 0 ? "verified" : status == 1 ? "violated" : "open"; }

Tone tone_of(Standing standing) {
  return standing == Standing::sound ? Tone::good : standing == Standing::broken ? Tone::bad : Tone::doubt;
}

std::string suite_id(const Opened& opened) { return opened.suite ? fmt::format("{:04x}", *opened.suite) : ""; }

std::string yes_no(bool truth) { return truth ? "yes" : "no"; }

class TextWriter {
 public:
  TextWriter(std::size_t width, bool color) : width_(width), color_(color) {}

  std::string one(const EnvelopeResult& result) {
    const Opened& opened = result.opened;
    out_ = base::printable(result.file) + "\n";
    out_ += fmt::format("  {:<14}", "verdict") +
            report::paint(to_string(opened.verdict), tone_of(standing_of(opened.verdict)), color_) + "\n";
    if (!opened.detail.empty()) line("", opened.detail);
    if (opened.format != envelope::Format::none) format(opened);
    context(opened);
    for (std::size_t i = 0; i < opened.recipients.size(); ++i) recipient(opened.recipients[i], i == 0);
    if (!opened.kms_key.empty()) line("KMS used", opened.kms_key);
    if (opened.instruction_hash) line("instruction", "SHA-256 " + base::to_hex(*opened.instruction_hash));
    if (opened.file_hash) sized("file", opened.file_size, *opened.file_hash);
    if (opened.plaintext_hash) sized("plaintext", *opened.plaintext_size, *opened.plaintext_hash);
    if (opened.claimed_size) line("claimed size", report::thousands(*opened.claimed_size));
    for (const std::string& slug : opened.warnings) line("warning", fmt::format("{}: {}", slug, words_of(slug)));
    return out_;
  }

 private:
  void line(std::string_view name, std::string_view evidence) {
    out_ += report::wrap(fmt::format("  {:<14}", name), base::printable(evidence), width_, kIndent);
  }

  void sized(std::string_view name, std::uint64_t size, const Sha256& hash) {
    line(name, report::counted(size, "byte", "bytes"));
    line("", "SHA-256 " + base::to_hex(hash));
  }

  void format(const Opened& opened) {
    line("format", std::string(to_string(opened.format)));
    if (!opened.suite) return;
    line("suite", fmt::format("{} {}", suite_id(opened), opened.suite_name));
    line("committing", yes_no(opened.committing));
    std::string signature = yes_no(opened.is_signed);
    if (opened.is_signed) signature += fmt::format(", the signature is {}", to_string(opened.signature));
    line("signed", signature);
    if (opened.signer) line("signer", "SHA-256 " + base::to_hex(*opened.signer));
    if (opened.framed)
      line("frames", fmt::format("{} of {}", report::thousands(opened.frames),
                                 report::counted(opened.frame_length, "byte", "bytes")));
  }

  void context(const Opened& opened) {
    std::string_view name = "context";
    for (const auto& [key, value] : opened.context) {
      line(name, key + " = " + value);
      name = "";
    }
    for (const std::string& key : opened.required) line("", key + " (required, not stored)");
  }

  void recipient(const Recipient& recipient, bool first) {
    std::string text = fmt::format("{} {} ({}, {})", recipient.provider, recipient.key,
                                   report::counted(recipient.size, "byte", "bytes"), to_string(recipient.state));
    line(first ? "data keys" : "", text);
    if (recipient.blob)
      line("", fmt::format("KMS blob of {}, key material {}",
                           report::counted(recipient.blob->plaintext_size, "byte", "bytes"),
                           base::to_hex(recipient.blob->key_material_id)));
  }

  std::size_t width_;
  bool color_;
  std::string out_;
};

ordered_json text(std::string_view evidence) { return base::to_utf8(evidence); }

ordered_json text_or_null(std::string_view evidence) {
  return evidence.empty() ? ordered_json(nullptr) : text(evidence);
}

ordered_json hash(const std::optional<Sha256>& hash) {
  return hash ? ordered_json(base::to_hex(*hash)) : ordered_json(nullptr);
}

ordered_json number(const std::optional<std::uint64_t>& number) {
  return number ? ordered_json(*number) : ordered_json(nullptr);
}

ordered_json strings(const std::vector<std::string>& all) {
  ordered_json array = ordered_json::array();
  for (const std::string& each : all) array.push_back(text(each));
  return array;
}

ordered_json recipients(const Opened& opened) {
  ordered_json array = ordered_json::array();
  for (const Recipient& recipient : opened.recipients) {
    ordered_json blob = nullptr;
    if (recipient.blob) {
      blob = {{"key_material_id", base::to_hex(recipient.blob->key_material_id)},
              {"plaintext_size", recipient.blob->plaintext_size}};
    }
    array.push_back({{"provider", text(recipient.provider)},
                     {"key", text(recipient.key)},
                     {"size", recipient.size},
                     {"state", to_string(recipient.state)},
                     {"kms_blob", std::move(blob)}});
  }
  return array;
}

ordered_json one(const EnvelopeResult& result) {
  const Opened& opened = result.opened;
  ordered_json context = ordered_json::object();
  for (const auto& [key, value] : opened.context) context[base::to_utf8(key)] = text(value);
  const bool known = opened.suite.has_value();
  const bool esdk = opened.format == envelope::Format::esdk_v1 || opened.format == envelope::Format::esdk_v2;
  return {{"file", text(result.file)},
          {"verdict", to_string(opened.verdict)},
          {"detail", text_or_null(opened.detail)},
          {"format", opened.format == envelope::Format::none ? ordered_json(nullptr) : text(to_string(opened.format))},
          {"suite", text_or_null(suite_id(opened))},
          {"suite_name", text_or_null(opened.suite_name)},
          {"committing", known ? ordered_json(opened.committing) : ordered_json(nullptr)},
          {"signed", known ? ordered_json(opened.is_signed) : ordered_json(nullptr)},
          {"signature", to_string(opened.signature)},
          {"signer_sha256", hash(opened.signer)},
          {"content_type", known && esdk ? ordered_json(opened.framed ? "framed" : "unframed") : ordered_json(nullptr)},
          {"frame_length", opened.frame_length},
          {"frames", opened.frames},
          {"encryption_context", std::move(context)},
          {"required_context", strings(opened.required)},
          {"data_keys", recipients(opened)},
          {"kms_key", text_or_null(opened.kms_key)},
          {"instruction_sha256", hash(opened.instruction_hash)},
          {"claimed_size", number(opened.claimed_size)},
          {"file_size", opened.file_size},
          {"file_sha256", hash(opened.file_hash)},
          {"plaintext_size", number(opened.plaintext_size)},
          {"plaintext_sha256", hash(opened.plaintext_hash)},
          {"warnings", strings(opened.warnings)}};
}

}  // namespace

int exit_status(const std::vector<EnvelopeResult>& results) {
  int status = 0;
  for (const EnvelopeResult& result : results) {
    const Standing standing = standing_of(result.opened.verdict);
    if (standing == Standing::broken) return 1;
    if (standing == Standing::open) status = 2;
  }
  return status;
}

std::string envelope_text(const std::vector<EnvelopeResult>& results, std::size_t width, bool color) {
  std::string out;
  std::map<envelope::Verdict, std::size_t> counts;
  for (const EnvelopeResult& result : results) {
    out += TextWriter(width, color).one(result) + "\n";
    ++counts[result.opened.verdict];
  }
  out += report::counted(results.size(), "file", "files") + ":";
  const char* separator = " ";
  for (const auto& [verdict, count] : counts) {
    out += fmt::format("{}{} {}", separator, report::thousands(count), to_string(verdict));
    separator = ", ";
  }
  return out + "\n";
}

std::string envelope_json(const std::vector<EnvelopeResult>& results) {
  ordered_json array = ordered_json::array();
  for (const EnvelopeResult& result : results) array.push_back(one(result));
  const int status = exit_status(results);
  const ordered_json all = {{"schema_version", "1"},
                            {"tool", {{"name", "trailseal"}, {"version", version()}}},
                            {"outcome", outcome_of(status)},
                            {"exit_status", status},
                            {"results", std::move(array)}};
  return all.dump(2, ' ', true) + "\n";
}

}  // namespace trailseal::cli
