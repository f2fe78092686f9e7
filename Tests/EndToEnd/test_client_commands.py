"""`fanfare publish` and `fanfare health`: output, exit codes, keys, terminals."""

import json
import re

import pytest

from harness.commands import Terminal, command
from harness.server import EX_CONFIG, EX_UNAVAILABLE, EX_USAGE, Server, free_port
from harness.stranger import Stranger
from harness.subscriber import Subscriber, event_packet

pytestmark = pytest.mark.usefixtures("own_binary")
EX_DATAERR = 65
KEY = "a-key-of-the-tests-0123456789-0123456789"
MINIMAL = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{"subscribers":3}'


def published(channel, event, subscribers):
    line = {"channel": channel, "event": event, "subscribers": subscribers}
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


# One message


@pytest.mark.parametrize("data", ["1e400", "1234567890123456789012345678901234567890", '{ "b":0.10,\n"a":-0 }', '"é\\u00e9"', "null"])
def test_a_message_arrives_as_it_was_given(server, channel, data):
    with Subscriber(server).subscribe(channel) as subscriber:
        finished = command("publish", "--url", server.url, channel, "e", data)
        assert (finished.returncode, finished.stdout, finished.stderr) == (0, published(channel, "e", 1), b"")
        assert subscriber.packet() == event_packet("e", data.encode())


@pytest.mark.parametrize("name", ["a/b", "a b", "é", "e\u0301", "100%", "a+b?c#d", '"\\', "-x", "@:;,="])
def test_names_reach_the_server_as_they_are(server, channel, name):
    with Subscriber(server).subscribe(channel + name) as subscriber:
        finished = command("publish", "--url", server.url, "--", channel + name, name, "1")
        assert (finished.returncode, finished.stdout) == (0, published(channel + name, name, 1))
        assert subscriber.packet() == event_packet(name, b"1")


def test_a_negative_number_comes_behind_two_dashes(server, channel):
    with Subscriber(server).subscribe(channel) as subscriber:
        assert command("publish", "--url", server.url, channel, "e", "--", "-5").returncode == 0
        assert subscriber.packet() == event_packet("e", b"-5")


def test_quiet_says_nothing(server, channel):
    finished = command("publish", "--quiet", "--url", server.url, channel, "e", "1")
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, b"", b"")


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["c", "e", "{bad"], [b"422", b"(byte 1 of the JSON)"]),
        (["c", "connect", "1"], [b"422", b"reserved", b"(event)"]),
        ([" c", "e", "1"], [b"422", b"(channel)"]),
        (["", "e", "1"], [b"4"]),
    ],
)
def test_a_refusal_is_65_and_says_why(server, arguments, words):
    finished = command("publish", "--url", server.url, *arguments)
    assert (finished.returncode, finished.stdout) == (EX_DATAERR, b"")
    assert finished.stderr.startswith(b"fanfare: the server refused it with ") and finished.stderr.count(b"\n") == 1
    assert all(word in finished.stderr for word in words), finished.stderr


# A stream


def test_a_thousand_lines_go_over_one_connection_in_order(channel):
    lines = [b'{"number":%d}' % number for number in range(1000)]
    with Stranger(MINIMAL) as stranger:
        finished = command("publish", "--url", stranger.url, channel, "e", "-", stdin=b"\n".join(lines))
        assert (finished.returncode, finished.stderr) == (0, b"")
        assert finished.stdout == published(channel, "e", 3) * 1000
        assert [[body for _, body in requests] for requests in stranger.connections] == [lines]


def test_a_thousand_lines_arrive(server, channel):
    with Subscriber(server).subscribe(channel) as subscriber:
        lines = b"".join(b"%d\r\n\n" % number for number in range(1000))
        finished = command("publish", "--url", server.url, channel, "e", stdin=lines)
        assert (finished.returncode, finished.stdout.count(b"\n")) == (0, 1000)
        for number in range(1000):
            assert subscriber.packet() == event_packet("e", b"%d" % number)


def test_a_connection_that_the_server_ends_in_between_is_made_again(channel):
    last = MINIMAL.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with Stranger(last, closes=True) as stranger:
        assert command("publish", "--url", stranger.url, channel, "e", "-", stdin=b"1\n2\n3").returncode == 0
        assert [[body for _, body in requests] for requests in stranger.connections] == [[b"1"], [b"2"], [b"3"]]


