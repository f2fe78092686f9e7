"""Starting and ending: exit codes, and one clear line when the server does not start."""

import re
import signal
import socket
import subprocess

import pytest

from harness import PATIENCE
from harness.server import BINARY, EX_CONFIG, EX_UNAVAILABLE, EX_USAGE, Server, environment, free_port, run
from harness.subscriber import Subscriber

pytestmark = pytest.mark.usefixtures("own_binary")
KEY = "a-key-of-the-tests-0123456789-0123456789"


@pytest.mark.parametrize("arguments, expected", [(["--help"], "serve"), (["serve", "--help"], "--port")], ids=["fanfare", "serve"])
def test_help_is_printed(arguments, expected):
    finished = run(*arguments)
    assert finished.returncode == 0
    assert expected in finished.stdout


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_off_loopback_it_does_not_start_without_a_key(host):
    finished = run("--host", host, "--port", str(free_port()))
    assert finished.returncode == EX_CONFIG
    lines = [line for line in finished.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, finished.stderr
    assert "FANFARE_PUBLISH_KEY" in lines[0]
    assert "insecure" in lines[0].lower()


def test_off_loopback_it_starts_with_a_key(channel):
    with Server("--host", "0.0.0.0", FANFARE_PUBLISH_KEY=KEY) as started:
        assert started.publish(channel, "e", b"1", host="push.example.org").status == 401


@pytest.mark.parametrize(
    "arguments, variables", [(["--insecure-open"], {}), ([], {"FANFARE_INSECURE_OPEN": "true"})], ids=["flag", "variable"]
)
def test_off_loopback_it_starts_open_on_request_and_warns(channel, arguments, variables):
    with Server("--host", "0.0.0.0", *arguments, **variables) as started:
        assert started.publish(channel, "e", b"1", host="push.example.org").status == 200
        assert "insecure" in started.logged.lower()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--no-such-flag"],
        ["--port"],
        ["--port", "eight"],
        ["--port", "70000"],
        ["--port", "-1"],
        ["--host"],
        ["--host", "not a host"],
        ["no-such-command"],
    ],
    ids=" ".join,
)
def test_a_bad_command_line_is_refused(arguments):
    finished = run(*arguments)
    assert finished.returncode in (EX_USAGE, EX_CONFIG), finished
    assert finished.stderr.strip()


@pytest.mark.parametrize(
    "name, value",
    [("FANFARE_PORT", "eight"), ("FANFARE_PORT", "70000"), ("FANFARE_NO_SUCH_SETTING", "1"), ("FANFARE_INSECURE_OPEN", "maybe")],
)
def test_a_bad_variable_is_refused_by_name(name, value):
    finished = run(**{name: value})
    assert finished.returncode == EX_CONFIG, finished
    assert name in finished.stderr


def test_variables_that_a_cluster_sets_for_a_service_are_ignored():
    injected = {
        "FANFARE_SERVICE_HOST": "10.0.0.1",
        "FANFARE_SERVICE_PORT": "80",
        "FANFARE_PORT_80_TCP_ADDR": "10.0.0.1",
        "FANFARE_PORT": "tcp://10.0.0.1:80",
    }
    with Server(**injected) as started:
        assert started.is_alive()


def test_every_fault_of_a_configuration_is_said_at_once():
    finished = run(FANFARE_PORT="eight", FANFARE_NO_SUCH_SETTING="1")
    assert finished.returncode == EX_CONFIG
    assert "FANFARE_PORT" in finished.stderr and "FANFARE_NO_SUCH_SETTING" in finished.stderr


def test_a_flag_goes_before_its_variable():
    with Server(FANFARE_PORT=str(free_port()), FANFARE_HOST="127.0.0.1") as started:
        assert started.is_alive()


def test_a_taken_port_is_said(channel):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        finished = run("--port", str(taken.getsockname()[1]))
    assert finished.returncode == EX_UNAVAILABLE
    assert finished.stderr.strip()


def test_a_second_server_on_the_same_port_does_not_start():
    with Server() as first:
        finished = run("--port", str(first.port))
        assert finished.returncode == EX_UNAVAILABLE
        for _ in range(20):
            assert first.is_alive()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_connections_open(channel, number):
    with Server() as started:
        subscribers = [Subscriber(started).subscribe(channel) for _ in range(5)]
        started.process.send_signal(number)
        assert started.process.wait(timeout=PATIENCE) == 0
        for subscriber in subscribers:
            subscriber.close()


def test_port_0_takes_any_free_port():
    """The address that it got is in the log."""
    process = subprocess.Popen(
        [BINARY, "--port", "0"], env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        for line in process.stdout:
            if found := re.search(rb"127\.0\.0\.1:(\d+)", line):
                assert int(found[1]) > 0
                break
        else:
            pytest.fail("the server ended without a word on its address")
    finally:
        process.terminate()
        assert process.wait(timeout=PATIENCE) == 0
        process.stdout.close()
