"""trailseal and the incumbent over one bucket of S3, near and far away, as ratios of one run.

2,400 log files of 20 KB to 2 MB (make_mirror.py) are put into the S3 server of ../shared/servers; then `trailseal
verify s3://` and `aws cloudtrail validate-logs` of Debian take turns, everything on the same two CPUs: without a proxy,
behind latency-proxy at 20 ms, and at 50 ms. Both get their keys from the same CloudTrail API, which stays near. Medians
of wall time. Nothing here fails on a figure, only on a verdict that is not "verified"; where a server is missing it is skipped.

usage: s3_speed.py TRAILSEAL FOLDER [ROUNDS]
  FOLDER  keeps the bucket's files between runs
"""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cases"))
import make_mirror  # noqa: E402
import oracle  # noqa: E402
import pipeline  # noqa: E402
import s3_put  # noqa: E402

SET, REGION = "s3", make_mirror.HOME
ARN = f"arn:aws:cloudtrail:{REGION}:{make_mirror.ACCOUNT}:trail/{make_mirror.TRAIL}"
# milliseconds, turns of the incumbent (None: as asked for), aim
DISTANCES = [(0, None, 4), (20, None, 25), (50, 1, None)]
TURNS = 3  # of ours for one of the incumbent's


def fill(s3, mirror):
    """Puts all files of the mirror into the bucket, over several connections."""
    objects = sorted(oracle.mirrored(mirror).items())
    user = s3["AWS_ACCESS_KEY_ID"], s3["AWS_SECRET_ACCESS_KEY"]
    share = 8

    def put(number):
        s3_put.Bucket(s3["S3_ENDPOINT"], make_mirror.BUCKET, *user).hold(dict(objects[number::share]))

    with concurrent.futures.ThreadPoolExecutor(share) as pool:
        list(pool.map(put, range(share)))
    return len(objects)


def write_answers(data, mirror, start, end):
    trail = {"Name": make_mirror.TRAIL, "S3BucketName": make_mirror.BUCKET, "IncludeGlobalServiceEvents": True,
             "IsMultiRegionTrail": True, "HomeRegion": REGION, "TrailARN": ARN, "LogFileValidationEnabled": True,
             "IsOrganizationTrail": False}
    keys = json.loads((mirror / "keys.json").read_text())["PublicKeyList"]
    for key in keys:
        for name in ("ValidityStartTime", "ValidityEndTime"):
            key[name] = float(oracle.seconds(key[name]))
    (data / "keys").mkdir(parents=True)
    (data / "keys" / f"{REGION}.json").write_text(json.dumps({"PublicKeyList": keys}))
    (data / "trail.json").write_text(json.dumps({"trailList": [trail], "start": start, "end": end}))


@contextlib.contextmanager
def distance(program, port, server, milliseconds):
    """The endpoint of the server, so far away."""
    if not milliseconds:
        yield f"http://127.0.0.1:{server}"
        return
    process = subprocess.Popen([program, str(port), str(server), str(milliseconds)], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        time.sleep(0.3)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


class Contest:
    """Both programs over one bucket, taking turns."""

    def __init__(self, ours, theirs, environment, start, end):
        common = {"AWS_ENDPOINT_URL_CLOUDTRAIL": environment["AWS_ENDPOINT_URL_CLOUDTRAIL"],
                  "AWS_ACCESS_KEY_ID": environment["AWS_ACCESS_KEY_ID"],
                  "AWS_SECRET_ACCESS_KEY": environment["AWS_SECRET_ACCESS_KEY"], "AWS_REGION": REGION}
        self._environment = {**os.environ, **common}
        self._ours = [ours, "verify", f"s3://{make_mirror.BUCKET}", "--since", start, "--until", end, "--now", end,
                      "--no-progress", "-q"]
        self._theirs = [theirs, REGION, "--trail-arn", ARN, "--start-time", start, "--end-time", end]

    def _time(self, command, endpoint):
        begin = time.perf_counter()
        done = subprocess.run(command, env={**self._environment, "AWS_ENDPOINT_URL_S3": endpoint}, capture_output=True,
                              text=True, check=False)
        wall = time.perf_counter() - begin
        if done.returncode:
            sys.exit(f"status {done.returncode}: {' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
        return wall

    def run(self, endpoint, turns):
        ours, theirs = [], []
        self._time(self._ours, endpoint)  # warms
        for _ in range(turns):
            ours += [self._time(self._ours, endpoint) for _ in range(TURNS)]
            theirs.append(self._time(self._theirs, endpoint))
        return statistics.median(ours), statistics.median(theirs)


def main():
    ours, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    servers = oracle.servers()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    mirror = pipeline.prepare(folder, SET)
    start, end = make_mirror.START, (mirror / "until").read_text()
    logs = (mirror / "files").read_text().count("\n")
    with tempfile.TemporaryDirectory(prefix="speed-", dir="/tmp") as name:
        scratch = pathlib.Path(name)
        proxy = scratch / "latency-proxy"
        if subprocess.run(["cc", "-O2", "-o", proxy, f"{servers}/latency-proxy.c"], check=False).returncode:
            oracle.skip("latency-proxy cannot be compiled")
        port = oracle.free_ports(20)
        write_answers(scratch / "api", mirror, start, end)
        with oracle.s3_server(servers, name, port) as s3:
            user = {word: s3[word] for word in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
            with oracle.cloudtrail_server(servers, str(scratch / "api"), port + 12, user) as api:
                objects = fill(s3, mirror / "mirror")
                contest = Contest(ours, f"{servers}/incumbent/validate-logs",
                                  {**user, "AWS_ENDPOINT_URL_CLOUDTRAIL": api}, start, end)
                print(f"{objects} objects, {logs} of them logs; load of the machine {os.getloadavg()[0]:.1f}; "
                      f"seconds of wall time, logs a second\n"
                      f"{'distance':>8} {'trailseal':>16} {'incumbent':>16} {'ratio':>6} {'aim':>4}", flush=True)
                for milliseconds, turns, aim in DISTANCES:
                    with distance(proxy, port + 14, port, milliseconds) as endpoint:
                        mine, other = contest.run(endpoint, turns or rounds)
                    print(f"{milliseconds:>5} ms {mine:8.2f} {logs / mine:7.0f} {other:8.2f} {logs / other:7.0f} "
                          f"{other / mine:6.1f} {aim or '':>4}", flush=True)


if __name__ == "__main__":
    main()
