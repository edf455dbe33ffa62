"""Logs, digests and chains of digests, as CloudTrail writes them."""
import hashlib
import json
import string

from .bucket import Object, gzip
from .moments import HOUR, day, iso, log_stamp, stamp

_LETTERS = string.ascii_letters + string.digits
AUTO = object()


def unique(*parts):
    """The 16 characters of a log name, from a seed instead of chance."""
    number = int.from_bytes(hashlib.sha256("|".join(map(str, parts)).encode()).digest(), "big")
    return "".join(_LETTERS[number // 62**i % 62] for i in range(16))


class Place:
    """Where a trail delivers: bucket, prefix, organization, account."""

    def __init__(self, bucket, account, prefix="", org=""):
        self.bucket = bucket
        self.account = account
        self.root = (prefix + "/" if prefix else "") + "AWSLogs/" + (org + "/" if org else "") + account + "/"


class Log:
    def __init__(self, place, region, delivered, records, kind="CloudTrail", salt=""):
        self.bucket = place.bucket
        self.delivered = delivered
        self.name = "%s_%s_%s_%s_%s.json.gz" % (place.account, kind, region, log_stamp(delivered),
                                                unique(place.root, kind, region, delivered, salt))
        folder = day(-(-delivered // 300) * 300)  # of the stamp, which may be on the next day
        self.key = "%s%s/%s/%s/%s" % (place.root, kind, region, folder, self.name)
        self.content = json.dumps({"Records": records}, separators=(",", ":")).encode()
        times = [record["eventTime"] for record in records]
        self.oldest, self.newest = min(times), max(times)

    def object(self):
        return Object(gzip(self.content))

    def entry(self):
        return {"s3Bucket": self.bucket, "s3Object": self.key,
                "hashValue": hashlib.sha256(self.content).hexdigest(), "hashAlgorithm": "SHA-256",
                "newestEventTime": self.newest, "oldestEventTime": self.oldest}


class Digest:
    """A signed digest. `fields` is its JSON, in order; `content` its bytes."""

    def __init__(self, fields, logs, key, content=None, generated=None):
        self.fields = fields
        self.logs = logs
        self.bucket = fields["digestS3Bucket"]
        self.key = fields["digestS3Object"]
        self.end = fields["digestEndTime"]
        self.content = content or render(fields)
        lines = (self.end, self.bucket + "/" + self.key, hashlib.sha256(self.content).hexdigest(),
                 fields["previousDigestSignature"] or "null")
        self.signature = key.sign("\n".join(lines).encode()).hex()
        self.metadata = {"signature": self.signature, "signature-algorithm": "SHA256withRSA"}
        if generated:
            self.metadata["backfill-generation-timestamp"] = generated

    def object(self):
        return Object(gzip(self.content), dict(self.metadata))

    def previous(self):
        """The five fields with which a successor names this digest."""
        return {"previousDigestS3Bucket": self.bucket, "previousDigestS3Object": self.key,
                "previousDigestHashValue": hashlib.sha256(self.content).hexdigest(),
                "previousDigestHashAlgorithm": "SHA-256", "previousDigestSignature": self.signature}


NO_PREVIOUS = dict.fromkeys(("previousDigestS3Bucket", "previousDigestS3Object", "previousDigestHashValue",
                             "previousDigestHashAlgorithm", "previousDigestSignature"))


def render(fields, **how):
    """Minified JSON with escaped slashes: what genuine digests look like."""
    how = how or {"separators": (",", ":")}
    return json.dumps(fields, **how).replace("/", "\\/").encode()


class Chain:
    """Writes the digests of one trail in one source region, oldest first."""

    def __init__(self, place, trail, home, region, key):
        self.place = place
        self.trail = trail
        self.home = home
        self.region = region
        self.key = key
        self.last = None

    def key_of(self, end, backfill=False, folder=None):
        p = self.place
        return "%sCloudTrail-Digest/%s/%s/%s_CloudTrail-Digest_%s_%s_%s_%s%s.json.gz" % (
            p.root, self.region, day(folder or end), p.account, self.region, self.trail, self.home, stamp(end),
            "_backfill" if backfill else "")

    def digest(self, end, logs=(), start=None, previous=AUTO, key=None, generated=None, folder=None, rewrite=None,
               content=None, **fields):
        """Signs a digest without moving on.

        previous: a Digest, None (a starting digest) or AUTO (the last one). generated: a backfill digest, made at
        that time. rewrite: changes the content before it is signed. Other names: fields that differ from the honest.
        """
        if previous is AUTO:
            previous = self.last
        key = key or self.key
        made = {
            "awsAccountId": self.place.account,
            "digestStartTime": iso(start if start is not None else end - HOUR),
            "digestEndTime": iso(end),
            "digestS3Bucket": self.place.bucket,
            "digestS3Object": self.key_of(end, generated is not None, folder),
            "digestPublicKeyFingerprint": key.fingerprint,
            "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": max((log.newest for log in logs), default=None),
            "oldestEventTime": min((log.oldest for log in logs), default=None),
            **(previous.previous() if previous else NO_PREVIOUS),
            "logFiles": [log.entry() for log in logs],
            **fields,
        }
        if rewrite:
            content = rewrite(render(made))
        return Digest(made, list(logs), key, content, generated and iso(generated))

    def append(self, end, logs=(), **how):
        self.last = self.digest(end, logs, **how)
        return self.last
