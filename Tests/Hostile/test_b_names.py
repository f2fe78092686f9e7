"""B: names and percent-encoding."""

import json

import pytest

from harness.http import JSON
from harness.javascript import Session
from harness.subscriber import Subscriber, event_packet


def post(hub, target):
    return hub.request("POST", target, b'"poison"', [JSON])


def assert_refused(hub, encoded, statuses=(422,)):
    """As event on the control clients' channel, which must not hear of it, and as channel."""
    wrong = {}
    for target in (f"/broadcast/{hub.controls.channel}/{encoded}", f"/broadcast/{encoded}/poison"):
        response = post(hub, target)
        if response.status not in statuses:
            wrong[target] = response
    assert not wrong


def assert_reaches(hub, channel, encoded, name):
    """`encoded` in a path is the channel `name`, and the event `name`."""
    with Subscriber(hub) as subscriber:
        subscriber.subscribe(channel + name)
        response = post(hub, f"/broadcast/{channel}{encoded}/{encoded}")
        assert response.status == 200, response
        assert response.json() == {"Event": name, "channel": channel + name, "data": "poison", "subscribers": 1}
        assert json.loads(subscriber.packet()[2:]) == [name, "poison"]


@pytest.mark.parametrize(
    "target, statuses",
    [
        ("/broadcast//poison", (404, 422)),
        ("/broadcast//", (404, 422)),
        ("/broadcast/{}/", (404, 422)),
        ("/broadcast/{}/poison/", (404,)),
        ("/broadcast/{}/poison//", (404,)),
        ("/broadcast/{}/poison/x", (404,)),
        ("//broadcast/{}/poison", (404,)),
        ("/broadcast/./{}/poison", (404,)),
        ("/x/../broadcast/{}/poison", (404,)),
        ("/%62roadcast/{}/poison", (404, 422)),
        ("/broadcast%2F{}/poison", (404,)),
        ("http://127.0.0.1/broadcast/{}/poison/", (400, 404)),
        ("broadcast/{}/poison", (400, 404)),
        ("*", (400, 404, 405)),
    ],
)
def test_b01_paths_of_another_shape_are_not_found(hub, target, statuses):
    assert post(hub, target.replace("{}", hub.controls.channel)).status in statuses


def test_b02_names_of_200_bytes_and_no_more(hub, channel):
    assert_reaches(hub, channel, "x" * (200 - len(channel)), "x" * (200 - len(channel)))
    assert_refused(hub, "x" * 201)
    assert_refused(hub, "%C3%A9" * 101)
    assert_refused(hub, "%F0%9F%98%80" * 200)
    assert_refused(hub, "😀" * 51)


CONTROLS = [f"%{byte:02x}" for byte in (*range(32), 0x7F)] + [f"%c2%{byte:02x}" for byte in range(0x80, 0xA0)]
FORMATS = [f"%e2%80%{byte:02x}" for byte in (0xA8, 0xA9, *range(0xAA, 0xAF))] + [f"%e2%81%{byte:02x}" for byte in range(0xA6, 0xAA)]


def test_b03_control_and_format_characters_are_refused_and_not_logged(hub):
    for encoded in (*CONTROLS, *FORMATS, "%ef%bb%bf", "%ef%bf%bd"):
        for around in (encoded, "a" + encoded, encoded + "b", "a" + encoded + "b"):
            assert_refused(hub, around)
    assert not [character for character in hub.logged if not character.isprintable() and character != "\n"]


def test_b04_a_line_break_of_one_grapheme_is_refused(hub):
    for encoded in ("%0d%0a", "a%0d%0ab", "a%0D%0A", "e%cc%81%0d%0a", "%0d%0aX-Injected:%20x"):
        assert_refused(hub, encoded)


def test_b05_bad_escapes_are_refused(hub):
    for encoded in ("%zz", "%", "%4", "%u0041", "%%41", "a%", "%2", "%-1", "% 41".replace(" ", "+"), "%٤1"):
        assert_refused(hub, encoded)


