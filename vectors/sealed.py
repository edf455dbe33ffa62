"""Writes client-side envelopes: messages of the AWS Encryption SDK and objects of the S3 Encryption Client.

usage: sealed.py OUT [STAMP]        a folder of small envelopes for the tests
       sealed.py --stream KIND SIZE one large envelope of SIZE bytes of zeros on standard output

Written for this project from the published formats, with python3-cryptography; trailseal itself seals nothing. KIND is
framed, one-frame, unframed or object; their data key is 32 bytes 0x07.
"""

import base64
import gzip
import json
import os
import pathlib
import struct
import sys

from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

AES_KEY = bytes(range(32))
DATA_KEY = b"\x07" * 32
NAMESPACE, NAME = b"archive", b"k1"
LABELS = {"single": b"AWSKMSEncryptionClient Single Block", "frame": b"AWSKMSEncryptionClient Frame",
          "final": b"AWSKMSEncryptionClient Final Frame"}
FINAL = b"\xff" * 4
POINT = (serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)

# suite: message version, key bytes, hash of HKDF, curve and hash of the signature
SUITES = {
    0x0014: (1, 16, None, None), 0x0046: (1, 24, None, None), 0x0078: (1, 32, None, None),
    0x0114: (1, 16, hashes.SHA256, None), 0x0146: (1, 24, hashes.SHA256, None), 0x0178: (1, 32, hashes.SHA256, None),
    0x0214: (1, 16, hashes.SHA256, (ec.SECP256R1, hashes.SHA256)),
    0x0346: (1, 24, hashes.SHA384, (ec.SECP384R1, hashes.SHA384)),
    0x0378: (1, 32, hashes.SHA384, (ec.SECP384R1, hashes.SHA384)),
    0x0478: (2, 32, hashes.SHA512, None),
    0x0578: (2, 32, hashes.SHA512, (ec.SECP384R1, hashes.SHA384)),
}


def counted(data):
    return struct.pack(">H", len(data)) + data


def pairs(context):
    """The encryption context as it is written, or nothing for none."""
    if not context:
        return b""
    entries = sorted((k.encode(), v.encode()) for k, v in context.items())
    return struct.pack(">H", len(entries)) + b"".join(counted(k) + counted(v) for k, v in entries)


def hkdf(hash_type, key, salt, info, size):
    return HKDF(algorithm=hash_type(), length=size, salt=salt, info=info).derive(key)


def edk_aes(data_key, context, key=AES_KEY, namespace=NAMESPACE, name=NAME):
    iv = b"\x0b" * 12
    info = name + struct.pack(">II", 128, 12) + iv
    return namespace, info, AESGCM(key).encrypt(iv, data_key, pairs(context))


