// What every store must do, whatever stands behind it: the same bucket in a directory, in memory, and, if the
// environment names a server (test/support/with_s3.py), in S3.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "store/mirror.hpp"
#include "support/catch.hpp"
#include "support/memory_store.hpp"
#include "support/s3_server.hpp"
#include "support/temporary_folder.hpp"
#include "trailseal/store.hpp"

using namespace trailseal;
using store::ObjectStore;
using Strings = std::vector<std::string>;

namespace {

struct Item {
  std::string key, content;
};

// Keys that sort otherwise than file names do ('-' and '.' come before '/', '0' behind it), and odd ones.
const std::vector<Item> kItems = {
    {"AWSLogs/1/a.gz", "a"},
    {"AWSLogs/1/empty", ""},
    {"AWSLogs/1/sub-/x", "x"},
    {"AWSLogs/1/sub.gz", "sub.gz"},
    {"AWSLogs/1/sub/b.gz", "b"},
    {"AWSLogs/1/sub/deep/er/c.gz", "c"},
    {"AWSLogs/1/sub0", "sub0"},
    {"AWSLogs/2/\x01\n\x7F", "controls"},
    {"AWSLogs/2/...", "three dots"},
    {"AWSLogs/2/a b&c=%41+\"<'\\", "punctuation"},
    {"AWSLogs/2/b..", "dots behind"},
    {"AWSLogs/2/caf\xC3\xA9", "UTF-8"},
    {"large", std::string(100000, 'L')},
};
// S3's keys are UTF-8; file names need not be.
const Item kNotUtf8 = {"other/\xFF\xFE", "not UTF-8"};
const store::Metadata kMetadata = {{"signature", "50ab"}};

class Bucket {
 public:
  virtual ~Bucket() = default;
  virtual const ObjectStore& store() const = 0;
  virtual const char* name() const = 0;
};

class MemoryBucket final : public Bucket {
 public:
  MemoryBucket() {
    for (const Item& item : kItems) store_.put(item.key, item.content, kMetadata);
  }
  const ObjectStore& store() const override { return store_; }
  const char* name() const override { return "memory"; }

 private:
  test::MemoryStore store_;
};

class MirrorBucket final : public Bucket {
 public:
  explicit MirrorBucket(store::Resolve resolve) : resolve_(resolve) {
    for (const Item& item : kItems) {
      folder_.write(item.key, item.content);
      folder_.write(item.key + ".metadata.json", R"({"Metadata": {"signature": "50ab"}})");
    }
    auto opened = resolve == store::Resolve::kernel ? store::open_mirror(folder_.path().string())
                                                    : store::open_mirror(folder_.path().string(), resolve);
    REQUIRE(opened.has_value());
    store_ = std::move(opened).value();
  }
  const ObjectStore& store() const override { return *store_; }
  const char* name() const override { return resolve_ == store::Resolve::kernel ? "mirror" : "mirror by steps"; }

 private:
  store::Resolve resolve_;
  test::TemporaryFolder folder_;
  std::unique_ptr<ObjectStore> store_;
};

class S3Bucket final : public Bucket {
 public:
  explicit S3Bucket(const test::S3Server& server) : store_(filled(server)) {}
  const ObjectStore& store() const override { return *store_; }
  const char* name() const override { return "S3"; }

 private:
  static std::unique_ptr<ObjectStore> filled(const test::S3Server& server) {
    static const bool once = [&] {
      server.make_bucket("conformance");
      for (const Item& item : kItems) server.put("conformance", item.key, item.content, kMetadata);
      return true;
    }();
    REQUIRE(once);
    return server.open("conformance");
  }

