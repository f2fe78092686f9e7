"""Pages of other origins: who may connect, and what a browser is told (contract 6, protocol.md 1.8)."""

import pytest

from harness.http import JSON, request
from harness.polling import BAD_HANDSHAKE_METHOD, FORBIDDEN, TEXT, UNKNOWN_SESSION, UNKNOWN_TRANSPORT, Poller, target
from harness.server import EX_CONFIG, Server, run
from harness.subscriber import Subscriber, event_packet
from harness.websocket import TEXT as TEXT_FRAME
from harness.websocket import WebSocketConnection, frame, upgrade_request

KEY = "a-key-of-the-tests-0123456789-0123456789"
LISTED = ["https://app.example.org", "http://other.example.org:8080"]
FOREIGN = [
    "http://app.example.org", "https://app.example.org:444", "https://app.example.org.example.com", "https://example.org",
    "https://xapp.example.org", "http://localhost:3000", "null", "https://app.example.org/", "",
]  # fmt: skip
PREFLIGHT = [("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type,x-custom")]


@pytest.fixture(scope="module")
def listing(own_binary):
    with Server(CORS_ORIGIN=",".join(LISTED)) as started:
        yield started


@pytest.fixture(scope="module")
def wildcard(own_binary):
    with Server("--cors-origin", "*") as started:
        yield started


def cross_origin(response):
    """The headers of the answer that mean something to a browser, `Vary` as a set."""
    found = {name: response.header(name) for name, _ in response.headers if name.startswith("access-control-")}
    vary = {field.strip() for name, value in response.headers if name == "vary" for field in value.split(",")}
    return found, vary


def assert_allowed(response, origin):
    found, vary = cross_origin(response)
    assert found.get("access-control-allow-origin") == origin, response
    assert found.get("access-control-allow-credentials") == "true", response
    assert "Origin" in vary


def assert_allowed_to_all(response):
    found, _ = cross_origin(response)
    assert found.get("access-control-allow-origin") == "*", response
    assert "access-control-allow-credentials" not in found


def assert_foreign(response):
    assert (response.status, response.body) == (403, FORBIDDEN), response
    assert response.header("Content-Type") == "application/json"
    assert cross_origin(response)[0] == {}


def everything(server, origin):
    """Every kind of answer that a page of this origin can get, after its handshake."""
    header = ("Origin", origin)
    with Poller(server, headers=[header]) as poller:
        yield 200, poller.handshake
        yield 200, poller.post(b"40")
        yield 200, poller.get()
        yield 200, poller.post(b'42["x"]')
        poller.park()
        yield 400, server.request("GET", poller.target(), headers=[header])
        yield 200, poller.answer()
        yield 400, poller.get()
    with Poller(server, headers=[header]) as poller:
        yield 500, server.request("PUT", poller.target(), b"", headers=[header])
        with server.connect() as connection:
            connection.send(request("POST", poller.target(), headers=[header, TEXT, ("Content-Length", "1000001")]))
            yield 413, connection.response()
    with Poller(server, headers=[header]) as poller:
        yield 400, poller.post(b"abc")
        yield 400, poller.post(b"6")
    for status, body, parameters in (
        (400, UNKNOWN_TRANSPORT, {"transport": None}),
        (400, UNKNOWN_SESSION, {"sid": "x"}),
        (400, None, {"EIO": "3"}),
        (400, None, {"transport": "websocket"}),
    ):
        response = server.request("GET", target(**parameters), headers=[header])
        assert body in (None, response.body)
        yield status, response
    response = server.request("POST", target(), b"", headers=[header])
    assert response.body == BAD_HANDSHAKE_METHOD
    yield 400, response


@pytest.mark.parametrize("origin", LISTED)
def test_every_answer_to_a_listed_origin_tells_the_browser(listing, origin):
    for status, response in everything(listing, origin):
        assert response.status == status, response
        assert_allowed(response, origin)


