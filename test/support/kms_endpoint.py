"""A KMS on 127.0.0.1 for tests: it really wraps (AES-256-GCM, the context authenticated), really checks signatures
(Signature Version 4), and misbehaves on request.

usage: kms_endpoint.py [--tls NAME] PROGRAM [ARGUMENT ...]
  The program finds the endpoint in AWS_ENDPOINT_URL_KMS and KMS_ENDPOINT, credentials in AWS_ACCESS_KEY_ID and
  AWS_SECRET_ACCESS_KEY; its exit status is that of this script. --tls: https with a certificate for NAME, which
  AWS_CA_BUNDLE trusts.

It answers LookupEvents of CloudTrail too. One endpoint answers for two regions, as the signature's scope says. Blobs: 01 54 53 54, the key's id of 36 bytes, an IV
of 12, ciphertext and tag; these first 40 bytes and the compact, sorted JSON of the context are authenticated.

GET /fault/NAME/TIMES (unsigned): the next TIMES answers of an operation are wrong in that way; GET /calls: what was
asked so far and found well signed, one "REGION OPERATION KEY" a line.
"""

import base64
import binascii
import http.server
import json
import os
import re
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from self_signed import certificate
from sigv4_check import Refusal, check_signature

ACCOUNT = "111122223333"
MAGIC = b"\x01TST"
USERS = {  # access key -> secret, session token, may do anything
    "AKIAEVIDENCE": ("evidence-secret", None, True),
    "ASIASESSION": ("session-secret", "the-session-token", True),
    "AKIANOBODY": ("nobody-secret", None, False),
}
POLICY = {"Version": "2012-10-17", "Statement": [
    {"Sid": "root", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*",
     "Resource": "*"}]}


class Key:
    def __init__(self, region, name, material, **metadata):
        self.region, self.id, self.material = region, name, material
        self.arn = f"arn:aws:kms:{region}:{ACCOUNT}:key/{name}"
        self.metadata = {"KeyState": "Enabled", "MultiRegion": name.startswith("mrk-"), **metadata}


TOMORROW = int(time.time()) + 86400
KEYS = {key.arn: key for key in [
    Key("us-east-1", "11111111-2222-3333-4444-555555555555", bytes(range(32))),
    Key("us-east-1", "66666666-7777-8888-9999-000000000000", bytes(range(32, 64))),
    Key("us-east-1", "dddddddd-0000-0000-0000-000000000001", bytes(range(1, 33)), KeyState="Disabled"),
    Key("us-east-1", "dddddddd-0000-0000-0000-000000000002", bytes(range(2, 34)), KeyState="PendingDeletion",
        DeletionDate=TOMORROW),
    Key("us-east-1", "dddddddd-0000-0000-0000-000000000003", bytes(range(3, 35)), KeyState="Unavailable"),
    Key("us-east-1", "mrk-12345678901234567890123456789012", bytes(range(64, 96))),
    Key("eu-west-1", "mrk-12345678901234567890123456789012", bytes(range(64, 96))),
    Key("eu-west-1", "22222222-3333-4444-5555-666666666666", bytes(range(96, 128))),
]}
ALIASES = {("us-east-1", "alias/evidence"): "11111111-2222-3333-4444-555555555555",
           ("eu-west-1", "alias/evidence"): "22222222-3333-4444-5555-666666666666"}
REGIONS = {key.region for key in KEYS.values()}


# ---- operations -----------------------------------------------------------------------------------------------------

def find_key(region, name):
    if not isinstance(name, str):
        raise Refusal("ValidationException", "KeyId is missing")
    prefix = f"arn:aws:kms:{region}:{ACCOUNT}:"
    if name.startswith("arn:") and not name.startswith(prefix):
        raise Refusal("NotFoundException", f"Invalid arn {name}", 404)
    name = name[len(prefix):] if name.startswith(prefix) else name if name.startswith("alias/") else "key/" + name
    if name.startswith("alias/"):
        name = "key/" + ALIASES.get((region, name), "")
    if prefix + name not in KEYS:
        raise Refusal("NotFoundException", f"Key '{prefix}{name}' does not exist", 404)
    return KEYS[prefix + name]


