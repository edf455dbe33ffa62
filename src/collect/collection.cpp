#include "collect/collection.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <iterator>
#include <mutex>

#include "base/hex.hpp"
#include "base/parallel.hpp"
#include "collect/collection_store.hpp"
#include "collect/hashing.hpp"
#include "collect/manifest.hpp"
#include "collect/paths.hpp"
#include "collect/selection.hpp"
#include "store/beneath.hpp"
#include "store/mirror.hpp"

namespace trailseal::collect {
namespace {

using verdict::Code;

constexpr std::size_t kBatch = 1024;
constexpr std::size_t kMostFile = 256u << 20;  // no larger object is acquired

// A path in 16 bytes. A million of them are compared with what the directory holds.
using Fingerprint = std::array<std::uint8_t, 16>;

class Check {
 public:
  Check(const std::string& path, const store::ObjectStore& files, const crypto::Backend& backend, unsigned jobs,
        const std::function<bool()>& stop)
      : label_(path.ends_with('/') ? path : path + "/"), files_(files), backend_(backend), jobs_(jobs), stop_(stop) {}

  void add(Record record) {
    if (record.error) {
      ++failed_;
      if (first_failed_.empty()) first_failed_ = record.key;
    }
    if (record.kind == Kind::object) failed_key_ = record.error ? record.key : "";
    if (record.kind == Kind::gone && record.key == failed_key_) --failed_;  // there is nothing left to acquire
    if (record.kind == Kind::changed || record.kind == Kind::gone)
      findings.add({.code = Code::collection_object_changed,
                    .subject = label_ + record.key,
                    .detail = record.kind == Kind::gone
                                  ? "acquired first, and no longer in the bucket at " + to_string(record.acquired)
                                  : "the bytes acquired first stay; those of " + to_string(record.acquired) +
                                        " are kept in " + record.path});
    if (!record.has_bytes()) return;
    batch_.push_back(std::move(record));
    if (batch_.size() >= kBatch) flush();
  }

  void flush() {
    if (stop_()) batch_.clear();
    std::mutex mutex;
    base::parallel_for(jobs_, batch_.size(), 8, [&](std::size_t i) {
      if (stop_()) return;
      const Record& record = batch_[i];
      compare(record.path, record.sha256, mutex);
      if (!record.metadata_path.empty()) compare(record.metadata_path, record.metadata_sha256, mutex);
    });
    batch_.clear();
  }

  void extras() {
    if (stop_()) return;
    std::sort(known_.begin(), known_.end());
    const auto trouble = [&](std::string_view path, const Error& error) {
      findings.add({.code = Code::collection_file_extra,
                    .subject = label_ + std::string(path),
                    .detail = std::string(to_string(error.code)) + ": " + error.message});
    };
    const auto visit = [&](const store::ObjectInfo& file) {
      if (!is_own_file(file.key) && !is_known(file.key))
        findings.add({.code = Code::collection_file_extra, .subject = label_ + file.key});
      return !stop_();
    };
    if (const auto listed = files_.list("", "", visit, trouble); !listed) trouble("", listed.error());
  }

  std::uint64_t failed() const { return failed_; }
  const std::string& first_failed() const { return first_failed_; }
  verdict::Findings findings;

 private:
  std::optional<Fingerprint> fingerprint(const std::string& path) const {
    const auto hash = hash_of(as_bytes(path), backend_);
    if (!hash) return std::nullopt;
    Fingerprint out{};
    std::copy_n(hash->begin(), out.size(), out.begin());
    return out;
  }

  bool is_known(const std::string& path) const {
    const auto wanted = fingerprint(path);
    return !wanted || std::binary_search(known_.begin(), known_.end(), *wanted);
  }

  void compare(const std::string& path, const Sha256& expected, std::mutex& mutex) {
    Bytes bytes;
    const auto read = files_.get(path, {.limit = kMostFile}, bytes);
    const auto hash = read ? hash_of(bytes, backend_) : Result<Sha256>(Sha256{});
    const auto name = fingerprint(path);
    const std::lock_guard lock(mutex);
    if (name) known_.push_back(*name);
    if (read && hash && *hash == expected) return;
    verdict::Finding finding{.code = Code::collection_file_differs, .subject = label_ + path};
    if (read && hash) {
      finding.expected = "the SHA-256 " + base::to_hex(expected);
      finding.found = base::to_hex(*hash);
    } else if (!read && read.error().code == Errc::not_found) {
      finding.code = Code::collection_file_missing;
    } else {
      const Error& error = read ? hash.error() : read.error();
      finding.code = Code::collection_incomplete;
      finding.detail =
          "a file of the copy cannot be read: " + std::string(to_string(error.code)) + ": " + error.message;
    }
    findings.add(std::move(finding));
  }

