"""Listed logs: changed, cut, padded, swapped, gone, out of reach."""
from ..bucket import Special, gzip
from ..registry import case
from ..world import ACCOUNT, Place
from ..moments import at


def _victim(w):
    """The first log of the hour that ends at 14:13:52Z."""
    return w.honest()[14].logs[0]


def _edit(w, change):
    log = _victim(w)
    w.site.replace(log, change(w.site.at(log).data))


@case("honest", 0, why="thirty hourly digests and 58 logs, untouched", acceptance="A00", strict=0,
      totals={"digests.verified": 30, "logs.listed": 58, "logs.verified": 58})
def _(w):
    w.honest()


@case("log-content-changed", 1, ["log.hash-mismatch"], "one log was rewritten with another user name", acceptance="L01")
def _(w):
    log = _victim(w)
    w.site.replace(log, gzip(log.content.replace(b'"userName":"', b'"userName":"x')))


@case("log-deleted", 1, ["log.missing"], "one listed log was deleted", acceptance="L02")
def _(w):
    w.site.drop(_victim(w))


@case("log-trailer-cut", 1, ["log.truncated"], "CRC-32 and length were cut off, the content is whole", acceptance="L03")
def _(w):
    _edit(w, lambda data: data[:-8])


@case("log-halved", 1, ["log.truncated"], "the second half of a log is gone", acceptance="L04")
def _(w):
    _edit(w, lambda data: data[:len(data) // 2])


@case("log-crc-flipped", 1, ["log.corrupt"], "one byte of a log's CRC-32 is wrong", acceptance="L05")
def _(w):
    _edit(w, lambda data: data[:-8] + bytes([data[-8] ^ 0xFF]) + data[-7:])


@case("log-length-wrong", 1, ["log.corrupt"], "a log's trailer states another length", acceptance="L06")
def _(w):
    _edit(w, lambda data: data[:-4] + bytes([data[-4] ^ 1]) + data[-3:])


@case("log-second-member", 1, ["log.trailing-data"], "a second gzip member with forged records was appended",
      acceptance="L07")
def _(w):
    _edit(w, lambda data: data + gzip(b'{"Records":[]}'))


@case("log-garbage-appended", 1, ["log.trailing-data"], "seven bytes of garbage were appended", acceptance="L08")
def _(w):
    _edit(w, lambda data: data + b"garbage")


@case("log-zeros-appended", 1, ["log.trailing-data"], "512 zero bytes were appended", acceptance="L09")
def _(w):
    _edit(w, lambda data: data + bytes(512))


@case("log-recompressed", 0, why="the same content with another compression: nothing signed covers the raw bytes",
      acceptance="L10")
def _(w):
    log = _victim(w)
    w.site.replace(log, gzip(log.content, 1))


@case("log-gzip-header-named", 0, why="a file name in the gzip header: the content is what was signed",
      acceptance="L11")
def _(w):
    _edit(w, lambda data: data[:3] + b"\x08" + data[4:10] + b"exfil.txt\x00" + data[10:])


@case("logs-swapped", 1, ["log.hash-mismatch"], "two logs of one digest changed places", acceptance="L12")
def _(w):
    one, two = w.honest()[14].logs
    first, second = w.site.at(one).data, w.site.at(two).data
    w.site.replace(one, second)
    w.site.replace(two, first)


@case("log-uncompressed", 1, ["log.not-gzip"], "a log was replaced by its own text", acceptance="L13")
def _(w):
    log = _victim(w)
    w.site.replace(log, log.content)


@case("log-empty", 1, ["log.not-gzip"], "a log was replaced by an object of no bytes", acceptance="L14")
def _(w):
    _edit(w, lambda data: b"")


@case("log-renamed", 1, ["log.missing", "log.unlisted"], "a log was moved to another name in its folder")
def _(w):
    log = _victim(w)
    bucket = w.site.bucket(log.bucket)
    bucket[log.key.replace(log.name[-24:-8], "A" * 16)] = bucket.pop(log.key)


@case("log-is-fifo", 2, ["log.unreadable"], "a log cannot be read: the mirror has a FIFO in its place",
      acceptance="L16")
def _(w):
    log = _victim(w)
    w.site.bucket(log.bucket)[log.key] = Special("fifo")


@case("log-is-escaping-link", 2, ["log.unreadable", "source.unreadable"],
      "a log cannot be read: its file is a link out of the mirror",
      acceptance="L17")
def _(w):
    log = _victim(w)
    w.files["outside.json.gz"] = w.site.at(log).data
    w.site.bucket(log.bucket)[log.key] = Special("link", "../" * 8 + "outside.json.gz")


@case("log-is-folder", 2, ["log.unreadable"], "a log cannot be read: the mirror has a folder in its place")
def _(w):
    log = _victim(w)
    w.site.bucket(log.bucket)[log.key] = Special("folder")


@case("log-inner-link", 0, why="a log is a link to a file inside the mirror, with the right content")
def _(w):
    log = _victim(w)
    bucket = w.site.bucket(log.bucket)
    bucket["store/a.gz"] = bucket[log.key]
    bucket[log.key] = Special("link", "../" * 7 + "store/a.gz")


@case("log-listed-twice", 0, ["digest.duplicate-log"], "a signed digest lists a log twice", acceptance="D42", strict=1,
      totals={"logs.listed": 58})
def _(w):
    w.honest(alter={14: lambda logs: {"logs": logs + logs[:1]}})


def _foreign_log(w, account, region):
    log = w.log(at("2026-07-01T13:40:00Z"), Place("acme-trail", account), region)
    w.honest(alter={14: lambda logs: {"logs": logs + [log]}})


@case("log-of-other-account", 2, ["digest.foreign-log", "log.no-chain"], "a signed digest lists a log of another account",
      acceptance="D43", strict=1)
def _(w):
    _foreign_log(w, "444455556666", "us-east-1")


@case("log-of-other-region", 2, ["digest.foreign-log", "log.no-chain"], "a signed digest lists a log of another region", strict=1)
def _(w):
    _foreign_log(w, ACCOUNT, "eu-west-1")


@case("log-name-unusual", 0, why="a signed digest lists a log whose name is not of the usual form: it is listed all the same")
def _(w):
    log = w.log(at("2026-07-01T13:40:00Z"))
    log.key = log.key.replace("_20260701T1340Z_", "_20260701T1340Z")
    w.honest(alter={14: lambda logs: {"logs": logs + [log]}})
    w.put(log)


@case("log-unknown-algorithm", 2, ["log.algorithm"], "a signed digest gives a log's hash in an unknown algorithm")
def _(w):
    log = w.log(at("2026-07-01T13:40:00Z"))
    entry = dict(log.entry(), hashAlgorithm="SHA-512", hashValue="0" * 128)
    w.honest(alter={14: lambda logs: {"logs": logs, "logFiles": [x.entry() for x in logs] + [entry]}})
    w.put(log)


@case("log-in-other-bucket", 2, ["log.source-missing"], "a signed digest lists a log in a bucket that is no source")
def _(w):
    log = w.log(at("2026-07-01T13:40:00Z"), Place("acme-elsewhere", ACCOUNT))
    w.honest(alter={14: lambda logs: {"logs": logs + [log]}})


@case("log-two-faults", 1, ["log.missing", "log.hash-mismatch"],
      "one log is gone and another was changed: both are told")
def _(w):
    digests = w.honest()
    w.site.drop(digests[3].logs[1])
    w.site.replace(digests[20].logs[0], gzip(b'{"Records":[]}'))
