"""subscribe and unsubscribe in every form, and what the acks promise."""

import json
import threading

import pytest

from harness.subscriber import Subscriber, event_packet


@pytest.fixture
def subscriber(server):
    with Subscriber(server) as subscriber:
        yield subscriber


def assert_refused(ack, channel, code):
    assert ack["ok"] is False
    assert ack["channel"] == channel
    if isinstance(code, str):
        code = [code]
    assert ack["error"]["code"] in code
    assert isinstance(ack["error"]["message"], str) and ack["error"]["message"]


def test_a_name_is_acked_with_a_sentence(subscriber, channel):
    assert subscriber.ask("subscribe", channel) == b'["Entered room: %s"]' % channel.encode()
    assert subscriber.ask("unsubscribe", channel) == b'["Left room: %s"]' % channel.encode()


def test_names_are_escaped_in_acks(subscriber, channel):
    name = channel + '"\\é😀'
    assert json.loads(subscriber.ask("subscribe", name)) == ["Entered room: " + name]
    assert json.loads(subscriber.ask("subscribe", {"channel": name})) == [{"ok": True, "channel": name}]


@pytest.mark.parametrize("event", ["subscribe", "unsubscribe"])
def test_an_object_is_acked_with_an_object(subscriber, channel, event):
    assert subscriber.ask(event, {"channel": channel}) == b'[{"ok":true,"channel":"%s"}]' % channel.encode()


@pytest.mark.parametrize("event", ["subscribe", "unsubscribe"])
def test_several_channels_are_acked_with_one_array(server, subscriber, channel, event):
    first, second, third = (channel + end for end in "abc")
    expected = [[{"ok": True, "channel": name} for name in (first, second, third)]]
    assert json.loads(subscriber.ask(event, [first, {"channel": second}, third])) == expected
    assert json.loads(subscriber.ask(event, first, {"channel": second}, third)) == expected
    assert json.loads(subscriber.ask(event, [first])) == [[{"ok": True, "channel": first}]]
    joined = 1 if event == "subscribe" else 0
    assert [server.publish(name, "e", b"1").json()["subscribers"] for name in (first, second, third)] == [joined] * 3


# What stands for a channel; the channel in the refusal; its code.
REFUSED = {
    "number": (7, None, "bad_request"),
    "null": (None, None, "bad_request"),
    "true": (True, None, "bad_request"),
    "object without a channel": ({}, None, "bad_request"),
    "object with a number": ({"channel": 5}, None, "bad_request"),
    "empty name": ("", "", "bad_name"),
    "empty name in an object": ({"channel": ""}, "", "bad_name"),
    "201 bytes": ("x" * 201, "x" * 201, "bad_name"),
    "101 letters of two bytes": ("é" * 101, "é" * 101, "bad_name"),
    "space at the end": ("a ", "a ", "bad_name"),
    "control character": ("a\nb", "a\nb", "bad_name"),
    "bidirectional control": ("a\u202eb", "a\u202eb", "bad_name"),
    "two dots": ("..", "..", "bad_name"),
    "the server's own": ("fanfare:x", "fanfare:x", "bad_name"),
}


@pytest.mark.parametrize("event", ["subscribe", "unsubscribe"])
@pytest.mark.parametrize("argument, channel, code", REFUSED.values(), ids=REFUSED.keys())
def test_a_refusal_says_what_and_why(subscriber, event, argument, channel, code):
    (ack,) = json.loads(subscriber.ask(event, argument))
    assert_refused(ack, channel, code)
    ((first, second),) = json.loads(subscriber.ask(event, ["good", argument]))
    assert first == {"ok": True, "channel": "good"}
    assert_refused(second, channel, code)


def test_subscribing_to_nothing_is_refused(subscriber):
    (ack,) = json.loads(subscriber.ask("subscribe"))
    assert_refused(ack, None, "bad_request")


@pytest.mark.parametrize("option", ["since", "last", "token", "unheard-of"])
def test_an_option_that_is_not_known_is_refused_and_not_ignored(server, subscriber, channel, option):
    (ack,) = json.loads(subscriber.ask("subscribe", {"channel": channel, option: "1"}))
    assert_refused(ack, channel, ["unsupported", "bad_request"])
    assert server.publish(channel, "e", b"1").json()["subscribers"] == 0


def test_128_channels_are_taken_and_no_more(server, subscriber, channel):
    names = [f"{channel}-{number}" for number in range(129)]
    for name in names[:128]:
        assert json.loads(subscriber.ask("subscribe", name)) == ["Entered room: " + name]
    (ack,) = json.loads(subscriber.ask("subscribe", names[128]))
    assert_refused(ack, names[128], "too_many_channels")
    assert json.loads(subscriber.ask("subscribe", names[0])) == ["Entered room: " + names[0]]
    assert server.publish(names[128], "e", b"1").json()["subscribers"] == 0
    subscriber.unsubscribe(names[5])
    subscriber.subscribe(names[128])


def test_128_channels_are_taken_in_one_go(server, channel):
    with Subscriber(server) as subscriber:
        names = [f"{channel}-{number}" for number in range(129)]
        (acks,) = json.loads(subscriber.ask("subscribe", names))
        assert [ack["ok"] for ack in acks] == [True] * 128 + [False]
        assert_refused(acks[128], names[128], "too_many_channels")


