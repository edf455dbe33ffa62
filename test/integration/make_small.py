"""Writes the small honest bucket of the sweeps: a starting digest and two more, two logs in each of these.

usage: make_small.py OUT STAMP
  OUT/bucket is the mirror, OUT/keys.json the keys; STAMP is touched when done. PYTHONPATH leads to trailgen, in vectors/.
"""

import pathlib
import shutil
import sys

from trailgen import keys
from trailgen.world import World
from trailgen.write import Writer


def main():
    out, stamp = sys.argv[1:]
    shutil.rmtree(out, ignore_errors=True)
    world = World()
    world.honest(range(3))
    writer = Writer(out)
    for key, thing in sorted(world.site.buckets["acme-trail"].items()):
        writer.entry(f"{out}/bucket/{key}", thing)
    writer.write(f"{out}/keys.json", keys.listing(world.keys))
    shutil.rmtree(writer.pool)
    pathlib.Path(stamp).touch()


main()
