"""Buckets, prefixes, organizations, regions, and mirrors with and without S3 metadata."""
from .. import keys
from ..bucket import Special, gzip
from ..registry import case
from ..world import ACCOUNT, ACME, Place

ORG = "o-exampleorgid1"
OTHER = Place("acme-trail-b", ACCOUNT)


def _moving(w, away=OTHER, hours=range(10, 20)):
    """The trail delivers to `away` for ten hours and then to its own place again."""
    chain = w.chain()
    digests = {}
    for hour in range(30):
        chain.place = away if hour in hours else ACME
        digests.update(w.honest([hour], chain))
    if away.bucket != ACME.bucket:
        w.folders[away.bucket] = "bucket-b"
    return digests


@case("bucket-changed-and-back", 0, why="the trail moved to another bucket and back, both are given",
      notices=["chain.destination-changed"], acceptance="D44")
def _(w):
    _moving(w)


@case("bucket-changed-unnamed", 0, why="as before, and each folder takes the bucket that its digests name",
      notices=["chain.destination-changed"])
def _(w):
    _moving(w)
    w.sources = ["bucket", "bucket-b"]


@case("bucket-changed-other-missing", 2, ["chain.source-missing"],
      "the trail moved to another bucket and back, and that bucket is not given", acceptance="D45")
def _(w):
    _moving(w)
    w.sources = ["acme-trail=bucket"]


@case("bucket-changed-and-deletion", 1, ["digest.missing"],
      "beyond a change of bucket and back a digest was deleted in the first bucket",
      notices=["chain.destination-changed"], acceptance="D46")
def _(w):
    w.delete(_moving(w), [5], with_logs=True)


@case("bucket-changed-other-unreadable", 2, ["digest.unreadable", "source.unreadable"],
      "the trail moved to another bucket and back, and that bucket cannot be read", acceptance="D47")
def _(w):
    _moving(w)
    w.site.buckets[OTHER.bucket] = {"AWSLogs": Special("link", "../elsewhere")}
    w.files["elsewhere/README"] = b"outside of the mirror\n"


@case("prefix-changed", 0, why="the trail's prefix changed midway and back", notices=["chain.destination-changed"],
      acceptance="D48")
def _(w):
    _moving(w, Place(ACME.bucket, ACCOUNT, "audit/2026"))


@case("prefix-changed-and-deletion", 1, ["digest.missing"],
      "beyond a change of prefix and back a digest was deleted under the first prefix",
      notices=["chain.destination-changed"], acceptance="D49")
def _(w):
    w.delete(_moving(w, Place(ACME.bucket, ACCOUNT, "audit/2026")), [5], with_logs=True)


@case("prefix", 0, why="the trail delivers below a prefix: it is found without being told", acceptance="U04")
def _(w):
    w.honest(chain=w.chain(Place(ACME.bucket, ACCOUNT, "audit")))


@case("prefix-with-awslogs", 0, why="the prefix itself holds the words AWSLogs and an account")
def _(w):
    w.honest(chain=w.chain(Place(ACME.bucket, ACCOUNT, "o-fxozgwu6rc/AWSLogs/444455556666")))


def _org(w, tampered):
    for account in (ACCOUNT, "444455556666"):
        digests = w.honest(chain=w.chain(Place(ACME.bucket, account, org=ORG), "org-audit"))
    if tampered:
        log = digests[14].logs[0]
        w.site.replace(log, gzip(log.content.replace(b"ada", b"eve").replace(b"tony", b"eve") + b" "))


@case("organization", 0, why="an organization trail with two accounts")
def _(w):
    _org(w, False)


@case("organization-log-tampered", 1, ["log.hash-mismatch"],
      "an organization trail with one changed log: the layout is found without being told", acceptance="U02 U03")
def _(w):
    _org(w, True)


@case("organization-with-prefix", 0, why="an organization trail below a prefix")
def _(w):
    w.honest(chain=w.chain(Place(ACME.bucket, ACCOUNT, "landing-zone", ORG), "org-audit"))
    w.options = ["--org", ORG]


