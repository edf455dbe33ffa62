"""verify --versions over a real S3: what it says of each kind of attack, and of honest buckets.

usage: with_s3.py python versions_test.py PROGRAM [CASE ...]

Each case lays a trail of trailgen into a fresh bucket, does something to it through the S3 API, and looks at the exit
status, the codes and the words of the report. PYTHONPATH leads to trailgen, in vectors/.
"""

import gzip as zipped
import json
import pathlib
import sys
import tempfile

from trailgen import keys
from trailgen.bucket import gzip
from versions_scene import BUCKET, HOURS, LOGS, Scene, all_of, honest, names, only, replaces, restarted, with_backfill

CASES = []


def case(exit, *codes, trail=honest, versioning="first", since=None):
    """codes: all that the report must have, each with its number of findings. versioning: switched on first, or last
    (when all is put), or never."""
    def register(act):
        CASES.append((act, exit, sorted(codes), trail, versioning, since))
        return act
    return register


# ---- honest buckets: a case does something, yields, and gets the report ----------------------------------------------


@case(0)
def nothing_happened(scene):
    report = yield
    assert report["request"]["versions"] and "object-versions" in report["checks"]


@case(0, "version.none 1", versioning="never")
def never_any_versions(scene):
    report = yield
    assert only(report, "version.none")["subject"] == "s3://" + BUCKET


@case(0, "version.none 1", versioning="last")
def versioning_came_later(scene):
    yield


@case(2, "chain.start-missing 1", "log.before-chain 1", "version.digest-removed 1", "version.recoverable 1")
def the_oldest_digests_expired(scene):
    scene.delete(0, 1, 2, 3, logs=False)
    report = yield
    finding = only(report, "version.digest-removed")
    assert finding["count"] == 4 and "as after expiry" in finding["detail"], finding
    assert finding["when"] == {"begin": "2026-06-30T23:13:52Z", "end": "2026-07-01T03:13:52Z"}, finding


@case(0, since="2026-07-01T06:00:00Z")
def what_happened_outside_of_the_window(scene):
    scene.delete(0, 1, logs=True)
    scene.bucket.put(scene.log(3), scene.object(scene.log(3)).data)
    yield


# ---- logs ------------------------------------------------------------------------------------------------------------


@case(1, "log.missing 1", "version.recoverable 1")
def a_log_was_deleted(scene):
    scene.bucket.delete(scene.log(5))
    report = yield
    replaces(report, "version.recoverable", scene, scene.log(5))
    assert report["totals"]["logs"]["verified"] == LOGS - 1, "a recovered log counts as verified"


@case(1, "log.missing 1", "version.lost 1")
def a_log_was_deleted_and_its_versions_too(scene):
    scene.bucket.delete(scene.log(5))
    scene.forget(scene.log(5))
    report = yield
    names(only(report, "version.lost")["found"], "delete marker", scene.ids(scene.log(5))[0])


@case(1, "log.missing 1", "version.lost 1")
def a_log_was_deleted_for_good(scene):
    scene.bucket.delete(scene.log(5), scene.ids(scene.log(5))[0])
    report = yield
    assert only(report, "version.lost")["found"] == "no version and no delete marker"


@case(1, "log.hash-mismatch 1", "version.overwritten 1", "version.recoverable 1")
def a_log_was_changed(scene):
    scene.bucket.put(scene.log(5), gzip(b'{"Records":[]}'))
    report = yield
    replaces(report, "version.recoverable", scene, scene.log(5))
    replaces(report, "version.overwritten", scene, scene.log(5))


@case(1, "log.not-gzip 1", "version.overwritten 1", "version.recoverable 1")
def a_log_was_overwritten_with_bad_bytes(scene):
    scene.bucket.put(scene.log(5), b"nothing of the kind")
    report = yield
    replaces(report, "version.recoverable", scene, scene.log(5))


@case(1, "log.hash-mismatch 1", "version.overwritten 1", "version.lost 1")
def a_log_was_changed_and_the_good_version_deleted(scene):
    for text in (b'{"Records":[]}', b'{"Records":[1]}'):
        scene.bucket.put(scene.log(5), gzip(text))
    scene.bucket.delete(scene.log(5), scene.ids(scene.log(5))[-1])
    yield


@case(0, "version.overwritten 1")
def a_log_was_overwritten_with_the_same_bytes(scene):
    scene.bucket.put(scene.log(5), scene.object(scene.log(5)).data)
    report = yield
    assert "the same bytes" in replaces(report, "version.overwritten", scene, scene.log(5))["detail"]
    assert scene.verify("--versions", "--strict")[0] == 1


