"""What must not stand in a source file: left-over marks, paths of one machine, characters that hide what a line says."""

import re

import source_files

# Put together here so that this file does not hold the words themselves.
RULES = [
    # Not in a report's timeline, where an X is an hour: "##X" "XX??".
    (re.compile(r"(?<![#?~])\b(" + "|".join(["TO" "DO", "FIX" "ME", "X" "XX", "HA" "CK"]) + r")\b"), "a left-over mark"),
    (re.compile("/" "work/|/" "root/|/" "home/[a-z]|/" "Users/"), "a path of one machine"),
    (re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]"), "a control character"),
    (re.compile("[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"), "an invisible or bidirectional character"),
    (re.compile(r"[ \t]+$", re.MULTILINE), "space at the end of a line"),
]
PROBES = ["// TO" "DO: later", "# X" "XX", "/" "home/someone/x", "bell\x07", "right\u202eto left", "trailing ", "carriage\r\n"]
CLEAN = ["// a hackle, a todo list in lower case", "##X" "XX??#", "/" "homepage", "caf\u00e9\t\u2192\n"]


def problems_of(text):
    for pattern, what in RULES:
        for match in pattern.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, what


def main():
    root = source_files.root()
    problems = [f"probe not seen: {probe!a}" for probe in PROBES if not list(problems_of(probe))]
    problems += [f"probe wrongly seen: {probe!a}" for probe in CLEAN if list(problems_of(probe))]
    files = source_files.source_files(root)
    for path in files:
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            problems.append(f"{path.relative_to(root)}: not UTF-8: {error}")
            continue
        problems += [f"{path.relative_to(root)}:{line}: {what}" for line, what in problems_of(text)]
    source_files.finish(problems, len(files))


main()
