"""Log files that look and compress like a busy trail's: bursts of a few kinds of call by a few principals."""

import base64

HEAD = (
    '{"eventVersion":"1.09","userIdentity":{"type":"AssumedRole","principalId":"AROA%(principal)s:%(session)s",'
    '"arn":"arn:aws:sts::%(account)s:assumed-role/%(role)s/%(session)s","accountId":"%(account)s",'
    '"accessKeyId":"ASIA%(access)s","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROA%(principal)s",'
    '"arn":"arn:aws:iam::%(account)s:role/%(role)s","accountId":"%(account)s","userName":"%(role)s"},"attributes":'
    '{"creationDate":"%(since)s","mfaAuthenticated":"false"}}},"eventTime":"%(time)s",'
)
TAIL = (
    '"awsRegion":"%(region)s","sourceIPAddress":"%(address)s","userAgent":"%(agent)s",%(call)s'
    '"requestID":"%(request)s","eventID":"%(event)s","readOnly":%(read)s,"eventType":"AwsApiCall",'
    '"managementEvent":true,"recipientAccountId":"%(account)s","eventCategory":"Management","tlsDetails":'
    '{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"%(host)s"}}'
)
# service, name, read-only, the call's own part
CALLS = [
    ("sts.amazonaws.com", "AssumeRole", "true",
     '"requestParameters":{"roleArn":"arn:aws:iam::%(account)s:role/%(role)s","roleSessionName":"%(session)s"},'
     '"responseElements":{"credentials":{"accessKeyId":"ASIA%(access)s","sessionToken":"%(token)s"}},'),
    ("kms.amazonaws.com", "Decrypt", "true",
     '"requestParameters":{"encryptionContext":{"aws:s3:arn":"arn:aws:s3:::acme-data-lake-prod/curated/%(key)s"},'
     '"encryptionAlgorithm":"SYMMETRIC_DEFAULT"},"responseElements":null,"resources":[{"accountId":"%(account)s",'
     '"type":"AWS::KMS::Key","ARN":"arn:aws:kms:%(region)s:%(account)s:key/8d3acf57-6bba-480a-9459-ed1b8e79d3d0"}],'),
    ("ec2.amazonaws.com", "DescribeInstances", "true",
     '"requestParameters":{"filterSet":{"items":[{"name":"tag:Team","valueSet":{"items":[{"value":"caf\u00e9"}]}}]},'
     '"instancesSet":{"items":[{"instanceId":"i-0%(key)s"}]}},"responseElements":null,'),
    ("s3.amazonaws.com", "GetObject", "true",
     '"requestParameters":{"bucketName":"acme-data-lake-prod","Host":"acme-data-lake-prod.s3.amazonaws.com",'
     '"key":"curated/%(key)s.parquet"},"responseElements":null,"additionalEventData":{"SignatureVersion":"SigV4",'
     '"CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"x-amz-id-2":"%(token2)s"},'),
    ("iam.amazonaws.com", "AttachRolePolicy", "false",
     '"errorCode":"AccessDenied","errorMessage":"User: arn:aws:sts::%(account)s:assumed-role/%(role)s/%(session)s is '
     'not authorized to perform: iam:AttachRolePolicy","requestParameters":null,"responseElements":null,'),
]
WEIGHTS = [12, 30, 30, 25, 3]
AGENTS = ["aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5 md/GOOS#linux md/GOARCH#amd64 api/sts#1.30.3",
          "Boto3/1.34.144 md/Botocore#1.34.144 ua/2.0 os/linux#6.1.97 md/arch#x86_64 lang/python#3.12.4",
          "aws-internal/3 aws-sdk-java/1.12.750 Linux/5.10.219 OpenJDK_64-Bit_Server_VM/25.412-b09"]
ROLES = ["ci-deployer", "etl-nightly", "eks-node-group-general", "AWSServiceRoleForAutoScaling", "analyst-readonly"]


def uuid(random):
    text = "%032x" % random.getrandbits(128)
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def token(random, size):
    return base64.b64encode(random.randbytes(size)).decode()


def log_content(random, size, account, region, time):
    """One {"Records": [...]} of about `size` bytes, the events of the minute of `time` ("...T12:34:")."""
    principals = [
        {"account": account, "region": region, "role": random.choice(ROLES), "session": "i-0%016x" % random.getrandbits(64),
         "principal": token(random, 12).upper()[:17], "access": token(random, 12).upper()[:16],
         "since": time + "00Z", "address": "10.%d.%d.%d" % tuple(random.randbytes(3)), "agent": random.choice(AGENTS)}
        for _ in range(1 + size // 60_000)
    ]
    records, length = [], 14
    while length < size or not records:
        who = random.choice(principals)
        service, name, read, call = random.choices(CALLS, WEIGHTS)[0]
        for _ in range(random.randint(1, 12)):
            values = dict(who, time=time + "%02dZ" % random.randrange(60), event=uuid(random), request=uuid(random),
                          read=read, host=service.replace(".", "." + region + ".", 1), key="%016x" % random.getrandbits(64),
                          token=token(random, 240), token2=token(random, 48))
            template = HEAD + '"eventSource":"%s","eventName":"%s",' % (service, name) + TAIL.replace("%(call)s", call)
            record = template % values
            records.append(record)
            length += len(record) + 1
            if length >= size:
                break
    return ('{"Records":[' + ",".join(records) + "]}").encode()
