"""The scene of versions_test.py: a bucket with versioning on a real S3, what can be done to it, and the reports over it.
PYTHONPATH leads to trailgen, in vectors/.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cases"))
import s3_put  # noqa: E402

from trailgen.moments import HOUR, MINUTE  # noqa: E402
from trailgen.world import World, end_of  # noqa: E402

BUCKET = "acme-trail"
HOURS = 12  # digests D0 to D11, two logs in each from D1 on
LOGS = 2 * (HOURS - 1)
NOW = "2026-07-01T11:40:00Z"  # half an hour behind D11


def honest():
    world = World()
    return world, world.honest(range(HOURS))


def restarted():
    """D0 to D5, and after an hour's pause a second segment of four; of the first, D1 is the first with logs."""
    world = World()
    first = world.honest(range(6))
    second = world.honest(range(5), first_end=end_of(7) + 21 * MINUTE)
    return world, [*first.values(), *second.values()]


def with_backfill():
    """As honest, and a backfill digest for D5's hour, with one log: number 12."""
    world = World()
    chain = world.chain()
    digests = world.honest(range(HOURS), chain)
    log = world.log(end_of(5) - 25 * MINUTE, salt="late")
    late = chain.digest(end_of(5), [log], previous=None, generated=end_of(5) + 3 * HOUR)
    world.put(late, log)
    return world, [*digests.values(), late]


class Scene:
    """One bucket, and the reports over it."""

    def __init__(self, program, folder, trail, versioning, since):
        self.world, self.digests = trail()
        self.environment = {**os.environ, "AWS_ENDPOINT_URL_S3": os.environ["S3_ENDPOINT"]}
        self.command = [program, "verify", "--keys", folder + "/keys.json", "--now", NOW, "--report", "json",
                        *(["--since", since] if since else []), "s3://" + BUCKET]
        self.bucket = s3_put.Bucket(os.environ["S3_ENDPOINT"], BUCKET, os.environ["AWS_ACCESS_KEY_ID"],
                                    os.environ["AWS_SECRET_ACCESS_KEY"])
        if versioning == "first":
            self.bucket.keep_versions()
        for key, thing in self.world.site.bucket(BUCKET).items():
            self.bucket.put(key, thing.data, thing.metadata)
        if versioning == "last":
            self.bucket.keep_versions()

    def verify(self, *more):
        done = subprocess.run([*self.command, *more], env=self.environment, capture_output=True, text=True)
        assert done.returncode in (0, 1, 2), (done.returncode, done.stderr)
        return done.returncode, json.loads(done.stdout)

    def log(self, hour):
        return self.digests[hour].logs[0].key

    def digest(self, hour):
        return self.digests[hour].key

    def object(self, key):
        return self.world.site.bucket(BUCKET)[key]

    def delete(self, *hours, logs):
        for hour in hours:
            self.bucket.delete(self.digest(hour))
            for log in self.digests[hour].logs if logs else []:
                self.bucket.delete(log.key)

    def ids(self, key):
        """Of its versions and delete markers, newest first."""
        return [row[1] for row in self.bucket.versions(key)]

    def forget(self, key):
        """Removes what the bucket remembers below the current state."""
        for version in self.ids(key)[1:]:
            self.bucket.delete(key, version)

    def let_other_read(self, *actions):
        """The server's second user asks from now on, and has these rights."""
        self.environment.update(AWS_ACCESS_KEY_ID=os.environ["S3_OTHER_ACCESS_KEY"],
                                AWS_SECRET_ACCESS_KEY=os.environ["S3_OTHER_SECRET_KEY"])
        self.bucket.policy(json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": list(actions),
             "Resource": ["arn:aws:s3:::" + BUCKET, "arn:aws:s3:::%s/*" % BUCKET]}]}))


def all_of(report, code):
    return [finding for finding in report["findings"] if finding["code"] == code]


def only(report, code):
    (finding,) = all_of(report, code)
    return finding


def names(text, kind, version):
    """Whether it names this version or delete marker, and a time: the server's clock decides which."""
    match = re.fullmatch(r"(version|delete marker) (\S+) of 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", text)
    assert match and (match[1], match[2]) == (kind, version), (text, kind, version)


def replaces(report, code, scene, key):
    """Whether this finding names the version below the current state, and what stands on top."""
    rows = scene.bucket.versions(key)
    finding = only(report, code)
    assert finding["subject"] == "s3://%s/%s" % (BUCKET, key), finding
    names(finding["expected"], "version", rows[-1][1])
    names(finding["found"], "delete marker" if rows[0][3] else "version", rows[0][1])
    return finding
