"""Why objects are not there: refused, late, expired, deleted, replaced; and what only lacks a key. Beside each cause a
look-alike that must not pass for it."""
from .. import keys
from ..bucket import gzip
from ..moments import MINUTE, iso
from ..registry import case
from ..world import ACCOUNT, end_of
from .explain import DENIED, IRELAND, NOTHING, STOP, adding, call, ends, explained, regions, stale, story
from .kms import KEY, OTHER_KEY, UNDER_KEY


@case("explain-delivery-bucket", 2, ["chain.head-stale"], "the bucket's policy was changed when deliveries ended",
      explained=stale("delivery-bucket", "medium", "mallory"))
def _(w):
    ends(w, [call(STOP, "PutBucketPolicy", {"bucketName": "acme-trail", "bucketPolicy": {}}, "s3")])


@case("explain-delivery-bucket-other", 2, ["chain.head-stale"], "another bucket's policy was changed",
      explained=stale(*NOTHING))
def _(w):
    ends(w, [call(STOP, "PutBucketPolicy", {"bucketName": "acme-orders", "bucketPolicy": {}}, "s3")])


@case("explain-delivery-bucket-not-all", 2, ["chain.head-stale"],
      "its policy was changed, but the home region's digests are delivered as before", explained=stale(*NOTHING))
def _(w):
    regions(w, records=[call(STOP, "PutBucketPolicy", {"bucketName": "acme-trail", "bucketPolicy": {}}, "s3")])


