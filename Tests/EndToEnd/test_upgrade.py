"""From long-polling to a WebSocket, step by step (protocol.md 1.10)."""

import socket
import struct
import time

import pytest

from harness import PATIENCE
from harness.kernel import settled
from harness.polling import BAD_REQUEST, UNKNOWN_SESSION, Poller, target
from harness.server import Server
from harness.subscriber import event_packet
from harness.websocket import BINARY, CLOSE, PING, PONG, TEXT, WebSocketConnection, frame, upgrade_request


@pytest.fixture
def poller(server):
    with Poller(server) as poller:
        yield poller.join()


def candidate(poller, *eager, over=None):
    """A WebSocket with the poller's session; `eager` are packets in the same segment as the request."""
    data = b"".join(frame(TEXT, packet) for packet in eager)
    return WebSocketConnection(poller.endpoint, eager=data, over=over, target=target(transport="websocket", sid=poller.sid))


def probed(poller, over=None):
    websocket = candidate(poller, over=over)
    websocket.text(b"2probe")
    assert websocket.text_packet() == b"3probe"
    return websocket


def upgraded(poller):
    websocket = probed(poller)
    websocket.text(b"5")
    return websocket


def assert_works(websocket, channel):
    """The WebSocket carries the session."""
    websocket.text(b'4299["subscribe","%s"]' % channel.encode())
    assert websocket.text_packet() == b'4399["Entered room: %s"]' % channel.encode()


def publish_all(server, channel, bodies):
    for body in bodies:
        assert server.publish(channel, "e", body).json()["subscribers"] == 1


# The usual way


def test_a_probe_and_an_upgrade(server, poller, channel):
    poller.subscribe(channel)
    with upgraded(poller) as websocket:
        assert_works(websocket, channel)
        publish_all(server, channel, [b"1"])
        assert websocket.text_packet() == event_packet("e", b"1")


def test_a_poll_that_waits_gets_a_noop_again_and_again(poller, channel):
    with probed(poller) as websocket:
        started = time.monotonic()
        for _ in range(5):
            assert poller.get().body == b"6"
        # A client that is answered at once would poll as fast as it can.
        assert time.monotonic() - started >= 0.3
        websocket.text(b"5")
        # None of them goes over the WebSocket.
        assert_works(websocket, channel)


def test_a_poll_that_waits_since_before_the_probe_gets_a_noop(poller, channel):
    poller.park()
    with probed(poller) as websocket:
        assert poller.answer().body == b"6"
        websocket.text(b"5")
        assert_works(websocket, channel)


def test_a_poll_that_still_waits_at_the_upgrade_is_answered(poller, channel):
    with probed(poller) as websocket:
        poller.park()
        websocket.text(b"5")
        # A noop if the tick came before it.
        assert poller.answer().body in (b"1", b"6")
        assert_works(websocket, channel)


def test_no_poll_has_to_wait(server, channel):
    """Straight after the handshake, before any poll and before the CONNECT."""
    with Poller(server) as poller, upgraded(poller) as websocket:
        websocket.text(b"40")
        assert websocket.text_packet().startswith(b'40{"sid":"')
        assert_works(websocket, channel)


def test_polls_and_posts_work_while_upgrading(server, poller, channel):
    with probed(poller) as websocket:
        poller.send(b'421["subscribe","%s"]' % channel.encode())
        packets = poller.poll()
        while packets == [b"6"]:
            packets = poller.poll()
        assert packets == [b'431["Entered room: %s"]' % channel.encode()]
        websocket.text(b"5")
        publish_all(server, channel, [b"1"])
        assert websocket.text_packet() == event_packet("e", b"1")


def test_a_probe_may_be_repeated(poller, channel):
    with probed(poller) as websocket:
        websocket.text(b"2probe")
        assert websocket.text_packet() == b"3probe"
        websocket.text(b"5")
        assert_works(websocket, channel)


# Other ways


def test_an_upgrade_without_a_probe(poller, channel):
    with candidate(poller) as websocket:
        websocket.text(b"5")
        assert_works(websocket, channel)


@pytest.mark.parametrize("where", ["after the answer", "behind the request"])
def test_probe_and_upgrade_in_one_burst(poller, channel, where):
    packets = [b"2probe", b"5", b'421["subscribe","%s"]' % channel.encode()]
    with candidate(poller, *(packets if where == "behind the request" else [])) as websocket:
        if where == "after the answer":
            websocket.send(b"".join(frame(TEXT, packet) for packet in packets))
        assert websocket.text_packet() == b"3probe"
        assert websocket.text_packet() == b'431["Entered room: %s"]' % channel.encode()


def test_what_comes_right_behind_the_upgrade_is_not_lost(server, channel):
    """Often enough that the session changes its loop in some of them."""
    for number in range(30):
        with Poller(server) as poller:
            poller.send(b"40")
            commands = [b'42%d["subscribe","%s-%d"]' % (index, channel.encode(), index) for index in range(20)]
            with candidate(poller, b"5", *commands) as websocket:
                assert websocket.text_packet().startswith(b"40{"), number
                for index in range(20):
                    assert websocket.text_packet() == b'43%d["Entered room: %s-%d"]' % (index, channel.encode(), index)


