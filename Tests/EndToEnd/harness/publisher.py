"""A publisher as a process of its own, so that it keeps its rate while a test is busy receiving."""

import mmap
import select
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness import PATIENCE
from harness.http import HTTPConnection, publish_request

_PROGRESS = struct.Struct("qq")
_WIDTH = 6


def body(number):
    """The JSON of message `number`: of one length, so that a receiver knows where in the stream it stands."""
    return b'"%0*d"' % (_WIDTH, number)


class Publisher:
    """Publishes message after message to one channel, at most `rate` a second, waiting for each answer."""

    def __init__(self, endpoint, channel, event, rate):
        self.file = tempfile.NamedTemporaryFile(prefix="progress-")
        self.file.write(bytes(_PROGRESS.size))
        self.file.flush()
        self.progress = mmap.mmap(self.file.fileno(), _PROGRESS.size)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "harness.publisher", endpoint.host, str(endpoint.port), channel, event, str(rate), self.file.name],
            cwd=Path(__file__).resolve().parents[1],
            stdin=subprocess.PIPE,
        )

    @property
    def begun(self):
        """Messages with lower numbers may be under way; this one is not yet."""
        return _PROGRESS.unpack(self.progress[:])[0]

    @property
    def confirmed(self):
        """Messages with lower numbers have their 200."""
        return _PROGRESS.unpack(self.progress[:])[1]

    def __enter__(self):
        return self

    def stop(self):
        """Returns how many messages were published, all of them with a 200."""
        self.process.stdin.close()
        assert self.process.wait(timeout=PATIENCE) == 0, "a publish was refused"
        assert self.begun == self.confirmed
        return self.confirmed

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.progress.close()
        self.file.close()


def main(host, port, channel, event, rate, path):
    """Until standard input ends."""
    with open(path, "r+b") as file, HTTPConnection((host, int(port))) as connection:
        progress = mmap.mmap(file.fileno(), _PROGRESS.size)
        number, started = 0, time.monotonic()
        while not select.select([sys.stdin], [], [], 0)[0]:
            progress[:] = _PROGRESS.pack(number + 1, number)
            connection.send(publish_request(channel, event, body(number)))
            response = connection.response()
            assert response.status == 200, response
            number += 1
            progress[:] = _PROGRESS.pack(number, number)
            time.sleep(max(0, started + number / float(rate) - time.monotonic()))


if __name__ == "__main__":
    main(*sys.argv[1:])
