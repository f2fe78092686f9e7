"""A: HTTP framing and slow input."""

import shutil
import socket
import subprocess

import pytest

from harness import PATIENCE
from harness.http import JSON, HTTPConnection, publish_request, publish_target, request
from harness.polling import Poller
from harness.websocket import TEXT, WebSocketConnection, frame
from needs import needs
from stage import eventually, hosted
from wire import dial, ending, endings, send_until_stuck, statuses, trickle

slow = pytest.mark.slow


def head(hub, *lines, event="poison"):
    """A publish to the control clients' channel, up to the line before the empty one. They would tell if it got through."""
    first = [f"POST {publish_target(hub.controls.channel, event)} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
    return "\r\n".join([*first, *lines]).encode("latin-1") + b"\r\n"


def answered(hub, data, patience=PATIENCE):
    """The status of the only answer to these bytes, after which the server closes."""
    connection = dial(hub)
    connection.sendall(data)
    result = ending(connection, patience)
    assert not result.is_reset and len(result.statuses) == 1, result
    return result.statuses[0]


def assert_all_timed_out(results, after, within):
    for result in results:
        assert result.statuses == [408] and not result.is_reset, result
        assert after <= result.after <= within, result


# A1: a header that never ends

ENDLESS = b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X-Slow: 1\r\n" * 10_000


@needs("--limit-header-deadline")
@pytest.mark.parametrize("first", [b"", request("GET", "/livez")], ids=["first request", "second request"])
def test_a01_headers_byte_by_byte_are_timed_out(first):
    with hosted("--limit-header-deadline", "1s") as hub:
        base = hub.descriptors
        connections = [dial(hub) for _ in range(200)]
        for connection in connections:
            if first:
                connection.sendall(first)
                assert statuses(connection.recv(65536)) == [200]
            connection.send(b"G")
        results = endings(connections, 3, drip=trickle(ENDLESS[1:]))
        assert_all_timed_out(results, 0.5, 2.5)
        hub.assert_descriptors_return(base)
        assert hub.controls.slowest(0.5) < 0.05 and hub.controls.slowest() < 0.25


@needs("--limit-first-byte-deadline")
def test_a01_empty_lines_are_no_first_byte():
    with hosted("--limit-first-byte-deadline", "1s") as hub:
        results = endings([dial(hub) for _ in range(50)], 3, drip=lambda _: b"\r\n")
        for result in results:
            assert result.statuses in ([408], []) and 0.5 <= result.after <= 2.5, result


@slow
def test_a01_2000_headers_byte_by_byte_are_timed_out_by_default(hub):
    base = hub.descriptors
    connections = [dial(hub) for _ in range(2_000)]
    for connection in connections:
        connection.send(b"G")
    assert_all_timed_out(endings(connections, 20, drip=trickle(ENDLESS[1:]), pause=5), 7, 13)
    hub.assert_descriptors_return(base)
    assert hub.controls.slowest(0.5) < 0.05 and hub.controls.slowest() < 0.25


def slowhttptest(hub, *arguments, path="/livez"):
    """Runs the tool and returns what it printed; the server has to have been available to its probes all the time."""
    tool = shutil.which("slowhttptest") or pytest.skip("slowhttptest is missing: Debian's package of this name has it")
    command = [tool, *arguments, "-u", hub.url + path, "-p", "3"]
    printed = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120).stdout
    assert "service available" in printed and "service available:   NO" not in printed, printed[-2_000:]
    return printed


def closed_by_the_server(printed):
    return "No open connections left" in printed


@slow
def test_a01_slowhttptest_slow_headers(hub):
    base = hub.descriptors
    printed = slowhttptest(hub, "-H", "-c", "500", "-r", "250", "-i", "2", "-l", "20")
    assert closed_by_the_server(printed), printed[-2_000:]
    hub.assert_descriptors_return(base)


# A2: a body that never ends


def slow_bodies(hub, count, length=1_000):
    connections = [dial(hub) for _ in range(count)]
    for connection in connections:
        connection.sendall(head(hub, f"Content-Length: {length}") + b'\r\n"')
    return connections


