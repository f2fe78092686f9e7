"""Publishers that people already have and that write to Redis themselves (contract 10): python-socketio of several versions, and what
@socket.io/redis-emitter and its ports write."""

import json
import os
import subprocess
import sys
from contextlib import ExitStack

import msgpack
import pytest
from harness import PATIENCE
from harness.polling import Poller
from harness.redis import Redis
from harness.server import EX_USAGE, PROJECT, Server, run
from harness.subscriber import Subscriber
from test_backplane import metric, until, until_up

VERSIONS = [line for line in (PROJECT / "Tests/EndToEnd/emitter-versions.txt").read_text().split("\n") if line and line[0] != "#"]
#: protocol.md 5.1: `to("room1").emit("hello", {a: 1})`.
VECTOR = bytes.fromhex(
    "93a7656d697474657283a47479706502a46461746192a568656c6c6f81a16101a36e7370a12f83a5726f6f6d7391a5726f6f6d31a5666c61677380a665786365707490"
)


@pytest.fixture(scope="module")
def redis():
    with Redis() as redis:
        yield redis


@pytest.fixture(scope="module")
def nodes(redis):
    flags = [word for name in ("socket.io-redis", "python-socketio", "flask-socketio", "socket.io-redis:other") for word in ("--ingest", name)]
    with Server("--redis", redis.url, "--loops", "2", *flags) as one, Server("--redis", redis.url, *flags) as other:
        until_up(one, other)
        yield one, other


@pytest.fixture
def clients(nodes):
    """One in no room, one in room1, one in room1 and room2 on the first node; one in room2 on the other."""
    with ExitStack() as stack:
        made = [stack.enter_context(Subscriber(node)) for node in (nodes[0], nodes[0], nodes[0], nodes[1])]
        for client, rooms in zip(made, ([], ["room1"], ["room1", "room2"], ["room2"])):
            client.subscribe(*rooms)
        yield made


