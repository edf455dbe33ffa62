"""The least of an S3 client: create a bucket, put objects with user metadata, delete them. Signature Version 4 as the
Amazon S3 API Reference gives it ("Authenticating Requests"), path style, payload unsigned."""
import datetime
import hashlib
import hmac
import http.client
import urllib.parse
import xml.etree.ElementTree


class Bucket:
    def __init__(self, endpoint, name, access_key, secret_key, region="us-east-1"):
        self._host = urllib.parse.urlsplit(endpoint).netloc
        self._connection = http.client.HTTPConnection(self._host, timeout=60)
        self._name, self._access_key, self._secret_key, self._region = name, access_key, secret_key, region
        self._objects = {}  # what lies in the bucket: key -> (bytes, metadata)
        self._request("PUT", "", b"", {})

    def hold(self, objects):
        """Makes the bucket hold exactly these objects; sends only what differs."""
        for key in self._objects.keys() - objects.keys():
            self._request("DELETE", key, b"", {})
        for key, (data, metadata) in objects.items():
            if self._objects.get(key) != (data, metadata):
                headers = {"x-amz-meta-" + name: value for name, value in metadata.items()}
                self._request("PUT", key, data, headers)
        self._objects = dict(objects)

    def keep_versions(self):
        """Switches versioning on."""
        self._request("PUT", "", b"<VersioningConfiguration xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>"
                      b"<Status>Enabled</Status></VersioningConfiguration>", {}, {"versioning": ""})

    def versions(self, prefix=""):
        """All versions and delete markers: (key, version id, is the newest, is a delete marker), in S3's order."""
        rows, marker = [], {}
        while True:
            page = xml.etree.ElementTree.fromstring(
                self._request("GET", "", b"", {}, {"prefix": prefix, "versions": "", **marker}))
            strip = page.tag[:page.tag.index("}") + 1]
            for row in page:
                if row.tag in (strip + "Version", strip + "DeleteMarker"):
                    rows.append((row.findtext(strip + "Key"), row.findtext(strip + "VersionId"),
                                 row.findtext(strip + "IsLatest") == "true", row.tag == strip + "DeleteMarker"))
            if page.findtext(strip + "IsTruncated") != "true":
                return rows
            marker = {"key-marker": page.findtext(strip + "NextKeyMarker"),
                      "version-id-marker": page.findtext(strip + "NextVersionIdMarker")}

    def put(self, key, data, metadata=None, headers=None):
        named = {"x-amz-meta-" + name: value for name, value in (metadata or {}).items()}
        self._request("PUT", key, data, {**named, **(headers or {})})

    def delete(self, key, version=None):
        self._request("DELETE", key, b"", {}, {"versionId": version} if version else {})

    def remove(self):
        """Deletes the bucket with all that it remembers."""
        for key, version, _, _ in self.versions():
            self.delete(key, version)
        self._request("DELETE", "", b"", {})

    def policy(self, text):
        self._request("PUT", "", text.encode(), {}, {"policy": ""})

    def _request(self, method, key, body, headers, query=None):
        path = urllib.parse.quote("/%s/%s" % (self._name, key) if key else "/" + self._name)
        query = "&".join("%s=%s" % (name, urllib.parse.quote(value, safe=""))
                         for name, value in sorted((query or {}).items()))
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        headers = {"host": self._host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD", "x-amz-date": now, **headers}
        names = ";".join(sorted(headers))
        canonical = "\n".join([method, path, query, *("%s:%s" % (name, headers[name]) for name in sorted(headers)), "",
                               names, "UNSIGNED-PAYLOAD"])
        scope = [now[:8], self._region, "s3", "aws4_request"]
        to_sign = "\n".join(["AWS4-HMAC-SHA256", now, "/".join(scope), hashlib.sha256(canonical.encode()).hexdigest()])
        secret = ("AWS4" + self._secret_key).encode()
        for part in scope:
            secret = hmac.new(secret, part.encode(), hashlib.sha256).digest()
        headers["authorization"] = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (
            self._access_key, "/".join(scope), names, hmac.new(secret, to_sign.encode(), hashlib.sha256).hexdigest())
        self._connection.request(method, path + "?" + query if query else path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise OSError("%s %s: %d %r" % (method, path, answer.status, text[:300]))
        return text
