"""Counts the tests of a Meson log: lines "count PASSED FAILED SKIPPED", "fail NAME", "skip NAME: REASON".

A test that itself says "N passed, N failed, N skipped" on a line stands for so many.
"""

import json
import re
import sys

OWN_COUNT = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", re.MULTILINE)
SKIP_REASON = re.compile(r"^skipped:? (.+)$", re.MULTILINE)


def main():
    total = [0, 0, 0]
    try:
        lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
    except OSError as error:
        print(f"fail there is no test log: {error.strerror}")
        lines = []
    for line in lines:
        test = json.loads(line)
        output = (test.get("stdout") or "") + "\n" + (test.get("stderr") or "")
        result = test["result"]
        own = OWN_COUNT.findall(output)
        counts = [int(number) for number in own[-1]] if own else [0, 0, 0]
        if result == "SKIP" and not own:
            counts[2] = 1
        elif result not in ("OK", "EXPECTEDFAIL", "SKIP"):
            counts[1] = max(counts[1], 1)
        elif not own:
            counts[0] = 1
        if counts[1]:
            print(f"fail {test['name']}")
        if counts[2]:
            for reason in SKIP_REASON.findall(output) or ["no reason given"]:
                print(f"skip {test['name']}: {reason}")
        total = [a + b for a, b in zip(total, counts)]
    print("count", *total)


main()