def test_the_first_refused_line_ends_it_and_is_named(server, channel):
    with Subscriber(server).subscribe(channel) as subscriber:
        finished = command("publish", "--url", server.url, channel, "e", "-", stdin=b"1\n\n  \t\r\n2\n{'a':1}\n3\n")
        assert finished.returncode == EX_DATAERR
        assert finished.stdout == published(channel, "e", 1) * 2
        assert finished.stderr.startswith(b"fanfare: line 5: the server refused it with 422: ")
        assert command("publish", "--url", server.url, channel, "e", '"after"').returncode == 0
        assert [subscriber.packet() for _ in range(3)] == [event_packet("e", data) for data in (b"1", b"2", b'"after"')]


@pytest.mark.parametrize("size", [1_000_001, 3_000_000, 20_000_000])
def test_a_line_that_is_too_large_is_the_servers_to_refuse(server, channel, size):
    finished = command("publish", "--url", server.url, channel, "e", "-", stdin=b'1\n"%s"\n' % (b"x" * (size - 2)))
    assert finished.returncode == EX_DATAERR
    assert finished.stderr.startswith(b"fanfare: line 2: the server refused it with 413: ")


def test_an_empty_stream_is_fine_if_it_was_asked_for(server, channel):
    finished = command("publish", "--url", server.url, channel, "e", "-")
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, b"", b"")
    assert command("publish", "--url", server.url, channel, "e").returncode == EX_USAGE


def test_a_server_that_goes_away_is_said_with_the_line(channel):
    with Stranger(MINIMAL[:-5], closes=True) as stranger:
        finished = command("publish", "--url", stranger.url, channel, "e", "-", stdin=b"\n1\n")
        assert finished.returncode == EX_UNAVAILABLE
        assert b"line 2: " in finished.stderr and b"may have been published or not" in finished.stderr


# Where and with which key


@pytest.mark.parametrize("arguments", [["publish", "c", "e", "1"], ["publish", "c", "e", "-"], ["listen", "c"]], ids=" ".join)
def test_no_server_is_69(arguments):
    url = f"http://127.0.0.1:{free_port()}"
    finished = command(*arguments, "--url", url, stdin=b"1\n")
    assert (finished.returncode, finished.stdout) == (EX_UNAVAILABLE, b"")
    assert re.fullmatch(rb"fanfare: (line 1: )?no server at %s: connection refused\n" % url.encode(), finished.stderr), finished.stderr


def test_the_key_comes_from_the_environment_or_a_file(channel, tmp_path):
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    with Server(FANFARE_PUBLISH_KEY=KEY) as server:
        arguments = ["publish", "--url", server.url, channel, "e", "1"]
        assert command(*arguments, FANFARE_PUBLISH_KEY=KEY).returncode == 0
        assert command(*arguments, FANFARE_PUBLISH_KEY_FILE=str(file)).returncode == 0
        without = command(*arguments)
        assert without.returncode == EX_DATAERR and b"401" in without.stderr and b"FANFARE_PUBLISH_KEY" in without.stderr
        wrong = command(*arguments, FANFARE_PUBLISH_KEY="wrong")
        assert wrong.returncode == EX_DATAERR and b"401" in wrong.stderr
        assert command(*arguments, FANFARE_PUBLISH_KEY_FILE=str(tmp_path / "none")).returncode == EX_CONFIG
        assert command(*arguments, FANFARE_PUBLISH_KEY="a\nb: c").returncode == EX_CONFIG


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])
def test_the_server_is_found_by_its_own_variables(server, channel, host):
    variables = {"FANFARE_HOST": host, "FANFARE_PORT": str(server.port)}
    assert command("publish", channel, "e", "1", **variables).returncode == 0
    assert command("health", **variables).returncode == 0


def test_variables_that_are_the_servers_or_a_clusters_do_not_disturb(server, channel):
    variables = {"FANFARE_NO_SUCH_SETTING": "1", "FANFARE_LOOPS": "many", "FANFARE_PORT_80_TCP_ADDR": "10.0.0.1"}
    assert command("publish", "--url", server.url, channel, "e", "1", **variables).returncode == 0
    # Ignored, so that it is 127.0.0.1:8000, whatever is there.
    finished = command("health", FANFARE_PORT="tcp://10.0.0.1:80", **variables)
    assert finished.returncode == 0 or b"http://127.0.0.1:8000 " in finished.stderr


