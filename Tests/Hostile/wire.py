"""Raw sockets: what an attacker does with them, and how they end."""

import selectors
import socket
import struct
import time

from harness import PATIENCE


def dial(endpoint, receive_buffer=None):
    """A TCP connection. `receive_buffer` is the kernel's, in bytes, which it doubles."""
    connection = socket.socket()
    if receive_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.settimeout(PATIENCE)
    connection.connect(endpoint.address)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def reset(connection):
    """Closes with a RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class Ending:
    """All that came on a connection, when it ended, and whether by a reset."""

    def __init__(self, data=b"", after=None, is_reset=False):
        self.data, self.after, self.is_reset = data, after, is_reset

    @property
    def statuses(self):
        return statuses(self.data)

    def __repr__(self):
        return f"<{self.data[:200]!r} {'reset' if self.is_reset else 'closed'} after {self.after}>"


def statuses(data):
    """The status of each answer in these bytes, of which no body may hold what looks like one."""
    return [int(part[:3]) for part in data.split(b"HTTP/1.1 ")[1:]]


def ending(connection, patience=PATIENCE):
    """Reads to the end of the stream, which has to come."""
    (result,) = endings([connection], patience)
    return result


def endings(connections, patience=PATIENCE, drip=None, pause=0.1):
    """Reads all connections to their ends, which have to come within `patience` from now. Meanwhile `drip(connection)`, if given, says
    every `pause` seconds which bytes to send on each that is open."""
    began = time.monotonic()
    results = {connection: Ending() for connection in connections}
    pieces = {connection: [] for connection in connections}
    due = began
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            connection.setblocking(False)
            selector.register(connection, selectors.EVENT_READ)
        while selector.get_map():
            now = time.monotonic()
            assert now - began < patience, f"{len(selector.get_map())} of {len(connections)} connections are open after {patience:g} s"
            if drip and now >= due:
                due = now + pause
                for connection in [key.fileobj for key in selector.get_map().values()]:
                    try:
                        connection.send(drip(connection))
                    except OSError:
                        pass
            for key, _ in selector.select(max(0, min(0.05, due - now)) if drip else 0.05):
                try:
                    data = key.fileobj.recv(65536)
                except BlockingIOError:
                    continue
                except OSError:
                    data, results[key.fileobj].is_reset = b"", True
                if data:
                    pieces[key.fileobj].append(data)
                else:
                    selector.unregister(key.fileobj)
                    results[key.fileobj].after = time.monotonic() - began
    for connection, result in results.items():
        result.data = b"".join(pieces[connection])
        connection.close()
    return [results[connection] for connection in connections]


def trickle(data):
    """For `endings`: the next byte of `data` on each connection."""
    positions = {}

    def drip(connection):
        position = positions.get(connection, 0)
        positions[connection] = position + 1
        return data[position : position + 1]

    return drip


def send_until_stuck(connection, data, most):
    """Sends copies of `data` until the other side takes no more, the connection ends, or `most` bytes are sent; returns how many were."""
    connection.settimeout(0.5)
    sent, view = 0, memoryview(data)
    try:
        while sent < most:
            sent += connection.send(view[sent % len(data) :])
    except OSError:
        pass
    connection.settimeout(PATIENCE)
    return sent
