"""The sample trail with its incident, from a directory and from S3: the same exit status and the same report, but for the
source's own name.

usage: with_s3.py python verify_s3_test.py PROGRAM SAMPLE
"""

import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cases"))
import s3_put  # noqa: E402

BUCKET = "acme-org-audit-logs"
SIDE_FILE = ".metadata.json"


def objects_of(folder):
    objects = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.endswith(SIDE_FILE):
            side = path.with_name(path.name + SIDE_FILE)
            metadata = json.loads(side.read_text())["Metadata"] if side.exists() else {}
            objects[path.relative_to(folder).as_posix()] = (path.read_bytes(), metadata)
    return objects


def main(program, sample):
    sample = pathlib.Path(sample)
    environment = {**os.environ, "AWS_ENDPOINT_URL_S3": os.environ["S3_ENDPOINT"]}

    def verify(source, **changes):
        command = [program, "verify", "--keys", sample / "keys.json", "--now", "2026-07-03T06:15:00Z", "--report",
                   "json", source]
        done = subprocess.run(command, env={**environment, **changes}, capture_output=True, text=True)
        report = json.loads(done.stdout) if done.stdout else {}
        report.get("run", report).pop("sources", None)
        return done.returncode, report, done.stderr

    bucket = s3_put.Bucket(os.environ["S3_ENDPOINT"], BUCKET, os.environ["AWS_ACCESS_KEY_ID"],
                           os.environ["AWS_SECRET_ACCESS_KEY"])
    bucket.hold(objects_of(sample / "bucket"))
    copy = verify(f"{BUCKET}={sample}/bucket")
    assert copy[0] == 1 and copy[1], copy
    assert verify(f"s3://{BUCKET}") == copy, "S3 and the copy differ"
    assert verify(f"s3://{BUCKET}/AWSLogs") == copy, "a prefix that holds everything changes the verdict"

    def events(source, *options):
        command = [program, "events", "--keys", sample / "keys.json", "--now", "2026-07-03T06:15:00Z", "--output",
                   "json-lines", *options, source]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        return done.returncode, done.stdout

    for options in ((), ("--include-unverified", "--write", "--since", "2026-07-01T02:00:00Z")):
        rows = events(f"{BUCKET}={sample}/bucket", *options)
        assert rows[0] == 1 and rows[1].count("\n") > 100, rows
        assert events(f"s3://{BUCKET}", *options) == rows, "S3 and the copy tell other events"

    # Nothing that we may not read is called missing.
    status, report, _ = verify(f"s3://{BUCKET}", AWS_ACCESS_KEY_ID=os.environ["S3_OTHER_ACCESS_KEY"],
                               AWS_SECRET_ACCESS_KEY=os.environ["S3_OTHER_SECRET_KEY"])
    assert status == 2 and "source.unreadable" in json.dumps(report), (status, report)
    status, _, errors = verify("s3://no-such-bucket")
    assert status == 3 and "no such bucket" in errors, (status, errors)
    status, _, errors = verify(f"s3://{BUCKET}", AWS_ENDPOINT_URL_S3="http://127.0.0.1:1", AWS_MAX_ATTEMPTS="1")
    assert status == 3 and "connect" in errors, (status, errors)
    print("S3 and a copy give the same report and the same events")


main(*sys.argv[1:])
