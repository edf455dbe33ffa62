"""The files that the lints look at."""

import pathlib
import sys

FOLDERS = ("include", "src", "test", "vectors", "man", ".ci")
TOP_FILES = ("meson.build", "meson_options.txt", "README.md", "CHANGELOG.md", ".clang-format", ".clang-tidy")
SUFFIXES = {".cpp", ".hpp", ".h", ".def", ".py", ".build", ".sh", ".md", ".txt", ".in", ".1", ".5", ".7"}


def root():
    return pathlib.Path(sys.argv[1])


def source_files(root, suffixes=SUFFIXES, folders=FOLDERS):
    """Every text file written by hand, sorted; a file of .ci has no suffix."""
    found = [root / name for name in TOP_FILES if (root / name).is_file() and pathlib.Path(name).suffix in suffixes]
    for folder in folders:
        wanted = suffixes | {""} if folder == ".ci" and suffixes is SUFFIXES else suffixes
        for path in (root / folder).rglob("*"):
            if path.is_file() and path.suffix in wanted and "__pycache__" not in path.parts:
                found.append(path)
    return sorted(found)


def finish(problems, looked_at):
    """Prints the problems and ends the lint; looking at nothing is a failure too."""
    for problem in problems:
        print(problem)
    if not looked_at:
        print("no file to look at: wrong root?")
    print(f"{looked_at} files, {len(problems)} problems")
    sys.exit(1 if problems or not looked_at else 0)
