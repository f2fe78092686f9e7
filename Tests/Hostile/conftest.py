"""Fixtures: a server a module, and around each test the control clients."""

import uuid

import pytest

from harness import LONG
from harness.server import BINARY
from stage import Hub


@pytest.fixture(scope="module")
def shared_hub():
    """Open and without any configuration; has to outlive the module's tests and then end with 0."""
    with Hub() as started:
        yield started


@pytest.fixture
def hub(shared_hub):
    """The test runs between control clients: see `stage.Hub.watched`."""
    with shared_hub.watched():
        yield shared_hub


@pytest.fixture
def channel():
    """A channel's name that no other test uses."""
    return f"test-{uuid.uuid4().hex[:12]}"


def pytest_collection_modifyitems(items):
    if not LONG:
        for item in items:
            if "slow" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="slow: FANFARE_TEST_LONG=1 runs it"))


def pytest_sessionstart():
    if not BINARY.exists():
        pytest.exit(f"{BINARY} is missing; build it first: swift build -c release", returncode=2)
