"""What the scenarios of both suites have in common, and those that both suites have."""

import json
import time
from contextlib import contextmanager

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from harness import PATIENCE
from harness.polling import Poller, target

TIMINGS = {"pingInterval": 300, "pingTimeout": 200, "maxPayload": 1_000_000}


class Scenarios:
    """Scenarios 1 to 7, 17 to 22, 24 and 25 of the Engine.IO suite, which the Socket.IO suite repeats at its own path."""

    path = None

    # How they talk

    def poller(self, server):
        return Poller(server, path=self.path)

    def websocket(self, server, **parameters):
        path = target(self.path, **{"transport": "websocket", **parameters})
        return connect(f"ws://{server.host}:{server.port}{path}", compression=None, proxy=None, ping_interval=None, max_size=None)

    def receive(self, websocket):
        """The next packet but for pings, which are answered."""
        deadline = time.monotonic() + PATIENCE
        while (packet := websocket.recv(timeout=PATIENCE)) == "2":
            assert time.monotonic() < deadline, "nothing but pings"
            websocket.send("3")
        return packet

    def assert_closes(self, websocket):
        with pytest.raises(ConnectionClosed):
            while True:
                websocket.recv(timeout=PATIENCE)

    def assert_no_websocket(self, server, **parameters):
        """Refused, or closed after it was accepted."""
        with pytest.raises((InvalidStatus, ConnectionClosed)), self.websocket(server, **parameters) as websocket:
            websocket.recv(timeout=PATIENCE)

    @contextmanager
    def upgraded(self, server, poller):
        with self.websocket(server, sid=poller.sid) as websocket:
            websocket.send("2probe")
            assert websocket.recv(timeout=PATIENCE) == "3probe"
            websocket.send("5")
            yield websocket

    # Handshake

    def test_01_polling_opens(self, server):
        with self.poller(server) as poller:
            assert list(poller.open) == ["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"]
            assert isinstance(poller.sid, str)
            assert poller.open | TIMINGS | {"upgrades": ["websocket"]} == poller.open

    @pytest.mark.parametrize("revision", [None, "abc"])
    def test_02_polling_without_the_revision_is_refused(self, server, revision):
        assert server.request("GET", target(self.path, EIO=revision)).status == 400

    @pytest.mark.parametrize("transport", [None, "abc"])
    def test_03_polling_without_the_transport_is_refused(self, server, transport):
        assert server.request("GET", target(self.path, transport=transport)).status == 400

    @pytest.mark.parametrize("method", ["POST", "PUT"])
    def test_04_polling_with_another_method_is_refused(self, server, method):
        assert server.request(method, target(self.path), b"").status == 400

    def test_05_websocket_opens(self, server):
        with self.websocket(server) as websocket:
            packet = websocket.recv(timeout=PATIENCE)
            fields = json.loads(packet[1:])
            assert packet[0] == "0"
            assert list(fields) == ["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"]
            assert fields | TIMINGS | {"upgrades": []} == fields

    @pytest.mark.parametrize("revision", [None, "abc"])
    def test_06_websocket_without_the_revision_is_closed(self, server, revision):
        self.assert_no_websocket(server, EIO=revision)

    @pytest.mark.parametrize("transport", [None, "abc"])
    def test_07_websocket_without_the_transport_is_closed(self, server, transport):
        self.assert_no_websocket(server, transport=transport)

    # Heartbeat

    def test_17_polling_is_pinged(self, server):
        with self.poller(server) as poller:
            for _ in range(3):
                response = poller.get()
                assert (response.status, response.body) == (200, b"2")
                response = poller.post(b"3")
                assert response.status == 200

    def test_18_polling_that_is_silent_is_closed(self, server):
        with self.poller(server) as poller:
            opened = time.monotonic()
            poller.wait_until_over()
            assert time.monotonic() - opened >= 0.4
            assert poller.get().status == 400

    def test_19_websocket_is_pinged(self, server):
        with self.websocket(server) as websocket:
            assert websocket.recv(timeout=PATIENCE)[0] == "0"
            for _ in range(3):
                assert websocket.recv(timeout=PATIENCE) == "2"
                websocket.send("3")

    def test_20_websocket_that_is_silent_is_closed(self, server):
        opened = time.monotonic()
        with self.websocket(server) as websocket:
            self.assert_closes(websocket)
            assert time.monotonic() - opened >= 0.4

    # Close

    def test_21_polling_is_closed(self, server):
        with self.poller(server) as poller:
            poller.park()
            response = poller.post(b"1")
            assert response.status == 200
            response = poller.answer()
            assert (response.status, response.body) == (200, b"6")
            assert poller.get().status == 400

    def test_22_websocket_is_closed(self, server):
        with self.websocket(server) as websocket:
            assert websocket.recv(timeout=PATIENCE)[0] == "0"
            websocket.send("1")
            self.assert_closes(websocket)

    # Upgrade

    def test_24_polling_is_refused_after_the_upgrade(self, server):
        with self.poller(server) as poller, self.upgraded(server, poller) as websocket:
            # A poll that overtakes the upgrade packet is one before the upgrade.
            self.assert_works(websocket)
            assert poller.get().status == 400
            self.assert_still_works(websocket)

    def test_25_a_second_websocket_is_closed_after_the_upgrade(self, server):
        with self.poller(server) as poller, self.upgraded(server, poller) as websocket:
            # A refusal would be an error that the official clients do not expect here.
            with self.websocket(server, sid=poller.sid) as second:
                self.assert_closes(second)
            self.assert_works(websocket)
            self.assert_still_works(websocket)
