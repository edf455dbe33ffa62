"""The set pieces of the sample trail: how the trail came to be, and the night of the incident.

All of it is invented; addresses are those reserved for documentation.
"""
import json

from .events import event, identity, session
from .moments import MINUTE, at, iso

MANAGEMENT, PRODUCTION, SANDBOX = "111122223333", "222233334444", "333344445555"
ORG = "o-acme2026audit"
BUCKET = "acme-org-audit-logs"
TRAIL = "org-audit"
HOME = "us-east-1"
CREATED = at("2026-06-29T06:41:27Z")
NIGHT = at("2026-07-01T02:00:00Z")  # in which the intruder came
STOPPED = at("2026-07-01T04:52:18Z")  # the trail, by the intruder
STARTED = at("2026-07-01T07:26:40Z")  # again, by grace
INTRUDER = "203.0.113.66"

_TRAIL_ARN = "arn:aws:cloudtrail:%s:%s:trail/%s" % (HOME, MANAGEMENT, TRAIL)
_KEY_ID = "4f3c2b1a-5d6e-4f70-8a9b-0c1d2e3f4a5b"
_KEY_ARN = "arn:aws:kms:%s:%s:key/%s" % (HOME, MANAGEMENT, _KEY_ID)
_ROLE = "log-archive-maintenance"
_CLI = "aws-cli/1.45.55 md/Botocore#1.43.55 ua/2.1 os/linux"
_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def _login(account, when, user, ip, mfa):
    return event(account, HOME, when, "signin", "ConsoleLogin", None, {"ConsoleLogin": "Success"}, user, ip, _BROWSER,
                 additionalEventData={"LoginTo": "https://console.aws.amazon.com/console/home", "MobileVersion": "No",
                                      "MFAUsed": "Yes" if mfa else "No"},
                 eventType="AwsConsoleSignIn")


def _bucket_policy():
    arn = "arn:aws:s3:::" + BUCKET
    service = {"Service": "cloudtrail.amazonaws.com"}
    condition = {"StringEquals": {"aws:SourceArn": _TRAIL_ARN}}
    return {"Version": "2012-10-17", "Statement": [
        {"Sid": "AWSCloudTrailAclCheck", "Effect": "Allow", "Principal": service, "Action": "s3:GetBucketAcl",
         "Resource": arn, "Condition": condition},
        {"Sid": "AWSCloudTrailWrite", "Effect": "Allow", "Principal": service, "Action": "s3:PutObject",
         "Resource": arn + "/AWSLogs/*", "Condition": condition}]}


def _key_resource(arn):
    return {"accountId": MANAGEMENT, "type": "AWS::KMS::Key", "ARN": arn}


def founding():
    """Ada signs in, makes bucket and key, and creates the organization trail."""
    begin = CREATED - 9 * MINUTE

    def call(seconds, source, name, request, response=None, **more):
        return event(MANAGEMENT, HOME, begin + seconds, source, name, request, response, "ada", "192.0.2.16",
                     seed=seconds, **more)
    lock = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
    selectors = [{"name": "Management events", "fieldSelectors": [{"field": "eventCategory", "equals": ["Management"]}]},
                 {"name": "Customer data", "fieldSelectors": [
                     {"field": "eventCategory", "equals": ["Data"]},
                     {"field": "resources.type", "equals": ["AWS::S3::Object"]},
                     {"field": "resources.ARN", "startsWith": ["arn:aws:s3:::acme-customers/"]}]}]
    shape = {"name": TRAIL, "s3BucketName": BUCKET, "includeGlobalServiceEvents": True, "isMultiRegionTrail": True,
             "isOrganizationTrail": True, "kmsKeyId": _KEY_ARN}
    return [
        _login(MANAGEMENT, begin, "ada", "192.0.2.16", True),
        call(71, "s3", "CreateBucket", {"bucketName": BUCKET, "Host": "s3.us-east-1.amazonaws.com",
                                        "x-amz-object-ownership": "BucketOwnerEnforced"},
             resources=[{"accountId": MANAGEMENT, "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::" + BUCKET}]),
        call(88, "s3", "PutBucketPublicAccessBlock", {"bucketName": BUCKET, "publicAccessBlock": "", "Host":
                                                      BUCKET + ".s3.amazonaws.com",
                                                      "PublicAccessBlockConfiguration": lock}),
        call(130, "s3", "PutBucketPolicy", {"bucketName": BUCKET, "policy": "", "Host": BUCKET + ".s3.amazonaws.com",
                                            "bucketPolicy": _bucket_policy()}),
        call(201, "kms", "CreateKey", {"description": "CloudTrail of the organization", "keyUsage": "ENCRYPT_DECRYPT",
                                       "keySpec": "SYMMETRIC_DEFAULT", "origin": "AWS_KMS", "multiRegion": False,
                                       "bypassPolicyLockoutSafetyCheck": False},
             {"keyMetadata": {"aWSAccountId": MANAGEMENT, "keyId": _KEY_ID, "arn": _KEY_ARN, "enabled": True,
                              "keyState": "Enabled", "keyManager": "CUSTOMER", "keySpec": "SYMMETRIC_DEFAULT"}},
             resources=[_key_resource(_KEY_ARN)]),
        call(219, "kms", "CreateAlias", {"aliasName": "alias/org-audit", "targetKeyId": _KEY_ID},
             resources=[_key_resource(_KEY_ARN), {"accountId": MANAGEMENT, "ARN": _KEY_ARN.replace(
                 "key/" + _KEY_ID, "alias/org-audit")}]),
        call(534, "cloudtrail", "CreateTrail", dict(shape, enableLogFileValidation=True),
             dict(shape, trailARN=_TRAIL_ARN, logFileValidationEnabled=True)),
        call(537, "cloudtrail", "PutEventSelectors", {"trailName": TRAIL, "advancedEventSelectors": selectors},
             {"trailARN": _TRAIL_ARN, "advancedEventSelectors": selectors}),
        call(539, "cloudtrail", "PutInsightSelectors",
             {"trailName": TRAIL, "insightSelectors": [{"insightType": "ApiCallRateInsight"},
                                                       {"insightType": "ApiErrorRateInsight"}]},
             {"trailARN": _TRAIL_ARN, "insightSelectors": [{"insightType": "ApiCallRateInsight"},
                                                           {"insightType": "ApiErrorRateInsight"}]}),
        call(540, "cloudtrail", "StartLogging", {"name": _TRAIL_ARN}),
    ]


