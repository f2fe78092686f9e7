"""The proxies of docs/scaling.md and of the profile `cluster`, as real ones: long-polling stays with its node, a WebSocket need not."""

import re
import shutil
import socket
import subprocess
import time
from contextlib import ExitStack

import pytest
from harness import PATIENCE
from harness.http import request
from harness.polling import Poller
from harness.redis import Redis
from harness.server import PROJECT, Endpoint, Server, free_port
from harness.subscriber import Subscriber, event_packet
from test_backplane import metric, until_up

PAGE = (PROJECT / "docs/scaling.md").read_text()
#: Addresses of one machine, as clients'.
ADDRESSES = [f"127.0.0.{number}" for number in range(2, 14)]


def block(language):
    (text,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return text


@pytest.fixture(scope="module")
def nodes():
    with Redis() as redis, Server("--redis", redis.url) as one, Server("--redis", redis.url) as other:
        until_up(one, other)
        yield one, other


class Proxy:
    """A proxy with a configuration in which the nodes of the page are these."""

    def __init__(self, name, text, nodes, folder):
        port = free_port()
        for addresses, node in zip((("127.0.0.1:8001", "fanfare:8000"), ("127.0.0.1:8002", "second:8000")), nodes):
            for address in addresses:
                text = text.replace(address, f"127.0.0.1:{node.port}")
        text = text.replace("bind :8080", f"bind 127.0.0.1:{port}").replace("listen 8080", f"listen 127.0.0.1:{port}")
        if name == "nginx":
            folders = "".join(f"{kind}_temp_path {folder}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
            text = f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\nevents {{}}\nhttp {{ access_log off; {folders}\n{text}\n}}\n"
        file = folder / "proxy.conf"
        file.write_text(text)
        program = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
        assert program, f"{name} is missing: scripts/install-test-tools.sh installs it"
        command = [program, "-p", str(folder), "-c", str(file)] if name == "nginx" else [program, "-db", "-f", str(file)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.endpoint = Endpoint("127.0.0.1", port)

    def __enter__(self):
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(self.endpoint.address, timeout=1).close()
                if self.endpoint.request("GET", "/readyz").status == 200:
                    return self.endpoint
            except OSError:
                pass
            assert self.process.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=PATIENCE)


CONFIGURATIONS = {
    "haproxy of the page": ("haproxy", block("haproxy")),
    "nginx of the page": ("nginx", block("nginx")),
    "haproxy of compose.yaml": ("haproxy", (PROJECT / "deploy/compose/haproxy.cfg").read_text()),
}


def strays(nodes):
    return sum(metric(node, 'fanfare_refused_total{reason="other_node"}') for node in nodes)


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_long_polling_stays_with_its_node(configuration, nodes, tmp_path):
    before, channel = strays(nodes), f"sticky {configuration}"
    connections = [metric(node, 'fanfare_connections{transport="polling"}') for node in nodes]
    with Proxy(*CONFIGURATIONS[configuration], nodes, tmp_path) as proxy, ExitStack() as stack:
        pollers = [stack.enter_context(Poller(proxy, source=address)) for address in ADDRESSES]
        for poller in pollers:
            poller.join().subscribe(channel)
        added = [metric(node, 'fanfare_connections{transport="polling"}') - had for node, had in zip(nodes, connections)]
        assert sum(added) == len(ADDRESSES) and all(added), "each node has some of them"
        assert nodes[0].publish(channel, "e", b"1").json()["subscribers"] == len(ADDRESSES)
        for poller in pollers:
            assert poller.packet() == event_packet("e", b"1")
        with Subscriber(proxy) as subscriber:
            subscriber.subscribe(channel)
            assert nodes[1].publish(channel, "e", b"2").status == 200
            assert subscriber.packet() == event_packet("e", b"2")
    assert strays(nodes) == before


def test_without_it_polls_go_astray(nodes, tmp_path):
    """So the tests above can fail; and what a stray poll is answered passes the proxy."""
    text = block("haproxy").replace("balance source", "balance roundrobin").replace("  hash-type consistent\n", "")
    with Proxy("haproxy", text, nodes, tmp_path) as proxy:
        session = Poller(proxy)
        answers = []
        for _ in range(6):
            with proxy.connect() as connection:
                connection.send(request("POST", session.target(), b"3"))
                answers.append(connection.response())
        astray = [answer for answer in answers if answer.status == 400]
        assert len(astray) == 3 and all("another node has it" in answer.json()["message"] for answer in astray)
        with Subscriber(proxy) as subscriber:
            subscriber.subscribe("any")
