"""Checks the Signature Version 4 of a request to KMS as the service does; shares no code with the product."""

import datetime
import hashlib
import hmac
import re
import urllib.parse

CLOCK_SKEW = datetime.timedelta(minutes=5)
MUST_BE_SIGNED = {"host", "x-amz-date", "x-amz-target"}


class Refusal(Exception):
    def __init__(self, code, message="", status=400):
        super().__init__(code)
        self.code, self.message, self.status = code, message, status


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def canonical_query(query):
    pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
    return "&".join(sorted("=".join(urllib.parse.quote(part, safe="-_.~") for part in pair) for pair in pairs))


def check_signature(users, regions, services, method, path, query, headers, body):
    """The region and service of a rightly signed request, and whether its user may do anything. `users`: access key -> (secret,
    session token or None, may do anything). `headers`: lower-case names. Raises Refusal."""
    match = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/,]+)/(\d{8})/([^/,]+)/([^/,]+)/aws4_request, ?"
                         r"SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})", headers.get("authorization", ""))
    if not match:
        raise Refusal("MissingAuthenticationTokenException" if "authorization" not in headers else
                      "IncompleteSignatureException")
    access_key, date, region, service, names, signature = match.groups()
    if access_key not in users:
        raise Refusal("UnrecognizedClientException", "The security token included in the request is invalid.")
    secret, token, allowed = users[access_key]
    if headers.get("x-amz-security-token") != token:
        raise Refusal("UnrecognizedClientException", "The security token included in the request is invalid.")
    signed = names.split(";")
    must = MUST_BE_SIGNED | ({"x-amz-security-token"} if token else set())
    if signed != sorted(set(signed)) or not must <= set(signed) or not set(signed) <= set(headers):
        raise Refusal("InvalidSignatureException", "not all headers are signed that must be")
    if service not in services or region not in regions:
        raise Refusal("InvalidSignatureException", "Credential should be scoped to a valid region.")
    stamp = headers.get("x-amz-date", "")
    try:
        then = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ")
    except ValueError:
        raise Refusal("IncompleteSignatureException", "x-amz-date is no time") from None
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    if stamp[:8] != date or abs(now - then) > CLOCK_SKEW:
        raise Refusal("InvalidSignatureException", f"Signature expired: {stamp}")
    body_hash = hashlib.sha256(body).hexdigest()
    if headers.get("x-amz-content-sha256", body_hash) != body_hash:
        raise Refusal("InvalidSignatureException", "the body is not what was signed")
    lines = [f"{name}:{' '.join(headers[name].split())}\n" for name in signed]
    canonical = "\n".join([method, path, canonical_query(query), "".join(lines), names, body_hash])
    scope = f"{date}/{region}/{service}/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + secret).encode()
    for part in (date, region, service, "aws4_request"):
        key = mac(key, part)
    if not hmac.compare_digest(mac(key, to_sign).hex(), signature):
        raise Refusal("InvalidSignatureException", "The request signature we calculated does not match the signature "
                      "you provided.")
    return region, service, allowed
