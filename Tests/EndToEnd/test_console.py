"""The console in a browser: true figures while clients come and go, the tap, stories, keys, a restart, colours, small screens."""

import json
from contextlib import ExitStack

import pytest
from harness import PATIENCE
from harness.browser import CHROMIUM
from harness.chromium import CONTRAST, Browser, Tab
from harness.server import PROJECT, Server

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
READER, ADMINISTRATOR = "reader-of-the-tests-0123456789-0123", "administrator-of-the-tests-0123456"
FOCUS = "document.activeElement"
ASSETS = PROJECT / "Sources/Console/Assets"


@pytest.fixture(scope="module")
def browser():
    with Browser() as started:
        yield started


@pytest.fixture
def fresh(own_binary):
    with Server("--loops", "2") as started:
        yield started


def opened(browser, server, **view):
    return Tab(browser, f"{server.url}/console", **view)


def rows(tab, table):
    return tab.do(f"[...document.querySelectorAll('#{table} tbody tr')].map((row) => [...row.children].map((it) => it.textContent))")


def shows_row(tab, table, *cells):
    """Waits until a row of the table begins with these."""
    wanted = json.dumps([str(cell) for cell in cells])
    tab.until(
        f"[...document.querySelectorAll('#{table} tbody tr')].some((row) => {wanted}.every((cell, index) =>"
        " row.children[index]?.textContent.startsWith(cell)))"
    )


def test_it_loads_clean_and_only_from_its_server(fresh, browser):
    with opened(browser, fresh) as tab:
        tab.shows("state", "Running")
        assert tab.faults() == []
        paths = {request["url"].removeprefix(fresh.url) for request in tab.requests() if not request["url"].startswith("data:")}
        files = {f"/console/{file.name}" for file in ASSETS.iterdir() if file.name != "console.html"}
        assert paths == {"/console", "/console/data", *files}, "every file is served, and needed"


def test_the_figures_are_true(fresh, browser, clients):
    with opened(browser, fresh) as tab:
        everybody = [clients(fresh, "all", f"own-{index}") for index in range(7)]
        tab.shows("figure-connections", "7")
        tab.shows("figure-connections-more", "7 websocket, 0 polling")
        tab.shows("figure-subscriptions", "14")
        tab.shows("figure-channels", "8")
        for _ in range(30):
            fresh.publish("all", "e", b"1")
        tab.shows("figure-messages-more", "30 since start")
        tab.shows("figure-deliveries-more", "210 since start")
        shows_row(tab, "channels-table", "all")
        tab.click("document.getElementById('by-subscribers')")
        shows_row(tab, "channels-table", "all", "", "7")
        assert rows(tab, "channels-table")[0][:3:2] == ["all", "7"]
        label = "document.querySelector('#charts svg').getAttribute('aria-label')"
        assert tab.do(label).startswith("Connections in the last five minutes. now 7, highest 7")
        ended = everybody[0].socket_id
        everybody[0].socket.close()
        tab.shows("figure-connections", "6")
        shows_row(tab, "ended-table", ended, "transport_")
        assert fresh.publish("a", "connect", b"1").status == 422
        shows_row(tab, "limits-table", "bad_name", "", "1")
        assert tab.faults() == []


def test_a_publish_and_a_tap(fresh, browser, clients):
    subscriber = clients(fresh, "news")
    text = '<img src=x onerror="document.title=1"><b>é😀'
    with opened(browser, fresh) as tab:
        shows_row(tab, "channels-table", "news")
        tab.click("document.querySelector('#channels-table tbody button')")
        tab.shows("tap-state", "Listening")
        tab.fill("publish-channel", "news")
        tab.fill("publish-data", json.dumps(text, ensure_ascii=False))
        tab.click("document.querySelector('#publish-form button')")
        tab.shows("publish-answer", "1")
        assert subscriber.text_packet() == f'42["update",{json.dumps(text, ensure_ascii=False)}]'.encode()
        fresh.publish("news", "other", b"[0.10, 1e400]")
        shown = "[...document.querySelectorAll('#tap-list code')].map((it) => it.textContent)"
        tab.until(f"{shown}.length === 2")
        assert tab.do(shown) == ["[0.10, 1e400]", json.dumps(text, ensure_ascii=False)]
        tab.shows("tap-counts", "2 passed since the tap began, 0 of them not shown")
        assert tab.do("document.querySelectorAll('#tap-list b, #tap-list img').length") == 0
        tab.fill("publish-data", "{]")
        tab.click("document.querySelector('#publish-form button')")
        tab.shows("publish-answer", "422")
        tab.shows("figure-connections", "1")
        assert tab.text("figure-subscriptions") == "1", "a tap is no subscription"
        assert all("422" in str(fault) for fault in tab.faults())


