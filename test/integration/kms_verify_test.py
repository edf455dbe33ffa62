"""trailseal verify --kms-key and --envelope-kms: KMS is asked about the keys that the user names, and about no others.
kms_endpoint.py starts the KMS and names it in the environment.

usage: kms_verify_test.py PROGRAM SMALL
  SMALL holds the small honest bucket and its keys. PYTHONPATH leads to sealed.py, in vectors/.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.request

import sealed

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import kms_endpoint  # noqa: E402

PREFIX = "arn:aws:kms:us-east-1:111122223333:key/"
KEY = PREFIX + "11111111-2222-3333-4444-555555555555"
STATES = PREFIX + "dddddddd-0000-0000-0000-00000000000"
# What the endpoint's policy, which lets only the account in, lacks.
LACKS = {"kms.policy-no-encrypt", "kms.policy-no-describe"}
GRANTED = {"kms.grant-decrypt"}  # the last of the key's 250 grants, on the third page


def calls():
    return urllib.request.urlopen(os.environ["KMS_ENDPOINT"] + "/calls").read().decode().splitlines()


def fault(name, times):
    urllib.request.urlopen(f"{os.environ['KMS_ENDPOINT']}/fault/{name}/{times}").read()


def seal_logs(small, folder):
    """A copy of the small bucket whose logs are messages of the Encryption SDK, under a data key that KMS wrapped."""
    shutil.copytree(small, folder)
    context = {"purpose": "archive"}
    bound = kms_endpoint.context_of({"EncryptionContext": context})
    for log in pathlib.Path(folder).rglob("*_CloudTrail_*.json.gz"):
        blob = kms_endpoint.wrap(kms_endpoint.KEYS[KEY], sealed.DATA_KEY, bound)
        log.write_bytes(sealed.message(0x0478, log.read_bytes(), context=context, edks=[(b"aws-kms", KEY.encode(), blob)]))


def envelopes(program, small, folder):
    seal_logs(small, folder)

    def verify(status, expected, *arguments, **environment):
        before = len(calls())
        command = [program, "verify", "--keys", folder + "/keys.json", "--report", "json", *arguments, folder + "/bucket"]
        done = subprocess.run(command, env={**os.environ, "AWS_MAX_ATTEMPTS": "1", **environment}, capture_output=True,
                              text=True, timeout=120, check=False)
        report = json.loads(done.stdout)
        found = {finding["code"]: finding["detail"] for finding in report["findings"]
                 if finding["code"].startswith("log.") or finding["code"] == "source.sealed"}
        assert (done.returncode, sorted(found)) == (status, expected), (done.returncode, found, done.stderr)
        asked = [call.split(" ")[1:] for call in calls()[before:]]
        assert all(call == ["Decrypt", KEY] for call in asked), asked
        return found, len(asked), report["totals"]["logs"]

    found, asked, logs = verify(0, ["source.sealed"], "--envelope-kms", KEY, "--envelope-context", "purpose=archive")
    assert "esdk-v2, committing" in found["source.sealed"] and asked == logs["listed"] == logs["verified"], (found, asked)
    # Nobody is asked about a key that the user did not name, and an answer that does not come says nothing of a log.
    found, asked, _ = verify(2, ["log.sealed"], "--envelope-kms", PREFIX + "66666666-7777-8888-9999-000000000000")
    assert "not among those allowed" in found["log.sealed"] and asked == 0, (found, asked)
    found, asked, _ = verify(2, ["log.sealed"])
    assert "--envelope-keys" in found["log.sealed"] and asked == 0, found
    found, _, _ = verify(2, ["log.sealed"], "--envelope-kms", KEY, AWS_ENDPOINT_URL_KMS="http://127.0.0.1:1")
    assert found["log.sealed"].startswith("key-unavailable: "), found
    found, _, _ = verify(2, ["log.sealed"], "--envelope-kms", KEY, AWS_SECRET_ACCESS_KEY="wrong")
    assert found["log.sealed"].startswith("error: "), found
    # A data key of the wrong size is what KMS says, not what the log is.
    fault("short-plaintext", 1000)
    found, _, _ = verify(2, ["log.sealed"], "--envelope-kms", KEY)
    assert found["log.sealed"].startswith("error: ") and "16 bytes" in found["log.sealed"], found
    fault("none", 0)


def main(program, small):
    def verify(status, *arguments, **environment):
        command = [program, "verify", "--keys", small + "/keys.json", "--report", "json", *arguments, small + "/bucket"]
        done = subprocess.run(command, env={**os.environ, "AWS_MAX_ATTEMPTS": "2", **environment}, capture_output=True,
                              text=True, timeout=120, check=False)
        assert done.returncode == status, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
        if status == 3:
            return done.stderr
        report = json.loads(done.stdout)
        found = {finding["code"] for finding in report["findings"] if finding["code"].startswith("kms.")}
        assert ("kms-settings" in report["checks"]) == bool(report["kms_settings"]), report["checks"]
        details.update({finding["code"]: finding["detail"] for finding in report["findings"]})
        return found, report["kms_settings"]

    details = {}

    assert verify(0) == (set(), []) and not calls()
    found, keys = verify(0, "--kms-key", KEY)
    assert found == LACKS | GRANTED, found
    assert keys == [{"arn": KEY, "origin": "KMS in us-east-1", "state": "Enabled", "rotation": "on",
                     "policy_judged": True}], keys
    asked = [call.split(" ")[1:] for call in calls()]
    pages = ["ListKeyRotations"] * 2 + ["ListGrants"] * 3
    assert asked[:8] == [[name, KEY] for name in ("DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus", *pages)], asked
    assert asked[8:] == [["LookupEvents", "-"]] * 8, asked
    verify(1, "--kms-key", KEY, "--strict")

    for number, code in (("1", "kms.key-disabled"), ("2", "kms.key-pending-deletion"), ("3", "kms.key-unusable")):
        found, _ = verify(0, "--kms-key", STATES + number)
        assert found == LACKS | {code}, (number, found)
    assert details["kms.key-disabled"] == "since 2026-01-01T00:00:00Z (DisableKey)", details["kms.key-disabled"]
    found, keys = verify(0, "--kms-key", STATES + "9")
    assert "kms.key-unusable" in found and keys[0]["state"] is None, (found, keys)

    # No answer is no warning: what these credentials may not ask is a notice, what failed is open.
    nobody = {"AWS_ACCESS_KEY_ID": "AKIANOBODY", "AWS_SECRET_ACCESS_KEY": "nobody-secret"}
    found, _ = verify(0, "--kms-key", KEY, **nobody)
    assert found == {"kms.not-judged"}, found
    found, _ = verify(2, "--kms-key", KEY, "--strict", AWS_SECRET_ACCESS_KEY="wrong")
    assert found == {"kms.answer-unreadable"}, found
    found, _ = verify(2, "--kms-key", KEY, AWS_ENDPOINT_URL_KMS="http://127.0.0.1:1")
    assert found == {"kms.answer-unreadable"}, found

    before = calls()
    for wrong in ("alias/evidence", KEY[-36:], "arn:aws:kms:evil.example/:111122223333:key/1"):
        told = verify(3, "--kms-key", wrong)
        assert "cannot learn about the KMS keys: not the ARN of a KMS key" in told, told
    assert "No such file" in verify(3, "--kms-answers", small + "/nowhere")
    assert "holds no answer" in verify(3, "--kms-answers", small)
    assert calls() == before
    with tempfile.TemporaryDirectory() as folder:
        envelopes(program, small, folder + "/small")


main(*sys.argv[1:])
