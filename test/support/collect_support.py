"""A place where collect runs: an S3 server that the environment names, a CloudTrail API with the sample's keys, an STS."""

import datetime
import json
import os
import pathlib
import re
import subprocess
import sys

TEST = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TEST / "cases")]

import cloudtrail_api  # noqa: E402
import s3_put  # noqa: E402

SIDE_FILE = ".metadata.json"


def objects_of(folder):
    objects = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.endswith(SIDE_FILE):
            side = path.with_name(path.name + SIDE_FILE)
            metadata = json.loads(side.read_text())["Metadata"] if side.exists() else {}
            objects[path.relative_to(folder).as_posix()] = (path.read_bytes(), metadata)
    return objects


def number(value):
    if isinstance(value, str) and "T" in value:
        return datetime.datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()
    return float(value)


class Bucket(s3_put.Bucket):
    def allow(self, statements):
        """Makes these the bucket's policy; none: it has none."""
        if statements:
            self.policy(json.dumps({"Version": "2012-10-17", "Statement": statements}))
        else:
            self._request("DELETE", "", b"", {}, {"policy": ""})


class Site:
    def __init__(self, program, folder, small):
        self.program, self.folder = program, pathlib.Path(folder)
        access_key, secret_key = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
        self._keys = (access_key, secret_key)
        api = self.folder / "api"
        (api / "keys").mkdir(parents=True)
        (api / "trail.json").write_text(json.dumps({"trailList": []}))
        listing = json.loads((small / "keys.json").read_text())["PublicKeyList"]
        for key in listing:
            for name in ("ValidityStartTime", "ValidityEndTime"):
                key[name] = number(key[name])
        for region in ("us-east-1", "eu-west-1", "us-west-2", "eu-central-1", "ap-southeast-2"):
            (api / "keys" / (region + ".json")).write_text(json.dumps({"PublicKeyList": listing}))
        self.api = cloudtrail_api.Api(api, access_key, secret_key)
        self.env = {"PATH": os.environ["PATH"], "HOME": str(folder), "AWS_EC2_METADATA_DISABLED": "true",
                    "AWS_ACCESS_KEY_ID": access_key, "AWS_SECRET_ACCESS_KEY": secret_key, "AWS_MAX_ATTEMPTS": "2",
                    "AWS_ENDPOINT_URL_S3": os.environ["S3_ENDPOINT"], "AWS_ENDPOINT_URL_CLOUDTRAIL": self.api.url,
                    "AWS_ENDPOINT_URL_STS": self.api.url, "LC_ALL": "C"}

    def __enter__(self):
        self.api.__enter__()
        return self

    def __exit__(self, *details):
        self.api.__exit__(*details)

    def bucket(self, name):
        return Bucket(os.environ["S3_ENDPOINT"], name, *self._keys)

    def command(self, *words):
        return [self.program, *map(str, words)]

    def run(self, status, *words, **changes):
        done = subprocess.run(self.command(*words), env={**self.env, **changes}, capture_output=True, text=True,
                              timeout=240)
        assert status is None or done.returncode == status, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
        assert done.returncode in (0, 1, 2, 3), (words, done)
        return done

    def collect(self, status, *words, **changes):
        done = self.run(status, "collect", *words, **changes)
        return done.stdout + done.stderr

    def verify(self, status, source, keys, *words):
        return json.loads(self.run(status, "verify", "--keys", keys, "--report", "json", *words, source).stdout)

    @staticmethod
    def fresh(objects):
        """A time at which the newest digest is fresh."""
        newest = max(re.findall(r"_(\d{8}T\d{6})Z\.json\.gz", "\n".join(objects)))
        time = datetime.datetime.strptime(newest, "%Y%m%dT%H%M%S") + datetime.timedelta(minutes=20)
        return time.strftime("%Y-%m-%dT%H:%M:%SZ")

    @staticmethod
    def sums_pass(copy):
        """sha256sum finds every file as the list says, and the list has them all."""
        done = subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=copy, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        listed = {line.lstrip("\\").split("  ", 1)[1] for line in
                  (copy / "SHA256SUMS").read_text().splitlines()}
        present = {path.relative_to(copy).as_posix().replace("\\", "\\\\") for path in copy.rglob("*") if path.is_file()}
        beside = {name for name in present if name.startswith(("SHA256SUMS", "manifest.json."))}
        assert listed == present - beside, listed ^ (present - beside)
        return len(listed)
