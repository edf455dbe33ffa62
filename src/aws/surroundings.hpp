// What the search for credentials may look at. All of it is handed in, so that the search can be tested without a
// machine around it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/environment.hpp"
#include "aws/http.hpp"
#include "aws/retry.hpp"
#include "aws/secret.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/result.hpp"
#include "trailseal/time.hpp"

namespace trailseal::aws {

// All of it thread-safe. `http` and `backend` must outlive whatever is made from it.
struct Surroundings {
  Environment environment;
  // A whole file of at most 1 MiB. Errors: not_found, access_denied, io, limit; without the content.
  std::function<Result<Secret>(const std::string& path)> read_file;
  // Runs a program, without a shell, and gives its standard output. Errors: see run_program.
  std::function<Result<Secret>(const std::vector<std::string>& words)> run;
  std::function<Time()> now;
  Http* http = nullptr;
  const crypto::Backend* backend = nullptr;
  RetryPolicy retry;
};

// Those of this process; `profile` is --profile, whose settings stand behind the variables (configured_environment).
Surroundings process_surroundings(Http& http, const crypto::Backend& backend, const std::atomic<bool>* cancel = nullptr,
                                  std::string_view profile = {});

// What Surroundings::read_file is.
Result<Secret> read_small_file(const std::string& path);

}  // namespace trailseal::aws
