// What a service says about a request that it refused.
#pragma once

#include <string>

#include "aws/http.hpp"

namespace trailseal::aws {

struct ServiceError {
  std::string code;      // "NoSuchKey", "ThrottlingException"; empty: the body says none
  std::string message;   // at most 300 bytes of it
  std::string region;    // S3: where the bucket is
  std::string endpoint;  // S3: where to ask
};

// Reads the XML of S3 and STS (<Error>, <ErrorResponse><Error>) and the JSON of the others ({"__type": ...}). A body
// that is neither gives an empty code: proxies answer in HTML.
ServiceError service_error(const HttpResponse& response, ByteView body);

}  // namespace trailseal::aws
