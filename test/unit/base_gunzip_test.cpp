#include "base/gunzip.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/hex.hpp"
#include "support/catch.hpp"

using namespace trailseal;
using base::Gunzip;
using base::GunzipLimits;
using base::GzipFailure;
using base::GzipFault;

namespace {

constexpr GunzipLimits kPlenty{std::uint64_t{1} << 40, 100000};

Bytes gzip(ByteView content, int level = 6) {
  auto* compressor = libdeflate_alloc_compressor(level);
  Bytes member(libdeflate_gzip_compress_bound(compressor, content.size()));
  member.resize(libdeflate_gzip_compress(compressor, content.data(), content.size(), member.data(), member.size()));
  libdeflate_free_compressor(compressor);
  return member;
}
Bytes gzip(std::string_view text) { return gzip(as_bytes(text)); }

// Every line differs, so that deflate finds something to do.
std::string lines(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "{\"eventID\":\"" + std::to_string(i * 2654435761u) + "\"}\n";
  return text;
}

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}
Bytes cut(Bytes bytes, std::size_t by) {
  bytes.resize(bytes.size() - by);
  return bytes;
}
Bytes with(Bytes bytes, std::size_t at, std::uint8_t value) {
  bytes.at(at) = value;
  return bytes;
}

struct Outcome {
  std::optional<GzipFailure> failure;
  std::string content;
  std::size_t pieces = 0;
};

Outcome whole(ByteView member, const GunzipLimits& limits = kPlenty) {
  Gunzip gunzip;
  ByteView content;
  auto failure = gunzip.whole(member, limits, content);
  if (failure && failure->fault == GzipFault::limit) return {std::move(failure), std::string(as_text(content)), 1};
  // Into a room it fits as it is, or not at all.
  Bytes room(content.size() + 64);
  ByteView inside;
  Gunzip other;
  const bool fits = other.into(member, limits, room, inside);
  CHECK(fits == !failure);
  if (fits) {
    CHECK(std::ranges::equal(inside, content));
    CHECK(Gunzip::stated_size(member) == content.size());
    room.resize(content.size());
    CHECK(other.into(member, limits, room, inside));
    if (!content.empty()) CHECK_FALSE(other.into(member, limits, std::span(room).first(room.size() - 1), inside));
  }
  return {std::move(failure), std::string(as_text(content)), 1};
}

Outcome pieces(ByteView member, const GunzipLimits& limits = kPlenty) {
  Gunzip gunzip;
  Outcome outcome;
  outcome.failure = gunzip.pieces(member, limits, [&](ByteView piece) {
    outcome.content += as_text(piece);
    ++outcome.pieces;
  });
  return outcome;
}

const std::string kText = lines(20);

}  // namespace

TEST_CASE("a member gives its content, whole and in pieces") {
  for (const std::string& text : {std::string(), std::string("x"), kText, lines(50000), std::string(3000000, 'a')}) {
    for (const int level : {0, 1, 6, 12}) {
      const Bytes member = gzip(as_bytes(text), level);
      for (const Outcome& outcome : {whole(member), pieces(member)}) {
        REQUIRE_FALSE(outcome.failure.has_value());
        REQUIRE(outcome.content == text);
      }
    }
  }
}

TEST_CASE("the buffers are used again") {
  Gunzip gunzip;
  ByteView content;
  for (const std::size_t count : {1u, 30000u, 2u, 60000u}) {
    const std::string text = lines(count);
    REQUIRE_FALSE(gunzip.whole(gzip(text), kPlenty, content).has_value());
    REQUIRE(as_text(content) == text);
    REQUIRE(gunzip.whole(as_bytes("junk"), kPlenty, content).has_value());
    REQUIRE(content.empty());
    REQUIRE(gunzip.whole(cut(gzip(text), 9), kPlenty, content).has_value());
  }
  Gunzip moved = std::move(gunzip);
  REQUIRE_FALSE(moved.whole(gzip("moved"), kPlenty, content).has_value());
  REQUIRE(as_text(content) == "moved");
}

