// One object on its way from the bucket into the collection.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "collect/inventory.hpp"
#include "collect/journal.hpp"
#include "collect/tree.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/verify.hpp"

namespace trailseal::collect {

// The bytes that are held at once, by all threads together.
class Budget {
 public:
  explicit Budget(std::size_t most) : most_(most) {}

  class Share {
   public:
    Share(Budget& from, std::size_t size);  // waits
    ~Share();
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

   private:
    Budget& from_;
    std::size_t size_;
  };

 private:
  const std::size_t most_;
  std::size_t used_ = 0;
  std::mutex mutex_;
  std::condition_variable freed_;
};

struct Fetched {
  std::optional<Record> record = {};  // what is new; none: the collection has it already, or the run was interrupted
  bool kept = false;
  bool restored = false;  // the same as before, put back where it was missing
  bool failed = false;    // not acquired; the record may say so
};

class Fetcher {
 public:
  Fetcher(const store::ObjectStore& store, const Tree& tree, const Journal& journal, const crypto::Backend& backend,
          const std::function<Time()>& clock, verify::Progress& progress);

  // Thread-safe. Errors: of writing alone, which end the run.
  Result<Fetched> fetch(const Wanted& wanted);

 private:
  struct Got {
    Bytes bytes;
    std::string side;  // the metadata file
    Record record;
  };
  Result<Got> get(const Wanted& wanted) const;
  Result<void> describe(Got& got) const;
  Result<void> place_object(Got& got) const;
  Result<void> place_version(Got& got) const;
  bool is_there(const Record& record) const;

  const store::ObjectStore& store_;
  const Tree& tree_;
  const Journal& journal_;
  const crypto::Backend& backend_;
  const std::function<Time()>& clock_;
  verify::Progress& progress_;
  Budget budget_;
};

}  // namespace trailseal::collect
