"""WebSocket frames by hand, legal and not."""

import base64
import json
import os
import struct

from harness.http import HTTPConnection, request

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


def upgrade_request(
    target="/socket.io/?EIO=4&transport=websocket", headers=(), host="127.0.0.1", version="13", key=None, connection="Upgrade"
):
    """The bytes of an upgrade request; `key=""` and `version=None` leave the header out."""
    key = base64.b64encode(os.urandom(16)).decode() if key is None else key
    fields = [("Upgrade", "websocket"), ("Connection", connection)]
    if key:
        fields.append(("Sec-WebSocket-Key", key))
    if version:
        fields.append(("Sec-WebSocket-Version", version))
    return request("GET", target, headers=[*fields, *headers], host=host)


def frame(opcode, payload=b"", final=True, reserved=0, masked=True, length=None, form=None):
    """One frame. `length` lies about the payload's length; `form` (7, 16, 64) forces how the length is written."""
    length = len(payload) if length is None else length
    if form is None:
        form = 7 if length < 126 else 16 if length < 65536 else 64
    mark = 0x80 if masked else 0
    head = bytes([(0x80 if final else 0) | (reserved << 4) | opcode])
    if form == 7:
        head += bytes([mark | length])
    elif form == 16:
        head += bytes([mark | 126]) + struct.pack(">H", length)
    else:
        head += bytes([mark | 127]) + struct.pack(">Q", length)
    if not masked:
        return head + payload
    mask = b"\x5a\x01\xfe\x33"
    pattern = (mask * (len(payload) // 4 + 1))[: len(payload)]
    mixed = int.from_bytes(payload, "big") ^ int.from_bytes(pattern, "big")
    return head + mask + mixed.to_bytes(len(payload), "big")


class WebSocketConnection(HTTPConnection):
    """An upgraded connection whose frames are read one by one. `eager` goes out in the same segment as the request. `over` is the
    connection to upgrade, for one that carried other requests before."""

    def __init__(self, endpoint, eager=b"", over=None, **upgrade):
        if over is None:
            super().__init__(endpoint.address)
        else:
            self.socket, self.pending = over.socket, over.pending
        self.send(upgrade_request(**upgrade) + eager)
        self.upgrade = self.response()
        assert self.upgrade.status == 101, self.upgrade

    def text(self, payload):
        self.send(frame(TEXT, payload))

    def frame(self):
        """(opcode, payload) of the next frame."""
        first, second = self._take(2)
        assert first & 0x70 == 0 and second & 0x80 == 0, "servers set no reserved bit and mask nothing"
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", self._take(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", self._take(8))
        assert first & 0x80, "the server does not fragment"
        return first & 0x0F, self._take(length)

    def text_packet(self):
        opcode, payload = self.frame()
        assert opcode == TEXT, (opcode, payload)
        return payload

    def close_code(self):
        """Reads up to the close frame and to the end of the stream; the close frame's code, None if it has none."""
        while True:
            opcode, payload = self.frame()
            if opcode == CLOSE:
                break
        code = struct.unpack(">H", payload[:2])[0] if payload else None
        self._answer_close(payload[:2])
        return code

    def ended(self):
        """Reads until the server ends the stream, with or without a close frame."""
        try:
            while True:
                opcode, payload = self.frame()
                if opcode == CLOSE:
                    break
        except (EOFError, ConnectionResetError):
            return True
        self._answer_close(payload[:2])
        return True

    def _answer_close(self, payload):
        """After its close frame the server owes nothing but the end of the stream, in whatever way."""
        try:
            self.send(frame(CLOSE, payload))
            while self.socket.recv(65536):
                pass
        except (ConnectionResetError, BrokenPipeError):
            pass

    def join(self):
        """Reads the open packet and connects to the default namespace."""
        assert self.text_packet().startswith(b"0{")
        self.text(b"40")
        answer = self.text_packet()
        assert answer.startswith(b"40{")
        self.socket_id = json.loads(answer[2:])["sid"]
        return self

    def _take(self, count):
        while len(self.pending) < count:
            self._receive()
        taken, self.pending = self.pending[:count], self.pending[count:]
        return taken
