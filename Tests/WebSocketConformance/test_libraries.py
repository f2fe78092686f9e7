"""Other implementations as the other end: what random messages, fragments, pings and closes of `websockets` and `wsproto` come back as,
and `wsproto` as a second opinion on random frames, legal or not."""

import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from wsproto import ConnectionType, WSConnection
from wsproto.connection import Connection, ConnectionState
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Ping, Pong, Request, TextMessage

from harness import PATIENCE
from harness.http import HTTPConnection
from harness.websocket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame

#: About the borders of the three forms of a length.
SIZES = st.sampled_from([0, 1, 125, 126, 127, 65535, 65536, 70_000])
TEXTS = st.text(max_size=40) | st.builds(lambda size, character: size * character, SIZES, st.characters(exclude_categories=["Cs"]))
BINARIES = st.binary(max_size=40) | st.builds(lambda size, byte: size * bytes([byte]), SIZES, st.integers(0, 255))
#: Messages as lists of fragments.
MESSAGES = st.lists(TEXTS, min_size=1, max_size=4) | st.lists(BINARIES, min_size=1, max_size=4)
CODES = st.sampled_from([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999])
REASONS = st.text(max_size=30)


def joined(fragments):
    return fragments[0][:0].join(fragments)


# `websockets`


@given(
    messages=st.lists(st.tuples(MESSAGES, st.booleans(), st.booleans()), max_size=8),
    received_before=st.integers(0, 8),
    code=CODES,
    reason=REASONS,
)
def test_websockets_gets_back_what_it_sends(server, messages, received_before, code, reason):
    pongs = []
    url = f"ws://{server.host}:{server.port}/echo"
    with connect(url, compression=None, proxy=None, ping_interval=None, max_size=None, max_queue=None, close_timeout=PATIENCE) as websocket:

        def pinging(fragments):
            for fragment in fragments:
                pongs.append(websocket.ping(f"{len(pongs)}"))
                yield fragment

        for fragments, is_fragmented, pings in messages:
            if is_fragmented:
                websocket.send(pinging(fragments) if pings else iter(fragments))
            else:
                websocket.send(joined(fragments))
        expected = [joined(fragments) for fragments, _, _ in messages]
        received = [websocket.recv(timeout=PATIENCE) for _ in expected[:received_before]]
        websocket.close(code, reason)
        try:
            while True:
                received.append(websocket.recv(timeout=PATIENCE))
        except ConnectionClosed as closed:
            assert closed.rcvd is not None and (closed.rcvd.code, closed.rcvd.reason) == (code, "")
        assert received == expected
        assert all(pong.is_set() for pong in pongs)


# `wsproto`


def cut(data, places):
    """`data` in pieces; the places are taken modulo its length."""
    borders = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[start:end] for start, end in pairwise(borders)]


def exchange(server, data, places):
    """What the server sends on a connection of `wsproto`'s on which this is sent in pieces, up to the end of the stream."""
    with HTTPConnection(server.address) as connection:
        handshake = WSConnection(ConnectionType.CLIENT)
        connection.send(handshake.send(Request(host=server.host, target="/echo")))
        events = []
        while not events:
            received = connection.socket.recv(65536)
            assert received, "the stream ended in the handshake"
            handshake.receive_data(received)
            events = list(handshake.events())
        assert isinstance(events[0], AcceptConnection) and len(events) == 1, events
        try:
            for piece in cut(data, places):
                connection.send(piece)
        except OSError:
            pass
        answer = bytearray()
        try:
            while received := connection.socket.recv(262_144):
                answer += received
        except ConnectionResetError:
            pass
        return bytes(answer)


def heard(role, data):
    """What `wsproto` makes of these bytes: whole messages, pings and pongs, and as the last element the code of the close frame, or of what
    breaks the rules, which a server must not."""
    connection = Connection(role)
    connection.receive_data(data)
    events, parts = [], []
    for event in connection.events():
        match event:
            case TextMessage() | BytesMessage():
                parts.append(event.data)
                if event.message_finished:
                    events.append(joined(parts))
                    parts = []
            case Ping() | Pong():
                events.append((type(event), bytes(event.payload)))
            case CloseConnection():
                is_closed = connection.state is ConnectionState.REMOTE_CLOSING
                assert is_closed or role is ConnectionType.SERVER, f"the server breaks the rules: {event.reason}"
                return [*events, int(event.code)]
    return events


def answered(events):
    """What an echo makes of what it heard."""
    pongs = (event for event in events if not isinstance(event, tuple) or event[0] is Ping)
    return [(Pong, event[1]) if isinstance(event, tuple) else event for event in pongs]


ACTIONS = st.one_of(MESSAGES, st.builds(lambda payload: Ping(payload=payload), st.binary(max_size=125)))
PLACES = st.lists(st.integers(0, 1_000_000), max_size=6)


