"""The configurations of docs/security.md, carried out by a real nginx and a real haproxy."""

import asyncio
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time

import pytest
import socketio
from harness import PATIENCE
from harness.http import JSON, publish_request, request
from harness.secure import secure_client
from harness.server import PROJECT, Server, free_port, run
from harness.tokens import token
from test_tls import certificate

PAGE = (PROJECT / "docs/security.md").read_text()
SECRETS = {
    "put-the-first-secret-here": "first-secret-of-the-tests-0123456789",
    "put-the-second-secret-here": "second-secret-of-the-tests-0123456789",
    "put-the-third-secret-here-32-bytes": "third-secret-of-the-tests-0123456789",
}
BACKEND, _, SIGNER = SECRETS.values()


def block(language):
    (text,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return text


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    text = block("yaml")
    for placeholder, secret in SECRETS.items():
        assert placeholder in text
        text = text.replace(placeholder, secret)
    file = tmp_path_factory.mktemp("security") / "fanfare.yaml"
    file.write_text(text)
    assert run("config", "check", "--config", str(file)).stdout.endswith("ok\n")
    with Server("--config", str(file)) as started:
        yield started


@pytest.fixture(scope="module", params=["nginx", "haproxy"])
def proxy(request, server, tmp_path_factory):
    """Returns the https URL behind which the proxy stands, and its certificate."""
    name, folder, port = request.param, tmp_path_factory.mktemp(request.param), free_port()
    program = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
    assert program, f"{name} is missing: scripts/install-test-tools.sh installs it"
    chain, key = certificate(folder, "push")
    text = block(name).replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")
    if name == "nginx":
        text = text.replace("listen 443", f"listen 127.0.0.1:{port}").replace("/etc/ssl/push.pem", chain).replace("/etc/ssl/push.key", key)
        folders = "".join(f"{kind}_temp_path {folder}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        text = f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\nevents {{}}\nhttp {{ access_log off; {folders}\n{text}\n}}\n"
        command = [program, "-p", str(folder), "-c", str(folder / "proxy.conf")]
    else:
        joined = folder / "push-with-key.pem"
        joined.write_text(open(chain).read() + open(key).read())
        text = text.replace("bind :443", f"bind 127.0.0.1:{port}").replace("/etc/ssl/push-with-key.pem", str(joined))
        command = [program, "-db", "-f", str(folder / "proxy.conf")]
    assert "443" not in text and "/etc/ssl" not in text
    (folder / "proxy.conf").write_text(text)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < deadline, f"{name} does not listen"
                time.sleep(0.02)
        yield f"https://localhost:{port}", chain
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]], ids="+".join)
def test_clients_get_through_and_only_with_what_the_page_asks(proxy, server, transports):
    url, chain = proxy
    options = {
        "transports": transports,
        "auth": {"token": token("orders.*", secret=SIGNER, kid="2026-11")},
        "headers": {"Origin": "https://app.example.org"},
    }

    async def session():
        async with secure_client(url, chain, **options) as (client, heard):
            assert client.transport() == transports[-1]
            assert await client.call("subscribe", "public.a", timeout=PATIENCE) == "Entered room: public.a"
            assert await client.call("subscribe", "orders.1", timeout=PATIENCE) == "Entered room: orders.1"
            assert (await client.call("subscribe", "invoices", timeout=PATIENCE))["error"]["code"] == "forbidden"
            assert await asyncio.to_thread(publish, url, chain, "orders.1", BACKEND) == 200
            deadline = time.monotonic() + PATIENCE
            while not heard and time.monotonic() < deadline:
                await asyncio.sleep(0.01)
            assert heard == [{"a": 1}]
            assert await asyncio.to_thread(publish, url, chain, "orders.1", "wrong") == 401

    asyncio.run(session())


