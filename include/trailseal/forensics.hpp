// What the events tell of the evidence itself: why it has holes, who touched it, when and from where. Values only;
// reports draw them. Every string is evidence and may hold anything: whoever prints it escapes it.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trailseal/finding.hpp"
#include "trailseal/time.hpp"

namespace trailseal::verdict {

// A digest that a report points at.
struct DigestCite {
  std::string uri;     // "s3://bucket/key"
  std::string sha256;  // of its content, in hexadecimal
  Interval hour{};
  auto operator<=>(const DigestCite&) const = default;
};

// What an event is worth as evidence.
enum class Standing {
  verified,    // its log file is what a proven digest signed
  looked_up,   // from an answer of LookupEvents: CloudTrail's word, not signed
  unverified,  // from a log file that nothing proves
};
std::string_view to_string(Standing standing) noexcept;  // "verified", "looked-up", "unverified"
std::optional<Standing> find_standing(std::string_view word) noexcept;

// An event that is cited: who did what, when, from where, and where the record of it lies.
struct EventRef {
  Time at{};
  std::string id, name, source;  // eventID, "StopLogging", "cloudtrail.amazonaws.com"
  std::string region, account;   // where it was recorded
  std::string actor;             // ARN of the caller, or the service that called
  std::string user;              // as the console's event history shows it; empty: none
  std::string issuer;            // ARN of the role behind a session; empty: none
  std::string access_key;
  std::string source_ip, user_agent;
  std::string error;        // errorCode; empty: it succeeded
  std::optional<bool> mfa;  // whether the session was opened with a second factor; nullopt: the record does not tell
  Standing standing = Standing::verified;
  std::string log;           // "s3://bucket/key" of the log file, or the path of an export
  std::string digest;        // "s3://bucket/key" of the proven digest that lists the log; empty: none
  std::uint64_t record = 0;  // its place in the log's list, from 0
  auto operator<=>(const EventRef&) const = default;
};

// ---- why something is not proven ----------------------------------------------------------------------------------

enum class Cause {
#define CAUSE(name, slug, text) name,
#include "trailseal/causes.def"
#undef CAUSE
};

struct CauseInfo {
  Cause cause;
  std::string_view slug;  // "logging-stopped"
  std::string_view text;  // one clause: lower case, no full stop
};
std::span<const CauseInfo> causes() noexcept;  // in the order of causes.def
const CauseInfo& info(Cause cause) noexcept;
std::optional<Cause> find_cause(std::string_view slug) noexcept;

// How far an explanation can be relied on; trailseal-forensics(7) has the rule for each.
enum class Confidence { unexplained, medium, high, certain };  // in rising order
std::string_view to_string(Confidence confidence) noexcept;    // "unexplained", "medium", ...
std::optional<Confidence> find_confidence(std::string_view word) noexcept;

// The cause of one gap or finding. It changes no outcome: what is explained is still not proven.
struct Explanation {
  std::string chain;             // the chain concerned; empty: none in particular
  std::optional<Interval> when;  // the stretch that is not proven
  std::string subject;           // as in the finding; empty: the chain in that stretch
  Code code{};                   // of the gap or finding that is explained
  Cause cause = Cause::unexplained;
  Confidence confidence = Confidence::unexplained;
  std::string sentence;                 // who did what, when and from where, for a stranger to read
  std::vector<EventRef> events;         // that say so, in order of time
  std::vector<std::string> facts;       // what else says so: versions, settings, where the log files lie
  std::vector<std::string> considered;  // what was looked for and not found, or speaks against it
  auto operator<=>(const Explanation&) const = default;
};

// ---- who touched the evidence -------------------------------------------------------------------------------------

enum class Effect { narrows, destroys, unreadable, reroutes, context };  // what it does to the record
std::string_view to_string(Effect effect) noexcept;                      // "narrows", ...
std::optional<Effect> find_effect(std::string_view word) noexcept;

// The release of MITRE ATT&CK whose ids stand in `attack`; `attack_before` has those of the releases before it.
inline constexpr std::string_view kAttackVersion = "19";

// An event that bears on the log bucket, its trails or their keys, whether it succeeded or was denied.
struct TamperingEvent {
  EventRef event;
  std::string rule;                                // its name in trailseal-forensics(7): "stop-logging"
  std::vector<Effect> effects;                     // sorted
  std::vector<std::string> attack, attack_before;  // ids: "T1685.002"; "T1562.008"
  std::string concerns;  // what of ours: the ARN of a trail or key, a bucket; empty: the account as a whole
  std::string detail;    // the parameters that matter: "enableLogFileValidation=false"
  auto operator<=>(const TamperingEvent&) const = default;
};

// Events in one hour, as verified logs hold them: what two trails record counts twice.
struct EventRate {
  Time hour{};
  std::uint64_t events = 0, writes = 0, errors = 0;
  auto operator<=>(const EventRate&) const = default;
};

struct Forensics {
  // Of more than that, the first in order are kept.
  static constexpr std::size_t kMostExplanations = 10'000, kMostTampering = 10'000, kMostHours = 24 * 366 * 10;

  bool explained = false;                 // causes were looked for
  bool timeline = false;                  // all verified logs of the window were searched for tampering
  std::uint64_t logs = 0, events = 0;     // verified logs that were searched, and the records in them
  std::uint64_t unreadable = 0;           // verified logs whose records could not be read
  std::vector<Explanation> explanations;  // sorted
  std::vector<TamperingEvent> tampering;  // sorted by time; an event that two trails recorded stands once
  std::vector<EventRate> rates;           // sorted by hour; hours without an event are left out
  bool truncated = false;                 // some were not kept

  void merge(Forensics other);
  bool operator==(const Forensics&) const = default;
};

}  // namespace trailseal::verdict
