#include "aws/run_program.hpp"

#include "support/catch.hpp"

using namespace trailseal;
using namespace trailseal::aws;

namespace {

std::string joined(std::string_view line) {
  const auto words = split_command(line);
  if (!words) return "! " + words.error().message;
  std::string out;
  for (const std::string& word : *words) out += "<" + word + ">";
  return out;
}

}  // namespace

TEST_CASE("a command line is split as a shell would, and nothing in it is expanded") {
  struct Row {
    const char *line, *words;
  };
  const Row rows[] = {
      {"a", "<a>"},
      {"  a \t b  ", "<a><b>"},
      {"'/opt/my tool' --x \"a b\"", "</opt/my tool><--x><a b>"},
      {"a\\ b c", "<a b><c>"},
      {"a'b'\"c\"d", "<abcd>"},
      {"a '' \"\"", "<a><><>"},
      {"a '\\'", "<a><\\>"},
      {"a \"\\\"\\n\\\\\"", "<a><\"\\n\\>"},
      {"a $HOME `id` $(id) ~ * ; b | c > d", "<a><$HOME><`id`><$(id)><~><*><;><b><|><c><>><d>"},
      {"C:\\\\tool.exe", "<C:\\tool.exe>"},
      {"", "! names no program"},
      {"   ", "! names no program"},
      {"'' a", "! names no program"},
      {"a 'b", "! a quote that is not closed"},
      {"a \"b", "! a quote that is not closed"},
      {"a \\", "! a backslash at the end"},
  };
  for (const Row& row : rows) {
    INFO(row.line);
    CHECK(joined(row.line) == row.words);
  }
}

TEST_CASE("a program gives its output") {
  const auto output = run_program({"sh", "-c", "printf '%s' \"$1\"; cat", "sh", "a b"});
  REQUIRE(output);
  CHECK(output->text() == "a b");
}

TEST_CASE("a program that fails, stays or floods is an error without its output") {
  struct Row {
    const char* script;
    Errc code;
    const char* message;
  };
  const Row rows[] = {
      {"echo secret; exit 3", Errc::io, "sh: ended with status 3"},
      {"echo secret; kill -9 $$", Errc::io, "sh: ended by signal 9"},
      {"echo secret; exec sleep 60", Errc::limit, "sh: did not end within 300 ms"},
      {"echo secret; exec >&-; exec sleep 60", Errc::limit, "sh: did not end within 300 ms"},
      {"exec yes secret", Errc::limit, "sh: wrote more than 100 bytes"},
  };
  for (const Row& row : rows) {
    INFO(row.script);
    const auto output = run_program({"sh", "-c", row.script}, {.time = std::chrono::milliseconds(300), .output = 100});
    REQUIRE(!output);
    CHECK(output.error() == Error{row.code, row.message});
  }
  const auto missing = run_program({"/nowhere/tool"});
  REQUIRE(!missing);
  CHECK(missing.error().code == Errc::not_found);
}

TEST_CASE("output up to the limit is given whole") {
  const auto output = run_program({"sh", "-c", "printf %0100d 0"}, {.output = 100});
  REQUIRE(output);
  CHECK(output->text().size() == 100);
}
