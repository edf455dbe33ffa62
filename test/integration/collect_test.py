"""trailseal collect against a real S3 server: the copy verifies as the bucket does, a run that is killed goes on, nothing is
overwritten, sha256sum agrees, and standard tools time-stamp and sign it. with_s3.py starts the server.

usage: with_s3.py python collect_test.py PROGRAM SAMPLE SMALL
"""

import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

TEST = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TEST / "cases"), str(TEST / "support")]

import collect_support as support  # noqa: E402

INCIDENT, HONEST = "acme-org-audit-logs", "acme-trail"


def findings(report):
    return sorted(json.dumps(finding, sort_keys=True) for finding in report["findings"]
                  if not finding["code"].startswith(("collection.", "settings.")))


def codes(report):
    return {finding["code"] for finding in report["findings"]}


def the_copy_is_the_bucket(site, sample):
    """The sample incident: the same findings from S3 and from the collection, as of the same time."""
    bucket = site.bucket(INCIDENT)
    bucket.hold(support.objects_of(sample / "bucket"))
    copy = site.folder / "incident"
    site.collect(0, f"s3://{INCIDENT}", copy)
    now = ["--now", "2026-07-03T06:15:00Z"]
    from_s3 = site.verify(1, f"s3://{INCIDENT}", sample / "keys.json", *now)
    from_copy = site.verify(1, copy, sample / "keys.json", *now)
    assert findings(from_s3) == findings(from_copy)
    assert not {code for code in codes(from_copy) if code.startswith("collection.")}, codes(from_copy)
    assert from_s3["totals"] == from_copy["totals"] and from_s3["chains"] == from_copy["chains"]
    assert site.sums_pass(copy) > 100
    manifest = json.loads((copy / "manifest.json").read_text())
    # Reports say who acquired what is verified, and by which manifest they know.
    source, run = from_copy["sources"][0], manifest["runs"][-1]
    assert source["manifest_sha256"] == hashlib.sha256((copy / "manifest.json").read_bytes()).hexdigest()
    assert source["acquisitions_in_all"] == len(manifest["runs"]) == len(source["acquisitions"])
    acquisition = source["acquisitions"][-1]
    assert [acquisition[name] for name in ("begin", "end", "operator", "arguments")] == \
        [run[name] for name in ("begin", "end", "operator", "arguments")], acquisition
    assert acquisition["tool_sha256"] == run["tool"]["sha256"] and acquisition["acquired"] == run["counts"]["acquired"]
    assert from_s3["sources"][0]["acquisitions"] == [] and from_s3["sources"][0]["manifest_sha256"] is None
    for row in manifest["objects"]:
        data = (copy / row["path"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == row["sha256"] and len(data) == row["size"], row
        assert row["uri"] == f"s3://{INCIDENT}/{row['key']}" and row["etag"] and row["last_modified"]
    keys = [row["key"] for row in manifest["objects"]]
    assert keys == sorted(keys, key=str.encode) and len(keys) == len(support.objects_of(sample / "bucket"))
    # What was meant to be outside is outside, and no window makes a violation of what was not looked for.
    part = site.folder / "part"
    window = ["--since", "2026-07-02T00:00:00Z", "--until", "2026-07-02T06:00:00Z"]
    site.collect(0, f"s3://{INCIDENT}", part, *window)
    assert findings(site.verify(None, f"s3://{INCIDENT}", sample / "keys.json", *window)) == \
        findings(site.verify(None, part, sample / "keys.json", *window))
    assert len(json.loads((part / "manifest.json").read_text())["objects"]) < len(keys)
    whole = site.verify(None, part, sample / "keys.json")
    missing = {(f["code"], f["subject"]) for f in whole["findings"] if f["code"] == "log.missing"}
    truly = {(f["code"], f["subject"]) for f in from_s3["findings"] if f["code"] == "log.missing"}
    assert missing <= truly, missing - truly


def odd_keys(site, small):
    """Keys that are no paths, and names like our own: all of them come back under their true names."""
    objects = support.objects_of(small / "bucket")
    root = re.match(r".*?AWSLogs/\d{12}/", next(iter(objects)))[0]
    folder = root + "CloudTrail/us-east-1/"
    hostile = [folder + name for name in
               ["a//b", "x", "x/y", "line\nfeed", "tab\t", "q" * 300, "back\\slash", "manifest.json", "caf\u00e9", "z/"]]
    hostile += ["manifest.json/" + root + "CloudTrail/us-east-1/k", ".trailseal/" + root + "CloudTrail/us-east-1/k"]
    # Nothing in the bucket can pose as a side file of an object.
    digest = next(key for key in objects if "/CloudTrail-Digest/" in key)
    hostile.append(digest + ".metadata.json")
    objects.update({key: (b"planted " + key.encode(), {"note": "n"}) for key in hostile})
    bucket = site.bucket("odd-keys")
    bucket.hold(objects)
    copy = site.folder / "odd"
    site.collect(0, "s3://odd-keys", copy)
    site.sums_pass(copy)
    rows = {row["key"]: row for row in json.loads((copy / "manifest.json").read_text())["objects"]}
    assert rows.keys() == objects.keys(), rows.keys() ^ objects.keys()
    for key, row in rows.items():
        assert (copy / row["path"]).read_bytes() == objects[key][0], key
    assert rows[folder + "line\nfeed"]["path"].startswith(".trailseal/objects/")
    now = ["--now", site.fresh(objects)]
    from_s3 = site.verify(None, "s3://odd-keys", small / "keys.json", *now)
    from_copy = site.verify(None, copy, small / "keys.json", *now)
    assert findings(from_s3) == findings(from_copy)
    assert "digest.foreign-object" in codes(from_copy) and "log.foreign-object" in codes(from_copy)


def killed_and_again(site, small):
    """kill -9 in the middle; what is there says so; the next run goes on and ends with the same bytes."""
    objects = support.objects_of(small / "bucket")
    root = re.match(r".*?AWSLogs/\d{12}/", next(iter(objects)))[0]
    objects.update({f"{root}CloudTrail/us-east-1/filler/{i:05}": (os.urandom(20000), {}) for i in range(1500)})
    site.bucket("killed").hold(objects)
    copy = site.folder / "killed"
    command = site.command("collect", "s3://killed", copy, "--no-keys", "--jobs", "2")
    child = subprocess.Popen(command, env=site.env, stdout=subprocess.DEVNULL)
    journal = copy / ".trailseal/journal.jsonl"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (journal.exists() and journal.read_bytes().count(b'"record"') >= 512):
        assert child.poll() is None, "it was over before it could be killed"
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    child.wait()
    done = journal.read_bytes().count(b'"record"')
    assert 512 <= done < len(objects), done
    report = site.verify(2, copy, small / "keys.json", "--now", site.fresh(objects))
    assert "collection.manifest-unreadable" in codes(report) and not codes(report) & {"log.missing", "digest.missing"}
    with open(journal, "ab") as file:
        file.write(b'{"record":{"kind":"obj')  # as if the power had gone
    told = site.collect(0, "s3://killed", copy, "--no-keys")
    assert re.search(r"kept +[\d,]+ object", told), told
    manifest = json.loads((copy / "manifest.json").read_text())
    assert {row["key"]: row["sha256"] for row in manifest["objects"]} == \
        {key: hashlib.sha256(data).hexdigest() for key, (data, _) in objects.items()}
    assert manifest["runs"][-1]["counts"]["kept"] >= 512 and "end" not in manifest["runs"][0]
    assert not list(copy.glob(".trailseal/temporary/*")) and not (copy / ".trailseal/running").exists()
    site.sums_pass(copy)
    report = site.verify(None, copy, small / "keys.json", "--now", site.fresh(objects))
    assert not {code for code in codes(report) if code.startswith("collection.")}


def changed_between_runs(site, small):
    """The old bytes stay, the new ones are kept beside; a copy that was touched is a violation."""
    objects = support.objects_of(small / "bucket")
    bucket = site.bucket("changing")
    bucket.hold(objects)
    copy = site.folder / "changing"
    site.collect(0, "s3://changing", copy)
    first_manifest = (copy / "manifest.json").read_bytes()
    logs = sorted(key for key in objects if "/CloudTrail/" in key)
    changed, vanished = logs[0], logs[1]
    later = {key: value for key, value in objects.items() if key != vanished}
    later[changed] = (b"something else", {"signature": "00"})
    bucket.hold(later)
    told = site.collect(0, "s3://changing", copy)
    assert "changed" in told and "vanished" in told, told
    assert (copy / changed).read_bytes() == objects[changed][0] and (copy / vanished).exists()
    rows = json.loads((copy / "manifest.json").read_text())["objects"]
    new = [row for row in rows if row["kind"] == "changed"]
    assert [row["key"] for row in new] == [changed] and (copy / new[0]["path"]).read_bytes() == b"something else"
    assert [row["key"] for row in rows if row["kind"] == "gone"] == [vanished]
    assert first_manifest in [path.read_bytes() for path in copy.glob(".trailseal/earlier/*-manifest.json")]
    site.sums_pass(copy)
    now = ["--now", site.fresh(objects)]
    report = site.verify(0, f"{HONEST}={copy}", small / "keys.json", *now)
    assert "collection.object-changed" in codes(report)
    site.collect(0, "s3://changing", copy)  # a third run finds nothing new
    assert len(json.loads((copy / "manifest.json").read_text())["objects"]) == len(rows)

    for harm, code, status in [
            (lambda path: path.write_bytes(b"touched"), "collection.file-differs", 1),
            (lambda path: path.unlink(), "collection.file-missing", 1),
            (lambda path: (path.parent / "extra").write_bytes(b""), "collection.file-extra", 2),
            (lambda path: (harmed / "manifest.json").write_text("{\n"), "collection.manifest-unreadable", 2)]:
        harmed = site.folder / "harmed"
        shutil.copytree(copy, harmed)
        harm(harmed / logs[2])
        report = site.verify(status, f"{HONEST}={harmed}", small / "keys.json", *now)
        assert code in codes(report), (code, codes(report))
        shutil.rmtree(harmed)
    # A log that is really gone is a violation in a copy of its bucket, too.
    again = site.folder / "without"
    site.collect(0, "s3://changing", again)
    report = site.verify(1, f"{HONEST}={again}", small / "keys.json", *now)
    assert {f["subject"] for f in report["findings"] if f["code"] == "log.missing"} == {f"s3://{HONEST}/{vanished}"}


def versions_too(site, small):
    """Noncurrent versions and delete markers: --versions finds in the copy what it finds in the bucket."""
    objects = support.objects_of(small / "bucket")
    bucket = site.bucket("versioned")
    bucket.keep_versions()
    bucket.hold(objects)
    logs = sorted(key for key in objects if "/CloudTrail/" in key)
    bucket.put(logs[0], b"overwritten")
    bucket.delete(logs[1])
    copy = site.folder / "versioned"
    site.collect(0, "s3://versioned", copy, "--versions")
    rows = json.loads((copy / "manifest.json").read_text())["objects"]
    old = [row for row in rows if row["kind"] == "version"]
    assert sorted(row["key"] for row in old) == logs[:2] and all(row["version_id"] for row in rows)
    for row in old:
        assert (copy / row["path"]).read_bytes() == objects[row["key"]][0]
    assert [row["key"] for row in rows if row["kind"] == "delete-marker" and row["latest"]] == [logs[1]]
    site.sums_pass(copy)
    words = ["--versions", "--now", site.fresh(objects)]
    from_s3 = site.verify(None, "s3://versioned", small / "keys.json", *words)
    from_copy = site.verify(None, copy, small / "keys.json", *words)
    assert findings(from_s3) == findings(from_copy), (codes(from_s3), codes(from_copy))
    site.collect(0, "s3://versioned", copy, "--versions")
    assert json.loads((copy / "manifest.json").read_text())["runs"][-1]["counts"]["versions"] == 0


def unreadable(site, small):
    """An object that may not be read is told, is open, and never missing; it is tried again."""
    objects = support.objects_of(small / "bucket")
    bucket = site.bucket("denied")
    bucket.hold(objects)
    log = sorted(key for key in objects if "/CloudTrail/" in key)[0]
    bucket.allow([{"Effect": "Allow", "Principal": "*", "Action": ["s3:ListBucket", "s3:GetObject"],
                    "Resource": ["arn:aws:s3:::denied", "arn:aws:s3:::denied/*"]},
                   {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::denied/{log}"}])
    other = {"AWS_ACCESS_KEY_ID": os.environ["S3_OTHER_ACCESS_KEY"],
             "AWS_SECRET_ACCESS_KEY": os.environ["S3_OTHER_SECRET_KEY"]}
    copy = site.folder / "denied"
    told = site.collect(2, "s3://denied", copy, "--no-keys", **other)
    assert "NOT COMPLETE" in told and "access denied" in told, told
    report = site.verify(2, f"{HONEST}={copy}", small / "keys.json", "--now", site.fresh(objects))
    assert "collection.incomplete" in codes(report) and "log.unreadable" in codes(report), codes(report)
    assert not codes(report) & {"log.missing"}
    bucket.allow([])
    site.collect(0, "s3://denied", copy, "--no-keys")
    site.verify(0, f"{HONEST}={copy}", small / "keys.json", "--now", site.fresh(objects))


def refusals(site):
    full = site.folder / "full"
    full.mkdir()
    (full / "file").write_text("mine")
    site.collect(3, f"s3://{INCIDENT}", full)
    site.collect(3, f"s3://{HONEST}-none", site.folder / "none")
    site.collect(3, "s3://odd-keys", site.folder / "incident")  # a collection of another bucket
    site.collect(3, "not-s3", full)
    assert not (site.folder / "none").exists()
    told = site.collect(0, "--dry-run", f"s3://{INCIDENT}")
    assert re.search(r"requests: [\d,]+ GET, [\d,]+ LIST; about \$\d+\.\d{4}", told), told


def stamped_and_signed(site):
    """The recipe of trailseal-collect(1): time-stamped (RFC 3161) and signed with openssl alone."""
    copy = site.folder / "incident"
    script = TEST / "integration/stamp_collection.sh"
    done = subprocess.run(["sh", script, copy, site.folder / "tsa"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    site.sums_pass(copy)


def main(program, sample, small):
    sample, small = pathlib.Path(sample), pathlib.Path(small)
    with tempfile.TemporaryDirectory() as name, support.Site(program, name, small) as site:
        the_copy_is_the_bucket(site, sample)
        odd_keys(site, small)
        killed_and_again(site, small)
        changed_between_runs(site, small)
        versions_too(site, small)
        unreadable(site, small)
        refusals(site)
        stamped_and_signed(site)
    print("collected, killed, continued, verified")


main(*sys.argv[1:])
