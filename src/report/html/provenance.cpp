// Where everything comes from: the evidence, the keys, CloudTrail's own word, the tool, and this page.
#include <algorithm>

#include "report/html/parts.hpp"
#include "report/words.hpp"

namespace trailseal::report::html {
namespace {

using verdict::Verdict;

Markup run_row(const verdict::Acquisition& run) {
  Markup out;
  out << "<tr><td data-v=\"" << Markup().plain(run.begin.time_since_epoch().count()) << "\">"
      << Markup().time(run.begin) << "<br>to ";
  if (run.end)
    out << Markup().time(*run.end) << (run.interrupted ? Literal(" (interrupted)") : Literal(""));
  else
    out << "an end by force";
  out << "</td><td>" << Markup().text(run.operator_name) << "<br><span class=\"soft\">" << Markup().text(run.arn)
      << "</span></td><td>" << Markup().text(run.tool) << " " << Markup().text(run.tool_version) << "<br>"
      << Markup().code(run.tool_sha256) << "</td><td>";
  for (const std::string& word : run.arguments) out << Markup().code(word) << " ";
  return out << "</td><td class=\"num\">" << Markup().number(run.acquired) << "</td><td class=\"num\">"
             << Markup().number(run.failed) << "</td></tr>";
}

Markup source(const verdict::SourceUse& source) {
  Markup out;
  out << "<dl class=\"facts\">" << fact("Source", Markup().code(source.label))
      << fact("Bucket", source.bucket.empty()
                            ? Markup().text(source.bucket_origin)
                            : Markup().code(source.bucket) << " (" << Markup().text(source.bucket_origin) << ")");
  const auto& provenance = source.provenance;
  if (!provenance.manifest_sha256.empty())
    out << fact("Manifest", Markup() << "SHA-256 " << Markup().code(provenance.manifest_sha256));
  out << "</dl>";
  if (provenance.runs.empty()) return out;
  out << "<div class=\"scroll\"><table class=\"sortable\"><caption>How it was acquired, by the word of its manifest";
  if (provenance.runs_in_all > provenance.runs.size())
    out << ": the newest " << Markup().number(provenance.runs.size()) << " of "
        << Markup().number(provenance.runs_in_all) << " runs";
  out << "</caption><thead><tr><th scope=\"col\">When (UTC)</th><th scope=\"col\">By whom</th><th "
         "scope=\"col\">With</th>"
         "<th scope=\"col\">Command</th><th scope=\"col\" class=\"num\">Acquired</th><th scope=\"col\" "
         "class=\"num\">Failed"
         "</th></tr></thead><tbody>";
  for (const auto& run : provenance.runs) out << run_row(run);
  return out << "</tbody></table></div>";
}

Markup keys(const Verdict& verdict) {
  if (verdict.keys.empty()) return {};
  Markup out;
  out << "<h3>Trusted public keys</h3><div class=\"scroll\"><table class=\"sortable\"><caption>The only roots of "
         "trust: "
         "every signature was checked under one of these</caption><thead><tr><th scope=\"col\">Fingerprint</th>"
         "<th scope=\"col\">Kind</th><th scope=\"col\">Valid (UTC)</th><th scope=\"col\">Origin</th><th scope=\"col\" "
         "class=\"num\">Digests verified</th></tr></thead><tbody>";
  for (const auto& key : verdict.keys) {
    out << "<tr><th scope=\"row\">" << Markup().code(key.fingerprint) << "</th><td>RSA-" << Markup().plain(key.bits)
        << "<br><span class=\"soft\">" << Markup().text(key.encoding) << "</span></td><td>";
    if (key.validity)
      out << Markup().time(key.validity->begin) << "<br>to " << Markup().time(key.validity->end);
    else
      out << "not stated";
    out << "</td><td>" << Markup().code(key.origin) << "</td><td class=\"num\" data-v=\""
        << Markup().plain(static_cast<std::int64_t>(key.digests_verified)) << "\">"
        << Markup().number(key.digests_verified) << "</td></tr>";
  }
  return out << "</tbody></table></div>";
}

Markup trail_row(const verdict::TrailSettings& trail) {
  Markup out;
  out << "<tr><th scope=\"row\">" << Markup().code(trail.arn) << "</th><td>"
      << (trail.validation ? Literal("on") : Literal("OFF")) << "</td><td>"
      << (trail.multi_region ? Literal("all regions") : Literal("its own region"))
      << (trail.organization ? Literal(", the organization") : Literal("")) << "</td><td>";
  for (const auto& status : trail.regions) {
    out << Markup().text(status.region) << ": " << (status.logging ? Literal("logging") : Literal("NOT logging"));
    if (status.latest_digest_delivery) out << ", newest digest " << Markup().time(*status.latest_digest_delivery);
    for (const std::string* error : {&status.delivery_error, &status.digest_delivery_error})
      if (!error->empty()) out << ", error " << Markup().code(*error);
    out << "<br>";
  }
  return out << "</td></tr>";
}

Markup settings(const Verdict& verdict) {
  if (verdict.trails.empty() || !verdict.run.settings_asked) return {};
  Markup out;
  out << "<h3>Trails, as CloudTrail described them</h3><div class=\"scroll\"><table class=\"sortable\"><caption>Asked "
         "at "
      << Markup().time(*verdict.run.settings_asked)
      << " UTC; not signed</caption><thead><tr><th scope=\"col\">Trail</th><th scope=\"col\">Validation</th>"
         "<th scope=\"col\">Records</th><th scope=\"col\">Delivery</th></tr></thead><tbody>";
  for (const auto& trail : verdict.trails) out << trail_row(trail);
  return out << "</tbody></table></div>";
}

Markup kms_uses(const Verdict& verdict) {
  if (verdict.kms_keys.empty()) return {};
  Markup out;
  out << "<h3>KMS keys of the objects</h3><div class=\"scroll\"><table class=\"sortable\"><caption>What S3 declares, "
         "and "
         "the events by which KMS witnesses it</caption><thead><tr><th scope=\"col\">Key</th><th scope=\"col\" "
         "class=\"num\">Objects</th><th scope=\"col\" class=\"num\">Witnessed</th><th scope=\"col\" "
         "class=\"num\">Missing"
         "</th><th scope=\"col\" class=\"num\">Another key</th></tr></thead><tbody>";
  for (const auto& key : verdict.kms_keys)
    out << "<tr><th scope=\"row\">" << Markup().code(key.key) << "</th><td class=\"num\">"
        << Markup().number(key.objects) << "</td><td class=\"num\">" << Markup().number(key.witnessed)
        << "</td><td class=\"num\">" << Markup().number(key.missing) << "</td><td class=\"num\">"
        << Markup().number(key.mismatched) << "</td></tr>";
  return out << "</tbody></table></div>";
}

Markup kms_readers(const Verdict& verdict) {
  if (verdict.kms_readers.empty()) return {};
  Markup out;
  out << "<h3>Who had log files decrypted</h3><div class=\"scroll\"><table class=\"sortable\"><caption>"
      << Markup().text(counted(verdict.kms_reads, "decryption", "decryptions"))
      << " in proven log files</caption><thead><tr><th scope=\"col\">Who</th><th scope=\"col\" class=\"num\">Times</th>"
         "<th scope=\"col\" class=\"num\">Refused</th><th scope=\"col\">First (UTC)</th><th scope=\"col\">Last "
         "(UTC)</th>"
         "</tr></thead><tbody>";
  for (const auto& reader : verdict.kms_readers)
    out << "<tr><th scope=\"row\">" << Markup().code(reader.actor) << "</th><td class=\"num\" data-v=\""
        << Markup().plain(static_cast<std::int64_t>(reader.reads)) << "\">" << Markup().number(reader.reads)
        << "</td><td class=\"num\" data-v=\"" << Markup().plain(static_cast<std::int64_t>(reader.denied)) << "\">"
        << Markup().number(reader.denied) << "</td><td>" << Markup().time(reader.first) << "</td><td>"
        << Markup().time(reader.last) << "</td></tr>";
  return out << "</tbody></table></div>";
}

Markup kms_settings(const Verdict& verdict) {
  if (verdict.kms_settings.empty()) return {};
  const auto known = [](const std::string& value) { return value.empty() ? Markup("unknown") : Markup().text(value); };
  Markup out;
  out << "<h3>KMS keys, as configured when asked</h3><div class=\"scroll\"><table class=\"sortable\"><caption>Not "
         "signed"
         "</caption><thead><tr><th scope=\"col\">Key</th><th scope=\"col\">State</th><th scope=\"col\">Rotation</th>"
         "<th scope=\"col\">Policy</th><th scope=\"col\">Origin</th></tr></thead><tbody>";
  for (const auto& key : verdict.kms_settings)
    out << "<tr><th scope=\"row\">" << Markup().code(key.arn) << "</th><td>" << known(key.state) << "</td><td>"
        << known(key.rotation) << "</td><td>" << (key.policy_judged ? Literal("judged") : Literal("not judged"))
        << "</td><td>" << Markup().code(key.origin) << "</td></tr>";
  return out << "</tbody></table></div>";
}

Markup tool(const Page& page) {
  Markup out;
  out << "<h3>Tool and this page</h3><dl class=\"facts\">"
      << fact("Verified with", Markup("trailseal ") << Markup().text(page.verdict.run.tool_version))
      << fact("Made from", Markup() << "the JSON verdict with the SHA-256 " << Markup().code(page.json_sha256))
      << fact(
             "To check that",
             Markup() << "<code>trailseal verify "
                      << (page.verdict.forensics.timeline ? Literal("--timeline ") : Literal(""))
                      << "--report json</code> over the same evidence with the same options "
                         "writes a file with this SHA-256; <code>trailseal report --report html</code> makes this page "
                         "of it, byte for byte");
  return out << "</dl>";
}

}  // namespace

Markup provenance(const Page& page) {
  const Verdict& verdict = page.verdict;
  Markup out;
  out << "<h3>Evidence</h3>";
  for (const auto& each : verdict.run.sources) out << source(each);
  out << "<p>" << Markup().text(bytes(verdict.tally.bytes_read)) << " were read as stored, "
      << Markup().text(bytes(verdict.tally.bytes_hashed)) << " hashed.</p>";
  return out << keys(verdict) << settings(verdict) << kms_uses(verdict) << kms_readers(verdict) << kms_settings(verdict)
             << tool(page);
}

}  // namespace trailseal::report::html
