"""Logs and digests that somebody sealed at the client before storing them: messages of the AWS Encryption SDK, objects of
the S3 Encryption Client. trailseal verify opens them, and then hashes what CloudTrail wrote."""
import base64
import hashlib
import json

import sealed

from ..bucket import Object, gzip
from ..registry import case

FLAGS = ["--envelope-keys", "aes:archive:k1=key.bin"]
CONTEXT = {"case": "42"}
OPENED = ["source.sealed"]
FINAL_FRAME = 4 + 4 + 12 + 4 + 16  # that holds nothing


def esdk(data, suite=0x0478, **options):
    return sealed.message(suite, data, context=CONTEXT, frame=4096, **options)


class Sealed:
    """The honest trail; `things` of it are stored sealed by `seal`, which gives bytes, or bytes and S3 metadata."""

    def __init__(self, w, seal=esdk, logs=True, digests=True, instruction=(), flags=FLAGS):
        self.w, self.seal, self.instruction = w, seal, instruction
        self.digests = w.honest()
        self.logs = [log for digest in self.digests.values() for log in digest.logs]
        for thing in (self.logs if logs else []) + (list(self.digests.values()) if digests else []):
            self.replace(thing, w.site.at(thing).data)
        w.files["key.bin"] = sealed.AES_KEY
        w.options = list(flags)

    def replace(self, thing, content):
        made = self.seal(content)
        stored = self.w.site.at(thing)
        if isinstance(made, bytes):
            stored.data = made
            return
        stored.data, fields = made
        beside = {name: value for name, value in fields.items() if name in self.instruction}
        stored.metadata = {**(stored.metadata or {}), **{k: v for k, v in fields.items() if k not in beside}}
        if beside:
            objects = self.w.site.bucket(thing.bucket)
            objects[thing.key + ".instruction"] = Object(json.dumps(beside).encode(), {"x-amz-crypto-instr-file": ""})

    def foreign(self, thing):
        """`thing` under a key that nobody was given."""
        edks = [sealed.edk_aes(sealed.DATA_KEY, CONTEXT, key=b"\x55" * 32)]
        self.w.site.replace(thing, esdk(gzip(thing.content), edks=edks))


@case("sealed-esdk", 0, why="all logs and digests are messages of the Encryption SDK, and a key opens them",
      notices=OPENED, acceptance="E-17")
def _(w):
    Sealed(w)
    w.options += ["--envelope-context", "case=42", "--require-commitment"]


@case("sealed-esdk-hash-mismatch", 1, ["log.hash-mismatch"], "the envelope of one log is sound, and holds another "
      "content than its digest signed", notices=OPENED, acceptance="E-17")
def _(w):
    it = Sealed(w)
    it.replace(it.logs[7], gzip(it.logs[7].content.replace(b"1.11", b"1.10", 1)))


@case("sealed-mixed", 0, why="some objects are sealed, and the rest lies as CloudTrail wrote it", notices=OPENED)
def _(w):
    it = Sealed(w, logs=False, digests=False)
    for log in it.logs[10:20]:
        it.replace(log, gzip(log.content))


@case("sealed-no-keys", 2, ["log.sealed"], "no key is given: what could not be opened says nothing about its content")
def _(w):
    Sealed(w, digests=False, flags=[])


@case("sealed-digests-no-keys", 2, ["digest.sealed", "log.no-chain"], "no key opens the digests: nothing is proven")
def _(w):
    Sealed(w, logs=False, flags=[])


@case("sealed-log-other-key", 2, ["log.sealed"], "no given key opens one log", notices=OPENED)
def _(w):
    it = Sealed(w)
    it.foreign(it.logs[7])


@case("sealed-digest-other-key", 2, ["digest.sealed", "log.in-gap"], "no given key opens one digest", notices=OPENED)
def _(w):
    it = Sealed(w)
    it.foreign(it.digests[9])


@case("sealed-other-context", 2, ["log.sealed"], "one log is sealed for another purpose", notices=OPENED)
def _(w):
    it = Sealed(w)
    w.site.replace(it.logs[7], sealed.message(0x0478, gzip(it.logs[7].content), context={"case": "43"}, frame=4096))
    w.options += ["--envelope-context", "case=42"]


