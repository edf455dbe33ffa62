"""Progress on a terminal, and what Ctrl-C does: the first ends the run with a report, the second ends the program.

usage: interrupt_test.py PROGRAM

PYTHONPATH leads to trailgen and to the benchmarks' make_mirror, which write a mirror that takes long: six hundred names
of one log file of 12 MB.
"""

import fcntl
import json
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

SKIPPED = 77
TIMEOUT_S = 60
PROMPT_S = 10  # a second or so on a quiet machine
COLUMNS = 80
LINE = rb"\r\[[#-]+\] \d[\d,]*/\d[\d,]* objects  \d+\.\d MB/s  ETA [\ddhms]+\x1b\[K"
WIPED = b"\r\x1b[K"


def make_slow_mirror(folder):
    try:
        import make_mirror
    except ImportError:
        print("skipped: python3-cryptography is missing")
        sys.exit(SKIPPED)
    make_mirror.SETS["slow"] = (600, 12_000_000, 12_000_100, 1, 24, 1)
    make_mirror.write(folder, "slow")


class Run:
    """A verification whose standard error is a terminal."""

    def __init__(self, program, folder, stdout, *more):
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
        until = (folder / "until").read_text()
        self.process = subprocess.Popen(
            [program, "verify", "--jobs", "1", "--keys", "keys.json", "--until", until, "--now", until, "--report",
             "json", *more, "mirror"], cwd=folder, stdin=subprocess.DEVNULL, stdout=stdout, stderr=theirs)
        os.close(theirs)
        self.terminal, self.seen = ours, b""

    def see(self, pattern):
        """Reads the terminal until it shows the pattern behind what was seen before."""
        end = time.monotonic() + TIMEOUT_S
        fresh = b""
        while not re.search(pattern, fresh):
            ready, _, _ = select.select([self.terminal], [], [], max(0, end - time.monotonic()))
            assert ready, f"never seen: {pattern!r} in {fresh[-300:]!r}"
            fresh += os.read(self.terminal, 65536)
        self.seen += fresh

    def end(self):
        self.process.wait(TIMEOUT_S)
        try:
            while piece := os.read(self.terminal, 65536):
                self.seen += piece
        except OSError:  # how a terminal says that the other side is gone
            pass
        os.close(self.terminal)
        return self.process.returncode


def first_interrupt(program, folder):
    run = Run(program, folder, subprocess.PIPE)
    run.see(LINE)
    begin = time.monotonic()
    run.process.send_signal(signal.SIGINT)
    report = run.process.stdout.read()
    status = run.end()
    took = time.monotonic() - begin
    assert status == 2, status
    assert took < PROMPT_S, took
    report = json.loads(report)
    assert report["complete"] is False and report["outcome"] == "open", report["outcome"]
    codes = {finding["code"] for finding in report["findings"]}
    assert "run.interrupted" in codes, codes
    assert not any(finding["severity"] == "violation" for finding in report["findings"]), codes
    assert run.seen.endswith(WIPED), run.seen[-100:]
    lines = run.seen.split(b"\r")
    assert all(len(line.removesuffix(b"\x1b[K")) < COLUMNS for line in lines), max(lines, key=len)
    return took


def second_interrupt(program, folder):
    """Nobody reads the report, so the program waits, and the second signal must end it."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"x" * 65536)
    except BlockingIOError:
        os.set_blocking(writer, True)
    run = Run(program, folder, writer, "--report", "text=never.txt")
    run.see(LINE)
    run.process.send_signal(signal.SIGINT)
    run.see(re.escape(WIPED) + rb"(trailseal: wrote never\.txt[^\n]*\n)?$")  # the file may be written by then
    time.sleep(0.2)
    assert run.process.poll() is None, "it did not wait for the reader"
    run.process.send_signal(signal.SIGINT)
    begin = time.monotonic()
    status = run.end()
    assert status == -signal.SIGINT, status
    assert time.monotonic() - begin < PROMPT_S
    os.close(reader)
    os.close(writer)


def no_progress(program, folder):
    """Where a line cannot be drawn anew, or nobody wants it, none is drawn."""
    for more, term in (([], "dumb"), (["--no-progress"], "xterm"), (["--quiet"], "xterm")):
        os.environ["TERM"] = term
        run = Run(program, folder, subprocess.PIPE, *more)
        time.sleep(1)
        run.process.send_signal(signal.SIGINT)
        run.process.stdout.read()
        assert run.end() == 2
        assert run.seen == b"", run.seen[:100]
    os.environ["TERM"] = "xterm"


def killed(program, folder):
    """Ended by force in the middle, it leaves nothing behind."""
    before = sorted(os.listdir(folder))
    run = Run(program, folder, subprocess.DEVNULL, "--report", "text=killed.txt")
    run.see(LINE)
    run.process.kill()
    assert run.end() == -signal.SIGKILL
    assert sorted(os.listdir(folder)) == before, os.listdir(folder)


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    os.environ["TERM"] = "xterm"
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        make_slow_mirror(folder)
        took = first_interrupt(program, folder)
        second_interrupt(program, folder)
        no_progress(program, folder)
        killed(program, folder)
    print(f"ended {took:.2f} s after the first interrupt, and at the second")


main()
