"""Every command and snippet of the documents is run.

A fenced block is run as what its language says, in the order of its document, against a server of the document's own. `# → text` in a `sh`
block, under a command, is what the output has to hold. A comment before a block says what else there is to it:

    <!-- test: background -->          runs until the end of the document
    <!-- test: background output -->   the lines that a background block has to print from here on, in this order
    <!-- test: exit N -->              ends with this code
    <!-- test: keyed -->               runs where FANFARE_PUBLISH_KEY is set
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
from harness.server import BINARY, Server, environment

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ["README.md", "docs/getting-started.md", "docs/migrating.md", "docs/clients.md"]
BLOCK = re.compile(r"(?:<!-- test: ([a-z0-9 ]+) -->\n)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
KEY = "a-key-of-the-documents-0123456789abcdef"
NODE_PACKAGE = '{"name":"socket.io-client","main":"socket.io.min.js","exports":{".":{"import":"./index.mjs","default":"./socket.io.min.js"}}}'
#: The browser build of the client looks for an XMLHttpRequest when it is loaded.
NODE_ENTRY = """import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
globalThis.XMLHttpRequest = require("./xhr.js");
export const { io } = require("./socket.io.min.js");
"""


class Document:
    """A document's blocks, with what they need around them."""

    def __init__(self, text, folder, server, keyed):
        self.text, self.folder, self.server, self.keyed = text, folder, server, keyed
        self.background = []
        self.seen = 0
        modules = folder / "node_modules" / "socket.io-client"
        modules.mkdir(parents=True)
        shutil.copy(CLIENT, modules / "socket.io.min.js")
        (modules / "package.json").write_text(NODE_PACKAGE)
        shutil.copy(PROGRAMS / "xhr.js", modules / "xhr.js")
        (modules / "index.mjs").write_text(NODE_ENTRY)
        (folder / "bin").mkdir()
        (folder / "bin" / "fanfare").symlink_to(BINARY)
        (folder / "bin" / "python").symlink_to(sys.executable)

    def environment(self, keyed=False):
        variables = environment(FANFARE_PORT=str((self.keyed if keyed else self.server).port))
        if keyed:
            variables["FANFARE_PUBLISH_KEY"] = KEY
        variables["PATH"] = f"{self.folder / 'bin'}:{variables['PATH']}"
        variables["PYTHONUNBUFFERED"] = "1"
        return variables

    def run(self):
        count = 0
        for mark, language, code in BLOCK.findall(self.text):
            count += 1
            code = code.replace("localhost:8000", f"localhost:{self.server.port}").replace("localhost:8001", f"localhost:{self.keyed.port}")
            code = code.replace("--port 8001", "--port 0")
            self.block(mark, language, code)
        return count

    def block(self, mark, language, code):
        if mark in ("parse", "html"):
            self.parse(language, code)
        elif mark == "build":
            self.check_build(code)
        elif mark == "background output":
            self.expect(code.splitlines())
        elif mark in ("background", "background keyed"):
            self.start(language, code, keyed=mark.endswith("keyed"))
        elif mark in ("", "keyed") or mark.startswith("exit "):
            self.finish(language, code, keyed=mark == "keyed", code_wanted=int(mark[5:]) if mark.startswith("exit ") else 0)
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

    def finish(self, language, code, keyed, code_wanted):
        expected = [line[4:] for line in code.splitlines() if line.startswith("# → ")]
        result = subprocess.run(
            self.command(language, code, "now"), cwd=self.folder, env=self.environment(keyed), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=30,
        )  # fmt: skip
        assert result.returncode == code_wanted, f"{code}\n{result.stdout}\n{result.stderr}"
        rest = result.stdout
        for text in expected:
            assert text in rest, f"{code}\nprinted\n{result.stdout}"
            rest = rest[rest.index(text) + len(text) :]

    def start(self, language, code, keyed):
        number = len(self.background)
        log = (self.folder / f"output{number}").open("w+")
        subscriptions = self.subscriptions()
        process = subprocess.Popen(
            self.command(language, code, number), cwd=self.folder, env=self.environment(keyed), stdin=subprocess.DEVNULL,
            stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self.background.append((process, log))
        if not keyed:
            self.wait(lambda: self.subscriptions() != subscriptions, f"nobody has subscribed:\n{code}\n{Path(log.name).read_text()}")

    def subscriptions(self):
        """How many there are, over the channels that the documents use."""
        names = ["news", "orders.7", "weather", "a", "b"]
        return [self.server.publish(name, "-", b"0").json()["subscribers"] for name in names]

    def expect(self, lines):
        """All lines, in order, from some background block; the probes of `subscriptions` may come between."""

        def found():
            for _, log in self.background:
                rest = iter(Path(log.name).read_text().splitlines())
                if all(line in rest for line in lines):
                    return True
            return False

        self.wait(found, f"no block in the background printed {lines}: {[Path(log.name).read_text() for _, log in self.background]}")

    def wait(self, condition, message):
        deadline = time.monotonic() + 15
        while not condition():
            assert time.monotonic() < deadline, message
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


def run_document(text, folder):
    with Server() as server, Server(FANFARE_PUBLISH_KEY=KEY) as keyed:
        document = Document(text, folder, server, keyed)
        try:
            return document.run()
        finally:
            document.close()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_snippet_does_what_the_document_says(name, tmp_path, own_binary):
    text = (ROOT / name).read_text()
    assert run_document(text, tmp_path) == text.count("\n```") / 2


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