class Message:
    """One message, part after part; what was written is fed to the signature."""

    def __init__(self, suite, write, context=None, required=None, frame=64, edks=None):
        self.version, self.size, self.kdf, signature = SUITES[suite]
        self.write, self.frame, self.count = write, frame, 0
        self.key, self.signer, context = DATA_KEY[:self.size], None, dict(context or {})
        if signature:
            curve, hash_type = signature
            self.signer, self.hash_type = ec.generate_private_key(curve()), hash_type
            point = self.signer.public_key().public_bytes(*POINT)
            context["aws-crypto-public-key"] = base64.b64encode(point).decode()
            self.digest = hashes.Hash(hash_type())
        self.id = bytes(range(16 if self.version == 1 else 32))
        whole = context | (required or {})
        self.edks = edks if edks is not None else [edk_aes(self.key, whole)]
        content_key = self.derive(suite)
        self.gcm = AESGCM(content_key)
        self.emit(self.header(suite, context, required))

    def derive(self, suite):
        number = struct.pack(">H", suite)
        if self.version == 2:
            self.commitment = hkdf(self.kdf, self.key, self.id, b"COMMITKEY", 32)
            return hkdf(self.kdf, self.key, self.id, number + b"DERIVEKEY", 32)
        return hkdf(self.kdf, self.key, None, number + self.id, self.size) if self.kdf else self.key

    def header(self, suite, context, required):
        body = (b"\x01\x80" if self.version == 1 else b"\x02") + struct.pack(">H", suite) + self.id
        body += counted(pairs(context)) + struct.pack(">H", len(self.edks))
        body += b"".join(counted(a) + counted(b) + counted(c) for a, b, c in self.edks)
        body += b"\x02" if self.frame else b"\x01"
        body += b"\0\0\0\0\x0c" if self.version == 1 else b""
        body += struct.pack(">I", self.frame)
        body += self.commitment if self.version == 2 else b""
        iv = bytes(12)
        return body + (iv if self.version == 1 else b"") + self.gcm.encrypt(iv, b"", body + pairs(required))

    def emit(self, data):
        if self.signer:
            self.digest.update(data)
        self.write(data)

    def block(self, label, plaintext, head):
        self.count += 1
        iv = struct.pack(">QI", 0, self.count)
        aad = self.id + LABELS[label] + struct.pack(">IQ", self.count, len(plaintext))
        self.emit(head(self.count, iv, len(plaintext)))
        self.emit(self.gcm.encrypt(iv, plaintext, aad))

    def regular(self, plaintext):
        self.block("frame", plaintext, lambda n, iv, _: struct.pack(">I", n) + iv)

    def final(self, plaintext):
        self.block("final", plaintext, lambda n, iv, size: FINAL + struct.pack(">I", n) + iv + struct.pack(">I", size))

    def single(self, plaintext):
        self.block("single", plaintext, lambda _, iv, size: iv + struct.pack(">Q", size))

    def body(self, plaintext):
        if not self.frame:
            return self.single(plaintext)
        while len(plaintext) > self.frame:
            self.regular(plaintext[:self.frame])
            plaintext = plaintext[self.frame:]
        return self.final(plaintext)

    def end(self):
        if self.signer:
            prehashed = ec.ECDSA(Prehashed(self.hash_type()))
            self.write(counted(self.signer.sign(self.digest.finalize(), prehashed)))


def message(suite, plaintext, **options):
    out = bytearray()
    made = Message(suite, out.extend, **options)
    made.body(plaintext)
    made.end()
    return bytes(out)


def b64(data):
    return base64.b64encode(data).decode()


def v1_object(plaintext):
    """AES-CBC under an AES-ECB-wrapped key: (body, fields)."""
    def pad(data):
        padder = padding.PKCS7(128).padder()
        return padder.update(data) + padder.finalize()
    iv = b"\x0c" * 16
    ecb = Cipher(algorithms.AES(AES_KEY), modes.ECB()).encryptor()
    cbc = Cipher(algorithms.AES(DATA_KEY), modes.CBC(iv)).encryptor()
    return cbc.update(pad(plaintext)), {"x-amz-key": b64(ecb.update(pad(DATA_KEY))), "x-amz-iv": b64(iv),
                                        "x-amz-matdesc": "{}"}


def v2_object(plaintext):
    iv, wrap_iv, name = b"\x0d" * 12, b"\x0e" * 12, "AES/GCM/NoPadding"
    wrapped = wrap_iv + AESGCM(AES_KEY).encrypt(wrap_iv, DATA_KEY, name.encode())
    return AESGCM(DATA_KEY).encrypt(iv, plaintext, b""), {
        "x-amz-key-v2": b64(wrapped), "x-amz-iv": b64(iv), "x-amz-cek-alg": name, "x-amz-wrap-alg": "AES/GCM",
        "x-amz-tag-len": "128", "x-amz-matdesc": "{}", "x-amz-unencrypted-content-length": str(len(plaintext))}


def v3_object(plaintext):
    wrap_iv, ident, suite = b"\x0f" * 12, bytes(range(1, 29)), b"\x00\x73"
    wrapped = wrap_iv + AESGCM(AES_KEY).encrypt(wrap_iv, DATA_KEY, b"115")
    key = hkdf(hashes.SHA512, DATA_KEY, ident, suite + b"DERIVEKEY", 32)
    return AESGCM(key).encrypt(b"\x01" * 12, plaintext, suite), {
        "x-amz-3": b64(wrapped), "x-amz-c": "115", "x-amz-w": "02", "x-amz-i": b64(ident),
        "x-amz-d": b64(hkdf(hashes.SHA512, DATA_KEY, ident, suite + b"COMMITKEY", 28))}


