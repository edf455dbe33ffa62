// The JSON report, read back: whatever is accepted can be written in every format, and as JSON it stays what it is.
#include <cstdlib>

#include "fuzz/fuzz.hpp"
#include "report/read_json.hpp"
#include "trailseal/report.hpp"

using namespace trailseal;

void fuzz(ByteView input) {
  const auto verdict = report::read_json(as_text(input));
  if (!verdict) {
    if (verdict.error().message.empty()) std::abort();
    return;
  }
  const std::string written = report::find_format("json")->write(*verdict, {});
  const auto again = report::read_json(written);
  if (!again || !(*again == *verdict)) std::abort();
  for (const report::Format& format : report::formats())
    if (format.write(*verdict, {.verbose = true}) != format.write(*again, {.verbose = true})) std::abort();
}
