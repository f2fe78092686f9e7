"""The reference page in a browser: trying a call, keys, the keyboard, colours, small screens."""

import json
import subprocess

import pytest

from harness import PATIENCE
from harness.browser import CHROMIUM
from harness.chromium import CONTRAST, Browser, Tab
from harness.http import JSON
from harness.server import Server

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
KEY = "a-key-of-the-tests-0123456789-0123456789"
FOCUS = "document.activeElement"


@pytest.fixture(scope="module")
def browser():
    with Browser() as started:
        yield started


@pytest.fixture
def page(server, browser, channel):
    """The page, subscribed to a channel of its own."""
    with Tab(browser, f"{server.url}/docs") as tab:
        tab.shows("state", "Subscribed to news")
        tab.fill("channel", channel)
        tab.shows("state", f"Subscribed to {channel}")
        yield tab
        assert tab.faults() == []


def complete(tab):
    """Waits until the page has all that it shows."""
    tab.shows("state", "Subscribed")
    tab.until("document.querySelector('#operations details') !== null")
    return tab


def test_it_loads_clean_and_only_from_its_server(server, browser):
    with Tab(browser, f"{server.url}/docs") as tab:
        complete(tab)
        assert tab.faults() == []
        paths = {request["url"].removeprefix(server.url) for request in tab.requests() if not request["url"].startswith("data:")}
        assert paths == {"/docs", "/docs/app.js", "/docs/style.css", "/openapi.json"}
        sockets = [event["params"]["url"] for event in tab.events if event["method"] == "Network.webSocketCreated"]
        assert sockets == [server.websocket_url]


def test_a_publish_shows_its_answer_and_arrives(server, page, channel):
    page.fill("data", '{"n": 1e400, "text": "é😀"}')
    page.publish()
    page.arrived("update", '{"n": 1e400, "text": "é😀"}', 1)
    page.shows("answer", "200 OK")
    assert '"data":{"n": 1e400, "text": "é😀"},"subscribers":1}' in page.text("answer")
    # The events that others publish arrive too, digit for digit.
    assert server.publish(channel, "other", b"[0.10, 12345678901234567890123]").json()["subscribers"] == 1
    page.arrived("other", "[0.10, 12345678901234567890123]", 2)
    page.click("document.getElementById('minimal')")
    page.publish()
    page.arrived("update", '{"n": 1e400, "text": "é😀"}', 3)
    page.shows("answer", '{"subscribers":1}')
    page.click("document.getElementById('clear')")
    assert page.do("document.querySelectorAll('#log li').length") == 0


def test_the_curl_line_does_the_same(server, page, channel):
    page.fill("channel", f"{channel} it's/é")
    page.fill("event", "a?b#c%d+e")
    page.shows("state", f"Subscribed to {channel} it's/é")
    page.fill("data", """{"it's": "$HOME `x` \\\\", "n":\n1}""")
    line = page.text("same")
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=PATIENCE)
    assert json.loads(done.stdout)["subscribers"] == 1, (line, done)
    page.arrived("a?b#c%d+e", page.value("data"), 1)


@pytest.mark.parametrize("name", ["é/è", "a b?c#d", "%2F+", "日本/語", "<b>&amp;"])
def test_names_with_any_characters(page, channel, name):
    page.fill("channel", f"{channel}/{name}")
    page.fill("event", name)
    page.shows("state", f"Subscribed to {channel}/{name}")
    page.publish()
    page.arrived(name, '{"hello": "world"}', 1)
    page.shows("answer", '"subscribers":1}')


def test_texts_are_never_markup(server, page, channel):
    text = '<img src=x onerror="document.title=1"><b>'
    page.fill("event", text)
    page.fill("data", json.dumps(text))
    page.publish()
    page.arrived(text, json.dumps(text), 1)
    assert page.do("document.querySelectorAll('#log b, #log img, #answer b, #answer img').length") == 0


