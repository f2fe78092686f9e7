"""Long-polling: what a POST may carry, what it is answered, and what ends the session (protocol.md 1.5, 1.7)."""

import json

import pytest

from harness.http import HTTPConnection, publish_request, request
from harness.kernel import settled
from harness.polling import SEPARATOR, TEXT, UNKNOWN_SESSION, Poller, target
from harness.subscriber import event_packet
from harness.websocket import TEXT as TEXT_FRAME
from harness.websocket import WebSocketConnection, frame


@pytest.fixture
def poller(server):
    with Poller(server) as poller:
        yield poller.join()


def chunked(poller, *chunks):
    """The bytes of a POST in chunks."""
    head = request("POST", poller.target(), headers=[TEXT, ("Transfer-Encoding", "chunked")])
    return head + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))


def assert_refused(poller, body):
    response = poller.post(body)
    assert (response.status, response.body) == (400, b""), response
    poller.assert_over()


# What is taken


def test_a_post_is_answered_ok(poller):
    response = poller.post(b"6")
    assert response.status == 200
    assert response.body == b"ok"
    assert response.header("Content-Type") == "text/html"
    assert response.header("Content-Length") == "2"
    assert response.header("Cache-Control") == "no-store"


@pytest.mark.parametrize(
    "headers",
    [[], [TEXT], [("Content-Type", "text/plain")], [("Content-Type", "application/json")], [("Content-Type", "x")], [("Content-Type", "")]],
    ids=str,
)
def test_the_content_type_does_not_matter(poller, channel, headers):
    assert poller.post(b'421["subscribe","%s"]' % channel.encode(), headers).body == b"ok"
    assert poller.packet() == b'431["Entered room: %s"]' % channel.encode()


@pytest.mark.parametrize("content_type", ["application/octet-stream", "Application/Octet-Stream; x=y"])
def test_but_for_one(poller, content_type):
    response = poller.post(b"6", [("Content-Type", content_type)])
    assert (response.status, response.body) == (400, b"")
    poller.assert_over()


def test_a_body_may_come_in_chunks(server, poller, channel):
    packets = b'3\x1e421["subscribe","%s\xc3\xa9"]\x1e6' % channel.encode()
    for chunks in ([packets], [packets[:-9], packets[-9:]], [bytes([byte]) for byte in packets]):
        assert server.exchange(chunked(poller, *chunks)).body == b"ok"
        assert poller.packet() == b'431["Entered room: %s\xc3\xa9"]' % channel.encode()


def test_a_body_may_come_byte_by_byte(poller, channel):
    with poller.endpoint.connect() as connection:
        for byte in poller.post_request(b'421["subscribe","%s"]' % channel.encode()):
            connection.send(bytes([byte]))
        assert connection.response().body == b"ok"
    assert poller.packet() == b'431["Entered room: %s"]' % channel.encode()


def test_a_get_and_a_post_go_side_by_side(poller, channel):
    poller.park()
    poller.send(b'421["subscribe","%s"]' % channel.encode())
    assert poller.answer().body == b'431["Entered room: %s"]' % channel.encode()


@pytest.mark.parametrize("packet", [b"3", b"6", b"3probe", b"6x", b"0", b"5", b'431["x"]', b'42["x"]', b'427["debug"]'])
def test_what_means_nothing_here_is_ignored(poller, channel, packet):
    poller.send(packet, packet)
    poller.subscribe(channel)


def test_256_packets_are_taken(poller, channel):
    poller.send(*[b"6"] * 255, b'421["subscribe","%s"]' % channel.encode())
    assert poller.packet() == b'431["Entered room: %s"]' % channel.encode()


def test_a_body_of_the_largest_size_is_taken(poller, channel):
    head, tail = b'421["subscribe","%s","' % channel.encode(), b'"]'
    poller.send(head + b"x" * (1_000_000 - len(head) - len(tail)) + tail)
    (answers,) = json.loads(poller.packet()[3:])
    assert answers[0] == {"ok": True, "channel": channel}
    assert answers[1]["error"]["code"] == "bad_name"


