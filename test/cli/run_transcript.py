"""Runs the program as a transcript says and compares.

usage: run_transcript.py PROGRAM TRANSCRIPT

Each transcript runs in an empty folder of its own. Its lines:

    # a comment
    file NAME            the lines "| ..." below are its content
    folder NAME
    env NAME=VALUE       for the commands below
    $ COMMAND            run by sh; "trailseal" is the program
    % COMMAND            the same with standard output on a terminal of 80 columns
    status N             its exit status; must follow each command
    out REGEX            some line of standard output, below the line found last, matches
    err REGEX            the same of standard error
    not-out REGEX        no line of standard output matches
    not-err REGEX
    no-out               nothing on standard output
    no-err
    has FILE REGEX       a line of the file matches
    absent FILE
    same FILE FILE       equal content

An unknown line is a failure.
"""

import os
import pathlib
import pty
import re
import struct
import subprocess
import sys
import tempfile
import fcntl
import termios

TIMEOUT_S = 60


class Mistake(Exception):
    pass


def run_on_terminal(command, folder, env):
    """(status, output) of a command whose standard output is a terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(["sh", "-c", command], cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=theirs,
                               stderr=subprocess.PIPE)
    os.close(theirs)
    output = b""
    try:
        while piece := os.read(ours, 65536):
            output += piece
    except OSError:  # how a terminal says that the other side is gone
        pass
    os.close(ours)
    errors = process.stderr.read()
    return process.wait(TIMEOUT_S), output.replace(b"\r\n", b"\n"), errors


class Transcript:
    def __init__(self, program, folder):
        self.folder = folder
        self.env = {"PATH": f"{program.parent}:{os.environ['PATH']}", "HOME": str(folder), "LC_ALL": "C", "TERM": "xterm"}
        self.file = None
        self.rest = {"out": None, "err": None}
        self.all = {"out": [], "err": []}
        self.status = None
        self.status_seen = True

    def run(self, line):
        if not self.status_seen:
            raise Mistake("the command before has no status line")
        if line[0] == "%":
            status, out, err = run_on_terminal(line[2:], self.folder, self.env)
        else:
            done = subprocess.run(["sh", "-c", line[2:]], cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=TIMEOUT_S, check=False)
            status, out, err = done.returncode, done.stdout, done.stderr
        self.status, self.status_seen = status, False
        for stream, data in (("out", out), ("err", err)):
            self.all[stream] = data.decode("utf-8", "backslashreplace").splitlines()
            self.rest[stream] = list(self.all[stream])

    def path(self, name):
        return self.folder / name

    def expect(self, stream, pattern):
        rest = self.rest[stream]
        while rest:
            if re.search(pattern, rest.pop(0)):
                return
        raise Mistake(f"no line (further on) of {stream} matches; all of it:\n" + "\n".join(self.all[stream]))

    def obey(self, line):
        if line.startswith("| ") or line == "|":
            if self.file is None:
                raise Mistake("content without a file")
            with self.file.open("a", encoding="utf-8") as file:
                file.write(line[2:] + "\n")
            return
        self.file = None
        word, _, rest = line.partition(" ")
        if word in ("$", "%"):
            self.run(line)
        elif word == "file":
            self.file = self.path(rest)
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_text("")
        elif word == "folder":
            self.path(rest).mkdir(parents=True)
        elif word == "env":
            name, _, value = rest.partition("=")
            self.env[name] = value
        elif word == "status":
            self.status_seen = True
            if self.status != int(rest):
                raise Mistake(f"status {self.status}\n" + "\n".join(self.all["out"] + self.all["err"]))
        elif word in ("out", "err"):
            self.expect(word, rest)
        elif word in ("not-out", "not-err"):
            if any(re.search(rest, each) for each in self.all[word[4:]]):
                raise Mistake("a line matches")
        elif line in ("no-out", "no-err"):
            if self.all[word[3:]]:
                raise Mistake("there is:\n" + "\n".join(self.all[word[3:]]))
        elif word == "has":
            name, _, pattern = rest.partition(" ")
            if not any(re.search(pattern, each) for each in self.path(name).read_text().splitlines()):
                raise Mistake("no line matches")
        elif word == "absent":
            if self.path(rest).exists():
                raise Mistake("it exists")
        elif word == "same":
            first, second = rest.split(" ")
            if self.path(first).read_bytes() != self.path(second).read_bytes():
                raise Mistake("they differ")
        else:
            raise Mistake("unknown line")


def main(program, path):
    commands = 0
    with tempfile.TemporaryDirectory() as folder:
        transcript = Transcript(pathlib.Path(program).resolve(), pathlib.Path(folder))
        lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines + ["# end"], 1):
            if not line or line.startswith("#"):
                continue
            commands += line[0] in "$%"
            try:
                transcript.obey(line)
            except Mistake as mistake:
                raise SystemExit(f"{path}:{number}: {line}\n{mistake}") from None
        if not commands or not transcript.status_seen:
            raise SystemExit(f"{path}: no command, or the last one has no status line")
    print(f"{commands} commands")


if __name__ == "__main__":
    main(*sys.argv[1:])