def _altered(data):
    return data[:-40] + bytes([data[-40] ^ 1]) + data[-39:]


@case("sealed-log-altered", 1, ["log.envelope-broken"], "one bit of a sealed log was changed", notices=OPENED)
def _(w):
    it = Sealed(w)
    w.site.replace(it.logs[7], _altered(w.site.at(it.logs[7]).data))


@case("sealed-log-cut", 1, ["log.envelope-broken"], "the end of a sealed log is gone", notices=OPENED)
def _(w):
    it = Sealed(w)
    w.site.replace(it.logs[7], w.site.at(it.logs[7]).data[:-1])


@case("sealed-digest-altered", 1, ["digest.envelope-broken", "log.in-gap"], "one bit of a sealed digest was changed", notices=OPENED)
def _(w):
    it = Sealed(w)
    w.site.replace(it.digests[9], _altered(w.site.at(it.digests[9]).data))


@case("sealed-lookalike", 1, ["log.not-gzip"], "a log was overwritten with bytes that begin like an envelope")
def _(w):
    it = Sealed(w, logs=False, digests=False, flags=[])
    w.site.replace(it.logs[7], b"\x02\x04\x78 but that is all")


@case("sealed-not-committing", 2, ["digest.sealed", "log.no-chain"], "--require-commitment refuses suites without it")
def _(w):
    Sealed(w, lambda data: esdk(data, 0x0178))
    w.options += ["--require-commitment"]


@case("sealed-s3ec-v2", 0, why="all objects are the S3 Encryption Client's, version 2", notices=OPENED)
def _(w):
    Sealed(w, sealed.v2_object)


@case("sealed-s3ec-v3", 0, why="version 3, and the wrapped key stands in a file beside each object", notices=OPENED, strict=0)
def _(w):
    Sealed(w, sealed.v3_object, instruction=("x-amz-3", "x-amz-w"))


@case("sealed-s3ec-instruction", 0, why="version 2, and all that opens an object stands beside it", notices=OPENED)
def _(w):
    Sealed(w, sealed.v2_object, digests=False, instruction=("x-amz-key-v2", "x-amz-iv", "x-amz-cek-alg", "x-amz-wrap-alg",
                                                            "x-amz-tag-len", "x-amz-matdesc"))


@case("sealed-s3ec-instruction-no-keys", 2, ["log.foreign-object", "log.sealed"], "the same, and nobody says that there are "
      "envelopes: the files beside the logs are in doubt as well")
def _(w):
    Sealed(w, sealed.v2_object, digests=False, flags=[],
           instruction=("x-amz-key-v2", "x-amz-iv", "x-amz-cek-alg", "x-amz-wrap-alg", "x-amz-tag-len", "x-amz-matdesc"))


@case("sealed-s3ec-legacy", 2, ["log.sealed"], "version 1 has no integrity and is not opened unless that is asked for")
def _(w):
    Sealed(w, sealed.v1_object, digests=False)


@case("sealed-s3ec-legacy-allowed", 0, why="version 1: the hash that a digest signed shows the content to be right",
      notices=OPENED)
def _(w):
    Sealed(w, sealed.v1_object, digests=False)
    w.options += ["--allow-legacy"]


def _padding_by_accident():
    """A key that is not the wrap's, and under which the wrapped data key ends in a padding nevertheless: 1 in 256 does."""
    wrapped = base64.b64decode(sealed.v1_object(b"")[1]["x-amz-key"])
    for n in range(1 << 16):
        key = hashlib.sha256(b"%d" % n).digest()
        if sealed.ecb_decrypt(key, wrapped)[-1] == 1:
            return key
    raise AssertionError("no such key")


@case("sealed-s3ec-legacy-accident", 0, why="the first of two keys gives a padding by accident, the second is the right one",
      notices=OPENED)
def _(w):
    Sealed(w, sealed.v1_object, digests=False,
           flags=["--envelope-keys", "aes::first=accident.bin", *FLAGS, "--allow-legacy"])
    w.files["accident.bin"] = _padding_by_accident()