def test_128_subscriptions_in_one_post_are_taken(server, channel):
    names = [f"{channel}-{number}" for number in range(128)]
    with Poller(server) as poller:
        poller.send(b"40", *(b'42%d["subscribe","%s"]' % (number, name.encode()) for number, name in enumerate(names)))
        assert poller.packet().startswith(b"40{")
        for number, name in enumerate(names):
            assert poller.packet() == b'43%d["Entered room: %s"]' % (number, name.encode())
        with server.connect() as connection:
            for number, name in enumerate(names):
                connection.send(publish_request(name, "e", b"%d" % number))
                assert connection.response().json()["subscribers"] == 1
        for number in range(128):
            assert poller.packet() == event_packet("e", b"%d" % number)


def test_128_subscriptions_in_one_segment_are_taken(server, channel):
    names = [f"{channel}-{number}" for number in range(128)]
    with WebSocketConnection(server) as websocket:
        packets = [b"40", *(b'42%d["subscribe","%s"]' % (number, name.encode()) for number, name in enumerate(names))]
        websocket.send(b"".join(frame(TEXT_FRAME, packet) for packet in packets))
        assert websocket.text_packet().startswith(b"0{")
        assert websocket.text_packet().startswith(b"40{")
        for number, name in enumerate(names):
            assert websocket.text_packet() == b'43%d["Entered room: %s"]' % (number, name.encode())


# What ends the session

UNDECODABLE = [
    b"", b"abc", b"8", b"x", b"\x1e", b"6\x1e", b"\x1e6", b"6\x1e\x1e6", b"6\x1eabc", b'42["x","\xff"]', b'42["x","\xc3', b"3\xff",
    b"b!!!!", b"bAQID=AQI", b"6\x1eb*",
]  # fmt: skip


@pytest.mark.parametrize("body", UNDECODABLE, ids=repr)
def test_a_body_that_cannot_be_decoded_ends_the_session(poller, body):
    assert_refused(poller, body)


def test_a_body_without_a_length_is_empty(server, poller):
    assert server.request("POST", poller.target()).status == 400
    poller.assert_over()


def test_an_empty_body_in_chunks_ends_the_session(server, poller):
    assert server.exchange(chunked(poller)).status == 400
    poller.assert_over()


def test_packets_before_the_bad_one_are_processed(poller, channel):
    poller.park()
    response = poller.post(b'421["subscribe","%s"]\x1eabc\x1e422["subscribe","x"]' % channel.encode())
    assert (response.status, response.body) == (400, b"")
    assert poller.answer().body.split(SEPARATOR) == [b'431["Entered room: %s"]' % channel.encode(), b"1"]
    poller.assert_over()


def test_a_poll_that_waits_is_told_of_the_end(poller):
    poller.park()
    assert poller.post(b"abc").status == 400
    response = poller.answer()
    assert (response.status, response.body) == (200, b"1")
    poller.assert_over()


def test_257_packets_end_the_session(poller):
    assert_refused(poller, SEPARATOR.join([b"6"] * 257))


def test_too_many_events_end_the_session(poller):
    for _ in range(20):
        response = poller.post(SEPARATOR.join([b'42["x"]'] * 200))
        if response.status != 200:
            break
    assert (response.status, response.body) == (400, b"")
    poller.assert_over()


BREACHES = {
    "ping from a client": b"2",
    "probe outside an upgrade": b"2probe",
    "binary": b"bAQID",
    "binary event": b'451-["x",{"_placeholder":true,"num":0}]\x1ebAQID',
    "empty message": b"4",
    "message without a type": b"4abc",
    "event without an array": b"42{}",
    "second CONNECT": b"40",
    "another namespace": b'42/x,["subscribe","a"]',
    "ack id of 20 digits": b"42" + b"9" * 20 + b'["subscribe","a"]',
    "cut JSON": b'42["subscribe","a"',
}


@pytest.mark.parametrize("body", BREACHES.values(), ids=BREACHES.keys())
def test_a_breach_of_the_protocol_ends_the_session(server, poller, channel, body):
    """Decodable as packets, so that the POST itself may still have been answered."""
    poller.subscribe(channel)
    response = poller.post(body)
    assert (response.status, response.body) in [(200, b"ok"), (400, b"")], response
    poller.assert_over()
    assert server.publish(channel, "e", b"1").json()["subscribers"] == 0