@pytest.mark.parametrize(
    "data, marked", [('{"é😀": 1, x}', "x"), ("[1,\n2,]", ","), ("", ""), ("NaN", "N")], ids=["a word", "a comma", "nothing", "NaN"]
)  # fmt: skip
def test_a_body_that_is_not_json_is_shown_in_the_servers_words(server, page, channel, data, marked):
    page.do("document.getElementById('data').required = false")
    page.fill("data", data)
    page.publish()
    page.shows("answer", "422")
    said = server.publish(channel, "update", data.encode()).json()["detail"][0]
    assert f"Byte {said['loc'][1]}: {said['msg']}" in page.text("answer")
    # The focus goes to the character.
    assert page.do(f"{FOCUS}.id") == "data"
    assert page.do(f"{FOCUS}.value.slice({FOCUS}.selectionStart, {FOCUS}.selectionEnd)") == marked
    assert page.do(f"{FOCUS}.getAttribute('aria-invalid')") == "true"
    page.fill("data", "1")
    assert page.do("document.getElementById('data').hasAttribute('aria-invalid')") is False
    page.publish()
    page.arrived("update", "1", 1)
    page.events[:] = [event for event in page.events if "422" not in str(event)]


def test_a_name_that_is_not_allowed(page):
    page.fill("event", "connect")
    page.publish()
    page.shows("answer", "422")
    assert page.do(f"[{FOCUS}.id, {FOCUS}.getAttribute('aria-invalid')]") == ["event", "true"]
    page.fill("channel", "fanfare:x")
    page.shows("state", "Not subscribed: ")
    page.events[:] = [event for event in page.events if "422" not in str(event)]


def test_a_key_is_asked_for_and_kept_in_the_tab_only(own_binary, browser):
    storage = "sessionStorage.getItem('fanfare.publish-key')"
    with Server(FANFARE_PUBLISH_KEY=KEY) as keyed, Tab(browser, f"{keyed.url}/docs") as tab:
        tab.shows("state", "Subscribed to news")
        assert tab.do("document.getElementById('key').checkVisibility()") is False
        tab.publish()
        tab.shows("answer", "401 Unauthorized: enter the publish key")
        assert tab.do(f"{FOCUS}.id") == "key"

        tab.fill("key", "wrong")
        tab.publish()
        tab.shows("answer", "401 Unauthorized: this key is not right")
        assert tab.do(f"[{FOCUS}.id, {FOCUS}.getAttribute('aria-invalid')]") == ["key", "true"]
        assert tab.do(storage) is None

        tab.fill("key", KEY)
        tab.publish()
        tab.shows("answer", "200 OK")
        tab.arrived("update", '{"hello": "world"}', 1)
        assert tab.do(storage) == KEY and tab.value("key") == ""
        assert tab.do("document.getElementById('key').checkVisibility()") is False
        assert KEY not in tab.do("document.documentElement.outerHTML")

        # It outlives a reload of the tab, and no longer.
        tab.open(f"{keyed.url}/docs")
        tab.shows("state", "Subscribed to news")
        tab.publish()
        tab.shows("answer", "200 OK")
        tab.click("document.getElementById('forget')")
        tab.shows("answer", "forgotten")
        assert tab.do(storage) is None and tab.do("localStorage.length") == 0 and tab.call("Network.getCookies")["cookies"] == []
        tab.publish()
        tab.shows("answer", "401 Unauthorized: enter the publish key")

        sent = tab.requests()
        with_key = [one["url"] for one in sent if KEY in str(one["headers"])]
        assert with_key == [f"{keyed.url}/broadcast/news/update"] * 2
        assert not any(KEY in one["url"] or "wrong" in one["url"] for one in sent) and KEY not in tab.do("location.href")
        assert all("401" in fault for fault in tab.faults()), tab.faults()


def test_it_comes_back_after_a_restart(own_binary, browser):
    with Server() as own, Tab(browser, f"{own.url}/docs") as tab:
        tab.shows("state", "Subscribed to news")
        assert own.stop() == 0
        tab.shows("state", "lost")
        tab.publish()
        tab.shows("answer", "No answer")
        own.start()
        tab.shows("state", "Subscribed to news")
        assert own.publish("news", "update", b'"again"').json()["subscribers"] == 1
        tab.arrived("update", '"again"', 1)
        assert all("ERR_CONNECTION_REFUSED" in fault for fault in tab.faults()), tab.faults()


