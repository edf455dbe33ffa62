"""Chains: digests deleted, restarts, gaps, forks, loops, overlaps, links that do not hold."""
from .. import keys
from ..bucket import gzip
from ..moments import HOUR, MINUTE, at, iso
from ..registry import case
from ..world import end_of

RESTART = at("2026-07-01T17:34:52Z")  # end of the second segment's starting digest


@case("digest-deleted-middle", 1, ["digest.missing", "log.in-gap"], "one digest was deleted, its logs were left",
      acceptance="D01", totals={"digests.missing": 1})
def _(w):
    w.delete(w.honest(), [14])


@case("digest-deleted-middle-with-logs", 1, ["digest.missing"], "one digest was deleted with its logs")
def _(w):
    w.delete(w.honest(), [14], with_logs=True)


@case("digests-deleted-two", 1, ["digest.missing", "log.in-gap"], "two consecutive digests were deleted",
      acceptance="D02", totals={"digests.missing": 2})
def _(w):
    w.delete(w.honest(), [14, 15])


@case("digests-deleted-ten", 1, ["digest.missing"], "ten consecutive digests were deleted with their logs",
      acceptance="D03", totals={"digests.missing": 10, "digests.verified": 20})
def _(w):
    w.delete(w.honest(), range(10, 20), with_logs=True)


@case("digests-deleted-two-places", 1, ["digest.missing"], "digests were deleted in two places of one chain")
def _(w):
    w.delete(w.honest(), [5, 20, 21], with_logs=True)


@case("head-deleted", 2, ["chain.head-stale"], "the newest digest was deleted", acceptance="D04")
def _(w):
    w.delete(w.honest(), [29], with_logs=True)
    w.now = "2026-07-02T08:00:00Z"


@case("head-deleted-too-early-to-tell", 0,
      why="the newest digest is not there, but at that time it could not have been: its logs are pending",
      notices=["log.pending"])
def _(w):
    w.delete(w.honest(), [29])


@case("head-rolled-back", 2, ["chain.head-stale"], "the ten newest digests were deleted with their logs",
      acceptance="D05")
def _(w):
    w.delete(w.honest(), range(20, 30), with_logs=True)


@case("head-rolled-back-logs-left", 2, ["chain.head-stale", "chain.head-behind-logs"],
      "the ten newest digests were deleted, their logs were left", notices=["log.pending"])
def _(w):
    w.delete(w.honest(), range(20, 30))


@case("digests-deleted-all", 2, ["source.no-digests", "log.no-chain"], "all digests were deleted, the logs left",
      acceptance="D06")
def _(w):
    w.delete(w.honest(), range(30))


@case("bucket-emptied", 2, ["source.no-digests"], "the bucket is empty", acceptance="D07")
def _(w):
    pass


@case("digests-deleted-oldest", 2, ["chain.start-missing", "log.before-chain"],
      "the five oldest digests were deleted, the window begins before them", acceptance="D08")
def _(w):
    w.delete(w.honest(), range(5))


@case("digests-deleted-oldest-with-logs", 2, ["chain.start-missing"],
      "the five oldest digests were deleted with their logs")
def _(w):
    w.delete(w.honest(), range(5), with_logs=True)


@case("start-deleted-outside-window", 0,
      why="the oldest digests are gone, but the window begins three hours after their end")
def _(w):
    w.delete(w.honest(), range(5), with_logs=True)
    w.since = "2026-07-01T07:30:00Z"


@case("digests-deleted-all-but-two", 2, ["chain.head-stale"], "only the two oldest digests are left", acceptance="D09")
def _(w):
    w.delete(w.honest(), range(2, 30), with_logs=True)


@case("deleted-at-window-start", 1, ["digest.missing"], "the window starts exactly at the end of a deleted digest",
      acceptance="D10")
def _(w):
    w.delete(w.honest(), [10], with_logs=True)
    w.since = iso(end_of(10))


@case("deleted-before-window-start", 0, why="the deleted digest's hour ends one second before the window")
def _(w):
    w.delete(w.honest(), [10], with_logs=True)
    w.since = iso(end_of(10) + 1)


@case("window-hour-deleted", 2, ["chain.window-uncovered"],
      "the window lies inside one hour, and that hour's digest was deleted", acceptance="D11")
def _(w):
    w.delete(w.honest(), [11], with_logs=True)
    w.since, w.until, w.now = "2026-07-01T10:30:00Z", "2026-07-01T11:00:00Z", None


@case("digest-other-signed-version", 1, ["chain.link-mismatch"],
      "another genuinely signed digest, with fewer logs, lies under the same key", acceptance="D27")
def _(w):
    chain = w.chain()
    w.honest(range(14), chain)
    logs = w.logs_of(chain, end_of(14))
    shorter = chain.digest(end_of(14), logs[:1])
    w.honest(range(14, 30), chain)
    w.put(shorter)
    w.site.drop(logs[1])


@case("link-hash-only", 1, ["chain.link-mismatch"], "a signed link has the right signature and a wrong hash")
def _(w):
    w.honest(alter={15: {"previousDigestHashValue": "ab" * 32}})


