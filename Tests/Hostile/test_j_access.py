"""J: keys. Tokens, history and server-sent events are not built."""

import re
import socket

import pytest

from harness import PATIENCE
from harness.http import JSON, HTTPConnection, publish_target, request
from stage import Hub
from wire import statuses

KEY = "a-key-of-the-tests-0123456789-0123456789"


@pytest.fixture
def keyed():
    with Hub("--loops", "2", FANFARE_PUBLISH_KEY=KEY) as hub, hub.watched([JSON, ("X-API-Key", KEY)]):
        yield hub


def guesses(hub, numbers):
    """Publishes to the control clients' channel with keys that are wrong, each in its own way: longer, shorter, or in one place."""
    target = publish_target(hub.controls.channel, "poison")
    for number in numbers:
        place = number % len(KEY)
        guess = (f"{KEY}{number}", KEY[:place], f"{KEY[:place]}~{KEY[place + 1 :]}", f"guess-{number}")[number % 4]
        header = ("X-API-Key", guess) if number % 2 else ("Authorization", f"Bearer {guess}")
        yield request("POST", target, b"1", [JSON, header])


def refuse_all(hub, connection, number):
    """Goes on from this number until the server closes, as it does when a body is not there yet; returns the next number."""
    while number < 100_000:
        connection.send(b"".join(guesses(hub, range(number, number + 100))))
        for _ in range(100):
            response = connection.response()
            assert response.status == 401 and response.header("WWW-Authenticate") == "Bearer", response
            number += 1
            if response.header("Connection") == "close":
                return number
    return number


def test_j09_a_hundred_thousand_wrong_keys(keyed):
    """All are refused, meanwhile others are served, the log says so in a few lines and never shows what was tried."""
    before = keyed.logged.count("\n")
    refused = 0
    with keyed.memory_within(32):
        while refused < 100_000:
            with HTTPConnection(keyed.address) as connection:
                refused = refuse_all(keyed, connection, refused)
        keyed.controls.assert_flowing()
    assert keyed.controls.slowest() < 1
    logged = keyed.logged
    assert logged.count("\n") - before <= 50
    assert "reason=unauthorized" in logged and "key=unknown" in logged and "peer=127.0.0.1" in logged
    assert KEY[:16] not in logged and "guess-" not in logged


def test_j09_from_a_thousand_addresses(channel):
    """The table of who was refused is bounded, and so are a report's lines; the sum is right. The last report is at the end."""
    with Hub(FANFARE_PUBLISH_KEY=KEY) as hub:
        for number in range(1_000):
            with socket.socket() as connection:
                connection.bind((f"127.1.{number >> 8}.{number & 255}", 0))
                connection.settimeout(PATIENCE)
                connection.connect(hub.address)
                connection.sendall(request("POST", publish_target(channel, "e"), b"1", [JSON, ("X-API-Key", "guess")]))
                assert statuses(connection.recv(65_536)) == [401]
        assert hub.stop() == 0
        lines = [line for line in hub.logged.split("\n") if "access refused" in line]
    assert 1 < len(lines) <= 60
    assert all("peer=127.1." in line or "access refused to others" in line for line in lines)
    assert sum(int(re.search(r"count=(\d+)", line)[1]) for line in lines) == 1_000
