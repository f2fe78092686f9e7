#!/usr/bin/env python3
"""Takes the pictures of the reference page in docs/images, and measures the page: what it weighs, how long it takes to load.

    swift build -c release && scripts/install-test-tools.sh && .venv/bin/python scripts/screenshots.py

Port 8000 has to be free: the pictures show it.
"""

import statistics
import sys
from pathlib import Path

sys.dont_write_bytecode = True
PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "Tests/EndToEnd"))

from harness.server import Server  # noqa: E402
from harness.chromium import Browser, Tab  # noqa: E402

PICTURES = PROJECT / "docs/images"
LARGEST = 250_000
LOADS = 20
VIEWS = {
    "docs-light": {"height": 1420},
    "docs-dark": {"height": 1420, "dark": True},
    "docs-phone": {"width": 360, "height": 1060},
}

#: Notes when the page has said that it is subscribed, in milliseconds since the navigation began.
WATCH = """
new MutationObserver(() => {
  if (!window.subscribedAfter && document.getElementById("state")?.textContent.startsWith("Subscribed")) {
    window.subscribedAfter = performance.now();
  }
}).observe(document, { subtree: true, childList: true, characterData: true });
"""


def picture(browser, server, name, view):
    with Tab(browser, f"{server.url}/docs", **view) as tab:
        tab.shows("state", "Subscribed")
        tab.until("document.querySelector('#operations details') !== null")
        tab.publish()
        tab.arrived("update", '{"hello": "world"}', 1)
        tab.shows("answer", "200 OK")
        tab.do("document.activeElement.blur(), scrollTo(0, 0)")
        data = tab.screenshot()
    assert len(data) < LARGEST, f"{name}.png has {len(data)} bytes"
    (PICTURES / f"{name}.png").write_bytes(data)
    print(f"{name}.png: {len(data):,} bytes")


def load(browser, server):
    """One load with empty caches: milliseconds to the load event and to the subscription, bytes of bodies by path."""
    with Tab(browser) as tab:
        tab.call("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
        tab.open(f"{server.url}/docs")
        subscribed = tab.until("window.subscribedAfter")
        tab.until("document.querySelector('#operations details') !== null")
        loaded = tab.do("performance.getEntriesByType('navigation')[0].loadEventStart")
        entries = "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
        sizes = tab.do(f"{entries}.filter((it) => it.encodedBodySize).map((it) => [new URL(it.name).pathname, it.encodedBodySize])")
        return loaded, subscribed, sizes


def main():
    PICTURES.mkdir(parents=True, exist_ok=True)
    with Server(port=8000) as server, Browser() as browser:
        for name, view in VIEWS.items():
            picture(browser, server, name, view)
        loads = [load(browser, server) for _ in range(LOADS)]
    sizes = loads[-1][2]
    page = sum(size for path, size in sizes if path != "/openapi.json")
    print("bytes:", ", ".join(f"{path} {size:,}" for path, size in sizes))
    print(f"the page: {page:,} bytes; with /openapi.json: {sum(size for _, size in sizes):,} bytes")
    print(f"median of {LOADS} loads with empty caches, from the start of the navigation:")
    print(f"  load event {statistics.median(one[0] for one in loads):.0f} ms, subscribed {statistics.median(one[1] for one in loads):.0f} ms")


if __name__ == "__main__":
    main()