def test_a_packet_before_the_connect_ends_the_session(server):
    with Poller(server) as poller:
        assert poller.post(b'42["subscribe","a"]').status in (200, 400)
        poller.assert_over()


def test_the_close_packet_with_a_poll_waiting(server, poller, channel):
    poller.subscribe(channel).park()
    response = poller.post(b"1")
    assert (response.status, response.body) == (200, b"ok")
    response = poller.answer()
    assert (response.status, response.body) == (200, b"6")
    poller.assert_over()
    assert server.publish(channel, "e", b"1").json()["subscribers"] == 0


def test_the_close_packet_without_a_poll(server, poller, channel):
    poller.subscribe(channel)
    assert poller.post(b"1").body == b"ok"
    poller.assert_over()
    assert server.publish(channel, "e", b"1").json()["subscribers"] == 0


def test_what_follows_the_close_packet_is_not_done(server, poller, channel):
    assert poller.post(b'1\x1e42["subscribe","%s"]' % channel.encode()).status in (200, 400)
    poller.assert_over()
    assert server.publish(channel, "e", b"1").json()["subscribers"] == 0


def test_leaving_the_namespace_does_not_end_the_session(server, poller, channel):
    poller.subscribe(channel)
    poller.send(b"41")
    assert server.publish(channel, "e", b"1").json()["subscribers"] == 0
    poller.join().subscribe(channel)
    assert server.publish(channel, "e", b"2").json()["subscribers"] == 1
    assert poller.packet() == event_packet("e", b"2")


def test_a_second_post_ends_the_session(server, poller):
    """It begins while the body of the first is still coming."""
    with server.connect() as first:
        data = poller.post_request(b"6" + b"\x1e6" * 100)
        first.send(data[:-50])
        response = poller.overlapping_post()
        assert (response.status, response.body) == (400, b"")
        first.send(data[-50:])
        response = first.response()
        assert response.status == 400
        assert response.body in (b"", UNKNOWN_SESSION)
    poller.assert_over()


def test_a_second_post_ends_the_session_and_a_poll_that_waits_is_told(server, poller):
    poller.park()
    with server.connect() as first:
        first.send(poller.post_request(b"6" * 100)[:-50])
        assert poller.overlapping_post().status == 400
        assert poller.answer().body == b"1"
    poller.assert_over()


def test_a_post_whose_connection_goes_away_ends_the_session(server, poller, channel):
    poller.subscribe(channel).park()
    with server.connect() as connection:
        connection.send(poller.post_request(b"6" * 100)[:-50])
        settled(connection)
    assert poller.answer().body == b"1"
    poller.assert_over()
    assert server.publish(channel, "e", b"1").json()["subscribers"] == 0


# What does not end it


@pytest.mark.parametrize("form", ["length", "chunks"])
def test_a_body_that_is_too_large_is_refused_and_the_session_lives(server, poller, channel, form):
    body = b"4" + b"x" * 1_000_000
    with HTTPConnection(server.address) as connection:
        if form == "length":
            connection.send(poller.post_request(body))
        else:
            connection.send(chunked(poller, body[:500_000], body[500_000:]))
        response = connection.response()
    assert (response.status, response.body) == (413, b"")
    poller.subscribe(channel)
    assert server.publish(channel, "e", b"1").json()["subscribers"] == 1
    assert poller.packet() == event_packet("e", b"1")


def test_a_stranger_learns_nothing_from_a_session_that_has_ended(server, poller):
    poller.post(b"1")
    poller.assert_over()
    for method, body in (("GET", None), ("POST", b"6"), ("POST", b"")):
        response = server.request(method, target(sid=poller.sid), body)
        assert (response.status, response.body) == (400, UNKNOWN_SESSION)


# Isolation


def test_a_client_that_does_not_poll_is_cut_and_the_others_miss_nothing(server, channel):
    body = b'"' + b"x" * 900_000 + b'"'
    with Poller(server) as lazy, Poller(server) as busy:
        for poller in (lazy, busy):
            poller.join().subscribe(channel)
        for _ in range(20):
            subscribers = server.publish(channel, "e", body, headers=[("Content-Type", "application/json")]).json()["subscribers"]
            assert busy.packet() == event_packet("e", body)
            if subscribers == 1:
                break
        assert subscribers == 1, "it was never cut"
        lazy.assert_over()