@case(0, "version.overwritten 1")
def bytes_were_hidden_in_a_gzip_header(scene):
    data = scene.object(scene.log(5)).data
    scene.bucket.put(scene.log(5), data[:3] + b"\x08" + data[4:10] + b"a hidden message\0" + data[10:])
    report = yield
    assert "the same bytes" not in replaces(report, "version.overwritten", scene, scene.log(5))["detail"]


@case(0, "version.overwritten 1")
def a_log_was_deleted_and_put_back(scene):
    scene.bucket.delete(scene.log(5))
    scene.bucket.put(scene.log(5), scene.object(scene.log(5)).data)
    report = yield
    assert "2 versions, 1 delete marker" in only(report, "version.overwritten")["detail"]


@case(1, "log.hash-mismatch 1", "version.overwritten 1", "version.recoverable 1")
def the_good_version_lies_below_a_flood(scene):
    for number in range(1100):  # more than a page of the listing
        scene.bucket.put(scene.log(5), gzip(b'{"Records":[%d]}' % number))
    report = yield
    finding = replaces(report, "version.recoverable", scene, scene.log(5))
    assert "1037 more in between" in finding["detail"], finding


@case(0, "version.removed 2")
def unlisted_objects_were_taken_away(scene):
    folder = scene.log(5).rpartition("/")[0]
    for key in (scene.log(5)[:-len("AAAAAAAAAAAAAAAA.json.gz")] + "AAAAAAAAAAAAAAAA.json.gz", folder + "/junk",
                scene.digest(5).rpartition("/")[0] + "/junk"):
        scene.bucket.put(key, b"junk")
        scene.bucket.delete(key)
    report = yield
    assert sorted(finding["count"] for finding in all_of(report, "version.removed")) == [1, 2]


# ---- digests ---------------------------------------------------------------------------------------------------------


@case(1, "digest.missing 1", "log.in-gap 1", "version.recoverable 1")
def a_middle_digest_was_deleted(scene):
    scene.delete(5, logs=False)
    report = yield
    finding = replaces(report, "version.recoverable", scene, scene.digest(5))
    assert "of the 2 log files that it lists, 2 are there" in finding["detail"], finding
    assert report["totals"]["digests"]["verified"] == HOURS - 1, "a recovered digest counts as verified"
    assert report["totals"]["logs"]["listed"] == LOGS - 2, "the logs of a recovered digest count as listed"


@case(1, "digest.missing 1", "version.digest-deleted 2", "version.recoverable 1", "version.removed 1")
def three_digests_were_deleted_with_their_logs(scene):
    scene.delete(5, 6, 7, logs=True)
    report = yield
    assert only(report, "version.removed")["count"] == 6
    for finding in all_of(report, "version.digest-deleted"):
        assert "2 can be recovered from older versions" in finding["detail"], finding


@case(1, "digest.missing 1", "log.in-gap 1", "version.lost 1")
def a_middle_digest_is_lost(scene):
    scene.delete(5, logs=False)
    scene.forget(scene.digest(5))
    yield


@case(1, "chain.head-stale 1", "version.digest-deleted 4", "version.removed 1")
def rolled_back(scene):
    scene.delete(8, 9, 10, 11, logs=True)
    assert scene.verify()[0] == 2, "without the versions nobody can tell"
    report = yield
    (newest,) = [finding for finding in all_of(report, "version.digest-deleted")
                 if finding["subject"].endswith(scene.digest(11))]
    marker, version = scene.ids(scene.digest(11))
    names(newest["expected"], "version", version)
    names(newest["found"], "delete marker", marker)


@case(1, "log.pending 1", "version.digest-deleted 1")
def the_head_was_deleted_before_it_could_be_missed(scene):
    scene.delete(11, logs=False)
    assert scene.verify()[0] == 0, "without the versions nobody can tell"
    report = yield
    replaces(report, "version.digest-deleted", scene, scene.digest(11))


@case(2, "chain.head-stale 1", "version.digest-removed 4", "version.removed 1")
def rolled_back_and_the_digests_versions_deleted(scene):
    scene.delete(8, 9, 10, 11, logs=True)
    for hour in (8, 9, 10, 11):
        scene.forget(scene.digest(hour))
    report = yield
    assert all("none of the versions" in finding["detail"] for finding in all_of(report, "version.digest-removed"))