def _regions(w):
    w.keys.append(keys.ireland())
    w.honest()
    return w.honest(chain=w.chain(region="eu-west-1", key=keys.ireland()))


@case("regions-two", 0, why="a trail of two regions: two chains, each with its own keys")
def _(w):
    _regions(w)


@case("regions-two-other-damaged", 1, ["digest.missing"],
      "six digests of eu-west-1 were deleted: all regions are verified",
      acceptance="U06")
def _(w):
    w.delete(_regions(w), range(8, 14), with_logs=True)


@case("regions-two-filtered", 0, why="the damage is in eu-west-1, and only us-east-1 was asked for",
      notices=["filter.left-out"])
def _(w):
    w.delete(_regions(w), range(8, 14), with_logs=True)
    w.options = ["--region", "us-east-1"]


@case("regions-and-accounts", 1, ["log.missing"],
      "two accounts, two regions, four chains; one log is gone in one of them")
def _(w):
    digests = _regions(w)
    place = Place(ACME.bucket, "444455556666")
    w.honest(chain=w.chain(place))
    w.honest(chain=w.chain(place, region="eu-west-1", key=keys.ireland()))
    w.site.drop(digests[7].logs[0])


@case("filter-region-no-match", 2, ["filter.no-match"], "the region asked for has no digests", acceptance="U05",
      notices=["filter.left-out"])
def _(w):
    w.honest()
    w.options = ["--region", "eu-west-1"]


@case("filter-account-no-match", 2, ["filter.no-match"], "one of two accounts asked for has no digests")
def _(w):
    w.honest()
    w.options = ["--account", ACCOUNT, "--account", "444455556666"]


@case("filter-no-match-together", 2, ["filter.no-match"],
      "each filter matches a chain, but one account has none in the region asked for",
      notices=["filter.left-out"])
def _(w):
    w.honest()
    w.keys.append(keys.ireland())
    w.honest(chain=w.chain(Place("acme-trail", "444455556666"), region="eu-west-1", key=keys.ireland()))
    w.options = ["--region", "us-east-1", "--account", ACCOUNT, "--account", "444455556666"]


@case("filter-org-no-match", 2, ["filter.no-match"], "the organization asked for has no digests",
      notices=["filter.left-out"])
def _(w):
    w.honest()
    w.options = ["--org", ORG]


@case("filter-leaves-out-foreign", 0, why="a foreign object in the log folder of an account that was not asked for")
def _(w):
    w.honest()
    w.site.bucket(ACME.bucket)["AWSLogs/444455556666/CloudTrail/notes.txt"] = b"notes\n"
    w.options = ["--account", ACCOUNT]


@case("filters-all-match", 0, why="all filters name the one chain")
def _(w):
    w.honest()
    w.options = ["--account", ACCOUNT, "--region", "us-east-1", "--trail", "mgmt"]


def _strip(w, keep=()):
    for bucket in w.site.buckets.values():
        for key, thing in bucket.items():
            if key not in keep:
                thing.metadata = None


@case("mirror-without-metadata", 2, ["digest.signature-unavailable"],
      "a mirror as `aws s3 sync` makes it: only the newest digest's signature is nowhere",
      notices=["source.no-metadata", "log.pending"])
def _(w):
    w.honest()
    _strip(w)


@case("mirror-without-metadata-digest-edited", 1, ["chain.link-mismatch", "digest.signature-unavailable",
                                                   "log.in-gap"],
      "a mirror without metadata, with one edited digest: it is not the one that its successor names",
      notices=["source.no-metadata", "log.pending"])
def _(w):
    digest = w.honest()[14]
    w.site.replace(digest, gzip(digest.content.replace(b'"SHA-256"', b'"SHA-512"', 1)))
    _strip(w)


@case("mirror-with-head-metadata", 0, why="only the newest digest has a side file", notices=["digest.metadata-missing"])
def _(w):
    _strip(w, [w.honest()[29].key])


