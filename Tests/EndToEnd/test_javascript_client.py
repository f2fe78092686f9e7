"""The official JavaScript client against the server."""

import json

from harness import LONG
from harness.http import publish_request
from harness.javascript import Program, Session


def test_every_form_of_subscribe_is_acked(server, channel):
    with Session(server.url) as client:
        client.open()
        one, two = {"ok": True, "channel": channel}, {"ok": True, "channel": channel + "-2"}
        assert client.ask("subscribe", channel) == [f"Entered room: {channel}"]
        assert client.ask("unsubscribe", channel) == [f"Left room: {channel}"]
        assert client.ask("subscribe", {"channel": channel}) == [one]
        assert client.ask("subscribe", [channel, {"channel": channel + "-2"}]) == [[one, two]]
        assert client.ask("subscribe", channel, channel + "-2") == [[one, two]]
        (refusal,) = client.ask("subscribe", 5)
        assert refusal["ok"] is False and refusal["error"]["code"] == "bad_request"
        (refusal,) = client.ask("subscribe", "x" * 201)
        assert refusal["ok"] is False and refusal["error"]["code"] == "bad_name"


def test_events_arrive_with_one_argument(server, channel):
    values = [
        None,
        True,
        False,
        0,
        0.1,
        "é😀\u2028",
        "",
        [],
        {},
        [1, [2, {"a": None}]],
        {"é": 1, "__proto__": 2},
        {"_placeholder": True, "num": 0},
    ]
    with Session(server.url) as client:
        client.open()
        client.ask("subscribe", channel)
        for value in values:
            assert server.publish(channel, "news", json.dumps(value).encode()).json()["subscribers"] == 1
            report = client.expect("event")
            assert report["event"] == "news"
            assert report["values"] == [value]
        client.ask("unsubscribe", channel)
        assert server.publish(channel, "news", b"1").json()["subscribers"] == 0


def test_a_megabyte_arrives(server, channel):
    with Session(server.url) as client:
        client.open()
        client.ask("subscribe", channel)
        server.publish(channel, "large", b'"' + b"x" * 999_998 + b'"')
        assert client.expect("event")["values"] == ["x" * 999_998]


def test_two_channels_are_apart(server, channel):
    with Session(server.url) as client:
        for name in "ab":
            client.open(name)
            assert client.ask("subscribe", f"{channel}-{name}", name=name) == [f"Entered room: {channel}-{name}"]
        for name in "abba":
            assert server.publish(f"{channel}-{name}", "e", b'"%s"' % name.encode()).json()["subscribers"] == 1
            assert client.expect("event", name)["values"] == [name]


# The parser of the official client takes such an event as a breach of the protocol and drops its connection.
RESERVED = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"]


def test_no_publish_makes_the_client_drop_its_connection(server, channel):
    with Session(server.url) as client:
        client.open()
        client.ask("subscribe", channel)
        for event in RESERVED:
            assert server.publish(channel, event, b"1").status == 422
        for body in (b"False", b"[1,]", b'"\xff"', rb'"\ud800"', b"", b"[" * 100_000):
            assert server.publish(channel, "news", body).status == 422
        # Names that mean something to JavaScript, or did once.
        for event in ("error", "message", "ping", "pong", "reconnect", "__proto__", "constructor", "toString", "hasOwnProperty"):
            assert server.publish(channel, event, b"1").status == 200
            # A disconnect would be reported here.
            assert client.expect("event")["event"] == event
        assert client.ask("subscribe", channel) == [f"Entered room: {channel}"]


def test_128_channels_in_one_go_are_taken(server, channel):
    """A client that subscribes to all its channels at each connect."""
    channels = [f"{channel}-{number}" for number in range(128)]
    with Session(server.url) as client:
        client.open()
        client.do("keep", channels=channels)
        assert client.expect("kept")["channels"] == channels
        for name in channels:
            assert server.publish(name, "e", b'"%s"' % name.encode()).json()["subscribers"] == 1
            assert client.expect("event")["values"] == [name]


def test_another_namespace_is_refused(server):
    with Session(server.url + "/elsewhere") as client:
        client.do("open", options={"reconnection": False})
        assert client.expect("connect_error")["message"] == "Invalid namespace"


def test_200_clients_get_every_message_once_and_in_order(server, channel):
    messages = 500 if LONG else 50
    with Program("fan_out.js", server.url, channel, "200") as program, server.connect() as connection:
        assert program.line() == {"ready": 200}
        for number in range(messages):
            connection.send(publish_request(channel, "e", b'{"n":%d}' % number))
            assert connection.response().json()["subscribers"] == 200
        connection.send(publish_request(channel, "end", b"null"))
        assert connection.response().json()["subscribers"] == 200
        result = program.line()
        assert result["disconnects"] == 0
        assert result["received"] == [list(range(messages))] * 200
