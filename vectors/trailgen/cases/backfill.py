"""Backfill digests: delivered later for logs that the hour's own digest did not list."""
from ..bucket import gzip
from ..moments import HOUR, MINUTE
from ..registry import case
from ..world import end_of


def _backfill(w, chain, hour, previous=None, **how):
    """A backfill digest for an hour, made three hours later, with one log."""
    log = w.log(end_of(hour) - 25 * MINUTE, salt="late")
    digest = chain.digest(end_of(hour), [log], previous=previous, generated=end_of(hour) + 3 * HOUR, **how)
    w.put(digest, log)
    return digest


def _honest(w, *hours):
    chain = w.chain()
    digests = w.honest(chain=chain)
    return chain, digests, [_backfill(w, chain, hour) for hour in hours]


@case("backfill", 0, why="a backfill digest for the tenth hour lists one more log", acceptance="B01",
      totals={"digests.verified": 31, "digests.backfill_verified": 1, "logs.verified": 59})
def _(w):
    _honest(w, 10)


@case("backfill-and-tampered-log", 1, ["log.hash-mismatch"], "a backfill digest at hour 22 and a changed log later",
      acceptance="B02")
def _(w):
    _, digests, _ = _honest(w, 22)
    w.site.replace(digests[25].logs[0], gzip(b'{"Records":[]}'))


@case("backfill-log-tampered", 1, ["log.hash-mismatch"], "a log that only a backfill digest lists was changed")
def _(w):
    _, _, (backfill,) = _honest(w, 10)
    w.site.replace(backfill.logs[0], gzip(b'{"Records":[]}'))


@case("backfill-deleted-with-log", 0,
      why="the only backfill digest was deleted with its log: the bucket cannot show it",
      acceptance="B03")
def _(w):
    _, _, (backfill,) = _honest(w, 10)
    w.site.drop(backfill, *backfill.logs)


@case("backfill-deleted", 2, ["log.unlisted"],
      "the only backfill digest was deleted, its log was left", acceptance="B04")
def _(w):
    _, _, (backfill,) = _honest(w, 10)
    w.site.drop(backfill)


def _timestamp(w, value):
    _, _, (backfill,) = _honest(w, 10)
    if value is None:
        del w.metadata(backfill)["backfill-generation-timestamp"]
    else:
        w.metadata(backfill)["backfill-generation-timestamp"] = value


@case("backfill-time-forged", 0, why="the generation time was changed to another possible one: metadata are not signed",
      acceptance="B05")
def _(w):
    _timestamp(w, "2026-07-01T20:00:00Z")


@case("backfill-time-impossible", 0, ["digest.backfill-timestamp"], "the generation time lies before the digest's end",
      acceptance="B06", strict=1)
def _(w):
    _timestamp(w, "2026-06-01T00:00:00Z")


@case("backfill-time-missing", 0, ["digest.backfill-timestamp"], "the generation time was stripped", strict=1)
def _(w):
    _timestamp(w, None)


@case("backfill-time-garbage", 0, ["digest.backfill-timestamp"], "the generation time is no time", strict=1)
def _(w):
    _timestamp(w, "soon")


@case("backfill-copied-over-standard", 1, ["digest.moved", "log.in-gap"],
      "a backfill digest was copied over the standard digest of its hour", acceptance="B07")
def _(w):
    _, digests, (backfill,) = _honest(w, 10)
    w.site.bucket("acme-trail")[digests[10].key] = backfill.object()


@case("backfills-unlinked", 0, why="three backfill digests without previous pointers: no gap between them",
      acceptance="B08")
def _(w):
    _honest(w, 8, 12, 20)


@case("backfills-linked", 0, why="three backfill digests that name each other")
def _(w):
    chain, _, (first,) = _honest(w, 8)
    second = _backfill(w, chain, 12, first)
    _backfill(w, chain, 20, second)


@case("backfills-linked-one-deleted", 1, ["digest.missing"],
      "of three backfill digests that name each other the middle one was deleted with its log")
def _(w):
    chain, _, (first,) = _honest(w, 8)
    second = _backfill(w, chain, 12, first)
    _backfill(w, chain, 20, second)
    w.site.drop(second, *second.logs)


@case("backfills-linked-window", 0, why="the window holds the last of three backfill digests that name each other")
def _(w):
    chain, _, (first,) = _honest(w, 8)
    second = _backfill(w, chain, 12, first)
    _backfill(w, chain, 20, second)
    w.since = "2026-07-01T19:30:00Z"


@case("backfill-signature-invalid", 1, ["digest.signature-invalid", "log.unlisted"], "a backfill digest was edited")
def _(w):
    _, _, (backfill,) = _honest(w, 10)
    w.site.replace(backfill, gzip(backfill.content.replace(b'"SHA-256"', b'"SHA-512"')))


@case("backfill-metadata-stripped", 2, ["digest.signature-unavailable", "log.unlisted"],
      "a backfill digest lost its metadata, and no other names it")
def _(w):
    _, _, (backfill,) = _honest(w, 10)
    w.site.at(backfill).metadata = None
