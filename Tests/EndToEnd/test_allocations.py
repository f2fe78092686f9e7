"""Allocations on the hot paths, counted in the server with `harness/count_mallocs.c`: what a delivery, a publish, a connection and a ping
cost. One loop, warm, and nothing else going on, so that the counts are the same in every run. `pytest -s` prints them."""

import bisect
import collections
import itertools
import mmap
import re
import shutil
import struct
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from harness import PATIENCE
from harness.http import JSON, request
from harness.polling import Poller
from harness.server import BINARY, Server
from harness.websocket import TEXT, WebSocketConnection, frame

KEY = "a-key-of-the-tests-0123456789-0123456789"
PAYLOAD = b'{"id":12345678,"text":"abcdefg"}'
assert len(PAYLOAD) == 32

#: More than what comes of arrays that grow now and then, far less than one allocation a delivery.
PER_DELIVERY = 0.001


# MARK: The process and its counter


def tool(*names):
    """The first of these programs that there is: on the path, or beside `swift`."""
    beside = Path(shutil.which("swift") or "/nowhere/swift").parent
    for name in names:
        if found := shutil.which(name) or shutil.which(name, path=beside):
            return found
    pytest.skip(f"none of {', '.join(names)} is here")


@pytest.fixture(scope="module")
def library(own_binary, tmp_path_factory):
    source = Path(__file__).parent / "harness/count_mallocs.c"
    built = tmp_path_factory.mktemp("allocations") / "count_mallocs.so"
    subprocess.run([tool("clang", "cc", "gcc"), "-O2", "-shared", "-fPIC", "-o", built, source], check=True)
    return built


class CountedServer(Server):
    """A server with one loop whose allocations are counted."""

    HEADER = struct.Struct("=QqQ40x")
    TRACES, TRACE = 4096, struct.Struct("=QQ62Q")

    def __init__(self, library, *arguments, **variables):
        self.file = tempfile.NamedTemporaryFile(prefix="allocations-")
        self.file.truncate(self.HEADER.size + self.TRACES * self.TRACE.size)
        self.page = mmap.mmap(self.file.fileno(), 0)
        super().__init__("--loops", "1", *arguments, LD_PRELOAD=str(library), COUNT_MALLOCS_FILE=self.file.name, **variables)

    @property
    def allocations(self):
        return self.HEADER.unpack_from(self.page)[0]

    def quiet(self):
        """The counter, once the server has nothing left to do."""
        deadline = time.monotonic() + PATIENCE
        latest, calm = self.allocations, 0
        while calm < 6:
            assert time.monotonic() < deadline, "the server does not come to rest"
            time.sleep(0.004)
            present = self.allocations
            calm = calm + 1 if present == latest and not self._is_running else 0
            latest = present
        return latest

    @property
    def _is_running(self):
        states = Path(f"/proc/{self.process.pid}/task").glob("*/stat")
        return any(state.read_text().rpartition(")")[2].split()[0] in "RD" for state in states)

    def counted(self, action):
        """Allocations between two rests, with `action` in between."""
        before = self.quiet()
        action()
        return self.quiet() - before

    def traced(self, action):
        """Where the allocations of `action` come from: (size, [symbol, …]) for each, the innermost function first."""
        self.quiet()
        struct.pack_into("=qQ", self.page, 8, self.TRACES, 0)
        action()
        self.quiet()
        struct.pack_into("=q", self.page, 8, 0)
        _, _, taken = self.HEADER.unpack_from(self.page)
        assert 0 < taken < self.TRACES, taken
        symbols = Symbols(self.process.pid)
        traces = []
        for index in range(taken):
            size, depth, *frames = self.TRACE.unpack_from(self.page, self.HEADER.size + index * self.TRACE.size)
            traces.append((size, [symbols.name(address) for address in frames[:depth]]))
        return traces


class Symbols:
    """Names of the functions of the server's own binary, mangled."""

    def __init__(self, process):
        first = next(line for line in Path(f"/proc/{process}/maps").read_text().splitlines() if line.endswith(str(BINARY.resolve())))
        self.base = int(first.split("-")[0], 16)
        listed = subprocess.run([tool("nm", "llvm-nm"), "--defined-only", BINARY], check=True, capture_output=True, text=True).stdout
        lines = [line.split(maxsplit=2) for line in listed.splitlines()]
        table = sorted((int(line[0], 16), line[2]) for line in lines if len(line) == 3 and line[1] in "tTwW")
        if not table:
            pytest.skip("the binary is stripped")
        self.addresses, self.names = [address for address, _ in table], [name for _, name in table]

    def name(self, address):
        """Of a return address: the call is before it. "" for other libraries."""
        offset = address - 1 - self.base
        index = bisect.bisect_right(self.addresses, offset) - 1
        return self.names[index] if 0 <= index and offset < self.addresses[-1] + 65536 else ""


