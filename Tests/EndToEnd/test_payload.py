"""The bytes posted are the bytes delivered, and the bytes in the reply."""

import json
import random
import string

import pytest

from harness import LONG
from harness.subscriber import Subscriber, event_packet

PAYLOADS = {
    "null": b"null",
    "true": b"true",
    "false": b"false",
    "zero": b"0",
    "minus zero": b"-0",
    "trailing zero": b"0.10",
    "exponent beyond doubles": b"1e400",
    "exponent below doubles": b"-1E-400",
    "spelled exponent": b"1.0E+2",
    "40 digits": b"1234567890123456789012345678901234567890",
    "10,000 digits": b"9" * 10_000,
    "long fraction": b"0." + b"3" * 300,
    "empty string": b'""',
    "string": b'"x"',
    "escapes": rb'"\u0041\/\"\\\b\f\n\r\t\u0000\u001e"',
    "escaped pair": rb'"\ud83d\ude00"',
    "unicode": '"é e\u0301 Ω 日本語 😀 \u2028\u2029"'.encode(),
    "unescaped delete": b'"\x7f"',
    "markup": b'"</script><!--"',
    "empty array": b"[]",
    "empty object": b"{}",
    "key order": b'{"z":1,"a":2,"m":{"y":1,"b":2}}',
    "repeated keys": b'{"a":1,"a":2}',
    "inner white space": b'{ "a" :\t[ 1 ,\r\n 2 ] }',
    "keys of every kind": '{"":1,"é":2,"\\u00e9":3,"__proto__":4,"constructor":5}'.encode(),
    "placeholder of a binary": b'{"_placeholder":true,"num":0}',
    "64 arrays deep": b"[" * 64 + b"]" * 64,
    "64 objects deep": b'{"a":' * 63 + b"{}" + b"}" * 63,
    "wide": b"[" + b",".join(b"{}" for _ in range(100_000)) + b"]",
    "1,000,000 bytes": b'"' + b"a" * 999_998 + b'"',
    "1,000,000 bytes of two each": b'"' + "é".encode() * 499_999 + b'"',
}


def reply_text(event, channel, data, subscribers):
    return (
        b'{"Event":' + json.dumps(event).encode() + b',"channel":' + json.dumps(channel).encode()
        + b',"data":' + data + b',"subscribers":%d}' % subscribers
    )  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS.keys())
def test_a_payload_arrives_as_it_was_posted(server, channel, payload):
    with Subscriber(server) as subscriber:
        subscriber.subscribe(channel)
        response = server.publish(channel, "payload", payload)
        assert response.status == 200
        assert response.body == reply_text("payload", channel, payload, 1)
        assert subscriber.packet() == event_packet("payload", payload)


@pytest.mark.parametrize("before", [b" ", b"\t", b"\r\n", b" \t\r\n " * 20])
@pytest.mark.parametrize("payload", [b"1", b'" x "', b"{ }"])
def test_white_space_around_a_payload_is_dropped(server, channel, before, payload):
    with Subscriber(server) as subscriber:
        subscriber.subscribe(channel)
        for posted in (before + payload, payload + before, before + payload + before):
            assert server.publish(channel, "payload", posted).body == reply_text("payload", channel, payload, 1)
            assert subscriber.packet() == event_packet("payload", payload)


def random_json(source, depth):
    """A random JSON text, with white space, number forms and escapes that no encoder would write."""

    def space():
        return "".join(source.choices(" \t\r\n", k=source.choice([0, 0, 0, 1, 3])))

    def text():
        pieces = [string.ascii_letters, "éΩ日😀\u2028", ["\\n", "\\u0041", "\\ud83d\\ude00", "\\/", '\\"', "\\\\"]]
        return '"' + "".join(source.choice(source.choice(pieces)) for _ in range(source.randrange(12))) + '"'

    def number():
        whole = source.choice(["0", str(source.randrange(1, 10**30))])
        fraction = source.choice(["", "." + str(source.randrange(10**9)).zfill(source.randrange(1, 12))])
        exponent = source.choice(["", "", source.choice("eE") + source.choice(["", "+", "-"]) + str(source.randrange(10**4)).zfill(2)])
        return source.choice(["", "-"]) + whole + fraction + exponent

    kind = source.randrange(5 if depth else 3)
    if kind == 0:
        return source.choice(["true", "false", "null"])
    if kind == 1:
        return number()
    if kind == 2:
        return text()
    items = [random_json(source, depth - 1) for _ in range(source.randrange(5))]
    if kind == 3:
        return "[" + space() + ",".join(space() + item + space() for item in items) + "]"
    return "{" + space() + ",".join(space() + text() + space() + ":" + space() + item for item in items) + "}"


@pytest.mark.parametrize("seed", range(200 if LONG else 20))
def test_random_payloads_arrive_as_they_were_posted(server, channel, seed):
    source = random.Random(seed)
    payloads = [random_json(source, depth=source.randrange(8)).encode() for _ in range(25)]
    with Subscriber(server) as subscriber:
        subscriber.subscribe(channel)
        for payload in payloads:
            assert server.publish(channel, "payload", payload).body == reply_text("payload", channel, payload, 1)
        for payload in payloads:
            assert subscriber.packet() == event_packet("payload", payload)