@case(2, "log.no-chain 1", "source.no-digests 1", "version.digest-removed 1")
def all_digests_were_deleted(scene):
    scene.delete(*range(HOURS), logs=False)
    report = yield
    finding = only(report, "version.digest-removed")
    assert finding["count"] == HOURS and "is signed" in finding["detail"], finding


@case(2, "source.no-digests 1", "version.digest-removed 1", "version.removed 1")
def the_bucket_was_emptied(scene):
    scene.delete(*range(HOURS), logs=True)
    report = yield
    assert only(report, "version.removed")["count"] == LOGS


@case(1, "chain.restart 1", "version.digest-deleted 2", "version.removed 1", trail=restarted)
def the_end_of_a_segment_was_deleted_before_a_restart(scene):
    scene.delete(4, 5, logs=True)
    yield


@case(2, "version.digest-removed 1", "version.removed 1", trail=restarted)
def a_segment_was_deleted_before_a_restart(scene):
    scene.delete(*range(6), logs=True)
    assert scene.verify()[0] == 0, "without the versions nobody can tell"
    report = yield
    assert only(report, "version.digest-removed")["count"] == 6


@case(1, "version.digest-deleted 1", "version.removed 1", trail=with_backfill)
def a_backfill_digest_was_deleted_with_its_log(scene):
    scene.delete(12, logs=True)
    assert scene.verify()[0] == 0, "without the versions nobody can tell"
    yield


@case(2, "digest.signature-unavailable 1", "log.pending 1", "version.overwritten 1", "version.recoverable 1")
def the_heads_signature_was_stripped(scene):
    scene.bucket.put(scene.digest(11), scene.object(scene.digest(11)).data)
    report = yield
    replaces(report, "version.recoverable", scene, scene.digest(11))


@case(1, "digest.signature-invalid 1", "log.in-gap 1", "version.overwritten 1", "version.recoverable 1")
def a_digest_was_edited(scene):
    thing = scene.object(scene.digest(5))
    scene.bucket.put(scene.digest(5), gzip(zipped.decompress(thing.data) + b" "), thing.metadata)
    report = yield
    replaces(report, "version.recoverable", scene, scene.digest(5))


@case(1, "digest.moved 1", "log.in-gap 1", "version.overwritten 1", "version.recoverable 1")
def an_older_digest_was_copied_over_a_newer_one(scene):
    older = scene.object(scene.digest(4))
    scene.bucket.put(scene.digest(5), older.data, older.metadata)
    yield


# ---- permissions -----------------------------------------------------------------------------------------------------


@case(2, "version.unavailable 1")
def versions_may_not_be_listed(scene):
    scene.let_other_read("s3:ListBucket", "s3:GetObject")
    report = yield
    finding = only(report, "version.unavailable")
    assert finding["subject"] == "s3://" + BUCKET and "s3:ListBucketVersions" in finding["detail"], finding
    assert report["totals"]["logs"]["verified"] == LOGS


@case(1, "log.missing 1", "version.unavailable 1")
def versions_may_be_listed_and_not_read(scene):
    scene.bucket.delete(scene.log(5))
    scene.let_other_read("s3:ListBucket", "s3:ListBucketVersions", "s3:GetObject")
    report = yield
    assert "access denied" in only(report, "version.unavailable")["detail"], report["findings"]


def run(act, exit, codes, trail, versioning, since, program, folder):
    scene = Scene(program, folder, trail, versioning, since)
    try:
        steps = act(scene)
        next(steps)
        status, report = scene.verify("--versions")
        counts = {}
        for finding in report["findings"]:
            counts[finding["code"]] = counts.get(finding["code"], 0) + 1
        found = sorted("%s %d" % pair for pair in counts.items())
        assert (status, found) == (exit, codes), "expected %s %s\nfound    %s %s\n%s" % (
            exit, codes, status, found, json.dumps(report["findings"], indent=1))
        assert (status, report) == scene.verify("--versions", "--jobs", "1"), "the number of threads matters"
        try:
            steps.send(report)
        except StopIteration:
            pass
    finally:
        scene.bucket.remove()


def main(program, *wanted):
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "keys.json").write_bytes(keys.listing([keys.home()]))
        for act, *what in CASES:
            if wanted and act.__name__ not in wanted:
                continue
            try:
                run(act, *what, program, folder)
            except Exception as fault:  # the other cases are worth running
                failed += 1
                print("%s: %s: %s" % (act.__name__, type(fault).__name__, fault))
    print("%d cases, %d failed" % (len(CASES), failed))
    sys.exit(failed != 0)


main(*sys.argv[1:])
