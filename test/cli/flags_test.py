"""The flags of each command in --help are those of its manual page.

usage: flags_test.py PROGRAM ROOT
"""

import pathlib
import re
import subprocess
import sys


def flags_of_help(text):
    options = text.split("OPTIONS\n")[1]
    return set(re.findall(r"^  (?:-\w, )?--([a-z-]+)", options, re.MULTILINE))


def flags_of_page(text):
    return set(re.findall(r"^\.It (?:Fl \w , )?Fl -([a-z-]+)", text, re.MULTILINE))


def main(program, root):
    def help_of(*command):
        return subprocess.run([program, *command, "--help"], capture_output=True, text=True, check=True).stdout

    commands = re.findall(r"^  ([a-z]+)  ", help_of().split("COMMANDS\n")[1].split("OPTIONS\n")[0], re.MULTILINE)
    assert len(commands) >= 4, commands
    pages = {(): "trailseal.1"} | {(name,): f"trailseal-{name}.1" for name in commands}
    problems = []
    for command, page in pages.items():
        ours = flags_of_help(help_of(*command))
        theirs = flags_of_page((pathlib.Path(root) / "man" / page).read_text())
        assert "help" in ours
        problems += [f"{page}: no --{flag}" for flag in sorted(ours - theirs)]
        problems += [f"{page}: --{flag} is not in --help" for flag in sorted(theirs - ours)]
    print("\n".join(problems + [f"{len(pages)} pages, {len(problems)} problems"]))
    sys.exit(bool(problems))


main(*sys.argv[1:])
