"""Why something is not proven: each cause as its events show it, and beside it a look-alike that must not pass for it."""
import json

from sealed import AES_KEY

from .. import events, keys
from ..digest import Log
from ..moments import HOUR, MINUTE, at, iso
from ..registry import case
from ..world import ACCOUNT, ACME, REGION, Place, end_of
from .sealed import FLAGS, esdk

TRAIL = "arn:aws:cloudtrail:%s:%s:trail/mgmt" % (REGION, ACCOUNT)
STOP = end_of(14) - 22                 # D14 is the last before it ...
START = at("2026-07-01T17:34:52Z")     # ... and this the end of the starting digest behind it
IRELAND = "eu-west-1"
SYDNEY = "ap-southeast-2"
DENIED = {"errorCode": "AccessDenied", "errorMessage": "not authorized"}
NOTHING = ("unexplained", "unexplained")


def call(when, name, request, service="cloudtrail", user="mallory", ip="203.0.113.66", account=ACCOUNT, **more):
    return events.event(account, REGION, when, service, name, request, user=user, ip=ip, seed=name, **more)


def explained(code, cause, confidence, *says):
    """One explanation of the report; `says` are parts of its sentence."""
    return {"code": code, "cause": cause, "confidence": confidence, "says": list(says)}


def story(records, delivered=None, place=ACME):
    """A log with these records, delivered some seconds after the last of them."""
    last = max(at(record["eventTime"]) for record in records)
    return Log(place, REGION, delivered or last + 9, records, salt="story")


def adding(*logs):
    """To be given as `alter`: these logs beside those of the hour."""
    return lambda listed: {"logs": listed + list(logs)}


def restart(w, before=(), after=(), chain=None, hours=12):
    """D0 to D14, nothing, and a new segment. before: records of the last log; after: of one of the new segment."""
    chain = chain or w.chain()
    digests = w.honest(range(15), chain, {14: adding(story(before))} if before else None)
    chain.last = None
    alter = {1: adding(story(after, START + 11 * MINUTE))} if after else None
    w.honest(range(hours), chain, alter, first_end=START)
    return digests


def ends(w, records=(), hour=14, chain=None):
    """D0 to D14 and no more; the last log holds these records."""
    w.honest(range(hour + 1), chain, {hour: adding(story(records))} if records else None)


# ---- logging stopped and started

def stop(when=STOP, name=TRAIL, **more):
    return call(when, "StopLogging", {"name": name}, **more)


def start(when=START, name=TRAIL):
    return call(when, "StartLogging", {"name": name}, user="grace", ip="192.0.2.17")


def restarted(*what):
    return [explained("chain.restart", *what)]


@case("explain-stopped", 2, ["chain.restart"], "logging was stopped and started, to the second",
      explained=restarted("logging-stopped", "certain", "mallory", "203.0.113.66", "grace", "192.0.2.17", iso(STOP)))
def _(w):
    restart(w, [stop()], [start()])


@case("explain-stopped-sealed", 2, ["chain.restart"], "the log that tells of the stop is sealed, and a key opens it",
      notices=["source.sealed"], explained=restarted("logging-stopped", "certain", "mallory"))
def _(w):
    stored = w.site.at(restart(w, [stop()], [start()])[14].logs[-1])
    stored.data = esdk(stored.data)
    w.files["key.bin"] = AES_KEY
    w.options = list(FLAGS)


@case("explain-stopped-by-name", 2, ["chain.restart"], "logging was stopped by the trail's name, and no start is known",
      explained=restarted("logging-stopped", "high", "mallory"))
def _(w):
    restart(w, [stop(name="mgmt")])


@case("explain-stopped-denied", 2, ["chain.restart"], "to stop logging was tried and refused: that explains nothing",
      explained=restarted(*NOTHING))
def _(w):
    restart(w, [stop(**DENIED)], [start()])


@case("explain-stopped-other-trail", 2, ["chain.restart"], "another trail was stopped then",
      explained=restarted(*NOTHING))
def _(w):
    restart(w, [stop(name=TRAIL + "-2")], [start(name=TRAIL + "-2")])


@case("explain-stopped-and-deletion", 2, ["chain.restart"],
      "logging was stopped, and before that the eight newest digests were deleted: the stop does not explain their hours",
      explained=restarted(*NOTHING))
def _(w):
    w.delete(restart(w, [], [stop(), start()]), range(7, 15), with_logs=True)


@case("explain-stopped-not-started-then", 2, ["chain.restart"],
      "logging was stopped and started at once; the gap that follows has another cause",
      explained=restarted(*NOTHING))
def _(w):
    restart(w, [stop(STOP - 40 * MINUTE), start(STOP - 30 * MINUTE)])


@case("explain-stopped-by-history", 2, ["chain.restart"], "only CloudTrail's event history knows of the stop, unsigned",
      explained=restarted("logging-stopped", "high", "mallory"))
def _(w):
    restart(w)
    w.files["history.json"] = json.dumps({"Events": [
        {"EventId": each["eventID"], "EventName": each["eventName"], "CloudTrailEvent": json.dumps(each)}
        for each in (start(), stop())]}).encode()
    w.options = ["--event-history", "history.json"]


