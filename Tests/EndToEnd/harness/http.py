"""HTTP/1.1 by hand: the request is written byte by byte, the answer is read exactly."""

import json
import socket
from urllib.parse import quote

from harness import PATIENCE


class Response:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def header(self, name):
        """The only value of a header, or None. A header that comes twice fails the test."""
        values = [value for key, value in self.headers if key == name.lower()]
        assert len(values) <= 1, f"{name} came {len(values)} times: {values}"
        return values[0] if values else None

    def json(self):
        assert self.header("Content-Type").split(";")[0] == "application/json"
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.headers} {self.body[:300]!r}>"


class HTTPConnection:
    """One TCP connection. `address` is (host, port), `source` an address of this machine to come from."""

    def __init__(self, address, source=None):
        self.socket = socket.create_connection(address, PATIENCE, source and (source, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pending = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def response(self):
        """The next answer, interim ones (1xx) included."""
        while b"\r\n\r\n" not in self.pending:
            self._receive()
        head, self.pending = self.pending.split(b"\r\n\r\n", 1)
        lines = head.split(b"\r\n")
        version, status = lines[0].split(b" ")[:2]
        assert version == b"HTTP/1.1", head
        headers = []
        for line in lines[1:]:
            name, value = line.split(b":", 1)
            headers.append((name.decode("ascii").lower(), value.strip().decode("latin-1")))
        response = Response(int(status), headers, b"")
        if 100 <= response.status < 200 or response.status == 204:
            return response
        assert response.header("Transfer-Encoding") is None, "the server frames its answers by length"
        length = int(response.header("Content-Length"))
        while len(self.pending) < length:
            self._receive()
        response.body, self.pending = self.pending[:length], self.pending[length:]
        return response

    def closed(self):
        """True once the server has ended the stream with a FIN and nothing more was on it. A reset fails the test."""
        rest = self.pending
        while data := self.socket.recv(65536):
            rest += data
        assert rest == b"", f"bytes after the last answer: {rest[:200]!r}"
        return True

    def _receive(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError(f"the connection ended inside an answer, after {self.pending[:200]!r}")
        self.pending += data


def request(method, target, body=None, headers=(), host="127.0.0.1"):
    """The bytes of a request; `host=None` and a body of None leave out `Host` and `Content-Length`."""
    if isinstance(target, str):
        target = target.encode()
    lines = [method.encode() + b" " + target + b" HTTP/1.1"]
    if host is not None:
        lines.append(b"Host: " + host.encode())
    lines += [name.encode() + b": " + value.encode() for name, value in headers]
    if body is not None:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + (body or b"")


JSON = ("Content-Type", "application/json")


def publish_target(channel, event):
    return f"/broadcast/{quote(channel, safe='')}/{quote(event, safe='')}"


def publish_request(channel, event, body, headers=(JSON,), host="127.0.0.1"):
    """The bytes of a publish of `body` (raw JSON bytes)."""
    return request("POST", publish_target(channel, event), body, headers, host)
