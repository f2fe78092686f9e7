#!/usr/bin/env python3
"""How long an executable takes from its start to its first answer, and how large it is.

    scripts/start-time.py [EXECUTABLE…]
"""

import statistics
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "Tests/EndToEnd"))

import subprocess  # noqa: E402

from harness.http import HTTPConnection, request  # noqa: E402
from harness.server import BINARY, environment, free_port  # noqa: E402

STARTS = 20


def start(executable):
    """Milliseconds from before the process is made to the whole answer to `GET /livez`."""
    port = free_port()
    began = time.perf_counter()
    process = subprocess.Popen([executable, "--port", str(port)], env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                with HTTPConnection(("127.0.0.1", port)) as connection:
                    connection.send(request("GET", "/livez"))
                    assert connection.response().status == 200
                    return (time.perf_counter() - began) * 1e3
            except ConnectionError:
                assert time.perf_counter() < began + 30
    finally:
        process.terminate()
        process.wait()


def main():
    for executable in [Path(argument) for argument in sys.argv[1:]] or [BINARY]:
        times = sorted(start(executable) for _ in range(STARTS))
        size = executable.stat().st_size / 1e6
        print(f"{executable}: {size:.1f} MB; {STARTS} starts, median {statistics.median(times):.1f} ms, longest {times[-1]:.1f} ms")


if __name__ == "__main__":
    main()
