"""/metrics: the numbers held against what real clients have done, the text read by Prometheus' own tools, and what deploy/ makes of it."""

import json
import re
import shutil
import signal
import socket
import struct
import subprocess
import time
from contextlib import ExitStack

import pytest
import socketio
import yaml
from harness import PATIENCE
from harness.http import JSON, publish_request, request
from harness.kernel import settled
from harness.server import PROJECT, Server, run
from harness.subscriber import Subscriber
from harness.websocket import WebSocketConnection, frame
from prometheus_client.parser import text_string_to_metric_families
from test_tls import SecureServer, certificate

READER, PUBLISHER = "reader-of-the-tests-0123456789-0123", "publisher-of-the-tests-0123456789"


class Reading(dict):
    """One scrape: {(name, label value): number}, the label's value "" where there is none but `le`."""

    def __init__(self, server, headers=()):
        super().__init__()
        self.answer = server.request("GET", "/metrics", headers=headers)
        assert self.answer.status == 200, self.answer
        for family in text_string_to_metric_families(self.answer.body.decode()):
            for sample in family.samples:
                labels = {name: value for name, value in sample.labels.items() if name != "le"}
                assert len(labels) <= 1
                key = (sample.name, *labels.values(), *([sample.labels["le"]] if "le" in sample.labels else []))
                key = key if len(key) > 1 else (sample.name, "")
                assert key not in self, f"{key} comes twice"
                self[key] = sample.value

    def __getitem__(self, key):
        return super().__getitem__(key if isinstance(key, tuple) else (key, ""))

    def labelled(self, name):
        """What is not zero, by label."""
        return {key[1]: value for key, value in self.items() if key[0] == name and value}


def soon(server, holds, **options):
    """The first reading of which `holds` is true: what happened on one loop can be told while another one works at its part."""
    deadline = time.monotonic() + PATIENCE
    while not holds(reading := Reading(server, **options)):
        assert time.monotonic() < deadline, {key: value for key, value in reading.items() if value}
        time.sleep(0.01)
    return reading


@pytest.fixture
def fresh(own_binary):
    """A server that nobody has used: its numbers are all this test's."""
    with Server("--loops", "2") as started:
        yield started


def client(server, transports):
    made = socketio.Client(reconnection=False)
    made.connect(server.url, transports=transports, wait_timeout=PATIENCE)
    return made


# MARK: The numbers


def test_connections_subscriptions_and_channels(fresh):
    with ExitStack() as stack:
        clients = [client(fresh, transports) for transports in (["websocket"], ["websocket"], ["polling"], ["polling", "websocket"])]
        for made in clients:
            stack.callback(made.disconnect)
            made.call("subscribe", "all", timeout=PATIENCE)
        clients[0].call("subscribe", "first", timeout=PATIENCE)
        clients[2].call("subscribe", "third", timeout=PATIENCE)
        clients[2].call("unsubscribe", "third", timeout=PATIENCE)
        clients[2].call("subscribe", "third", timeout=PATIENCE)

        reading = soon(fresh, lambda reading: reading["fanfare_upgrades_total"] == 1)
        assert reading.labelled("fanfare_connections") == {"websocket": 3, "polling": 1}
        assert reading["fanfare_subscriptions"] == 6
        assert reading["fanfare_channels"] == 3
        assert reading["fanfare_sessions_moved_total"] in (0, 1)
        assert reading["fanfare_http_requests_total", "101"] == 3
        # The three WebSockets, the poller's GET, perhaps its POSTs' connection, and the scrape's own.
        assert 5 <= reading["fanfare_sockets"] <= 8
        assert reading["fanfare_sockets"] - reading["fanfare_http_connections"] == 3
        assert reading["fanfare_maximum_sockets"] > 100
    reading = soon(fresh, lambda reading: not reading.labelled("fanfare_connections"))
    assert (reading["fanfare_subscriptions"], reading["fanfare_channels"]) == (0, 0)
    assert reading.labelled("fanfare_cut_total") == {}


