"""A stand-in for the metadata services of a machine (IMDSv2) and of a container, because no test runs on EC2 or ECS.

It answers what the EC2 and ECS guides describe: PUT /latest/api/token, and with the token alone the role's name and its
keys; GET /task with the right Authorization. A request without the token is refused with 401, and one that came through
a proxy (X-Forwarded-For) with 403, as by the real service.
"""

import http.server
import json
import threading

TOKEN = "AQAEexample-session-token=="
AUTHORIZATION = "container-token"
ROLE = "audit-role"


class Stub:
    def __init__(self, access_key, secret_key):
        answer = json.dumps({"Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": access_key,
                             "SecretAccessKey": secret_key, "Token": "", "Expiration": "2099-01-01T00:00:00Z"})
        self.seen = []
        seen = self.seen

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def reply(self, status, text=""):
                seen.append("%s %s %d" % (self.command, self.path, status))
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def do_PUT(self):
                seconds = self.headers.get("x-aws-ec2-metadata-token-ttl-seconds", "")
                if "x-forwarded-for" in self.headers:
                    self.reply(403)
                elif self.path != "/latest/api/token" or not seconds.isdigit() or not 1 <= int(seconds) <= 21600:
                    self.reply(400)
                else:
                    self.reply(200, TOKEN)

            def do_GET(self):
                if self.path == "/task":
                    good = self.headers.get("authorization") == AUTHORIZATION
                    return self.reply(200, answer) if good else self.reply(401)
                if self.headers.get("x-aws-ec2-metadata-token") != TOKEN:
                    return self.reply(401)
                folder = "/latest/meta-data/iam/security-credentials/"
                return self.reply(*{folder: (200, ROLE), folder + ROLE: (200, answer)}.get(self.path, (404, "")))

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d" % self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
