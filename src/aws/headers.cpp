#include <algorithm>

#include "aws/http.hpp"

namespace trailseal::aws {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool same_name(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string lower_name(std::string_view name) {
  std::string out(name);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

void Headers::set(std::string_view name, std::string value) {
  std::erase_if(all_, [&](const Header& header) { return same_name(header.name, name); });
  all_.push_back({std::string(name), std::move(value)});
}

void Headers::remove(std::string_view name) {
  std::erase_if(all_, [&](const Header& header) { return same_name(header.name, name); });
}

const std::string* Headers::find(std::string_view name) const {
  const auto found = std::ranges::find_if(all_, [&](const Header& header) { return same_name(header.name, name); });
  return found == all_.end() ? nullptr : &found->value;
}

}  // namespace trailseal::aws
