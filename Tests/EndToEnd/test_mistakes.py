"""The 25 easiest things to get wrong (protocol.md 9), one after the other.

Four of them cannot be made here, as there is no such thing: revision 3 (15, 16), Redis (24, 25). The server sends no binary and takes
none, so that half of 6 and 13 is a refusal here; the whole of it is tested with the fixture in Tests/Conformance.
"""

import json
import signal
import time

import pytest

from harness import PATIENCE
from harness.http import request
from harness.polling import BAD_REQUEST, UNKNOWN_SESSION, UNSUPPORTED_VERSION, Poller, target
from harness.server import Server
from harness.subscriber import Subscriber, event_packet
from harness.websocket import BINARY, TEXT, WebSocketConnection, frame

GOING_AWAY = 1001


@pytest.fixture
def poller(server):
    with Poller(server) as poller:
        yield poller.join()


@pytest.fixture
def websocket(server):
    with WebSocketConnection(server) as websocket:
        yield websocket.join()


def candidate(poller, *eager, **options):
    path = target(transport="websocket", sid=poller.sid)
    return WebSocketConnection(poller.endpoint, eager=b"".join(frame(TEXT, packet) for packet in eager), target=path, **options)


def assert_works(websocket, channel):
    websocket.text(b'4299["subscribe","%s"]' % channel.encode())
    assert websocket.text_packet() == b'4399["Entered room: %s"]' % channel.encode()


def test_01_every_poll_during_an_upgrade_gets_a_noop(poller):
    with candidate(poller, b"2probe") as websocket:
        assert websocket.text_packet() == b"3probe"
        for _ in range(3):
            assert poller.get().body == b"6"


def test_02_a_second_upgrade_is_accepted_and_then_closed(poller, channel):
    with candidate(poller, b"5") as first:
        assert_works(first, channel)
        with candidate(poller) as second:
            assert second.ended()
        assert_works(first, channel)


def test_03_an_upgrade_need_not_be_the_first_request_of_its_connection(poller, channel):
    for _ in range(3):
        poller.send(b"6")
    websocket = candidate(poller, b"5", over=poller.posts)
    assert_works(websocket, channel)


def test_04_a_post_is_answered_in_lower_case(poller, channel):
    response = poller.post(b'42["subscribe","%s"]' % channel.encode())
    assert (response.body, response.header("Content-Type"), response.header("Cache-Control")) == (b"ok", "text/html", "no-store")
    poller.endpoint.publish(channel, "e", b"1")
    response = poller.get()
    assert (response.header("Content-Type"), response.header("Cache-Control")) == ("text/plain; charset=UTF-8", "no-store")


def test_05_no_answer_to_a_poll_is_empty_and_the_first_is_the_open_packet_alone(server, channel):
    with Poller(server) as poller:
        assert b"\x1e" not in poller.handshake.body
        assert json.loads(poller.handshake.body[1:])
        poller.send(b"40", b'421["subscribe","%s"]' % channel.encode())
        packets = poller.poll()
        assert packets[0].startswith(b"40{")
        poller.park()
        server.publish(channel, "e", b"1")
        while not packets[1:]:
            packets += [poller.answer().body]
        assert all(packets)


def test_06_an_answer_to_a_poll_has_at_most_16_packets(poller):
    poller.send(*(b'42%d["subscribe","a"]' % number for number in range(17)))
    assert [len(poller.poll()) for _ in range(2)] == [16, 1]


def test_07_the_session_s_id_is_not_the_socket_s(server):
    with Subscriber(server) as subscriber, Poller(server) as poller:
        poller.send(b"40")
        for opened, connected in ((subscriber.open_packet, subscriber.connect_packet), (poller.handshake.body, poller.packet())):
            assert json.loads(opened[1:])["sid"] != json.loads(connected[2:])["sid"]


