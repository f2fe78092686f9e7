"""A server that goes away and comes back: clients return by themselves."""

import queue
import signal
import threading

import pytest
import socketio

from harness import LONG, PATIENCE
from harness.http import HTTPConnection, request
from harness.javascript import Session
from harness.server import Server, free_port

pytestmark = pytest.mark.usefixtures("own_binary")
ROUNDS = 10 if LONG else 2
# Back within a moment; the default is a second and more.
QUICK = {"reconnectionDelay": 20, "reconnectionDelayMax": 100}


def end(server, number):
    if number == signal.SIGKILL:
        server.kill()
    else:
        assert server.stop() == 0


def test_no_connection_is_lost_while_the_server_starts():
    """Clients that come back knock all the time; whoever gets in has to be served."""
    for _ in range(10 * ROUNDS):
        port, knocking = free_port(), []

        def knock(port=port, knocking=knocking):
            while len(knocking) < 10:
                try:
                    connection = HTTPConnection(("127.0.0.1", port))
                except ConnectionRefusedError:
                    continue
                connection.send(request("GET", "/livez"))
                knocking.append(connection)

        thread = threading.Thread(target=knock, daemon=True)
        thread.start()
        with Server(port=port):
            thread.join()
            assert len(knocking) == 10
            for connection in knocking:
                with connection:
                    assert connection.response().status == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_javascript_client_comes_back_and_subscribes_again(channel, number):
    with Server() as server, Session(server.url) as client:
        names = [f"client-{index}" for index in range(10)]
        for name in names:
            client.open(name, **QUICK)
            client.do("keep", name, channels=[channel])
            client.expect("kept", name)
        for round_number in range(ROUNDS):
            assert server.publish(channel, "e", b"%d" % round_number).json()["subscribers"] == len(names)
            events = [client.line() for _ in names]
            assert sorted(event["name"] for event in events) == names
            assert all(event["values"] == [round_number] for event in events)

            end(server, number)
            server.start()
            back, reasons = set(), set()
            while len(back) < len(names):
                report = client.line()
                assert report["what"] in ("disconnect", "connect_error", "connect", "kept"), report
                if report["what"] == "kept":
                    back.add(report["name"])
                if report["what"] == "disconnect":
                    reasons.add(report["reason"])
            # "io server disconnect" would mean that they stay away.
            assert reasons <= {"transport close", "transport error"}
        assert server.publish(channel, "e", b"0").json()["subscribers"] == len(names)


def test_the_python_client_comes_back_and_subscribes_again(channel):
    with Server() as server:
        client = socketio.Client(reconnection_delay=0.02, reconnection_delay_max=0.1, randomization_factor=0)
        subscribed, events = queue.Queue(), queue.Queue()
        client.on("connect", lambda: client.emit("subscribe", channel, callback=subscribed.put))
        client.on("e", events.put)
        client.connect(server.url, transports=["websocket"], wait_timeout=PATIENCE)
        for round_number in range(ROUNDS):
            assert subscribed.get(timeout=PATIENCE) == f"Entered room: {channel}"
            assert server.publish(channel, "e", b"%d" % round_number).json()["subscribers"] == 1
            assert events.get(timeout=PATIENCE) == round_number
            end(server, signal.SIGTERM)
            server.start()
        assert subscribed.get(timeout=PATIENCE) == f"Entered room: {channel}"
        client.disconnect()
