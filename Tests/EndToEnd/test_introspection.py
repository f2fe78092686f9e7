"""/channels and /sockets: who listens to what, one connection's story, and its end."""

import asyncio
import json
import time
from urllib.parse import quote

import pytest
import socketio
from harness import PATIENCE
from harness.polling import Poller
from harness.server import Server
from harness.websocket import WebSocketConnection

READER, PUBLISHER = "reader-of-the-tests-0123456789-0123", "publisher-of-the-tests-0123456789"
ADMINISTRATOR, LIMITED = "administrator-of-the-tests-0123456", "limited-reader-of-the-tests-012345"
FOREIGN, LISTED = ("Origin", "http://example.org"), ("Origin", "http://listed.example")


@pytest.fixture
def fresh(own_binary):
    with Server("--loops", "2") as started:
        yield started


@pytest.fixture
def keyed(own_binary, tmp_path):
    config = tmp_path / "fanfare.yaml"
    config.write_text(
        f"""
        cors: {{origins: [{LISTED[1]}]}}
        keys:
          reader: {{secret: {READER}, may: [read]}}
          publisher: {{secret: {PUBLISHER}, may: [publish]}}
          administrator: {{secret: {ADMINISTRATOR}, may: [admin]}}
          limited: {{secret: {LIMITED}, may: [read, publish], channels: ["open.*"]}}
        """
    )
    with Server("--config", str(config)) as started:
        yield started


def get(server, target, *headers):
    answer = server.request("GET", target, headers=list(headers))
    assert answer.status == 200, answer
    assert answer.header("Cache-Control") == "no-store"
    return answer.json()


def key(secret):
    return ("Authorization", f"Bearer {secret}")


# MARK: /channels


