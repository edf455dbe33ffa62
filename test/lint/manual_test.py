"""The findings manual and findings.def agree: the same codes, in the same order, with the same severities, each with a
paragraph. The checks manual names every check that reports name."""

import pathlib
import re
import sys

import source_files

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "src" / "report"))
import findings_manual  # noqa: E402


def severity_words(severity, strict):
    return severity if severity == strict else f"{severity}, {strict} under --strict"


def compare(table, manual):
    """Problems between [(name, severity, strict, slug, sentence)] and {slug: (severity words, paragraphs)}."""
    slugs = [slug for _, _, _, slug, _ in table]
    problems = [f"{slug}: not in the manual" for slug in slugs if slug not in manual]
    problems += [f"{slug}: in the manual, not in findings.def" for slug in manual if slug not in slugs]
    if not problems and slugs != list(manual):
        problems.append("the manual has another order than findings.def")
    for _, severity, strict, slug, _ in table:
        words, paragraphs = manual.get(slug, (None, []))
        if words is None:
            continue
        if words != severity_words(severity, strict):
            problems.append(f"{slug}: the manual says '{words}', findings.def '{severity_words(severity, strict)}'")
        if len(paragraphs) < 2 or not paragraphs[-1].startswith("Next: ") or min(map(len, paragraphs)) < 12:
            problems.append(f"{slug}: not a paragraph of meaning and one that begins with 'Next: '")
    return problems


def prove_that_it_can_fail():
    table = [("a", "open", "open", "x.a", ""), ("b", "open", "violation", "x.b", "")]
    text = ["A long enough paragraph.", "Next: do something."]
    good = {"x.a": ("open", text), "x.b": ("open, violation under --strict", text)}
    assert compare(table, good) == []
    assert compare(table, dict(reversed(good.items())))
    assert compare(table, {"x.a": good["x.a"]})
    assert compare(table[:1], good)
    assert compare(table, good | {"x.a": ("notice", text)})
    assert compare(table, good | {"x.a": ("open", text[:1])})


def main():
    prove_that_it_can_fail()
    root = source_files.root()
    table = findings_manual.definitions((root / "include/trailseal/findings.def").read_text())
    manual = findings_manual.paragraphs((root / "man/trailseal-findings.7").read_text())
    problems = compare(table, manual)
    lines = (root / "include/trailseal/findings.def").read_text().splitlines()
    if len(table) != sum(line.startswith("FINDING(") for line in lines):
        problems.append("a line of findings.def could not be read")
    checks = re.findall(r'\{"([a-z-]+)", "', (root / "src/report/checks.cpp").read_text())
    sections = re.findall(r"^\.Ss ([a-z-]+)$", (root / "man/trailseal-checks.7").read_text(), re.MULTILINE)
    if not checks or sorted(checks) != sorted(sections):
        problems.append(f"trailseal-checks(7) has the sections {sections}, reports name {checks}")
    source_files.finish(problems, len(table))


main()