@needs("--limit-body-deadline")
def test_a02_bodies_byte_by_byte_are_timed_out():
    with hosted("--limit-body-deadline", "1s") as hub:
        base = hub.descriptors
        assert_all_timed_out(endings(slow_bodies(hub, 100), 3, drip=lambda _: b"x"), 0.5, 2.5)
        hub.assert_descriptors_return(base)


@needs("--limit-body-deadline")
def test_a02_chunks_byte_by_byte_are_timed_out():
    with hosted("--limit-body-deadline", "1s") as hub:
        connections = [dial(hub) for _ in range(50)]
        for connection in connections:
            connection.sendall(head(hub, "Transfer-Encoding: chunked") + b"\r\n")
        assert_all_timed_out(endings(connections, 3, drip=lambda _: b"1\r\n1\r\n"), 0.5, 2.5)


@needs("--limit-body-deadline")
def test_a02_a_polling_body_byte_by_byte_is_timed_out():
    with hosted("--limit-body-deadline", "1s") as hub, Poller(hub) as poller:
        poller.join()
        connection = dial(hub)
        connection.sendall(poller.post_request(b"6" * 1_000)[:-999])
        (result,) = endings([connection], 3, drip=lambda _: b"\x1e")
        assert result.statuses == [408], result


@slow
def test_a02_bodies_byte_by_byte_are_timed_out_by_default(hub):
    assert_all_timed_out(endings(slow_bodies(hub, 100), 40, drip=lambda _: b"x", pause=1), 27, 33)


@slow
def test_a02_slowhttptest_slow_bodies(hub):
    base = hub.descriptors
    path = publish_target(hub.controls.channel, "poison")
    options = ["-B", "-c", "300", "-r", "150", "-i", "2", "-s", "1000", "-t", "POST", "-f", "application/json", "-l", "45"]
    printed = slowhttptest(hub, *options, path=path)
    assert closed_by_the_server(printed), printed[-2_000:]
    hub.assert_descriptors_return(base)


# A3: a connection that says nothing


@needs("--limit-first-byte-deadline")
def test_a03_silent_connections_are_timed_out():
    with hosted("--limit-first-byte-deadline", "1s") as hub:
        base = hub.descriptors
        connections = [dial(hub) for _ in range(1_000)]
        assert_all_timed_out(endings(connections, 5), 0, 3)
        hub.assert_descriptors_return(base)


@needs("--limit-idle-deadline")
def test_a03_idle_connections_are_closed_without_a_word():
    with hosted("--limit-idle-deadline", "1s") as hub:
        base = hub.descriptors
        connections = [dial(hub) for _ in range(100)]
        for connection in connections:
            connection.sendall(request("GET", "/livez"))
        for result in endings(connections, 5):
            assert result.statuses == [200] and not result.is_reset and 0.5 <= result.after <= 3, result
        hub.assert_descriptors_return(base)


@slow
def test_a03_5000_silent_connections_are_timed_out_by_default(hub):
    base = hub.descriptors
    assert_all_timed_out(endings([dial(hub) for _ in range(5_000)], 20), 7, 13)
    hub.assert_descriptors_return(base)


@slow
def test_a03_slowhttptest_many_connections(hub):
    """The tool has no mode that sends nothing; its range headers are the nearest: many connections at once, few bytes on each."""
    base = hub.descriptors
    slowhttptest(hub, "-R", "-c", "1000", "-r", "500", "-l", "15")
    hub.assert_descriptors_return(base)


# A4: an answer that is not read

LARGE = 4_000_000


def unread_poll(hub, channel):
    """Makes a session whose next answer does not fit the kernel's buffers, asks for it, and reads nothing."""
    with Poller(hub) as poller:
        poller.join().subscribe(channel)
        body = b'"' + b"x" * (LARGE - 100) + b'"'
        for _ in range(3):
            assert hub.publish(channel, "e", body).json()["subscribers"] == 1
        connection = dial(hub, receive_buffer=1_024)
        connection.sendall(request("GET", poller.target()))
        connection.recv(1)
        return connection


@needs("--limit-queue-age")
def test_a04_an_answer_that_is_not_read_is_cut(channel):
    # What the connection does not read is gone with it: a gap, so the session ends too.
    with hosted("--max-payload", str(LARGE), "--limit-queue-age", "1s") as hub:
        base = hub.descriptors
        with unread_poll(hub, channel):
            hub.assert_descriptors_return(base, 5)
            eventually(lambda: hub.publish(channel, "e", b"1").json()["subscribers"] == 0, "the session lives on", 5)


