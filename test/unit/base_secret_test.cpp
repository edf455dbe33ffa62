#include <utility>

#include "support/catch.hpp"
#include "trailseal/secret.hpp"

using namespace trailseal;

TEST_CASE("comparing in constant time is comparing") {
  const Bytes a = {1, 2, 3}, b = {1, 2, 4}, c = {9, 2, 3};
  CHECK(equal_in_constant_time(a, Bytes{1, 2, 3}));
  CHECK(!equal_in_constant_time(a, b));
  CHECK(!equal_in_constant_time(a, c));
  CHECK(!equal_in_constant_time(a, ByteView(a).first(2)));
  CHECK(!equal_in_constant_time(a, {}));
  CHECK(equal_in_constant_time({}, {}));
}

TEST_CASE("secret bytes move, and what they were made from is empty") {
  Bytes source = {1, 2, 3};
  const std::uint8_t* place = source.data();
  SecretBytes secret(std::move(source));
  CHECK(secret.view().data() == place);  // the same memory: no copy is left behind
  SecretBytes other = std::move(secret);
  CHECK(other.view().data() == place);
  CHECK(other == Bytes{1, 2, 3});
  CHECK(other == SecretBytes::copy_of(Bytes{1, 2, 3}));
  CHECK(!(other == Bytes{1, 2}));
  SecretBytes third = SecretBytes::copy_of(Bytes{7});
  third = std::move(other);
  CHECK(third.size() == 3);
  CHECK(SecretBytes(4) == Bytes(4, 0));
}

TEST_CASE("wiping overwrites the memory and empties it") {
  Bytes bytes(64, 0x55);
  const std::uint8_t* place = bytes.data();
  wipe(bytes);
  CHECK(bytes.empty());
  REQUIRE(bytes.capacity() >= 64);  // so it is still ours to look at
  bytes.resize(1);
  CHECK(bytes.data() == place);
  CHECK(place[0] == 0);
  Bytes none;
  wipe(none);
  CHECK(none.empty());
}
