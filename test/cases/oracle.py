#!/usr/bin/env python3
"""The generated cases in a real S3 server: `trailseal verify s3://` beside Debian's `aws cloudtrail validate-logs`.

    oracle.py PROGRAM CASES ORACLE_JSON [SLUG...]

Each case that oracle.json names is put into the bucket, and both programs verify it there, with keys that both ask of
the same CloudTrail API. Two things must hold. Our verdict is the one that we give on the case's mirror: the same
findings, chains and totals. And the incumbent's exit status is ours, or the difference is listed with its reason:
oracle.json holds the incumbent's status for each case and, where it differs from ours, why; a difference that is not
listed fails, and so does a listed one that is none. The server and the incumbent's launcher come from the folder that
TRAILSEAL_SHARED names (default: ../shared beside the source); where something is missing the test counts as skipped, or
as failed if TRAILSEAL_NEED_SERVERS is set.
"""
import calendar
import concurrent.futures
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import s3_put

SKIPPED = 77
ACCOUNT, TRAIL, REGION, BUCKET = "111122223333", "mgmt", "us-east-1", "acme-trail"
ARN = "arn:aws:cloudtrail:%s:%s:trail/%s" % (REGION, ACCOUNT, TRAIL)


def skip(reason):
    if os.environ.get("TRAILSEAL_NEED_SERVERS"):
        sys.exit("failed, for the servers must be there: " + reason)
    print("skipped: %s\n0 passed, 0 failed, 1 skipped" % reason)
    sys.exit(SKIPPED)


def servers():
    """The folder of the servers, or a skip."""
    source = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    shared = os.environ.get("TRAILSEAL_SHARED") or os.path.join(source, "..", "shared")
    folder = os.path.join(shared, "servers")
    for name in ("s3-up", "s3-down", "incumbent/validate-logs", "incumbent/cloudtrail-api"):
        if not os.path.exists(os.path.join(folder, name)):
            skip("no %s in %s" % (name, folder))
    if not os.path.exists("/usr/bin/aws"):
        skip("the incumbent is not installed (Debian package awscli)")
    if not shutil.which("radosgw"):
        skip("the S3 server is not installed (Debian package radosgw)")  # a test installs nothing
    return folder


def free_ports(number):
    """The first of so many free ports in a row."""
    for first in range(21000, 29000, number):
        with contextlib.ExitStack() as stack:
            try:
                for port in range(first, first + number):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
                return first
            except OSError:
                continue
    sys.exit("oracle.py: no free ports")


@contextlib.contextmanager
def s3_server(folder, scratch, port):
    """The environment of a running server."""
    home = os.path.join(scratch, "s3")
    try:
        answer = subprocess.run([os.path.join(folder, "s3-up"), home, str(port)], capture_output=True, text=True,
                                check=False)
        if answer.returncode:
            skip("the S3 server does not start: " + answer.stderr[-300:])
        yield dict(line.split("=", 1) for line in answer.stdout.splitlines() if "=" in line)
    finally:
        subprocess.run([os.path.join(folder, "s3-down"), home], capture_output=True, check=False)