def keyed(w, key):
    """One log is declared to lie under the trail's key; `key` is disabled at the end."""
    records = [call(STOP, "DisableKey", {"keyId": key}, "kms",
                    resources=[{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": key}])]
    digests = w.honest(range(15), alter={14: adding(story(records))})
    w.site.at(digests[5].logs[0]).attributes = UNDER_KEY


@case("explain-delivery-key", 2, ["chain.head-stale"], "the trail's KMS key was disabled when deliveries ended",
      notices=["kms.delivery-gap", "kms.key-event", "kms.witness-not-applicable"],
      explained=stale("delivery-key", "medium", "mallory"))
def _(w):
    keyed(w, KEY)


@case("explain-delivery-key-other", 2, ["chain.head-stale"], "another KMS key was disabled then",
      notices=["kms.witness-not-applicable"], explained=stale(*NOTHING))
def _(w):
    keyed(w, OTHER_KEY)


@case("explain-delivery-key-not-all", 2, ["chain.head-stale"],
      "the key was disabled, but another region's digests are delivered as before",
      notices=["kms.delivery-gap", "kms.key-event", "kms.witness-not-applicable"], explained=stale(*NOTHING))
def _(w):
    keyed(w, KEY)
    w.keys = [keys.home(), keys.ireland()]
    w.honest(range(30), w.chain(region=IRELAND, key=keys.ireland()))


def healed(w, minutes):
    """D15 begins that much later than it should; a backfill digest covers twenty minutes from the end of D14 on."""
    chain = w.chain()
    w.honest(chain=chain, alter={15: {"start": end_of(14) + minutes * MINUTE}})
    log = w.log(end_of(14) + 12 * MINUTE, salt="late")
    w.put(chain.digest(end_of(14) + 20 * MINUTE, [log], start=end_of(14), previous=None,
                       generated=end_of(18)), log)


@case("explain-healed", 2, ["chain.gap"], "a backfill digest covers the whole gap",
      explained=[explained("chain.gap", "healed", "certain")])
def _(w):
    healed(w, 20)


@case("explain-healed-in-part", 2, ["chain.gap"], "a backfill digest covers half of the gap",
      explained=[explained("chain.gap", *NOTHING)])
def _(w):
    healed(w, 40)


# ---- objects that expired, were deleted or replaced

PUT = end_of(26) + 30 * MINUTE


def lifecycle(days, when=PUT, prefix="AWSLogs/", **more):
    rule = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": prefix, **more}, "Expiration": {"Days": days}}
    return call(when, "PutBucketLifecycle",
                {"bucketName": "acme-trail", "LifecycleConfiguration": {"Rule": rule}}, "s3")


def expiring(w, records, deleted=24, hours=54):
    """D0 to D23, which end on the 1st of July, or so many, are not there. The records stand in D27's log, of the 2nd; a
    rule of one day takes D0 to D23 at the midnight that begins the 3rd, in whose sixth hour all ends."""
    w.until = w.now = iso(end_of(hours - 1) + 16 * MINUTE)
    w.delete(w.honest(range(hours), alter={27: adding(story(records))}), range(deleted), with_logs=True)


def without_start(*what):
    return [explained("chain.start-missing", *what)]


@case("explain-lifecycle", 2, ["chain.start-missing"], "a lifecycle rule of one day fits what is not there any more",
      explained=without_start("lifecycle-expiry", "medium", "1 day", "mallory"))
def _(w):
    expiring(w, [lifecycle(1)])


@case("explain-lifecycle-undone", 2, ["chain.start-missing"], "the rule was taken back before any midnight",
      explained=without_start(*NOTHING))
def _(w):
    expiring(w, [lifecycle(1), call(PUT + 20, "DeleteBucketLifecycle", {"bucketName": "acme-trail"}, "s3")])


@case("explain-lifecycle-superseded", 2, ["chain.start-missing"], "another rule came in its place before any midnight",
      explained=without_start(*NOTHING))
def _(w):
    expiring(w, [lifecycle(1), lifecycle(90, PUT + 20)])


@case("explain-lifecycle-by-tag", 2, ["chain.start-missing"], "the rule takes only what has a tag: CloudTrail gives none",
      explained=without_start(*NOTHING))
def _(w):
    expiring(w, [lifecycle(1, Tag={"Key": "scratch", "Value": "yes"})])


@case("explain-lifecycle-by-size", 2, ["chain.start-missing"], "the rule takes only what is large",
      explained=without_start(*NOTHING))
def _(w):
    expiring(w, [lifecycle(1, ObjectSizeGreaterThan=1_000_000)])


@case("explain-lifecycle-elsewhere", 2, ["chain.start-missing"], "the rule takes only other objects",
      explained=without_start(*NOTHING))
def _(w):
    expiring(w, [lifecycle(1, prefix="tmp/")])


@case("explain-lifecycle-not-yet", 2, ["chain.start-missing"], "there was no midnight yet since the rule was put",
      explained=without_start(*NOTHING))
def _(w):
    expiring(w, [lifecycle(1)], hours=30)


@case("explain-lifecycle-and-deletion", 2, ["chain.start-missing"], "two more digests are gone than the rule could take",
      explained=without_start(*NOTHING))
def _(w):
    expiring(w, [lifecycle(1)], deleted=26)


def far_off(w):
    """The rule stands in a log that lies farther from the gap than those that are read around it."""
    w.until = w.now = iso(end_of(53) + 16 * MINUTE)
    records = [lifecycle(1, end_of(40))]
    w.delete(w.honest(range(54), alter={41: adding(story(records))}), range(24), with_logs=True)


@case("explain-lifecycle-far-off", 2, ["chain.start-missing"], "the rule is far from the gap", explained=without_start(*NOTHING))
def _(w):
    far_off(w)


@case("explain-lifecycle-far-off-timeline", 2, ["chain.start-missing"],
      "the same, with the timeline: causes do not depend on it", explained=without_start(*NOTHING))
def _(w):
    far_off(w)
    w.options = ["--timeline"]


@case("explain-lifecycle-too-long", 2, ["chain.start-missing"], "the lifecycle rule is of ninety days",
      explained=without_start(*NOTHING))
def _(w):
    expiring(w, [lifecycle(90)])


def delete(when, thing, **more):
    return call(when, "DeleteObject", {"bucketName": thing.bucket, "key": thing.key}, "s3", managementEvent=False,
                eventCategory="Data", **more)


def forgotten(w, what, record):
    """The twentieth hour's log tells what became of something of the fourteenth."""
    chain = w.chain()
    digests = w.honest(range(20), chain)
    w.honest(range(20, 30), chain, {20: adding(story([record(end_of(19) + 9 * MINUTE, what(digests))]))})
    return digests


@case("explain-digest-deleted", 1, ["digest.missing"], "a digest was deleted, and the bucket's data events tell by whom",
      explained=[explained("digest.missing", "deleted", "certain", "mallory")])
def _(w):
    w.delete(forgotten(w, lambda digests: digests[14], delete), [14], with_logs=True)


@case("explain-digest-deleted-another", 1, ["digest.missing"], "the event is about another object",
      explained=[explained("digest.missing", *NOTHING)])
def _(w):
    w.delete(forgotten(w, lambda digests: digests[14].logs[0], delete), [14], with_logs=True)


@case("explain-digest-deleted-one-of-two", 1, ["digest.missing"],
      "two digests in a row are gone, and an event names the second: nobody is known to have deleted the first",
      explained=[explained("digest.missing", "deleted", "medium", "not all", "mallory")])
def _(w):
    w.delete(forgotten(w, lambda digests: digests[14], delete), [13, 14], with_logs=True)


@case("explain-log-deleted", 1, ["log.missing"], "a log was deleted, and the bucket's data events tell by whom",
      explained=[explained("log.missing", "deleted", "certain", "mallory")])
def _(w):
    digests = forgotten(w, lambda digests: digests[14].logs[0], delete)
    w.site.drop(digests[14].logs[0])


@case("explain-log-deleted-denied", 1, ["log.missing"], "to delete it was refused: somebody else did",
      explained=[explained("log.missing", *NOTHING)])
def _(w):
    digests = forgotten(w, lambda digests: digests[14].logs[0], lambda *what: delete(*what, **DENIED))
    w.site.drop(digests[14].logs[0])


def put(when, thing):
    return dict(delete(when, thing), eventName="PutObject")


@case("explain-log-replaced", 1, ["log.hash-mismatch"], "a log was written over, and the bucket's data events tell by whom",
      explained=[explained("log.hash-mismatch", "replaced", "certain", "mallory")])
def _(w):
    digests = forgotten(w, lambda digests: digests[14].logs[0], put)
    w.site.replace(digests[14].logs[0], gzip(b'{"Records":[]}'))


@case("explain-log-replaced-another", 1, ["log.hash-mismatch"], "another log was written over with what it had",
      explained=[explained("log.hash-mismatch", *NOTHING)])
def _(w):
    digests = forgotten(w, lambda digests: digests[14].logs[1], put)
    w.site.replace(digests[14].logs[0], gzip(b'{"Records":[]}'))


@case("explain-key-unavailable", 2, ["digest.key-unknown"], "the key list does not reach back to the first digests",
      explained=[explained("digest.key-unknown", "key-unavailable", "certain")] * 12)
def _(w):
    now = keys.key("us-east-1-a", "2026-07-01T12:00:00Z")
    w.keys = [now]
    w.honest(chain=w.chain(key=now), alter={hour: {"key": keys.earlier()} for hour in range(12)}, logs=False)


@case("explain-key-foreign", 1, ["digest.key-foreign"],
      "a key that CloudTrail did not have then is no key that is only unavailable",
      explained=[explained("digest.key-foreign", *NOTHING)])
def _(w):
    w.honest(alter={14: {"key": keys.attacker()}}, logs=False)
