#!/usr/bin/env python3
"""Measures what docs/performance.md shows, and draws it.

    swift build -c release && scripts/performance.py [--only measure|draw]

Writes docs/performance.json and docs/images/performance-*.svg. Needs a quiet machine and about three minutes.
"""

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
FANFARE = PROJECT / ".build/release/fanfare"
DATA = PROJECT / "docs/performance.json"
PICTURES = PROJECT / "docs/images"
PORT = 9150
SUBSCRIBERS = [10, 100, 1_000, 5_000, 10_000, 15_000]


class Server:
    """A server of its own for each measurement."""

    def __enter__(self):
        self.process = subprocess.Popen([FANFARE, "serve", "--port", str(PORT)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}/livez")
                return self
            except OSError:
                time.sleep(0.05)
        raise SystemExit("the server does not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.terminate()
        self.process.wait()

    def bench(self, *arguments):
        command = [FANFARE, "bench", "--url", f"http://127.0.0.1:{PORT}", "--pid", self.process.pid, "--json", *arguments]
        result = subprocess.run([str(word) for word in command], capture_output=True, text=True)
        return json.loads(result.stdout)


def kernel_kib():
    """What the kernel holds in its slabs, sockets among it."""
    fields = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    return int(fields["Slab"].split()[0])


def measure():
    rows = []
    for count in SUBSCRIBERS:
        with Server() as server:
            before = kernel_kib()
            lone = server.bench("--subscribers", count, "--ramp", 3_000, "--duration", "4s")
            row = {"subscribers": count, "one_in_flight": lone, "slab_kib": kernel_kib() - before}
        with Server() as server:
            row["saturated"] = server.bench(
                "--subscribers", count, "--ramp", 3_000, "--duration", "4s", "--publishers", 32, "--window", 64)
        rows.append(row)
        print(count, lone["cpu_us_per_delivery"], row["saturated"]["cpu_us_per_delivery"], lone["rss_bytes_per_connection"], flush=True)
    DATA.write_text(json.dumps(rows, indent=1) + "\n")


# MARK: drawing

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 300, 64, 44, 40, 16
COLOURS = ["#0b57d0", "#b3261e"]


def plot(title, unit, lines, names):
    """One SVG: `lines` are lists of (subscribers, value), the horizontal axis is logarithmic."""
    from math import log10

    xs = [x for line in lines for x, _ in line]
    highest = max(y for line in lines for _, y in line) * 1.1
    low, high = log10(min(xs)), log10(max(xs))

    def place(x, y):
        across = LEFT + (log10(x) - low) / (high - low) * (WIDTH - LEFT - RIGHT)
        return f"{across:.1f}", f"{HEIGHT - BOTTOM - y / highest * (HEIGHT - BOTTOM - TOP):.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12" role="img">',
        f"<title>{title}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/><text x="{LEFT}" y="20" font-size="14" font-weight="bold">{title}</text>',
    ]
    for step in range(5):
        value = highest * step / 4
        _, y = place(min(xs), value)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{float(y) + 4:.1f}" text-anchor="end">{value:.3g}</text>')
    for x in sorted(set(xs)):
        across, y = place(x, 0)
        parts.append(f'<text x="{across}" y="{float(y) + 18:.1f}" text-anchor="middle">{x:,}</text>')
    parts.append(f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 6}" text-anchor="end">subscribers</text>')
    parts.append(f'<text x="{WIDTH - RIGHT}" y="20" text-anchor="end">{unit}</text>')
    for line, name, colour in zip(lines, names, COLOURS):
        points = " ".join(",".join(place(x, y)) for x, y in line)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        across, y = place(*line[len(line) // 2])
        parts.append(f'<text x="{across}" y="{float(y) - 8:.1f}" text-anchor="middle" fill="{colour}">{name}</text>')
        for point in line:
            across, y = place(*point)
            parts.append(f'<circle cx="{across}" cy="{y}" r="3" fill="{colour}"/>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def draw():
    rows = json.loads(DATA.read_text())

    def line(kind, value, scale=1.0):
        return [(row["subscribers"], row[kind][value] / scale) for row in rows]

    pictures = {
        "cpu": plot("CPU of the server a delivery", "µs", [line("one_in_flight", "cpu_us_per_delivery"),
                    line("saturated", "cpu_us_per_delivery")], ["one message in flight", "64 in flight"]),
        "rate": plot("Deliveries a second, 64 in flight", "million", [line("saturated", "deliveries_per_s", 1e6)], [""]),
        "memory": plot("Memory of the server", "MiB", [line("one_in_flight", "rss_bytes", 1 << 20)], [""]),
    }  # fmt: skip
    for name, picture in pictures.items():
        (PICTURES / f"performance-{name}.svg").write_text(picture)


if __name__ == "__main__":
    only = sys.argv[2] if sys.argv[1:2] == ["--only"] else ""
    if only != "draw":
        measure()
    if only != "measure":
        draw()
