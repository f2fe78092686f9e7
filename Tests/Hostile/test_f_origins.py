"""F: other origins."""

import pytest

from harness.http import JSON, publish_target, request
from harness.polling import FORBIDDEN, Poller, target
from harness.server import EX_CONFIG, Server, run
from harness.websocket import WebSocketConnection, upgrade_request
from needs import needs
from stage import Hub, hosted
from wire import dial, ending

GOOD = "https://good.example"
KEY = "a-key-of-the-tests-0123456789-0123456789"


@pytest.fixture(scope="module")
def shared_listing():
    with Hub(CORS_ORIGIN=GOOD) as started:
        yield started


@pytest.fixture(scope="module")
def shared_keyed():
    with Hub(CORS_ORIGIN=GOOD, FANFARE_PUBLISH_KEY=KEY) as started:
        yield started


@pytest.fixture
def keyed(shared_keyed):
    """Has a list and a key: its listed pages may publish."""
    with shared_keyed.watched([JSON, ("X-API-Key", KEY)]):
        yield shared_keyed


@pytest.fixture
def listing(shared_listing):
    with shared_listing.watched():
        yield shared_listing


def said_to_browsers(response):
    return {name: value for name, value in response.headers if name.startswith("access-control-")}


def attempts(hub, sid, headers):
    """A handshake, a poll, a POST, a preflight's answer aside: everything that a page could do."""
    yield hub.request("GET", target(), headers=headers)
    yield hub.request("GET", target(sid=sid), headers=headers)
    yield hub.request("POST", target(sid=sid), b'42["subscribe","x"]', headers=headers)
    yield hub.exchange(upgrade_request(headers=headers))
    yield hub.exchange(upgrade_request(target=target(transport="websocket", sid=sid), headers=headers))


def assert_foreign(hub, headers):
    with Poller(hub) as poller:
        poller.join()
        for response in attempts(hub, poller.sid, headers):
            assert response.status in (400, 403) and said_to_browsers(response) == {}, (headers, response)
            assert response.status == 403 or len(headers) > 1
            assert response.body in (FORBIDDEN, b"Forbidden") or response.status == 400
        poller.subscribe("still-here")


@pytest.mark.parametrize("origin", ["https://evil.example", "https://evil.example:443"])
def test_f01_a_foreign_page_gets_nowhere(listing, hub, origin):
    assert_foreign(listing, [("Origin", origin)])
    assert_foreign(hub, [("Origin", origin)])


ALIKE = [
    "https://good.example.evil.com", "https://evilgood.example", "http://good.example", "https://good.example:8443",
    "https://good.example:80", "null", "", " ",
    "https://good.example/", "https://good.example/x", "https://good.example?", "https://good.example#", "https://user@good.example",
    "https://good.example@evil.example",
    "https://evil.example/https://good.example", "https://good.example https://evil.example", "https://good.example, https://evil.example",
    "https://good.example.", "https://good%2eexample",
    "https:/good.example", "https:good.example", "//good.example", "good.example", "https://goodxexample",
    "https://good.example\\@evil.example", "*", "https://*",
    "https://good.example:", "https://good.example:443x", "https://[good.example]",
]  # fmt: skip


@pytest.mark.parametrize("origin", ALIKE, ids=ascii)
def test_f02_origins_that_only_look_alike_are_foreign(listing, origin):
    assert_foreign(listing, [("Origin", origin)])


def test_f02_letters_of_other_alphabets_are_others(listing):
    connection = dial(listing)
    data = request("GET", target(), headers=[("Connection", "close"), ("Origin", "https://g00d.example")])
    connection.sendall(data.replace(b"00", "\u043e\u043e".encode()))
    result = ending(connection)
    assert result.statuses in ([400], [403]) and b"access-control" not in result.data.lower(), result


@pytest.mark.parametrize("second", ["https://evil.example", GOOD])
def test_f02_two_origins_are_none(listing, second):
    assert_foreign(listing, [("Origin", GOOD), ("Origin", second)])
    assert_foreign(listing, [("Origin", second), ("Origin", GOOD)])


