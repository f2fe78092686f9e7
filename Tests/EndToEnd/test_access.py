"""Who may publish and from where: hosts, keys, origins."""

import pytest

from harness.http import JSON
from harness.server import Server
from harness.subscriber import Subscriber, event_packet
from harness.websocket import upgrade_request

KEY = "a-key-of-the-tests-0123456789-0123456789"
LOOPBACK_HOSTS = ["localhost", "LOCALHOST:8000", "app.localhost", "a.b.localhost:1", "127.0.0.1", "127.255.0.9:80", "[::1]", "[::1]:8000"]
FOREIGN_HOSTS = [
    "example.org", "127.0.0.1.example.org", "localhost.example.org", "xlocalhost", "10.0.0.1", "0.0.0.0", "128.0.0.1", "[::2]",
    "127.0.0.1:80@example.org",
]  # fmt: skip


@pytest.mark.parametrize("host", LOOPBACK_HOSTS)
def test_an_open_server_answers_under_a_loopback_name(server, channel, host):
    assert server.request("GET", "/livez", host=host).status == 200
    assert server.publish(channel, "e", b"1", host=host).status == 200


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_an_open_server_refuses_any_other_host_on_every_path(server, channel, host):
    with Subscriber(server) as subscriber:
        subscriber.subscribe(channel)
        refused = [
            server.publish(channel, "e", b"1", host=host),
            server.request("GET", "/livez", host=host),
            server.request("GET", "/nothing", host=host),
        ]
        for response in refused:
            assert response.status in (403, 400 if "@" in host else 403), response
            if response.status == 403:
                detail = response.json()["detail"]
                assert "FANFARE_PUBLISH_KEY" in detail and "insecure-open" in detail.lower().replace("_", "-")
        assert server.exchange(upgrade_request(host=host)).status in (403, 400 if "@" in host else 403)
        assert server.publish(channel, "last", b"0").status == 200
        assert subscriber.packet() == event_packet("last", b"0")


@pytest.mark.parametrize("origin", ["http://example.org", "https://127.0.0.1.example.org", "null", "http://127.0.0.1:80.example.org"])
def test_a_foreign_origin_may_not_publish(server, channel, origin):
    with Subscriber(server) as subscriber:
        subscriber.subscribe(channel)
        for headers in ([JSON, ("Origin", origin)], [JSON, ("Origin", origin), ("Authorization", "Bearer x")]):
            assert server.publish(channel, "e", b"1", headers).status == 403
        assert server.publish(channel, "last", b"0").status == 200
        assert subscriber.packet() == event_packet("last", b"0")


@pytest.mark.parametrize("origin", ["http://127.0.0.1", "http://localhost:3000", "http://[::1]:5173", "https://app.localhost"])
def test_a_loopback_origin_may_publish_and_subscribe(server, channel, origin):
    assert server.publish(channel, "e", b"1", [JSON, ("Origin", origin)]).status == 200
    assert server.exchange(upgrade_request(headers=[("Origin", origin)])).status == 101


@pytest.mark.parametrize("origin", ["http://example.org", "null"])
def test_a_foreign_origin_may_not_subscribe(server, origin):
    response = server.exchange(upgrade_request(headers=[("Origin", origin)]))
    assert response.status == 403
    assert b"Forbidden" in response.body


@pytest.fixture(scope="module")
def keyed(own_binary):
    with Server(FANFARE_PUBLISH_KEY=KEY) as started:
        yield started


class TestWithAKey:
    @pytest.mark.parametrize(
        "header", [("Authorization", f"Bearer {KEY}"), ("authorization", f"bearer {KEY}"), ("X-API-Key", KEY)], ids=str
    )
    def test_the_key_lets_publish(self, keyed, channel, header):
        with Subscriber(keyed) as subscriber:
            subscriber.subscribe(channel)
            assert keyed.publish(channel, "e", b"1", [JSON, header]).status == 200
            assert subscriber.packet() == event_packet("e", b"1")

    @pytest.mark.parametrize(
        "headers",
        [
            [],
            [("Authorization", "Bearer wrong")],
            [("Authorization", f"Bearer {KEY}x")],
            [("Authorization", f"Bearer {KEY[:-1]}")],
            [("Authorization", KEY)],
            [("Authorization", f"Basic {KEY}")],
            [("Authorization", "Bearer ")],
            [("X-API-Key", "")],
            [("X-API-Key", KEY.upper())],
        ],
        ids=str,
    )
    def test_no_key_or_a_wrong_one_is_refused(self, keyed, channel, headers):
        with Subscriber(keyed) as subscriber:
            subscriber.subscribe(channel)
            response = keyed.publish(channel, "e", b"1", [JSON, *headers])
            assert response.status == 401
            assert response.header("WWW-Authenticate") == "Bearer"
            assert isinstance(response.json()["detail"], str)
            assert keyed.publish(channel, "last", b"0", [JSON, ("X-API-Key", KEY)]).status == 200
            assert subscriber.packet() == event_packet("last", b"0")

    def test_subscribing_and_livez_stay_open(self, keyed, channel):
        assert keyed.is_alive()
        with Subscriber(keyed) as subscriber:
            subscriber.subscribe(channel)

    def test_any_host_is_answered(self, keyed, channel):
        assert keyed.publish(channel, "e", b"1", [JSON, ("X-API-Key", KEY)], host="push.example.org").status == 200

    def test_a_foreign_origin_needs_more_than_the_key(self, keyed, channel):
        headers = [JSON, ("X-API-Key", KEY), ("Origin", "http://example.org")]
        assert keyed.publish(channel, "e", b"1", headers).status == 403

    def test_the_key_is_never_logged(self, keyed, channel):
        keyed.publish(channel, "e", b"1", [JSON, ("X-API-Key", KEY)])
        keyed.publish(channel, "e", b"1", [JSON, ("X-API-Key", KEY + "x")])
        assert KEY not in keyed.logged


def test_the_key_may_come_from_a_file(own_binary, channel, tmp_path):
    path = tmp_path / "key"
    path.write_text(KEY + "\n")
    with Server(FANFARE_PUBLISH_KEY_FILE=str(path)) as started:
        assert started.publish(channel, "e", b"1").status == 401
        assert started.publish(channel, "e", b"1", [JSON, ("X-API-Key", KEY)]).status == 200