def test_publishes_and_deliveries_are_what_clients_have_got(fresh):
    heard = []
    with ExitStack() as stack:
        for index in range(6):
            made = client(fresh, ["polling"] if index % 3 == 2 else ["websocket"])
            stack.callback(made.disconnect)
            made.on("tick", lambda data: heard.append(data))
            made.call("subscribe", "both", timeout=PATIENCE)
            if index % 2:
                made.call("subscribe", "odd", timeout=PATIENCE)
        counted = 0
        with fresh.connect() as publisher:
            for channel in ["both", "odd", "nobody"] * 20:
                publisher.send(publish_request(channel, "tick", b'{"n":1}'))
                answer = publisher.response()
                counted += answer.json()["subscribers"]
        deadline = time.monotonic() + PATIENCE
        while len(heard) < counted:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        reading = Reading(fresh)
    assert counted == 20 * 6 + 20 * 3 == len(heard)
    assert reading["fanfare_deliveries_total"] == counted
    assert reading["fanfare_publishes_total"] == 60
    assert reading["fanfare_publish_duration_seconds_count"] == 60
    assert reading["fanfare_pending_messages"] == 0
    # A message that two loops have subscribers for takes a pass on each; several can share one.
    assert 1 <= reading["fanfare_fanout_duration_seconds_count"] <= 80


def test_bytes_in_and_out(own_binary):
    with Server("--loops", "1") as server, WebSocketConnection(server) as websocket, server.connect() as publisher:
        websocket.join()
        websocket.text(b'420["subscribe","news"]')
        websocket.text_packet()
        before = Reading(server)
        scraped = len(request("GET", "/metrics"))
        body = b'"' + b"x" * 50_000 + b'"'
        posted = publish_request("news", "e", body)
        for _ in range(20):
            publisher.send(posted)
            answer = publisher.response()
            websocket.text_packet()
        after = Reading(server)
        delivered = 10 - 6 + len(b'42["e",]') + len(body)
        # The text of the first scrape left after its bytes were counted.
        answered = after["fanfare_sent_bytes_total"] - before["fanfare_sent_bytes_total"] - len(before.answer.body) - 20 * delivered
        assert after["fanfare_received_bytes_total"] - before["fanfare_received_bytes_total"] == 20 * len(posted) + scraped
        # 20 answers and one scrape's head.
        assert 20 * len(answer.body) < answered < 20 * (len(answer.body) + 200) + 400


def test_refusals_by_reason(own_binary):
    with Server("--limit-channels", "2") as server:
        for body in (b"", b"[", b"nul"):
            server.publish("news", "e", body)
        server.publish("news", "connect", b"1")
        server.publish("news", "e", b"[" * 70 + b"]" * 70)
        server.publish("news", "e", b"1", [("Content-Type", "text/plain")])
        server.publish("news", "e", b"1", [JSON, ("Origin", "https://evil.example.org")])
        server.publish("news", "e", b"1", host="evil.example.org")
        server.request("GET", "/" + "x" * 9_000)
        with Subscriber(server) as subscriber:
            subscriber.subscribe("a", "b")
            subscriber.ask("subscribe", "c")
            reading = Reading(server)
    assert reading.labelled("fanfare_refused_total") == {
        "bad_json": 3, "bad_name": 1, "json_depth": 1, "content_type": 1, "foreign_origin": 1, "strange_host": 1, "target_bytes": 1,
        "channels": 1,
    }  # fmt: skip
    assert reading.labelled("fanfare_http_requests_total") == {"101": 1, "200": 1, "403": 2, "414": 1, "415": 1, "422": 5}
    assert reading["fanfare_publishes_total"] == 0


