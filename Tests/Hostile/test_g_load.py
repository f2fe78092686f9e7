"""G: load, slowness, resources. In small by default; FANFARE_TEST_LONG=1 for the numbers that one would quote."""

import contextlib
import json
import selectors
import socket
import subprocess
import sys
import threading
import time

import pytest

from harness import LONG, PATIENCE
from harness.http import JSON, HTTPConnection, publish_request, request
from harness.polling import target
from harness.subscriber import event_packet
from harness.websocket import TEXT, WebSocketConnection, frame, upgrade_request
from needs import needs, offered
from stage import Hub, eventually, hosted
from wire import dial, ending, endings

slow = pytest.mark.slow


def subscribers(hub, channel, body=b"1"):
    return hub.publish(channel, "e", body).json()["subscribers"]


def join(hub, channel, receive_buffer=None):
    """A subscriber as a bare socket, of which nothing is read but its joining."""
    connection = dial(hub, receive_buffer)
    connection.sendall(upgrade_request() + frame(TEXT, b"40") + frame(TEXT, b'421["subscribe","%s"]' % channel.encode()))
    data = b""
    while b"431[" not in data:
        data += connection.recv(1_024)
    return connection


class Readers(threading.Thread):
    """Sockets whose bytes are counted, and nothing else is done with them. `wait(count)`: each has got so many bytes."""

    def __init__(self, connections):
        super().__init__(daemon=True)
        self.counts = dict.fromkeys(connections, 0)
        self.closed, self.over = [], threading.Event()
        self.start()

    def run(self):
        with selectors.DefaultSelector() as selector:
            for connection in self.counts:
                connection.setblocking(False)
                selector.register(connection, selectors.EVENT_READ)
            while not self.over.is_set():
                for key, _ in selector.select(0.05):
                    with contextlib.suppress(BlockingIOError):
                        try:
                            count = len(key.fileobj.recv(1 << 18))
                        except ConnectionError:
                            count = 0
                        if not count:
                            selector.unregister(key.fileobj)
                            self.closed.append(key.fileobj)
                        self.counts[key.fileobj] += count

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()
        for connection in self.counts:
            connection.close()

    def assert_got(self, count):
        eventually(lambda: all(got >= count for got in self.counts.values()), lambda: f"{min(self.counts.values())} of {count} bytes")
        assert set(self.counts.values()) == {count} and not self.closed


def fan_out_among(hub, channel, reader_count, sleeper_count):
    """Publishes until those that do not read are cut; the readers get every byte."""
    sleepers = [join(hub, channel, receive_buffer=4_096) for _ in range(sleeper_count)]
    with Readers([join(hub, channel) for _ in range(reader_count)]) as readers, HTTPConnection(hub.address) as connection:
        body = b'"' + b"x" * 99_998 + b'"'
        published, remaining = 0, reader_count + sleeper_count
        while remaining > reader_count:
            assert published < 300, f"{remaining - reader_count} of those that do not read are never cut"
            connection.send(publish_request(channel, "e", body))
            remaining = connection.response().json()["subscribers"]
            published += 1
            if published % 10 == 0:
                readers.assert_got(published * (len(event_packet("e", body)) + 10))
        readers.assert_got(published * (len(event_packet("e", body)) + 10))
    for sleeper in sleepers:
        sleeper.close()


# The kernel's buffers come on top of the bound: up to 4 MiB at each end of a loopback connection.


def test_g01_some_that_do_not_read_cost_the_others_nothing(hub, channel):
    base = hub.descriptors
    with hub.memory_within(64):
        fan_out_among(hub, channel, 20, 4)
    hub.assert_descriptors_return(base)
    assert hub.controls.slowest() < 0.5


def test_g02_many_that_do_not_read_cost_the_others_nothing(hub, channel):
    base = hub.descriptors
    with hub.memory_within(96):
        fan_out_among(hub, channel, 4, 36)
    hub.assert_descriptors_return(base)
    assert hub.controls.slowest() < 0.5


@slow
def test_g01_200_of_2000_that_do_not_read(hub, channel):
    base = hub.descriptors
    fan_out_among(hub, channel, 1_800, 200)
    hub.assert_descriptors_return(base)


@needs("--limit-queue-bytes")
def test_g01_the_bound_of_a_queue_is_a_setting(channel):
    """It never is less than the four largest messages."""
    with hosted("--limit-queue-bytes", "65536", "--max-payload", "10000") as hub, hub.memory_within(16):
        sleeper = join(hub, channel, receive_buffer=1_024)
        body = b'"' + b"x" * 9_000 + b'"'
        eventually(lambda: subscribers(hub, channel, body) == 0, "it is never cut", 20)
        sleeper.close()