@slow
def test_a04_an_answer_that_is_not_read_is_cut_by_default(channel):
    with hosted("--max-payload", str(LARGE)) as hub:
        base = hub.descriptors
        with unread_poll(hub, channel):
            hub.assert_descriptors_return(base, 50)
        eventually(lambda: hub.publish(channel, "e", b"1").json()["subscribers"] == 0, "the session lives on", 20)


@slow
def test_a04_slowhttptest_slow_reading(hub):
    base = hub.descriptors
    slowhttptest(hub, "-X", "-c", "200", "-r", "200", "-w", "512", "-y", "1024", "-n", "5", "-z", "32", "-k", "3", "-l", "15")
    hub.assert_descriptors_return(base)


# A5: lengths


@pytest.mark.parametrize(
    "length, expected",
    [
        ("1000001", [413]),
        ("1000000000000", [413]),
        ("9223372036854775807", [400, 413]),
        ("9223372036854775808", [400, 413]),
        ("18446744073709551616", [400, 413]),
        ("18446744073709551620", [400, 413]),
        ("9" * 400, [400, 413]),
        ("-1", [400]),
        ("+5", [400]),
        ("0x10", [400]),
        ("5, 5", [400]),
        ("5 5", [400]),
        ("", [400]),
        ("5.0", [400]),
        ("٥".encode().decode("latin-1"), [400]),
    ],
)
def test_a05_a_length_that_cannot_be_is_refused_before_the_body(hub, length, expected):
    assert answered(hub, head(hub, f"Content-Length: {length}") + b"\r\n") in expected


# A6: chunks


def chunked_post(hub, *pieces):
    return head(hub, "Transfer-Encoding: chunked") + b"\r\n" + b"".join(pieces)


def send_and_end(hub, data):
    """Sends as much as the server takes, and returns how that ended."""
    connection = dial(hub)
    try:
        connection.sendall(data)
    except OSError:
        pass
    return ending(connection)


def test_a06_chunks_without_end_are_refused(hub):
    chunk = b"186a0\r\n" + b" " * 100_000 + b"\r\n"
    with hub.memory_within(8):
        result = send_and_end(hub, chunked_post(hub, chunk * 100))
    assert result.statuses in ([413], []), result


def test_a06_the_refusal_of_endless_chunks_is_seen(hub):
    """By a client that stops within what is read behind an early answer."""
    connection = dial(hub)
    connection.sendall(chunked_post(hub, *[b"186a0\r\n" + b" " * 100_000 + b"\r\n"] * 12))
    result = ending(connection)
    assert result.statuses == [413] and not result.is_reset, result


def test_a06_a_million_chunks_of_one_byte_are_bounded(hub):
    with hub.memory_within(8):
        result = send_and_end(hub, chunked_post(hub, b"1\r\n \r\n" * 1_000_000))
    assert result.statuses in ([400], [413], []), result


@pytest.mark.parametrize(
    "pieces, expected",
    [
        ([b"1;x=" + b"e" * (1 << 20) + b"\r\n1\r\n0\r\n\r\n"], ([400], [413], [431])),
        ([b"1;" + b"x=y;" * (1 << 18) + b"\r\n1\r\n0\r\n\r\n"], ([400], [413], [431])),
        ([b"1\r\n1\r\n0\r\nX-Trailer: " + b"t" * (1 << 20) + b"\r\n\r\n"], ([400], [413], [431])),
        ([b"1\r\n1\r\n0\r\n" + b"X: t\r\n" * 200_000 + b"\r\n"], ([400], [413], [431])),
    ],
    ids=["extension", "extensions", "trailer", "trailers"],
)
def test_a06_framing_without_end_is_refused(hub, pieces, expected):
    with hub.memory_within(8):
        result = send_and_end(hub, chunked_post(hub, *pieces))
    assert result.statuses in (*expected, []), result


def test_a06_bodies_under_way_cost_what_they_weigh(hub):
    with hub.memory_within(5 * 20):
        connections = [dial(hub) for _ in range(20)]
        for connection in connections:
            connection.sendall(chunked_post(hub, *[b"1\r\n \r\n"] * 100_000))
        hub.controls.assert_flowing()
        for connection in connections:
            connection.close()


