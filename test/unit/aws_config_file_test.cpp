#include "aws/config_file.hpp"

#include "support/catch.hpp"

using namespace trailseal;
using namespace trailseal::aws;

namespace {

// "section/name=value;" for everything, in the order of the map.
std::string flat(std::string_view text) {
  const auto file = parse_config_file(as_bytes(text));
  if (!file) return std::string(to_string(file.error().code)) + ": " + file.error().message;
  std::string out;
  for (const auto& [section, settings] : *file) {
    if (settings.empty()) out += section + "/;";
    for (const auto& [name, value] : settings) out += section + "/" + name + "=" + value.text() + ";";
  }
  return out;
}

}  // namespace

TEST_CASE("the shared configuration files are read as aws-cli reads them") {
  struct Row {
    const char *what, *text, *flat;
  };
  const Row rows[] = {
      {"nothing", "", ""},
      {"an empty section", "[default]\n", "default/;"},
      {"a setting", "[default]\nregion = eu-west-1\n", "default/region=eu-west-1;"},
      {"no line end at the end", "[default]\nregion=eu-west-1", "default/region=eu-west-1;"},
      {"CRLF", "[default]\r\nregion=eu-west-1\r\n\r\n", "default/region=eu-west-1;"},
      {"a byte order mark", "\xEF\xBB\xBF[default]\na=b\n", "default/a=b;"},
      {"a colon", "[default]\nregion: eu-west-1\n", "default/region=eu-west-1;"},
      {"an equals sign in a value", "[default]\na = b=c:d\n", "default/a=b=c:d;"},
      {"capitals in a name", "[Default]\nAWS_Access_Key_Id = AKIA\n", "Default/aws_access_key_id=AKIA;"},
      {"comments", "# one\n; two\n[a]\n  # three\nx=1\n", "a/x=1;"},
      {"no comment inside a value", "[a]\nx = run # it; now\n", "a/x=run # it; now;"},
      {"a comment behind a section", "[a] # why\nx=1\n", "a/x=1;"},
      {"blanks in a section", "[  profile \t audit ]\nx=1\n", "profile audit/x=1;"},
      {"quotes in a section", "[profile \"two  words\"]\nx=1\n", "profile two  words/x=1;"},
      {"nested settings", "[a]\ns3 =\n  Max_Requests = 20\n\n  style = path\nx = 1\n",
       "a/s3=;a/s3.max_requests=20;a/s3.style=path;a/x=1;"},
      {"a nested setting does not pose as one", "[a]\ns3 =\n  aws_secret_access_key = 1\n",
       "a/s3=;a/s3.aws_secret_access_key=1;"},
      {"a continued value", "[a]\nx = 1\n  y = 2\n", "a/x=1;"},
      {"an indented first setting", "[a]\n  x = 1\n", "a/x=1;"},
      {"an indented section", "  [a]\nx = 1\n", "a/x=1;"},
      {"a section twice", "[a]\nx=1\ny=1\n[b]\n[a]\nx=2\n", "a/x=2;a/y=1;b/;"},
      {"an empty value", "[a]\nx =\n", "a/x=;"},
      {"a setting first", "x=1\n", "corrupt: line 1: a setting before the first section"},
      {"an open section", "[a]\n[b\n", "corrupt: line 2: a section without its closing bracket"},
      {"text behind a section", "[a] b\n", "corrupt: line 1: a section without its closing bracket"},
      {"no name", "[ ]\n", "corrupt: line 1: a section without a proper name"},
      {"an open quote", "[profile \"a]\n", "corrupt: line 1: a section without a proper name"},
      {"no setting", "[a]\n\nsecret\n", "corrupt: line 3: neither a section nor \"name = value\""},
      {"no name of a setting", "[a]\n= secret\n", "corrupt: line 2: neither a section nor \"name = value\""},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    CHECK(flat(row.text) == row.flat);
  }
  CHECK(flat(std::string_view("[a]\nx=\0y\n", 9)) == "corrupt: line 2: a NUL byte");
}

TEST_CASE("configuration files have limits") {
  CHECK(flat(std::string(kMostConfigBytes, '\n')).empty());
  CHECK(flat(std::string(kMostConfigBytes + 1, '\n')) == "limit reached: larger than 1 MiB");
  std::string many = "[a]\n";
  for (int i = 0; i < 50'000; ++i) many += "a=\n";
  CHECK(flat(many) == "limit reached: too many settings");
}
