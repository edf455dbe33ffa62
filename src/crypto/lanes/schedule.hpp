// The part of the lanes that is the same on every machine: padding (FIPS 180-4 section 5.1.1), and which content is in
// which lane.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include "trailseal/bytes.hpp"

namespace trailseal::crypto {

inline constexpr std::size_t kBlock = 64;

// One content on its way through a lane: its whole blocks first, then the one or two that hold its end and the padding.
template <class State>
class Message {
 public:
  void begin(ByteView content, Sha256& hash, const State& start) {
    state = start;
    hash_ = &hash;
    next = content.data();
    blocks = content.size() / kBlock;
    const std::size_t rest = content.size() % kBlock;
    end_blocks_ = rest + 9 <= kBlock ? 1 : 2;
    end_.fill(0);
    if (rest != 0) std::memcpy(end_.data(), content.data() + blocks * kBlock, rest);
    end_[rest] = 0x80;
    const std::uint64_t bits = std::uint64_t{content.size()} * 8;
    for (std::size_t i = 0; i < 8; ++i) end_[end_blocks_ * kBlock - 1 - i] = static_cast<std::uint8_t>(bits >> (8 * i));
    at_end_ = false;
    if (blocks == 0) go_to_end();
  }

  // So many blocks are done. False: all are, and the state is that of the hash.
  bool advance(std::size_t count) {
    next += count * kBlock;
    blocks -= count;
    if (blocks != 0) return true;
    if (at_end_) return false;
    go_to_end();
    return true;
  }

  Sha256& hash() { return *hash_; }

  State state;
  const std::uint8_t* next = nullptr;
  std::size_t blocks = 0;  // that lie one behind the other from `next`

 private:
  void go_to_end() {
    next = end_.data();
    blocks = end_blocks_;
    at_end_ = true;
  }

  Sha256* hash_ = nullptr;
  std::array<std::uint8_t, 2 * kBlock> end_;
  std::size_t end_blocks_ = 0;
  bool at_end_ = false;
};

// Keeps the lanes filled. Kernel: State, kLanes, start(), finish(state, hash), and compress<N>(states, data, blocks),
// which runs `blocks` blocks of N messages side by side.
template <class Kernel>
void run_lanes(std::span<const ByteView> contents, std::span<Sha256> hashes) {
  using State = typename Kernel::State;
  constexpr std::size_t kLanes = Kernel::kLanes;
  std::array<Message<State>, kLanes> messages;
  std::array<Message<State>*, kLanes> lanes;
  std::size_t busy = 0, taken = 0;
  for (; busy < kLanes && taken < contents.size(); ++busy, ++taken) {
    lanes[busy] = &messages[busy];
    lanes[busy]->begin(contents[taken], hashes[taken], Kernel::start());
  }
  while (busy > 0) {
    std::size_t count = lanes[0]->blocks;
    for (std::size_t i = 1; i < busy; ++i) count = std::min(count, lanes[i]->blocks);
    std::array<State*, kLanes> states;
    std::array<const std::uint8_t*, kLanes> data;
    for (std::size_t i = 0; i < busy; ++i) {
      states[i] = &lanes[i]->state;
      data[i] = lanes[i]->next;
    }
    Kernel::compress(busy, states, data, count);
    for (std::size_t i = 0; i < busy;) {
      if (lanes[i]->advance(count)) {
        ++i;
        continue;
      }
      Kernel::finish(lanes[i]->state, lanes[i]->hash());
      if (taken < contents.size()) {
        lanes[i]->begin(contents[taken], hashes[taken], Kernel::start());
        ++taken;
        ++i;
      } else {
        std::swap(lanes[i], lanes[--busy]);
      }
    }
  }
}

}  // namespace trailseal::crypto
