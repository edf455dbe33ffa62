"""trailseal envelope over the envelopes of vectors/sealed.py: verdicts, statuses, files, and how much memory it takes.

usage: envelope_test.py PROGRAM SEALED-FOLDER SEALED.PY [MEBIBYTES]
With MEBIBYTES only the memory is measured, with messages of that size.
"""

import gzip
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

MOST_MEMORY = 64 << 20
KEY = "aes:archive:k1={}/key.bin"
problems = []


def expect(truth, what):
    if not truth:
        problems.append(what)


def run(program, *arguments):
    done = subprocess.run([program, "envelope", "--report", "json", *map(str, arguments)], capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=60, check=False)
    results = json.loads(done.stdout)["results"] if done.stdout else []
    return done.returncode, results, done.stderr.decode()


def verdicts(program, sealed):
    key, data = KEY.format(sealed), f"data:{sealed}/data.b64"
    other = f"aes:archive:k1={sealed}/other.bin"
    rows = [  # arguments, status, verdict
        (["log.sealed", "--key", key], 0, "authenticated"),
        (["log.sealed", "--key", key, "--cross-check"], 0, "authenticated"),
        (["log.sealed", "--key", f"aes:archive:k1={sealed}/key.hex"], 0, "authenticated"),
        (["log.sealed", "--key", data], 0, "authenticated"),
        (["log.sealed", "--key", key, "--context", "case=42"], 0, "authenticated"),
        (["log.sealed", "--key", key, "--context", "case=43"], 2, "wrong-context"),
        (["log.sealed", "--key", other], 2, "wrong-key-or-context"),
        (["log.sealed", "--key", f"aes:archive:k2={sealed}/key.bin"], 2, "key-unavailable"),
        (["log.sealed", "--key", f"aes:elsewhere:k1={sealed}/key.bin"], 2, "key-unavailable"),
        (["log.sealed", "--key", f"data:{sealed}/other.bin"], 1, "commitment-failed"),
        (["log.sealed"], 2, "key-unavailable"),
        (["required.sealed", "--key", key, "--context", "case=42"], 0, "authenticated"),
        (["required.sealed", "--key", key], 2, "wrong-key-or-context"),
        (["required.sealed", "--key", data], 1, "header-auth-failed"),
        (["plain-suite.sealed", "--key", key], 0, "authenticated"),
        (["plain-suite.sealed", "--key", key, "--require-commitment"], 2, "policy-rejected"),
        (["two-keys.sealed", "--key", key, "--key", f"aes:archive:k2={sealed}/other.bin"], 1, "malformed"),
        (["two-keys.sealed", "--key", key], 0, "authenticated"),
        (["edk-bomb.sealed", "--key", key], 2, "policy-rejected"),
        (["edk-bomb.sealed", "--key", key, "--max-edks", "65535"], 2, "key-unavailable"),
        (["huge-frame.sealed", "--key", key], 1, "truncated"),
        (["huge-frame.sealed"], 1, "truncated"),
        (["log.json.gz", "--key", key], 2, "not-encrypted"),
        (["nowhere", "--key", key], 2, "error"),
        ([".", "--key", key], 2, "error"),
        (["object-v1", "--key", key], 2, "policy-rejected"),
        (["object-v1", "--key", key, "--allow-legacy"], 2, "unauthenticated-mode"),
        (["object-v1", "--key", other, "--allow-legacy"], 2, "wrong-key-or-context"),
        (["object-v2", "--key", key], 0, "authenticated"),
        (["object-v2", "--key", key, "--require-commitment"], 2, "policy-rejected"),
        (["object-v2", "--key", other], 2, "wrong-key-or-context"),
        (["object-v3", "--key", key, "--require-commitment"], 0, "authenticated"),
        (["object-v3", "--key", f"data:{sealed}/other.bin"], 1, "commitment-failed"),
        (["object-matdesc", "--key", key], 0, "authenticated"),
        (["object-matdesc", "--key", key, "--context", "case=43"], 2, "wrong-context"),
        (["object-matdesc", "--key", key, "--context", "case=42"], 2, "policy-rejected"),
        (["object-matdesc", "--key", f"data:{sealed}/data.b64", "--context", "case=42"], 2, "policy-rejected"),
        (["object-v3"], 2, "key-unavailable"),
    ]
    for (file, *rest), status, verdict in rows:
        start = time.monotonic()
        got, results, errors = run(program, sealed / file, *rest)
        shown = f"{file} {' '.join(rest)}"
        expect(results and results[0]["verdict"] == verdict, f"{shown}: {results and results[0]['verdict']} {errors}")
        expect(got == status, f"{shown}: status {got}")
        expect(time.monotonic() - start < 10, f"{shown}: too slow")
        plain = results and results[0]["plaintext_sha256"]
        expect((plain is not None) == (verdict in ("authenticated", "unauthenticated-mode")), f"{shown}: a hash")
    status, results, _ = run(program, sealed / "log.sealed", sealed / "object-v1", sealed / "huge-frame.sealed", "--key", key)
    expect(status == 1 and [r["verdict"] for r in results] == ["authenticated", "policy-rejected", "truncated"], "several")
    status, results, _ = run(program, sealed / "log.sealed", sealed / "object-v1", "--key", key)
    expect(status == 2, "one sound and one open file")


