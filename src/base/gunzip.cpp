// One gzip member, read strictly (RFC 1952 section 2.3; the deflate stream inside is RFC 1951).
//
// The frame (header, CRC-32, length) is read here; what lies between is inflated by libdeflate when the length that the
// trailer states looks plausible, in one call into a buffer that is kept. Everything else goes to zlib piece by piece:
// large content, and all that libdeflate refuses, because zlib says why and how far it came. The stated length belongs
// to whoever wrote the file: it is a hint for the size of the buffer and never a promise.
//
// libdeflate is laxer than zlib in one point: it takes the reserved symbols of RFC 1951 section 3.2.6 (lengths 286 and
// 287, distances 30 and 31) for their neighbours. Such a stream passes here if its content and CRC-32 are right, though
// other readers refuse it; the content is what the digest's hash proves.
//
// Bits of a member that nobody can check: FTEXT, the 32 of MTIME, XFL, OS, and the padding between the end of the
// deflate stream and the trailer. A file name or comment in the header is skipped; a header CRC is checked.
#include "base/gunzip.hpp"

#include <fmt/format.h>
#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string_view>
#include <utility>

namespace trailseal::base {
namespace {

constexpr std::size_t kTrailer = 8;
constexpr std::size_t kStep = 256u << 10;       // what zlib hands out at a time
constexpr std::uint64_t kMostExpansion = 1032;  // of deflate: 258 bytes from 2 bits

std::uint32_t little_endian_32(ByteView bytes) {
  return static_cast<std::uint32_t>(bytes[0]) | static_cast<std::uint32_t>(bytes[1]) << 8 |
         static_cast<std::uint32_t>(bytes[2]) << 16 | static_cast<std::uint32_t>(bytes[3]) << 24;
}

GzipFailure header_ends_early() { return {GzipFault::truncated, "the data end inside the gzip header"}; }

// Section 2.3.1. `size` becomes the length of the header.
std::optional<GzipFailure> read_header(ByteView member, std::size_t& size) {
  enum Flag : unsigned { header_crc = 2, extra = 4, name = 8, comment = 16, reserved = 0xE0 };
  constexpr std::uint8_t kMagic[] = {0x1F, 0x8B, 8};  // two bytes of magic; method 8 is deflate
  if (member.empty()) return GzipFailure{GzipFault::not_gzip, "the object is empty"};
  for (std::size_t i = 0; i < std::size(kMagic) && i < member.size(); ++i) {
    if (member[i] == kMagic[i]) continue;
    return GzipFailure{GzipFault::not_gzip, i < 2 ? "the data do not begin with the magic number of gzip"
                                                  : fmt::format("unknown compression method {}", member[i])};
  }
  if (member.size() < 10) return header_ends_early();
  const unsigned flags = member[3];
  if (flags & reserved) return GzipFailure{GzipFault::not_gzip, "reserved flags are set in the gzip header"};

  std::size_t at = 10;
  if (flags & extra) {
    if (member.size() - at < 2) return header_ends_early();
    const std::size_t length = member[at] | static_cast<std::size_t>(member[at + 1]) << 8;
    at += 2;
    if (member.size() - at < length) return header_ends_early();
    at += length;
  }
  for (const unsigned text : {name, comment}) {
    if (!(flags & text)) continue;
    const auto rest = member.subspan(at);
    const auto end = std::find(rest.begin(), rest.end(), 0);
    if (end == rest.end()) return header_ends_early();
    at += static_cast<std::size_t>(end - rest.begin()) + 1;
  }
  if (flags & header_crc) {
    if (member.size() - at < 2) return header_ends_early();
    const unsigned stated = member[at] | static_cast<unsigned>(member[at + 1]) << 8;
    if ((libdeflate_crc32(0, member.data(), at) & 0xFFFF) != stated)
      return GzipFailure{GzipFault::corrupt, "the header's CRC differs"};
    at += 2;
  }
  size = at;
  return std::nullopt;
}

// What stands behind the first member, in words.
std::string describe_rest(ByteView rest) {
  const char* bytes = rest.size() == 1 ? "byte" : "bytes";
  const char* follow = rest.size() == 1 ? "follows" : "follow";
  if (rest.size() > 2 && rest[0] == 0x1F && rest[1] == 0x8B)
    return fmt::format("a second gzip member of {} bytes follows", rest.size());
  if (std::all_of(rest.begin(), rest.end(), [](std::uint8_t b) { return b == 0; }))
    return fmt::format("{} zero {} {} the gzip member", rest.size(), bytes, follow);
  return fmt::format("{} {} {} the gzip member", rest.size(), bytes, follow);
}

// The trailer, and that nothing stands behind it. `tail` begins where the deflate stream ended.
std::optional<GzipFailure> check_tail(ByteView tail, std::uint32_t crc, std::uint64_t length) {
  if (tail.size() < kTrailer)
    return GzipFailure{GzipFault::truncated,
                       fmt::format("the content is complete, but {} of the 8 bytes behind it (CRC-32 and length) are "
                                   "missing",
                                   kTrailer - tail.size()),
                       true};
  if (little_endian_32(tail) != crc) return GzipFailure{GzipFault::corrupt, "the CRC-32 differs"};
  if (little_endian_32(tail.subspan(4)) != static_cast<std::uint32_t>(length))
    return GzipFailure{GzipFault::corrupt, "the length differs"};
  if (tail.size() > kTrailer) return GzipFailure{GzipFault::trailing, describe_rest(tail.subspan(kTrailer)), true};
  return std::nullopt;
}

// A buffer whose bytes are not set to zero first, which costs as much as inflating them.
struct Buffer {
  std::unique_ptr<std::uint8_t[]> data;
  std::size_t size = 0;

