"""The CloudTrail API of ../shared/servers, or of the folder that TRAILSEAL_SHARED names, on 127.0.0.1."""

import os
import pathlib
import socket
import subprocess
import sys

FIRST_PORT, LAST_PORT = 8000, 8100


class Api:
    """Answers from `folder`, checks signatures; `url` says where. `calls` is what it was asked, after the end."""

    def __init__(self, folder, access_key, secret_key, *options):
        beside = pathlib.Path(__file__).resolve().parents[3] / "shared"
        program = pathlib.Path(os.environ.get("TRAILSEAL_SHARED") or beside) / "servers/incumbent/cloudtrail-api"
        if not program.exists():
            print(f"no CloudTrail API: {program} is not there")
            sys.exit(1 if os.environ.get("TRAILSEAL_NEED_SERVERS") else 77)
        for port in range(FIRST_PORT, LAST_PORT):  # another test may take a port between the look and the start
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
            self.url = f"http://127.0.0.1:{port}"
            self.process = subprocess.Popen(
                [sys.executable, program, "--data", folder, "--port", str(port), "--access-key", access_key,
                 "--secret-key", secret_key, "--check-signature", *options], stderr=subprocess.PIPE, text=True)
            if self.process.stderr.readline().startswith("ready"):
                return
            self.process.communicate()
        sys.exit("cloudtrail_api: no free port")

    def __enter__(self):
        return self

    def __exit__(self, *details):
        self.process.terminate()
        self.calls = self.process.communicate()[1].splitlines()
