"""SSE-KMS: objects that S3 declares to lie under a key, and the events that witness it."""
import json

from .. import events
from ..digest import Log
from ..moments import HOUR, MINUTE
from ..registry import case
from ..world import ACCOUNT, REGION, end_of

KEY = "arn:aws:kms:%s:%s:key/1f0c3c1e-0000-4000-8000-5eca1ab1e001" % (REGION, ACCOUNT)
OTHER_KEY = "arn:aws:kms:%s:%s:key/1f0c3c1e-0000-4000-8000-5eca1ab1e002" % (REGION, ACCOUNT)
TRAIL = "arn:aws:cloudtrail:%s:%s:trail/mgmt" % (REGION, ACCOUNT)
SERVICE = {"type": "AWSService", "invokedBy": "cloudtrail.amazonaws.com"}
UNDER_KEY = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": KEY}
NOT_APPLICABLE = ["kms.witness-not-applicable"]


def data_key(when, what, key=KEY, trail=TRAIL, identity=SERVICE):
    """CloudTrail had KMS make a data key for `what`: "bucket/key", a bucket, or a prefix."""
    context = {"aws:cloudtrail:arn": trail, "aws:s3:arn": "arn:aws:s3:::" + what}
    return events.event(ACCOUNT, REGION, when, "kms", "GenerateDataKey",
                        {"keyId": key, "keySpec": "AES_256", "encryptionContext": context}, seed=what, read_only=True,
                        userIdentity=identity, ip="cloudtrail.amazonaws.com", agent="cloudtrail.amazonaws.com",
                        resources=[{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": key}])


def key_event(when, name, request=None):
    return events.event(ACCOUNT, REGION, when, "kms", name, request or {"keyId": KEY}, user="edsger", seed=name,
                        resources=[{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": KEY}])


class Keyed:
    """The honest trail with a key: everything lies under it, and the next log holds the event that witnesses it."""

    def __init__(self, w, hours=range(30), chain=None, bucket_key=False, extra=None, skip=(), declare=UNDER_KEY,
                 unlisted=(), key=KEY, forged=None):
        """extra: {hour: records} for the first log of that hour. skip: (hour, minutes) of logs without a witness; minute 60
        is the digest.
        forged: {(hour, minutes): what data_key() is told of the witness}.
        unlisted: of logs that are neither there nor in a digest, but have a witness."""
        self.w = w
        self.logs = {}
        self.digests = {}
        self.chain = chain or w.chain()
        attributes = dict(declare, BucketKeyEnabled=True) if bucket_key else declare
        pending = [data_key(end_of(hours[0]) - 55 * MINUTE, "acme-trail/AWSLogs/%s/CloudTrail/" % ACCOUNT, key)]
        for hour in hours:
            end = end_of(hour)
            listed = []
            for minutes in (21, 36) if self.chain.last else ():
                delivered = end - HOUR + minutes * MINUTE
                records = events.daily(ACCOUNT, REGION, delivered, self.chain.trail) + pending
                if minutes == 21:
                    records += (extra or {}).get(hour, [])
                log = Log(self.chain.place, REGION, delivered, records, salt=self.chain.trail)
                witness = data_key(delivered + 24, "acme-trail" if bucket_key else "acme-trail/" + log.key, key,
                                   **(forged or {}).get((hour, minutes), {}))
                witnesses = [] if (hour, minutes) in skip else [witness]
                if (hour, minutes) in unlisted:
                    pending += witnesses
                    continue
                pending = witnesses
                self.logs[hour, minutes] = log
                listed.append(log)
            digest = self.chain.append(end, listed)
            if (hour, 60) not in skip:
                pending.append(data_key(end + 30 * MINUTE, "acme-trail" if bucket_key else "acme-trail/" + digest.key,
                                        key))
            self.digests[hour] = digest
            w.put(digest, *listed)
            for thing in (digest, *listed):
                w.site.at(thing).attributes = attributes


@case("kms-witnessed", 0, why="every object lies under the key, and each but the youngest has its witness",
      notices=NOT_APPLICABLE, acceptance="X-01, X-07, X-08",
      kms={"objects": 88, "witnessed": 86, "not_applicable": 2, "missing": 0, "orphans": 0, "probes": 1})
def _(w):
    Keyed(w)


@case("kms-orphan", 2, ["kms.witness-orphan"], "a log and its line in the digest are gone; its witness is not",
      notices=NOT_APPLICABLE, acceptance="X-02", kms={"orphans": 1, "missing": 0})
def _(w):
    Keyed(w, unlisted=[(12, 36)])


@case("kms-orphan-deleted", 1, ["kms.witness-orphan", "log.missing"], "a log is gone that both digest and witness name; of "
      "what it witnessed nothing can be said", notices=NOT_APPLICABLE, kms={"orphans": 1, "missing": 0})
def _(w):
    w.site.drop(Keyed(w).logs[12, 36])


@case("kms-orphan-unlisted-is-there", 2, ["log.unlisted"], "no digest lists the log, but it is there: no orphan",
      notices=NOT_APPLICABLE, kms={"orphans": 0})
def _(w):
    keyed = Keyed(w, unlisted=[(12, 36)])
    delivered = end_of(12) - HOUR + 36 * MINUTE
    w.put(Log(keyed.chain.place, REGION, delivered, events.daily(ACCOUNT, REGION, delivered, "mgmt"), salt="mgmt"))


@case("kms-orphan-out-of-window", 0, why="the object that is not there was delivered before the window",
      notices=NOT_APPLICABLE, kms={"orphans": 0})
def _(w):
    Keyed(w, unlisted=[(12, 36)])
    w.since = "2026-07-01T13:13:52Z"


@case("kms-key-mismatch", 2, ["kms.witness-key-mismatch"], "one object declares another key than its witness names",
      notices=NOT_APPLICABLE, acceptance="X-03", kms={"mismatched": 0})
def _(w):
    log = Keyed(w).logs[12, 36]
    w.site.at(log).attributes = dict(UNDER_KEY, SSEKMSKeyId=OTHER_KEY)


@case("kms-missing", 2, ["kms.witness-missing"], "one object under the key has no witness", notices=NOT_APPLICABLE,
      kms={"missing": 1})
def _(w):
    Keyed(w, skip=[(12, 36)])


@case("kms-forged-caller", 2, ["kms.witness-missing"], "a role that somebody named AWSCloudTrail made the data key of one "
      "object: that is no witness", notices=NOT_APPLICABLE, kms={"missing": 1})
def _(w):
    role = {"type": "AssumedRole", "principalId": "AROA:x", "accountId": ACCOUNT,
            "arn": "arn:aws:sts::%s:assumed-role/AWSCloudTrail/x" % ACCOUNT}
    Keyed(w, forged={(12, 36): {"identity": role}})


@case("kms-forged-trail", 2, ["kms.witness-missing"], "the data key of one object was made for another trail, which does "
      "not deliver it", notices=NOT_APPLICABLE, kms={"missing": 1})
def _(w):
    Keyed(w, forged={(12, 36): {"trail": TRAIL.replace("mgmt", "other")}})


@case("kms-excluded", 0, why="the trail stopped recording KMS events, and its log shows who did it",
      notices=NOT_APPLICABLE, acceptance="X-04", kms={"missing": 0})
def _(w):
    selectors = [{"readWriteType": "All", "includeManagementEvents": True, "dataResources": [],
                  "excludeManagementEventSources": ["kms.amazonaws.com"]}]
    when = end_of(12) - HOUR + 12 * MINUTE
    exclude = events.event(ACCOUNT, REGION, when, "cloudtrail", "PutEventSelectors",
                           {"trailName": "mgmt", "eventSelectors": selectors}, user="edsger")
    Keyed(w, extra={12: [exclude]},
          skip=[(hour, minutes) for hour in range(11, 30) for minutes in (21, 36, 60) if (hour, minutes) > (11, 21)])


@case("kms-bucket-key", 0, why="with an S3 Bucket Key events name the bucket alone", notices=NOT_APPLICABLE,
      acceptance="X-05", kms={"witnessed": 0, "not_applicable": 88, "missing": 0})
def _(w):
    Keyed(w, bucket_key=True)


@case("kms-two-trails", 0, why="a trail without a key shares the bucket, and records each event a second time",
      notices=NOT_APPLICABLE, acceptance="X-06",
      kms={"objects": 88, "witnessed": 86, "missing": 0})
def _(w):
    keyed = Keyed(w)
    other = w.chain(trail="second")
    for hour in range(30):
        end = end_of(hour)
        logs = []
        if other.last:
            for minutes in (23, 38):
                records = [r for (h, _), log in keyed.logs.items() if h == hour for r in _kms_records(log)]
                delivered = end - HOUR + minutes * MINUTE
                logs.append(Log(other.place, REGION, delivered,
                                events.daily(ACCOUNT, REGION, delivered, "second") + records, salt="second"))
        digest = other.append(end, logs)
        w.put(digest, *logs)
        for thing in (digest, *logs):
            w.site.at(thing).attributes = {"ServerSideEncryption": "AES256"}


def _kms_records(log):
    return [record for record in json.loads(log.content)["Records"] if record["eventName"] == "GenerateDataKey"]


@case("kms-key-disabled", 2, ["chain.restart"], "the key was disabled, nothing could be delivered for four hours",
      notices=NOT_APPLICABLE + ["kms.key-event", "kms.delivery-gap"], acceptance="X-09")
def _(w):
    chain = w.chain()
    Keyed(w, range(0, 12), chain, extra={11: [key_event(end_of(11) - 50 * MINUTE, "DisableKey")]})
    chain.last = None
    Keyed(w, range(16, 30), chain, extra={17: [key_event(end_of(17) - 50 * MINUTE, "EnableKey")]})


@case("kms-digest-plain", 0, why="the digests of a trail with a key do not lie under it",
      notices=NOT_APPLICABLE + ["kms.digest-plain"], acceptance="X-10")
def _(w):
    for digest in Keyed(w).digests.values():
        w.site.at(digest).attributes = {"ServerSideEncryption": "AES256"}


@case("kms-expected", 0, why="everything lies under the expected key", notices=NOT_APPLICABLE)
def _(w):
    Keyed(w)
    w.options = ["--expect-kms-key", KEY]


@case("kms-unexpected", 2, ["kms.key-unexpected"], "everything lies under another key than the expected",
      notices=NOT_APPLICABLE, strict=1)
def _(w):
    Keyed(w)
    w.options = ["--expect-kms-key", OTHER_KEY]


@case("kms-expected-unknown", 2, ["kms.key-unknown"], "a key is expected, and the copy does not say under which one "
      "the logs lie", notices=NOT_APPLICABLE)
def _(w):
    w.honest()
    w.options = ["--expect-kms-key", KEY]
    for objects in w.site.buckets.values():
        for key, thing in objects.items():
            if "CloudTrail-Digest" in key:
                thing.attributes = UNDER_KEY


@case("kms-readers", 0, why="people read the logs; the report tells who", notices=NOT_APPLICABLE)
def _(w):
    context = {"aws:cloudtrail:arn": TRAIL, "aws:s3:arn": "arn:aws:s3:::acme-trail/AWSLogs/x.json.gz"}
    reads = [events.event(ACCOUNT, REGION, end_of(12) - 50 * MINUTE + i, "kms", "Decrypt",
                          {"encryptionContext": context, "encryptionAlgorithm": "SYMMETRIC_DEFAULT"}, user=user,
                          seed=i, read_only=True, resources=[{"accountId": ACCOUNT, "ARN": KEY}], **more)
             for i, (user, more) in enumerate((("ada", {}), ("ada", {}), ("edsger", {"errorCode": "AccessDenied"})))]
    Keyed(w, extra={12: reads})