def test_cuts_by_reason(own_binary):
    with Server("--limit-fragments", "4", "--limit-pings-rate", "2", "--limit-idle-deadline", "200ms") as server, ExitStack() as stack:
        for flood in (frame(0x0, b"x", final=False) * 8, frame(0x9) * 30):
            websocket = stack.enter_context(WebSocketConnection(server)).join()
            websocket.send((frame(0x1, b"x", final=False) if flood[0] == 0 else b"") + flood)
            assert websocket.close_code() == 1008
        idle = stack.enter_context(server.connect())
        idle.send(request("GET", "/livez"))
        idle.response()
        assert idle.closed()
        # A client that leaves is not cut.
        stack.enter_context(WebSocketConnection(server)).join().socket.close()
        reading = Reading(server)
        assert reading.labelled("fanfare_cut_total") == {"fragments": 1, "pings_rate": 1, "idle_deadline": 1}


def test_who_does_not_read_is_slow_until_cut(own_binary):
    with Server("--loops", "1", "--limit-queue-bytes", "2MiB") as server, ExitStack() as stack:
        slow = stack.enter_context(WebSocketConnection(server)).join()
        slow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.text(b'420["subscribe","news"]')
        slow.text_packet()
        body = b'"' + b"x" * 200_000 + b'"'
        reading = Reading(server)
        while not reading["fanfare_slow_connections"]:
            assert not reading.labelled("fanfare_cut_total")
            assert server.publish("news", "e", body).status == 200
            reading = Reading(server)
        assert reading["fanfare_slow_connections"] == 1
        assert 65_536 <= reading["fanfare_queued_bytes"] <= 3_000_000
        while not reading.labelled("fanfare_cut_total"):
            server.publish("news", "e", body)
            reading = Reading(server)
        assert reading.labelled("fanfare_cut_total") == {"queue_bytes": 1}
        assert reading.labelled("fanfare_connections") == {}
        soon(server, lambda reading: reading["fanfare_slow_connections"] == 0 and reading["fanfare_queued_bytes"] == 0)


def test_tls_handshakes(own_binary, tmp_path):
    with SecureServer(*certificate(tmp_path, "metrics")) as server:

        def lines():
            with server.open() as connection:
                connection.sendall(request("GET", "/metrics", headers=[("Connection", "close")]))
                return b"".join(iter(lambda: connection.recv(65536), b"")).decode().splitlines()

        def handshakes(result):
            (line,) = [line for line in lines() if line.startswith(f'fanfare_tls_handshakes_total{{result="{result}"}}')]
            return int(line.split()[1])

        before = handshakes("completed")
        assert handshakes("completed") == before + 1
        assert handshakes("failed") <= 1, "a client that was refused at the start"
        failed = handshakes("failed")
        with socket.create_connection(server.address, timeout=PATIENCE) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
            while plain.recv(65536):
                pass
        deadline = time.monotonic() + PATIENCE
        while handshakes("failed") != failed + 1:
            assert time.monotonic() < deadline


def test_the_process_and_the_build(fresh):
    began = time.time()
    reading = Reading(fresh)
    status = dict(line.split(":\t", 1) for line in open(f"/proc/{fresh.process.pid}/status").read().splitlines() if ":\t" in line)
    resident = int(status["VmRSS"].split()[0]) * 1024
    assert abs(reading["process_resident_memory_bytes"] - resident) < 8_000_000
    assert reading["process_virtual_memory_bytes"] > resident
    assert abs(reading["process_start_time_seconds"] - began) < 60
    assert 0 < reading["process_cpu_seconds_total"] < 10
    assert 5 < reading["process_open_fds"] < 60 < reading["process_max_fds"]
    assert reading["fanfare_build_info", run("--version").stdout.strip()] == 1
    assert reading["fanfare_eventloops"] == 2
    assert (reading["fanfare_ready"], reading["fanfare_draining"]) == (1, 0)
    with ExitStack() as stack:
        for _ in range(30):
            stack.enter_context(fresh.connect())
        soon(fresh, lambda later: later["process_open_fds"] >= reading["process_open_fds"] + 30)
    lag = soon(fresh, lambda later: later["fanfare_eventloop_lag_seconds_count"] > 4)
    assert lag["fanfare_eventloop_lag_seconds_sum"] < 5


