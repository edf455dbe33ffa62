"""`trailseal events` over the sample trail: the rows of the console's Event history, byte for byte and one by one.

usage: events_test.py PROGRAM SAMPLE GOLDEN

To rewrite the files of GOLDEN after a change that is meant to be seen: TRAILSEAL_WRITE_GOLDEN=1; that never passes.
"""

import csv
import io
import json
import os
import pathlib
import subprocess
import sys

NOW = ("--now", "2026-07-03T06:15:00Z")
FOUNDING = ("--since", "2026-06-29T06:00:00Z", "--until", "2026-06-29T07:00:00Z", "--write")
NIGHT = ("--since", "2026-07-01T02:00:00Z", "--until", "2026-07-01T08:30:00Z", "--event-history", "event-history.json",
         "--include-unverified")
INTRUDER = NIGHT + ("--source-ip", "203.0.113.66")

# What the console shows of the ten calls that make a trail: user, source, resources.
TRAIL_ARN = "arn:aws:cloudtrail:us-east-1:111122223333:trail/org-audit"
KEY_ID = "4f3c2b1a-5d6e-4f70-8a9b-0c1d2e3f4a5b"
KEY_ARN = "arn:aws:kms:us-east-1:111122223333:key/" + KEY_ID
BUCKET = ("AWS::S3::Bucket", "acme-org-audit-logs")
TRAIL = ("AWS::CloudTrail::Trail", TRAIL_ARN)
KEY = (("AWS::KMS::Key", KEY_ARN), ("AWS::KMS::Key", KEY_ID))
ROWS = [
    ("StartLogging", "2026-06-29T06:41:27Z", "ada", "cloudtrail.amazonaws.com", (TRAIL,)),
    ("PutInsightSelectors", "2026-06-29T06:41:26Z", "ada", "cloudtrail.amazonaws.com", (TRAIL,)),
    ("PutEventSelectors", "2026-06-29T06:41:24Z", "ada", "cloudtrail.amazonaws.com", (TRAIL,)),
    ("CreateTrail", "2026-06-29T06:41:21Z", "ada", "cloudtrail.amazonaws.com",
     (("AWS::CloudTrail::Trail", "org-audit"), TRAIL, BUCKET, KEY[0])),
    ("CreateAlias", "2026-06-29T06:36:06Z", "ada", "kms.amazonaws.com", KEY),
    ("CreateKey", "2026-06-29T06:35:48Z", "ada", "kms.amazonaws.com", KEY),
    ("PutBucketPolicy", "2026-06-29T06:34:37Z", "ada", "s3.amazonaws.com", (BUCKET,)),
    ("PutBucketPublicAccessBlock", "2026-06-29T06:33:55Z", "ada", "s3.amazonaws.com", (BUCKET,)),
    ("CreateBucket", "2026-06-29T06:33:38Z", "ada", "s3.amazonaws.com", (BUCKET,)),
    ("ConsoleLogin", "2026-06-29T06:32:27Z", "ada", "signin.amazonaws.com", ()),
]

GOLDEN = {
    "events_founding.table": FOUNDING,
    "events_founding.csv": FOUNDING + ("--output", "csv"),
    "events_founding.jsonl": FOUNDING + ("--output", "json-lines"),
    "events_intruder.table": INTRUDER + ("--time-zone", "Europe/Berlin"),
    "events_failed.table": NIGHT + ("--error-code", "*", "--kind", "management", "--kind", "network-activity"),
    "events_kinds.table": NIGHT + ("--kind", "insight", "--kind", "network-activity"),
}


class Events:
    def __init__(self, program, sample):
        self.program, self.sample = os.path.abspath(program), pathlib.Path(sample)

    def run(self, *options, bucket="bucket"):
        """(status, standard output, standard error)."""
        done = subprocess.run([self.program, "events", "--keys", "keys.json", *NOW, *options, bucket], cwd=self.sample,
                              capture_output=True, text=True, env={**os.environ, "TZ": "UTC"})
        return done.returncode, done.stdout, done.stderr

    def lines(self, *options):
        return [json.loads(line) for line in self.run(*options, "--output", "json-lines")[1].splitlines()]


def golden(events, folder):
    rewrite = os.environ.get("TRAILSEAL_WRITE_GOLDEN")
    for name, options in GOLDEN.items():
        text = events.run(*options)[1]
        if rewrite:
            (folder / name).write_text(text)
        assert text and text == (folder / name).read_text(), f"{name} differs:\n{text}"
    assert not rewrite, "the files were written anew"


