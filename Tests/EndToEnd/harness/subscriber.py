"""A Socket.IO session on a WebSocket, seen as packets in bytes."""

import json
from contextlib import ExitStack

from websockets.sync.client import connect

from harness import PATIENCE


class Subscriber:
    """Connected to the default namespace once it is made."""

    def __init__(self, endpoint, **options):
        self.stack = ExitStack()
        options = {"compression": None, "max_size": None, "ping_interval": None, "proxy": None, **options}
        self.websocket = self.stack.enter_context(connect(endpoint.websocket_url, **options))
        self.open_packet = self.packet()
        self.send(b"40")
        self.connect_packet = self.packet()
        assert self.connect_packet.startswith(b'40{"sid":"'), self.connect_packet
        self.acks = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Closes the connection and returns when the server has answered."""
        self.stack.close()

    def send(self, packet):
        self.websocket.send(packet, text=True)

    def packet(self):
        """The next packet but for pings, which are answered."""
        while True:
            packet = self.websocket.recv(timeout=PATIENCE, decode=False)
            if packet != b"2":
                return packet
            self.send(b"3")

    def ask(self, *event):
        """Emits an event with an ack and returns the packet that follows, which has to be that ack, without its header."""
        self.acks += 1
        self.send(b"42%d%s" % (self.acks, json.dumps(event, ensure_ascii=False).encode()))
        packet = self.packet()
        header = b"43%d" % self.acks
        assert packet.startswith(header + b"["), packet
        return packet[len(header) :]

    def subscribe(self, *channels):
        for channel in channels:
            assert json.loads(self.ask("subscribe", channel)) == [f"Entered room: {channel}"]
        return self

    def unsubscribe(self, *channels):
        for channel in channels:
            assert json.loads(self.ask("unsubscribe", channel)) == [f"Left room: {channel}"]
        return self


def event_packet(event, data):
    """The packet that a subscriber gets for `data` (raw JSON bytes)."""
    return b"42[" + json.dumps(event, ensure_ascii=False).encode() + b"," + data + b"]"