@pytest.mark.parametrize("connect, leave", [(b"40", b"41"), (b"40/,", b"41/,"), (b"40{}", b"41"), (b"40/,{}", b"41/,")])
def test_08_the_main_namespace_may_be_spelled_out(server, connect, leave):
    with WebSocketConnection(server) as websocket:
        assert websocket.text_packet().startswith(b"0{")
        for _ in range(2):
            websocket.text(connect)
            assert websocket.text_packet().startswith(b'40{"sid":"')
            websocket.text(leave)


@pytest.mark.parametrize("connect", [b"40/elsewhere", b"40/elsewhere,", b"40/elsewhere,{}"])
def test_08_another_namespace_is_answered_with_the_comma(websocket, connect):
    websocket.text(connect)
    assert websocket.text_packet().startswith(b"44/elsewhere,{")


@pytest.mark.parametrize("event", ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"])
def test_09_reserved_event_names_are_not_broadcast(server, poller, channel, event):
    poller.subscribe(channel)
    assert server.publish(channel, event, b"1").status == 422
    server.publish(channel, "e", b"1")
    assert poller.packet() == event_packet("e", b"1")


def test_10_a_server_that_stops_sends_no_disconnect(own_binary):
    with Server() as started, WebSocketConnection(started) as websocket, Poller(started) as poller:
        websocket.join()
        poller.join().park()
        started.process.send_signal(signal.SIGTERM)
        assert poller.answer().body == b"1"
        # Reads nothing but the close frame.
        assert websocket.close_code() == GOING_AWAY
        assert started.process.wait(timeout=PATIENCE) == 0


def test_11_leaving_the_last_namespace_does_not_close(server, poller, websocket, channel):
    websocket.text(b"41")
    websocket.text(b"40")
    assert websocket.text_packet().startswith(b"40{")
    poller.send(b"41")
    poller.join().subscribe(channel)


@pytest.mark.parametrize("packet", [b"42{}", b"4abc", b'44{"message":"x"}', b"41{}"])
def test_11_a_breach_of_the_protocol_closes(poller, websocket, packet):
    websocket.text(packet)
    assert websocket.ended()
    poller.post(packet)
    poller.assert_over()


def test_12_a_refused_connect_is_an_object_and_closes_nothing(websocket, channel):
    websocket.text(b"40/elsewhere,")
    assert websocket.text_packet() == b'44/elsewhere,{"message":"Invalid namespace"}'
    assert_works(websocket, channel)


@pytest.mark.parametrize(
    "data",
    [
        frame(TEXT, b'451-["x",{"_placeholder":true,"num":0}]') + frame(BINARY, b"x"),
        frame(TEXT, b'450-["x"]'),
        frame(TEXT, b'45/,1-["x",{"_placeholder":true,"num":0}]'),
        frame(BINARY, b"x"),
    ],
)
def test_13_binary_is_refused(websocket, data):
    websocket.send(data)
    assert websocket.ended()


@pytest.fixture(scope="module")
def quick(own_binary):
    with Server("--ping-interval", "300ms", "--ping-timeout", "5m") as started:
        yield started


def test_14_traffic_does_not_put_off_the_ping(quick):
    with WebSocketConnection(quick) as websocket, Poller(quick) as poller:
        websocket.join()
        poller.join().park()
        deadline = time.monotonic() + PATIENCE
        websocket.socket.settimeout(0.02)
        while True:
            assert time.monotonic() < deadline, "no ping as long as something comes"
            websocket.text(b"6")
            poller.send(b"6")
            try:
                assert websocket.text_packet() == b"2"
                break
            except TimeoutError:
                continue
        assert poller.answer().body == b"2"


def test_14_the_next_ping_counts_from_the_pong(quick):
    with Poller(quick) as poller:
        assert poller.get().body == b"2"
        # Long enough for another one, were it counted from the ping.
        time.sleep(0.4)
        poller.send(b"3")
        answered = time.monotonic()
        assert poller.get().body == b"2"
        assert time.monotonic() - answered >= 0.25


@pytest.mark.parametrize("revision", [None, "3", ""])
def test_17_no_revision_is_not_revision_4(server, revision):
    response = server.request("GET", target(EIO=revision))
    assert (response.status, response.body) == (400, UNSUPPORTED_VERSION)


def test_18_errors_have_the_headers_for_other_origins(server):
    origin = "http://localhost:3000"
    with Poller(server, headers=[("Origin", origin)]) as poller, server.connect() as connection:
        connection.send(request("POST", poller.target(), headers=[("Origin", origin), ("Content-Length", "1000001")]))
        for status, response in ((413, connection.response()), (400, poller.post(b"abc")), (400, poller.post(b"6"))):
            assert response.status == status
            assert response.header("Access-Control-Allow-Origin") == origin
        response = server.request("OPTIONS", poller.target(), headers=[("Origin", origin), ("Access-Control-Request-Method", "POST")])
        assert response.status == 204


def test_19_no_compression_is_agreed_and_an_offered_subprotocol_is(server, poller):
    offered = [("Sec-WebSocket-Extensions", "permessage-deflate"), ("Sec-WebSocket-Protocol", "first, second")]
    with WebSocketConnection(server, headers=offered) as direct, candidate(poller, headers=offered) as upgraded:
        for websocket in (direct, upgraded):
            assert websocket.upgrade.header("Sec-WebSocket-Extensions") is None
            assert websocket.upgrade.header("Sec-WebSocket-Protocol") == "first"


def test_20_a_dropped_poll_ends_the_session(poller):
    poller.park()
    poller.gets.socket.close()
    poller.wait_until_over()


def test_20_overlapping_polls_end_the_session(server, poller):
    poller.park()
    assert b"" in {server.request("GET", poller.target()).body, poller.answer().body}
    poller.assert_over()


def test_20_a_body_that_is_too_large_does_not(server, poller, channel):
    with server.connect() as connection:
        connection.send(request("POST", poller.target(), headers=[("Content-Length", "1000001")]))
        response = connection.response()
    assert (response.status, response.body) == (413, b"")
    poller.subscribe(channel)


def test_21_an_upgrade_without_a_probe(poller, channel):
    with candidate(poller) as websocket:
        websocket.text(b"5")
        assert_works(websocket, channel)


def test_21_a_probe_and_an_upgrade_in_one_burst(poller, channel):
    with candidate(poller, b"2probe", b"5", b'421["subscribe","%s"]' % channel.encode()) as websocket:
        assert websocket.text_packet() == b"3probe"
        assert websocket.text_packet() == b'431["Entered room: %s"]' % channel.encode()


def test_21_a_noop_from_the_client(poller, websocket, channel):
    poller.send(b"6")
    poller.subscribe(channel)
    websocket.text(b"6")
    assert_works(websocket, channel)


def test_22_an_ack_has_one_element_and_what_nobody_handles_is_not_acknowledged(server, channel):
    with Subscriber(server) as subscriber:
        for event in (
            ["subscribe", channel],
            ["subscribe", channel, channel],
            ["unsubscribe", channel],
            ["unsubscribe"],
            ["subscribe", []],
        ):
            assert len(json.loads(subscriber.ask(*event))) == 1
        subscriber.send(b'4299["hello"]')
        # The next packet is the ack of this one.
        subscriber.subscribe(channel)


def test_23_nothing_is_recovered_and_events_have_one_argument(server, channel):
    with WebSocketConnection(server) as websocket:
        assert websocket.text_packet().startswith(b"0{")
        websocket.text(b'40{"pid":"abcdefghijklmnopqrst","offset":"1"}')
        assert list(json.loads(websocket.text_packet()[2:])) == ["sid"]
        assert_works(websocket, channel)
        server.publish(channel, "e", b"1")
        assert websocket.text_packet() == b'42["e",1]'


def test_none_of_it_tells_a_stranger_anything(server, websocket):
    """A session that is on a WebSocket, one that has never been, and one that has ended."""
    assert server.request("GET", target(sid="abcdefghijklmnopqrst")).body == UNKNOWN_SESSION
    with Poller(server) as poller:
        with candidate(poller, b"5") as upgraded:
            upgraded.text(b"40")
            assert upgraded.text_packet().startswith(b"40{")
            assert poller.get().body == BAD_REQUEST
