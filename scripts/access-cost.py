#!/usr/bin/env python3
"""What keys, tokens and TLS cost, on one machine: medians of ROUNDS runs, one setting after the other in each.

    swift build -c release && scripts/install-test-tools.sh && .venv/bin/python scripts/access-cost.py [ROUNDS]

Needs a quiet machine and about a minute a round.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "Tests/EndToEnd"))

from harness.server import BINARY, Server, environment  # noqa: E402
from harness.tokens import ES256, JWKS, SECRET, base64url, token  # noqa: E402
from harness.websocket import WebSocketConnection  # noqa: E402
from test_tls import SecureServer, certificate  # noqa: E402

KEY = "a-publish-key-of-the-measurements-0123456789"
CONNECTS = 2_000


def bench(server, *arguments, **variables):
    command = [BINARY, "bench", "--url", server.url, "--pid", server.process.pid, "--json", *arguments]
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, env=environment(**variables))
    assert result.returncode == 0, (result.stdout, result.stderr)
    return json.loads(result.stdout)


def publishes(**variables):
    with Server(**variables) as server:
        return {"POST/s": bench(server, "--subscribers", 1, "--publishers", 16, "--duration", "4s", **variables)["publishes_per_s"]}


def transport(make, *trust):
    with make() as server:
        idle = bench(server, "--subscribers", 2_000, "--ramp", 1_000, "--rate", 1, "--duration", "2s", *trust)
    with make() as server:
        busy = bench(server, "--subscribers", 500, "--publishers", 8, "--window", 64, "--duration", "4s", *trust)
    return {
        "KiB a connection": idle["rss_bytes_per_connection"] / 1024, "µs of CPU a connect": idle["cpu_us_per_connect"],
        "deliveries/s": busy["deliveries_per_s"], "µs of CPU a delivery": busy["cpu_us_per_delivery"],
    }  # fmt: skip


def cpu(server):
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def connects(make_token, *arguments, **variables):
    """The server's CPU for a WebSocket, its CONNECT and the answer, and the close."""
    texts = [make_token(number) for number in range(CONNECTS)]
    with Server(*arguments, **variables) as server:
        for phase in ("warm", "measured"):
            before = cpu(server)
            for text in texts if phase == "measured" else texts[:200]:
                connection = WebSocketConnection(server)
                connection.text_packet()
                connection.text(b"40" + (json.dumps({"token": text}).encode() if text else b""))
                connection.text_packet()
                connection.socket.close()
        return {"µs of CPU a connect": (cpu(server) - before) / CONNECTS * 1e6}


def forged(number):
    """A token of its own for each, whose ES256 signature is wrong: found out by the same work as a good one."""
    header, _, signature = ES256.split(".")
    claims = {"sub": f"user-{number}", "exp": 9_999_999_999, "channels": ["secret.*"]}
    return f"{header}.{base64url(json.dumps(claims).encode())}.{signature}"


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    folder = Path(tempfile.mkdtemp())
    jwks = folder / "jwks.json"
    jwks.write_text(json.dumps(JWKS))
    chain, key = certificate(folder, "localhost")
    secret = {"FANFARE_TOKEN_SECRET": SECRET}
    one = token("secret.*")
    cases = {
        "publish without a key": lambda: publishes(),
        "publish with a key": lambda: publishes(FANFARE_PUBLISH_KEY=KEY),
        "without TLS": lambda: transport(Server),
        "with TLS": lambda: transport(lambda: SecureServer(chain, key), "--cacert", chain),
        "connect without a token": lambda: connects(lambda _: None, **secret),
        "connect, HS256, all the same token": lambda: connects(lambda _: one, **secret),
        "connect, HS256, each its own": lambda: connects(lambda number: token("secret.*", sub=f"user-{number}"), **secret),
        "connect, ES256, each its own, refused": lambda: connects(forged, "--jwks", str(jwks)),
    }
    found = {name: [] for name in cases}
    for _ in range(rounds):
        for name, measure in cases.items():
            found[name].append(measure())
    for name, results in found.items():
        for unit in results[0]:
            values = [result[unit] for result in results]
            print(f"{name:40} {statistics.median(values):12,.1f} {unit}   ({min(values):,.1f} to {max(values):,.1f})")


if __name__ == "__main__":
    main()
