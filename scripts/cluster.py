#!/usr/bin/env python3
"""What several nodes cost: one without Redis, one with it, two with it; and what happens second by second while Redis is away for ten.

    .venv/bin/python scripts/cluster.py [--plot FILE.svg]

Everything runs on this machine and shares its processors. The figures stand in docs/scaling.md.
"""

import argparse
import json
import selectors
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path

sys.dont_write_bytecode = True
PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "Tests/EndToEnd"))

from harness.http import JSON  # noqa: E402
from harness.redis import Redis  # noqa: E402
from harness.server import BINARY, Server, environment  # noqa: E402
from harness.subscriber import Subscriber  # noqa: E402


def bench(subscribed, published, *options):
    command = [BINARY, "bench", "--json", "--url", subscribed.url, "--publish-url", published.url, "--duration", "5s", *options]
    finished = subprocess.run(command, capture_output=True, text=True, env=environment())
    return json.loads(finished.stdout)


def until_up(*servers):
    for server in servers:
        while server.request("GET", "/readyz").status != 200:
            time.sleep(0.05)


def cpu(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def row(name, subscribed, published, redis=None):
    figures = {}
    for load, options in (
        ("one in flight", ["--subscribers", "1000"]),
        ("saturated", ["--subscribers", "1000", "--publishers", "32", "--window", "64"]),
        ("publishes", ["--subscribers", "1", "--publishers", "32", "--window", "64"]),
        ("latency", ["--subscribers", "1", "--rate", "200"]),
    ):
        before = cpu(redis.process.pid) if redis else 0
        result = bench(subscribed, published, *options)
        assert result["lost"] == result["doubled"] == 0, result
        figures[load] = result
        if load == "publishes" and redis:
            figures["redis"] = (cpu(redis.process.pid) - before) / result["published"] * 1e6
    print(
        f"| {name} | {figures['saturated']['deliveries_per_s']:,.0f} | {figures['publishes']['publishes_per_s']:,.0f} |"
        f" {figures['latency']['latency_us']['p50'] / 1e3:.2f} / {figures['latency']['latency_us']['p99'] / 1e3:.2f} |"
        f" {figures['one in flight']['latency_us']['p50'] / 1e3:.2f} | {figures.get('redis', 0):.1f} |",
        flush=True,
    )


def listeners():
    """Redis' CPU a publish when more and more nodes hear the channel: here connections that read what comes and drop it."""
    print("| nodes that hear the channel | Redis' CPU a publish, µs |\n|---|---|")
    for count in (1, 10, 40):
        with Redis() as redis, Server("--redis", redis.url) as node, ExitStack() as stack:
            until_up(node)
            ends = [stack.enter_context(socket.create_connection(("127.0.0.1", redis.port))) for _ in range(count - 1)]
            for end in ends:
                end.sendall(b"SUBSCRIBE fanfare:{bench-0}\r\n")
            drop = threading.Thread(target=dropping, args=(ends,), daemon=True)
            drop.start()
            before = cpu(redis.process.pid)
            result = bench(node, node, "--subscribers", "1", "--publishers", "8", "--window", "16")
            print(f"| {count} | {(cpu(redis.process.pid) - before) / result['published'] * 1e6:.1f} |", flush=True)


def dropping(ends):
    with selectors.DefaultSelector() as selector:
        for end in ends:
            selector.register(end, selectors.EVENT_READ)
        try:
            while ends:
                for key, _ in selector.select(timeout=1):
                    key.fileobj.recv(1 << 20)
        except OSError:
            pass


def outage(plot):
    """Two nodes, 200 publishes a second; Redis is killed in the fifth second and started again in the fifteenth."""
    with Redis() as redis, Server("--redis", redis.url) as one, Server("--redis", redis.url) as other:
        until_up(one, other)
        seconds = [{"200": 0, "503": 0, "504": 0, "received": 0, "gaps": 0} for _ in range(25)]
        with Subscriber(other) as subscriber:
            subscriber.subscribe("outage")
            began = time.monotonic()

            def slot():
                return min(int(time.monotonic() - began), 24)

            def listen():
                while time.monotonic() < began + 24.5:
                    try:
                        packet = subscriber.websocket.recv(timeout=0.5, decode=False)
                    except TimeoutError:
                        continue
                    if packet == b"2":
                        subscriber.send(b"3")
                    else:
                        seconds[slot()]["gaps" if b"fanfare:gap" in packet else "received"] += 1

            listener = threading.Thread(target=listen)
            listener.start()
            killed = started = False
            number = 0
            while (now := time.monotonic() - began) < 24:
                if now >= 5 and not killed:
                    redis.kill()
                    killed = True
                if now >= 15 and not started:
                    redis.start()
                    started = True
                answer = one.publish("outage", "e", b"1", [JSON])
                seconds[slot()][str(answer.status)] += 1
                number += 1
                time.sleep(max(0, began + number / 200 - time.monotonic()))
            listener.join()
    print("| second | 200 | 503 | 504 | received | gaps |\n|---|---|---|---|---|---|")
    for second, counts in enumerate(seconds[:24]):
        print(f"| {second} | " + " | ".join(str(count) for count in counts.values()) + " |")
    if plot:
        Path(plot).write_text(drawing(seconds[:24]))


def drawing(seconds):
    """Answers and messages of each second, as bars and a line."""
    width, height, left, bottom = 640, 240, 44, 200
    step, top = (width - left - 10) / len(seconds), 170
    colours = {"200": "#2a78d6", "503": "#e0912f", "504": "#d03b3b"}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="system-ui, sans-serif" font-size="11">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<rect x="{left + 5 * step:.1f}" y="{bottom - top - 8}" width="{10 * step:.1f}" height="{top + 8}" fill="#f1efe8"/>',
        f'<text x="{left + 10 * step:.1f}" y="{bottom - top + 6}" text-anchor="middle" fill="#5c5a52">Redis is away</text>',
    ]
    for value in (0, 100, 200):
        y = bottom - value / 200 * (top - 20)
        parts.append(f'<line x1="{left}" x2="{width - 10}" y1="{y:.1f}" y2="{y:.1f}" stroke="#d8d5cb"/>')
        parts.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end" fill="#5c5a52">{value}</text>')
    for index, counts in enumerate(seconds):
        y = bottom
        for status, colour in colours.items():
            size = counts[status] / 200 * (top - 20)
            y -= size
            parts.append(f'<rect x="{left + index * step + 2:.1f}" y="{y:.1f}" width="{step - 4:.1f}" height="{size:.1f}" fill="{colour}"/>')
        if index % 5 == 0:
            parts.append(f'<text x="{left + (index + 0.5) * step:.1f}" y="{bottom + 14}" text-anchor="middle" fill="#5c5a52">{index} s</text>')
        if counts["gaps"]:
            x = left + (index + 0.5) * step
            parts.append(f'<path d="M{x - 4:.1f} {bottom - top + 22}h8l-4 7z" fill="#3c3a34"/>')
            parts.append(f'<text x="{x + 7:.1f}" y="{bottom - top + 30}" fill="#3c3a34">gap announced</text>')
    line = " ".join(f"{left + (i + 0.5) * step:.1f},{bottom - counts['received'] / 200 * (top - 20):.1f}" for i, counts in enumerate(seconds))
    parts.append(f'<polyline points="{line}" fill="none" stroke="#3c3a34" stroke-width="1.5"/>')
    for index, (label, colour) in enumerate((("200", "#2a78d6"), ("503", "#e0912f"), ("504", "#d03b3b"), ("received on the other node", "#3c3a34"))):
        parts.append(f'<rect x="{left + index * 70}" y="{height - 16}" width="10" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{left + index * 70 + 15}" y="{height - 7}" fill="#3c3a34">{label}</text>')
    return "\n".join(parts) + "\n</svg>\n"


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--plot", metavar="FILE")
parser.add_argument("--only", choices=["table", "listeners", "outage"])
options = parser.parse_args()
if options.only in (None, "table"):
    print("| | deliveries/s, 1,000 subscribers | publishes/s | latency of one, p50 / p99, ms | one to 1,000, p50, ms | Redis' CPU a publish, µs |")
    print("|---|---|---|---|---|---|")
    with Server() as alone:
        row("one node without Redis", alone, alone)
    with Redis() as redis, Server("--redis", redis.url) as one, Server("--redis", redis.url) as other:
        until_up(one, other)
        row("one node with Redis", one, one, redis)
        row("published to one node, subscribed at another", one, other, redis)
if options.only in (None, "listeners"):
    listeners()
if options.only in (None, "outage"):
    outage(options.plot)
