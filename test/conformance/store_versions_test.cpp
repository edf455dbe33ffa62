// What every store with versions must do: the same history in memory and, if the environment names a server
// (test/support/with_s3.py), in S3. And what S3 alone says of an object.
#include <set>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/memory_store.hpp"
#include "support/s3_server.hpp"
#include "support/temporary_folder.hpp"
#include "trailseal/store.hpp"

using namespace trailseal;
using store::ObjectStore;
using Strings = std::vector<std::string>;

namespace {

const store::Metadata kMetadata = {{"signature", "50ab"}};

const auto kNoTrouble = [](std::string_view prefix, const Error& error) {
  FAIL("trouble at " << prefix << ": " << error.message);
};

// What happened to four keys of a bucket with versions, and to one before it had any.
const char* const kBefore = "d/2026/before";        // put once, before versioning was switched on
const char* const kTwice = "d/2026/twice";          // put, put again
const char* const kBack = "d/2026/07/back";         // put, deleted, put again
const char* const kDeleted = "d/2025/deleted";      // put, deleted: nothing else is left below d/2025/
const char* const kLonger = "d/2026/twice-longer";  // begins as another key does

template <class Put, class Erase, class KeepVersions>
void make_history(const Put& put, const Erase& erase, const KeepVersions& keep_versions) {
  put(kBefore, "before");
  keep_versions();
  put(kTwice, "first");
  put(kTwice, "second, longer");
  put(kBack, "one");
  erase(kBack);
  put(kBack, "two");
  put(kDeleted, "gone");
  erase(kDeleted);
  put(kLonger, "other");
}

// Once in the whole program: what comes again would be more versions.
void fill(const test::S3Server& server) {
  static const bool once = [&] {
    server.make_bucket("history");
    make_history([&](const char* key, const char* text) { server.put("history", key, text, kMetadata); },
                 [&](const char* key) { server.erase("history", key); }, [&] { server.keep_versions("history"); });
    return true;
  }();
  REQUIRE(once);
}

// The stores that have versions.
template <class Test>
void over_histories(const Test& test) {
  test::MemoryStore memory;
  make_history([&](const char* key, const char* text) { memory.put(key, text, kMetadata); },
               [&](const char* key) { memory.erase(key); }, [&] { memory.keep_versions(); });
  {
    INFO("store: memory");
    test(memory);
  }
  const auto server = test::S3Server::from_environment();
  if (!server) return;
  fill(*server);
  INFO("store: S3");
  test(*server->open("history"));
}

std::vector<store::Version> versions(const ObjectStore& store, std::string_view prefix) {
  std::vector<store::Version> found;
  const auto listed = store.versions(prefix, [&](const store::Version& version) {
    found.push_back(version);
    return true;
  });
  REQUIRE(listed.has_value());
  return found;
}

}  // namespace

TEST_CASE("versions and delete markers come in order of key, the newest first") {
  over_histories([](const ObjectStore& store) {
    struct Row {
      const char* key;
      bool latest, delete_marker;
      std::uint64_t size;
    };
    const Row rows[] = {
        {kDeleted, true, true, 0}, {kDeleted, false, false, 4}, {kBack, true, false, 3},
        {kBack, false, true, 0},   {kBack, false, false, 3},    {kBefore, true, false, 6},
        {kTwice, true, false, 14}, {kTwice, false, false, 5},   {kLonger, true, false, 5},
    };
    const auto found = versions(store, "");
    REQUIRE(found.size() == std::size(rows));
    std::set<std::string> ids;
    for (std::size_t i = 0; i < found.size(); ++i) {
      CAPTURE(i);
      CHECK(found[i].object.key == rows[i].key);
      CHECK(found[i].latest == rows[i].latest);
      CHECK(found[i].delete_marker == rows[i].delete_marker);
      CHECK(found[i].object.size == rows[i].size);
      CHECK(found[i].object.modified.has_value());
      CHECK((found[i].id == "null") == (found[i].object.key == kBefore));
      CHECK_FALSE(found[i].id.empty());
      ids.insert(found[i].id);
    }
    CHECK(ids.size() == found.size());
    CHECK(versions(store, kTwice).size() == 3);  // a prefix, not a key
    CHECK(versions(store, "d/2027/").empty());
    std::size_t seen = 0;
    CHECK(store.versions("d/", [&](const store::Version&) { return ++seen < 2; }).has_value());
    CHECK(seen == 2);
  });
}