# The list of paths


def test_every_operation_can_be_unfolded(server, browser):
    document = server.request("GET", "/openapi.json").json()
    with Tab(browser, f"{server.url}/docs") as tab:
        complete(tab)
        assert tab.text("version") == document["info"]["version"]
        for path, item in document["paths"].items():
            for method in ("get", "post", "options"):
                if method in item:
                    operation = item[method]
                    fold = f"document.getElementById('operation-{operation['operationId']}')"
                    assert tab.do(f"{fold}.open") is False
                    tab.click(f"{fold}.querySelector('summary')")
                    tab.until(f"{fold}.open")
                    tab.until(f"location.hash === '#operation-{operation['operationId']}'")
                    shown = tab.do(f"{fold}.innerText")
                    for text in (method.upper(), path, operation["summary"], *operation["responses"]):
                        assert text in shown, (text, shown)
                    for parameter in (*item.get("parameters", []), *operation.get("parameters", [])):
                        assert parameter["name"] in shown
        for name in document["components"]["schemas"]:
            assert tab.do(f"document.getElementById('schema-{name}').open") is False
        # An address with an operation or a schema opens it.
        tab.click("document.querySelector('#operation-publish a[href=\"#schema-Published\"]')")
        tab.until("document.getElementById('schema-Published').open")
        assert "subscribers: SubscriberCount" in tab.do("document.getElementById('schema-Published').innerText")
        tab.open("about:blank")
        tab.open(f"{server.url}/docs#operation-livez")
        tab.until("document.getElementById('operation-livez')?.open")
        tab.click("document.querySelector('#operation-livez button')")
        tab.until("document.querySelector('#operation-livez').innerText.includes('{\"status\":\"alive\"}')")
        assert tab.faults() == []


# Everybody can use it


def test_the_keyboard_reaches_everything(server, browser):
    with Tab(browser, f"{server.url}/docs") as tab:
        complete(tab)
        reachable = tab.do(
            "[...document.querySelectorAll('a[href], button, input, textarea, summary, [tabindex]')]"
            ".filter((it) => it.checkVisibility() && !it.disabled).map((it, index) => (it.dataset.number = index))"
        )
        seen = []
        for _ in reachable:
            tab.press("Tab")
            number, outline, box = tab.do(
                f"[{FOCUS}.dataset.number, getComputedStyle({FOCUS}).outline, (() => {{ const box = {FOCUS}.getBoundingClientRect();"
                " return box.width > 0 && box.height > 0 && box.right > 0 && box.left < innerWidth"
                " && box.bottom > 0 && box.top < innerHeight; })()]"
            )
            assert "solid 3px" in outline, (number, outline)
            assert box, f"{number} has the focus and is out of sight"
            seen.append(int(number))
        # In the order of the text.
        assert seen == reachable
        tab.do(f"{FOCUS}.blur(), scrollTo(0, 0)")


def test_the_keyboard_does_everything(server, browser, channel):
    with Tab(browser, f"{server.url}/docs") as tab:
        complete(tab)
        tab.press("Tab")
        assert tab.do(f"{FOCUS}.className") == "skip" and tab.do(f"{FOCUS}.getBoundingClientRect().left >= 0")
        tab.press("Enter", text="\r")
        tab.until("location.hash === '#try'")
        tab.press("Tab")
        assert tab.do(f"{FOCUS}.id") == "channel"
        tab.do(f"{FOCUS}.select()")
        tab.call("Input.insertText", text=channel)
        # Enter in a field publishes.
        tab.press("Enter", text="\r")
        tab.shows("answer", "200 OK")
        tab.shows("state", f"Subscribed to {channel}")
        tab.arrived("update", '{"hello": "world"}', 1)
        assert tab.do(f"{FOCUS}.id") == "channel"
        for _ in ("event", "data", "minimal", "button"):
            tab.press("Tab")
        tab.press(" ", text=" ")
        tab.arrived("update", '{"hello": "world"}', 2)
        tab.until(f"{FOCUS} === document.querySelector('#form button')")
        assert server.publish(channel, "x", b"1").json()["subscribers"] == 1
        tab.do("document.querySelector('#operations summary').focus()")
        tab.press("Enter", text="\r")
        tab.until("document.querySelector('#operations details').open")
        tab.press(" ", text=" ")
        tab.until("!document.querySelector('#operations details').open")
        assert tab.faults() == []


