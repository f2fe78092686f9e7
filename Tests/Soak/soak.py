"""Uses a server hard for a while and looks whether it is the same afterwards: soak.py MINUTES [--out DIR] [--seed N] [--connects-per-second N]"""

import argparse
import random
import re
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "Tests/EndToEnd"))

from figures import MIB, faults, growth_per_hour, sample, write  # noqa: E402
from harness.server import Server  # noqa: E402
from roles import Churner, Publisher, Role, Sleeper, Vandal, Witness  # noqa: E402

#: Vanished pollers are forgotten after a ping's interval and time-out, silent connections after 75 seconds.
FORGETTING_SECONDS = 100
CHURNERS = 4


def gauges(server):
    """What the server says it still has, if it serves metrics."""
    answer = server.request("GET", "/metrics")
    if answer.status != 200:
        return {}
    found = {}
    for name in ("fanfare_connections", "fanfare_subscriptions", "fanfare_channels"):
        values = re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", answer.body.decode(), re.MULTILINE)
        assert values, f"{name} is not in the metrics"
        found[name] = sum(map(float, values))
    return found


def main():
    parser = argparse.ArgumentParser(prog="soak.sh", description="Soaks a server of its own; exit code 1 if it is not the same afterwards.")
    parser.add_argument("minutes", type=float)
    parser.add_argument("--out", type=Path, default=PROJECT / ".build/soak", help="folder for soak.json and soak.svg")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--connects-per-second", type=float, default=100)
    options = parser.parse_args()
    print(f"seed {options.seed}, {options.minutes:g} minutes", flush=True)

    with Server("--log-level", "warning") as server:
        pid = server.process.pid
        base = sample(pid, 0)
        publisher = Publisher(server, options.seed, 40)
        witnesses = [Witness(server, options.seed, polls) for polls in (False, True)]
        roles: list[Role] = [*witnesses, publisher, Sleeper(server, options.seed + 1, 20), Vandal(server, options.seed + 2, 10)]
        churners = [Churner(server, options.seed + 3 + index, options.connects_per_second / CHURNERS) for index in range(CHURNERS)]
        roles += churners
        for role in roles:
            role.start()
        began, samples, found = time.monotonic(), [], []
        while (passed := time.monotonic() - began) < options.minutes * 60 and not found:
            time.sleep(min(5, max(0.1, options.minutes * 60 - passed)))
            samples.append(sample(pid, time.monotonic() - began))
            found = [f"{type(role).__name__}: {role.fault!r}" for role in roles if role.fault]
            if len(samples) % 12 == 0:
                latest = samples[-1]
                print(f"{latest['seconds'] / 60:5.1f} min  {latest['rss'] / MIB:6.1f} MiB  {latest['descriptors']} descriptors", flush=True)
        # The publisher's last message is the witnesses' last.
        for role in reversed(roles):
            if not isinstance(role, Witness):
                role.over.set()
            role.join(timeout=40)
        found += [f"{type(role).__name__}: {role.fault!r}" for role in roles if role.fault and not found]
        limit = time.monotonic() + FORGETTING_SECONDS
        while time.monotonic() < limit and (sample(pid, 0)["descriptors"] > base["descriptors"] or any(gauges(server).values())):
            time.sleep(1)
        left, end = gauges(server), sample(pid, time.monotonic() - began)
        if samples:
            found += faults(base, samples, end, left)
        code = server.stop()
        if code != 0:
            found.append(f"the server ended with {code}:\n{server.logged[-2000:]}")

    report = {
        "seed": options.seed, "minutes": options.minutes, "faults": found, "base": base, "end": end, "gauges": left or "not checked",
        "growth_mib_per_hour": round(growth_per_hour(samples) / MIB, 3), "clients": sum(role.turns for role in churners),
        "published": publisher.turns, "witnessed": [witness.received for witness in witnesses],
    }  # fmt: skip
    write(options.out, report, samples)
    seconds = samples[-1]["seconds"]
    print(
        f"{report['clients']} clients ({report['clients'] / seconds:.0f}/s), {report['published']} publishes, witnesses received"
        f" {report['witnessed']} of {publisher.numbers}; CPU {end['cpu'] / seconds:.2f} cores"
    )
    print(f"memory {samples[0]['rss'] / MIB:.1f}, then {samples[-1]['rss'] / MIB:.1f}, at the end {end['rss'] / MIB:.1f} MiB:"
          f" {report['growth_mib_per_hour']} MiB an hour after the warm-up")  # fmt: skip
    print(f"descriptors {base['descriptors']} before, {end['descriptors']} after; left over: {report['gauges']}")
    for fault in found:
        print(f"FAULT {fault}")
    print(f"wrote {options.out}/soak.json and soak.svg")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
