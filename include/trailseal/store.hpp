// Where evidence is read from: one bucket, real (S3) or mirrored in a directory.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailseal/bytes.hpp"
#include "trailseal/result.hpp"
#include "trailseal/time.hpp"

namespace trailseal::aws {
class CredentialSource;
}

namespace trailseal::store {

// S3 user metadata without the "x-amz-meta-" prefix, names in lower case: {"signature": "50ab..."}.
using Metadata = std::map<std::string, std::string, std::less<>>;

// One row of a listing. What the store would have to ask for each object (a mirror) is 0 or empty.
struct ObjectInfo {
  std::string key;
  std::uint64_t size = 0;  // bytes as stored
  std::string etag = {};   // with its quotes
  std::string storage_class = {};
  std::optional<Time> modified = {};
};

// One row of the history of a bucket with versioning.
struct Version {
  ObjectInfo object;  // of a delete marker: key and time only
  std::string id;     // "null" for what was put before versioning was switched on
  bool latest = false;
  bool delete_marker = false;
};

// What lies directly below a prefix that ends in "/" (or is empty).
struct Folder {
  std::vector<std::string> folders;  // full prefixes ending in "/", in byte order
  std::vector<ObjectInfo> objects;   // in byte order of key; side files of a mirror left out
};

struct GetOptions {
  std::size_t limit;              // bytes as stored; a larger object is Errc::limit
  bool with_metadata = false;     // a mirror opens the side file only when asked
  std::string_view version = {};  // which one, as Version::id names it; empty: the current one
  // What was read before looks damaged. S3: over a new connection, and bytes that are not those whose MD5 S3 states
  // (its ETag, where that is one) are Errc::io.
  bool again = false;
};

// What S3 says of an object beside its bytes (GetObject and HeadObject, response headers). Empty: it does not say.
struct Attributes {
  std::string version_id;
  std::string etag;  // with its quotes
  std::optional<Time> modified;
  std::string storage_class;  // S3 leaves out STANDARD
  std::string encryption;     // "AES256", "aws:kms", "aws:kms:dsse"
  std::string kms_key;        // the ARN, or what else the object's writer called the key
  bool bucket_key = false;
  bool operator==(const Attributes&) const = default;
};

struct Object {
  // Absent: the store holds no metadata for this object (a mirror without a side file). Present and empty: it does,
  // and there is none.
  std::optional<Metadata> metadata;
  // The object is fine, but its metadata could not be read (a side file that is no JSON): metadata is absent then.
  std::optional<Error> metadata_error;
  Attributes attributes = {};  // only with metadata
  // As long as it lives, the bytes count among those that the store hands out at once: let go of the bytes first.
  std::shared_ptr<const void> room = {};
};

// Visits keys; return false to end the listing early.
using Visitor = std::function<bool(const ObjectInfo&)>;
using VersionVisitor = std::function<bool(const Version&)>;
// The same for an outline: `cut` when the name is that of a key up to its delimiter, and stands for all that begin so.
using OutlineVisitor = std::function<bool(const ObjectInfo& name, bool cut)>;
// Hears of a part that could not be listed (a directory without permission, a link that leaves the mirror); the listing
// goes on.
using TroubleVisitor = std::function<void(std::string_view prefix, const Error&)>;

// Thread-safe: all functions may be called from several threads at once.
//
// Errors, told apart because they mean different things to the judges: not_found = missing; access_denied, archived,
// io, limit, invalid_argument (a key that this store cannot hold, such as one with "..") = could not tell.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  // How the user named it, for messages and reports ("mirror/", "s3://acme-trail").
  virtual std::string_view label() const = 0;

  // All keys that begin with `prefix` and come after `after`, in byte order.
  virtual Result<void> list(std::string_view prefix, std::string_view after, const Visitor& visit,
                            const TroubleVisitor& trouble) const = 0;