# A7: heads


@pytest.mark.parametrize(
    "headers, target, status",
    [
        ([("X-Long", "x" * 17 * 1024)], "/livez", 431),
        ([(f"X-{number}", "x") for number in range(101)], "/livez", 431),
        ([(f"X-{number}", "x" * 20_000) for number in range(100)], "/livez", 431),
        ([], "/" + "x" * 9 * 1024, 414),
        ([], "/" + "x" * 70_000, 414),
        ([], "/broadcast/" + "%41" * 3_000 + "/e", 414),
        ([], b"/" + b"\xc3\xa9" * 5_000, 414),
    ],
    ids=["field of 17 KiB", "101 fields", "2 MB", "target of 9 KiB", "target of 70,000", "escapes", "raw UTF-8"],
)
def test_a07_a_head_past_the_limits_is_refused(hub, headers, target, status):
    result = send_and_end(hub, request("GET", target, headers=headers))
    assert result.statuses == [status] or (len(headers) == 100 and result.statuses == []), result


def test_a07_an_endless_line_is_refused(hub):
    with hub.memory_within(8):
        for start in (b"", b"GET /", b"GET / HTTP/1.1\r\nX", b"GET / HTTP/1.1\r\nX: "):
            connection = dial(hub)
            send_until_stuck(connection, start + b"x" * 65_536 if start else b"x" * 65_536, 4 << 20)
            assert ending(connection).statuses in ([400], [414], [431], [])


@needs("--limit-header-bytes", "--limit-header-fields", "--limit-target-bytes")
def test_a07_the_limits_are_exact():
    settings = ("--limit-header-bytes", "1024", "--limit-header-fields", "10", "--limit-target-bytes", "256")
    with hosted(*settings) as hub:
        fields = [(f"X-{number}", "x") for number in range(9)]
        room = 1024 - len("Host: 127.0.0.1\r\n") - len("X: \r\n")
        for data, status in (
            (request("GET", "/livez", headers=fields), 200),
            (request("GET", "/livez", headers=[*fields, ("X-9", "x")]), 431),
            (request("GET", "/livez", headers=[("X", "x" * (room - 2))]), 200),
            (request("GET", "/livez", headers=[("X", "x" * (room + 1))]), 431),
            (request("GET", "/livez?".ljust(256, "x")), 200),
            (request("GET", "/livez?".ljust(257, "x")), 414),
        ):
            assert hub.exchange(data).status == status, data


# A8 to A14: requests whose end one cannot be sure of


def test_a08_a_length_past_the_limit_is_refused_without_100(hub):
    assert answered(hub, head(hub, "Expect: 100-continue", "Content-Length: 1000001") + b"\r\n") == 413


@pytest.mark.parametrize(
    "lines", [("Content-Length: 4", "Transfer-Encoding: chunked"), ("Transfer-Encoding: chunked", "Content-Length: 4")]
)
def test_a09_length_and_chunks_are_refused_and_nothing_is_smuggled(hub, lines):
    assert answered(hub, head(hub, *lines) + b"\r\n0\r\n\r\n" + hub.poison(event="smuggled")) == 400


@pytest.mark.parametrize("second", ["1", "2", "01"])
def test_a10_two_lengths_are_refused(hub, second):
    assert answered(hub, head(hub, "Content-Length: 1", f"Content-Length: {second}") + b"\r\n11" + hub.poison()) == 400


@pytest.mark.parametrize(
    "lines",
    [
        ["Transfer-Encoding: xchunked"],
        ["Transfer-Encoding: chunked, identity"],
        ["Transfer-Encoding: identity, chunked"],
        ["Transfer-Encoding: chunked, chunked"],
        ["Transfer-Encoding : chunked"],
        [" Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"],
        ["Transfer-Encoding: \x0bchunked"],
        ["Transfer-Encoding: chunked\x0b"],
        ["Transfer-Encoding:"],
        ['Transfer-Encoding: "chunked"'],
        ["Transfer-Encoding: gzip"],
        ["Transfer-Encoding: chunked;q=1"],
        ["Transfer\x00-Encoding: chunked"],
        ["Transfer-Encoding\x00: chunked"],
    ],
    ids=repr,
)
def test_a11_an_unknown_transfer_coding_is_refused(hub, lines):
    assert answered(hub, head(hub, *lines) + b"\r\n1\r\n1\r\n0\r\n\r\n" + hub.poison()) in (400, 501)