def fields(program, sealed):
    """What a report says of one message."""
    _, (one,), _ = run(program, sealed / "log.sealed", "--key", KEY.format(sealed))
    whole = (sealed / "log.sealed").read_bytes()
    plain = (sealed / "log.json.gz").read_bytes()
    wanted = {"format": "esdk-v2", "suite": "0578", "committing": True, "signed": True, "signature": "valid",
              "content_type": "framed", "frame_length": 4096, "frames": 1, "detail": None, "warnings": [],
              "file_size": len(whole), "file_sha256": hashlib.sha256(whole).hexdigest(),
              "plaintext_size": len(plain), "plaintext_sha256": hashlib.sha256(plain).hexdigest()}
    for name, value in wanted.items():
        expect(one[name] == value, f"{name} is {one[name]}")
    expect(one["encryption_context"]["case"] == "42", "the context")
    expect(one["data_keys"] == [{"provider": "archive", "key": "k1", "size": 48, "state": "opened", "kms_blob": None}],
           f"data keys: {one['data_keys']}")
    for name in ("object-v2", "object-v3"):
        _, (given,), _ = run(program, sealed / name, "--key", f"data:{sealed}/other.bin")
        expect(given["detail"].endswith(", or the given data key is not this message's"), f"{name}: {given['detail']}")
    _, (bare,), _ = run(program, sealed / "log.sealed")
    expect(bare["signature"] == "consistent" and bare["data_keys"][0]["state"] == "no-key", "inspection without a key")
    _, (salamander,), _ = run(program, sealed / "object-v2", "--key", KEY.format(sealed))
    expect(salamander["warnings"] == ["non-committing"], f"warnings: {salamander['warnings']}")


def output(program, sealed):
    """Plaintext has a name only when everything has passed."""
    plain = (sealed / "log.json.gz").read_bytes()
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        out = folder / "out"
        key = KEY.format(sealed)
        run(program, sealed / "log.sealed", "--key", key, "--output", out)
        expect(out.read_bytes() == plain, "--output holds something else")
        expect(os.stat(out).st_mode & 0o077 == 0, "--output is open to others")
        expect(gzip.decompress(plain).startswith(b"{"), "the sample is no log")
        message = bytearray((sealed / "log.sealed").read_bytes())
        message[-1] ^= 1  # the signature, which is checked last
        (folder / "bad").write_bytes(message)
        out.write_bytes(b"before")
        status, results, _ = run(program, folder / "bad", "--key", key, "--output", out)
        expect(status == 1 and results[0]["verdict"] == "signature-failed", f"a bad signature: {results}")
        expect(out.read_bytes() == b"before", "a file was replaced by what did not pass")
        expect(sorted(os.listdir(folder)) == ["bad", "out"], f"left over: {os.listdir(folder)}")
        places(program, folder, key)
        os.symlink("out", folder / "link")
        expect(run(program, sealed / "log.sealed", "--key", key, "--output", folder / "link")[0] == 3, "a link")