def test_a_loop_that_is_held_up_shows_as_lag(own_binary):
    """The process stands still for half a second: every loop's timer is late by about as much."""
    with Server("--loops", "1") as server:
        soon(server, lambda reading: reading["fanfare_eventloop_lag_seconds_count"] > 1)
        server.process.send_signal(signal.SIGSTOP)
        time.sleep(1)
        server.process.send_signal(signal.SIGCONT)
        reading = soon(server, lambda reading: reading["fanfare_eventloop_lag_seconds_sum"] > 0.5)
        late = reading["fanfare_eventloop_lag_seconds_count"] - reading["fanfare_eventloop_lag_seconds_bucket", "0.5"]
        assert late == 1


def test_a_drain_shows(own_binary):
    with Server() as server, ExitStack() as stack:
        subscriber = stack.enter_context(WebSocketConnection(server)).join()
        # Begun before, so that it is still let in.
        connection = stack.enter_context(server.connect())
        data = request("GET", "/metrics")
        connection.send(data[:10])
        settled(connection)
        server.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while "msg=draining" not in server.logged:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        connection.send(data[10:])
        answer = connection.response()
        assert answer.status == 200 and answer.header("Connection") == "close"
        assert b"\nfanfare_draining 1\n" in answer.body and b"\nfanfare_ready 0\n" in answer.body
        assert subscriber.close_code() == 1001
        assert server.process.wait(timeout=40) == 0


# MARK: The text


def test_prometheus_has_nothing_to_say_against_the_text(fresh):
    promtool = shutil.which("promtool")
    assert promtool, "promtool is missing: scripts/install-test-tools.sh installs it"
    fresh.publish("news", "e", b"1")
    checked = subprocess.run([promtool, "check", "metrics"], input=Reading(fresh).answer.body, capture_output=True)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


def test_the_type_is_prometheus_own_and_buckets_add_up(fresh):
    for _ in range(5):
        fresh.publish("news", "e", b"1")
    reading = Reading(fresh)
    assert reading.answer.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8"
    assert reading.answer.header("Cache-Control") == "no-store"
    for name in ("publish_duration", "fanout_duration", "eventloop_lag"):
        buckets = [value for key, value in reading.items() if key[0] == f"fanfare_{name}_seconds_bucket"]
        assert buckets == sorted(buckets) and len(buckets) == 17
        assert buckets[-1] == reading[f"fanfare_{name}_seconds_count"]
    assert reading["fanfare_publish_duration_seconds_count"] == 5


def test_every_limits_counter_is_there_from_the_start(fresh):
    reading = Reading(fresh)
    counters = re.findall(r"`(fanfare_\w+_total)`, `(\w+)`", (PROJECT / "docs/limits.md").read_text())
    assert len(counters) > 20
    for counter in counters:
        assert reading[counter] == 0


def test_the_page_lists_every_metric_and_reason(fresh):
    page = (PROJECT / "docs/metrics.md").read_text()
    reading = Reading(fresh)
    names = {re.sub("_(bucket|sum|count)$", "", key[0]) for key in reading}
    listed = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    # This server is alone; test_backplane.py looks at the others.
    assert names == {name for name in listed if not name.startswith("fanfare_backplane_")}
    for name, reason in ((key[0], key[1]) for key in reading if key[0] in ("fanfare_refused_total", "fanfare_cut_total")):
        assert f"`{reason}`" in page.partition("## Reasons")[2], (name, reason)


# MARK: Who may see it


