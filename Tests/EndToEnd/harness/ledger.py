"""Several nodes, publishers on each, subscribers on each, and faults meanwhile. What everybody has sent and received is written down, and judged
afterwards: one order a channel, nothing twice, and every loss announced."""

import asyncio
import json
import os
import random
import time
from collections import Counter
from dataclasses import dataclass, field

GAP = "gap"


@dataclass
class Run:
    """What is written down."""

    #: (channel, publisher) → what each of its messages was answered, in order.
    answers: dict = field(default_factory=dict)
    #: (node, channel, number) → the messages that the subscriber got, as (publisher, number), and `GAP`s.
    ledgers: dict = field(default_factory=dict)
    faults: list = field(default_factory=list)
    latencies: list = field(default_factory=list)
    seconds: float = 0

    @property
    def statuses(self):
        return Counter(status for answers in self.answers.values() for status in answers)

    @property
    def deliveries(self):
        return sum(entry != GAP for ledger in self.ledgers.values() for entry in ledger)

    @property
    def gaps(self):
        return sum(entry == GAP for ledger in self.ledgers.values() for entry in ledger)

    @property
    def lost(self):
        """Accepted messages that a subscriber did not get, each counted for each of them."""
        accepted = {(channel, publisher, number) for (channel, publisher), answers in self.answers.items()
                    for number, status in enumerate(answers) if status == 200}  # fmt: skip
        return sum(
            len({(publisher, number) for name, publisher, number in accepted if name == channel} - set(ledger))
            for (_, channel, _), ledger in self.ledgers.items()
        )


class Client:
    """A subscriber of one channel, on a WebSocket."""

    def __init__(self, run, node, channel, number):
        self.ledger = run.ledgers.setdefault((node.port, channel, number), [])
        self.run, self.node, self.channel = run, node, channel
        self.last = asyncio.Event()

    async def start(self):
        self.reader, self.writer = await asyncio.open_connection(self.node.host, self.node.port)
        key = "dGhlIHNhbXBsZSBub25jZQ=="
        self.writer.write(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        await self.reader.readuntil(b"\r\n\r\n")
        await self.frame()
        self.send(b"40")
        await self.frame()
        self.send(b'421["subscribe",' + json.dumps(self.channel).encode() + b"]")
        assert (await self.frame()).startswith(b"431")
        self.task = asyncio.create_task(self.listen())
        return self

    def send(self, text):
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(text))
        assert len(text) < 126
        self.writer.write(bytes([0x81, 0x80 | len(text)]) + mask + masked)

    async def frame(self):
        head = await self.reader.readexactly(2)
        length = head[1]
        if length >= 126:
            length = int.from_bytes(await self.reader.readexactly(2 if length == 126 else 8))
        return await self.reader.readexactly(length)

    async def listen(self):
        while True:
            packet = await self.frame()
            if packet == b"2":
                self.send(b"3")
            elif packet.startswith(b'42["m",'):
                publisher, number, sent = json.loads(packet[2:])[1]
                self.ledger.append((publisher, number))
                self.run.latencies.append(time.monotonic() - sent)
            elif packet.startswith(b'42["fanfare:gap"'):
                self.ledger.append(GAP)
            elif packet == b'42["last",1]':
                self.last.set()

    def stop(self):
        self.task.cancel()
        self.writer.close()


