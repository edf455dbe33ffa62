"""Input meant to exhaust, mislead or break the reader."""
import struct
import zlib

from ..bucket import Object, Special, gzip
from ..registry import case
from ..world import ACCOUNT, ACME
from .digests import HOLE

DIGESTS = "AWSLogs/%s/CloudTrail-Digest/us-east-1/2026/07/01/" % ACCOUNT
LOGS = "AWSLogs/%s/CloudTrail/us-east-1/2026/07/01/" % ACCOUNT
MEGABYTE = 1 << 20


def bomb(megabytes):
    """A gzip member of so many megabytes of blanks: one flushed block, repeated."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    blanks = b" " * MEGABYTE
    block = deflate.compress(blanks) + deflate.flush(zlib.Z_FULL_FLUSH)
    crc = 0
    for _ in range(megabytes):
        crc = zlib.crc32(blanks, crc)
    end = zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    return (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff" + block * megabytes + end
            + struct.pack("<II", crc, megabytes * MEGABYTE & 0xFFFFFFFF))


@case("digest-zip-bomb", 2, ["digest.limit", HOLE], "a digest was replaced by 1.5 GB of blanks in 1.5 MB",
      acceptance="D54")
def _(w):
    w.site.replace(w.honest()[14], bomb(1536))


@case("log-zip-bomb", 2, ["log.limit"], "a log was replaced by 8 GB of blanks")
def _(w):
    w.site.replace(w.honest()[14].logs[0], bomb(8192))


def _rewritten(w, change):
    w.honest(alter={14: {"rewrite": change}})


@case("digest-duplicate-name", 1, ["digest.malformed", HOLE], "a signed digest has a JSON name twice")
def _(w):
    _rewritten(w, lambda content: content[:-1] + b',"awsAccountId":"%s"}' % ACCOUNT.encode())


@case("digest-deep-json", 2, ["digest.limit", HOLE], "a signed digest nests ten thousand arrays")
def _(w):
    _rewritten(w, lambda content: content[:-1] + b',"x":' + b"[" * 10000 + b"]" * 10000 + b"}")


@case("digest-field-missing", 1, ["digest.malformed", HOLE], "a signed digest has no logFiles")
def _(w):
    _rewritten(w, lambda content: content[:content.index(b',"logFiles"')] + b"}")


@case("digest-unknown-field", 0, why="a signed digest has a field that nobody knows")
def _(w):
    _rewritten(w, lambda content: content[:-1] + b',"digestVersion":{"major":[2]}}')


@case("digest-data-after-json", 1, ["digest.malformed", HOLE], "a signed digest has data behind its JSON")
def _(w):
    _rewritten(w, lambda content: content + b"{}")


@case("digest-byte-order-mark", 1, ["digest.malformed", HOLE], "a signed digest begins with a byte order mark")
def _(w):
    _rewritten(w, lambda content: b"\xef\xbb\xbf" + content)


@case("digest-not-utf8", 1, ["digest.malformed", HOLE], "a signed digest is not UTF-8")
def _(w):
    _rewritten(w, lambda content: content[:-1] + b',"x":"\xff\xfe"}')


@case("digest-log-key-climbs", 2, ["log.unreadable", "digest.foreign-log"],
      "a signed digest lists a log whose key climbs out of the mirror: it is never opened")
def _(w):
    w.files["outside.json.gz"] = gzip(b'{"Records":[]}')

    def climbing(logs):
        entry = dict(logs[0].entry(), s3Object="AWSLogs/../../outside.json.gz")
        return {"logs": logs, "logFiles": [log.entry() for log in logs] + [entry]}
    w.honest(alter={14: climbing})


@case("names-with-control-characters", 2, ["digest.foreign-object", "log.foreign-object"],
      "planted names hold escape sequences, line ends, right-to-left marks and bytes that are no UTF-8")
def _(w):
    w.honest()
    bucket = w.site.bucket(ACME.bucket)
    for folder in (DIGESTS, LOGS):
        for name in ("\x1b[2J\x1b[31mverified.json.gz", "line\nend\r.json.gz", "\u202egnp.json.gz",
                     "\udcff\udcfe.json.gz", "tab\tbell\x07.json.gz", "\x7f\x9b31m.json.gz"):
            bucket[folder + name] = Object(gzip(b"{}"))


@case("names-with-dots", 2, ["digest.foreign-object", "log.foreign-object"], "planted names look like ways out")
def _(w):
    w.honest()
    bucket = w.site.bucket(ACME.bucket)
    for folder in (DIGESTS, LOGS):
        for name in ("..json.gz", "...", "..%2f..%2fetc%2fpasswd", "..\\..\\x.json.gz", "-rf.json.gz"):
            bucket[folder + name] = Object(gzip(b"{}"))


@case("names-very-long", 2, ["digest.foreign-object", "log.foreign-object"],
      "planted names of 255 bytes, deeply nested")
def _(w):
    w.honest()
    bucket = w.site.bucket(ACME.bucket)
    for folder in (DIGESTS, LOGS):
        bucket[folder + "a" * 255] = Object(gzip(b"{}"))
        bucket[folder + "/".join(["deep" * 20] * 12) + "/x.json.gz"] = Object(gzip(b"{}"))


@case("planted-fifo", 2, ["source.unreadable"], "a FIFO stands among the digest folders: it is not opened")
def _(w):
    w.honest()
    w.site.bucket(ACME.bucket)["AWSLogs/%s/CloudTrail-Digest/eu-west-1" % ACCOUNT] = Special("fifo")


@case("side-file-huge", 2, ["digest.signature-unavailable"], "the head's side file is 64 MB long",
      notices=["log.pending"])
def _(w):
    head = w.honest()[29]
    w.site.at(head).metadata = None
    w.site.bucket(ACME.bucket)[head.key + ".metadata.json"] = b" " * (64 * MEGABYTE)


@case("log-planted-bomb-unlisted", 2, ["log.unlisted"], "an unlisted log is a zip bomb: nobody has to open it")
def _(w):
    from ..moments import at
    w.honest()
    log = w.log(at("2026-07-01T12:42:00Z"))
    w.put(log)
    w.site.replace(log, bomb(64))
