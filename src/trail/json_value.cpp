#include "trail/json_value.hpp"

#include "trail/json_access.hpp"

namespace trailseal::trail {

JsonValue::Kind JsonValue::kind() const noexcept {
  if (document_ == nullptr) return Kind::absent;
  switch (JsonAccess::element(*this).type()) {
    case dom::element_type::ARRAY: return Kind::list;
    case dom::element_type::OBJECT: return Kind::object;
    case dom::element_type::STRING: return Kind::text;
    case dom::element_type::BOOL: return Kind::boolean;
    case dom::element_type::NULL_VALUE: return Kind::null;
    default: return Kind::number;
  }
}

JsonValue JsonValue::operator[](std::string_view name) const noexcept {
  dom::object object;
  dom::element member;
  if (document_ == nullptr || JsonAccess::element(*this).get_object().get(object) != simdjson::SUCCESS ||
      object.at_key(name).get(member) != simdjson::SUCCESS)
    return {};
  return JsonAccess::value(member);
}

std::string_view JsonValue::text() const noexcept {
  std::string_view text;
  if (document_ == nullptr || JsonAccess::element(*this).get_string().get(text) != simdjson::SUCCESS) return {};
  return text;
}

std::optional<bool> JsonValue::boolean() const noexcept {
  bool value = false;
  if (document_ == nullptr || JsonAccess::element(*this).get_bool().get(value) != simdjson::SUCCESS)
    return std::nullopt;
  return value;
}

std::string JsonValue::to_json() const {
  return document_ == nullptr ? std::string() : simdjson::minify(JsonAccess::element(*this));
}

// On the tape the first element, or the first member's name, stands behind the opening mark, and the closing mark one
// place before what follows the whole.
JsonValue::Iterator JsonValue::begin() const noexcept {
  Iterator place;
  const Kind is = kind();
  if (is != Kind::list && is != Kind::object) return place;
  place.document_ = document_;
  place.index_ = index_ + 1;
  place.named_ = is == Kind::object;
  return place;
}

JsonValue::Iterator JsonValue::end() const noexcept {
  Iterator place = begin();
  if (place.document_ != nullptr) place.index_ = JsonAccess::place(JsonAccess::element(*this)).after_element() - 1;
  return place;
}

std::size_t JsonValue::size() const noexcept { return static_cast<std::size_t>(std::distance(begin(), end())); }

JsonValue JsonValue::Iterator::operator*() const noexcept { return {document_, named_ ? index_ + 1 : index_}; }

std::string_view JsonValue::Iterator::name() const noexcept {
  return named_ ? JsonAccess::place(JsonAccess::element(document_, index_)).get_string_view() : std::string_view();
}

JsonValue::Iterator& JsonValue::Iterator::operator++() noexcept {
  index_ = JsonAccess::place(JsonAccess::element(document_, named_ ? index_ + 1 : index_)).after_element();
  return *this;
}

}  // namespace trailseal::trail
