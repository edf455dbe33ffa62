// What the conformance tests of the crypto layer run over.
#pragma once

#include <memory>
#include <vector>

#include "trailseal/crypto.hpp"

namespace trailseal::test {

// All that claim to be a Backend.
inline std::vector<const crypto::Backend*> subjects() {
  static const std::unique_ptr<crypto::Backend> cross_check = [] {
    auto made = crypto::make_cross_check({crypto::backends().begin(), crypto::backends().end()});
    return made ? std::move(*made) : nullptr;
  }();
  std::vector<const crypto::Backend*> all(crypto::backends().begin(), crypto::backends().end());
  if (cross_check) all.push_back(cross_check.get());
  return all;
}

template <class T>
bool refused(const Result<T>& result, Errc code) {
  return !result && result.error().code == code;
}

}  // namespace trailseal::test
