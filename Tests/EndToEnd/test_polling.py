"""Long-polling: the handshake, every error, and what a GET gets (protocol.md 1.3, 1.4, 1.6)."""

import json
import re
import socket
import struct

import pytest

from harness.http import HTTPConnection, request
from harness.kernel import settled
from harness.polling import (
    BAD_HANDSHAKE_METHOD, BAD_REQUEST, SEPARATOR, UNKNOWN_SESSION, UNKNOWN_TRANSPORT, UNSUPPORTED_VERSION, Poller, target,
)  # fmt: skip
from harness.server import Server
from harness.subscriber import Subscriber, event_packet
from test_payload import PAYLOADS, reply_text

PACKETS = "text/plain; charset=UTF-8"
RESET_AT_CLOSE = (socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.fixture
def poller(server):
    with Poller(server) as poller:
        yield poller.join()


def publish_all(server, channel, bodies):
    for body in bodies:
        assert server.publish(channel, "e", body).json()["subscribers"] == 1


# The handshake


@pytest.mark.parametrize("path", ["/socket.io/", "/socket.io"])
def test_the_handshake_is_the_open_packet_alone(server, path):
    response = server.request("GET", target(path), headers=[("Accept-Encoding", "gzip, deflate, br")])
    assert response.status == 200
    fields = rb'"upgrades":\["websocket"\],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000'
    assert re.fullmatch(rb'0\{"sid":"[A-Za-z0-9_-]{20,}",' + fields + rb"\}", response.body), response
    assert response.header("Content-Type") == PACKETS
    assert response.header("Cache-Control") == "no-store"
    for name in ("Set-Cookie", "Content-Encoding", "Access-Control-Allow-Origin", "Vary"):
        assert response.header(name) is None


def test_identifiers_do_not_repeat(server):
    with server.connect() as connection:
        seen = set()
        for _ in range(50):
            connection.send(request("GET", target()))
            seen.add(json.loads(connection.response().body[1:])["sid"])
    assert len(seen) == 50


def test_the_socket_has_another_id_than_the_session(server):
    with Poller(server) as poller:
        poller.send(b"40")
        connected = json.loads(poller.packet()[2:])
        assert list(connected) == ["sid"]
        assert connected["sid"] != poller.sid


@pytest.mark.parametrize(
    "query",
    ["EIO=4&transport=polling&sid=", "transport=abc&transport=polling&EIO=3&EIO=4", "t=abc&b64=1&EIO=4&transport=polling&x=%zz&y"],
)
def test_what_else_is_in_the_query_does_not_matter(server, query):
    assert server.request("GET", f"/socket.io/?{query}").body.startswith(b'0{"sid":"')


@pytest.mark.parametrize("path", ["/socket.io/x", "/socket.iox", "/socket.io//", "/socket.io.js", "/engine.io/", "/Socket.IO/"])
def test_other_paths_are_not_found(server, path):
    assert server.request("GET", target(path)).status == 404


# Errors

ERRORS = {
    "no transport": ("GET", {"transport": None}, UNKNOWN_TRANSPORT),
    "unknown transport": ("GET", {"transport": "abc"}, UNKNOWN_TRANSPORT),
    "WebTransport": ("GET", {"transport": "webtransport"}, UNKNOWN_TRANSPORT),
    "unknown session, GET": ("GET", {"sid": "abcdefghijklmnopqrst"}, UNKNOWN_SESSION),
    "unknown session, POST": ("POST", {"sid": "abcdefghijklmnopqrst"}, UNKNOWN_SESSION),
    "session of no form": ("GET", {"sid": "\u00e9/ "}, UNKNOWN_SESSION),
    "session of 5,000 bytes": ("GET", {"sid": "a" * 5_000}, UNKNOWN_SESSION),
    "handshake by POST": ("POST", {}, BAD_HANDSHAKE_METHOD),
    "handshake by PUT": ("PUT", {}, BAD_HANDSHAKE_METHOD),
    "handshake by DELETE": ("DELETE", {}, BAD_HANDSHAKE_METHOD),
    "handshake by OPTIONS": ("OPTIONS", {}, BAD_HANDSHAKE_METHOD),
    "WebSocket that does not upgrade": ("GET", {"transport": "websocket"}, BAD_REQUEST),
    "no revision": ("GET", {"EIO": None}, UNSUPPORTED_VERSION),
    "revision 3": ("GET", {"EIO": "3"}, UNSUPPORTED_VERSION),
    "no revision at all": ("GET", {"EIO": "abc"}, UNSUPPORTED_VERSION),
    "revision 04": ("GET", {"EIO": "04"}, UNSUPPORTED_VERSION),
    # Which of several faults is told, in the order of protocol.md 1.3.
    "transport before session": ("GET", {"transport": "abc", "sid": "x"}, UNKNOWN_TRANSPORT),
    "transport before method": ("POST", {"transport": "abc"}, UNKNOWN_TRANSPORT),
    "session before method": ("PUT", {"sid": "x"}, UNKNOWN_SESSION),
    "session before revision": ("GET", {"sid": "x", "EIO": "3"}, UNKNOWN_SESSION),
    "method before upgrade": ("POST", {"transport": "websocket"}, BAD_HANDSHAKE_METHOD),
    "method before revision": ("POST", {"EIO": "3"}, BAD_HANDSHAKE_METHOD),
    "upgrade before revision": ("GET", {"transport": "websocket", "EIO": "3"}, BAD_REQUEST),
}


@pytest.mark.parametrize("method, parameters, body", ERRORS.values(), ids=ERRORS.keys())
def test_an_error_has_its_code(server, method, parameters, body):
    response = server.request(method, target(**parameters), b"" if method in ("POST", "PUT") else None)
    assert response.status == 400
    assert response.body == body
    assert response.header("Content-Type") == "application/json"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_session_on_a_websocket_is_not_polled(server, method):
    with Subscriber(server) as subscriber:
        sid = json.loads(subscriber.open_packet[1:])["sid"]
        response = server.request(method, target(sid=sid), b"6" if method == "POST" else None)
        assert (response.status, response.body) == (400, BAD_REQUEST)
        assert json.loads(subscriber.ask("subscribe", "a")) == ["Entered room: a"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_do_nothing_to_a_session(server, poller, channel, method):
    response = server.request(method, poller.target(), b"6")
    assert (response.status, response.body) == (500, b"")
    poller.subscribe(channel)


# GET


def test_a_get_waits_for_the_first_packet(server, poller, channel):
    poller.subscribe(channel).park()
    publish_all(server, channel, [b"1"])
    response = poller.answer()
    assert (response.status, response.body) == (200, event_packet("e", b"1"))
    assert response.header("Content-Type") == PACKETS
    assert response.header("Cache-Control") == "no-store"


def test_an_answer_is_not_compressed(server, poller, channel):
    poller.subscribe(channel)
    publish_all(server, channel, [b'"' + b"x" * 5_000 + b'"'])
    poller.gets.send(request("GET", poller.target(), headers=[("Accept-Encoding", "gzip, deflate")]))
    response = poller.answer()
    assert response.header("Content-Encoding") is None
    assert response.body == event_packet("e", b'"' + b"x" * 5_000 + b'"')


def test_what_was_published_between_polls_comes_in_order_at_most_16_packets_at_a_time(server, poller, channel):
    poller.subscribe(channel)
    bodies = [b"%d" % number for number in range(40)]
    publish_all(server, channel, bodies)
    received = []
    while len(received) < len(bodies):
        packets = poller.poll()
        assert len(packets) <= 16
        received += packets
    assert received == [event_packet("e", body) for body in bodies]
    poller.park()
    publish_all(server, channel, [b"40"])
    assert poller.answer().body == event_packet("e", b"40")


def test_what_is_queued_comes_in_as_few_answers_as_possible(poller):
    """Acks: they are queued when the POST is answered, all of them."""
    poller.send(*(b'42%d["subscribe","a"]' % number for number in range(40)))
    answers = [poller.poll() for _ in range(3)]
    assert [len(packets) for packets in answers] == [16, 16, 8]
    assert [packet for packets in answers for packet in packets] == [b'43%d["Entered room: a"]' % number for number in range(40)]


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS.keys())
def test_a_payload_arrives_as_it_was_posted(server, poller, channel, payload):
    poller.subscribe(channel)
    assert server.publish(channel, "payload", payload).body == reply_text("payload", channel, payload, 1)
    assert poller.get().body == event_packet("payload", payload)


def test_polls_need_not_come_over_one_connection(server, poller, channel):
    """Many connections, so that they are on all loops."""
    poller.subscribe(channel)
    for number in range(20):
        with server.connect() as connection:
            connection.send(request("GET", poller.target()))
            settled(connection)
            assert server.exchange(poller.post_request(b"6")).body == b"ok"
            publish_all(server, channel, [b"%d" % number])
            assert connection.response().body == event_packet("e", b"%d" % number)


def test_one_connection_carries_many_sessions(server, channel):
    """As a reverse proxy does it."""
    with server.connect() as connection:
        sids = []
        for _ in range(10):
            connection.send(request("GET", target()))
            sids.append(json.loads(connection.response().body[1:])["sid"])
        for sid in sids:
            connection.send(request("POST", target(sid=sid), b'40\x1e42["subscribe","%s"]' % channel.encode()))
            assert connection.response().body == b"ok"
        assert server.publish(channel, "e", b"1").json()["subscribers"] == 10
        for sid in sids:
            connection.send(request("GET", target(sid=sid)))
            packets = connection.response().body.split(SEPARATOR)
            assert packets.pop(0).startswith(b'40{"sid":"')
            if not packets:
                # It was still on its way to the session's loop.
                connection.send(request("GET", target(sid=sid)))
                packets = [connection.response().body]
            assert packets == [event_packet("e", b"1")]


def test_a_second_get_ends_the_session(server, poller):
    poller.park()
    with server.connect() as other:
        other.send(request("GET", poller.target()))
        # Either may have reached the session first: the later one is refused, the one that waited is told of the end.
        answers = sorted((response.status, response.body) for response in (other.response(), poller.answer()))
        assert answers == [(200, b"1"), (400, b"")]
    poller.assert_over()


@pytest.mark.parametrize("reset", [False, True], ids=["FIN", "RST"])
def test_a_get_whose_connection_goes_away_ends_the_session(server, poller, channel, reset):
    poller.subscribe(channel).park()
    if reset:
        poller.gets.socket.setsockopt(*RESET_AT_CLOSE)
    poller.gets.socket.close()
    poller.wait_until_over()
    assert server.publish(channel, "e", b"1").json()["subscribers"] == 0


def test_a_connection_that_goes_away_between_polls_ends_nothing(server, channel):
    with Poller(server) as poller:
        poller.join().subscribe(channel)
        poller.gets.socket.close()
        poller.posts.socket.close()
        publish_all(server, channel, [b"1"])
        poller.gets, poller.posts = HTTPConnection(server.address), None
        assert poller.poll() == [event_packet("e", b"1")]
        poller.send(b"6")


# Timers


def test_pings_wait_for_a_poll_and_pongs_are_posted(own_binary):
    # The time-out is longer than any test waits: a ping that waited for it would not come in time.
    with Server("--ping-interval", "200ms", "--ping-timeout", "5m") as quick, Poller(quick) as poller:
        assert (poller.open["pingInterval"], poller.open["pingTimeout"]) == (200, 300_000)
        poller.join()
        for _ in range(3):
            assert poller.get().body == b"2"
            poller.send(b"3")
        # One ping, however long nobody answers it.
        assert poller.get().body == b"2"
        poller.park()
        poller.send(b'421["subscribe","a"]')
        assert poller.answer().body == b'431["Entered room: a"]'


def test_a_client_that_does_not_answer_its_ping_is_closed(own_binary, channel):
    with Server("--ping-interval", "200ms", "--ping-timeout", "200ms") as quick:
        with Poller(quick) as polling, Poller(quick) as silent:
            for poller in (polling, silent):
                poller.send(b"40", b'42["subscribe","%s"]' % channel.encode())
            packets = polling.poll()
            assert packets.pop(0).startswith(b"40{")
            for expected in (b"2", b"1"):
                packets = packets or polling.poll()
                assert packets.pop(0) == expected
            polling.assert_over()
            silent.wait_until_over()
            assert quick.publish(channel, "e", b"1").json()["subscribers"] == 0


def test_a_session_that_never_joins_is_closed(own_binary):
    with Server("--connect-timeout", "200ms") as quick, Poller(quick) as polling, Poller(quick) as silent:
        assert polling.get().body == b"1"
        polling.assert_over()
        silent.wait_until_over()


def test_a_poll_that_waits_is_told_when_the_server_stops(own_binary, channel):
    with Server() as started, Poller(started) as poller:
        poller.join().subscribe(channel).park()
        assert started.stop() == 0
        response = poller.answer()
        # No DISCONNECT, which would keep the client away.
        assert (response.status, response.body) == (200, b"1")