@case("explain-stopped-forged", 2, ["chain.restart", "log.in-gap"],
      "the stop stands only in a log file that no digest lists: it may be forged",
      explained=restarted("logging-stopped", "medium", "mallory"))
def _(w):
    restart(w)
    w.put(story([stop()], STOP - 5 * MINUTE))


@case("explain-stopped-flooded", 2, ["chain.restart", "log.in-gap"],
      "a log file that no digest lists holds more events than can be kept: the signed ones are not driven out",
      explained=restarted("logging-stopped", "certain", "mallory"))
def _(w):
    restart(w, [stop()], [start()])
    first = at("2020-01-01T00:00:00Z")
    w.put(Log(ACME, REGION, STOP + HOUR, [
        {"eventTime": iso(first + i), "eventSource": "guardduty.amazonaws.com", "eventName": "UpdateDetector",
         "eventID": "f%d" % i} for i in range(100_100)], salt="flood"))


@case("explain-stopped-still", 2, ["chain.head-stale"], "logging was stopped, and the chain ends there",
      explained=[explained("chain.head-stale", "logging-stopped", "high", "mallory")])
def _(w):
    ends(w, [stop()])


@case("explain-stale", 2, ["chain.head-stale"], "a chain ends, and no event tells why",
      explained=[explained("chain.head-stale", *NOTHING)])
def _(w):
    ends(w)


@case("explain-not-asked", 2, ["chain.restart"], "--no-explain: no cause is looked for", explained=[])
def _(w):
    restart(w, [stop()], [start()])
    w.options = ["--no-explain"]


# ---- trail deleted and made again

@case("explain-trail-deleted", 2, ["chain.restart"], "the trail was deleted and created again",
      explained=restarted("trail-deleted", "certain", "mallory"))
def _(w):
    restart(w, [call(STOP, "DeleteTrail", {"name": TRAIL})],
            [call(START, "CreateTrail", {"name": "mgmt", "s3BucketName": "acme-trail"})])


@case("explain-trail-deleted-elsewhere", 2, ["chain.restart"], "a trail of that name was deleted in another region",
      explained=restarted(*NOTHING))
def _(w):
    restart(w, [call(STOP, "DeleteTrail", {"name": TRAIL.replace(REGION, IRELAND)})])


# ---- validation off and on

def update(when, **request):
    return call(when, "UpdateTrail", {"name": "mgmt", **request})


@case("explain-validation-off", 2, ["chain.restart", "log.in-gap"],
      "validation was switched off and on; log files lie in between",
      explained=restarted("validation-off", "certain", "mallory", "switched on again"))
def _(w):
    restart(w, [update(STOP - 20 * MINUTE, enableLogFileValidation=False)],
            [update(START, enableLogFileValidation=True)])
    w.put(w.log(at("2026-07-01T15:42:00Z")))


@case("explain-validation-confirmed", 2, ["chain.restart"], "validation was switched on where it already was",
      explained=restarted(*NOTHING))
def _(w):
    restart(w, [update(STOP - 20 * MINUTE, enableLogFileValidation=True)])


# ---- bucket or prefix changed

@case("explain-bucket-changed", 2, ["chain.head-stale"], "the trail was sent to another bucket",
      explained=[explained("chain.head-stale", "destination-changed", "high", "mallory")])
def _(w):
    ends(w, [update(STOP, s3BucketName="acme-elsewhere")])


@case("explain-bucket-confirmed", 2, ["chain.head-stale"], "the trail was sent to the bucket that it has",
      explained=[explained("chain.head-stale", *NOTHING)])
def _(w):
    ends(w, [update(STOP, s3BucketName="acme-trail")])


@case("explain-prefix-changed", 2, ["chain.head-stale"], "the trail was told to deliver below another prefix",
      explained=[explained("chain.head-stale", "destination-changed", "high", "mallory")])
def _(w):
    ends(w, [update(STOP, s3KeyPrefix="logs")])


@case("explain-prefix-confirmed", 2, ["chain.head-stale"], "the trail was told to deliver below the prefix that it has",
      explained=[explained("chain.head-stale", *NOTHING)])
def _(w):
    place = Place("acme-trail", ACCOUNT, prefix="logs")
    w.honest(range(15), w.chain(place), {14: adding(story([update(STOP, s3KeyPrefix="logs")], place=place))})


def moved(w, records):
    """D0 to D9 in another bucket, which is not given; the rest here."""
    chain = w.chain(Place("acme-elsewhere", ACCOUNT))
    w.site.bucket("acme-elsewhere")
    w.folders["acme-elsewhere"] = "elsewhere"
    w.honest(range(10), chain)
    chain.place = ACME
    w.honest(range(10, 30), chain, {10: adding(story(records))} if records else None)
    w.sources = ["acme-trail=bucket"]
    w.since = iso(end_of(9) - 20 * MINUTE)


@case("explain-bucket-followed", 2, ["chain.source-missing"],
      "the trail came from another bucket, which is not given: its digests sign so, and an event tells who changed it",
      explained=[explained("chain.source-missing", "destination-changed", "certain", "mallory")])
