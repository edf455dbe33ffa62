"""Buckets as data: what lies under each key, and what a mirror shows of it."""
import functools
import hashlib
import json
import struct
import zlib


@functools.lru_cache(None)
def gzip(content, level=6):
    """One member with mtime 0 and no name, so that the same content gives the same bytes."""
    deflate = zlib.compressobj(level, zlib.DEFLATED, -15)
    body = deflate.compress(content) + deflate.flush()
    trailer = struct.pack("<II", zlib.crc32(content), len(content) & 0xFFFFFFFF)
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff" + body + trailer


class Object:
    """An object: bytes, S3 user metadata or None, and attributes as head-object prints them or None. The mirror has no
    side file for an object with neither."""

    def __init__(self, data, metadata=None):
        self.data = data
        self.metadata = metadata
        self.attributes = None

    def side_file(self):
        shape = {"ContentLength": len(self.data), "ETag": '"%s"' % hashlib.md5(self.data).hexdigest(),
                 "ContentEncoding": "gzip", "ContentType": "application/json", **(self.attributes or {}),
                 "Metadata": self.metadata or {}}
        return json.dumps(shape, indent=4).encode() + b"\n"


class Special:
    """Something in a mirror that is no file: kind is "fifo", "folder" or "link" (with a target)."""

    def __init__(self, kind, target=None):
        self.kind = kind
        self.target = target


class Site:
    """All buckets of a case: {bucket: {key: Object or Special}}."""

    def __init__(self):
        self.buckets = {}

    def bucket(self, name):
        return self.buckets.setdefault(name, {})

    def put(self, thing):
        """Places a Log or a Digest where it says that it lies."""
        self.bucket(thing.bucket)[thing.key] = thing.object()

    def drop(self, *things):
        for thing in things:
            del self.bucket(thing.bucket)[thing.key]

    def at(self, thing):
        return self.bucket(thing.bucket)[thing.key]

    def replace(self, thing, data):
        self.at(thing).data = data