  // As list(), but all keys that have the same text up to the first `delimiter` behind the prefix are visited once, as
  // that text with the delimiter. So a store names the folders of a level, or the days of a year, in a page or two.
  virtual Result<void> outline(std::string_view prefix, std::string_view after, std::string_view delimiter,
                               const OutlineVisitor& visit, const TroubleVisitor& trouble) const;

  // One level. A prefix without anything below it is an empty Folder, not an error.
  virtual Result<Folder> folder(std::string_view prefix, const TroubleVisitor& trouble) const = 0;

  // Reads the whole object into `bytes` (its old content is dropped, its capacity kept).
  virtual Result<Object> get(std::string_view key, const GetOptions& options, Bytes& bytes) const = 0;

  // All versions and delete markers of the keys that begin with `prefix`, in byte order of key, the newest of a key
  // first. Errors: those of a listing; unsupported (a copy without versions).
  virtual Result<void> versions(std::string_view prefix, const VersionVisitor& visit) const = 0;

  // The folders directly below a prefix that ends in "/" (or is empty) in which any version or delete marker lies, so
  // also those that `folder` does not show because everything in them was deleted. Full prefixes, in byte order.
  // Errors: as of `versions`. Unless a store knows better, by going through all of `versions`.
  virtual Result<std::vector<std::string>> version_folders(std::string_view prefix) const;
};

// A directory that mirrors one bucket: an object's key is its path relative to `path`. The S3 metadata of an object
// stand beside it in `<object>.metadata.json`, in the shape of `aws s3api head-object`. Links that leave the directory,
// FIFOs, devices and sockets are never read. Errors: not_found, access_denied, invalid_argument (not a directory).
struct MirrorOptions {
  bool sizes = false;  // listings tell sizes, at the price of a look at each file
};
Result<std::unique_ptr<ObjectStore>> open_mirror(const std::string& path, const MirrorOptions& options = {});

struct S3Options {
  std::string bucket;
  std::string region;          // empty: asked of S3
  std::string endpoint;        // "https://host[:port]" instead of AWS's own; empty: AWS_ENDPOINT_URL_S3, if it is set
  std::string profile;         // of ~/.aws, whose settings stand behind the environment's; empty: the chosen one
  std::string expected_owner;  // account id; S3 refuses every request if the bucket is another's
  bool request_payer = false;  // the requester pays for the bytes
  const std::atomic<bool>* cancel = nullptr;  // set it: requests end soon, with Errc::io
  // At most so many requests are under way at once. How many really are adapts: more while that helps, half as many
  // after a 503 SlowDown or a silence.
  unsigned most_requests = 64;
  // Objects that are handed out at once (Object::room) have at most so many bytes, or there is but one: `get` waits.
  // One that is asked for with a limit of 1 MiB or less is not counted, and never waits.
  std::uint64_t most_bytes = 256u << 20;
};

// A bucket of S3, over HTTPS, read only. Requests that fail for a passing reason are repeated (AWS_MAX_ATTEMPTS, 5),
// so an error that comes back has been tried again where that could help. A 403 is access_denied, and never not_found:
// without s3:ListBucket, S3 answers so for a missing object too. `get` always has metadata. Keys with "." or ".."
// between slashes are invalid_argument: what stands between us and S3 may resolve them.
// Environment: AWS_REGION, AWS_ENDPOINT_URL[_S3], AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT, AWS_CA_BUNDLE,
// AWS_MAX_ATTEMPTS, AWS_RETRY_MODE, HTTPS_PROXY, NO_PROXY, or what the profile says instead. One request is made to
// find the bucket. Errors: not_found (no such bucket), invalid_argument, unsupported (no libcurl, a certificate),
// authentication (credentials that S3 refuses), io, corrupt.
Result<std::unique_ptr<ObjectStore>> open_s3(const S3Options& options,
                                             std::shared_ptr<aws::CredentialSource> credentials);

}  // namespace trailseal::store
