"""One honest trail, and what every case is a mutation of.

Trail `mgmt` of account 111122223333, home and source region us-east-1, bucket acme-trail; thirty hourly digests, D0 (a
starting digest, end 2026-07-01T00:13:52Z) to D29 (end 2026-07-02T05:13:52Z), two logs in each from D1 on; the window is
2026-07-01T00:00:00Z to 2026-07-02T05:30:00Z.
"""
from . import events, keys
from .bucket import Site
from .digest import Chain, Log, Place
from .moments import HOUR, MINUTE, at

ACCOUNT = "111122223333"
STRANGER = "999988887777"
REGION = "us-east-1"
ACME = Place("acme-trail", ACCOUNT)
FIRST_END = at("2026-07-01T00:13:52Z")


def end_of(hour):
    return FIRST_END + hour * HOUR


class World:
    """The evidence of a case, and the command line over it."""

    def __init__(self):
        self.site = Site()
        self.site.bucket(ACME.bucket)
        self.folders = {ACME.bucket: "bucket"}  # where each bucket's mirror lies
        self.keys = [keys.home()]
        self.key_file = None     # bytes, if not a plain list of `keys`
        self.key_args = ["--keys", "keys.json"]
        self.files = {}          # further files of the case folder
        self.since = "2026-07-01T00:00:00Z"
        self.until = self.now = "2026-07-02T05:30:00Z"
        self.options = []
        self.sources = None      # None: all buckets, with their names

    def args(self):
        args = ["verify", *self.key_args]
        for flag, value in (("--since", self.since), ("--until", self.until), ("--now", self.now)):
            if value:
                args += [flag, value]
        sources = self.sources
        if sources is None:
            sources = ["%s=%s" % (bucket, self.folders[bucket]) for bucket in sorted(self.folders)]
        return args + self.options + sources

    def put(self, *things):
        for thing in things:
            self.site.put(thing)

    def chain(self, place=ACME, trail="mgmt", region=REGION, key=None):
        return Chain(place, trail, REGION, region, key or keys.home())

    def log(self, delivered, place=ACME, region=REGION, kind="CloudTrail", salt=""):
        """A log that stands in no digest until somebody lists it."""
        return Log(place, region, delivered, events.daily(place.account, region, delivered, salt), kind, salt)

    def logs_of(self, chain, end):
        """The two logs of an honest hour, well inside of it."""
        begin = end - HOUR
        return [self.log(begin + minutes * MINUTE, chain.place, chain.region, salt=chain.trail)
                for minutes in (21, 36)]

    def honest(self, hours=range(30), chain=None, alter=None, first_end=FIRST_END, logs=True):
        """Digests for these hours, continued from chain.last, placed in the site with their logs: {hour: Digest}.

        alter: {hour: how}, where `how` goes to Chain.digest; a callable gets the hour's logs and returns `how`.
        """
        chain = chain or self.chain()
        made = {}
        for hour in hours:
            end = first_end + hour * HOUR
            listed = self.logs_of(chain, end) if logs and chain.last else []
            how = (alter or {}).get(hour, {})
            how = {"logs": listed, **(how(listed) if callable(how) else how)}
            made[hour] = chain.append(end, how.pop("logs"), **how)
            self.put(made[hour], *made[hour].logs)
        return made

    def delete(self, digests, hours, with_logs=False):
        for hour in hours:
            self.site.drop(digests[hour])
            if with_logs:
                self.site.drop(*digests[hour].logs)

    def metadata(self, digest):
        return self.site.at(digest).metadata
