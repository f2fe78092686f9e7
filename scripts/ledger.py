#!/usr/bin/env python3
"""Three nodes over one Redis, publishers and subscribers on each; what everybody has sent and received is compared afterwards.

    .venv/bin/python scripts/ledger.py [--messages 100000] [--faults SEED] [--nodes 3]

Without faults nothing may be missing; with them every loss has to be announced.
"""

import argparse
import asyncio
import random
import sys
from contextlib import ExitStack
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Tests/EndToEnd"))

from harness.ledger import judge, percentile, random_faults, record  # noqa: E402
from harness.redis import Redis, Stretch  # noqa: E402
from harness.server import Server  # noqa: E402

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--messages", type=int, default=100_000)
parser.add_argument("--nodes", type=int, default=3)
parser.add_argument("--publishers", type=int, default=4, help="on each node")
parser.add_argument("--faults", type=int, metavar="SEED")
options = parser.parse_args()

with Redis() as redis, ExitStack() as stack:
    faulty = options.faults is not None
    stretches = [stack.enter_context(Stretch(redis.port)) for _ in range(options.nodes)] if faulty else []
    urls = [stretch.url for stretch in stretches] or [redis.url] * options.nodes
    nodes = [stack.enter_context(Server("--redis", url)) for url in urls]
    fault = (lambda run: random_faults(run, redis, stretches, random.Random(options.faults))) if faulty else None
    run = asyncio.run(record(nodes, options.messages, publishers=options.publishers, fault=fault))
    wrong = judge(run)
    print(f"{options.messages} messages by {options.publishers} publishers on each of {options.nodes} nodes in {run.seconds:.1f} s;", end=" ")
    print(", ".join(f"{count} answered {status}" for status, count in sorted(run.statuses.items())))
    print(f"{run.deliveries} deliveries to {len(run.ledgers)} subscribers of 10 channels, {run.lost} lost, {run.gaps} gaps announced")
    print(f"publish to delivery: p50 {percentile(run.latencies, 0.5) * 1e3:.2f} ms, p99 {percentile(run.latencies, 0.99) * 1e3:.2f} ms")
    if run.faults:
        print(f"{len(run.faults)} faults: " + ", ".join(f"{run.faults.count(name)} {name}" for name in sorted(set(run.faults))))
    for sentence in wrong[:20]:
        print(sentence)
    print(f"{len(wrong)} promises broken")
    sys.exit(bool(wrong))