@pytest.mark.parametrize("origin", ["https://anybody.example.org", "http://localhost:3000", "null"])
def test_every_answer_of_an_open_list_tells_the_browser(wildcard, origin):
    for status, response in everything(wildcard, origin):
        assert response.status == status, response
        assert_allowed_to_all(response)


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:5173", "http://[::1]:80", "https://app.localhost"])
def test_without_a_list_this_machine_s_pages_are_allowed(server, origin):
    for status, response in everything(server, origin):
        assert response.status == status, response
        found, vary = cross_origin(response)
        assert found.get("access-control-allow-origin") == origin
        assert "Origin" in vary


def test_without_an_origin_nothing_is_said(server, listing):
    for answering in (server, listing):
        response = answering.request("GET", target())
        assert response.status == 200
        assert cross_origin(response)[0] == {}


def test_a_server_s_own_pages_are_allowed_whatever_the_list(listing):
    own = f"localhost:{listing.port}"
    with Poller(listing, headers=[("Origin", f"http://{own}")], host=own) as poller:
        poller.join().subscribe("a")
    assert listing.request("GET", target(), headers=[("Origin", "http://localhost:1")], host=own).status == 403


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_origin_gets_nowhere(listing, channel, origin):
    header = ("Origin", origin)
    assert_foreign(listing.request("GET", target(), headers=[header]))
    with Poller(listing) as poller:
        poller.join().subscribe(channel)
        listing.publish(channel, "e", b"1")
        assert_foreign(listing.request("GET", poller.target(), headers=[header]))
        assert_foreign(listing.request("POST", poller.target(), b'42["subscribe","x"]', headers=[header]))
        response = listing.exchange(upgrade_request(target=target(transport="websocket", sid=poller.sid), headers=[header]))
        assert (response.status, response.body) == (403, b"Forbidden")
        assert cross_origin(response)[0] == {}
        # Neither a packet nor the session is lost to it.
        assert poller.packet() == event_packet("e", b"1")
    response = listing.exchange(upgrade_request(headers=[header]))
    assert (response.status, response.body) == (403, b"Forbidden")


@pytest.mark.parametrize("origin", ["https://example.org", "null"])
def test_without_a_list_a_foreign_origin_gets_nowhere(server, origin):
    assert_foreign(server.request("GET", target(), headers=[("Origin", origin)]))
    assert_foreign(server.request("GET", target("/socket.io"), headers=[("Origin", origin)]))


@pytest.mark.parametrize("origin", LISTED)
def test_a_listed_origin_subscribes_and_upgrades(listing, channel, origin):
    with Poller(listing, headers=[("Origin", origin)]) as poller:
        poller.join().subscribe(channel)
        upgrade = {"target": target(transport="websocket", sid=poller.sid), "headers": [("Origin", origin)]}
        with WebSocketConnection(listing, eager=frame(TEXT_FRAME, b"2probe"), **upgrade) as websocket:
            assert websocket.text_packet() == b"3probe"
            websocket.text(b"5")
            assert listing.publish(channel, "e", b"1").json()["subscribers"] == 1
            assert websocket.text_packet() == event_packet("e", b"1")
    with Subscriber(listing, origin=origin) as subscriber:
        subscriber.subscribe(channel)


# Preflights


@pytest.mark.parametrize("path", ["/socket.io/", "/socket.io"])
@pytest.mark.parametrize("sid", [None, "x"])
def test_a_preflight_is_answered(listing, wildcard, path, sid):
    for server, origin in ((listing, LISTED[0]), (wildcard, "https://anybody.example.org")):
        response = server.request("OPTIONS", target(path, sid=sid), headers=[("Origin", origin), *PREFLIGHT])
        assert (response.status, response.body) == (204, b"")
        found, vary = cross_origin(response)
        assert {"GET", "POST"} <= {method.strip() for method in found["access-control-allow-methods"].split(",")}
        assert {"content-type", "x-custom"} <= {name.strip() for name in found["access-control-allow-headers"].lower().split(",")}
        if server is wildcard:
            assert_allowed_to_all(response)
        else:
            assert_allowed(response, origin)


def test_a_preflight_changes_nothing(listing, channel):
    origin = ("Origin", LISTED[0])
    with Poller(listing, headers=[origin]) as poller:
        poller.join().subscribe(channel).park()
        assert listing.request("OPTIONS", poller.target(), headers=[origin, *PREFLIGHT]).status == 204
        listing.publish(channel, "e", b"1")
        assert poller.answer().body == event_packet("e", b"1")


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_preflight_of_a_foreign_origin_allows_nothing(listing, origin):
    response = listing.request("OPTIONS", target(), headers=[("Origin", origin), *PREFLIGHT])
    assert response.status in (204, 403)
    assert "access-control-allow-origin" not in cross_origin(response)[0]


