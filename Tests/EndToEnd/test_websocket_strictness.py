"""WebSocket and Socket.IO as they must not be spoken."""

import json
import socket
import struct

import pytest

from harness.websocket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, WebSocketConnection, frame

PROTOCOL_ERROR, INVALID_PAYLOAD, POLICY_VIOLATION, MESSAGE_TOO_BIG = 1002, 1007, 1008, 1009


@pytest.fixture
def websocket(server):
    with WebSocketConnection(server) as websocket:
        yield websocket.join()


def test_the_open_packet_has_its_keys_in_order(server):
    with WebSocketConnection(server) as websocket:
        packet = websocket.text_packet()
        fields = json.loads(packet[1:])
        assert packet[:1] == b"0"
        assert list(fields) == ["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"]
        assert fields | {"sid": ""} == {"sid": "", "upgrades": [], "pingInterval": 25000, "pingTimeout": 20000, "maxPayload": 1000000}
        websocket.text(b"40")
        connected = json.loads(websocket.text_packet()[2:])
        assert list(connected) == ["sid"]
        assert connected["sid"] != fields["sid"]


def test_identifiers_do_not_repeat(server):
    seen = set()
    for _ in range(50):
        with WebSocketConnection(server) as websocket:
            seen.add(json.loads(websocket.text_packet()[1:])["sid"])
    assert len(seen) == 50


VIOLATIONS = {
    "unmasked text": (frame(TEXT, b"3", masked=False), PROTOCOL_ERROR),
    "unmasked ping": (frame(PING, b"", masked=False), PROTOCOL_ERROR),
    "RSV1": (frame(TEXT, b"3", reserved=4), PROTOCOL_ERROR),
    "RSV2": (frame(TEXT, b"3", reserved=2), PROTOCOL_ERROR),
    "RSV3": (frame(TEXT, b"3", reserved=1), PROTOCOL_ERROR),
    **{f"opcode {opcode:#x}": (frame(opcode, b"x"), PROTOCOL_ERROR) for opcode in (3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF)},
    "ping of 126 bytes": (frame(PING, b"x" * 126), PROTOCOL_ERROR),
    "close of 126 bytes": (frame(CLOSE, b"\x03\xe8" + b"x" * 124), PROTOCOL_ERROR),
    "ping in fragments": (frame(PING, b"x", final=False), PROTOCOL_ERROR),
    "length not minimal in 16 bits": (frame(TEXT, b"3", form=16), PROTOCOL_ERROR),
    "length not minimal in 64 bits": (frame(TEXT, b"3" * 200, form=64), PROTOCOL_ERROR),
    "continuation of nothing": (frame(CONTINUATION, b"3"), PROTOCOL_ERROR),
    "text inside a message": (frame(TEXT, b"4", final=False) + frame(TEXT, b"3"), PROTOCOL_ERROR),
    "close of 1 byte": (frame(CLOSE, b"\x03"), PROTOCOL_ERROR),
    **{
        f"close code {code}": (frame(CLOSE, struct.pack(">H", code)), PROTOCOL_ERROR)
        for code in (0, 999, 1004, 1005, 1006, 1015, 2999, 5000)
    },
    "close reason in bad UTF-8": (frame(CLOSE, b"\x03\xe8\xff"), INVALID_PAYLOAD),
    "bad UTF-8": (frame(TEXT, b'42["subscribe","\xff"]'), INVALID_PAYLOAD),
    "bad UTF-8 over two frames": (frame(TEXT, b'42["x","\xc3', final=False) + frame(CONTINUATION, b'("]'), INVALID_PAYLOAD),
    "UTF-8 cut at the end": (frame(TEXT, b'42["x","\xe2\x82'), INVALID_PAYLOAD),
    "1,000,001 bytes announced": (frame(TEXT, b"", length=1_000_001), MESSAGE_TOO_BIG),
    "2^62 bytes announced": (frame(TEXT, b"", length=2**62), MESSAGE_TOO_BIG),
    "1,000,001 bytes in fragments": (frame(TEXT, b"4" * 600_000, final=False) + frame(CONTINUATION, b"", length=400_001), MESSAGE_TOO_BIG),
    "1,025 fragments": (frame(TEXT, b"4", final=False) + frame(CONTINUATION, b"", final=False) * 1_025, POLICY_VIOLATION),
}


@pytest.mark.parametrize("data, code", VIOLATIONS.values(), ids=VIOLATIONS.keys())
def test_a_violation_is_closed_with_its_code(websocket, data, code):
    websocket.send(data)
    assert websocket.close_code() == code


def test_a_length_with_its_top_bit_set_is_closed(websocket):
    websocket.send(frame(TEXT, b"", length=2**64 - 1))
    assert websocket.close_code() in (PROTOCOL_ERROR, MESSAGE_TOO_BIG)


@pytest.mark.parametrize(
    "data",
    [
        frame(BINARY, b"\x00\x01"),
        frame(BINARY, b""),
        frame(TEXT, b"bAQID"),
        frame(TEXT, b'451-["x",{"_placeholder":true,"num":0}]'),
        frame(TEXT, b'450-["x"]'),
        frame(TEXT, b'45999999999-["x"]'),
        frame(TEXT, b'461-1["x"]'),
    ],
    ids=repr,
)
def test_anything_binary_is_refused(websocket, data):
    websocket.send(data)
    assert websocket.ended()


