// Surroundings without a machine: variables, files, a clock, programs and a network that a test writes down.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "aws/surroundings.hpp"

namespace trailseal::test {

class FakeHttp final : public aws::Http {
 public:
  struct Answer {
    int status = 200;
    std::string body;
  };
  // "METHOD URL" -> what is answered, one after the other, the last again and again. An unknown one has no connection.
  std::map<std::string, std::vector<Answer>> answers;
  std::vector<aws::HttpRequest> requests;

  Result<aws::HttpResponse> send(const aws::HttpRequest& request, Bytes& body) override {
    const std::lock_guard lock(mutex_);
    requests.push_back(request);
    body.clear();
    const auto found = answers.find(request.method + " " + request.url);
    if (found == answers.end()) return Error{Errc::io, "no connection"};
    const Answer answer = found->second.front();
    if (found->second.size() > 1) found->second.erase(found->second.begin());
    body.assign(answer.body.begin(), answer.body.end());
    return aws::HttpResponse{answer.status, {}};
  }

 private:
  std::mutex mutex_;
};

struct FakeSurroundings {
  std::map<std::string, std::string> variables{{"HOME", "/user"}};
  std::map<std::string, std::string> files;
  std::map<std::string, std::string> programs;  // by the words, joined with "|"
  Time now = Time(Seconds(1'782'864'000));      // 2026-07-01T00:00:00Z
  FakeHttp http;

  aws::Surroundings get() {
    aws::Surroundings all;
    all.environment = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      if (found == variables.end() || found->second.empty()) return std::nullopt;
      return found->second;
    };
    all.read_file = [this](const std::string& path) -> Result<aws::Secret> {
      const auto found = files.find(path);
      if (found == files.end()) return Error{Errc::not_found, path + ": No such file or directory"};
      return aws::Secret(found->second);
    };
    all.run = [this](const std::vector<std::string>& words) -> Result<aws::Secret> {
      std::string line;
      for (const std::string& word : words) line += (line.empty() ? "" : "|") + word;
      const auto found = programs.find(line);
      if (found == programs.end()) return Error{Errc::not_found, words.front() + ": No such file or directory"};
      return aws::Secret(found->second);
    };
    all.now = [this] { return now; };
    all.http = &http;
    all.backend = crypto::backends().front();
    all.retry.attempts = 3;
    all.retry.sleep = [](std::chrono::milliseconds) {};
    all.retry.random = [] { return 0.5; };
    return all;
  }
};

// What STS answers to AssumeRole or AssumeRoleWithWebIdentity.
inline std::string sts_answer(const std::string& action, const std::string& access_key) {
  return "<" + action + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" + action +
         "Result><AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/r/s</Arn></AssumedRoleUser><Credentials>"
         "<AccessKeyId>" +
         access_key +
         "</AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey><SessionToken>role-token"
         "</SessionToken><Expiration>2026-07-01T01:00:00Z</Expiration></Credentials></" +
         action + "Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></" + action + "Response>";
}

}  // namespace trailseal::test
