// The names that CloudTrail gives to its objects (AWS CloudTrail User Guide, "Digest file location" and "Finding your
// CloudTrail log files"; the kinds beside "CloudTrail" from today's guide):
//
//   [prefix/]AWSLogs/[org/]account/CloudTrail-Digest/region/YYYY/MM/DD/
//     account_CloudTrail-Digest_region_trail_home-region_YYYYMMDDTHHMMSSZ[_backfill].json.gz
//   [prefix/]AWSLogs/[org/]account/<kind>/region/YYYY/MM/DD/account_<kind>_region_YYYYMMDDTHHMMZ_<16>.json.gz
//
// A key is read from its end. A prefix may hold anything, "AWSLogs" and whole imitated digest paths included, while the
// components behind the true "AWSLogs" are fixed in number: so of all "AWSLogs" in a key at most one can fit, and
// counted from the end it is found without a search.
//
// A trail's name may hold "_" and text like a region, so a digest's name is not split on "_". What its folder repeats
// is taken off the front, the stamp of fixed length off the back, and between them stand the trail and its home region,
// which alone has no "_": the last "_" parts the two, and no other reading exists.
#include <algorithm>
#include <utility>

#include "trailseal/trail.hpp"

namespace trailseal::trail {
namespace {

constexpr std::string_view kLevel = "AWSLogs";
constexpr std::string_view kDigestFolder = "CloudTrail-Digest";
constexpr std::string_view kSuffix = ".json.gz";
constexpr std::string_view kBackfillSuffix = "_backfill.json.gz";
constexpr std::size_t kDayLength = 10;           // YYYY/MM/DD
constexpr std::size_t kSecondsStampLength = 16;  // YYYYMMDDTHHMMSSZ
constexpr std::size_t kMinutesStampLength = 14;  // YYYYMMDDTHHMMZ
constexpr std::size_t kUniqueLength = 16;
constexpr std::size_t kMaxPrefix = 200;  // characters: CreateTrail, S3KeyPrefix

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_alphanumeric(char c) { return is_digit(c) || is_lower(c) || (c >= 'A' && c <= 'Z'); }

bool consume(std::string_view& text, std::string_view front) {
  if (!text.starts_with(front)) return false;
  text.remove_prefix(front.size());
  return true;
}

bool consume_back(std::string_view& text, std::string_view back) {
  if (!text.ends_with(back)) return false;
  text.remove_suffix(back.size());
  return true;
}

// Cuts "/component" off the end; the component of a text without "/" is empty, which nothing here accepts.
std::string_view cut_component(std::string_view& text) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view component = text.substr(slash + 1);
  text = text.substr(0, slash);
  return component;
}

bool is_prefix(std::string_view text) {
  if (text.empty() || text.front() == '/' || text.find('\0') != std::string_view::npos) return false;
  // Bytes that continue a UTF-8 character do not count.
  return std::count_if(text.begin(), text.end(), [](char c) {
           return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
         }) <= static_cast<std::ptrdiff_t>(kMaxPrefix);
}

// The folder and the name of any object that CloudTrail delivers, kind and name unchecked.
struct Place {
  std::string_view prefix, org, account, kind, region, day, name;

