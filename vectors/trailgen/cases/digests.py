"""Single digests: edited, re-signed, replayed, cut, padded, labelled wrongly, out of reach."""
import hashlib

from .. import keys
from ..bucket import Special, gzip
from ..digest import Digest, render
from ..moments import HOUR, at, iso
from ..registry import case
from ..world import ACME, Place, end_of

HOLE = "log.in-gap"  # the logs of an hour whose digest proves nothing


def _content(w, change, hour=14):
    """An honest trail in which one digest's content is another; its recorded signature stays."""
    digest = w.honest()[hour]
    w.site.replace(digest, gzip(change(digest)))


def _edit(w, change, hour=14):
    digest = w.honest()[hour]
    w.site.replace(digest, change(w.site.at(digest).data))


def _record(w, hour=14, **metadata):
    digest = w.honest()[hour]
    for name, value in metadata.items():
        name = name.replace("_", "-")
        if value is None:
            del w.metadata(digest)[name]
        else:
            w.metadata(digest)[name] = value
    return digest


@case("digest-entry-removed", 1, ["digest.signature-invalid", HOLE], "one log entry was removed from a digest",
      acceptance="D12")
def _(w):
    _content(w, lambda d: render(dict(d.fields, logFiles=d.fields["logFiles"][1:])))


@case("digest-reindented", 1, ["digest.signature-invalid", HOLE], "a digest was indented anew: its bytes are signed",
      acceptance="D13")
def _(w):
    _content(w, lambda d: render(d.fields, indent=2))


@case("digest-slashes-unescaped", 1, ["digest.signature-invalid", HOLE], "the same JSON without escaped slashes")
def _(w):
    _content(w, lambda d: d.content.replace(b"\\/", b"/"))


@case("digest-previous-nulled", 1, ["digest.signature-invalid", HOLE],
      "the previous pointers were edited to null, as in a starting digest")
def _(w):
    _content(w, lambda d: render({k: None if k.startswith("previous") else v for k, v in d.fields.items()}))


@case("digest-metadata-stripped", 0,
      why="a middle digest lost its signature metadata; its successor holds the signature",
      notices=["digest.metadata-missing"], acceptance="D14")
def _(w):
    _record(w, signature=None, signature_algorithm=None)


@case("digest-side-file-missing", 0, why="a middle digest lost its side file; its successor holds the signature",
      notices=["digest.metadata-missing"])
def _(w):
    w.site.at(w.honest()[14]).metadata = None


@case("head-metadata-stripped", 2, ["digest.signature-unavailable"], "the newest digest lost its signature metadata",
      notices=["log.pending"], acceptance="D15")
def _(w):
    _record(w, 29, signature=None, signature_algorithm=None)


@case("digest-signature-not-hex", 1, ["digest.signature-malformed"],
      "the recorded signature is 'zz'; the successor holds the right one",
      acceptance="D16")
def _(w):
    _record(w, signature="zz")


@case("digest-signature-short", 1, ["digest.signature-malformed"], "the recorded signature is two bytes long",
      acceptance="D17")
def _(w):
    _record(w, signature="abcd")


@case("digest-signature-empty", 1, ["digest.signature-malformed"], "the recorded signature is empty")
def _(w):
    _record(w, signature="")


@case("digest-signature-other", 1, ["digest.signature-invalid"],
      "the recorded signature is that of another digest, though the successor holds the right one")
def _(w):
    _record(w, signature=w.honest()[13].signature)


@case("digest-signature-upper-case", 0, why="the recorded signature is in upper case",
      notices=["digest.signature-case"], acceptance="D18")
def _(w):
    digest = w.honest()[14]
    w.metadata(digest)["signature"] = digest.signature.upper()


@case("digest-algorithm-label-none", 0, ["digest.algorithm-label"], "the metadata name the algorithm 'none'",
      acceptance="D19", strict=1)
def _(w):
    _record(w, signature_algorithm="none")


@case("digest-previous-hash-algorithm", 0, ["digest.algorithm-label"],
      "a signed digest gives its predecessor's hash in an unknown algorithm: the signature ties the two", strict=1)
def _(w):
    w.honest(alter={14: {"previousDigestHashAlgorithm": "SHA-512"}})