def write_object(out, name, made, instruction=()):
    body, fields = made
    (out / name).write_bytes(body)
    headers = {k: v for k, v in fields.items() if k not in instruction}
    (out / f"{name}.metadata.json").write_text(json.dumps({"ContentLength": len(body), "Metadata": headers}, indent=1))
    if instruction:
        (out / f"{name}.instruction").write_text(json.dumps({k: v for k, v in fields.items() if k in instruction}))


def write_folder(out):
    out.mkdir(parents=True, exist_ok=True)
    (out / "key.bin").write_bytes(AES_KEY)
    (out / "key.hex").write_text(AES_KEY.hex() + "\n")
    (out / "data.b64").write_text(b64(DATA_KEY) + "\n")
    (out / "other.bin").write_bytes(b"\x55" * 32)
    for name in ("key.bin", "key.hex", "data.b64"):
        os.chmod(out / name, 0o600)
    log = json.dumps({"Records": [{"eventVersion": "1.08", "eventName": "GetObject"}]}).encode()
    zipped = gzip.compress(log, mtime=0)
    (out / "log.json.gz").write_bytes(zipped)
    (out / "log.sealed").write_bytes(message(0x0578, zipped, context={"case": "42"}, frame=4096))
    (out / "required.sealed").write_bytes(message(0x0478, zipped, context={"a": "b"}, required={"case": "42"}))
    (out / "plain-suite.sealed").write_bytes(message(0x0178, zipped, context={"case": "42"}))
    # For the sweeps: frames, a signature, a commitment, a context, in about 400 bytes.
    (out / "sweep-v2.sealed").write_bytes(message(0x0578, b"CloudTrail", frame=8))
    (out / "sweep-v1.sealed").write_bytes(message(0x0214, b"CloudTrail", frame=8))
    (out / "sweep-unframed.sealed").write_bytes(message(0x0478, b"CloudTrail", context={"a": "b"}, frame=0))
    # Two recipients who would read different texts.
    edks = [edk_aes(DATA_KEY, {}), edk_aes(b"\x08" * 32, {}, key=b"\x55" * 32, name=b"k2")]
    (out / "two-keys.sealed").write_bytes(message(0x0178, zipped, edks=edks))
    (out / "edk-bomb.sealed").write_bytes(message(0x0478, zipped, edks=[(b"a", b"b", b"c")] * 65535))
    huge = bytearray()
    made = Message(0x0478, huge.extend, frame=2 ** 32 - 1)
    made.emit(struct.pack(">I", 1) + bytes(12) + bytes(1000))
    (out / "huge-frame.sealed").write_bytes(huge)
    write_object(out, "object-v1", v1_object(log))
    write_object(out, "object-v2", v2_object(log))
    write_object(out, "object-v3", v3_object(log), instruction=("x-amz-3", "x-amz-w"))


def stream(kind, size):
    out = sys.stdout.buffer
    zeros = bytes(1 << 20)
    if kind == "framed":
        made = Message(0x0578, out.write, frame=1 << 16)
        frame = bytes(1 << 16)
        for _ in range(size // len(frame)):
            made.regular(frame)
        made.final(b"")
        return made.end()
    # One block is more than AESGCM takes at once, so it is fed in pieces.
    if kind == "object":
        gcm = Cipher(algorithms.AES(DATA_KEY), modes.GCM(b"\x0d" * 12)).encryptor()
    else:
        made = Message(0x0478, out.write, frame=0 if kind == "unframed" else size)
        label, head = ("single", struct.pack(">Q", size)) if kind == "unframed" else ("final", struct.pack(">I", size))
        iv = struct.pack(">QI", 0, 1)
        gcm = Cipher(algorithms.AES(made.derive(0x0478)), modes.GCM(iv)).encryptor()
        gcm.authenticate_additional_data(made.id + LABELS[label] + struct.pack(">IQ", 1, size))
        out.write((b"" if kind == "unframed" else FINAL + struct.pack(">I", 1)) + iv + head)
    for _ in range(size // len(zeros)):
        out.write(gcm.update(zeros))
    gcm.finalize()
    out.write(gcm.tag)


def main(arguments):
    if arguments[0] == "--stream":
        stream(arguments[1], int(arguments[2]))
        return
    write_folder(pathlib.Path(arguments[0]))
    if len(arguments) > 1:
        pathlib.Path(arguments[1]).touch()


if __name__ == "__main__":
    main(sys.argv[1:])
