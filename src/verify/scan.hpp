// Listing where anybody may have planted names.
//
// CloudTrail's names fill narrow zones of the byte order: its days, and in them the names that begin with the account.
// A listing that has met nothing of interest for a page jumps to the next zone, so that a million planted names cost
// two or three requests, wherever they sort. Inside a zone nothing can be jumped over without loss; there patience is
// longer, and its end is trouble.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trailseal/store.hpp"

namespace trailseal::verify {

// Where names of interest can lie.
class Zones {
 public:
  virtual ~Zones() = default;
  struct Place {
    std::string begin;  // all names of interest in this zone, or in what is left of it, come after this
    bool inside;        // the name that was asked about lies in it
  };
  // The zone of `name`, or the next behind it.
  virtual std::optional<Place> find(std::string_view name) const = 0;
  // The next zone behind the one that `name` lies in.
  virtual std::optional<Place> next(std::string_view name) const = 0;
};

// "PREFIX YYYY/MM/DD/" for every day of the calendar, and in it what begins with `name`.
class DayZones final : public Zones {
 public:
  DayZones(std::string prefix, std::string name) : prefix_(std::move(prefix)), name_(std::move(name)) {}
  std::optional<Place> find(std::string_view name) const override;
  std::optional<Place> next(std::string_view name) const override;

 private:
  std::optional<Place> day(std::int32_t days) const;
  std::string prefix_, name_;
};

// Folders whose names lie between two texts, the last one included with all that begins with it.
class FolderZones final : public Zones {
 public:
  using Range = std::pair<std::string_view, std::string_view>;
  // `ranges` rise, and outlive this.
  FolderZones(std::string prefix, std::vector<Range> ranges) : prefix_(std::move(prefix)), ranges_(std::move(ranges)) {}
  std::optional<Place> find(std::string_view name) const override;
  std::optional<Place> next(std::string_view name) const override;

  static std::vector<Range> accounts();  // and organizations
  static std::vector<Range> regions();   // those that begin as AWS has named them so far
  static std::vector<Range> numbers();   // years, months, days

 private:
  std::string prefix_;
  std::vector<Range> ranges_;
};

// Only the names that begin with the prefix, and nothing can be jumped over.
class NoZones final : public Zones {
 public:
  std::optional<Place> find(std::string_view) const override { return std::nullopt; }
  std::optional<Place> next(std::string_view) const override { return std::nullopt; }
};

struct ScanQuestion {
  const store::ObjectStore& store;
  std::string prefix;
  std::string after = {};
  std::string delimiter = {};  // empty: every key
  const Zones& zones;
  const std::atomic<bool>& stop;
};

enum class Seen { ours, foreign, enough };

struct ScanEnd {
  std::uint64_t jumps = 0;        // over names outside of the zones
  std::string first_jump;         // behind this name
  std::vector<std::string> left;  // zones that were left before their end, by the last name seen in each
};

// Errors: those of the listing.
Result<ScanEnd> scan(const ScanQuestion& question,
                     const std::function<Seen(const store::ObjectInfo& name, bool cut)>& visit,
                     const store::TroubleVisitor& trouble);

// Days since 1970 as "YYYY/MM/DD".
std::string day_text(std::int32_t days);

}  // namespace trailseal::verify
