#!/usr/bin/env python3
"""How long the server takes from its exec to the first 200 of /livez: the median of many starts, and what it holds in memory then.

    scripts/build-release.sh && scripts/start-time.py [EXECUTABLE [STARTS]]

The first start, which may have to read the executable from the disk, is not counted.
"""

import os
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

EXECUTABLE = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[1] / ".build-static/release/fanfare").resolve()
STARTS = int(sys.argv[2]) if len(sys.argv) > 2 else 20
REQUEST = b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("FANFARE_") and name != "CORS_ORIGIN"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(REQUEST)
            return connection.recv(4096).startswith(b"HTTP/1.1 200 ")
    except OSError:
        return False


def start():
    """Milliseconds, and KiB of resident memory."""
    port = free_port()
    command = [EXECUTABLE, "--port", str(port), "--log-level", "critical"]
    began = time.monotonic()
    process = subprocess.Popen(command, env=ENVIRONMENT, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        while not answers(port):
            if process.poll() is not None or time.monotonic() - began > 30:
                sys.exit(f"{EXECUTABLE} does not answer (exit code {process.poll()})")
            time.sleep(0.0005)
        took = (time.monotonic() - began) * 1_000
        status = Path(f"/proc/{process.pid}/status").read_text().splitlines()
        (resident,) = [int(line.split()[1]) for line in status if line.startswith("VmRSS:")]
        return took, resident
    finally:
        process.terminate()
        process.wait()


def main():
    start()
    times, memory = zip(*(start() for _ in range(STARTS)))
    print(f"{EXECUTABLE}: {EXECUTABLE.stat().st_size / 1e6:.1f} MB")
    print(f"exec to the first 200: median {statistics.median(times):.1f} ms ({min(times):.1f} to {max(times):.1f}), {STARTS} starts")
    print(f"resident then: median {statistics.median(memory) / 1024:.1f} MiB")


if __name__ == "__main__":
    main()
