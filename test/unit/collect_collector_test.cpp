// A bucket in memory, collected, and read from the directory: hostile keys, trouble, and a directory that lies.
#include "collect/collector.hpp"

#include <fstream>
#include <iterator>

#include "collect/collection.hpp"
#include "collect/paths.hpp"
#include "support/catch.hpp"
#include "support/memory_store.hpp"
#include "support/temporary_folder.hpp"

using namespace trailseal;
using namespace trailseal::collect;
using test::MemoryStore;

namespace {

const std::string kFolder = "AWSLogs/111122223333/CloudTrail/us-east-1/";
const Time kBegin = *parse_time("2026-07-01T00:00:00Z");

const crypto::Backend& backend() { return *crypto::backends().front(); }

Result<Outcome> collect_into(const std::string& path, const MemoryStore& store, Selection selection = {}) {
  Run run;
  run.selection = std::move(selection);
  run.bucket = "b";
  run.begin = kBegin;
  TRY(const auto collector, Collector::begin(path, run, backend()));
  verify::Progress progress;
  TRY_VOID(collector->acquire(
      store, [] { return kBegin + Seconds{5}; }, 2, progress));
  return collector->finish(kBegin + Seconds{9});
}

Collection open(const std::string& path) {
  auto opened = open_collection(path, backend(), 1, [] { return false; });
  REQUIRE(opened.has_value());
  return std::move(opened).value();
}

std::map<std::string, std::string> content_of(const store::ObjectStore& store) {
  std::map<std::string, std::string> content;
  const auto listed = store.list(
      "AWSLogs/", "",
      [&](const store::ObjectInfo& info) {
        Bytes bytes;
        const auto object = store.get(info.key, {.limit = 1u << 20, .with_metadata = true}, bytes);
        std::string text = object ? std::string(as_text(bytes)) : "error: " + object.error().message;
        if (object && object->metadata)
          for (const auto& [name, value] : *object->metadata) text += " " + name + "=" + value;
        CHECK(content.emplace(info.key, text).second);
        return true;
      },
      [](std::string_view, const Error&) { CHECK(false); });
  CHECK(listed.has_value());
  return content;
}

std::uint64_t number_of(const Collection& collection, verdict::Code code) {
  const auto totals = collection.findings.totals();
  const auto found = totals.find(code);
  return found == totals.end() ? 0 : found->second;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("every key comes back under its own name, with its bytes and metadata", "[collect]") {
  MemoryStore store;
  std::map<std::string, std::string> expected;
  for (const std::string name :
       {"2026/07/01/log.json.gz", "../../../../../outside", "a//b", "file", "file/below", "line\nfeed", "\xff\xfe",
        "q\x01", "x.metadata.json", "x", "../x", "..", ".", "slash/"}) {
    store.put(kFolder + name, "bytes of " + name, store::Metadata{{"n", "v"}});
    expected[kFolder + name] = "bytes of " + name + " n=v";
  }
  store.put(kFolder + std::string(300, 'q'), "long", store::Metadata{});
  expected[kFolder + std::string(300, 'q')] = "long";
  const test::TemporaryFolder folder;
  const std::string path = (folder.path() / "c").string();
  const auto outcome = collect_into(path, store);
  REQUIRE(outcome.has_value());
  CHECK(outcome->complete);
  CHECK(outcome->run.counts.acquired == expected.size());
  const auto collection = open(path);
  CHECK(content_of(*collection.store) == expected);
  CHECK(collection.findings.totals().empty());
  CHECK(collection.bucket == "b");
  CHECK(collection.acquired == kBegin);
  CHECK(!std::filesystem::exists(folder.path() / "outside"));
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);

  // The same through folders, level by level.
  const auto level = collection.store->folder(kFolder, [](std::string_view, const Error&) {});
  REQUIRE(level.has_value());
  const auto truth = store.folder(kFolder, [](std::string_view, const Error&) {});
  CHECK(level->folders == truth->folders);
  REQUIRE(level->objects.size() == truth->objects.size());
  for (std::size_t i = 0; i < truth->objects.size(); ++i) CHECK(level->objects[i].key == truth->objects[i].key);

  // Again: the store gives no ETags, so all is read and found to be the same.
  const auto again = collect_into(path, store);
  REQUIRE(again.has_value());
  CHECK(again->complete);
  CHECK(again->run.counts.changed == 0);
  CHECK(content_of(*open(path).store) == expected);
}

TEST_CASE("what could not be acquired is unknown, and what was not there is missing", "[collect]") {
  MemoryStore store;
  store.put(kFolder + "good", "g");
  store.put(kFolder + "denied", "d");
  store.fail(kFolder + "denied", {Errc::access_denied, "no"});
  const test::TemporaryFolder folder;
  const std::string path = (folder.path() / "c").string();
  const auto outcome = collect_into(path, store);
  REQUIRE(outcome.has_value());
  CHECK(!outcome->complete);
  REQUIRE(outcome->failures.size() == 1);
  const auto collection = open(path);
  CHECK(number_of(collection, verdict::Code::collection_incomplete) == 1);
  Bytes bytes;
  const auto code_of = [&](const std::string& key) {
    const auto got = collection.store->get(key, {.limit = 100}, bytes);
    return got ? "read" : std::string(to_string(got.error().code));
  };
  CHECK(code_of(kFolder + "good") == "read");
  CHECK(code_of(kFolder + "denied") == "access denied");
  CHECK(code_of(kFolder + "never") == "not found");
  CHECK(code_of(kFolder + "../never") == "not found");
  CHECK(code_of("elsewhere") == "unsupported");
  CHECK(code_of("manifest.json") == "unsupported");
}

TEST_CASE("trouble of a run stands until one that selects as much has listed it", "[collect]") {
  MemoryStore troubled;
  troubled.put(kFolder + "a", "a");
  troubled.hide(kFolder, {Errc::access_denied, "no"});
  troubled.put("AWSLogs/999988887777/CloudTrail/us-east-1/b", "b");
  MemoryStore well;
  well.put(kFolder + "a", "a");
  well.put("AWSLogs/999988887777/CloudTrail/us-east-1/b", "b");
  const test::TemporaryFolder folder;
  const std::string path = (folder.path() / "c").string();
  const auto told = [&] {
    std::vector<std::string> out;
    const auto listed = open(path).store->list(
        kFolder, "", [](const store::ObjectInfo&) { return true; },
        [&](std::string_view where, const Error&) { out.emplace_back(where); });
    CHECK(listed.has_value());
    return out;
  };
  Selection account, later;
  account.accounts = {"999988887777"};
  later.since = kBegin;
  const struct {
    const MemoryStore& store;
    const Selection& selection;
    bool complete;
  } rows[] = {
      {troubled, {}, false}, {well, account, false}, {well, later, false}, {well, {}, true}, {well, account, true}};
  for (const auto& row : rows) {
    const auto outcome = collect_into(path, row.store, row.selection);
    REQUIRE(outcome.has_value());
    CHECK(outcome->complete == row.complete);
    CHECK(number_of(open(path), verdict::Code::collection_incomplete) == (row.complete ? 0u : 1u));
    CHECK(told().empty() == row.complete);
  }
}

TEST_CASE("what changed and could not be read again is no complete collection", "[collect]") {
  MemoryStore store;
  store.put(kFolder + "a", "first");
  const test::TemporaryFolder folder;
  const std::string path = (folder.path() / "c").string();
  REQUIRE(collect_into(path, store).has_value());
  store.fail(kFolder + "a", {Errc::access_denied, "no"});
  const auto outcome = collect_into(path, store);
  REQUIRE(outcome.has_value());
  CHECK(!outcome->complete);
  CHECK(number_of(open(path), verdict::Code::collection_incomplete) == 1);
}

TEST_CASE("more troubles than are kept leave nothing that may be called missing", "[collect]") {
  MemoryStore store;
  const auto account = [](int i) { return "AWSLogs/" + std::to_string(100000000000 + i) + "/"; };
  for (int i = 0; i < 400; ++i) {
    store.put(account(i) + "CloudTrail/us-east-1/a", "a");
    store.fail(account(i), {Errc::access_denied, "no"});
  }
  const test::TemporaryFolder folder;
  const std::string path = (folder.path() / "c").string();
  const auto outcome = collect_into(path, store);
  REQUIRE(outcome.has_value());
  CHECK(!outcome->complete);
  CHECK(outcome->run.unlisted.size() < 400);
  Bytes bytes;
  const auto got = open(path).store->get(account(399) + "CloudTrail/us-east-1/a", {.limit = 100}, bytes);
  REQUIRE(!got.has_value());
  CHECK(got.error().code != Errc::not_found);
}

TEST_CASE("a changed object keeps its first bytes", "[collect]") {
  MemoryStore store;
  store.put(kFolder + "a", "first");
  const test::TemporaryFolder folder;
  const std::string path = (folder.path() / "c").string();
  REQUIRE(collect_into(path, store).has_value());
  store.put(kFolder + "a", "second");
  const auto outcome = collect_into(path, store);
  REQUIRE(outcome.has_value());
  CHECK(outcome->run.counts.changed == 1);
  CHECK(read(folder.path() / "c" / (kFolder + "a")) == "first");
  const auto collection = open(path);
  CHECK(content_of(*collection.store).at(kFolder + "a") == "first");
  CHECK(number_of(collection, verdict::Code::collection_object_changed) == 1);
  CHECK(number_of(collection, verdict::Code::collection_file_extra) == 0);
}

TEST_CASE("nothing that stands there is overwritten, and no link is followed", "[collect]") {
  MemoryStore store;
  store.put(kFolder + "a", "mine");
  store.put(kFolder + "b", "mine, too");
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "c";
  REQUIRE(collect_into(path.string(), store).has_value());
  // Left by hands unknown where the next run wants to write.
  folder.write("target", "outside");
  store.put(kFolder + "d/e", "new");
  store.put(kFolder + "f", "newer");
  std::filesystem::create_directory_symlink(folder.path(), path / (kFolder + "d"));
  std::filesystem::create_symlink(folder.path() / "target", path / (kFolder + "f"));
  const auto outcome = collect_into(path.string(), store);
  REQUIRE(outcome.has_value());
  CHECK(outcome->complete);
  CHECK(read(folder.path() / "target") == "outside");
  CHECK(!std::filesystem::exists(folder.path() / "e"));
  const auto collection = open(path.string());
  Bytes bytes;
  REQUIRE(collection.store->get(kFolder + "d/e", {.limit = 100}, bytes).has_value());
  CHECK(as_text(bytes) == "new");
  REQUIRE(collection.store->get(kFolder + "f", {.limit = 100}, bytes).has_value());
  CHECK(as_text(bytes) == "newer");
  CHECK(number_of(collection, verdict::Code::collection_file_extra) == 2);
}

TEST_CASE("a directory is begun only if it is empty or holds the same bucket", "[collect]") {
  const test::TemporaryFolder folder;
  folder.write("full/file", "x");
  Run run;
  run.bucket = "b";
  const auto full = Collector::begin((folder.path() / "full").string(), run, backend());
  REQUIRE(!full.has_value());
  CHECK(full.error().code == Errc::invalid_argument);
  const std::string path = (folder.path() / "c").string();
  {
    const auto first = Collector::begin(path, run, backend());
    REQUIRE(first.has_value());
    const auto second = Collector::begin(path, run, backend());
    REQUIRE(!second.has_value());
    CHECK(second.error().message.find("another run") != std::string::npos);
  }
  CHECK(is_collection(path));
  CHECK(number_of(open(path), verdict::Code::collection_manifest_unreadable) == 1);
  CHECK(Collector::begin(path, run, backend()).has_value());
  run.bucket = "other";
  CHECK(!Collector::begin(path, run, backend()).has_value());
  CHECK(!is_collection((folder.path() / "full").string()));
}
