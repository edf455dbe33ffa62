// Replays a corpus without a fuzzer, in the ordinary test run: every seed, then truncations, flipped bits and planted
// bytes of every seed from a fixed random sequence. Each target gets about a second; the count is printed.
//
// usage: replay_<target> CORPUS-FOLDER
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "fuzz/fuzz.hpp"

namespace {

using trailseal::Bytes;

constexpr auto kTime = std::chrono::milliseconds(900);
constexpr unsigned kRounds = 2000;

// What was being tried, for the handler of a crash: it must not allocate.
char current[512];

void report_crash(int signal) {
  static constexpr char kWords[] = "crashed on ";
  [[maybe_unused]] auto written = write(STDERR_FILENO, kWords, sizeof kWords - 1);
  written = write(STDERR_FILENO, current, std::strlen(current));
  written = write(STDERR_FILENO, "\n", 1);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

struct Seed {
  std::string name;
  Bytes bytes;
};

std::vector<Seed> read_seeds(const std::filesystem::path& folder) {
  std::vector<Seed> seeds;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    seeds.push_back({entry.path().filename().string(), Bytes(std::istreambuf_iterator<char>(file), {})});
  }
  std::sort(seeds.begin(), seeds.end(), [](const Seed& a, const Seed& b) { return a.name < b.name; });
  return seeds;
}

// The `round`th mutation of a seed that is not empty.
Bytes mutate(const Bytes& seed, unsigned round, std::mt19937& random) {
  // Not uniform_int_distribution: its sequence differs between standard libraries.
  const auto below = [&random](std::size_t limit) { return static_cast<std::size_t>(random()) % limit; };
  Bytes bytes = seed;
  switch (round % 4) {
    case 0: bytes.resize(below(bytes.size())); break;
    case 1: bytes[below(bytes.size())] ^= static_cast<std::uint8_t>(1u << below(8)); break;
    case 2: bytes[below(bytes.size())] = static_cast<std::uint8_t>(random()); break;
    default: {
      static constexpr std::uint8_t kPlanted[] = {0, '"', '\\', '{', '[', ',', '/', '_', '-', 0x1f, 0x7f, 0x80, 0xff};
      const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(below(bytes.size() + 1));
      bytes.insert(place, 1 + below(4), kPlanted[below(std::size(kPlanted))]);
    }
  }
  return bytes;
}

void try_one(const std::string& name, unsigned round, const Bytes& bytes) {
  std::snprintf(current, sizeof current, "%s, %lu bytes, round %u", name.c_str(),
                static_cast<unsigned long>(bytes.size()), round);
  // A copy of exactly this size, so that a sanitizer sees a read behind it.
  const Bytes exact(bytes.begin(), bytes.end());
  fuzz(exact);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto seeds = read_seeds(argv[1]);
  if (seeds.empty()) {
    std::fprintf(stderr, "no seeds in %s\n", argv[1]);
    return 1;
  }
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL, SIGBUS}) std::signal(signal, report_crash);
  try_one("nothing", 0, {});
  for (const auto& seed : seeds) try_one(seed.name, 0, seed.bytes);
  const auto end = std::chrono::steady_clock::now() + kTime;
  const auto in_time = [end] { return std::chrono::steady_clock::now() < end; };
  std::mt19937 random(20260701);
  unsigned long tried = 0;
  for (unsigned round = 0; round < kRounds && in_time(); ++round) {
    for (const auto& seed : seeds) {
      if (seed.bytes.empty() || !in_time()) continue;
      try_one(seed.name, round, mutate(seed.bytes, round, random));
      ++tried;
    }
  }
  std::printf("%zu seeds and %lu mutations of them\n", seeds.size(), tried);
  return 0;
}
