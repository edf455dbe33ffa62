"""Public keys: spellings, encodings, rotation, unknown ones, none."""
from .. import keys
from ..registry import case
from ..world import end_of


@case("key-spki", 0, why="the key is delivered as SubjectPublicKeyInfo, and its fingerprint is of that encoding",
      acceptance="K01")
def _(w):
    key = keys.key("us-east-1-a", spki=True)
    w.keys = [key]
    w.honest(chain=w.chain(key=key))


@case("key-rotation-after-window", 0, why="the head lies in the window's last hour and is signed by the next key",
      acceptance="K03")
def _(w):
    w.keys.append(keys.later())
    w.honest(range(31), alter={30: {"key": keys.later()}})
    w.now = "2026-07-02T07:00:00Z"


@case("key-rotation-midway", 0, why="the key changes in the middle of the chain")
def _(w):
    w.keys.append(keys.earlier())
    w.honest(alter={hour: {"key": keys.earlier()} for hour in range(9)})


def _spelling(slug, why, **how):
    @case(slug, 0, why=why)
    def _(w):
        w.key_file = keys.listing(w.keys, **how)
        w.honest()


_spelling("key-list-lower-case", "the key list is named publicKeyList, as in the user guide", name="publicKeyList")
_spelling("key-times-number", "validity times are numbers", times=float)
_spelling("key-times-numeric-string", "validity times are numbers in strings", times=lambda t: "%d.0" % t)
_spelling("key-times-fraction-offset", "validity times are ISO 8601 with a fraction and an offset",
          times=lambda t: keys.iso(t)[:-1] + ".123000+00:00")


def _file(slug, name, why, content):
    @case(slug, 0, why=why)
    def _(w):
        w.key_file = False
        w.files[name] = content(keys.home())
        w.key_args = ["--keys", name]
        w.honest()


_file("key-pem-pkcs1", "key.pem", "the key is a PEM file of type RSA PUBLIC KEY", lambda k: keys.pem(k, True))
_file("key-pem-spki", "key.pem", "the key is a PEM file of type PUBLIC KEY", lambda k: keys.pem(k, False))
_file("key-pem-several", "keys.pem", "the key is the second of a PEM file",
      lambda k: keys.pem(keys.attacker(), True) + keys.pem(k, True))
_file("key-der-pkcs1", "key.der", "the key is a DER file", lambda k: k.der)
_file("key-der-spki", "key.der", "the key is a DER file of the other encoding than its fingerprint",
      lambda k: keys.key("us-east-1-a", spki=True).der)


@case("key-folder", 0, why="the keys lie in a folder, each in a file of its own", notices=["keys.file-ignored"])
def _(w):
    w.key_file = False
    w.key_args = ["--keys", "keys"]
    w.files["keys/us-east-1.json"] = keys.listing([keys.home()])
    w.files["keys/older.pem"] = keys.pem(keys.earlier(), True)
    w.files["keys/README.txt"] = b"These are the keys of 2026.\n"
    w.honest(alter={hour: {"key": keys.earlier()} for hour in range(9)})


@case("key-two-files", 0, why="two key files are given")
def _(w):
    w.files["older.json"] = keys.listing([keys.earlier()])
    w.key_args += ["--keys", "older.json"]
    w.honest(alter={hour: {"key": keys.earlier()} for hour in range(9)})


@case("key-fingerprint-misstated", 0, ["keys.fingerprint-mismatch"],
      "the key list states a fingerprint that is not that of the key", strict=1)
def _(w):
    stranger = keys.key("eu-central-1")
    w.key_file = keys.listing([keys.home(), stranger]).replace(stranger.fingerprint.encode(), b"0" * 32)
    w.honest()


@case("key-unknown-list-incomplete", 2, ["digest.key-unknown"],
      "older digests name a key that is not in the list, which does not reach back to their time")
def _(w):
    now = keys.key("us-east-1-a", "2026-07-01T12:00:00Z")
    w.keys = [now]
    w.honest(chain=w.chain(key=now), alter={hour: {"key": keys.earlier()} for hour in range(12)}, logs=False)


@case("key-unknown-all", 2, ["digest.key-unknown"], "no digest names a key of the list")
def _(w):
    w.keys = [keys.key("eu-central-1")]
    w.honest(logs=False)


@case("key-without-validity-unknown", 2, ["digest.key-unknown", "log.in-gap"],
      "a digest names an unknown key, and the trusted key's file states no validity that would cover its time")
def _(w):
    w.key_file = False
    w.files["key.pem"] = keys.pem(keys.home(), True)
    w.key_args = ["--keys", "key.pem"]
    w.honest(alter={14: {"key": keys.attacker()}})


@case("key-list-empty", 3, why="the key list is empty", acceptance="K02")
def _(w):
    w.key_file = keys.listing([])
    w.honest()


@case("key-file-missing", 3, why="the key file does not exist")
def _(w):
    w.key_args = ["--keys", "nowhere.json"]
    w.honest()


@case("key-file-garbage", 3, why="the key file holds no key")
def _(w):
    w.key_file = b"<html>404</html>\n"
    w.honest()


@case("keys-not-given", 3, why="no --keys: the key list that lies in the source is not trusted by itself")
def _(w):
    w.key_file = False
    w.key_args = []
    w.site.bucket("acme-trail")["keys.json"] = keys.listing([keys.attacker()])
    w.honest(chain=w.chain(key=keys.attacker()))


@case("keys-in-source-not-used", 1, ["digest.key-foreign", "log.in-gap"],
      "an attacker's key list lies in the source beside a digest that he signed")
def _(w):
    w.site.bucket("acme-trail")["keys.json"] = keys.listing([keys.attacker()])
    w.honest(alter={14: {"key": keys.attacker()}, 15: {"previous": w.chain().digest(end_of(14), previous=None)}})


@case("keys-in-source-pointed-at", 0, why="the key list lies in the source, and --keys points at it")
def _(w):
    w.key_file = False
    w.site.bucket("acme-trail")["keys.json"] = keys.listing(w.keys)
    w.key_args = ["--keys", "bucket/keys.json"]
    w.honest()