def test_a_story_and_its_end(fresh, browser, clients):
    client = clients(fresh, "a", "b")
    with opened(browser, fresh) as tab:
        tab.shows("state", "Running")
        tab.fill("socket", client.socket_id)
        tab.click("document.querySelector('#socket-form button')")
        tab.shows("story-state-text", "connected")
        tab.shows("story-transport", "websocket")
        tab.shows("story-list", "a")
        assert [row[1:] for row in rows(tab, "story-table")] == [["subscribed", "b"], ["subscribed", "a"], ["connected", ""]]
        tab.click("document.getElementById('disconnect')")
        tab.until("document.getElementById('dialog').open")
        tab.click("document.getElementById('dialog-no')")
        tab.until("!document.getElementById('dialog').open")
        tab.click("document.getElementById('disconnect')")
        tab.click("document.getElementById('dialog-yes')")
        tab.shows("disconnect-answer", "Disconnected")
        assert client.text_packet() == b"41"
        tab.shows("story-state-text", "ended: forced_close")
        tab.fill("socket", "nobody")
        tab.click("document.querySelector('#socket-form button')")
        tab.shows("story-state", "No connection with this id is known")


def test_keys_are_asked_for_and_say_what_they_may(own_binary, browser, tmp_path):
    config = tmp_path / "fanfare.yaml"
    config.write_text(
        f"keys: {{reader: {{secret: {READER}, may: [read]}}, administrator: {{secret: {ADMINISTRATOR}, may: [read, admin]}}}}\n"
    )
    with Server("--config", str(config)) as keyed, opened(browser, keyed) as tab:
        tab.until("document.getElementById('key-section').checkVisibility()")
        assert tab.do(f"{FOCUS}.id") == "key"

        def enter(key):
            tab.fill("key", key)
            tab.click("document.querySelector('#key-form button')")

        enter("wrong")
        tab.shows("key-problem", "This key is not right")
        enter(READER)
        tab.shows("state", "Running")
        assert not tab.do("document.getElementById('key-section').checkVisibility()")
        tab.click("document.querySelector('#configuration summary')")
        tab.shows("configuration-state", "admin")
        tab.shows("state", "Running")
        tab.click("document.getElementById('change-key')")
        enter(ADMINISTRATOR)
        shows_row(tab, "configuration-table", "listen.host", "127.0.0.1", "default")
        shows_row(tab, "configuration-table", "keys.reader", "(masked)")
        page = tab.do("document.documentElement.outerHTML")
        assert READER not in page and ADMINISTRATOR not in page
        assert all(READER not in request["url"] and ADMINISTRATOR not in request["url"] for request in tab.requests())


