"""HTTP as it must not be, and as it may be but seldom is."""

import pytest

from harness.http import publish_request, publish_target, request
from harness.subscriber import Subscriber, event_packet
from harness.websocket import upgrade_request


@pytest.fixture
def subscriber(server, channel):
    """Subscribed to `channel`; after the test, the next packet is one that is published then: nothing refused got through."""
    with Subscriber(server) as subscriber:
        subscriber.subscribe(channel)
        yield subscriber
        assert server.publish(channel, "last", b"0").status == 200
        assert subscriber.packet() == event_packet("last", b"0")


def head(channel, *lines, host=True):
    """A publish request's head with `lines` in it, without the empty line at its end."""
    fixed = [f"POST {publish_target(channel, 'e')} HTTP/1.1", *(["Host: 127.0.0.1"] if host else []), "Content-Type: application/json"]
    return "\r\n".join([*fixed, *lines]).encode() + b"\r\n"


SMUGGLED = b"POST /broadcast/%s/smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n1"

# Requests whose end one cannot be sure of, or that are not HTTP/1.1: refused, and the connection closed.
UNSOUND = {
    "two different lengths": lambda channel: head(channel, "Content-Length: 1", "Content-Length: 2") + b"\r\n11",
    "two equal lengths": lambda channel: head(channel, "Content-Length: 1", "Content-Length: 1") + b"\r\n1",
    "a list of lengths": lambda channel: head(channel, "Content-Length: 1, 1") + b"\r\n1",
    "length and chunked": lambda channel: (
        head(channel, "Content-Length: 4", "Transfer-Encoding: chunked") + b"\r\n0\r\n\r\n" + SMUGGLED % channel.encode()
    ),
    "chunked and length": lambda channel: (
        head(channel, "Transfer-Encoding: chunked", "Content-Length: 4") + b"\r\n0\r\n\r\n" + SMUGGLED % channel.encode()
    ),
    "negative length": lambda channel: head(channel, "Content-Length: -1") + b"\r\n1",
    "signed length": lambda channel: head(channel, "Content-Length: +1") + b"\r\n1",
    "hexadecimal length": lambda channel: head(channel, "Content-Length: 0x1") + b"\r\n1",
    "empty length": lambda channel: head(channel, "Content-Length:") + b"\r\n1",
    "unknown coding": lambda channel: head(channel, "Transfer-Encoding: xchunked") + b"\r\n1\r\n1\r\n0\r\n\r\n",
    "coding after chunked": lambda channel: head(channel, "Transfer-Encoding: chunked, identity") + b"\r\n1\r\n1\r\n0\r\n\r\n",
    "gzip before chunked": lambda channel: head(channel, "Transfer-Encoding: gzip, chunked") + b"\r\n1\r\n1\r\n0\r\n\r\n",
    "blank before a colon": lambda channel: head(channel, "Transfer-Encoding : chunked") + b"\r\n1\r\n1\r\n0\r\n\r\n",
    "no host": lambda channel: head(channel, "Content-Length: 1", host=False) + b"\r\n1",
    "two hosts": lambda channel: head(channel, "Host: 127.0.0.1", "Content-Length: 1") + b"\r\n1",
    "bad chunk size": lambda channel: head(channel, "Transfer-Encoding: chunked") + b"\r\nx\r\n1\r\n0\r\n\r\n",
    "negative chunk size": lambda channel: head(channel, "Transfer-Encoding: chunked") + b"\r\n-1\r\n1\r\n0\r\n\r\n",
    "overflowing chunk size": lambda channel: head(channel, "Transfer-Encoding: chunked") + b"\r\nFFFFFFFFFFFFFFFF1\r\n1\r\n0\r\n\r\n",
    "chunk without its end": lambda channel: head(channel, "Transfer-Encoding: chunked") + b"\r\n1\r\n123\r\n0\r\n\r\n",
    "folded header": lambda channel: head(channel, "X-Folded: a", " b", "Content-Length: 1") + b"\r\n1",
    "NUL in a value": lambda channel: head(channel, "X-Zero: a\0b", "Content-Length: 1") + b"\r\n1",
    "header without a colon": lambda channel: head(channel, "nonsense", "Content-Length: 1") + b"\r\n1",
    "blank in the target": lambda channel: b"POST /broadcast/a b/c HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\n\r\n1",
    "HTTP/2 by prior knowledge": lambda channel: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a TLS hello": lambda channel: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(64)),
    "noise": lambda channel: b"\x00\xff\x00\xff\r\n\r\n\r\n\r\n",
}