@case("link-signature-only", 1, ["chain.link-mismatch"], "a signed link has the right hash and a wrong signature")
def _(w):
    w.honest(alter={15: {"previousDigestSignature": "ab" * 256}})


def _restart(w, old=15, lost=0, first_end=RESTART, hours=12):
    """D0 to D14, then a new segment; of the old one the newest `lost` digests are deleted with their logs."""
    digests = w.honest(range(old))
    w.delete(digests, range(old - lost, old), with_logs=True)
    w.honest(range(hours), first_end=first_end)


@case("restart", 2, ["chain.restart"], "logging was stopped and started: the hours between are open", acceptance="D28")
def _(w):
    _restart(w)


@case("restart-and-deletion", 2, ["chain.restart"], "as restart, and the old segment's last eight digests are deleted",
      acceptance="D29")
def _(w):
    _restart(w, lost=8)


@case("restart-old-segment-deleted", 2, ["chain.begins-late"], "as restart, and the whole old segment is deleted",
      acceptance="D30")
def _(w):
    _restart(w, lost=15)


@case("restart-logs-in-gap", 2, ["chain.restart", "log.in-gap"], "as restart, and a log lies in the hours between")
def _(w):
    _restart(w)
    w.put(w.log(at("2026-07-01T15:42:00Z")))


@case("restart-overlapping", 2, ["chain.restart"],
      "the trail was made anew: the starting digest's hour overlaps the old segment", acceptance="D56")
def _(w):
    _restart(w, first_end=at("2026-07-01T14:44:52Z"), hours=14 + 1)


@case("restart-at-once", 2, ["chain.restart"],
      "a starting digest stands in the middle without any hole beside its hour")
def _(w):
    chain = w.chain()
    w.honest(range(15), chain)
    chain.last = None
    w.honest(range(15, 30), chain)


@case("restart-before-window", 0, why="a restart that ended before the window: nothing of it is judged")
def _(w):
    _restart(w)
    w.since = "2026-07-01T19:00:00Z"


@case("gap-between-linked", 2, ["chain.gap"], "a signed link leads over twenty minutes that no digest covers")
def _(w):
    w.honest(alter={15: {"start": end_of(14) + 20 * MINUTE}})


@case("overlap-between-linked", 0, why="two linked digests overlap by ten minutes", notices=["chain.overlap"])
def _(w):
    w.honest(alter={15: {"start": end_of(14) - 10 * MINUTE}})


@case("fork", 1, ["chain.fork"], "two signed digests name the same predecessor")
def _(w):
    chain = w.chain()
    digests = w.honest(chain=chain)
    w.put(chain.digest(end_of(14) + 30 * MINUTE, previous=digests[13], start=end_of(13)))


@case("loop", 1, ["chain.loop"], "a signed digest names the newest one as its predecessor", acceptance="D58")
def _(w):
    chain = w.chain()
    w.honest(range(5), chain)
    ahead = {"previousDigestS3Object": chain.key_of(end_of(29))}
    w.honest(range(5, 30), chain, {5: ahead})


@case("loop-midway", 1, ["chain.loop"],
      "a signed digest names a younger one as its predecessor, which another names as well")
def _(w):
    chain = w.chain()
    w.honest(range(5), chain)
    w.honest(range(5, 30), chain, {5: {"previousDigestS3Object": chain.key_of(end_of(20))}})


@case("loop-to-itself", 1, ["chain.loop"],
      "a signed digest names itself as its predecessor, and its successor names it too")
def _(w):
    chain = w.chain()
    w.honest(range(5), chain)
    w.honest(range(5, 30), chain, {5: {"previousDigestS3Object": chain.key_of(end_of(5))}})


@case("invalid-hides-deletion", 1, ["digest.signature-invalid", "chain.gap"],
      "behind an edited digest two more are deleted: no signed link names them, their hours are open", acceptance="D50")
def _(w):
    digests = w.honest()
    w.delete(digests, [12, 13], with_logs=True)
    w.site.drop(*digests[14].logs)
    w.site.replace(digests[14], gzip(digests[14].content.replace(b'"SHA-256"', b'"SHA-512"')))


@case("start-forged-null", 1, ["digest.malformed", "log.in-gap"],
      "a signed digest has some of the five previous fields null and others not")
def _(w):
    w.honest(alter={14: {"previousDigestHashValue": None}})


@case("all-digests-invalid", 1, ["digest.signature-invalid", "log.no-chain"],
      "every digest was signed by an attacker who names CloudTrail's key")
def _(w):
    from .. import keys
    w.honest(chain=w.chain(key=keys.attacker()),
             alter={hour: {"digestPublicKeyFingerprint": keys.home().fingerprint} for hour in range(30)})


@case("restart-after-unproven", 2, ["chain.restart"],
      "the key of the segment before a restart was not given, and the window begins in the hour of the restart")
def _(w):
    chain = w.chain(key=keys.earlier())
    w.honest(range(5), chain)
    chain.last, chain.key = None, keys.home()
    w.honest(range(12, 30), chain)
    w.since = iso(end_of(12) - HOUR + MINUTE)