def test_it_goes_on_after_a_restart(own_binary, browser, clients):
    with Server("--drain-window", "100ms", "--limit-close-deadline", "100ms") as own, opened(browser, own) as tab:
        clients(own, "a")
        own.publish("a", "e", b"1")
        tab.shows("figure-messages-more", "1 since start")
        assert own.stop() == 0
        tab.shows("state", "Lost")
        own.start()
        tab.shows("state", "Running")
        tab.shows("figure-connections", "0")
        tab.shows("figure-messages-more", "0 since start")
        tab.shows("uptime", "restarted")
        assert not tab.text("figure-messages").startswith("-")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_stands_out(fresh, browser, clients, dark):
    client = clients(fresh, "a", "b")
    with opened(browser, fresh, dark=dark) as tab:
        shows_row(tab, "channels-table", "a")
        tab.do("document.querySelectorAll('details').forEach((it) => { it.open = true })")
        tab.fill("socket", client.socket_id)
        tab.click("document.querySelector('#socket-form button')")
        tab.shows("story-list", "a")
        tab.click("document.querySelector('#channels-table tbody button')")
        tab.shows("tap-state", "Listening")
        fresh.publish("a", "e", b'{"a":1}')
        tab.until("document.querySelectorAll('#tap-list li').length === 1")
        shows_row(tab, "configuration-table", "listen.host")
        seen = tab.do(CONTRAST)
        assert seen["count"] > 150
        assert seen["ground"] < 0.1 if dark else seen["ground"] > 0.9
        assert seen["least"][0] >= 4.5, seen["least"]


@pytest.mark.parametrize("width", [320, 360, 768])
def test_nothing_is_wider_than_a_small_screen(fresh, browser, clients, width):
    name = "w" * 200
    client = clients(fresh, name, "\u05d0" * 50, "a b")
    with opened(browser, fresh, width=width, height=740) as tab:
        shows_row(tab, "channels-table", "a b")
        tab.do("document.querySelectorAll('details').forEach((it) => { it.open = true })")
        tab.fill("tap-channel", name)
        tab.click("document.querySelector('#tap-form button')")
        tab.shows("tap-state", "Listening")
        tab.fill("socket", client.socket_id)
        tab.click("document.querySelector('#socket-form button')")
        tab.shows("story-state-text", "connected")
        fresh.publish(name, "e" * 200, json.dumps("w" * 5000).encode())
        tab.until("document.querySelectorAll('#tap-list li').length === 1")
        assert tab.do("[innerWidth, document.documentElement.scrollWidth]") == [width, width]
        small = "[...document.querySelectorAll('button, input:not([type=checkbox], [type=radio]), summary')]"
        assert tab.do(f"Math.min(...{small}.filter((it) => it.checkVisibility()).map((it) => it.getBoundingClientRect().height))") >= 24


def test_keyboard_and_screen_reader(fresh, browser, clients):
    clients(fresh, "news")
    with opened(browser, fresh) as tab:
        shows_row(tab, "channels-table", "news")
        tab.press("Tab")
        assert tab.do(f"{FOCUS}.className") == "skip"
        reachable = tab.do(
            "[...document.querySelectorAll('a[href], button, input, textarea, summary, [tabindex=\"0\"]')]"
            ".filter((it) => it.checkVisibility() && !it.disabled && !(it.type === 'radio' && !it.checked)).length"
        )
        seen = set()
        for _ in range(reachable):
            seen.add(tab.do(f"[...document.querySelectorAll('*')].indexOf({FOCUS})"))
            assert "solid" in tab.do(f"getComputedStyle({FOCUS}).outline")
            tab.press("Tab")
        assert len(seen) == reachable
        names = {}
        for role, name, _ in tab.nodes():
            names.setdefault(role, []).append(name.strip())
        for role in ("button", "textbox", "table", "region", "heading", "link", "radio", "DisclosureTriangle"):
            assert names.get(role), f"there is no {role}"
            assert all(names[role]), f"a {role} has no name: {names[role]}"
        assert names.get("image", []) or names.get("img", [])
        assert "Tap on news" in names["button"]
        levels = tab.do("[...document.querySelectorAll('h1, h2, h3, h4')].filter((it) => it.checkVisibility()).map((it) => +it.localName[1])")
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in zip(levels, levels[1:]))


def test_nothing_is_gathered_for_nobody_and_once_for_all(fresh, browser):
    """Many who look cost as much as one: they share a reading of the moment."""
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(opened(browser, fresh)).shows("state", "Running")
        answers = [fresh.request("GET", "/console/data") for _ in range(20)]
        assert all(answer.status == 200 for answer in answers)
        times = {answer.json()["now"] for answer in answers}
        assert len(times) <= 1 + PATIENCE, "at most one reading a second, however slow the machine"
        assert len(times) < len(answers)
