"""H: signals, restarts, clocks, and starts that must not be."""

import contextlib
import os
import signal
import socket
import struct
import subprocess
import threading
import time
from pathlib import Path

import pytest

from harness import LONG, PATIENCE
from harness.http import HTTPConnection, publish_request, request
from harness.polling import Poller, target
from harness.server import BINARY, EX_CONFIG, EX_UNAVAILABLE, EX_USAGE, environment, free_port, run
from harness.subscriber import event_packet
from harness.websocket import CLOSE, TEXT, WebSocketConnection, frame, upgrade_request
from needs import needs, offered
from stage import Hub, eventually, hosted
from wire import dial, reset

GOING_AWAY = 1001


@pytest.fixture
def alone():
    """A server that the test ends itself; between control clients up to then."""
    with Hub() as hub:
        yield hub


def websocket_subscriber(hub, channel):
    websocket = WebSocketConnection(hub).join()
    websocket.text(b'421["subscribe","%s"]' % channel.encode())
    assert websocket.text_packet().startswith(b"431")
    return websocket


def numbers_until_close(websocket, event="e"):
    """The messages up to the close frame, and its code."""
    received = []
    while True:
        opcode, payload = websocket.frame()
        if opcode == CLOSE:
            with contextlib.suppress(OSError):
                websocket.send(frame(CLOSE, payload[:2]))
            return received, struct.unpack(">H", payload[:2])[0] if payload else None
        received.append(payload)


class Publishing(threading.Thread):
    """One message after the other, each with its 200, until the server takes no more."""

    def __init__(self, hub, channel, body=b"%d"):
        super().__init__(daemon=True)
        self.hub, self.channel, self.body = hub, channel, body
        self.taken, self.last = 0, None
        self.unknown = 0
        self.start()

    def run(self):
        try:
            with HTTPConnection(self.hub.address) as connection:
                while True:
                    connection.send(publish_request(self.channel, "e", self.body % self.taken))
                    self.unknown = 1
                    response = connection.response()
                    self.unknown = 0
                    self.last = response
                    if response.status != 200:
                        return
                    self.taken += 1
        except (OSError, EOFError):
            pass


@pytest.mark.parametrize("non_readers", [0, 3])
def test_h01_what_was_taken_before_the_end_arrives(alone, channel, non_readers):
    count = 1_000 if LONG else 50
    with alone.watched():
        pass
    with contextlib.ExitStack() as stack:
        websockets = [stack.enter_context(websocket_subscriber(alone, channel)) for _ in range(count)]
        poller = stack.enter_context(Poller(alone)).join().subscribe(channel)
        for _ in range(non_readers):
            sleeper = stack.enter_context(dial(alone, receive_buffer=1_024))
            sleeper.sendall(upgrade_request() + frame(TEXT, b"40") + frame(TEXT, b'42["subscribe","%s"]' % channel.encode()))
        results = {}

        def receive(websocket):
            results[websocket] = numbers_until_close(websocket)

        receivers = [threading.Thread(target=receive, args=(websocket,), daemon=True) for websocket in websockets]
        for receiver in receivers:
            receiver.start()
        publishing = Publishing(alone, channel)
        eventually(lambda: publishing.taken > 50, "nothing is published")
        began = time.monotonic()
        alone.process.send_signal(signal.SIGTERM)
        polled = []
        with contextlib.suppress(OSError, EOFError):
            while (response := poller.get()).status == 200:
                polled += response.body.split(b"\x1e")
        publishing.join(PATIENCE)
        for receiver in receivers:
            receiver.join(PATIENCE)
        assert alone.process.wait(timeout=35) == 0
        assert time.monotonic() - began <= 30
        for websocket in websockets:
            received, code = results[websocket]
            assert code == GOING_AWAY
            assert publishing.taken <= len(received) <= publishing.taken + publishing.unknown, (len(received), publishing.taken)
            assert received == [event_packet("e", b"%d" % number) for number in range(len(received))]
        events = [packet for packet in polled if packet.startswith(b"42")]
        assert events == [event_packet("e", b"%d" % number) for number in range(len(events))]


