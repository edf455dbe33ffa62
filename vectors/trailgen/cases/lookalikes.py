"""Objects and trails that pass for the trail: planted names, look-alike trails, foreign accounts."""
from .. import keys
from ..bucket import Object, gzip
from ..registry import case
from ..world import ACCOUNT, STRANGER, Place

FOLDER = "AWSLogs/%s/CloudTrail-Digest/us-east-1/" % ACCOUNT
NAME = "%s_CloudTrail-Digest_us-east-1_mgmt_us-east-1_" % ACCOUNT


def _plant(w, key, data=b"planted"):
    w.site.bucket("acme-trail")[key] = Object(data, {"signature": "00"})


@case("planted-name-stops-listing", 1, ["digest.foreign-object", "digest.missing"],
      "an object whose date part sorts behind every date was planted, eight digests deleted", acceptance="D31")
def _(w):
    w.delete(w.honest(), range(10, 18), with_logs=True)
    _plant(w, FOLDER + "2026/07/01/" + NAME + "zzzzzzzzzzzzzzzz.json.gz")


@case("planted-date-stops-listing", 1, ["digest.foreign-object", "digest.missing"],
      "a name that sorts before the second day's digests and ends in a late date was planted, three of them deleted",
      acceptance="D32")
def _(w):
    w.delete(w.honest(), range(25, 28), with_logs=True)
    _plant(w, FOLDER + "2026/07/02/" + NAME + "0_20991231T235959Z.json.gz")


@case("planted-far-future", 1, ["digest.missing", "digest.not-gzip"],
      "an object with a well-formed date of 2099 was planted in the first day, three digests of the second deleted",
      acceptance="D33")
def _(w):
    w.delete(w.honest(), range(25, 28), with_logs=True)
    _plant(w, FOLDER + "2026/07/01/" + NAME + "20991231T235959Z.json.gz")


@case("planted-far-future-head-stale", 2, ["chain.head-stale"],
      "the ten newest digests were deleted; a planted object with a date of 2099 does not make the head fresh")
def _(w):
    w.delete(w.honest(), range(20, 30), with_logs=True)
    _plant(w, FOLDER + "2099/12/31/" + NAME + "20991231T235959Z.json.gz")


@case("planted-far-future-window-open", 1, ["digest.not-gzip"],
      "a planted object with a date of 2099 lies in a window without end", notices=["chain.head-not-judged"])
def _(w):
    w.honest()
    _plant(w, FOLDER + "2099/12/31/" + NAME + "20991231T235959Z.json.gz")
    w.until = w.now = None


@case("planted-unparsable-date", 0, ["digest.foreign-object"],
      "a planted name holds no date where one belongs", acceptance="D34",
      strict=1)
def _(w):
    w.honest()
    _plant(w, FOLDER + "2026/07/01/" + NAME + "20260701T9xx999Z.json.gz")


@case("planted-many", 0, ["digest.foreign-object"], "five hundred junk objects in the digest folder hide nothing")
def _(w):
    w.honest()
    for number in range(500):
        _plant(w, "%s2026/07/01/junk-%04d.json.gz" % (FOLDER, number))


@case("lookalike-trail-head-deleted", 2, ["chain.head-stale"],
      "beside a trail of a similar name the twenty newest digests of 'mgmt' were deleted", acceptance="D36")
def _(w):
    w.delete(w.honest(), range(10, 30), with_logs=True)
    w.honest(chain=w.chain(trail="mgmt_us-east-1_x"))


@case("lookalike-trail-healthy", 0, why="two trails with similar names share bucket and log folder", acceptance="D37",
      notices=["filter.left-out"])
def _(w):
    w.honest()
    w.honest(chain=w.chain(trail="mgmt_us-east-1_x"))
    w.options = ["--trail", "mgmt"]


@case("lookalike-trail-only", 2, ["filter.no-match"],
      "all digests of 'mgmt' were deleted; those of a trail with a similar name do not pass for them",
      acceptance="D38",
      notices=["filter.left-out"])
def _(w):
    w.honest(range(-1, 30), chain=w.chain(trail="mgmt_us-east-1_x"))
    w.options = ["--trail", "mgmt"]


@case("foreign-account-tree", 1, ["digest.foreign-tree", "chain.head-stale"],
      "another account's trail delivers below the victim's digest folder; 27 of the victim's digests were deleted",
      acceptance="D39")
def _(w):
    w.delete(w.honest(), range(3, 30), with_logs=True)
    place = Place("acme-trail", STRANGER, FOLDER + "2026/07/02/" + NAME)
    w.honest(chain=w.chain(place))


@case("foreign-account-beside", 0, why="another account delivers to the same bucket in its own folder: no harm")
def _(w):
    w.honest()
    w.honest(chain=w.chain(Place("acme-trail", STRANGER)))


@case("foreign-account-forged", 1, ["digest.signature-invalid", "log.no-chain"],
      "a forged trail of another account lies in the bucket", acceptance="D40")
def _(w):
    w.honest()
    forged = w.chain(Place("acme-trail", STRANGER), key=keys.attacker())
    w.honest(range(2), forged, {hour: {"digestPublicKeyFingerprint": keys.home().fingerprint} for hour in range(2)})


@case("lookalike-digest-folder", 0,
      why="a digest of the trail was also copied to a prefix outside of every digest folder: it is a moved copy there",
      notices=[])
def _(w):
    digest = w.honest()[14]
    w.site.bucket("acme-trail")["backup/" + digest.key.rsplit("/", 1)[1]] = digest.object()


@case("digest-copied-to-prefix", 1, ["digest.moved"],
      "a digest was copied to another prefix, where it would start a chain of its own")
def _(w):
    digest = w.honest()[14]
    w.site.bucket("acme-trail")["evil/" + digest.key] = digest.object()


@case("planted-empty-digest-name", 0, ["digest.foreign-object"],
      "objects that are almost digests: wrong region, account,"
      " suffix, letter case")
def _(w):
    w.honest()
    folder = FOLDER + "2026/07/01/"
    for name in (NAME + "20260701T061352Z.json", NAME.replace("us-east-1", "us-west-2", 1) + "20260701T061352Z.json.gz",
                 NAME.replace(ACCOUNT, STRANGER) + "20260701T061352Z.json.gz", NAME + "20260701T061352Z.JSON.GZ",
                 NAME.upper() + "20260701T061352Z.json.gz", NAME + "20260701T061352Z_backfill2.json.gz"):
        _plant(w, folder + name, gzip(b"{}"))
