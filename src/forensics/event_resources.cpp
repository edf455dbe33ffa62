#include <algorithm>
#include <array>
#include <string_view>

#include "base/arn.hpp"
#include "forensics/event_columns.hpp"

namespace trailseal::forensics {
namespace {

using trail::JsonValue;

// Where a call names a resource. A path begins with "q" (requestParameters) or "s" (responseElements); "*" stands for
// every element of a list; of several paths the first that leads somewhere counts. A path that ends in "!trail" or
// "!key" gives an ARN, made of the name when the call named the thing by its name and succeeded; "!id" gives what an
// ARN ends with.
struct Rule {
  std::string_view source;  // without ".amazonaws.com"
  std::string_view
      name;  // empty: every event of the source that has no rules of its own, Describe... and List... aside
  std::string_view type;
  std::array<std::string_view, 2> paths;
};

constexpr std::string_view kTrail = "AWS::CloudTrail::Trail", kBucket = "AWS::S3::Bucket", kKey = "AWS::KMS::Key",
                           kGroup = "AWS::EC2::SecurityGroup", kInstance = "AWS::EC2::Instance", kVpc = "AWS::EC2::VPC",
                           kSubnet = "AWS::EC2::Subnet", kAccessKey = "AWS::IAM::AccessKey",
                           kAssumedRole = "AWS::STS::AssumedRole", kRole = "AWS::IAM::Role", kUser = "AWS::IAM::User";

constexpr Rule kRules[] = {
    {"cloudtrail", "CreateTrail", kTrail, {"q.name"}},
    {"cloudtrail", "CreateTrail", kTrail, {"s.trailARN"}},
    {"cloudtrail", "CreateTrail", kBucket, {"s.s3BucketName", "q.s3BucketName"}},
    {"cloudtrail", "CreateTrail", kKey, {"s.kmsKeyId", "q.kmsKeyId"}},
    {"cloudtrail", "UpdateTrail", kTrail, {"q.name"}},
    {"cloudtrail", "UpdateTrail", kTrail, {"s.trailARN"}},
    {"cloudtrail", "UpdateTrail", kBucket, {"s.s3BucketName", "q.s3BucketName"}},
    {"cloudtrail", "UpdateTrail", kKey, {"s.kmsKeyId", "q.kmsKeyId"}},
    {"cloudtrail", "PutInsightSelectors", kTrail, {"s.trailARN", "q.trailName!trail"}},
    {"cloudtrail", "PutEventSelectors", kTrail, {"s.trailARN", "q.trailName!trail"}},
    {"cloudtrail", "StartLogging", kTrail, {"q.name!trail"}},
    {"cloudtrail", "", kTrail, {"q.name", "q.trailName"}},
    {"kms", "CreateKey", kKey, {"s.keyMetadata.arn"}},
    {"kms", "CreateKey", kKey, {"s.keyMetadata.keyId"}},
    {"kms", "CreateAlias", kKey, {"q.targetKeyId!key"}},
    {"kms", "CreateAlias", kKey, {"q.targetKeyId!id"}},
    {"s3", "", kBucket, {"q.bucketName"}},
    {"ec2", "RunInstances", kVpc, {"s.instancesSet.items.*.vpcId"}},
    {"ec2", "RunInstances", "AWS::EC2::Ami", {"s.instancesSet.items.*.imageId", "q.instancesSet.items.*.imageId"}},
    {"ec2",
     "RunInstances",
     "AWS::EC2::NetworkInterface",
     {"s.instancesSet.items.*.networkInterfaceSet.items.*.networkInterfaceId"}},
    {"ec2", "RunInstances", kInstance, {"s.instancesSet.items.*.instanceId"}},
    {"ec2", "RunInstances", "AWS::EC2::KeyPair", {"s.instancesSet.items.*.keyName", "q.instancesSet.items.*.keyName"}},
    {"ec2", "RunInstances", kGroup, {"s.instancesSet.items.*.groupSet.items.*.groupName"}},
    {"ec2", "RunInstances", kGroup, {"s.instancesSet.items.*.groupSet.items.*.groupId"}},
    {"ec2", "RunInstances", kSubnet, {"s.instancesSet.items.*.subnetId", "q.subnetId"}},
    {"ec2", "CreateSecurityGroup", kVpc, {"q.vpcId"}},
    {"ec2", "CreateSecurityGroup", kGroup, {"q.groupName"}},
    {"ec2", "CreateSecurityGroup", kGroup, {"s.groupId"}},
    {"ec2", "StartInstances", kInstance, {"q.instancesSet.items.*.instanceId"}},
    {"ec2", "StopInstances", kInstance, {"q.instancesSet.items.*.instanceId"}},
    {"ec2", "RebootInstances", kInstance, {"q.instancesSet.items.*.instanceId"}},
    {"ec2", "TerminateInstances", kInstance, {"q.instancesSet.items.*.instanceId"}},
    {"ec2", "", kInstance, {"q.instanceId"}},
    {"ec2", "", kVpc, {"q.vpcId"}},
    {"ec2", "", kSubnet, {"q.subnetId"}},
    {"ec2", "", kGroup, {"q.groupId"}},
    {"ec2", "", "AWS::EC2::Volume", {"q.volumeId", "s.volumeId"}},
    {"ec2", "", "AWS::EC2::Snapshot", {"q.snapshotId", "s.snapshotId"}},
    {"ec2", "", "AWS::EC2::Ami", {"q.imageId", "s.imageId"}},
    {"ec2", "", "AWS::EC2::NetworkInterface", {"q.networkInterfaceId"}},
    {"ec2", "", "AWS::EC2::RouteTable", {"q.routeTableId"}},
    {"ec2", "", "AWS::EC2::InternetGateway", {"q.internetGatewayId"}},
    {"sts", "AssumeRole", kAccessKey, {"s.credentials.accessKeyId"}},
    {"sts", "AssumeRole", kAssumedRole, {"q.roleSessionName"}},
    {"sts", "AssumeRole", kAssumedRole, {"s.assumedRoleUser.assumedRoleId"}},
    {"sts", "AssumeRole", kAssumedRole, {"s.assumedRoleUser.arn"}},
    {"sts", "AssumeRole", kRole, {"q.roleArn"}},
    {"iam", "CreateAccessKey", kAccessKey, {"s.accessKey.accessKeyId"}},
    {"iam", "CreateAccessKey", kUser, {"s.accessKey.userName", "q.userName"}},
    {"iam", "", kAccessKey, {"q.accessKeyId"}},
    {"iam", "", kUser, {"q.userName"}},
    {"iam", "", kRole, {"q.roleName"}},
    {"iam", "", "AWS::IAM::Group", {"q.groupName"}},
    {"iam", "", "AWS::IAM::Policy", {"q.policyArn"}},
    {"iam", "", "AWS::IAM::InstanceProfile", {"q.instanceProfileName"}},
    {"apigateway", "CreateDeployment", "AWS::ApiGateway::RestApi", {"q.restApiId"}},
    {"apigateway", "CreateDeployment", "AWS::ApiGateway::Stage", {"q.createDeploymentInput.stageName"}},
    {"dynamodb", "", "AWS::DynamoDB::Table", {"q.tableName"}},
    {"lambda", "", "AWS::Lambda::Function", {"q.functionName"}},
    {"logs", "", "AWS::Logs::LogGroup", {"q.logGroupName"}},
    {"rds", "", "AWS::RDS::DBInstance", {"q.dBInstanceIdentifier"}},
    {"rds", "", "AWS::RDS::DBSnapshot", {"q.dBSnapshotIdentifier"}},
    {"secretsmanager", "", "AWS::SecretsManager::Secret", {"q.secretId", "s.arn"}},
    {"sns", "", "AWS::SNS::Topic", {"q.topicArn", "s.topicArn"}},
};

class Collector {
 public:
  explicit Collector(JsonValue record) : record_(record) {}

