#include "aws/pages.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace trailseal::aws {
namespace {

using nlohmann::json;

// The token of the next page; empty: this was the last.
Result<std::string> next_of(ByteView page, const Paging& paging) {
  const json document = json::parse(page.begin(), page.end(), nullptr, false);
  if (!document.is_object() || !document.contains(paging.list))
    return Error{Errc::corrupt, "the answer holds no " + paging.list};
  const auto token = document.find(paging.token);
  if (token == document.end() || token->is_null()) return std::string();
  if (!token->is_string()) return Error{Errc::corrupt, paging.token + " is of the wrong kind"};
  return token->get<std::string>();
}

}  // namespace

Pages ask_pages(const Paging& paging, const std::string& request,
                const std::function<Result<Bytes>(std::string request)>& ask) {
  Pages pages;
  std::set<std::string> tokens;
  json question = json::parse(request);
  const auto end_with = [&](Errc code, const std::string& why) {
    pages.emplace_back(Error{code, paging.what + ": " + why});
    return std::move(pages);
  };
  while (pages.size() < paging.most) {
    auto page = ask(question.dump());
    const auto next = page ? next_of(*page, paging) : Result<std::string>(std::string());
    if (!next) return end_with(next.error().code, next.error().message);
    pages.push_back(std::move(page));
    if (next->empty()) return pages;
    if (!tokens.insert(*next).second) return end_with(Errc::limit, "the pages go round in a circle");
    question[paging.parameter] = *next;
  }
  return end_with(Errc::limit, "more than " + std::to_string(paging.most) + " pages");
}

}  // namespace trailseal::aws
