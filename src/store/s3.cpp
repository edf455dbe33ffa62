// A bucket of S3 as an ObjectStore (Amazon S3 API Reference: ListObjectsV2, GetObject).
//
// A listing is only believed as far as it keeps S3's own promises: keys begin with the prefix, rise in byte order and
// come after the place where the listing began. Whatever breaks them could hide or repeat evidence, and is an error.
#include <chrono>
#include <utility>

#include "aws/configuration.hpp"
#include "aws/list_xml.hpp"
#include "aws/paced_http.hpp"
#include "aws/sigv4.hpp"
#include "base/budget.hpp"
#include "base/hex.hpp"
#include "base/http_date.hpp"
#include "store/s3_bucket.hpp"

namespace trailseal::store {
namespace {

constexpr std::string_view kMetadataPrefix = "x-amz-meta-";
constexpr std::size_t kSmall = 1u << 20;
constexpr std::size_t kMostFolderEntries = 1'000'000;
constexpr int kMostEmptyPages = 1000;  // one after another; S3 may send some after many deletions

// Whether nothing between us and S3 can take this path for another.
bool is_plain(std::string_view key) {
  if (key.empty() || key.size() > aws::kMostKeyBytes || key.find('\0') != std::string_view::npos) return false;
  for (;;) {
    const auto slash = key.find('/');
    const auto part = key.substr(0, slash);
    if (part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    key.remove_prefix(slash + 1);
  }
}

Error broken(const char* fault) { return {Errc::corrupt, std::string("the listing: ") + fault}; }

// Checks that keys or prefixes are what was asked for, and in order.
class Order {
 public:
  Order(std::string_view prefix, std::string_view after) : prefix_(prefix), last_(after) {}

  bool accept(const std::string& key) {
    if (!key.starts_with(prefix_) || key <= last_) return false;
    last_ = key;
    return true;
  }

 private:
  std::string prefix_, last_;
};

ObjectInfo info_of(const aws::ListedObject& listed) {
  ObjectInfo info{.key = listed.key, .size = listed.size, .etag = listed.etag, .storage_class = listed.storage_class};
  if (const auto time = parse_time(listed.modified)) info.modified = *time;
  return info;
}

Attributes attributes_of(const aws::Headers& headers) {
  const auto value = [&](std::string_view name) {
    const std::string* found = headers.find(name);
    return found == nullptr ? std::string() : *found;
  };
  Attributes out;
  out.version_id = value("x-amz-version-id");
  out.etag = value("etag");
  if (const auto time = base::parse_http_date(value("last-modified"))) out.modified = *time;
  out.storage_class = value("x-amz-storage-class");
  out.encryption = value("x-amz-server-side-encryption");
  out.kms_key = value("x-amz-server-side-encryption-aws-kms-key-id");
  out.bucket_key = value("x-amz-server-side-encryption-bucket-key-enabled") == "true";
  return out;
}

class S3 final : public ObjectStore {
 public:
  S3(const S3Options& options, const crypto::Backend& backend, std::unique_ptr<S3Bucket> bucket)
      : label_("s3://" + options.bucket),
        backend_(&backend),
        bucket_(std::move(bucket)),
        budget_(std::make_shared<base::Budget>(options.most_bytes)),
        cancel_(options.cancel) {}

  std::string_view label() const override { return label_; }

  Result<void> list(std::string_view prefix, std::string_view after, const Visitor& visit,
                    const TroubleVisitor&) const override {
    Order order(prefix, after);
    return pages(prefix, after, "", [&](const aws::ObjectPage& page) -> Result<bool> {
      for (const auto& object : page.objects) {
        if (!order.accept(object.key)) return broken("a key out of its order");
        if (!visit(info_of(object))) return false;
      }
      return true;
    });
  }

  Result<void> outline(std::string_view prefix, std::string_view after, std::string_view delimiter,
                       const OutlineVisitor& visit, const TroubleVisitor&) const override {
    Order order(prefix, after);
    return pages(prefix, after, delimiter, [&](const aws::ObjectPage& page) -> Result<bool> {
      // Both kinds rise by themselves; together they are the page.
      auto object = page.objects.begin();
      auto cut = page.folders.begin();
      while (object != page.objects.end() || cut != page.folders.end()) {
        const bool is_cut = object == page.objects.end() || (cut != page.folders.end() && *cut < object->key);
        const std::string& name = is_cut ? *cut : object->key;
        // Keys behind `after` may share a beginning with keys before it.
        if (is_cut && after.starts_with(name)) {
          ++cut;
          continue;
        }
        if (!order.accept(name) || (is_cut && !name.ends_with(delimiter))) return broken("a name out of its order");
        if (!visit(is_cut ? ObjectInfo{name} : info_of(*object), is_cut)) return false;
        is_cut ? static_cast<void>(++cut) : static_cast<void>(++object);
      }
      return true;
    });
  }

  Result<Folder> folder(std::string_view prefix, const TroubleVisitor& trouble) const override {
    if (!prefix.empty() && !prefix.ends_with('/'))
      return Error{Errc::invalid_argument, "a folder's prefix ends in \"/\""};
    Folder folder;
    Order objects(prefix, ""), folders(prefix, "");
    const auto listed = pages(prefix, "", "/", [&](const aws::ObjectPage& page) -> Result<bool> {
      for (const auto& object : page.objects) {
        if (!objects.accept(object.key)) return broken("a key out of its order");
        folder.objects.push_back(info_of(object));
      }
      for (const auto& name : page.folders) {
        if (!folders.accept(name) || !name.ends_with('/')) return broken("a prefix out of its order");
        folder.folders.push_back(name);
      }
      if (folder.objects.size() + folder.folders.size() > kMostFolderEntries)
        return Error{Errc::limit, "more than 1,000,000 entries in one folder"};
      return true;
    });
    if (!listed) trouble(prefix, listed.error());  // what came before it is still true
    return folder;
  }

  Result<Object> get(std::string_view key, const GetOptions& options, Bytes& bytes) const override {
    if (!is_plain(key)) return Error{Errc::invalid_argument, "a key that cannot be asked for safely"};
    S3Question question;
    question.key = key;
    question.limit = options.limit;
    if (!options.version.empty()) question.query = "versionId=" + aws::percent_encode(options.version);
    Object object;
    question.fresh = options.again;
    TRY(const auto response, ask_with_room(question, bytes, object.room));
    if (options.again && bucket_->has_md5(response)) {
      TRY(const Bytes md5, backend_->hash(crypto::Hash::md5, bytes));
      if (aws::lower_name(*response.headers.find("etag")) != '"' + base::to_hex(md5) + '"') {
        bytes.clear();
        return Error{Errc::io, "these bytes are not those that S3 stores: it states another MD5 (ETag)"};
      }
    }
    if (!options.with_metadata) return object;
    Metadata metadata;
    for (const auto& header : response.headers)
      if (header.name.size() > kMetadataPrefix.size() &&
          aws::same_name(std::string_view(header.name).substr(0, kMetadataPrefix.size()), kMetadataPrefix))
        metadata.emplace(aws::lower_name(header.name.substr(kMetadataPrefix.size())), header.value);
    object.metadata = std::move(metadata);
    object.attributes = attributes_of(response.headers);
    return object;
  }

  Result<void> versions(std::string_view prefix, const VersionVisitor& visit) const override {
    std::string last;
    return version_pages(prefix, "", [&](const aws::VersionPage& page) -> Result<bool> {
      for (const auto& row : page.versions) {
        if (!row.object.key.starts_with(prefix) || row.object.key < last) return broken("a key out of its order");
        last = row.object.key;
        if (!visit({info_of(row.object), row.version, row.latest, row.delete_marker})) return false;
      }
      return true;
    });
  }

  Result<std::vector<std::string>> version_folders(std::string_view prefix) const override {
    std::vector<std::string> folders;
    Order order(prefix, "");
    TRY_VOID(version_pages(prefix, "/", [&](const aws::VersionPage& page) -> Result<bool> {
      for (const auto& name : page.folders) {
        if (!order.accept(name) || !name.ends_with('/')) return broken("a prefix out of its order");
        folders.push_back(name);
      }
      if (folders.size() > kMostFolderEntries) return Error{Errc::limit, "more than 1,000,000 entries in one folder"};
      return true;
    }));
    return folders;
  }

 private:
  // Asks for page after page until `take` returns false.
  Result<void> pages(std::string_view prefix, std::string_view after, std::string_view delimiter,
                     const std::function<Result<bool>(const aws::ObjectPage&)>& take) const {
    std::string token;
    int empty_pages = 0;
    for (;;) {
      S3Question question;
      question.limit = aws::kMostPageBytes;
      const auto add = [&](const char* name, std::string_view value) {
        if (value.empty()) return;
        if (!question.query.empty()) question.query += '&';
        question.query.append(name).append("=").append(aws::percent_encode(value));
      };
      add("continuation-token", token);
      add("delimiter", delimiter);
      add("encoding-type", "url");
      add("list-type", "2");
      add("prefix", prefix);
      add("start-after", after);
      Bytes body;
      TRY_VOID(bucket_->ask(question, body));
      TRY(const auto page, aws::parse_object_page(body));
      TRY(const bool more, take(page));
      if (!more || page.next.empty()) return {};
      if (page.next == token) return broken("it goes in circles");
      empty_pages = page.objects.empty() && page.folders.empty() ? empty_pages + 1 : 0;
      if (empty_pages > kMostEmptyPages) return broken("it does not end");
      token = page.next;
    }
  }

  Result<void> version_pages(std::string_view prefix, std::string_view delimiter,
                             const std::function<Result<bool>(const aws::VersionPage&)>& take) const {
    std::string key, id;
    for (int empty_pages = 0;;) {
      S3Question question;
      question.limit = aws::kMostPageBytes;
      const auto add = [&](const char* name, std::string_view value) {
        if (!question.query.empty()) question.query += '&';
        question.query.append(name).append("=").append(aws::percent_encode(value));
      };
      if (!delimiter.empty()) add("delimiter", delimiter);
      add("encoding-type", "url");
      if (!key.empty()) add("key-marker", key);
      add("prefix", prefix);
      if (!id.empty()) add("version-id-marker", id);
      add("versions", "");
      Bytes body;
      TRY_VOID(bucket_->ask(question, body));
      TRY(const auto page, aws::parse_version_page(body));
      TRY(const bool more, take(page));
      if (!more || !page.more) return {};
      if (page.next_key < key || (page.next_key == key && page.next_version == id)) return broken("it goes in circles");
      empty_pages = page.versions.empty() && page.folders.empty() ? empty_pages + 1 : 0;
      if (empty_pages > kMostEmptyPages) return broken("it does not end");
      key = page.next_key;
      id = page.next_version;
    }
  }

  // Mostly there is room as soon as the length is known. If not, the connection is let go and the object asked for
  // again when its turn comes: nothing is open while we wait, so the server has nobody to lose patience with.
  // What is small by the asker's own word needs no room: it may be asked for by somebody who holds some.
  Result<aws::HttpResponse> ask_with_room(S3Question& question, Bytes& bytes, std::shared_ptr<const void>& room) const {
    if (question.limit <= kSmall) {
      question.admit = [](std::uint64_t) { return true; };  // a length it must have all the same
      return bucket_->ask(question, bytes);
    }
    struct Room {
      explicit Room(std::shared_ptr<base::Budget> from) : budget(std::move(from)) {}
      std::shared_ptr<base::Budget> budget;  // an object may outlive the store
      base::Budget::Share share{*budget};
    };
    const auto made = std::make_shared<Room>(budget_);
    room = made;
    base::Budget::Share* const share = &made->share;
    for (;;) {
      std::uint64_t wanted = 0;
      question.admit = [&](std::uint64_t length) {  // an object may change its length between two questions
        if (length <= share->held() || share->try_take(length)) return true;
        wanted = length;
        return false;
      };
      auto response = bucket_->ask(question, bytes);
      if (response || wanted == 0) return response;
      if (bytes.capacity() > 0) Bytes().swap(bytes);
      if (!share->take(wanted, cancel_)) return Error{Errc::io, "the run was interrupted"};
    }
  }

  std::string label_;
  const crypto::Backend* backend_;
  std::unique_ptr<S3Bucket> bucket_;
  std::shared_ptr<base::Budget> budget_;
  const std::atomic<bool>* cancel_;
};

}  // namespace

Result<std::unique_ptr<ObjectStore>> open_s3(const S3Options& options, S3Transport transport) {
  const crypto::Backend& backend = *transport.backend;
  TRY(auto bucket, S3Bucket::find(options, std::move(transport)));
  return std::unique_ptr<ObjectStore>(std::make_unique<S3>(options, backend, std::move(bucket)));
}

Result<std::unique_ptr<ObjectStore>> open_s3(const S3Options& options,
                                             std::shared_ptr<aws::CredentialSource> credentials) {
  S3Transport transport;
  transport.environment = aws::process_configuration(options.profile);
  auto http =
      aws::make_http({.ca_bundle = transport.environment("AWS_CA_BUNDLE").value_or(""), .cancel = options.cancel});
  transport.http = aws::make_paced_http(std::move(http), {.most = options.most_requests, .cancel = options.cancel});
  transport.credentials = std::move(credentials);
  transport.retry = aws::retry_policy(transport.environment, options.cancel);
  transport.clock = [] { return std::chrono::floor<Seconds>(std::chrono::system_clock::now()); };
  transport.backend = crypto::backends().front();
  return open_s3(options, std::move(transport));
}

}  // namespace trailseal::store
