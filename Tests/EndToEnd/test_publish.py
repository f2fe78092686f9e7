"""The answer to a publish that is taken, and every way to be refused for the body or its headers."""

import json

import pytest

from harness.http import JSON, publish_target
from harness.subscriber import Subscriber, event_packet


@pytest.fixture
def subscriber(server, channel):
    """Subscribed to `channel`; after the test, the next packet is one that is published then: nothing refused got through."""
    with Subscriber(server) as subscriber:
        subscriber.subscribe(channel)
        yield subscriber
        assert server.publish(channel, "last", b"0").status == 200
        assert subscriber.packet() == event_packet("last", b"0")


def test_the_answer_counts_subscriptions(server, channel):
    assert server.publish(channel, "e", b"1").json()["subscribers"] == 0
    with Subscriber(server) as first, Subscriber(server) as second:
        first.subscribe(channel)
        assert server.publish(channel, "e", b"1").json()["subscribers"] == 1
        second.subscribe(channel)
        assert server.publish(channel, "e", b"1").json()["subscribers"] == 2
        assert [first.packet() for _ in range(2)] == [event_packet("e", b"1")] * 2
        first.unsubscribe(channel)
        assert server.publish(channel, "e", b"1").json()["subscribers"] == 1


def test_the_answer_is_json_of_an_exact_text(server, channel):
    response = server.publish(channel, "price", b' {"a" : 0.10} ')
    assert response.status == 200
    assert response.header("Content-Type") == "application/json"
    assert response.body == b'{"Event":"price","channel":"%s","data":{"a" : 0.10},"subscribers":0}' % channel.encode()


def test_names_are_escaped_in_the_answer_and_in_the_event(server, channel):
    name, event = channel + '"\\é', 'a"b\\ü/'
    with Subscriber(server) as subscriber:
        subscriber.subscribe(name)
        answer = server.publish(name, event, b"1").json()
        assert answer == {"Event": event, "channel": name, "data": 1, "subscribers": 1}
        assert json.loads(subscriber.packet()[2:]) == [event, 1]


@pytest.mark.parametrize("value", ["return=minimal", "RETURN=minimal", "respond-async, return=minimal", 'return="minimal"'])
def test_the_minimal_answer_is_preferred_on_request(server, channel, subscriber, value):
    response = server.publish(channel, "e", b"[1]", headers=[JSON, ("Prefer", value)])
    assert response.status == 200
    assert response.header("Preference-Applied") == "return=minimal"
    assert response.body == b'{"subscribers":1}'
    assert subscriber.packet() == event_packet("e", b"[1]")


@pytest.mark.parametrize("value", ["return=representation", "handling=strict", ""])
def test_other_preferences_leave_the_answer_as_it_is(server, channel, value):
    response = server.publish(channel, "e", b"1", headers=[JSON, ("Prefer", value)])
    assert response.header("Preference-Applied") is None
    assert response.json()["data"] == 1


def test_an_unknown_query_parameter_is_ignored(server, channel, subscriber):
    assert server.request("POST", publish_target(channel, "e") + "?t=17&t=x%zz", b"1", [JSON]).status == 200
    assert subscriber.packet() == event_packet("e", b"1")


