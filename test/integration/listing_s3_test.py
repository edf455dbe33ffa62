"""What listings cost and what they may not say, on a real server: windows, planted names, and permissions that are missing.

usage: with_s3.py python listing_s3_test.py PROGRAM SAMPLE
"""

import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cases"))
import s3_put  # noqa: E402

BUCKET = "acme-org-audit-logs"
PLANTED = int(os.environ.get("TRAILSEAL_PLANTED", "2500"))  # more than two pages
ALL = {"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:ListBucket"],
       "Resource": ["arn:aws:s3:::" + BUCKET, "arn:aws:s3:::" + BUCKET + "/*"]}


def objects_of(folder):
    objects = {}
    for path in sorted(folder.rglob("*.gz")):
        side = path.with_name(path.name + ".metadata.json")
        metadata = json.loads(side.read_text())["Metadata"] if side.exists() else {}
        objects[path.relative_to(folder).as_posix()] = (path.read_bytes(), metadata)
    return objects


def main(program, sample):
    sample = pathlib.Path(sample)
    environment = {**os.environ, "AWS_ENDPOINT_URL_S3": os.environ["S3_ENDPOINT"]}
    other = {"AWS_ACCESS_KEY_ID": os.environ["S3_OTHER_ACCESS_KEY"],
             "AWS_SECRET_ACCESS_KEY": os.environ["S3_OTHER_SECRET_KEY"]}

    def run(source, *options, **changes):
        command = [program, "verify", "--keys", sample / "keys.json", "--now", "2026-07-03T06:15:00Z", "--report",
                   "json", *options, source]
        done = subprocess.run(command, env={**environment, **changes}, capture_output=True, text=True)
        report = json.loads(done.stdout) if done.stdout else {}
        report.get("run", report).pop("sources", None)
        return done.returncode, report

    def codes(report):
        return {finding["code"] for finding in report["findings"]}

    bucket = s3_put.Bucket(os.environ["S3_ENDPOINT"], BUCKET, os.environ["AWS_ACCESS_KEY_ID"],
                           os.environ["AWS_SECRET_ACCESS_KEY"])
    objects = objects_of(sample / "bucket")
    bucket.hold(objects)
    here, copy = f"s3://{BUCKET}", f"{BUCKET}={sample}/bucket"
    windows = [(), ("--since", "2026-07-02"), ("--until", "2026-07-02"),
               ("--since", "2026-07-02T10:00:00Z", "--until", "2026-07-02T14:00:00Z")]
    honest = [run(copy, *window) for window in windows]
    for window, expected in zip(windows, honest):
        assert run(here, *window) == expected, ("S3 and the copy differ", window)
    status, estimate = run(here, "--dry-run")
    assert status == 0 and estimate["dry_run"] and estimate["total"]["logs"]["bytes"] > 0, estimate
    assert estimate["total"] == run(copy, "--dry-run")[1]["total"], "a dry run over the copy differs"
    before = estimate["requests"]["list"]

    # ---- planted names
    digest = next(key for key in objects if "/CloudTrail-Digest/us-east-1/2026/07/02/" in key)
    folder = digest[:digest.rindex("/") + 1]
    for number in range(PLANTED):
        bucket.put(f"{folder}!{number:06}", b"")
    for number in range(20):
        bucket.put(f"0{number}/x", b"")
    for window, (status, expected) in zip(windows, honest):
        found = run(here, *window)
        assert found[0] == status, (window, found[1]["findings"])
        assert "digest.foreign-object" in codes(found[1]), found
        assert found[1]["chains"] == expected["chains"], ("planted names change what is proven", window)
    cost = run(here, "--dry-run")[1]["requests"]["list"] - before
    print(PLANTED, "planted keys and 20 folders cost", cost, "more requests to list")
    assert cost <= 20 + 8, cost

    # ---- permissions
    def denied(action, *resources):
        bucket.policy(json.dumps({"Version": "2012-10-17", "Statement": [ALL, {
            "Effect": "Deny", "Principal": "*", "Action": action, "Resource": list(resources)}]}))

    arn = "arn:aws:s3:::" + BUCKET
    log = next(key for key in objects if "/CloudTrail/us-east-1/2026/07/02/" in key)
    for resource, code in ((log, "log.unreadable"), (digest, "digest.unreadable")):
        denied("s3:GetObject", f"{arn}/{resource}")
        status, report = run(here, **other)
        assert status == 2 and code in codes(report), (code, status, report["findings"])
        assert not any(finding["severity"] == "violation" for finding in report["findings"]), report["findings"]
    denied("s3:ListBucket", arn)
    status, report = run(here, **other)
    assert status == 2 and codes(report) <= {"source.unreadable"}, (status, report["findings"])
    assert run(here, "--dry-run", **other)[0] == 2
    print("windows, planted names and missing permissions are as they should be")


main(*sys.argv[1:])
