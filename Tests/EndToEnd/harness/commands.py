"""The client commands as processes, on pipes and on terminals."""

import os
import pty
import queue
import subprocess
import threading

from harness import PATIENCE
from harness.server import BINARY, environment


def command(*arguments, stdin=b"", **variables):
    """Runs a command to its end; returns the finished process with its output as bytes."""
    return subprocess.run(
        [BINARY, *arguments], env=environment(**variables), input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE
    )


class Listener:
    """`fanfare listen`, from the moment at which it has subscribed to all its channels."""

    def __init__(self, server, *arguments, channels=1):
        self.process = subprocess.Popen(
            [BINARY, "listen", "--url", server.url, *arguments],
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.notes = queue.Queue()
        threading.Thread(target=self._read_notes, daemon=True).start()
        for _ in range(channels):
            self.expect("listening to")

    def _read_notes(self):
        for line in self.process.stderr:
            self.notes.put(line.decode())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def expect(self, words):
        """Reads standard error up to a line with these words; returns it."""
        while True:
            line = self.notes.get(timeout=PATIENCE)
            if words in line:
                return line

    def line(self):
        return self.process.stdout.readline()

    def ended(self):
        return self.process.wait(timeout=PATIENCE)


class Terminal:
    """A command on a terminal of its own: standard output and error, and input unless it is given. Lines end with CR LF there."""

    def __init__(self, *arguments, stdin=None, **variables):
        master, slave = pty.openpty()
        self.master = master
        self.process = subprocess.Popen(
            [BINARY, *arguments],
            env=environment(TERM="xterm", **variables),
            stdin=slave if stdin is None else subprocess.PIPE,
            stdout=slave,
            stderr=slave,
        )
        os.close(slave)
        self.shown = b""
        if stdin is not None:
            self.process.stdin.write(stdin)
            self.process.stdin.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.master)

    def read_until(self, words):
        while words not in self.shown:
            piece = self._read()
            assert piece, f"the terminal ended after {self.shown!r}"
        return self.shown

    def read_all(self):
        while self._read():
            pass
        return self.shown

    def _read(self):
        try:
            piece = os.read(self.master, 65536)
        except OSError:
            # What Linux says once the other side is closed.
            return b""
        self.shown += piece
        return piece