@case("digest-bucket-unknown", 2, ["digest.key-unknown", "log.no-chain"],
      "no trusted key fits, and a planted digest names another bucket: nobody knows which it is, so nothing was moved")
def _(w):
    w.honest()
    w.keys = [keys.ireland()]
    planted = w.chain(Place("evil-trail", ACME.account), key=keys.attacker()).digest(end_of(40))
    w.site.bucket(ACME.bucket)[planted.key] = planted.object()
    w.sources = ["bucket"]


@case("digest-algorithm-field-other", 0, ["digest.algorithm-label"], "a signed digest names another algorithm inside",
      strict=1)
def _(w):
    w.honest(alter={14: {"digestSignatureAlgorithm": "SHA1withRSA"}})


@case("digest-replayed", 1, ["digest.moved", HOLE], "an older signed digest was copied over a newer key",
      acceptance="D20")
def _(w):
    digests = w.honest()
    w.site.bucket("acme-trail")[digests[14].key] = digests[13].object()


@case("digest-second-member", 1, ["digest.trailing-data"], "a second gzip member was appended to a digest",
      acceptance="D21")
def _(w):
    _edit(w, lambda data: data + gzip(b"{}"))


@case("digest-garbage-appended", 1, ["digest.trailing-data"], "garbage was appended to a digest",
      acceptance="D22")
def _(w):
    _edit(w, lambda data: data + b"garbage")


@case("digest-trailer-cut", 1, ["digest.truncated"], "a digest lost its gzip trailer", acceptance="D23")
def _(w):
    _edit(w, lambda data: data[:-8])


@case("digest-crc-flipped", 1, ["digest.corrupt", HOLE], "one byte of a digest's CRC-32 is wrong")
def _(w):
    _edit(w, lambda data: data[:-8] + bytes([data[-8] ^ 1]) + data[-7:])


@case("digest-uncompressed", 1, ["digest.not-gzip", HOLE], "a digest was replaced by its own text")
def _(w):
    digest = w.honest()[14]
    w.site.replace(digest, digest.content)


@case("digest-empty", 1, ["digest.not-gzip", HOLE], "a digest was replaced by an object of no bytes")
def _(w):
    _edit(w, lambda data: b"")


@case("digest-not-json", 1, ["digest.malformed", HOLE], "a digest's content is no JSON")
def _(w):
    _content(w, lambda d: b"nothing to see here")


def _resigned(w, key, fingerprint):
    """Digest 14 with one entry less, signed by somebody else."""
    digest = w.honest()[14]
    fields = dict(digest.fields, logFiles=digest.fields["logFiles"][1:], digestPublicKeyFingerprint=fingerprint)
    w.site.put(Digest(fields, [], key))


@case("digest-resigned-foreign-fingerprint", 1, ["digest.key-foreign", HOLE],
      "an attacker signed an edited digest and named his own key", acceptance="D24")
def _(w):
    _resigned(w, keys.attacker(), keys.attacker().fingerprint)


@case("digest-resigned-genuine-fingerprint", 1, ["digest.signature-invalid", HOLE],
      "an attacker signed an edited digest and named CloudTrail's key", acceptance="D25")
def _(w):
    _resigned(w, keys.attacker(), keys.home().fingerprint)


@case("digest-key-expired", 0, ["digest.key-validity"],
      "a genuine key signed a digest that ends seven hours after the key's validity", acceptance="D26", strict=1)
def _(w):
    w.keys.append(keys.earlier())
    w.honest(alter={17: {"key": keys.earlier()}})  # ends at 17:13:52Z, the key at 10:00:00Z


@case("digest-key-not-yet-valid", 0, ["digest.key-validity"],
      "a genuine key signed a digest hours before the key's validity began", strict=1)
def _(w):
    w.keys.append(keys.later())
    w.honest(alter={14: {"key": keys.later()}})


@case("digest-account-mismatch", 1, ["digest.account-mismatch", HOLE], "a signed digest states another account",
      acceptance="D41")
def _(w):
    w.honest(alter={14: {"awsAccountId": "444455556666"}})


@case("digest-wrong-day-folder", 0, ["digest.key-template"],
      "a signed digest lies in another day's folder than its end time", acceptance="D59", strict=1)
