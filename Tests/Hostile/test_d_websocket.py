"""D: WebSocket frames, legal and not."""

import contextlib
import random
import socket
import struct
import time

import pytest

from harness import LONG
from harness.kernel import settled
from harness.polling import Poller, target
from harness.websocket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, WebSocketConnection, frame, upgrade_request
from needs import needs
from stage import eventually, hosted
from wire import dial, ending, endings, reset, send_until_stuck, statuses, trickle

PROTOCOL_ERROR, INVALID, POLICY, TOO_BIG = 1002, 1007, 1008, 1009
#: For servers whose close frames a test does not answer.
QUICK_CLOSE = ("--limit-close-deadline", "500ms")


@pytest.fixture
def websocket(hub):
    with WebSocketConnection(hub) as websocket:
        yield websocket.join()


def assert_closed_with(hub, codes, *attacks):
    """Each attack on a connection of its own."""
    wrong = {}
    for data in attacks:
        with WebSocketConnection(hub) as websocket:
            websocket.join().send(data)
            code = websocket.close_code()
            if code not in codes:
                wrong[data[:40]] = code
    assert not wrong


def subscribe(websocket, channel):
    websocket.text(b'421["subscribe","%s"]' % channel.encode())
    assert websocket.text_packet() == b'431["Entered room: %s"]' % channel.encode()


def test_d01_unmasked_frames(hub):
    assert_closed_with(
        hub,
        [PROTOCOL_ERROR],
        *(frame(opcode, masked=False) for opcode in (TEXT, CLOSE, PING, PONG)),
        frame(TEXT, b"4" * 70_000, masked=False),
    )


def test_d02_reserved_bits_and_opcodes(hub):
    reserved = [frame(TEXT, b"3", reserved=bits) for bits in range(1, 8)] + [frame(PING, b"", reserved=4), frame(CLOSE, b"", reserved=1)]
    assert_closed_with(hub, [PROTOCOL_ERROR], *reserved, *(frame(opcode, b"3") for opcode in (3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF)))
    continued = frame(TEXT, b"4", final=False) + frame(CONTINUATION, b"", reserved=4)
    assert_closed_with(hub, [PROTOCOL_ERROR], continued)


def test_d03_unsound_control_frames(hub):
    assert_closed_with(
        hub, [PROTOCOL_ERROR],
        *(frame(opcode, b"\x03\xe8" + b"x" * 124) for opcode in (PING, PONG, CLOSE)),
        *(frame(opcode, b"", final=False) for opcode in (PING, PONG, CLOSE)),
        frame(PING, b"", length=2**40, form=64), frame(PING, b"x", form=16),
    )  # fmt: skip


def test_d04_messages_past_the_limit_are_refused_before_they_are_here(hub):
    with hub.memory_within(8):
        assert_closed_with(
            hub, [TOO_BIG],
            frame(TEXT, b"", length=1_000_001), frame(TEXT, b"", length=2**31), frame(TEXT, b"", length=2**32 + 5),
            frame(TEXT, b"", length=2**62),
            frame(BINARY, b"", length=1_000_001),
            frame(TEXT, b"4" * 600_000, final=False) + frame(CONTINUATION, b"", length=400_001),
            frame(TEXT, b"4" * 999_999, final=False) + frame(CONTINUATION, b"4", final=False) + frame(CONTINUATION, b"4"),
            frame(TEXT, b"4", final=False) + frame(CONTINUATION, b"", length=2**63 - 1),
        )  # fmt: skip


def test_d04_a_message_of_the_limit_is_taken(websocket, channel):
    packet = b'421["subscribe","%s","' % channel.encode()
    websocket.text(packet.ljust(999_998, b"x") + b'"]')
    assert websocket.text_packet().startswith(b'431[[{"ok":true')


def test_d05_lengths_that_lie_or_are_not_minimal(hub):
    assert_closed_with(
        hub,
        [PROTOCOL_ERROR, TOO_BIG],
        frame(TEXT, b"", length=2**64 - 1),
        frame(TEXT, b"", length=2**63),
        b"\x82\xff" + b"\xff" * 8 + b"mask",
    )
    assert_closed_with(
        hub, [PROTOCOL_ERROR],
        frame(TEXT, b"3" * 5, form=16), frame(TEXT, b"3" * 125, form=16), frame(TEXT, b"3" * 5, form=64), frame(TEXT, b"3" * 200, form=64),
        frame(TEXT, b"3" * 65_535, form=64),
        frame(TEXT, b"", form=64), frame(CLOSE, b"", form=16),
    )  # fmt: skip


