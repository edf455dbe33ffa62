"""trailseal verify s3://BUCKET without --keys: the keys come from a CloudTrail API, and the verdict is the same as with
them in a file. with_s3.py starts the S3 server and names it in the environment.

usage: fetched_keys_test.py PROGRAM SMALL
  SMALL holds the small honest bucket and its keys.
"""

import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TEST = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TEST / "support"), str(TEST / "cases")]

import cloudtrail_api
import s3_put

BUCKET = "acme-trail"


def objects_of(mirror):
    objects = {}
    for path in sorted(mirror.rglob("*")):
        if path.is_file() and not path.name.endswith(".metadata.json"):
            side = path.with_name(path.name + ".metadata.json")
            metadata = json.loads(side.read_text())["Metadata"] if side.exists() else {}
            objects[str(path.relative_to(mirror))] = (path.read_bytes(), metadata)
    return objects


def number(value):
    if isinstance(value, str) and "T" in value:
        return datetime.datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()
    return float(value)


def main(program, small):
    small = pathlib.Path(small)
    objects = objects_of(small / "bucket")
    regions = {key.split("/CloudTrail-Digest/")[1].split("/")[0] for key in objects if "/CloudTrail-Digest/" in key}
    newest = max(re.findall(r"_(\d{8}T\d{6})Z\.json\.gz", "\n".join(objects)))
    now = datetime.datetime.strptime(newest, "%Y%m%dT%H%M%S") + datetime.timedelta(minutes=20)
    listing = json.loads((small / "keys.json").read_text())["PublicKeyList"]
    for key in listing:
        for name in ("ValidityStartTime", "ValidityEndTime"):
            key[name] = number(key[name])

    access_key, secret_key = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
    s3_put.Bucket(os.environ["S3_ENDPOINT"], BUCKET, access_key, secret_key).hold(objects)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "keys").mkdir()
        (folder / "trail.json").write_text(json.dumps({"trailList": []}))
        for region in regions:
            (folder / "keys" / (region + ".json")).write_text(json.dumps({"PublicKeyList": listing}))
        with cloudtrail_api.Api(folder, access_key, secret_key, "--page", "1") as api:
            env = {"PATH": os.environ["PATH"], "HOME": name, "AWS_EC2_METADATA_DISABLED": "true",
                   "AWS_ACCESS_KEY_ID": access_key, "AWS_SECRET_ACCESS_KEY": secret_key, "AWS_MAX_ATTEMPTS": "2",
                   "AWS_ENDPOINT_URL_S3": os.environ["S3_ENDPOINT"],
                   "AWS_ENDPOINT_URL_CLOUDTRAIL": api.url}

            def verify(status, *arguments, **more):
                command = [program, "verify", f"s3://{BUCKET}", "--now", now.strftime("%Y-%m-%dT%H:%M:%SZ"), "--report",
                           "json", *arguments]
                done = subprocess.run(command, env={**env, **more}, capture_output=True, text=True, timeout=120)
                assert done.returncode == status, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
                return json.loads(done.stdout), done.stderr

            with_file, _ = verify(0, "--keys", str(small / "keys.json"))
            fetched, _ = verify(0)
            for key in fetched["keys"]:
                assert key["origin"].startswith("cloudtrail:"), key
            for report in (with_file, fetched):
                del report["trail_settings"]["asked_at"]
                for key in report["keys"]:
                    del key["origin"]
            assert fetched == with_file
            # No answer from CloudTrail is no tampering: everything is open, and a message says why.
            lost, told = verify(2, AWS_ENDPOINT_URL_CLOUDTRAIL="http://127.0.0.1:1")
            assert lost["outcome"] == "open" and not told, told
            why = {finding["subject"]: finding["detail"] for finding in lost["findings"]
                   if finding["code"] == "keys.unavailable"}
            assert set(why) == regions and "ListPublicKeys in" in min(why.values()), why
            (folder / ".aws").mkdir()
            (folder / ".aws/credentials").write_text(
                f"[audit]\naws_access_key_id = {access_key}\naws_secret_access_key = {secret_key}\n")
            verify(0, "--profile", "audit", AWS_ACCESS_KEY_ID="AKIAWRONG")
    assert {line.split(" ")[1] for line in api.calls if line.startswith("ListPublicKeys")} == regions, api.calls
    print(f"{len(objects)} objects, {len(api.calls)} calls")


main(*sys.argv[1:])
