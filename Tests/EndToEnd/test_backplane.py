"""Several nodes over a real Redis (contract 10), and what happens when it goes away: group I of the abuse by number."""

import json
import re
import threading
import time
from contextlib import ExitStack

import pytest
from harness import PATIENCE
from harness.http import JSON, publish_request
from harness.polling import Poller
from harness.redis import Redis, Stretch
from harness.server import EX_CONFIG, PROJECT, Server, run
from harness.subscriber import Subscriber, event_packet
from test_tls import certificate

GAP = b'42["fanfare:gap",{"channel":"%s"}]'


@pytest.fixture(scope="module")
def redis():
    with Redis() as redis:
        yield redis


@pytest.fixture(scope="module")
def nodes(redis):
    """Two nodes that nobody disturbs."""
    with Server("--redis", redis.url, "--loops", "2") as one, Server("--redis", redis.url) as other:
        yield one, other


def until(holds, patience=PATIENCE):
    deadline = time.monotonic() + patience
    while not (found := holds()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found


def ready(server):
    answer = server.request("GET", "/readyz")
    return answer.status, answer.json()["backplane"]


def until_up(*servers):
    for server in servers:
        until(lambda: ready(server) == (200, "up"))


def comes_through(server, subscriber, channel):
    """Whether a message arrives, perhaps after a gap; one that is published while its node is cut off does not."""
    answer = server.publish(channel.decode(), "through", b"1")
    if answer.status != 200:
        return False
    packet = subscriber.packet()
    while packet == GAP % channel:
        if server.publish(channel.decode(), "through", b"1").status != 200:
            return False
        packet = subscriber.packet()
    return packet == event_packet("through", b"1")


def metric(server, name):
    lines = server.request("GET", "/metrics").body.decode().splitlines()
    return float(next(line.rsplit(" ", 1)[1] for line in lines if line.startswith(name + " ")))


def envelope(epoch, offset, event=b"e", payload=b"1", version=1, magic=0xFA):
    """As docs/scaling.md describes it."""
    node = b"strangers"[:8]
    return bytes([magic, version]) + node + epoch + offset.to_bytes(8) + bytes([len(event)]) + event + payload


# MARK: Together


def test_a_message_reaches_the_subscribers_of_all_nodes(nodes):
    with Subscriber(nodes[0]) as here, Subscriber(nodes[1]) as there:
        here.subscribe("all.1")
        there.subscribe("all.1")
        for number, node in enumerate(nodes * 3):
            answer = node.publish("all.1", "e", b"%d" % number)
            assert answer.status == 200 and answer.json() == {"Event": "e", "channel": "all.1", "data": number, "subscribers": 2}
            for subscriber in (here, there):
                assert subscriber.packet() == event_packet("e", b"%d" % number)


def test_the_posted_bytes_are_not_touched(nodes):
    with Subscriber(nodes[1]) as there:
        there.subscribe("bytes")
        for body in (b'{"b":1,"a":[1.0,1e2, 2],"b":"\\u00e9\xc3\xa9"}', b'"' + b"x" * 900_000 + b'"', b"null", b"[]"):
            assert nodes[0].publish("bytes", "\u00e9v", body).status == 200
            assert there.packet() == event_packet("\u00e9v", body)


@pytest.mark.parametrize("channel", ["a{b}c", "}", "{x}", "%7B", "a%b", "*", "a,b", "é", "e\u0301", "日本", "fanfare", "questions"])
def test_names_are_bytes_between_nodes_too(channel, nodes):
    with Subscriber(nodes[1]) as there, Subscriber(nodes[1]) as other:
        there.subscribe(channel)
        other.subscribe("quiet")
        assert nodes[0].publish(channel, "e", b"1").json()["subscribers"] == 1
        assert there.packet() == event_packet("e", b"1")
        assert nodes[0].publish("quiet", "e", b"2").status == 200
        assert other.packet() == event_packet("e", b"2")


def test_two_forms_of_one_letter_are_two_channels(nodes):
    with Subscriber(nodes[1]) as composed, Subscriber(nodes[1]) as decomposed:
        composed.subscribe("\u00e9")
        decomposed.subscribe("e\u0301")
        assert nodes[0].publish("\u00e9", "e", b"1").json()["subscribers"] == 1
        assert nodes[0].publish("e\u0301", "e", b"2").json()["subscribers"] == 1
        assert composed.packet() == event_packet("e", b"1")
        assert decomposed.packet() == event_packet("e", b"2")


def test_a_node_hears_only_what_it_has_subscribers_for(nodes, redis):
    with Subscriber(nodes[0]) as here:
        here.subscribe("mine.1")
        assert redis.client().pubsub_numsub("fanfare:{mine.1}") == [(b"fanfare:{mine.1}", 1)]
        received = metric(nodes[1], 'fanfare_backplane_messages_total{result="delivered"}')
        assert nodes[1].publish("mine.1", "e", b"1").json()["subscribers"] == 1
        assert here.packet() == event_packet("e", b"1")
        assert metric(nodes[1], 'fanfare_backplane_messages_total{result="delivered"}') == received


def test_after_the_ack_every_later_message_comes_and_none_of_before(nodes):
    for round in range(30):
        channel = f"seen.{round}"
        assert nodes[round % 2].publish(channel, "e", b"0").status == 200
        with Subscriber(nodes[0]) as here:
            here.subscribe(channel)
            assert nodes[1].publish(channel, "e", b"1").json()["subscribers"] == 1
            assert here.packet() == event_packet("e", b"1")
            with Subscriber(nodes[0]) as later:
                assert nodes[0].publish(channel, "e", b"2").status == 200
                later.subscribe(channel)
                assert nodes[0].publish(channel, "e", b"3").json()["subscribers"] == 2
                assert later.packet() == event_packet("e", b"3")


def test_all_forms_of_subscribe_and_their_acks(nodes):
    with Subscriber(nodes[0]) as here:
        assert json.loads(here.ask("subscribe", ["f.1", "f.2", "f.1"])) == json.loads(here.ask("subscribe", ["f.1", "f.2", "f.1"]))
        assert json.loads(here.ask("subscribe", {"channel": "f.3"}))[0]["ok"] is True
        here.unsubscribe("f.1")
        assert nodes[1].publish("f.1", "e", b"1").json()["subscribers"] == 0
        assert nodes[1].publish("f.3", "e", b"1").json()["subscribers"] == 1


def test_one_order_for_everybody(nodes):
    """I9 in small; the ledger does it at length."""
    with ExitStack() as stack:
        subscribers = [stack.enter_context(Subscriber(node)).subscribe("order") for node in nodes for _ in range(3)]

        def publish(node, start):
            with node.connect() as connection:
                for number in range(start, start + 500):
                    connection.send(publish_request("order", "e", b"%d" % number, [JSON]))
                    assert connection.response().status == 200

        threads = [threading.Thread(target=publish, args=(node, 1_000 * index)) for index, node in enumerate(nodes * 2)]
        for thread in threads:
            thread.start()
        orders = [[subscriber.packet() for _ in range(2_000)] for subscriber in subscribers]
        for thread in threads:
            thread.join()
        assert all(order == orders[0] for order in orders) and len(set(orders[0])) == 2_000


# MARK: The cluster's counts and administration


def test_channels_are_those_of_all_nodes(nodes):
    with Subscriber(nodes[0]) as here, Subscriber(nodes[1]) as there, Subscriber(nodes[1]) as third:
        here.subscribe("sum.a", "sum.b")
        there.subscribe("sum.b", "sum.c")
        third.subscribe("sum.b")
        for node in nodes:
            page = node.request("GET", "/channels?prefix=sum.").json()
            assert [(row["channel"], row["subscribers"]) for row in page["channels"]] == [("sum.a", 1), ("sum.b", 3), ("sum.c", 1)]
            assert page["next"] is None and page["nodes"]["asked"] == 2 and len(set(page["nodes"]["answered"])) == 2
            first = node.request("GET", "/channels?prefix=sum.&limit=2").json()
            assert [row["channel"] for row in first["channels"]] == ["sum.a", "sum.b"] and first["next"] == "sum.b"
            rest = node.request("GET", "/channels?prefix=sum.&limit=2&after=sum.b").json()
            assert [row["channel"] for row in rest["channels"]] == ["sum.c"] and rest["next"] is None
            assert node.request("GET", "/channels/sum.b").json()["subscribers"] == 3


def test_a_socket_is_found_and_ended_on_its_node(nodes):
    with Subscriber(nodes[1]) as there:
        there.subscribe("story")
        name = json.loads(there.connect_packet[2:])["sid"]
        for node in nodes:
            story = node.request("GET", f"/sockets/{name}").json()
            assert story["connected"] is True and story["channels"] == ["story"]
        assert nodes[0].request("DELETE", f"/sockets/{name}").status == 204
        assert there.packet() == b"41"
    assert nodes[0].request("DELETE", f"/sockets/{name}").status == 404
    assert nodes[0].request("GET", "/sockets/AAAAAAAAAAAAAAAAAAAA").status == 404
    assert 'msg="socket disconnected"' in until(lambda: "socket disconnected" in nodes[1].logged and nodes[1].logged)


def test_a_stray_poll_is_told_what_is_wrong(nodes):
    session = json.loads(Poller(nodes[0]).handshake.body[1:])["sid"]
    for method, body in (("GET", None), ("POST", b"40")):
        answer = nodes[1].request(method, f"/socket.io/?EIO=4&transport=polling&sid={session}", body)
        assert answer.status == 400 and answer.json()["code"] == 1 and "another node" in answer.json()["message"]
    assert metric(nodes[1], 'fanfare_refused_total{reason="other_node"}') == 2
    assert nodes[0].request("POST", f"/socket.io/?EIO=4&transport=polling&sid={session}", b"40").status == 200


def test_all_metrics_of_the_backplane_are_there(nodes):
    page = (PROJECT / "docs/metrics.md").read_text()
    listed = set(re.findall(r"^\| `(fanfare_backplane_\w+)` \|", page, re.MULTILINE))
    text = nodes[0].request("GET", "/metrics").body.decode()
    assert len(listed) == 7 and listed == set(re.findall(r"^(fanfare_backplane_\w+)", text, re.MULTILINE))
    assert metric(nodes[0], "fanfare_backplane_up") == 1


# MARK: I. Faults


@pytest.fixture
def pair():
    """A Redis and two nodes for one test."""
    with Redis() as redis, Server("--redis", redis.url) as one, Server("--redis", redis.url) as other:
        until_up(one, other)
        yield redis, one, other


def test_i1_redis_is_killed_and_comes_back(pair):
    redis, one, other = pair
    with Subscriber(one) as here, Subscriber(other) as there:
        here.subscribe("i1")
        there.subscribe("i1")
        assert one.publish("i1", "e", b"1").status == 200
        assert [here.packet(), there.packet()] == [event_packet("e", b"1")] * 2
        redis.kill()
        until(lambda: ready(one) == (200, "down") and ready(other) == (200, "down"))
        answer = one.publish("i1", "e", b"2")
        assert answer.status == 503 and answer.header("Retry-After") == "1" and "nothing was sent" in answer.json()["detail"]
        assert one.is_alive()
        redis.start()
        until_up(one, other)
        # Redis has forgotten everything: what was published meanwhile, by whomever, nobody knows.
        assert [here.packet(), there.packet()] == [GAP % b"i1"] * 2
        assert other.publish("i1", "e", b"3").json()["subscribers"] == 2
        assert [here.packet(), there.packet()] == [event_packet("e", b"3")] * 2
    assert one.logged.count('msg="backplane down"') <= 4, one.logged


def test_i2_redis_is_silent(pair):
    redis, one, other = pair
    with Subscriber(one) as here:
        here.subscribe("i2")
        assert one.publish("i2", "e", b"0").status == 200
        assert here.packet() == event_packet("e", b"0")
        redis.pause()
        began = time.monotonic()
        answer = one.publish("i2", "e", b"1")
        assert answer.status == 504 and 1.5 < time.monotonic() - began < PATIENCE
        began = time.monotonic()
        assert one.publish("i2", "e", b"2").status == 503
        assert one.is_alive()
        # Somebody who subscribes meanwhile is not kept waiting, and is told.
        with Subscriber(one) as late:
            assert json.loads(late.ask("subscribe", "i2.late")) == ["Entered room: i2.late"]
            assert late.packet() == GAP % b"i2.late"
            redis.go_on()
            until_up(one, other)
            # Redis has done what it was told before: nobody heard it.
            assert here.packet() == GAP % b"i2"
            assert other.publish("i2.late", "e", b"3").status == 200
            packets = [late.packet()]
            if packets[0] == GAP % b"i2.late":
                packets.append(late.packet())
            assert packets[-1] == event_packet("e", b"3")


def test_i3_redis_cuts_the_subscriptions_off(pair):
    redis, one, other = pair
    with Subscriber(one) as here:
        here.subscribe("i3", "i3.quiet")
        assert other.publish("i3", "e", b"1").status == 200
        assert here.packet() == event_packet("e", b"1")
        client = redis.client()
        ids = [entry["id"] for entry in client.client_list() if entry["name"] == "fanfare-messages"]
        # Between the cut and the return a message is published: those who were cut off have missed it.
        script = "for _, id in ipairs(ARGV) do redis.call('CLIENT', 'KILL', 'ID', id) end"
        script += " redis.call('HINCRBY', 'fanfare:{i3}:position', 'offset', 1)"
        try:
            client.eval(script, 0, *ids)
        except Exception:  # noqa: BLE001 - some versions do not let a script kill
            for identifier in ids:
                client.client_kill_filter(_id=identifier)
            client.hincrby("fanfare:{i3}:position", "offset", 1)
        assert here.packet() == GAP % b"i3"
        until_up(one, other)
        assert other.publish("i3", "e", b"3").status == 200
        assert here.packet() == event_packet("e", b"3")
        assert other.publish("i3.quiet", "e", b"4").status == 200
        assert here.packet() == event_packet("e", b"4"), "nothing was missed there, so nothing is announced"


def test_i3_a_burst_that_redis_does_not_keep(redis):
    """Redis cuts those off who let too much wait; here 32 KiB."""
    with Redis("--client-output-buffer-limit", "pubsub 32kb 0 0") as small:
        with Server("--redis", small.url) as one, Server("--redis", small.url) as other:
            until_up(one, other)
            with Subscriber(one) as here:
                here.subscribe("burst")
                body = b'"' + b"x" * 100_000 + b'"'
                assert other.publish("burst", "e", body).status == 200
                seen = here.packet()
                assert seen in (event_packet("e", body), GAP % b"burst")
                until(lambda: comes_through(other, here, b"burst"))


def test_i4_twice_late_and_with_a_gap(pair):
    redis, one, _ = pair
    client = redis.client()
    with Subscriber(one) as here:
        here.subscribe("i4")
        assert one.publish("i4", "e", b"1").status == 200
        assert here.packet() == event_packet("e", b"1")
        epoch = client.hget("fanfare:{i4}:position", "epoch")

        def send(offset, payload, epoch=epoch):
            client.publish("fanfare:{i4}", envelope(epoch, offset, payload=payload))

        send(1, b'"again"')
        send(2, b"2")
        send(2, b'"again"')
        assert here.packet() == event_packet("e", b"2")
        send(4, b"4")
        send(3, b'"late"')
        assert [here.packet(), here.packet()] == [GAP % b"i4", event_packet("e", b"4")]
        send(5, b"5")
        assert here.packet() == event_packet("e", b"5")
        # A new epoch from its beginning, and then one that is known from its middle only.
        send(1, b"6", b"\x01" * 8)
        assert here.packet() == event_packet("e", b"6")
        send(6, b'"of the old epoch"')
        send(7, b"7", b"\x02" * 8)
        assert [here.packet(), here.packet()] == [GAP % b"i4", event_packet("e", b"7")]
        assert metric(one, 'fanfare_backplane_messages_total{result="duplicate"}') == 4


def test_i5_garbage_in_the_channel(pair):
    redis, one, _ = pair
    client = redis.client()
    with Subscriber(one) as here:
        here.subscribe("i5")
        good = envelope(b"epoch...", 1)
        wrong = [good[:length] for length in range(len(good))] + [
            b"x" * 1_000_000, b'{"method":"emit"}', envelope(b"epoch...", 0), envelope(b"epoch...", 1, magic=0xFB),
            envelope(b"epoch...", 1, payload=b"{"), envelope(b"epoch...", 1, payload=b"1 2"), envelope(b"epoch...", 1, payload=b" 1"),
            envelope(b"epoch...", 1, payload=b'"\xff"'), envelope(b"epoch...", 1, event=b"connect"),
            envelope(b"epoch...", 1, event=b"fanfare:gap"), envelope(b"epoch...", 1, event=b"\xff"),
            envelope(b"epoch...", 1, payload=b"[" * 100_000), envelope(b"epoch...", 1, payload=b'"' + b"x" * 1_000_001 + b'"'),
        ]  # fmt: skip
        for message in wrong:
            client.publish("fanfare:{i5}", message)
        client.publish("fanfare:{i5}", envelope(b"epoch...", 1, version=2))
        client.publish("fanfare:questions", b"garbage")
        client.publish("fanfare:questions", b"\x01" + bytes(16) + b'{"channels":{"prefix":1}}')
        assert one.publish("i5", "e", b"1").status == 200
        assert here.packet() == event_packet("e", b"1")
        assert metric(one, 'fanfare_backplane_messages_total{result="malformed"}') == len(wrong)
        assert metric(one, 'fanfare_backplane_messages_total{result="other_version"}') == 1
        # More than Redis keeps for a subscriber, or the server reads: the connection breaks, and nothing else does.
        client.publish("fanfare:{i5}", b"x" * 100_000_000)
        until(lambda: comes_through(one, here, b"i5"))
        assert one.is_alive()


def test_i5_keys_of_another_type(pair):
    redis, one, _ = pair
    redis.client().set("fanfare:{i5.type}:position", "a string")
    redis.client().set("fanfare:{i5.counts}:counts", "a string")
    assert one.publish("i5.type", "e", b"1").status == 503
    assert one.publish("i5.counts", "e", b"1").status == 503
    assert one.publish("other", "e", b"1").status == 200
    assert one.logged.count("WRONGTYPE") == 2 or one.logged.count("Redis refuses") == 2


@pytest.mark.parametrize("forget", ["flushall", "script_flush"])
def test_i6_redis_forgets(forget, pair):
    redis, one, other = pair
    with Subscriber(one) as here:
        here.subscribe("i6")
        assert other.publish("i6", "e", b"1").status == 200
        getattr(redis.client(), forget)()
        for number in (b"2", b"3"):
            assert other.publish("i6", "e", number).status == 200
        # Nothing was missed: the connection was there all the time.
        assert [here.packet() for _ in range(3)] == [event_packet("e", number) for number in (b"1", b"2", b"3")]


def test_i7_redis_takes_no_writes(pair):
    redis, one, _ = pair
    client = redis.client()
    with Subscriber(one) as here:
        here.subscribe("i7")
        client.config_set("maxmemory", "1")
        for _ in range(3):
            answer = one.publish("i7", "e", b"1")
            assert answer.status == 503 and "nothing was sent" in answer.json()["detail"]
        assert one.logged.count("OOM command not allowed") == 1
        client.config_set("maxmemory", "0")
        assert one.publish("i7", "e", b"2").status == 200
        assert here.packet() == event_packet("e", b"2")
        client.replicaof("127.0.0.1", "1")
        assert until(lambda: one.publish("i7", "e", b"3").status == 503)
        client.replicaof("no", "one")
        until(lambda: one.publish("i7", "e", b"4").status == 200)


def test_i8_a_slow_network(redis):
    """200 ms each way: a publish takes that long, and many of them do not take longer."""
    with Stretch(redis.port, delay=0.1) as slow, Server("--redis", slow.url) as one:
        until_up(one)
        with Subscriber(one) as here:
            here.subscribe("i8")

            def publish(start):
                with one.connect() as connection:
                    for number in range(start, start + 3):
                        connection.send(publish_request("i8", "e", b"%d" % number, [JSON]))
                        assert connection.response().status == 200

            began = time.monotonic()
            threads = [threading.Thread(target=publish, args=(10 * index,)) for index in range(30)]
            for thread in threads:
                thread.start()
            packets = [here.packet() for _ in range(90)]
            for thread in threads:
                thread.join()
            # One after the other would take 90 × 0.2 s.
            assert time.monotonic() - began < 9
            numbers = [int(packet[7:-1]) for packet in packets]
            assert sorted(numbers) == sorted(10 * index + step for index in range(30) for step in range(3))
            for index in range(30):
                own = [number for number in numbers if number // 10 == index]
                assert own == sorted(own)


def test_i10_it_starts_without_redis():
    with Redis() as redis:
        redis.kill()
        with Server("--redis", redis.url) as one:
            assert ready(one) == (503, "down") and one.is_alive()
            assert one.publish("i10", "e", b"1").status == 503
            redis.start()
            until_up(one)
            assert one.publish("i10", "e", b"1").status == 200
            redis.kill()
            until(lambda: ready(one) == (200, "down"))
        redis.start()
        with Server("--redis", redis.url, "--ready-needs-backplane") as strict:
            until_up(strict)
            redis.kill()
            until(lambda: ready(strict) == (503, "down"))
            redis.start()


def test_i11_no_more_than_a_thousand_are_on_their_way(redis):
    with Stretch(redis.port) as stretch, Server("--redis", stretch.url, "--limit-in-flight-messages", "5") as one:
        until_up(one)
        stretch.delay = 0.5
        answers = []

        def publish():
            answers.append(one.publish("i11", "e", b"1"))

        threads = [threading.Thread(target=publish) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        refused = [answer for answer in answers if answer.status == 503]
        assert len(refused) == 7 and all("Too many messages" in answer.json()["detail"] for answer in refused)
        assert [answer.status for answer in answers].count(200) == 5


def test_i12_a_nodes_own_message_comes_once(nodes):
    with Subscriber(nodes[0]) as here:
        here.subscribe("i12")
        for number in (b"1", b"2", b"3"):
            assert nodes[0].publish("i12", "e", number).json()["subscribers"] == 1
        assert [here.packet() for _ in range(3)] == [event_packet("e", number) for number in (b"1", b"2", b"3")]


def test_what_ten_seconds_change(pair):
    """All at once, as each of them takes so long: a channel that everybody has left is given up, a killed node leaves the counts, and what a
    quiet channel has missed is found out."""
    redis, one, other = pair
    client = redis.client()
    left = "fanfare:{left}"
    with Subscriber(one) as here:
        dying = Subscriber(other).subscribe("killed")
        here.subscribe("left", "quiet").unsubscribe("left")
        # It is kept for a while, in case that somebody comes back.
        assert client.pubsub_numsub(left) == [(left.encode(), 1)]
        assert other.publish("left", "e", b"1").json()["subscribers"] == 0
        here.subscribe("left")
        assert other.publish("left", "e", b"2").json()["subscribers"] == 1
        assert here.packet() == event_packet("e", b"2")
        here.unsubscribe("left")
        assert one.publish("quiet", "e", b"1").status == 200
        assert here.packet() == event_packet("e", b"1")
        # Published, and never arrived.
        client.hincrby("fanfare:{quiet}:position", "offset", 1)
        assert one.publish("killed", "e", b"1").json()["subscribers"] == 1
        other.kill()
        began = time.monotonic()
        until(lambda: one.publish("killed", "e", b"1").json()["subscribers"] == 0, patience=25)
        assert time.monotonic() - began < 20
        page = one.request("GET", "/channels?prefix=killed").json()
        assert page["channels"] == [] and page["nodes"]["asked"] == len(page["nodes"]["answered"]) == 1
        until(lambda: client.pubsub_numsub(left) == [(left.encode(), 0)], patience=25)
        assert here.websocket.recv(timeout=25, decode=False) == GAP % b"quiet"
        dying.websocket.close_socket()


# MARK: Access


def test_users_passwords_databases_and_tls(tmp_path):
    chain, key = certificate(tmp_path, "localhost")
    from harness.server import free_port

    port = free_port()
    arguments = ["--tls-port", str(port), "--tls-cert-file", str(chain), "--tls-key-file", str(key), "--tls-auth-clients", "no"]
    everybody, fanfare = "default on >secret ~* &* +@all", "fanfare on >p@ss:w/rd ~fanfare:* &fanfare:* +@all -@admin"
    rules = ["--user", *everybody.split(), "--user", *fanfare.split()]
    with Redis(*arguments, *rules, password="secret") as redis:
        for url, extra in (
            (f"redis://:secret@127.0.0.1:{redis.port}/3", []),
            (f"redis://fanfare:p%40ss%3Aw%2Frd@127.0.0.1:{redis.port}", []),
            (f"rediss://:secret@localhost:{port}/1", ["--redis-cacert", str(chain)]),
        ):
            with Server("--redis", url, *extra) as one, Subscriber(one) as here:
                until_up(one)
                here.subscribe("acl")
                assert one.publish("acl", "e", b"1").status == 200
                assert here.packet() == event_packet("e", b"1")
                assert "secret" not in one.logged and "p@ss" not in one.logged
        assert set(redis.client().keys()) == {b"fanfare:{acl}:position", b"fanfare:life"}, "what the user fanfare has written"
        with Server("--redis", f"redis://:wrong@127.0.0.1:{redis.port}") as one:
            until(lambda: "WRONGPASS" in one.logged)
            assert ready(one) == (503, "down")
            time.sleep(1)
            assert one.logged.count("WRONGPASS") == 1, "a reason is told once"
        with Server("--redis", f"rediss://:secret@localhost:{port}") as one:
            until(lambda: 'msg="backplane down"' in one.logged)
            assert ready(one) == (503, "down"), "nobody vouches for that certificate"


@pytest.mark.parametrize(
    "url", ["http://x", "redis://", "redis://host:0", "redis://host:x", "redis://host/x", "redis://user@host", "redis://host?x=1"]
)
def test_what_is_no_url_is_refused(url):
    finished = run("config", "check", "--redis", url)
    assert finished.returncode == EX_CONFIG and "redis: " in finished.stderr


def test_the_password_is_shown_nowhere(tmp_path):
    shown = run("config", "show", FANFARE_REDIS="redis://me:hunter2@redis.example:6380/1")
    assert shown.returncode == 0 and "hunter2" not in shown.stdout + shown.stderr
    assert "redis://(masked)@redis.example:6380/1" in shown.stdout
    wrong = run("config", "check", FANFARE_REDIS="redis://me:hunter2@:x")
    assert wrong.returncode == EX_CONFIG and "hunter2" not in wrong.stdout + wrong.stderr


def test_what_needs_redis_says_so():
    for flags in (["--ready-needs-backplane"], ["--ingest", "python-socketio"]):
        assert run("config", "check", *flags).returncode == EX_CONFIG
