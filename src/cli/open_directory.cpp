#include "cli/open_directory.hpp"

#include "collect/collection.hpp"

namespace trailseal::cli {

Result<verify::Source> open_directory(const SourceName& name, const OpenDirectory& how, verdict::Findings& findings) {
  if (!how.compare || how.sizes || !collect::is_collection(name.path)) {
    TRY(auto store, store::open_mirror(name.path, {.sizes = how.sizes}));
    return verify::Source{std::move(store), name.bucket, name.prefix};
  }
  TRY(auto collection, collect::open_collection(name.path, how.backend, how.jobs, [&how] { return how.stop.load(); }));
  findings.merge(std::move(collection.findings));
  verify::Source source{std::move(collection.store), name.bucket.empty() ? collection.bucket : name.bucket};
  source.acquired = collection.acquired;
  source.provenance = std::move(collection.provenance);
  return source;
}

}  // namespace trailseal::cli
