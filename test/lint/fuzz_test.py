"""Every fuzz target is listed in test/fuzz/meson.build, in order, and has a corpus; no corpus lacks its target."""

import re

import source_files

DRIVERS = {"driver_libfuzzer", "driver_replay"}


def main():
    folder = source_files.root() / "test/fuzz"
    listed = re.findall(r"^  '(\w+)',$", (folder / "meson.build").read_text(), re.MULTILINE)
    present = {path.stem for path in folder.glob("*.cpp")} - DRIVERS
    corpora = {path.name for path in (folder / "corpus").glob("*") if any(path.iterdir())}
    problems = [f"{name}.cpp is not in the list" for name in sorted(present - set(listed))]
    problems += [f"{name} is listed and there is no {name}.cpp" for name in sorted(set(listed) - present)]
    problems += [f"{name} has no corpus" for name in sorted(present - corpora)]
    problems += [f"corpus/{name} has no target" for name in sorted(corpora - present)]
    if listed != sorted(listed):
        problems.append("the list is not sorted")
    source_files.finish([f"test/fuzz: {problem}" for problem in problems], 1 + len(present))


main()