  Root root() const { return {std::string(prefix), std::string(org), std::string(account)}; }
};

std::optional<Place> parse_place(std::string_view key) {
  Place place;
  place.name = cut_component(key);
  if (key.size() <= kDayLength) return std::nullopt;
  place.day = key.substr(key.size() - kDayLength);
  key.remove_suffix(kDayLength);
  if (!consume_back(key, "/")) return std::nullopt;
  place.region = cut_component(key);
  place.kind = cut_component(key);
  place.account = cut_component(key);
  if (!is_region(place.region) || !is_account(place.account)) return std::nullopt;
  if (!key.ends_with(kLevel)) {
    place.org = cut_component(key);
    if (!is_org(place.org)) return std::nullopt;
  }
  if (!consume_back(key, kLevel)) return std::nullopt;
  if (!key.empty()) {
    if (!consume_back(key, "/") || !is_prefix(key)) return std::nullopt;
    place.prefix = key;
  }
  return place;
}

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

// A date of the calendar as "YYYY/MM/DD".
bool is_day(std::string_view text) {
  if (text.size() != kDayLength) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (i == 4 || i == 7 ? text[i] != '/' : !is_digit(text[i])) return false;
  const std::chrono::year_month_day date{std::chrono::year(number(text.substr(0, 4))),
                                         std::chrono::month(static_cast<unsigned>(number(text.substr(5, 2)))),
                                         std::chrono::day(static_cast<unsigned>(number(text.substr(8, 2))))};
  return date.ok();
}

// Is the date of a basic stamp ("YYYYMMDD...") this "YYYY/MM/DD"?
bool same_day(std::string_view stamp, std::string_view day) {
  return day.size() == kDayLength && day[4] == '/' && day[7] == '/' && stamp.substr(0, 4) == day.substr(0, 4) &&
         stamp.substr(4, 2) == day.substr(5, 2) && stamp.substr(6, 2) == day.substr(8, 2);
}

std::string day_of(Time time) {
  const std::string stamp = to_basic_seconds(time);
  return stamp.substr(0, 4) + '/' + stamp.substr(4, 2) + '/' + stamp.substr(6, 2);
}

bool is_ip_address(std::string_view text) {
  int parts = 1;
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == '.') {
      if (digits == 0) return false;
      ++parts;
      digits = 0;
    } else if (!is_digit(c) || ++digits > 3) {
      return false;
    }
  }
  return parts == 4 && digits != 0;
}

}  // namespace

// ---- the parts --------------------------------------------------------------------------------------------------

bool is_account(std::string_view text) noexcept {
  return text.size() == 12 && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_org(std::string_view text) noexcept {
  if (!text.starts_with("o-") || text.size() < 12 || text.size() > 34) return false;
  text.remove_prefix(2);
  return std::all_of(text.begin(), text.end(), [](char c) { return is_lower(c) || is_digit(c); });
}

// Two to four words and a number of one or two digits: "us-east-1", "us-gov-west-1", "eusc-de-east-1".
bool is_region(std::string_view text) noexcept {
  if (text.size() > 32) return false;
  std::size_t words = 0, length = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_lower(text[i])) {
      ++length;
    } else if (text[i] == '-' && length >= 2) {
      ++words;
      length = 0;
    } else {
      const std::string_view number = text.substr(i);
      return length == 0 && words >= 2 && words <= 4 && number.size() <= 2 &&
             std::all_of(number.begin(), number.end(), is_digit);
    }
  }
  return false;
}

// CreateTrail, "Name": 3 to 128 letters, digits, ".", "_", "-"; a letter or digit at both ends and beside each of the
// other characters; not an IP address.
bool is_trail_name(std::string_view text) noexcept {
  if (text.size() < 3 || text.size() > 128) return false;
  bool alphanumeric = false;
  for (const char c : text) {
    const bool before = std::exchange(alphanumeric, is_alphanumeric(c));
    if (!alphanumeric && (!before || (c != '.' && c != '_' && c != '-'))) return false;
  }
  return alphanumeric && !is_ip_address(text);
}

std::string_view folder_name(LogKind kind) noexcept {
  switch (kind) {
    case LogKind::management_and_data: return "CloudTrail";
    case LogKind::insight: return "CloudTrail-Insight";
    case LogKind::network_activity: return "CloudTrail-NetworkActivity";
    case LogKind::aggregated: return "CloudTrail-Aggregated";
  }
  return {};
}

// ---- building ---------------------------------------------------------------------------------------------------

std::string Root::key() const {
  std::string key;
  key.reserve(prefix.size() + org.size() + account.size() + 11);
  if (!prefix.empty()) key.append(prefix) += '/';
  key.append(kLevel) += '/';
  if (!org.empty()) key.append(org) += '/';
  key.append(account) += '/';
  return key;
}

std::string ChainId::to_string() const {
  std::string text;
  if (!org.empty()) text.append(org) += '/';
  text.append(account).append("/").append(trail).append("@").append(home_region).append("/").append(region);
  return text;
}

