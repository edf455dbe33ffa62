"""Runs a program with the S3 server of ../shared/servers up and its address and keys in the environment.

usage: with_s3.py SERVERS PROGRAM [ARGUMENT ...]

Status: the program's; 77 (Meson's "skipped") if SERVERS has no s3-up.
"""

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


def main():
    servers, command = pathlib.Path(sys.argv[1]), sys.argv[2:]
    if not (servers / "s3-up").exists():
        print(f"no S3 server: {servers}/s3-up is not there")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="ts-s3-", dir="/tmp") as folder:  # the path must be short
        place = os.path.join(folder, "s3")
        try:
            started = subprocess.run([servers / "s3-up", place, str(free_block())], capture_output=True, text=True)
            if started.returncode != 0:
                print("no S3 server: s3-up failed:", started.stdout, started.stderr)
                sys.exit(77)
            lines = [line.split("=", 1) for line in started.stdout.splitlines() if "=" in line]
            status = subprocess.run(command, env={**os.environ, **dict(lines)}).returncode
        finally:
            subprocess.run([servers / "s3-down", place], stdout=subprocess.DEVNULL)
    sys.exit(status)


main()
