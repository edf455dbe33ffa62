"""trailseal keys against a CloudTrail API that checks signatures, with credentials from each place in turn.

usage: keys_test.py PROGRAM

Without that API the test is skipped. The metadata services are a stub of ours.
"""

import base64
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import cloudtrail_api
import metadata_stub
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ACCESS_KEY, SECRET_KEY = "AKIATESTTESTTESTTEST", "a/secret+key/that=must/never/be/shown1234"
REGIONS = {"eu-west-1": 3, "us-east-1": 2}  # and how many keys
FIRST = 1782864000  # 2026-07-01T00:00:00Z
MONTH = 30 * 86400


def make_data(folder):
    (folder / "keys").mkdir(parents=True)
    (folder / "trail.json").write_text(json.dumps({"trailList": []}))
    for region, count in REGIONS.items():
        keys = []
        for i in range(count):
            public = rsa.generate_private_key(65537, 2048).public_key()
            der = public.public_bytes(Encoding.DER, PublicFormat.PKCS1)
            keys.append({"Value": base64.b64encode(der).decode(), "Fingerprint": hashlib.md5(der).hexdigest(),
                         "ValidityStartTime": FIRST + i * MONTH, "ValidityEndTime": FIRST + (i + 1) * MONTH})
        (folder / "keys" / (region + ".json")).write_text(json.dumps({"PublicKeyList": keys}))


class Tool:
    def __init__(self, program, folder):
        self.program, self.folder, self.runs = program, folder, 0

    def run(self, status, *arguments, **variables):
        env = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "AWS_EC2_METADATA_DISABLED": "true", **variables}
        done = subprocess.run([self.program, "keys", *arguments], cwd=self.folder, env=env, capture_output=True,
                              text=True, timeout=60)
        told = f"{arguments} {variables}: status {done.returncode}\n{done.stdout}{done.stderr}"
        assert done.returncode == status, told
        assert SECRET_KEY not in told.replace(str(variables), ""), told
        self.runs += 1
        return done


KEYS = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}


def check_fetch(tool, url, folder):
    at = {"AWS_ENDPOINT_URL": url, **KEYS}
    done = tool.run(0, "fetch", "--region", "us-east-1,eu-west-1", "--output", "keys.json", **at)
    assert "5 keys written to keys.json" in done.stdout
    keys = json.loads((folder / "keys.json").read_text())["PublicKeyList"]
    assert [key["Region"] for key in keys] == ["eu-west-1"] * 3 + ["us-east-1"] * 2
    assert keys[0]["ValidityStartTime"] == "2026-07-01T00:00:00Z"
    shown = tool.run(0, "list", "keys.json").stdout
    assert "5 keys" in shown and all(key["Fingerprint"] in shown for key in keys)
    # What CloudTrail names and what the file holds is the same, so no key stands twice.
    both = tool.run(0, "list", "--region", "eu-west-1", "keys.json", **at).stdout
    assert "5 keys" in both and "keys.json, cloudtrail:eu-west-1" in both

    one = tool.run(0, "fetch", "--region", "eu-west-1", "--since", "2026-07-02", "--until", "2026-07-03", **at).stdout
    assert len(json.loads(one)["PublicKeyList"]) == 1
    assert len(json.loads(tool.run(0, "fetch", AWS_REGION="us-east-1", **at).stdout)["PublicKeyList"]) == 2
    before = (folder / "keys.json").read_bytes()
    none = tool.run(2, "fetch", "--region", "eu-north-1", "--output", "keys.json", **at)
    assert "CloudTrail of eu-north-1 has no keys" in none.stderr and (folder / "keys.json").read_bytes() == before
    part = tool.run(2, "fetch", "--region", "eu-north-1", "--region", "us-east-1", **at)
    assert len(json.loads(part.stdout)["PublicKeyList"]) == 2


