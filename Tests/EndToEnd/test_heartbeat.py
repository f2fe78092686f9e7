"""Pings, and connections that fall silent, with short timings."""

import pytest

from harness.server import Server
from harness.subscriber import event_packet
from harness.websocket import CLOSE, WebSocketConnection

# The time-out is longer than any test waits: a ping that waited for it would not come in time.
TIMINGS = ["--ping-interval", "300ms", "--ping-timeout", "5m"]


@pytest.fixture(scope="module")
def quick(own_binary):
    with Server(*TIMINGS) as started:
        yield started


def test_the_timings_are_told_at_the_handshake(quick):
    with WebSocketConnection(quick) as websocket:
        assert b'"pingInterval":300,"pingTimeout":300000,' in websocket.text_packet()


def test_a_connection_that_answers_its_pings_stays(quick, channel):
    with WebSocketConnection(quick) as websocket:
        websocket.join()
        websocket.text(b'421["subscribe","%s"]' % channel.encode())
        assert websocket.text_packet() == b'431["Entered room: %s"]' % channel.encode()
        for _ in range(4):
            assert websocket.text_packet() == b"2"
            websocket.text(b"3")
        quick.publish(channel, "e", b"1")
        while (packet := websocket.text_packet()) == b"2":
            websocket.text(b"3")
        assert packet == event_packet("e", b"1")


def test_a_connection_that_does_not_answer_its_ping_is_closed_and_its_subscription_ends(own_binary, channel):
    with Server("--ping-interval", "200ms", "--ping-timeout", "200ms") as server, WebSocketConnection(server) as websocket:
        websocket.join()
        websocket.text(b'421["subscribe","%s"]' % channel.encode())
        assert websocket.ended()
        sent = 0
        while server.publish(channel, "e", b"1").json()["subscribers"] != 0:
            sent += 1
            assert sent < 10_000, "the subscription stays"


def test_a_connection_that_never_joins_is_closed(own_binary):
    with Server("--connect-timeout", "200ms") as server, WebSocketConnection(server) as websocket:
        assert websocket.text_packet().startswith(b"0{")
        opcode, _ = websocket.frame()
        assert opcode == CLOSE


def test_the_largest_message_is_a_setting(own_binary, channel):
    with Server("--max-payload", "2000") as server, WebSocketConnection(server) as websocket:
        assert b'"maxPayload":2000}' in websocket.text_packet()
        assert server.publish(channel, "e", b"1" * 2_000).status == 200
        assert server.publish(channel, "e", b"1" * 2_001).status == 413
        websocket.text(b"4" * 2_001)
        assert websocket.close_code() == 1009
