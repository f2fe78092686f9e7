"""What clients that cannot be run here send and need, packet by packet (the table of protocol.md 8)."""

import json
import signal

import pytest

from harness import PATIENCE
from harness.http import request
from harness.polling import SEPARATOR, UNSUPPORTED_VERSION, Poller, target
from harness.server import Server
from harness.subscriber import event_packet
from harness.websocket import CLOSE, TEXT, WebSocketConnection, frame

KEYS = ["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"]


def candidate(poller, *eager, over=None, headers=(), **parameters):
    path = target(transport="websocket", sid=poller.sid, **parameters)
    return WebSocketConnection(
        poller.endpoint, eager=b"".join(frame(TEXT, packet) for packet in eager), over=over, target=path, headers=headers
    )


def assert_published(server, channel, websocket, data=b'{"a":1}'):
    assert server.publish(channel, "e", data).json()["subscribers"] == 1
    assert websocket.text_packet() == event_packet("e", data)


def test_javascript(server, channel):
    """Polls all the time, and upgrades only when the poll that waits has been answered."""
    with Poller(server, t="abc.0") as poller:
        poller.send(b"40")
        poller.park()
        with candidate(poller) as websocket:
            assert poller.answer().body.startswith(b"40{")
            poller.park()
            websocket.text(b"2probe")
            poller.send(b'420["subscribe","%s"]' % channel.encode())
            assert websocket.text_packet() == b"3probe"
            packets = poller.answer().body.split(SEPARATOR)
            while packets == [b"6"]:
                packets = poller.poll()
            assert packets == [b'430["Entered room: %s"]' % channel.encode()]
            websocket.text(b"5")
            assert_published(server, channel, websocket)


def test_swift(server, channel):
    """`b64=1` on its polls, the comma after the main namespace, polls during the probe, a noop by POST at its end."""
    with Poller(server, b64="1") as poller:
        poller.send(b"40/,")
        assert poller.packet().startswith(b'40{"sid":"')
        poller.park()
        with candidate(poller) as websocket:
            websocket.text(b"2probe")
            assert websocket.text_packet() == b"3probe"
            assert poller.answer().body == b"6"
            poller.park()
            poller.send(b'42/,0["subscribe","%s"]' % channel.encode())
            packets = poller.answer().body.split(SEPARATOR)
            while packets == [b"6"]:
                packets = poller.poll()
            assert packets == [b'430["Entered room: %s"]' % channel.encode()]
            poller.send(b"6")
            websocket.text(b"5")
            assert_published(server, channel, websocket)
            websocket.text(b'42/,1["unsubscribe","%s"]' % channel.encode())
            assert websocket.text_packet() == b'431["Left room: %s"]' % channel.encode()
            websocket.text(b"41/,")
            websocket.text(b"40/,")
            assert websocket.text_packet().startswith(b"40{")


@pytest.mark.parametrize("parameters", [{"EIO": None, "b64": "1"}, {"EIO": "3"}], ids=["Swift before 16", "Arduino as it comes"])
def test_older_revisions_are_told_so(server, parameters):
    response = server.request("GET", target(**parameters))
    assert (response.status, response.body) == (400, UNSUPPORTED_VERSION)


def test_java(server):
    """Strict types: objects for CONNECT and CONNECT_ERROR, all keys of the open packet on both transports, no empty packet."""
    with Poller(server) as poller, WebSocketConnection(server) as websocket:
        opened = json.loads(websocket.text_packet()[1:])
        for fields, upgrades in ((poller.open, ["websocket"]), (opened, [])):
            assert list(fields) == KEYS
            assert fields["upgrades"] == upgrades
            assert all(type(fields[name]) is int for name in KEYS[2:])
        poller.send(b"40/elsewhere,", b"40")
        packets = [poller.packet(), poller.packet()]
        assert packets[0] == b'44/elsewhere,{"message":"Invalid namespace"}'
        assert type(json.loads(packets[1][2:])) is dict


def test_cpp(own_binary, channel):
    """WebSocket only; leaves a namespace without the comma; does not come back after a close with code 1000."""
    with Server() as started, WebSocketConnection(started, target="/socket.io/?EIO=4&transport=websocket&t=1700000000") as websocket:
        fields = json.loads(websocket.text_packet()[1:])
        assert all(type(fields[name]) is int for name in ("pingInterval", "pingTimeout"))
        websocket.text(b"40/elsewhere")
        assert websocket.text_packet().startswith(b"44/elsewhere,{")
        websocket.text(b"40")
        assert websocket.text_packet().startswith(b"40{")
        websocket.text(b'420["subscribe","%s"]' % channel.encode())
        assert websocket.text_packet() == b'430["Entered room: %s"]' % channel.encode()
        assert_published(started, channel, websocket)
        started.process.send_signal(signal.SIGTERM)
        # Neither a close packet nor a DISCONNECT before it.
        assert websocket.close_code() == 1001
        assert started.process.wait(timeout=PATIENCE) == 0


def test_python(server, channel):
    """Upgrades before any poll, sends an object with its CONNECT, takes no more than 16 packets at a time."""
    with Poller(server, t="1700000000.1") as poller, candidate(poller) as websocket:
        websocket.text(b"2probe")
        assert websocket.text_packet() == b"3probe"
        websocket.text(b"5")
        websocket.text(b"40{}")
        assert websocket.text_packet().startswith(b'40{"sid":"')
        websocket.text(b'420["subscribe","%s"]' % channel.encode())
        assert websocket.text_packet() == b'430["Entered room: %s"]' % channel.encode()
        assert_published(server, channel, websocket)
    with Poller(server) as poller:
        poller.send(b"40{}", *(b'42%d["subscribe","%s"]' % (number, channel.encode()) for number in range(40)))
        packets = []
        while len(packets) < 41:
            answer = poller.poll()
            assert len(answer) <= 16
            packets += answer


