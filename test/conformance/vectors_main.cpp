// Runs every case of every third-party set of test vectors below a folder on every crypto backend that was built in,
// and on the cross-check over all of them.
//
//   conformance_vectors [FOLDER]      the environment variable TRAILSEAL_VECTORS outranks FOLDER
//
// Sets are recognised by their content, so another folder with other files of the same kinds works too. What is not run
// is counted and named with its reason: nothing is left out silently. Status: 0, 1 if a case failed or nothing ran, 77
// without a folder (Meson's "skipped").
//
// To add a format: a Format in a file of its own and its line in kFormats.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>

#include "base/hex.hpp"
#include "vectors.hpp"

namespace fs = std::filesystem;

namespace trailseal::test {

void Tally::check(const std::string& id, const std::function<bool(const crypto::Backend&)>& right) {
  std::string wrong;
  for (const crypto::Backend* backend : backends_and_cross_check())
    if (!right(*backend)) wrong += " " + std::string(backend->name());
  if (wrong.empty())
    pass();
  else
    fail(id, "wrong on" + wrong);
}

void Tally::fail(const std::string& id, const std::string& why) { failures_.push_back(id + ": " + why); }

int Tally::skipped() const {
  int sum = 0;
  for (const auto& [reason, cases] : skipped_) sum += cases;
  return sum;
}

std::string Tally::line() const {
  std::string out = std::to_string(passed_) + " passed, " + std::to_string(failed()) + " failed, " +
                    std::to_string(skipped()) + " skipped";
  const char* separator = " (";
  for (const auto& [reason, cases] : skipped_) {
    out += separator + (skipped_.size() > 1 ? std::to_string(cases) + " " : "") + reason;
    separator = "; ";
  }
  return skipped_.empty() ? out : out + ")";
}

const std::vector<const crypto::Backend*>& backends_and_cross_check() {
  static const Result<std::unique_ptr<crypto::Backend>> cross_check =
      crypto::make_cross_check({crypto::backends().begin(), crypto::backends().end()});
  static const std::vector<const crypto::Backend*> all = [] {
    std::vector<const crypto::Backend*> list(crypto::backends().begin(), crypto::backends().end());
    if (cross_check) list.push_back(cross_check->get());
    return list;
  }();
  return all;
}

std::optional<crypto::Hash> hash_named(std::string_view name) {
  if (name == "SHA-256" || name == "SHA256") return crypto::Hash::sha256;
  if (name == "SHA-384" || name == "SHA384") return crypto::Hash::sha384;
  if (name == "SHA-512" || name == "SHA512") return crypto::Hash::sha512;
  return std::nullopt;
}

Bytes unhex(std::string_view text) {
  std::optional<Bytes> bytes = base::from_hex(text);
  if (!bytes) throw std::runtime_error("not hexadecimal");
  return std::move(*bytes);
}

bool verifies(const crypto::Backend& backend, const crypto::RsaPublicKey& key, crypto::Hash hash, ByteView message,
              ByteView signature, crypto::SignatureCheck expected) {
  const auto verifier = backend.rsa_verifier(key);
  const auto digest = backend.hash(hash, message);
  if (!verifier || !digest) return false;
  const auto check = (*verifier)->verify(hash, *digest, signature);
  return check && *check == expected;
}

namespace {

const Format* const kFormats[] = {&kWycheproof, &kNist, &kSigv4, &kEnvelopes};

struct Total {
  int passed = 0, failed = 0, skipped = 0;
};

void report(const std::string& name, const Tally& tally, Total& total) {
  std::printf("%s: %s\n", name.c_str(), tally.line().c_str());
  for (const std::string& failure : tally.failures()) std::printf("  FAILED %s\n", failure.c_str());
  total.passed += tally.passed();
  total.failed += tally.failed();
  total.skipped += tally.skipped();
}

// Runs the candidate if a format claims it.
bool run(const Candidate& candidate, const std::string& name, Total& total) {
  const auto format = std::ranges::find_if(kFormats, [&](const Format* one) { return one->claims(candidate); });
  if (format == std::end(kFormats)) return false;
  Tally tally;
  try {
    (*format)->run(candidate, tally);
  } catch (const std::exception& exception) {
    tally.fail("the rest of the set", std::string("cannot be read: ") + exception.what());
  }
  if (tally.passed() + tally.failed() + tally.skipped() == 0) tally.fail("the set", "holds no case");
  report(name, tally, total);
  return true;
}

void walk(const fs::path& folder, const fs::path& root, Total& total) {
  std::vector<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(folder)) entries.push_back(entry.path());
  std::ranges::sort(entries);
  for (const fs::path& path : entries) {
    const std::string name = fs::relative(path, root).generic_string();
    if (path.extension() == ".md") continue;  // says where the vectors come from
    if (fs::is_directory(path)) {
      if (!run({path, {}}, name, total)) walk(path, root, total);
      continue;
    }
    std::ifstream file(path, std::ios::binary);
    const Candidate candidate{path, {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()}};
    if (run(candidate, name, total)) continue;
    Tally tally;
    tally.skip("not recognised; counted as one case");
    report(name, tally, total);
  }
}

int run_all(const fs::path& root) {
  if (!fs::is_directory(root)) {
    std::printf("no test vectors: %s is not a folder\n", root.c_str());
    return 77;
  }
  for (const crypto::Backend* backend : crypto::backends()) std::printf("backend: %s\n", backend->version().c_str());
  Total total;
  walk(root, root, total);
  std::printf("%d passed, %d failed, %d skipped\n", total.passed, total.failed, total.skipped);
  return total.failed == 0 && total.passed > 0 ? 0 : 1;
}

}  // namespace
}  // namespace trailseal::test

int main(int argc, char** argv) {
  const char* chosen = std::getenv("TRAILSEAL_VECTORS");
  if (chosen == nullptr && argc > 1) chosen = argv[1];
  if (chosen == nullptr) {
    std::puts("no test vectors: set TRAILSEAL_VECTORS to their folder");
    return 77;
  }
  return trailseal::test::run_all(chosen);
}
