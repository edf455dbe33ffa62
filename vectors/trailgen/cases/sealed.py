"""Logs and digests that somebody sealed at the client before storing them: messages of the AWS Encryption SDK, objects of
the S3 Encryption Client. trailseal verify opens them, and then hashes what CloudTrail wrote."""
import json

import sealed

from ..bucket import Object, gzip
from ..registry import case

FLAGS = ["--envelope-keys", "aes:archive:k1=key.bin"]
CONTEXT = {"case": "42"}
OPENED = ["source.sealed"]


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