# MARK: Clients

#: As a WebSocket gets it.
FRAME_BYTES = len(b'__42["update",]') + len(PAYLOAD)


@pytest.fixture(scope="module")
def counted(library):
    with CountedServer(library) as started:
        yield started


def publish_request(server, channel):
    """With exactly the headers that wrk sends."""
    return request("POST", f"/broadcast/{channel}/update", PAYLOAD, [JSON], f"127.0.0.1:{server.port}")


def subscriber(server, channels):
    """A WebSocket that is subscribed to `channels`; it sends its commands in one go."""
    websocket = WebSocketConnection(server).join()
    websocket.send(b"".join(frame(TEXT, b'421["subscribe","%s"]' % channel.encode()) for channel in channels))
    for channel in channels:
        assert websocket.text_packet() == b'431["Entered room: %s"]' % channel.encode()
    return websocket


def skip(connection, count):
    """Reads `count` bytes whatever they are."""
    assert connection.pending == b""
    while count > 0:
        data = connection.socket.recv(min(count, 65536))
        assert data, "the connection ended"
        count -= len(data)


class Crowd:
    """`size` WebSockets that are subscribed to the same channels, and connections that publish to these."""

    def __init__(self, server, stack, size, channels, publishers):
        self.server = server
        self.channels = [f"crowd-{size}-{channels}-{publishers}-{index}" for index in range(channels)]
        self.members = [stack.enter_context(subscriber(server, self.channels)) for _ in range(size)]
        self.publishers = [stack.enter_context(server.connect()) for _ in range(publishers)]
        self.requests = itertools.cycle([publish_request(server, channel) for channel in self.channels])

    def publish(self, rounds):
        """Each round a message from every publisher, the channels in turn; it ends when the last member has them all."""
        for _ in range(rounds):
            for publisher in self.publishers:
                publisher.send(next(self.requests))
            for publisher in self.publishers:
                assert publisher.response().status == 200
            skip(self.members[-1], FRAME_BYTES * len(self.publishers))
        for member in self.members[:-1]:
            skip(member, FRAME_BYTES * len(self.publishers) * rounds)

    def allocations(self, messages):
        """For each message. The least of some runs: how many messages meet in one fan-out, and so how many fan-outs there are, is up to
        the clock when several are in flight."""
        rounds = messages // len(self.publishers)
        self.publish(rounds)
        return min(self.server.counted(lambda: self.publish(rounds)) for _ in range(3)) / (rounds * len(self.publishers))


# MARK: Deliveries


@pytest.mark.parametrize("channels", [1, 4])
@pytest.mark.parametrize("in_flight", [1, 32])
def test_a_delivery_to_a_websocket_allocates_nothing(counted, in_flight, channels):
    with ExitStack() as stack:
        few = Crowd(counted, stack, 100, channels, in_flight).allocations(64)
        many = Crowd(counted, stack, 500, channels, in_flight).allocations(64)
    print(f"\n{in_flight} in flight, {channels} channels: {few} a message to 100, {many} to 500")
    assert abs(many - few) / 400 < PER_DELIVERY


def test_a_delivery_to_a_parked_poll_allocates_once_and_a_poll_few_times(counted, channel):
    """The answer's cross-origin and cache lines are one string, made for each."""

    def allocations(size, name):
        """Of `size` polls that park, and of the message that answers them all."""
        with ExitStack() as stack:
            publisher = stack.enter_context(counted.connect())
            pollers = [stack.enter_context(Poller(counted)).join().subscribe(name) for _ in range(size)]

            def park():
                for poller in pollers:
                    poller.park()

            def publish():
                publisher.send(publish_request(counted, name))
                assert publisher.response().status == 200
                for poller in pollers:
                    assert poller.answer().status == 200

            for _ in range(3):
                park()
                publish()
            return counted.counted(park), counted.counted(publish)

    (few_polls, few_answers), (many_polls, many_answers) = allocations(10, channel), allocations(50, channel + "-many")
    delivery, poll = (many_answers - few_answers) / 40, (many_polls - few_polls) / 40
    print(f"\n{poll} a poll, {delivery} a delivery to it")
    assert delivery <= 1.01
    assert poll <= 8.8


# MARK: A publish

