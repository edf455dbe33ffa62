"""trailseal verify s3://BUCKET when S3, or the way to it, misbehaves: whole runs, exit status and exact findings.

usage: s3_attacks_test.py PROGRAM SMALL
  SMALL holds the small honest bucket and its keys (make_small.py).

Against a stub (test/support/s3_stub.py), because the real server cannot be made to do these things; s3_refusals_test.py
has what it can do. The rule of every row: what helps is tried again; what does not help leaves open what it hits and
nothing else; and nothing of it reads as tampering. The last rows show that tampering still does.
"""

import concurrent.futures
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

import oracle  # noqa: E402
import s3_stub  # noqa: E402

BUCKET = "acme-trail"


# ---- What goes wrong: functions of (request, count) ----

def until(times, fault):
    """The fault for so many requests, and then what is right."""
    return lambda request, count: count <= times and fault(request, count)


def refused(status, code, headers=None, more=""):
    return lambda request, _: request.refuse(status, code, headers or {}, more)


def page(status):
    return lambda request, _: request.answer(status, b"<html><body>Please log in</body></html>",
                                             {"Content-Type": "text/html"}, stated=False)


def cut(request, _):  # the connection ends in the middle of the body
    return request.answer(200, request.data()[:-20], length=len(request.data()))


def length_too_large(request, _):
    return request.answer(200, request.data(), length=len(request.data()) + 8)


def length_too_small(request, _):
    return request.answer(200, request.data(), length=len(request.data()) - 8)


def no_length(request, _):
    request.wfile.write(b"HTTP/1.1 200 OK\r\nx-amz-request-id: STUB\r\n\r\n" + request.data())
    request.close_connection = True
    return True


