"""trailseal envelope --kms: data keys from KMS, with objects of ../shared/vectors that the official S3 encryption client
of Ruby wrote under the keys of the test KMS, and the acceptance cases K-01 to K-08. kms_endpoint.py starts the KMS.

usage: kms_envelope_test.py PROGRAM
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

PREFIX = "arn:aws:kms:us-east-1:111122223333:key/"
KEY = PREFIX + "11111111-2222-3333-4444-555555555555"
OTHER = PREFIX + "66666666-7777-8888-9999-000000000000"
SKIPPED = 77


def get(path):
    return urllib.request.urlopen(os.environ["KMS_ENDPOINT"] + path).read().decode()


def main(program):
    beside = pathlib.Path(__file__).resolve().parents[3] / "shared"
    vectors = pathlib.Path(os.environ.get("TRAILSEAL_SHARED") or beside) / "vectors"
    objects = vectors / "s3ec-ruby-v1v2/objects"
    if not objects.is_dir():
        print(f"skipped: {objects} is not there")
        sys.exit(SKIPPED)

    def envelope(status, verdict, *arguments, **environment):
        command = [program, "envelope", "--report", "json", *map(str, arguments)]
        done = subprocess.run(command, env={**os.environ, "AWS_MAX_ATTEMPTS": "3", **environment}, capture_output=True,
                              text=True, timeout=120, check=False)
        assert done.returncode == status, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
        if status == 3:
            return done.stderr
        (result,) = json.loads(done.stdout)["results"]
        assert result["verdict"] == verdict, f"{command}: {result}"
        return result

    folder = objects / "v2-kms-context-metadata-1000"
    plain = ["--metadata", folder / "headers.json", folder / "body.bin"]
    good = envelope(0, "authenticated", "--kms", KEY, *plain)  # K-01
    assert good["kms_key"] == KEY and len(good["plaintext_sha256"]) == 64, good
    assert envelope(0, "authenticated", "--kms", OTHER, "--kms", KEY, *plain)["kms_key"] == KEY
    envelope(2, "wrong-key", "--kms", OTHER, *plain)  # K-02
    with tempfile.TemporaryDirectory() as name:  # K-03
        headers = json.loads((folder / "headers.json").read_text())
        material = json.loads(headers["x-amz-meta-x-amz-matdesc"])
        headers["x-amz-meta-x-amz-matdesc"] = json.dumps({**material, "case": "43"})
        altered = pathlib.Path(name) / "headers.json"
        altered.write_text(json.dumps(headers))
        envelope(2, "wrong-key-or-context", "--kms", KEY, "--metadata", altered, folder / "body.bin")

    def with_fault(fault, times, status, verdict):
        get(f"/fault/{fault}/{times}")
        result = envelope(status, verdict, "--kms", KEY, *plain)
        get("/fault/none/0")
        assert (result["plaintext_sha256"] is None) == (verdict != "authenticated"), result

    with_fault("denied", 1, 2, "key-unavailable")  # K-04
    with_fault("other-key-id", 1, 2, "wrong-key")  # K-05
    with_fault("no-json", 1, 2, "error")
    with_fault("cut-json", 1, 2, "error")
    with_fault("throttling", 2, 0, "authenticated")  # K-07
    with_fault("internal", 2, 0, "authenticated")
    with_fault("throttling", 3, 2, "key-unavailable")
    envelope(2, "error", "--kms", KEY, *plain, AWS_SECRET_ACCESS_KEY="wrong")  # K-06
    envelope(2, "key-unavailable", "--kms", KEY, *plain, AWS_ENDPOINT_URL_KMS="http://127.0.0.1:1")
    get("/fault/short-plaintext/1")
    assert envelope(1, "malformed", "--kms", KEY, *plain)["plaintext_sha256"] is None
    get("/fault/none/0")

    # K-08: a message that names keys of its own, none of them allowed.
    cases = json.loads((vectors / "esdk-legacy-python-1.3.0/cases.json").read_text())["cases"]
    foreign = next(case for case in cases if case["expect"] == "key-unavailable")
    before = get("/calls")
    envelope(2, "key-unavailable", "--kms", KEY, vectors / "esdk-legacy-python-1.3.0" / foreign.get("ciphertext", foreign.get("file", "")))
    for wrong in ("alias/evidence", KEY + "/x", "arn:aws:kms:*:111122223333:key/1"):
        assert "not the ARN of a KMS key" in envelope(3, None, "--kms", wrong, *plain)
    assert get("/calls") == before


main(*sys.argv[1:])