@pytest.mark.parametrize("build", UNSOUND.values(), ids=UNSOUND.keys())
def test_an_unsound_request_is_refused_and_the_connection_closed(server, channel, subscriber, build):
    with server.connect() as connection:
        connection.send(build(channel))
        response = connection.response()
        assert response.status in (400, 501, 505), response
        assert connection.closed()


@pytest.mark.parametrize(
    "headers, target, status",
    [
        ([("X-Long", "x" * 17_000)], "/livez", 431),
        ([("X" * 17_000, "long")], "/livez", 431),
        ([(f"X-{number}", "x") for number in range(101)], "/livez", 431),
        ([(f"X-{number}", "x" * 1_000) for number in range(20)], "/livez", 431),
        ([(f"X-{number}", "x" * 10_000) for number in range(50)], "/livez", 431),
        ([], "/livez?" + "x" * 9_216, 414),
        ([], "/livez?" + "x" * 70_000, 414),
    ],
    ids=["long value", "long name", "101 fields", "20 kB", "500 kB", "9 KiB target", "70 kB target"],
)
def test_an_oversize_head_is_refused(server, headers, target, status):
    with server.connect() as connection:
        connection.send(request("GET", target, headers=headers))
        response = connection.response()
        assert response.status == status
        assert isinstance(response.json()["detail"], str)
        assert connection.closed()


def test_a_head_within_the_limits_is_taken(server):
    fields = [(f"X-{number}", "x" * 150) for number in range(90)]
    assert server.request("GET", "/livez?" + "x" * 8_000).status == 200
    assert server.request("GET", "/livez", headers=fields).status == 200


def test_a_connection_is_kept_between_requests(server, channel):
    with server.connect() as connection:
        for number in range(20):
            connection.send(publish_request(channel, "e", b"%d" % number))
            assert connection.response().json()["data"] == number
        connection.send(request("GET", "/nothing"))
        assert connection.response().status == 404
        connection.send(publish_request(channel, "e", b"no json"))
        assert connection.response().status == 422
        connection.send(request("GET", "/livez", headers=[("Connection", "close")]))
        assert connection.response().status == 200
        assert connection.closed()


def test_pipelined_publishes_are_answered_in_order(server, channel):
    with Subscriber(server) as subscriber, server.connect() as connection:
        subscriber.subscribe(channel)
        connection.send(b"".join(publish_request(channel, "e", b"%d" % number) for number in range(50)))
        for number in range(50):
            response = connection.response()
            assert response.status == 200
            assert response.json()["data"] == number
            assert subscriber.packet() == event_packet("e", b"%d" % number)


def test_a_request_may_come_byte_by_byte(server, channel):
    with Subscriber(server) as subscriber, server.connect() as connection:
        subscriber.subscribe(channel)
        for byte in publish_request(channel, "e", b'{"a":[1,2]}'):
            connection.send(bytes([byte]))
        assert connection.response().status == 200
        assert subscriber.packet() == event_packet("e", b'{"a":[1,2]}')


