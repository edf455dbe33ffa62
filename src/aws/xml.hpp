// The XML of AWS's answers (XML 1.0), as far as a service writes it: elements, text, character references.
//
// Strict and bounded: a document type, a processing instruction other than the first line, an undeclared entity, a tag
// that does not match, anything behind the root, more than 16 levels: all refused. Attributes and comments are skipped.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "trailseal/bytes.hpp"
#include "trailseal/result.hpp"

namespace trailseal::aws {

struct XmlVisitor {
  // `path` is "ListBucketResult/Contents/Key", without namespace prefixes.
  std::function<void(std::string_view path)> open;
  // `text` is the element's own text with references resolved, white space kept; without that of its children.
  std::function<Result<void>(std::string_view path, std::string_view text)> close;
};

// Walks the document once, from left to right, without a tree. Errors: corrupt; those of the visitor.
Result<void> scan_xml(ByteView xml, const XmlVisitor& visitor);

}  // namespace trailseal::aws
