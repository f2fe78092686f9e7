"""The official client in a browser, whose page comes from another origin."""

import json

import pytest

from harness.browser import CHROMIUM, Page, Site
from harness.http import publish_target
from harness.server import Server
from harness.subscriber import Subscriber, event_packet
from test_polling_clients import BOTH, POLLING, expect_upgrade, publish_all

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
HOST = "app.example.org"
KEY = "a-key-of-the-tests-0123456789-0123456789"
JSON = {"Content-Type": "application/json"}
OPTIONS = {
    "default": {"transports": BOTH},
    "polling": {"transports": POLLING},
    "polling, with credentials": {"transports": POLLING, "withCredentials": True},
    "default, with credentials": {"transports": BOTH, "withCredentials": True},
    "polling, no trailing slash": {"transports": POLLING, "addTrailingSlash": False},
    "default, no trailing slash": {"transports": BOTH, "addTrailingSlash": False},
    "polling, with a header that needs a preflight": {"transports": POLLING, "extraHeaders": {"X-Custom": "1"}},
    "websocket": {"transports": ["websocket"]},
}


def assert_works(server, page, channel, name, options):
    page.do("open", name, options=options)
    if options["transports"] == BOTH:
        expect_upgrade(page, name)
    else:
        assert page.expect("connect", name)["transport"] == options["transports"][0]
    assert page.ask("subscribe", channel, name=name) == [f"Entered room: {channel}"]
    values = [None, "é😀\u2028", [1, {"a": None}], *range(40), "x" * 100_000]
    publish_all(server, channel, values)
    for value in values:
        assert page.expect("event", name)["values"] == [value]
    page.do("close", name)
    page.expect("disconnect", name)


def assert_fails(page, name, options):
    page.do("open", name, options={**options, "reconnection": False})
    page.expect("connect_error", name)


def test_a_page_of_a_listed_origin(own_binary, channel):
    site = Site()
    with Server("--cors-origin", f"http://{HOST}:{site.port}") as server, Page(site, server.url, HOST) as page:
        for number, (name, options) in enumerate(OPTIONS.items()):
            assert_works(server, page, f"{channel}-{number}", name, options)


def test_a_page_of_any_origin(own_binary, channel):
    site = Site()
    with Server(CORS_ORIGIN="*") as server, Page(site, server.url, HOST) as page:
        for number, (name, options) in enumerate(OPTIONS.items()):
            # A browser takes no `*` together with credentials.
            if options.get("withCredentials"):
                assert_fails(page, name, {"transports": POLLING, "withCredentials": True})
            else:
                assert_works(server, page, f"{channel}-{number}", name, options)


def test_a_page_of_this_machine_needs_no_list(server, channel):
    site = Site()
    with Page(site, server.url, "localhost") as page:
        for number, name in enumerate(["default", "polling", "default, no trailing slash", "websocket"]):
            assert_works(server, page, f"{channel}-{number}", name, OPTIONS[name])


@pytest.mark.parametrize("origins", ["", "http://other.example.org"], ids=["no list", "another list"])
def test_a_page_of_a_foreign_origin_does_not_connect(own_binary, origins):
    site = Site()
    with Server(CORS_ORIGIN=origins) as server, Page(site, server.url, HOST) as page:
        for transports in (POLLING, BOTH, ["websocket"]):
            assert_fails(page, json.dumps(transports), {"transports": transports})


# Publishing


def post(page, channel, body="1", headers=(), credentials="same-origin", content_type=JSON):
    page.do("post", path=publish_target(channel, "e"), body=body, headers={**content_type, **dict(headers)}, credentials=credentials)


def test_a_listed_page_publishes_with_its_key_and_reads_every_answer(own_binary, channel):
    site = Site()
    with (
        Server("--cors-origin", f"http://{HOST}:{site.port}", FANFARE_PUBLISH_KEY=KEY) as server,
        Page(site, server.url, HOST) as page,
        Subscriber(server) as subscriber,
    ):
        subscriber.subscribe(channel)
        for number, (headers, credentials) in enumerate(
            (
                ({"Authorization": f"Bearer {KEY}"}, "same-origin"),
                ({"X-API-Key": KEY}, "include"),
                ({"X-API-Key": KEY, "Prefer": "return=minimal", "traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01"}, "omit"),
            )
        ):
            post(page, channel, str(number), headers, credentials)
            answer = page.expect("answer")
            assert (answer["status"], json.loads(answer["text"])["subscribers"]) == (200, 1)
            assert answer["headers"].get("preference-applied") == ("return=minimal" if "Prefer" in headers else None)
            assert subscriber.packet() == event_packet("e", b"%d" % number)
        for status, body, headers in ((401, "1", {}), (401, "1", {"X-API-Key": "wrong"}), (422, "[1", {"X-API-Key": KEY})):
            post(page, channel, body, headers)
            answer = page.expect("answer")
            assert answer["status"] == status and json.loads(answer["text"])["detail"]
        # A form's type needs no preflight.
        post(page, channel, "1", {"X-API-Key": KEY}, content_type={"Content-Type": "text/plain"})
        assert page.expect("answer")["status"] == 415


@pytest.mark.parametrize("origins, key", [("*", KEY), ("", KEY), ("http://other.example.org", KEY), ("{page}", None)])
def test_no_other_page_publishes(own_binary, channel, origins, key):
    site = Site()
    variables = {"FANFARE_PUBLISH_KEY": key} if key else {}
    with (
        Server(CORS_ORIGIN=origins.format(page=f"http://{HOST}:{site.port}"), **variables) as server,
        Page(site, server.url, HOST) as page,
        Subscriber(server) as subscriber,
    ):
        subscriber.subscribe(channel)
        for content_type in (JSON, {"Content-Type": "text/plain"}):
            post(page, channel, headers={"X-API-Key": KEY}, content_type=content_type)
            page.expect("failure")
        assert server.publish(channel, "e", b"2", [("Content-Type", "application/json"), ("X-API-Key", KEY)]).status == 200
        assert subscriber.packet() == event_packet("e", b"2")


def test_a_page_of_this_machine_publishes_while_there_is_neither_key_nor_list(server, channel):
    site = Site()
    with Page(site, server.url, "localhost") as page:
        post(page, channel)
        assert page.expect("answer")["status"] == 200
