"""trailseal verify s3://BUCKET and what CloudTrail says of the trail that delivers there. with_s3.py starts the S3 server and
names it in the environment; a CloudTrail API of ours beside it checks signatures.

usage: trail_settings_test.py PROGRAM SMALL
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
DIGEST = re.compile(r"AWSLogs/(\d{12})/CloudTrail-Digest/([^/]+)/.*/\1_CloudTrail-Digest_\2_(.+)_([a-z0-9-]+)_"
                    r"(\d{8}T\d{6})Z\.json\.gz$")


def objects_of(mirror):
    objects = {}
    for path in sorted(mirror.rglob("*")):
        if path.is_file() and not path.name.endswith(".metadata.json"):
            side = path.with_name(path.name + ".metadata.json")
            metadata = json.loads(side.read_text())["Metadata"] if side.exists() else {}
            objects[str(path.relative_to(mirror))] = (path.read_bytes(), metadata)
    return objects


def text(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def main(program, small):
    small = pathlib.Path(small)
    objects = objects_of(small / "bucket")
    digests = {key: DIGEST.search(key) for key in objects if DIGEST.search(key)}
    newest = max(digests, key=lambda key: digests[key][5])
    account, region, trail, home, stamp = digests[newest].groups()
    end = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%S")
    now = end + datetime.timedelta(minutes=50)
    arn = f"arn:aws:cloudtrail:{home}:{account}:trail/{trail}"

    access_key, secret_key = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
    bucket = s3_put.Bucket(os.environ["S3_ENDPOINT"], BUCKET, access_key, secret_key)
    bucket.hold(objects)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)

        def let_trail(**changes):
            settings = {"Name": trail, "TrailARN": arn, "HomeRegion": home, "S3BucketName": BUCKET,
                        "IsMultiRegionTrail": True, "IsOrganizationTrail": False, "LogFileValidationEnabled": True,
                        **changes}
            (folder / "trail.json").write_text(json.dumps(
                {"trailList": [settings], "start": "2026-01-01T00:00:00Z",
                 "end": text(end + datetime.timedelta(minutes=30))}))

        let_trail()
        with cloudtrail_api.Api(folder, access_key, secret_key) as api:
            def verify(status, *codes, arguments=(), at=now, **more):
                env = {"PATH": os.environ["PATH"], "HOME": name, "AWS_EC2_METADATA_DISABLED": "true",
                       "AWS_ACCESS_KEY_ID": access_key, "AWS_SECRET_ACCESS_KEY": secret_key, "AWS_MAX_ATTEMPTS": "2",
                       "AWS_ENDPOINT_URL_S3": os.environ["S3_ENDPOINT"], "AWS_ENDPOINT_URL_CLOUDTRAIL": api.url, **more}
                command = [program, "verify", f"s3://{BUCKET}", "--keys", str(small / "keys.json"), "--now", text(at),
                           "--report", "json", *arguments]
                done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
                told = f"{codes} {done.returncode}\n{done.stdout}{done.stderr}"
                assert done.returncode == status, told
                report = json.loads(done.stdout)
                found = [finding["code"] for finding in report["findings"]
                         if finding["code"].startswith(("settings.", "chain.head"))]
                assert sorted(found) == sorted(codes), told
                return report

            report = verify(0)
            assert "trail-settings" in report["checks"], report["checks"]
            (settings,) = report["trail_settings"]["trails"]
            assert settings["arn"] == arn and settings["validation"] and settings["prefix"] is None, settings
            assert region in [each["region"] for each in settings["regions"]], settings
            assert report["trail_settings"]["asked_at"], report["trail_settings"]

            # The newest digest is taken away, and the clock would not tell yet.
            bucket.hold({key: value for key, value in objects.items() if key != newest})
            verify(2, "settings.digests-behind")
            assert verify(0, arguments=["--no-trail-settings"])["trail_settings"] == {"asked_at": None, "trails": []}
            # The service's word makes nothing fresh: the head is stale by the clock, whatever it says.
            bucket.hold(objects)
            verify(2, "chain.head-stale", at=end + datetime.timedelta(hours=5))

            # All digests are taken away, and then the logs as well: the bucket is silent, CloudTrail is not.
            bucket.hold({key: value for key, value in objects.items() if key not in digests})
            verify(2, "settings.no-chain")
            bucket.hold({})
            verify(2, "settings.no-chain", AWS_REGION=home)
            bucket.hold(objects)

            let_trail(LogFileValidationEnabled=False)
            verify(0, "settings.validation-off")
            # Trails of others: of another bucket, account or prefix, or an organization's of the same name.
            let_trail(S3BucketName="elsewhere")
            verify(0, "settings.unavailable")
            let_trail(TrailARN=arn.replace(account, "999999999999"))
            verify(2, "settings.no-chain", "settings.unavailable")
            let_trail(IsOrganizationTrail=True)
            verify(2, "settings.no-chain", "settings.unavailable")
            let_trail(S3KeyPrefix="other")
            verify(0)

            # Nobody to ask is a note.
            report = verify(0, "settings.unavailable", AWS_ENDPOINT_URL_CLOUDTRAIL="http://127.0.0.1:1")
            assert "trail-settings" not in report["checks"]
            assert verify(0, AWS_ENDPOINT_URL_CLOUDTRAIL="")["trail_settings"]["asked_at"] is None
            asked = subprocess.run([program, "verify", "--keys", small / "keys.json", "--now", text(now),
                                    small / "bucket"], env={"AWS_ENDPOINT_URL_CLOUDTRAIL": "http://127.0.0.1:1"},
                                   capture_output=True, text=True, timeout=120)
            assert asked.returncode == 0 and "CloudTrail" not in asked.stdout, asked
    actions = {line.split(" ")[0] for line in api.calls}
    assert actions == {"DescribeTrails", "GetTrailStatus"}, actions
    print(f"{len(api.calls)} calls")


main(*sys.argv[1:])
