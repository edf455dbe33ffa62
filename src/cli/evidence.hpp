// What the commands that verify share: from flags to sources that are open, keys that are trusted, and a run over them.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/aws_flags.hpp"
#include "cli/flags.hpp"
#include "cli/interrupt.hpp"
#include "cli/key_files.hpp"
#include "cli/verify_request.hpp"
#include "forensics/investigate.hpp"
#include "trailseal/estimate.hpp"
#include "trailseal/verify.hpp"

namespace trailseal::cli {

// Keys, window, filters, backend, S3, KMS, strictness, in the order of --help; "no-progress" is the last.
std::vector<Flag> evidence_flags();

struct EvidencePlan {
  verify::Request request;
  std::vector<SourceName> source_names;
  bool in_s3() const;  // any of them
};
std::optional<UsageError> read_evidence_plan(const Arguments& arguments, EvidencePlan& plan);

// From here on the run can be interrupted.
class Evidence {
 public:
  Evidence(const Arguments& arguments, EvidencePlan plan);

  // Each prints what is wrong and returns the exit status; nullopt: all is well. First the sources, then the keys and
  // what is known of KMS's.
  std::optional<int> open();
  std::optional<int> load_trust();

  verify::Estimate estimate();
  // Errors: those of verify::run.
  Result<verdict::Verdict> verify(bool may_show_progress, const forensics::Questions& questions = {});

  verify::Request& request() { return plan_.request; }
  const crypto::Backend& backend() const { return *backend_; }
  const std::atomic<bool>& stopped() const { return progress_.stop; }

 private:
  bool fetches_keys() const;
  Result<verify::Source> open_bucket(const SourceName& name);
  Result<void> open_sources();
  int no_keys(std::string_view why) const;
  std::string hint_of_equals() const;

  const Arguments& arguments_;
  EvidencePlan plan_;
  verify::Progress progress_;
  InterruptGuard guard_;
  std::unique_ptr<crypto::Backend> cross_check_;
  const crypto::Backend* backend_ = nullptr;
  AwsAccess access_;
  std::vector<verify::Source> sources_;
  TrustedKeys keys_;
};

}  // namespace trailseal::cli
