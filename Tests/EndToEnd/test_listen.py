"""`fanfare listen`: lines, coming back, ending."""

import json
import signal
import subprocess

import pytest

from harness import PATIENCE
from harness.commands import Listener, Terminal, command
from harness.server import BINARY, EX_UNAVAILABLE, Server, environment
from harness.stranger import Stranger

pytestmark = pytest.mark.usefixtures("own_binary")
EX_DATAERR = 65


def line(channel, event, data):
    """The line for `data` (raw JSON bytes)."""
    return b'{"channel":%s,"event":%s,"data":%s}\n' % (*(json.dumps(name, ensure_ascii=False).encode() for name in (channel, event)), data)


@pytest.mark.parametrize(
    "posted, printed",
    [
        (b"1e400", b"1e400"),
        (b"-0", b"-0"),
        (b"1234567890123456789012345678901234567890", b"1234567890123456789012345678901234567890"),
        (b'{"b" : 0.10,"a":[ ]}', b'{"b" : 0.10,"a":[ ]}'),
        (b'"\\u00e9\\n\xc3\xa9"', b'"\\u00e9\\n\xc3\xa9"'),
        (b'[1,\n  2,\r\n\t{"a"\n:3}]\n', b'[1,   2,  \t{"a" :3}]'),
        (b'"' + b"x" * 500_000 + b'"', b'"' + b"x" * 500_000 + b'"'),
    ],
    ids=lambda data: repr(data[:20]),
)
def test_data_is_printed_byte_for_byte_in_one_line(server, channel, posted, printed):
    with Listener(server, "--count", "1", channel) as listener:
        assert server.publish(channel, "e", posted).json()["subscribers"] == 1
        assert listener.line() == line(channel, "e", printed)
        assert listener.line() == b""
        assert listener.ended() == 0


@pytest.mark.parametrize("name", ["a/b", "a b", "é", "e\u0301", '"\\', "-x"])
def test_names_are_printed_as_they_are(server, channel, name):
    with Listener(server, "--count", "1", "--", channel + name) as listener:
        assert server.publish(channel + name, name, b"1").status == 200
        assert listener.line() == line(channel + name, name, b"1")


def test_several_channels_each_with_its_name(server, channel):
    names = [f"{channel}-{index}" for index in range(5)]
    with Listener(server, "--count", "10", *names, names[0], channels=5) as listener:
        expected = []
        for number in range(10):
            assert server.publish(names[number % 5], "e", b"%d" % number).json()["subscribers"] == 1
            expected.append(line(names[number % 5], "e", b"%d" % number))
        # Channels have an order each, and none among them.
        assert sorted(listener.line() for _ in range(10)) == sorted(expected)
        assert listener.ended() == 0


def test_what_publish_sends_listen_prints(server, channel):
    with Listener(server, "--count", "1000", channel) as listener:
        published = command("publish", "--url", server.url, channel, "e", "-", stdin=b"".join(b"%d\n" % number for number in range(1000)))
        assert published.returncode == 0
        assert [listener.line() for _ in range(1000)] == [line(channel, "e", b"%d" % number) for number in range(1000)]
        assert listener.ended() == 0


def test_each_line_is_there_at_once(server, channel):
    with Listener(server, channel) as listener:
        for number in range(20):
            assert server.publish(channel, "e", b"%d" % number).status == 200
            assert listener.line() == line(channel, "e", b"%d" % number)


def test_a_name_that_is_refused_is_65(server):
    finished = command("listen", "--url", server.url, " c")
    assert (finished.returncode, finished.stdout) == (EX_DATAERR, b"")
    assert b"begins or ends with a space" in finished.stderr


# Losing the server


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_it_comes_back_after_a_restart(channel, number):
    with Server() as server, Listener(server, channel, f"{channel}-2", channels=2) as listener:
        for round_number in range(2):
            server.process.send_signal(number)
            server.process.wait(timeout=PATIENCE)
            assert "trying again in" in listener.expect("lost")
            server.start()
            for _ in range(2):
                listener.expect("listening to")
            assert server.publish(channel, "e", b"%d" % round_number).json()["subscribers"] == 1
            assert listener.line() == line(channel, "e", b"%d" % round_number)


def test_without_reconnecting_a_loss_is_69(channel):
    with Server() as server, Listener(server, "--no-reconnect", channel) as listener:
        server.kill()
        assert listener.ended() == EX_UNAVAILABLE


