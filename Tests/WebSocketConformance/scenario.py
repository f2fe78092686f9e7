"""A scenario: what the client does, what has to come back, who closes and how. Run on a connection and judged."""

import struct
from dataclasses import dataclass

from client import Client, Violation
from harness.websocket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame

OK, NON_STRICT = "OK", "NON-STRICT"

#: For how long a peer must not fail what is no failure yet, in seconds.
MOMENT = 0.05

#: An event of the runner's own: the peer has not failed the connection though it could know.
LATE = ("late", b"")


@dataclass(frozen=True)
class Send:
    """Bytes. In one go, or `chop` at a time; `paced` waits after each piece until the peer has read it, so that it gets it alone."""

    data: bytes
    chop: int = 0
    paced: bool = True

    def run(self, client):
        if self.chop:
            client.send_chopped(self.data, self.chop, self.paced)
        else:
            client.send(self.data)


@dataclass(frozen=True)
class StillOpen:
    """For a moment the peer must not close."""

    def run(self, client):
        client.read_until(lambda: client.is_closed, MOMENT)


@dataclass(frozen=True)
class Failed:
    """The peer has all it needs to know to fail the connection now. If it does not, `LATE` is noted."""

    def run(self, client):
        if not client.read_until(lambda: client.is_closed):
            client.events.append(LATE)


@dataclass(frozen=True)
class Received:
    """So many events have come."""

    count: int

    def run(self, client):
        client.read_until(lambda: len(client.events) >= self.count or client.is_closed)


@dataclass(frozen=True)
class RoundTrips:
    """The same frame so many times, each when the one before has come back."""

    data: bytes
    count: int

    def run(self, client):
        for count in range(1, self.count + 1):
            client.send(self.data)
            if not client.read_until(lambda count=count: len(client.events) >= count or client.is_closed) or client.is_closed:
                return


@dataclass(frozen=True)
class Scenario:
    """`number` is Autobahn's. `lenient`: events that Autobahn lets pass as NON-STRICT. `codes`: what the peer's close frame may carry."""

    number: str
    steps: tuple
    expected: tuple = ()
    codes: tuple = (1000,)
    #: The peer fails the connection; else the client closes with 1000 once it has what it expects.
    fails: bool = False
    #: The steps hold a close frame of the client's own.
    closes: bool = False
    lenient: tuple | None = None

    @property
    def group(self):
        return int(self.number.split(".")[0])

    def run(self, endpoint, patience, path="/echo"):
        """What is wrong with the peer, or `OK`, or `NON_STRICT`."""
        with Client(endpoint, patience, path) as client:
            client.has_sent_close = self.closes
            try:
                for step in self.steps:
                    step.run(client)
                    if client.is_closed and not self.closes:
                        break
                if not self.fails and not self.closes and not client.is_closed:
                    Received(len(self.expected)).run(client)
                    if not client.is_closed:
                        client.close()
                client.read_until(lambda: False)
            except Violation as violation:
                return f"it breaks the rules: {violation}"
            return self._judge(client)

    def _judge(self, client):
        events = tuple(client.events)
        if events != self.expected and events != self.lenient:
            return f"it sent {_shown(events)} instead of {_shown(self.expected)}"
        if not self.fails and not client.has_sent_close:
            return f"it closed by itself, with {client.close_code}"
        if client.close_code not in self.codes:
            return f"it closed with {client.close_code} instead of {self.codes}"
        # What the client has sent behind its close frame may be answered with a reset.
        if client.ending is None or client.ending == "reset" and not self.closes:
            return f"its stream ended with {client.ending} instead of a FIN"
        return OK if events == self.expected else NON_STRICT


def _shown(events):
    return [(name, payload if len(payload) < 40 else f"{len(payload)} bytes, {payload[:20]!r}…") for name, payload in events]


# Frames and events


def text(payload, **form):
    return frame(TEXT, payload, **form)


def binary(payload, **form):
    return frame(BINARY, payload, **form)


def ping(payload=b"", **form):
    return frame(PING, payload, **form)


def pong(payload=b"", **form):
    return frame(PONG, payload, **form)


def continuation(payload, final):
    return frame(CONTINUATION, payload, final=final)


def close(code=None, body=b"", **form):
    """A close frame with a code, or with any body."""
    return frame(CLOSE, body if code is None else struct.pack(">H", code), **form)


def fragmented(opcode, payload, size):
    """A message in fragments of `size` bytes; its frames, one by one."""
    starts = range(0, len(payload), size)
    return [
        frame(CONTINUATION if start else opcode, payload[start : start + size], final=start + size >= len(payload)) for start in starts
    ]


def together(*frames):
    return (Send(b"".join(frames)),)


def one_by_one(*frames):
    return tuple(Send(each, chop=len(each)) for each in frames)


def in_octets(*frames):
    return (Send(b"".join(frames), chop=1),)


#: The ways in which Autobahn sends the same frames: at once, a frame a segment, an octet a segment.
CHOPS = (together, one_by_one, in_octets)