TEST_CASE("each fault of a member has its name") {
  const Bytes good = gzip(kText);
  const Bytes second = gzip("forged");
  const std::size_t end = good.size();
  struct Row {
    const char* what;
    Bytes member;
    GzipFault fault;
    std::string detail;
    bool complete = false;
  };
  const Row rows[] = {
      {"empty", {}, GzipFault::not_gzip, "the object is empty"},
      {"magic", with(good, 0, 0x1E), GzipFault::not_gzip, "the data do not begin with the magic number of gzip"},
      {"text", {'{', '}'}, GzipFault::not_gzip, "the data do not begin with the magic number of gzip"},
      {"zlib",
       {0x78, 0x9C, 3, 0, 0, 0, 0, 1},
       GzipFault::not_gzip,
       "the data do not begin with the magic number of gzip"},
      {"method", with(good, 2, 7), GzipFault::not_gzip, "unknown compression method 7"},
      {"reserved", with(good, 3, 0x20), GzipFault::not_gzip, "reserved flags are set in the gzip header"},
      {"one byte", {0x1F}, GzipFault::truncated, "the data end inside the gzip header"},
      {"header cut", cut(good, end - 9), GzipFault::truncated, "the data end inside the gzip header"},
      {"header only", cut(good, end - 10), GzipFault::truncated, "the data end after 0 bytes of content"},
      {"endless name",
       {0x1F, 0x8B, 8, 8, 0, 0, 0, 0, 0, 3, 'n', 'a', 'm', 'e'},
       GzipFault::truncated,
       "the data end inside the gzip header"},
      {"header crc", with(good, 3, 2), GzipFault::corrupt, "the header's CRC differs"},
      {"crc", with(good, end - 8, static_cast<std::uint8_t>(good[end - 8] ^ 1)), GzipFault::corrupt,
       "the CRC-32 differs"},
      {"length", with(good, end - 4, static_cast<std::uint8_t>(good[end - 4] ^ 1)), GzipFault::corrupt,
       "the length differs"},
      {"great length", with(good, end - 1, 0xFF), GzipFault::corrupt, "the length differs"},
      {"block type", with(good, 10, 0x07), GzipFault::corrupt,
       "invalid deflate data after 0 bytes of content: invalid block type"},
      {"trailer cut by 1", cut(good, 1), GzipFault::truncated,
       "the content is complete, but 1 of the 8 bytes behind it (CRC-32 and length) are missing", true},
      {"trailer gone", cut(good, 8), GzipFault::truncated,
       "the content is complete, but 8 of the 8 bytes behind it (CRC-32 and length) are missing", true},
      {"second member", good + second, GzipFault::trailing,
       "a second gzip member of " + std::to_string(second.size()) + " bytes follows", true},
      {"zeros", good + Bytes(1000), GzipFault::trailing, "1000 zero bytes follow the gzip member", true},
      {"one zero", good + Bytes(1), GzipFault::trailing, "1 zero byte follows the gzip member", true},
      {"junk", good + Bytes{1, 2, 3}, GzipFault::trailing, "3 bytes follow the gzip member", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    for (const Outcome& outcome : {whole(row.member), pieces(row.member)}) {
      REQUIRE(outcome.failure.has_value());
      CHECK(outcome.failure->fault == row.fault);
      CHECK(outcome.failure->detail == row.detail);
      CHECK(outcome.failure->content_complete == row.complete);
      if (row.complete) CHECK(outcome.content == kText);
    }
  }
}

TEST_CASE("a member that is cut anywhere is truncated") {
  const Bytes good = gzip(kText);
  for (std::size_t size = 1; size < good.size(); ++size) {
    CAPTURE(size);
    const ByteView part(good.data(), size);
    for (const Outcome& outcome : {whole(part), pieces(part)}) {
      REQUIRE(outcome.failure.has_value());
      REQUIRE(outcome.failure->fault == GzipFault::truncated);
      REQUIRE(outcome.failure->content_complete == (size >= good.size() - 8));
      if (outcome.failure->content_complete) REQUIRE(outcome.content == kText);
    }
  }
}

TEST_CASE("the optional fields of a header are skipped, and its CRC is checked") {
  const Bytes good = gzip(kText);
  const Bytes rest(good.begin() + 10, good.end());
  Bytes header = {0x1F, 0x8B, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 4, 0, 'A', 'p', 0, 0, 'n', 0, 'c', 0};
  const std::uint32_t crc = libdeflate_crc32(0, header.data(), header.size());
  header.push_back(static_cast<std::uint8_t>(crc));
  header.push_back(static_cast<std::uint8_t>(crc >> 8));
  CHECK_FALSE(whole(header + rest).failure.has_value());
  CHECK(whole(header + rest).content == kText);
  CHECK(whole(with(header, 16, 'm') + rest).failure->detail == "the header's CRC differs");
  for (std::size_t size = 1; size < header.size(); ++size)
    CHECK(whole(ByteView(header.data(), size)).failure->detail == "the data end inside the gzip header");
}

TEST_CASE("limits stop a stream early") {
  const std::string text(40u << 20, 'a');
  const Bytes member = gzip(as_bytes(text), 6);
  REQUIRE(member.size() < 50000);

  SECTION("the total") {
    const GunzipLimits limits{1000000, 100000};
    CHECK(whole(member, limits).failure->fault == GzipFault::limit);
    const Outcome outcome = pieces(member, limits);
    CHECK(outcome.failure->fault == GzipFault::limit);
    CHECK(outcome.failure->detail == "inflating stopped at the limit of 1000000 bytes");
    CHECK(outcome.content.size() <= 1000000);
  }
  SECTION("the ratio") {
    const GunzipLimits limits{kPlenty.max_output, 250};
    CHECK(whole(member, limits).failure->fault == GzipFault::limit);
    const Outcome outcome = pieces(member, limits);
    CHECK(outcome.failure->fault == GzipFault::limit);
    CHECK(outcome.content.size() <= GunzipLimits::kFreeOutput);
    // Below kFreeOutput the ratio does not count.
    CHECK_FALSE(whole(gzip(as_bytes(text).first(16u << 20), 6), limits).failure.has_value());
    CHECK(whole(gzip(as_bytes(text).first((16u << 20) + 1), 6), limits).failure->fault == GzipFault::limit);
  }
  SECTION("exactly at the limit") {
    CHECK_FALSE(whole(gzip(kText), {kText.size(), 250}).failure.has_value());
    CHECK_FALSE(pieces(gzip(kText), {kText.size(), 250}).failure.has_value());
    CHECK(whole(gzip(kText), {kText.size() - 1, 250}).failure->fault == GzipFault::limit);
    CHECK(pieces(gzip(kText), {kText.size() - 1, 250}).failure->fault == GzipFault::limit);
  }
  SECTION("a stated length that is a lie") {
    Bytes liar = member;
    std::fill(liar.end() - 4, liar.end(), std::uint8_t{0});
    CHECK(whole(liar, {1000000, 250}).failure->fault == GzipFault::limit);
    CHECK(whole(liar).failure->fault == GzipFault::corrupt);
  }
}

TEST_CASE("what is too large for one piece comes in many, and whole() refuses it") {
  const std::string text(Gunzip::kMaxWhole + 1, 'a');
  const Bytes member = gzip(as_bytes(text), 1);
  CHECK(whole(member).failure->fault == GzipFault::limit);
  Gunzip gunzip;
  std::size_t size = 0, largest = 0;
  bool same = true;
  const auto failure = gunzip.pieces(member, kPlenty, [&](ByteView piece) {
    size += piece.size();
    largest = std::max(largest, piece.size());
    same &= as_text(piece) == std::string_view(text).substr(0, piece.size());
  });
  CHECK_FALSE(failure.has_value());
  CHECK(size == text.size());
  CHECK(largest <= 256u << 10);
  CHECK(same);
}

// An auditor's question: what may be changed in an object without anybody noticing? Exactly what has no meaning.
TEST_CASE("exactly 53 bits of a member can be flipped without notice") {
  // By Python's zlib at level 9. The deflate stream leaves 4 bits of padding, as it does in the sample of the manual.
  const Bytes member = *base::from_hex(
      "1f8b0800000000000203ab560a4a4dce2f4a2956b28aae564a2d4bcd2bf17451b2523250aad541e61ba2f18dd0f803a03eb61600e571cefa"
      "bd000000");
  const std::string text = whole(member).content;
  REQUIRE(text.size() == 189);
  std::set<std::size_t> expected{3 * 8};                                                     // FTEXT
  for (std::size_t bit = 4 * 8; bit < 10 * 8; ++bit) expected.insert(bit);                   // MTIME, XFL, OS
  for (std::size_t bit = 4; bit < 8; ++bit) expected.insert((member.size() - 9) * 8 + bit);  // padding
  REQUIRE(expected.size() == 53);

  std::set<std::size_t> unnoticed;
  for (std::size_t bit = 0; bit < member.size() * 8; ++bit) {
    CAPTURE(bit);
    Bytes flipped = member;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ 1u << bit % 8);
    const Outcome at_once = whole(flipped), stepwise = pieces(flipped);
    CHECK(at_once.failure.has_value() == stepwise.failure.has_value());
    if (at_once.failure) continue;
    CHECK(at_once.content == text);
    CHECK(stepwise.content == text);
    unnoticed.insert(bit);
  }
  CHECK(unnoticed == expected);
}
