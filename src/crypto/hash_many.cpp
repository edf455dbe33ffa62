#include "crypto/hash_many.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "crypto/lanes/lanes.hpp"

namespace trailseal::crypto {

bool hashes_side_by_side(const Backend& backend) noexcept {
  return has_lanes() && find_backend(backend.name()) == &backend;
}

void hash_many(Hasher& hasher, std::span<HashTask> tasks) {
  std::vector<HashTask*> expected;
  for (auto& task : tasks)
    if (task.expected != nullptr) expected.push_back(&task);
  std::ranges::sort(expected, std::ranges::greater{}, [](const HashTask* task) { return task->content.size(); });
  std::vector<ByteView> contents;
  for (const auto* task : expected) contents.push_back(task->content);
  std::vector<Sha256> hashes(contents.size());
  hash_in_lanes(contents, hashes);
  for (std::size_t i = 0; i < expected.size(); ++i) expected[i]->hash = hashes[i];
  for (auto& task : tasks) {
    if (task.expected != nullptr && task.hash == *task.expected) continue;
    hasher.update(task.content);
    if (auto hashed = hasher.finish(task.hash); !hashed) task.error = std::move(hashed).error();
  }
}

}  // namespace trailseal::crypto