@pytest.mark.parametrize("size", [1, 2, 1_000])
def test_a_chunked_body_is_taken(server, channel, size):
    body = b'{"text":"' + b"x" * 3_000 + b'"}'
    chunks = [body[start : start + size] for start in range(0, len(body), size)]
    with Subscriber(server) as subscriber, server.connect() as connection:
        subscriber.subscribe(channel)
        for _ in range(2):
            connection.send(head(channel, "Transfer-Encoding: chunked") + b"\r\n")
            connection.send(b"".join(b"%x;extension=1\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks))
            connection.send(b"0\r\nX-Trailer: x\r\n\r\n")
            assert connection.response().status == 200
            assert subscriber.packet() == event_packet("e", body)


def test_a_chunked_body_past_the_limit_is_refused(server, channel, subscriber):
    with server.connect() as connection:
        connection.send(head(channel, "Transfer-Encoding: chunked") + b"\r\n")
        for _ in range(11):
            connection.send(b"%x\r\n%s\r\n" % (100_000, b" " * 100_000))
        assert connection.response().status == 413
        assert connection.closed()


def test_100_continue_comes_before_the_body(server, channel):
    with Subscriber(server) as subscriber, server.connect() as connection:
        subscriber.subscribe(channel)
        connection.send(head(channel, "Expect: 100-continue", "Content-Length: 3") + b"\r\n")
        assert connection.response().status == 100
        connection.send(b"123")
        assert connection.response().status == 200
        assert subscriber.packet() == event_packet("e", b"123")


@pytest.mark.parametrize(
    "lines, status",
    [
        (["Content-Length: 1000001"], 413),
        (["Content-Length: 1000000000000"], 413),
        (["Content-Length: 3", "Content-Encoding: gzip"], 415),
        (["Content-Length: 3", "Origin: http://example.org"], 403),
    ],
    ids=["too long", "far too long", "encoded", "foreign"],
)
def test_a_refusal_comes_instead_of_100_continue(server, channel, subscriber, lines, status):
    with server.connect() as connection:
        connection.send(head(channel, "Expect: 100-continue", *lines) + b"\r\n")
        assert connection.response().status == status


# 2^63 and 2^64 do not fit the types that lengths are kept in.
@pytest.mark.parametrize(
    "length", ["1000001", "1000000000000", "9223372036854775807", "9223372036854775808", "18446744073709551616", "9" * 40]
)
def test_a_length_past_the_limit_is_refused_before_the_body(server, channel, subscriber, length):
    with server.connect() as connection:
        connection.send(head(channel, f"Content-Length: {length}") + b"\r\n")
        assert connection.response().status in ((413,) if len(length) < 19 else (400, 413))
        assert connection.closed()


@pytest.mark.parametrize(
    "lines, status",
    [
        (["Content-Type: application/json", "Content-Length: 50000000"], 413),
        (["Content-Type: text/plain", "Content-Length: 900000"], 415),
        (["Content-Type: application/json", "Content-Length: 900000", "Origin: http://example.org"], 403),
        (["Content-Type: application/json", "Content-Length: 900000", "X-Long: " + "x" * 20_000], 431),
    ],
    ids=["too long", "of another type", "foreign", "large head"],
)
def test_an_early_answer_reaches_a_client_that_is_still_sending(server, channel, subscriber, lines, status):
    """Up to 1 MiB is read and dropped, so that the answer is seen and not a reset."""
    with server.connect() as connection:
        connection.send("\r\n".join([f"POST {publish_target(channel, 'e')} HTTP/1.1", "Host: 127.0.0.1", *lines]).encode() + b"\r\n\r\n")
        for _ in range(9):
            connection.send(b" " * 100_000)
        assert connection.response().status == status


def test_a_client_that_vanishes_inside_a_body_publishes_nothing(server, channel, subscriber):
    data = publish_request(channel, "e", b'{"a":1}   ')
    for end in range(0, len(data), 7):
        with server.connect() as connection:
            connection.send(data[:end])


@pytest.mark.parametrize(
    "target, status, code",
    [
        ("/socket.io/?EIO=4", 400, 0),
        ("/socket.io/?EIO=4&transport=", 400, 0),
        ("/socket.io/?EIO=4&transport=carrier-pigeon", 400, 0),
        ("/socket.io/?EIO=4&transport=__proto__", 400, 0),
        ("/socket.io/?EIO=4&transport=webtransport", 400, 0),
        ("/socket.io/?EIO=4&transport=websocket", 400, 3),
        ("/socket.io?EIO=4&transport=carrier-pigeon", 400, 0),
    ],
)
def test_an_engine_request_that_cannot_be_served_says_why(server, target, status, code):
    response = server.request("GET", target)
    assert response.status == status
    assert response.json()["code"] == code
    assert response.json()["message"]


@pytest.mark.parametrize(
    "changes, status",
    [
        ({"target": "/socket.io/?EIO=3&transport=websocket"}, 400),
        ({"target": "/socket.io/?transport=websocket"}, 400),
        ({"target": "/socket.io/?EIO=abc&transport=websocket"}, 400),
        ({"target": "/socket.io/?EIO=4&transport=abc"}, 400),
        ({"target": "/socket.io/?EIO=4&transport=websocket&sid=unknown"}, 400),
        ({"target": "/socket.io/?EIO=4&transport=websocket&sid=__proto__"}, 400),
        ({"target": "/livez/x?EIO=4&transport=websocket"}, 404),
        ({"version": "7"}, 426),
        ({"key": ""}, 400),
        ({"key": "c2hvcnQ="}, 400),
        ({"headers": [("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==")]}, 400),
    ],
    ids=str,
)
def test_an_upgrade_that_cannot_be_served_is_refused(server, changes, status):
    response = server.exchange(upgrade_request(**changes))
    assert response.status == status, response
    if status == 426:
        assert response.header("Sec-WebSocket-Version") == "13"


def test_an_upgrade_may_come_on_a_connection_that_was_used(server):
    with server.connect() as connection:
        connection.send(request("GET", "/livez"))
        assert connection.response().status == 200
        connection.send(upgrade_request())
        assert connection.response().status == 101


@pytest.mark.parametrize(
    "target", ["/socket.io/?EIO=4&transport=websocket", "/socket.io?EIO=4&transport=websocket", "/socket.io/?transport=websocket&t=x&EIO=4"]
)
def test_an_upgrade_works_with_and_without_the_trailing_slash(server, target):
    assert server.exchange(upgrade_request(target=target)).status == 101
