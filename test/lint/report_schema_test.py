"""The JSON reports in test/golden satisfy src/report/verdict.schema.json, which demands every field and allows no other,
and trailseal-report(5) has an entry for each of its fields and none besides."""

import json
import re
import sys

import source_files

SKIPPED = 77
SHARED = ("totals", "event")  # objects with a list of their own in the manual


def objects(schema):
    """Every object schema within, with what it may hold."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for value in schema.values():
            yield from objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects(value)


def fields(schema, definitions, name=""):
    """Names of all leaves as the manual writes them: "chains[].gaps[].cause"; intervals and totals are not opened."""
    if "$ref" in schema or not isinstance(schema, dict):
        yield name
    elif schema.get("type") == "object":
        for key, value in schema["properties"].items():
            yield from fields(value, definitions, f"{name}.{key}" if name else key)
    elif schema.get("type") == "array" and "items" in schema and name.count("request.") == 0:
        yield from fields(schema["items"], definitions, name + "[]")
    else:
        yield name


def problems_of(schema, manual, reports, validator):
    problems = []
    for each in objects(schema):
        if each.get("additionalProperties") is not False or sorted(each["required"]) != sorted(each["properties"]):
            problems.append(f"an object of the schema is open or does not demand all: {sorted(each['properties'])}")
    definitions = schema["$defs"]
    wanted = set(fields(schema, definitions)).union(*(fields(definitions[name], definitions) for name in SHARED))
    problems += [f"not in the manual: {name}" for name in sorted(wanted - manual)]
    problems += [f"only in the manual: {name}" for name in sorted(manual - wanted)]
    for path, report in reports:
        problems += [f"{path}: {error.json_path}: {error.message[:200]}" for error in validator.iter_errors(report)]
    return problems


def main():
    try:
        import jsonschema
    except ImportError:
        print("skipped: there is no python3-jsonschema")
        sys.exit(SKIPPED)
    root = source_files.root()
    schema = json.loads((root / "src/report/verdict.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    page = (root / "man/trailseal-report.5").read_text()
    manual = set(re.findall(r"^\.It Va (\S+)$", page, re.MULTILINE))
    reports = [(path.name, json.loads(path.read_text())) for path in sorted((root / "test/golden").glob("*.json"))]

    # It can fail: a field too many, one too few, a wrong value; a field the manual lacks.
    name, good = max(reports, key=lambda report: len(report[1]["findings"]))
    assert good["findings"] and good["chains"] and good["keys"]
    for bad in (good | {"more": 1}, {k: v for k, v in good.items() if k != "keys"}, good | {"outcome": "fine"},
                good | {"findings": [good["findings"][0] | {"more": None}]}):
        assert problems_of(schema, manual, [(name, bad)], validator)
    assert problems_of(schema, manual - {"outcome"}, [], validator)
    assert problems_of(schema, manual | {"other"}, [], validator)

    source_files.finish(problems_of(schema, manual, reports, validator), len(reports))


main()