std::string DigestKey::key() const {
  std::string key = root.key();
  key.append(kDigestFolder).append("/").append(chain.region).append("/").append(day).append("/");
  key.append(root.account).append("_").append(kDigestFolder).append("_").append(chain.region).append("_");
  key.append(chain.trail).append("_").append(chain.home_region).append("_").append(to_basic_seconds(end));
  key.append(backfill ? kBackfillSuffix : kSuffix);
  return key;
}

bool DigestKey::misfiled() const { return day != day_of(end); }

std::string LogKey::key() const {
  const std::string_view folder = folder_name(kind);
  std::string key = root.key();
  key.append(folder).append("/").append(region).append("/").append(day_of(time)).append("/");
  key.append(root.account).append("_").append(folder).append("_").append(region).append("_");
  key.append(to_basic_minutes(time)).append("_").append(unique).append(kSuffix);
  return key;
}

// ---- parsing ----------------------------------------------------------------------------------------------------

std::optional<DigestKey> parse_digest_key(std::string_view key) {
  const std::optional<Place> place = parse_place(key);
  if (!place || place->kind != kDigestFolder || !is_day(place->day)) return std::nullopt;

  std::string_view name = place->name;
  if (!consume(name, place->account) || !consume(name, "_") || !consume(name, kDigestFolder) || !consume(name, "_") ||
      !consume(name, place->region) || !consume(name, "_"))
    return std::nullopt;
  const bool backfill = consume_back(name, kBackfillSuffix);
  if (!backfill && !consume_back(name, kSuffix)) return std::nullopt;
  if (name.size() <= kSecondsStampLength) return std::nullopt;
  const Result<Time> end = parse_basic_seconds(name.substr(name.size() - kSecondsStampLength));
  name.remove_suffix(kSecondsStampLength);
  if (!end || !consume_back(name, "_")) return std::nullopt;

  const std::size_t seam = name.rfind('_');
  if (seam == std::string_view::npos) return std::nullopt;
  const std::string_view trail = name.substr(0, seam), home_region = name.substr(seam + 1);
  if (!is_trail_name(trail) || !is_region(home_region)) return std::nullopt;

  DigestKey parsed{place->root(),
                   {std::string(place->org), std::string(place->account), std::string(trail), std::string(home_region),
                    std::string(place->region)},
                   *end,
                   backfill,
                   std::string(place->day)};
  if (parsed.key() != key) return std::nullopt;
  return parsed;
}

std::optional<LogName> parse_log_name(std::string_view name, std::string_view account, LogKind kind,
                                      std::string_view region, std::string_view day) noexcept {
  // Every byte of the name is compared with a known part or becomes part of the answer: the rebuilt name is this one.
  if (!consume(name, account) || !consume(name, "_") || !consume(name, folder_name(kind)) || !consume(name, "_") ||
      !consume(name, region) || !consume(name, "_") || !consume_back(name, kSuffix))
    return std::nullopt;
  if (name.size() != kMinutesStampLength + 1 + kUniqueLength || name[kMinutesStampLength] != '_') return std::nullopt;
  const std::string_view stamp = name.substr(0, kMinutesStampLength), unique = name.substr(kMinutesStampLength + 1);
  if (!same_day(stamp, day) || !std::all_of(unique.begin(), unique.end(), is_alphanumeric)) return std::nullopt;
  const Result<Time> time = parse_basic_minutes(stamp);
  if (!time) return std::nullopt;
  return LogName{*time, unique};
}

std::optional<LogKey> parse_log_key(std::string_view key) {
  const std::optional<Place> place = parse_place(key);
  if (!place) return std::nullopt;
  for (const LogKind kind : kLogKinds) {
    if (place->kind != folder_name(kind)) continue;
    const std::optional<LogName> name = parse_log_name(place->name, place->account, kind, place->region, place->day);
    if (!name) return std::nullopt;
    return LogKey{place->root(), kind, std::string(place->region), name->time, std::string(name->unique)};
  }
  return std::nullopt;
}

}  // namespace trailseal::trail
