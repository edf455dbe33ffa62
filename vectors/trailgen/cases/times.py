"""Windows and freshness."""
from ..registry import case


@case("window-offset", 1, ["digest.missing", "log.in-gap"],
      "--since has an offset, which is honoured", acceptance="U01")
def _(w):
    w.delete(w.honest(), [5])
    w.since = "2026-07-01T12:00:00+12:00"


@case("window-inside-one-hour", 0, why="the window lies inside one digest's hour", acceptance="U07",
      totals={"digests.verified": 1, "logs.verified": 2})
def _(w):
    w.honest()
    w.since, w.until, w.now = "2026-07-01T10:30:00Z", "2026-07-01T11:00:00Z", None


@case("window-bare-dates", 0, why="a bare date is its midnight in UTC, for both ends")
def _(w):
    w.honest()
    w.since, w.until = "2026-07-01", "2026-07-02"


@case("window-span", 0, why="a span counts back from the end: the deleted digest lies before it")
def _(w):
    w.delete(w.honest(), [2], with_logs=True)
    w.since = "24h"


@case("window-span-days", 2, ["chain.begins-late"], "a span of days reaches back beyond the chain's start")
def _(w):
    w.honest()
    w.since = "7d"


@case("window-span-covers-damage", 1, ["digest.missing"],
      "a span counts back from the end: the deleted digest lies in it")
def _(w):
    w.delete(w.honest(), [8], with_logs=True)
    w.since = "24h"


@case("window-begins-before-chain", 2, ["chain.begins-late"], "the window begins before the starting digest's hour")
def _(w):
    w.honest()
    w.since = "2026-06-30T00:00:00Z"


@case("window-before-chain", 2, ["chain.window-uncovered"], "the whole window lies before the chain")
def _(w):
    w.honest()
    w.since, w.until = "2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z"


@case("window-after-chain", 2, ["chain.window-uncovered", "chain.head-stale"], "the whole window lies behind the chain")
def _(w):
    w.honest()
    w.since, w.until, w.now = "2026-07-03T00:00:00Z", "2026-07-04T00:00:00Z", "2026-07-04T00:00:00Z"


@case("window-open", 0, why="without a window and a clock the head is not judged", notices=["chain.head-not-judged"])
def _(w):
    w.honest()
    w.since = w.until = w.now = None


@case("window-damage-outside", 0, why="a log outside the window was changed")
def _(w):
    digests = w.honest()
    w.site.replace(digests[3].logs[0], b"\x1f\x8b")
    w.since = "2026-07-01T12:00:00Z"


@case("window-reversed", 3, why="the window ends before it begins")
def _(w):
    w.honest()
    w.since, w.until = "2026-07-02T00:00:00Z", "2026-07-01T00:00:00Z"


@case("window-not-a-time", 3, why="--since is no time")
def _(w):
    w.honest()
    w.since = "yesterday"


@case("head-stops-early", 2, ["chain.head-stale"], "digests stop eighteen hours before the window's end",
      acceptance="D55")
def _(w):
    w.honest(range(12))


@case("head-stale-by-now", 2, ["chain.head-stale"], "without --until the head is judged by --now")
def _(w):
    w.honest()
    w.until, w.now = None, "2026-07-02T12:00:00Z"


@case("head-age-allowed", 0, why="--max-head-age allows for a head that is three hours old")
def _(w):
    w.honest()
    w.until, w.now = None, "2026-07-02T08:00:00Z"
    w.options = ["--max-head-age", "4h"]


@case("head-age-default", 2, ["chain.head-stale"], "a head that is nearly three hours old is stale")
def _(w):
    w.honest()
    w.until, w.now = None, "2026-07-02T08:00:00Z"


@case("head-past-until", 0, why="--until lies far in the past, and the mirror reaches beyond it")
def _(w):
    w.honest()
    w.until, w.now = "2026-07-01T12:00:00Z", "2026-07-02T05:30:00Z"


@case("head-until-without-now", 2, ["chain.head-stale"],
      "--until alone judges the head: the clock only makes it milder")
def _(w):
    w.honest(range(12))
    w.now = None


@case("window-begins-at-head", 2, ["chain.window-uncovered"],
      "the newest digest ends in the second in which the window begins: it is in the window and proves nothing of it")
def _(w):
    w.honest(range(11))
    w.since, w.until, w.now = "2026-07-01T10:13:52Z", "2026-07-01T11:00:00Z", "2026-07-01T11:00:00Z"