@pytest.mark.parametrize("used", ["gets", "posts"])
def test_an_upgrade_over_a_connection_that_carried_polls(server, poller, channel, used):
    poller.subscribe(channel)
    websocket = probed(poller, over=getattr(poller, used))
    websocket.text(b"5")
    publish_all(server, channel, [b"1"])
    assert websocket.text_packet() == event_packet("e", b"1")


def test_no_compression_is_agreed_and_an_offered_subprotocol_is(poller):
    offered = [("Sec-WebSocket-Extensions", "permessage-deflate"), ("Sec-WebSocket-Protocol", "arduino")]
    path = target(transport="websocket", sid=poller.sid)
    with WebSocketConnection(poller.endpoint, target=path, headers=offered) as websocket:
        assert websocket.upgrade.header("Sec-WebSocket-Extensions") is None
        assert websocket.upgrade.header("Sec-WebSocket-Protocol") == "arduino"


def test_a_websocket_ping_is_answered_before_the_upgrade(poller, channel):
    with candidate(poller) as websocket:
        websocket.send(frame(PING, b"x"))
        assert websocket.frame() == (PONG, b"x")
        websocket.text(b"5")
        assert_works(websocket, channel)


# What was queued


def test_messages_queued_during_the_upgrade_come_once_and_in_order(server, poller, channel):
    bodies = [b"%d" % number for number in range(60)]
    poller.subscribe(channel)
    publish_all(server, channel, bodies[:20])
    with candidate(poller) as websocket:
        publish_all(server, channel, bodies[20:30])
        websocket.text(b"2probe")
        assert websocket.text_packet() == b"3probe"
        publish_all(server, channel, bodies[30:40])
        websocket.text(b"5")
        publish_all(server, channel, bodies[40:])
        for body in bodies:
            assert websocket.text_packet() == event_packet("e", body)


def test_messages_that_a_poll_has_taken_do_not_come_again(server, poller, channel):
    bodies = [b"%d" % number for number in range(30)]
    poller.subscribe(channel)
    publish_all(server, channel, bodies[:20])
    with probed(poller) as websocket:
        taken = poller.poll()
        while taken == [b"6"]:
            taken = poller.poll()
        assert 1 <= len(taken) <= 16
        assert taken == [event_packet("e", body) for body in bodies[: len(taken)]]
        publish_all(server, channel, bodies[20:])
        websocket.text(b"5")
        for body in bodies[len(taken) :]:
            assert websocket.text_packet() == event_packet("e", body)


def test_large_messages_queued_during_the_upgrade_come_whole(server, poller, channel):
    bodies = [b'"' + b"%d" % number * 900_000 + b'"' for number in range(4)]
    poller.subscribe(channel)
    with probed(poller) as websocket:
        for body in bodies:
            server.publish(channel, "e", body)
        websocket.text(b"5")
        for body in bodies:
            assert websocket.text_packet() == event_packet("e", body)


# Candidates that do not make it

AT_BOTH_STAGES = pytest.mark.parametrize("is_probed", [False, True], ids=["before the probe", "after the probe"])

NO_UPGRADE = {
    "unknown packet": frame(TEXT, b"abc"),
    "empty packet": frame(TEXT, b""),
    "message": frame(TEXT, b"40"),
    "ping": frame(TEXT, b"2"),
    "another ping": frame(TEXT, b"2probes"),
    "close": frame(TEXT, b"1"),
    "binary": frame(BINARY, b"5"),
    "close frame": frame(CLOSE, b"\x03\xe8"),
    "frame that is not masked": frame(TEXT, b"5", masked=False),
    "bad UTF-8": frame(TEXT, b"5\xff"),
}


@AT_BOTH_STAGES
@pytest.mark.parametrize("data", NO_UPGRADE.values(), ids=NO_UPGRADE.keys())
def test_anything_else_drops_the_candidate_only(server, poller, channel, data, is_probed):
    with probed(poller) if is_probed else candidate(poller) as websocket:
        websocket.send(data)
        assert websocket.ended()
    assert_lives_and_can_upgrade(server, poller, channel)


@AT_BOTH_STAGES
@pytest.mark.parametrize("reset", [False, True], ids=["FIN", "RST"])
def test_a_candidate_that_goes_away_changes_nothing(server, poller, channel, is_probed, reset):
    with probed(poller) if is_probed else candidate(poller) as websocket:
        if reset:
            websocket.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert_lives_and_can_upgrade(server, poller, channel)


@AT_BOTH_STAGES
def test_a_candidate_has_a_deadline(own_binary, channel, is_probed):
    with Server("--upgrade-timeout", "200ms") as quick, Poller(quick) as poller:
        poller.join()
        with probed(poller) if is_probed else candidate(poller) as websocket:
            assert websocket.ended()
        assert_lives_and_can_upgrade(quick, poller, channel)


