"""`ConformanceServer`, the fixtures of the protocols' own suites, as a process."""

import os
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from harness import PATIENCE
from harness.http import HTTPConnection
from harness.server import PROJECT, Endpoint, environment, free_port

BINARY = Path(os.environ.get("CONFORMANCE_BINARY", PROJECT / ".build/release/ConformanceServer"))
MISSING = f"{BINARY} is missing; build it first: swift build -c release --product ConformanceServer"


@contextmanager
def conformance_server(loops):
    """Its endpoint. It has to live until the block is left."""
    endpoint = Endpoint("127.0.0.1", free_port())
    command = [BINARY, "--port", str(endpoint.port), "--loops", str(loops)]
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
