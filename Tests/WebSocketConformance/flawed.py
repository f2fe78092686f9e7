"""An echo peer that is sound, or has one flaw: against it the scenarios themselves are tested."""

import base64
import codecs
import hashlib
import socket
import struct
import threading
from enum import Enum, auto

from client import GUID
from harness.server import Endpoint
from harness.websocket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame


class Flaw(Enum):
    # What it takes
    TAKES_RESERVED_BITS = auto()
    TAKES_UNKNOWN_OPCODES = auto()
    TAKES_LONG_PINGS = auto()
    TAKES_CONTROL_FRAGMENTS = auto()
    TAKES_LONE_CONTINUATIONS = auto()
    TAKES_A_MESSAGE_IN_A_MESSAGE = auto()
    TAKES_ANY_TEXT = auto()
    CHECKS_TEXT_AT_ITS_END = auto()
    TAKES_ANY_CLOSE_CODE = auto()
    TAKES_ANY_CLOSE_REASON = auto()
    TAKES_CLOSES_OF_ONE_BYTE = auto()
    TAKES_PINGS_AFTER_A_CLOSE = auto()
    # What it sends
    NO_PONGS = auto()
    EMPTY_PONGS = auto()
    LATE_PONGS = auto()
    BINARY_AS_TEXT = auto()
    FRAGMENTS_AS_MESSAGES = auto()
    CUTS_LARGE_MESSAGES = auto()
    SAYS_IT_TWICE = auto()
    MASKS = auto()
    SETS_RESERVED_BITS = auto()
    LONG_LENGTHS = auto()
    # How it closes
    CLOSES_WITH_1001 = auto()
    FAILS_WITH_1011 = auto()
    DROPS_INSTEAD_OF_CLOSING = auto()
    STAYS_AFTER_CLOSING = auto()


class FlawedPeer(Endpoint):
    """Listens on a port of its own while the block runs; a thread a connection."""

    def __init__(self, flaw=None):
        self.flaw = flaw
        self.listener = socket.create_server(("127.0.0.1", 0))
        super().__init__(*self.listener.getsockname())

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=Conversation(connection, self.flaw).run, daemon=True).start()


class Failure(Exception):
    """To be closed with a code."""


