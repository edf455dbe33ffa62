#include "base/json_members.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hex.hpp"

namespace trailseal::base {

using nlohmann::json;

struct Members::Reading {
  std::optional<Error> error;
  void refuse(const std::string& name) {
    if (!error) error = Error{Errc::corrupt, "the member " + name + " is missing or not what it should be"};
  }
};

namespace {

const json& value_at(const void* pointer) { return *static_cast<const json*>(pointer); }

}  // namespace

const void* Members::find(const char* name) const {
  const json& object = value_at(object_);
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

bool Members::has(const char* name) const { return find(name) != nullptr; }

void Members::refuse(const char* name) const { reading_.refuse(name); }

std::string Members::text(const char* name) const {
  const void* found = find(name);
  if (found == nullptr) return {};
  if (value_at(found).is_string()) return value_at(found).get<std::string>();
  refuse(name);
  return {};
}

std::string Members::key(const char* name) const {
  const std::string hex_name = std::string(name) + "_hex";
  if (has(name) || !has(hex_name.c_str())) return text(name);
  if (const auto bytes = base::from_hex(text(hex_name.c_str()))) return std::string(as_text(*bytes));
  refuse(hex_name.c_str());
  return {};
}

std::vector<std::string> Members::texts(const char* name) const {
  std::vector<std::string> out;
  const void* found = find(name);
  if (found == nullptr) return out;
  if (!value_at(found).is_array()) {
    refuse(name);
    return out;
  }
  for (const json& value : value_at(found)) {
    if (value.is_string())
      out.push_back(value.get<std::string>());
    else
      refuse(name);
  }
  return out;
}

std::uint64_t Members::number(const char* name) const {
  const void* found = find(name);
  if (found == nullptr) return 0;
  if (value_at(found).is_number_unsigned()) return value_at(found).get<std::uint64_t>();
  refuse(name);
  return 0;
}

bool Members::flag(const char* name) const {
  const void* found = find(name);
  if (found == nullptr) return false;
  if (value_at(found).is_boolean()) return value_at(found).get<bool>();
  refuse(name);
  return false;
}

std::optional<Time> Members::time(const char* name) const {
  if (!has(name)) return std::nullopt;
  const auto time = parse_iso_utc(text(name));
  if (time) return *time;
  refuse(name);
  return std::nullopt;
}

std::optional<Sha256> Members::sha256(const char* name) const {
  if (!has(name)) return std::nullopt;
  const auto hash = base::sha256_from_hex(text(name));
  if (!hash) refuse(name);
  return hash;
}

void Members::inside(const char* name, const Use& use) const {
  const void* found = find(name);
  if (found == nullptr) return;
  if (value_at(found).is_object())
    use(Members(reading_, found));
  else
    refuse(name);
}

void Members::each(const char* name, const Use& use) const {
  const void* found = find(name);
  if (found == nullptr) return;
  if (!value_at(found).is_array()) {
    refuse(name);
    return;
  }
  for (const json& value : value_at(found)) {
    if (value.is_object())
      use(Members(reading_, &value));
    else
      refuse(name);
  }
}

Result<void> read_members(std::string_view text, std::size_t limit, const Members::Use& use) {
  if (text.size() > limit) return Error{Errc::limit, "more than " + std::to_string(limit) + " bytes of JSON"};
  constexpr std::size_t kMostDepth = 16;
  std::vector<std::vector<std::string>> open;  // the names of each object that is being read
  bool twice = false, deep = false;
  const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    using Event = json::parse_event_t;
    if (static_cast<std::size_t>(depth) > kMostDepth) deep = true;
    if (event == Event::object_start) open.emplace_back();
    if (event == Event::object_end && !open.empty()) open.pop_back();
    if (event == Event::key && !open.empty()) {
      const auto& name = parsed.get_ref<const std::string&>();
      if (std::find(open.back().begin(), open.back().end(), name) != open.back().end()) twice = true;
      if (open.back().size() < 64) open.back().push_back(name);
    }
    return !deep;
  };
  const json root = json::parse(text.begin(), text.end(), watch, false);
  if (deep) return Error{Errc::corrupt, "lists and objects nested too deep"};
  if (root.is_discarded() || !root.is_object()) return Error{Errc::corrupt, "no JSON object"};
  if (twice) return Error{Errc::corrupt, "a name stands twice in one object"};
  Members::Reading reading;
  use(Members(reading, &root));
  if (reading.error) return *std::move(reading.error);
  return {};
}

}  // namespace trailseal::base
