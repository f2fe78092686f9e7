"""A Redis of the tests, and a stretch of network before it that can be cut, held up and fed."""

import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import redis

from harness import PATIENCE
from harness.server import free_port

PROGRAM = shutil.which("redis-server") or "/usr/bin/redis-server"


class Redis:
    """A `redis-server` process on a port of its own, without persistence."""

    def __init__(self, *arguments, **options):
        self.arguments, self.options = arguments, options
        self.port = free_port()
        self.process = None
        self.log = tempfile.NamedTemporaryFile(prefix="redis-", suffix=".log")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()
        self.log.close()

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"

    def start(self):
        """Starts it, again on the same port if it ran before, and waits until it answers."""
        self.process = subprocess.Popen(
            [PROGRAM, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", *self.arguments],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
        )  # fmt: skip
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.client().ping()
                return self
            except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError):
                assert self.process.poll() is None and time.monotonic() < deadline, Path(self.log.name).read_text()
                time.sleep(0.02)

    def client(self):
        return redis.Redis(port=self.port, socket_timeout=PATIENCE, **self.options)

    def kill(self):
        """At once, as a crash would."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def pause(self):
        """It takes connections and says nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)


class Stretch:
    """A stretch of network before an address: everything passes after `delay` seconds; `cut` breaks all connections."""

    def __init__(self, port, delay=0):
        self.target, self.delay = port, delay
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.connections = []
        self.lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        self.cut()

    def cut(self):
        with self.lock:
            connections, self.connections = self.connections, []
        for end in connections:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                if self.listener.fileno() == -1:
                    return
                near.close()
                continue
            with self.lock:
                self.connections += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source, sink):
        waiting = []
        try:
            while True:
                timeout = max(0, waiting[0][0] - time.monotonic()) if waiting else None
                if select.select([source], [], [], timeout)[0]:
                    data = source.recv(65_536)
                    if not data:
                        break
                    waiting.append((time.monotonic() + self.delay, data))
                while waiting and waiting[0][0] <= time.monotonic():
                    sink.sendall(waiting.pop(0)[1])
        except (OSError, ValueError):
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
