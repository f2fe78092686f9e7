"""A line for each request at the level debug: who asked, what came of it, which trace it belongs to; and never what must not be told."""

import json
import re
import signal
import time

import pytest
from harness import PATIENCE
from harness.http import JSON
from harness.polling import Poller
from harness.server import Server
from harness.websocket import WebSocketConnection

KEY = "a-key-of-the-tests-0123456789-0123456789"
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def lines(server, *requests):
    """The log's request lines by their ids, when these are among them: a line is written after the answer has left."""
    deadline = time.monotonic() + PATIENCE
    while True:
        logged = [line for line in server.logged.splitlines() if "msg=request " in line]
        found = [dict(re.findall(r'(\w+)=("[^"]*"|\S+)', line)) for line in logged]
        by_request = {line["request"]: line for line in found}
        if by_request.keys() >= set(requests):
            return by_request
        assert time.monotonic() < deadline, server.logged
        time.sleep(0.01)


def test_a_line_a_request(own_binary):
    with Server("--log-level", "debug", FANFARE_PUBLISH_KEY=KEY) as server:
        own = [JSON, ("X-API-Key", KEY), ("X-Request-ID", "abc-1"), ("traceparent", f"00-{TRACE}-{SPAN}-01")]
        answer = server.publish("news", "e%C3%A9", b'{"secret":"payload"}', own)
        assert (answer.status, answer.header("X-Request-ID")) == (200, "abc-1")
        refused = server.publish("news", "e", b"1")
        made = refused.header("X-Request-ID")
        assert refused.status == 401 and re.fullmatch("[0-9a-f]{16}", made)
        found = lines(server, "abc-1", made)
        line = found["abc-1"]
        assert (line["level"], line["method"], line["status"], line["peer"]) == ("debug", "POST", "200", "127.0.0.1")
        assert (line["trace_id"], line["span_id"]) == (TRACE, SPAN)
        assert line["path"] == "/broadcast/news/e%25C3%25A9"
        assert 0 <= int(line["us"]) < PATIENCE * 1e6
        assert found[made]["status"] == "401" and "trace_id" not in found[made]
        assert KEY not in server.logged and "payload" not in server.logged


def test_no_secret_of_a_session_is_told(own_binary):
    with Server("--log-level", "debug") as server, Poller(server) as poller, WebSocketConnection(server) as socket:
        poller.join()
        socket.join()
        assert poller.sid not in server.logged
        deadline = time.monotonic() + PATIENCE
        while "status=101" not in server.logged:
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_as_json(own_binary):
    with Server("--log-level", "debug", "--log-format", "json") as server:
        server.request("GET", "/livez", headers=[("X-Request-ID", 'a"b\\c')])
        deadline = time.monotonic() + PATIENCE
        while 'a\\"b' not in server.logged:
            assert time.monotonic() < deadline, server.logged
            time.sleep(0.01)
        [line] = [json.loads(text) for text in server.logged.splitlines() if 'a\\"b' in text]
        assert line["request"] == 'a"b\\c' and line["status"] == "200"


@pytest.mark.parametrize("identifier", ["", "a b", "é", "x" * 129])
def test_an_identifier_that_cannot_stand_in_a_log_is_none(server, identifier):
    assert server.request("GET", "/livez", headers=[("X-Request-ID", identifier)]).header("X-Request-ID") is None


def test_at_info_requests_leave_no_line_and_get_no_identifier_but_their_own(server):
    before = server.logged
    assert server.request("GET", "/livez").header("X-Request-ID") is None
    assert server.request("GET", "/livez", headers=[("X-Request-ID", "x" * 128)]).header("X-Request-ID") == "x" * 128
    assert "msg=request " not in server.logged[len(before) :]


def test_a_reload_switches_it(own_binary, tmp_path):
    config = tmp_path / "fanfare.yaml"
    config.write_text("log: {level: info}\n")
    with Server("--config", str(config)) as server:
        for level, tells in (("debug", True), ("info", False), ("debug", True)):
            config.write_text(f"log: {{level: {level}}}\n")
            reloads = server.logged.count("msg=reloaded")
            server.process.send_signal(signal.SIGHUP)
            deadline = time.monotonic() + PATIENCE
            while server.logged.count("msg=reloaded") == reloads:
                assert time.monotonic() < deadline, server.logged
                time.sleep(0.01)
            answer = server.request("GET", "/livez")
            assert (answer.header("X-Request-ID") is not None) == tells
