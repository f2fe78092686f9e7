"""An Engine.IO session over long-polling, seen as requests, answers and packets in bytes."""

import json
import time
from urllib.parse import urlencode

from harness import PATIENCE
from harness.http import HTTPConnection, request
from harness.kernel import settled

SEPARATOR = b"\x1e"
TEXT = ("Content-Type", "text/plain;charset=UTF-8")

#: Engine.IO's own errors (protocol.md 1.3): the body of an ordinary answer, byte for byte.
UNKNOWN_TRANSPORT = b'{"code":0,"message":"Transport unknown"}'
UNKNOWN_SESSION = b'{"code":1,"message":"Session ID unknown"}'
BAD_HANDSHAKE_METHOD = b'{"code":2,"message":"Bad handshake method"}'
BAD_REQUEST = b'{"code":3,"message":"Bad request"}'
FORBIDDEN = b'{"code":4,"message":"Forbidden"}'
UNSUPPORTED_VERSION = b'{"code":5,"message":"Unsupported protocol version"}'


def target(path="/socket.io/", **parameters):
    """The target of a request; a parameter that is None is left out."""
    parameters = {"EIO": "4", "transport": "polling", **parameters}
    return path + "?" + urlencode({name: value for name, value in parameters.items() if value is not None})


class Poller:
    """A session. Its GETs go over one connection and its POSTs over another, as a browser's do; `headers` go with all of them."""

    def __init__(self, endpoint, path="/socket.io/", headers=(), host="127.0.0.1", source=None, **parameters):
        self.source = source
        self.endpoint, self.path, self.headers, self.host = endpoint, path, list(headers), host
        self.parameters = parameters
        self.gets = HTTPConnection(endpoint.address, source)
        self.posts = None
        self.gets.send(request("GET", target(path, **self.parameters), headers=self.headers, host=host))
        self.handshake = self.gets.response()
        assert self.handshake.status == 200, self.handshake
        assert self.handshake.body[:1] == b"0", self.handshake
        self.open = json.loads(self.handshake.body[1:])
        self.sid = self.open["sid"]
        self.arrived = []
        self.acks = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Without a word: a client that vanishes."""
        self.gets.socket.close()
        if self.posts:
            self.posts.socket.close()

    def target(self, **parameters):
        return target(self.path, sid=self.sid, **self.parameters, **parameters)

    # GET

    def park(self):
        """Sends a GET and returns when the server has read it. `answer` reads what comes."""
        self.gets.send(request("GET", self.target(), headers=self.headers, host=self.host))
        settled(self.gets)
        return self

    def answer(self):
        return self.gets.response()

    def get(self):
        return self.park().answer()

    def poll(self):
        """The packets of one poll, at least one."""
        response = self.get()
        assert response.status == 200, response
        packets = response.body.split(SEPARATOR)
        assert all(packets), response
        return packets

    def packet(self):
        """The next packet but for pings, which are answered."""
        while True:
            while not self.arrived:
                self.arrived = self.poll()
            packet = self.arrived.pop(0)
            if packet != b"2":
                return packet
            self.send(b"3")

    # POST

    def post_request(self, body, headers=(TEXT,)):
        return request("POST", self.target(), body, [*headers, *self.headers], self.host)

    def post(self, body, headers=(TEXT,)):
        if self.posts is None:
            self.posts = HTTPConnection(self.endpoint.address, self.source)
        self.posts.send(self.post_request(body, headers))
        return self.posts.response()

    def overlapping_post(self):
        """The answer to a POST that begins while another one's body is still coming. The session may be on another loop than the
        connection of that one, and learn of it a moment after that was read."""
        deadline = time.monotonic() + PATIENCE
        while (response := self.endpoint.exchange(self.post_request(b"6"))).status == 200:
            assert time.monotonic() < deadline, "POSTs may overlap"
        return response

    def send(self, *packets):
        response = self.post(SEPARATOR.join(packets))
        assert (response.status, response.body) == (200, b"ok"), response

    # Socket.IO

    def join(self):
        self.send(b"40")
        packet = self.packet()
        assert packet.startswith(b'40{"sid":"'), packet
        return self

    def ask(self, *event):
        """Emits an event with an ack and returns the packet that follows, which has to be that ack, without its header."""
        self.acks += 1
        self.send(b"42%d%s" % (self.acks, json.dumps(event, ensure_ascii=False).encode()))
        packet = self.packet()
        header = b"43%d" % self.acks
        assert packet.startswith(header + b"["), packet
        return packet[len(header) :]

    def subscribe(self, *channels):
        for channel in channels:
            assert json.loads(self.ask("subscribe", channel)) == [f"Entered room: {channel}"]
        return self

    # The end

    def assert_over(self):
        """The session has ended or ends now. What it still owed is fetched by further polls, and the close packet is the last of it."""
        with HTTPConnection(self.endpoint.address) as connection:
            while True:
                connection.send(request("GET", self.target(), headers=self.headers, host=self.host))
                response = connection.response()
                if response.status != 200:
                    break
                assert response.body, "an answer without a packet"
            assert (response.status, response.body) == (400, UNKNOWN_SESSION), response

    def wait_until_over(self, asking=b"6"):
        """For an end that the server has to notice by itself. POSTs ask, as they never wait, with a packet that means nothing; a pong
        would keep the session alive."""
        deadline = time.monotonic() + PATIENCE
        with HTTPConnection(self.endpoint.address) as connection:
            while True:
                connection.send(self.post_request(asking))
                response = connection.response()
                if response.status != 200:
                    break
                assert time.monotonic() < deadline, "the session lives on"
                time.sleep(0.005)
        assert (response.status, response.body) == (400, UNKNOWN_SESSION), response