  void apply(const Rule& rule) {
    for (const std::string_view path : rule.paths) {
      if (path.empty()) return;
      const std::size_t before = found_.size();
      const std::size_t mark = std::min(path.find('!'), path.size());
      kind_ = path.substr(mark);
      type_ = rule.type;
      follow(record_[path.starts_with('q') ? "requestParameters" : "responseElements"], path.substr(2, mark - 2));
      if (found_.size() > before) return;
    }
  }

  void add(std::string_view type, std::string_view name) {
    if (name.empty()) return;
    Resource resource{std::string(type), std::string(name)};
    if (std::ranges::find(found_, resource) == found_.end()) found_.push_back(std::move(resource));
  }

  std::vector<Resource>& found() { return found_; }

 private:
  void follow(JsonValue value, std::string_view path) {
    if (path.empty()) {
      if (found_.size() < kMost) add(type_, finish(value.text()));
      return;
    }
    const std::size_t dot = std::min(path.find('.'), path.size());
    const std::string_view step = path.substr(0, dot);
    const std::string_view rest = path.substr(std::min(dot + 1, path.size()));
    if (step != "*") return follow(value[step], rest);
    for (const JsonValue element : value) follow(element, rest);
  }

  std::string finish(std::string_view name) const {
    if (kind_ == "!id") return std::string(name.substr(name.rfind('/') + 1));
    const bool complete =
        kind_.empty() || name.empty() || name.starts_with("arn:") || !record_["errorCode"].text().empty();
    if (complete) return std::string(name);
    return arn_of(name);
  }

