"""Who uses the server during a soak: a thread each. All are clients that exist, but for the ones that are wrong on purpose."""

import json
import random
import socket
import struct
import threading
import time

from harness.http import JSON, HTTPConnection, publish_request, request
from harness.polling import Poller
from harness.websocket import CLOSE, PING, PONG, TEXT, WebSocketConnection, frame

#: What a cut or refused client sees. A broken promise is an AssertionError, which ends the soak.
ENDS = (OSError, EOFError)
#: Of these every client takes a few, so that channels come and go and some have many subscribers.
CHANNELS = [f"soak.{number}" for number in range(200)]


class Role(threading.Thread):
    """Does `turn` again and again, at most so often, until it is told to stop."""

    def __init__(self, server, seed, turns_per_second):
        super().__init__(daemon=True)
        self.server, self.random, self.pause = server, random.Random(seed), 1 / turns_per_second
        self.over = threading.Event()
        self.turns, self.fault = 0, None

    def run(self):
        due = time.monotonic()
        try:
            while not self.over.is_set():
                try:
                    self.turn()
                except ENDS:
                    pass
                self.turns += 1
                due = max(due + self.pause, time.monotonic() - 1)
                self.over.wait(max(0, due - time.monotonic()))
            self.leave()
        except BaseException as fault:
            self.fault = fault
            raise

    def turn(self):
        raise NotImplementedError

    def leave(self):
        pass


class Publisher(Role):
    """One message a turn: mostly small ones to any channel, now and then a large one, and the numbered ones that the witnesses count."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.connection = None
        self.numbers = 0

    def publish(self, channel, body):
        if self.connection is None:
            self.connection = HTTPConnection(self.server.address)
        self.connection.send(publish_request(channel, "tick", body, (JSON,)))
        answer = self.connection.response()
        assert answer.status == 200, answer

    def turn(self):
        size = self.random.choices([10, 1_000, 100_000], [80, 19, 1])[0]
        self.publish(self.random.choice(CHANNELS), json.dumps("x" * size).encode())
        if self.turns % 5 == 0:
            self.publish("witness", b"%d" % self.numbers)
            self.numbers += 1
        if self.turns % 4 == 0:
            self.publish("flood", json.dumps("x" * 20_000).encode())

    def leave(self):
        self.publish("witness", b"-1")
        self.connection.socket.close()


class Witness(Role):
    """A client that does nothing wrong. Every number has to come, once and in order, whatever the others do; -1 is the last."""

    def __init__(self, server, seed, polls):
        super().__init__(server, seed, 1_000)
        self.polls, self.client, self.next, self.received = polls, None, None, 0

    def turn(self):
        if self.client is None:
            self.client = Poller(self.server) if self.polls else WebSocketConnection(self.server)
            self.client.join()
            ask = b'420["subscribe","witness"]'
            if self.polls:
                self.client.send(ask)
            else:
                self.client.text(ask)
        try:
            packet = self.client.packet() if self.polls else self.packet()
        except TimeoutError:
            raise AssertionError("a witness hears nothing") from None
        except ENDS as end:
            raise AssertionError(f"a witness was cut: {end!r}") from None
        if packet.startswith(b"430"):
            return
        assert packet.startswith(b"42["), packet
        number = json.loads(packet[2:])[1]
        if number == -1:
            return self.over.set()
        assert self.next is None or number == self.next, f"a witness got {number} and not {self.next}"
        self.next, self.received = number + 1, self.received + 1

    def packet(self):
        while True:
            opcode, payload = self.client.frame()
            if opcode == TEXT and payload == b"2":
                self.client.text(b"3")
            elif opcode == TEXT:
                return payload
            elif opcode == PING:
                self.client.send(frame(PONG, payload))
            else:
                raise EOFError(f"closed: {payload!r}")

    def leave(self):
        if self.polls:
            self.client.__exit__()
        else:
            self.client.socket.close()


class Churner(Role):
    """Comes, subscribes, hears a little, leaves some, and goes in one of the ways in which clients go."""

    def turn(self):
        client, ask = self.arrive()
        for channel in self.random.sample(CHANNELS, self.random.randint(1, 6)):
            ask(b'42["subscribe","%s"]' % channel.encode())
            if self.random.random() < 0.3:
                ask(b'42["unsubscribe","%s"]' % channel.encode())
        self.go(client)

    def arrive(self):
        if self.random.random() < 0.4:
            client = WebSocketConnection(self.server).join()
            return client, client.text
        client = Poller(self.server).join()
        if self.random.random() < 0.5:
            return client, client.send
        # The upgrade, over a connection of its own; the last poll is not waited for.
        socket = WebSocketConnection(self.server, target=f"/socket.io/?EIO=4&transport=websocket&sid={client.sid}")
        client.__exit__()
        socket.text(b"2probe")
        assert socket.text_packet() == b"3probe"
        socket.text(b"5")
        return socket, socket.text

    def go(self, client):
        way = self.random.randrange(4)
        if isinstance(client, Poller):
            if way < 2:
                client.send(b"1")
            return client.__exit__()
        if way == 0:
            client.send(frame(CLOSE, struct.pack(">H", 1000)))
            client.socket.shutdown(socket.SHUT_WR)
        elif way == 1:
            client.text(b"41")
        elif way == 2:
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.socket.close()


class Sleeper(Role):
    """Subscribes to the busiest channel and reads nothing, or next to nothing, until it is cut or has had enough; then another comes."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.clients = []

    def turn(self):
        if len(self.clients) < 20:
            client = WebSocketConnection(self.server)
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            client.join().text(b'42["subscribe","flood"]')
            self.clients.append((client, time.monotonic() + self.random.uniform(5, 60), self.random.random() < 0.5))
        client, end, reads = self.clients.pop(0)
        if time.monotonic() > end:
            return client.socket.close()
        if reads:
            client.socket.recv(1_000)
        self.clients.append((client, end, reads))

    def leave(self):
        for client, _, _ in self.clients:
            client.socket.close()


class Vandal(Role):
    """Sends what no client sends."""

    def turn(self):
        kind = self.random.randrange(6)
        if kind < 3:
            data = [
                self.random.randbytes(self.random.randint(1, 3_000)),
                b"POST /broadcast/soak.1/tick HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n{",
                request("GET", "/" + "x" * self.random.randint(1, 20_000)),
            ][kind]
            with HTTPConnection(self.server.address) as connection:
                connection.send(data)
        elif kind == 3:
            poller = Poller(self.server)
            poller.post(self.random.randbytes(200))
            poller.__exit__()
        else:
            client = WebSocketConnection(self.server)
            if kind == 4:
                client.join()
            client.send(frame(self.random.randrange(16), self.random.randbytes(self.random.randint(0, 500)), reserved=self.random.randrange(2)))
            client.socket.close()