@contextlib.contextmanager
def cloudtrail_server(folder, data, port, environment):
    process = subprocess.Popen([os.path.join(folder, "incumbent/cloudtrail-api"), "--data", data, "--port", str(port),
                                "--quiet"], env={**os.environ, **environment}, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield "http://127.0.0.1:%d" % port
    finally:
        process.terminate()
        process.wait()


def mirrored(folder):
    """{key: (bytes, metadata)} of a case's mirror."""
    objects = {}
    for here, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(here, name)
            if name.endswith(".metadata.json"):
                continue
            metadata = {}
            if os.path.exists(path + ".metadata.json"):
                with open(path + ".metadata.json", encoding="utf-8") as file:
                    metadata = json.load(file)["Metadata"]
            with open(path, "rb") as file:
                objects[os.path.relpath(path, folder)] = (file.read(), metadata)
    return objects


def seconds(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def write_answers(data, keys, args, regions):
    """What the stand-in for CloudTrail's API has to say in this case."""
    shutil.rmtree(os.path.join(data, "keys"), ignore_errors=True)
    os.makedirs(os.path.join(data, "keys"), exist_ok=True)
    trail = {"Name": TRAIL, "S3BucketName": BUCKET, "IncludeGlobalServiceEvents": True, "IsMultiRegionTrail": True,
             "HomeRegion": REGION, "TrailARN": ARN, "LogFileValidationEnabled": True, "IsOrganizationTrail": False}
    with open(keys, encoding="utf-8") as file:
        listed = json.load(file)["PublicKeyList"]
    for key in listed:
        for name in ("ValidityStartTime", "ValidityEndTime"):
            key[name] = float(seconds(key[name]))
    for path, content in (("trail.json", {"trailList": [trail], "start": args["--since"], "end": args["--until"]}),
                          *(("keys/%s.json" % region, {"PublicKeyList": listed}) for region in regions)):
        with open(os.path.join(data, path), "w", encoding="utf-8") as file:
            json.dump(content, file)


def ask_incumbent(folder, environment, args):
    command = [os.path.join(folder, "incumbent/validate-logs"), REGION, "--trail-arn", ARN,
               "--start-time", args["--since"], "--end-time", args["--until"]]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=300,
                          check=False)
    return done.returncode, (done.stdout + done.stderr).strip()


def without(arguments, flag):
    """The arguments without this flag and its value."""
    at = arguments.index(flag)
    return arguments[:at] + arguments[at + 2:]


def ask_us(program, arguments, folder, environment):
    """Exit status, and the report without what names the source and the origin of the keys."""
    home = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run([program, *arguments, "--report", "json"], cwd=folder, env={**home, **environment},
                          capture_output=True, text=True, timeout=300, check=False)
    if not done.stdout:
        return done.returncode, {"stderr": done.stderr}
    report = json.loads(done.stdout)
    return done.returncode, {name: report[name] for name in ("outcome", "findings", "chains", "totals", "complete")
                             if name in report}


def compare_ours(slug, copy, bucket):
    """What is wrong with our verdict on the bucket, given that on the copy."""
    status, report = bucket
    for finding in copy[1].get("findings", []):
        if finding["subject"] == "bucket":  # the copy as a whole, by the name it was given
            finding["subject"] = "s3://" + BUCKET
    faults = []
    if status != copy[0]:
        faults.append("%s: we say %d of the copy and %d of the bucket: %s" % (
            slug, copy[0], status, report.get("stderr")))
    for name in sorted({*copy[1], *report} - {"stderr"}):
        if report.get(name) != copy[1].get(name):
            faults.append("%s: %s of the copy and of the bucket differ:\n  %s\n  %s" % (
                slug, name, json.dumps(copy[1].get(name))[:1500], json.dumps(report.get(name))[:1500]))
    return faults


def compare(slug, row, ours, theirs, words):
    """What is wrong with this row of the table."""
    faults = []
    if theirs != row["incumbent"]:
        faults.append("%s: the incumbent says %d, the table %d: %s" % (slug, theirs, row["incumbent"], words[-300:]))
    if theirs != ours and "reason" not in row:
        faults.append("%s: the incumbent says %d, we say %d, and the table does not say why" % (slug, theirs, ours))
    if theirs == ours and "reason" in row:
        faults.append("%s: the table explains a difference, and there is none" % slug)
    return faults


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    program, cases, table = map(os.path.abspath, sys.argv[1:4])
    if not os.path.isdir(cases):
        skip("no cases were generated (python3-cryptography is missing?)")
    with open(table, encoding="utf-8") as file:
        rows = json.load(file)["cases"]
    if sys.argv[4:]:
        rows = {slug: rows.get(slug, {"incumbent": -1}) for slug in sys.argv[4:]}
    folder = servers()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers are ended
    failed = 0
    with tempfile.TemporaryDirectory(prefix="oracle-", dir="/tmp") as scratch:
        port = free_ports(20)
        data = os.path.join(scratch, "api")
        with s3_server(folder, scratch, port) as s3:
            user = {name: s3[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
            with cloudtrail_server(folder, data, port + 12, user) as api:
                environment = {**user, "AWS_ENDPOINT_URL_S3": s3["S3_ENDPOINT"], "AWS_ENDPOINT_URL_CLOUDTRAIL": api}
                bucket = s3_put.Bucket(s3["S3_ENDPOINT"], BUCKET, *user.values())
                for slug, row in rows.items():
                    root = os.path.join(cases, slug)
                    with open(os.path.join(root, "case.json"), encoding="utf-8") as file:
                        case = json.load(file)
                    args = dict(zip(case["args"], case["args"][1:]))
                    objects = mirrored(os.path.join(root, "bucket"))
                    bucket.hold(objects)
                    regions = {REGION, *re.findall(r"/CloudTrail-Digest/([a-z0-9-]+)/", "\n".join(objects))}
                    write_answers(data, os.path.join(root, "keys.json"), args, regions)
                    in_bucket = [*without(case["args"], "--keys")[:-1], "--no-trail-settings", "s3://" + BUCKET]
                    if case["args"][-1] != BUCKET + "=bucket":
                        sys.exit("%s: %s is not the one source" % (slug, case["args"][-1]))
                    with concurrent.futures.ThreadPoolExecutor() as pool:
                        incumbent = pool.submit(ask_incumbent, folder, environment, args)
                        bucket_run = pool.submit(ask_us, program, in_bucket, root, environment)
                        copy = ask_us(program, case["args"], root, {})
                        theirs, words = incumbent.result()
                        faults = compare(slug, row, copy[0], theirs, words)
                        faults += compare_ours(slug, copy, bucket_run.result())
                    failed += bool(faults)
                    for fault in faults:
                        print(fault, flush=True)
    print("%d passed, %d failed, 0 skipped" % (len(rows) - failed, failed))
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
