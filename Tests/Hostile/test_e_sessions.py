"""E: Engine.IO and Socket.IO."""

import contextlib
import json
import os
import socket
import struct
import time

import pytest

from harness import LONG
from harness.http import HTTPConnection, request
from harness.polling import (
    BAD_HANDSHAKE_METHOD,
    BAD_REQUEST,
    SEPARATOR,
    UNKNOWN_SESSION,
    UNKNOWN_TRANSPORT,
    UNSUPPORTED_VERSION,
    Poller,
    target,
)
from harness.polling import TEXT as PLAIN
from harness.publisher import Publisher
from harness.publisher import body as message
from harness.subscriber import Subscriber, event_packet
from harness.websocket import BINARY, CLOSE, TEXT, WebSocketConnection, frame, upgrade_request
from needs import needs
from stage import eventually, hosted
from wire import dial, ending, endings, reset, statuses

slow = pytest.mark.slow
POLICY = 1008


@pytest.fixture
def websocket(hub):
    with WebSocketConnection(hub) as websocket:
        yield websocket.join()


@pytest.fixture
def poller(hub):
    with Poller(hub) as poller:
        yield poller.join()


def subscribers(hub, channel):
    return hub.publish(channel, "e", b"1").json()["subscribers"]


def upgrade_of(poller, *eager):
    """A WebSocket for the poller's session, with these packets in the segment of its request."""
    eager = b"".join(frame(TEXT, packet) for packet in eager)
    return WebSocketConnection(poller.endpoint, eager=eager, target=target(transport="websocket", sid=poller.sid))


def raw_target(query):
    return "/socket.io/?" + query


# E1 to E4: requests that are no handshake


@pytest.mark.parametrize(
    "version", ["EIO=3&", "EIO=5&", "", "EIO=&", "EIO=4.0&", "EIO=04&", "EIO=4&EIO=3&", "EIO=%34%00&", "eio=4&", "EIO=__proto__&"]
)
def test_e01_other_revisions_are_refused(hub, version):
    response = hub.request("GET", raw_target(version + "transport=polling"))
    assert (response.status, response.body) == (400, UNSUPPORTED_VERSION)
    response = hub.exchange(upgrade_request(target=raw_target(version + "transport=websocket")))
    assert response.status == 400


@pytest.mark.parametrize(
    "transport",
    ["__proto__", "constructor", "", "webtransport", "flashsocket", "POLLING", "polling%00", "toString", "polling&transport=x", "%ff"],
)
def test_e02_other_transports_are_refused(hub, transport):
    response = hub.request("GET", raw_target(f"EIO=4&transport={transport}"))
    assert (response.status, response.body) == (400, UNKNOWN_TRANSPORT)
    assert hub.exchange(upgrade_request(target=raw_target(f"EIO=4&transport={transport}"))).status == 400


def test_e02_a_transport_that_comes_twice_is_the_last_one(hub):
    assert hub.request("GET", raw_target("EIO=4&transport=x&transport=polling")).status == 200


SIDS = [
    "x",
    "__proto__",
    "constructor",
    "a" * 20,
    "a" * 7_000,
    "%00" * 20,
    "%ff",
    "..%2f",
    "0",
    "-" * 20,
    "%F0%9F%98%80" * 5,
    "a%20b",
    "AAAAAAAAAAAAAAAAAAAA%00",
]


def test_e03_unknown_sessions_are_all_answered_alike(hub):
    answers = set()
    for sid in SIDS:
        for method in ("GET", "POST"):
            response = hub.request(method, raw_target(f"EIO=4&transport=polling&sid={sid}"), b"6" if method == "POST" else None)
            assert (response.status, response.body) == (400, UNKNOWN_SESSION), (sid, response)
            answers.add(tuple(sorted(response.headers)))
        assert hub.exchange(upgrade_request(target=raw_target(f"EIO=4&transport=websocket&sid={sid}"))).status == 400
    assert len(answers) == 1
    connection = dial(hub)
    with contextlib.suppress(OSError):
        connection.sendall(request("GET", target(sid="a" * 1_000_000)))
    assert ending(connection).statuses in ([414], [])


