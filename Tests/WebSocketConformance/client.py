"""One WebSocket connection of a raw client: it notes what comes, as events, and how it ends. It helps a peer with nothing."""

import base64
import hashlib
import os
import struct
import time

from harness.http import HTTPConnection
from harness.kernel import settled
from harness.websocket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame, upgrade_request

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
NAMES = {TEXT: "text", BINARY: "binary", PING: "ping", PONG: "pong"}

#: The code of a close frame that has none (RFC 6455 7.1.5), and what stands for a close frame that did not come.
NO_CODE, NO_CLOSE = 1005, None


class Violation(Exception):
    """The peer has sent what is no WebSocket."""


class Client:
    """`patience` is how long it waits for anything at all, in seconds."""

    def __init__(self, endpoint, patience, path="/echo"):
        connection = HTTPConnection(endpoint.address)
        self.socket, self.patience = connection.socket, patience
        key = base64.b64encode(os.urandom(16))
        connection.send(upgrade_request(path, key=key.decode()))
        answer = connection.response()
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()
        assert (answer.status, answer.header("Sec-WebSocket-Accept")) == (101, accept), answer
        self.pending = bytearray(connection.pending)
        #: (name, payload) of every message, ping and pong.
        self.events = []
        self.close_code = NO_CLOSE
        #: "fin", "reset", or None while the stream has not ended.
        self.ending = None
        self.has_sent_close = False
        #: The opcode and the fragments of the message that is open.
        self._message = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    # Out

    def send(self, data):
        """Sends as much as the peer takes."""
        try:
            self.socket.sendall(data)
        except OSError:
            pass

    def send_chopped(self, data, size, paced):
        """Sends `size` bytes at a time; `paced`: each piece once the peer has read the one before it."""
        view = memoryview(data)
        try:
            for start in range(0, len(data), size):
                self.socket.sendall(view[start : start + size])
                if paced:
                    settled(self)
        except OSError:
            pass

    # In

    @property
    def is_closed(self):
        return self.close_code is not NO_CLOSE or self.ending is not None

    def read_until(self, condition, seconds=None):
        """Reads until `condition()`, the end of the stream, or until `seconds` (by default `patience`) are over; says if it holds."""
        deadline = time.monotonic() + (self.patience if seconds is None else seconds)
        while not condition():
            if self.ending or not self._receive(deadline):
                return condition()
        return True

    def _receive(self, deadline):
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        self.socket.settimeout(left)
        try:
            data = self.socket.recv(262_144)
        except TimeoutError:
            return False
        except OSError:
            self.ending = "reset"
            return True
        finally:
            self.socket.settimeout(self.patience)
        self.pending += data
        if not data:
            self.ending = "fin"
            if self.pending:
                raise Violation(f"the stream ends inside a frame, after {bytes(self.pending[:20])!r}")
        while self._take_frame():
            pass
        return True

    def _take_frame(self):
        """Takes a whole frame out of what has come, if there is one."""
        pending = self.pending
        if len(pending) < 2:
            return False
        opcode, is_final, length, start = pending[0] & 0x0F, pending[0] & 0x80 != 0, pending[1] & 0x7F, 2
        if pending[0] & 0x70 or pending[1] & 0x80:
            raise Violation(f"a reserved bit or a mask: {bytes(pending[:2])!r}")
        if length > 125:
            start = 4 if length == 126 else 10
            if len(pending) < start:
                return False
            length = int.from_bytes(pending[2:start], "big")
            if length <= (125 if start == 4 else 0xFFFF):
                raise Violation(f"{length} written in {start - 2} bytes")
        if opcode >= CLOSE and (not is_final or length > 125):
            raise Violation("a control frame in fragments or of more than 125 bytes")
        if len(pending) < start + length:
            return False
        payload = bytes(memoryview(pending)[start : start + length])
        del pending[: start + length]
        self._note(opcode, is_final, payload)
        return True

    def _note(self, opcode, is_final, payload):
        if opcode == CLOSE:
            if len(payload) == 1 or self.close_code is not NO_CLOSE:
                raise Violation(f"a close frame of one byte, or a second one: {payload!r}")
            try:
                payload[2:].decode()
            except UnicodeDecodeError as error:
                raise Violation(f"a reason that is not UTF-8: {payload!r}") from error
            self.close_code = int.from_bytes(payload[:2], "big") if payload else NO_CODE
            if not self.has_sent_close:
                self.send(frame(CLOSE, payload[:2]))
        elif opcode in (PING, PONG):
            self.events.append((NAMES[opcode], payload))
        elif opcode in (TEXT, BINARY) and self._message is None or opcode == CONTINUATION and self._message is not None:
            kind, parts = self._message = self._message or (opcode, [])
            parts.append(payload)
            if is_final:
                self.events.append((NAMES[kind], b"".join(parts)))
                self._message = None
        else:
            raise Violation(f"a frame with opcode {opcode} out of place")

    def close(self, code=1000):
        self.has_sent_close = True
        self.send(frame(CLOSE, struct.pack(">H", code)))
