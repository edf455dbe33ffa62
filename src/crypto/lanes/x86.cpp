// Three chains of SHA-256 side by side with the SHA extensions of x86 (Intel SDM volume 2, SHA256RNDS2, SHA256MSG1,
// SHA256MSG2; FIPS 180-4 section 6.2). Three fill the instructions' latency; a fourth would spill more registers than
// it gains.
#include <cpuid.h>
#include <immintrin.h>

#include "crypto/lanes/lanes.hpp"
#include "crypto/lanes/schedule.hpp"

namespace trailseal::crypto {
namespace {

alignas(16) constexpr std::uint32_t kRound[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

// The instructions want the eight words of the state in this order.
struct ShaState {
  __m128i abef, cdgh;
};

template <std::size_t N>
[[gnu::target("sha,sse4.1,ssse3")]] void compress_lanes(ShaState* const* states, const std::uint8_t* const* data,
                                                        std::size_t blocks) {
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
  __m128i abef[N], cdgh[N], words[4][N];
  const std::uint8_t* next[N];
  for (std::size_t l = 0; l < N; ++l) {
    abef[l] = states[l]->abef;
    cdgh[l] = states[l]->cdgh;
    next[l] = data[l];
  }
  for (; blocks != 0; --blocks) {
    __m128i abef_before[N], cdgh_before[N];
    for (std::size_t l = 0; l < N; ++l) {
      abef_before[l] = abef[l];
      cdgh_before[l] = cdgh[l];
    }
#pragma GCC unroll 16
    for (std::size_t step = 0; step < 16; ++step) {  // four rounds each
      const __m128i constants = _mm_load_si128(reinterpret_cast<const __m128i*>(kRound + 4 * step));
#pragma GCC unroll 4
      for (std::size_t l = 0; l < N; ++l) {
        __m128i& now = words[step % 4][l];
        if (step < 4) {
          now = _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(next[l] + 16 * step)), big_endian);
        } else {
          // W[t] from W[t-16], W[t-15], W[t-7] and W[t-2]: `now` holds the first, and becomes the new ones.
          const __m128i& newest = words[(step + 3) % 4][l];
          now = _mm_sha256msg1_epu32(now, words[(step + 1) % 4][l]);
          now = _mm_add_epi32(now, _mm_alignr_epi8(newest, words[(step + 2) % 4][l], 4));
          now = _mm_sha256msg2_epu32(now, newest);
        }
        const __m128i sum = _mm_add_epi32(now, constants);
        cdgh[l] = _mm_sha256rnds2_epu32(cdgh[l], abef[l], sum);
        abef[l] = _mm_sha256rnds2_epu32(abef[l], cdgh[l], _mm_shuffle_epi32(sum, 0x0E));
      }
    }
    for (std::size_t l = 0; l < N; ++l) {
      abef[l] = _mm_add_epi32(abef[l], abef_before[l]);
      cdgh[l] = _mm_add_epi32(cdgh[l], cdgh_before[l]);
      next[l] += kBlock;
    }
  }
  for (std::size_t l = 0; l < N; ++l) *states[l] = {abef[l], cdgh[l]};
}

struct ShaKernel {
  using State = ShaState;
  static constexpr std::size_t kLanes = 3;

  static State start() {  // FIPS 180-4 section 5.3.3
    return {_mm_set_epi32(0x6a09e667, static_cast<int>(0xbb67ae85), 0x510e527f, static_cast<int>(0x9b05688c)),
            _mm_set_epi32(0x3c6ef372, static_cast<int>(0xa54ff53a), 0x1f83d9ab, 0x5be0cd19)};
  }

  static void compress(std::size_t lanes, const std::array<State*, kLanes>& states,
                       const std::array<const std::uint8_t*, kLanes>& data, std::size_t blocks) {
    switch (lanes) {
      case 3: return compress_lanes<3>(states.data(), data.data(), blocks);
      case 2: return compress_lanes<2>(states.data(), data.data(), blocks);
      default: return compress_lanes<1>(states.data(), data.data(), blocks);
    }
  }

  static void finish(const State& state, Sha256& hash) {
    alignas(16) std::uint32_t feba[4], hgdc[4];
    _mm_store_si128(reinterpret_cast<__m128i*>(feba), state.abef);
    _mm_store_si128(reinterpret_cast<__m128i*>(hgdc), state.cdgh);
    const std::uint32_t words[8] = {feba[3], feba[2], hgdc[3], hgdc[2], feba[1], feba[0], hgdc[1], hgdc[0]};
    for (std::size_t i = 0; i < 8; ++i)
      for (std::size_t byte = 0; byte < 4; ++byte)
        hash[4 * i + byte] = static_cast<std::uint8_t>(words[i] >> (24 - 8 * byte));
  }
};

bool cpu_has_sha() noexcept {
  unsigned a = 0, b = 0, c = 0, d = 0;
  constexpr unsigned kSse41 = 1u << 19, kSsse3 = 1u << 9, kSha = 1u << 29;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & kSse41) == 0 || (c & kSsse3) == 0) return false;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & kSha) != 0;
}

}  // namespace

bool has_lanes() noexcept {
  static const bool has = cpu_has_sha();
  return has;
}

void hash_in_lanes(std::span<const ByteView> contents, std::span<Sha256> hashes) noexcept {
  run_lanes<ShaKernel>(contents, hashes);
}

}  // namespace trailseal::crypto
