// The one way to run things in parallel.
#pragma once

#include <cstddef>
#include <functional>

namespace trailseal::base {

// Calls work(worker, index) once for each index below `count`, on up to `jobs` threads (the caller's among them);
// worker is below `jobs` and no two calls with the same worker overlap, so it may index reusable buffers. Indices are
// handed out in rising order, `grain` at a time. Returns when all are done. `work` must not throw.
void parallel_for(unsigned jobs, std::size_t count, std::size_t grain,
                  const std::function<void(unsigned worker, std::size_t index)>& work);

// `wanted`, or the number of CPUs this process may use if that is 0; at least 1, at most 256.
unsigned job_count(unsigned wanted);

}  // namespace trailseal::base