# Bodies that are not one JSON value: body, and the byte at which that shows, where there can be no two opinions.
REFUSED_BODIES = {
    "nothing": (b"", None),
    "only white space": (b" \n", None),
    "Python's False": (b"False", 0),
    "Python's False after white space": (b"  False", 2),
    "NaN": (b"NaN", 0),
    "Infinity": (b"-Infinity", 1),
    "bare word": (b"hello", 0),
    "trailing comma in an array": (b"[1,]", None),
    "trailing comma in an object": (b'{"a":1,}', None),
    "two values": (b"1 2", 2),
    "two objects": (b"{}{}", 2),
    "trailing text": (b'"a" x', 4),
    "single quotes": (b"{'a':1}", 1),
    "comment": (b"[1 /*x*/]", 3),
    "leading zero": (b"01", None),
    "missing fraction": (b"[1.]", 3),
    "missing whole": (b".5", 0),
    "plus": (b"+1", 0),
    "hexadecimal": (b"0x1", 1),
    "open string": (b'"abc', None),
    "open array": (b"[1", None),
    "mismatched brackets": (b"[1}", 2),
    "no colon": (b'{"a" 1}', 5),
    "number as key": (b"{1:2}", 1),
    "unknown escape": (rb'"\x41"', None),
    "short escape": (rb'"\u12"', None),
    "raw control character": (b'"a\nb"', 2),
    "raw record separator": (b'"\x1e"', 1),
    "NUL": (b"\x00", 0),
    "byte order mark": (b"\xef\xbb\xbf1", 0),
    "UTF-16": ("1".encode("utf-16"), 0),
    "bad UTF-8": (b'"\xff"', 1),
    "bad UTF-8 in a key": (b'{"\xc3(":1}', None),
    "overlong UTF-8": (b'"\xc0\xaf"', 1),
    "encoded surrogate": (b'"\xed\xa0\x80"', None),
    "lone high surrogate escape": (rb'"\ud800"', None),
    "lone low surrogate escape": (rb'"\udc00"', None),
    "swapped surrogate escapes": (rb'"\ude00\ud83d"', None),
    "surrogate escape and text": (rb'"\ud83dabcdef"', None),
    "65 arrays deep": (b"[" * 65 + b"]" * 65, 64),
    "65 deep by turns": (b'[{"a":' * 32 + b"[]" + b"}]" * 32, 192),
    "500,000 arrays deep": (b"[" * 500_000, 64),
    "500,000 objects deep": (b'{"a":' * 100_000, None),
}


@pytest.mark.parametrize("body, byte", REFUSED_BODIES.values(), ids=REFUSED_BODIES.keys())
def test_a_body_that_is_not_one_json_value_is_refused(server, channel, subscriber, body, byte):
    response = server.publish(channel, "e", body)
    assert response.status == 422
    (problem,) = response.json()["detail"]
    assert set(problem) >= {"type", "loc", "msg"}
    assert problem["msg"] and isinstance(problem["msg"], str)
    assert problem["loc"][0] == "body"
    if body:
        assert problem["type"] == "json_invalid"
        _, offset = problem["loc"]
        assert 0 <= offset <= len(body)
        if byte is not None:
            assert offset == byte


def test_a_post_without_any_body_is_refused(server, channel, subscriber):
    response = server.request("POST", publish_target(channel, "e"), None, [JSON])
    assert response.status == 422
    assert response.json()["detail"][0]["loc"][0] == "body"


@pytest.mark.parametrize(
    "value",
    ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "application/json;x=y", "application/vnd.example.v1+json"],
)
def test_json_types_are_taken(server, channel, subscriber, value):
    assert server.publish(channel, "e", b"1", [("Content-Type", value)]).status == 200
    assert subscriber.packet() == event_packet("e", b"1")


@pytest.mark.parametrize("headers", [[], [("Sec-Fetch-Site", "none")], [("Sec-Fetch-Site", "same-origin")]])
def test_no_type_at_all_counts_as_json_outside_of_a_browser(server, channel, subscriber, headers):
    assert server.publish(channel, "e", b"1", headers).status == 200
    assert subscriber.packet() == event_packet("e", b"1")


@pytest.mark.parametrize(
    "headers",
    [
        [("Content-Type", "text/plain")],
        [("Content-Type", "application/x-www-form-urlencoded")],
        [("Content-Type", "multipart/form-data; boundary=x")],
        [("Content-Type", "application/jsonp")],
        [("Content-Type", "text/json+x")],
        [("Content-Type", "application/octet-stream")],
        [("Origin", "http://127.0.0.1")],
        [("Sec-Fetch-Site", "cross-site")],
        [("Sec-Fetch-Site", "same-site")],
    ],
    ids=str,
)
def test_any_other_type_is_refused_with_the_header_to_send(server, channel, subscriber, headers):
    response = server.publish(channel, "e", b"1", headers)
    assert response.status == 415
    assert "Content-Type: application/json" in response.json()["detail"]


@pytest.mark.parametrize("coding", ["gzip", "identity", "br"])
def test_a_content_encoding_is_refused(server, channel, subscriber, coding):
    response = server.publish(channel, "e", b"1", [JSON, ("Content-Encoding", coding)])
    assert response.status == 415
    assert "Content-Encoding" in response.json()["detail"]


def test_a_body_past_the_limit_is_refused(server, channel, subscriber):
    response = server.publish(channel, "e", b'"' + b"a" * 999_999 + b'"')
    assert response.status == 413
    assert isinstance(response.json()["detail"], str)