async def publish(run, node, publisher, channels, count, pace):
    """Publishes one after the other, each to one of the channels; every answer is written down."""
    reader, writer = await asyncio.open_connection(node.host, node.port)
    for index in range(count):
        channel = channels[index % len(channels)]
        answers = run.answers.setdefault((channel, publisher), [])
        body = json.dumps([publisher, len(answers), time.monotonic()]).encode()
        writer.write(
            b"POST /broadcast/%s/m HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nPrefer: return=minimal\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (channel.encode(), len(body), body)
        )
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[16:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length: "))
        await reader.readexactly(length)
        status = int(head[9:12])
        answers.append(status)
        if status != 200:
            # As a publisher that obeys Retry-After, but sooner.
            await asyncio.sleep(0.05)
        elif pace:
            await asyncio.sleep(pace)
    writer.close()


async def record(nodes, count, channels=10, publishers=2, subscribers=1, fault=None, pace=0):
    """
    - count: messages altogether.
    - fault: a coroutine that is given the run and makes faults until it is cancelled, and mends them then.
    """
    run = Run()
    names = [f"ledger.{number}" for number in range(channels)]
    clients = [
        await Client(run, node, name, number).start() for node in nodes for name in names for number in range(subscribers)
    ]  # fmt: skip
    faults = asyncio.create_task(fault(run)) if fault else None
    began = time.monotonic()
    total = len(nodes) * publishers
    await asyncio.gather(
        *(publish(run, node, f"{index}.{number}", names, count // total, pace) for index, node in enumerate(nodes) for number in range(publishers))
    )
    run.seconds = time.monotonic() - began
    if faults:
        faults.cancel()
        await asyncio.gather(faults, return_exceptions=True)
    await settle(nodes, names, clients)
    for client in clients:
        client.stop()
    return run


async def settle(nodes, names, clients):
    """Publishes until every subscriber has got something from after the faults; what it has missed is announced by then."""
    deadline = time.monotonic() + 60
    while not all(client.last.is_set() for client in clients):
        assert time.monotonic() < deadline, "messages do not arrive any more"
        for name in names:
            await asyncio.to_thread(nodes[0].publish, name, "last", b"1")
        await asyncio.sleep(0.2)


def judge(run):
    """Everything that is wrong, as sentences."""
    wrong = []
    by_channel = {}
    for (node, channel, number), ledger in run.ledgers.items():
        by_channel.setdefault(channel, []).append((f"{node}.{number}", ledger))
    for channel, ledgers in by_channel.items():
        for name, ledger in ledgers:
            messages = [entry for entry in ledger if entry != GAP]
            twice = [entry for entry, times in Counter(messages).items() if times > 1]
            if twice:
                wrong.append(f"{channel}: {name} got {len(twice)} messages twice, {twice[0]} among them")
            wrong += unannounced(run, channel, name, ledger)
        first_name, first = ledgers[0]
        places = {entry: index for index, entry in enumerate(first)}
        for name, ledger in ledgers[1:]:
            common = [places[entry] for entry in ledger if entry != GAP and entry in places]
            if common != sorted(common):
                wrong.append(f"{channel}: {name} has another order than {first_name}")
    return wrong


def unannounced(run, channel, name, ledger):
    """A publisher sends one message after the other: between the neighbours of a lost one there has to be a gap."""
    wrong = []
    gaps_before, gaps = [], 0
    places = {}
    for index, entry in enumerate(ledger):
        gaps_before.append(gaps)
        if entry == GAP:
            gaps += 1
        else:
            places[entry] = index
    for (other, publisher), answers in run.answers.items():
        if other != channel:
            continue
        for number, status in enumerate(answers):
            if status not in (200, 503, 504):
                wrong.append(f"{channel}: {publisher} was answered {status}")
            place = places.get((publisher, number))
            if status == 503 and place is not None:
                wrong.append(f"{channel}: {name} got {(publisher, number)}, which was refused")
            if status != 200 or place is not None:
                continue
            before = next((places[publisher, n] for n in range(number - 1, -1, -1) if (publisher, n) in places), None)
            after = next((places[publisher, n] for n in range(number + 1, len(answers)) if (publisher, n) in places), None)
            seen = gaps_before[before] if before is not None else 0
            until = gaps_before[after] if after is not None else gaps
            if until == seen:
                wrong.append(f"{channel}: {name} was not told that it missed {(publisher, number)}")
    return wrong


async def random_faults(run, redis, stretches, generator, every=(0.3, 1.5)):
    """One fault after the other, of all kinds, until it is cancelled."""

    async def kill():
        redis.kill()
        await asyncio.sleep(generator.uniform(0.05, 2))
        await asyncio.to_thread(redis.start)

    async def silence():
        redis.pause()
        await asyncio.sleep(generator.uniform(0.1, 4))
        redis.go_on()

    async def command(*words):
        await asyncio.to_thread(redis.client().execute_command, *words)

    async def cut():
        generator.choice(stretches).cut()

    async def small_buffers():
        await command("CONFIG", "SET", "client-output-buffer-limit", "pubsub 4kb 0 0")
        await asyncio.sleep(0.5)
        await command("CONFIG", "SET", "client-output-buffer-limit", "pubsub 32mb 8mb 60")

    async def full():
        await command("CONFIG", "SET", "maxmemory", "1")
        await asyncio.sleep(generator.uniform(0.05, 0.5))
        await command("CONFIG", "SET", "maxmemory", "0")

    async def slow():
        for stretch in stretches:
            stretch.delay = generator.uniform(0, 0.1)
        await asyncio.sleep(generator.uniform(0.1, 1))
        for stretch in stretches:
            stretch.delay = 0

    kinds = [
        ("kill", kill), ("silence", silence), ("cut", cut), ("cut", cut), ("full", full), ("slow", slow), ("small buffers", small_buffers),
        ("kill subscriptions", lambda: command("CLIENT", "KILL", "TYPE", "pubsub")),
        ("pause", lambda: command("CLIENT", "PAUSE", str(generator.randrange(10, 1_000)))),
        ("forget", lambda: command("FLUSHALL")), ("forget scripts", lambda: command("SCRIPT", "FLUSH")),
    ]  # fmt: skip
    while True:
        await asyncio.sleep(generator.uniform(*every))
        name, fault = generator.choice(kinds)
        run.faults.append(name)
        await asyncio.shield(fault())


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