def test_no_ack_comes_unasked(server, subscriber, channel):
    subscriber.send(b'42["subscribe","%s"]' % channel.encode())
    subscriber.send(b'42["subscribe",7]')
    subscriber.send(b'42["unsubscribe","%s"]' % channel.encode())
    subscriber.send(b'427["something else","%s"]' % channel.encode())
    subscriber.send(b'42["broadcast","%s","e",1]' % channel.encode())
    subscriber.subscribe(channel)
    assert server.publish(channel, "e", b"1").json()["subscribers"] == 1
    assert subscriber.packet() == event_packet("e", b"1")


@pytest.mark.parametrize("identifier", [b"0", b"7", b"007", b"2147483648", b"9223372036854775808", b"9999999999999999999"])
def test_an_ack_identifier_comes_back_verbatim(subscriber, channel, identifier):
    subscriber.send(b'42%s["subscribe","%s"]' % (identifier, channel.encode()))
    assert subscriber.packet() == b'43%s["Entered room: %s"]' % (identifier, channel.encode())


def test_subscribing_twice_is_once(server, subscriber, channel):
    for _ in range(3):
        subscriber.subscribe(channel)
    subscriber.ask("subscribe", [channel, channel])
    assert server.publish(channel, "e", b"1").json()["subscribers"] == 1
    assert server.publish(channel, "e", b"2").json()["subscribers"] == 1
    assert subscriber.packet() == event_packet("e", b"1")
    assert subscriber.packet() == event_packet("e", b"2")
    subscriber.unsubscribe(channel)
    assert server.publish(channel, "e", b"3").json()["subscribers"] == 0


def test_leaving_a_channel_one_is_not_in_is_no_error(subscriber, channel):
    subscriber.unsubscribe(channel, channel)


def test_two_channels_are_apart(server, channel):
    with Subscriber(server) as one, Subscriber(server) as two, Subscriber(server) as both:
        one.subscribe(channel + "-1")
        two.subscribe(channel + "-2")
        both.subscribe(channel + "-1", channel + "-2")
        assert server.publish(channel + "-1", "e", b"1").json()["subscribers"] == 2
        assert server.publish(channel + "-2", "e", b"2").json()["subscribers"] == 2
        assert server.publish(channel + "-1", "e", b"3").json()["subscribers"] == 2
        assert [one.packet() for _ in range(2)] == [event_packet("e", b"1"), event_packet("e", b"3")]
        assert two.packet() == event_packet("e", b"2")
        # Between channels no order is promised.
        assert sorted(both.packet() for _ in range(3)) == [event_packet("e", b"%d" % number) for number in (1, 2, 3)]


def test_nothing_comes_after_the_unsubscribe_ack(server, subscriber, channel):
    for number in range(50):
        subscriber.subscribe(channel)
        assert server.publish(channel, "e", b"%d" % number).json()["subscribers"] == 1
        assert subscriber.packet() == event_packet("e", b"%d" % number)
        subscriber.unsubscribe(channel)
        assert server.publish(channel, "late", b"0").json()["subscribers"] == 0


def test_messages_around_the_unsubscribe_ack_are_before_it_or_never(server, subscriber, channel):
    """While another thread publishes, what was delivered is a run without a gap, and ends at the ack."""
    subscriber.subscribe(channel)
    end = threading.Event()

    def publish():
        number = 0
        while not end.is_set():
            server.publish(channel, "e", b"%d" % number)
            number += 1

    publisher = threading.Thread(target=publish)
    publisher.start()
    try:
        for number in range(20):
            assert subscriber.packet() == event_packet("e", b"%d" % number)
        subscriber.send(b'42900["unsubscribe","%s"]' % channel.encode())
        number = 20
        while (packet := subscriber.packet()) != b'43900["Left room: %s"]' % channel.encode():
            assert packet == event_packet("e", b"%d" % number)
            number += 1
    finally:
        end.set()
        publisher.join()
    subscriber.subscribe(channel + "-other")


def test_nothing_that_was_published_before_the_subscription_comes(server, subscriber, channel):
    assert server.publish(channel, "early", b"0").json()["subscribers"] == 0
    subscriber.subscribe(channel)
    assert server.publish(channel, "e", b"1").json()["subscribers"] == 1
    assert subscriber.packet() == event_packet("e", b"1")


def test_a_subscription_ends_with_its_namespace(server, subscriber, channel):
    """After DISCONNECT the Engine.IO connection stays, without any subscription."""
    subscriber.subscribe(channel)
    subscriber.send(b"41")
    subscriber.send(b"40/x,")
    assert subscriber.packet() == b'44/x,{"message":"Invalid namespace"}'
    assert server.publish(channel, "e", b"1").json()["subscribers"] == 0


def test_another_namespace_is_refused_and_the_connection_stays(server, subscriber, channel):
    for name in (b"/x,", b"/x", b'/x,{"token":"t"}', b"/x/y,"):
        subscriber.send(b"40" + name)
        path = name.split(b",")[0]
        assert subscriber.packet() == b"44" + path + b',{"message":"Invalid namespace"}'
    subscriber.subscribe(channel)
