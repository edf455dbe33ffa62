#!/usr/bin/env python3
"""Runs the built program over every generated case.

    run_cases.py PROGRAM CASES FINDINGS_DEF BACKEND... [--only SLUG] [--no-lint]

Each case runs on each backend with one thread and on the first with four. Checked: the exit status, the set of finding
codes, the totals a case states, that all JSON reports are the same bytes, that `trailseal report` makes the same again
of them, that no control character of the evidence reaches a terminal or a page. Then the lint: every line of findings.def is produced by at least one case.
"""
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile
import unicodedata

TIMEOUT = 120  # seconds for one run: a hang is a failure, a slow machine is not
SKIPPED = 77
OUTCOMES = {0: "verified", 1: "violated", 2: "open"}

# Codes that no bucket on disk can produce; each is tested where the reason says.
ELSEWHERE = {
    "collection.manifest-unreadable": "needs a collection: integration test collect",
    "collection.incomplete": "needs a collection: integration test collect",
    "collection.file-missing": "needs a collection: integration test collect",
    "collection.file-differs": "needs a collection: integration test collect",
    "collection.file-extra": "needs a collection: integration test collect",
    "collection.object-changed": "needs a collection: integration test collect",
    "run.interrupted": "needs a signal in the middle of a run: unit tests of verify",
    "crypto.backends-disagree": "needs a backend that lies: unit tests of crypto",
    "kms.events-limit": "needs 100,001 events: unit tests of verify",
    "keys.unavailable": "needs a CloudTrail API: test/integration/fetched_keys_test.py",
    "settings.unavailable": "needs a CloudTrail API: test/integration/trail_settings_test.py",
    "settings.no-chain": "needs a CloudTrail API: test/integration/trail_settings_test.py",
    "settings.digests-behind": "needs a CloudTrail API: test/integration/trail_settings_test.py",
    "settings.not-logging": "needs a CloudTrail that says so: unit tests of verify",
    "settings.validation-off": "needs a CloudTrail API: test/integration/trail_settings_test.py",
    "settings.delivery-error": "needs a CloudTrail that says so: unit tests of verify",
    **dict.fromkeys(("version.digest-deleted", "version.digest-removed", "version.unavailable", "version.overwritten",
                     "version.recoverable", "version.lost", "version.removed"),
                    "needs a bucket with versioning: test/integration/versions_test.py"),
    "source.credentials-refused": "needs an S3 that stops answering: test/integration/s3_access_test.py",
}

CRASH = re.compile(r"Traceback|terminate called|Sanitizer|runtime error:|Assertion|Segmentation")


def read_table(path):
    """findings.def -> {slug: (severity, severity under --strict)}"""
    line = re.compile(r'FINDING\(\w+, (\w+), (\w+), "([^"]+)"')
    with open(path, encoding="utf-8") as file:
        return {match[3]: (match[1], match[2]) for match in map(line.match, file) if match}


def stray(data):
    """The first character that must not reach a terminal, or None."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return "byte %r" % data[error.start]
    for character in text:
        if character != "\n" and unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp"):
            return "U+%04X" % ord(character)
    return None


class Run:
    """One run of the program: status, text, stderr and the JSON report's bytes."""

    def __init__(self, program, folder, args, backend, jobs):
        self.name = "%s, %d jobs" % (backend, jobs)
        with tempfile.TemporaryDirectory() as scratch:
            report = os.path.join(scratch, "report.json")
            command = [program, args[0], "--crypto", backend, "--jobs", str(jobs), "--report", "text",
                       "--report", "json=" + report, "--color", "never", "--no-progress", *args[1:]]
            try:
                done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True,
                                      timeout=TIMEOUT, check=False)
                self.status, self.out, self.err = done.returncode, done.stdout, done.stderr
            except subprocess.TimeoutExpired:
                self.status, self.out, self.err = "timeout", b"", b""
            self.json = b""
            if os.path.exists(report):
                with open(report, "rb") as file:
                    self.json = file.read()


class Reread:
    """What `trailseal report` makes of a run's JSON report."""

    def __init__(self, program, run):
        with tempfile.TemporaryDirectory() as scratch:
            given, again, page = (os.path.join(scratch, name) for name in ("given.json", "again.json", "page.html"))
            with open(given, "wb") as file:
                file.write(run.json)
            done = subprocess.run([program, "report", "--quiet", "--report", "json=" + again, "--report", "html=" + page, given],
                                  stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT, check=False)
            self.status, self.err, self.json, self.html = done.returncode, done.stderr, b"", b""
            if os.path.exists(page):
                with open(again, "rb") as file:
                    self.json = file.read()
                with open(page, "rb") as file:
                    self.html = file.read()


def compare(label, expected, found):
    return [] if expected == found else ["%s: expected %s, found %s" % (label, expected, found)]