TEST_CASE("a version is read by its id") {
  over_histories([](const ObjectStore& store) {
    Bytes bytes;
    for (const auto& version : versions(store, kBack)) {
      CAPTURE(version.id);
      const auto object = store.get(kBack, {.limit = 100, .with_metadata = true, .version = version.id}, bytes);
      REQUIRE(object.has_value() == !version.delete_marker);
      if (object) {
        CHECK(as_text(bytes) == (version.latest ? "two" : "one"));
        CHECK(object->metadata == kMetadata);
      }
    }
    const auto older = versions(store, kTwice)[1];
    CHECK(store.get(kTwice, {.limit = 4, .version = older.id}, bytes).error().code == Errc::limit);
    const auto deleted = versions(store, kDeleted);
    CHECK(store.get(kDeleted, {.limit = 100}, bytes).error().code == Errc::not_found);
    REQUIRE(store.get(kDeleted, {.limit = 100, .version = deleted[1].id}, bytes).has_value());
    CHECK(as_text(bytes) == "gone");
    REQUIRE(store.get(kBefore, {.limit = 100, .version = "null"}, bytes).has_value());
    CHECK(as_text(bytes) == "before");
    CHECK_FALSE(store.get(kTwice, {.limit = 100, .version = "no-such-version"}, bytes).has_value());
  });
}

TEST_CASE("folders of versions are there when everything in them was deleted") {
  over_histories([](const ObjectStore& store) {
    const auto folders = [&](std::string_view prefix) {
      const auto found = store.version_folders(prefix);
      REQUIRE(found.has_value());
      return *found;
    };
    CHECK(store.folder("d/", kNoTrouble)->folders == Strings{"d/2026/"});
    CHECK(folders("") == Strings{"d/"});
    CHECK(folders("d/") == Strings{"d/2025/", "d/2026/"});
    CHECK(folders("d/2026/") == Strings{"d/2026/07/"});
    CHECK(folders("d/2025/").empty());
    CHECK(folders("nothing/").empty());
  });
}

TEST_CASE("a copy says that it has no versions") {
  test::TemporaryFolder folder;
  folder.write("a", "a");
  const auto mirror = store::open_mirror(folder.path().string());
  REQUIRE(mirror.has_value());
  const test::MemoryStore memory;
  for (const ObjectStore* store : std::initializer_list<const ObjectStore*>{mirror->get(), &memory}) {
    const auto none = store->versions("", [](const store::Version&) { return true; });
    REQUIRE_FALSE(none.has_value());
    CHECK(none.error().code == Errc::unsupported);
    CHECK(store->version_folders("").error().code == Errc::unsupported);
  }
  Bytes bytes;
  CHECK((*mirror)->get("a", {.limit = 10, .version = "v1"}, bytes).error().code == Errc::unsupported);
}

TEST_CASE("S3 says of an object what is on record") {
  const auto server = test::S3Server::from_environment();
  if (!server) return;
  server->make_bucket("attributes");
  server->keep_versions("attributes");
  server->put("attributes", "a", "content", kMetadata);
  const auto store = server->open("attributes");
  const auto rows = versions(*store, "a");
  REQUIRE(rows.size() == 1);
  Bytes bytes;
  const auto object = store->get("a", {.limit = 100, .with_metadata = true}, bytes);
  REQUIRE(object.has_value());
  CHECK(object->attributes.version_id == rows[0].id);
  CHECK(object->attributes.etag == "\"9a0364b9e99bb480dd25e1f0284c8555\"");  // MD5 of "content"
  CHECK(object->attributes.etag == rows[0].object.etag);
  CHECK(object->attributes.modified == rows[0].object.modified);
  CHECK(object->attributes.encryption.empty());
  CHECK(rows[0].object.storage_class == "STANDARD");
}
