"""What a soak measures, and what it may find."""

import json
import os
import re
from pathlib import Path

MIB = 1 << 20
#: Memory may still settle so long: buffers and tables take their size from the load.
WARM_UP_SECONDS = 600
#: What a run of at least an hour may grow by. A short one cannot tell so little from noise: it has a bound in all.
GROWTH_PER_HOUR = 1 * MIB
GROWTH_OF_SHORT_RUN = 24 * MIB
#: The listeners' and loops' own may come and go with the first connection.
SPARE_DESCRIPTORS = 2


def sample(pid, seconds):
    """One look at the process; sizes in bytes, CPU in seconds."""
    status = dict(re.findall(r"(\w+):\s+(\d+)", Path(f"/proc/{pid}/status").read_text()))
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return {
        "seconds": round(seconds, 1),
        "rss": int(status["VmRSS"]) * 1024,
        "descriptors": len(os.listdir(f"/proc/{pid}/fd")),
        "threads": int(status["Threads"]),
        "cpu": (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"),
    }


def slope(points):
    """Of the line with the least squares, in y an x."""
    count = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


def warm(samples):
    """Those after the warm-up: ten minutes, of a short run its first third."""
    end = samples[-1]["seconds"]
    return [entry for entry in samples if entry["seconds"] >= min(WARM_UP_SECONDS, end / 3)]


def growth_per_hour(samples):
    """Bytes of memory an hour, after the warm-up."""
    return slope([(entry["seconds"], entry["rss"]) for entry in warm(samples)]) * 3600


def faults(base, samples, end, gauges):
    """What a soak has found, one sentence each.

    `base` and `end` are samples before the load and after everybody has left, `samples` those of the load, `gauges` what the server itself says
    is left, by name; empty if it says nothing.
    """
    found = []
    if end["descriptors"] > base["descriptors"] + SPARE_DESCRIPTORS:
        found.append(f"{end['descriptors']} descriptors are open, {base['descriptors']} were before the load")
    if end["threads"] > max(base["threads"], samples[0]["threads"]):
        found.append(f"{end['threads']} threads, {base['threads']} before the load")
    found += [f"{name} is {value} after everybody has left" for name, value in gauges.items() if value]
    lasted = samples[-1]["seconds"]
    if lasted >= 3600 - 60:
        if (growth := growth_per_hour(samples)) > GROWTH_PER_HOUR:
            found.append(f"memory grows by {growth / MIB:.2f} MiB an hour")
    else:
        after = warm(samples)
        third = max(len(after) // 3, 1)
        early, late = (sum(entry["rss"] for entry in part) / len(part) for part in (after[:third], after[-third:]))
        if late - early > GROWTH_OF_SHORT_RUN:
            found.append(f"memory has grown from {early / MIB:.1f} to {late / MIB:.1f} MiB")
    return found


def picture(samples):
    """An SVG of memory and descriptors over time."""
    width, height, left, bottom, top = 640, 280, 56, 36, 32
    longest = samples[-1]["seconds"] or 1
    lines = [("memory, MiB", "#0b57d0", [entry["rss"] / MIB for entry in samples]),
             ("descriptors", "#b3261e", [entry["descriptors"] for entry in samples])]  # fmt: skip
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12" role="img">',
             "<title>Memory and descriptors during a soak</title>",
             f'<rect width="{width}" height="{height}" fill="#fff"/>']  # fmt: skip
    for index, (name, colour, values) in enumerate(lines):
        highest = max(values) * 1.15
        points = " ".join(
            f"{left + entry['seconds'] / longest * (width - left - 16):.1f},{height - bottom - value / highest * (height - bottom - top):.1f}"
            for entry, value in zip(samples, values))  # fmt: skip
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        parts.append(f'<text x="{left + index * 300}" y="20" fill="{colour}">{name}: highest {max(values):.0f}, last {values[-1]:.0f}</text>')
    parts.append(f'<line x1="{left}" x2="{width - 16}" y1="{height - bottom}" y2="{height - bottom}" stroke="#888"/>')
    parts.append(f'<text x="{width - 16}" y="{height - 12}" text-anchor="end">{longest / 60:.0f} minutes</text></svg>')
    return "\n".join(parts) + "\n"


def write(folder, report, samples):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "soak.json").write_text(json.dumps({**report, "samples": samples}, indent=1) + "\n")
    (folder / "soak.svg").write_text(picture(samples))
