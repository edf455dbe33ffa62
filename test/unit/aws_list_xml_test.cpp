#include <string>

#include "aws/list_xml.hpp"
#include "aws/xml.hpp"
#include "support/catch.hpp"

using namespace trailseal;
using namespace trailseal::aws;

namespace {

std::string events(const std::string& xml) {
  std::string out;
  const auto scanned =
      scan_xml(as_bytes(xml), {[&](std::string_view path) { out.append("<").append(path).append(">"); },
                               [&](std::string_view path, std::string_view text) -> Result<void> {
                                 out.append(text).append("</").append(path).append(">");
                                 return {};
                               }});
  return scanned ? out : "refused";
}

std::string page(const std::string& inner, const char* truncated = "false") {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult "
         "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
         "<Name>b</Name><IsTruncated>" +
         std::string(truncated) + "</IsTruncated>" + inner + "</ListBucketResult>";
}

}  // namespace

TEST_CASE("XML is scanned, and what is not plain is refused") {
  struct Row {
    std::string xml;
    const char* events;
  };
  const Row rows[] = {
      {"<a/>", "<a></a>"},
      {"<?xml version='1.0'?><!-- c --><a b=\"1>2\" c='/'><n:d >x</n:d > y</a>\n", "<a><a/d>x</a/d> y</a>"},
      {"<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;&#1;</a>", "<a><>&\"'A\xF0\x9F\x98\x80\x01</a>"},
      {"\xEF\xBB\xBF<a></a>", "<a></a>"},
      {"", "refused"},
      {"text", "refused"},
      {"<a>", "refused"},
      {"<a></b>", "refused"},
      {"</a>", "refused"},
      {"<a></a><b></b>", "refused"},
      {"<a></a>x", "refused"},
      {"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "refused"},
      {"<a>&x;</a>", "refused"},
      {"<a>&amp</a>", "refused"},
      {"<a>&#0;</a>", "refused"},
      {"<a>&#xD800;</a>", "refused"},
      {"<a>&#x110000;</a>", "refused"},
      {"<a>&#;</a>", "refused"},
      {"<a><![CDATA[x]]></a>", "refused"},
      {"<a><?pi?></a>", "refused"},
      {"<a <b>", "refused"},
      {"<a", "refused"},
      {"<!-- ", "refused"},
      {"< a></a>", "refused"},
      {"<n:></n:>", "refused"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.xml);
    CHECK(events(row.xml) == row.events);
  }
  std::string deep;
  for (int i = 0; i < 17; ++i) deep += "<a>";
  CHECK(events(deep) == "refused");
  CHECK(events("<a>" + std::string(70000, 'x') + "</a>") == "refused");
  CHECK(events("<" + std::string(65, 'a') + "/>") == "refused");
}

TEST_CASE("a page of objects") {
  const auto read = parse_object_page(as_bytes(
      page("<NextContinuationToken>t+/=</NextContinuationToken>"
           "<Contents><Key>a%2Fb+c%2B%C3%A9</Key><LastModified>2026-07-01T00:13:52.000Z</"
           "LastModified><ETag>&quot;e&quot;</ETag>"
           "<Size>123</Size><StorageClass>GLACIER</StorageClass><Owner><ID>1</ID></Owner></Contents>"
           "<Contents><Key>b</Key><Size>18446744073709551615</Size></Contents>"
           "<CommonPrefixes><Prefix>a%2F</Prefix></CommonPrefixes><EncodingType>url</EncodingType><Prefix>x</Prefix>",
           "true")));
  REQUIRE(read.has_value());
  REQUIRE(read->objects.size() == 2);
  CHECK(read->objects[0].key == "a/b c+\xC3\xA9");
  CHECK(read->objects[0].size == 123);
  CHECK(read->objects[0].etag == "\"e\"");
  CHECK(read->objects[0].storage_class == "GLACIER");
  CHECK(read->objects[0].modified == "2026-07-01T00:13:52.000Z");
  CHECK(read->objects[1].size == 18446744073709551615u);
  CHECK(read->folders == std::vector<std::string>{"a/"});
  CHECK(read->next == "t+/=");

  const auto plain = parse_object_page(as_bytes(page("<Contents><Key>a%2Fb+c</Key></Contents>")));
  REQUIRE(plain.has_value());
  CHECK(plain->objects[0].key == "a%2Fb+c");
  CHECK(plain->next.empty());
}

TEST_CASE("what is not a whole page is refused") {
  const std::string next = "<NextContinuationToken>t</NextContinuationToken>";
  for (const std::string& xml :
       {page("", "true"), page(next), page("", "maybe"), page("<Contents><Size>1</Size></Contents>"),
        page("<Contents><Key></Key></Contents>"), page("<Contents><Key>a</Key><Size>-1</Size></Contents>"),
        page("<Contents><Key>a</Key><Size>1 </Size></Contents>"),
        page("<Contents><Key>a</Key><Size>18446744073709551616</Size></Contents>"),
        page("<Contents><Key>" + std::string(1025, 'k') + "</Key></Contents>"),
        page("<EncodingType>rot13</EncodingType>"), std::string("<ListBucketResult></ListBucketResult>"),
        std::string("<html><IsTruncated>false</IsTruncated></html>"), std::string("<Error><Code>x</Code></Error>"),
        page("").substr(0, 150)}) {
    CAPTURE(xml);
    const auto read = parse_object_page(as_bytes(xml));
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == Errc::corrupt);
  }
  std::string many;
  for (int i = 0; i <= 10'001; ++i) many += "<Contents><Key>k</Key></Contents>";
  CHECK(parse_object_page(as_bytes(page(many))).error().code == Errc::limit);
}

TEST_CASE("a page of versions") {
  const auto read = parse_version_page(
      as_bytes("<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>b%20c</NextKeyMarker>"
               "<NextVersionIdMarker>v9</NextVersionIdMarker><EncodingType>url</EncodingType>"
               "<Version><Key>a%20b</Key><VersionId>v1</VersionId><IsLatest>false</IsLatest><Size>7</Size></Version>"
               "<DeleteMarker><Key>a%20b</Key><VersionId>v2</VersionId><IsLatest>true</IsLatest>"
               "<LastModified>2026-07-01T00:13:52.000Z</LastModified></DeleteMarker></ListVersionsResult>"));
  REQUIRE(read.has_value());
  REQUIRE(read->versions.size() == 2);
  CHECK(read->versions[0].object.key == "a b");
  CHECK(read->versions[0].version == "v1");
  CHECK_FALSE(read->versions[0].latest);
  CHECK_FALSE(read->versions[0].delete_marker);
  CHECK(read->versions[0].object.size == 7);
  CHECK(read->versions[1].latest);
  CHECK(read->versions[1].delete_marker);
  CHECK(read->more);
  CHECK(read->next_key == "b c");
  CHECK(read->next_version == "v9");
  CHECK_FALSE(parse_version_page(as_bytes("<ListVersionsResult><IsTruncated>true</IsTruncated></ListVersionsResult>")));
}
