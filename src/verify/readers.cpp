#include "verify/readers.hpp"

#include <algorithm>

#include "base/parallel.hpp"

namespace trailseal::verify {

Result<std::unique_ptr<Readers>> Readers::make(const crypto::Backend& backend, const Unsealing& unsealing,
                                               unsigned count) {
  auto readers = std::make_unique<Readers>();
  for (unsigned i = 0; i < std::min(count, base::job_count(0)); ++i) {
    TRY(auto bench, Bench::make(backend));
    readers->workshop_.add(std::make_unique<Bench>(std::move(bench)));
  }
  for (unsigned i = 0; i < count; ++i) readers->readers_.add(std::make_unique<Reader>(readers->workshop_, unsealing));
  return readers;
}

}  // namespace trailseal::verify
