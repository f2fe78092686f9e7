#!/usr/bin/env python3
"""What looking costs a server with many connections: the console's data, a page of channels, one socket, /metrics.

    swift build -c release && .venv/bin/python scripts/console-cost.py [CONNECTIONS [CHANNELS]]

For each: bytes, how long the answer takes, the processor time that the server spends on it, and by how much a loop is held up meanwhile (the
longest and the median answer to a small request that comes again and again beside it).
"""

import json
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "Tests/EndToEnd"))

from harness.http import request  # noqa: E402
from harness.server import BINARY, Server  # noqa: E402

LOOKS = 15


def processor_seconds(server):
    for line in server.request("GET", "/metrics").body.decode().splitlines():
        if line.startswith("process_cpu_seconds_total "):
            return float(line.split()[1])


class Beside:
    """A small request again and again on a connection of its own; how long each took, in seconds."""

    def __init__(self, server):
        self.server, self.times, self.goes_on = server, [], True
        self.thread = threading.Thread(target=self.run)

    def run(self):
        with self.server.connect() as connection:
            while self.goes_on:
                began = time.perf_counter()
                connection.send(request("GET", "/livez"))
                connection.response()
                self.times.append(time.perf_counter() - began)
                time.sleep(0.0005)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.goes_on = False
        self.thread.join()


def measure(server, name, target):
    times, sizes = [], []
    before = processor_seconds(server)
    scrape = (processor_seconds(server) - before) / 1
    before = processor_seconds(server)
    for _ in range(LOOKS):
        # A reading is shared for 0.9 s.
        time.sleep(1)
        began = time.perf_counter()
        answer = server.request("GET", target)
        times.append(time.perf_counter() - began)
        assert answer.status == 200, answer
        sizes.append(len(answer.body))
    spent = processor_seconds(server) - before - scrape
    with Beside(server) as beside:
        for _ in range(5):
            time.sleep(1)
            server.request("GET", target)
    print(
        f"{name:<28} {max(sizes):>9,} bytes   median {statistics.median(times) * 1e3:6.2f} ms, longest {max(times) * 1e3:6.2f} ms"
        f"   {spent / LOOKS * 1e3:6.2f} ms of processor a second"
        f"   beside it median {statistics.median(beside.times) * 1e3:5.2f} ms, longest {max(beside.times) * 1e3:6.2f} ms"
    )


def main():
    connections, channels = [int(text) for text in sys.argv[1:3]] + [15_000, 10_000][len(sys.argv) - 1 :]
    with Server("--limit-connections-per-address", "20000") as server:
        load = subprocess.Popen(
            [BINARY, "bench", "--url", server.url, "--subscribers", str(connections), "--channels", str(channels), "--rate", "1",
             "--duration", "600s"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            while (data := server.request("GET", "/console/data").json())["subscriptions"] < connections:
                assert load.poll() is None, "the load has ended"
                time.sleep(0.5)
            print(f"{data['websocket']:,} connections, {data['channels']:,} channels, {data['process']['resident_bytes'] / 1e6:.0f} MB")
            time.sleep(2)
            measure(server, "nothing (/livez)", "/livez")
            measure(server, "/console/data", "/console/data")
            measure(server, "/metrics", "/metrics")
            measure(server, "/channels", "/channels")
            measure(server, "/channels?limit=1000", "/channels?limit=1000")
            measure(server, "/channels/{channel}", "/channels/bench-1")
        finally:
            load.terminate()
            load.wait()


if __name__ == "__main__":
    main()
