"""The reference page and the OpenAPI document, which has to say what the server does."""

import json
import re
import signal
import time
from contextlib import ExitStack

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from harness import PATIENCE
from harness.http import JSON, Response, publish_request, request
from harness.kernel import settled
from harness.polling import TEXT, Poller
from harness.redis import Redis
from harness.server import Server
from harness.websocket import WebSocketConnection, upgrade_request

KEY = "a-key-of-the-tests-0123456789-0123456789"
PUBLISH, PUBLISH_PREFLIGHT = ((method, "/broadcast/{channel}/{event}") for method in ("post", "options"))
RECEIVE, SEND, PREFLIGHT = ((method, "/socket.io/") for method in ("get", "post", "options"))
ENGINE_TARGET = "/socket.io/?EIO=4&transport=polling"
READY = ("get", "/readyz")
METRICS = ("get", "/metrics")
CHANNELS, CHANNEL = ("get", "/channels"), ("get", "/channels/{channel}")
SOCKET, DISCONNECT = ("get", "/sockets/{id}"), ("delete", "/sockets/{id}")
NOBODY = "/sockets/AAAAAAAAAAAAAAAAAAAA"
NEIGHBOUR, FOREIGN = ("Origin", "http://localhost:3000"), ("Origin", "http://example.org")
LONG = "x" * 9_000

PAGES = ["/docs", "/docs/app.js", "/docs/style.css", "/openapi.json", "/console"]


@pytest.fixture(scope="module")
def document(server):
    return server.request("GET", "/openapi.json").json()


