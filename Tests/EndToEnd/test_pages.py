"""The reference page and the OpenAPI document, which has to say what the server does."""

import json
import re

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from harness.http import JSON, request
from harness.server import Server
from harness.websocket import upgrade_request

KEY = "a-key-of-the-tests-0123456789-0123456789"
PUBLISH = ("post", "/broadcast/{channel}/{event}")
ENGINE = ("get", "/socket.io/")
TARGETS = {PUBLISH: "/broadcast/news/update", ENGINE: "/socket.io/?EIO=4&transport=polling"}
LONG = "x" * 9_000

#: Documented and not provoked here, with the reason.
EXEMPT = {
    408: "takes ten seconds of silence; the connection's own unit tests let them pass in virtual time",
    503: "needs more waiting messages than a fast server lets gather; the publish endpoint's unit tests set the bound to nothing",
}

PAGES = ["/docs", "/docs/app.js", "/docs/style.css", "/openapi.json"]


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
        for method in ("get", "post", "put", "delete", "options"):
            if method in item:
                yield (method, path), item[method]


def responses(document):
    for operation, description in operations(document):
        for status, response in description["responses"].items():
            yield operation, int(status), resolve(document, response)


def validator(document, schema):
    return Draft202012Validator({**schema, "components": document["components"]})


def examples(document, media):
    if "example" in media:
        yield media["example"]
    for example in media.get("examples", {}).values():
        yield resolve(document, example)["value"]


def common_requests(method, target):
    """What every operation can be answered, as bytes."""
    body = b"1" if method == "post" else None
    typed = [JSON] if body else []
    yield 400, request(method.upper(), target, body, [*typed, ("Host", "127.0.0.1")])
    yield 403, request(method.upper(), target, body, typed, host="example.org")
    yield 414, request(method.upper(), target + ("&" if "?" in target else "?") + LONG, body, typed)
    yield 431, request(method.upper(), target, body, [*typed, ("X-Long", LONG), ("X-Longer", LONG)])
    yield 501, request(method.upper(), target, None, [*typed, ("Transfer-Encoding", "xchunked")])


def own_requests(operation):
    path = operation[1]
    target = TARGETS.get(operation, path)
    if operation == PUBLISH:
        for body in (b'{"hello":"world"}', b"[1]", b'"a"', b"1.5", b"true", b"null"):
            yield 200, request("POST", target, body, [JSON])
            yield 200, request("POST", target, body, [JSON, ("Prefer", "return=minimal")])
        yield 403, request("POST", target, b"1", [JSON, ("Origin", "http://example.org")])
        yield 404, request("POST", target + "/", b"1", [JSON])
        yield 405, request("GET", target)
        yield 413, request("POST", target, b" " * 1_000_001, [JSON])
        yield 415, request("POST", target, b"1", [("Content-Type", "text/plain")])
        yield 415, request("POST", target, b"1", [JSON, ("Content-Encoding", "gzip")])
        for body in (b"", b"NaN", b"[1,]"):
            yield 422, request("POST", target, body, [JSON])
        yield 422, request("POST", "/broadcast/%20a/e", b"1", [JSON])
        yield 422, request("POST", "/broadcast/a/connect", b"1", [JSON])
    elif operation == ENGINE:
        yield 200, request("GET", target)
        yield 101, upgrade_request()
        yield 400, request("GET", "/socket.io/?EIO=4&transport=pigeon")
        yield 400, upgrade_request(target="/socket.io/?EIO=3&transport=websocket")
        yield 403, request("GET", target, headers=[("Origin", "http://example.org")])
        yield 403, upgrade_request(headers=[("Origin", "http://example.org")])
        yield 426, upgrade_request(version="7")
    elif path in ("/", "/redoc"):
        yield 307, request("GET", target)
    else:
        yield 200, request("GET", target)


def assert_as_described(document, description, answer):
    for name, header in description.get("headers", {}).items():
        value = answer.header(name)
        assert value is not None or not header.get("required"), f"{name} is missing: {answer}"
        if value is not None:
            validator(document, header["schema"]).validate(value)
    content = description.get("content")
    if content is None:
        assert answer.body == b"", answer
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
    for operation, _ in operations(document):
        target = TARGETS.get(operation, operation[1])
        for status, data in [*common_requests(operation[0], target), *own_requests(operation)]:
            answer = server.exchange(data)
            assert answer.status == status, (operation, data[:200], answer)
            assert_as_described(document, described[operation, status], answer)
            provoked.add((operation, status))
    with Server(FANFARE_PUBLISH_KEY=KEY) as keyed:
        for headers in ([JSON], [JSON, ("X-API-Key", "wrong")]):
            answer = keyed.publish("news", "update", b"1", headers)
            assert answer.status == 401
            assert_as_described(document, described[PUBLISH, 401], answer)
        for headers in ([JSON, ("X-API-Key", KEY)], [JSON, ("Authorization", f"Bearer {KEY}")]):
            answer = keyed.publish("news", "update", b"1", headers)
            assert answer.status == 200
            assert_as_described(document, described[PUBLISH, 200], answer)
        provoked.add((PUBLISH, 401))
    assert {pair for pair in described if pair[1] not in EXEMPT} == provoked


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
    assert set(re.findall(r'(?:src|href)="([^"#][^"]*)"', page)) == {"/docs/style.css", "/docs/app.js", "/openapi.json", "data:,"}
    assert not re.search(r"<style|<script(?! src)| style=| on\w+=", page)
    for field in re.findall(r'<(?:input|textarea) id="(\w+)"', page):
        assert f'for="{field}"' in page or re.search(rf'<label[^>]*><input id="{field}"', page), f"{field} has no label"


def test_pages_are_open_when_a_key_is_set(own_binary):
    with Server(FANFARE_PUBLISH_KEY=KEY) as keyed:
        for path in PAGES:
            assert keyed.request("GET", path, host="push.example.org").status == 200
        assert keyed.request("GET", "/").header("Location") == "/docs"
