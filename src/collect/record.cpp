#include "collect/record.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/escape.hpp"
#include "base/hex.hpp"
#include "base/json_members.hpp"

namespace trailseal::collect {
namespace {

using Out = nlohmann::ordered_json;

constexpr std::array<std::pair<Kind, const char*>, 5> kKinds{{{Kind::object, "object"},
                                                              {Kind::version, "version"},
                                                              {Kind::delete_marker, "delete-marker"},
                                                              {Kind::changed, "changed"},
                                                              {Kind::gone, "gone"}}};

constexpr Errc kCodes[] = {Errc::not_found, Errc::access_denied,  Errc::archived,
                           Errc::io,        Errc::corrupt,        Errc::unsupported,
                           Errc::limit,     Errc::authentication, Errc::invalid_argument};

const char* name_of(Kind kind) {
  for (const auto& [value, name] : kKinds)
    if (value == kind) return name;
  return "";
}

// Evidence that is no UTF-8 would not survive in JSON: such keys are written in hexadecimal.
void put_key(Out& out, const char* name, const std::string& key) {
  if (base::to_utf8(key) == key)
    out[name] = key;
  else
    out[std::string(name) + "_hex"] = base::to_hex(as_bytes(key));
}

void put(Out& out, const char* name, const std::string& text) {
  if (!text.empty()) out[name] = base::to_utf8(text);
}

void put(Out& out, const char* name, const std::optional<Time>& time) {
  if (time) out[name] = to_string(*time);
}

Out error_json(const Error& error) {
  return {{"code", to_string(error.code)}, {"message", base::to_utf8(error.message)}};
}

Out troubles_json(const std::vector<Trouble>& troubles, const char* name) {
  Out list = Out::array();
  for (const Trouble& trouble : troubles) {
    Out row;
    put_key(row, name, trouble.where);
    row["error"] = error_json(trouble.error);
    list.push_back(std::move(row));
  }
  return list;
}

std::string line_of(const Out& out) { return out.dump(-1, ' ', false, Out::error_handler_t::replace); }

Error read_error(const base::Members& in) {
  Error error{Errc::io, in.text("message")};
  const std::string code = in.text("code");
  bool known = false;
  for (const Errc candidate : kCodes)
    if (code == to_string(candidate)) {
      error.code = candidate;
      known = true;
    }
  if (!known) in.refuse("code");
  return error;
}

std::vector<Trouble> read_troubles(const base::Members& in, const char* list, const char* name) {
  std::vector<Trouble> out;
  in.each(list, [&](const base::Members& row) {
    Trouble trouble{row.key(name), {}};
    row.inside("error", [&](const base::Members& error) { trouble.error = read_error(error); });
    out.push_back(std::move(trouble));
  });
  return out;
}

}  // namespace

std::string Record::id() const {
  std::string out = key;
  out += '\0';
  out += static_cast<char>('0' + static_cast<int>(kind));
  // Of one key there are many versions, and perhaps several changes; the other kinds are one each.
  if (kind == Kind::version || kind == Kind::delete_marker) out += attributes.version_id;
  if (kind == Kind::changed) out.append(as_text(sha256)).append(as_text(metadata_sha256));
  return out;
}

std::string to_line(const Record& record, const std::string& bucket) {
  Out out;
  out["kind"] = name_of(record.kind);
  if (!bucket.empty()) out["uri"] = base::to_utf8("s3://" + bucket + "/" + record.key);
  put_key(out, "key", record.key);
  put(out, "version_id", record.attributes.version_id);
  put(out, "etag", record.attributes.etag);
  if (record.kind != Kind::gone && record.kind != Kind::delete_marker) out["size"] = record.size;
  if (record.kind == Kind::delete_marker) out["latest"] = record.latest;
  put(out, "last_modified", record.attributes.modified);
  put(out, "storage_class", record.attributes.storage_class);
  put(out, "encryption", record.attributes.encryption);
  put(out, "kms_key", record.attributes.kms_key);
  if (record.attributes.bucket_key) out["bucket_key"] = true;
  out["acquired"] = to_string(record.acquired);
  if (record.error) out["error"] = error_json(*record.error);
  if (record.has_bytes()) {
    out["sha256"] = base::to_hex(record.sha256);
    if (record.content_sha256) out["content_sha256"] = base::to_hex(*record.content_sha256);
    put(out, "content_fault", record.content_fault);
    out["path"] = record.path;
    if (!record.metadata_path.empty()) {
      out["metadata_path"] = record.metadata_path;
      out["metadata_sha256"] = base::to_hex(record.metadata_sha256);
    }
  }
  return line_of(out);
}

std::string to_line(const Run& run) {
  Out out;
  put(out, "bucket", run.bucket);
  out["begin"] = to_string(run.begin);
  put(out, "end", run.end);
  out["interrupted"] = run.interrupted;
  out["tool"] = {{"name", run.tool}, {"version", run.tool_version}, {"sha256", run.tool_sha256}};
  put(out, "operator", run.operator_name);
  Out caller = Out::object();
  put(caller, "account", run.caller_account);
  put(caller, "arn", run.caller_arn);
  put(caller, "user_id", run.caller_user_id);
  put(caller, "error", run.caller_error);
  out["caller"] = std::move(caller);
  out["arguments"] = Out::array();
  for (const std::string& word : run.arguments) out["arguments"].push_back(base::to_utf8(word));
  Out selection = Out::object();
  put(selection, "prefix", run.selection.prefix);
  put(selection, "since", run.selection.since);
  put(selection, "until", run.selection.until);
  selection["accounts"] = run.selection.accounts;
  selection["regions"] = run.selection.regions;
  selection["versions"] = run.selection.versions;
  out["selection"] = std::move(selection);
  const Counts& counts = run.counts;
  out["counts"] = {{"acquired", counts.acquired},
                   {"kept", counts.kept},
                   {"failed", counts.failed},
                   {"changed", counts.changed},
                   {"gone", counts.gone},
                   {"versions", counts.versions},
                   {"delete_markers", counts.delete_markers},
                   {"bytes", counts.bytes}};
  out["unlisted"] = troubles_json(run.unlisted, "prefix");
  out["keys"] = Out::array();
  for (const KeyNote& key : run.keys)
    out["keys"].push_back(
        {{"fingerprint", key.fingerprint}, {"region", key.region}, {"valid_from", key.from}, {"valid_to", key.to}});
  out["key_errors"] = troubles_json(run.key_errors, "region");
  return line_of(out);
}

Result<Record> parse_record(std::string_view line) {
  Record record;
  TRY_VOID(base::read_members(line, kMostLineBytes, [&](const base::Members& in) {
    const std::string kind = in.text("kind");
    bool known = false;
    for (const auto& [value, name] : kKinds)
      if (kind == name) {
        record.kind = value;
        known = true;
      }
    if (!known) in.refuse("kind");
    record.key = in.key("key");
    if (record.key.empty()) in.refuse("key");
    record.attributes.version_id = in.text("version_id");
    record.attributes.etag = in.text("etag");
    record.attributes.modified = in.time("last_modified");
    record.attributes.storage_class = in.text("storage_class");
    record.attributes.encryption = in.text("encryption");
    record.attributes.kms_key = in.text("kms_key");
    record.attributes.bucket_key = in.flag("bucket_key");
    record.size = in.number("size");
    record.latest = in.flag("latest");
    record.acquired = in.time("acquired").value_or(Time{});
    in.inside("error", [&](const base::Members& error) { record.error = read_error(error); });
    if (!record.has_bytes()) return;
    record.sha256 = in.sha256("sha256").value_or(Sha256{});
    if (!in.has("sha256")) in.refuse("sha256");
    record.content_sha256 = in.sha256("content_sha256");
    record.content_fault = in.text("content_fault");
    record.path = in.text("path");
    if (record.path.empty()) in.refuse("path");
    record.metadata_path = in.text("metadata_path");
    if (record.metadata_path.empty()) return;
    record.metadata_sha256 = in.sha256("metadata_sha256").value_or(Sha256{});
    if (!in.has("metadata_sha256")) in.refuse("metadata_sha256");
  }));
  return record;
}

Result<Run> parse_run(std::string_view line) {
  Run run;
  TRY_VOID(base::read_members(line, kMostLineBytes, [&](const base::Members& in) {
    run.bucket = in.text("bucket");
    if (!in.has("begin")) in.refuse("begin");
    run.begin = in.time("begin").value_or(Time{});
    run.end = in.time("end");
    run.interrupted = in.flag("interrupted");
    in.inside("tool", [&](const base::Members& tool) {
      run.tool = tool.text("name");
      run.tool_version = tool.text("version");
      run.tool_sha256 = tool.text("sha256");
    });
    run.operator_name = in.text("operator");
    in.inside("caller", [&](const base::Members& caller) {
      run.caller_account = caller.text("account");
      run.caller_arn = caller.text("arn");
      run.caller_user_id = caller.text("user_id");
      run.caller_error = caller.text("error");
    });
    run.arguments = in.texts("arguments");
    in.inside("selection", [&](const base::Members& selection) {
      run.selection.prefix = selection.text("prefix");
      run.selection.since = selection.time("since");
      run.selection.until = selection.time("until");
      run.selection.accounts = selection.texts("accounts");
      run.selection.regions = selection.texts("regions");
      run.selection.versions = selection.flag("versions");
    });
    in.inside("counts", [&](const base::Members& counts) {
      run.counts = {.acquired = counts.number("acquired"),
                    .kept = counts.number("kept"),
                    .failed = counts.number("failed"),
                    .changed = counts.number("changed"),
                    .gone = counts.number("gone"),
                    .versions = counts.number("versions"),
                    .delete_markers = counts.number("delete_markers"),
                    .bytes = counts.number("bytes")};
    });
    run.unlisted = read_troubles(in, "unlisted", "prefix");
    in.each("keys", [&](const base::Members& key) {
      run.keys.push_back({key.text("fingerprint"), key.text("region"), key.text("valid_from"), key.text("valid_to")});
    });
    run.key_errors = read_troubles(in, "key_errors", "region");
  }));
  return run;
}

}  // namespace trailseal::collect
