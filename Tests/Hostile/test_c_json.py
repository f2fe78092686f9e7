"""C: JSON. What is taken is delivered byte for byte; what is refused reaches nobody."""

import json
import random
import time

import pytest

from harness.http import HTTPConnection, publish_request
from harness.subscriber import Subscriber, event_packet


@pytest.fixture
def subscriber(hub, channel):
    with Subscriber(hub) as subscriber:
        yield subscriber.subscribe(channel)


def assert_delivered(hub, channel, subscriber, *bodies):
    for body in bodies:
        response = hub.publish(channel, "e", body)
        assert response.status == 200, (body[:60], response)
        assert b'"data":' + body + b',"subscribers":1}' in response.body, body[:60]
        assert subscriber.packet() == event_packet("e", body), body[:60]


def assert_refused(hub, *bodies):
    """On the control clients' channel, which must not hear of it."""
    wrong = {}
    for body in bodies:
        response = hub.exchange(hub.poison(body))
        if response.status != 422 or response.json()["detail"][0]["loc"][0] != "body":
            wrong[body[:60]] = response
    assert not wrong


def test_c01_nesting_is_bounded(hub, channel, subscriber):
    assert_delivered(hub, channel, subscriber, b"[" * 64 + b"]" * 64, b'{"a":' * 63 + b"{}" + b"}" * 63)
    assert_refused(
        hub,
        b"[" * 65 + b"]" * 65,
        b'{"a":' * 64 + b"{}" + b"}" * 64,
        b"[" * 100_000,
        b"[" * 499_999 + b"]" * 499_999,
        b"[" * 1_000_000,
        b'{"a":' * 199_000,
        b'[{"a":' * 160_000,
        b"]" * 1_000_000,
    )


def test_c02_numbers_are_never_decoded(hub, channel, subscriber):
    assert_delivered(
        hub, channel, subscriber,
        b"1e400", b"-1e400", b"9" * 100_000, b"-0", b"-0.0", b"0e0", b"1.0E+2", b"0.1e-999999", b"1E400000000000000000000",
        b"0." + b"0" * 99_999 + b"1",
        b"0.10", b"18446744073709551616", b"-9223372036854775809", b"9007199254740993",
    )  # fmt: skip


def test_c03_what_is_no_number_is_refused(hub):
    numbers = [b"NaN", b"Infinity", b"-Infinity", b"01", b"-01", b"00", b"1.", b".5", b"-.5", b"+1", b"0x1", b"1..2e--3", b"1e", b"1e+",
        b"1.e1", b"-", b"--1",
               b"1_000", b"1,000", b"1a", b"0b1", b"1e1.5", b"\xd9\xa1", b"\xef\xbc\x91"]  # fmt: skip
    assert_refused(hub, *numbers, *[b"[" + number + b"]" for number in numbers if number != b"1,000"])


def test_c04_what_is_not_one_value_is_refused(hub):
    assert_refused(
        hub,
        b"[1,]", b'{"a":1,}', b"[,1]", b"[1,,2]", b"{,}", b"1 // x", b"/* x */ 1", b"# x\n1", b"'x'", b"{'a':1}", b"{a:1}", b"1 2", b"1,2",
        b"{}{}", b'"a""b"', b"[1]x",
        b"1\x00", b"null null", b" ", b"\r\n\t ", b"True", b"None", b"undefined", b"nul", b"nulll", b"TRUE", b"[1 2]", b'{"a" 1}',
        b'{"a":}', b"{1:1}", b'{"a"}', b"[", b"]",
        b"{", b"}", b"[}", b"{]", b'[1}', b":", b",", b'{"a":1:2}', b"\x0b1", b"\x0c1", b"\xc2\xa01", b"\xe2\x80\xa81", b"\x1e1",
        b"\x1e{}\n",
    )  # fmt: skip


