"""Runs a program beside a stub of S3 that misbehaves on request: what the real server (with_s3.py) cannot be made to do.

usage: with_s3_stub.py PROGRAM [ARGUMENT ...]      the program finds the stub at S3_STUB

The stub checks no signatures. What it does stands in the object's key (or the listing's prefix); "-once" and "-twice"
mean that it works after that. GET /count/KEY tells how often a key was asked for.
"""

import http.server
import os
import re
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.parse

CONTENT = b"the object"
ERRORS = {  # key -> (status, code)
    "slow-down": (503, "SlowDown"),
    "internal-error": (500, "InternalError"),
    "request-timeout": (400, "RequestTimeout"),
    "archived": (403, "InvalidObjectState"),
    "denied": (403, "AccessDenied"),
    "wrong-secret": (403, "SignatureDoesNotMatch"),
    "key-disabled": (400, "KMS.DisabledException"),
    "expired": (400, "ExpiredToken"),
    "missing": (404, "NoSuchKey"),
    "no-bucket": (404, "NoSuchBucket"),
    "html": (404, None),
}
REFUSALS = {  # bucket -> code, whatever is asked about the bucket
    "nobody": "InvalidAccessKeyId", "forged": "SignatureDoesNotMatch", "over": "ExpiredToken",
    "skewed": "RequestTimeTooSkewed", "owned": "AccessDenied", "shut": "AccessDenied",
}
ENTRY = "<Contents><Key>%s</Key><Size>1</Size></Contents>"
PAGE = "<ListBucketResult><IsTruncated>%s</IsTruncated>%s%s</ListBucketResult>"
NEXT = "<NextContinuationToken>t</NextContinuationToken>"
LISTINGS = {
    "circle/": PAGE % ("true", "", NEXT),
    "disorder/": PAGE % ("false", ENTRY % "disorder/b" + ENTRY % "disorder/a", ""),
    "twice/": PAGE % ("false", ENTRY % "twice/a" + ENTRY % "twice/a", ""),
    "outside/": PAGE % ("false", ENTRY % "elsewhere/a", ""),
    "no-end/": PAGE % ("true", ENTRY % "no-end/a", ""),
    "page/": "<html>hello</html>",
    "cut/": PAGE[:40],
}


class Stub(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    counts, lock = {}, threading.Lock()

    def do_HEAD(self):
        answers = {"/here/": (200, "us-east-1"), "/far/": (301, "eu-west-1"), "/closed/": (403, "eu-west-1"),
                   "/odd/": (400, "eu-west-1"), "/mute/": (403, None), "/absent/": (404, None),
                   **{f"/{bucket}/": (403, None) for bucket in REFUSALS}}
        status, region = answers.get(self.path, (200, "us-east-1"))
        self.answer(status, b"", {"x-amz-bucket-region": region} if region else {})

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        bucket, key = urllib.parse.unquote(url.path)[1:].split("/", 1)
        if bucket == "count":
            return self.answer(200, str(self.counts.get(key, 0)).encode())
        if not key and bucket in REFUSALS:
            code = REFUSALS[bucket]
            if bucket == "owned" and "x-amz-expected-bucket-owner" not in self.headers:
                return self.answer(200, (PAGE % ("false", "", "")).encode())
            return self.refuse(403, code)
        if not key:
            prefix = urllib.parse.parse_qs(url.query).get("prefix", [""])[0]
            return self.answer(200, LISTINGS.get(prefix, PAGE % ("false", "", "")).encode())
        with self.lock:
            self.counts[key] = count = self.counts.get(key, 0) + 1
        name = key
        for suffix, times in (("-once", 1), ("-twice", 2)):
            if key.endswith(suffix):
                name = key[:-len(suffix)] if count <= times else "good"
        if name in ERRORS:
            return self.refuse(*ERRORS[name])
        getattr(self, "do_" + name.replace("-", "_"), self.do_good)()

    def answer(self, status, body, headers=()):
        self.send_response(status)
        self.send_header("x-amz-request-id", "STUB")
        for header, value in dict(headers).items():
            self.send_header(header, value)
        self.send_header("Content-Length", len(body))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status, code, headers=(), more=""):
        body = "<html>not S3</html>" if code is None else f"<Error><Code>{code}</Code>{more}</Error>"
        self.answer(status, body.encode(), headers)

    def begin(self, length, *more):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nx-amz-request-id: STUB\r\n")
        for value in (length, *more):
            self.wfile.write(b"Content-Length: %d\r\n" % value)
        self.wfile.write(b"\r\n")
        self.close_connection = True

    def do_good(self):
        self.answer(200, CONTENT, {"X-Amz-Meta-Signature": "50ab", "x-amz-meta-other": "1"})

    def do_encoded(self):
        self.answer(200, CONTENT, {"Content-Encoding": "gzip"})

    def do_headers(self):
        self.answer(200, "".join(f"{k.lower()}: {v}\n" for k, v in self.headers.items()).encode())

    def do_truncated(self):
        self.begin(len(CONTENT))
        self.wfile.write(CONTENT[:4])

    def do_reset(self):
        self.do_truncated()
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def do_two_lengths(self):
        self.begin(len(CONTENT), 4)
        self.wfile.write(CONTENT)

    def do_no_length(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nx-amz-request-id: STUB\r\n\r\n" + CONTENT)
        self.close_connection = True

    def do_stall(self):
        self.begin(len(CONTENT))
        self.wfile.flush()
        time.sleep(6)

    def do_renewable(self):
        if "Credential=AKIAOLD/" in self.headers["Authorization"]:
            return self.refuse(400, "ExpiredToken")
        self.do_good()

    def scope_region(self):
        return re.search(r"Credential=[^/]+/\d+/([^/]+)/", self.headers["Authorization"]).group(1)

    def do_moved(self):
        if self.scope_region() == "eu-west-1":
            return self.do_good()
        self.refuse(301, "PermanentRedirect", {"x-amz-bucket-region": "eu-west-1"})

    def do_malformed(self):
        if self.scope_region() == "eu-central-1":
            return self.do_good()
        self.refuse(400, "AuthorizationHeaderMalformed", {}, "<Region>eu-central-1</Region>")

    def do_around(self):
        self.refuse(301, "PermanentRedirect", {"x-amz-bucket-region": "eu-west-1"})

    def do_temporary(self):
        self.refuse(307, "TemporaryRedirect", {"Location": f"http://{self.headers['Host']}/here/good"})

    def do_abducted(self):
        port = self.headers["Host"].split(":")[1]
        self.refuse(307, "TemporaryRedirect", {"Location": f"http://localhost:{port}/here/good"})

    def log_message(self, *_):
        pass

    def handle(self):
        try:
            super().handle()
        except (OSError, ValueError):  # the client went away, or do_reset closed the connection
            pass

    def finish(self):
        try:
            super().finish()
        except (OSError, ValueError):
            pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stub = f"http://127.0.0.1:{server.server_address[1]}"
    sys.exit(subprocess.run(sys.argv[1:], env={**os.environ, "S3_STUB": stub}).returncode)


main()
