"""Fixtures. With FANFARE_URL set, the tests run against that server, and those that need a server of their own are skipped."""

import json
import os
import uuid
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from harness.server import BINARY, Endpoint, Server
from harness.websocket import WebSocketConnection

GIVEN = os.environ.get("FANFARE_URL")


@pytest.fixture(scope="session")
def server():
    """An open server without any configuration, shared by all tests; it has to outlive them all and then end with 0."""
    if GIVEN:
        address = urlsplit(GIVEN)
        yield Endpoint(address.hostname, address.port)
        return
    with Server() as started:
        yield started
        assert started.process.poll() is None, f"the shared server ended during the tests:\n{started.logged[-4000:]}"


@pytest.fixture(scope="session")
def own_binary():
    """For tests that start servers themselves."""
    if GIVEN:
        pytest.skip("FANFARE_URL names a server that runs already")
    return BINARY


@pytest.fixture
def channel():
    """A channel's name that no other test uses."""
    return f"test-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def clients():
    """Makes WebSocket clients with subscriptions, which stay to the end of the test."""
    with ExitStack() as stack:

        def make(server, *channels):
            client = stack.enter_context(WebSocketConnection(server)).join()
            for channel in channels:
                client.text(b"421" + json.dumps(["subscribe", channel]).encode())
                assert client.text_packet().startswith(b"431[")
            return client

        yield make


@pytest.fixture(autouse=True)
def alive(request):
    """Whatever a test did to the shared server, it still answers afterwards."""
    yield
    if "server" in request.fixturenames:
        assert request.getfixturevalue("server").is_alive()


def pytest_sessionstart():
    if not GIVEN and not BINARY.exists():
        pytest.exit(f"{BINARY} is missing; build it first: swift build -c release", returncode=2)