@given(
    actions=st.lists(st.tuples(ACTIONS, st.binary(max_size=125)), max_size=8),
    unfinished=st.none() | TEXTS | BINARIES,
    code=CODES,
    reason=REASONS,
    places=PLACES,
)
def test_wsproto_gets_back_what_it_sends(server, actions, unfinished, code, reason, places):
    client, data, expected = Connection(ConnectionType.CLIENT), bytearray(), []
    for action, ping in actions:
        if isinstance(action, Ping):
            data += client.send(action)
            expected.append((Pong, action.payload))
            continue
        kind = TextMessage if isinstance(action[0], str) else BytesMessage
        for index, fragment in enumerate(action, 1):
            data += client.send(kind(data=fragment, message_finished=index == len(action)))
            if index < len(action):
                data += client.send(Ping(payload=ping))
                expected.append((Pong, ping))
        expected.append(joined(action))
    if unfinished is not None:
        kind = TextMessage if isinstance(unfinished, str) else BytesMessage
        data += client.send(kind(data=unfinished, message_finished=False))
    data += client.send(CloseConnection(code=code, reason=reason))
    assert heard(ConnectionType.CLIENT, exchange(server, bytes(data), places)) == [*expected, code]


# Random frames


CONTROL, DATA = st.sampled_from([PING, PONG]), st.sampled_from([CONTINUATION, TEXT, BINARY])
ANY_OPCODE = CONTROL | DATA
ENCODED = TEXTS.map(str.encode)
#: Halves of characters, which rarely fit together, a surrogate, what is past the last code point, an overlong form.
HALVES = st.sampled_from([b"\xe2", b"\x82\xac", b"\xf0\x9f", b"\x98\x80", b"\xed\xa0\x80", b"\xf4\x90", b"\xc3", b"\xc0\xaf"])
UNSOUND_TEXTS = st.builds(
    lambda before, pieces: before.encode() + b"".join(pieces), st.text(max_size=5), st.lists(HALVES, min_size=1, max_size=10)
)
UNSOUND_FRAMES = {
    "order": st.builds(lambda opcode, final: frame(opcode, b"text", final), DATA, st.booleans()),
    "opcode": st.builds(frame, st.sampled_from([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]), ENCODED),
    "reserved bits": st.builds(lambda opcode, bits: frame(opcode, b"text", reserved=bits), ANY_OPCODE, st.integers(1, 7)),
    "no mask": st.builds(lambda opcode: frame(opcode, b"text", masked=False), ANY_OPCODE),
    "control fragment": st.builds(lambda opcode: frame(opcode, b"text", final=False), CONTROL),
    "long control frame": st.builds(lambda opcode, size: frame(opcode, size * b"-"), CONTROL, st.integers(126, 200)),
    "long length": st.builds(lambda opcode, form: frame(opcode, b"short", form=form), ANY_OPCODE, st.sampled_from([16, 64])),
    "impossible length": st.just(frame(BINARY, b"", length=2**63, form=64)),
}


def closes(codes, reasons):
    return st.builds(lambda code, reason: frame(CLOSE, struct.pack(">H", code) + reason), codes, reasons)


SOUND_CLOSES = st.just(frame(CLOSE)) | closes(CODES, REASONS.map(str.encode))
UNSOUND_CLOSES = {
    # 1014 is left out: it is registered, and `wsproto` does not know it.
    "close code": closes(st.integers(0, 65535).filter(lambda code: code != 1014), st.just(b"")),
    "close reason": closes(CODES, UNSOUND_TEXTS),
    "close of one byte": st.builds(lambda byte: frame(CLOSE, bytes([byte])), st.integers(0, 255)),
}
FAULTS = ["none", "text", *UNSOUND_FRAMES, *UNSOUND_CLOSES]


@st.composite
def frames(draw, fault):
    """Messages, cut into frames anywhere, with pings and pongs between all frames; then a close frame, and perhaps something behind it.
    One fault is drawn in; some of what is drawn then is sound all the same."""
    result = []
    for opcode in draw(st.lists(st.sampled_from([TEXT, BINARY]), max_size=4)):
        payloads = BINARIES if opcode == BINARY else ENCODED | UNSOUND_TEXTS if fault == "text" else ENCODED
        pieces = cut(draw(payloads), draw(st.lists(st.integers(0, 70_000), max_size=3))) or [b""]
        for index, piece in enumerate(pieces, 1):
            result.append(frame(CONTINUATION if index > 1 else opcode, piece, final=index == len(pieces)))
            if draw(st.integers(0, 2)) == 0:
                result.append(frame(draw(CONTROL), draw(st.binary(max_size=125))))
    if fault in UNSOUND_FRAMES:
        result.insert(draw(st.integers(0, len(result))), draw(UNSOUND_FRAMES[fault]))
    last = draw(UNSOUND_CLOSES.get(fault, SOUND_CLOSES))
    return b"".join(result) + last + draw(st.sampled_from([b"", frame(PING, b"late"), b"\xff" * 9]))


def judge(server, data, places):
    """Fails unless the server answers these bytes as `wsproto` would."""
    expected = answered(heard(ConnectionType.SERVER, data))
    assert isinstance(expected[-1], int)
    assert heard(ConnectionType.CLIENT, exchange(server, data, places)) == expected


@pytest.mark.parametrize("fault", FAULTS)
@given(data=st.data(), places=PLACES)
def test_any_frames_are_judged_as_wsproto_judges_them(server, fault, data, places):
    judge(server, data.draw(frames(fault)), places)
