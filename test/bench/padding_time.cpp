// How long decrypting takes, by why it fails. Each round decrypts one ciphertext of each kind, in an order that changes
// from round to round. Stated for each kind: the median, and how often a run of it takes longer than one of the kind
// that is right (0.5: the two cannot be told apart; the Mann-Whitney statistic, ties counted half). "right again" is
// the kind that is right, compared with itself: what the method sees where there is nothing to see.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "trailseal/crypto.hpp"
#include "trailseal/envelope.hpp"

using namespace trailseal;

namespace {

constexpr std::size_t kRsaSize = 256, kCbcSize = 1024 + 32;

Bytes read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "cannot read %s\n", path.c_str());
    std::exit(1);
  }
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct Kind {
  std::string name;
  Bytes texts;
  std::vector<double> times;  // microseconds
};

double more_often_longer(std::vector<double> a, std::vector<double> b) {
  std::ranges::sort(b);
  double sum = 0;
  for (const double each : a) {
    const auto [low, high] = std::ranges::equal_range(b, each);
    sum += static_cast<double>(low - b.begin()) + static_cast<double>(high - low) / 2;
  }
  return sum / (static_cast<double>(a.size()) * static_cast<double>(b.size()));
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void measure(const char* backend, std::vector<Kind> kinds, std::size_t size, std::size_t runs,
             const std::function<void(ByteView)>& decrypt) {
  kinds.push_back({"right again", kinds.front().texts, {}});
  std::mt19937 chance(1);
  std::vector<std::size_t> order(kinds.size());
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t run = 0; run < runs; ++run) {
    std::ranges::shuffle(order, chance);
    for (const std::size_t each : order) {
      Kind& kind = kinds[each];
      const std::size_t at = run * size % kind.texts.size();
      const auto begin = std::chrono::steady_clock::now();
      decrypt(ByteView(kind.texts).subspan(at, size));
      const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
      kind.times.push_back(took.count());
    }
  }
  for (const Kind& kind : kinds)
    std::printf("%-10s %-20s %9.2f us  %5.3f\n", backend, kind.name.c_str(), median(kind.times),
                more_often_longer(kind.times, kinds.front().times));
}

std::vector<Kind> kinds_of(const std::filesystem::path& folder, const std::string& prefix, const std::string& right) {
  std::vector<Kind> kinds;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(prefix)) kinds.push_back({name, read(entry.path()), {}});
  }
  std::ranges::sort(kinds, {}, [&](const Kind& kind) { return std::pair(kind.name != right, kind.name); });
  return kinds;
}

void open_cbc(ByteView content, const crypto::Backend& backend) {
  envelope::Keyring keys;
  keys.data_key.emplace_back(Bytes(32, 7));
  envelope::Envelope object;
  object.metadata =
      envelope::Metadata{{"x-amz-key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
                         {"x-amz-iv", "AAAAAAAAAAAAAAAAAAAAAA=="},
                         {"x-amz-matdesc", "{}"}};
  object.body = envelope::source_of(content);
  envelope::Policy policy;
  policy.allow_legacy = true;
  const auto opened = envelope::open(object, keys, policy, backend);
  if (opened.verdict != envelope::Verdict::unauthenticated_mode &&
      opened.verdict != envelope::Verdict::decrypt_failed) {
    std::fprintf(stderr, "%s: %s\n", std::string(to_string(opened.verdict)).c_str(), opened.detail.c_str());
    std::exit(1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: padding_time FOLDER RUNS\n");
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  const std::size_t runs = std::strtoul(argv[2], nullptr, 10);
  const auto key = crypto::RsaPrivateKey::from_der(read(folder / "key.der"));
  if (!key) return 1;
  for (const crypto::Backend* backend : crypto::backends()) {
    const std::string name(backend->name());
    const auto decrypter = backend->rsa_decrypter(*key);
    if (!decrypter) return 1;
    measure(name.c_str(), kinds_of(folder, "rsa-", "rsa-right"), kRsaSize, runs, [&](ByteView text) {
      const auto opened = (*decrypter)->decrypt_pkcs1(text, 32);
      if (!opened && opened.error().code != Errc::authentication) std::exit(1);
    });
    measure(name.c_str(), kinds_of(folder, "cbc-", "cbc-right-1"), kCbcSize, runs,
            [&](ByteView text) { open_cbc(text, *backend); });
  }
}