# The setting


@pytest.mark.parametrize(
    "arguments, variables",
    [
        (["--cors-origin", "https://a.example.org", "--cors-origin", "https://b.example.org"], {}),
        ([], {"CORS_ORIGIN": " https://a.example.org ,\thttps://b.example.org "}),
        ([], {"FANFARE_CORS_ORIGIN": "https://a.example.org,https://b.example.org,"}),
        (["--cors-origin", "https://a.example.org", "--cors-origin", "https://b.example.org"], {"CORS_ORIGIN": "https://c.example.org"}),
    ],
    ids=["flags", "variable", "own variable", "flags before the variable"],
)
def test_the_list_may_come_from(own_binary, arguments, variables):
    with Server(*arguments, **variables) as started:
        for name, status in (("a", 200), ("b", 200), ("c", 403)):
            origin = f"https://{name}.example.org"
            response = started.request("GET", target(), headers=[("Origin", origin)])
            assert response.status == status, origin


@pytest.mark.parametrize("value", ["", " ", ",", " , "])
def test_an_empty_list_is_none(own_binary, value):
    with Server(CORS_ORIGIN=value) as started:
        assert started.request("GET", target(), headers=[("Origin", "http://localhost:3000")]).status == 200
        assert_foreign(started.request("GET", target(), headers=[("Origin", "https://app.example.org")]))


@pytest.mark.parametrize(
    "entry, meant",
    [
        ("https://app.example.org/", "https://app.example.org"),
        ("https://app.example.org:8443/path", "https://app.example.org:8443"),
        ("https://app.example.org?x", "https://app.example.org"),
        ("app.example.org", "https://app.example.org"),
        ("localhost:3000", "localhost:3000"),
        ("https://*.example.org", "https://"),
        ("https://", "https://"),
        ("https://app.example.org:99999", "https://"),
    ],
)
def test_an_entry_that_is_no_origin_is_refused_with_the_right_form(own_binary, entry, meant):
    for arguments, variables in ((["--cors-origin", entry], {}), ([], {"CORS_ORIGIN": f"https://good.example.org,{entry}"})):
        finished = run(*arguments, **variables)
        assert finished.returncode == EX_CONFIG, finished
        message = finished.stderr.strip()
        assert len(message.splitlines()) == 1
        assert entry in message
        assert meant in message.replace(f'"{entry}"', "")


# Publishing


@pytest.mark.parametrize("origin", [LISTED[0], "http://localhost:3000"])
def test_without_a_key_a_page_of_another_origin_never_publishes(listing, wildcard, channel, origin):
    for server in (listing, wildcard):
        assert server.publish(channel, "e", b"1", [JSON, ("Origin", origin)]).status == 403
        assert server.publish(channel, "e", b"1").status == 200


def test_publishing_from_another_origin_needs_a_key_and_a_listed_origin(own_binary, channel):
    key = ("X-API-Key", KEY)
    listed, foreign = ("Origin", LISTED[0]), ("Origin", "https://example.org")
    with Server(CORS_ORIGIN=LISTED[0], FANFARE_PUBLISH_KEY=KEY) as started, Subscriber(started) as subscriber:
        subscriber.subscribe(channel)
        assert started.publish(channel, "e", b"1", [JSON, listed]).status in (401, 403)
        assert started.publish(channel, "e", b"1", [JSON, listed, ("X-API-Key", "x")]).status in (401, 403)
        assert started.publish(channel, "e", b"1", [JSON, foreign, key]).status == 403
        assert started.publish(channel, "e", b"2", [JSON, listed, key]).status == 200
        assert subscriber.packet() == event_packet("e", b"2")
    with Server(CORS_ORIGIN="*", FANFARE_PUBLISH_KEY=KEY) as started:
        assert started.publish(channel, "e", b"1", [JSON, listed, key]).status == 403
        assert started.publish(channel, "e", b"1", [JSON, key]).status == 200
