"""The table of cases. Each is one function that builds the evidence in a World; the decorator holds what to expect."""
from .world import World

CASES = {}


class Case:
    def __init__(self, slug, build, exit, findings, notices, why, acceptance, totals, options, kms=None,
                 explained=None):
        self.slug = slug
        self.build = build
        self.exit = exit
        self.findings = sorted(findings)
        self.notices = sorted(notices)
        self.why = why
        self.acceptance = acceptance
        self.totals = totals
        self.kms = kms
        self.explained = explained
        self.options = options

    def world(self):
        world = World()
        self.build(world)
        world.options = world.options + self.options
        return world

    def table(self, world):
        table = {"args": world.args(), "exit": self.exit, "findings": self.findings, "notices": self.notices,
                 "why": self.why}
        if self.totals:
            table["totals"] = self.totals
        if self.kms:
            table["kms"] = self.kms
        if self.explained is not None:
            table["explained"] = self.explained
        if self.acceptance:
            table["acceptance"] = self.acceptance
        return table


def case(slug, exit, findings=(), why="", notices=(), acceptance=None, strict=None, totals=None, kms=None,
         explained=None):
    """findings: exactly these codes, notices aside. notices: exactly these. strict: the exit status of a twin that runs
    with --strict. totals: numbers of the JSON report, {"digests.missing": 2}. kms: numbers of the first KMS key in it.
    explained: exactly these causes, each {code, cause, confidence, says: parts of its sentence}."""
    def register(build):
        twins = [(slug, exit, [])]
        if strict is not None:
            twins.append((slug + "-strict", strict, ["--strict"]))
        for name, status, options in twins:
            assert name not in CASES, name
            CASES[name] = Case(name, build, status, findings, notices, why, acceptance, totals, options, kms,
                               explained)
        return build
    return register