@pytest.mark.parametrize(
    "chunks",
    [
        b"FFFFFFFFFFFFFFFF1\r\n1\r\n0\r\n\r\n",
        b"FFFFFFFFFFFFFFFF\r\n" + b"1" * 1_000_001,
        b"7FFFFFFFFFFFFFFF\r\n" + b"1" * 1_000_001,
        b"-1\r\n1\r\n0\r\n\r\n",
        b"+1\r\n1\r\n0\r\n\r\n",
        b"1;\n1\r\n0\r\n\r\n",
        b"0x1\r\n1\r\n0\r\n\r\n",
        b"1\r\n12\r\n0\r\n\r\n",
        b"1\r\n1\n0\r\n\r\n",
        b"\r\n1\r\n1\r\n0\r\n\r\n",
        b" 1\r\n1\r\n0\r\n\r\n",
        b"g\r\n1\r\n0\r\n\r\n",
        b"1\r1\r\n0\r\n\r\n",
        b"1 2\r\n1\r\n0\r\n\r\n",
    ],
    ids=lambda chunks: repr(chunks[:24]),
)
def test_a12_an_unsound_chunk_is_refused(hub, chunks):
    assert answered(hub, chunked_post(hub, chunks) + hub.poison()) in (400, 413)


@pytest.mark.parametrize(
    "lines",
    [
        ["X-Folded: a", " b"],
        ["X-Folded: a", "\tb"],
        ["X-Zero: a\0b"],
        ["X-Zero\0: a"],
        ["X Space: a"],
        [": a"],
        ["nothing"],
        ["X-Return: a\rContent-Length: 5"],
    ],
    ids=repr,
)
def test_a13_an_unsound_field_is_refused(hub, lines):
    assert answered(hub, head(hub, *lines, "Content-Length: 3") + b"\r\n123" + hub.poison()) == 400


