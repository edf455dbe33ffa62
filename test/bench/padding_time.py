"""Does a failure tell by its time why it failed? For both formats of envelope.md 5.1 where that would open a door: the
padding of AES-CBC content, and the padding of RSA PKCS#1 v1.5.

Writes what is to be decrypted, of each kind many, and lets padding_time.cpp measure them in turns. A figure close to 0.5
says that two kinds cannot be told apart; it is an answer about this machine and this build, so nothing fails on it.

usage: padding_time.py PADDING-TIME FOLDER [RUNS]
"""

import os
import pathlib
import subprocess
import sys

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

import sealed

SIZE, DATA = 256, 32  # bytes of an RSA-2048 block, and of a data key
RUNS = 1000


def rsa_kinds(numbers):
    """Encoded messages: one that is right, and each way to be wrong."""
    def padding(size):
        return bytes(1 + byte % 255 for byte in os.urandom(size))

    def encode(head=b"\x00\x02", separator=b"\x00", size=DATA):
        return head + padding(SIZE - 3 - size) + separator + os.urandom(size)

    def holed():
        whole = bytearray(encode())
        whole[5] = 0
        return bytes(whole)

    kinds = {"right": encode, "first-byte": lambda: encode(b"\x01\x02"), "block-type": lambda: encode(b"\x00\x01"),
             "no-separator": lambda: encode(separator=b"\x01"), "zero-in-padding": holed,
             "other-size": lambda: encode(size=16)}
    return {name: [pow(int.from_bytes(make(), "big"), numbers.e, numbers.n).to_bytes(SIZE, "big") for _ in range(RUNS)]
            for name, make in kinds.items()}


def cbc_kinds():
    """The last two blocks of content, so that what comes out of the last one is chosen: right and wrong paddings."""
    ecb = Cipher(algorithms.AES(sealed.DATA_KEY), modes.ECB()).decryptor()

    def content(last):
        block = os.urandom(16)
        return os.urandom(1024) + bytes(a ^ b for a, b in zip(ecb.update(block), last)) + block

    kinds = {"right-1": os.urandom(15) + b"\x01", "right-16": b"\x10" * 16, "size-0": os.urandom(15) + b"\x00",
             "size-17": os.urandom(15) + b"\x11", "first-wrong": b"\x00" + b"\x10" * 15,
             "last-wrong": b"\x02" * 14 + b"\x03\x02"}
    return {name: [content(last) for _ in range(RUNS)] for name, last in kinds.items()}


def main(program, folder, runs=RUNS):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    key = rsa.generate_private_key(public_exponent=65537, key_size=8 * SIZE)
    (folder / "key.der").write_bytes(key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8,
                                                       serialization.NoEncryption()))
    for prefix, kinds in (("rsa-", rsa_kinds(key.public_key().public_numbers())), ("cbc-", cbc_kinds())):
        for name, texts in kinds.items():
            (folder / (prefix + name)).write_bytes(b"".join(texts))
    sys.exit(subprocess.run([program, folder, str(runs)], check=False).returncode)


main(*sys.argv[1:])
