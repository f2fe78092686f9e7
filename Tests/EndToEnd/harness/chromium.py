"""Headless Chromium, driven over its own protocol (Chrome DevTools Protocol)."""

import base64
import json
import subprocess
import tempfile
import time
from pathlib import Path

from websockets.sync.client import connect

from harness import PATIENCE
from harness.browser import CHROMIUM

#: Of every text its contrast to what is behind it, by WCAG 2; the least of them, with the text.
CONTRAST = """
(() => {
  const parts = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, index) => sum + c * [0.2126, 0.7152, 0.0722][index], 0);
  const ground = (it) => {
    for (; it; it = it.parentElement) {
      const color = parts(getComputedStyle(it).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
      if (color[3] !== 0) throw Error("half transparent");
    }
    throw Error("nothing is behind it");
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const { parentElement: it, data } = walker.currentNode;
    if (data.trim() && it.checkVisibility() && !it.closest("script, noscript")) found.push([it, data]);
  }
  for (const it of document.querySelectorAll("input, textarea")) if (it.checkVisibility()) found.push([it, it.value || it.id]);
  const all = found.map(([it, data]) => {
    const [more, less] = [light(parts(getComputedStyle(it).color)), light(ground(it))].sort((a, b) => b - a);
    return [(more + 0.05) / (less + 0.05), data.slice(0, 40)];
  });
  return { count: all.length, ground: light(ground(document.body)), least: all.sort((a, b) => a[0] - b[0])[0] };
})()
"""


class Browser:
    """Headless Chromium."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        flags = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-proxy-server",
            "--disable-extensions", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--hide-scrollbars", "--remote-debugging-port=0", f"--user-data-dir={self.folder.name}",
        ]  # fmt: skip
        self.process = subprocess.Popen(
            [CHROMIUM, *flags, "about:blank"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            self.connection = connect(self._address(), max_size=None, proxy=None, open_timeout=PATIENCE)
            self.socket = self.connection.__enter__()
        except BaseException:
            self._end()
            raise
        self.calls, self.events = 0, {}

    def _address(self):
        file, deadline = Path(self.folder.name) / "DevToolsActivePort", time.monotonic() + PATIENCE
        while not (file.exists() and len(lines := file.read_text().split("\n")) == 2):
            assert self.process.poll() is None and time.monotonic() < deadline, "Chromium does not start"
            time.sleep(0.02)
        return f"ws://127.0.0.1:{lines[0]}{lines[1]}"

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.connection.__exit__(*problem)
        self._end()

    def _end(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=PATIENCE)
        finally:
            self.process.kill()
            self.folder.cleanup()

    def call(self, method, session=None, **parameters):
        self.calls += 1
        number = self.calls
        message = {"id": number, "method": method, "params": parameters}
        self.socket.send(json.dumps({**message, "sessionId": session} if session else message))
        while True:
            answer = self.receive()
            if answer.get("id") == number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]

    def receive(self):
        message = json.loads(self.socket.recv(timeout=PATIENCE))
        if "method" in message:
            self.events.setdefault(message.get("sessionId"), []).append(message)
        return message


class Tab:
    """One page in a browser context of its own: no storage is shared. Everything that goes wrong on it is in `faults`."""

    def __init__(self, browser, url=None, dark=False, width=1280, height=900, scripts=True):
        self.browser = browser
        self.context = browser.call("Target.createBrowserContext")["browserContextId"]
        target = browser.call("Target.createTarget", url="about:blank", browserContextId=self.context)["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Audits", "Accessibility", "DOM"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        features = {"prefers-color-scheme": "dark" if dark else "light", "prefers-reduced-motion": "reduce"}
        self.call("Emulation.setEmulatedMedia", features=[{"name": name, "value": value} for name, value in features.items()])
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)
        if not scripts:
            self.call("Emulation.setScriptExecutionDisabled", value=True)
        if url:
            self.open(url)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.browser.call("Target.disposeBrowserContext", browserContextId=self.context)

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    @property
    def events(self):
        return self.browser.events.setdefault(self.session, [])

    def open(self, url):
        seen = len(self.events)
        result = self.call("Page.navigate", url=url)
        assert "errorText" not in result, result
        self.wait_for_event("Page.loadEventFired", seen)

    def wait_for_event(self, method, seen):
        while not any(event["method"] == method for event in self.events[seen:]):
            self.browser.receive()

    def do(self, script):
        """The value of an expression, or of the promise that it is."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, (script, answer["exceptionDetails"])
        return answer["result"].get("value")

    def until(self, script):
        """Polls until an expression is true; returns its value."""
        deadline = time.monotonic() + PATIENCE
        while not (value := self.do(script)):
            assert time.monotonic() < deadline, f"still not: {script}\n{self.do('document.body.innerText')[:3000]}"
            time.sleep(0.01)
        return value

    def screenshot(self, whole=False):
        return base64.b64decode(self.call("Page.captureScreenshot", captureBeyondViewport=whole)["data"])

    def faults(self):
        """What Chromium has complained about: exceptions, errors on the console, violations of the page's policy."""
        found = []
        for event in self.events:
            method, values = event["method"], event["params"]
            if method == "Runtime.exceptionThrown":
                found.append(values["exceptionDetails"])
            elif method == "Log.entryAdded" and values["entry"]["level"] in ("error", "warning"):
                found.append(values["entry"]["text"])
            elif method == "Runtime.consoleAPICalled" and values["type"] in ("error", "warning", "assert"):
                found.append(values["args"])
            elif method == "Audits.issueAdded":
                found.append(values["issue"])
        return found

    def requests(self):
        return [event["params"]["request"] for event in self.events if event["method"] == "Network.requestWillBeSent"]

    # As a person does it

    def press(self, key, modifiers=0, text=""):
        codes = {"Tab": 9, "Enter": 13, " ": 32}
        values = {"key": key, "windowsVirtualKeyCode": codes[key], "modifiers": modifiers}
        self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **values)
        self.call("Input.dispatchKeyEvent", type="keyUp", **values)

    def fill(self, field, text):
        """Puts a text into a field in place of what is there, and leaves it."""
        self.do(f"document.getElementById('{field}').focus(), document.getElementById('{field}').select()")
        self.call("Input.insertText", text=text)
        assert self.value(field) == text
        self.do(f"document.getElementById('{field}').blur()")

    def click(self, script):
        """Clicks the middle of an element."""
        place = self.do(
            f"(() => {{ const it = {script}; it.scrollIntoView({{block: 'center', behavior: 'instant'}});"
            " const box = it.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2] })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def publish(self):
        self.click("document.querySelector('#form button')")

    # What it shows

    def value(self, field):
        return self.do(f"document.getElementById('{field}').value")

    def text(self, name):
        return self.do(f"document.getElementById('{name}').textContent")

    def shows(self, name, text):
        self.until(f"document.getElementById('{name}').textContent.includes({json.dumps(text)})")

    def arrived(self, event, data, count):
        """Waits for the log to have `count` lines, the newest of which is this."""
        self.until(f"document.querySelectorAll('#log li').length === {count}")
        line = "document.querySelector('#log li')"
        assert self.do(f"[{line}.querySelector('strong').textContent, {line}.querySelector('code').textContent]") == [event, data]

    def nodes(self):
        """The accessibility tree: (role, name, node) of everything in it."""
        for node in self.call("Accessibility.getFullAXTree")["nodes"]:
            if not node["ignored"]:
                yield node["role"]["value"], node.get("name", {}).get("value", ""), node