def test_keys(own_binary, tmp_path):
    file = tmp_path / "fanfare.yaml"
    file.write_text(
        f"keys:\n  reader: {{secret: {READER}, may: [read]}}\n  backend: {{secret: {PUBLISHER}, may: [publish, admin]}}\n"
        "cors:\n  origins: [https://app.example.org]\n"
    )
    with Server("--config", str(file)) as server:
        for headers, status in [
            ([], 401), ([("X-API-Key", "wrong")], 401), ([("Authorization", f"Basic {READER}")], 401), ([("X-API-Key", PUBLISHER)], 403),
            ([("X-API-Key", READER)], 200), ([("Authorization", f"Bearer {READER}")], 200),
            ([("X-API-Key", READER), ("Origin", "https://app.example.org")], 200),
            ([("X-API-Key", READER), ("Origin", "https://evil.example.org")], 403), ([("Origin", "https://app.example.org")], 401),
        ]:  # fmt: skip
            answer = server.request("GET", "/metrics", headers=headers, host="push.example.org")
            assert answer.status == status, headers
            assert answer.header("Cache-Control") == "no-store"
            assert (answer.header("WWW-Authenticate") == "Bearer") == (status == 401)
            if status != 200:
                assert b"fanfare_" not in answer.body
        assert server.request("POST", "/metrics").status == 405
        reading = Reading(server, headers=[("X-API-Key", READER)])
        assert reading.labelled("fanfare_refused_total") == {"unauthorized": 4, "not_permitted": 1, "foreign_origin": 1}
        assert "action=read" in server.logged and READER not in server.logged


def test_head_has_the_length_of_get_and_no_body(fresh):
    with fresh.connect() as connection:
        connection.send(request("HEAD", "/metrics", headers=[("Connection", "close")]))
        received = b""
        while part := connection.socket.recv(65536):
            received += part
    assert received.startswith(b"HTTP/1.1 200 ") and received.endswith(b"\r\n\r\n")
    length = int(re.search(rb"Content-Length: (\d+)", received)[1])
    assert abs(length - len(Reading(fresh).answer.body)) < 100


# MARK: Size and time


def test_ten_thousand_channels_make_the_text_no_longer(own_binary, record_property):
    """Also many scrapes at once, half of which are given up, and nobody who publishes meanwhile is refused."""
    with Server("--limit-channels", "10000") as server, ExitStack() as stack:
        small = len(Reading(server).answer.body)
        websocket = stack.enter_context(WebSocketConnection(server)).join()
        for start in range(0, 10_000, 500):
            names = json.dumps([f"channel-{number}" for number in range(start, start + 500)]).encode()
            websocket.text(b'420["subscribe",%s]' % names)
            websocket.text_packet()
        assert Reading(server)["fanfare_channels"] == 10_000
        times = []
        with server.connect() as connection:
            for _ in range(50):
                began = time.monotonic()
                connection.send(request("GET", "/metrics"))
                answer = connection.response()
                times.append(time.monotonic() - began)
        times.sort()
        print(f"\n{len(answer.body)} bytes, median {times[25] * 1000:.2f} ms, longest {times[-1] * 1000:.2f} ms")
        assert len(answer.body) < small + 500 < 20_000
        assert times[25] < 0.5

        many = [stack.enter_context(server.connect()) for _ in range(200)]
        for connection in many:
            connection.send(request("GET", "/metrics"))
        for connection in many[::2]:
            connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.socket.close()
        assert server.publish("channel-7", "e", b"1").json()["subscribers"] == 1
        for connection in many[1::2]:
            assert connection.response().status == 200
        assert websocket.text_packet() == b'42["e",1]'


# MARK: deploy/


def expressions():
    for rule in alerts():
        yield rule["expr"]
    board = json.loads((PROJECT / "deploy/grafana/fanfare.json").read_text())
    for panel in board["panels"]:
        for target in panel["targets"]:
            yield target["expr"]
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            yield re.fullmatch(r"label_values\((\w+), \w+\)", variable["query"]["query"])[1]


def alerts():
    (group,) = yaml.safe_load((PROJECT / "deploy/prometheus/alerts.yaml").read_text())["groups"]
    return group["rules"]