class Conversation:
    def __init__(self, connection, flaw):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket, self.flaw = connection, flaw
        #: Opcode, decoder and fragments of the open message.
        self.message = None
        self.late_pongs = []

    def has(self, flaw):
        return self.flaw is flaw

    def run(self):
        with self.socket:
            try:
                self._shake_hands()
                try:
                    while self._frame():
                        pass
                except Failure as failure:
                    (code,) = failure.args
                    self._close(struct.pack(">H", 1011 if self.has(Flaw.FAILS_WITH_1011) else code))
                if not self.has(Flaw.STAYS_AFTER_CLOSING):
                    self.socket.shutdown(socket.SHUT_WR)
                while self.socket.recv(65536):
                    pass
            except (OSError, EOFError):
                pass

    def _shake_hands(self):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self._take(1)
        (key,) = [line.split(b":")[1].strip() for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key:")]
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest())
        self.socket.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )

    # In

    def _take(self, count):
        data = b""
        while len(data) < count:
            piece = self.socket.recv(min(count - len(data), 65536))
            if not piece:
                raise EOFError
            data += piece
        return data

    def _frame(self):
        """Reads a frame and answers it; false after a close frame."""
        first, second = self._take(2)
        opcode, is_final, length = first & 0x0F, bool(first & 0x80), second & 0x7F
        if first & 0x70 and not self.has(Flaw.TAKES_RESERVED_BITS):
            raise Failure(1002)
        if opcode not in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG) and not self.has(Flaw.TAKES_UNKNOWN_OPCODES):
            raise Failure(1002)
        if opcode >= CLOSE and not is_final and not self.has(Flaw.TAKES_CONTROL_FRAGMENTS):
            raise Failure(1002)
        if opcode >= CLOSE and length > 125 and not self.has(Flaw.TAKES_LONG_PINGS):
            raise Failure(1002)
        if length > 125:
            size = 2 if length == 126 else 8
            length = int.from_bytes(self._take(size), "big")
            if length < (126 if size == 2 else 65536) or length >> 63:
                raise Failure(1002)
        if not second & 0x80:
            raise Failure(1002)
        mask = self._take(4)
        if opcode in (TEXT, BINARY, CONTINUATION):
            self._open(opcode)
        payload = self._payload(length, mask, None if opcode >= 3 or self.message is None else self.message[1])
        if opcode == CLOSE:
            return self._closed(payload)
        if opcode == PING:
            self._ping(payload)
        elif opcode in (TEXT, BINARY, CONTINUATION):
            self._data(payload, is_final)
        return True

    def _open(self, opcode):
        if opcode != CONTINUATION:
            if self.message is not None and not self.has(Flaw.TAKES_A_MESSAGE_IN_A_MESSAGE):
                raise Failure(1002)
            is_checked = opcode == TEXT and not self.has(Flaw.TAKES_ANY_TEXT)
            decoder = codecs.getincrementaldecoder("utf-8")() if is_checked else None
            self.message = opcode, decoder, []
        elif self.message is None and not self.has(Flaw.TAKES_LONE_CONTINUATIONS):
            raise Failure(1002)

    def _payload(self, length, mask, decoder):
        """The payload, unmasked; text is checked piece by piece, as it comes."""
        payload = b""
        while len(payload) < length:
            piece = self.socket.recv(min(length - len(payload), 65536))
            if not piece:
                raise EOFError
            turn = len(payload) % 4
            key = (mask[turn:] + mask[:turn]) * (len(piece) // 4 + 1)
            piece = (int.from_bytes(piece) ^ int.from_bytes(key[: len(piece)])).to_bytes(len(piece))
            if decoder and not self.has(Flaw.CHECKS_TEXT_AT_ITS_END):
                self._decode(decoder, piece)
            payload += piece
        return payload

    def _decode(self, decoder, piece, final=False):
        try:
            decoder.decode(piece, final)
        except UnicodeDecodeError as error:
            raise Failure(1007) from error

    def _data(self, payload, is_final):
        if self.message is None:
            return
        opcode, decoder, parts = self.message
        parts.append(payload)
        if not is_final:
            if self.has(Flaw.FRAGMENTS_AS_MESSAGES):
                self._echo(opcode, payload)
                parts.clear()
            return
        self.message = None
        if decoder:
            self._decode(decoder, b"".join(parts) if self.has(Flaw.CHECKS_TEXT_AT_ITS_END) else b"", final=True)
        self._echo(opcode, b"".join(parts))
        for pong in self.late_pongs:
            self.socket.sendall(pong)

    def _ping(self, payload):
        pong = self._written(PONG, b"" if self.has(Flaw.EMPTY_PONGS) else payload[:125])
        if self.has(Flaw.LATE_PONGS) and self.message is not None:
            self.late_pongs.append(pong)
        elif not self.has(Flaw.NO_PONGS):
            self.socket.sendall(pong)

    def _closed(self, body):
        code = int.from_bytes(body[:2], "big")
        if len(body) == 1 and not self.has(Flaw.TAKES_CLOSES_OF_ONE_BYTE):
            raise Failure(1002)
        is_known = code in (1000, 1001, 1002, 1003, *range(1007, 1015), *range(3000, 5000))
        if len(body) > 1 and not is_known and not self.has(Flaw.TAKES_ANY_CLOSE_CODE):
            raise Failure(1002)
        if not self.has(Flaw.TAKES_ANY_CLOSE_REASON):
            self._decode(codecs.getincrementaldecoder("utf-8")(), body[2:], final=True)
        self._close(struct.pack(">H", 1001) if self.has(Flaw.CLOSES_WITH_1001) else body[:2] if len(body) > 1 else b"")
        return self.has(Flaw.TAKES_PINGS_AFTER_A_CLOSE)

    # Out

    def _written(self, opcode, payload):
        if self.has(Flaw.LONG_LENGTHS):
            return frame(opcode, payload, masked=False, form=64)
        return frame(opcode, payload, masked=self.has(Flaw.MASKS), reserved=self.has(Flaw.SETS_RESERVED_BITS))

    def _echo(self, opcode, payload):
        if self.has(Flaw.BINARY_AS_TEXT):
            opcode = TEXT
        if self.has(Flaw.CUTS_LARGE_MESSAGES) and len(payload) > 65535:
            payload = payload[:-1] + b"\0"
        for _ in range(2 if self.has(Flaw.SAYS_IT_TWICE) else 1):
            self.socket.sendall(self._written(opcode, payload))

    def _close(self, body):
        if not self.has(Flaw.DROPS_INSTEAD_OF_CLOSING):
            self.socket.sendall(frame(CLOSE, body, masked=False))
