"""Every command and snippet of the documents is run.

A fenced block is run as what its language says, in the order of its document, against a server of the document's own. `# → text` in a `sh`
block, under a command, is what the output has to hold. A comment before a block says what else there is to it:

    <!-- test: background -->          runs until the end of the document
    <!-- test: background output -->   the lines that a background block has to print from here on, in this order
    <!-- test: exit N -->              ends with this code
    <!-- test: background server -->   starts a server on port 8001, which then answers
    <!-- test: build -->               builds or starts the product: the names in it are checked
    <!-- test: parse, html -->         cannot be run here: it has to parse
"""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.javascript import CLIENT, NODE, PROGRAMS
from harness.server import BINARY, Endpoint, Server, environment, free_port

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ["README.md", "docs/getting-started.md", "docs/migrating.md", "docs/clients.md", "docs/performance.md"]
BLOCK = re.compile(r"(?:<!-- test: ([a-z0-9 ]+) -->\n)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CHANNELS = ["news", "orders.7", "weather", "a", "b"]
NODE_PACKAGE = '{"name":"socket.io-client","main":"socket.io.min.js","exports":{".":{"import":"./index.mjs","default":"./socket.io.min.js"}}}'
#: The browser build of the client looks for an XMLHttpRequest when it is loaded.
NODE_ENTRY = """import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
globalThis.XMLHttpRequest = require("./xhr.js");
export const { io } = require("./socket.io.min.js");
"""


class Document:
    """A document's blocks, with what they need around them."""

    def __init__(self, text, folder, server):
        self.text, self.folder, self.server = text, folder, server
        self.second = Endpoint("127.0.0.1", free_port())
        self.background = []
        #: What the background blocks have subscribed to, one number for each channel of `subscriptions`.
        self.joined = [0] * len(CHANNELS)
        modules = folder / "node_modules" / "socket.io-client"
        modules.mkdir(parents=True)
        shutil.copy(CLIENT, modules / "socket.io.min.js")
        (modules / "package.json").write_text(NODE_PACKAGE)
        shutil.copy(PROGRAMS / "xhr.js", modules / "xhr.js")
        (modules / "index.mjs").write_text(NODE_ENTRY)
        (folder / "bin").mkdir()
        (folder / "bin" / "fanfare").symlink_to(BINARY)
        (folder / "bin" / "python").symlink_to(sys.executable)

    def environment(self):
        variables = environment(FANFARE_PORT=str(self.server.port))
        variables["PATH"] = f"{self.folder / 'bin'}:{variables['PATH']}"
        variables["PYTHONUNBUFFERED"] = "1"
        variables["HOME"] = str(self.folder)
        return variables

    def run(self):
        for line in self.text.splitlines():
            assert not re.match(r"\s+```|\s*~~~", line), f"a fence begins its line and is made of backquotes: {line}"
        marks = [block[0] for block in BLOCK.findall(self.text) if block[0]]
        assert len(marks) == self.text.count("<!-- test"), f"a comment that is none of {marks}, or not on the line before its block"
        count = 0
        for mark, language, code in BLOCK.findall(self.text):
            count += 1
            for number, endpoint in (("8000", self.server), ("8001", self.second)):
                for before in ("localhost:", "--port "):
                    code = code.replace(before + number, f"{before}{endpoint.port}")
            self.block(mark, language, code)
        return count

    def block(self, mark, language, code):
        if mark in ("parse", "html"):
            self.parse(language, code)
        elif mark == "build":
            self.check_build(code)
        elif mark == "background output":
            self.expect(code.splitlines())
        elif mark in ("background", "background server"):
            self.start(language, code, is_server=mark.endswith("server"))
        elif not mark or mark.startswith("exit "):
            self.finish(language, code, code_wanted=int(mark[5:]) if mark else 0)
        else:
            pytest.fail(f"nobody knows what <!-- test: {mark} --> means")

    def command(self, language, code, number):
        path = self.folder / f"block{number}.{ {'js': 'mjs', 'python': 'py'}.get(language, language)}"
        path.write_text(code)
        if language == "sh":
            return ["bash", "-e", "-o", "pipefail", path]
        if language == "js":
            return [NODE, path]
        if language == "python":
            return [sys.executable, path]
        pytest.fail(f"nobody knows how to run {language or 'a block without a language'}:\n{code}")

    def finish(self, language, code, code_wanted):
        expected = [line[4:] for line in code.splitlines() if line.startswith("# → ")]
        result = subprocess.run(
            self.command(language, code, "now"), cwd=self.folder, env=self.environment(), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=30,
        )  # fmt: skip
        assert result.returncode == code_wanted, f"{code}\n{result.stdout}\n{result.stderr}"
        rest = result.stdout
        for text in expected:
            assert text in rest, f"{code}\nprinted\n{result.stdout}"
            rest = rest[rest.index(text) + len(text) :]

    def start(self, language, code, is_server):
        number = len(self.background)
        log = (self.folder / f"output{number}").open("w+")
        subscriptions = self.subscriptions()
        process = subprocess.Popen(
            self.command(language, code, number), cwd=self.folder, env=self.environment(), stdin=subprocess.DEVNULL,
            stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self.background.append((process, log))
        if is_server:
            self.wait(self.second_answers, f"nobody answers on port 8001:\n{code}")
        else:
            self.wait(lambda: self.subscriptions() != subscriptions, f"nobody has subscribed:\n{code}")
            self.joined = [sum(parts) - before for *parts, before in zip(self.joined, self.subscriptions(), subscriptions)]

    def second_answers(self):
        try:
            return self.background[-1][0].poll() is None and self.second.is_alive()
        except ConnectionRefusedError:
            return False

    def subscriptions(self):
        """How many there are, over the channels that the documents use."""
        return [self.server.publish(name, "-", b"0").json()["subscribers"] for name in CHANNELS]

    def expect(self, lines):
        """All lines, in order, from some background block; the probes of `subscriptions` may come between."""

        def found():
            for _, log in self.background:
                rest = iter(Path(log.name).read_text().splitlines())
                if all(line in rest for line in lines):
                    return True
            return False

        self.wait(found, f"no block in the background printed {lines}")

    def wait(self, condition, message):
        deadline = time.monotonic() + 15
        while not condition():
            printed = [Path(log.name).read_text()[-300:] for _, log in self.background]
            assert time.monotonic() < deadline, f"{message}\nprinted in the background: {printed}"
            time.sleep(0.02)

    def parse(self, language, code):
        path = self.folder / f"parsed.{language}"
        path.write_text(code)
        if language == "sh":
            subprocess.run(["bash", "-n", path], check=True)
        elif language == "swift":
            subprocess.run(["swiftc", "-parse", path], check=True)
        elif language == "html":
            for number, script in enumerate(re.findall(r"<script>(.*?)</script>", code, re.DOTALL)):
                (self.folder / f"script{number}.js").write_text(script)
                subprocess.run([NODE, "--check", self.folder / f"script{number}.js"], check=True)
        else:
            pytest.fail(f"nobody knows how to parse {language}")

    def check_build(self, code):
        manifest = (ROOT / "Package.swift").read_text()
        assert "swift build -c release" in code and '.executable(name: "fanfare"' in manifest
        assert Path(BINARY).name == "fanfare" and (".build/release" in code)

    def restart(self):
        """Kills the server and starts it again: every client is to come back and subscribe."""
        assert any(self.joined)
        self.server.kill()
        self.server.start()
        self.wait(lambda: self.subscriptions() == self.joined, f"not all came back to the {self.joined} that there were")

    def close(self):
        for process, _ in self.background:
            if process.poll() is None:
                os.killpg(process.pid, 15)
        for process, log in self.background:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
            log.close()


def run_document(text, folder, restarts=False):
    with Server() as server:
        document = Document(text, folder, server)
        try:
            count = document.run()
            if restarts:
                document.restart()
            return count
        finally:
            document.close()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_snippet_does_what_the_document_says(name, tmp_path, own_binary):
    text = (ROOT / name).read_text()
    assert run_document(text, tmp_path) == text.count("\n```") / 2


@pytest.mark.parametrize("name", ["README.md", "docs/clients.md"])
def test_the_clients_that_are_shown_come_back_after_a_restart(name, tmp_path, own_binary):
    run_document((ROOT / name).read_text(), tmp_path, restarts=True)


@pytest.mark.parametrize(
    "text",
    [
        "```sh\nfalse\n```\n",
        "```sh\necho one\n# → two\n```\n",
        "```sh\necho two one\n# → one\n# → two\n```\n",
        "<!-- test: exit 3 -->\n```sh\nexit 4\n```\n",
        "<!-- test: whatever -->\n```sh\ntrue\n```\n",
        "```\ntrue\n```\n",
        "```cobol\ntrue\n```\n",
        "<!-- test: parse -->\n```sh\nif\n```\n",
        "<!-- test: html -->\n```html\n<script>const = 1</script>\n```\n",
        "```js\nthrow new Error()\n```\n",
        "```python\nraise SystemExit(1)\n```\n",
        "<!-- test: Parse -->\n```sh\ntrue\n```\n",
        "<!-- test: parse -->\n\n```sh\ntrue\n```\n",
        "- one\n  ```sh\n  false\n  ```\n",
        "~~~sh\nfalse\n~~~\n",
    ],
)
def test_a_wrong_snippet_is_found(text, tmp_path, own_binary):
    with pytest.raises((AssertionError, subprocess.CalledProcessError, pytest.fail.Exception)):
        run_document(text, tmp_path)


def test_every_relative_link_leads_somewhere():
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        prose = re.sub(r"^```.*?^```$|`[^`\n]*`", "", path.read_text(), flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", prose):
            if re.match(r"[a-z]+:", target):
                continue
            file, _, anchor = target.partition("#")
            found = (path.parent / file).resolve() if file else path
            assert found.exists(), f"{path.name} links to {target}"
            if anchor:
                titles = re.findall(r"^#+ (.*)$", found.read_text(), re.MULTILINE)
                anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
                assert anchor in anchors, f"{path.name} links to {target}"