  // At least `wanted` bytes, the first `keep` of the old ones among them.
  void grow(std::size_t wanted, std::size_t keep = 0) {
    if (size >= wanted) return;
    wanted = std::max(wanted, size + size / 2);
    auto larger = std::make_unique_for_overwrite<std::uint8_t[]>(wanted);
    if (keep != 0) std::memcpy(larger.get(), data.get(), keep);
    data = std::move(larger);
    size = wanted;
  }
};

struct LibdeflateFree {
  void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
};

class ZlibStream {
 public:
  ZlibStream() : ok_(inflateInit2(&stream_, -MAX_WBITS) == Z_OK) {}  // negative: no frame
  ~ZlibStream() {
    if (ok_) inflateEnd(&stream_);
  }
  ZlibStream(const ZlibStream&) = delete;
  ZlibStream& operator=(const ZlibStream&) = delete;

  z_stream* ready() { return ok_ && inflateReset(&stream_) == Z_OK ? &stream_ : nullptr; }

 private:
  z_stream stream_{};
  bool ok_;
};

}  // namespace

struct Gunzip::State {
  std::unique_ptr<libdeflate_decompressor, LibdeflateFree> libdeflate{libdeflate_alloc_decompressor()};
  std::optional<ZlibStream> zlib;  // made when first needed: most files never get there
  Buffer buffer;                   // whole contents
  Buffer step;                     // pieces

