"""Every C++ file is as clang-format 14 with our .clang-format writes it; other versions format otherwise: skipped."""

import shutil
import subprocess
import sys

import source_files

SKIPPED = 77


def main():
    program = shutil.which("clang-format-14") or shutil.which("clang-format")
    version = program and subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    if not version or "version 14." not in version:
        print("skipped: there is no clang-format 14")
        sys.exit(SKIPPED)
    root = source_files.root()
    files = source_files.source_files(root, {".cpp", ".hpp", ".h"})
    command = [program, "--dry-run", "--Werror", "--style=file", *map(str, files)]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True)
    problems = sorted({line.split(": error:")[0] for line in run.stderr.splitlines() if ": error:" in line})
    if run.returncode != 0 and not problems:
        problems = [run.stderr]
    source_files.finish(problems, len(files))


main()
