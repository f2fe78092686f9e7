"""The server under test, as a process of its own."""

import os
import random
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from harness import PATIENCE
from harness.http import JSON, HTTPConnection, publish_request, request

PROJECT = Path(__file__).resolve().parents[3]
BINARY = Path(os.environ.get("FANFARE_BINARY", PROJECT / ".build/release/fanfare"))

#: sysexits(3), as the server uses them.
EX_USAGE, EX_UNAVAILABLE, EX_CONFIG = 64, 69, 78


def environment(**variables):
    """This process's environment without what would configure a server, plus `variables`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FANFARE_") and name != "CORS_ORIGIN"}
    return {**kept, **variables}


def free_port():
    """A port below the ephemeral range, so that no client socket of the tests can sit on it while a server restarts."""
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Endpoint:
    """Where a server answers, and requests to it."""

    def __init__(self, host, port):
        self.host, self.port = host, port

    @property
    def address(self):
        return (self.host, self.port)

    @property
    def url(self):
        return f"http://{self.host}:{self.port}"

    @property
    def websocket_url(self):
        return f"ws://{self.host}:{self.port}/socket.io/?EIO=4&transport=websocket"

    def connect(self, source=None):
        """A connection, from an address of this machine if one is named."""
        return HTTPConnection(self.address, source)

    def exchange(self, data):
        """Sends the bytes of one request on a connection of its own and returns the answer."""
        with self.connect() as connection:
            connection.send(data)
            return connection.response()

    def request(self, method, target, body=None, headers=(), host="127.0.0.1"):
        return self.exchange(request(method, target, body, headers, host))

    def publish(self, channel, event, body, headers=(JSON,), host="127.0.0.1"):
        return self.exchange(publish_request(channel, event, body, headers, host))

    def is_alive(self):
        return self.request("GET", "/livez").status == 200


class Server(Endpoint):
    """A `fanfare` process on a port of its own. `variables` are environment variables."""

    def __init__(self, *arguments, port=None, **variables):
        super().__init__("127.0.0.1", port)
        self.arguments, self.variables = arguments, variables
        self.process = None
        self.log = tempfile.NamedTemporaryFile(prefix="fanfare-", suffix=".log")

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.kill()
            raise

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            code = self.end()
        else:
            code = self.process.returncode
        logged = self.logged
        self.log.close()
        if kind is None:
            assert code in (0, -signal.SIGKILL), f"the server ended with {code}:\n{logged[-4000:]}"

    def start(self):
        """Starts the process, again on the same port if it ran before, and waits until it answers."""
        for _ in range(10):
            port = self.port or free_port()
            self.process = subprocess.Popen(
                [BINARY, "--port", str(port), *self.arguments],
                env=environment(**self.variables),
                stdin=subprocess.DEVNULL,
                stdout=self.log,
                stderr=self.log,
            )
            if self._answers(port):
                self.port = port
                return self
            if self.port or self.process.returncode != EX_UNAVAILABLE:
                break
        raise AssertionError(f"the server ended with {self.process.returncode} at its start:\n{self.logged}")

    def _answers(self, port):
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            try:
                with HTTPConnection((self.host, port)) as connection:
                    connection.send(request("GET", "/livez"))
                    return connection.response().status == 200 and self.process.poll() is None
            except ConnectionRefusedError:
                assert time.monotonic() < deadline, f"the server does not listen:\n{self.logged}"
                time.sleep(0.02)
        return False

    @property
    def logged(self):
        """What the process has written so far, standard output and error together."""
        return Path(self.log.name).read_text(errors="replace")

    def stop(self):
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=40)

    def end(self):
        """SIGTERM, and a second one if the drain waits for clients that the test has left behind; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=0.3)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=40)
        return 0 if code == 1 else code

    def kill(self):
        self.process.kill()
        self.process.wait()


def run(*arguments, **variables):
    """Runs `fanfare` where it is expected to end by itself; returns the finished process with its output as text."""
    return subprocess.run(
        [BINARY, *arguments],
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        timeout=PATIENCE,
    )
