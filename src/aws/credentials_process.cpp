// credential_process (AWS SDKs and Tools Reference Guide, "Process credential provider").
#include "aws/credential_search.hpp"
#include "aws/run_program.hpp"
#include "aws/secret_json.hpp"

namespace trailseal::aws {

Result<Credentials> process_credentials(const Surroundings& surroundings, std::string_view command,
                                        const std::string& profile) {
  const std::string what = "credential_process of the profile '" + profile + "': ";
  const auto failed = [&](const Error& error) { return Error{error.code, what + error.message}; };
  const auto words = split_command(command);
  if (!words) return failed(words.error());
  const auto output = surroundings.run(*words);
  if (!output) return failed(output.error());
  const ByteView json = as_bytes(output->text());
  const auto members = parse_secret_json(json);
  if (!members) return failed(members.error());
  const auto version = members->find("Version");
  if (version == members->end() || version->second.text() != "1")
    return failed({Errc::unsupported, "the answer is not of Version 1"});
  auto credentials = parse_credentials(json, "SessionToken");
  if (!credentials) return failed(credentials.error());
  return credentials;
}

}  // namespace trailseal::aws