@pytest.mark.parametrize(
    "data",
    [
        b"GET /livez HTTP/1.1 GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nGET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET\t/livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b" GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /li\0vez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"G\xffT /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    ],
    ids=repr,
)
def test_a13_an_unsound_request_line_is_refused(hub, data):
    assert answered(hub, data) in (400, 501)


def test_a13_bare_line_feeds_end_lines(hub):
    """As RFC 9112 2.2 allows: all of them are taken, or the request is refused; never is it read two ways."""
    data = (head(hub, "Content-Length: 3", "Connection: close", event="n") + b"\r\nxyz" + hub.poison()).replace(b"\r\n", b"\n")
    assert answered(hub, data) in (400, 422)


@pytest.mark.parametrize(
    "data",
    [
        b"GET /livez HTTP/1.1\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /livez\r\n\r\n",
        b"GET /livez HTTP/0.9\r\n\r\n",
        b"GET /livez HTTP/3.0\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /livez HTTP/1.11\r\nHost: 127.0.0.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) * 2,
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x00" * 100 + b"\r\n\r\n",
    ],
    ids=lambda data: repr(data[:40]),
)
def test_a14_what_is_not_http_1_1_is_refused(hub, data):
    assert answered(hub, data) in (400, 505)


@pytest.mark.parametrize("host", ["127.0.0.1, 127.0.0.1", "", "127.0.0.1 127.0.0.1", "127.0.0.1/x", "x@127.0.0.1", "127.0.0.1:x", "[::1"])
def test_a14_a_host_that_is_none_is_no_name_of_this_machine(hub, host):
    assert hub.request("GET", "/livez", host=host).status in (400, 403)


# A15: requests without reading


@pytest.mark.parametrize("target", ["/livez", "/openapi.json", "/nothing"])
def test_a15_pipelined_requests_whose_answers_are_not_read_are_held_back(hub, target):
    base = hub.descriptors
    with hub.memory_within(16):
        connection = dial(hub, receive_buffer=1_024)
        sent = send_until_stuck(connection, request("GET", target) * 100, 64 << 20)
        assert sent < 64 << 20, "the server goes on reading"
        hub.controls.assert_flowing()
        connection.shutdown(socket.SHUT_WR)
        hub.controls.assert_flowing()
    connection.close()
    hub.assert_descriptors_return(base)


def test_a15_what_waits_behind_a_poll_is_bounded():
    """A poll waits for its answer; what its client sends behind it meanwhile is not read without end, with or without a FIN. Where the
    FIN is stuck behind bytes that nobody reads, the heartbeat ends the session."""
    with hosted("--ping-interval", "500ms", "--ping-timeout", "500ms") as hub:
        base = hub.descriptors
        with hub.memory_within(16), Poller(hub) as poller:
            poller.join().park()
            send_until_stuck(poller.gets.socket, request("GET", "/livez") * 100, 32 << 20)
            poller.gets.socket.shutdown(socket.SHUT_WR)
            hub.controls.assert_flowing()
        hub.assert_descriptors_return(base, 10)


@needs("--limit-queue-age")
def test_a15_a_client_that_reads_no_answers_is_cut():
    with hosted("--limit-queue-age", "1s") as hub:
        base = hub.descriptors
        with dial(hub, receive_buffer=1_024) as connection:
            send_until_stuck(connection, request("GET", "/openapi.json") * 100, 64 << 20)
            hub.assert_descriptors_return(base, 5)


@slow
def test_a15_a_client_that_reads_no_answers_is_cut_by_default(hub):
    base = hub.descriptors
    with dial(hub, receive_buffer=1_024) as connection:
        send_until_stuck(connection, request("GET", "/openapi.json") * 100, 64 << 20)
        hub.assert_descriptors_return(base, 45)


def test_a15_10000_pipelined_requests_are_answered_in_order(hub, channel):
    """To a client that does read: none is lost or answered twice."""
    connection = HTTPConnection(hub.address)
    with connection:
        for batch in range(10):
            connection.send(
                b"".join(publish_request(channel, "e", b"%d" % number) for number in range(batch * 1_000, batch * 1_000 + 1_000))
            )
            for number in range(batch * 1_000, batch * 1_000 + 1_000):
                assert connection.response().json()["data"] == number


# A16, A17: methods and bodies


@pytest.mark.parametrize("body, headers", [(None, [JSON]), (b"", [JSON]), (b"", []), (None, [])])
def test_a16_a_publish_without_a_body_is_refused(hub, body, headers):
    response = hub.request("POST", publish_target(hub.controls.channel, "poison"), body, headers)
    assert response.status == 422
    assert response.json()["detail"][0]["loc"][0] == "body"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
def test_a16_other_methods_are_not_allowed(hub, method):
    connection = dial(hub)
    connection.sendall(request(method, publish_target(hub.controls.channel, "poison"), b"1", [JSON, ("Connection", "close")]))
    result = ending(connection)
    assert result.statuses == [405] and b"allow: post" in result.data.lower(), result


@pytest.mark.parametrize(
    "headers",
    [
        [("Content-Type", "text/plain")],
        [("Content-Type", "application/x-www-form-urlencoded")],
        [("Content-Type", "multipart/form-data; boundary=b")],
        [("Content-Type", "application/jsonx")],
        [("Content-Type", "application/json"), ("Content-Type", "text/plain")],
        [("Content-Type", "application/json, text/plain")],
        [("Content-Type", "")],
        [("Origin", "http://127.0.0.1")],
        [("Sec-Fetch-Site", "cross-site")],
        [JSON, ("Content-Encoding", "gzip")],
        [JSON, ("Content-Encoding", "identity")],
        [JSON, ("Content-Encoding", "")],
    ],
    ids=str,
)
def test_a17_a_body_of_another_type_is_refused(hub, headers):
    response = hub.exchange(hub.poison(headers=headers))
    assert response.status == 415
    if not any(name == "Content-Encoding" for name, _ in headers):
        assert "application/json" in response.json()["detail"]


def test_a17_no_type_at_all_is_json_outside_of_a_browser(hub, channel):
    with WebSocketConnection(hub) as websocket:
        websocket.join().send(frame(TEXT, b'421["subscribe","%s"]' % channel.encode()))
        assert websocket.text_packet().startswith(b"431")
        assert hub.publish(channel, "e", b"1", headers=[]).status == 200
        assert websocket.text_packet() == b'42["e",1]'
