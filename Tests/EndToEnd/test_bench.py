"""`fanfare bench` against a real server: what it counts, and that it tells when something is wrong."""

import json
import subprocess

import pytest

from harness.server import BINARY, Server, environment


def bench(server, *arguments, **variables):
    return subprocess.run(
        [BINARY, "bench", "--url", f"http://127.0.0.1:{server.port}", "--duration", "500ms", *arguments],
        env=environment(**variables), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        ("--subscribers", "50"),
        ("--subscribers", "50", "--publishers", "8", "--window", "16"),
        ("--subscribers", "60", "--channels", "7", "--publishers", "4"),
        ("--subscribers", "20", "--rate", "100", "--size", "2000"),
        ("--subscribers", "20", "--transport", "polling"),
        ("--subscribers", "20", "--transport", "polling", "--publishers", "4", "--window", "64"),
    ],
)
def test_everything_arrives_and_is_counted(server, arguments):
    result = bench(server, *arguments, "--json", "--pid", str(server.process.pid))
    assert result.returncode == 0, result.stderr + result.stdout
    report = json.loads(result.stdout)
    assert report["subscribers"] == int(arguments[1])
    assert report["published"] > 10 and report["delivered"] == report["expected"] > 0
    assert report["lost"] == report["doubled"] == report["out_of_order"] == 0
    assert 0 < report["latency_us"]["p50"] <= report["latency_us"]["p99.9"] <= report["latency_us"]["max"]
    assert report["cpu_us_per_delivery"] >= 0 and report["rss_bytes"] > 1_000_000
    if "--rate" in arguments:
        assert 40 <= report["published"] <= 51


def test_a_table_for_people(server):
    result = bench(server, "--subscribers", "10")
    assert result.returncode == 0
    assert "lost, doubled, out of order  0, 0, 0" in result.stdout and "latency p99.9" in result.stdout


def test_a_key_comes_from_the_environment(own_binary):
    key = "bench-key-0123456789-0123456789"
    with Server(FANFARE_PUBLISH_KEY=key) as keyed:
        assert bench(keyed, "--subscribers", "5", FANFARE_PUBLISH_KEY=key).returncode == 0
        refused = bench(keyed, "--subscribers", "5", "--json")
        assert refused.returncode == 65
        assert json.loads(refused.stdout)["refused"].keys() == {"401"}


def test_subscribers_that_do_not_get_in_are_told(own_binary):
    with Server("--limit-connections", "10") as small:
        result = bench(small, "--subscribers", "30", "--json")
        assert result.returncode == 65, result.stdout
        assert sum(json.loads(result.stdout)["connections_lost"].values()) >= 20


def test_no_server_and_bad_arguments():
    run = lambda *arguments: subprocess.run([BINARY, "bench", *arguments], capture_output=True, text=True, timeout=20)
    assert run("--url", "http://127.0.0.1:1").returncode == 69
    for arguments in (("--subscribers", "0"), ("--rate", "5", "--window", "2"), ("--size", "3"), ("--channels", "2000")):
        assert run(*arguments).returncode == 64, arguments