def the_ten_rows(events):
    status, text, errors = events.run(*FOUNDING, "--output", "csv")
    assert status == 0, (status, errors)
    rows = list(csv.DictReader(io.StringIO(text)))
    found = [(row["event_name"], row["event_time"], row["user_name"], row["event_source"],
              tuple(zip(row["resource_type"].split("; "), row["resource_name"].split("; "))) if row["resource_name"] else ())
             for row in rows]
    assert found == ROWS, found
    table = events.run(*FOUNDING)[1].splitlines()
    assert len(table) == 1 + sum(max(1, len(row[4])) for row in ROWS)
    assert table[-1].split() == ["ConsoleLogin", "2026-06-29", "06:32:27", "ada", "signin.amazonaws.com", "-", "-"]
    assert "NOTE" not in table[0]
    assert "10 events; 2 of 2 log files verified" in errors and "VERIFIED" in errors, errors
    late = "events before 2026-06-29T07:00:00Z that were delivered in digests from 2026-06-29T07:30:00Z on are not shown\n"
    assert late in errors and "not shown" not in events.run("--limit", "1")[2], errors


def all_kinds_and_the_verdict(events):
    status, text, errors = events.run("--output", "json-lines")
    assert status == 1 and "VIOLATED" in errors
    assert "5 are hidden: 3 log.missing, 1 log.hash-mismatch, 1 log.unlisted" in errors, errors
    assert "--include-unverified" in errors
    rows = [json.loads(line) for line in text.splitlines()]
    assert f"{len(rows)} events; " in errors
    assert {row["kind"] for row in rows} == {"management", "data", "insight", "network-activity"}
    assert {row["trust"] for row in rows} == {"verified"}
    times = [row["event_time"] for row in rows]
    assert times == sorted(times, reverse=True)
    for kind in ("management", "data", "insight", "network-activity"):
        assert events.lines("--kind", kind) == [row for row in rows if row["kind"] == kind]
    for jobs in ("1", "2", "7"):
        assert events.run("--output", "json-lines", "--jobs", jobs)[1] == text
    for limit in (1, 50):
        status, newest, errors = events.run("--output", "json-lines", "--limit", str(limit))
        assert newest == "".join(line + "\n" for line in text.splitlines()[:limit])
        assert f"{limit} event{'s' * (limit > 1)}, the newest; " in errors


def who_stopped_the_trail(events):
    stop, = [row for row in events.lines("--event-name", "StopLogging") if not row["error_code"]]
    assert (stop["user_name"], stop["source_ip"], stop["mfa"], stop["event_time"]) == \
        ("maintenance", "203.0.113.66", False, "2026-07-01T04:52:18Z"), stop
    assert stop["role"].endswith(":role/log-archive-maintenance") and stop["trust"] == "verified"
    assert stop["log"].startswith("s3://acme-org-audit-logs/AWSLogs/o-acme2026audit/111122223333/CloudTrail/us-east-1/")
    assert "_CloudTrail-Digest_us-east-1_" in stop["digest"] and not stop["in_event_history"]
    both, = [row for row in events.lines(*NIGHT, "--event-id", stop["event_id"])]
    assert both == {**stop, "in_event_history": True}


def what_does_not_verify_is_marked(events):
    shown = [row for row in events.lines(*NIGHT) if row["trust"] == "unverified"]
    assert {row["reason"] for row in shown} == {"log.hash-mismatch", "log.unlisted"}, shown
    assert [row["event_name"] for row in shown if row["reason"] == "log.unlisted"] == ["CreateAccessKey"]
    assert [row["digest"] for row in shown if row["reason"] == "log.unlisted"] == [None]
    history = [row for row in events.lines(*NIGHT) if row["trust"] == "event-history"]
    dark = [row for row in history if "2026-07-01T04:52:51Z" < row["event_time"] < "2026-07-01T07:26:40Z"]
    assert len(dark) == 6 and all(row["log"] == "event-history.json" for row in history)
    table = events.run(*NIGHT)[1].splitlines()
    assert sum("UNVERIFIED: log.unlisted" in line for line in table) == 1
    assert sum("event history only" in line for line in table) == len(history)
    plain = events.run(*NIGHT[:4])[1]
    assert "UNVERIFIED" not in plain and "history" not in plain


def main(program, sample, folder):
    events = Events(program, sample)
    the_ten_rows(events)
    all_kinds_and_the_verdict(events)
    who_stopped_the_trail(events)
    what_does_not_verify_is_marked(events)
    golden(events, pathlib.Path(folder))


main(*sys.argv[1:])