@case("sealed-s3ec-legacy-accident-only", 2, ["log.sealed"], "the only key gives a padding by accident, and no data key")
def _(w):
    Sealed(w, sealed.v1_object, digests=False, flags=["--envelope-keys", "aes::first=accident.bin", "--allow-legacy"])
    w.files["accident.bin"] = _padding_by_accident()


@case("sealed-metadata-unreadable", 2, ["log.sealed"], "the metadata of one sealed log cannot be read, and with them goes "
      "the wrapped key: nobody can tell what its bytes are", notices=OPENED)
def _(w):
    it = Sealed(w, sealed.v2_object, digests=False)
    w.site.bucket(it.logs[7].bucket)[it.logs[7].key + ".metadata.json"] = b"not JSON"


@case("sealed-metadata-planted", 0, why="somebody added the fields of an envelope to the metadata of logs that are what was "
      "signed")
def _(w):
    it = Sealed(w, logs=False, digests=False)
    for log, fields in zip(it.logs[7:10], (sealed.v1_object(b"x")[1], sealed.v2_object(b"x")[1], sealed.v3_object(b"x")[1])):
        w.site.at(log).metadata = fields


@case("sealed-metadata-planted-other-content", 1, ["log.hash-mismatch"], "the same, and the log is another than was signed")
def _(w):
    it = Sealed(w, logs=False, digests=False)
    w.site.replace(it.logs[7], gzip(it.logs[7].content.replace(b"1.11", b"1.10", 1)))
    w.site.at(it.logs[7]).metadata = sealed.v2_object(b"x")[1]


def _required(data):
    """A message for an RSA key, which opens whatever the context is, with a required pair."""
    return esdk(data, required={"purpose": "archive"}, edks=[sealed.edk_rsa(sealed.DATA_KEY)])


def _sealed_for_purpose(w, purpose):
    Sealed(w, _required, digests=False,
           flags=["--envelope-keys", "rsa:archive:k1=rsa.pem", "--envelope-context", "purpose=" + purpose])
    w.files["rsa.pem"] = sealed.RSA_KEY_PEM


@case("sealed-required-context", 0, why="an RSA key, and a pair of the context that is not written", notices=OPENED)
def _(w):
    _sealed_for_purpose(w, "archive")


@case("sealed-required-context-mistaken", 2, ["log.sealed"], "the same with a mistaken pair: the header seems altered, and "
      "nobody can tell")
def _(w):
    _sealed_for_purpose(w, "other")


@case("sealed-header-altered", 1, ["log.envelope-broken"], "no required pair is at stake: the header of one log was altered",
      notices=OPENED)
def _(w):
    it = Sealed(w, digests=False)
    data, end = w.site.at(it.logs[7]).data, len(esdk(b"")) - FINAL_FRAME
    w.site.replace(it.logs[7], data[:end - 1] + bytes([data[end - 1] ^ 1]) + data[end:])


@case("sealed-stub", 1, ["log.not-gzip"], "a log was overwritten with the beginning of a message that claims more data keys "
      "than are accepted, and no more")
def _(w):
    it = Sealed(w, logs=False, digests=False, flags=[])
    w.site.replace(it.logs[7], b"\x02\x04\x78" + bytes(32) + b"\0\0" + b"\xff\xff")


@case("sealed-many-data-keys", 2, ["log.sealed"], "no key is given; one log is sealed for more recipients than are tried")
def _(w):
    it = Sealed(w, logs=False, digests=False, flags=[])
    w.site.replace(it.logs[7], esdk(gzip(it.logs[7].content), edks=[(b"a", b"b", b"c")] * 100))


@case("sealed-log-altered-instruction", 1, ["log.envelope-broken"], "a sealed log was altered, and an instruction file put "
      "beside it", notices=OPENED)
def _(w):
    it = Sealed(w)
    log = it.logs[7]
    w.site.replace(log, _altered(w.site.at(log).data))
    fields = {**sealed.v2_object(b"x")[1], "x-amz-key-v2": base64.b64encode(bytes(60)).decode()}
    w.site.bucket(log.bucket)[log.key + ".instruction"] = Object(json.dumps(fields).encode(), {})