MODULES = "WireBytes EngineIO SocketIO WebSocketFraming AccessControl Broadcast HTTPEdge Realtime HTTPAPI FanfareServer fanfare".split()
#: Symbols of functions of this project's modules, and of their extensions of others' types.
OURS = re.compile("|".join(rf"^\$s{len(name)}{name}|[A-Z]{len(name)}{name}E" for name in MODULES))
DECODER = re.compile("BetterHTTPParser|HTTPDecoder|^c_nio_llhttp")


def origin(symbols):
    """Who has asked for an allocation, and the function: the innermost one on the stack that is ours or NIO's request decoder's. The
    decoder calls our handlers, so both are on most stacks."""
    for symbol in symbols:
        if OURS.search(symbol):
            return "ours", symbol
        if DECODER.search(symbol):
            return "decoder", symbol
    return "transport", next(filter(None, symbols), "")


def demangled(symbols):
    program = shutil.which("swift-demangle") or shutil.which("swift-demangle", path=Path(shutil.which("swift") or "/nowhere/swift").parent)
    if not program:
        return {symbol: symbol for symbol in symbols}
    names = subprocess.run([program, "--simplified"], input="\n".join(symbols), check=True, capture_output=True, text=True).stdout
    return dict(zip(symbols, names.splitlines()))


def table(traces, repeated):
    """Allocations by origin, each divided by `repeated`; prints where they are made."""
    counts = collections.Counter((*origin(symbols), size) for size, symbols in traces)
    names = demangled([symbol for _, symbol, _ in counts])
    print()
    for (who, symbol, size), count in sorted(counts.items()):
        print(f"{count / repeated:6.2f}  {who:9}  {size:5} bytes  {names[symbol][:100]}")
    shares = collections.Counter()
    for (who, _, _), count in counts.items():
        shares[who] += count / repeated
    print(" ", ", ".join(f"{who} {share:.2f}" for who, share in sorted(shares.items())), f"together {shares.total():.2f}")
    return shares


@pytest.mark.parametrize("subscribers", [0, 1])
def test_a_publish_allocates_little(counted, channel, subscribers):
    """From the decoder to the reply, and to the encoded frame if somebody is subscribed."""
    with ExitStack() as stack:
        members = [stack.enter_context(subscriber(counted, [channel])) for _ in range(subscribers)]
        publisher = stack.enter_context(counted.connect())

        def publish(times=50):
            for _ in range(times):
                publisher.send(publish_request(counted, channel))
                assert publisher.response().status == 200
                for member in members:
                    skip(member, FRAME_BYTES)

        publish()
        total = counted.counted(publish) / 50
        shares = table(counted.traced(publish), 50)
    assert shares.total() == pytest.approx(total), "tracing sees what counting sees"
    assert total <= 14
    assert shares["ours"] <= 6
    assert shares["transport"] == 0


def test_a_key_costs_a_publish_no_allocation_of_ours(library, channel):
    """What the header itself costs is the decoder's."""
    with CountedServer(library, FANFARE_PUBLISH_KEY=KEY) as server, server.connect() as publisher:
        data = request("POST", f"/broadcast/{channel}/update", PAYLOAD, [JSON, ("Authorization", f"Bearer {KEY}")])

        def publish(times=50):
            for _ in range(times):
                publisher.send(data)
                assert publisher.response().status == 200

        publish()
        shares = table(server.traced(publish), 50)
    assert shares["ours"] == 0


# MARK: Connections


def test_connecting_and_subscribing_allocates_a_known_number_of_times(counted, channel):
    """From the accepted connection to the acknowledged subscription; all that lives as long as the connection is in it."""
    with ExitStack() as stack:

        def connect(times=100):
            for _ in range(times):
                stack.enter_context(subscriber(counted, [channel]))

        connect()
        each = counted.counted(connect) / 100
        shares = table(counted.traced(lambda: connect(20)), 20)
    print(f"{each} a connection with a subscription")
    assert each <= 160
    assert shares.total() <= 160


def test_a_ping_and_its_pong_allocate_nothing(library, channel):
    with CountedServer(library, "--ping-interval", "100ms", "--ping-timeout", "5m") as server, ExitStack() as stack:
        members = [stack.enter_context(subscriber(server, [channel])) for _ in range(200)]

        def answer_pings(rounds):
            for _ in range(rounds):
                for member in members:
                    assert member.text_packet() == b"2"
                    member.text(b"3")

        answer_pings(2)
        before = server.allocations
        answer_pings(10)
        each = (server.allocations - before) / (10 * len(members))
    print(f"\n{each} a ping")
    # The wheel arms the loop's timer once for all connections of a slot.
    assert each < 0.01