@needs("--limit-queue-age")
@pytest.mark.parametrize("pause", [None, 0.1], ids=["stalled", "1 KB at a time"])
def test_g03_a_reader_that_is_too_slow_is_cut_for_the_age_of_its_queue(channel, pause):
    """Far below the bound in bytes."""
    with hosted("--limit-queue-age", "2s", "--limit-queue-bytes", "64MiB", "--limit-close-deadline", "500ms") as hub:
        base = hub.descriptors
        sleeper = join(hub, channel, receive_buffer=1_024)
        body = b'"' + b"x" * 500_000 + b'"'
        for _ in range(30):
            assert subscribers(hub, channel, body) == 1
        began = time.monotonic()
        while subscribers(hub, channel) == 1:
            assert time.monotonic() - began < 10, "it is never cut"
            if pause:
                sleeper.recv(1_024)
            time.sleep(pause or 0.05)
        assert time.monotonic() - began > 1
        hub.assert_descriptors_return(base, 8)
        sleeper.close()


@slow
@needs("--limit-queue-age")
def test_g03_a_reader_that_is_too_slow_is_cut_after_30_seconds_by_default(channel):
    with hosted("--limit-queue-bytes", "64MiB") as hub:
        sleeper = join(hub, channel, receive_buffer=1_024)
        for _ in range(30):
            assert subscribers(hub, channel, b'"' + b"x" * 500_000 + b'"') == 1
        began = time.monotonic()
        eventually(lambda: subscribers(hub, channel) == 0, "it is never cut", 40)
        assert time.monotonic() - began > 20
        sleeper.close()


def test_g03_a_slow_reader_within_its_bound_loses_nothing(hub, channel):
    """1 MB is queued for it, and it takes its time."""
    connection = join(hub, channel, receive_buffer=1_024)
    with Readers([connection]) as readers:
        expected = 0
        for size in (200_000, 1, 300_000, 50, 400_000):
            body = b'"' + b"x" * size + b'"'
            assert subscribers(hub, channel, body) == 1
            packet = len(event_packet("e", body))
            expected += packet + (2 if packet < 126 else 4 if packet < 65_536 else 10)
        readers.assert_got(expected)


def test_g04_long_pollers_that_never_come_back_are_bounded_and_freed(channel):
    count = 10_000 if LONG else 300
    with hosted("--ping-interval", "1s", "--ping-timeout", "1s") as hub:
        with HTTPConnection(hub.address) as connection:
            connection.send(request("GET", target()) * count)
            sids = [json.loads(connection.response().body[1:])["sid"] for _ in range(count)]
            for start in range(0, count, 100):
                some = sids[start : start + 100]
                connection.send(
                    b"".join(request("POST", target(sid=sid), b'40\x1e42["subscribe","%s"]' % channel.encode()) for sid in some)
                )
                for _ in some:
                    assert connection.response().status == 200
        with hub.memory_within(80):
            for _ in range(60):
                subscribers(hub, channel, b'"' + b"x" * 500_000 + b'"')
            eventually(lambda: subscribers(hub, channel) == 0, "sessions live on", 10)


# G6: no descriptors left


def at_the_limit(hub):
    """Opens more than fit and returns those sockets, a test's own included."""
    return [dial(hub) for _ in range(400)]


def test_g06_out_of_descriptors_the_others_are_served_and_nothing_spins():
    with hosted(descriptors=256) as hub:
        base, logged = hub.descriptors, hub.logged.count("\n")
        connections = at_the_limit(hub)
        hub.controls.assert_flowing()
        before, began = hub.cpu, time.monotonic()
        eventually(lambda: hub.controls.published > 0 and time.monotonic() - began > 2, "time passes")
        # The control clients' own share is in it.
        assert (hub.cpu - before) / (time.monotonic() - began) < 0.25
        assert hub.logged.count("\n") - logged <= 10
        for connection in connections:
            connection.close()
        eventually(hub.is_alive, "it does not recover", 5)
        hub.assert_descriptors_return(base)
        with WebSocketConnection(hub) as websocket:
            websocket.join()