@needs("--drain-window")
def test_h01_a_publish_during_the_drain_is_refused_with_a_word(channel):
    with Hub("--drain-window", "2s") as hub, contextlib.ExitStack() as stack:
        websockets = [stack.enter_context(websocket_subscriber(hub, channel)) for _ in range(20)]
        with HTTPConnection(hub.address) as connection, HTTPConnection(hub.address) as ready:
            for open_connection in (connection, ready):
                open_connection.send(request("GET", "/livez"))
                assert open_connection.response().status == 200
            hub.process.send_signal(signal.SIGTERM)
            eventually(lambda: refuses(hub.address), "it goes on accepting", 5)
            connection.send(publish_request(channel, "e", b"1"))
            response = connection.response()
            assert response.status == 503 and response.header("Connection") == "close"
            ready.send(request("GET", "/readyz"))
            assert ready.response().status == 503
        assert [numbers_until_close(websocket) for websocket in websockets] == [([], GOING_AWAY)] * 20
        assert hub.process.wait(timeout=30) == 0


@needs("--drain-window")
def test_h01_a_publish_that_has_begun_is_finished(channel):
    with Hub("--drain-window", "2s") as hub, websocket_subscriber(hub, channel) as websocket, HTTPConnection(hub.address) as connection:
        data = publish_request(channel, "e", b'"begun"')
        connection.send(data[:-3])
        eventually(hub.is_alive, "it does not answer")
        hub.process.send_signal(signal.SIGTERM)
        eventually(lambda: refuses(hub.address), "it goes on accepting", 5)
        connection.send(data[-3:])
        response = connection.response()
        assert response.status in (200, 503)
        received, code = numbers_until_close(websocket)
        assert code == GOING_AWAY
        # Whether a subscriber is left by then is for the order of leaving; a 200 counts those that are.
        assert len(received) == (response.json()["subscribers"] if response.status == 200 else 0)
        assert hub.process.wait(timeout=30) == 0


@needs("--drain-window")
def test_h01_connections_close_spread_over_the_window(channel):
    with Hub("--drain-window", "2s") as hub, contextlib.ExitStack() as stack:
        # Past 1,000 a second the window counts.
        websockets = [stack.enter_context(websocket_subscriber(hub, channel)) for _ in range(3_000)]
        hub.process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        for websocket in websockets:
            assert numbers_until_close(websocket)[1] == GOING_AWAY
        assert 1 < time.monotonic() - began < 6
        assert hub.process.wait(timeout=30) == 0


def refuses(address):
    try:
        socket.create_connection(address, timeout=1).close()
        return False
    except OSError:
        return True


# H2: signals


def test_h02_a_second_signal_ends_at_once(alone, channel):
    with websocket_subscriber(alone, channel), dial(alone) as slow:
        # A request under way, so that there is something to wait for.
        slow.sendall(publish_request(channel, "e", b"12345")[:-3])
        alone.process.send_signal(signal.SIGTERM)
        eventually(lambda: refuses(alone.address), "it goes on accepting", 5)
        began = time.monotonic()
        with contextlib.suppress(ProcessLookupError):
            alone.process.send_signal(signal.SIGTERM)
        code = alone.process.wait(timeout=35)
        assert time.monotonic() - began < 2
    # Cut off or just done: both are ends that one asked for.
    assert code in (0, -signal.SIGTERM, 128 + signal.SIGTERM, 1)
    alone.process.returncode = 0


def test_h02_an_interrupt_ends_it_as_well(alone, channel):
    with alone.watched():
        pass
    with websocket_subscriber(alone, channel) as websocket:
        alone.process.send_signal(signal.SIGINT)
        assert websocket.close_code() == GOING_AWAY
        assert alone.process.wait(timeout=35) == 0


@pytest.mark.parametrize("name", ["SIGHUP", "SIGPIPE", "SIGWINCH", "SIGURG", "SIGCHLD"])
def test_h02_other_signals_end_nothing(name):
    with hosted() as hub:
        for _ in range(20):
            hub.process.send_signal(signal.Signals[name])
        hub.controls.assert_flowing()


@pytest.mark.parametrize("output", ["closed pipe", "/dev/full"])
def test_h02_a_log_that_cannot_be_written_harms_nothing(channel, output, tmp_path):
    port = free_port()
    arguments = [BINARY, "--port", str(port), "--log-level", "trace"]
    hub = Hub(port=port)
    with open(os.devnull if output == "closed pipe" else output, "wb") as file:
        pipe = output == "closed pipe"
        hub.process = subprocess.Popen(
            arguments,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if pipe else file,
            stderr=subprocess.PIPE if pipe else file,
        )
    try:
        if pipe:
            hub.process.stdout.close()
            hub.process.stderr.close()
        assert hub._answers(port), "it ended at its start"
        with hub.watched():
            for data in (b"\x00\r\n\r\n", hub.poison(b"["), request("GET", "/nothing", headers=[("Connection", "close")])):
                with dial(hub) as connection:
                    connection.sendall(data)
                    assert connection.recv(100)
        assert hub.stop() == 0
    finally:
        hub.kill()


