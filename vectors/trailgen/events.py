"""Plausible CloudTrail records (event version 1.11), a handful for each log, chosen by a seeded generator."""
import functools
import json
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


# What the sample's accounts do all day: who, source, name, request, read-only. Nobody else needs it.
_PIPELINE = "pipeline"
_WORK = (
    (None, "ec2", "DescribeInstances", {"instancesSet": {}, "filterSet": {}}, True),
    (None, "ec2", "DescribeSecurityGroups", {"securityGroupSet": {}, "filterSet": {}}, True),
    (None, "iam", "GetRole", {"roleName": "deploy"}, True),
    (None, "s3", "GetBucketAcl", {"bucketName": "acme-orders", "acl": ""}, True),
    (None, "s3", "ListBuckets", {"Host": "s3.amazonaws.com"}, True),
    (None, "monitoring", "DescribeAlarms", {"maxRecords": 100}, True),
    (None, "cloudtrail", "LookupEvents", {"maxResults": 50}, True),
    (None, "dynamodb", "DescribeTable", {"tableName": "orders"}, True),
    (_PIPELINE, "sts", "GetCallerIdentity", None, True),
    (_PIPELINE, "lambda", "GetFunction20150331v2", {"functionName": "orders"}, True),
    (_PIPELINE, "lambda", "UpdateFunctionCode20150331v2", {"functionName": "orders", "publish": True}, False),
    (_PIPELINE, "ssm", "PutParameter", {"name": "/orders/release", "overwrite": True, "type": "String"}, False),
    (_PIPELINE, "ecs", "UpdateService", {"service": "orders", "cluster": "main", "forceNewDeployment": True}, False),
    ("autoscaling.amazonaws.com", "ec2", "TerminateInstances", {"instancesSet": {"items": [
        {"instanceId": "i-0%(hex)s"}]}}, False),
    ("autoscaling.amazonaws.com", "ec2", "RunInstances", {"instanceType": "m7g.large", "instancesSet": {"items": [
        {"imageId": "ami-0fedcba9876543210", "minCount": 1, "maxCount": 1}]}}, False),
    ("lambda.amazonaws.com", "logs", "CreateLogStream", {"logGroupName": "/aws/lambda/orders",
                                                         "logStreamName": "[$LATEST]%(hex)s"}, False),
)


def session(account, role, name, key, mfa=False, began=None):
    """The identity of an assumed role."""
    unique = "AROAEXAMPLE" + role.upper().replace("-", "")[:10]
    issuer = {"type": "Role", "principalId": unique, "arn": "arn:aws:iam::%s:role/%s" % (account, role),
              "accountId": account, "userName": role}
    attributes = {"mfaAuthenticated": "true" if mfa else "false"}
    if began is not None:
        attributes = {"creationDate": iso(began), **attributes}
    return {"type": "AssumedRole", "principalId": unique + ":" + name,
            "arn": "arn:aws:sts::%s:assumed-role/%s/%s" % (account, role, name), "accountId": account,
            "accessKeyId": key, "sessionContext": {"sessionIssuer": issuer, "attributes": attributes}}


def _filled(request, chance):
    text = json.dumps(request)
    return json.loads(text.replace("%(hex)s", "%016x" % chance.getrandbits(64)))


@functools.lru_cache(None)
def workday(account, region, delivered, number):
    """Ordinary events: people who look, a pipeline that deploys, services that scale."""
    chance = random.Random("workday|%s|%s|%s" % (account, region, delivered))
    records = []
    for i in range(number):
        who, source, name, request, read_only = chance.choice(_WORK)
        when = delivered - 600 + chance.randrange(420)
        how = {"seed": i, "read_only": read_only}
        if who == _PIPELINE:
            how.update(ip="198.51.100.24", agent="aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.24",
                       userIdentity=session(account, "deploy", "pipeline", "ASIAEXAMPLEPIPELINE", began=when - 900))
        elif who:
            how.update(ip=who, agent=who, userIdentity={"type": "AWSService", "invokedBy": who})
        else:
            user = chance.choice(_PEOPLE)
            how.update(user=user, ip="192.0.2.%d" % (16 + _PEOPLE.index(user)))
        if chance.random() < 0.03:
            how.update(errorCode="ThrottlingException", errorMessage="Rate exceeded")
        records.append(event(account, region, when, source, name, _filled(request, chance), **how))
    return tuple(records)
