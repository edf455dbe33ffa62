"""Writes a World as a folder. The same bytes are written once and linked from then on."""
import hashlib
import json
import os

from . import keys
from .bucket import Special


class Writer:
    def __init__(self, out):
        self.out = out
        self.pool = os.path.join(out, ".pool")
        os.makedirs(self.pool, exist_ok=True)
        self._made = set()

    def write(self, path, data):
        self._folder(os.path.dirname(path))
        pooled = os.path.join(self.pool, hashlib.sha256(data).hexdigest())
        if not os.path.exists(pooled):
            with open(pooled + ".part", "wb") as file:
                file.write(data)
            os.rename(pooled + ".part", pooled)
        if os.path.lexists(path):  # never write into a file that others are linked to
            os.unlink(path)
        try:
            os.link(pooled, path)
        except OSError:  # too many links, or a file system without any
            with open(path, "wb") as file:
                file.write(data)

    def _folder(self, path):
        if path not in self._made:
            os.makedirs(path, exist_ok=True)
            self._made.add(path)

    def special(self, path, special):
        self._folder(os.path.dirname(path))
        if special.kind == "fifo":
            os.mkfifo(path, 0o644)
        elif special.kind == "folder":
            self._folder(path)
        elif special.kind == "link":
            os.symlink(special.target, path)
        else:
            raise ValueError(special.kind)

    def entry(self, path, thing):
        if isinstance(thing, Special):
            self.special(path, thing)
        elif isinstance(thing, bytes):
            self.write(path, thing)
        else:
            self.write(path, thing.data)
            if thing.metadata is not None or thing.attributes is not None:
                self.write(path + ".metadata.json", thing.side_file())

    def world(self, slug, world, table):
        root = os.path.join(self.out, slug)
        for bucket, folder in sorted(world.folders.items()):
            self._folder(os.path.join(root, folder))
            for key, thing in sorted(world.site.bucket(bucket).items()):
                self.entry(os.path.join(root, folder, key), thing)
        if world.key_file is not False:
            self.write(os.path.join(root, "keys.json"), world.key_file or keys.listing(world.keys))
        for name, thing in sorted(world.files.items()):
            self.entry(os.path.join(root, name), thing)
        self.write(os.path.join(root, "case.json"), json.dumps(table, indent=2).encode() + b"\n")
