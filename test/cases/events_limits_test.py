"""What `trailseal events` says of log files that verify and give no rows, and of records that tell no event.

usage: events_limits_test.py PROGRAM
"""

import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

from trailgen import events, world
from trailgen.write import Writer


def evidence(folder, slug, change):
    """The honest trail, one of whose logs has what `change` makes of its content; verified all the same."""
    made = world.World()

    def alter(logs):
        logs[0].content = change(logs[0].content)
        return {}
    made.honest(alter={3: alter})
    Writer(folder).world(slug, made, {})
    return pathlib.Path(folder) / slug, made.now


def list_events(program, place, now):
    done = subprocess.run([os.path.abspath(program), "events", "--keys", "keys.json", "--now", now, "--output",
                           "json-lines", "acme-trail=bucket"], cwd=place, capture_output=True, text=True)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def with_odd_records(content):
    log = json.loads(content)
    log["Records"] += [7, {"eventName": "NoTime"}, {"eventTime": "2026-07-01T00:00:00Z"}]
    return json.dumps(log).encode()


def with_odd_parameters(content):
    """Numbers beyond 64 bits, half a surrogate pair and bytes that are not UTF-8 hide no call beside them."""
    first = json.loads(content)["Records"][0]
    forged = json.dumps(first).encode()
    for at, odd in enumerate((b"1e999", b"123456789012345678901234567890", b'"\\ud800"', b'"\xff"')):
        forged += b',{"eventID":"odd-%d","eventName":"Odd","eventTime":"2026-07-01T03:00:00Z","requestParameters":{"p":%s}}' \
            % (at, odd)
    return b'{"Records":[' + forged + b"]}"


def padded(content):
    """More than is read whole, and no bomb: only half of it compresses away."""
    return content[:-1] + b',"padding":"%s"}' % random.Random(1).randbytes(33 << 20).hex().encode()


# What becomes of the log, what is said, the exit status, and how many of its four events are listed.
CASES = {
    "as-it-is": (lambda content: content, None, 0, 4),
    "larger-than-read-whole": (padded, "1 of the verified log files too large to be read for events", 2, 0),
    "no-json": (lambda content: b"not JSON", "no record could be read of 1 verified log file:", 2, 0),
    "cut": (lambda content: content[:-2], "no record could be read of 1 verified log file:", 2, 0),
    "no-records": (lambda content: b'{"Events":[]}', "no record could be read of 1 verified log file:", 2, 0),
    "odd-records": (with_odd_records, "3 records of verified files could not be read", 2, 4),
    "odd-parameters": (with_odd_parameters, None, 0, 5),
}


def main(program):
    with tempfile.TemporaryDirectory() as folder:
        everything = None
        for slug, (change, said, wanted, listed) in CASES.items():
            place, now = evidence(folder, slug, change)
            status, rows, errors = list_events(program, place, now)
            everything = everything or len(rows)
            assert "VERIFIED: 30 digests and 58 log files" in errors, (slug, errors)
            assert status == wanted, (slug, status, errors)
            assert len(rows) == everything - 4 + listed, (slug, len(rows), everything)
            assert (said in errors) if said else "could not be read" not in errors, (slug, errors)
            if slug == "odd-parameters":
                assert sum(row["event_name"] == "Odd" for row in rows) == 4
        assert everything == 58 * len(events.daily("111122223333", "us-east-1", 0))
    print(f"{len(CASES)} cases")


main(*sys.argv[1:])