MALFORMED = [
    b"", b"8", b"x", b"4", b"4abc", b"47", b"49", b"2", b"2probe",
    b"42{}", b"42[]", b"42[", b"42[null]", b'42[{"toString":"x"}]', b'42["subscribe","a"', b'42["subscribe","a",]', b'42abc["x"]',
    b'42["subscribe","a"]x', b"42[" + b"[" * 100 + b"]" * 100 + b"]", rb'42["subscribe","\ud800"]', b'42["subscribe",NaN]',
    b"42" + b"9" * 20 + b'["subscribe","a"]', b"42" + b"9" * 400 + b'["subscribe","a"]',
    b"40", b"40{}", b"40[1]", b'40"x"', b"41{}", b"43{}", b'44{"message":"x"}', b'42/x,["subscribe","a"]',
]  # fmt: skip


@pytest.mark.parametrize("packet", MALFORMED, ids=lambda packet: repr(packet[:24]))
def test_a_malformed_packet_ends_the_session(websocket, packet):
    websocket.text(packet)
    assert websocket.ended()


@pytest.mark.parametrize("packet", [b'42["subscribe","a"]', b"41", b'431["x"]', b"4", b"40["])
def test_a_packet_before_the_connect_ends_the_session(server, packet):
    with WebSocketConnection(server) as websocket:
        assert websocket.text_packet().startswith(b"0{")
        websocket.text(packet)
        assert websocket.ended()


@pytest.mark.parametrize("packet", [b"40", b"40{}", b'40{"token":"x"}', b"40/,", b"40/,{}"])
def test_every_spelling_of_the_connect_is_taken(server, packet):
    with WebSocketConnection(server) as websocket:
        assert websocket.text_packet().startswith(b"0{")
        websocket.text(packet)
        assert websocket.text_packet().startswith(b'40{"sid":"')


@pytest.mark.parametrize(
    "packet", [b"3", b"6", b'431["x"]', b'43999["x"]', b'42["x"]', b'42["message",{"a":1}]', b'427["debug"]', b"42[1]"]
)
def test_what_means_nothing_here_is_ignored(websocket, channel, packet):
    websocket.text(packet)
    websocket.text(b'421["subscribe","%s"]' % channel.encode())
    assert websocket.text_packet() == b'431["Entered room: %s"]' % channel.encode()


def test_bytes_behind_the_upgrade_request_are_not_lost(server, channel):
    eager = frame(TEXT, b"40") + frame(TEXT, b'421["subscribe","%s"]' % channel.encode())
    with WebSocketConnection(server, eager=eager) as websocket:
        assert websocket.text_packet().startswith(b"0{")
        assert websocket.text_packet().startswith(b"40{")
        assert websocket.text_packet() == b'431["Entered room: %s"]' % channel.encode()


def test_noise_behind_the_upgrade_request_is_closed(server):
    with WebSocketConnection(server, eager=b"test") as websocket:
        assert websocket.ended()


def test_a_session_may_come_byte_by_byte(server, channel):
    with WebSocketConnection(server) as websocket:
        assert websocket.text_packet().startswith(b"0{")
        for byte in frame(TEXT, b"40") + frame(TEXT, b'421["subscribe","%s"]' % channel.encode()):
            websocket.send(bytes([byte]))
        assert websocket.text_packet().startswith(b"40{")
        assert websocket.text_packet() == b'431["Entered room: %s"]' % channel.encode()


def test_a_message_may_come_in_fragments_with_pings_between(websocket, channel):
    packet = b'421["subscribe","%s\xc3\xa9"]' % channel.encode()
    data = frame(TEXT, packet[:1], final=False)
    for byte in packet[1:-1]:
        data += frame(CONTINUATION, bytes([byte]), final=False)
    websocket.send(data + frame(PING, b"between") + frame(CONTINUATION, packet[-1:]))
    assert websocket.frame() == (PONG, b"between")
    assert websocket.text_packet() == b'431["Entered room: %s\xc3\xa9"]' % channel.encode()


@pytest.mark.parametrize("payload", [b"", b"x", bytes(range(125))])
def test_a_ping_is_answered_with_its_own_payload(websocket, payload):
    websocket.send(frame(PONG, b"unsolicited") + frame(PING, payload))
    assert websocket.frame() == (PONG, payload)


@pytest.mark.parametrize("payload", [b"", b"\x03\xe8", b"\x03\xe8bye", b"\x0b\xb8", b"\x13\x87"])
def test_a_close_is_answered_and_the_stream_ended(websocket, payload):
    websocket.send(frame(CLOSE, payload))
    opcode, answer = websocket.frame()
    assert opcode == CLOSE
    assert answer[:2] == payload[:2]
    assert websocket.closed()


def test_no_extension_is_agreed(server):
    with WebSocketConnection(server, headers=[("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")]) as websocket:
        assert websocket.upgrade.header("Sec-WebSocket-Extensions") is None


def test_an_offered_subprotocol_is_agreed(server):
    with WebSocketConnection(server, headers=[("Sec-WebSocket-Protocol", "arduino, other")]) as websocket:
        assert websocket.upgrade.header("Sec-WebSocket-Protocol") == "arduino"


def test_too_many_events_close_the_connection(websocket):
    websocket.send(frame(TEXT, b'42["x"]') * 2_000)
    assert websocket.close_code() == POLICY_VIOLATION


def test_too_many_pings_close_the_connection(websocket):
    websocket.send(frame(PING, b"x") * 2_000)
    assert websocket.close_code() == POLICY_VIOLATION


def test_a_client_that_resets_its_connection_leaves_no_subscription(server, channel):
    for _ in range(20):
        with WebSocketConnection(server) as websocket:
            websocket.join()
            websocket.text(b'421["subscribe","%s"]' % channel.encode())
            assert websocket.text_packet().startswith(b"431")
            websocket.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close() resets
    with WebSocketConnection(server) as websocket:
        websocket.join()
        websocket.text(b'421["subscribe","%s"]' % channel.encode())
        assert websocket.text_packet().startswith(b"431")
        for _ in range(2):
            server.publish(channel, "e", b"1")
            assert websocket.text_packet() == b'42["e",1]'