  std::string label_;
  const store::ObjectStore& files_;
  const crypto::Backend& backend_;
  unsigned jobs_;
  const std::function<bool()>& stop_;
  std::vector<Record> batch_;
  std::vector<Fingerprint> known_;
  std::uint64_t failed_ = 0;
  std::string first_failed_, failed_key_;
};

// `whole` hears of every byte.
Result<void> read_lines(int file, crypto::Hasher& whole, const std::function<Result<void>(std::string_view)>& use) {
  std::string text(1u << 20, '\0'), line;
  for (;;) {
    const ssize_t got = ::read(file, text.data(), text.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return store::error_of(errno);
    whole.update(as_bytes(std::string_view(text).substr(0, static_cast<std::size_t>(got))));
    if (got == 0) return line.empty() ? Result<void>() : use(line);
    std::string_view rest(text.data(), static_cast<std::size_t>(got));
    for (std::size_t feed; (feed = rest.find('\n')) != std::string_view::npos; rest.remove_prefix(feed + 1)) {
      line += rest.substr(0, feed);
      TRY_VOID(use(line));
      line.clear();
    }
    line += rest;
    if (line.size() > kMostLineBytes) return Error{Errc::limit, "the manifest: a line of more than 1 MiB"};
  }
}

verdict::Acquisition acquisition_of(const Run& run) {
  return {.begin = run.begin,
          .end = run.end,
          .interrupted = run.interrupted,
          .operator_name = run.operator_name,
          .account = run.caller_account,
          .arn = run.caller_arn,
          .tool = run.tool,
          .tool_version = run.tool_version,
          .tool_sha256 = run.tool_sha256,
          .arguments = run.arguments,
          .acquired = run.counts.acquired,
          .failed = run.counts.failed,
          .bytes = run.counts.bytes};
}

verdict::Provenance provenance_of(const std::vector<Run>& runs, const Sha256& manifest) {
  verdict::Provenance out{.manifest_sha256 = base::to_hex(manifest), .runs = {}, .runs_in_all = runs.size()};
  const std::size_t kept = std::min(runs.size(), verdict::Provenance::kMostRuns);
  std::transform(runs.end() - static_cast<std::ptrdiff_t>(kept), runs.end(), std::back_inserter(out.runs),
                 acquisition_of);
  return out;
}

bool uses_versions(const std::vector<Run>& runs) {
  return std::any_of(runs.begin(), runs.end(), [](const Run& run) { return run.selection.versions; });
}

void judge_runs(const std::string& path, const Index& index, const Check& check, bool running,
                verdict::Findings& findings) {
  std::string why;
  const auto add = [&](const std::string& clause) { why += (why.empty() ? "" : "; ") + clause; };
  const Run& last = index.runs.back();
  if (running)
    add("a run is under way or was ended by force");
  else if (!last.listed())
    add(last.end ? "the last run was interrupted" : "the last run was ended by force");
  std::size_t unlisted = 0, unfinished = 0;
  for (const Run* run : standing(index.runs)) {
    unlisted += run->unlisted.size();
    if (run != &last && !run->listed()) ++unfinished;
  }
  if (unfinished != 0)
    add(std::to_string(unfinished) + " earlier runs, which selected more than those after them, came to an early end");
  if (unlisted != 0) add(std::to_string(unlisted) + " parts of the bucket could not be listed");
  if (check.failed() != 0)
    add(std::to_string(check.failed()) + (check.failed() == 1 ? " object" : " objects") +
        " could not be acquired, such as " + check.first_failed());
  else if (last.counts.failed != 0)
    add("the last run could not read again " + std::to_string(last.counts.failed) + " of the objects that had changed");
  if (!why.empty()) findings.add({.code = Code::collection_incomplete, .subject = path, .detail = why});
}

}  // namespace

bool is_collection(const std::string& path) {
  const auto root = store::Root::open(path);
  if (!root) return false;
  for (const auto name : {kJournal, kRunning})
    if (root->open_beneath(std::string(name), O_PATH)) return true;
  const auto manifest = root->open_beneath(std::string(kManifest), O_RDONLY);
  if (!manifest) return false;
  std::array<char, 64> begin{};
  const ssize_t got = ::read(manifest->number(), begin.data(), begin.size());
  return got > 0 && std::string_view(begin.data(), static_cast<std::size_t>(got)).find("\"trailseal-collection\"") !=
                        std::string_view::npos;
}

Result<Collection> open_collection(const std::string& path, const crypto::Backend& backend, unsigned jobs,
                                   const std::function<bool()>& stop) {
  TRY(const store::Root root, store::Root::open(path));
  TRY(auto files, store::open_files(path));
  Collection out;
  Index index;
  Check check(path, *files, backend, base::job_count(jobs), stop);
  const bool running = root.open_beneath(std::string(kRunning), O_PATH).has_value();
  const auto manifest = root.open_beneath(std::string(kManifest), O_RDONLY);
  TRY(const auto hasher, backend.hasher(crypto::Hash::sha256));
  Result<void> read;
  if (!manifest) {
    read = manifest.error().code == Errc::not_found && running
               ? Error{Errc::not_found, "there is none: the run that should have written it was ended by force"}
               : manifest.error();
  } else {
    ManifestReader reader([&](Record record) -> Result<void> {
      index.add(record);
      check.add(std::move(record));
      return {};
    });
    std::size_t runs = 0;
    read = read_lines(manifest->number(), *hasher, [&](std::string_view line) -> Result<void> {
      TRY_VOID(reader.line(line));
      if (runs != reader.runs().size()) index.versions = uses_versions(reader.runs());
      runs = reader.runs().size();
      return {};
    });
    if (read) read = reader.finish();
    check.flush();
    index.runs = reader.runs();
  }
  index.whole = read.has_value();
  out.findings = std::move(check.findings);
  if (index.whole) {
    check.findings = {};
    check.extras();
    out.findings.merge(std::move(check.findings));
    judge_runs(path, index, check, running, out.findings);
    out.bucket = index.runs.back().bucket;
    for (const Run& run : index.runs)
      if (run.listed()) out.acquired = run.begin;
    Sha256 hash{};
    TRY_VOID(hasher->finish(hash));
    out.provenance = provenance_of(index.runs, hash);
  } else {
    out.findings.add({.code = Code::collection_manifest_unreadable,
                      .subject = path,
                      .detail = std::string(to_string(read.error().code)) + ": " + read.error().message});
  }
  index.sort();
  out.store = make_collection_store(path, std::move(files), std::move(index));
  return out;
}

}  // namespace trailseal::collect
