"""The sample trail: an organization of three accounts, four regions and four days, honest and with an incident."""
import random

from . import events, keys
from .bucket import gzip
from .digest import Chain, Log, Place
from .moments import HOUR, MINUTE, iso
from .registry import Case
from .story import (BUCKET, CREATED, HOME, MANAGEMENT, NIGHT, ORG, PRODUCTION, SANDBOX, STARTED, STOPPED, TRAIL, forged,
                    founding, history, in_management, insight, mining, network_activity, night, object_read, rescue,
                    start, stop)

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


def _ordinary(account, region, begin, end):
    """The logs of an hour in which nothing happens, as far as they arrive in time."""
    times, chance = _deliveries(account, region, begin)
    for delivered in times:
        records = events.workday(account, region, delivered, 3 + chance.randrange(20))
        if (account, region) == (PRODUCTION, HOME):
            records += tuple(object_read(PRODUCTION, delivered - 400 + i * 31, "edsger", "192.0.2.18",
                                         "2026/orders-%04d.json" % chance.randrange(10000), chance.choice(
                                             ("GetObject", "GetObject", "PutObject"))) for i in range(4))
        if delivered < end:
            yield Log(_place(account), region, delivered, records)


def _set_pieces(stopped):
    """{(account, region): [(moment of delivery, records, kind)]}"""
    pieces = {
        (MANAGEMENT, HOME): [(CREATED + 7 * MINUTE, founding(), "CloudTrail")],
        (PRODUCTION, HOME): [(NIGHT + minute * MINUTE, records, "CloudTrail") for minute, records in night().items()],
        (PRODUCTION, "eu-central-1"): [(NIGHT + minute * MINUTE, mining(minute - 8), "CloudTrail")
                                       for minute in (68, 131)],
    }
    pieces[PRODUCTION, HOME] += [
        (NIGHT + 44 * MINUTE, [insight(NIGHT + 31 * MINUTE, "Start"), insight(NIGHT + 36 * MINUTE, "End")],
         "CloudTrail-Insight"),
        (NIGHT + 44 * MINUTE, [network_activity(NIGHT + 24 * MINUTE)], "CloudTrail-NetworkActivity")]
    pieces[MANAGEMENT, HOME] += [(when, records, "CloudTrail") for when, records in in_management().items()]
    if stopped:
        pieces[MANAGEMENT, HOME] += [(STOPPED + 21, stop(), "CloudTrail"), (STARTED + 5 * MINUTE, start(), "CloudTrail")]
        for (account, region, delivered), records in rescue().items():
            pieces[account, region].append((delivered, records, "CloudTrail"))
    return pieces


def _hours(stopped):
    """(begin, end, whether a segment starts there) of each digest."""
    last = CREATED + (HOURS - 1) * HOUR
    begin, starts = CREATED - HOUR, True
    while begin + HOUR <= last:
        if stopped and begin < STOPPED < begin + HOUR:
            yield begin, STOPPED + 33, False
            begin, starts = STARTED - HOUR, True
        yield begin, begin + HOUR, starts
        begin, starts = begin + HOUR, False


def _build(world, stopped=False):
    """Fills the world; returns {(account, region): {end: digest}}."""
    world.site.buckets.clear()
    world.folders = {BUCKET: "bucket"}
    world.keys = [keys.key(*REGIONS[region]) for region in sorted(REGIONS)]
    world.sources = ["bucket"]
    world.since = iso(CREATED - 41 * MINUTE - 27)
    last = CREATED + (HOURS - 1) * HOUR
    world.until = iso(last + 18 * MINUTE + 33)
    world.now = iso(last + 33 * MINUTE + 33)
    chains = {}
    pieces = _set_pieces(stopped)
    for account, region in TRAFFIC:
        chain = Chain(_place(account), TRAIL, HOME, region, keys.key(*REGIONS[region]))
        digests = chains[account, region] = {}
        for begin, end, starts in _hours(stopped):
            if starts:
                chain.last = None
                logs = []
            else:
                logs = [*_ordinary(account, region, begin, end),
                        *(Log(_place(account), region, when, records, kind, "story")
                          for when, records, kind in pieces.get((account, region), ()) if begin <= when < end)]
            digests[end] = chain.append(end, logs, start=begin)
            world.put(digests[end], *logs)
    return chains


def honest(world):
    _build(world)


def incident(world):
    """What the intruder did afterwards: logging stopped until grace starts it, three logs deleted, one altered, two
    digests deleted, one log put in that blames somebody else."""
    chains = _build(world, stopped=True)
    logs = {log.delivered: log for digest in chains[PRODUCTION, HOME].values() for log in digest.logs
            if "_CloudTrail_" in log.name}
    for minute in (17, 27, 42):
        world.site.drop(logs[NIGHT + minute * MINUTE])
    altered = logs[NIGHT + 57 * MINUTE]
    world.site.replace(altered, gzip(altered.content.replace(b"203.0.113.66", b"192.0.2.18")))
    mined = [digest for digest in chains[PRODUCTION, "eu-central-1"].values()
             if any(log.delivered in (NIGHT + 68 * MINUTE, NIGHT + 131 * MINUTE) for log in digest.logs)]
    for digest in mined:
        world.site.drop(digest, *digest.logs)
    world.put(Log(_place(SANDBOX), HOME, NIGHT + 17 * MINUTE, forged()))
    world.files["event-history.json"] = history()


def worlds():
    yield "honest", Case(
        "honest", honest, 0, [], [], "an organization trail, untouched: three accounts, four regions, four days",
        None, {"digests.verified": HOURS * len(TRAFFIC)}, [])
    yield "incident", Case(
        "incident", incident, 1, ["chain.restart", "digest.missing", "log.hash-mismatch", "log.missing", "log.unlisted"],
        [], "the same after an intruder's night: logging stopped for two and a half hours, three logs deleted, one "
        "altered, two digests of eu-central-1 deleted with their logs, one forged log put in", None,
        {"digests.missing": 2, "logs.violated": 4, "logs.unlisted": 1}, [])