def test_rules_are_valid_and_say_what_is_wrong():
    checked = subprocess.run(
        [shutil.which("promtool"), "check", "rules", PROJECT / "deploy/prometheus/alerts.yaml"], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert len(alerts()) == len({rule["alert"] for rule in alerts()}) > 5
    for rule in alerts():
        assert rule["annotations"]["summary"] and rule["labels"]["severity"] in ("warning", "critical")


def test_rules_and_dashboard_use_what_the_server_shows(fresh):
    reading = Reading(fresh)
    # Of several nodes only; test_backplane.py sees that they are there.
    backplane = set(re.findall(r"`(fanfare_backplane_\w+)`", (PROJECT / "docs/metrics.md").read_text()))
    names, count = {key[0] for key in reading} | backplane | {"up"}, 0
    labels = {"instance", "job", "le", "transport", "reason", "code", "result", "version"}
    for expression in expressions():
        count += 1
        selectors = re.sub(r"\[[^\]]*\]", "", expression)
        for metric in re.findall(r"\b(?:fanfare|process)_\w+|\bup\b", selectors):
            assert metric in names, expression
        for name, label, values in re.findall(r'(\w+)\{[^}]*?(reason|code)=~?"([^"]*)"', selectors):
            for value in values.split("|"):
                assert (name, value) in reading, (expression, value)
        for label in re.findall(r"(\w+)=~?\"", selectors) + re.findall(r"\w+", " ".join(re.findall(r"by \(([^)]*)\)", selectors))):
            assert label in labels, (expression, label)
    assert count > 25


def test_prometheus_itself_reads_every_expression(tmp_path):
    """promtool parses them as rules; Grafana's variables stand for a duration and a pattern."""
    rules = [
        {"record": f"test:{index}", "expr": expression.replace("$__rate_interval", "1m").replace("$instance", ".*")}
        for index, expression in enumerate(expressions())
    ]
    file = tmp_path / "rules.yaml"
    file.write_text(json.dumps({"groups": [{"name": "test", "rules": rules}]}))
    checked = subprocess.run([shutil.which("promtool"), "check", "rules", file], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_an_alert_goes_off_and_stays_quiet(tmp_path):
    """promtool carries the rules out over invented series: a server that refuses publishes, and one that is well."""
    series = [
        {"series": 'fanfare_refused_total{instance="bad",job="fanfare",reason="pending"}', "values": "0+60x20"},
        {"series": 'fanfare_refused_total{instance="good",job="fanfare",reason="pending"}', "values": "5x20"},
        {"series": 'fanfare_sockets{instance="good",job="fanfare"}', "values": "80x20"},
        {"series": 'fanfare_sockets{instance="bad",job="fanfare"}', "values": "95x20"},
        {"series": 'fanfare_maximum_sockets{instance="good",job="fanfare"}', "values": "100x20"},
        {"series": 'fanfare_maximum_sockets{instance="bad",job="fanfare"}', "values": "100x20"},
        {"series": 'fanfare_backplane_up{instance="good",job="fanfare"}', "values": "1x20"},
        {"series": 'fanfare_backplane_up{instance="bad",job="fanfare"}', "values": "1x5 0x14"},
    ]
    texts = {rule["alert"]: rule["annotations"] for rule in alerts()}
    expected = [
        ("FanfareRefusesOverload", {"severity": "critical", "instance": "bad", "job": "fanfare", "reason": "pending"}, ""),
        ("FanfareNearlyFull", {"severity": "warning", "instance": "bad", "job": "fanfare"}, "95%"),
        ("FanfareBackplaneDown", {"severity": "critical", "instance": "bad", "job": "fanfare"}, ""),
        ("FanfareDown", None, ""),
        ("FanfareCutsSlowConnections", None, ""),
    ]
    tests = [
        {
            "eval_time": "15m",
            "alertname": name,
            "exp_alerts": [
                {
                    "exp_labels": labels,
                    "exp_annotations": {
                        key: text.replace("{{ $labels.instance }}", "bad").replace("{{ $value | humanizePercentage }}", value)
                        for key, text in texts[name].items()
                    },
                }
            ]
            if labels
            else [],
        }
        for name, labels, value in expected
    ]
    file = tmp_path / "test.yaml"
    rules = str(PROJECT / "deploy/prometheus/alerts.yaml")
    cases = [{"interval": "1m", "input_series": series, "alert_rule_test": tests}]
    file.write_text(json.dumps({"rule_files": [rules], "evaluation_interval": "1m", "tests": cases}))
    checked = subprocess.run([shutil.which("promtool"), "test", "rules", file], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
