"""A stub of S3: one bucket in memory that misbehaves as it is told to. For what the real server cannot be made to do;
it checks no signatures, and says in each answer that it is a stub.

    with Stub("acme-trail", {key: (bytes, metadata)}) as stub:
        stub.faults[key] = fault        # "?list", "?bucket" (HeadBucket); "*" for all that has no fault of its own
        ... stub.url ...; stub.counts[key]

A fault is a function of (request, count), count from 1: it answers and returns True, or returns False for the right
answer.
"""

import functools
import hashlib
import http.server
import socket
import struct
import threading
import urllib.parse
import xml.sax.saxutils

PAGE = 2  # keys; so that a small bucket has several pages


@functools.lru_cache(64)
def md5(data):
    return hashlib.md5(data).hexdigest()


class Request(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "trailseal-test-stub-not-S3"

    def do_HEAD(self):
        self.handle_question("?bucket")

    def do_GET(self):
        path, _, query = self.path.partition("?")
        key = urllib.parse.unquote(path)[len(self.stub.bucket) + 2:]
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        self.handle_question(key or "?list")

    def handle_question(self, name):
        self.name = name
        with self.stub.lock:
            self.stub.counts[name] = count = self.stub.counts.get(name, 0) + 1
        fault = self.stub.faults.get(name, self.stub.faults.get("*"))
        if fault is None or not fault(self, count):
            self.right()

    def right(self):
        if self.name == "?bucket":
            return self.answer(200, b"", {"x-amz-bucket-region": "us-east-1"})
        if self.name == "?list":
            return self.answer(200, self.stub.page(self.query, self.stub.objects).encode())
        if self.name not in self.stub.objects:
            return self.refuse(404, "NoSuchKey")
        data, metadata = self.stub.objects[self.name]
        return self.answer(200, data, {"x-amz-meta-" + name: value for name, value in metadata.items()})

    def answer(self, status, body, headers=(), length=None, stated=True):
        """`length`: another Content-Length than the body's. The connection is then closed."""
        self.send_response(status)
        if stated:
            self.send_header("x-amz-request-id", "STUB")
            if status == 200 and self.name in self.stub.objects:
                self.send_header("ETag", '"%s"' % md5(self.data()))
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", len(body) if length is None else length)
        self.end_headers()
        if length is not None:
            self.close_connection = True
        if self.command != "HEAD":
            self.wfile.write(body)
        return True

    def refuse(self, status, code, headers=(), more=""):
        return self.answer(status, f"<Error><Code>{code}</Code>{more}</Error>".encode(), headers)

    def scope_region(self):
        return self.headers["Authorization"].split("Credential=")[1].split("/")[2]

    def data(self):
        return self.stub.objects[self.name][0]

    def reset(self):
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True
        return True

    def log_message(self, *_):
        pass

    def handle(self):
        try:
            super().handle()
        except (OSError, ValueError):  # the client went away, or the connection was reset on purpose
            pass

    def finish(self):
        try:
            super().finish()
        except (OSError, ValueError):
            pass


class Stub:
    def __init__(self, bucket, objects):
        self.bucket, self.objects, self.faults, self.counts = bucket, dict(objects), {}, {}
        self.lock, self.stopped = threading.Lock(), threading.Event()
        handler = type("Handler", (Request,), {"stub": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads, self.server.block_on_close = True, False
        self.url = "http://127.0.0.1:%d" % self.server.server_address[1]

    def page(self, query, objects):
        """What ListObjectsV2 answers if these are in the bucket."""
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        after = query.get("continuation-token", query.get("start-after", ""))
        rows, seen = [], set()
        for key in sorted(objects):
            if not key.startswith(prefix) or key <= after:
                continue
            end = key.find(delimiter, len(prefix)) if delimiter else -1
            name = key if end < 0 else key[:end + 1]
            if after.startswith(name) and end >= 0 or name in seen:
                continue
            seen.add(name)
            rows.append((name, end >= 0, key))
        more, rows = rows[PAGE:], rows[:PAGE]
        body = ["<ListBucketResult><EncodingType>url</EncodingType>",
                "<IsTruncated>%s</IsTruncated>" % ("true" if more else "false")]
        for name, folder, key in rows:
            name = xml.sax.saxutils.escape(urllib.parse.quote(name))
            body.append("<CommonPrefixes><Prefix>%s</Prefix></CommonPrefixes>" % name if folder else
                        "<Contents><Key>%s</Key><Size>%d</Size></Contents>" % (name, len(objects[key][0])))
        if more:
            body.append("<NextContinuationToken>%s</NextContinuationToken>" % rows[-1][0])
        return "".join(body) + "</ListBucketResult>"

    def sleep(self, seconds):
        self.stopped.wait(seconds)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.server.shutdown()
        self.server.server_close()
