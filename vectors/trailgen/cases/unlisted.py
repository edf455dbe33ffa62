"""Log files that no digest lists."""
from ..bucket import Object, gzip
from ..moments import MINUTE, at
from ..registry import case
from ..world import ACCOUNT, ACME, Place, end_of


@case("log-unlisted", 2, ["log.unlisted"],
      "a well-formed log was planted in the log folder", acceptance="L15", strict=1)
def _(w):
    w.honest()
    w.put(w.log(at("2026-07-01T12:42:00Z")))


@case("logs-pending", 0, why="logs younger than the head wait for the next digest", notices=["log.pending"])
def _(w):
    w.honest()
    w.put(w.log(at("2026-07-02T05:18:00Z")), w.log(at("2026-07-02T05:27:00Z")))


@case("log-just-before-head", 0, why="a log a few minutes older than the head may belong to the next digest",
      notices=["log.pending"])
def _(w):
    w.honest()
    w.put(w.log(end_of(29) - 8 * MINUTE))


@case("head-behind-logs", 2, ["chain.head-behind-logs"], "logs go on for hours behind the newest digest",
      notices=["chain.head-not-judged"])
def _(w):
    w.honest()
    w.put(*(w.log(at("2026-07-02T%02d:42:00Z" % hour)) for hour in (8, 9, 10)))
    w.until = w.now = None


@case("head-behind-logs-with-until", 2, ["chain.head-stale", "chain.head-behind-logs"],
      "logs go on behind the newest digest, and the head is stale")
def _(w):
    w.honest()
    w.put(*(w.log(at("2026-07-02T%02d:42:00Z" % hour)) for hour in (8, 9, 10)))
    w.until = w.now = "2026-07-02T12:00:00Z"


@case("log-before-start", 0, why="logs are older than the starting digest: validation was not on yet",
      notices=["log.before-start"])
def _(w):
    w.honest()
    w.put(w.log(at("2026-06-30T20:12:00Z")))
    w.since = None


@case("log-before-chain", 2, ["chain.start-missing", "log.before-chain"],
      "logs are older than the oldest digest, which is no starting digest")
def _(w):
    w.delete(w.honest(), [0])
    w.put(w.log(at("2026-06-30T20:12:00Z")))
    w.since = None


@case("logs-without-chain", 2, ["log.no-chain"], "logs of a region for which there is no digest")
def _(w):
    w.honest()
    w.put(w.log(at("2026-07-01T12:42:00Z"), region="eu-west-1"))


@case("log-unlisted-two-trails", 0, why="two trails share a log folder: a log that either lists is listed")
def _(w):
    w.honest()
    w.honest(chain=w.chain(trail="data"))


@case("log-unlisted-two-trails-filtered", 0,
      why="only one of two trails is verified; the other's logs are no strangers",
      notices=["filter.left-out"])
def _(w):
    w.honest()
    w.honest(chain=w.chain(trail="data"))
    w.options = ["--trail", "data"]


@case("log-foreign-object", 2, ["log.foreign-object"], "an object in a log folder has a name of its own", strict=1)
def _(w):
    w.honest()
    notes = "AWSLogs/%s/CloudTrail/us-east-1/2026/07/01/notes.json.gz" % ACCOUNT
    w.site.bucket(ACME.bucket)[notes] = Object(gzip(b"{}"))


@case("log-foreign-names", 2, ["log.foreign-object"],
      "almost logs: another day's folder, a short name, another account")
def _(w):
    w.honest()
    folder = "AWSLogs/%s/CloudTrail/us-east-1/2026/07/01/" % ACCOUNT
    for name in ("%s_CloudTrail_us-east-1_20260703T1240Z_AAAAAAAAAAAAAAAA.json.gz" % ACCOUNT,
                 "%s_CloudTrail_us-east-1_20260701T1240Z_AAAA.json.gz" % ACCOUNT,
                 "444455556666_CloudTrail_us-east-1_20260701T1240Z_AAAAAAAAAAAAAAAA.json.gz"):
        w.site.bucket(ACME.bucket)[folder + name] = Object(gzip(b'{"Records":[]}'))


@case("kinds-not-covered", 0, why="Insights and network activity files that no digest lists",
      notices=["log.kind-not-covered"])
def _(w):
    w.honest()
    for kind in ("CloudTrail-Insight", "CloudTrail-NetworkActivity", "CloudTrail-Aggregated"):
        w.put(w.log(at("2026-07-01T12:42:00Z"), kind=kind))


def _insights(w):
    insight = w.log(at("2026-07-01T13:42:00Z"), kind="CloudTrail-Insight")
    w.honest(alter={14: lambda logs: {"logs": logs + [insight]}})
    return insight


@case("kind-covered", 0, why="a digest lists an Insights file")
def _(w):
    _insights(w)


@case("kind-covered-changed", 1, ["log.hash-mismatch"], "a digest lists an Insights file, which was changed")
def _(w):
    w.site.replace(_insights(w), gzip(b'{"Records":[]}'))


@case("kind-covered-unlisted", 2, ["log.unlisted"],
      "a digest lists an Insights file, so another one that none lists is a stranger", strict=1)
def _(w):
    _insights(w)
    w.put(w.log(at("2026-07-01T18:42:00Z"), kind="CloudTrail-Insight"))


@case("log-unlisted-outside-window", 0, why="an unlisted log lies outside the window")
def _(w):
    w.honest()
    w.put(w.log(at("2026-07-01T04:42:00Z")))
    w.since = "2026-07-01T12:00:00Z"


@case("log-unlisted-other-root", 2, ["log.no-chain"], "a log folder below another prefix belongs to no chain")
def _(w):
    w.honest()
    w.put(w.log(at("2026-07-01T12:42:00Z"), Place(ACME.bucket, "444455556666", "copy")))
