"""A stub of an HTTP proxy on 127.0.0.1: CONNECT tunnels and forwarded requests, as much as a test needs. No access control,
no limits: for tests alone. It notes every request, and can be told to answer as an S3 whose patience with the credentials
has an end."""

import http.client
import http.server
import select
import socket
import threading
import urllib.parse

EXPIRED = b"<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"


def address_of(place):
    """HOST:PORT taken apart; names below localhost are this machine (RFC 6761), which the C library does not know."""
    host, port = place.rsplit(":", 1)
    return ("127.0.0.1" if host.endswith("localhost") else host), int(port)


class Proxy:
    """`seen` holds "METHOD TARGET" for each request; with `refuse_after` the N+1st and later are refused."""

    def __init__(self):
        self.seen, self.refuse_after = [], None
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_CONNECT(self):
                proxy.seen.append(f"CONNECT {self.path}")
                with socket.create_connection(address_of(self.path)) as server:
                    self.send_response(200)
                    self.end_headers()
                    while True:
                        readable, _, _ = select.select([self.connection, server], [], [], 60)
                        for one in readable:
                            data = one.recv(65536)
                            if not data:
                                self.close_connection = True
                                return
                            (server if one is self.connection else self.connection).sendall(data)
                        if not readable:
                            return

            def forward(self):
                proxy.seen.append(f"{self.command} {self.path}")
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if proxy.refuse_after is not None and len(proxy.seen) > proxy.refuse_after:
                    return self.answer(400, {}, b"" if self.command == "HEAD" else EXPIRED)
                url = urllib.parse.urlsplit(self.path)
                path = url.path + ("?" + url.query if url.query else "")
                connection = http.client.HTTPConnection(*address_of(url.netloc), timeout=60)
                connection.putrequest(self.command, path, skip_host=True, skip_accept_encoding=True)
                for name, value in self.headers.items():
                    if name.lower() not in ("proxy-connection", "connection"):
                        connection.putheader(name, value)
                connection.endheaders(body or None)
                answer = connection.getresponse()
                self.answer(answer.status, dict(answer.getheaders()), answer.read())
                connection.close()

            do_GET = do_HEAD = do_POST = forward

            def answer(self, status, headers, body):
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in ("connection", "transfer-encoding", "content-length", "date", "server"):
                        self.send_header(name, value)
                length = headers.get("Content-Length", len(body)) if self.command == "HEAD" else len(body)
                self.send_header("Content-Length", length)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):  # a client that went away
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def begin(self, refuse_after=None):
        self.seen.clear()
        self.refuse_after = refuse_after

    def close(self):
        self._server.shutdown()
        self._server.server_close()
