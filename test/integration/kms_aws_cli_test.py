"""The test KMS is no mirror image of our own client: aws-cli wraps and unwraps with it, and is refused where AWS would.
kms_endpoint.py starts it and names it in the environment."""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import urllib.request

KEY = "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555"
OTHER = "arn:aws:kms:us-east-1:111122223333:key/66666666-7777-8888-9999-000000000000"
ENDPOINT = os.environ["KMS_ENDPOINT"]


def find_aws():
    for path in ("/usr/bin/aws", shutil.which("aws")):
        if path and os.access(path, os.X_OK):
            return path
    print("there is no aws-cli (Debian: awscli)")
    sys.exit(1 if os.environ.get("TRAILSEAL_NEED_SERVERS") else 77)


AWS = find_aws()


def aws(*words, region="us-east-1", refused=None, **environment):
    done = subprocess.run([AWS, "--endpoint-url", ENDPOINT, "--region", region, "--output", "json", "kms", *words],
                          env={**os.environ, "AWS_MAX_ATTEMPTS": "1", **environment}, capture_output=True, text=True,
                          timeout=60, check=False)
    told = f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
    if refused:
        assert done.returncode != 0 and f"({refused})" in done.stderr, told
        return None
    assert done.returncode == 0, told
    return json.loads(done.stdout)


def fault(name, times):
    urllib.request.urlopen(f"{ENDPOINT}/fault/{name}/{times}").read()


def wraps_and_unwraps():
    context = "purpose=test,who=aws-cli"
    made = aws("generate-data-key", "--key-id", "alias/evidence", "--key-spec", "AES_256", "--encryption-context", context)
    assert made["KeyId"] == KEY and len(base64.b64decode(made["Plaintext"])) == 32, made
    blob = ["--ciphertext-blob", made["CiphertextBlob"], "--cli-binary-format", "base64"]
    opened = aws("decrypt", *blob, "--encryption-context", "who=aws-cli,purpose=test")
    assert (opened["KeyId"], opened["Plaintext"]) == (KEY, made["Plaintext"]), opened
    aws("decrypt", *blob, refused="InvalidCiphertextException")
    aws("decrypt", *blob, "--encryption-context", "purpose=Test,who=aws-cli", refused="InvalidCiphertextException")
    aws("decrypt", *blob, "--encryption-context", context, "--key-id", OTHER, refused="IncorrectKeyException")
    aws("decrypt", *blob, "--encryption-context", context, region="eu-west-1", refused="InvalidCiphertextException")
    flipped = bytearray(base64.b64decode(made["CiphertextBlob"]))
    flipped[-1] ^= 1
    aws("decrypt", "--ciphertext-blob", base64.b64encode(flipped).decode(), "--cli-binary-format", "base64",
        "--encryption-context", context, refused="InvalidCiphertextException")

    text = base64.b64encode(b"a short secret").decode()
    secret = aws("encrypt", "--key-id", KEY, "--plaintext", text, "--cli-binary-format", "base64")
    opened = aws("decrypt", "--ciphertext-blob", secret["CiphertextBlob"], "--cli-binary-format", "base64", "--key-id", KEY)
    assert opened["Plaintext"] == text, opened

    replica = "mrk-12345678901234567890123456789012"
    made = aws("generate-data-key", "--key-id", replica, "--key-spec", "AES_128")
    opened = aws("decrypt", "--ciphertext-blob", made["CiphertextBlob"], "--cli-binary-format", "base64", region="eu-west-1")
    assert opened["Plaintext"] == made["Plaintext"] and ":eu-west-1:" in opened["KeyId"], opened


def opens_stored_vectors():
    """Data keys that other clients wrapped with the same keys, from ../shared/vectors."""
    beside = pathlib.Path(__file__).resolve().parents[3] / "shared"
    folder = pathlib.Path(os.environ.get("TRAILSEAL_SHARED") or beside) / "vectors/s3ec-ruby-v1v2"
    opened = 0
    for path in sorted(folder.glob("objects/*-kms-*metadata-1000/headers.json")):
        headers = {name.lower().removeprefix("x-amz-meta-"): value for name, value in json.loads(path.read_text()).items()}
        answer = aws("decrypt", "--ciphertext-blob", headers["x-amz-key-v2"], "--cli-binary-format", "base64",
                     "--encryption-context", headers["x-amz-matdesc"])
        assert len(base64.b64decode(answer["Plaintext"])) == 32, answer
        opened += 1
    assert opened or not folder.exists(), folder
    return opened


def describes():
    key = aws("describe-key", "--key-id", "alias/evidence")["KeyMetadata"]
    assert (key["Arn"], key["KeyState"], key["Enabled"]) == (KEY, "Enabled", True), key
    assert json.loads(aws("get-key-policy", "--key-id", KEY, "--policy-name", "default")["Policy"])["Statement"]
    assert aws("get-key-rotation-status", "--key-id", KEY)["KeyRotationEnabled"] is True
    disabled = "dddddddd-0000-0000-0000-000000000001"
    assert aws("describe-key", "--key-id", disabled)["KeyMetadata"]["KeyState"] == "Disabled"
    for number, code in (("1", "DisabledException"), ("2", "KMSInvalidStateException"), ("3", "KMSInvalidStateException")):
        aws("generate-data-key", "--key-id", disabled[:-1] + number, "--key-spec", "AES_256", refused=code)
    aws("describe-key", "--key-id", "00000000-0000-0000-0000-000000000000", refused="NotFoundException")


def refuses():
    ask = ("describe-key", "--key-id", KEY)
    aws(*ask, AWS_SECRET_ACCESS_KEY="wrong", refused="InvalidSignatureException")
    aws(*ask, AWS_ACCESS_KEY_ID="AKIAUNKNOWN", refused="UnrecognizedClientException")
    session = {"AWS_ACCESS_KEY_ID": "ASIASESSION", "AWS_SECRET_ACCESS_KEY": "session-secret"}
    aws(*ask, **session, refused="UnrecognizedClientException")
    aws(*ask, **session, AWS_SESSION_TOKEN="the-session-token")
    aws(*ask, AWS_ACCESS_KEY_ID="AKIANOBODY", AWS_SECRET_ACCESS_KEY="nobody-secret", refused="AccessDeniedException")
    aws(*ask, region="ap-south-1", refused="InvalidSignatureException")
    fault("throttling", 1)
    aws(*ask, refused="ThrottlingException")
    fault("throttling", 1)
    aws(*ask, AWS_MAX_ATTEMPTS="3")


wraps_and_unwraps()
stored = opens_stored_vectors()
describes()
refuses()
print(f"{stored} stored data keys opened")