def python_emits(redis, version, *calls, channel="socketio"):
    environment = {**os.environ, "PYTHONPATH": str(PROJECT / ".venv/emitters" / version)}
    script = PROJECT / "Tests/EndToEnd/python/emit.py"
    finished = subprocess.run(
        [sys.executable, script, redis.url + "/0", channel, json.dumps(calls)], env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    assert finished.returncode == 0, finished.stderr


def last(redis):
    """A message behind which nothing is on its way any more."""
    redis.client().publish("socketio", json.dumps({"method": "emit", "event": "last", "data": None, "namespace": "/", "room": None}))


def heard(clients):
    """What each has got up to `last`, as text and binary messages."""
    everything = []
    for client in clients:
        packets = []
        while (packet := client.packet()) != b'42["last"]':
            packets.append(packet)
        everything.append(packets)
    return everything


def js(channel, event, arguments, rooms=(), except_=(), encode=msgpack.packb, **packet):
    message = ["emitter", {"type": 2, "data": [event, *arguments], "nsp": "/", **packet}, {"rooms": list(rooms), "except": list(except_), "flags": {}}]
    return channel, encode(message)


# MARK: python-socketio


@pytest.mark.parametrize("version", [version for version in VERSIONS if version != "5.13.0"])
def test_python_publishers(version, redis, clients):
    python_emits(
        redis, version,
        [["one", {"a": 1, "é": [1.5, None]}], {"room": "room1"}], [["two", "text"], {"room": "room2"}], [["all", 5], {}],
        [["none", None], {"room": "room1"}], [["both", 7], {"room": ["room1", "room2"]}],
    )  # fmt: skip
    last(redis)
    nobody, first, both, second = heard(clients)
    everybody, none, together = b'42["all",5]', b'42["none"]', b'42["both",7]'
    one = [packet for packet in first if packet.startswith(b'42["one",')]
    assert json.loads(one[0][2:]) == ["one", {"a": 1, "é": [1.5, None]}]
    two = b'42["two","text"]'
    assert nobody == [everybody]
    assert first == [one[0], everybody, none, together]
    assert both == [one[0], two, everybody, none, together], "who is in both rooms hears it once"
    assert second == [two, everybody, together]


@pytest.mark.parametrize("version", ["5.14.3", "5.16.0"])
def test_binary_of_python_publishers(version, redis, clients):
    python_emits(redis, version, [["file", {"name": "x", "data": {"bytes": "00ff80"}}], {"room": "room1"}])
    last(redis)
    packets = heard(clients)[1]
    assert packets[0].startswith(b'451-["file",{') and b'{"_placeholder":true,"num":0}' in packets[0].replace(b" ", b"")
    assert packets[1:] == [b"\x00\xff\x80"]


def test_several_arguments_of_python_publishers(redis, clients):
    python_emits(redis, "5.16.0", [["many", {"tuple": [1, "two", [3]]}], {"room": "room1"}], [["list", [1, 2]], {"room": "room1"}])
    last(redis)
    assert heard(clients)[1] == [b'42["many",1, "two", [3]]', b'42["list",[1, 2]]']


def test_those_who_are_skipped(redis, clients):
    name = json.loads(clients[1].connect_packet[2:])["sid"]
    python_emits(redis, "5.16.0", [["e", 1], {"room": "room1", "skip_sid": name}], [["f", 1], {"skip_sid": [name]}])
    last(redis)
    assert heard(clients) == [[b'42["f",1]'], [], [b'42["e",1]', b'42["f",1]'], [b'42["f",1]']]


def test_other_namespaces_and_methods_are_not_ours(redis, clients):
    python_emits(redis, "5.16.0", [["e", 1], {"room": "room1", "namespace": "/admin"}])
    for method in ("disconnect", "enter_room", "leave_room", "close_room", "callback"):
        redis.client().publish("socketio", json.dumps({"method": method, "sid": "x", "room": "room1", "namespace": "/"}))
    last(redis)
    assert heard(clients) == [[]] * 4


def test_flask_has_a_channel_of_its_own(redis, clients):
    python_emits(redis, "5.16.0", [["e", 1], {"room": "room1"}], channel="flask-socketio")
    python_emits(redis, "5.16.0", [["e", 2], {"room": "room1"}], channel="unknown")
    last(redis)
    assert heard(clients)[1] == [b'42["e",1]']


def test_pickles_are_programs(redis, nodes, clients):
    python_emits(redis, "5.13.0", [["e", 1], {"room": "room1"}])
    python_emits(redis, "5.13.0", [["e", 1], {"room": "room1"}])
    last(redis)
    assert heard(clients)[1] == []
    assert nodes[0].logged.count("publishes pickles") == 1


# MARK: @socket.io/redis-emitter


def test_the_vector_of_the_protocol(redis, clients):
    redis.client().publish("socket.io#/#room1#", VECTOR)
    last(redis)
    assert heard(clients) == [[], [b'42["hello",{"a":1}]'], [b'42["hello",{"a":1}]'], []]


def test_rooms_everybody_and_exceptions(redis, clients):
    client = redis.client()
    client.publish(*js("socket.io#/#", "all", [1]))
    client.publish(*js("socket.io#/#", "both", [2], rooms=["room1", "room2"]))
    client.publish(*js("socket.io#/#room1#", "but", [3], rooms=["room1"], except_=["room2"]))
    client.publish(*js("socket.io#/#", "rest", [4], except_=["room1"]))
    client.publish(*js("socket.io#/#nobody#", "lost", [5], rooms=["nobody"]))
    client.publish(*js("other#/#room1#", "prefix", [6], rooms=["room1"]))
    client.publish(*js("else#/#room1#", "foreign", [7], rooms=["room1"]))
    client.publish(*js("socket.io#/admin#room1#", "namespace", [8], rooms=["room1"], nsp="/admin"))
    last(redis)
    everybody, both, but, rest, prefix = b'42["all",1]', b'42["both",2]', b'42["but",3]', b'42["rest",4]', b'42["prefix",6]'
    assert heard(clients) == [
        [everybody, rest], [everybody, both, but, prefix], [everybody, both, prefix], [everybody, both, rest],
    ]  # fmt: skip


def test_values_binary_and_json(redis, clients):
    client = redis.client()
    client.publish(*js("socket.io#/#room1#", "values", [1, -1, 2**63, 1.5, 1.0, True, None, "é", [], {}], rooms=["room1"]))
    client.publish(*js("socket.io#/#room1#", "none", [], rooms=["room1"]))
    client.publish(*js("socket.io#/#room1#", "file", [{"a": b"\x00\x01", "b": [b"\xff"]}], rooms=["room1"], type=5))
    client.publish(*js("socket.io#/#room1#", "json", ["x", {"y": 1}], rooms=["room1"], encode=json.dumps))
    last(redis)
    values, none, file, one, two, text = heard(clients)[1]
    assert values == '42["values",1,-1,9223372036854775808,1.5,1,true,null,"é",[],{}]'.encode() and none == b'42["none"]'
    assert file == b'452-["file",{"a":{"_placeholder":true,"num":0},"b":[{"_placeholder":true,"num":1}]}]'
    assert (one, two) == (b"\x00\x01", b"\xff") and json.loads(text[2:]) == ["json", "x", {"y": 1}]


def test_long_polling_gets_binary_as_base64(redis, nodes):
    with Poller(nodes[0]) as poller:
        poller.join()
        poller.subscribe("room1")
        redis.client().publish(*js("socket.io#/#room1#", "file", [b"\x00\xff"], rooms=["room1"]))
        packets = [poller.packet(), poller.packet()]
        assert packets == [b'451-["file",{"_placeholder":true,"num":0}]', b"bAP8="]


def test_garbage_harms_nobody(redis, nodes, clients):
    before = metric(nodes[0], 'fanfare_backplane_messages_total{result="malformed"}')
    wrong = [b"", b"x", b"\x93", VECTOR[:-1], VECTOR[:20], b"\x93" + b"\x91" * 10_000, b"[" * 10_000, b'["emitter",{},{}]', b"[1,2,3]", b"\xc1"]
    for message in wrong:
        redis.client().publish("socket.io#/#room1#", message)
    for message in (b"", b"{", b"[]", b'{"method":"emit","namespace":"/","event":"connect","data":1}', b'{"method":"emit","namespace":"/","event":5}'):
        redis.client().publish("socketio", message)
    last(redis)
    assert heard(clients) == [[]] * 4
    assert metric(nodes[0], 'fanfare_backplane_messages_total{result="malformed"}') - before == len(wrong) + 5


def test_all_nodes_hear_emitters_and_publishes_in_one_order(redis, nodes, clients):
    client = redis.client()
    for number in range(200):
        client.publish(*js("socket.io#/#room2#", "js", [number], rooms=["room2"]))
        assert nodes[number % 2].publish("room2", "post", b"%d" % number).status == 200
    last(redis)
    heard_by = heard(clients)
    assert heard_by[2] == heard_by[3] and len(heard_by[2]) == 400


def test_old_ports_have_a_channel_of_their_own(redis):
    with Server("--redis", redis.url, "--ingest", "socket.io-emitter") as server, Subscriber(server) as client:
        until_up(server)
        client.subscribe("room1")
        pair = msgpack.packb([{"type": 2, "data": ["old", 1]}, {"rooms": ["room1"], "flags": ""}])
        redis.client().publish("socket.io#emitter", pair)
        assert client.packet() == b'42["old",1]'
        redis.client().publish("socket.io#emitter", msgpack.packb([{"type": 2, "data": ["all", 1]}, {"rooms": "", "flags": ""}]))
        assert client.packet() == b'42["all",1]'
        until(lambda: metric(server, 'fanfare_backplane_messages_total{result="emitted"}') == 2)


def test_what_is_no_publisher_is_refused():
    assert run("config", "check", "--redis", "redis://x", "--ingest", "socket.io").returncode == EX_USAGE
