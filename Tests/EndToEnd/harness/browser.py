"""The official JavaScript client in a page, in headless Chromium. The page comes from a server of its own, so from another origin."""

import json
import queue
import shutil
import subprocess
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode

from harness import PATIENCE
from harness.javascript import CLIENT, PROGRAMS, Session

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FILES = {
    "/": ("text/html", PROGRAMS / "page.html"),
    "/commands.js": ("text/javascript", PROGRAMS / "commands.js"),
    "/client.js": ("text/javascript", CLIENT),
}


class Site:
    """Serves the page, hands it the commands and takes its reports."""

    def __init__(self):
        self.lines, self.commands = queue.Queue(), queue.Queue()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                path = self.path.partition("?")[0]
                if path == "/command":
                    command = site.commands.get()
                    self.answer(200 if command else 410, "application/json", (command or "").encode())
                elif path in FILES:
                    kind, file = FILES[path]
                    self.answer(200, kind, file.read_bytes())
                else:
                    self.answer(404, "text/plain", b"")

            def do_POST(self):
                site.lines.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.answer(200, "text/plain", b"")

            def answer(self, status, kind, body):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self.server.server_address[1]

    def close(self):
        self.commands.put(None)
        self.server.shutdown()
        self.server.server_close()


class Page(Session):
    """A page at `http://{host}:{site.port}`, whose sockets connect to `url`. All names are this machine."""

    def __init__(self, site, url, host):
        self.site, self.lines = site, site.lines
        self.folder = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        flags = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-proxy-server",
            "--disable-extensions", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--host-resolver-rules=MAP *.example.org 127.0.0.1", f"--user-data-dir={self.folder.name}",
        ]  # fmt: skip
        page = f"http://{host}:{site.port}/?{urlencode({'url': url})}"
        self.process = subprocess.Popen(
            [CHROMIUM, *flags, page], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=PATIENCE)
        finally:
            self.process.kill()
            self.site.close()
            self.folder.cleanup()

    def command(self, line):
        self.site.commands.put(line)