@pytest.mark.parametrize("variables", [{"FANFARE_PORT": "eight"}, {"FANFARE_HOST": "a b"}, {"FANFARE_HOST": "a\r\nX: y"}], ids=str)
def test_a_bad_variable_is_refused_by_name(variables):
    finished = command("health", **variables)
    assert finished.returncode == EX_CONFIG
    assert next(iter(variables)).encode() in finished.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["publish"],
        ["publish", "c"],
        ["publish", "c", "e", "1", "2"],
        ["publish", "--url", "https://localhost", "--cacert", "/nonexistent", "c", "e", "1"],
        ["publish", "--url", "localhost:8000", "c", "e", "1"],
        ["publish", "--url", "http://localhost/app", "c", "e", "1"],
        ["listen"],
        ["listen", "--count", "0", "c"],
        ["health", "--timeout", "2"],
        ["health", "c"],
    ],
    ids=" ".join,
)
def test_a_bad_command_line_is_64(arguments):
    finished = command(*arguments)
    assert (finished.returncode, finished.stdout) == (EX_USAGE, b"")
    assert finished.stderr.startswith(b"fanfare: ")


@pytest.mark.parametrize("name", ["publish", "listen", "health"])
def test_help_shows_examples(name):
    assert name.encode() in command("--help").stdout
    finished = command(name, "--help")
    assert finished.returncode == 0
    assert b"EXAMPLES\n  fanfare " in finished.stdout


# Health


def test_health_is_0_and_silent(server):
    finished = command("health", "--url", server.url)
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, b"", b"")


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 19\r\n\r\n{"detail":"leaving"}',
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x00\xff" * 5000,
    ],
    ids=["silence", "503", "404", "another protocol", "garbage"],
)
def test_health_is_1_with_one_line(answer):
    with Stranger(answer) as stranger:
        finished = command("health", "--timeout", "300ms", "--url", stranger.url)
    assert (finished.returncode, finished.stdout) == (1, b"")
    assert finished.stderr.startswith(f"fanfare: {stranger.url} is not healthy: ".encode()) and finished.stderr.count(b"\n") == 1


# Terminals


def test_on_a_terminal_it_is_a_sentence_in_colour(server, channel):
    with Terminal("publish", "--url", server.url, channel, "e", "1") as terminal:
        assert terminal.read_all() == b"\x1b[32mpublished\x1b[0m e to %s (0 subscribers)\r\n" % channel.encode()
    with Terminal("publish", "--url", server.url, channel, "e", "1", NO_COLOR="1") as terminal:
        assert terminal.read_all() == b"published e to %s (0 subscribers)\r\n" % channel.encode()
    with Terminal("health", "--url", server.url, NO_COLOR="1") as terminal:
        assert terminal.read_all() == f"{server.url} is alive\r\n".encode()


def test_a_stream_counts_on_a_terminal(server, channel):
    with Terminal("publish", "--url", server.url, channel, "e", "-", stdin=b"1\n" * 1000, NO_COLOR="1") as terminal:
        shown = terminal.read_all()
    assert shown.startswith(b"\r\x1b[Kpublished 1 message, ")
    assert re.search(rb"\r\x1b\[Kpublished 1000 messages, \d+ a second\r\n$", shown), shown[-200:]
    with Terminal("publish", "--quiet", "--url", server.url, channel, "e", "-", stdin=b"1\n") as terminal:
        assert terminal.read_all() == b""


def test_a_refusal_does_not_run_into_the_counter(server, channel):
    with Terminal("publish", "--url", server.url, channel, "e", "-", stdin=b"1\n{\n", NO_COLOR="1") as terminal:
        assert re.search(rb"published 1 message, \d+ a second\r\nfanfare: line 2: ", terminal.read_all())


def test_without_json_on_a_terminal_it_says_what_is_missing(server, channel):
    with Terminal("publish", "--url", server.url, channel, "e") as terminal:
        assert b"what to publish is missing" in terminal.read_all()
        assert terminal.process.wait() == EX_USAGE