@needs("--limit-connections")
def test_g06_past_the_limit_of_connections_one_is_told():
    with hosted("--limit-connections", "50") as hub:
        base = hub.descriptors
        connections = [dial(hub) for _ in range(80)]
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.sendall(request("GET", "/livez", headers=[("Connection", "close")]))
        results = endings(connections)
        assert sum(result.statuses == [200] for result in results) >= 40
        told = [result for result in results if result.statuses == [503]]
        assert len(told) >= 20 and all(b"retry-after" in result.data.lower() for result in told)
        hub.assert_descriptors_return(base)
        assert hub.is_alive()


@needs("--limit-connections")
def test_g06_the_limit_follows_from_the_descriptors():
    with hosted(descriptors=256) as hub:
        connections = at_the_limit(hub)
        with dial(hub) as connection:
            connection.sendall(request("GET", "/livez", headers=[("Connection", "close")]))
            assert ending(connection, 5).statuses in ([503], [])
        for connection in connections:
            connection.close()
        eventually(hub.is_alive, "it does not recover", 5)


# G7: half-open peers

PEER = """
import os, signal, sys
sys.path[:0] = sys.argv[3:]
from harness.polling import Poller
from harness.server import Endpoint
from harness.websocket import WebSocketConnection
hub = Endpoint("127.0.0.1", int(sys.argv[1]))
channel = sys.argv[2]
websocket = WebSocketConnection(hub).join()
websocket.text(b'421["subscribe","%s"]' % channel.encode())
websocket.text_packet()
poller = Poller(hub).join().subscribe(channel).park()
print("ready", flush=True)
os.kill(os.getpid(), signal.SIGSTOP)
"""


def test_g07_peers_that_have_stopped_are_closed_by_the_heartbeat(channel):
    quick_close = ["--limit-close-deadline", "500ms"] if "--limit-close-deadline" in offered() else []
    with hosted("--ping-interval", "500ms", "--ping-timeout", "500ms", *quick_close) as hub:
        base = hub.descriptors
        peer = subprocess.Popen([sys.executable, "-c", PEER, str(hub.port), channel, *sys.path], stdout=subprocess.PIPE)
        try:
            assert peer.stdout.readline() == b"ready\n"
            assert subscribers(hub, channel) == 2
            began = time.monotonic()
            eventually(lambda: subscribers(hub, channel) == 0, "they are subscribed still", 5)
            assert time.monotonic() - began < 3
            # The answer to the poll was its last; its connection is idle now, and the WebSocket's close is not answered.
            hub.assert_descriptors_return(base + 2, 8)
        finally:
            peer.kill()
            peer.wait()
        hub.assert_descriptors_return(base)


# G8: a storm


def storm(hub, channel, count):
    """So many subscribers at once; returns them when the last one has its ack."""
    connections = [dial(hub) for _ in range(count)]
    for connection in connections:
        connection.sendall(upgrade_request() + frame(TEXT, b"40") + frame(TEXT, b'421["subscribe","%s"]' % channel.encode()))
    for connection in connections:
        data = b""
        while b"431[" not in data:
            data += connection.recv(4_096)
    return connections


@pytest.mark.parametrize("count", [1_000, pytest.param(8_000, marks=slow)])
def test_g08_a_storm_and_another_one_disturb_nobody(hub, channel, count):
    base = hub.descriptors
    for _ in range(2):
        began = time.monotonic()
        connections = storm(hub, channel, count)
        assert time.monotonic() - began < 30
        assert subscribers(hub, channel) == count
        for connection in connections:
            connection.close()
        hub.assert_descriptors_return(base)
    assert hub.controls.slowest() < 1


def test_g08_after_a_restart_all_come_back(channel):
    count = 5_000 if LONG else 500
    with Hub() as hub:
        connections = storm(hub, channel, count)
        steady = hub.memory
        hub.kill()
        for connection in connections:
            connection.close()
        hub.start()
        began = time.monotonic()
        with hub.watched():
            connections = storm(hub, channel, count)
            assert subscribers(hub, channel) == count
        assert time.monotonic() - began < 30
        assert hub.memory < 2 * steady + (16 << 20)
        for connection in connections:
            connection.close()


# G10, G11


def test_g10_publishes_to_channels_without_subscribers_leave_nothing(hub, channel):
    def publishes(count, prefix):
        with HTTPConnection(hub.address) as connection:
            for start in range(0, count, 100):
                connection.send(
                    b"".join(
                        publish_request(f"{channel}-{prefix}-{number}".ljust(200, "x"), "e", b"1") for number in range(start, start + 100)
                    )
                )
                for _ in range(100):
                    assert connection.response().status == 200

    publishes(3_000, "a")
    with hub.memory_within(4):
        publishes(100_000 if LONG else 10_000, "b")


