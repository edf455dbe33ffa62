#include "support/catch.hpp"
#include "trailseal/result.hpp"

using namespace trailseal;

namespace {
Result<int> half(int number) {
  if (number % 2 != 0) return Error{Errc::invalid_argument, "odd"};
  return number / 2;
}
Result<int> quarter(int number) {
  TRY(const int h, half(number));
  return half(h);
}
Result<void> check(int number) {
  TRY_VOID(number > 0 ? Result<void>{} : Result<void>{Error{Errc::limit, "not positive"}});
  return {};
}
}  // namespace

TEST_CASE("TRY hands on the value or the error") {
  REQUIRE(quarter(8).value() == 2);
  REQUIRE(quarter(6).error() == Error{Errc::invalid_argument, "odd"});
  REQUIRE(check(1).has_value());
  REQUIRE(check(0).error().code == Errc::limit);
}

TEST_CASE("every Errc has its own word") {
  REQUIRE(std::string(to_string(Errc::not_found)) == "not found");
  REQUIRE(std::string(to_string(Errc::invalid_argument)) == "invalid argument");
}