def packet_but_noops(poller):
    while (packet := poller.packet()) == b"6":
        pass
    return packet


def assert_lives_and_can_upgrade(server, poller, channel):
    poller.send(b'421["subscribe","%s"]' % channel.encode())
    assert packet_but_noops(poller) == b'431["Entered room: %s"]' % channel.encode()
    publish_all(server, channel, [b"1"])
    assert packet_but_noops(poller) == event_packet("e", b"1")
    deadline = time.monotonic() + PATIENCE
    while True:
        assert time.monotonic() < deadline, "no candidate is taken any more"
        # Until the session has learnt that the last one is gone, another is one too many.
        with candidate(poller, b"2probe") as websocket:
            if websocket.frame()[0] == CLOSE:
                continue
            websocket.text(b"5")
            publish_all(server, channel, [b"2"])
            assert websocket.text_packet() == event_packet("e", b"2")
            break


def test_a_second_candidate_is_accepted_and_closed(poller, channel):
    with probed(poller) as first:
        with candidate(poller) as second:
            assert second.ended()
        first.text(b"5")
        assert_works(first, channel)


def test_a_second_websocket_is_accepted_and_closed(server, poller, channel):
    with upgraded(poller) as first:
        assert_works(first, channel)
        for packets in ([], [b"2probe", b"5"]):
            with candidate(poller, *packets) as second:
                assert second.ended()
        publish_all(server, channel, [b"1"])
        assert first.text_packet() == event_packet("e", b"1")


@pytest.mark.parametrize(
    "parameters, message",
    [
        ({"sid": "abcdefghijklmnopqrst"}, b"Session ID unknown"),
        ({"sid": "x"}, b"Session ID unknown"),
        ({"EIO": "3"}, b"Unsupported protocol version"),
        ({"transport": "abc"}, b"Transport unknown"),
        ({"transport": None}, b"Transport unknown"),
    ],
    ids=repr,
)
def test_an_upgrade_that_is_refused_gets_the_bare_message(server, parameters, message):
    path = target(**{"transport": "websocket", **parameters})
    with server.connect() as connection:
        connection.send(upgrade_request(target=path))
        response = connection.response()
        assert (response.status, response.body) == (400, message)
        assert response.header("Content-Type") == "text/html"
        assert response.header("Connection") == "close"
        assert connection.closed()


def test_a_session_that_has_ended_is_not_upgraded(server, poller):
    poller.post(b"1")
    poller.assert_over()
    response = server.exchange(upgrade_request(target=target(transport="websocket", sid=poller.sid)))
    assert (response.status, response.body) == (400, b"Session ID unknown")


# The end


def test_polls_are_refused_after_the_upgrade(poller, channel):
    with upgraded(poller) as websocket:
        assert_works(websocket, channel)
        for response in (poller.get(), poller.post(b"6"), poller.get(), poller.post(b"1")):
            assert (response.status, response.body) == (400, BAD_REQUEST)
        assert_works(websocket, channel)


def test_a_session_ends_with_its_websocket(server, poller, channel):
    poller.subscribe(channel)
    with upgraded(poller) as websocket:
        publish_all(server, channel, [b"1"])
        assert websocket.text_packet() == event_packet("e", b"1")
        websocket.send(frame(CLOSE, b"\x03\xe8"))
        assert websocket.ended()
    deadline = time.monotonic() + PATIENCE
    while server.publish(channel, "e", b"2").json()["subscribers"]:
        assert time.monotonic() < deadline, "the subscription stays"
    # The loop on which it began may learn of it last.
    while (response := poller.get()).body == BAD_REQUEST:
        assert time.monotonic() < deadline, "the session stays"
    assert (response.status, response.body) == (400, UNKNOWN_SESSION)


@pytest.mark.parametrize("body", [b"1", b"abc", b"40"], ids=repr)
def test_a_candidate_ends_with_its_session(poller, body):
    with probed(poller) as websocket:
        poller.post(body)
        assert websocket.ended()
    poller.assert_over()


def test_a_post_that_is_under_way_at_the_upgrade_is_answered(server, channel):
    """What becomes of it is not said anywhere; the session has to live on, and its client not to wait for ever."""
    for _ in range(10):
        with Poller(server) as poller, server.connect() as connection:
            poller.join()
            data = poller.post_request(b"6" + b"\x1e6" * 50)
            connection.send(data[:-50])
            settled(connection)
            with upgraded(poller) as websocket:
                assert_works(websocket, channel)
                connection.send(data[-50:])
                assert connection.response().status in (200, 400)
                assert_works(websocket, channel)


def test_the_pong_of_a_ping_that_was_polled_comes_over_the_websocket(own_binary):
    with Server("--ping-interval", "200ms", "--ping-timeout", "5m") as quick, Poller(quick) as poller:
        assert poller.get().body == b"2"
        with probed(poller) as websocket:
            websocket.text(b"5")
            for _ in range(3):
                websocket.text(b"3")
                assert websocket.text_packet() == b"2"