def test_d06_fragments_are_counted(hub, websocket, channel):
    packet = b'421["subscribe","%s"]' % channel.encode()
    websocket.send(frame(TEXT, packet[:1], final=False) + frame(CONTINUATION, b"", final=False) * 1_022 + frame(CONTINUATION, packet[1:]))
    assert websocket.text_packet().startswith(b"431")
    assert_closed_with(hub, [POLICY], frame(TEXT, b"4", final=False) + frame(CONTINUATION, b"", final=False) * 1_024)


def test_d06_a_million_empty_fragments_cost_little(hub):
    before = hub.cpu
    connection = dial(hub)
    connection.sendall(upgrade_request() + frame(TEXT, b"40"))
    with hub.memory_within(8), contextlib.suppress(OSError):
        connection.sendall(frame(TEXT, b"4", final=False))
        for _ in range(100):
            connection.sendall(frame(CONTINUATION, b"", final=False) * 10_000)
    result = ending(connection, 8)
    assert struct.pack(">H", POLICY) in result.data or result.is_reset, result
    assert hub.cpu - before < 3


@needs("--limit-fragments")
def test_d06_the_number_of_fragments_is_a_setting(channel):
    with hosted("--limit-fragments", "4") as hub, WebSocketConnection(hub) as websocket:
        packet = b'421["subscribe","%s"]' % channel.encode()
        pieces = [packet[:5], packet[5:6], packet[6:7]]
        data = (
            frame(TEXT, pieces[0], final=False) + frame(CONTINUATION, pieces[1], final=False) + frame(CONTINUATION, pieces[2], final=False)
        )
        websocket.join().send(data + frame(CONTINUATION, packet[7:]))
        assert websocket.text_packet().startswith(b"431")
        websocket.send(data + frame(CONTINUATION, b"", final=False) * 2)
        assert websocket.close_code() == POLICY


@needs("--limit-message-deadline")
@pytest.mark.parametrize("kind", ["no end", "one byte at a time", "inside a header"])
def test_d06_a_message_that_never_ends_is_timed_out(kind):
    with hosted("--limit-message-deadline", "1s", *QUICK_CLOSE) as hub:
        base = hub.descriptors
        connections = [dial(hub) for _ in range(20)]
        whole = frame(TEXT, b"4" * 5_000)
        start, drip = {
            "no end": (frame(TEXT, b"4", final=False), lambda _: frame(CONTINUATION, b"x", final=False)),
            "one byte at a time": (whole[:9], trickle(whole[9:])),
            "inside a header": (whole[:3], None),
        }[kind]
        for connection in connections:
            connection.sendall(upgrade_request() + frame(TEXT, b"40") + start)
        for result in endings(connections, 8, drip=drip):
            assert 0.5 <= result.after and struct.pack(">H", POLICY) in result.data, result
        hub.assert_descriptors_return(base)


@needs("--limit-message-deadline")
def test_d06_control_frames_do_not_put_off_the_message_deadline():
    with hosted("--limit-message-deadline", "1s", *QUICK_CLOSE) as hub:
        connection = dial(hub)
        connection.sendall(upgrade_request() + frame(TEXT, b"40") + frame(TEXT, b"4", final=False))
        (result,) = endings([connection], 8, drip=lambda _: frame(PONG))
        assert 0.5 <= result.after <= 7 and struct.pack(">H", POLICY) in result.data, result


def test_d07_fragments_out_of_order(hub):
    assert_closed_with(
        hub, [PROTOCOL_ERROR],
        frame(CONTINUATION, b"3"), frame(CONTINUATION, b"3", final=False), frame(TEXT, b"4", final=False) + frame(TEXT, b"3"),
        frame(TEXT, b"4", final=False) + frame(BINARY, b"3"),
        frame(TEXT, b"3") + frame(CONTINUATION, b""),
    )  # fmt: skip


