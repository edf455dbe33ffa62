"""Writes a header with the style and the script of the HTML report, and the hashes by which its policy names them.

usage: assets.py page.css page.js OUTPUT
"""
import base64
import hashlib
import sys

MOST_LITERAL = 15_000  # characters; some compilers allow no more than 64 KB in one


def without_comments(text):
    """Whole-line comments explain the source, not the page."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.strip().startswith(("//", "/*")))


def constant(name, text):
    assert ")__" not in text and text.isascii(), name
    pieces = [text[at:at + MOST_LITERAL] for at in range(0, len(text), MOST_LITERAL)]
    return f"inline constexpr char {name}[] =\n" + "\n".join(f'R"__({piece})__"' for piece in pieces) + ";\n"


def policy_hash(text):
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def main(style_path, script_path, output_path):
    texts = {}
    for name, path, tag in (("kStyle", style_path, "</style"), ("kScript", script_path, "</script")):
        with open(path, encoding="ascii") as file:
            texts[name] = without_comments(file.read())
        if tag in texts[name].lower() or "<!--" in texts[name]:
            raise SystemExit(f"assets.py: {path} would end its own element")
    with open(output_path, "w", encoding="ascii") as out:
        out.write("// Written by src/report/html/assets.py from page.css and page.js.\n#pragma once\n\n"
                  "namespace trailseal::report::html {\n\n")
        for name, text in texts.items():
            out.write(constant(name, text) + f'inline constexpr char {name}Hash[] = "{policy_hash(text)}";\n\n')
        out.write("}  // namespace trailseal::report::html\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
