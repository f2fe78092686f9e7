"""Real clients over long-polling, and from there to a WebSocket."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest
import socketio

from harness import LONG, PATIENCE
from harness.http import publish_request
from harness.javascript import Program, Session

MESSAGES = 500 if LONG else 50
#: Put there by scripts/install-test-tools.sh.
OLD_CLIENT = Path(sys.prefix) / "old-python-client"
POLLING, BOTH = ["polling"], ["polling", "websocket"]


def publish_all(server, channel, values, subscribers=1):
    with server.connect() as connection:
        for value in values:
            connection.send(publish_request(channel, "e", json.dumps(value).encode()))
            assert connection.response().json()["subscribers"] == subscribers


# JavaScript


def expect_upgrade(client, name="a"):
    """The connect and the upgrade, in the order in which they come."""
    reports = [client.line(), client.line()]
    assert sorted((report["name"], report["what"]) for report in reports) == [(name, "connect"), (name, "upgrade")]
    assert {report["what"]: report["transport"] for report in reports}["upgrade"] == "websocket"


@pytest.mark.parametrize("options", [{}, {"addTrailingSlash": False}], ids=["", "no trailing slash"])
@pytest.mark.parametrize("transports", [POLLING, BOTH], ids="-".join)
def test_the_javascript_client(server, channel, transports, options):
    with Session(server.url) as client:
        client.do("open", options={"transports": transports, **options})
        if transports == BOTH:
            expect_upgrade(client)
        else:
            assert client.expect("connect")["transport"] == "polling"
        assert client.ask("subscribe", channel) == [f"Entered room: {channel}"]
        values = [None, 1, "é😀\u2028", [1, {"a": None}], "x" * 100_000, *range(MESSAGES)]
        publish_all(server, channel, values)
        for value in values:
            assert client.expect("event")["values"] == [value]
        assert client.ask("unsubscribe", channel) == [f"Left room: {channel}"]
        publish_all(server, channel, [1], subscribers=0)
        client.do("close")
        assert client.expect("disconnect")["reason"] == "io client disconnect"


@pytest.mark.parametrize("transports", [POLLING, BOTH], ids="-".join)
def test_many_javascript_clients(server, channel, transports):
    """Each subscribes to its channels at its connect, so in the middle of the upgrade."""
    names = [f"client-{number}" for number in range(20)]
    with Session(server.url) as client:
        for name in names:
            client.do("open", name, options={"transports": transports})
            client.do("keep", name, channels=[channel, *(f"{channel}-{number}" for number in range(10))])
        missing = {
            (name, what) for name in names for what in (["connect", "kept"] if transports == POLLING else ["connect", "kept", "upgrade"])
        }
        while missing:
            report = client.line()
            missing.remove((report["name"], report["what"]))
        publish_all(server, channel, range(MESSAGES), subscribers=len(names))
        received = {name: [] for name in names}
        for _ in range(MESSAGES * len(names)):
            report = client.line()
            assert report["what"] == "event", report
            received[report["name"]] += report["values"]
        assert all(numbers == list(range(MESSAGES)) for numbers in received.values())


def test_a_javascript_client_that_polls_subscribes_to_128_channels_in_one_go(server, channel):
    channels = [f"{channel}-{number}" for number in range(128)]
    with Session(server.url) as client:
        client.do("open", options={"transports": POLLING})
        client.expect("connect")
        client.do("keep", channels=channels)
        assert client.expect("kept")["channels"] == channels
        publish_all(server, channels[127], [1])
        assert client.expect("event")["values"] == [1]


# Python


@pytest.mark.parametrize("transports", [POLLING, None], ids=["polling", "default"])
def test_the_python_client(server, channel, transports):
    with socketio.SimpleClient() as client:
        client.connect(server.url, transports=transports, wait_timeout=PATIENCE)
        assert client.transport == ("polling" if transports else "websocket")
        assert client.call("subscribe", channel, timeout=PATIENCE) == f"Entered room: {channel}"
        values = [None, 1, "é😀", [1, {"a": None}], "x" * 100_000, *range(MESSAGES)]
        publish_all(server, channel, values)
        for value in values:
            assert client.receive(timeout=PATIENCE) == ["e", value]
        assert client.call("unsubscribe", channel, timeout=PATIENCE) == f"Left room: {channel}"
        publish_all(server, channel, [1], subscribers=0)


@pytest.mark.parametrize("transports", [POLLING, None], ids=["polling", "default"])
def test_many_asynchronous_python_clients(server, channel, transports):
    async def run():
        clients, received = [], []
        done = asyncio.Semaphore(0)

        async def connect():
            client, messages = socketio.AsyncClient(reconnection=False), []

            def on_message(*arguments):
                messages.append(arguments)
                if len(messages) == MESSAGES:
                    done.release()

            client.on("e", on_message)
            await client.connect(server.url, transports=transports, wait_timeout=PATIENCE)
            assert await client.call("subscribe", channel, timeout=PATIENCE) == f"Entered room: {channel}"
            clients.append(client)
            received.append(messages)

        await asyncio.gather(*(connect() for _ in range(20)))
        await asyncio.to_thread(publish_all, server, channel, range(MESSAGES), 20)
        for _ in clients:
            await done.acquire()
        for messages in received:
            assert messages == [(number,) for number in range(MESSAGES)]
        for client in clients:
            await client.disconnect()

    asyncio.run(asyncio.wait_for(run(), PATIENCE * 3))


class OldClient(Program):
    """`python/old_client.py` with the libraries of its time."""

    def __init__(self, *arguments):
        program = Path(__file__).parent / "python" / "old_client.py"
        environment = {**os.environ, "PYTHONPATH": str(OLD_CLIENT), "PYTHONDONTWRITEBYTECODE": "1"}
        self.start([sys.executable, program, *arguments], env=environment)


# Not over long-polling alone: until python-engineio 4.3 its POSTs were application/octet-stream, which revision 4 does not take.
@pytest.mark.parametrize("transports", ["websocket", "polling,websocket"])
def test_the_first_python_client_of_protocol_5(server, channel, transports):
    with OldClient(server.url, channel, transports) as client:
        assert client.line() == [f"Entered room: {channel}"]
        assert client.line() == ["websocket"]
        publish_all(server, channel, [{"n": number} for number in range(MESSAGES)])
        # It calls each handler on a thread of its own, and so in any order.
        assert sorted(client.line()[0]["n"] for _ in range(MESSAGES)) == list(range(MESSAGES))
