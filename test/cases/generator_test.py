#!/usr/bin/env python3
"""The generator gives the same bytes twice, and its honest trail holds by an independent reading.

    generator_test.py GENERATOR

The reading uses nothing of trailgen but the public key list that it wrote.
"""
import base64
import gzip
import hashlib
import json
import os
import subprocess
import sys
import tempfile

SLUGS = ["honest", "restart", "regions-two", "backfills-linked", "log-is-fifo"]


def generate(generator, out):
    command = [sys.executable, generator, out]
    for slug in SLUGS:
        command += ["--only", slug]
    subprocess.run(command, check=True)


def tree(root):
    """{path: bytes}, a FIFO or link by what it is."""
    found = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb") as file:
                    found[os.path.relpath(path, root)] = file.read()
            else:
                found[os.path.relpath(path, root)] = b"special"
    return found


def check_honest(root):
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding
    with open(os.path.join(root, "keys.json"), encoding="utf-8") as file:
        listed = json.load(file)["PublicKeyList"][0]
    der = base64.b64decode(listed["Value"])
    assert hashlib.md5(der).hexdigest() == listed["Fingerprint"]
    key = serialization.load_der_public_key(der)
    digests = logs = 0
    previous = None
    for path, data in sorted(tree(os.path.join(root, "bucket")).items()):
        if "/CloudTrail-Digest/" not in path or not path.endswith(".gz"):
            continue
        content = gzip.decompress(data)
        digest = json.loads(content)
        with open(os.path.join(root, "bucket", path + ".metadata.json"), encoding="utf-8") as file:
            signature = json.load(file)["Metadata"]["signature"]
        signed = "\n".join([digest["digestEndTime"], digest["digestS3Bucket"] + "/" + digest["digestS3Object"],
                            hashlib.sha256(content).hexdigest(), digest["previousDigestSignature"] or "null"])
        key.verify(bytes.fromhex(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        assert digest["digestS3Object"] == path
        assert digest["previousDigestHashValue"] == previous, path
        previous = hashlib.sha256(content).hexdigest()
        for log in digest["logFiles"]:
            with gzip.open(os.path.join(root, "bucket", log["s3Object"])) as file:
                assert hashlib.sha256(file.read()).hexdigest() == log["hashValue"]
            logs += 1
        digests += 1
    assert (digests, logs) == (30, 58), (digests, logs)


def main():
    try:
        import cryptography  # noqa: F401
    except ImportError:
        print("skipped: python3-cryptography is missing")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as scratch:
        first, second = os.path.join(scratch, "1"), os.path.join(scratch, "2")
        generate(sys.argv[1], first)
        generate(sys.argv[1], second)
        assert tree(first) == tree(second), "two runs differ"
        check_honest(os.path.join(first, "honest"))
    print("the same bytes twice; 30 digests and 58 logs hold")


if __name__ == "__main__":
    main()