def test_e03_a_session_of_another_transport(hub):
    with WebSocketConnection(hub) as websocket:
        sid = json.loads(websocket.text_packet()[1:])["sid"]
        for method, data in (("GET", None), ("POST", b"40")):
            response = hub.request(method, target(sid=sid), data)
            assert (response.status, response.body) == (400, BAD_REQUEST)
        second = WebSocketConnection(hub, target=target(transport="websocket", sid=sid))
        with second:
            assert second.ended()
        websocket.text(b"40")
        assert websocket.text_packet().startswith(b"40{")


def test_e04_a_handshake_is_a_get(hub):
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        response = hub.request(method, target(), b"40")
        assert (response.status, response.body) == (400, BAD_HANDSHAKE_METHOD), (method, response)
    connection = dial(hub)
    connection.sendall(request("HEAD", target(), headers=[("Connection", "close")]))
    assert ending(connection).statuses in ([400], [405], [200])


# E5: sessions that nobody uses


def handshakes(hub, count):
    """Returns the id of the last session that was given."""
    sid = None
    with HTTPConnection(hub.address) as connection:
        for _ in range(count // 100):
            connection.send(request("GET", target()) * 100)
            for _ in range(100):
                response = connection.response()
                assert response.status in (200, 503), response
                if response.status == 200:
                    sid = json.loads(response.body[1:])["sid"]
    return sid


def let_pass(hub):
    """Returns when whoever was silent up to now is gone: so is a WebSocket that has come after them all."""
    with WebSocketConnection(hub) as websocket:
        assert websocket.ended()


@needs("--limit-silent-deadline")
def test_e05_sessions_that_never_say_anything_are_freed():
    with hosted("--limit-silent-deadline", "500ms") as hub:
        handshakes(hub, 5_000)
        let_pass(hub)
        with hub.memory_within(10):
            for _ in range(4):
                sid = handshakes(hub, 5_000)
                let_pass(hub)
                assert hub.request("GET", target(sid=sid)).body == UNKNOWN_SESSION


@needs("--limit-silent-deadline")
def test_e05_sessions_that_nobody_uses_are_bounded():
    with hosted("--limit-connections", "50", "--limit-silent-deadline", "500ms") as hub:
        with HTTPConnection(hub.address) as connection:
            for _ in range(3):
                connection.send(request("GET", target()) * 200)
                answers = [connection.response() for _ in range(200)]
                statuses = [answer.status for answer in answers]
                given = statuses.count(200)
                # The first time the stage's own client may have one.
                assert given in (49, 50)
                assert statuses == [200] * given + [503] * (200 - given)
                assert answers[-1].header("Retry-After") == "1"
                with WebSocketConnection(hub) as websocket:
                    websocket.text(b"40")
                    assert websocket.text_packet()
                    assert websocket.text_packet().startswith(b"40{")
                let_pass(hub)


@needs("--limit-silent-deadline")
def test_e05_a_silent_websocket_is_closed():
    with hosted("--limit-silent-deadline", "1s", "--limit-close-deadline", "500ms") as hub:
        base = hub.descriptors
        connections = [dial(hub) for _ in range(100)]
        for connection in connections:
            connection.sendall(upgrade_request())
        for result in endings(connections, 8):
            assert 0.5 <= result.after, result
        hub.assert_descriptors_return(base)


def test_e05_sessions_without_a_client_are_freed_by_the_heartbeat():
    with hosted("--ping-interval", "300ms", "--ping-timeout", "300ms") as hub:
        # A poll of a session that nobody answers for ends with the session, and gets its ping before.
        def wait_for(sid):
            while hub.request("GET", target(sid=sid)).body not in (UNKNOWN_SESSION, b"1"):
                pass

        wait_for(handshakes(hub, 5_000))
        with hub.memory_within(10):
            for _ in range(4):
                wait_for(handshakes(hub, 5_000))


@slow
@needs("--limit-silent-deadline")
def test_e05_50000_handshakes_are_freed_in_10_seconds_by_default(hub):
    handshakes(hub, 50_000)
    let_pass(hub)
    with hub.memory_within(30):
        began = time.monotonic()
        sid = handshakes(hub, 50_000)
        let_pass(hub)
        assert 8 < time.monotonic() - began < 40
        assert hub.request("GET", target(sid=sid)).body == UNKNOWN_SESSION


# E6: upgrades that go wrong


@pytest.mark.parametrize("said", [(), (b"2probe",)], ids=["nothing", "a probe"])
def test_e06_an_upgrade_that_is_never_finished_is_dropped(said, channel):
    with hosted("--upgrade-timeout", "500ms") as hub, Poller(hub) as poller:
        poller.join().subscribe(channel)
        with upgrade_of(poller, *said) as candidate:
            poller.send(b"6")
            began = time.monotonic()
            assert candidate.ended() and 0.2 < time.monotonic() - began < 3
        assert subscribers(hub, channel) == 1
        while (packet := poller.packet()) == b"6":
            pass
        assert packet == event_packet("e", b"1")


@pytest.mark.parametrize("noise",
    [frame(TEXT, b"x"), frame(TEXT, b"40"), frame(TEXT, b"3"), frame(TEXT, b"2"), frame(TEXT, b""), frame(BINARY, b"5"), frame(CLOSE),
    b"\xff" * 10,
                                   frame(TEXT, b"2probe") + frame(TEXT, b"41")], ids=repr)  # fmt: skip
def test_e06_noise_on_the_new_transport_leaves_the_session(hub, poller, channel, noise):
    poller.subscribe(channel)
    with WebSocketConnection(hub, eager=noise, target=target(transport="websocket", sid=poller.sid)) as candidate:
        assert candidate.ended()
    assert subscribers(hub, channel) == 1
    while (packet := poller.packet()) == b"6":
        pass
    assert packet == event_packet("e", b"1")


def test_e06_a_second_upgrade_at_once_is_closed(hub, poller, channel):
    with upgrade_of(poller, b"2probe") as first, upgrade_of(poller, b"2probe", b"5") as second:
        assert first.text_packet() == b"3probe"
        assert second.ended()
        first.text(b"5")
        first.text(b'421["subscribe","%s"]' % channel.encode())
        assert first.text_packet() == b'431["Entered room: %s"]' % channel.encode()


@pytest.mark.parametrize("way", ["FIN", "RST"])
def test_e06_a_candidate_that_is_gone_before_it_was_accepted_blocks_no_other(hub, way):
    """The session may be on another loop than the connection, which is gone before the session's yes comes back."""
    for _ in range(20):
        with Poller(hub) as poller:
            poller.join()
            candidate = dial(hub)
            candidate.sendall(upgrade_request(target=target(transport="websocket", sid=poller.sid)))
            (reset if way == "RST" else socket.socket.close)(candidate)

            def is_accepted():
                with upgrade_of(poller, b"2probe") as attempt:
                    return attempt.frame() == (TEXT, b"3probe")

            eventually(is_accepted, "every other upgrade is refused", 2)


def test_e06_nothing_is_lost_or_repeated_when_upgrades_fail_and_succeed(hub, channel):
    """While messages come in: candidates that vanish at every point, and then one that succeeds."""
    with Publisher(hub, channel, "m", 1_000) as publisher, contextlib.ExitStack() as stack:
        clients = [stack.enter_context(Poller(hub)).join() for _ in range(10)]
        for client in clients:
            client.send(b'421["subscribe","%s"]' % channel.encode())
        upgraded = []
        for number, client in enumerate(clients):
            received = []
            for eager in ((), (b"2probe",), (b"2probe", b"x"), (b"3",))[: number % 5]:
                candidate = dial(hub)
                candidate.sendall(
                    upgrade_request(target=target(transport="websocket", sid=client.sid))
                    + b"".join(frame(TEXT, packet) for packet in eager)
                )
                assert statuses(candidate.recv(65_536)) == [101]
                received += client.poll()
                reset(candidate)
                received += client.poll()
            websocket = None
            while websocket is None:
                # The lost candidate may not be forgotten yet: then this one is closed at once.
                attempt = stack.enter_context(upgrade_of(client, b"2probe"))
                opcode, payload = attempt.frame()
                if opcode == TEXT:
                    assert payload == b"3probe"
                    websocket = attempt
                received += client.poll()
            websocket.text(b"5")
            upgraded.append((received, websocket))
        count = publisher.stop()
        assert hub.publish(channel, "end", b"0").json()["subscribers"] == len(clients)
        for received, websocket in upgraded:
            while not received or received[-1] != event_packet("end", b"0"):
                received.append(websocket.text_packet())
            events = [packet for packet in received if packet.startswith(b'42["m"')]
            assert events == [event_packet("m", message(number)) for number in range(count - len(events), count)]


# E7, E8: polls


def test_e07_two_polls_at_once_end_the_session(hub, poller, channel):
    poller.subscribe(channel).park()
    second = hub.request("GET", poller.target())
    first = poller.answer()
    assert {(second.status, second.body), (first.status, first.body)} == {(400, b""), (200, b"1")}
    poller.assert_over()
    assert subscribers(hub, channel) == 0


def test_e07_many_polls_in_one_segment(hub, poller, channel):
    """On one connection they come one after the other, so that they do not overlap."""
    poller.subscribe(channel)
    poller.gets.send(request("GET", poller.target()) * 50)
    for number in range(50):
        assert hub.publish(channel, "e", b"%d" % number).json()["subscribers"] == 1
        assert poller.answer().body == event_packet("e", b"%d" % number)


@pytest.mark.parametrize("way", ["FIN", "RST"])
def test_e08_a_client_that_vanishes_from_its_poll_is_noticed_at_once(hub, poller, channel, way):
    poller.subscribe(channel).park()
    if way == "FIN":
        poller.gets.socket.close()
    else:
        reset(poller.gets.socket)
    eventually(lambda: subscribers(hub, channel) == 0, "it is subscribed still", 3)


def test_e08_a_client_that_vanishes_silently_is_noticed_by_the_heartbeat(channel):
    with hosted("--ping-interval", "300ms", "--ping-timeout", "300ms") as hub, Poller(hub) as poller:
        poller.join().subscribe(channel).park()
        began = time.monotonic()
        eventually(lambda: subscribers(hub, channel) == 0, "it is subscribed still", 5)
        assert time.monotonic() - began < 2


@pytest.mark.parametrize("way", ["FIN", "RST"])
def test_e08_between_polls_a_client_may_come_back_over_another_connection(hub, poller, channel, way):
    for number in range(10):
        poller.subscribe(f"{channel}-{number}")
        if way == "FIN":
            poller.gets.socket.close()
        else:
            reset(poller.gets.socket)
        assert subscribers(hub, f"{channel}-{number}") == 1
        poller.gets = HTTPConnection(hub.address)
        assert poller.packet() == event_packet("e", b"1")


# E9, E10: POSTs


@pytest.mark.parametrize(
    "body",
    [b"", b"\x1e", b"6\x1e", b"\x1e6", b"6\x1e\x1e6", b"b!!!!", b"bAAA", b"b====", b"99999999999999999999:4", b"\x00\x04\xff4", b"\xff",
    b"6\x1e\xc3",
     SEPARATOR.join([b"6"] * 257), b"2\x1e" * 499_999 + b"2", b"\x1e" * 1_000_000, b"6\x1e" * 500_000, b"4" * 1_000_000],
    ids=lambda body: f"{body[:12]!r} of {len(body)}",
)  # fmt: skip
def test_e09_bodies_that_cannot_be_decoded_end_the_session(hub, poller, channel, body):
    poller.subscribe(channel)
    before = hub.cpu
    with hub.memory_within(16):
        response = poller.post(body)
    # What can be decoded, but breaks the rules of the layer above, may still be answered.
    assert (response.status, response.body) in ([(400, b"")] if body[:1] != b"4" else [(400, b""), (200, b"ok")]), response
    poller.assert_over()
    assert subscribers(hub, channel) == 0
    assert hub.cpu - before < 0.5


def test_e09_256_packets_are_taken(poller, channel):
    poller.send(*[b"3"] * 255, b'421["subscribe","%s"]' % channel.encode())
    assert poller.packet().startswith(b"431")


@needs("--limit-poll-packets")
def test_e09_the_number_of_packets_is_a_setting():
    with hosted("--limit-poll-packets", "4") as hub, Poller(hub) as poller:
        poller.join().send(*[b"6"] * 4)
        assert poller.post(SEPARATOR.join([b"6"] * 5)).status == 400
        poller.assert_over()


def test_e10_a_binary_post_is_answered_and_ends_the_session(hub, poller):
    response = poller.post(b"\x00\x04\xff4", [("Content-Type", "application/octet-stream")])
    assert (response.status, response.body) == (400, b"")
    poller.assert_over()


def test_e10_a_post_to_a_session_on_a_websocket_is_answered(hub, poller, channel):
    with upgrade_of(poller, b"5") as websocket:
        websocket.text(b'421["subscribe","%s"]' % channel.encode())
        assert websocket.text_packet().startswith(b"431")
        response = poller.post(b'42["unsubscribe","%s"]' % channel.encode())
        assert (response.status, response.body) == (400, BAD_REQUEST)
        assert subscribers(hub, channel) == 1


def test_e10_clients_that_vanish_inside_a_post_leave_nothing(hub, channel):
    base = hub.descriptors
    data = b'42["subscribe","%s"]' % channel.encode()
    with Poller(hub) as poller:
        whole = poller.post_request(data)
    for cut in range(len(whole) - len(data) - 1, len(whole), 5):
        with Poller(hub) as poller:
            poller.join()
            connection = dial(hub)
            connection.sendall(poller.post_request(data)[:cut])
            (reset if cut % 2 else socket.socket.close)(connection)
    hub.assert_descriptors_return(base)
    assert subscribers(hub, channel) == 0


# E11 to E13: packets


MALFORMED = [
    b"4", b"40{", b"4999", b"49", b"47", b"48", b"8", b"", b"x", b"42[]", b"42{}", b"42[null]", b"42[true]", b"42[[]]",
    b'42[{"toString":"x"}]', b'42["x"', b'42["x",]', b"42x",
    b'42["subscribe",nul]', b'42["x"]]', b'42"x"', b"4\x00", b"42[\x00]", b"42" + b"[" * 100_000,
    b'42["x",' + b"[" * 65 + b"]" * 65 + b"]", b"40[]", b'40"x"', b"40null", b"41x",
    b'41["x"]', b"43{}", b'44{"message":"x"}', b"4/", b"4-", b"4,", b"42-", b"42,", b"42/x", b'42/x,["x"]', b"4" + b"0" * 100_000,
]  # fmt: skip
IGNORED = [
    b"42[1]",
    b'42["error",1]',
    b'42["__proto__"]',
    b'42["toString"]',
    b'42["x"]',
    b"42",
    b"43",
    b'431["x"]',
    b"42[1.5]",
    b"3",
    b"6",
    b"0",
    b"5",
]


@pytest.mark.parametrize("packet", MALFORMED, ids=lambda packet: repr(packet[:24]))
def test_e11_malformed_packets_end_their_session(hub, websocket, channel, packet):
    subscribe = b'421["subscribe","%s"]' % channel.encode()
    websocket.text(subscribe)
    assert websocket.text_packet().startswith(b"431")
    websocket.text(packet)
    assert websocket.ended()
    with Poller(hub) as poller:
        poller.join().subscribe(channel)
        assert poller.post(packet).status in (200, 400)
        poller.assert_over()
    assert subscribers(hub, channel) == 0


def test_e11_what_means_nothing_is_ignored(hub, websocket, poller, channel):
    for packet in IGNORED:
        websocket.text(packet)
        poller.send(packet)
    poller.subscribe(channel)
    websocket.text(b'421["subscribe","%s"]' % channel.encode())
    assert websocket.text_packet().startswith(b"431")


@pytest.mark.parametrize(
    "digits",
    [b"9" * 20, b"9" * 400, b"9" * 400_000, b"18446744073709551616", b"-1", b"1.5", b"1e3", b"+1", b"\xd9\xa1", b"00000000000000000000"],
)
def test_e12_ack_ids_that_cannot_be_end_the_session(websocket, digits):
    websocket.text(b"42" + digits + b'["subscribe","a"]')
    assert websocket.ended()


@pytest.mark.parametrize("digits", [b"0", b"00", b"9223372036854775807", b"9223372036854775808", b"9999999999999999999"])
def test_e12_ack_ids_of_19_digits_come_back(websocket, channel, digits):
    websocket.text(b"42" + digits + b'["subscribe","%s"]' % channel.encode())
    assert websocket.text_packet() == b"43" + digits + b'["Entered room: %s"]' % channel.encode()


BINARIES = [
    b'451-["x",{"_placeholder":true,"num":0}]', b'451-["hello",{"_placeholder":true,"num":"splice"}]', b'450-["x"]', b'45["x"]',
    b'45-["x"]', b'451999999999-["x"]', b'45999999999-["x"]',
    b"45" + b"9" * 1_000 + b'-["x"]', b'45-1-["x"]', b'461-1["x"]', b"460-1[]", b'4510-["x"]', b'451-/x,["x"]', b'451-["subscribe","a"]',
    b"bAAAA", b"b",
]  # fmt: skip


@pytest.mark.parametrize("packet", BINARIES, ids=lambda packet: repr(packet[:40]))
def test_e13_binary_packets_are_refused_and_wait_for_nothing(hub, websocket, packet):
    websocket.send(frame(TEXT, packet) + frame(BINARY, b"x" * 1_000) * 100)
    assert websocket.ended()
    with Poller(hub) as poller:
        poller.join()
        assert poller.post(packet + SEPARATOR + b"bAAAA").status in (200, 400)
        poller.assert_over()


def test_e13_binary_before_the_connect_is_refused(hub):
    for data in (frame(BINARY, b"x"), frame(TEXT, BINARIES[0]), frame(TEXT, b"bAAAA")):
        with WebSocketConnection(hub) as websocket:
            websocket.send(data)
            assert websocket.ended()


# E14 to E18: subscriptions


def test_e14_what_is_no_channel_is_refused(hub, websocket):
    arguments = [
        b",1",
        b",null",
        b",true",
        b",{}",
        b",[[]]",
        b"",
        b',""',
        b',{"channel":1}',
        b',{"channel":null}',
        b",1.5e300",
        b',["a",["b"]]',
        b",[null]",
        b',{"channel":["a"]}',
        b',"\\u0000"',
        b',{"a":{}}',
    ]
    for number, argument in enumerate(arguments):
        websocket.text(b'42%d["subscribe"%s]' % (number, argument))
        packet = websocket.text_packet()
        assert packet.startswith(b"43%d[" % number), (argument, packet)
        (ack,) = json.loads(packet[len(b"43%d" % number) :])
        refused = ack if isinstance(ack, dict) else ack[-1]
        assert refused["ok"] is False and refused["error"]["code"] in ("bad_request", "bad_name", "unsupported"), (argument, ack)


def test_e14_100000_names_in_one_call_are_bounded(hub, websocket, channel):
    names = json.dumps([f"n{number}" for number in range(100_000)]).encode()
    with hub.memory_within(32):
        websocket.text(b'421["subscribe",' + names[: names.rindex(b",", 0, 990_000)] + b"]]")
        packet = websocket.text_packet()
    (acks,) = json.loads(packet[3:])
    if isinstance(acks, list):
        assert sum(ack["ok"] for ack in acks) <= 128
    else:
        assert acks["ok"] is False
    assert len(packet) < 2_000_000
    # Whatever the answer was, the connection has not more than its share, and a proper call is still served.
    websocket.text(b'422["unsubscribe",["n1","n2"]]')
    assert websocket.text_packet().startswith(b"432")


def test_e15_the_129th_channel_is_refused(hub, websocket, channel):
    for number in range(129):
        websocket.text(b'421["subscribe","%s-%d"]' % (channel.encode(), number))
        packet = websocket.text_packet()
    assert json.loads(packet[3:])[0]["error"]["code"] == "too_many_channels"
    assert subscribers(hub, f"{channel}-128") == 0


@needs("--limit-channels")
def test_e15_the_number_of_channels_is_a_setting(channel):
    with hosted("--limit-channels", "3") as hub, Subscriber(hub) as subscriber:
        (acks,) = json.loads(subscriber.ask("subscribe", [f"{channel}-{number}" for number in range(5)]))
        assert [ack["ok"] for ack in acks] == [True] * 3 + [False] * 2
        assert acks[4]["error"]["code"] == "too_many_channels"


def test_e15_subscribing_and_leaving_without_end_is_closed_and_leaves_nothing(hub, channel):
    pair = frame(TEXT, b'42["subscribe","%s"]' % channel.encode()) + frame(TEXT, b'42["unsubscribe","%s"]' % channel.encode())
    with hub.memory_within(8):
        for _ in range(10):
            with WebSocketConnection(hub) as websocket:
                websocket.join().send(pair * 500)
                assert websocket.close_code() == POLICY
    assert subscribers(hub, channel) == 0


def test_e15_the_rate_holds_on_long_polling(hub, poller, channel):
    pair = [b'42["subscribe","%s"]' % channel.encode(), b'42["unsubscribe","%s"]' % channel.encode()]
    answers = [poller.post(SEPARATOR.join(pair * 128)).status for _ in range(2)]
    assert 400 in answers
    poller.assert_over()
    assert subscribers(hub, channel) == 0


@needs("--limit-events-rate", "--limit-events-burst")
def test_e15_the_rate_of_events_is_a_setting(channel):
    with hosted("--limit-events-rate", "5", "--limit-events-burst", "10") as hub, WebSocketConnection(hub) as websocket:
        # CONNECT was one of them.
        websocket.join().send(frame(TEXT, b'42["x"]') * 9)
        websocket.send(frame(TEXT, b'42["x"]') * 5)
        assert websocket.close_code() == POLICY


def test_e15_the_rate_goes_with_the_session_through_the_upgrade(hub, poller):
    """An upgrade is no way to get a fresh burst."""
    poller.send(*[b'42["x"]'] * 200)
    with upgrade_of(poller, b"5") as websocket:
        websocket.send(frame(TEXT, b'42["x"]') * 120)
        assert websocket.close_code() == POLICY


def test_e16_distinct_channels_leave_nothing_behind(hub):
    """100 connections with 128 channels of 200 bytes each, again and again: after the first rounds the memory hardly grows."""

    def round_of(number):
        with contextlib.ExitStack() as stack:
            for client in range(100):
                websocket = stack.enter_context(WebSocketConnection(hub)).join()
                names = [f"{number}-{client}-{index}-".ljust(200, "x") for index in range(128)]
                websocket.text(b'421["subscribe",' + json.dumps(names).encode() + b"]")
                assert websocket.text_packet().count(b'"ok":true') == 128
        hub.assert_descriptors_return(base)

    base = hub.descriptors
    for number in range(3):
        round_of(number)
    # A connection leaves a kilobyte behind until its last deadline would have come.
    with hub.memory_within(32 if LONG else 8):
        for number in range(3, 30 if LONG else 8):
            round_of(number)


def test_e17_subscribing_100_times_is_delivered_once(hub, websocket, channel):
    for number in range(100):
        websocket.text(b'42%d["subscribe",%s]' % (number, [b'"%s"', b'{"channel":"%s"}', b'["%s"]'][number % 3] % channel.encode()))
        assert websocket.text_packet().startswith(b"43")
    assert subscribers(hub, channel) == 1
    assert websocket.text_packet() == event_packet("e", b"1")
    websocket.text(b'421["unsubscribe","%s"]' % channel.encode())
    assert websocket.text_packet().startswith(b"431")
    assert subscribers(hub, channel) == 0


def test_e18_acks_that_nobody_asked_for_are_ignored_and_counted(hub, websocket, channel):
    for number in (0, 1, 2**31, 10**18):
        websocket.text(b'43%d["x"]' % number)
    websocket.text(b'421["subscribe","%s"]' % channel.encode())
    assert websocket.text_packet().startswith(b"431")
    with hub.memory_within(8):
        websocket.send(frame(TEXT, b'431["x"]') * 2_000)
        assert websocket.close_code() == POLICY


# E19 to E22


def test_e19_other_namespaces_amplify_nothing(hub, websocket):
    sent = b"".join(frame(TEXT, b"40/namespace%d," % number) for number in range(10_000))
    with contextlib.suppress(OSError):
        websocket.send(sent)
    answers = 0
    while (received := websocket.frame())[0] == TEXT:
        assert received[1].startswith(b"44/namespace")
        answers += 1
    assert received == (CLOSE, struct.pack(">H", POLICY)) and answers <= 300


def test_e19_a_namespace_of_any_length_is_not_kept(hub):
    with hub.memory_within(32):
        for _ in range(10):
            with WebSocketConnection(hub) as websocket:
                websocket.join().text(b"40/" + b"n" * 999_000 + b",")
                opcode, payload = websocket.frame()
                assert opcode == CLOSE or payload.startswith(b"44/n")


@pytest.mark.parametrize("packet", [b'42["subscribe","a"]', b'420["subscribe","a"]', b"41", b'430["x"]', b'40/x,\x1e42["subscribe","a"]'])
def test_e20_events_before_the_connect_end_the_session(hub, packet):
    with Poller(hub) as poller:
        assert poller.post(packet).status in (200, 400)
        poller.assert_over()
    with WebSocketConnection(hub) as websocket:
        for part in packet.split(SEPARATOR):
            websocket.text(part)
        assert websocket.ended()
    assert subscribers(hub, "a") == 0


def test_e20_a_second_connect_ends_the_session(hub, channel):
    for second in (b"40", b"40/,", b"40{}"):
        with WebSocketConnection(hub) as websocket:
            websocket.join().text(b'421["subscribe","%s"]' % channel.encode())
            assert websocket.text_packet().startswith(b"431")
            websocket.text(second)
            assert websocket.ended()
        assert subscribers(hub, channel) == 0


def test_e20_a_client_that_never_connects_is_closed():
    """It answers pings and sends noops, and is closed all the same."""
    with hosted("--connect-timeout", "1s") as hub, WebSocketConnection(hub) as websocket, Poller(hub) as poller:
        began = time.monotonic()
        websocket.text(b"6")
        poller.park()
        assert websocket.ended()
        assert poller.answer().body == b"1"
        assert 0.5 < time.monotonic() - began < 3


@needs("--limit-silent-deadline")
def test_e20_who_says_anything_at_all_is_not_silent():
    with hosted("--limit-silent-deadline", "500ms", "--connect-timeout", "3s") as hub:
        with WebSocketConnection(hub) as talking, WebSocketConnection(hub) as silent:
            talking.text(b"6")
            assert silent.ended()
            talking.join()


@pytest.mark.parametrize("event", ["connect", "disconnect", "error", "connect_error", "disconnecting", "newListener", "removeListener"])
def test_e21_reserved_events_from_a_client_end_it_or_are_ignored(hub, websocket, event):
    websocket.text(b'421["%s",1]' % event.encode())
    websocket.text(b'422["subscribe","a"]')
    opcode, payload = websocket.frame()
    assert opcode == CLOSE or payload.startswith(b"432"), payload


def test_e21_clients_cannot_publish(hub, websocket, poller, channel):
    with Subscriber(hub) as subscriber:
        subscriber.subscribe(channel)
        name = channel.encode()
        for event in (b"debug", b"broadcast", b"publish", b"emit", b"message", b"join", b"leave", name):
            for client in (websocket.text, poller.send):
                client(b'42["%s","%s","e",1]' % (event, name))
                client(b'427["%s",{"channel":"%s","event":"e","data":1}]' % (event, name))
        assert hub.publish(channel, "last", b"0").json()["subscribers"] == 1
        assert subscriber.packet() == event_packet("last", b"0")
    websocket.text(b'421["subscribe","%s"]' % name)
    # And none of it was acknowledged.
    assert websocket.text_packet().startswith(b"431")


def test_e22_no_guessed_session_is_found(hub, poller):
    """Neither by chance nor in the neighbourhood of a known one."""
    sid = poller.sid
    guesses = [sid[:-1] + letter for letter in "AQgwZ09_-" if letter != sid[-1]] + [
        sid.swapcase(),
        sid + "A",
        sid[:-1],
        sid[::-1],
        "%20" + sid,
        sid + "%00",
        sid + "=",
    ]
    guesses += [os.urandom(15).hex()[: len(sid)] for _ in range(100_000 if LONG else 3_000)]
    with HTTPConnection(hub.address) as connection:
        for start in range(0, len(guesses), 50):
            batch = guesses[start : start + 50]
            connection.send(b"".join(request("POST", raw_target(f"EIO=4&transport=polling&sid={guess}"), b"6", [PLAIN]) for guess in batch))
            for guess in batch:
                assert connection.response().body == UNKNOWN_SESSION, guess
    poller.subscribe("still-here")


def test_e22_identifiers_do_not_repeat_and_have_nothing_in_common(hub):
    with HTTPConnection(hub.address) as connection:
        connection.send(request("GET", target()) * 500)
        sids = [json.loads(connection.response().body[1:])["sid"] for _ in range(500)]
    assert len(set(sids)) == len(sids)
    # Some of it may say where the session lives; 128 bits are for nobody to know.
    changing = [position for position in range(len(sids[0])) if len({sid[position] for sid in sids}) > 48]
    assert len(changing) * 6 >= 96, sids[:5]
