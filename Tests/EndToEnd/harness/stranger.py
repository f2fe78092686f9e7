"""A server that is not Fanfare: says what a test wants, and keeps what it was asked."""

import socket
import threading


class Stranger:
    """Answers every request on every connection with the same bytes; ends a connection behind an answer if told so."""

    def __init__(self, answer, closes=False):
        self.answer, self.closes = answer, closes
        #: One list of requests (head, body) for each connection.
        self.connections = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            requests = []
            self.connections.append(requests)
            threading.Thread(target=self._serve, args=(peer, requests), daemon=True).start()

    def _serve(self, peer, requests):
        with peer, peer.makefile("rb") as stream:
            try:
                while head := self._head(stream):
                    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
                    requests.append((head, stream.read(length)))
                    peer.sendall(self.answer or b"")
                    if self.closes:
                        return
            except ConnectionError:
                # The client did not like the answer.
                return

    @staticmethod
    def _head(stream):
        head = b""
        while line := stream.readline():
            head += line
            if line == b"\r\n":
                return head
        return b""
