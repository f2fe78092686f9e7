"""The server under attack, and between what and what each attack stands: two subscribers and a publisher that must notice nothing."""

import contextlib
import os
import resource
import signal
import subprocess
import threading
import time
import uuid

from harness import PATIENCE
from harness.http import JSON, HTTPConnection, publish_request, request
from harness.polling import SEPARATOR, Poller
from harness.server import BINARY, EX_UNAVAILABLE, Server, environment, free_port
from harness.subscriber import event_packet
from harness.websocket import TEXT, WebSocketConnection, frame
from needs import offered


def eventually(condition, what, patience=PATIENCE):
    """Returns the first true value of `condition`; fails if none comes."""
    deadline = time.monotonic() + patience
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {patience:g} s: {what() if callable(what) else what}"
        time.sleep(0.01)
    return value


class Hub(Server):
    """A `fanfare` process that is watched. `descriptors` is its limit of open files; `output` a path for its log instead of a file of ours;
    `through` a command that starts it.

    Clients of long-polling that a test has left to themselves are waited for at the server's end, so that is short unless told otherwise.
    """

    def __init__(self, *arguments, descriptors=None, output=None, directory=None, through=(), **variables):
        if "--drain-window" in offered() and "--drain-window" not in arguments:
            arguments = (*arguments, "--drain-window", "200ms")
        super().__init__(*arguments, **variables)
        self.descriptor_limit, self.output, self.directory, self.through = descriptors, output, directory, through
        self.controls = None

    def start(self):
        for _ in range(10):
            port = self.port or free_port()
            with contextlib.ExitStack() as stack:
                output = stack.enter_context(open(self.output, "wb")) if self.output else self.log
                self.process = subprocess.Popen(
                    [*self.through, BINARY, "--port", str(port), *self.arguments],
                    env=environment(**self.variables),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    cwd=self.directory,
                    preexec_fn=self._prepare,
                )
            if self._answers(port):
                self.port = port
                return self
            if self.port or self.process.returncode != EX_UNAVAILABLE:
                break
        raise AssertionError(f"the server ended with {self.process.returncode} at its start:\n{self.logged}")

    def _prepare(self):
        # Under nohup it would be ignored, and the server inherit that.
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        if self.descriptor_limit:
            self._limit()

    def _limit(self):
        resource.setrlimit(resource.RLIMIT_NOFILE, (self.descriptor_limit, self.descriptor_limit))

    # What the process uses

    @property
    def memory(self):
        """Resident bytes."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS:"))

    @property
    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    @property
    def cpu(self):
        """Seconds of processor time so far."""
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def assert_descriptors_return(self, base, patience=PATIENCE):
        eventually(lambda: self.descriptors <= base, lambda: f"{self.descriptors} descriptors are open, {base} were before", patience)

    @contextlib.contextmanager
    def memory_within(self, mebibytes):
        """Neither at the end nor at any moment of it that is looked at does the process use that much more than at its beginning."""
        base, highest, over = self.memory, 0, threading.Event()

        def watch():
            nonlocal highest
            while not over.wait(0.02):
                with contextlib.suppress(OSError, StopIteration):
                    highest = max(highest, self.memory)

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()
        highest = max(highest, self.memory)
        assert highest - base < mebibytes << 20, f"{(highest - base) / 2**20:.1f} MiB more than the {base / 2**20:.1f} MiB before"

    # The control clients

    @contextlib.contextmanager
    def watched(self, headers=(JSON,), may_be_refused=False):
        """An attack goes inside. Afterwards the process is the same, answers, and the control clients have lost nothing."""
        process = self.process
        with Controls(self, headers, may_be_refused) as self.controls:
            yield self
        assert self.process is process and process.poll() is None, f"the server ended with {process.poll()}:\n{self.logged[-4000:]}"
        assert self.is_alive()

    def poison(self, body=b'"poison"', headers=(JSON,), event="poison"):
        """The bytes of a publish that must not get through: it goes to the control clients' channel, and they would tell."""
        return publish_request(self.controls.channel, event, body, headers)


@contextlib.contextmanager
def hosted(*arguments, may_be_refused=False, **options):
    """A watched server of one's own, which has to end with 0 afterwards."""
    with Hub(*arguments, **options) as hub, hub.watched(may_be_refused=may_be_refused):
        yield hub


