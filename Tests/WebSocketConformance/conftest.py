"""The server with the product's WebSocket as a plain echo at `/echo`, and hypothesis without a memory of its own."""

import tempfile

import hypothesis
import pytest
from hypothesis.configuration import set_hypothesis_home_dir

from harness import LONG
from harness.conformance import BINARY, MISSING, conformance_server

# The same examples at every run; nothing is written next to the sources.
set_hypothesis_home_dir(tempfile.gettempdir())
hypothesis.settings.register_profile("fixed", derandomize=True, database=None, deadline=None, max_examples=1_000 if LONG else 50)
hypothesis.settings.load_profile("fixed")


@pytest.fixture(scope="session")
def server():
    with conformance_server(loops=1) as endpoint:
        yield endpoint


def pytest_sessionstart():
    if not BINARY.exists():
        pytest.exit(MISSING, returncode=2)
