"""Runs a program with the S3 server of ../shared/servers up and its address and keys in the environment.

usage: with_s3.py [--sts] [--tls] PROGRAM [ARGUMENT ...]

TRAILSEAL_SHARED names another folder than the ../shared beside the source. Status: the program's. Where the server is
missing or does not start, 77 (Meson's "skipped"), or 1 if TRAILSEAL_NEED_SERVERS is set.
"""

import fcntl
import os
import pathlib
import socket
import subprocess
import sys
import tempfile

FIRST_PORT, LAST_PORT, BLOCK = 7600, 7990, 10  # a server takes ten ports in a row


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_block():
    for port in range(FIRST_PORT, LAST_PORT, BLOCK):
        if all(is_free(port + i) for i in range(BLOCK)):
            return port
    sys.exit("with_s3: no ten free ports in a row")


def without_server(why):
    print("no S3 server:", why)
    sys.exit(1 if os.environ.get("TRAILSEAL_NEED_SERVERS") else 77)


def main():
    beside = pathlib.Path(__file__).resolve().parents[3] / "shared"
    servers, command = pathlib.Path(os.environ.get("TRAILSEAL_SHARED") or beside) / "servers", sys.argv[1:]
    options = []
    while command[0] in ("--sts", "--tls"):  # the server assumes roles, too; it also answers at https, a port further
        options.append(command.pop(0))
    if not (servers / "s3-up").exists():
        without_server(f"{servers}/s3-up is not there")
    with tempfile.TemporaryDirectory(prefix="ts-s3-", dir="/tmp") as folder:  # the path must be short
        place = os.path.join(folder, "s3")
        try:
            with open(f"/tmp/ts-s3.{os.getuid()}.lock", "a") as lock:  # two tests must not find the same ports free
                fcntl.flock(lock, fcntl.LOCK_EX)
                started = subprocess.run([servers / "s3-up", place, str(free_block()), *options],
                                         capture_output=True, text=True)
            if started.returncode != 0:
                without_server(f"s3-up failed: {started.stdout} {started.stderr}")
            lines = [line.split("=", 1) for line in started.stdout.splitlines() if "=" in line]
            status = subprocess.run(command, env={**os.environ, **dict(lines)}).returncode
        finally:
            subprocess.run([servers / "s3-down", place], stdout=subprocess.DEVNULL)
    sys.exit(status)


main()
