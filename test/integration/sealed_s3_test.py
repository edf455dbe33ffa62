"""What lies in a real S3 bucket encrypted, either way.

At the server: objects that S3 stored under a KMS key, and logs whose events witness that, missing, orphaned and under
another key. At the client: logs and digests in envelopes, whose data keys stand in messages, metadata and files beside.

usage: with_s3.py python sealed_s3_test.py PROGRAM
  PYTHONPATH leads to trailgen, in vectors/.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cases"))
import s3_put  # noqa: E402

from trailgen import keys  # noqa: E402
from trailgen.cases import CASES  # noqa: E402
from trailgen.cases.kms import Keyed  # noqa: E402
from trailgen.world import ACCOUNT, REGION, World  # noqa: E402

BUCKET = "acme-trail"
# The server knows keys by their ids, and says so in the header; events name ARNs.
KEYS = ["arn:aws:kms:%s:%s:key/testkey-%d" % (REGION, ACCOUNT, number) for number in (1, 2)]
SEALED = ["sealed-esdk", "sealed-mixed", "sealed-log-altered", "sealed-log-other-key", "sealed-no-keys", "sealed-s3ec-v2",
          "sealed-s3ec-v3", "sealed-s3ec-instruction", "sealed-s3ec-legacy", "sealed-s3ec-legacy-allowed"]


def under(number):
    return {"x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": "testkey-%d" % number}


class Bench:
    def __init__(self, program, folder):
        self.program, self.folder = os.path.abspath(program), pathlib.Path(folder)
        (self.folder / "keys.json").write_bytes(keys.listing([keys.home()]))
        self.collections = 0
        self.bucket = s3_put.Bucket(os.environ["S3_ENDPOINT"], BUCKET, os.environ["AWS_ACCESS_KEY_ID"],
                                    os.environ["AWS_SECRET_ACCESS_KEY"])

    def lay(self, world, headers=None):
        """Puts a world's objects; `headers` gives those of each key."""
        self.bucket.hold({})
        for key, thing in world.site.bucket(BUCKET).items():
            self.bucket.put(key, thing.data, thing.metadata, headers(key) if headers else None)
            self.bucket._objects[key] = None

    def run(self, *arguments):
        done = subprocess.run([self.program, *arguments], cwd=self.folder,
                              env={**os.environ, "AWS_ENDPOINT_URL_S3": os.environ["S3_ENDPOINT"]},
                              capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode in (0, 1, 2), (arguments, done.returncode, done.stderr)
        return done

    def verify(self, world):
        """Of the bucket, and of what trailseal collect makes of it: exit status and report, which must be the same."""
        arguments = [part for part in world.args() if not part.startswith(BUCKET + "=")]
        done = self.run(*arguments, "--report", "json", "s3://" + BUCKET)
        self.collections += 1
        collection = "collection-%d" % self.collections
        self.run("collect", "--no-keys", "--quiet", "s3://" + BUCKET, collection)
        again = self.run(*arguments, "--report", "json", collection)
        report, copy = json.loads(done.stdout), json.loads(again.stdout)
        same = [(done.returncode, sorted(finding["code"] for finding in each["findings"]), each["totals"]["logs"], each["kms"])
                for each in (report, copy)]
        assert same[0] == same[1], same
        return done.returncode, report


def codes(report, but=()):
    return sorted({finding["code"] for finding in report["findings"]} - set(but))


def witnesses(bench):
    """The same trail five times: whole, and with one thing wrong each."""
    def scene(status, expected, found, headers=under, **how):
        world = World()
        keyed = Keyed(world, key=KEYS[0], **how)
        odd = keyed.logs[12, 36].key if (12, 36) in keyed.logs else None
        bench.lay(world, lambda key: headers(2 if key == odd and headers is other else 1) if headers else None)
        got, report = bench.verify(world)
        names = {key["key"]: key for key in report["kms"]["keys"]}
        counts = {name: names[KEYS[0]][name] for name in found}
        assert (got, codes(report, ["kms.witness-not-applicable"]), counts) == (status, expected, found), (
            got, codes(report), report["kms"]["keys"])
        return report, odd

    def other(number):
        return under(number)

    scene(0, [], {"objects": 88, "witnessed": 86, "not_applicable": 2, "missing": 0, "orphans": 0, "probes": 1})
    report, odd = scene(2, ["kms.witness-missing"], {"objects": 88, "witnessed": 85, "missing": 1, "orphans": 0},
                        skip=[(12, 36)])
    finding = next(each for each in report["findings"] if each["code"] == "kms.witness-missing")
    assert finding["subject"] == "s3://%s/%s" % (BUCKET, odd), finding
    scene(2, ["kms.witness-orphan"], {"objects": 87, "witnessed": 85, "missing": 0, "orphans": 1}, unlisted=[(12, 36)])
    report, odd = scene(2, ["kms.witness-key-mismatch"], {"objects": 87, "witnessed": 85, "missing": 0, "orphans": 0}, other)
    finding = next(each for each in report["findings"] if each["code"] == "kms.witness-key-mismatch")
    assert (finding["subject"], finding["expected"], finding["found"]) == (
        "s3://%s/%s" % (BUCKET, odd), KEYS[0], "testkey-2"), finding
    # Nothing is declared: the events still name objects that are there, and nobody expects a witness.
    scene(0, [], {"objects": 0, "witnessed": 0, "missing": 0, "orphans": 0}, None)


def envelopes(bench):
    for slug in SEALED:
        case = CASES[slug]
        world = case.world()
        for name, content in world.files.items():
            (bench.folder / name).write_bytes(content)
        bench.lay(world)
        status, report = bench.verify(world)
        found = codes(report)
        expected = sorted(case.findings + case.notices)
        assert (status, found) == (case.exit, expected), (slug, status, found, expected)


def main(program):
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(program, folder)
        witnesses(bench)
        envelopes(bench)
    print("5 buckets under SSE-KMS and %d with envelopes, as on disk" % len(SEALED))


main(*sys.argv[1:])