def object_read(account, when, user, ip, key, name="GetObject"):
    """A data event of the customers' bucket."""
    arn = "arn:aws:s3:::acme-customers"
    return event(account, HOME, when, "s3", name, {"bucketName": "acme-customers", "key": key,
                                                   "Host": "acme-customers.s3.amazonaws.com"}, None, user, ip, seed=key,
                 read_only=name == "GetObject", managementEvent=False, eventCategory="Data",
                 resources=[{"type": "AWS::S3::Object", "ARN": "%s/%s" % (arn, key)},
                            {"accountId": account, "type": "AWS::S3::Bucket", "ARN": arn}],
                 additionalEventData={"bytesTransferredOut": 48213.0, "AuthenticationMethod": "AuthHeader"})


def _intruder(minute, second, source, name, request, response=None, region=HOME, **more):
    return event(PRODUCTION, region, NIGHT + minute * MINUTE + second, source, name, request, response, "ci-deploy",
                 INTRUDER, _CLI, seed="intruder", **more)


def night():
    """{minute of delivery after NIGHT: records} of production in us-east-1: what the intruder did before he covered it."""
    denied = {"errorCode": "AccessDenied", "errorMessage": "User: arn:aws:iam::%s:user/ci-deploy is not authorized to "
              "perform this operation with an explicit deny in a service control policy" % PRODUCTION}
    return {
        17: [_login(PRODUCTION, NIGHT + 13 * MINUTE + 4, "ci-deploy", INTRUDER, False)],
        27: [
            _intruder(16, 40, "iam", "CreateUser", {"userName": "svc-metrics"},
                      {"user": {"userName": "svc-metrics", "userId": "AIDAEXAMPLEMETRICS", "path": "/",
                                "arn": "arn:aws:iam::%s:user/svc-metrics" % PRODUCTION}}),
            _intruder(17, 2, "iam", "AttachUserPolicy", {"userName": "svc-metrics",
                                                         "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
            _intruder(17, 31, "iam", "CreateAccessKey", {"userName": "svc-metrics"},
                      {"accessKey": {"userName": "svc-metrics", "accessKeyId": "AKIAEXAMPLEMETRICS",
                                     "status": "Active"}}),
            _intruder(21, 9, "cloudtrail", "StopLogging", {"name": _TRAIL_ARN}, **denied),
            _intruder(21, 44, "cloudtrail", "PutEventSelectors",
                      {"trailName": _TRAIL_ARN, "eventSelectors": [{"readWriteType": "WriteOnly",
                                                              "includeManagementEvents": False}]}, **denied),
        ],
        42: [object_read(PRODUCTION, NIGHT + 29 * MINUTE + i * 7, "ci-deploy", INTRUDER, "2026/export-%03d.csv" % i)
             for i in range(40)],
        57: [_intruder(49, 12, "sts", "AssumeRole",
                       *_assumption(), sharedEventID=_ASSUMED),
             _intruder(50, 3, "sts", "GetCallerIdentity", None, read_only=True)],
    }


_ASSUMED = "7f0e7a0e-52e3-4f0b-9d55-2a6f6a1c9d10"


def _maintenance():
    return session(MANAGEMENT, _ROLE, "maintenance", "ASIAEXAMPLEMAINTENANCE", began=NIGHT + 49 * MINUTE + 12)


def _assumption():
    """Request and response of the call that takes him into the account of the trail."""
    who = _maintenance()
    return ({"roleArn": "arn:aws:iam::%s:role/%s" % (MANAGEMENT, _ROLE), "roleSessionName": "maintenance",
             "durationSeconds": 14400},
            {"assumedRoleUser": {"arn": who["arn"], "assumedRoleId": who["principalId"]},
             "credentials": {"accessKeyId": who["accessKeyId"], "expiration": "Jul 1, 2026, 6:49:12 AM"}})


def _as_maintenance(when, source, name, request, region=HOME, **more):
    return event(MANAGEMENT, region, when, source, name, request, None, ip=INTRUDER, agent=_CLI, seed="maintenance",
                 userIdentity=_maintenance(), **more)


def in_management():
    """{moment of delivery: records} of the account that owns the trail, in its home region: the role that he took."""
    begin = NIGHT + 49 * MINUTE
    arn = "arn:aws:s3:::" + BUCKET
    bucket = {"resources": [{"accountId": MANAGEMENT, "type": "AWS::S3::Bucket", "ARN": arn}], "read_only": True}
    caller = {"type": "AWSAccount", "principalId": identity(PRODUCTION, "ci-deploy")["principalId"],
              "accountId": PRODUCTION}
    return {
        begin + 7 * MINUTE: [
            event(MANAGEMENT, HOME, begin + 12, "sts", "AssumeRole", *_assumption(), ip=INTRUDER, agent=_CLI,
                  seed="assumed", userIdentity=caller, sharedEventID=_ASSUMED,
                  resources=[{"accountId": MANAGEMENT, "type": "AWS::IAM::Role",
                              "ARN": "arn:aws:iam::%s:role/%s" % (MANAGEMENT, _ROLE)}])],
        begin + 12 * MINUTE: [
            _as_maintenance(begin + 161, "s3", "GetBucketVersioning", {"bucketName": BUCKET, "versioning": "",
                                                                        "Host": BUCKET + ".s3.amazonaws.com"}, **bucket),
            _as_maintenance(begin + 170, "s3", "GetBucketLogging", {"bucketName": BUCKET, "logging": "",
                                                                     "Host": BUCKET + ".s3.amazonaws.com"}, **bucket)],
    }


def stop():
    """The last records before the dark."""
    return [_as_maintenance(STOPPED - 44, "cloudtrail", "DescribeTrails", {"includeShadowTrails": False,
                                                                            "trailNameList": []}, read_only=True),
            _as_maintenance(STOPPED, "cloudtrail", "StopLogging", {"name": _TRAIL_ARN})]


def _grace(account, when, source, name, request, response=None, region=HOME, **more):
    return event(account, region, when, source, name, request, response, "grace", "192.0.2.17", seed="rescue", **more)


def start():
    """The first record after it: grace was called out of bed."""
    return [_grace(MANAGEMENT, STARTED, "cloudtrail", "StartLogging", {"name": _TRAIL_ARN})]


def rescue():
    """{(account, region, moment of delivery): records}: what grace does then."""
    revoke = {"roleName": _ROLE, "policyName": "AWSRevokeOlderSessions", "policyDocument":
              '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["*"],"Resource":["*"],"Condition":'
              '{"DateLessThan":{"aws:TokenIssueTime":"%s"}}}]}' % iso(STARTED + 200)}
    key = identity(PRODUCTION, "ci-deploy")["accessKeyId"]
    return {
        (MANAGEMENT, HOME, STARTED + 9 * MINUTE): [
            _grace(MANAGEMENT, STARTED + 204, "iam", "PutRolePolicy", revoke)],
        (PRODUCTION, HOME, STARTED + 16 * MINUTE): [
            _grace(PRODUCTION, STARTED + 611, "iam", "UpdateAccessKey", {"userName": "ci-deploy", "accessKeyId": key,
                                                                         "status": "Inactive"}),
            _grace(PRODUCTION, STARTED + 640, "iam", "DeleteLoginProfile", {"userName": "ci-deploy"}),
            _grace(PRODUCTION, STARTED + 655, "iam", "UpdateAccessKey", {"userName": "svc-metrics", "accessKeyId":
                                                                         "AKIAEXAMPLEMETRICS", "status": "Inactive"})],
        (PRODUCTION, "eu-central-1", STARTED + 41 * MINUTE): [
            _grace(PRODUCTION, STARTED + 2112, "ec2", "TerminateInstances",
                   {"instancesSet": {"items": [{"instanceId": "i-0c0ffee%010x" % i} for i in range(2)]}},
                   region="eu-central-1")],
    }


def dark():
    """Management events that the stopped trail did not deliver and that the event history still has."""
    return [
        _as_maintenance(STOPPED + 63, "cloudtrail", "GetTrailStatus", {"name": _TRAIL_ARN}, read_only=True),
        _intruder(180, 9, "guardduty", "UpdateDetector", {"detectorId": "d0c7", "enable": False},
                  errorCode="AccessDenied", errorMessage="explicit deny in a service control policy"),
        _intruder(183, 30, "iam", "DeleteAccessKey", {"userName": "svc-metrics", "accessKeyId": "AKIAEXAMPLEOLD"}),
        *mining(199),
        _login(MANAGEMENT, STARTED - 405, "grace", "192.0.2.17", True),
        _grace(MANAGEMENT, STARTED - 70, "cloudtrail", "GetTrailStatus", {"name": _TRAIL_ARN}, read_only=True),
    ]


def history():
    """What LookupEvents gave grace of that night: CloudTrail's own columns, and each record as a text."""
    records = [*stop(), *dark(), *start(), *mining(60), *mining(123),
               *(record for records in in_management().values() for record in records)]
    entries = []
    for record in sorted(records, key=lambda record: (record["eventTime"], record["eventID"]), reverse=True):
        who = record["userIdentity"]
        name = who.get("userName") or who.get("arn", "").rpartition("/")[2]
        request = record["requestParameters"] or {}
        resources = [{"ResourceType": "AWS::CloudTrail::Trail", "ResourceName": request["name"]}
                     for _ in range("name" in request)]
        resources += [{"ResourceType": "AWS::EC2::Ami", "ResourceName": item["imageId"]}
                      for item in request.get("instancesSet", {}).get("items", ())]
        entries.append({
            "EventId": record["eventID"], "EventName": record["eventName"],
            "ReadOnly": "true" if record["readOnly"] else "false",
            **({"AccessKeyId": who["accessKeyId"]} if "accessKeyId" in who else {}),
            "EventTime": record["eventTime"].replace("Z", "+00:00"), "EventSource": record["eventSource"],
            **({"Username": name} if name else {}), "Resources": resources,
            "CloudTrailEvent": json.dumps(record, separators=(",", ":"))})
    return json.dumps({"Events": entries}, indent=4).encode() + b"\n"


def mining(minute):
    """What he started in another region."""
    return [_intruder(minute, 0, "ec2", "RunInstances",
                      {"instancesSet": {"items": [{"imageId": "ami-0abc1234def567890", "minCount": 16, "maxCount": 16}]},
                       "instanceType": "g5.12xlarge"}, {"requestId": "0f0e0d0c", "reservationId": "r-0a1b2c3d4e5f"},
                      region="eu-central-1")]


def forged():
    """The injected file: it blames somebody else."""
    return [event(SANDBOX, HOME, NIGHT + 14 * MINUTE, "iam", "CreateAccessKey", {"userName": "tony"}, None, "tony",
                  "192.0.2.20", seed="forged")]


def insight(when, state):
    """An Insights record: many more GetObject calls than on other nights."""
    context = {"statistics": {"baseline": {"average": 0.8}, "insight": {"average": 40.0}, "insightDuration": 5,
                              "baselineDuration": 2880}}
    record = event(PRODUCTION, HOME, when, "s3", "GetObject", seed="insight")
    shared = event(PRODUCTION, HOME, NIGHT, "s3", "GetObject", seed="insight")["requestID"]
    return {"eventVersion": "1.09", "eventTime": record["eventTime"], "awsRegion": HOME, "eventID": record["eventID"],
            "eventType": "AwsCloudTrailInsight", "recipientAccountId": PRODUCTION,
            "sharedEventID": shared, "insightDetails": {
                "state": state, "eventSource": "s3.amazonaws.com", "eventName": "GetObject",
                "insightType": "ApiCallRateInsight", "insightContext": context}, "eventCategory": "Insight"}


def network_activity(when):
    """A call that a VPC endpoint's policy refused."""
    return event(PRODUCTION, HOME, when, "kms", "Decrypt", None, None, "ci-deploy", "10.20.0.17", seed="vpce",
                 eventType="AwsVpceEvent", eventCategory="NetworkActivity", managementEvent=False,
                 errorCode="VpceAccessDenied", vpcEndpointId="vpce-0a1b2c3d4e5f67890", vpcEndpointAccountId=PRODUCTION)
