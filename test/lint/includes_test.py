"""Holds #include lines to the two dependency tables of src/README.md."""

import re
import sys

import source_files

STANDARD = set("""assert.h errno.h limits.h stddef.h stdint.h stdio.h stdlib.h string.h time.h math.h
algorithm any array atomic barrier bit bitset cassert cctype cerrno cfloat charconv chrono cinttypes climits clocale cmath
compare complex concepts condition_variable csignal cstdarg cstddef cstdint cstdio cstdlib cstring ctime cwchar deque
exception execution filesystem forward_list fstream functional future initializer_list iomanip ios iosfwd iostream
istream iterator latch limits list locale map memory memory_resource mutex new numbers numeric optional ostream queue
random ranges ratio regex semaphore set shared_mutex source_location span sstream stack stdexcept stop_token streambuf
string string_view system_error thread tuple type_traits typeindex typeinfo unordered_map unordered_set utility valarray
variant vector version""".split())
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def table(markdown, first_header):
    """The rows of the table whose first column is called so, as lists of words."""
    rows, inside = [], False
    for line in markdown.splitlines():
        cells = [cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            inside = False
        elif inside and not set(cells[0]) <= set("-"):
            rows.append([[word for word in cell.split() if word != "-"] for cell in cells])
        elif cells[0] == first_header and len(cells) > 1 and not rows:
            inside = True
    return rows


class Rules:
    def __init__(self, markdown):
        dependencies = markdown[markdown.index("## Dependencies"):]
        self.arrows, self.public, self.homes = {}, {}, []
        for (folder,), targets, headers in table(dependencies, "folder"):
            self.arrows[folder] = set(targets) | {folder}
            self.public.update({header: folder for header in headers})
        for prefixes, homes in table(dependencies, "foreign headers"):
            self.homes += [(prefix, homes) for prefix in prefixes]

    def folder_of(self, path):
        parts = path.split("/")
        if path.startswith("include/trailseal/"):
            return self.public.get(parts[-1].split(".")[0])
        return parts[1]

    def problem(self, path, bracket, header):
        """Why `path` (relative to the root) may not include `header`; None if it may."""
        folder = self.folder_of(path)
        if folder not in self.arrows:
            return "is in no row of the dependency table"
        if header.startswith("trailseal/"):
            stem = header.split("/")[1].split(".")[0]
            target = self.public.get("finding" if stem == "findings" else stem)
            if target is None:
                return f"{header} is in no row of the dependency table"
        elif bracket == '"':
            target = header.split("/")[0] if "/" in header else None
            if path.startswith("include/"):
                return f"a public header includes {header}"
            if target not in self.arrows:
                return f"{header} is not written as folder/file"
        elif header in STANDARD:
            return None
        else:
            return self.foreign_problem(path, header)
        return None if target in self.arrows[folder] else f"{folder} may not include {header} of {target}"

    def foreign_problem(self, path, header):
        if path.startswith("include/"):
            return f"a public header includes the foreign {header}"
        for prefix, homes in self.homes:
            if header == prefix or (prefix.endswith("/") and header.startswith(prefix)):
                inside = path.removeprefix("src/")
                for home in homes:
                    if inside == home or (home.endswith("/") and inside.startswith(home)):
                        return None
                    if home == ".cpp" and path.endswith(".cpp"):
                        return None
                return f"{header} has another home: {' '.join(homes)}"
        return f"{header} is in no table of src/README.md"


# What the lint must see, so that a change of the script or of the tables cannot blind it.
PROBES = [
    ("src/verify/run.cpp", '"', "trail/digest.hpp", True),
    ("src/verify/run.cpp", "<", "vector", True),
    ("src/verify/run.cpp", '"', "report/text.hpp", False),
    ("src/base/hex.cpp", '"', "trailseal/bytes.hpp", True),
    ("src/base/hex.cpp", '"', "trailseal/verdict.hpp", False),
    ("src/base/hex.cpp", '"', "hex.hpp", False),
    ("src/report/json.cpp", '"', "trailseal/verify.hpp", False),
    ("src/crypto/openssl/hash.cpp", "<", "openssl/evp.h", True),
    ("src/crypto/openssl.cpp", "<", "openssl/evp.h", False),
    ("src/crypto/botan/hash.cpp", "<", "openssl/evp.h", False),
    ("src/crypto/backend.cpp", "<", "openssl/evp.h", False),
    ("src/report/json.cpp", "<", "nlohmann/json.hpp", True),
    ("src/report/json.hpp", "<", "nlohmann/json.hpp", False),
    ("src/report/json.cpp", "<", "boost/any.hpp", False),
    ("src/unknown/x.cpp", "<", "vector", False),
    ("include/trailseal/trail.hpp", '"', "trailseal/crypto.hpp", True),
    ("include/trailseal/crypto.hpp", '"', "trailseal/trail.hpp", False),
    ("include/trailseal/finding.hpp", '"', "trailseal/findings.def", True),
    ("include/trailseal/crypto.hpp", "<", "openssl/evp.h", False),
    ("include/trailseal/crypto.hpp", '"', "base/hex.hpp", False),
]


def main():
    root = source_files.root()
    rules = Rules((root / "src/README.md").read_text())
    problems = []
    for path, bracket, header, allowed in PROBES:
        if (rules.problem(path, bracket, header) is None) != allowed:
            problems.append(f"probe: {path} includes {header}: expected {'no ' if allowed else 'a '}problem")
    files = source_files.source_files(root, {".cpp", ".hpp", ".h"}, ("include", "src"))
    for path in files:
        relative = path.relative_to(root).as_posix()
        for bracket, header in INCLUDE.findall(path.read_text()):
            problem = rules.problem(relative, bracket, header)
            if problem:
                problems.append(f"{relative}: {problem}")
    for folder in {path.relative_to(root).parts[1] for path in files if path.is_relative_to(root / "src")}:
        if f"| `{folder}` |" not in (root / "src/README.md").read_text():
            problems.append(f"src/README.md: the map has no line for {folder}")
    source_files.finish(problems, len(files))


if __name__ == "__main__":
    sys.exit(main())
