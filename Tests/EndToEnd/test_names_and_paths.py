"""Paths, percent-encoding, and what may be a name."""

import json

import pytest

from harness.http import JSON
from harness.subscriber import Subscriber, event_packet

POST = {"body": b"1", "headers": [JSON]}


@pytest.mark.parametrize(
    "target", ["/nothing", "/broadcast", "/broadcast/", "/broadcast/a", "/broadcast/a/b/c", "/Broadcast/a/b", "/livez/", "/socket.iox"]
)
def test_an_unknown_path_is_not_found(server, target):
    response = server.request("POST", target, **POST)
    assert response.status == 404
    assert response.json() == {"detail": "Not Found"}


@pytest.mark.parametrize("target", ["/broadcast/a/b/", "/broadcast/a/b/?x=1"])
def test_a_trailing_slash_is_not_found(server, target):
    response = server.request("POST", target, **POST)
    assert response.status == 404
    assert response.json() == {"detail": "Not Found"}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_on_a_publish_path_is_not_allowed(server, method):
    response = server.request(method, "/broadcast/a/b", b"1", [JSON])
    assert response.status == 405
    assert "POST" in [allowed.strip() for allowed in response.header("Allow").split(",")]
    assert response.json() == {"detail": "Method Not Allowed"}


def test_another_method_on_a_page_is_not_allowed(server):
    response = server.request("POST", "/livez", **POST)
    assert response.status == 405
    assert "GET" in [allowed.strip() for allowed in response.header("Allow").split(",")]


# What stands in the path, and the name that it is.
DECODED = {
    "%2F": "/",
    "%252F": "%2F",
    "%2525": "%25",
    "+": "+",
    "a%20b": "a b",
    ";x=1": ";x=1",
    "%3F": "?",
    "%23": "#",
    "%22": '"',
    "%5C": "\\",
    "%c3%a9": "é",
    "%C3%A9": "é",
    "e%cc%81": "e\u0301",
    "%F0%9F%98%80": "😀",
    "!$&'()*,:=@~-._": "!$&'()*,:=@~-._",
    "...": "...",
    "..a": "..a",
    "*": "*",
    "__proto__": "__proto__",
    "%7Bx%7D": "{x}",
}


@pytest.mark.parametrize("encoded, name", DECODED.items(), ids=DECODED.keys())
def test_a_segment_is_decoded_once(server, channel, encoded, name):
    # The name by itself as event, and with the test's own prefix as channel, so that tests do not meet.
    prefix = "" if name in ("...", "..a") else channel
    with Subscriber(server) as subscriber:
        subscriber.subscribe(prefix + name)
        response = server.request("POST", f"/broadcast/{prefix}{encoded}/{encoded}", **POST)
        assert response.status == 200, response
        assert response.json() == {"Event": name, "channel": prefix + name, "data": 1, "subscribers": 1}
        assert json.loads(subscriber.packet()[2:]) == [name, 1]


def test_raw_utf8_in_a_path_is_a_name(server, channel):
    with Subscriber(server) as subscriber:
        subscriber.subscribe(channel + "é")
        assert server.request("POST", f"/broadcast/{channel}é/ü".encode(), **POST).status == 200
        assert subscriber.packet() == event_packet("ü", b"1")


REFUSED_IN_A_PATH = [
    "%", "%4", "%zz", "a%4", "%u0041", "%%41",
    "%80", "%c3", "%c0%af", "%ed%a0%80", "%f4%90%80%80", "%c3%28", "%ff",
    "%00", "%0a", "%0d%0a", "%1f", "%7f", "%c2%80", "%c2%85", "%c2%9f",
    "%e2%80%a8", "%e2%80%a9", "%e2%80%aa", "%e2%80%ae", "%e2%81%a6", "%e2%81%a9", "%ef%bb%bf", "%ef%bf%bd",
    "a%0d%0ab", "%20", "%20a", "a%20", ".", "..", "%2e", "%2e%2e", ".%2E",
    "fanfare:", "fanfare:gap", "%66anfare:x",
    "x" * 201, "%c3%a9" * 101, "%F0%9F%98%80" * 200,
]  # fmt: skip


@pytest.mark.parametrize("encoded", REFUSED_IN_A_PATH, ids=lambda text: text[:24])
@pytest.mark.parametrize("part", ["channel", "event"])
def test_what_is_no_name_is_refused(server, channel, part, encoded):
    target = f"/broadcast/{encoded}/e" if part == "channel" else f"/broadcast/{channel}/{encoded}"
    with Subscriber(server) as subscriber:
        subscriber.subscribe(channel)
        response = server.request("POST", target, **POST)
        assert response.status == 422, response
        (problem,) = response.json()["detail"]
        assert problem["loc"] == ["path", part]
        assert problem["type"] and problem["msg"]
        assert server.publish(channel, "last", b"0").status == 200
        assert subscriber.packet() == event_packet("last", b"0")


@pytest.mark.parametrize("raw", [b"\xff", b"\xc3", b"\xed\xa0\x80"], ids=repr)
def test_raw_bytes_that_are_not_utf8_are_refused(server, raw):
    assert server.request("POST", b"/broadcast/" + raw + b"/e", **POST).status == 422


@pytest.mark.parametrize("target", ["/broadcast//e", "/broadcast//"])
def test_an_empty_channel_is_refused(server, target):
    assert server.request("POST", target, **POST).status in (404, 422)


@pytest.mark.parametrize("event", ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"])
def test_an_event_name_that_clients_keep_for_themselves_is_refused(server, channel, event):
    with Subscriber(server) as subscriber:
        subscriber.subscribe(channel)
        response = server.publish(channel, event, b"1")
        assert response.status == 422
        assert response.json()["detail"][0]["loc"] == ["path", "event"]
        assert server.publish(channel, event + "x", b"1").status == 200
        assert subscriber.packet() == event_packet(event + "x", b"1")


def test_the_longest_names_are_taken(server, channel):
    name, event = channel.ljust(200, "n"), "é" * 100
    with Subscriber(server) as subscriber:
        subscriber.subscribe(name)
        assert server.publish(name, event, b"1").json()["subscribers"] == 1
        assert subscriber.packet() == event_packet(event, b"1")


def test_names_are_compared_byte_by_byte(server, channel):
    alike = ["é", "e\u0301", "E", "e", "ﬀ", "ff", "a", "а"]
    subscribers = [Subscriber(server).subscribe(channel + name) for name in alike]
    for number, name in enumerate(alike):
        assert server.publish(channel + name, "e", b"%d" % number).json()["subscribers"] == 1
    for number, subscriber in enumerate(subscribers):
        assert subscriber.packet() == event_packet("e", b"%d" % number)
        subscriber.close()


def test_a_channel_named_like_a_socket_does_not_reach_it(server, channel):
    with Subscriber(server) as subscriber:
        subscriber.subscribe(channel)
        for identifier in (json.loads(subscriber.open_packet[1:])["sid"], json.loads(subscriber.connect_packet[2:])["sid"]):
            assert server.publish(identifier, "e", b"1").json()["subscribers"] == 0
        assert server.publish(channel, "last", b"0").status == 200
        assert subscriber.packet() == event_packet("last", b"0")
