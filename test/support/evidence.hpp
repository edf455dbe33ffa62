// The small honest bucket of test/integration/make_small.py in memory, and the verdict over it.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/memory_store.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/trail.hpp"
#include "trailseal/verify.hpp"

namespace trailseal::test {

using Objects = std::map<std::string, MemoryStore::Entry, std::less<>>;

// The folder that make_small.py wrote, from the environment of the test.
inline std::string small_folder() {
  const char* folder = std::getenv("TRAILSEAL_SMALL");
  REQUIRE(folder != nullptr);
  return folder;
}

inline Objects small_objects() {
  const auto mirror = store::open_mirror(small_folder() + "/bucket");
  REQUIRE(mirror);
  const auto no_trouble = [](std::string_view, const Error& error) { FAIL(error.message); };
  Objects objects;
  const auto listed = (*mirror)->list(
      "", "",
      [&](const store::ObjectInfo& info) {
        objects[info.key] = {};
        return true;
      },
      no_trouble);
  REQUIRE(listed);
  for (auto& [key, entry] : objects) {
    auto object = (*mirror)->get(key, {.limit = 1u << 20, .with_metadata = true}, entry.bytes);
    REQUIRE(object);
    entry.metadata = object->metadata;
  }
  REQUIRE(objects.size() == 7);  // three digests, four logs
  return objects;
}

inline trail::PublicKeySet small_keys(const crypto::Backend& backend) {
  std::ifstream file(small_folder() + "/keys.json", std::ios::binary);
  const Bytes bytes(std::istreambuf_iterator<char>(file), {});
  auto keys = trail::parse_public_keys(bytes, "keys.json", backend);
  REQUIRE(keys);
  trail::PublicKeySet set;
  for (auto& key : *keys) REQUIRE(set.add(std::move(key), backend));
  return set;
}

// A store over a copy of the small bucket, ready to be verified again and again. Not thread-safe.
class SmallBucket {
 public:
  explicit SmallBucket(Objects objects) {
    auto store = std::make_unique<MemoryStore>();
    store->objects() = std::move(objects);
    store_ = store.get();
    sources_.push_back({std::move(store), "acme-trail"});
  }

  MemoryStore& store() { return *store_; }

  Result<verdict::Verdict> verify(bool versions = false) const {
    verify::Request request;
    request.versions = versions;
    return verify(std::move(request));
  }

  Result<verdict::Verdict> verify(verify::Request request) const {
    request.now = request.until = parse_time("2026-07-01T02:30:00Z").value();  // a quarter of an hour behind the head
    request.jobs = 1;
    verify::Progress progress;
    return verify::run(request, sources_, keys_, backend_, {}, progress);
  }

 private:
  const crypto::Backend& backend_ = *crypto::backends().front();
  trail::PublicKeySet keys_ = small_keys(backend_);
  std::vector<verify::Source> sources_;
  MemoryStore* store_ = nullptr;
};

}  // namespace trailseal::test