def test_d08_invalid_utf8_wherever_it_is_cut(hub):
    bad = [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc3(", b"\xe2\x82", b"\xf0\x9f\x98", b"\x80"]
    assert_closed_with(
        hub, [INVALID], *(frame(TEXT, b'42["x","' + raw + b'"]') for raw in bad), *(frame(TEXT, b'42["x' + raw) for raw in bad)
    )
    whole = b'42["x","\xe2\x82\xac\xed\xa0\x80"]'
    assert_closed_with(
        hub, [INVALID], *(frame(TEXT, whole[:cut], final=False) + frame(CONTINUATION, whole[cut:]) for cut in range(len(whole) + 1))
    )


def test_d08_valid_utf8_wherever_it_is_cut(websocket, channel):
    packet = b'421["subscribe","%s\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"]' % channel.encode()
    for cut in range(len(packet) + 1):
        websocket.send(frame(TEXT, packet[:cut], final=False) + frame(PING, b"p") * (cut % 7 == 0) + frame(CONTINUATION, packet[cut:]))
        opcode, payload = websocket.frame()
        if opcode == PONG:
            opcode, payload = websocket.frame()
        assert payload.startswith(b"431"), payload


def test_d09_unsound_close_frames(hub):
    codes = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]
    assert_closed_with(hub, [PROTOCOL_ERROR], frame(CLOSE, b"\x03"), *(frame(CLOSE, struct.pack(">H", code)) for code in codes))
    assert_closed_with(hub, [INVALID, PROTOCOL_ERROR], *(frame(CLOSE, b"\x03\xe8" + raw) for raw in (b"\xff", b"\xc3", b"a\xed\xa0\x80")))


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999])
def test_d09_sound_close_codes_come_back(websocket, code):
    websocket.send(frame(CLOSE, struct.pack(">H", code) + b"bye"))
    assert websocket.close_code() == code


def test_d10_a_flood_of_pings_that_reads_nothing_is_closed(hub):
    base = hub.descriptors
    pongs = 0
    with hub.memory_within(8), WebSocketConnection(hub) as websocket:
        websocket.join()
        with contextlib.suppress(OSError):
            for _ in range(10):
                websocket.send(frame(PING, b"x" * 125) * 1_000)
        while (received := websocket.frame())[0] == PONG:
            pongs += 1
    assert received == (CLOSE, struct.pack(">H", POLICY))
    assert pongs <= 60, f"{pongs} pongs"
    hub.assert_descriptors_return(base)


@needs("--limit-pings-rate")
def test_d10_the_rate_of_pings_is_a_setting():
    with hosted("--limit-pings-rate", "3") as hub, WebSocketConnection(hub) as websocket:
        websocket.join().send(frame(PING, b"x") * 3)
        assert [websocket.frame() for _ in range(3)] == [(PONG, b"x")] * 3
        websocket.send(frame(PING, b"x") * 10)
        assert websocket.close_code() == POLICY


@pytest.mark.parametrize("data", [frame(PONG, b"x"), frame(TEXT, b"3"), frame(TEXT, b"6")], ids=["pongs", "Engine.IO pongs", "noops"])
def test_d11_a_flood_of_what_needs_no_answer_makes_no_work(hub, channel, data):
    before = hub.cpu
    with hub.memory_within(8), WebSocketConnection(hub) as websocket:
        websocket.join()
        with contextlib.suppress(OSError):
            for _ in range(20):
                websocket.send(data * 5_000)
        hub.controls.assert_flowing()
        # Closed, or nothing was said for any of it.
        with contextlib.suppress(OSError):
            websocket.text(b'421["subscribe","%s"]' % channel.encode())
        with contextlib.suppress(OSError, EOFError):
            opcode, payload = websocket.frame()
            assert opcode == CLOSE or payload.startswith(b"431"), payload
    assert hub.cpu - before < 2


def test_d11_a_ping_of_the_engine_from_the_client_ends_the_session(hub, websocket):
    websocket.text(b"2")
    assert websocket.ended()


def test_d12_binary_is_refused_and_nothing_is_kept(hub):
    with hub.memory_within(16):
        for data in (
            frame(BINARY, b""),
            frame(BINARY, b"x" * 999_999),
            frame(BINARY, b"x", final=False) + frame(CONTINUATION, b"y"),
            frame(TEXT, b"bAAAA"),
        ):
            for _ in range(5):
                with WebSocketConnection(hub) as websocket:
                    websocket.join().send(data)
                    assert websocket.ended()