def _(w):
    moved(w, [update(end_of(9) + 40, s3BucketName="acme-trail")])


@case("explain-bucket-followed-by-nobody", 2, ["chain.source-missing"],
      "the same without the event: the digests sign it, and nobody is named",
      explained=[explained("chain.source-missing", "destination-changed", "high")])
def _(w):
    moved(w, [])


# ---- regions

def regions(w, end=30, records=(), hour=14, sydney=None):
    """The home region goes on to the end; eu-west-1 ends with D14, ap-southeast-2, if asked for, when it says."""
    w.keys = [keys.home(), keys.ireland(), keys.key(SYDNEY)]
    w.honest(range(end), alter={hour: adding(story(records))} if records else None)
    w.honest(range(15), w.chain(region=IRELAND, key=keys.ireland()))
    if sydney:
        w.honest(range(sydney), w.chain(region=SYDNEY, key=keys.key(SYDNEY)))


def stale(*what, number=1):
    return [explained("chain.head-stale", *what)] * number


@case("explain-multi-region-off", 2, ["chain.head-stale"], "the trail was told to record its home region alone",
      explained=stale("multi-region-off", "high", "mallory", number=2))
def _(w):
    regions(w, records=[update(STOP, isMultiRegionTrail=False)], sydney=15)


@case("explain-multi-region-off-not-all", 2, ["chain.head-stale"],
      "the same, but a third region goes on: it cannot be the cause", explained=stale(*NOTHING))
def _(w):
    regions(w, records=[update(STOP, isMultiRegionTrail=False)], sydney=30)


@case("explain-region-disabled", 2, ["chain.head-stale"], "the region was disabled",
      explained=stale("region-disabled", "high", "mallory"))
def _(w):
    regions(w, records=[call(STOP, "DisableRegion", {"RegionName": IRELAND}, "account")])


@case("explain-region-disabled-other", 2, ["chain.head-stale"], "another region was disabled", explained=stale(*NOTHING))
def _(w):
    regions(w, records=[call(STOP, "DisableRegion", {"RegionName": SYDNEY}, "account")])


def late(w, records, region=IRELAND, home=30):
    """eu-west-1 begins with a starting digest that ends with D10's hour; the digests are returned."""
    w.keys = [keys.home(), keys.ireland()]
    w.since = "2026-06-30T23:13:52Z"
    w.honest(range(home), alter={10: adding(story(records, end_of(10) - 30))})
    return w.honest(range(20), w.chain(region=region, key=keys.ireland()), first_end=end_of(10))


def begins_late(*what):
    return [explained("chain.begins-late", *what)]


@case("explain-region-enabled", 2, ["chain.begins-late"], "the region was enabled only then",
      explained=begins_late("region-enabled", "high", "mallory", IRELAND))
def _(w):
    late(w, [enabled()])


@case("explain-region-enabled-other", 2, ["chain.begins-late"], "another region was enabled then",
      explained=begins_late(*NOTHING))
def _(w):
    late(w, [call(end_of(10) - 2 * HOUR, "EnableRegion", {"RegionName": SYDNEY}, "account")])


def enabled():
    return call(end_of(10) - 2 * HOUR, "EnableRegion", {"RegionName": IRELAND}, "account")


@case("explain-region-enabled-and-deletion", 2, ["chain.start-missing"],
      "the region was enabled then, and its first four digests were deleted: the next signs that there were some",
      explained=[explained("chain.start-missing", *NOTHING)])
def _(w):
    w.delete(late(w, [enabled()]), range(4), with_logs=True)


# ---- the first delivery

@case("explain-first-delivery-and-deletion", 2, ["chain.start-missing"],
      "the trail was created then; but the first six digests were deleted, and logging was started anew for show",
      explained=[explained("chain.start-missing", *NOTHING)])
def _(w):
    w.since = "2026-06-30T23:00:00Z"
    records = [call(end_of(0) - 3, "CreateTrail", {"name": "mgmt", "s3BucketName": "acme-trail"}),
               call(end_of(0), "StartLogging", {"name": TRAIL}), call(end_of(6), "StartLogging", {"name": TRAIL})]
    w.delete(w.honest(alter={8: adding(story(records, end_of(8) - 5 * MINUTE))}), range(6), with_logs=True)


def new(w, records):
    w.since = "2026-06-30T12:00:00Z"
    w.honest(alter={1: adding(story(records, end_of(0) + 3 * MINUTE))})


@case("explain-first-delivery", 2, ["chain.begins-late"], "the trail was created when its first digest begins",
      explained=begins_late("first-delivery", "certain", "mallory"))
def _(w):
    new(w, [call(end_of(0) - 3, "CreateTrail", {"name": "mgmt", "s3BucketName": "acme-trail"}),
            call(end_of(0), "StartLogging", {"name": TRAIL})])


@case("explain-first-delivery-started-only", 2, ["chain.begins-late"],
      "logging was started then; but an older segment may have been there and be deleted",
      explained=begins_late(*NOTHING))
def _(w):
    new(w, [call(end_of(0), "StartLogging", {"name": TRAIL})])
