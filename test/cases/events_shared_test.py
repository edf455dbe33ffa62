"""`trailseal events` beside an independent answer: published logs under chains of our own, asked the same by both.

usage: events_shared_test.py PROGRAM

The logs are those of ../shared/data (or of the folder that TRAILSEAL_SHARED names): an hour of a real trail and the
Stratus detonations. Without them the test counts as skipped. What is expected is read from the records by the rules of
the console as tests know them, in Python.
"""

import fnmatch
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from trailgen import keys
from trailgen.digest import Chain, Log, Place
from trailgen.moments import HOUR, at, iso
from trailgen.world import World
from trailgen.write import Writer

SKIPPED = 77
ACCOUNT, BUCKET, REGION = "218007301253", "published-logs", "us-east-1"
FIRST_END = at("2024-12-01T00:00:00Z")


def published():
    """[records of one file], in the order of their names."""
    folder = pathlib.Path(os.environ.get("TRAILSEAL_SHARED", "../shared")) / "data" / "cloudtrail-logs"
    files = sorted((folder / "invictus-aws_dataset" / "CloudTrail").glob("*.json")) + \
        sorted((folder / "stratus-detonation-logs").glob("*.json"))
    logs = [json.loads(path.read_text()) for path in files]
    return [log["Records"] if isinstance(log, dict) else log for log in logs]


def mirror(folder, logs):
    """A chain that lists the logs, ten an hour."""
    world = World()
    world.site.buckets.clear()
    world.folders = {BUCKET: "bucket"}
    key = keys.key("us-east-1-a", iso(FIRST_END - 10 * 24 * HOUR))
    world.keys, world.key_file = [key], None
    place = Place(BUCKET, ACCOUNT)
    chain = Chain(place, "published", REGION, REGION, key)
    world.put(chain.append(FIRST_END))
    hours = 0
    for begin in range(0, len(logs), 10):
        hours += 1
        end = FIRST_END + hours * HOUR
        listed = [Log(place, REGION, end - 3000 + number * 300, records, salt=str(begin + number))
                  for number, records in enumerate(logs[begin:begin + 10])]
        world.put(chain.append(end, listed), *listed)
    writer = Writer(folder)
    world.since = world.until = None
    world.now = iso(FIRST_END + hours * HOUR + 600)
    writer.world("published", world, {})
    return pathlib.Path(folder) / "published", world.now


def user_of(record):
    who = record.get("userIdentity") or {}
    kind = who.get("type")
    if kind == "Root":
        return "root"
    if kind in ("AWSService", "AWSAccount"):
        return None
    if kind in ("AssumedRole", "FederatedUser"):
        return who["arn"].rsplit("/", 1)[1] if "/" in who.get("arn", "") else who.get("principalId", ":").split(":", 1)[1]
    return who.get("userName")


def is_like(text, pattern):
    return re.fullmatch(fnmatch.translate(pattern.lower()), (text or "").lower()) is not None


# Options, and which record they ask for.
QUESTIONS = {
    (): lambda r: True,
    ("--event-name", "StopLogging"): lambda r: r["eventName"] == "StopLogging",
    ("--event-name", "delete*", "--event-name", "Put*"): lambda r: r["eventName"].startswith(("Delete", "Put")),
    ("--event-source", "cloudtrail"): lambda r: r["eventSource"] == "cloudtrail.amazonaws.com",
    ("--event-source", "s3.amazonaws.com", "--write"):
        lambda r: r["eventSource"] == "s3.amazonaws.com" and r.get("readOnly") is not True,
    ("--read-only",): lambda r: r.get("readOnly") is True,
    ("--write",): lambda r: r.get("readOnly") is not True,
    ("--error-code", "*"): lambda r: bool(r.get("errorCode")),
    ("--error-code", "AccessDenied*"): lambda r: (r.get("errorCode") or "").startswith("AccessDenied"),
    ("--source-ip", "ssm.amazonaws.com"): lambda r: r["sourceIPAddress"] == "ssm.amazonaws.com",
    ("--source-ip", "*.amazonaws.com", "--error-code", "*"):
        lambda r: is_like(r["sourceIPAddress"], "*.amazonaws.com") and r.get("errorCode"),
    ("--kind", "management"): lambda r: r.get("eventCategory") == "Management",
    ("--kind", "data"): lambda r: r.get("eventCategory") == "Data",
}
# The chain is younger than the events, so that it does not cover what is asked for.
OPEN_QUESTIONS = {
    ("--since", "2023-07-10T12:10:00Z"): lambda r: r["eventTime"] >= "2023-07-10T12:10:00Z",
    ("--since", "2023-07-10T12:00:00Z", "--until", "2023-07-10T12:10:00Z"): lambda r: False,
}


