// A listing that parses keeps its promises, and the scanner hands out what is within its bounds.
#include "aws/list_xml.hpp"

#include <cstdlib>

#include "aws/service_error.hpp"
#include "aws/xml.hpp"
#include "fuzz/fuzz.hpp"

using namespace trailseal;
using namespace trailseal::aws;

namespace {

void demand(bool promise) {
  if (!promise) std::abort();
}

bool is_key(const std::string& key) { return !key.empty() && key.size() <= kMostKeyBytes; }

bool is_refusal(const Error& error) {
  return !error.message.empty() && (error.code == Errc::corrupt || error.code == Errc::limit);
}

}  // namespace

void fuzz(ByteView input) {
  std::size_t open = 0, closed = 0, text = 0;
  const auto scanned = scan_xml(input, {[&](std::string_view path) {
                                          demand(!path.empty());
                                          ++open;
                                        },
                                        [&](std::string_view path, std::string_view content) -> Result<void> {
                                          demand(!path.empty());
                                          ++closed;
                                          text += content.size();
                                          return {};
                                        }});
  demand(closed <= open && text <= input.size());
  demand(!scanned || (open == closed && open > 0));

  const auto objects = parse_object_page(input);
  demand(objects || is_refusal(objects.error()));
  if (objects) {
    demand(scanned && objects->objects.size() + objects->folders.size() <= kMostPageEntries + 1);
    for (const auto& object : objects->objects) demand(is_key(object.key));
    for (const auto& folder : objects->folders) demand(is_key(folder));
  }
  const auto versions = parse_version_page(input);
  demand(versions || is_refusal(versions.error()));
  if (versions) {
    demand(scanned && !objects && (!versions->more || !versions->next_key.empty()));
    for (const auto& version : versions->versions) demand(is_key(version.object.key));
  }
  const auto error = service_error({400, {}}, input);
  demand(error.code.size() <= 128 && error.message.size() <= 300);
}