BAD_UTF8 = [b"\x80", b"\xbf", b"\xc0\xaf", b"\xc1\xbf", b"\xc3", b"\xc3(", b"\xe0\x80\xaf", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xe2\x82",
            b"\xf0\x80\x80\xaf", b"\xf0\x9f\x98", b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xfe", b"\xff"]  # fmt: skip


def test_b06_bad_utf8_is_refused_encoded_and_raw(hub):
    for raw in BAD_UTF8:
        for around in (raw, b"a" + raw, raw + b"b"):
            assert_refused(hub, "".join(f"%{byte:02X}" for byte in around))
            for target in (b"/broadcast/" + around + b"/poison", b"/broadcast/" + hub.controls.channel.encode() + b"/" + around):
                assert post(hub, target).status in (400, 422), target
    # Half of a character encoded and the other half raw is one all the same.
    assert post(hub, b"/broadcast/%c3\xa9/e").json()["channel"] == "é"


def test_b07_an_encoded_slash_is_part_of_a_name(hub, channel):
    assert_reaches(hub, channel, "a%2Fb", "a/b")
    assert_reaches(hub, channel, "a%2fb%2F", "a/b/")


def test_b08_escapes_are_decoded_once(hub, channel):
    assert_reaches(hub, channel, "%252F", "%2F")
    assert_reaches(hub, channel, "%2525", "%25")
    assert_reaches(hub, channel, "%25%32%46", "%2F")


def test_b09_dots_are_no_names_and_delimiters_are(hub, channel):
    for encoded in (".", "..", "%2e", "%2e%2e", ".%2E", "%2E."):
        assert_refused(hub, encoded, (404, 422))
    assert_reaches(hub, channel, ";x=1", ";x=1")
    assert_reaches(hub, channel, "%3F", "?")
    assert_reaches(hub, channel, "%23", "#")
    assert post(hub, f"/broadcast/{channel}/e?x=1").json()["Event"] == "e"


def test_b10_a_plus_is_a_plus_and_blanks_are_inside(hub, channel):
    assert_reaches(hub, channel, "+", "+")
    assert_reaches(hub, channel, "a+b", "a+b")
    assert_reaches(hub, channel, "a%20b", "a b")
    for encoded in ("%20", "%20a", "a%20"):
        assert_refused(hub, encoded)


@pytest.mark.parametrize(
    "one, other",
    [("\u00e9", "e\u0301"), ("\u00c5", "A\u030a"), ("\u00c5", "\u212b"), ("\ufb01", "fi"), ("\uac00", "\u1100\u1161")],
    ids=ascii,
)
def test_b11_normalisation_forms_are_different_names(hub, channel, one, other):
    with Subscriber(hub) as first, Subscriber(hub) as second:
        first.subscribe(channel + one)
        second.subscribe(channel + other)
        assert hub.publish(channel + one, one, b"1").json()["subscribers"] == 1
        assert hub.publish(channel + other, other, b"2").json()["subscribers"] == 1
        assert first.packet() == event_packet(one, b"1")
        assert second.packet() == event_packet(other, b"2")
        first.unsubscribe(channel + other)
        assert hub.publish(channel + one, "e", b"3").json()["subscribers"] == 1


@pytest.mark.parametrize(
    "one, other",
    [("a", "\u0430"), ("ch", "CH"), ("\u00df", "SS"), ("i", "\u0130"), ("K", "\u212a"), ("1", "\uff11"), ("a\u200db", "ab")],
    ids=ascii,
)
def test_b12_look_alikes_are_different_names(hub, channel, one, other):
    with Subscriber(hub) as subscriber:
        subscriber.subscribe(channel + one)
        assert hub.publish(channel + other, "e", b"1").json()["subscribers"] == 0
        assert hub.publish(channel + one, "e", b"2").json()["subscribers"] == 1
        assert subscriber.packet() == event_packet("e", b"2")


RESERVED = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"]


def test_b13_reserved_event_names_do_not_reach_the_official_client(hub, channel):
    with Session(hub.url) as client:
        client.open("a", transports=["websocket"])
        client.do("keep", "a", channels=[channel])
        client.expect("kept", "a")
        for event in RESERVED:
            for encoded in (event, "".join(f"%{ord(letter):02x}" for letter in event)):
                response = post(hub, f"/broadcast/{channel}/{encoded}")
                assert response.status == 422 and response.json()["detail"][0]["loc"] == ["path", "event"]
        for event in ("error", "Connect", "message", "reconnect", "ping"):
            assert hub.publish(channel, event, b"1").json()["subscribers"] == 1
        while (line := client.line())["what"] != "event" or line["event"] != "ping":
            assert line["what"] == "event", line


@pytest.mark.parametrize(
    "name", ["__proto__", "constructor", "toString", "hasOwnProperty", "__defineGetter__", "valueOf", "then", "length"]
)
def test_b14_names_of_javascript_properties_are_plain(hub, name):
    with Subscriber(hub) as subscriber:
        subscriber.subscribe(name)
        assert hub.publish(name, name, b"1").json() == {"Event": name, "channel": name, "data": 1, "subscribers": 1}
        assert subscriber.packet() == event_packet(name, b"1")
        subscriber.unsubscribe(name)
        assert hub.publish(name, name, b"1").json()["subscribers"] == 0


def test_b15_a_channel_named_like_a_client_does_not_reach_it(hub):
    with Subscriber(hub) as victim, Subscriber(hub) as thief:
        for packet, start in ((victim.open_packet, 1), (victim.connect_packet, 2)):
            sid = json.loads(packet[start:])["sid"]
            thief.subscribe(sid)
            assert hub.publish(sid, "e", b"1").json()["subscribers"] == 1
            assert thief.packet() == event_packet("e", b"1")
        # Nothing came to the victim: its own subscription's ack is the next packet.
        victim.subscribe("after")


def test_b15_delimiters_and_patterns_mean_nothing(hub, channel):
    names = ["a,b", "a:b", "a_b", "*", "**", "{x}", "{", "}", "[a]", "a?", "a.b", ".", "#", "\\", '"', "'", "a;b", "$x", "^", "|", "~"]
    names = [channel + name for name in names]
    with Subscriber(hub) as everybody:
        (acks,) = json.loads(everybody.ask("subscribe", [channel + "*", channel + "**", "*", "**", "{}", channel]))
        assert all(ack["ok"] for ack in acks)
        for name in names:
            expected = 1 if name in (channel + "*", channel + "**") else 0
            assert hub.publish(name, "e", b"1").json()["subscribers"] == expected, name
