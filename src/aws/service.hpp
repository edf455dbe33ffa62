// One signed POST to a service of AWS other than S3, and what its refusals mean.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "aws/credentials.hpp"
#include "aws/service_error.hpp"
#include "aws/sigv4.hpp"
#include "aws/surroundings.hpp"

namespace trailseal::aws {

struct Service {
  std::string url;                       // as endpoint_url gives it
  SigningScope scope;                    // whom it is signed for
  std::chrono::milliseconds timeout{0};  // for one attempt; 0: only a stall ends it
};

// What a service answered: a body, or that it refuses.
struct Answer {
  struct Refusal {
    std::string code;  // as service_error gives it; may be empty
    Error error;       // what post would return
  };
  Bytes body;  // empty when refused
  std::optional<Refusal> refusal;
};

// As post, but a refusal is a value.
Result<Answer> ask(const Surroundings& surroundings, const Service& service, Headers headers, std::string body,
                   CredentialSource* credentials, std::string_view what);

// Posts `body` with `headers` and returns the body of the answer, at most 16 MiB. It is signed anew for each attempt;
// without `credentials` it is sent unsigned. `what` begins every message: "ListPublicKeys in eu-west-1". Errors:
// access_denied, authentication (credentials that are wrong or expired), not_found, invalid_argument, unsupported,
// those of Http::send and of the credentials; io for the rest. No message contains a secret, though a service may send
// one back.
Result<Bytes> post(const Surroundings& surroundings, const Service& service, Headers headers, std::string body,
                   CredentialSource* credentials, std::string_view what);

// The kind of error that a code of AWS's stands for.
Errc errc_of(int status, std::string_view code);

// `text` up to its first line's end, or nothing if it repeats a secret: the answer SignatureDoesNotMatch holds the
// request as it should have been signed, session token and all.
std::string without_secrets(std::string text, const Credentials& credentials);

}  // namespace trailseal::aws
