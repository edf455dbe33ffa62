// The header of Encryption SDK messages, written here byte by byte.
#include <algorithm>

#include "base/hex.hpp"
#include "envelope/esdk_header.hpp"
#include "support/catch.hpp"

using namespace trailseal;
using envelope::Verdict;

namespace {

// The fields of a header as hexadecimal text, so that a case can change one.
struct Fields {
  std::string version = "02", type = "", suite = "0478", id = std::string(64, '1'), context = "0000",
              edk_count = "0001", edks = "000161000162000163", content = "02", reserved = "", frame = "00000040",
              commitment = std::string(64, '2'), iv = "", tag = std::string(32, '3');

  std::string text() const {
    return version + type + suite + id + context + edk_count + edks + content + reserved + frame + commitment + iv +
           tag;
  }
};

Fields v1() {
  Fields fields;
  fields.version = "01";
  fields.type = "80";
  fields.suite = "0178";
  fields.id = std::string(32, '1');
  fields.reserved = "000000000c";
  fields.commitment = "";
  fields.iv = std::string(24, '0');
  return fields;
}

struct Read {
  envelope::Failure failure;
  envelope::EsdkHeader header;
  std::uint64_t taken;
};

Read read(ByteView bytes, std::size_t max_edks = 64) {
  std::size_t at = 0;
  const envelope::Source source = [&](std::span<std::uint8_t> out) -> Result<std::size_t> {
    const std::size_t size = std::min({out.size(), bytes.size() - at, std::size_t{5}});
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), size, out.begin());
    at += size;
    return size;
  };
  const auto hasher = crypto::backends().front()->hasher(crypto::Hash::sha256);
  envelope::Input input(source, **hasher);
  Read result;
  result.failure = envelope::read_header(input, max_edks, result.header);
  result.taken = input.taken();
  return result;
}

Read read(const Fields& fields, std::size_t max_edks = 64) {
  return read(base::from_hex(fields.text()).value(), max_edks);
}

Fields with(std::string Fields::*field, std::string value, Fields fields = {}) {
  fields.*field = std::move(value);
  return fields;
}

}  // namespace

TEST_CASE("headers of both versions are read, and nothing behind them") {
  for (const Fields& fields : {Fields{}, v1()}) {
    Fields longer = fields;
    longer.tag += "ffff";
    const Read result = read(longer);
    REQUIRE(!result.failure);
    CHECK(result.taken == fields.text().size() / 2);
    CHECK(base::to_hex(result.header.raw) == fields.text());
    CHECK(base::to_hex(result.header.body) ==
          fields.text().substr(0, fields.text().size() - fields.iv.size() - fields.tag.size()));
    CHECK(result.header.framed);
    CHECK(result.header.frame_length == 64);
    REQUIRE(result.header.edks.size() == 1);
    CHECK(result.header.edks[0].provider == "a");
  }
}

TEST_CASE("what a header must not say") {
  const struct {
    std::string what;
    Fields fields;
    Verdict verdict;
  } cases[] = {
      {"version 3", with(&Fields::version, "03"), Verdict::malformed},
      {"version 0", with(&Fields::version, "00"), Verdict::malformed},
      {"type", with(&Fields::type, "81", v1()), Verdict::malformed},
      {"no such suite", with(&Fields::suite, "0000"), Verdict::malformed},
      {"suite of v1 in v2", with(&Fields::suite, "0178"), Verdict::malformed},
      {"suite of v2 in v1", with(&Fields::suite, "0478", v1()), Verdict::malformed},
      {"context of one byte", with(&Fields::context, "000100"), Verdict::malformed},
      {"context of no pairs", with(&Fields::context, "00020000"), Verdict::malformed},
      {"context with a rest",
       with(&Fields::context,
            "0009"
            "0001"
            "000161"
            "0000"
            "ff"
            "ff"),
       Verdict::malformed},
      {"pair longer than the context",
       with(&Fields::context,
            "0007"
            "0001"
            "000261"
            "0000"),
       Verdict::malformed},
      {"names out of order",
       with(&Fields::context,
            "000c"
            "0002"
            "000162"
            "0000"
            "000161"
            "0000"),
       Verdict::malformed},
      {"a name twice",
       with(&Fields::context,
            "000c"
            "0002"
            "000161"
            "0000"
            "000161"
            "0000"),
       Verdict::malformed},
      {"not UTF-8",
       with(&Fields::context,
            "0007"
            "0001"
            "0001ff"
            "0000"),
       Verdict::malformed},
      {"a key for signatures without a signature",
       with(&Fields::context,
            "001b"
            "0001"
            "0015"
            "6177732d63727970746f2d7075626c69632d6b6579"
            "0000"),
       Verdict::malformed},
      {"no data key", with(&Fields::edk_count, "0000"), Verdict::malformed},
      {"65 data keys", with(&Fields::edk_count, "0041"), Verdict::policy_rejected},
      {"65,535 data keys", with(&Fields::edk_count, "ffff"), Verdict::policy_rejected},
      {"provider not UTF-8", with(&Fields::edks, "0001ff000162000163"), Verdict::malformed},
      {"content type", with(&Fields::content, "03"), Verdict::malformed},
      {"frames of no bytes", with(&Fields::frame, "00000000"), Verdict::malformed},
      {"frame length without frames", with(&Fields::content, "01"), Verdict::malformed},
      {"reserved", with(&Fields::reserved, "000000010c", v1()), Verdict::malformed},
      {"IV length", with(&Fields::reserved, "0000000010", v1()), Verdict::malformed},
      {"signed without a key", with(&Fields::suite, "0578"), Verdict::signature_failed},
  };
  for (const auto& one : cases) {
    CAPTURE(one.what);
    const Read result = read(one.fields);
    REQUIRE(result.failure);
    CHECK(to_string(result.failure->verdict) == to_string(one.verdict));
    CHECK(!result.failure->detail.empty());
  }
}

TEST_CASE("a header that ends early is truncated, wherever it ends") {
  for (const Fields& fields : {Fields{}, v1()}) {
    const Bytes whole = base::from_hex(fields.text()).value();
    for (std::size_t size = 0; size < whole.size(); ++size) {
      CAPTURE(size);
      const Read result = read(ByteView(whole).first(size));
      REQUIRE(result.failure);
      CHECK(to_string(result.failure->verdict) == "truncated");
    }
  }
}

TEST_CASE("a header is bounded as a whole, however many data keys are allowed") {
  Fields fields;
  fields.edk_count = "0040";
  fields.edks.clear();
  const std::string field = "ffff" + std::string(2 * 0xffff, '6');
  for (int i = 0; i < 64; ++i)
    fields.edks +=
        "0001610001"
        "62" +
        field;
  const Read result = read(fields);
  REQUIRE(result.failure);
  CHECK(to_string(result.failure->verdict) == "policy-rejected");
  CHECK(result.taken <= envelope::kMaxHeader);
}

TEST_CASE("a source that fails is trouble and no evidence") {
  const envelope::Source source = [](std::span<std::uint8_t>) -> Result<std::size_t> {
    return Error{Errc::io, "the disk is gone"};
  };
  const auto hasher = crypto::backends().front()->hasher(crypto::Hash::sha256);
  envelope::Input input(source, **hasher);
  envelope::EsdkHeader header;
  const auto failure = envelope::read_header(input, 64, header);
  REQUIRE(failure);
  CHECK(to_string(failure->verdict) == "error");
}
