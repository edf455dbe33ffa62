"""The manual is clean mdoc: mandoc finds nothing to warn of."""

import shutil
import subprocess
import sys

import source_files

SKIPPED = 77


def main():
    pages = source_files.source_files(source_files.root(), {".1", ".5", ".7"}, ("man",))
    if not shutil.which("mandoc"):
        print("skipped: there is no mandoc")
        sys.exit(SKIPPED)
    run = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", *map(str, pages)], capture_output=True, text=True)
    source_files.finish((run.stdout + run.stderr).splitlines(), len(pages))


main()
