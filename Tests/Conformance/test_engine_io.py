"""The scenarios of the Engine.IO 4 suite (protocol.md 7), by their numbers there."""

import socket

import pytest

from harness import PATIENCE
from harness.http import request
from harness.kernel import settled
from harness.polling import SEPARATOR
from scenarios import Scenarios


class TestEngineIO(Scenarios):
    path = "/engine.io/"

    def assert_works(self, websocket):
        websocket.send("4hello")
        assert self.receive(websocket) == "4hello"

    assert_still_works = assert_works

    # Message

    def test_08_polling_text_comes_back(self, server):
        with self.poller(server) as poller:
            response = poller.post(b"4hello")
            assert (response.status, response.body) == (200, b"ok")
            response = poller.get()
            assert (response.status, response.body) == (200, b"4hello")

    def test_09_polling_three_packets_come_back_in_one_answer(self, server):
        packets = SEPARATOR.join([b"4test1", b"4test2", b"4test3"])
        with self.poller(server) as poller:
            assert poller.post(packets).body == b"ok"
            assert poller.get().body == packets

    def test_10_polling_text_and_binary_come_back(self, server):
        packets = SEPARATOR.join([b"4hello", b"bAQIDBA=="])
        with self.poller(server) as poller:
            assert poller.post(packets).body == b"ok"
            assert poller.get().body == packets

    def test_11_polling_a_bad_packet_ends_the_session(self, server):
        with self.poller(server) as poller:
            # The suite also takes an aborted connection; an answer is better.
            assert poller.post(b"abc").status == 400
            assert poller.get().status == 400

    def test_12_polling_a_second_get_ends_the_session(self, server):
        with self.poller(server) as poller, server.connect() as other:
            poller.park()
            other.send(request("GET", poller.target()))
            answers = [other.response(), poller.answer()]
            assert sorted((response.status, response.body) for response in answers) == [(200, b"1"), (400, b"")]
            assert poller.get().status == 400

    def test_13_polling_an_aborted_get_ends_the_session(self, server):
        with self.poller(server) as poller:
            with server.connect() as aborted:
                aborted.send(request("GET", poller.target()))
                settled(aborted)
            # A pong, so that it is not the heartbeat that ends it.
            poller.wait_until_over(asking=b"3")
            assert poller.get().status == 400

    def test_14_websocket_text_comes_back(self, server):
        with self.websocket(server) as websocket:
            assert websocket.recv(timeout=PATIENCE)[0] == "0"
            websocket.send("4hello")
            assert websocket.recv(timeout=PATIENCE) == "4hello"

    def test_15_websocket_binary_comes_back(self, server):
        with self.websocket(server) as websocket:
            assert websocket.recv(timeout=PATIENCE)[0] == "0"
            websocket.send(b"\x01\x02\x03\x04")
            assert websocket.recv(timeout=PATIENCE) == b"\x01\x02\x03\x04"

    def test_16_websocket_a_bad_packet_closes(self, server):
        with self.websocket(server) as websocket:
            assert websocket.recv(timeout=PATIENCE)[0] == "0"
            websocket.send("abc")
            self.assert_closes(websocket)

    # Upgrade

    def test_23_polling_is_upgraded(self, server):
        with self.poller(server) as poller, self.websocket(server, sid=poller.sid) as websocket:
            websocket.send("2probe")
            assert websocket.recv(timeout=PATIENCE) == "3probe"
            response = poller.get()
            assert (response.status, response.body) == (200, b"6")
            websocket.send("5")
            self.assert_works(websocket)


class TestBeyondTheSuite:
    """Of the echo only: what the product does not let through."""

    path = "/engine.io/"
    poller, websocket, upgraded = Scenarios.poller, Scenarios.websocket, Scenarios.upgraded

    def test_more_than_16_packets_come_in_several_answers(self, server):
        packets = [b"4%d" % number for number in range(40)]
        with self.poller(server) as poller:
            poller.send(*packets)
            answers = [poller.poll() for _ in range(3)]
            assert [len(answer) for answer in answers] == [16, 16, 8]
            assert [packet for answer in answers for packet in answer] == packets

    def test_binary_is_text_where_the_client_asked_for_it(self, server):
        """Only on the transport that was made so (protocol.md 1.2)."""
        with self.websocket(server, b64="1") as websocket:
            assert websocket.recv(timeout=PATIENCE)[0] == "0"
            websocket.send("bAQIDBA==")
            assert websocket.recv(timeout=PATIENCE) == "bAQIDBA=="
            websocket.send(b"\x01\x02")
            assert websocket.recv(timeout=PATIENCE) == "bAQI="

    def test_base64_over_a_websocket_is_binary(self, server):
        with self.websocket(server) as websocket:
            assert websocket.recv(timeout=PATIENCE)[0] == "0"
            websocket.send("bAQIDBA==")
            assert websocket.recv(timeout=PATIENCE) == b"\x01\x02\x03\x04"

    def test_binary_that_was_queued_goes_over_the_websocket_as_binary(self, server):
        with self.poller(server) as poller:
            poller.send(b"4text", b"bAQIDBA==", b"4after")
            with self.upgraded(server, poller) as websocket:
                assert [websocket.recv(timeout=PATIENCE) for _ in range(3)] == ["4text", b"\x01\x02\x03\x04", "4after"]

    @pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 1_000])
    def test_binary_of_any_length_comes_back(self, server, size):
        data = bytes(number % 256 for number in range(size))
        with self.websocket(server) as websocket:
            assert websocket.recv(timeout=PATIENCE)[0] == "0"
            websocket.send(data)
            assert websocket.recv(timeout=PATIENCE) == data

    def test_a_half_closed_connection_is_still_answered(self, server):
        with server.connect() as connection:
            connection.send(request("GET", "/engine.io/?EIO=4&transport=polling"))
            connection.socket.shutdown(socket.SHUT_WR)
            assert connection.response().status == 200