def test_h03_killed_it_starts_on_the_same_port_at_once(alone, channel):
    for _ in range(3):
        with alone.watched():
            pass
        websocket = websocket_subscriber(alone, channel)
        publishing = Publishing(alone, channel, b'"%d' + b"x" * 10_000 + b'"')
        eventually(lambda: publishing.taken > 10, "nothing is published")
        alone.kill()
        publishing.join(PATIENCE)
        began = time.monotonic()
        alone.start()
        assert time.monotonic() - began < 5
        with websocket:
            assert websocket.ended()
        # Nothing is left of the old one's subscriptions.
        assert alone.publish(channel, "e", b"1").json()["subscribers"] == 0
    with alone.watched():
        pass


# H4: the wall clock

FAKETIME = next((str(path) for path in Path("/usr/lib").glob("*/faketime/libfaketime*.so.1") if "MT" in path.name), None)


@pytest.mark.skipif(FAKETIME is None, reason="libfaketime is missing: Debian's package of this name has it")
def test_h04_a_wall_clock_that_jumps_ends_nothing(tmp_path, channel):
    offset = tmp_path / "offset"
    offset.write_text("+0\n")
    # The library sets a variable, after which Swift does not find the arguments; in a process that was started from one with it, it is set.
    variables = {
        "LD_PRELOAD": FAKETIME,
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_NO_CACHE": "1",
    }
    with hosted("--ping-interval", "500ms", "--ping-timeout", "500ms", through=["/usr/bin/env"], **variables) as hub, Poller(hub) as poller:
        poller.join().subscribe(channel)
        for jump in ("+3600", "-3600", "+0", "-86400", "+31536000"):
            offset.write_text(jump + "\n")
            hub.controls.assert_flowing()
            # Two heartbeats later all sessions are there.
            deadline = time.monotonic() + 0.6
            while time.monotonic() < deadline:
                if b"2" in poller.poll():
                    poller.send(b"3")
            assert hub.publish(channel, "e", b"1").json()["subscribers"] == 1


# H5: stopped for a while


@pytest.mark.parametrize("seconds", [2, pytest.param(60, marks=pytest.mark.slow)])
def test_h05_a_server_that_stood_still_goes_on(alone, channel, seconds):
    """Shorter than its clients' patience: nothing is lost. Longer: they go, once each, and come back."""
    survives = seconds < 20
    with contextlib.ExitStack() as stack:
        if survives:
            stack.enter_context(alone.watched())
        websockets = [stack.enter_context(websocket_subscriber(alone, channel)) for _ in range(20)]
        connection = stack.enter_context(HTTPConnection(alone.address))
        os.kill(alone.process.pid, signal.SIGSTOP)
        connection.send(publish_request(channel, "e", b"1"))
        time.sleep(seconds)
        before = alone.cpu
        os.kill(alone.process.pid, signal.SIGCONT)
        connection.socket.settimeout(PATIENCE)
        if survives:
            assert connection.response().json()["subscribers"] == 20
            for websocket in websockets:
                assert websocket.text_packet() == event_packet("e", b"1")
        with alone.watched():
            alone.controls.assert_flowing()
        assert alone.cpu - before < 2


def test_h05_stopped_past_the_heartbeat_sessions_end_once_and_new_ones_live(channel):
    with Hub("--ping-interval", "300ms", "--ping-timeout", "300ms") as hub:
        base = hub.descriptors
        websockets = [websocket_subscriber(hub, channel) for _ in range(50)]
        os.kill(hub.process.pid, signal.SIGSTOP)
        time.sleep(1)
        os.kill(hub.process.pid, signal.SIGCONT)
        # None of these ever answers a ping.
        for websocket in websockets:
            with websocket:
                assert websocket.ended()
        hub.assert_descriptors_return(base)
        with hub.watched():
            hub.controls.assert_flowing()


def test_h06_nothing_can_be_written_anywhere(tmp_path):
    """A folder without write access, no home, no temporary files, and a full disk for the log."""
    folder = tmp_path / "empty"
    folder.mkdir()
    folder.chmod(0o555)
    with hosted(output="/dev/full", directory=folder, HOME="/nonexistent", TMPDIR="/nonexistent", XDG_CACHE_HOME="/nonexistent") as hub:
        hub.controls.assert_flowing()


# H7: starts that must not be


