// Hashing side by side must say what every backend says, whatever the number and the lengths of the contents.
#include <algorithm>
#include <string>
#include <vector>

#include "crypto/hash_many.hpp"
#include "crypto/lanes/lanes.hpp"
#include "support/catch.hpp"

using namespace trailseal;
using namespace trailseal::crypto;

namespace {

// Bytes that differ from content to content.
Bytes content_of(std::size_t size, std::uint32_t seed) {
  Bytes bytes(size);
  std::uint32_t state = seed * 2654435761u + 1;
  for (auto& byte : bytes) {
    state = state * 1664525u + 1013904223u;
    byte = static_cast<std::uint8_t>(state >> 24);
  }
  return bytes;
}

Sha256 hash_by(const Backend& backend, ByteView content) {
  const auto hash = backend.hash(Hash::sha256, content);
  REQUIRE(hash);
  Sha256 out;
  std::copy(hash->begin(), hash->end(), out.begin());
  return out;
}

// On a CPU without lanes nothing must say that there are any.
bool no_lanes() {
  if (has_lanes()) return false;
  for (const auto* backend : backends()) CHECK_FALSE(hashes_side_by_side(*backend));
  return true;
}

std::vector<HashTask> tasks_of(const std::vector<Bytes>& contents, const std::vector<Sha256>& expected) {
  std::vector<HashTask> tasks;
  for (std::size_t i = 0; i < contents.size(); ++i) tasks.push_back({.content = contents[i], .expected = &expected[i]});
  return tasks;
}

}  // namespace

TEST_CASE("lanes say what each backend says, at every length around a block and in every number") {
  if (no_lanes()) return;
  for (const auto* backend : backends()) {
    for (std::size_t number = 0; number <= 7; ++number) {
      for (std::size_t size = 0; size <= 200; ++size) {
        std::vector<Bytes> contents;
        for (std::size_t i = 0; i < number; ++i)
          contents.push_back(content_of(size * (i + 1) % 331, static_cast<std::uint32_t>(size + i)));
        const std::vector<ByteView> views(contents.begin(), contents.end());
        std::vector<Sha256> hashes(number);
        hash_in_lanes(views, hashes);
        for (std::size_t i = 0; i < number; ++i) {
          CAPTURE(backend->name(), number, size, i);
          REQUIRE(hashes[i] == hash_by(*backend, contents[i]));
        }
      }
    }
  }
}

TEST_CASE("FIPS 180-4's own examples come out of the lanes") {
  if (no_lanes()) return;
  const std::string million(1'000'000, 'a');
  const std::vector<ByteView> contents = {
      as_bytes(std::string_view("abc")),
      as_bytes(std::string_view("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")), as_bytes(million)};
  std::vector<Sha256> hashes(3);
  hash_in_lanes(contents, hashes);
  CHECK(hashes[0][0] == 0xba);
  CHECK(hashes[0][31] == 0xad);
  CHECK(hashes[1][0] == 0x24);
  CHECK(hashes[1][31] == 0xc1);
  CHECK(hashes[2][0] == 0xcd);
  CHECK(hashes[2][31] == 0xd0);
}

TEST_CASE("what the lanes call a mismatch is hashed by the backend") {
  const Backend& backend = *backends().front();
  if (no_lanes()) return;
  REQUIRE(hashes_side_by_side(backend));
  auto hasher = backend.hasher(Hash::sha256);
  REQUIRE(hasher);
  std::vector<Bytes> contents;
  std::vector<Sha256> expected;
  for (std::uint32_t i = 0; i < 9; ++i) {
    contents.push_back(content_of(1000 * i + i, i));
    expected.push_back(hash_by(backend, contents.back()));
  }
  auto tasks = tasks_of(contents, expected);
  contents[4][17] ^= 1;  // another content than expected
  tasks[6].expected = nullptr;
  hash_many(**hasher, tasks);
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    CAPTURE(i);
    CHECK_FALSE(tasks[i].error);
    CHECK(tasks[i].hash == hash_by(backend, contents[i]));
    CHECK((tasks[i].hash == expected[i]) == (i != 4));
  }
}

TEST_CASE("beside a backend that asks several, nothing is hashed side by side") {
  if (backends().size() < 2) return;
  const auto several = make_cross_check({backends().begin(), backends().end()});
  REQUIRE(several);
  CHECK_FALSE(hashes_side_by_side(**several));
}