def test_dart(server, channel):
    """Spreads a list over several arguments, and wants one argument in each ack."""
    with WebSocketConnection(server) as websocket:
        websocket.join()
        one, two = {"ok": True, "channel": channel}, {"ok": True, "channel": channel + "-2"}
        for payload, answer in (
            ('"subscribe","%s","%s-2"' % (channel, channel), [one, two]),
            ('"subscribe",["%s","%s-2"]' % (channel, channel), [one, two]),
            ('"subscribe",["%s"]' % channel, [one]),
            ('"unsubscribe","%s","%s-2"' % (channel, channel), [one, two]),
        ):
            websocket.text(b"420[%s]" % payload.encode())
            assert json.loads(websocket.text_packet()[3:]) == [answer]
        websocket.text(b'420["subscribe","%s"]' % channel.encode())
        assert websocket.text_packet() == b'430["Entered room: %s"]' % channel.encode()
        assert_published(server, channel, websocket)


def test_c_sharp(server, channel):
    """Upgrades without a probe and without a poll that waits; may have polled and joined before."""
    for joins_first in (False, True):
        with Poller(server) as poller:
            if joins_first:
                poller.join()
            with candidate(poller) as websocket:
                websocket.text(b"5")
                if not joins_first:
                    websocket.text(b"40")
                    assert websocket.text_packet().startswith(b"40{")
                websocket.text(b'420["subscribe","%s"]' % channel.encode())
                assert websocket.text_packet() == b'430["Entered room: %s"]' % channel.encode()
                assert_published(server, channel, websocket)
                websocket.send(frame(CLOSE, b"\x03\xe8"))
                assert websocket.close_code() == 1000
        while server.publish(channel, "last", b"0").json()["subscribers"]:
            pass


def test_c_sharp_that_polls_only_and_posts_twice_at_once(server):
    """Closed, as the protocol has it; both POSTs are answered."""
    with Poller(server) as poller:
        poller.join()
        with server.connect() as first:
            data = poller.post_request(b"3")
            first.send(data[:-1])
            assert poller.overlapping_post().status == 400
            first.send(data[-1:])
            assert first.response().status == 400
        poller.assert_over()


@pytest.mark.parametrize("origin", [[], [("Origin", "file://")]], ids=["", "with its usual origin"])
def test_arduino(own_binary, channel, origin):
    """All on one connection: the handshake, whose body it searches for the session's id, and the upgrade, then a burst. It takes
    neither chunks nor compression, and offers a subprotocol. The origin that it sends if nobody changes it is allowed by `*` only."""
    with Server(*(["--cors-origin", "*"] if origin else [])) as server, server.connect() as connection:
        headers = [("Connection", "keep-alive"), *origin, ("User-Agent", "arduino-WebSocket-Client")]
        connection.send(request("GET", target(), headers=headers))
        response = connection.response()
        assert response.status == 200
        assert response.header("Content-Length") == str(len(response.body))
        sid = response.body.split(b'"sid":"')[1].split(b'"')[0].decode()
        headers = [("Sec-WebSocket-Protocol", "arduino"), *origin, ("User-Agent", "arduino-WebSocket-Client")]
        websocket = WebSocketConnection(server, over=connection, target=target(transport="websocket", sid=sid), headers=headers)
        assert websocket.upgrade.header("Sec-WebSocket-Protocol") == "arduino"
        assert websocket.upgrade.header("Connection").lower() == "upgrade"
        burst = [b"2probe", b"5", b"40", b'420["subscribe","%s"]' % channel.encode()]
        websocket.send(b"".join(frame(TEXT, packet) for packet in burst))
        assert websocket.text_packet() == b"3probe"
        assert websocket.text_packet().startswith(b"40{")
        assert websocket.text_packet() == b'430["Entered room: %s"]' % channel.encode()
        assert_published(server, channel, websocket)


def test_rust(server, channel):
    """Takes the body of the handshake for one packet; writes and reads a comma after every namespace but the main one."""
    with Poller(server) as poller:
        assert json.loads(poller.handshake.body[1:]).keys() == set(KEYS)
        poller.send(b"40/,{}", b"40/elsewhere,{}")
        assert poller.packet().startswith(b'40{"sid":"')
        assert poller.packet().startswith(b"44/elsewhere,{")
        with candidate(poller) as websocket:
            websocket.text(b"2probe")
            assert websocket.text_packet() == b"3probe"
            websocket.text(b"5")
            websocket.text(b'421["subscribe","%s"]' % channel.encode())
            assert websocket.text_packet() == b'431["Entered room: %s"]' % channel.encode()
            assert_published(server, channel, websocket)


def test_a_client_that_ignores_the_path_s_slash(server, channel):
    with Poller(server, path="/socket.io") as poller:
        poller.join().subscribe(channel)
        path = target("/socket.io", transport="websocket", sid=poller.sid)
        with WebSocketConnection(server, eager=frame(TEXT, b"2probe"), target=path) as websocket:
            assert websocket.text_packet() == b"3probe"
            websocket.text(b"5")
            assert_published(server, channel, websocket)
