"""trailseal verify s3://BUCKET against the real server: what it refuses by itself, and a network that breaks.

usage: with_s3.py python s3_refusals_test.py PROGRAM SMALL
  SMALL holds the small honest bucket and its keys (make_small.py).

s3_attacks_test.py has what this server cannot be made to do.
"""

import base64
import datetime
import hashlib
import json
import os
import pathlib
import re
import socket
import struct
import subprocess
import sys
import threading
import urllib.parse

TEST = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TEST / "support"), str(TEST / "cases")]

import oracle  # noqa: E402
import s3_put  # noqa: E402

OTHER = {"AWS_ACCESS_KEY_ID": os.environ["S3_OTHER_ACCESS_KEY"],
         "AWS_SECRET_ACCESS_KEY": os.environ["S3_OTHER_SECRET_KEY"]}
ADDRESS = urllib.parse.urlsplit(os.environ["S3_ENDPOINT"])


class BreakingProxy:
    """Passes bytes on, and resets each connection once so many have come back over it."""

    def __init__(self, most):
        self.most, self.connections = most, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client = self.listener.accept()[0]
            self.connections += 1
            server = socket.create_connection((ADDRESS.hostname, ADDRESS.port))
            threading.Thread(target=self.upstream, args=(client, server), daemon=True).start()
            threading.Thread(target=self.downstream, args=(client, server), daemon=True).start()

    @staticmethod
    def upstream(client, server):
        try:
            while data := client.recv(65536):
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def downstream(self, client, server):
        left = self.most
        try:
            while left and (data := server.recv(min(65536, left))):
                client.sendall(data)
                left -= len(data)
            if not left:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass
        client.close()
        server.close()


class Run:
    def __init__(self, program, small, bucket, objects):
        self.program, self.small, self.bucket = program, small, bucket
        newest = max(re.findall(r"_(\d{8}T\d{6})Z\.json\.gz", "\n".join(objects)))
        now = datetime.datetime.strptime(newest, "%Y%m%dT%H%M%S") + datetime.timedelta(minutes=20)
        self.now = now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def expect(self, what, status, findings, **changes):
        environment = {**os.environ, "AWS_ENDPOINT_URL_S3": os.environ["S3_ENDPOINT"], "AWS_MAX_ATTEMPTS": "5",
                       **changes}
        done = subprocess.run([self.program, "verify", "--keys", self.small / "keys.json", "--now", self.now,
                               "--report", "json", "--no-trail-settings", "s3://" + self.bucket], env=environment,
                              capture_output=True, text=True, timeout=120)
        report = json.loads(done.stdout) if done.stdout else {}
        found = {(finding["code"], finding["subject"]) for finding in report.get("findings", [])
                 if finding["severity"] != "notice"}
        assert (done.returncode, found) == (status, findings), (what, done.returncode, found, done.stderr)
        print(what)
        return report


def statement(effect, actions, resources):
    return {"Effect": effect, "Principal": {"AWS": ["arn:aws:iam:::user/other"]}, "Action": actions,
            "Resource": resources}


def main(program, small):
    small, name = pathlib.Path(small), "acme-trail"
    objects = oracle.mirrored(str(small / "bucket"))
    logs = sorted(key for key in objects if "/CloudTrail-Digest/" not in key)
    digest = sorted(key for key in objects if "/CloudTrail-Digest/" in key)[1]
    bucket = s3_put.Bucket(os.environ["S3_ENDPOINT"], name, os.environ["AWS_ACCESS_KEY_ID"],
                           os.environ["AWS_SECRET_ACCESS_KEY"])
    bucket.hold(objects)
    run = Run(program, small, name, objects)

    def uri(key):
        return "s3://%s/%s" % (name, key)

    def policy(*denied, listing=True):
        arn = "arn:aws:s3:::" + name
        statements = [statement("Allow", ["s3:GetObject"], [arn + "/*"])]
        if listing:
            statements.append(statement("Allow", ["s3:ListBucket"], [arn]))
        if denied:
            statements.append(statement("Deny", ["s3:GetObject"], ["%s/%s" % (arn, key) for key in denied]))
        bucket.policy(json.dumps({"Version": "2012-10-17", "Statement": statements}))

    run.expect("as it is", 0, set())
    policy()
    run.expect("another's bucket, allowed", 0, set(), **OTHER)
    policy(logs[0])
    run.expect("one log is denied", 2, {("log.unreadable", uri(logs[0]))}, **OTHER)
    policy(digest)
    run.expect("one digest is denied", 2,
               {("digest.unreadable", uri(digest)), ("log.in-gap", "111122223333/us-east-1")}, **OTHER)
    policy(listing=False)
    run.expect("the listing is denied", 2, {("source.unreadable", "s3://%s/" % name)}, **OTHER)

    for key in (logs[0], digest):
        bucket.put(key, *objects[key], {"content-encoding": "gzip", "content-type": "application/json"})
    run.expect("Content-Encoding: gzip is not taken off", 0, set())
    key = bytes(range(32))
    customer = "x-amz-server-side-encryption-customer-"
    try:
        bucket.put(logs[0], *objects[logs[0]], {
            customer + "algorithm": "AES256", customer + "key": base64.b64encode(key).decode(),
            customer + "key-md5": base64.b64encode(hashlib.md5(key).digest()).decode()})
        run.expect("one log is encrypted with a key that its writer kept", 2, {("log.unreadable", uri(logs[0]))})
    finally:
        bucket.put(logs[0], *objects[logs[0]])

    # Every connection breaks, at the latest in the middle of the second or third answer.
    most = max(len(data) for data, _ in objects.values())
    proxy = BreakingProxy(most + 3000)
    run.expect("all connections break", 0, set(), AWS_ENDPOINT_URL_S3=proxy.url, AWS_MAX_ATTEMPTS="20")
    assert proxy.connections > 3, proxy.connections


main(*sys.argv[1:])
