"""The official client in a browser, whose page comes from another origin."""

import json

import pytest

from harness.browser import CHROMIUM, Page, Site
from harness.server import Server
from test_polling_clients import BOTH, POLLING, expect_upgrade, publish_all

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
HOST = "app.example.org"
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
