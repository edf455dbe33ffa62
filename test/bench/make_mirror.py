"""Writes a large valid mirror for the benchmarks: the same bytes at every call.

usage: make_mirror.py OUT SET
  OUT  becomes OUT/mirror, OUT/keys.json, OUT/until (a time shortly behind the newest digest) and OUT/files (the paths
       of all log files, one on a line)
  SET  mid    500 logs of 20 KB to 2 MB, log-uniform
       small  20,000 logs of 1.2 to 60 KB
       many   1,000,000 logs of about 1 KB; a few contents, linked under many names

trailgen, in vectors/, knows the formats and holds the test keys; PYTHONPATH leads there.
"""

import hashlib
import math
import os
import pathlib
import random
import shutil
import sys

from events import log_content
from trailgen import keys, moments
from trailgen.bucket import Object, gzip
from trailgen.digest import Chain, Place, unique

ACCOUNT, BUCKET, TRAIL, HOME = "111122223333", "acme-trail-logs", "org-audit", "eu-west-1"
REGIONS = ["eu-west-1", "us-east-1", "eu-central-1", "ap-southeast-2"]
START = "2026-07-01T00:00:00Z"
# logs, smallest, largest, regions, hours, distinct contents (0: all)
SETS = {
    "mid": (500, 20_000, 2_000_000, 1, 24, 0),
    "small": (20_000, 1_200, 60_000, 4, 48, 0),
    "s3": (2_400, 20_000, 2_000_000, 1, 24, 480),
    "many": (1_000_000, 900, 1_100, 4, 240, 64),
}

compressed = gzip.__wrapped__  # its cache would hold the whole mirror


class Log:
    """What a digest says of a log file."""

    def __init__(self, bucket, key, digest_entry):
        self.bucket, self.key, self._entry = bucket, key, digest_entry
        self.oldest, self.newest = digest_entry["oldestEventTime"], digest_entry["newestEventTime"]

    def entry(self):
        return {"s3Bucket": self.bucket, "s3Object": self.key, **self._entry}


class Contents:
    """Log files by number: written once, linked again when the set has fewer contents than names."""

    def __init__(self, numbers, count, smallest, largest, distinct):
        self._random, self._count, self._distinct = numbers, count, distinct
        self._low, self._high = math.log(smallest), math.log(largest)
        self._made = {}

    def place(self, number, path, region, time):
        """Creates the file and returns its entry in a digest, without bucket and key."""
        known = self._made.get(number % self._distinct) if self._distinct else None
        if known:
            os.link(known[0], path)
            return known[1]
        # Log-uniform and exactly the same spread at every call: every quantile once, in a shuffled order.
        quantile = (number * 7919 % self._count + 0.5) / self._count
        size = int(math.exp(self._low + quantile * (self._high - self._low)))
        content = log_content(self._random, size, ACCOUNT, region, time)
        path.write_bytes(compressed(content))
        entry = {"hashValue": hashlib.sha256(content).hexdigest(), "hashAlgorithm": "SHA-256",
                 "newestEventTime": time + "59Z", "oldestEventTime": time + "00Z"}
        if self._distinct:
            self._made[number % self._distinct] = (path, entry)
        return entry


def write(out, name):
    count, smallest, largest, regions, hours, distinct = SETS[name]
    numbers = random.Random(name)
    contents = Contents(numbers, count, smallest, largest, distinct)
    mirror = out / "mirror"
    place = Place(BUCKET, ACCOUNT)
    start = moments.at(START)
    key = keys.key("eu-west-1", "2026-06-24T21:00:00Z")
    per_digest = -(-count // (regions * hours))
    files = []
    for region in REGIONS[:regions]:
        chain = Chain(place, TRAIL, HOME, region, key)
        for hour in range(hours):
            logs = []
            for index in range(min(per_digest, count - len(files))):
                number = len(files)
                minute = start + hour * 3600 + index % 12 * 300
                stamp = moments.log_stamp(minute)
                folder = "%sCloudTrail/%s/%s" % (place.root, region, moments.day(minute))
                log_key = "%s/%s_CloudTrail_%s_%s_%s.json.gz" % (folder, ACCOUNT, region, stamp, unique(name, number))
                path = mirror / log_key
                if index == 0:
                    (mirror / folder).mkdir(parents=True, exist_ok=True)
                logs.append(Log(BUCKET, log_key, contents.place(number, path, region, moments.iso(minute)[:17])))
                files.append(path)
            digest = chain.append(start + (hour + 1) * 3600, logs, **({"previous": None} if hour == 0 else {}))
            path = mirror / digest.key
            path.parent.mkdir(parents=True, exist_ok=True)
            thing = Object(compressed(digest.content), digest.metadata)
            path.write_bytes(thing.data)
            path.with_name(path.name + ".metadata.json").write_bytes(thing.side_file())
            digest.logs.clear()
    (out / "keys.json").write_bytes(keys.listing([key]))
    (out / "until").write_text(moments.iso(start + hours * 3600 + 600))
    (out / "files").write_text("".join(f"{path}\n" for path in files))


def main():
    out, name = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    write(out, name)


if __name__ == "__main__":
    main()
