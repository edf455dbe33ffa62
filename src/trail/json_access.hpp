// Between simdjson and JsonValue: an element is a document and a place on its tape, and so is a JsonValue. For the
// files of this folder that parse records.
#pragma once

#include <simdjson.h>

#include <bit>

#include "trail/json_value.hpp"

namespace trailseal::trail {

namespace dom = simdjson::dom;

struct JsonAccess {
  static dom::element element(const void* document, std::size_t index) noexcept {
    return std::bit_cast<dom::element>(
        simdjson::internal::tape_ref(static_cast<const dom::document*>(document), index));
  }
  static dom::element element(JsonValue value) noexcept { return element(value.document_, value.index_); }
  static simdjson::internal::tape_ref place(dom::element element) noexcept {
    return std::bit_cast<simdjson::internal::tape_ref>(element);
  }
  static JsonValue value(dom::element element) noexcept {
    const auto at = place(element);
    return {at.doc, at.json_index};
  }
};

}  // namespace trailseal::trail