  bool at_once(ByteView deflated, std::uint64_t cap, ByteView& content, std::size_t& used);
  bool inflate_into(std::span<std::uint8_t> room, ByteView deflated, ByteView& content, std::size_t& used);
  std::optional<GzipFailure> stepwise(ByteView deflated, std::uint64_t cap, const std::function<void(ByteView)>& sink);
};

// Inflates into `buffer` if the content fits `cap`. False: it does not, or something is wrong, or looks so.
bool Gunzip::State::at_once(ByteView deflated, std::uint64_t cap, ByteView& content, std::size_t& used) {
  if (!libdeflate || deflated.size() < kTrailer) return false;
  const std::uint64_t stated = little_endian_32(deflated.last(4));
  if (stated > cap || stated / kMostExpansion > deflated.size()) return false;
  buffer.grow(std::max<std::size_t>(static_cast<std::size_t>(stated), kStep));
  return inflate_into({buffer.data.get(), std::min<std::size_t>(buffer.size, static_cast<std::size_t>(cap))}, deflated,
                      content, used);
}

bool Gunzip::State::inflate_into(std::span<std::uint8_t> room, ByteView deflated, ByteView& content,
                                 std::size_t& used) {
  std::size_t length = 0;
  if (libdeflate_deflate_decompress_ex(libdeflate.get(), deflated.data(), deflated.size(), room.data(), room.size(),
                                       &used, &length) != LIBDEFLATE_SUCCESS)
    return false;
  content = room.first(length);
  return true;
}

std::optional<GzipFailure> Gunzip::State::stepwise(ByteView deflated, std::uint64_t cap,
                                                   const std::function<void(ByteView)>& sink) {
  if (!zlib) zlib.emplace();
  z_stream* const stream = zlib->ready();
  if (stream == nullptr) return GzipFailure{GzipFault::limit, "there is no memory for inflating"};
  step.grow(kStep);
  std::size_t fed = 0;
  std::uint64_t length = 0;
  std::uint32_t crc = libdeflate_crc32(0, nullptr, 0);
  stream->avail_in = 0;
  for (;;) {
    if (stream->avail_in == 0) {
      constexpr std::size_t kMostInput = 1u << 30;  // zlib counts in unsigned int
      const std::size_t portion = std::min(kMostInput, deflated.size() - fed);
      stream->next_in = const_cast<Bytef*>(deflated.data() + fed);  // zlib does not write there
      stream->avail_in = static_cast<uInt>(portion);
      fed += portion;
    }
    stream->next_out = step.data.get();
    stream->avail_out = static_cast<uInt>(kStep);
    const int code = inflate(stream, Z_NO_FLUSH);
    const ByteView piece{step.data.get(), kStep - stream->avail_out};
    if (piece.size() > cap - length)
      return GzipFailure{GzipFault::limit, fmt::format("inflating stopped at the limit of {} bytes", cap)};
    length += piece.size();
    crc = libdeflate_crc32(crc, piece.data(), piece.size());
    if (!piece.empty()) sink(piece);
    if (code == Z_STREAM_END) return check_tail(deflated.subspan(fed - stream->avail_in), crc, length);
    if (code == Z_MEM_ERROR) return GzipFailure{GzipFault::limit, "there is no memory for inflating"};
    if (code != Z_OK && code != Z_BUF_ERROR)
      return GzipFailure{GzipFault::corrupt, fmt::format("invalid deflate data after {} bytes of content: {}", length,
                                                         stream->msg != nullptr ? stream->msg : "unknown cause")};
    if (piece.empty() && stream->avail_in == 0 && fed == deflated.size())
      return GzipFailure{GzipFault::truncated, fmt::format("the data end after {} bytes of content", length)};
  }
}

namespace {
// The most content that may come out of `compressed` bytes.
std::uint64_t output_cap(std::size_t compressed, const GunzipLimits& limits) {
  const std::uint64_t by_ratio = compressed > std::numeric_limits<std::uint64_t>::max() / std::max(limits.max_ratio, 1u)
                                     ? std::numeric_limits<std::uint64_t>::max()
                                     : std::uint64_t{compressed} * limits.max_ratio;
  return std::min(limits.max_output, std::max(GunzipLimits::kFreeOutput, by_ratio));
}
}  // namespace

Gunzip::Gunzip() : state_(std::make_unique<State>()) {}
Gunzip::~Gunzip() = default;
Gunzip::Gunzip(Gunzip&&) noexcept = default;
Gunzip& Gunzip::operator=(Gunzip&&) noexcept = default;

std::optional<GzipFailure> Gunzip::whole(ByteView compressed, const GunzipLimits& limits, ByteView& content) {
  content = {};
  std::size_t header = 0;
  if (auto failure = read_header(compressed, header)) return failure;
  const ByteView deflated = compressed.subspan(header);
  const std::uint64_t cap = std::min(output_cap(compressed.size(), limits), kMaxWhole);
  if (std::size_t used = 0; state_->at_once(deflated, cap, content, used))
    return check_tail(deflated.subspan(used), libdeflate_crc32(0, content.data(), content.size()), content.size());

  Buffer& buffer = state_->buffer;
  std::size_t length = 0;
  auto failure = state_->stepwise(deflated, cap, [&](ByteView piece) {
    buffer.grow(length + piece.size(), length);
    std::memcpy(buffer.data.get() + length, piece.data(), piece.size());
    length += piece.size();
  });
  content = {buffer.data.get(), length};
  return failure;
}

bool Gunzip::into(ByteView compressed, const GunzipLimits& limits, std::span<std::uint8_t> room, ByteView& content) {
  std::size_t header = 0, used = 0;
  if (!state_->libdeflate || read_header(compressed, header)) return false;
  const ByteView deflated = compressed.subspan(header);
  const auto cap = std::min<std::uint64_t>(room.size(), output_cap(compressed.size(), limits));
  return state_->inflate_into(room.first(static_cast<std::size_t>(cap)), deflated, content, used) &&
         !check_tail(deflated.subspan(used), libdeflate_crc32(0, content.data(), content.size()), content.size());
}

std::uint32_t Gunzip::stated_size(ByteView compressed) {
  return compressed.size() < kTrailer ? 0 : little_endian_32(compressed.last(4));
}

std::optional<GzipFailure> Gunzip::pieces(ByteView compressed, const GunzipLimits& limits,
                                          const std::function<void(ByteView)>& sink) {
  std::size_t header = 0;
  if (auto failure = read_header(compressed, header)) return failure;
  const ByteView deflated = compressed.subspan(header);
  const std::uint64_t cap = output_cap(compressed.size(), limits);
  ByteView content;
  if (std::size_t used = 0; state_->at_once(deflated, std::min(cap, kMaxWhole), content, used)) {
    if (!content.empty()) sink(content);
    return check_tail(deflated.subspan(used), libdeflate_crc32(0, content.data(), content.size()), content.size());
  }
  return state_->stepwise(deflated, cap, sink);
}

}  // namespace trailseal::base
