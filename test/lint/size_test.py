"""One idea for each file: no source file above 400 lines, the README below 200."""

import source_files

LIMIT = 400
README_LIMIT = 200


def main():
    root = source_files.root()
    files = source_files.source_files(root, {".cpp", ".hpp", ".h", ".def", ".py", ".build", ".sh"})
    limits = {path: LIMIT for path in files}
    limits |= {path: README_LIMIT for path in [root / "README.md"] if path.exists()}
    problems = []
    for path, limit in limits.items():
        lines = path.read_text().count("\n")
        if lines > limit:
            problems.append(f"{path.relative_to(root)}: {lines} lines, {limit} allowed")
    source_files.finish(problems, len(limits))


main()
