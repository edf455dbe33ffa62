#include "kms/json_tree.hpp"

#include <string>

#include "support/catch.hpp"

using namespace trailseal;
using namespace trailseal::kms;

TEST_CASE("JSON is taken whole or not at all") {
  CHECK(parse_json(as_bytes(R"({"a":[1,2.5,"x",null,true],"b":{}})"), 100)->find("a")->items.size() == 5);
  CHECK(parse_json(as_bytes(R"({"a":1,"a":2})"), 100).error().code == Errc::corrupt);
  CHECK(parse_json(as_bytes(R"({"a":{"b":1,"b":2}})"), 100).error().code == Errc::corrupt);
  CHECK(parse_json(as_bytes("{} x"), 100).error().code == Errc::corrupt);
  CHECK(parse_json(as_bytes("{}"), 1).error().code == Errc::limit);
  CHECK(parse_json(as_bytes(std::string(25, '[') + std::string(25, ']')), 100).error().code == Errc::limit);
  CHECK(parse_json(as_bytes(std::string(24, '[') + std::string(24, ']')), 100));
  std::string many = "[0";
  for (int i = 0; i < 200'000; ++i) many += ",0";
  CHECK(parse_json(as_bytes(many + "]"), 1u << 20).error().code == Errc::limit);
}