  std::unique_ptr<ObjectStore> store_;
};

// Runs a test over every store.
template <class Test>
void over_all(const Test& test) {
  std::vector<std::unique_ptr<Bucket>> buckets;
  buckets.push_back(std::make_unique<MemoryBucket>());
  buckets.push_back(std::make_unique<MirrorBucket>(store::Resolve::kernel));
  buckets.push_back(std::make_unique<MirrorBucket>(store::Resolve::walk));
  if (const auto server = test::S3Server::from_environment()) buckets.push_back(std::make_unique<S3Bucket>(*server));
  for (const auto& bucket : buckets) {
    INFO("store: " << bucket->name());
    test(bucket->store());
  }
}

const auto kNoTrouble = [](std::string_view prefix, const Error& error) {
  FAIL("trouble at " << prefix << ": " << error.message);
};

Strings keys(const ObjectStore& store, std::string_view prefix, std::string_view after = "", std::size_t most = 1000) {
  Strings found;
  const auto result = store.list(
      prefix, after,
      [&](const store::ObjectInfo& info) {
        found.push_back(info.key);
        return found.size() < most;
      },
      kNoTrouble);
  REQUIRE(result.has_value());
  return found;
}

Strings expected_keys(std::string_view prefix, std::string_view after) {
  Strings found;
  for (const Item& item : kItems)
    if (item.key.starts_with(prefix) && item.key > after) found.push_back(item.key);
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

TEST_CASE("every object is read as it was stored") {
  over_all([](const ObjectStore& store) {
    Bytes bytes(200000, 7);  // old content is dropped
    for (const Item& item : kItems) {
      CAPTURE(item.key);
      const auto object = store.get(item.key, {.limit = 100000}, bytes);
      REQUIRE(object.has_value());
      CHECK(as_text(bytes) == item.content);
      CHECK_FALSE(object->metadata.has_value());
    }
  });
}

TEST_CASE("metadata come when asked for") {
  over_all([](const ObjectStore& store) {
    Bytes bytes;
    const auto object = store.get("AWSLogs/1/a.gz", {.limit = 10, .with_metadata = true}, bytes);
    REQUIRE(object.has_value());
    CHECK(object->metadata == kMetadata);
    CHECK_FALSE(object->metadata_error.has_value());
  });
}

TEST_CASE("what is missing is not found, and no other trouble") {
  over_all([](const ObjectStore& store) {
    Bytes bytes;
    for (const char* key :
         {"AWSLogs/1/b.gz", "AWSLogs/3/a.gz", "awslogs/1/a.gz", "AWSLogs/1/a.gz/below", "a.gz", "x"}) {
      CAPTURE(key);
      const auto object = store.get(key, {.limit = 10, .with_metadata = true}, bytes);
      REQUIRE_FALSE(object.has_value());
      CHECK(object.error().code == Errc::not_found);
    }
  });
}

TEST_CASE("a key never reaches out of the bucket") {
  over_all([](const ObjectStore& store) {
    Bytes bytes;
    for (const std::string& key :
         {std::string(), std::string("/"), std::string("/etc/passwd"), std::string("../x"), std::string(".."),
          std::string("."), std::string("AWSLogs/../large"), std::string("AWSLogs/./1/a.gz"),
          std::string("AWSLogs//1/a.gz"), std::string("AWSLogs/1/a.gz/"), std::string("AWSLogs/1/a.gz/.."),
          std::string("large\0", 6), std::string("large/\0", 7), std::string(5000, 'x')}) {
      CAPTURE(key);
      const auto object = store.get(key, {.limit = 100000}, bytes);
      REQUIRE_FALSE(object.has_value());
      // A store that could hold such a key says that it does not.
      CHECK((object.error().code == Errc::invalid_argument || object.error().code == Errc::not_found));
    }
    for (const char* prefix : {"../", "/", "AWSLogs/../", "AWSLogs//", "./"}) {
      CAPTURE(prefix);
      CHECK(keys(store, prefix).empty());
      const auto folder = store.folder(prefix, kNoTrouble);
      REQUIRE(folder.has_value());
      CHECK(folder->folders.empty());
      CHECK(folder->objects.empty());
    }
  });
}

TEST_CASE("the limit counts stored bytes") {
  over_all([](const ObjectStore& store) {
    Bytes bytes;
    CHECK(store.get("large", {.limit = 100000}, bytes).has_value());
    const auto refused = store.get("large", {.limit = 99999}, bytes);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == Errc::limit);
    CHECK(store.get("AWSLogs/1/empty", {.limit = 0}, bytes).has_value());
    CHECK(bytes.empty());
  });
}

TEST_CASE("a listing is in byte order, from any prefix and behind any key") {
  over_all([](const ObjectStore& store) {
    Strings starts = {"",
                      "A",
                      "AWSLogs",
                      "AWSLogs/",
                      "AWSLogs/1/s",
                      "AWSLogs/1/sub",
                      "AWSLogs/1/sub.",
                      "AWSLogs/1/sub/",
                      "AWSLogs/1/sub/d",
                      "AWSLogs/1/nothing/",
                      "b",
                      "larger",
                      "z"};
    for (const Item& item : kItems) starts.push_back(item.key);
    for (const std::string& prefix : starts) {
      for (const std::string& after : starts) {
        CAPTURE(prefix, after);
        REQUIRE(keys(store, prefix, after) == expected_keys(prefix, after));
      }
    }
    CHECK(keys(store, "", "", 3) == Strings{"AWSLogs/1/a.gz", "AWSLogs/1/empty", "AWSLogs/1/sub-/x"});
  });
}

TEST_CASE("an outline names once what is alike up to the delimiter") {
  over_all([](const ObjectStore& store) {
    for (const std::string delimiter : {"/", "sub", "/s", "z"})
      for (const std::string prefix : {"", "A", "AWSLogs/", "AWSLogs/1", "AWSLogs/1/", "AWSLogs/1/sub", "AWSLogs/3/"})
        for (const std::string after :
             {"", "AWSLogs/", "AWSLogs/1/a.gz", "AWSLogs/1/sub", "AWSLogs/1/sub/", "AWSLogs/1/sub/c", "l", "z"}) {
          CAPTURE(delimiter, prefix, after);
          Strings expected, names;
          for (const std::string& key : expected_keys(prefix, "")) {
            const auto found = key.find(delimiter, prefix.size());
            const std::string name = found == std::string::npos ? key : key.substr(0, found + delimiter.size());
            if (name > after && (expected.empty() || expected.back() != name)) expected.push_back(name);
          }
          const auto done = store.outline(
              prefix, after, delimiter,
              [&](const store::ObjectInfo& name, bool cut) {
                CHECK(cut == (name.key.find(delimiter, prefix.size()) != std::string::npos));
                names.push_back(name.key);
                return true;
              },
              kNoTrouble);
          REQUIRE(done.has_value());
          CHECK(names == expected);
        }
    int seen = 0;
    const auto first = store.outline(
        "", "", "/", [&](const store::ObjectInfo&, bool) { return ++seen < 1; }, kNoTrouble);
    REQUIRE(first.has_value());
    CHECK(seen == 1);
  });
}

TEST_CASE("a folder shows one level") {
  over_all([](const ObjectStore& store) {
    struct Row {
      const char* prefix;
      Strings folders, objects;
    };
    const Row rows[] = {
        {"", {"AWSLogs/"}, {"large"}},
        {"AWSLogs/", {"AWSLogs/1/", "AWSLogs/2/"}, {}},
        {"AWSLogs/1/",
         {"AWSLogs/1/sub-/", "AWSLogs/1/sub/"},
         {"AWSLogs/1/a.gz", "AWSLogs/1/empty", "AWSLogs/1/sub.gz", "AWSLogs/1/sub0"}},
        {"AWSLogs/1/sub/", {"AWSLogs/1/sub/deep/"}, {"AWSLogs/1/sub/b.gz"}},
        {"AWSLogs/1/nothing/", {}, {}},
        {"AWSLogs/1/a.gz/", {}, {}},
    };
    for (const Row& row : rows) {
      CAPTURE(row.prefix);
      const auto folder = store.folder(row.prefix, kNoTrouble);
      REQUIRE(folder.has_value());
      CHECK(folder->folders == row.folders);
      Strings objects;
      for (const auto& info : folder->objects) objects.push_back(info.key);
      CHECK(objects == row.objects);
    }
    const auto wrong = store.folder("AWSLogs", kNoTrouble);
    REQUIRE_FALSE(wrong.has_value());
    CHECK(wrong.error().code == Errc::invalid_argument);
  });
}

TEST_CASE("a key that is not UTF-8 is a key") {
  test::TemporaryFolder folder;
  folder.write(kNotUtf8.key, kNotUtf8.content);
  const auto mirror = store::open_mirror(folder.path().string());
  REQUIRE(mirror.has_value());
  test::MemoryStore memory;
  memory.put(kNotUtf8.key, kNotUtf8.content);
  for (const ObjectStore* store : std::initializer_list<const ObjectStore*>{mirror->get(), &memory}) {
    INFO("store: " << store->label());
    CHECK(keys(*store, "other/") == Strings{kNotUtf8.key});
    CHECK(keys(*store, "other/\xFF") == Strings{kNotUtf8.key});
    Bytes bytes;
    CHECK(store->get(kNotUtf8.key, {.limit = 100}, bytes).has_value());
    CHECK(as_text(bytes) == kNotUtf8.content);
  }
}

TEST_CASE("the store of the tests fails on demand") {
  test::MemoryStore store;
  store.put("a/1", "one");
  store.put("a/2", "two");
  store.put("b/3", "three");
  Bytes bytes;

  SECTION("at one key") {
    store.fail("a/1", {Errc::io, "cut"});
    CHECK(store.get("a/1", {.limit = 10}, bytes).error() == Error{Errc::io, "cut"});
    CHECK(store.get("a/2", {.limit = 10}, bytes).has_value());
  }
  SECTION("at the n-th call") {
    int left = 2;
    store.on_call([&](test::Operation operation, std::string_view) -> std::optional<Error> {
      if (operation == test::Operation::get && --left == 0) return Error{Errc::access_denied, "second"};
      return std::nullopt;
    });
    CHECK(store.get("a/1", {.limit = 10}, bytes).has_value());
    CHECK(store.get("a/1", {.limit = 10}, bytes).error().code == Errc::access_denied);
    CHECK(store.get("a/1", {.limit = 10}, bytes).has_value());
  }
  SECTION("below a prefix") {
    store.hide("a/", {Errc::access_denied, "closed"});
    Strings troubles;
    const auto note = [&](std::string_view prefix, const Error&) { troubles.emplace_back(prefix); };
    Strings found;
    const auto visit = [&](const store::ObjectInfo& info) {
      found.push_back(info.key);
      return true;
    };
    CHECK(store.list("", "", visit, note).has_value());
    CHECK(found == Strings{"b/3"});
    CHECK(troubles == Strings{"a/"});
    CHECK(store.folder("a/", note)->objects.empty());
    CHECK(troubles == Strings{"a/", "a/"});
    CHECK(store.folder("", note)->folders == Strings{"a/", "b/"});
    CHECK(troubles == Strings{"a/", "a/"});
  }
}
