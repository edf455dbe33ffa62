"""The ways to an S3 server that lead there and those that do not: TLS, proxies, styles of addressing, the profile's settings,
credentials that are refused at the start or in the middle.

usage: with_s3.py --tls python s3_access_test.py PROGRAM SMALL
  SMALL holds the small honest bucket and its keys. The proxy is a stub of ours.
"""

import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse

TEST = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TEST / "support"), str(TEST / "cases")]

import proxy_stub
import s3_put

BUCKET = "acme-trail"


def objects_of(mirror):
    objects = {}
    for path in sorted(mirror.rglob("*")):
        if path.is_file() and not path.name.endswith(".metadata.json"):
            side = path.with_name(path.name + ".metadata.json")
            metadata = json.loads(side.read_text())["Metadata"] if side.exists() else {}
            objects[str(path.relative_to(mirror))] = (path.read_bytes(), metadata)
    return objects


def main(program, small):
    small = pathlib.Path(small)
    objects = objects_of(small / "bucket")
    newest = max(re.findall(r"_(\d{8}T\d{6})Z\.json\.gz", "\n".join(objects)))
    now = datetime.datetime.strptime(newest, "%Y%m%dT%H%M%S") + datetime.timedelta(minutes=20)
    endpoint, access_key, secret_key = (os.environ[name] for name in
                                        ("S3_ENDPOINT", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))
    port = urllib.parse.urlsplit(endpoint).port
    tls, bundle = f"https://localhost:{port + 1}", os.environ["S3_CA_BUNDLE"]
    s3_put.Bucket(endpoint, BUCKET, access_key, secret_key).hold(objects)
    proxy = proxy_stub.Proxy()
    home = tempfile.TemporaryDirectory()
    (pathlib.Path(home.name) / ".aws").mkdir()
    plain = {"PATH": os.environ["PATH"], "HOME": home.name, "AWS_EC2_METADATA_DISABLED": "true",
             "AWS_MAX_ATTEMPTS": "1"}
    pair = {"AWS_ACCESS_KEY_ID": access_key, "AWS_SECRET_ACCESS_KEY": secret_key}

    def verify(status, *arguments, **variables):
        command = [program, "verify", f"s3://{BUCKET}", "--keys", str(small / "keys.json"), "--now",
                   now.strftime("%Y-%m-%dT%H:%M:%SZ"), "--jobs", "1", "--report", "json", *arguments]
        done = subprocess.run(command, env={**plain, **variables}, capture_output=True, text=True, timeout=120)
        told = f"{arguments} {variables}: {done.returncode}\n{done.stdout}{done.stderr}"
        assert done.returncode == status, told
        assert secret_key not in told.replace(str(variables), ""), told
        return json.loads(done.stdout) if status != 3 else done.stderr

    # TLS, with the certificate's authority and without.
    at = {"AWS_ENDPOINT_URL_S3": tls, **pair}
    honest = verify(0, **at, AWS_CA_BUNDLE=bundle)
    error = verify(3, **at)
    assert "certificate" in error and "AWS_CA_BUNDLE" in error, error
    verify(3, **at, AWS_CA_BUNDLE="/no/such/file.pem")

    # Proxies: a tunnel for https, forwarding for http, and neither where NO_PROXY says so.
    proxy.begin()
    assert verify(0, **at, AWS_CA_BUNDLE=bundle, HTTPS_PROXY=proxy.url) == honest
    assert set(proxy.seen) == {f"CONNECT localhost:{port + 1}"}, proxy.seen
    proxy.begin()
    http = {"AWS_ENDPOINT_URL_S3": endpoint, **pair}
    assert verify(0, **http, http_proxy=proxy.url) == honest
    assert any(line.startswith(f"GET {endpoint}/{BUCKET}/AWSLogs/") for line in proxy.seen), proxy.seen
    requests = len(proxy.seen)
    proxy.begin()
    host = urllib.parse.urlsplit(endpoint).hostname
    verify(0, **http, http_proxy=proxy.url, NO_PROXY=host)
    verify(0, **at, AWS_CA_BUNDLE=bundle, HTTPS_PROXY=proxy.url, NO_PROXY="localhost")
    assert not proxy.seen, proxy.seen

    # The profile's settings, and what outranks them.
    (pathlib.Path(home.name) / ".aws/config").write_text(f"""\
[profile audit]
aws_access_key_id = {access_key}
aws_secret_access_key = {secret_key}
ca_bundle = {bundle}
services = here
[profile virtual]
aws_access_key_id = {access_key}
aws_secret_access_key = {secret_key}
endpoint_url = http://localhost:{port}
s3 =
  addressing_style = virtual
[profile plain]
aws_access_key_id = {access_key}
aws_secret_access_key = {secret_key}
endpoint_url = http://localhost:{port}
[profile broken]
retry_mode = never
[services here]
s3 =
  endpoint_url = {tls}
""")
    proxy.begin()
    assert verify(0, "--profile", "audit", HTTPS_PROXY=proxy.url) == honest
    assert set(proxy.seen) == {f"CONNECT localhost:{port + 1}"}, proxy.seen
    proxy.begin()
    # (An endpoint for all services might have a CloudTrail as well.)
    assert verify(0, "--profile", "virtual", "--no-trail-settings", http_proxy=proxy.url) == honest
    assert all(f" http://{BUCKET}.localhost:{port}/" in line for line in proxy.seen) and proxy.seen, proxy.seen
    assert verify(0, "--profile", "virtual", "--no-trail-settings") == honest
    proxy.begin()
    verify(0, "--no-trail-settings", AWS_PROFILE="plain", http_proxy=proxy.url)
    assert all(f"localhost:{port}/{BUCKET}" in line for line in proxy.seen) and proxy.seen, proxy.seen
    verify(3, "--profile", "audit", AWS_CA_BUNDLE="/no/such/file.pem")
    verify(3, "--profile", "audit", AWS_ENDPOINT_URL="http://127.0.0.1:1")
    verify(0, "--profile", "audit", "--endpoint-url", f"http://localhost:{port}")
    assert "retry_mode" in verify(3, "--profile", "broken", AWS_ENDPOINT_URL=endpoint)

    # Credentials that nobody knows end the run before it begins.
    for wrong, code in (({"AWS_ACCESS_KEY_ID": "AKIAUNKNOWN"}, "InvalidAccessKeyId"),
                        ({"AWS_SECRET_ACCESS_KEY": "another"}, "SignatureDoesNotMatch")):
        error = verify(3, **{**http, **wrong})
        assert f"cannot open the source 's3://{BUCKET}'" in error and code in error, error
        assert "get-caller-identity" in error, error
    assert "no credentials" in verify(3, AWS_ENDPOINT_URL_S3=endpoint)

    # Credentials that expire in the middle: open, said once, and nothing is called missing or changed.
    for after in (1, 2, requests // 2, requests - 1):
        proxy.begin(refuse_after=after)
        report = verify(2, **http, http_proxy=proxy.url)
        refused = [finding for finding in report["findings"] if finding["code"] == "source.credentials-refused"]
        assert len(refused) == 1 and "ExpiredToken" in refused[0]["detail"], report["findings"]
        assert report["outcome"] == "open" and report["totals"]["digests"]["missing"] == 0, report
    proxy.close()
    print(f"{requests} requests")


main(*sys.argv[1:])