def _(w):
    w.honest(alter={14: {"folder": at("2026-07-02T12:00:00Z")}})


@case("digest-end-not-that-of-its-name", 0, ["digest.key-template"],
      "a signed digest states another end time than its name", strict=1)
def _(w):
    w.honest(alter={14: {"digestEndTime": iso(end_of(14) - 60)}, 15: {"start": end_of(14) - 60}})


@case("digest-copied-from-other-bucket", 1, ["digest.moved", HOLE],
      "a genuine digest of another bucket was copied in under the victim's key")
def _(w):
    digest = w.honest()[14]
    other = w.chain().digest(end_of(14), digest.logs, previous=w.chain().digest(end_of(13), previous=None),
                             digestS3Bucket="other-trail")
    w.site.bucket("acme-trail")[digest.key] = other.object()


@case("digest-copied-from-other-account", 1, ["digest.moved", "log.in-gap"],
      "a genuine digest of another account's trail was copied in under the victim's key")
def _(w):
    from ..world import STRANGER, Place
    digest = w.honest()[14]
    stranger = w.chain(Place("acme-trail", STRANGER))
    w.site.bucket("acme-trail")[digest.key] = stranger.digest(end_of(14), previous=None).object()


@case("digest-planted-newer", 1, ["digest.signature-invalid"],
      "a forged digest newer than the head was planted; the real chain is still proven", acceptance="D35")
def _(w):
    chain = w.chain()
    w.honest(chain=chain)
    w.put(chain.digest(end_of(30), key=keys.attacker(), digestPublicKeyFingerprint=keys.home().fingerprint))


@case("digest-halved", 1, ["digest.truncated", HOLE], "the second half of a digest is gone")
def _(w):
    _edit(w, lambda data: data[:len(data) // 2])


@case("digest-is-fifo", 2, ["digest.unreadable", HOLE], "a digest cannot be read: the mirror has a FIFO in its place",
      acceptance="D51")
def _(w):
    w.site.bucket("acme-trail")[w.honest()[14].key] = Special("fifo")


@case("digest-is-escaping-link", 2, ["digest.unreadable", "source.unreadable", HOLE],
      "a digest cannot be read: its file is a link out of the mirror", acceptance="D52")
def _(w):
    digest = w.honest()[14]
    w.files["outside.json.gz"] = w.site.at(digest).data
    w.site.bucket("acme-trail")[digest.key] = Special("link", "../" * 8 + "outside.json.gz")


@case("head-is-fifo", 2, ["digest.unreadable"], "the newest digest cannot be read", notices=["log.pending"])
def _(w):
    w.site.bucket("acme-trail")[w.honest()[29].key] = Special("fifo")


def _hash_with_leading_zero(w, previous_hash):
    """Honest up to a digest whose hash begins with 0; the next one writes that hash in its own way."""
    chain = w.chain()
    w.honest(range(14), chain)
    logs = w.logs_of(chain, end_of(14))
    for salt in range(1000):  # one in sixteen will do
        logs[0] = w.log(end_of(13) + 1260, salt=salt)
        if hashlib.sha256(chain.digest(end_of(14), logs).content).hexdigest()[0] == "0":
            break
    zero = chain.append(end_of(14), logs)
    w.put(zero, *logs)
    full = zero.previous()["previousDigestHashValue"]
    w.honest(range(15, 30), chain, {15: {"previousDigestHashValue": previous_hash(full)}})


@case("previous-hash-63-digits", 0, why="a previous hash lacks its leading zero, as one public sample does",
      notices=["digest.hash-short"])
def _(w):
    _hash_with_leading_zero(w, lambda full: full[1:])


@case("previous-hash-63-digits-wrong", 1, ["chain.link-mismatch"],
      "a previous hash has 63 digits and does not match with a leading zero either")
def _(w):
    _hash_with_leading_zero(w, lambda full: "f" + full[2:])


@case("digest-longer-hour", 0, why="one digest covers three hours: no hole, no finding")
def _(w):
    chain = w.chain()
    w.honest(range(14), chain)
    w.honest(range(16, 30), chain, {16: {"start": end_of(16) - 3 * HOUR}})