def check_refusals(tool, url):
    wrong = {**KEYS, "AWS_ENDPOINT_URL": url, "AWS_SECRET_ACCESS_KEY": "another"}
    done = tool.run(2, "fetch", "--region", "eu-west-1", **wrong)
    assert "InvalidSignatureException" in done.stderr and not done.stdout
    wrong["AWS_ACCESS_KEY_ID"] = "AKIAUNKNOWN"
    assert "UnrecognizedClientException" in tool.run(2, "fetch", "--region", "eu-west-1", **wrong).stderr
    nobody = tool.run(2, "fetch", "--region", "eu-west-1", AWS_ENDPOINT_URL="http://127.0.0.1:1", AWS_MAX_ATTEMPTS="1",
                      **KEYS)
    assert "cannot get the keys" in nobody.stderr
    assert "no credentials" in tool.run(3, "fetch", "--region", "eu-west-1", AWS_ENDPOINT_URL=url).stderr


def check_places(tool, url, folder, stub):
    (folder / ".aws").mkdir()
    pair = f"aws_access_key_id = {ACCESS_KEY}\naws_secret_access_key = {SECRET_KEY}\n"
    (folder / ".aws/credentials").write_text(f"[shared]\n{pair}")
    (folder / "answer.json").write_text(json.dumps(
        {"Version": 1, "AccessKeyId": ACCESS_KEY, "SecretAccessKey": SECRET_KEY}))
    (folder / ".aws/config").write_text(
        f"[profile config]\nregion = eu-west-1\n{pair}[profile process]\ncredential_process = cat 'answer.json'\n"
        "[profile broken]\ncredential_process = sh -c 'cat answer.json; exit 1'\n")
    ask = ("fetch", "--region", "eu-west-1")
    at = {"AWS_ENDPOINT_URL": url}
    for profile in ("shared", "config", "process"):
        tool.run(0, *ask, "--profile", profile, **at)
        tool.run(0, *ask, AWS_PROFILE=profile, **at)
        # An explicit profile puts wrong keys in the environment aside; AWS_PROFILE does not.
        wrong = {"AWS_ACCESS_KEY_ID": "AKIAUNKNOWN", "AWS_SECRET_ACCESS_KEY": "x"}
        tool.run(0, *ask, "--profile", profile, **at, **wrong)
        tool.run(2, *ask, AWS_PROFILE=profile, **at, **wrong)
    tool.run(0, "fetch", "--profile", "config", **at)  # the region of the profile
    assert "ended with status 1" in tool.run(3, *ask, "--profile", "broken", **at).stderr
    assert "no profile 'other'" in tool.run(3, *ask, "--profile", "other", **at).stderr

    # A proxy that is not there: only what goes around it arrives.
    proxy = {"http_proxy": "http://127.0.0.1:1", "no_proxy": "localhost"}
    near = {"AWS_ENDPOINT_URL": url.replace("127.0.0.1", "localhost")}
    machine = {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": stub.url}
    tool.run(0, *ask, **at, **machine)
    tool.run(0, *ask, **near, **machine, **proxy)
    tool.run(2, *ask, **at, **KEYS, **proxy, AWS_MAX_ATTEMPTS="1")
    assert stub.seen[0].startswith("PUT /latest/api/token 200") and all(" 200" in line for line in stub.seen), stub.seen
    container = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": stub.url + "/task"}
    (folder / "token").write_text("container-token")
    tool.run(0, *ask, **at, **container, AWS_CONTAINER_AUTHORIZATION_TOKEN="container-token")
    tool.run(0, *ask, **at, **container, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(folder / "token"))
    tool.run(3, *ask, **at, **container, AWS_CONTAINER_AUTHORIZATION_TOKEN="wrong")


def main(program):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_data(folder / "data")
        tool = Tool(pathlib.Path(program).resolve(), folder)
        stub = metadata_stub.Stub(ACCESS_KEY, SECRET_KEY)
        start = time.monotonic()
        with cloudtrail_api.Api(folder / "data", ACCESS_KEY, SECRET_KEY, "--page", "1", "--throttle", "2") as server:
            check_fetch(tool, server.url, folder)
            check_refusals(tool, server.url)
            check_places(tool, server.url, folder, stub)
        stub.close()
    throttled = [line for line in server.calls if "ThrottlingException" in line]
    assert len(throttled) == 2, server.calls[:5]
    print(f"{tool.runs} runs, {len(server.calls)} calls, {time.monotonic() - start:.1f} s")


main(*sys.argv[1:])