class Asker:
    def __init__(self, program, folder, now):
        self.command = [os.path.abspath(program), "events", "--keys", "keys.json", "--now", now, "--output", "json-lines"]
        self.folder = folder

    def ask(self, *options):
        done = subprocess.run([*self.command, *options, f"{BUCKET}=bucket"], cwd=self.folder, capture_output=True, text=True)
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def compare(asker, records):
    by_id = {}
    for record in records:
        by_id.setdefault(record["eventID"], []).append(record)
    assert all(len(same) == 1 for same in by_id.values()), "published event ids are not unique"
    for options, wanted in {**QUESTIONS, **OPEN_QUESTIONS}.items():
        status, rows, errors = asker.ask(*options)
        assert status == (2 if options in OPEN_QUESTIONS else 0), (options, status, errors)
        expected = sorted((record for record in records if wanted(record)), key=lambda r: r["eventTime"], reverse=True)
        assert [row["event_time"] for row in rows] == [record["eventTime"] for record in expected], options
        assert {row["event_id"] for row in rows} == {record["eventID"] for record in expected}, options
        assert errors.startswith(f"{len(expected)} event") and (status or "; 90 of 90 log files verified" in errors), errors
    return by_id


def compare_fields(asker, by_id):
    for row in asker.ask()[1]:
        record = by_id[row["event_id"]][0]
        who = record.get("userIdentity") or {}
        stated = {"event_name": record["eventName"], "event_source": record["eventSource"], "user_name": user_of(record),
                  "region": record["awsRegion"], "account": record["recipientAccountId"],
                  "access_key_id": who.get("accessKeyId"), "source_ip": record["sourceIPAddress"],
                  "user_agent": record.get("userAgent"), "error_code": record.get("errorCode"),
                  "error_message": record.get("errorMessage"), "read_only": record.get("readOnly")}
        found = {name: row[name] for name in stated}
        assert found == {name: value or (value if value is False else None) for name, value in stated.items()}, (found, stated)


def compare_people_and_things(asker, records):
    """Every user, access key and bucket of the logs, one question each for a few."""
    people = sorted({user_of(record) for record in records} - {None, ""})
    access_keys = sorted({(record.get("userIdentity") or {}).get("accessKeyId") for record in records} - {None, ""})
    buckets = sorted({(record.get("requestParameters") or {}).get("bucketName") for record in records
                      if record["eventSource"] == "s3.amazonaws.com"} - {None})
    assert len(people) > 10 and len(access_keys) > 10 and len(buckets) > 3
    for name in people[::5]:
        _, rows, _ = asker.ask("--user-name", name)
        ids = {record["eventID"] for record in records if (user_of(record) or "").lower() == name.lower()}
        assert {row["event_id"] for row in rows} == ids, name
    for key in access_keys[::5]:
        _, rows, _ = asker.ask("--access-key-id", key)
        assert len(rows) == sum(((r.get("userIdentity") or {}).get("accessKeyId") or "").lower() == key.lower()
                                for r in records), key
    for bucket in buckets:
        _, rows, _ = asker.ask("--resource", bucket, "--event-source", "s3")
        assert len(rows) == sum(r["eventSource"] == "s3.amazonaws.com" and
                                (r.get("requestParameters") or {}).get("bucketName") == bucket for r in records), bucket


def main(program):
    logs = published()
    if not logs:
        print("skipped: no published logs")
        sys.exit(SKIPPED)
    records = [record for log in logs for record in log]
    assert len(logs) == 90 and len(records) == 3210, (len(logs), len(records))
    with tempfile.TemporaryDirectory() as folder:
        asker = Asker(program, *mirror(folder, logs))
        by_id = compare(asker, records)
        compare_fields(asker, by_id)
        compare_people_and_things(asker, records)
    print(f"{len(records)} events, {len(QUESTIONS) + len(OPEN_QUESTIONS)} questions and more")


main(*sys.argv[1:])
