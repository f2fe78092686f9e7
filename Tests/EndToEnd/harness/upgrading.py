"""Many clients that connect by long-polling, subscribe, and upgrade while messages come in: asyncio, and few instructions a message."""

import asyncio
import json

from harness.http import request
from harness.polling import BAD_REQUEST, SEPARATOR, TEXT, target
from harness.publisher import body
from harness.subscriber import event_packet
from harness.websocket import TEXT as TEXT_FRAME
from harness.websocket import frame, upgrade_request


class Stream:
    """All messages as the server frames them, one behind the other: what a client receives is compared with it, not parsed."""

    def __init__(self, event, count):
        frames = [frame(TEXT_FRAME, event_packet(event, body(number)), masked=False) for number in range(count)]
        self.bytes = b"".join(frames)
        self.frame_length = len(frames[0])
        self.prefix = event_packet(event, b'"')[:-1]

    def number(self, packet):
        """Which message the packet is; None if it is none."""
        return int(packet[len(self.prefix) : -2]) if packet.startswith(self.prefix) else None


class Connection:
    """HTTP/1.1 over asyncio's streams, just enough of it."""

    @classmethod
    async def to(cls, endpoint):
        connection = cls()
        connection.reader, connection.writer = await asyncio.open_connection(*endpoint.address)
        return connection

    async def exchange(self, data):
        """(status, body) of the answer; the body of a 101 is empty."""
        self.writer.write(data)
        head = await self.reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        if status == 101:
            return status, b""
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        return status, await self.reader.readexactly(length)


class Client:
    """Upgrades after `polls` polls with messages; `style` is how: see `upgrade`."""

    def __init__(self, endpoint, channel, stream, publisher, polls, style):
        self.endpoint, self.channel, self.stream, self.publisher = endpoint, channel, stream, publisher
        self.polls, self.style = polls, style
        self.first = self.next = None
        self.is_upgraded = False

    async def run(self, joined, last):
        """Receives up to the message that the future `last` tells; returns the first one's number and the one behind the last one's."""
        async with joined:
            await self.join()
            await self.upgrade()
        self.is_upgraded = True
        await self.receive_until(last)
        self.websocket.writer.close()
        return self.first, self.next

    def got(self, packet):
        number = self.stream.number(packet)
        assert number is not None and number == self.next, f"message {self.next} should come, {packet!r} came"
        self.next += 1

    # Long-polling

    async def post(self, *packets):
        answer = await self.posts.exchange(request("POST", target(sid=self.sid), SEPARATOR.join(packets), [TEXT]))
        assert answer == (200, b"ok"), answer

    async def poll(self):
        """The packets of one poll; none if the session has left long-polling by then."""
        status, data = await self.gets.exchange(request("GET", target(sid=self.sid)))
        if (status, data) == (400, BAD_REQUEST):
            return []
        assert status == 200, (status, data)
        return data.split(SEPARATOR)

    async def join(self):
        self.gets, self.posts = await Connection.to(self.endpoint), await Connection.to(self.endpoint)
        status, data = await self.gets.exchange(request("GET", target()))
        assert status == 200
        self.sid = json.loads(data[1:])["sid"]
        await self.post(b"40")
        assert (await self.poll())[0].startswith(b'40{"sid":"')
        before = self.publisher.confirmed
        await self.post(b'421["subscribe","%s"]' % self.channel.encode())
        packets = await self.poll()
        after = self.publisher.begun
        assert packets.pop(0) == b'431["Entered room: %s"]' % self.channel.encode()
        for _ in range(self.polls):
            packets = packets or await self.poll()
            if self.next is None:
                self.first = self.next = self.stream.number(packets[0])
                # None that was published before the subscription, all that are published after its ack.
                assert before <= self.first <= after, (before, self.first, after)
            for packet in packets:
                self.got(packet)
            packets = []

    # The upgrade

    async def upgrade(self):
        """Style 0: a probe, the answer of the poll that waits, the upgrade. 1: over the connection of the POSTs. 2: probe and upgrade
        in one burst while a poll waits. 3: all of that behind the request, and no probe."""
        waiting = asyncio.ensure_future(self.poll())
        await asyncio.sleep(0)
        self.websocket = self.posts if self.style == 1 else await Connection.to(self.endpoint)
        eager = frame(TEXT_FRAME, b"5") if self.style == 3 else b""
        status, _ = await self.websocket.exchange(upgrade_request(target=target(transport="websocket", sid=self.sid)) + eager)
        assert status == 101
        if self.style < 3:
            self.websocket.writer.write(frame(TEXT_FRAME, b"2probe"))
            if self.style == 2:
                self.websocket.writer.write(frame(TEXT_FRAME, b"5"))
            probe = frame(TEXT_FRAME, b"3probe", masked=False)
            received = await self.websocket.reader.readexactly(len(probe))
            assert received == probe, (self.style, received)
        for packet in await waiting:
            # Noop; or, if it still waited when the session left, close.
            if packet != b"6" and (packet != b"1" or self.style < 2):
                self.got(packet)
        if self.style < 2:
            self.websocket.writer.write(frame(TEXT_FRAME, b"5"))
        self.gets.writer.close()

    async def receive_until(self, last):
        size = self.stream.frame_length
        position = self.next * size
        while not last.done() or position < (last.result() + 1) * size:
            # The last message is published after it is known which one it is, so that something always comes.
            data = await self.websocket.reader.read(1 << 20)
            assert data, f"the connection ended at message {position / size}"
            assert self.stream.bytes.startswith(data, position), (
                f"{data[:60]!r}… came where {self.stream.bytes[position : position + 60]!r}… was to come"
            )
            position += len(data)
        assert position == (last.result() + 1) * size
        self.next = last.result() + 1
