"""TLS at the server's own edge (contract 6): real clients, certificates that do not fit, reload, stalled handshakes."""

import asyncio
import os
import signal
import socket
import ssl
import subprocess
import time
from contextlib import ExitStack

import pytest
from harness import PATIENCE
from harness.http import Response, publish_request, request
from harness.javascript import Session
from harness.secure import secure_client
from harness.server import BINARY, EX_CONFIG, EX_UNAVAILABLE, Server, environment, run


def certificate(folder, name, key="ec"):
    """A key and a certificate for localhost that it has signed itself."""
    algorithm = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"] if key == "ec" else ["-newkey", "rsa:2048"]
    paths = [str(folder / f"{name}.{part}.pem") for part in ("certificate", "key")]
    subprocess.run(
        ["openssl", "req", "-x509", *algorithm, "-nodes", "-keyout", paths[1], "-out", paths[0], "-days", "2"]
        + ["-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    return paths


class SecureServer(Server):
    def __init__(self, certificate, key, *arguments, **variables):
        self.certificate = certificate
        super().__init__("--tls-certificate", certificate, "--tls-key", key, *arguments, **variables)

    @property
    def url(self):
        return f"https://localhost:{self.port}"

    def _context(self):
        return ssl.create_default_context(cafile=self.certificate)

    def open(self, **options):
        plain = socket.create_connection(self.address, timeout=PATIENCE)
        context = self._context()
        for name, value in options.items():
            setattr(context, name, value)
        return context.wrap_socket(plain, server_hostname="localhost")

    def exchange(self, data):
        with self.open() as connection:
            connection.sendall(data)
            return Response(int(connection.recv(65536).split()[1]), [], b"")

    def _answers(self, port):
        deadline = time.monotonic() + PATIENCE
        self.port = port
        while self.process.poll() is None:
            try:
                return self.exchange(request("GET", "/livez")).status == 200
            except ConnectionRefusedError:
                assert time.monotonic() < deadline, self.logged
                time.sleep(0.02)
        return False


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def pair(folder):
    return certificate(folder, "first")


@pytest.fixture(scope="module")
def server(pair):
    with SecureServer(*pair) as started:
        yield started


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]], ids="+".join)
def test_python_clients(server, transports):
    async def session():
        async with secure_client(server.url, server.certificate, transports=transports) as (client, heard):
            assert await client.call("subscribe", "news", timeout=PATIENCE) == "Entered room: news"
            published = await asyncio.to_thread(server.exchange, publish_request("news", "tick", b'{"a":1}'))
            assert published.status == 200
            deadline = time.monotonic() + PATIENCE
            while not heard and time.monotonic() < deadline:
                await asyncio.sleep(0.01)
            assert heard == [{"a": 1}]

    asyncio.run(session())