class Controls:
    """A publisher of numbered messages and two subscribers, each on a thread of its own: one on a WebSocket, one on long-polling."""

    EVENT = "n"

    def __init__(self, hub, headers, may_be_refused):
        self.hub, self.headers = hub, headers
        self.channel = f"control-{uuid.uuid4().hex[:12]}"
        self.published = 0
        self.total = None
        self.latencies = []
        #: A publish that is answered 503 has reached nobody and is repeated; tests of overload allow it.
        self.may_be_refused = may_be_refused
        self.over = threading.Event()

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            websocket = stack.enter_context(WebSocketConnection(self.hub)).join()
            websocket.text(b'421["subscribe","%s"]' % self.channel.encode())
            assert websocket.text_packet().startswith(b"431")
            poller = stack.enter_context(Poller(self.hub)).join().subscribe(self.channel)
            self.connection = stack.enter_context(HTTPConnection(self.hub.address))
            self.receivers = [OnWebSocket(self, websocket), OnPolling(self, poller)]
            self.publisher = Guarded(self.keep_publishing, "the publisher")
            for thread in self.receivers:
                thread.start()
            while self.published < 3:
                self.publish()
            self.await_both()
            self.publisher.start()
            self.stack = stack.pop_all()
        return self

    def __exit__(self, kind, *_):
        try:
            self.over.set()
            self.publisher.join()
            if kind is None:
                self.assert_nothing_is_lost()
        finally:
            self.stack.close()

    def assert_nothing_is_lost(self):
        assert not self.publisher.fault, self.report()
        # Told before the last one is published, so that there is always one to wake up for.
        self.total = self.published + 4
        while self.published < self.total:
            self.publish()
        deadline = time.monotonic() + PATIENCE
        for receiver in self.receivers:
            receiver.join(max(0, deadline - time.monotonic()))
        assert not any(receiver.fault or receiver.is_alive() for receiver in self.receivers), self.report()

    def report(self):
        lines = [f"{self.published} control messages were published"]
        lines += [f"{receiver.name} has {receiver.next} of them; {receiver.fault or 'no fault'}" for receiver in self.receivers]
        lines += [f"the publisher: {self.publisher.fault or 'no fault'}", self.hub.logged[-2000:]]
        return "\n".join(lines)

    def publish(self):
        """One message; both subscribers have to be there still."""
        began = time.monotonic()
        self.connection.send(publish_request(self.channel, self.EVENT, b"%d" % self.published, self.headers))
        response = self.connection.response()
        if response.status == 503 and self.may_be_refused:
            return time.sleep(0.02)
        assert response.status == 200, response
        assert response.json()["subscribers"] == 2, f"a control subscriber is gone: {response}"
        self.latencies.append(time.monotonic() - began)
        self.published += 1

    def keep_publishing(self):
        while not self.over.wait(0.01):
            self.publish()

    def await_both(self):
        """What has been published so far has arrived at both."""
        target = self.published
        eventually(lambda: self.is_faulty or all(receiver.next >= target for receiver in self.receivers), self.report)
        assert not self.is_faulty, self.report()

    def assert_flowing(self):
        """Messages go through now, not only before and after."""
        target = self.published + 3
        eventually(lambda: self.is_faulty or self.published >= target, self.report)
        self.await_both()

    @property
    def is_faulty(self):
        return bool(self.publisher.fault) or any(receiver.fault for receiver in self.receivers)

    def slowest(self, share=0.99):
        """The answer time that this share of the publishes did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class Guarded(threading.Thread):
    """Keeps the exception that ended it."""

    def __init__(self, work, name):
        super().__init__(daemon=True, name=name)
        self.work, self.fault = work, None

    def run(self):
        try:
            self.work()
        except Exception as error:
            self.fault = f"{type(error).__name__}: {error}"


class Receiver(Guarded):
    """Takes messages until the last one; any packet but the next message is a fault."""

    def __init__(self, controls, name):
        super().__init__(self.receive, name)
        self.controls, self.next = controls, 0

    def receive(self):
        while self.controls.total is None or self.next < self.controls.total:
            for packet in self.packets():
                if packet == b"2":
                    self.pong()
                    continue
                assert packet == event_packet(Controls.EVENT, b"%d" % self.next), f"message {self.next} was to come, {packet[:200]!r} came"
                self.next += 1


class OnWebSocket(Receiver):
    def __init__(self, controls, websocket):
        super().__init__(controls, "the WebSocket subscriber")
        self.websocket = websocket

    def packets(self):
        return [self.websocket.text_packet()]

    def pong(self):
        self.websocket.send(frame(TEXT, b"3"))


class OnPolling(Receiver):
    """Each pong on a connection of its own, so that no idle one is there to be closed."""

    def __init__(self, controls, poller):
        super().__init__(controls, "the long-polling subscriber")
        self.poller = poller

    def packets(self):
        self.poller.gets.send(request("GET", self.poller.target()))
        response = self.poller.gets.response()
        assert response.status == 200, response
        return response.body.split(SEPARATOR)

    def pong(self):
        response = self.poller.endpoint.exchange(self.poller.post_request(b"3"))
        assert response.status == 200, response
