"""Counts the tests of a Meson log: lines "count PASSED FAILED SKIPPED", "fail NAME", "skip NAME: REASON".

A test that itself says "N passed, N failed, N skipped" on a line stands for so many. Reasons are lines that begin with
"skipped", the words in brackets behind "N skipped", or the last line of a test that was skipped as a whole.
"""

import collections
import json
import re
import sys

OWN_COUNT = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", re.MULTILINE)
REASON = re.compile(r"^\s*skipped:? (.+)$", re.MULTILINE)
PART_REASON = re.compile(r"^.+: \d+ passed, \d+ failed, ([1-9]\d*) skipped \((.+)\)$", re.MULTILINE)


def reasons(output):
    parts = collections.Counter()
    for number, reason in PART_REASON.findall(output):
        parts[reason] += int(number)
    said = REASON.findall(output) + [f"{number}: {reason}" for reason, number in sorted(parts.items())]
    return said or output.strip().splitlines()[-1:] or ["no reason given"]


def main():
    total = [0, 0, 0]
    try:
        with open(sys.argv[1], encoding="utf-8") as log:
            tests = [json.loads(line) for line in log]
    except OSError as error:
        print(f"fail there is no test log: {error.strerror}")
        tests, total = [], [0, 1, 0]
    for test in tests:
        output = (test.get("stdout") or "") + "\n" + (test.get("stderr") or "")
        result = test["result"]
        own = OWN_COUNT.findall(output)
        counts = [int(number) for number in own[-1]] if own else [0, 0, 0]
        if result == "SKIP":
            counts = [0, 0, max(counts[2], 1)]
        elif result not in ("OK", "EXPECTEDFAIL"):
            counts[1] = max(counts[1], 1)
        elif not own:
            counts = [1, 0, len(REASON.findall(output))]  # a part may be skipped
        if counts[1]:
            print(f"fail {test['name']}")
        if counts[2]:
            for reason in reasons(output):
                print(f"skip {test['name']}: {reason}")
        total = [a + b for a, b in zip(total, counts)]
    print("count", *total)


main()