def test_g10_one_channel_with_many_and_many_with_one(hub, channel):
    many = [join(hub, channel) for _ in range(200)]
    single = [join(hub, f"{channel}-{number}") for number in range(200)]
    body = b'"' + b"x" * 100 + b'"'
    length = len(event_packet("e", body)) + 2
    with Readers(many) as on_one, Readers(single) as on_many:
        for _ in range(20):
            assert subscribers(hub, channel, body) == 200
        for number in range(200):
            assert subscribers(hub, f"{channel}-{number}", body) == 1
        on_one.assert_got(20 * length)
        on_many.assert_got(length)


def flood(hub, channel, count, allowed):
    """Publishes as fast as connections take it; returns the numbers that were taken, in order, and how many were refused."""
    taken, refused = [], 0
    with HTTPConnection(hub.address) as connection:
        for start in range(0, count, 500):
            connection.send(b"".join(publish_request(channel, "e", b"%d" % number) for number in range(start, start + 500)))
            for number in range(start, start + 500):
                response = connection.response()
                assert response.status in allowed, response
                if response.status == 200:
                    taken.append(number)
                else:
                    assert response.header("Retry-After") == "1"
                    refused += 1
    return taken, refused


def test_g11_a_flood_is_delivered_in_order_or_refused(hub, channel):
    """What has its 200 arrives, in order; what was refused does not."""
    hub.controls.may_be_refused = True
    with WebSocketConnection(hub) as websocket:
        websocket.join().text(b'421["subscribe","%s"]' % channel.encode())
        assert websocket.text_packet().startswith(b"431")
        received = []

        def receive():
            while not received or received[-1] != event_packet("last", b"0"):
                packet = websocket.text_packet()
                if packet == b"2":
                    websocket.text(b"3")
                else:
                    received.append(packet)

        receiver = threading.Thread(target=receive, daemon=True)
        receiver.start()
        taken, _ = flood(hub, channel, 20_000, (200, 503))
        assert hub.publish(channel, "last", b"0").status == 200
        receiver.join(PATIENCE)
        assert received[:-1] == [event_packet("e", b"%d" % number) for number in taken]
    assert hub.controls.slowest() < 1


@needs("--limit-pending-messages", "--limit-pending-bytes")
@pytest.mark.parametrize("setting", [("--limit-pending-messages", "20"), ("--limit-pending-bytes", "64KiB")], ids=["messages", "bytes"])
def test_g11_what_is_too_much_at_once_is_refused_before_it_has_a_place(channel, setting):
    """Many publishers at once; all messages that were taken reach both subscribers in one order."""
    with hosted(*setting, may_be_refused=True) as hub:
        received = [[], []]
        with contextlib.ExitStack() as stack:
            threads = []
            for packets in received:
                websocket = stack.enter_context(WebSocketConnection(hub)).join()
                websocket.text(b'421["subscribe","%s"]' % channel.encode())
                assert websocket.text_packet().startswith(b"431")

                def receive(websocket=websocket, packets=packets):
                    while not packets or not packets[-1].startswith(b'42["last"'):
                        packets.append(websocket.text_packet())

                threads.append(threading.Thread(target=receive, daemon=True))
                threads[-1].start()
            refused = taken = 0

            def publish(publisher):
                nonlocal refused, taken
                with HTTPConnection(hub.address) as connection:
                    # Less in all than what may wait for a subscriber.
                    for _ in range(8):
                        connection.send(b"".join(publish_request(channel, "e", b'"%d%s"' % (publisher, b"x" * 1_500)) for _ in range(50)))
                        for _ in range(50):
                            response = connection.response()
                            assert response.status in (200, 503)
                            if response.status == 503:
                                assert response.header("Retry-After") == "1"
                                refused += 1
                            else:
                                taken += 1

            publishers = [threading.Thread(target=publish, args=(number,)) for number in range(6)]
            for thread in publishers:
                thread.start()
            for thread in publishers:
                thread.join()
            eventually(lambda: hub.publish(channel, "last", b"0").status == 200, "it never recovers")
            for thread in threads:
                thread.join(PATIENCE)
            assert refused > 0, "nothing was too much"
            assert received[0] == received[1] and len(received[0]) == taken + 1


# G12 to G16


