"""A bucket of giants: what trailseal verify s3:// holds in memory at once is bounded, and nobody fails for it.

usage: s3_memory_test.py PROGRAM      PYTHONPATH leads to trailgen, in vectors/

24 log files of 40 MB, all asked for at once, from a stub (test/support/s3_stub.py) that holds back the last byte of
each until nobody asks for more.
"""

import collections
import gzip
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time

TEST = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TEST / "support")]

import s3_stub  # noqa: E402
from trailgen import keys  # noqa: E402
from trailgen.moments import MINUTE, iso  # noqa: E402
from trailgen.world import World, end_of  # noqa: E402

LOGS, SIZE = 24, 40 << 20
# MB: S3Options::most_bytes; what each CPU inflates; the program itself
MOST = 256 + 48 * len(os.sched_getaffinity(0)) + 60


class LastByte:
    """Held back until all that are asked for have got the rest, and a second has passed without another."""

    def __init__(self):
        self.lock, self.newest = threading.Lock(), 0.0

    def __call__(self, request, _):
        data = request.data()
        request.send_response(200)
        request.send_header("x-amz-request-id", "STUB")
        request.send_header("Content-Length", len(data))
        request.end_headers()
        request.wfile.write(data[:-1])
        request.wfile.flush()
        with self.lock:
            self.newest = time.monotonic()
        while time.monotonic() < self.newest + 1:
            time.sleep(0.05)
        request.wfile.write(data[-1:])
        return True


def main(program):
    world = World()
    logs = [world.log(end_of(0) + (1 + i) * MINUTE, salt=str(i)) for i in range(LOGS)]
    world.honest(range(2), alter={1: lambda _: {"logs": logs}})
    objects = {key: (thing.data, thing.metadata or {}) for key, thing in world.site.buckets["acme-trail"].items()}
    giant = gzip.compress(bytes(random.Random(0).randbytes(SIZE)), 0)  # whole, and not what was signed
    objects.update({log.key: (giant, {}) for log in logs})
    with s3_stub.Stub("acme-trail", objects) as stub, tempfile.TemporaryDirectory() as home:
        stub.faults = dict.fromkeys((log.key for log in logs), LastByte())
        (pathlib.Path(home) / "keys.json").write_bytes(keys.listing(world.keys))
        environment = {"PATH": os.environ["PATH"], "HOME": home, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
                       "AWS_SECRET_ACCESS_KEY": "secret", "AWS_ENDPOINT_URL_S3": stub.url,
                       "AWS_EC2_METADATA_DISABLED": "true"}
        process = subprocess.Popen([program, "verify", "--keys", "keys.json", "--now", iso(end_of(1) + 20 * MINUTE),
                                    "--jobs", "64", "--report", "json", "--no-trail-settings", "s3://acme-trail"], cwd=home,
                                   env=environment, stdout=subprocess.PIPE)
        report = json.load(process.stdout)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    found = collections.Counter(finding["code"] for finding in report["findings"] if finding["severity"] != "notice")
    peak = used.ru_maxrss / 1024
    print("%d MB at the peak, %d MB at most allowed; %d MB read" % (peak, MOST, LOGS * SIZE >> 20))
    assert process.returncode == 1 and found == {"log.hash-mismatch": LOGS}, (process.returncode, found)
    assert peak < MOST, peak


main(os.path.abspath(sys.argv[1]))
