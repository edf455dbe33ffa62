// What only a directory can do to us; the rest is in test/conformance/store_test.cpp.
#include "store/mirror.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace trailseal;
using store::ObjectStore;
using store::Resolve;
using test::TemporaryFolder;

namespace {

struct Seen {
  std::vector<std::string> keys;
  std::vector<std::string> troubles;  // "prefix: message"
};

Seen list(const ObjectStore& bucket, std::string_view prefix = "", std::string_view after = "") {
  Seen seen;
  const auto result = bucket.list(
      prefix, after,
      [&](const store::ObjectInfo& info) {
        seen.keys.push_back(info.key);
        return true;
      },
      [&](std::string_view where, const Error& error) {
        seen.troubles.push_back(std::string(where) + ": " + error.message);
      });
  REQUIRE(result.has_value());
  return seen;
}

std::string get(const ObjectStore& bucket, std::string_view key) {
  Bytes bytes;
  const auto object = bucket.get(key, {.limit = 1000}, bytes);
  if (object) return std::string(as_text(bytes));
  CHECK(bytes.empty());
  return std::string(to_string(object.error().code)) + ": " + object.error().message;
}

std::unique_ptr<ObjectStore> open(const TemporaryFolder& folder, Resolve resolve) {
  auto mirror = store::open_mirror((folder.path() / "mirror").string(), resolve);
  REQUIRE(mirror.has_value());
  return std::move(mirror).value();
}

bool kernel_has_openat2() {
  auto root = store::Root::open("/", Resolve::kernel);
  return root && root->open_beneath(".", O_PATH).has_value();
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("a path that is no directory cannot be a mirror") {
  TemporaryFolder folder;
  folder.write("file", "x");
  const std::string base = folder.path().string();
  CHECK(store::open_mirror(base).has_value());
  CHECK(store::open_mirror(base).value()->label() == base);
  CHECK(store::open_mirror(base + "/nothing").error().code == Errc::not_found);
  CHECK(store::open_mirror("").error().code == Errc::not_found);
  CHECK(store::open_mirror(base + "/file").error().code == Errc::invalid_argument);
  CHECK(store::open_mirror(base + "/file/x").error().code == Errc::invalid_argument);
  CHECK(store::open_mirror(base + std::string("\0/x", 3)).error().code == Errc::invalid_argument);
}

TEST_CASE("what is no regular file is shown and never waited for") {
  for (const Resolve resolve : {Resolve::kernel, Resolve::walk}) {
    if (resolve == Resolve::kernel && !kernel_has_openat2()) continue;
    TemporaryFolder folder;
    folder.write("mirror/a/file", "content");
    const auto a = folder.path() / "mirror/a";
    REQUIRE(mkfifo((a / "fifo").c_str(), 0600) == 0);
    REQUIRE(mkfifo((a / "fifo.json.gz").c_str(), 0600) == 0);
    std::filesystem::create_directory(a / "folder");
    const int number = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE((a / "socket").string().size() < sizeof address.sun_path);
    std::strcpy(address.sun_path, (a / "socket").c_str());
    REQUIRE(::bind(number, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::close(number);

    const auto mirror = open(folder, resolve);
    CHECK(get(*mirror, "a/fifo") == "access denied: not a regular file");
    CHECK(get(*mirror, "a/socket") == "access denied: not a regular file");
    CHECK(get(*mirror, "a/folder") == "access denied: a directory, not a regular file");
    CHECK(get(*mirror, "a/file/below") == "not found: no such file");
    // It may stand where a folder should, and hide what that holds; named like an object, it is listed as one.
    CHECK(list(*mirror).keys == Strings{"a/fifo.json.gz", "a/file"});
    CHECK(list(*mirror).troubles == Strings{"a/fifo: not a regular file", "a/socket: not a regular file"});
  }
}

TEST_CASE("links that stay in the mirror are followed, others refused") {
  if (!kernel_has_openat2()) return;
  TemporaryFolder folder;
  folder.write("secret", "ours");
  folder.write("outside/log", "theirs");
  folder.write("mirror/a/log", "content");
  const auto mirror_path = folder.path() / "mirror";
  using std::filesystem::create_symlink;
  create_symlink("../../secret", mirror_path / "a/out");
  create_symlink(folder.path() / "secret", mirror_path / "a/out-absolute");
  create_symlink("../../mirror/a/log", mirror_path / "a/out-and-in");
  create_symlink("log", mirror_path / "a/in");
  create_symlink("nothing", mirror_path / "a/nowhere");
  create_symlink("circle", mirror_path / "a/circle");
  create_symlink("../outside", mirror_path / "out");
  create_symlink("a", mirror_path / "in");
  create_symlink("..", mirror_path / "a/up");
  create_symlink(".", mirror_path / "a/here");
  create_symlink("nothing", mirror_path / "nowhere");

  const auto mirror = open(folder, Resolve::kernel);
  const std::string leaves = "access denied: symbolic link leaves the mirror";
  CHECK(get(*mirror, "a/in") == "content");
  CHECK(get(*mirror, "in/log") == "content");
  CHECK(get(*mirror, "a/up/a/log") == "content");
  CHECK(get(*mirror, "a/out") == leaves);
  CHECK(get(*mirror, "a/out-absolute") == leaves);
  CHECK(get(*mirror, "a/out-and-in") == leaves);
  CHECK(get(*mirror, "out/log") == leaves);
  CHECK(get(*mirror, "a/circle") == "access denied: too many symbolic links, or links in a circle");
  CHECK(get(*mirror, "a/nowhere") == "access denied: symbolic link leads nowhere");
  CHECK(get(*mirror, "nowhere/log") == "access denied: symbolic link leads nowhere");
  CHECK(get(*mirror, "in/nothing") == "not found: no such file");
  CHECK(get(*mirror, "a/nothing") == "not found: no such file");

  const Seen all = list(*mirror);
  CHECK(all.keys == Strings{"a/in", "a/log", "in/in", "in/log"});
  const Strings in_a = {"circle: too many symbolic links, or links in a circle",
                        "here: symbolic link to a directory that it stands in",
                        "nowhere: symbolic link leads nowhere",
                        "out: symbolic link leaves the mirror",
                        "out-absolute: symbolic link leaves the mirror",
                        "out-and-in: symbolic link leaves the mirror",
                        "up: symbolic link to a directory that it stands in"};
  Strings expected = {"nowhere: symbolic link leads nowhere", "out: symbolic link leaves the mirror"};
  for (const char* prefix : {"a/", "in/"})
    for (const std::string& line : in_a) expected.push_back(prefix + line);
  CHECK(all.troubles == expected);
  CHECK(list(*mirror, "out/").troubles == Strings{"out/: symbolic link leaves the mirror"});
  CHECK(list(*mirror, "a/out-ab").troubles == Strings{"a/out-absolute: symbolic link leaves the mirror"});
}

TEST_CASE("without openat2 no link is followed") {
  TemporaryFolder folder;
  folder.write("secret", "ours");
  folder.write("mirror/a/b/log", "content");
  folder.write("mirror/top", "at the top");
  const auto mirror_path = folder.path() / "mirror";
  std::filesystem::create_symlink("../../../secret", mirror_path / "a/b/out");
  std::filesystem::create_symlink("log", mirror_path / "a/b/in");
  std::filesystem::create_symlink("b", mirror_path / "a/linked");

  const auto mirror = open(folder, Resolve::walk);
  const std::string refused =
      "access denied: symbolic link: this system has no openat2, so that links are not followed";
  CHECK(get(*mirror, "a/b/log") == "content");
  CHECK(get(*mirror, "top") == "at the top");
  CHECK(get(*mirror, "a/b/in") == refused);
  CHECK(get(*mirror, "a/b/out") == refused);
  CHECK(get(*mirror, "a/linked/log") == refused);
  CHECK(get(*mirror, "a/b/nothing") == "not found: no such file");
  CHECK(get(*mirror, "nothing/b/log") == "not found: no such file");
  CHECK(get(*mirror, "top/b") == "not found: no such file");
  const Seen seen = list(*mirror);
  CHECK(seen.keys == Strings{"a/b/log", "top"});
  CHECK(seen.troubles.size() == 3);
  CHECK(list(*mirror, "a/linked/").troubles.size() == 1);
  CHECK(list(*mirror, "a/nothing/").troubles.empty());
}

TEST_CASE("directories full of links to each other come to an end") {
  if (!kernel_has_openat2()) return;
  TemporaryFolder folder;
  constexpr int kCount = 8;
  for (int i = 0; i < kCount; ++i) folder.write("mirror/d" + std::to_string(i) + "/log", "x");
  for (int i = 0; i < kCount; ++i)
    for (int k = 0; k < kCount; ++k)
      std::filesystem::create_symlink("../d" + std::to_string(k),
                                      folder.path() / ("mirror/d" + std::to_string(i)) / ("to" + std::to_string(k)));
  const Seen seen = list(*open(folder, Resolve::kernel));
  // 8 directories, and below each of them 7, 6, 5 and 4 linked ones that are not among those above.
  CHECK(seen.keys.size() == 8 * (1 + 7 + 7 * 6 + 7 * 6 * 5 + 7 * 6 * 5 * 4));
  CHECK_FALSE(seen.troubles.empty());
}

TEST_CASE("directories in each other have a limit") {
  TemporaryFolder folder;
  std::string path = "mirror/";
  for (int i = 0; i < 80; ++i) path += "d/";
  folder.write(path + "log", "x");
  folder.write("mirror/log", "x");
  const Seen seen = list(*open(folder, Resolve::walk));
  CHECK(seen.keys == Strings{"log"});
  REQUIRE(seen.troubles.size() == 1);
  CHECK(seen.troubles[0].ends_with("directories in each other more than 64 deep"));
}

TEST_CASE("a side file is hidden behind its object and shown without it") {
  TemporaryFolder folder;
  folder.write("mirror/a/log", "x");
  folder.write("mirror/a/log.metadata.json", "{}");
  folder.write("mirror/a/orphan.metadata.json", "{}");
  folder.write("mirror/a/folder/log", "x");
  folder.write("mirror/a/folder.metadata.json", "{}");
  folder.write("mirror/a/.metadata.json", "{}");
  const auto mirror = open(folder, Resolve::walk);
  CHECK(list(*mirror).keys ==
        Strings{"a/.metadata.json", "a/folder.metadata.json", "a/folder/log", "a/log", "a/orphan.metadata.json"});
}

TEST_CASE("metadata are read when asked for, and what is wrong with them is no fault of the object") {
  TemporaryFolder folder;
  for (const char* name : {"good", "bad", "none", "large", "fifo", "out"})
    folder.write(std::string("mirror/") + name, "x");
  folder.write("mirror/good.metadata.json", R"({"Metadata": {"signature": "50ab"}})");
  folder.write("mirror/bad.metadata.json", "{");
  folder.write("mirror/large.metadata.json", "{" + std::string(70000, ' ') + "}");
  REQUIRE(mkfifo((folder.path() / "mirror/fifo.metadata.json").c_str(), 0600) == 0);
  std::filesystem::create_symlink("/etc/passwd", folder.path() / "mirror/out.metadata.json");
  const auto mirror = open(folder, Resolve::walk);

  struct Row {
    const char* key;
    bool present;
    std::optional<Errc> error;
  };
  const Row rows[] = {{"good", true, {}},
                      {"bad", false, Errc::corrupt},
                      {"none", false, {}},
                      {"large", false, Errc::limit},
                      {"fifo", false, Errc::access_denied},
                      {"out", false, Errc::access_denied}};
  for (const Row& row : rows) {
    CAPTURE(row.key);
    Bytes bytes;
    const auto object = mirror->get(row.key, {.limit = 100, .with_metadata = true}, bytes);
    REQUIRE(object.has_value());
    CHECK(as_text(bytes) == "x");
    CHECK(object->metadata.has_value() == row.present);
    CHECK(object->metadata_error.has_value() == row.error.has_value());
    if (row.error && object->metadata_error) CHECK(object->metadata_error->code == *row.error);
    const auto without = mirror->get(row.key, {.limit = 100}, bytes);
    REQUIRE(without.has_value());
    CHECK_FALSE(without->metadata.has_value());
    CHECK_FALSE(without->metadata_error.has_value());
  }
}

TEST_CASE("a file that changes while it is read gives whole content or an error") {
  TemporaryFolder folder;
  const std::string text(20000, 'x');
  folder.write("mirror/log", text);
  const auto mirror = open(folder, Resolve::walk);
  const auto path = folder.path() / "mirror/log";
  std::atomic<bool> done{false};
  std::jthread writer([&] {
    while (!done)
      for (const long size : {100L, 20000L, 15000L, 19999L}) {
        if (::truncate(path.c_str(), size) != 0) done = true;
      }
  });
  bool sound = true;
  for (int i = 0; i < 2000; ++i) {
    Bytes bytes;
    const auto object = mirror->get("log", {.limit = 100000}, bytes);
    if (object)
      sound &= bytes.size() == 100 || bytes.size() == 20000 || bytes.size() == 15000 || bytes.size() == 19999;
    else
      sound &= object.error() == Error{Errc::io, "the file changed while it was read"} && bytes.empty();
  }
  done = true;
  CHECK(sound);
}

TEST_CASE("several threads may read one mirror") {
  TemporaryFolder folder;
  for (int i = 0; i < 50; ++i)
    folder.write("mirror/d/" + std::to_string(i), std::string(static_cast<std::size_t>(i) * 100, 'x'));
  auto opened = store::open_mirror((folder.path() / "mirror").string());
  REQUIRE(opened.has_value());
  const ObjectStore& mirror = **opened;
  std::atomic<int> faults{0};
  {
    std::vector<std::jthread> readers;
    for (int n = 0; n < 3; ++n)
      readers.emplace_back([&] {
        Bytes bytes;
        for (int i = 0; i < 500; ++i) {
          const int which = i % 50;
          if (!mirror.get("d/" + std::to_string(which), {.limit = 5000}, bytes) ||
              bytes.size() != static_cast<std::size_t>(which) * 100)
            ++faults;
          const auto below = mirror.folder("d/", [](std::string_view, const Error&) {});
          if (!below || below->objects.size() != 50) ++faults;
        }
      });
  }
  CHECK(faults == 0);
}
