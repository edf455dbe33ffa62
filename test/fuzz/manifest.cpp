// The manifest and the journal of a collection: what parses can be written, and read again as the same.
#include "collect/manifest.hpp"

#include <algorithm>
#include <cstdlib>

#include "collect/journal.hpp"
#include "fuzz/fuzz.hpp"

using namespace trailseal;
using namespace trailseal::collect;

namespace {

void demand(bool promise) {
  if (!promise) std::abort();
}

void check(const Record& record) {
  demand(!record.key.empty() && !record.id().empty());
  const auto again = parse_record(to_line(record));
  demand(again.has_value() && again->key == record.key && again->kind == record.kind && again->path == record.path);
  demand(to_line(*again) == to_line(record));
}

}  // namespace

void fuzz(ByteView input) {
  ManifestReader reader([&](Record record) -> Result<void> {
    check(record);
    return {};
  });
  std::string_view rest = as_text(input);
  bool good = true;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const auto parsed = parse_journal_line(line);
    if (!parsed) demand(!parsed.error().message.empty());
    if (parsed && parsed->record) check(*parsed->record);
    if (parsed && parsed->run) {
      const auto again = parse_run(to_line(*parsed->run));
      demand(again.has_value() && to_line(*again) == to_line(*parsed->run));
    }
    if (good) good = reader.line(line).has_value();
  }
}