def test_g12_leaving_and_coming_during_a_fan_out(hub, channel):
    """A third leave their connection, a third the channel, and others come, while messages go out; who stays gets every byte."""
    body = b'"' + b"x" * 2_000 + b'"'
    length = len(event_packet("e", body)) + 4
    rounds = 100 if LONG else 10
    with Readers([join(hub, channel) for _ in range(30)]) as stay, HTTPConnection(hub.address) as connection:
        for number in range(1, rounds + 1):
            leave = [join(hub, channel) for _ in range(30)]
            connection.send(publish_request(channel, "e", body) * 20)
            for index, client in enumerate(leave):
                if index % 3 == 0:
                    client.close()
                elif index % 3 == 1:
                    client.send(frame(TEXT, b'42["unsubscribe","%s"]' % channel.encode()))
                else:
                    client.send(
                        frame(TEXT, b'42["unsubscribe","%s"]' % channel.encode()) + frame(TEXT, b'42["subscribe","%s"]' % channel.encode())
                    )
            for _ in range(20):
                assert connection.response().json()["subscribers"] >= 30
            for client in leave:
                client.close()
            stay.assert_got(number * 20 * length)
        eventually(lambda: subscribers(hub, channel) == 30, "those that left are counted", 5)


@needs("--limit-all-queues")
def test_g13_all_queues_together_are_bounded_and_the_largest_are_cut_first(channel):
    """Each is within its own bound of 4 MiB. Distinct messages, as shared ones count once."""
    with hosted("--limit-all-queues", "16MiB") as hub, hub.memory_within(128):
        sleepers = [join(hub, f"{channel}-{number}", receive_buffer=1_024) for number in range(60)]
        small = join(hub, f"{channel}-small", receive_buffer=1_024)
        subscribers(hub, f"{channel}-small", b'"' + b"x" * 100_000 + b'"')
        body = b'"' + b"x" * 900_000 + b'"'
        for _ in range(9):
            for number in range(60):
                hub.publish(f"{channel}-{number}", "e", body)
        left = sum(subscribers(hub, f"{channel}-{number}") for number in range(60))
        assert left < 60, "none was cut"
        assert subscribers(hub, f"{channel}-small") == 1
        for connection in (*sleepers, small):
            connection.close()


@needs("--limit-connections-per-address")
def test_g14_one_address_has_its_share():
    with hosted("--limit-connections-per-address", "20") as hub:
        connections = [dial(hub) for _ in range(60)]
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.sendall(request("GET", "/livez", headers=[("Connection", "close")]))
        results = endings(connections)
        assert sum(result.statuses == [503] for result in results) >= 30
        # From another address one is let in.
        with socket.create_connection(hub.address, timeout=PATIENCE, source_address=("127.0.0.2", 0)) as connection:
            connection.sendall(request("GET", "/livez", headers=[("Connection", "close")]))
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")


def test_g15_bad_input_does_not_flood_the_log(hub):
    secret = b"secret-9d1f"
    before = hub.logged.count("\n")
    bad = [
        hub.poison(b'{"' + secret), hub.poison(headers=[("Content-Type", "text/plain")]),
        hub.poison(headers=[JSON, ("Origin", "https://evil.example")]),
        request("GET", target(sid=secret.decode())), request("POST", "/broadcast/%00" + secret.decode() + "/e", b"1", [JSON]),
        request("GET", "/" + secret.decode()),
        request("GET", "/livez", host="evil.example"),
    ]  # fmt: skip
    with HTTPConnection(hub.address) as connection:
        for _ in range(300):
            connection.send(b"".join(bad))
            for _ in bad:
                assert connection.response().status >= 400
    for data in (b"\x00\x01\x02" + secret + b"\r\n\r\n", b"GET / HTTP/1.1\r\n\xff\x1b[2J" + secret + b"\r\n\r\n"):
        for _ in range(200):
            connection = dial(hub)
            connection.sendall(data)
            ending(connection)
    for _ in range(200):
        with WebSocketConnection(hub) as websocket:
            websocket.join().text(b"4" + secret)
            assert websocket.ended()
    assert hub.logged.count("\n") - before <= 50
    assert secret.decode() not in hub.logged
    assert not [character for character in hub.logged if not character.isprintable() and character != "\n"]


def test_g16_a_large_message_to_many_is_there_once(hub, channel):
    """1 MB to 300 that do not read: what the kernel does not take is one buffer for all of them."""
    connections = [join(hub, channel, receive_buffer=1_024) for _ in range(300)]
    with hub.memory_within(48):
        for _ in range(3):
            assert subscribers(hub, channel, b'"' + b"x" * 999_998 + b'"') == 300
        hub.controls.assert_flowing()
        for connection in connections:
            connection.close()