@pytest.mark.parametrize(
    "arguments, variables, code",
    [
        (["--unknown"], {}, EX_USAGE),
        (["--port", "x"], {}, EX_USAGE),
        (["--port", "65536"], {}, (EX_USAGE, EX_CONFIG)),
        (["--port", "-1"], {}, (EX_USAGE, EX_CONFIG)),
        (["--loops", "0"], {}, (EX_USAGE, EX_CONFIG)),
        (["--ping-interval", "0s"], {}, (EX_USAGE, EX_CONFIG)),
        (["--ping-interval", "-1s"], {}, (EX_USAGE, EX_CONFIG)),
        (["--ping-interval", "9999999999999999999s"], {}, (EX_USAGE, EX_CONFIG)),
        (["--max-payload", "9223372036854775808"], {}, (EX_USAGE, EX_CONFIG)),
        (["--max-payload", "-5"], {}, (EX_USAGE, EX_CONFIG)),
        (["--log-level", "loud"], {}, (EX_USAGE, EX_CONFIG)),
        (["--host", "0.0.0.0"], {}, EX_CONFIG),
        (["--host", "::"], {}, EX_CONFIG),
        (["--host", "no such host"], {}, (EX_CONFIG, EX_UNAVAILABLE)),
        (["--host", "192.0.2.1"], {"FANFARE_PUBLISH_KEY": "k" * 40}, (EX_CONFIG, EX_UNAVAILABLE)),
        ([], {"FANFARE_PORTT": "1"}, EX_CONFIG),
        ([], {"FANFARE_PORT": "x"}, EX_CONFIG),
        ([], {"FANFARE_PUBLISH_KEY_FILE": "/nonexistent"}, EX_CONFIG),
        ([], {"FANFARE_PUBLISH_KEY": "k" * 40, "FANFARE_PUBLISH_KEY_FILE": "/etc/hostname"}, EX_CONFIG),
        ([], {"CORS_ORIGIN": "https://x/"}, EX_CONFIG),
        ([], {"FANFARE_INSECURE_OPEN": "perhaps"}, EX_CONFIG),
        (["--limit-unknown", "1"], {}, EX_USAGE),
    ],
    ids=str,
)  # fmt: skip
def test_h07_a_bad_setting_is_told_and_nothing_starts(hub, arguments, variables, code):
    codes = code if isinstance(code, tuple) else (code,)
    if "--port" not in arguments:
        arguments = ["--port", str(free_port()), *arguments]
    finished = run("serve", *arguments, **variables)
    assert finished.returncode in codes, finished
    said = finished.stderr.strip()
    assert said and "Fatal error" not in said and "Swift/" not in said, finished


def test_h07_all_mistakes_are_told_at_once(hub):
    finished = run("serve", FANFARE_PORT="x", FANFARE_LOG_LEVEL="loud", FANFARE_UNKNOWN="1", CORS_ORIGIN="https://x/")
    assert finished.returncode == EX_CONFIG
    for part in ("FANFARE_PORT", "FANFARE_LOG_LEVEL", "FANFARE_UNKNOWN", "https://x"):
        assert part in finished.stderr, finished.stderr


def test_h07_an_address_that_is_taken_is_told(hub):
    for _ in range(3):
        finished = run("serve", "--port", str(hub.port))
        assert finished.returncode == EX_UNAVAILABLE and str(hub.port) in finished.stderr, finished


# H8: an end in the middle of a beginning


def test_h08_closing_at_any_moment_of_a_beginning(hub):
    base = hub.descriptors
    beginnings = [
        upgrade_request() + frame(TEXT, b"40"),
        request("GET", target()),
        upgrade_request(target=target(transport="websocket", sid="x")),
        hub.poison(b"["),
    ]
    for number in range(100_000 if LONG else 3_000):
        data = beginnings[number % len(beginnings)]
        connection = dial(hub)
        connection.send(data[: 1 + number * 7919 % len(data)])
        if number % 3 == 0:
            reset(connection)
        elif number % 3 == 1:
            connection.shutdown(socket.SHUT_WR)
            connection.close()
        else:
            connection.close()
    hub.assert_descriptors_return(base)


def test_h08_a_server_that_ends_in_the_middle_of_beginnings(channel):
    for _ in range(5):
        with Hub(*(["--limit-close-deadline", "300ms"] if "--limit-close-deadline" in offered() else [])) as hub:
            connections = []
            for number in range(100):
                connection = dial(hub)
                data = upgrade_request() + frame(TEXT, b"40") + frame(TEXT, b"4" * 100, final=False)
                connection.send(data[: 1 + number * len(data) // 100])
                connections.append(connection)
            assert hub.stop() == 0
            for connection in connections:
                connection.close()