def test_a_foreign_page_stays_out(proxy):
    url, chain = proxy
    client = socketio.Client(reconnection=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", chain)
        patch.setenv("WEBSOCKET_CLIENT_CA_BUNDLE", chain)
        with pytest.raises(socketio.exceptions.ConnectionError):
            client.connect(url, headers={"Origin": "https://evil.example"}, wait_timeout=5)


@pytest.mark.parametrize(
    ("proxies", "headers", "peer"),
    [
        ([], {"X-Forwarded-For": "203.0.113.9"}, "127.0.0.1"),
        (["192.0.2.0/24"], {"X-Forwarded-For": "203.0.113.9"}, "127.0.0.1"),
        (["127.0.0.0/8"], {"X-Forwarded-For": "203.0.113.9"}, "203.0.113.9"),
        (["127.0.0.0/8"], {"X-Forwarded-For": "6.6.6.6, 203.0.113.9, 127.0.0.2"}, "203.0.113.9"),
        (["127.0.0.0/8"], {"Forwarded": "for=203.0.113.9"}, "127.0.0.1"),
    ],
)
def test_the_client_address_comes_from_listed_proxies_only(proxies, headers, peer):
    with Server(*(word for block in proxies for word in ("--proxy", block)), FANFARE_PUBLISH_KEY=BACKEND) as server:
        assert server.publish("a", "b", b"1", headers=(JSON, *headers.items())).status == 401
        server.stop()
        assert f"peer={peer}" in server.logged


def test_the_log_has_the_client_behind_a_real_proxy(proxy, server):
    url, chain = proxy
    assert publish(url, chain, "orders.1", "wrong", source="127.0.0.5") == 401
    deadline = time.monotonic() + PATIENCE
    while "peer=127.0.0.5" not in server.logged:
        # Refusals after the first of their kind are said every ten seconds.
        assert time.monotonic() < deadline, server.logged[-2000:]
        time.sleep(0.1)


def test_a_reload_lists_other_proxies(tmp_path):
    file = tmp_path / "fanfare.yaml"
    file.write_text("proxies: []\n")
    page = {"Origin": "https://push.example.org", "X-Forwarded-Host": "push.example.org"}
    with Server("--config", str(file), FANFARE_PUBLISH_KEY=BACKEND) as server:

        def status():
            return server.request("GET", "/socket.io/?EIO=4&transport=polling", headers=page.items()).status

        for proxies, expected in (("[127.0.0.1]", 200), ("[192.0.2.1]", 403)):
            file.write_text(f"proxies: {proxies}\n")
            server.process.send_signal(signal.SIGHUP)
            deadline = time.monotonic() + PATIENCE
            while status() != expected:
                assert time.monotonic() < deadline, server.logged[-2000:]
                time.sleep(0.02)


def test_the_limit_for_an_address_is_not_for_listed_proxies():
    for proxies, status in (((), 503), (("--proxy", "127.0.0.9"), 200)):
        with Server("--limit-connections-per-address", "1", *proxies) as server:
            # From another address, so that none of those before it counts any more or again.
            with server.connect(source="127.0.0.9") as held:
                held.send(request("GET", "/livez"))
                assert held.response().status == 200
                with server.connect(source="127.0.0.9") as other:
                    other.send(request("GET", "/livez"))
                    assert other.response().status == status


@pytest.mark.parametrize(("proxies", "status"), [([], 403), (["127.0.0.1"], 200)])
def test_a_page_is_at_home_where_a_listed_proxy_says_so(proxies, status):
    """As nginx sends it when it is not told to pass `Host` on."""
    with Server(*(word for block in proxies for word in ("--proxy", block)), FANFARE_PUBLISH_KEY=BACKEND) as server:
        page = {"Origin": "https://push.example.org", "X-Forwarded-Host": "push.example.org"}
        assert server.request("GET", "/socket.io/?EIO=4&transport=polling", headers=page.items()).status == status


def test_an_open_server_behind_a_listed_proxy_answers_this_machine_only():
    """Whichever of the two names is a stranger's: either may be the one that was rebound."""
    with Server("--proxy", "127.0.0.1") as server:
        for forwarded, status in (("localhost", 200), ("push.example.org", 403)):
            assert server.request("GET", "/livez", headers=[("X-Forwarded-Host", forwarded)]).status == status
        assert server.request("GET", "/livez", headers=[("X-Forwarded-Host", "localhost")], host="push.example.org").status == 403


def publish(url, chain, channel, key, source="127.0.0.1"):
    """The status of a publish through the proxy, from an address of this machine."""
    host, port = url.removeprefix("https://").split(":")
    context = ssl.create_default_context(cafile=chain)
    with socket.create_connection((host, int(port)), PATIENCE, (source, 0)) as plain, context.wrap_socket(plain, server_hostname=host) as secure:
        secure.sendall(publish_request(channel, "tick", b'{"a":1}', (JSON, ("Authorization", f"Bearer {key}"))))
        return int(secure.recv(4096).split()[1])
