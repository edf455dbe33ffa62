// Readers to borrow: as many as the run has jobs, which bounds how much is fetched at once; and the benches that they
// share: one for each CPU.
#pragma once

#include <memory>

#include "verify/lending.hpp"
#include "verify/read.hpp"

namespace trailseal::verify {

class Readers {
 public:
  // `unsealing` must outlive them.
  static Result<std::unique_ptr<Readers>> make(const crypto::Backend& backend, const Unsealing& unsealing,
                                               unsigned count);

  Lending<Reader>::Lease borrow() { return readers_.borrow(); }

 private:
  Workshop workshop_;
  Lending<Reader> readers_;
};

}  // namespace trailseal::verify
