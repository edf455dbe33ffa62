#!/usr/bin/env python3
"""Writes the cases of the test suite: OUT/<slug>/ with a mirror, keys.json and case.json. See README.md beside this.

    generate.py OUT [--only SLUG]...     the cases
    generate.py OUT --sample             the sample trail instead
    generate.py --list                   slug, acceptance row, exit status and findings of each case
"""
import argparse
import os
import shutil
import sys

sys.dont_write_bytecode = True


MARK = ".made-by-generate"


def empty(out):
    """Clears an earlier run's output, and never anything else."""
    if os.path.isdir(out) and os.listdir(out):
        if not os.path.exists(os.path.join(out, MARK)):
            sys.exit("generate.py: %s is not empty and was not made by this program" % out)
        shutil.rmtree(out)
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, MARK), "w"):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", nargs="?", metavar="OUT")
    parser.add_argument("--only", action="append", metavar="SLUG")
    parser.add_argument("--sample", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--stamp", metavar="FILE", help="touch FILE when done")
    options = parser.parse_args()
    try:
        import cryptography  # noqa: F401
    except ImportError:
        sys.exit("generate.py: python3-cryptography is missing")
    from trailgen.write import Writer

    if options.list:
        from trailgen.cases import CASES
        for slug, case in CASES.items():
            print(slug, case.acceptance or "-", case.exit, ",".join(case.findings + case.notices) or "-", sep="\t")
        return
    if not options.out:
        parser.error("OUT is missing")
    if options.sample:
        from trailgen import sample
        worlds = sample.worlds()
    else:
        from trailgen.cases import CASES
        unknown = set(options.only or ()) - set(CASES)
        if unknown:
            parser.error("no such case: " + ", ".join(sorted(unknown)))
        worlds = ((slug, case) for slug, case in CASES.items() if not options.only or slug in options.only)
    empty(options.out)
    writer = Writer(options.out)
    for slug, case in worlds:
        world = case.world()
        writer.world(slug, world, case.table(world))
    shutil.rmtree(writer.pool)
    if options.stamp:
        os.makedirs(os.path.dirname(options.stamp) or ".", exist_ok=True)
        with open(options.stamp, "w"):
            pass


if __name__ == "__main__":
    main()