def test_f02_case_and_default_port_are_what_browsers_make_of_them(listing):
    """Browsers send hosts in lower case and leave out the default port; whatever else is taken has to mean the same."""
    for origin in ("HTTPS://GOOD.EXAMPLE", "https://good.example:443"):
        response = listing.request("GET", target(), headers=[("Origin", origin)])
        assert response.status in (200, 403)
        assert response.header("Access-Control-Allow-Origin") in ([origin] if response.status == 200 else [None])


def test_f03_an_allowed_origin_is_echoed_exactly(listing):
    with Poller(listing, headers=[("Origin", GOOD)]) as poller:
        for response in (poller.handshake, poller.post(b"40"), poller.get()):
            assert response.header("Access-Control-Allow-Origin") == GOOD
            assert response.header("Access-Control-Allow-Credentials") == "true"
            assert "Origin" in response.header("Vary")
    with WebSocketConnection(listing, headers=[("Origin", GOOD)]) as websocket:
        websocket.join()


PREFLIGHT = [("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "authorization,content-type")]


def publishes(hub, origin):
    """A preflight and a publish that has the key, to the control clients' channel."""
    headers = [("Origin", origin)]
    path = publish_target(hub.controls.channel, "poison")
    yield hub.request("OPTIONS", path, headers=[*headers, *PREFLIGHT])
    yield hub.exchange(hub.poison(headers=[JSON, *headers, ("X-API-Key", KEY)]))


@pytest.mark.parametrize("origin", ["https://evil.example", *ALIKE], ids=ascii)
def test_f01_f02_a_foreign_page_does_not_publish_with_a_key_that_it_has(keyed, origin):
    for response in publishes(keyed, origin):
        assert response.status in (400, 403) and said_to_browsers(response) == {}, response


def test_f03_a_listed_page_may_publish_and_read_the_answer(keyed, channel):
    path = publish_target(channel, "e")
    response = keyed.request("OPTIONS", path, headers=[("Origin", GOOD), *PREFLIGHT])
    assert response.status == 204 and response.header("Access-Control-Allow-Methods") == "POST"
    allowed = {name.strip().lower() for name in response.header("Access-Control-Allow-Headers").split(",")}
    assert {"authorization", "content-type", "x-api-key", "prefer"} <= allowed
    for headers, status in (([("X-API-Key", KEY)], 200), ([("X-API-Key", KEY[:-1])], 401), ([], 401)):
        response = keyed.publish(channel, "e", b"1", [JSON, ("Origin", GOOD), *headers])
        assert response.status == status
        assert response.header("Access-Control-Allow-Origin") == GOOD and response.header("Vary") == "Origin"


def test_f04_the_star_does_not_count_for_publishing(channel):
    """Beside it an origin that is named does."""
    with Hub(CORS_ORIGIN=f"*,{GOOD}", FANFARE_PUBLISH_KEY=KEY) as hub, hub.watched([JSON, ("X-API-Key", KEY)]):
        for response in publishes(hub, "https://evil.example"):
            assert response.status == 403 and said_to_browsers(response) == {}
        assert hub.publish(channel, "e", b"1", [JSON, ("Origin", GOOD), ("X-API-Key", KEY)]).status == 200
        assert hub.request("GET", target(), headers=[("Origin", "https://evil.example")]).status == 200


def test_f05_without_a_key_configured_a_listed_page_does_not_publish(listing):
    for response in publishes(listing, GOOD):
        assert response.status == 403 and said_to_browsers(response) == {}


@needs("--cors-credentials")
def test_f04_all_origins_with_credentials_do_not_start():
    finished = run("serve", "--port", "0", "--cors-origin", "*", "--cors-credentials")
    assert finished.returncode == EX_CONFIG and "credentials" in finished.stderr


def test_f04_all_origins_get_no_credentials():
    with hosted("--cors-origin", "*") as hub:
        response = hub.request("GET", target(), headers=[("Origin", "https://evil.example")])
        assert said_to_browsers(response) == {"access-control-allow-origin": "*"}
        # A list of everything is for subscribing: publishing stays this machine's.
        assert hub.exchange(hub.poison(headers=[JSON, ("Origin", "https://evil.example")])).status == 403


def test_f05_without_an_origin_the_transports_are_open_and_publishing_needs_its_key(channel):
    with Hub(FANFARE_PUBLISH_KEY=KEY) as hub, hub.watched([JSON, ("X-API-Key", KEY)]):
        with Poller(hub) as poller, WebSocketConnection(hub) as websocket:
            poller.join()
            websocket.join()
        for headers in ([JSON], [JSON, ("X-API-Key", KEY[:-1])], [JSON, ("Authorization", "Bearer")]):
            response = hub.exchange(hub.poison(headers=headers))
            assert response.status == 401, (headers, response)
        assert KEY not in hub.logged


@pytest.mark.parametrize(
    "name", ["X-Forwarded-Host", "Forwarded", "X-Host", "X-Original-Host", "X-Forwarded-Server", "X-HTTP-Host-Override"]
)
def test_f06_forwarding_headers_of_strangers_are_ignored(hub, listing, name):
    value = "host=evil.example;proto=https" if name == "Forwarded" else "evil.example"
    headers = [("Origin", "https://evil.example"), (name, value), ("X-Forwarded-Proto", "https")]
    for server in (hub, listing):
        response = server.request("GET", target(), headers=headers)
        assert (response.status, response.body) == (403, FORBIDDEN)
    # Nor do they make a rebound name this machine's.
    for trusted in ("localhost", "127.0.0.1"):
        assert hub.request("GET", target(), headers=[(name, trusted)], host="evil.example").status == 403


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
def test_f07_a_form_of_a_foreign_page_publishes_nothing(hub, kind):
    for origin in ("https://evil.example", "null"):
        assert hub.exchange(hub.poison(headers=[("Content-Type", kind), ("Origin", origin)])).status in (403, 415)
    assert hub.exchange(hub.poison(headers=[("Content-Type", kind)])).status == 415


HOSTS = ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil.localhost.example", "xlocalhost", "0.0.0.0",
    "0x7f.0.0.1", "2130706433", "[::2]", "127.0.0.1.", "[::ffff:127.0.0.1]",
         "127.1", "localhost:80@evil.example", "evil.example#localhost", "evil.example/localhost", "127.0.0.1%00.evil.example",
         "127.0.0.1\tevil.example"]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_f07_a_rebound_name_is_refused_on_every_path(hub, host):
    for method, path, body in (
        ("GET", "/livez", None), ("GET", target(), None), ("GET", "/docs", None), ("GET", "/openapi.json", None), ("GET", "/nothing", None),
        ("POST", publish_target(hub.controls.channel, "poison"), b"1"), ("OPTIONS", target(), None),
    ):  # fmt: skip
        assert hub.exchange(request(method, path, body, [JSON] if body else [], host=host)).status in (400, 403), path
    assert hub.exchange(upgrade_request(host=host)).status in (400, 403)


def test_f07_the_name_in_an_absolute_target_counts_too(hub):
    """RFC 9112 3.2.2: it stands above the Host header."""
    path = publish_target(hub.controls.channel, "poison")
    response = hub.request("POST", "http://evil.example" + path, b"1", [JSON], host="127.0.0.1")
    assert response.status in (400, 403, 404), response
    response = hub.request("POST", "http://127.0.0.1" + path, b"1", [JSON], host="evil.example")
    assert response.status in (400, 403), response


def test_f08_an_empty_list_of_origins_is_none():
    for value in ("", " ", " , "):
        with Server(CORS_ORIGIN=value) as hub:
            assert hub.request("GET", target(), headers=[("Origin", "http://localhost:3000")]).status == 200
            assert hub.request("GET", target(), headers=[("Origin", "https://evil.example")]).status == 403


@pytest.mark.parametrize(
    "value",
    [
        "https://good.example/",
        "https://good.example/x",
        "good.example",
        "https://*.good.example",
        "https://good.example?x",
        "ftp//x",
        "https://a https://b",
    ],
)
def test_f08_an_origin_that_is_none_is_refused_at_the_start(value):
    finished = run("serve", "--port", "0", CORS_ORIGIN=value)
    assert finished.returncode == EX_CONFIG and finished.stderr.strip(), finished