# D13: what comes in one segment with the upgrade request


def test_d13_frames_behind_the_request_are_handled(hub, channel):
    eager = frame(TEXT, b"40") + frame(TEXT, b'421["subscribe","%s"]' % channel.encode())
    for cut in range(len(eager) + 1):
        with WebSocketConnection(hub, eager=eager[:cut]) as websocket:
            websocket.send(eager[cut:])
            assert websocket.text_packet().startswith(b"0{")
            assert websocket.text_packet().startswith(b"40{")
            assert websocket.text_packet().startswith(b"431")


@pytest.mark.parametrize(
    "noise", [b"test", b"\xff" * 1_000, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x00" * 70_000, frame(CLOSE), frame(CLOSE) * 100]
)
def test_d13_noise_behind_the_request_is_closed(hub, noise):
    connection = dial(hub)
    with contextlib.suppress(OSError):
        connection.sendall(upgrade_request() + noise)
    assert ending(connection, 8).statuses in ([101], [])
    with Poller(hub) as poller:
        connection = dial(hub)
        with contextlib.suppress(OSError):
            connection.sendall(upgrade_request(target=target(transport="websocket", sid=poller.sid)) + noise)
        assert ending(connection, 8).statuses in ([101], [])
        poller.join()


def test_d13_frames_behind_a_refused_request_are_dropped(hub):
    for changes in (
        {"target": target(transport="websocket", sid="x")},
        {"key": ""},
        {"version": "7"},
        {"target": "/socket.io/?EIO=3&transport=websocket"},
    ):
        connection = dial(hub)
        connection.sendall(upgrade_request(**changes) + frame(TEXT, b"40") + hub.poison())
        result = ending(connection, 8)
        assert result.statuses in ([400], [426]), result


# D14: resets on the way


def reset_points(hub):
    """What is sent before the reset, and whether to wait for the server to answer first."""
    whole = upgrade_request()
    for cut in (1, len(whole) // 2, len(whole) - 2, len(whole)):
        yield whole[:cut], 0
    yield whole, 1
    yield whole + frame(TEXT, b"40")[:1], 1
    yield whole + frame(TEXT, b"40"), 0
    yield whole + frame(TEXT, b"40"), 200
    yield whole + frame(TEXT, b"40") + frame(TEXT, b'421["subscribe","x"]'), 0
    yield whole + frame(CLOSE), 0
    yield whole + frame(TEXT, b"4", final=False), 0
    yield whole + b"test", 0


def test_d14_resets_at_every_point_of_an_upgrade_leave_nothing(hub, channel):
    base = hub.descriptors
    for _ in range(800 if LONG else 25):
        for data, answer in reset_points(hub):
            connection = dial(hub)
            connection.sendall(data)
            received = 0
            while received < answer:
                received += len(connection.recv(4_096))
            reset(connection)
    hub.assert_descriptors_return(base)
    assert hub.publish("x", "e", b"1").json()["subscribers"] == 0


def test_d14_resets_at_every_point_of_a_later_upgrade_leave_the_session(hub):
    """From long-polling: the candidate goes, the session stays as long as its upgrade is not done."""
    base = hub.descriptors
    for _ in range(50 if LONG else 5):
        for eager in (b"", b"\x81", frame(TEXT, b"2probe")[:3], frame(TEXT, b"2probe"), frame(TEXT, b"2probe") + frame(TEXT, b"5")[:4]):
            with Poller(hub) as poller:
                poller.join()
                connection = dial(hub)
                connection.sendall(upgrade_request(target=target(transport="websocket", sid=poller.sid)) + eager)
                reset(connection)
                poller.subscribe("d14")
                poller.send(b"1")
    hub.assert_descriptors_return(base)
    assert hub.publish("d14", "e", b"1").json()["subscribers"] == 0


@pytest.mark.parametrize(
    "changes, statuses_",
    [
        ({"version": "7"}, [426]),
        ({"version": "12"}, [426]),
        ({"version": "0013"}, [400, 426]),
        ({"version": None}, [400, 426]),
        ({"key": ""}, [400]),
        ({"key": "c2hvcnQ="}, [400]),
        ({"key": "A" * 10_000}, [400]),
        ({"key": "A" * 20_000}, [431]),
        ({"key": "AAAAAAAAAAAAAAAAAAAA!!=="}, [400]),
        ({"key": "AAAAAAAAAAAAAAAAAAAAAAAAAA=="}, [400]),
        ({"headers": [("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==")]}, [400]),
        ({"headers": [("Sec-WebSocket-Version", "13")]}, [400, 426, 101]),
        ({"connection": "keep-alive"}, [400]),
        ({"connection": "close"}, [400]),
        ({"headers": [(f"X-{number}", "x") for number in range(2_000)]}, [431]),
        ({"headers": [("Sec-WebSocket-Protocol", " " * 10_000)]}, [101, 400]),
        ({"headers": [("Sec-WebSocket-Protocol", "a\x7fb, {}")]}, [101, 400]),
        ({"headers": [("Sec-WebSocket-Extensions", "constructor")]}, [101]),
        ({"host": "[::1"}, [400, 403]),
    ],
    ids=lambda value: str(value)[:60],
)  # fmt: skip
def test_d15_upgrades_that_are_none(hub, changes, statuses_):
    connection = dial(hub)
    with contextlib.suppress(OSError):
        connection.sendall(upgrade_request(**changes))
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65_536)
        assert piece, data
        data += piece
    connection.close()
    assert statuses(data)[0] in statuses_, data
    if statuses_ == [426]:
        assert b"sec-websocket-version: 13" in data.lower()
    if statuses(data)[0] == 101:
        assert b"extensions" not in data.lower()


WITH_BODY = [[("Content-Length", "5")], [("Transfer-Encoding", "chunked")]]


@pytest.mark.parametrize("headers, body", [(WITH_BODY[0], b"GET /"), (WITH_BODY[1], b"5\r\nGET /\r\n0\r\n\r\n")], ids=["length", "chunks"])
def test_d15_a_body_of_an_upgrade_request_is_not_its_first_frames(hub, headers, body):
    with dial(hub) as connection:
        connection.sendall(upgrade_request(headers=headers) + body + frame(TEXT, b"40"))
        data = connection.recv(65_536)
        assert statuses(data)[0] in (101, 400), data
        if statuses(data)[0] == 101:
            while b"40{" not in data:
                piece = connection.recv(65_536)
                assert piece, data
                data += piece


def assert_timed_out(hub, headers, within):
    connection = dial(hub)
    connection.sendall(upgrade_request(headers=headers) + b"1"[: "chunked" in str(headers)])
    result = ending(connection, within)
    assert result.statuses in ([400], [408]), result


@needs("--limit-body-deadline")
@pytest.mark.parametrize("headers", WITH_BODY, ids=["length", "chunks"])
def test_d15_an_upgrade_request_whose_body_does_not_come_is_timed_out(headers):
    with hosted("--limit-body-deadline", "1s") as hub:
        assert_timed_out(hub, headers, 4)


@pytest.mark.slow
@pytest.mark.parametrize("headers", WITH_BODY, ids=["length", "chunks"])
def test_d15_an_upgrade_request_whose_body_does_not_come_is_timed_out_by_default(hub, headers):
    assert_timed_out(hub, headers, 35)


def test_d16_no_compression_is_agreed(hub, channel):
    offers = [
        "permessage-deflate",
        "permessage-deflate; client_max_window_bits; server_no_context_takeover",
        "x-webkit-deflate-frame",
        "permessage-deflate,permessage-bzip2",
    ]
    for offer in offers:
        with WebSocketConnection(hub, headers=[("Sec-WebSocket-Extensions", offer)]) as websocket:
            assert websocket.upgrade.header("Sec-WebSocket-Extensions") is None
            subscribe(websocket.join(), channel)
    bomb = b"\xc1\x80" + b"\x00" * 4
    with WebSocketConnection(hub, headers=[("Sec-WebSocket-Extensions", offers[0])]) as websocket:
        websocket.join().send(bomb)
        assert websocket.close_code() == PROTOCOL_ERROR


# D17: a peer that does not answer our close frame


def breaches(websocket):
    """Makes the server close, without reading what it says."""
    websocket.send(frame(TEXT, b"47") + frame(TEXT, b'42["x"]') * 300)


@needs("--limit-close-deadline")
def test_d17_a_peer_that_does_not_answer_the_close_is_gone():
    with hosted("--limit-close-deadline", "500ms") as hub:
        base = hub.descriptors
        with contextlib.ExitStack() as stack:
            for data in (frame(TEXT, b"47"), frame(TEXT, b"3", reserved=4), frame(PING) * 100, frame(TEXT, b'42["x"]') * 300):
                stack.enter_context(WebSocketConnection(hub)).join().send(data)
            hub.assert_descriptors_return(base, 3)


def test_d17_a_peer_that_does_not_answer_the_close_is_gone_in_5_seconds(hub):
    base = hub.descriptors
    with contextlib.ExitStack() as stack:
        for data in (frame(TEXT, b"47"), frame(TEXT, b"3", reserved=4), frame(PING) * 100, frame(TEXT, b'42["x"]') * 300):
            stack.enter_context(WebSocketConnection(hub)).join().send(data)
        hub.assert_descriptors_return(base, 7)


@needs("--limit-close-deadline")
def test_d17_a_peer_that_goes_on_talking_after_the_close_is_gone_too():
    with hosted(*QUICK_CLOSE) as hub, WebSocketConnection(hub) as websocket:
        base = hub.descriptors - 1
        websocket.join().send(frame(TEXT, b"47"))
        deadline = time.monotonic() + 8
        with hub.memory_within(8), contextlib.suppress(OSError):
            while time.monotonic() < deadline:
                websocket.send(frame(TEXT, b"3") * 100)
                if hub.descriptors <= base:
                    break
        hub.assert_descriptors_return(base, 1)


@needs("--limit-close-deadline")
def test_d17_a_peer_that_does_not_read_its_queue_is_gone_after_the_close(channel):
    """The close frame is stuck behind megabytes."""
    with hosted(*QUICK_CLOSE) as hub:
        base = hub.descriptors
        connection = dial(hub, receive_buffer=1_024)
        connection.sendall(upgrade_request() + frame(TEXT, b"40") + frame(TEXT, b'42["subscribe","%s"]' % channel.encode()))
        eventually(lambda: hub.publish(channel, "e", b"1").json()["subscribers"] == 1, "not subscribed")
        body = b'"' + b"x" * 900_000 + b'"'
        for _ in range(30):
            if hub.publish(channel, "e", body).json()["subscribers"] == 0:
                break
        else:
            pytest.fail("27 MB are queued")
        hub.assert_descriptors_return(base, 8)
        connection.close()


def test_d18_a_session_may_come_byte_by_byte(hub, channel):
    data = (
        upgrade_request()
        + frame(TEXT, b"40")
        + frame(TEXT, b'421["subscribe","%s"]' % channel.encode())
        + frame(PING, b"p")
        + frame(TEXT, b"3")
        + frame(CLOSE, b"\x03\xe8")
    )
    connection = dial(hub)
    for byte in data:
        connection.send(bytes([byte]))
    result = ending(connection)
    assert b"431[" in result.data and b"\x8a\x01p" in result.data and result.data.endswith(b"\x88\x02\x03\xe8"), result


def test_d18_a_session_may_come_in_pieces_of_any_size(hub, channel):
    source = random.Random(18)
    for _ in range(20):
        packets = frame(TEXT, b"40") + b"".join(
            frame(TEXT, b'42%d["subscribe","%s%d"]' % (number, channel.encode(), number)) for number in range(50)
        )
        with WebSocketConnection(hub) as websocket:
            while packets:
                cut = source.choice([1, 2, 3, 7, 50, 500])
                websocket.send(packets[:cut])
                packets = packets[cut:]
                if source.random() < 0.02:
                    settled(websocket)
            assert websocket.text_packet().startswith(b"0{")
            assert websocket.text_packet().startswith(b"40{")
            for number in range(50):
                assert websocket.text_packet() == b'43%d["Entered room: %s%d"]' % (number, channel.encode(), number)


def test_d18_half_closed_by_the_client(hub, channel):
    """A FIN without a close frame: everything of the session goes."""
    base = hub.descriptors
    with WebSocketConnection(hub) as websocket:
        subscribe(websocket.join(), channel)
        websocket.socket.shutdown(socket.SHUT_WR)
        eventually(lambda: hub.publish(channel, "e", b"1").json()["subscribers"] == 0, "the session lives on", 5)
        hub.assert_descriptors_return(base, 7)
        send_until_stuck(websocket.socket, b"x", 1)