def test_c05_what_is_no_text_is_refused(hub):
    text = '{"a":"é"}'
    assert_refused(
        hub,
        b"\xef\xbb\xbf1", b"\xff\xfe1\0", b"\xfe\xff\x001",
        *(text.encode(encoding) for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1")),
        *(b'"' + raw + b'"' for raw in (b"\x80", b"\xc0\xaf", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xff", b"\xe2\x82")),
        b'{"\xff":1}', b'{"\xc3(":1}', *(b'"' + bytes([byte]) + b'"' for byte in range(32)),
        rb'"\x"', rb'"\x41"', rb'"\u12"', rb'"\u123"', rb'"\u123g"', rb'"\U0041"', rb'"\'"', rb'"\0"', rb'"\a"', rb'"\u{41}"', b'"\\',
        b'"\\"', b'"\\u', b'"abc', b"\\u0041", b'"\\\n"',
    )  # fmt: skip


def test_c06_a_lone_surrogate_is_refused(hub, channel, subscriber):
    assert_refused(
        hub,
        rb'"\ud800"', rb'"\udfff"', rb'"\udc00\ud800"', rb'"\ud800\ud800"', rb'"\ud83dx\ude00"', rb'"\ud83d\n"', rb'"\ud83d\u0041"',
        rb'{"\ud800":1}', rb'["\uD83D"]', rb'"\ud83d\\ude00"',
    )  # fmt: skip
    assert_delivered(
        hub, channel, subscriber, rb'"\ud83d\ude00"', rb'"\uD83D\uDE00"', rb'"\udbff\udfff"', rb'"\ufffe\uffff\u0000"', rb'"\\ud800"'
    )


def test_c07_repeated_keys_are_opaque_in_a_payload_and_refused_in_an_option(hub, channel, subscriber):
    assert_delivered(hub, channel, subscriber, b'{"a":1,"a":2}', b'{"":1,"":1}')
    name = channel.encode()
    for options in (
        b'{"channel":"%s","channel":"other"}' % name,
        b'{"channel":"%s","channel":"%s"}' % (name, name),
        rb'{"channel":"%s","\u0063hannel":"x"}' % name,
    ):
        subscriber.send(b'4250["subscribe",' + options + b"]")
        ack = subscriber.packet()
        assert ack.startswith(b"4350") and json.loads(ack[4:])[0]["error"]["code"] == "bad_request", ack


def test_c08_a_placeholder_is_an_object(hub, channel, subscriber):
    assert_delivered(
        hub,
        channel,
        subscriber,
        b'{"_placeholder":true,"num":0}',
        b'[{"_placeholder":true,"num":99}]',
        b'{"a":{"_placeholder":true,"num":"splice"}}',
    )


def test_c09_text_inside_strings_stays_as_it_is(hub, channel, subscriber):
    assert_delivered(
        hub, channel, subscriber,
        '"\u2028\u2029"'.encode(), b'"</script><!--"', rb'"\u0000"', rb'"\u001e"', rb'"\/\b\f"', b'"\x7f"',
        "\"\ufeff\ufffd\U0010ffff\"".encode(), b'"42[\\"x\\"]"', b'"\\n\\ndata: x"',
    )  # fmt: skip


def test_c10_the_cost_is_linear_in_the_size(hub, channel):
    """Ten megabytes a second at the very least, whatever the shape, on a machine that does other things too."""
    bodies = {
        "one string": b'"' + b"a" * 999_998 + b'"',
        "escapes": b'"' + rb"\u0041" * 166_666 + b'"',
        "two bytes each": b'"' + "é".encode() * 499_999 + b'"',
        "300,000 objects": b"[" + b",".join([b"{}"] * 300_000) + b"]",
        "100,000 equal keys": b"{" + b",".join([b'"a":0'] * 100_000) + b"}",
        "100,000 keys": b"{" + b",".join(b'"%d":0' % number for number in range(90_000)) + b"}",
        "one number": b"1" * 1_000_000,
        "white space": b" " * 999_999 + b"1",
        "white space inside": b"[" + b" " * 999_998 + b"]",
        "never closed": b'["' + b"a" * 999_998,
        "bad at its end": b'"' + b"a" * 999_998 + b"\n",
        "open objects": b'{"a":' * 60 + b" " * 900_000,
    }
    with HTTPConnection(hub.address) as connection:
        for name, body in bodies.items():
            best = min(timed_publish(connection, channel, body) for _ in range(3))
            assert best < 0.1, f"{name}: {best:.3f} s"
    assert hub.controls.slowest() < 0.5


def timed_publish(connection, channel, body):
    data = publish_request(channel, "e", body)
    began = time.monotonic()
    connection.send(data)
    assert connection.response().status in (200, 422)
    return time.monotonic() - began


def test_c11_any_value_is_taken(hub, channel, subscriber):
    assert_delivered(
        hub, channel, subscriber, b"null", b"true", b"false", b"3", b"-1.5", b'"x"', b'""', b"[]", b"{}", b"[null]", b'{"a":null}'
    )


# C12: a corpus, judged by a strict reading with Python's own parser


class Strict:
    """Whether a text is one JSON value as the contract has it."""

    @staticmethod
    def takes(data):
        try:
            text = data.decode("utf-8")
            value = json.loads(
                text,
                parse_constant=Strict._refuse,
                parse_int=str,
                parse_float=str,
                object_pairs_hook=lambda pairs: [list(pair) for pair in pairs],
            )
        except (ValueError, RecursionError):
            return False
        return not text.startswith("\ufeff") and Strict._depth(text) <= 64 and not Strict._has_surrogates(value)

    @staticmethod
    def _refuse(name):
        raise ValueError(name)

    @staticmethod
    def _has_surrogates(value):
        if isinstance(value, str):
            return any("\ud800" <= character <= "\udfff" for character in value)
        return isinstance(value, list) and any(map(Strict._has_surrogates, value))

    @staticmethod
    def _depth(text):
        depth = deepest = 0
        is_string = is_escaped = False
        for character in text:
            if is_escaped:
                is_escaped = False
            elif is_string:
                is_escaped, is_string = character == "\\", character != '"'
            elif character == '"':
                is_string = True
            elif character in "[{":
                depth += 1
                deepest = max(deepest, depth)
            elif character in "]}":
                depth -= 1
        return deepest


def corpus():
    """More than 300 texts, most of them right and some changed in one byte, the same in every run."""
    source = random.Random(12)
    scalars = [
        b"null",
        b"true",
        b"false",
        b"0",
        b"-0",
        b"1e5",
        b"-1.25E-3",
        b'""',
        b'"a"',
        rb'"\u00e9\n\""',
        '"é😀"'.encode(),
        rb'"\ud83d\ude00"',
        b"1234567890123456789012",
        b'"\x7f"',
    ]

    def value(depth):
        kind = source.random()
        if depth == 0 or kind < 0.4:
            return source.choice(scalars)
        blank = source.choice([b"", b"", b" ", b"\n\t"])
        items = [value(depth - 1) for _ in range(source.randrange(4))]
        if kind < 0.7:
            return b"[" + blank + (blank + b"," + blank).join(items) + blank + b"]"
        keys = [b'"a"', b'""', rb'"\u0061"', '"ключ"'.encode(), b'"__proto__"']
        return b"{" + blank + (b"," + blank).join(source.choice(keys) + blank + b":" + blank + item for item in items) + b"}"

    texts = scalars + [value(4) for _ in range(400)]
    alphabet = b'[]{},:"\\0129.-+eEtfnu \n\x00\x1f\x7f\x80\xc3\xa9\xed\xff/'
    for text in [text for text in texts if len(text) > 1][:250]:
        position = source.randrange(len(text))
        byte = bytes([source.choice(alphabet)])
        texts.append(
            source.choice(
                [
                    text[:position] + byte + text[position + 1 :],
                    text[:position] + byte + text[position:],
                    text[:position] + text[position + 1 :],
                ]
            )
        )
    return list(dict.fromkeys(texts))


def test_c12_a_corpus_cut_at_every_byte_is_taken_or_refused_as_it_should(hub, channel, subscriber):
    texts = corpus()
    assert len(texts) > 300
    texts = list(dict.fromkeys(text[:end] for text in texts for end in range(len(text) + 1)))
    expected = {text: Strict.takes(text) for text in texts}
    assert sum(expected.values()) > 250
    assert len(texts) > 3_000
    wrong = []
    with HTTPConnection(hub.address) as connection:
        for start in range(0, len(texts), 50):
            batch = texts[start : start + 50]
            connection.send(b"".join(publish_request(channel, "e", text) for text in batch))
            for text in batch:
                response = connection.response()
                if response.status != (200 if expected[text] else 422):
                    wrong.append((text, response))
                if response.status == 200 and subscriber.packet() != event_packet("e", text.strip(b" \t\r\n")):
                    wrong.append((text, "delivered otherwise"))
    assert not wrong, (len(wrong), wrong[:10])