@case("mirror-head-side-file-bare", 0, why="the head's side file holds the metadata and nothing else")
def _(w):
    head = w.honest()[29]
    metadata = w.metadata(head)
    w.site.at(head).metadata = None
    body = b'{"Metadata":{"signature":"%s"}}' % metadata["signature"].encode()
    w.site.bucket(head.bucket)[head.key + ".metadata.json"] = body


@case("mirror-side-file-garbage", 2, ["digest.signature-unavailable"], "the head's side file is no JSON",
      notices=["log.pending"])
def _(w):
    head = w.honest()[29]
    w.site.at(head).metadata = None
    w.site.bucket(head.bucket)[head.key + ".metadata.json"] = b"not json"


@case("source-unnamed", 0, why="a folder without a bucket's name takes the one that its digests state")
def _(w):
    w.honest()
    w.sources = ["bucket"]


@case("source-misnamed", 1, ["digest.moved", "log.no-chain"],
      "the source is said to be another bucket than its digests state")
def _(w):
    w.honest()
    w.sources = ["evil-trail=bucket"]


@case("source-two-buckets-in-one", 3, why="one folder without a name holds digests of two buckets")
def _(w):
    w.honest()
    w.honest(chain=w.chain(OTHER, "other"))
    w.site.bucket(ACME.bucket).update(w.site.buckets.pop(OTHER.bucket))
    w.sources = ["bucket"]


@case("source-missing", 3, why="the source does not exist")
def _(w):
    w.honest()
    w.sources = ["acme-trail=nowhere"]


@case("source-is-file", 3, why="the source is no folder")
def _(w):
    w.honest()
    w.sources = ["acme-trail=keys.json"]


@case("source-named-twice", 3, why="two sources claim the same bucket")
def _(w):
    w.honest()
    w.sources = ["acme-trail=bucket", "acme-trail=bucket"]


@case("source-without-awslogs", 2, ["source.no-digests"], "the source holds other things only")
def _(w):
    w.site.bucket(ACME.bucket)["reports/2026.csv"] = b"a,b\n"


@case("source-part-unreadable", 2, ["source.unreadable"], "a region's folder is a link out of the mirror")
def _(w):
    w.honest()
    w.files["elsewhere/README"] = b"outside of the mirror\n"
    region = "AWSLogs/%s/CloudTrail-Digest/eu-west-1" % ACCOUNT
    w.site.bucket(ACME.bucket)[region] = Special("link", "../" * 4 + "elsewhere")


@case("folder-markers", 0, why="empty folders, as their markers leave them in a mirror", acceptance="D60")
def _(w):
    w.honest()
    for name in ("CloudTrail-Digest/eu-west-1", "CloudTrail/eu-west-1", "CloudTrail-Insight"):
        w.site.bucket(ACME.bucket)["AWSLogs/%s/%s" % (ACCOUNT, name)] = Special("folder")


@case("source-links-too-deep", 2, ["source.unreadable"],
      "a day's folder lies behind five links and is not listed; its digests are found by their successors")
def _(w):
    w.honest()
    bucket = w.site.bucket(ACME.bucket)
    digests = "AWSLogs/%s/CloudTrail-Digest/us-east-1/2026/07/" % ACCOUNT
    for key in [key for key in bucket if key.startswith(digests)]:
        day = key[len(digests):]
        bucket["real/" + ("hidden" if day.startswith("01/") else "month/02") + day[2:]] = bucket.pop(key)
    for link, target in (("AWSLogs/%s/CloudTrail-Digest" % ACCOUNT, "../../real/a"), ("real/a/us-east-1", "../b"),
                         ("real/b/2026", "../c"), ("real/c/07", "../month"), ("real/month/01", "../hidden")):
        bucket[link] = Special("link", target)


@case("prefix-inside-digest-folder", 0, why="the prefix of a second trail of the account leads into its own digest folder")
def _(w):
    w.honest()
    inner = Place(ACME.bucket, ACCOUNT, prefix="AWSLogs/%s/CloudTrail-Digest" % ACCOUNT)
    w.honest(chain=w.chain(inner, trail="inner"))


@case("versions-of-a-copy", 0, why="a copy has no history to ask for", notices=["version.none"])
def _(w):
    w.honest()
    w.options = ["--versions"]
