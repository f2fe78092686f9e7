#!/usr/bin/env python3
"""Takes the pictures of the reference page and of the console in docs/images, and measures the pages: what they weigh, how long they take to load.

    swift build -c release && scripts/install-test-tools.sh && .venv/bin/python scripts/screenshots.py

Port 8000 has to be free: the pictures show it.
"""

import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

sys.dont_write_bytecode = True
PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "Tests/EndToEnd"))

from harness.server import BINARY, Server  # noqa: E402
from harness.chromium import Browser, Tab  # noqa: E402

PICTURES = PROJECT / "docs/images"
LARGEST = 250_000
LOADS = 20
VIEWS = {
    "docs-light": {"height": 1420},
    "docs-dark": {"height": 1420, "dark": True},
    "docs-phone": {"width": 360, "height": 1060},
}

CONSOLE_VIEWS = {
    "console-light": {"height": 1240},
    "console-dark": {"height": 1240, "dark": True},
    "console-phone": {"width": 360, "height": 1400},
}

#: Notes when the page has said that it is subscribed, in milliseconds since the navigation began.
WATCH = """
new MutationObserver(() => {
  if (!window.subscribedAfter && document.getElementById("state")?.textContent.startsWith("Subscribed")) {
    window.subscribedAfter = performance.now();
  }
}).observe(document, { subtree: true, childList: true, characterData: true });
"""

#: The same for the console's first figures.
WATCH_CONSOLE = WATCH.replace("subscribedAfter", "runningAfter").replace("Subscribed", "Running")


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


def console(browser, server):
    """Pictures of the console while a load runs, and how long it takes to show its first figures."""
    load = subprocess.Popen(
        [BINARY, "bench", "--url", server.url, "--subscribers", "600", "--channels", "12", "--rate", "150", "--duration", "600s"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        with ExitStack() as stack:
            tabs = {name: stack.enter_context(Tab(browser, f"{server.url}/console", **view)) for name, view in CONSOLE_VIEWS.items()}
            # Time for the charts to have something to show; what the browser reports meanwhile has to be read.
            for _ in range(80):
                time.sleep(1)
                for tab in tabs.values():
                    tab.do("0")
            for name, tab in tabs.items():
                tab.do("document.activeElement.blur(), scrollTo(0, 0)")
                data = tab.screenshot()
                assert len(data) < LARGEST, f"{name}.png has {len(data)} bytes"
                (PICTURES / f"{name}.png").write_bytes(data)
                print(f"{name}.png: {len(data):,} bytes")
        times, size = [], 0
        for _ in range(LOADS):
            with Tab(browser) as tab:
                tab.call("Page.addScriptToEvaluateOnNewDocument", source=WATCH_CONSOLE)
                tab.open(f"{server.url}/console")
                times.append(tab.until("window.runningAfter"))
                size = tab.do("performance.getEntries().filter((it) => it.encodedBodySize && !it.name.includes('/data'))"
                              ".reduce((sum, it) => sum + it.encodedBodySize, 0)")  # fmt: skip
        print(f"the console: {size:,} bytes; median of {LOADS} loads with empty caches: figures after {statistics.median(times):.0f} ms")
    finally:
        load.terminate()
        load.wait()


def main():
    PICTURES.mkdir(parents=True, exist_ok=True)
    with Server(port=8000) as server, Browser() as browser:
        for name, view in VIEWS.items():
            picture(browser, server, name, view)
        console(browser, server)
        loads = [load(browser, server) for _ in range(LOADS)]
    sizes = loads[-1][2]
    page = sum(size for path, size in sizes if path != "/openapi.json")
    print("bytes:", ", ".join(f"{path} {size:,}" for path, size in sizes))
    print(f"the page: {page:,} bytes; with /openapi.json: {sum(size for _, size in sizes):,} bytes")
    print(f"median of {LOADS} loads with empty caches, from the start of the navigation:")
    print(f"  load event {statistics.median(one[0] for one in loads):.0f} ms, subscribed {statistics.median(one[1] for one in loads):.0f} ms")


if __name__ == "__main__":
    main()