def judge_report(case, report, table, strict):
    faults = compare("outcome", OUTCOMES[case["exit"]], report.get("outcome"))
    notices, others = set(), set()
    for finding in report.get("findings", []):
        code = finding["code"]
        if code not in table:
            faults.append("code %s is not in findings.def" % code)
            continue
        faults += compare("severity of " + code, table[code][strict], finding["severity"])
        (notices if table[code][0] == "notice" else others).add(code)
    faults += compare("findings", case["findings"], sorted(others))
    faults += compare("notices", case["notices"], sorted(notices))
    for path, number in case.get("totals", {}).items():
        value = report.get("totals", {})
        for step in path.split("."):
            value = value.get(step, {})
        faults += compare(path, number, value)
    keys = report.get("kms", {}).get("keys", [])
    for name, number in case.get("kms", {}).items():
        faults += compare("kms " + name, number, keys[0].get(name) if keys else None)
    return faults + judge_causes(case, report)


def judge_causes(case, report):
    if "explained" not in case:
        return []
    def words(one):
        return [one["code"], one["cause"], one["confidence"]]
    expected = sorted(case["explained"], key=words)
    found = sorted(report["forensics"]["explanations"], key=words)
    faults = compare("causes", [words(one) for one in expected], [words(one) for one in found])
    if not faults:
        for wanted, told in zip(expected, found):
            faults += ["the cause %s does not say %s: %s" % (told["cause"], part, told["sentence"])
                       for part in wanted["says"] if part not in told["sentence"]]
    return faults


def judge_run(case, run, table):
    faults = compare("exit", case["exit"], run.status)
    if CRASH.search(run.err.decode("utf-8", "replace")):
        faults.append("stderr: " + run.err.decode("utf-8", "replace")[:400])
    for label, data in (("text report", run.out), ("stderr", run.err)):
        if stray(data):
            faults.append("%s holds %s" % (label, stray(data)))
    if case["exit"] not in OUTCOMES:
        if not run.err.startswith(b"trailseal: "):
            faults.append("stderr does not say why: %r" % run.err[:200])
        return faults
    if run.status not in OUTCOMES:
        return faults + ["stderr: %r" % run.err[:400]]
    try:
        report = json.loads(run.json)
    except ValueError as error:
        return faults + ["the JSON report is none: %s" % error]
    return faults + judge_report(case, report, table, "--strict" in case["args"])


def run_case(program, cases, slug, backends, table):
    folder = os.path.join(cases, slug)
    with open(os.path.join(folder, "case.json"), encoding="utf-8") as file:
        case = json.load(file)
    settings = [(backend, 1) for backend in backends] + [(backends[0], 4)]
    runs = [Run(program, folder, case["args"], *setting) for setting in settings]
    faults = judge_run(case, runs[0], table)
    for run in runs[1:]:
        if (run.status, run.json, run.out) != (runs[0].status, runs[0].json, runs[0].out):
            faults.append("reports differ: %s and %s" % (runs[0].name, run.name))
    if runs[0].status in OUTCOMES:
        reread = Reread(program, runs[0])
        if (reread.status, reread.json) != (runs[0].status, runs[0].json):
            faults.append("the JSON report is not the same when it is read again: %r" % reread.err[:400])
        elif stray(reread.html):
            faults.append("the HTML report holds %s" % stray(reread.html))
    return case, faults


def lint(produced, table):
    """Every code has a case, or a reason why none can be."""
    faults = ["no case produces %s" % code for code in table if code not in produced and code not in ELSEWHERE]
    faults += ["%s is excused and has a case" % code for code in ELSEWHERE if code in produced]
    return faults + ["%s is excused and not in findings.def" % code for code in ELSEWHERE if code not in table]


def main():
    args = sys.argv[1:]
    only = None
    if "--only" in args:
        at = args.index("--only")
        only = args[at + 1]
        del args[at:at + 2]
    linted = only is None and "--no-lint" not in args
    args = [arg for arg in args if arg != "--no-lint"]
    if len(args) < 4:
        sys.exit(__doc__)
    program, cases, findings = map(os.path.abspath, args[:3])
    backends = args[3:]
    if not os.path.isdir(cases):
        print("skipped: no cases were generated (python3-cryptography is missing?)\n0 passed, 0 failed, 1 skipped")
        sys.exit(SKIPPED)
    table = read_table(findings)
    slugs = sorted(entry.name for entry in os.scandir(cases)
                   if entry.is_dir() and os.path.exists(os.path.join(entry.path, "case.json")))
    if only:
        slugs = [slug for slug in slugs if slug == only]
    if not slugs or not table:
        sys.exit("run_cases.py: no cases in %s or no codes in %s" % (cases, findings))
    failed, produced = 0, set()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for slug, (case, faults) in zip(slugs, pool.map(
                lambda slug: run_case(program, cases, slug, backends, table), slugs)):
            produced.update(case["findings"], case["notices"])
            failed += bool(faults)
            for fault in faults:
                print("%s: %s" % (slug, fault))
    faults = lint(produced, table) if linted else []
    for fault in faults:
        print("lint: " + fault)
    print("%d passed, %d failed, 0 skipped" % (len(slugs) - failed, failed + len(faults)))
    sys.exit(bool(failed or faults))


if __name__ == "__main__":
    main()
