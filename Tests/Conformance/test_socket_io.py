"""The scenarios of the Socket.IO 5 suite (protocol.md 7), by their numbers there."""

import json
from contextlib import contextmanager, suppress

import pytest

from harness import PATIENCE
from scenarios import Scenarios
from websockets.exceptions import ConnectionClosed


class TestSocketIO(Scenarios):
    path = "/socket.io/"

    def assert_works(self, websocket):
        websocket.send("40")
        assert self.receive(websocket).startswith("40{")
        assert self.receive(websocket) == '42["auth",{}]'

    def assert_still_works(self, websocket):
        websocket.send('42["message",1]')
        assert self.receive(websocket) == '42["message-back",1]'

    @contextmanager
    def opened(self, server):
        with self.websocket(server) as websocket:
            assert websocket.recv(timeout=PATIENCE)[0] == "0"
            yield websocket

    @contextmanager
    def joined(self, server):
        with self.opened(server) as websocket:
            self.assert_works(websocket)
            yield websocket

    def assert_joins(self, server, packet, answer, event):
        with self.opened(server) as websocket:
            websocket.send(packet)
            received = self.receive(websocket)
            assert received.startswith(answer)
            fields = json.loads(received[len(answer) :])
            assert list(fields) == ["sid"]
            assert isinstance(fields["sid"], str)
            assert self.receive(websocket) == event

    # Upgrade

    def test_23_polling_is_upgraded(self, server):
        with self.poller(server) as poller, self.upgraded(server, poller) as websocket:
            self.assert_works(websocket)

    # Connect

    def test_26_connect(self, server):
        self.assert_joins(server, "40", "40", '42["auth",{}]')

    def test_27_connect_with_a_payload(self, server):
        self.assert_joins(server, '40{"token":"123"}', "40", '42["auth",{"token":"123"}]')

    def test_28_connect_to_another_namespace(self, server):
        self.assert_joins(server, "40/custom,", "40/custom,", '42/custom,["auth",{}]')

    def test_29_connect_to_another_namespace_with_a_payload(self, server):
        self.assert_joins(server, '40/custom,{"token":"abc"}', "40/custom,", '42/custom,["auth",{"token":"abc"}]')

    def test_30_an_unknown_namespace_is_refused(self, server):
        with self.opened(server) as websocket:
            websocket.send("40/random")
            assert self.receive(websocket) == '44/random,{"message":"Invalid namespace"}'

    def test_31_a_bad_handshake_closes(self, server):
        with self.opened(server) as websocket:
            websocket.send("4abc")
            self.assert_closes(websocket)

    def test_32_no_handshake_closes(self, server):
        with self.opened(server) as websocket:
            self.assert_closes(websocket)

    # Disconnect

    def test_33_leaving_closes_nothing(self, server):
        with self.joined(server) as websocket:
            websocket.send("41")
            assert websocket.recv(timeout=PATIENCE) == "2"

    def test_34_leaving_one_namespace_leaves_the_other(self, server):
        with self.joined(server) as websocket:
            assert websocket.recv(timeout=PATIENCE) == "2"
            websocket.send("3")
            websocket.send("40/custom")
            assert self.receive(websocket).startswith("40/custom,{")
            assert self.receive(websocket) == '42/custom,["auth",{}]'
            websocket.send("41/custom")
            websocket.send('42["message","message to main namespace"]')
            assert self.receive(websocket) == '42["message-back","message to main namespace"]'

    # Message

    def test_35_an_event_comes_back(self, server):
        with self.joined(server) as websocket:
            websocket.send('42["message",1,"2",{"3":[true]}]')
            assert self.receive(websocket) == '42["message-back",1,"2",{"3":[true]}]'

    def test_36_binary_comes_back(self, server):
        placeholders = '{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}'
        with self.joined(server) as websocket:
            websocket.send(f'452-["message",{placeholders}]')
            websocket.send(b"\x01\x02\x03")
            websocket.send(b"\x04\x05\x06")
            assert self.receive(websocket) == f'452-["message-back",{placeholders}]'
            assert websocket.recv(timeout=PATIENCE) == b"\x01\x02\x03"
            assert websocket.recv(timeout=PATIENCE) == b"\x04\x05\x06"

    def test_37_an_event_is_acknowledged(self, server):
        with self.joined(server) as websocket:
            websocket.send('42456["message-with-ack",1,"2",{"3":[false]}]')
            assert self.receive(websocket) == '43456[1,"2",{"3":[false]}]'

    def test_38_binary_is_acknowledged(self, server):
        placeholders = '{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}'
        with self.joined(server) as websocket:
            websocket.send(f'452-789["message-with-ack",{placeholders}]')
            websocket.send(b"\x01\x02\x03")
            websocket.send(b"\x04\x05\x06")
            assert self.receive(websocket) == f"462-789[{placeholders}]"
            assert websocket.recv(timeout=PATIENCE) == b"\x01\x02\x03"
            assert websocket.recv(timeout=PATIENCE) == b"\x04\x05\x06"

    @pytest.mark.parametrize(
        "packet",
        [
            pytest.param("4abc", id="39_packet"),
            pytest.param("42{}", id="40_payload"),
            pytest.param('42abc["message-with-ack",1]', id="41_ack_id"),
        ],
    )
    def test_a_bad_packet_closes(self, server, packet):
        with self.joined(server) as websocket:
            websocket.send(packet)
            self.assert_closes(websocket)


class TestBeyondTheSuite:
    """Binary, which only this fixture takes."""

    path = "/socket.io/"
    websocket, receive, assert_closes = Scenarios.websocket, Scenarios.receive, Scenarios.assert_closes
    assert_works, opened, joined = TestSocketIO.assert_works, TestSocketIO.opened, TestSocketIO.joined

    def test_ten_attachments_are_taken(self, server):
        placeholders = ",".join('{"_placeholder":true,"num":%d}' % number for number in range(10))
        with self.joined(server) as websocket:
            websocket.send(f'4510-["message",{placeholders}]')
            for number in range(10):
                websocket.send(bytes([number]))
            assert self.receive(websocket) == f'4510-["message-back",{placeholders}]'
            for number in range(10):
                assert websocket.recv(timeout=PATIENCE) == bytes([number])

    @pytest.mark.parametrize(
        "messages",
        [
            ['4511-["message"]'],
            ['45-1-["message"]'],
            ['451.5-["message"]'],
            ['45["message"]'],
            ['451-["message",{"_placeholder":true,"num":1}]', b"1"],
            ['451-["message",{"_placeholder":true,"num":"0"}]', b"1"],
            ['451-["message",{"_placeholder":true,"num":0}]', '42["message",1]'],
            [b"1"],
            ['45/custom,1-["message",{"_placeholder":true,"num":0}]', b"1"],
        ],
        ids=repr,
    )
    def test_bad_binary_closes(self, server, messages):
        with self.joined(server) as websocket:
            # The first may be enough.
            with suppress(ConnectionClosed):
                for message in messages:
                    websocket.send(message)
            self.assert_closes(websocket)

    def test_binary_in_another_order_comes_back(self, server):
        with self.joined(server) as websocket:
            websocket.send('452-["message",{"a":{"_placeholder":true,"num":1}},[{"_placeholder":true,"num":0}]]')
            websocket.send(b"first")
            websocket.send(b"second")
            header = self.receive(websocket)
            attachments = [websocket.recv(timeout=PATIENCE) for _ in range(2)]
            assert header.startswith('452-["message-back",')
            _, object_, list_ = json.loads(header[4:])
            assert attachments[object_["a"]["num"]] == b"second"
            assert attachments[list_[0]["num"]] == b"first"
