"""trailseal-forensics(7) has every cause of causes.def, in order, and every rule of rules.def, line by line.

With --write it prints the list of rules as the manual should have it."""

import re
import sys

import source_files

LINE = re.compile(r'RULE\("([^"]+)", "([^"]+)", "([^"]+)", (\w+), "([^"]*)", (\w+), "([^"]*)", "([^"]*)", "([^"]+)"\)')
SUBJECTS = {"trail": "of a trail of ours", "bucket": "of the log bucket", "object": "of an object in the log bucket",
            "key": "of a key of ours", "named": "of what is named after a trail of ours or CloudTrail",
            "access": "of credentials by which evidence was touched", "account": "of the account"}


def rules(text):
    return [LINE.fullmatch(line).groups() if LINE.fullmatch(line) else line
            for line in text.splitlines() if line.startswith("RULE(")]


def entry(rule):
    """The lines of the manual for one line of the table."""
    _, services, events, subject, condition, effect, attack, before, what = rule
    ids = ""
    if attack:
        ids = "; " + attack + (" (before: %s)" % before if before != attack else "")
    when = " if %s" % condition.replace("|", " or ") if condition else ""
    return [".It", "%s: %s %s%s," % (services.replace(" ", ", "), events.replace(" ", ", "), SUBJECTS[subject], when),
            "%s%s:" % (effect, ids), what + "."]


def manual_of(table):
    lines, name = [], None
    for rule in table:
        if rule[0] != name:
            lines += ([".El"] if name else []) + [".It Sy " + rule[0], ".Bl -dash -compact"]
            name = rule[0]
        lines += entry(rule)
    return "\n".join(lines + [".El"]) + "\n"


def problems_of(table, manual, causes):
    problems = ["a line of rules.def could not be read: " + rule for rule in table if isinstance(rule, str)]
    if problems:
        return problems
    if ".Bl -tag -width Ds\n" + manual_of(table) + ".El\n.Sh SEE ALSO\n" not in manual:
        wanted = manual_of(table).splitlines()
        have = set(manual.splitlines())
        problems.append("the rules of the manual are not those of rules.def; not there: %s"
                        % [line for line in wanted if line not in have][:5])
    section = manual[manual.index(".Sh CAUSES"):manual.index(".Sh TAMPERING")]
    told = re.findall(r"^\.It Sy ([a-z-]+)$", section, re.MULTILINE)
    if told != causes:
        problems.append("the manual has the causes %s, causes.def %s" % (told, causes))
    return problems


def main():
    root = source_files.root()
    table = rules((root / "src/forensics/rules.def").read_text())
    causes = re.findall(r'^CAUSE\(\w+, "([a-z-]+)"', (root / "include/trailseal/causes.def").read_text(), re.MULTILINE)
    if "--write" in sys.argv:
        print(manual_of(table), end="")
        return
    manual = (root / "man/trailseal-forensics.7").read_text()
    # It can fail: a rule too many, one too few, another effect, another order of causes.
    assert table and causes and not problems_of(table, manual, causes)
    changed = table[0][:5] + ("context",) + table[0][6:]
    for bad in (table[:-1], table + [("x", *table[0][1:])], [changed] + table[1:]):
        assert problems_of(bad, manual, causes)
    assert problems_of(table, manual, causes[::-1])
    assert problems_of(["RULE(odd)"], manual, causes)
    source_files.finish(problems_of(table, manual, causes), len(table) + len(causes))


main()