def test_pages_in_the_order_of_bytes_with_the_sums_of_all_loops(fresh, clients):
    names = ["Z", "a", "a/b", "a%2Fb", "aa", "b", "e\u0301", "é", "\U0001f600", "\uff5e", 'q"uote', "back\\slash"]
    for index in range(4):
        clients(fresh, *names[index:])
    expected = [
        {"channel": name, "subscribers": min(names.index(name) + 1, 4)} for name in sorted(names, key=lambda name: name.encode())
    ]
    assert get(fresh, "/channels") == {"channels": expected, "next": None}
    for limit in (1, 2, 5, 11, 12, 1000):
        rows, after, pages = [], "", 0
        while after is not None:
            page = get(fresh, f"/channels?limit={limit}" + (f"&after={quote(after, safe='')}" if after else ""))
            assert 1 <= len(page["channels"]) <= limit
            assert page["next"] in (None, page["channels"][-1]["channel"])
            rows, after, pages = rows + page["channels"], page["next"], pages + 1
        assert rows == expected
        assert pages == -(-len(names) // limit)
    assert [row["channel"] for row in get(fresh, "/channels?prefix=a")["channels"]] == ["a", "a%2Fb", "a/b", "aa"]
    assert get(fresh, "/channels?prefix=a&after=a%2Fb&limit=1") == {"channels": [{"channel": "aa", "subscribers": 4}], "next": None}
    assert get(fresh, "/channels?prefix=zzz") == {"channels": [], "next": None}


def test_a_page_has_100_channels_if_nothing_is_said(fresh, clients):
    client = clients(fresh, *[f"c{index:03}" for index in range(101)])
    page = get(fresh, "/channels")
    assert [row["channel"] for row in page["channels"]] == [f"c{index:03}" for index in range(100)]
    assert page["next"] == "c099"
    assert get(fresh, "/channels?after=c099") == {"channels": [{"channel": "c100", "subscribers": 1}], "next": None}


@pytest.mark.parametrize(
    ("query", "place", "kind"),
    [
        ("limit=0", "limit", "greater_than_equal"), ("limit=1001", "limit", "less_than_equal"), ("limit=ten", "limit", "int_parsing"),
        ("limit=", "limit", "int_parsing"), ("limit=-1", "limit", "int_parsing"), ("limit=99999999999999999999", "limit", "int_parsing"),
        ("prefix=%zz", "prefix", "value_error"), ("after=%C3", "after", "value_error"),
    ],
)  # fmt: skip
def test_a_bad_parameter_is_told_as_fastapi_tells_it(fresh, query, place, kind):
    answer = fresh.request("GET", "/channels?" + query)
    assert answer.status == 422
    [fault] = answer.json()["detail"]
    assert (fault["loc"], fault["type"]) == (["query", place], kind)
    assert fault["msg"]


def test_one_channel_counts_its_subscribers(fresh, clients):
    first, second = clients(fresh, "a/b"), clients(fresh, "a/b", "é")
    assert get(fresh, "/channels/a%2Fb") == {"channel": "a/b", "subscribers": 2}
    assert get(fresh, "/channels/%C3%A9") == {"channel": "é", "subscribers": 1}
    assert get(fresh, "/channels/nobody") == {"channel": "nobody", "subscribers": 0}
    second.text(b'422["unsubscribe","a/b"]')
    assert second.text_packet().startswith(b"432[")
    assert get(fresh, "/channels/a%2Fb") == {"channel": "a/b", "subscribers": 1}
    for target in ("/channels/", "/channels/a/b", "/channelsx", "/sockets", "/sockets/"):
        assert fresh.request("GET", target).status == 404
    for name in ("%20a", "fanfare:x", "%ff", "x" * 201):
        [fault] = fresh.request("GET", f"/channels/{name}").json()["detail"]
        assert (fault["loc"], fault["type"]) == (["path", "channel"], "name_invalid")


def test_methods_are_told(fresh):
    for target, allowed in (("/channels", "GET, HEAD"), ("/channels/a", "GET, HEAD"), ("/sockets/a", "GET, HEAD, DELETE")):
        answer = fresh.request("PUT", target)
        assert (answer.status, answer.header("Allow")) == (405, allowed)


# MARK: /sockets


def test_the_story_of_a_websocket(fresh, clients):
    client = clients(fresh, "b", "a")
    client.text(b'423["subscribe",""]')
    assert b"bad_name" in client.text_packet()
    client.text(b'424["unsubscribe","b"]')
    client.text_packet()
    story = get(fresh, f"/sockets/{client.socket_id}")
    assert {name: story[name] for name in ("id", "connected", "transport", "address", "channels", "channel_count")} == {
        "id": client.socket_id, "connected": True, "transport": "websocket", "address": "127.0.0.1", "channels": ["a"], "channel_count": 1,
    }  # fmt: skip
    assert (story["queued_bytes"], story["queue_seconds"]) == (0, 0)
    assert 0 <= story["age"] < PATIENCE
    assert [(event["event"], event["detail"]) for event in story["events"]] == [
        ("connected", None), ("subscribed", "b"), ("subscribed", "a"), ("subscription refused", "bad_name"), ("unsubscribed", "b"),
    ]  # fmt: skip
    client.socket.close()
    ended = soon(fresh, client.socket_id, lambda story: not story["connected"])
    assert (ended["transport"], ended["channels"], ended["address"]) == (None, [], "127.0.0.1")
    assert ended["events"][-1]["event"] == "ended"
    assert ended["events"][-1]["detail"] == "transport_close"


def soon(server, socket_id, holds):
    deadline = time.monotonic() + PATIENCE
    while not holds(story := get(server, f"/sockets/{socket_id}")):
        assert time.monotonic() < deadline, story
        time.sleep(0.01)
    return story


@pytest.mark.parametrize("turn", range(8))
def test_the_story_goes_on_over_an_upgrade_to_whatever_loop(fresh, turn):
    with Poller(fresh) as poller:
        poller.send(b"40")
        socket_id = json.loads(poller.packet()[2:])["sid"]
        poller.subscribe("news")
        with WebSocketConnection(fresh, target=poller.target().replace("polling", "websocket")) as candidate:
            candidate.text(b"2probe")
            assert candidate.text_packet() == b"3probe"
            assert get(fresh, f"/sockets/{socket_id}")["transport"] == "polling"
            candidate.text(b"5")
            story = soon(fresh, socket_id, lambda story: story["transport"] == "websocket")
            assert [event["event"] for event in story["events"]] == ["connected", "subscribed", "upgraded"]
            assert story["channels"] == ["news"]
            assert fresh.request("DELETE", f"/sockets/{socket_id}").status == 204
            assert candidate.text_packet() == b"41"


def test_a_long_polling_client_and_its_queue(fresh):
    with Poller(fresh) as poller:
        poller.send(b"40")
        socket_id = json.loads(poller.packet()[2:])["sid"]
        poller.subscribe("news")
        fresh.publish("news", "e", b'"' + b"x" * 5_000 + b'"')
        story = soon(fresh, socket_id, lambda story: story["queued_bytes"] > 5_000)
        assert (story["transport"], story["connected"]) == ("polling", True)
        soon(fresh, socket_id, lambda story: story["queue_seconds"] > 0)


@pytest.mark.parametrize("socket_id", ["A" * 20, "short", "x" * 300, "%00", "a%2Fb", "%F0"])
def test_nothing_is_known_of_a_socket_that_never_was(fresh, socket_id):
    for method in ("GET", "DELETE"):
        answer = fresh.request(method, f"/sockets/{socket_id}")
        assert (answer.status, answer.json()) == (404, {"detail": "There is no such socket"})


def test_the_secret_id_of_the_session_opens_nothing(fresh):
    async def main():
        client = socketio.AsyncClient()
        await client.connect(fresh.url)
        loop = asyncio.get_running_loop()
        secret, public = client.eio.sid, client.get_sid("/")
        assert secret != public
        answers = [await loop.run_in_executor(None, fresh.request, method, f"/sockets/{secret}") for method in ("GET", "DELETE")]
        assert [answer.status for answer in answers] == [404, 404]
        story = await loop.run_in_executor(None, get, fresh, f"/sockets/{public}")
        assert secret not in json.dumps(story)
        await client.disconnect()

    asyncio.run(main())


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]])
def test_a_disconnected_client_is_told_and_stays_away(fresh, transports):
    reasons = []

    async def main():
        client = socketio.AsyncClient(reconnection=True, reconnection_delay=0.01)
        gone = asyncio.Event()

        @client.event
        async def disconnect(reason):
            reasons.append(reason)
            gone.set()

        await client.connect(fresh.url, transports=transports)
        await client.call("subscribe", "news", timeout=PATIENCE)
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(None, fresh.request, "DELETE", f"/sockets/{client.get_sid('/')}")
        assert (answer.status, answer.body) == (204, b"")
        await asyncio.wait_for(gone.wait(), PATIENCE)
        await asyncio.sleep(0.1)
        assert not client.connected

    asyncio.run(main())
    assert reasons == ["server disconnect"]
    assert get(fresh, "/channels") == {"channels": [], "next": None}
    assert "socket disconnected" in fresh.logged


