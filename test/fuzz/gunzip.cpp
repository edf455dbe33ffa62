#include "base/gunzip.hpp"

#include <cstdlib>
#include <string>

#include "fuzz/fuzz.hpp"

using namespace trailseal;

// The whole and the pieces tell the same story, and no more comes out than the limit allows.
void fuzz(ByteView input) {
  constexpr base::GunzipLimits kLimits{.max_output = 1u << 20, .max_ratio = 250};
  static base::Gunzip gunzip;
  std::string in_pieces;
  const auto failure = gunzip.pieces(input, kLimits, [&](ByteView piece) { in_pieces += as_text(piece); });
  ByteView content;
  const auto whole_failure = gunzip.whole(input, kLimits, content);
  if (failure.has_value() != whole_failure.has_value()) std::abort();
  if (content.size() > kLimits.max_output || in_pieces.size() > kLimits.max_output) std::abort();
  if (failure && (failure->fault != whole_failure->fault || failure->detail != whole_failure->detail ||
                  failure->content_complete != whole_failure->content_complete || failure->detail.empty()))
    std::abort();
  static Bytes room(kLimits.max_output);
  ByteView inside;
  static base::Gunzip other;  // `content` lies in the first one
  if (other.into(input, kLimits, room, inside) && (failure || as_text(inside) != in_pieces)) std::abort();
  if ((!failure || failure->content_complete) && as_text(content) != in_pieces) std::abort();
}