def test_a_server_that_is_silent_is_lost(channel):
    """Stopped, not ended: its sockets stay open, and no ping comes."""
    with Server("--ping-interval", "300ms", "--ping-timeout", "300ms") as server:
        with Listener(server, "--no-reconnect", channel) as listener:
            server.process.send_signal(signal.SIGSTOP)
            try:
                assert listener.ended() == EX_UNAVAILABLE
            finally:
                server.process.send_signal(signal.SIGCONT)
            assert "nothing came" in listener.expect("nothing came")


def test_pings_are_answered(channel):
    with Server("--ping-interval", "100ms", "--ping-timeout", "300ms") as server:
        with Listener(server, "--no-reconnect", "--count", "1", channel) as listener:
            # Far more than a client may be silent.
            with pytest.raises(subprocess.TimeoutExpired):
                listener.process.wait(timeout=1)
            assert server.publish(channel, "e", b"1").json()["subscribers"] == 1
            assert listener.ended() == 0


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 22\r\n\r\n" + b'{"detail":"Not Found"}',
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x00\xff" * 50_000,
    ],
    ids=["404", "wrong accept", "another protocol", "garbage"],
)
def test_what_is_no_fanfare_is_69_with_one_line(answer):
    with Stranger(answer) as stranger:
        finished = command("listen", "--url", stranger.url, "c")
    assert (finished.returncode, finished.stdout) == (EX_UNAVAILABLE, b"")
    assert finished.stderr.startswith(f"fanfare: {stranger.url}: it ".encode()) and finished.stderr.count(b"\n") == 1


# Ending


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_0(server, channel, number):
    with Listener(server, channel) as listener:
        assert server.publish(channel, "e", b"1").status == 200
        assert listener.line() == line(channel, "e", b"1")
        listener.process.send_signal(number)
        assert listener.ended() == 0
        assert listener.line() == b""


def test_a_signal_ends_it_although_nobody_reads(server, channel):
    with Listener(server, channel) as listener:
        # More than a pipe holds.
        for _ in range(4):
            assert server.publish(channel, "e", b'"%s"' % (b"x" * 100_000)).status == 200
        assert listener.process.stdout.read(1) == b"{"
        listener.process.send_signal(signal.SIGTERM)
        assert listener.ended() == 0


def test_it_ends_with_0_once_nobody_reads(server, channel):
    with Listener(server, channel) as listener:
        assert server.publish(channel, "e", b"1").status == 200
        assert listener.line() == line(channel, "e", b"1")
        listener.process.stdout.close()
        # Without another message.
        assert listener.ended() == 0
        assert listener.notes.empty()


def test_head_takes_one_line(server, channel):
    script = f'"{BINARY}" listen --url {server.url} {channel} | head -1; echo "${{PIPESTATUS[0]}}"'
    process = subprocess.Popen(["bash", "-c", script], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert b"listening to" in process.stderr.readline()
    assert server.publish(channel, "e", b"1").status == 200
    output, notes = process.communicate(timeout=PATIENCE)
    assert (output, notes) == (line(channel, "e", b"1") + b"0\n", b"")


def test_a_full_disk_is_said(server, channel):
    with open("/dev/full", "wb") as full:
        process = subprocess.Popen(
            [BINARY, "listen", "--url", server.url, channel], env=environment(), stdout=full, stderr=subprocess.PIPE
        )
    assert b"listening to" in process.stderr.readline()
    assert server.publish(channel, "e", b"1").status == 200
    _, notes = process.communicate(timeout=PATIENCE)
    assert process.returncode == 74 and b"cannot write standard output" in notes


# Terminals


def test_on_a_terminal_it_is_a_readable_line(server, channel):
    for variables, pattern in [
        ({"NO_COLOR": "1"}, b"%s e v {}\r\n"),
        ({}, b"\x1b[36m%s\x1b[0m \x1b[32me v\x1b[0m {}\r\n"),
    ]:
        with Terminal("listen", "--count", "1", "--url", server.url, channel, **variables) as terminal:
            terminal.read_until(f"at {server.url}\r\n".encode())
            assert server.publish(channel, "e v", '{"a":\n"\u009b1m\u202e"}'.encode()).status == 200
            shown = terminal.read_all()
            assert pattern.replace(b"{}", b'{"a": "\\u009b1m\\u202e"}') % channel.encode() in shown, shown
            assert (b"\x1b" in shown) == (not variables)
            assert terminal.process.wait() == 0