# MARK: Who may


@pytest.mark.parametrize("target", ["/channels", "/channels/a", "/sockets/" + "A" * 20])
def test_keys_and_origins(keyed, target):
    found = 404 if target.startswith("/sockets") else 200
    assert keyed.request("GET", target).status == 401
    assert keyed.request("GET", target, headers=[key("wrong")]).status == 401
    assert keyed.request("GET", target, headers=[key(PUBLISHER)]).status == 403
    assert keyed.request("GET", target, headers=[key(ADMINISTRATOR)]).status == 403
    assert keyed.request("GET", target, headers=[key(READER)]).status == found
    assert keyed.request("GET", target, headers=[key(READER), FOREIGN]).status == 403
    listed = keyed.request("GET", target, headers=[key(READER), LISTED])
    assert (listed.status, listed.header("Access-Control-Allow-Origin")) == (found, LISTED[1])


def test_only_an_administrator_disconnects(keyed, clients):
    client = clients(keyed, "a")
    target = f"/sockets/{client.socket_id}"
    for secret, status in ((None, 401), ("wrong", 401), (READER, 403), (PUBLISHER, 403)):
        assert keyed.request("DELETE", target, headers=[key(secret)] if secret else []).status == status
    assert keyed.request("DELETE", target, headers=[key(ADMINISTRATOR), FOREIGN]).status == 403
    assert get(keyed, target, key(READER))["connected"]
    preflight = keyed.request("OPTIONS", target, headers=[LISTED, ("Access-Control-Request-Method", "DELETE")])
    assert preflight.status == 204
    assert "DELETE" in preflight.header("Access-Control-Allow-Methods")
    assert keyed.request("DELETE", target, headers=[key(ADMINISTRATOR), LISTED]).status == 204
    assert client.text_packet() == b"41"
    assert "key=administrator" in keyed.logged


def test_a_key_for_some_channels_sees_only_those(keyed, clients):
    client = clients(keyed, "open.a", "secret.b", "open.c")
    client.text(b'427["unsubscribe","secret.b"]')
    client.text_packet()
    client.text(b'428["subscribe","secret.b"]')
    client.text_packet()
    assert [row["channel"] for row in get(keyed, "/channels", key(LIMITED))["channels"]] == ["open.a", "open.c"]
    assert get(keyed, "/channels?limit=1", key(LIMITED))["next"] == "open.a"
    assert get(keyed, "/channels?limit=1&after=open.a", key(LIMITED)) == {
        "channels": [{"channel": "open.c", "subscribers": 1}], "next": None,
    }  # fmt: skip
    answer = keyed.request("GET", "/channels/secret.b", headers=[key(LIMITED)])
    assert (answer.status, answer.json()["detail"]) == (403, "This key may not read this channel")
    story = get(keyed, f"/sockets/{client.socket_id}", key(LIMITED))
    assert sorted(story["channels"]) == ["open.a", "open.c"]
    assert story["channel_count"] == 2
    assert "secret" not in json.dumps(story)
    assert "secret.b" in json.dumps(get(keyed, f"/sockets/{client.socket_id}", key(READER)))
