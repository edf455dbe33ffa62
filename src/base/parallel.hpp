// The one way to run things in parallel.
#pragma once

#include <cstddef>
#include <functional>

namespace trailseal::base {

// Calls work(index) once for each index below `count`, on up to `jobs` threads, the caller's among them. Indices are
// handed out in rising order, `grain` at a time. Returns when all are done. `work` must not throw; it may itself call
// parallel_for, and threads that have nothing left to do then help there.
void parallel_for(unsigned jobs, std::size_t count, std::size_t grain,
                  const std::function<void(std::size_t index)>& work);

// `wanted`, or the number of CPUs this process may use if that is 0; at least 1, at most 256.
unsigned job_count(unsigned wanted);

}  // namespace trailseal::base
