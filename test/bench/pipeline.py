"""What verification costs, as ratios against a limit that is measured in the same run.

For each set of make_mirror.py: the bare loop (bare_loop.cpp), `verify --jobs 1` and `verify --jobs 2` take turns for
several rounds; medians of CPU time (user and system) and wall time. Then memory, over a million log files. A slow or
busy machine changes times, hardly ratios; nothing here fails on a figure, only on a verdict that is not "verified".

usage: pipeline.py TRAILSEAL BARE-LOOP FOLDER [ROUNDS]
"""

import os
import pathlib
import statistics
import subprocess
import sys
import time

AIMS = {"mid": 1.15, "small": 1.35}
SPEEDUP_AIM, MEMORY_AIM = 1.8, 200


class Cost:
    def __init__(self, command):
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.output = process.stdout.read().decode()
        _, status, used = os.wait4(process.pid, 0)
        self.wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        self.cpu = used.ru_utime + used.ru_stime
        self.peak = used.ru_maxrss / 1024  # MiB
        if process.returncode != 0:
            sys.exit(f"status {process.returncode}: {' '.join(map(str, command))}\n{self.output}")


def prepare(folder, name):
    """Makes the mirror unless this very generator has made it before."""
    sources = [pathlib.Path(__file__).with_name(part) for part in ("make_mirror.py", "events.py")]
    stamp = folder / name / "stamp"
    wanted = str([source.read_text() for source in sources])
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"writing {folder / name}", flush=True)
        subprocess.run([sys.executable, sources[0], folder / name, name], check=True)
        stamp.write_text(wanted)
    return folder / name


def verify(program, data, jobs):
    return [program, "verify", "--keys", data / "keys.json", "--now", (data / "until").read_text(), "--jobs", str(jobs),
            "--no-progress", "-q", data / "mirror"]


def median(costs, what):
    return statistics.median(getattr(cost, what) for cost in costs)


def speed(program, bare_loop, folder, rounds):
    print(f"{'set':6} {'logs':>6} {'raw MB':>7} {'bare':>7} {'verify':>7} {'ratio':>6} {'aim':>5}   "
          f"{'1 job':>7} {'2 jobs':>7} {'gain':>5} {'aim':>4}  {'MiB':>5}   (seconds: CPU, CPU; wall, wall)")
    for name, aim in AIMS.items():
        data = prepare(folder, name)
        bare, one, two = [], [], []
        for _ in range(rounds + 1):  # the first warms the page cache
            bare.append(Cost([bare_loop, data / "files"]))
            one.append(Cost(verify(program, data, 1)))
            two.append(Cost(verify(program, data, 2)))
        files, total, _ = bare[0].output.split()
        bare, one, two = bare[1:], one[1:], two[1:]
        ratio = statistics.median(a.cpu / b.cpu for a, b in zip(one, bare))
        gain = statistics.median(a.wall / b.wall for a, b in zip(one, two))
        print(f"{name:6} {files:>6} {int(total) / 1e6:7.1f} {median(bare, 'cpu'):7.3f} {median(one, 'cpu'):7.3f} "
              f"{ratio:6.2f} {aim:5.2f}   {median(one, 'wall'):7.3f} {median(two, 'wall'):7.3f} {gain:5.2f} "
              f"{SPEEDUP_AIM:4.1f}  {median(two, 'peak'):5.0f}", flush=True)


def memory(program, folder):
    data = prepare(folder, "many")
    run = Cost(verify(program, data, 2))
    print(f"memory: {run.peak:.0f} MiB at the peak over 1,000,000 log files (aim: below {MEMORY_AIM}); "
          f"{run.wall:.1f} s, {run.cpu:.1f} s of CPU")


def main():
    program, bare_loop, folder = map(pathlib.Path, sys.argv[1:4])
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs")
    speed(program, bare_loop, folder, int(sys.argv[4]) if len(sys.argv) > 4 else 7)
    memory(program, folder)


if __name__ == "__main__":
    main()
