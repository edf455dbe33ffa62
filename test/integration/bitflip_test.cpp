// Every bit of every object of an honest bucket, turned one at a time, must be seen: the outcome is "violated". The
// only exceptions are the bits of a gzip file that carry no content (RFC 1952): the manual, trailseal-checks(7), lists
// them, and this test holds it to being complete.
#include <zlib.h>

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/parallel.hpp"
#include "support/evidence.hpp"

using namespace trailseal;
using namespace trailseal::test;

namespace {

// One bit of one object, or of its recorded signature.
struct Bit {
  std::string key;
  bool of_signature;
  std::size_t index;  // byte * 8 + bit, from the lowest

  auto operator<=>(const Bit&) const = default;
};

// How many bits stand unused between the end of the deflate stream and the trailer.
unsigned padding_bits(ByteView member) {
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, -MAX_WBITS) == Z_OK);
  Bytes content(1u << 20);
  stream.next_in = const_cast<Bytef*>(member.data() + 10);
  stream.avail_in = static_cast<uInt>(member.size() - 10 - 8);
  stream.next_out = content.data();
  stream.avail_out = static_cast<uInt>(content.size());
  // Z_BLOCK stops behind the last block and says how many bits of the last byte it has not taken.
  int status = Z_OK;
  while (status == Z_OK && !((stream.data_type & 128) && (stream.data_type & 64))) status = inflate(&stream, Z_BLOCK);
  const unsigned bits = static_cast<unsigned>(stream.data_type) & 7u;
  REQUIRE((status == Z_OK || status == Z_STREAM_END));
  REQUIRE(stream.avail_in == 0);
  inflateEnd(&stream);
  return bits;
}

// The bits that no reader can check: FTEXT, MTIME, XFL, OS and the padding.
std::set<std::size_t> silent_bits(ByteView member) {
  std::set<std::size_t> bits{3 * 8 + 0};
  for (std::size_t bit = 4 * 8; bit < 10 * 8; ++bit) bits.insert(bit);
  const std::size_t end_of_stream = (member.size() - 8) * 8;
  for (std::size_t bit = 1; bit <= padding_bits(member); ++bit) bits.insert(end_of_stream - bit);
  return bits;
}

// A recorded signature is hexadecimal: the bit that makes a letter of it a capital says the same.
std::set<std::size_t> case_bits(std::string_view hex) {
  std::set<std::size_t> bits;
  for (std::size_t i = 0; i < hex.size(); ++i)
    if (hex[i] >= 'a' && hex[i] <= 'f') bits.insert(i * 8 + 5);
  return bits;
}

void flip(MemoryStore& store, const Bit& bit) {
  auto& entry = store.objects().find(bit.key)->second;
  const auto mask = static_cast<std::uint8_t>(1u << bit.index % 8);
  if (bit.of_signature) {
    char& c = entry.metadata->find("signature")->second[bit.index / 8];
    c = static_cast<char>(static_cast<std::uint8_t>(c) ^ mask);
  } else {
    entry.bytes[bit.index / 8] ^= mask;
  }
}

}  // namespace

TEST_CASE("every flipped bit is seen, but for those that carry nothing") {
  const Objects honest = small_objects();
  const auto clean = SmallBucket(honest).verify();
  REQUIRE(clean);
  REQUIRE(clean->outcome() == verdict::Outcome::verified);
  REQUIRE(clean->tally.digests_verified == 3);
  REQUIRE(clean->tally.logs_verified == 4);

  std::vector<Bit> bits;
  std::set<Bit> silent;
  std::size_t signatures = 0;
  for (const auto& [key, entry] : honest) {
    for (std::size_t i = 0; i < entry.bytes.size() * 8; ++i) bits.push_back({key, false, i});
    for (const std::size_t i : silent_bits(entry.bytes)) silent.insert({key, false, i});
    if (!entry.metadata || !entry.metadata->contains("signature")) continue;
    const std::string& signature = entry.metadata->find("signature")->second;
    for (std::size_t i = 0; i < signature.size() * 8; ++i) bits.push_back({key, true, i});
    for (const std::size_t i : case_bits(signature)) silent.insert({key, true, i});
    ++signatures;
  }
  REQUIRE(signatures == 3);

  const unsigned jobs = base::job_count(0);
  std::vector<std::unique_ptr<SmallBucket>> buckets;
  for (unsigned i = 0; i < jobs; ++i) buckets.push_back(std::make_unique<SmallBucket>(honest));
  std::mutex mutex;
  std::set<Bit> missed, alarmed;  // silent where it must not be; loud where nothing is wrong
  const auto judge = [&](SmallBucket& bucket, const Bit& bit) {
    flip(bucket.store(), bit);
    const auto verdict = bucket.verify();
    flip(bucket.store(), bit);
    const bool violated = verdict && verdict->outcome() == verdict::Outcome::violated;
    const bool verified = verdict && verdict->outcome() == verdict::Outcome::verified;
    const bool expected_silent = silent.contains(bit);
    if (expected_silent ? verified : violated) return;
    const std::lock_guard lock(mutex);
    (expected_silent ? alarmed : missed).insert(bit);
  };
  base::parallel_for(jobs, jobs, 1, [&](std::size_t part) {
    for (std::size_t i = part; i < bits.size(); i += jobs) judge(*buckets[part], bits[i]);
  });

  const auto describe = [](const std::set<Bit>& some) {
    std::string text;
    for (const auto& bit : some)
      if (text.size() < 4000)
        text += bit.key + (bit.of_signature ? " signature" : "") + " byte " + std::to_string(bit.index / 8) + " bit " +
                std::to_string(bit.index % 8) + "\n";
    return text;
  };
  INFO("not seen:\n" << describe(missed) << "seen without need:\n" << describe(alarmed));
  CHECK(missed.size() == 0);
  CHECK(alarmed.size() == 0);
  WARN(bits.size() << " bits flipped, " << silent.size() << " of them carry nothing");
}
