"""Plausible CloudTrail records (event version 1.11), a handful for each log, chosen by a seeded generator."""
import functools
import random
import uuid

from .moments import iso

# source, name, resource parameter: what an account does all day
_DAILY = (
    ("ec2", "DescribeInstances", {"instancesSet": {}, "filterSet": {}}),
    ("ec2", "DescribeSecurityGroups", {"securityGroupSet": {}, "filterSet": {}}),
    ("sts", "AssumeRole", {"roleArn": "arn:aws:iam::{account}:role/deploy", "roleSessionName": "pipeline"}),
    ("iam", "GetRole", {"roleName": "deploy"}),
    ("iam", "ListUsers", None),
    ("kms", "Decrypt", {"encryptionAlgorithm": "SYMMETRIC_DEFAULT"}),
    ("logs", "CreateLogStream", {"logGroupName": "/aws/lambda/orders", "logStreamName": "2026/07/01"}),
    ("s3", "GetBucketAcl", {"bucketName": "acme-orders", "acl": ""}),
    ("s3", "ListBuckets", {"Host": "s3.amazonaws.com"}),
    ("lambda", "GetFunction20150331v2", {"functionName": "orders"}),
    ("dynamodb", "DescribeTable", {"tableName": "orders"}),
    ("ssm", "GetParameters", {"names": ["/orders/db"], "withDecryption": True}),
    ("monitoring", "DescribeAlarms", {"maxRecords": 100}),
    ("cloudtrail", "GetTrailStatus", {"name": "{trail}"}),
)
_PEOPLE = ("ada", "grace", "edsger", "barbara", "tony")


def _seeded_uuid(chance):
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def identity(account, user):
    return {"type": "IAMUser", "principalId": "AIDAEXAMPLE" + user.upper(), "accountId": account,
            "arn": "arn:aws:iam::%s:user/%s" % (account, user), "accessKeyId": "ASIAEXAMPLE" + user.upper(),
            "userName": user}


def event(account, region, when, source, name, request=None, response=None, user="ada", ip="192.0.2.17",
          agent="aws-cli/2.36.7 md/awscrt#0.31 ua/2.1 os/linux", seed="", read_only=False, **more):
    """One record; `more` adds or replaces fields."""
    chance = random.Random("%s|%s|%s|%s|%s" % (account, region, when, name, seed))
    record = {
        "eventVersion": "1.11", "userIdentity": identity(account, user), "eventTime": iso(when),
        "eventSource": source + ".amazonaws.com", "eventName": name, "awsRegion": region, "sourceIPAddress": ip,
        "userAgent": agent, "requestParameters": request, "responseElements": response,
        "requestID": _seeded_uuid(chance), "eventID": _seeded_uuid(chance), "readOnly": read_only,
        "eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": account,
        "eventCategory": "Management",
    }
    record.update(more)
    return record


@functools.lru_cache(None)
def _daily(account, region, delivered, salt, number):
    chance = random.Random("daily|%s|%s|%s|%s" % (account, region, delivered, salt))
    records = []
    for i in range(number):
        source, name, request = chance.choice(_DAILY)
        if request:
            request = {k: v.format(account=account, trail="mgmt") if isinstance(v, str) else v
                       for k, v in request.items()}
        user = chance.choice(_PEOPLE)
        records.append(event(account, region, delivered - 600 + chance.randrange(420), source, name, request,
                             user=user, ip="192.0.2.%d" % (16 + _PEOPLE.index(user)), seed=i, read_only=True))
    return tuple(records)


def daily(account, region, delivered, salt="", number=4):
    """What a log delivered at that time holds on an ordinary day."""
    return list(_daily(account, region, delivered, salt, number))
