// The parts of the page, each a function from the verdict to markup; empty where there is nothing to show.
#pragma once

#include <string>
#include <vector>

#include "report/html/markup.hpp"
#include "trailseal/verdict.hpp"

namespace trailseal::report::html {

struct Page {
  const verdict::Verdict& verdict;
  std::vector<verdict::Finding> findings;  // sorted
  std::string json_sha256;                 // of the JSON report of the same verdict
};

Markup banner(const Page& page);    // the verdict in plain words, and its figures
Markup story(const Page& page);     // what happened, in order of time
Markup coverage(const Page& page);  // the heat map
Markup breaks(const Page& page);    // around each hole of a chain
Markup activity(const Page& page);  // event rate and tampering on one axis
Markup finding_list(const Page& page);
Markup chain_list(const Page& page);
Markup limits(const Page& page);      // what was not proven, what was asked
Markup provenance(const Page& page);  // sources, keys, settings, tool

// "digest.missing" as it stands in an id: letters and hyphens.
std::string anchor(verdict::Code code);

// The outcome or severity in a small box.
Markup tag(std::string_view word);

// A row of a list of facts; nothing where the value is empty.
Markup fact(Literal name, const Markup& value);

// An event: when, what, by whom and from where.
Markup who_did(const verdict::EventRef& event);

// Where its record lies.
Markup recorded(const verdict::EventRef& event);

// Both.
Markup cited(const verdict::EventRef& event);

}  // namespace trailseal::report::html