def bit_flipped(request, _):
    data = bytearray(request.data())
    data[len(data) // 2] ^= 1
    return request.answer(200, bytes(data))


def reset(request, _):
    request.answer(200, request.data()[:10], length=len(request.data()))
    return request.reset()


def hung_up(request, _):  # not a byte of an answer
    return request.reset()


def stalled(request, _):
    request.answer(200, request.data()[:10], length=len(request.data()))
    request.wfile.flush()
    request.stub.sleep(60)
    return True


def silent(request, _):
    request.stub.sleep(60)
    request.close_connection = True
    return True


def labelled_gzip(request, _):
    data, metadata = request.stub.objects[request.name]
    headers = {"x-amz-meta-" + name: value for name, value in metadata.items()}
    return request.answer(200, data, {"Content-Encoding": "gzip", "Content-Type": "application/json", **headers})


def only_in(region, answer):
    return lambda request, _: request.scope_region() != region and answer(request)


def moved(request):
    return request.refuse(301, "PermanentRedirect", {"x-amz-bucket-region": "eu-west-1"})


def malformed(request):
    return request.refuse(400, "AuthorizationHeaderMalformed", {}, "<Region>eu-central-1</Region>")


def redirected_within(request, _):
    if "again" in request.query:
        return False
    return request.refuse(307, "TemporaryRedirect", {"Location": "http://%s%s?again=1" % (
        request.headers["Host"], request.path)})


def redirected_away(request, _):
    port = request.headers["Host"].split(":")[1]
    return request.refuse(307, "TemporaryRedirect", {"Location": "http://localhost:%s%s" % (port, request.path)})


def listing_cut(request, _):
    return request.answer(200, request.stub.page(request.query, request.stub.objects).encode()[:-30])


def listing_circle(request, _):
    return request.answer(200, b"<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t"
                               b"</NextContinuationToken></ListBucketResult>")


def listing_twice(request, _):
    if "delimiter" not in request.query or request.query.get("prefix"):
        return False
    page_ = request.stub.page(request.query, request.stub.objects)
    rows = "".join(re.findall("<Contents>.*?</Contents>|<CommonPrefixes>.*?</CommonPrefixes>", page_))
    return request.answer(200, page_.replace(rows, rows + rows).encode())


def listing_without(key):
    """Ends before its time: the key is there, and no listing shows it."""
    return lambda request, _: request.answer(200, request.stub.page(
        request.query, {k: v for k, v in request.stub.objects.items() if k != key}).encode())


# ---- The table ----

class World:
    def __init__(self, small):
        self.objects = oracle.mirrored(str(small / "bucket"))
        self.keys = small / "keys.json"
        digests = sorted(key for key in self.objects if "/CloudTrail-Digest/" in key)
        self.digest, self.head = digests[1], digests[2]
        self.logs = sorted(key for key in self.objects if "/CloudTrail-Digest/" not in key)
        self.log = self.logs[0]
        newest = re.search(r"_(\d{8}T\d{6})Z\.json\.gz", self.head).group(1)
        now = datetime.datetime.strptime(newest, "%Y%m%dT%H%M%S") + datetime.timedelta(minutes=20)
        self.now = now.strftime("%Y-%m-%dT%H:%M:%SZ")


def uri(key):
    return "s3://%s/%s" % (BUCKET, key)


def rows(world):
    """(name, {what: fault}, attempts, status, findings beside notices)"""
    fine = 0, set()
    log = 2, {("log.unreadable", uri(world.log))}
    digest = 2, {("digest.unreadable", uri(world.digest)), ("log.in-gap", "111122223333/us-east-1")}
    nothing = 2, {("log.unreadable", uri(key)) for key in world.logs}
    blind = 2, {("source.unreadable", "s3://%s/" % BUCKET)}

    passing = {
        "503 SlowDown": refused(503, "SlowDown"), "429": refused(429, "TooManyRequests"),
        "500 InternalError": refused(500, "InternalError"), "502 of a proxy": page(502), "504 of a proxy": page(504),
        "400 RequestTimeout": refused(400, "RequestTimeout"), "a cut body": cut,
        "a Content-Length too large": length_too_large, "a Content-Length too small": length_too_small,
        "no Content-Length": no_length, "a bit flipped on the way": bit_flipped, "a reset in the body": reset,
        "a connection that is hung up": hung_up,
    }
    for name, fault in passing.items():
        for what, where, lost in (("log", world.log, log), ("digest", world.digest, digest)):
            times = 1 if fault in (length_too_small, bit_flipped) else 2
            yield "%s: passing, %s" % (name, what), {where: until(times, fault)}, 5, *fine
            yield "%s: for ever, %s" % (name, what), {where: fault}, 3, *lost
    lasting = {
        "403 AccessDenied": refused(403, "AccessDenied"), "InvalidObjectState": refused(403, "InvalidObjectState"),
        "KMS access denied": refused(403, "AccessDenied", more="<Message>not authorized: kms:Decrypt</Message>"),
        "KMS.DisabledException": refused(400, "KMS.DisabledException"),
        "SSE-C": refused(400, "InvalidRequest", more="<Message>The object was stored using SSE-C</Message>"),
        "404 NoSuchBucket": refused(404, "NoSuchBucket"),
        "404 of a proxy": page(404), "a proxy's page with 200": page(200), "a proxy's page with 403": page(403),
        "301 that leads nowhere": refused(301, "PermanentRedirect"),
        "301 for ever": lambda request, _: moved(request), "307 to another host": redirected_away,
        "206 nobody asked for": lambda request, _: request.answer(206, request.data()[:10]),
        "204": lambda request, _: request.answer(204, b""),
    }
    for name, fault in lasting.items():
        yield name + ", log", {world.log: fault}, 5, *log
        yield name + ", digest", {world.digest: fault}, 5, *digest
    expired = refused(400, "ExpiredToken")
    credentials = {("source.credentials-refused", "the credentials")}  # one finding, however many objects
    yield "ExpiredToken, log", {world.log: expired}, 5, 2, credentials
    yield "ExpiredToken, digest", {world.digest: expired}, 5, 2, {*credentials, ("log.in-gap", "111122223333/us-east-1")}
    for name, fault in {"a stall in the body": stalled, "a silence": silent}.items():
        yield name + ": passing", {world.log: until(1, fault)}, 2, *fine
        yield name + ": for ever", {world.log: fault}, 1, *log

    yield "503 SlowDown for everything, for a while", {"*": until(2, refused(503, "SlowDown"))}, 5, *fine
    yield "503 SlowDown for all logs, for ever", dict.fromkeys(world.logs, refused(503, "SlowDown")), 3, *nothing
    yield "a bucket in another region: 301", {"*": only_in("eu-west-1", moved)}, 5, *fine
    yield ("a bucket in another region: 400",
           {"*": only_in("eu-central-1", malformed), "?bucket": refused(400, "BadRequest")}, 5, *fine)
    yield "307 to the same host", {world.log: redirected_within, world.digest: redirected_within}, 5, *fine
    yield "gzip labelled Content-Encoding: gzip", {key: labelled_gzip for key in world.objects}, 5, *fine

    yield "the listing: 503 for a while", {"?list": until(2, refused(503, "SlowDown"))}, 5, *fine
    for name, fault in {"503 for ever": refused(503, "SlowDown"), "403": refused(403, "AccessDenied"),
                        "a proxy's page": page(200), "it is cut": listing_cut, "it goes in circles": listing_circle,
                        "keys come twice": listing_twice}.items():
        yield "the listing: " + name, {"?list": fault}, 3, *blind
    yield "the listing leaves out a digest", {"?list": listing_without(world.digest)}, 3, *fine
    yield "the listing leaves out a log", {"?list": listing_without(world.log)}, 3, *fine
    yield "HeadBucket: 403", {"?bucket": refused(403, "AccessDenied")}, 3, *fine
    yield "HeadBucket: 503 for ever", {"?bucket": refused(503, "SlowDown")}, 2, 3, set()

    # S3's own word, and what S3 really stores.
    yield "404 NoSuchKey, log", {world.log: refused(404, "NoSuchKey")}, 3, 1, {("log.missing", uri(world.log))}
    for name, change, code in (("cut in S3", lambda data: data[:-20], "log.truncated"),
                               ("a page in S3", lambda _: b"<html>", "log.not-gzip"),
                               ("longer in S3", lambda data: data + b"12345678", "log.trailing-data")):
        yield name, {"replace": change}, 3, 1, {(code, uri(world.log))}


def run(program, world, row):
    name, faults, attempts, status, findings = row
    objects, faults = dict(world.objects), dict(faults)
    if "replace" in faults:
        data, metadata = objects[world.log]
        objects[world.log] = (faults.pop("replace")(data), metadata)
    with s3_stub.Stub(BUCKET, objects) as stub, tempfile.TemporaryDirectory() as home:
        stub.faults = faults
        environment = {"PATH": os.environ["PATH"], "HOME": home, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
                       "AWS_SECRET_ACCESS_KEY": "secret", "AWS_ENDPOINT_URL_S3": stub.url,
                       "AWS_ENDPOINT_URL_CLOUDTRAIL": "http://127.0.0.1:1", "AWS_MAX_ATTEMPTS": str(attempts),
                       "AWS_EC2_METADATA_DISABLED": "true"}
        done = subprocess.run([program, "verify", "--keys", world.keys, "--now", world.now, "--report", "json",
                               "--no-trail-settings", "s3://" + BUCKET], env=environment, capture_output=True, text=True,
                              timeout=150)
    report = json.loads(done.stdout) if done.stdout else {}
    found = {(finding["code"], finding["subject"]) for finding in report.get("findings", [])
             if finding["severity"] != "notice"}
    faults = []
    if done.returncode != status:
        faults.append("exit %d, not %d; %s" % (done.returncode, status, done.stderr[-300:]))
    if found != findings:
        faults.append("unexpected: %s; lacking: %s" % (sorted(found - findings), sorted(findings - found)))
    # The run goes on: everything that the fault does not hit is verified.
    logs = report.get("totals", {}).get("logs", {})
    codes = [code for code, _ in findings]
    hit = 2 * ("log.in-gap" in codes) or sum(code.startswith("log.") or "credentials" in code for code in codes)
    if status != 3 and "source.unreadable" not in dict(findings) and logs.get("verified") != len(world.logs) - hit:
        faults.append("of %d logs %s were verified" % (len(world.logs), logs))
    return ["%s: %s" % (name, fault) for fault in faults]


def main(program, small):
    world = World(pathlib.Path(small))
    table = list(rows(world))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        for faults in pool.map(lambda row: run(program, world, row), table):
            failed += bool(faults)
            for fault in faults:
                print(fault, flush=True)
    print("%d passed, %d failed, 0 skipped" % (len(table) - failed, failed))
    sys.exit(bool(failed))


main(*sys.argv[1:])