def test_everything_has_a_name(own_binary, browser):
    with Server(FANFARE_PUBLISH_KEY=KEY) as keyed, Tab(browser, f"{keyed.url}/docs") as tab:
        complete(tab)
        # With the field for the key.
        tab.publish()
        tab.shows("answer", "401")
        tab.do("document.querySelectorAll('details').forEach((it) => { it.open = true })")
        names = {}
        for role, name, _ in tab.nodes():
            names.setdefault(role, []).append(name.strip())
        for role in ("textbox", "checkbox", "button", "link", "heading", "log", "status", "navigation", "DisclosureTriangle", "columnheader"):
            assert names.get(role), f"there is no {role}"
        for role in ("textbox", "checkbox", "button", "link", "heading", "log", "navigation", "region", "DisclosureTriangle"):
            assert all(names.get(role, [])), f"a {role} has no name: {names[role]}"
        assert names["textbox"] == ["Channel", "Event", "Data, any JSON value", "Publish key"]
        assert {"main", "banner"} <= set(names) and len(names["RootWebArea"]) == 1
        assert tab.do("document.documentElement.lang") == "en" and "Fanfare" in tab.do("document.title")
        levels = tab.do("[...document.querySelectorAll('h1, h2, h3, h4')].map((it) => Number(it.localName[1]))")
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in zip(levels, levels[1:]))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_stands_out(own_binary, browser, dark):
    with Server(FANFARE_PUBLISH_KEY=KEY) as keyed, Tab(browser, f"{keyed.url}/docs", dark=dark) as tab:
        complete(tab)
        tab.do("document.querySelectorAll('details').forEach((it) => { it.open = true })")
        keyed.publish("news", "update", b"1", [JSON, ("X-API-Key", KEY)])
        tab.arrived("update", "1", 1)
        tab.publish()
        tab.shows("answer", "401")
        tab.until("!document.querySelector('#form button').disabled")
        seen = tab.do(CONTRAST)
        assert seen["count"] > 300
        assert seen["ground"] < 0.1 if dark else seen["ground"] > 0.9
        assert seen["least"][0] >= 4.5, seen["least"]


@pytest.mark.parametrize("width", [320, 360, 768])
def test_nothing_is_wider_than_a_small_screen(server, browser, channel, width):
    with Tab(browser, f"{server.url}/docs", width=width, height=740) as tab:
        complete(tab)
        tab.fill("channel", channel)
        tab.shows("state", f"Subscribed to {channel}")
        tab.fill("event", "e" * 200)
        tab.fill("data", json.dumps("w" * 500))
        tab.publish()
        tab.arrived("e" * 200, json.dumps("w" * 500), 1)
        tab.shows("answer", "200 OK")
        tab.do("document.querySelectorAll('details').forEach((it) => { it.open = true })")
        assert tab.do("[innerWidth, document.documentElement.scrollWidth]") == [width, width]
        small = "[...document.querySelectorAll('button, input:not([type=checkbox]), summary')].filter((it) => it.checkVisibility())"
        assert tab.do(f"Math.min(...{small}.map((it) => it.getBoundingClientRect().height))") >= 24


def test_it_says_much_without_scripts(server, browser):
    with Tab(browser, f"{server.url}/docs", scripts=False) as tab:
        texts = [name for role, name, _ in tab.nodes() if role == "StaticText"]
        for text in ("The try-out needs JavaScript", "/broadcast/{channel}/{event}", "/socket.io/", "/livez", "curl -H", "415"):
            assert any(text in found for found in texts), text
        # A form that does nothing is not shown.
        assert not [role for role, _, _ in tab.nodes() if role in ("textbox", "button", "log")]
        assert not any("socket.io" in one["url"] for one in tab.requests()) and tab.faults() == []
