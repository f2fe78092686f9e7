"""The fixture server of the protocols' own suites, on one event loop and on two, and help against a machine that stalls."""

import os
import subprocess
import threading
import time
from pathlib import Path

import pytest

from harness import PATIENCE
from harness.http import HTTPConnection
from harness.server import PROJECT, Endpoint, environment, free_port

BINARY = Path(os.environ.get("CONFORMANCE_BINARY", PROJECT / ".build/release/ConformanceServer"))

#: A session of the fixture lives 500 ms without a pong. Who was away for so long at a time cannot tell who was late.
STALL = 0.1


@pytest.fixture(scope="session", params=[1, 2], ids=["one loop", "two loops"])
def server(request):
    endpoint = Endpoint("127.0.0.1", free_port())
    command = [BINARY, "--port", str(endpoint.port), "--loops", str(request.param)]
    process = subprocess.Popen(command, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            assert process.poll() is None, f"the server ended with {process.returncode} at its start"
            try:
                HTTPConnection(endpoint.address).socket.close()
                break
            except ConnectionRefusedError:
                assert time.monotonic() < deadline, "the server does not listen"
                time.sleep(0.02)
        yield endpoint
        assert process.poll() is None, f"the server ended with {process.returncode} during the tests"
    finally:
        process.kill()
        process.wait()


class StallDetector(threading.Thread):
    """Sleeps for moments, and notes the longest of them."""

    def __init__(self):
        super().__init__(daemon=True)
        self.longest = 0.0
        self.start()

    def run(self):
        while True:
            before = time.monotonic()
            time.sleep(0.01)
            self.longest = max(self.longest, time.monotonic() - before)


def pytest_configure(config):
    config.stalls = StallDetector()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Runs a test again if it failed while the machine stalled: the suites' timings leave no room for that."""
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    stalls = pyfuncitem.config.stalls
    for tries_left in (4, 3, 2, 1, 0):
        stalls.longest = 0.0
        try:
            pyfuncitem.obj(**arguments)
            return True
        except Exception:
            if stalls.longest < STALL or not tries_left:
                raise


def pytest_sessionstart():
    if not BINARY.exists():
        pytest.exit(f"{BINARY} is missing; build it first: swift build -c release --product ConformanceServer", returncode=2)