def test_own_commands(server):
    with subprocess.Popen(
        [BINARY, "listen", "--url", server.url, "--cacert", server.certificate, "--count", "1", "secure"],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as listener:
        assert "listening" in listener.stderr.readline()
        finished = run("publish", "--url", server.url, "--cacert", server.certificate, "secure", "e", "[1]")
        assert finished.returncode == 0, finished.stderr
        assert listener.stdout.readline() == '{"channel":"secure","event":"e","data":[1]}\n'
        assert listener.wait(timeout=PATIENCE) == 0
    finished = run("bench", "--url", server.url, "--cacert", server.certificate, "--subscribers", "20", "--duration", "1s", "--rate", "20")
    assert finished.returncode == 0, finished.stderr
    assert run("publish", "--url", server.url, "secure", "e", "1").returncode == EX_UNAVAILABLE, "a stranger's certificate"


def test_only_what_is_safe_is_spoken(server):
    with server.open() as connection:
        assert connection.version() in ("TLSv1.2", "TLSv1.3")
    with server.open(maximum_version=ssl.TLSVersion.TLSv1_2) as connection:
        assert connection.version() == "TLSv1.2"
    context = server._context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with socket.create_connection(server.address) as plain, context.wrap_socket(plain, server_hostname="localhost") as connection:
        assert connection.selected_alpn_protocol() == "http/1.1"
    old = server._context()
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(server.address) as plain, pytest.raises(ssl.SSLError):
        old.wrap_socket(plain, server_hostname="localhost")


@pytest.mark.parametrize("junk", [b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"\x00" * 100, b"\x16\x03\x01\x00\x05" + b"\xff" * 5])
def test_what_is_no_tls_is_closed(server, junk):
    with socket.create_connection(server.address, timeout=PATIENCE) as connection:
        connection.sendall(junk)
        connection.settimeout(5)
        while True:
            try:
                if not connection.recv(4096):
                    break
            except ConnectionResetError:
                break
    assert server.exchange(request("GET", "/livez")).status == 200


def test_a_certificate_that_does_not_fit_is_refused_at_the_start(pair, folder):
    other = certificate(folder, "other", key="rsa")
    (folder / "empty.pem").write_text("")
    for arguments, part in [
        (["--tls-certificate", pair[0]], "both"),
        (["--tls-key", pair[1]], "both"),
        (["--tls-certificate", pair[0], "--tls-key", other[1]], "does not belong"),
        (["--tls-certificate", "/nonexistent", "--tls-key", pair[1]], "/nonexistent"),
        (["--tls-certificate", pair[0], "--tls-key", pair[0]], "private key"),
        (["--tls-certificate", str(folder / "empty.pem"), "--tls-key", pair[1]], "empty.pem"),
    ]:
        for command in (["serve"], ["config", "check"]):
            finished = run(*command, *arguments)
            assert finished.returncode == EX_CONFIG and part in finished.stderr, finished.stderr


def test_a_new_certificate_is_taken_on_reload_and_connections_stay(folder):
    one, two = certificate(folder, "one"), certificate(folder, "two", key="rsa")
    current = [str(folder / "current.pem"), str(folder / "current.key.pem")]

    def install(paths):
        for source, target in zip(paths, current, strict=True):
            with open(source, "rb") as read, open(target + ".new", "wb") as write:
                write.write(read.read())
            os.replace(target + ".new", target)

    install(one)
    with SecureServer(*current) as server, server.open() as kept:
        def subject():
            server.certificate = current[0]
            with server.open() as connection:
                return dict(pair[0] for pair in connection.getpeercert()["subject"])["commonName"]

        assert subject() == "one"
        install(two)
        server.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + PATIENCE
        while "msg=reloaded" not in server.logged:
            assert time.monotonic() < deadline, server.logged
            time.sleep(0.01)
        assert subject() == "two"
        kept.sendall(request("GET", "/livez"))
        assert kept.recv(4096).startswith(b"HTTP/1.1 200")


def test_stalled_handshakes_are_cut_and_cost_the_others_nothing(pair):
    # A3 over TLS.
    with SecureServer(*pair, "--limit-first-byte-deadline", "2s") as server, ExitStack() as stack:
        stalled = [stack.enter_context(socket.create_connection(server.address)) for _ in range(2000)]
        for index, connection in enumerate(stalled):
            connection.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"[: index % 10])
        assert server.exchange(request("GET", "/livez")).status == 200
        for connection in stalled:
            connection.settimeout(PATIENCE)
            try:
                while connection.recv(4096):
                    pass
            except ConnectionResetError:
                pass
        assert server.exchange(request("GET", "/livez")).status == 200


def test_the_javascript_client(server, monkeypatch):
    monkeypatch.setenv("NODE_EXTRA_CA_CERTS", server.certificate)
    with Session(server.url) as session:
        session.open()
        session.do("emit", arguments=["subscribe", "js"])
        session.expect("ack")
        assert server.exchange(publish_request("js", "tick", b"[1]")).status == 200
        assert session.expect("event")["values"] == [[1]]