def usable(key):
    state = key.metadata["KeyState"]
    if state == "Disabled":
        raise Refusal("DisabledException", f"{key.arn} is disabled.", 409)
    if state != "Enabled":
        raise Refusal("KMSInvalidStateException", f"{key.arn} is {state}.", 409)
    return key


def binary(request, name, least, most):
    try:
        value = base64.b64decode(request[name], validate=True)
    except (KeyError, TypeError, binascii.Error):
        raise Refusal("SerializationException", name) from None
    if not least <= len(value) <= most:
        raise Refusal("ValidationException", f"{name} has {len(value)} bytes")
    return value


def context_of(request):
    context = request.get("EncryptionContext", {})
    if not isinstance(context, dict) or not all(isinstance(value, str) for value in context.values()):
        raise Refusal("SerializationException", "EncryptionContext")
    return json.dumps(context, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def wrap(key, plaintext, context):
    head = MAGIC + key.id.encode()
    iv = os.urandom(12)
    return head + iv + AESGCM(key.material).encrypt(iv, plaintext, head + context)


def do_encrypt(region, request):
    key = usable(find_key(region, request.get("KeyId")))
    blob = wrap(key, binary(request, "Plaintext", 1, 4096), context_of(request))
    return {"CiphertextBlob": base64.b64encode(blob).decode(), "KeyId": key.arn,
            "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}


def do_generate_data_key(region, request):
    key = usable(find_key(region, request.get("KeyId")))
    size = {"AES_256": 32, "AES_128": 16}.get(request.get("KeySpec"), request.get("NumberOfBytes"))
    if not isinstance(size, int) or not 1 <= size <= 1024:
        raise Refusal("ValidationException", "KeySpec or NumberOfBytes")
    plaintext = os.urandom(size)
    return {"CiphertextBlob": base64.b64encode(wrap(key, plaintext, context_of(request))).decode(),
            "Plaintext": base64.b64encode(plaintext).decode(), "KeyId": key.arn}


def do_decrypt(region, request):
    blob = binary(request, "CiphertextBlob", 1, 6144)
    if blob[:4] != MAGIC or len(blob) < 40 + 12 + 16:
        raise Refusal("InvalidCiphertextException")
    arn = f"arn:aws:kms:{region}:{ACCOUNT}:key/{blob[4:40].decode('latin-1')}"
    if "KeyId" in request and find_key(region, request["KeyId"]).arn != arn:
        raise Refusal("IncorrectKeyException", "The key ID in the request does not identify a CMK that can perform this "
                      "operation.")
    if arn not in KEYS:
        raise Refusal("InvalidCiphertextException")
    key = usable(KEYS[arn])
    try:
        plaintext = AESGCM(key.material).decrypt(blob[40:52], blob[52:], blob[:40] + context_of(request))
    except InvalidTag:
        raise Refusal("InvalidCiphertextException") from None
    return {"KeyId": key.arn, "Plaintext": base64.b64encode(plaintext).decode(),
            "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}


def do_describe_key(region, request):
    key = find_key(region, request.get("KeyId"))
    return {"KeyMetadata": {
        "AWSAccountId": ACCOUNT, "KeyId": key.id, "Arn": key.arn, "CreationDate": 1700000000.123, "Description": "",
        "Enabled": key.metadata["KeyState"] == "Enabled", "KeyUsage": "ENCRYPT_DECRYPT", "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER", "KeySpec": "SYMMETRIC_DEFAULT", "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        **key.metadata}}


def do_get_key_policy(region, request):
    find_key(region, request.get("KeyId"))
    if request.get("PolicyName", "default") != "default":
        raise Refusal("NotFoundException", "no such policy", 404)
    return {"Policy": json.dumps(POLICY, indent=2), "PolicyName": "default"}


def do_get_key_rotation_status(region, request):
    key = find_key(region, request.get("KeyId"))
    if key.metadata["KeyState"] == "PendingDeletion":
        raise Refusal("KMSInvalidStateException", f"{key.arn} is pending deletion.", 409)
    return {"KeyId": key.arn, "KeyRotationEnabled": True, "RotationPeriodInDays": 365,
            "NextRotationDate": TOMORROW + 0.5}


def page_of(request, key, name, entries, most):
    """A page of at most so many entries, as the request's Marker and Limit choose it."""
    size, marker = request.get("Limit", 50), request.get("Marker")
    if not isinstance(size, int) or not 1 <= size <= 1000:
        raise Refusal("ValidationException", "Limit")
    if marker is not None and not re.fullmatch(re.escape(key.id) + "/[0-9]+", marker):
        raise Refusal("InvalidMarkerException")
    begin = int(marker.rsplit("/", 1)[1]) if marker else 0
    end = begin + min(size, most)
    more = {"NextMarker": f"{key.id}/{end}"} if end < len(entries) else {}
    return {name: entries[begin:end], "Truncated": bool(more), **more}


def do_list_key_rotations(region, request):
    key = find_key(region, request.get("KeyId"))
    entries = [{"KeyId": key.arn, "RotationDate": 1700000000.0 + 10000000 * i, "RotationType": "AUTOMATIC"}
               for i in range(3)]
    return page_of(request, key, "Rotations", entries, 2)


# For whom one key may only encrypt, but for the last.
def do_list_grants(region, request):
    key = find_key(region, request.get("KeyId"))
    count = 250 if key.id.startswith("1111") else 0
    entries = [{"KeyId": key.arn, "GrantId": f"{i:064x}",
                "GranteePrincipal": f"arn:aws:iam::{ACCOUNT}:role/grantee-{i}",
                "Operations": ["Decrypt" if i == count - 1 else "Encrypt"]} for i in range(count)]
    return page_of(request, key, "Grants", entries, 100)


# One event of a key's past: the disabled key was disabled at the turn of 2026.
def do_lookup_events(region, request):
    name = request["LookupAttributes"][0]["AttributeValue"]
    disabled = [key for key in KEYS.values() if key.region == region and key.metadata["KeyState"] == "Disabled"]
    events = [{"eventName": name, "eventSource": "kms.amazonaws.com", "eventTime": "2026-01-01T00:00:00Z",
               "eventID": key.id, "requestParameters": {"keyId": key.id}} for key in disabled if name == "DisableKey"]
    return {"Events": [{"EventName": name, "EventTime": 1767225600.0, "CloudTrailEvent": json.dumps(event)}
                       for event in events]}


PREFIXES = {"kms": "TrentService.", "cloudtrail": "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101."}
OPERATIONS = {"LookupEvents": do_lookup_events,
              "Encrypt": do_encrypt, "Decrypt": do_decrypt, "GenerateDataKey": do_generate_data_key,
              "DescribeKey": do_describe_key, "GetKeyPolicy": do_get_key_policy,
              "GetKeyRotationStatus": do_get_key_rotation_status, "ListKeyRotations": do_list_key_rotations,
              "ListGrants": do_list_grants}


# ---- misbehaviour ---------------------------------------------------------------------------------------------------

REFUSALS = {"throttling": ("ThrottlingException", 400), "internal": ("KMSInternalException", 500),
            "unavailable": ("DependencyTimeoutException", 503), "key-unavailable": ("KeyUnavailableException", 500),
            "denied": ("AccessDeniedException", 400), "expired": ("ExpiredTokenException", 400)}


def other_key_id(answer):
    return {**answer, "KeyId": next(arn for arn in KEYS if arn != answer["KeyId"])}


def short_plaintext(answer):
    return {**answer, "Plaintext": base64.b64encode(base64.b64decode(answer["Plaintext"])[:16]).decode()}


def long_plaintext(answer):
    return {**answer, "Plaintext": base64.b64encode(base64.b64decode(answer["Plaintext"]) + b"x").decode()}


LIES = {"same-marker": lambda answer: {**answer, "NextMarker": "11111111-2222-3333-4444-555555555555/0"},
        "number-marker": lambda answer: {**answer, "NextMarker": 7},
        "no-list": lambda answer: {"Truncated": False},
        "other-key-id": other_key_id, "short-plaintext": short_plaintext, "long-plaintext": long_plaintext,
        "no-key-id": lambda answer: {name: value for name, value in answer.items() if name != "KeyId"}}


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, tls_name=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock, self.calls, self.faults = threading.Lock(), [], []
        self.scheme = "https" if tls_name else "http"
        self.url = f"{self.scheme}://127.0.0.1:{self.server_port}"
        self.certificate = None
        if tls_name:
            self.certificate = certificate(tls_name)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            with tempfile.NamedTemporaryFile() as file:
                file.write(self.certificate)
                file.flush()
                context.load_cert_chain(file.name)
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request, client_address):
        pass  # a client that goes away, or refuses the certificate, is what some tests are about

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *details):
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def log_message(self, *_):
        pass

    def answer(self, status, body, kind="application/x-amz-json-1.1"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/calls":
            return self.answer(200, "".join(line + "\n" for line in self.server.calls).encode(), "text/plain")
        match = re.fullmatch(r"/fault/([a-z-]+)/(\d+)", self.path)
        if not match:
            return self.answer(404, b"")
        with self.server.lock:
            self.server.faults = [match[1]] * int(match[2])
        return self.answer(200, b"")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {}
        for name, value in self.headers.items():
            headers[name.lower()] = headers[name.lower()] + "," + value if name.lower() in headers else value
        url = urllib.parse.urlsplit(self.path)
        fault = None
        try:
            region, service, allowed = check_signature(USERS, REGIONS, PREFIXES, self.command, url.path, url.query, headers, body)
            target = headers["x-amz-target"]
            operation = target.removeprefix(PREFIXES[service])
            if url.path != "/" or target == operation or operation not in OPERATIONS:
                raise Refusal("UnknownOperationException")
            request = json.loads(body or b"{}")
            if not isinstance(request, dict) or headers.get("content-type") != "application/x-amz-json-1.1":
                raise Refusal("SerializationException")
            with self.server.lock:
                self.server.calls.append(f"{region} {operation} {request.get('KeyId', '-')}")
                fault = self.server.faults.pop(0) if self.server.faults else None
            if not allowed:
                raise Refusal("AccessDeniedException", "not you")
            if fault in REFUSALS:
                raise Refusal(REFUSALS[fault][0], "on request", REFUSALS[fault][1])
            answer = OPERATIONS[operation](region, request)
            status, body = 200, json.dumps(LIES[fault](answer) if fault in LIES else answer).encode()
        except Refusal as refusal:
            status, body = refusal.status, json.dumps({"__type": refusal.code, "message": refusal.message}).encode()
        except ValueError:
            status, body = 400, b'{"__type":"SerializationException"}'
        getattr(self, "end_" + (fault or "").replace("-", "_"), self.answer)(status, body)

    def end_hang(self, *_):
        time.sleep(30)
        self.close_connection = True

    def end_slow(self, status, body):
        time.sleep(1)
        self.answer(status, body)

    def end_drop(self, *_):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def end_cut_json(self, status, body):
        self.answer(status, body[:-20])

    def end_cut_short(self, status, body):  # fewer bytes than the header promises
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:-20])
        self.close_connection = True

    def end_no_json(self, *_):
        self.answer(200, b"<html>a proxy says hello</html>", "text/html")

    def end_oversize(self, *_):
        self.answer(200, b"{" + b" " * (17 << 20) + b"}")


def main(arguments):
    tls_name = None
    if arguments[:1] == ["--tls"]:
        tls_name, arguments = arguments[1], arguments[2:]
    with tempfile.TemporaryDirectory() as home, Server(tls_name) as server:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment = {**clean, "HOME": home, "KMS_ENDPOINT": server.url, "AWS_ENDPOINT_URL_KMS": server.url,
                       "AWS_ENDPOINT_URL_CLOUDTRAIL": server.url,
                       "AWS_ACCESS_KEY_ID": "AKIAEVIDENCE", "AWS_SECRET_ACCESS_KEY": "evidence-secret",
                       "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "127.0.0.1"}
        if server.certificate:
            bundle = os.path.join(home, "ca.pem")
            with open(bundle, "wb") as file:
                file.write(server.certificate[server.certificate.index(b"-----BEGIN CERTIFICATE"):])
            environment["AWS_CA_BUNDLE"] = bundle
        return subprocess.run(arguments, env=environment, check=False).returncode


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
