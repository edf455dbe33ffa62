// Readers to borrow. There are as many as the run has jobs, so they also bound how much is read and held at once.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "verify/read.hpp"

namespace trailseal::verify {

class Readers {
 public:
  static Result<std::unique_ptr<Readers>> make(const crypto::Backend& backend, unsigned count);

  // Gives the reader back when it goes.
  class Lease {
   public:
    Lease(Readers& from, std::unique_ptr<Reader> reader) : from_(from), reader_(std::move(reader)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { from_.take_back(std::move(reader_)); }
    Reader* operator->() { return reader_.get(); }

   private:
    Readers& from_;
    std::unique_ptr<Reader> reader_;
  };

  // Waits until one is free. Hold one at a time, and nothing that others wait for.
  Lease borrow();

 private:
  void take_back(std::unique_ptr<Reader> reader);
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Reader>> free_;
};

}  // namespace trailseal::verify
