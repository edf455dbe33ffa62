"""The sample trail: an organization of three accounts, four regions and four days, honest and with an incident."""
import random

from . import events, keys
from .bucket import gzip
from .digest import Chain, Log, Place
from .moments import HOUR, MINUTE, iso
from .registry import Case
from .story import (BUCKET, CREATED, HOME, MANAGEMENT, NIGHT, ORG, PRODUCTION, SANDBOX, TRAIL, forged, founding,
                    insight, mining, network_activity, night, object_read)

HOURS = 96  # of digests, the starting one included
REGIONS = {
    "us-east-1": ("us-east-1-a", "2026-06-20T11:04:19Z"),
    "eu-west-1": ("eu-west-1", "2026-06-20T11:02:50Z"),
    "eu-central-1": ("eu-central-1", "2026-06-20T11:07:33Z"),
    "ap-southeast-2": ("ap-southeast-2", "2026-06-20T11:03:08Z"),
}
# account, region: logs in an hour of the day, of the night
TRAFFIC = {
    (MANAGEMENT, "us-east-1"): (1, 0.3),
    (MANAGEMENT, "eu-west-1"): (0.2, 0),
    (PRODUCTION, "us-east-1"): (3, 1),
    (PRODUCTION, "eu-west-1"): (1, 0.3),
    (PRODUCTION, "eu-central-1"): (0.8, 0.3),
    (PRODUCTION, "ap-southeast-2"): (0.3, 0.3),
    (SANDBOX, "us-east-1"): (0.8, 0.1),
    (SANDBOX, "eu-west-1"): (0.3, 0),
}


def _place(account):
    return Place(BUCKET, account, org=ORG)


def _deliveries(account, region, begin):
    """When the ordinary logs of an hour arrive."""
    chance = random.Random("sample|%s|%s|%s" % (account, region, begin))
    by_day, by_night = TRAFFIC[account, region]
    rate = by_day if 7 <= begin // HOUR % 24 < 19 else by_night
    number = int(rate) + (chance.random() < rate % 1)
    return sorted(begin + 17 * MINUTE + delay for delay in chance.sample(range(24 * MINUTE), number)), chance


def _ordinary(account, region, begin):
    """The logs of an hour in which nothing happens."""
    times, chance = _deliveries(account, region, begin)
    for delivered in times:
        records = events.daily(account, region, delivered, "sample", 2 + chance.randrange(5))
        if (account, region) == (PRODUCTION, HOME):
            records += [object_read(PRODUCTION, delivered - 400 + i * 31, "edsger", "192.0.2.18",
                                    "2026/orders-%04d.json" % chance.randrange(10000), chance.choice(
                                        ("GetObject", "GetObject", "PutObject"))) for i in range(2)]
        yield Log(_place(account), region, delivered, records)


def _special(account, region, begin):
    """The logs of the story that were delivered in this hour."""
    def within(delivered):
        return begin <= delivered < begin + HOUR
    if (account, region) == (MANAGEMENT, HOME) and within(CREATED + 7 * MINUTE):
        yield Log(_place(account), region, CREATED + 7 * MINUTE, founding())
    if (account, region) == (PRODUCTION, HOME):
        for minute, records in night().items():
            if within(NIGHT + minute * MINUTE):
                yield Log(_place(account), region, NIGHT + minute * MINUTE, records, salt="night")
    if (account, region) == (PRODUCTION, "eu-central-1"):
        for minute in (68, 131):
            if within(NIGHT + minute * MINUTE):
                yield Log(_place(account), region, NIGHT + minute * MINUTE, mining(minute - 8), salt="night")


def _build(world):
    """Fills the world; returns {(account, region): {end: digest}}."""
    world.site.buckets.clear()
    world.folders = {BUCKET: "bucket"}
    world.keys = [keys.key(*REGIONS[region]) for region in sorted(REGIONS)]
    world.sources = ["bucket"]
    world.since = iso(CREATED - 41 * MINUTE - 27)
    end = CREATED + (HOURS - 1) * HOUR
    world.until = iso(end + 18 * MINUTE + 33)
    world.now = iso(end + 33 * MINUTE + 33)
    chains = {}
    for account, region in TRAFFIC:
        chain = Chain(_place(account), TRAIL, HOME, region, keys.key(*REGIONS[region]))
        digests = chains[account, region] = {}
        for hour in range(HOURS):
            begin = CREATED + (hour - 1) * HOUR
            logs = [*_ordinary(account, region, begin), *_special(account, region, begin)] if hour else []
            digests[begin + HOUR] = chain.append(begin + HOUR, logs)
            world.put(digests[begin + HOUR], *logs)
    for kind, records in (("CloudTrail-Insight", [insight(NIGHT + 31 * MINUTE)]),
                          ("CloudTrail-NetworkActivity", [network_activity(NIGHT + 24 * MINUTE)])):
        world.put(Log(_place(PRODUCTION), HOME, NIGHT + 44 * MINUTE, records, kind))
    return chains


def honest(world):
    _build(world)


def incident(world):
    """What the intruder did to the bucket afterwards: three logs deleted, one altered, two digests deleted, one log
    put in that blames somebody else."""
    chains = _build(world)
    logs = {log.delivered: log for digest in chains[PRODUCTION, HOME].values() for log in digest.logs}
    for minute in (17, 27, 42):
        world.site.drop(logs[NIGHT + minute * MINUTE])
    altered = logs[NIGHT + 57 * MINUTE]
    world.site.replace(altered, gzip(altered.content.replace(b"203.0.113.66", b"192.0.2.18")))
    mined = [digest for digest in chains[PRODUCTION, "eu-central-1"].values()
             if any(log.delivered in (NIGHT + 68 * MINUTE, NIGHT + 131 * MINUTE) for log in digest.logs)]
    for digest in mined:
        world.site.drop(digest, *digest.logs)
    world.put(Log(_place(SANDBOX), HOME, NIGHT + 17 * MINUTE, forged()))


def worlds():
    notices = ["log.kind-not-covered"]
    yield "honest", Case(
        "honest", honest, 0, [], notices, "an organization trail, untouched: three accounts, four regions, four days",
        None, {"digests.verified": HOURS * len(TRAFFIC)}, [])
    yield "incident", Case(
        "incident", incident, 1, ["digest.missing", "log.hash-mismatch", "log.missing", "log.unlisted"], notices,
        "the same after an intruder's night: three logs of it deleted, one altered, two digests of eu-central-1 deleted "
        "with their logs, one forged log put in", None,
        {"digests.missing": 2, "logs.violated": 4, "logs.unlisted": 1}, [])
