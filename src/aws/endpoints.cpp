// The rules of AWS's own tools (botocore's partitions and endpoint rule sets), reduced to the services asked here.
#include "aws/endpoints.hpp"

#include <algorithm>
#include <array>

#include "aws/url.hpp"

namespace trailseal::aws {
namespace {

struct Partition {
  std::string_view prefix;  // of its regions; the first that fits counts
  std::string_view name, suffix, dual_stack_suffix;
  bool fips, dual_stack;
};

constexpr std::array<Partition, 8> kPartitions = {{
    {"cn-", "aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn", false, true},
    {"us-gov-", "aws-us-gov", "amazonaws.com", "api.aws", true, true},
    {"us-iso-", "aws-iso", "c2s.ic.gov", "", true, false},
    {"us-isob-", "aws-iso-b", "sc2s.sgov.gov", "", true, false},
    {"eu-isoe-", "aws-iso-e", "cloud.adc-e.uk", "", true, false},
    {"us-isof-", "aws-iso-f", "csp.hci.ic.gov", "", true, false},
    {"eusc-", "aws-eusc", "amazonaws.eu", "", true, false},
    {"", "aws", "amazonaws.com", "api.aws", true, true},
}};

const Partition& partition(std::string_view region) {
  return *std::ranges::find_if(kPartitions, [&](const Partition& one) { return region.starts_with(one.prefix); });
}

constexpr bool is_small(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_true(const std::optional<std::string>& text) {
  constexpr std::string_view kTrue = "true";  // in any case
  return text && std::ranges::equal(*text, kTrue, [](char a, char b) { return (a | 0x20) == b; });
}

// "127.0.0.1", "[::1]", with or without a port: no name can stand before it.
bool is_address(std::string_view host) {
  if (host.starts_with('[')) return true;
  host = host.substr(0, host.find(':'));
  return std::ranges::all_of(host, [](char c) { return is_digit(c) || c == '.'; });
}

// In GovCloud these services' ordinary endpoints are the validated ones.
bool is_fips_as_it_is(std::string_view service, const Partition& where) {
  return where.name == "aws-us-gov" && (service == "sts" || service == "cloudtrail");
}

Result<std::string> custom_url(const EndpointOptions& options) {
  const auto url = parse_url(options.custom);
  if (!url || !url->query.empty()) return Error{Errc::invalid_argument, "not an endpoint URL: " + options.custom};
  std::string out = options.custom;
  while (out.ends_with('/')) out.pop_back();
  return out;
}

// A name that a certificate for *.s3.REGION.amazonaws.com covers.
bool is_host_label(std::string_view bucket) {
  return bucket.size() <= 63 &&
         std::ranges::all_of(bucket, [](char c) { return is_small(c) || is_digit(c) || c == '-'; });
}

}  // namespace

bool is_region(std::string_view text) {
  if (text.size() < 6 || text.size() > 32) return false;
  const auto dash = text.rfind('-');
  if (dash == std::string_view::npos || text.size() - dash - 1 > 2 || text.size() - dash - 1 < 1) return false;
  if (!std::ranges::all_of(text.substr(dash + 1), is_digit)) return false;
  const std::string_view words = text.substr(0, dash);  // two or more, in small letters
  if (words.find('-') == std::string_view::npos || words.find("--") != std::string_view::npos) return false;
  return is_small(words.front()) && is_small(words.back()) &&
         std::ranges::all_of(words, [](char c) { return is_small(c) || c == '-'; });
}

std::string_view partition_of(std::string_view region) { return partition(region).name; }

bool is_bucket_name(std::string_view text) {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  return text.size() >= 3 && text.size() <= 255 && text.front() != '.' && text.back() != '.' &&
         text.find("..") == std::string_view::npos && std::ranges::all_of(text, [&](char c) {
           return is_small(c) || is_digit(c) || is_capital(c) || c == '.' || c == '_' || c == '-';
         });
}

EndpointOptions endpoint_options(std::string_view service, const Environment& environment, std::string_view custom) {
  EndpointOptions options;
  options.fips = is_true(environment("AWS_USE_FIPS_ENDPOINT"));
  options.dual_stack = is_true(environment("AWS_USE_DUALSTACK_ENDPOINT"));
  if (service == "s3") {
    if (is_true(environment("s3.use_dualstack_endpoint"))) options.dual_stack = true;
    const auto style = environment("s3.addressing_style");
    if (style == "path") options.addressing = EndpointOptions::Addressing::path;
    if (style == "virtual") options.addressing = EndpointOptions::Addressing::virtual_host;
  }
  options.custom = custom;
  if (!custom.empty() || is_true(environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"))) return options;
  std::string name = "AWS_ENDPOINT_URL_";
  for (const char c : service) name += is_small(c) ? static_cast<char>(c - 'a' + 'A') : c;
  if (const auto own = environment(name)) {
    options.custom = *own;
  } else if (const auto all = environment("AWS_ENDPOINT_URL")) {
    options.custom = *all;
  }
  return options;
}

Result<std::string> endpoint_url(std::string_view service, std::string_view region, const EndpointOptions& options) {
  if (!options.custom.empty()) return custom_url(options);
  if (!is_region(region)) return Error{Errc::invalid_argument, "not a region: " + std::string(region)};
  const Partition& where = partition(region);
  const std::string name(where.name);
  if (options.fips && !where.fips)
    return Error{Errc::invalid_argument, "the partition " + name + " has no FIPS endpoints"};
  if (options.dual_stack && !where.dual_stack)
    return Error{Errc::invalid_argument, "the partition " + name + " has no dual-stack endpoints"};
  std::string host(service);
  const bool s3 = service == "s3";
  // Behind a dual-stack name even GovCloud's FIPS endpoints are called so.
  if (options.fips && (options.dual_stack || !is_fips_as_it_is(service, where))) host += "-fips";
  if (s3 && options.dual_stack) host += ".dualstack";
  host.append(".").append(region).append(".");
  host += options.dual_stack && !s3 ? where.dual_stack_suffix : where.suffix;
  return "https://" + host;
}

Result<std::string> bucket_url(std::string_view bucket, std::string_view region, const EndpointOptions& options) {
  if (!is_bucket_name(bucket)) return Error{Errc::invalid_argument, "not a bucket's name: " + std::string(bucket)};
  TRY(const std::string base, endpoint_url("s3", region, options));
  using Addressing = EndpointOptions::Addressing;
  const std::size_t host = base.find("://") + 3;
  const bool possible = is_host_label(bucket) && !is_address(std::string_view(base).substr(host));
  const bool wanted =
      options.custom.empty() ? options.addressing != Addressing::path : options.addressing == Addressing::virtual_host;
  if (!possible || !wanted) return base + "/" + std::string(bucket);
  return base.substr(0, host) + std::string(bucket) + "." + base.substr(host);
}

bool is_own_host(std::string_view host, std::string_view region) {
  return host.ends_with("." + std::string(partition(region).suffix));
}

}  // namespace trailseal::aws