def places(program, folder, key):
    """What is written is none of the files that are read, and is written once."""
    bad, out = folder / "bad", folder / "out"
    before = bad.read_bytes()
    for flags in (["--output", bad], ["--report", f"json={bad}"], ["--output", folder / "." / "bad"],
                  ["--output", out, "--report", f"json={out}"], ["--report", f"json={out}", "--report", f"text={folder}/./out"],
                  ["--metadata", folder / "m", "--output", folder / "m"], ["--instruction", folder / "i", "--output", folder / "i"],
                  ["--output", f"{bad}.metadata.json"], ["--output", f"{bad}.instruction"],
                  ["--output", key.rpartition("=")[2]]):
        done = subprocess.run([program, "envelope", "--key", key, *flags, bad], capture_output=True, text=True, check=False)
        expect(done.returncode == 3 and "written" in done.stderr, f"{flags}: {done.returncode} {done.stderr}")
    expect(bad.read_bytes() == before and sorted(os.listdir(folder)) == ["bad", "out"], "something was written")


def high_water(pid):
    """Peak resident bytes of the program that runs in this process."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmHWM:"))


def memory(program, sealer, sealed, kind, mebibytes):
    """Peak resident memory while a message of this size goes through a pipe."""
    size = mebibytes << 20
    arguments = [program, "envelope", "--report", "json", "--key", f"data:{sealed}/data.b64"]
    with tempfile.TemporaryDirectory() as place:
        if kind == "object":
            headers = json.loads((sealed / "object-v2.metadata.json").read_text())
            headers["Metadata"]["x-amz-iv"] = "DQ0NDQ0NDQ0NDQ0N"
            headers["Metadata"]["x-amz-unencrypted-content-length"] = str(size)
            path = pathlib.Path(place) / "headers.json"
            path.write_text(json.dumps(headers))
            arguments += ["--metadata", str(path)]
        writer = subprocess.Popen([sys.executable, sealer, "--stream", kind, str(size)], stdout=subprocess.PIPE)
        reader = subprocess.Popen([*arguments, "/dev/stdin"], stdin=writer.stdout, stdout=subprocess.PIPE)
        writer.stdout.close()
        answer = []
        thread = threading.Thread(target=lambda: answer.append(reader.stdout.read()))
        start, peak = time.monotonic(), 0
        thread.start()
        # What wait4() tells of memory begins with that of the process that forked, so it is asked for while it runs.
        while thread.is_alive():
            peak = max(peak, high_water(reader.pid))
            thread.join(0.005)
        _, _, usage = os.wait4(reader.pid, 0)
        expect(writer.wait() == 0, f"{kind}: the writer failed")
    result = json.loads(answer[0])["results"][0]
    print(f"{kind}: {mebibytes} MiB, {result['verdict']}, {peak >> 20} MiB resident, "
          f"{usage.ru_utime + usage.ru_stime:.1f} s of CPU, {time.monotonic() - start:.1f} s with the writer")
    expect(result["verdict"] == "authenticated" and result["plaintext_size"] == size, f"{kind}: {result['verdict']}")
    expect(0 < peak < MOST_MEMORY, f"{kind}: {peak >> 20} MiB of memory")
    return peak


def main():
    program, sealed, sealer, *rest = sys.argv[1:]
    sealed = pathlib.Path(sealed)
    kinds = ("framed", "one-frame", "unframed", "object")
    if rest:
        for kind in kinds:
            memory(program, sealer, sealed, kind, int(rest[0]))
    else:
        verdicts(program, sealed)
        fields(program, sealed)
        output(program, sealed)
        for kind in kinds:
            slope = memory(program, sealer, sealed, kind, 128) - memory(program, sealer, sealed, kind, 8)
            expect(slope < 4 << 20, f"{kind}: memory grows with the message, by {slope >> 10} KiB")
    if problems:
        sys.exit("\n".join(problems))


main()