def resolve(document, value):
    """`value`, or what its `$ref` names."""
    while isinstance(value, dict) and "$ref" in value:
        found = document
        for step in value["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        value = found
    return value


def operations(document):
    for path, item in document["paths"].items():
        assert set(item) <= {"parameters", "get", "head", "post", "delete", "options"}
        for method, operation in item.items():
            if method != "parameters":
                yield (method, path), operation


def responses(document):
    for operation, description in operations(document):
        for status, response in description["responses"].items():
            yield operation, status, resolve(document, response)


def target_of(operation):
    method, path = operation
    targets = {PUBLISH[1]: "/broadcast/news/update", "/socket.io/": ENGINE_TARGET, CHANNEL[1]: "/channels/news", SOCKET[1]: NOBODY}
    return targets.get(path, path)


def validator(document, schema):
    return Draft202012Validator({**schema, "components": document["components"]})


def examples(document, media):
    if "example" in media:
        yield media["example"]
    for example in media.get("examples", {}).values():
        yield resolve(document, example)["value"]


def common_requests(operation):
    """What every operation can be answered, as bytes."""
    method, target = operation[0].upper(), target_of(operation)
    body = b"1" if method == "POST" else None
    typed = [JSON] if operation == PUBLISH else []
    yield "400", request(method, target, body, [*typed, ("Host", "127.0.0.1")])
    yield "403", request(method, target, body, typed, host="example.org")
    yield "414", request(method, target + ("&" if "?" in target else "?") + LONG, body, typed)
    yield "431", request(method, target, body, [*typed, ("X-Long", LONG), ("X-Longer", LONG)])
    yield "501", request(method, target, None, [*typed, ("Transfer-Encoding", "xchunked")])


def own_requests(operation, session, socket):
    """`session` makes the target of a new long-polling session, `socket` that of a new socket."""
    method, path = operation
    target = target_of(operation)
    if operation == PUBLISH:
        for body in (b'{"hello":"world"}', b"[1]", b'"a"', b"1.5", b"true", b"null"):
            yield "200", request("POST", target, body, [JSON])
            yield "200", request("POST", target, body, [JSON, ("Prefer", "return=minimal")])
        yield "403", request("POST", target, b"1", [JSON, FOREIGN])
        yield "404", request("POST", target + "/", b"1", [JSON])
        yield "405", request("GET", target)
        yield "413", request("POST", target, b" " * 1_000_001, [JSON])
        yield "415", request("POST", target, b"1", [("Content-Type", "text/plain")])
        yield "415", request("POST", target, b"1", [JSON, ("Content-Encoding", "gzip")])
        for body in (b"", b"NaN", b"[1,]"):
            yield "422", request("POST", target, body, [JSON])
        yield "422", request("POST", "/broadcast/%20a/e", b"1", [JSON])
        yield "422", request("POST", "/broadcast/a/connect", b"1", [JSON])
    elif operation == PUBLISH_PREFLIGHT:
        yield "204", request("OPTIONS", target, headers=[NEIGHBOUR])
        yield "403", request("OPTIONS", target, headers=[FOREIGN])
        yield "405", request("OPTIONS", target)
    elif operation == RECEIVE:
        yield "200", request("GET", target)
        yield "200", request("GET", target, headers=[NEIGHBOUR])
        yield "101", upgrade_request()
        yield "400", request("GET", "/socket.io/?EIO=4&transport=pigeon")
        yield "400", request("GET", target + "&sid=unknown")
        yield "400", upgrade_request(target="/socket.io/?EIO=3&transport=websocket")
        yield "403", request("GET", target, headers=[FOREIGN])
        yield "403", upgrade_request(headers=[FOREIGN])
        yield "426", upgrade_request(version="7")
    elif operation == SEND:
        for headers in ([TEXT], [], [JSON], [TEXT, NEIGHBOUR]):
            yield "200", request("POST", session(), b"40", headers)
        yield "400", request("POST", target, b"40", [TEXT])
        yield "400", request("POST", target + "&sid=unknown", b"40", [TEXT])
        yield "400", request("POST", "/socket.io/?EIO=4&transport=pigeon", b"40", [TEXT])
        for body in (b"", b"zzz", b"\x1e".join([b"6"] * 257)):
            yield "400", request("POST", session(), body, [TEXT])
        yield "400", request("POST", session(), b"40", [("Content-Type", "application/octet-stream")])
        yield "403", request("POST", session(), b"40", [TEXT, FOREIGN])
        yield "413", request("POST", session(), b"4" * 1_000_001, [TEXT])
    elif operation == PREFLIGHT:
        asked = ("Access-Control-Request-Headers", "x-custom")
        yield "204", request("OPTIONS", target, headers=[NEIGHBOUR])
        yield "204", request("OPTIONS", target, headers=[NEIGHBOUR, asked])
        yield "400", request("OPTIONS", target)
        yield "403", request("OPTIONS", target, headers=[FOREIGN])
        yield "500", request("OPTIONS", session())
    elif path == CHANNELS[1]:
        yield "200", request(method.upper(), target)
        yield "200", request(method.upper(), target + "?limit=1&prefix=n%C3%A9&after=a")
        for query in ("limit=0", "limit=1001", "limit=", "limit=-1", "prefix=%", "after=%FF"):
            yield "422", request(method.upper(), f"{target}?{query}")
    elif path == CHANNEL[1]:
        yield "200", request(method.upper(), target)
        for name in ("%20a", "%FF", "fanfare:x"):
            yield "422", request(method.upper(), f"/channels/{name}")
    elif path == SOCKET[1]:
        yield "404", request(method.upper(), target)
        yield "404", request(method.upper(), "/sockets/%FF")
        yield "204" if method == "delete" else "200", request(method.upper(), socket())
    elif path in ("/", "/redoc"):
        yield "307", request(method.upper(), target)
    else:
        yield "200", request(method.upper(), target)


def assert_headers_as_described(document, description, answer):
    for name, header in description.get("headers", {}).items():
        header, value = resolve(document, header), answer.header(name)
        assert value is not None or not header.get("required"), f"{name} is missing: {answer}"
        if value is not None:
            validator(document, header["schema"]).validate(value)


def assert_body_as_described(document, description, answer):
    content = description.get("content")
    if content is None or (answer.body == b"" and "an empty body" in description["description"]):
        assert answer.body == b"" and answer.header("Content-Type") is None, answer
        return
    kind = answer.header("Content-Type").split(";")[0]
    assert kind in content, answer
    body = json.loads(answer.body) if kind == "application/json" else answer.body.decode()
    validator(document, content[kind]["schema"]).validate(body)


def test_the_document_is_valid(document):
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"].startswith("3.1.")


def test_every_example_fits_its_schema(document):
    checked = 0
    for _, _, response in responses(document):
        for media in response.get("content", {}).values():
            for example in examples(document, media):
                validator(document, media["schema"]).validate(example)
                checked += 1
            assert "example" in media or "examples" in media
    body = document["paths"][PUBLISH[1]]["post"]["requestBody"]["content"]["application/json"]
    for example in examples(document, body):
        validator(document, body["schema"]).validate(example)
    assert checked > 30


def test_every_documented_answer_is_given_and_fits(server, own_binary, document):
    provoked = set()
    described = {(operation, status): response for operation, status, response in responses(document)}

    def assert_described(operation, status, answer):
        """`status` is the answer's own, and described, as such or by its first digit."""
        assert str(answer.status) == status, (operation, status, answer)
        key = (operation, status) if (operation, status) in described else (operation, status[0] + "XX")
        assert_headers_as_described(document, described[key], answer)
        if operation[0] != "head":
            assert_body_as_described(document, described[key], answer)
        provoked.add(key)

    with ExitStack() as stack:

        def session():
            return stack.enter_context(Poller(server)).target()

        def socket():
            connection = stack.enter_context(WebSocketConnection(server))
            return f"/sockets/{connection.join().socket_id}"

        for operation, _ in operations(document):
            for status, data in [*common_requests(operation), *own_requests(operation, session, socket)]:
                if operation[0] == "head":
                    assert_described(operation, status, head(server, data))
                else:
                    assert_described(operation, status, server.exchange(data))
    for operation, answer in [*too_slow(document), *surplus(document), *draining(), *overload(), *cluster()]:
        assert_described(operation, str(answer.status), answer)
    with Server(FANFARE_PUBLISH_KEY=KEY) as keyed:
        for headers in ([JSON], [JSON, ("X-API-Key", "wrong")]):
            assert_described(PUBLISH, "401", keyed.publish("news", "update", b"1", headers))
        for headers in ([], [("X-API-Key", "wrong")]):
            for operation in (METRICS, CHANNELS, CHANNEL, SOCKET, DISCONNECT):
                answer = keyed.request(operation[0].upper(), target_of(operation), headers=headers)
                assert_described(operation, "401", answer)
        assert_described(METRICS, "200", keyed.request("GET", "/metrics", headers=[("X-API-Key", KEY)]))
        assert_described(METRICS, "403", keyed.request("GET", "/metrics", headers=[("X-API-Key", KEY), FOREIGN]))
        for headers in ([JSON, ("X-API-Key", KEY)], [JSON, ("Authorization", f"Bearer {KEY}")]):
            assert_described(PUBLISH, "200", keyed.publish("news", "update", b"1", headers))
    assert set(described) == provoked


def cluster():
    """The answers of one of several nodes, while Redis is there, silent, and away."""
    with Redis() as redis, Server("--redis", redis.url) as node:
        deadline = time.monotonic() + PATIENCE
        while (answer := node.request("GET", "/readyz")).status != 200:
            yield READY, answer
            assert time.monotonic() < deadline
        yield READY, answer
        yield PUBLISH, node.publish("news", "update", b"1")
        for operation in (CHANNELS, CHANNEL):
            yield operation, node.request("GET", target_of(operation))
        redis.pause()
        answer = node.publish("news", "update", b"1")
        assert answer.status == 504
        yield PUBLISH, answer
        answer = node.publish("news", "update", b"1")
        assert answer.status == 503
        yield PUBLISH, answer
        yield READY, node.request("GET", "/readyz")
    with Redis() as redis:
        redis.kill()
        with Server("--redis", redis.url) as node:
            answer = node.request("GET", "/readyz")
            assert answer.status == 503
            yield READY, answer


def head(server, data):
    """The answer to a HEAD; as it has no body, one can only tell by the end of the connection. Where the connection itself refuses, the
    text of its refusal still follows."""
    with server.connect() as connection:
        connection.send(data.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
        received = b""
        while part := connection.socket.recv(65536):
            received += part
    fields, _, body = received.partition(b"\r\n\r\n")
    lines = fields.split(b"\r\n")
    headers = [(name.decode().lower(), value.strip().decode()) for name, _, value in (line.partition(b":") for line in lines[1:])]
    answer = Response(int(lines[0].split()[1]), headers, body)
    if answer.status not in (400, 414, 431, 501):
        assert body == b"", answer
    return answer


def requests_with_an_answer(document):
    """One request for every operation but HEAD, as bytes."""
    for operation, _ in operations(document):
        if operation[0] != "head":
            yield operation, request(operation[0].upper(), target_of(operation))


def too_slow(document):
    """The answers to requests that are never complete."""
    with Server("--limit-header-deadline", "100ms") as server, ExitStack() as stack:
        for operation, data in requests_with_an_answer(document):
            connection = stack.enter_context(server.connect())
            connection.send(data[:-2])
            answer = connection.response()
            assert answer.status == 408
            yield operation, answer


def surplus(document):
    """The answers on connections beyond the only one that the server takes."""
    with Server("--limit-connections", "1") as server, ExitStack() as stack:
        deadline = time.monotonic() + PATIENCE
        first = stack.enter_context(server.connect())
        first.send(request("GET", "/livez"))
        while first.response().status != 200:
            # The connection that has asked whether the server is up still counts.
            assert time.monotonic() < deadline
            first.socket.close()
            time.sleep(0.05)
            first = stack.enter_context(server.connect())
            first.send(request("GET", "/livez"))
        for operation, data in requests_with_an_answer(document):
            answer = server.exchange(data)
            assert answer.status == 503
            yield operation, answer


def draining():
    """The answers of a server that stops, to requests that were begun before it was told to. It waits for a client that does not go."""
    with Server() as server, ExitStack() as stack:
        subscriber = stack.enter_context(WebSocketConnection(server)).join()
        begun = []
        for operation, data in ((READY, request("GET", "/readyz")), (PUBLISH, publish_request("news", "update", b"1"))):
            connection = stack.enter_context(server.connect())
            connection.send(data[:10])
            settled(connection)
            begun.append((operation, connection, data))
        server.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while "msg=draining" not in server.logged:
            assert time.monotonic() < deadline, server.logged
            time.sleep(0.005)
        for operation, connection, data in begun:
            connection.send(data[10:])
            answer = connection.response()
            assert answer.status == 503
            yield operation, answer
        assert subscriber.close_code() == 1001
        assert server.process.wait(timeout=40) == 0


def overload():
    """The answers to publishes that come in one piece to the server's only loop: it judges all of them before it fans out the first."""
    with Server("--loops", "1", "--limit-pending-messages", "2") as server, ExitStack() as stack:
        subscriber = stack.enter_context(WebSocketConnection(server)).join()
        subscriber.text(b'421["subscribe","news"]')
        assert subscriber.text_packet() == b'431["Entered room: news"]'
        connection = stack.enter_context(server.connect())
        connection.send(publish_request("news", "update", b"1") * 4)
        answers = [connection.response() for _ in range(4)]
        assert [answer.status for answer in answers] == [200, 200, 503, 503]
        assert [subscriber.text_packet() for _ in range(2)] == [b'42["update",1]'] * 2
    return [(PUBLISH, answer) for answer in answers]


@pytest.mark.parametrize(
    "name",
    [
        "a", "é", "a b", "a/b", "...", "x" * 200, "%", " a", "a ", ".", "..", "fanfare:x", "connect", "x" * 201, "\u2028", "a\ufffd",
    ],
)  # fmt: skip
def test_the_documented_name_rule_is_the_servers(server, document, channel, name):
    rule = validator(document, document["paths"][PUBLISH[1]]["parameters"][1]["schema"])
    assert (server.publish(channel, name, b"1").status == 200) == rule.is_valid(name)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_strict_about_what_it_loads(server, path):
    answer = server.request("GET", path)
    assert answer.status == 200
    policy = dict(part.strip().split(" ", 1) for part in answer.header("Content-Security-Policy").split(";"))
    assert policy == {
        "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "connect-src": "'self'", "img-src": "data:",
        "base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'",
    }  # fmt: skip
    assert answer.header("X-Content-Type-Options") == "nosniff"
    assert answer.header("Referrer-Policy") == "no-referrer"
    with server.connect() as connection:
        connection.send(request("HEAD", path, headers=[("Connection", "close")]))
        received = b""
        while part := connection.socket.recv(65536):
            received += part
    assert received.startswith(b"HTTP/1.1 200 ") and received.endswith(b"\r\n\r\n")
    assert b"Content-Length: %d\r\n" % len(answer.body) in received


def test_the_page_is_small_and_loads_nothing_from_elsewhere(server):
    texts = {path: server.request("GET", path).body.decode() for path in PAGES[:3]}
    assert sum(len(text.encode()) for text in texts.values()) < 40_000
    for path, text in texts.items():
        code = re.sub(r"^\s*// .*$", "", text, flags=re.MULTILINE)
        assert set(re.findall(r"(?:https?:|wss?:)?//[\w.-]+(?::\d+)?", code)) <= {"http://localhost:8000"}, path
    page = texts["/docs"]
    links = {"/openapi.json", "/console"}
    assert set(re.findall(r'(?:src|href)="([^"#][^"]*)"', page)) == {"/docs/style.css", "/docs/app.js", "data:,"} | links
    assert not re.search(r"<style|<script(?! src)| style=| on\w+=", page)
    for field in re.findall(r'<(?:input|textarea) id="(\w+)"', page):
        assert f'for="{field}"' in page or re.search(rf'<label[^>]*><input id="{field}"', page), f"{field} has no label"


def test_pages_are_open_when_a_key_is_set(own_binary):
    with Server(FANFARE_PUBLISH_KEY=KEY) as keyed:
        for path in PAGES:
            assert keyed.request("GET", path, host="push.example.org").status == 200
        assert keyed.request("GET", "/").header("Location") == "/docs"