  // A service is asked by name in the region and account where the thing is.
  std::string arn_of(std::string_view name) const {
    const auto caller = base::parse_arn(record_["userIdentity"]["arn"].text());
    const std::string_view region = record_["awsRegion"].text();
    const std::string_view account = record_["recipientAccountId"].text();
    if (!caller || region.empty() || account.empty() || name.starts_with("alias/")) return std::string(name);
    const bool trail = kind_ == "!trail";
    std::string arn = "arn:" + caller->partition + (trail ? ":cloudtrail:" : ":kms:");
    arn.append(region).append(":").append(account).append(trail ? ":trail/" : ":key/").append(name);
    return arn;
  }

  static constexpr std::size_t kMost = 1000;  // instances that one call may name

  JsonValue record_;
  std::string_view kind_, type_;
  std::vector<Resource> found_;
};

std::string_view first_of(std::string_view a, std::string_view b) { return a.empty() ? b : a; }

bool lists_things(std::string_view name) { return name.starts_with("Describe") || name.starts_with("List"); }

bool has_own_rules(std::string_view source, std::string_view name) {
  return std::ranges::any_of(kRules, [&](const Rule& rule) { return rule.source == source && rule.name == name; });
}

// KMS names the key in the record; the console does not show it when a service called.
bool hides_resources(JsonValue record, std::string_view source, std::string_view name) {
  const JsonValue identity = record["userIdentity"];
  return source == "kms" && (name == "Decrypt" || name.starts_with("GenerateDataKey")) &&
         (identity["type"].text() == "AWSService" || !identity["invokedBy"].text().empty());
}

}  // namespace

std::vector<Resource> resources_of(const trail::LogRecord& record) {
  Collector collector(record.content);
  if (record.entry) {
    for (const JsonValue resource : record.entry["Resources"])
      collector.add(resource["ResourceType"].text(), resource["ResourceName"].text());
    return std::move(collector.found());
  }
  const JsonValue content = record.content;
  const std::string_view name = content["eventName"].text();
  std::string_view source = content["eventSource"].text();
  source = source.substr(0, source.find('.'));
  const bool of_data = content["eventCategory"].text() == "Data" || content["managementEvent"].boolean() == false;
  if (hides_resources(content, source, name)) return {};
  if (!of_data) {
    const std::string_view wanted = has_own_rules(source, name) ? name : std::string_view();
    if (!wanted.empty() || !lists_things(name)) {
      for (const Rule& rule : kRules)
        if (rule.source == source && rule.name == wanted) collector.apply(rule);
    }
  }
  if (collector.found().empty()) {
    for (const JsonValue resource : content["resources"])
      collector.add(resource["type"].text(), first_of(resource["ARN"].text(), resource["ARNPrefix"].text()));
  }
  return std::move(collector.found());
}

}  // namespace trailseal::forensics
