"""The configuration file, `fanfare config`, and SIGHUP (contract 8)."""

import os
import signal
import subprocess
import time
from contextlib import ExitStack

import pytest
from harness import PATIENCE
from harness.http import JSON, HTTPConnection, publish_request
from harness.server import BINARY, EX_CONFIG, EX_USAGE, Server, environment, free_port, run
from harness.subscriber import Subscriber, event_packet

OLD, NEW = "the-old-key-of-the-tests-0123456789", "the-new-key-of-the-tests-0123456789"


def keys(*secrets):
    lines = "".join(f"  key-{index}: {{secret: {secret}, may: [publish]}}\n" for index, secret in enumerate(secrets))
    return "keys:\n" + lines


class Configured(Server):
    """A server with a file of its own."""

    def __init__(self, file, text, *arguments, **variables):
        super().__init__("--config", str(file), *arguments, **variables)
        self.file = file
        file.write_text(text)

    def write(self, text):
        # As editors and config maps do: the file is never half there.
        fresh = self.file.with_suffix(".new")
        fresh.write_text(text)
        os.replace(fresh, self.file)

    def reload(self, text, outcome="msg=reloaded"):
        """Writes the file, sends SIGHUP and waits for the line that says what came of it."""
        before = self.logged.count(outcome)
        self.write(text)
        self.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + PATIENCE
        while self.logged.count(outcome) == before:
            assert time.monotonic() < deadline, self.logged
            time.sleep(0.01)

    def status(self, key, channel="news"):
        return self.publish(channel, "e", b"1", headers=(JSON, ("X-API-Key", key))).status


# Check and show


def test_check_says_everything_at_once(tmp_path):
    file = tmp_path / "fanfare.yaml"
    file.write_text("listen: {prot: 1}\nengine:\n  pingTimeout: 3\nkeys: {a: {secret: x, may: [fly]}}\n")
    finished = run("config", "check", "--config", str(file), FANFARE_BOGUS="1", FANFARE_PORT="http")
    assert finished.returncode == EX_CONFIG
    lines = finished.stderr.splitlines()
    assert len(lines) == 5 and all(line.startswith("fanfare: ") for line in lines)
    for part in ("listen.prot", f"{file}:3: engine.pingTimeout", "fly", "FANFARE_BOGUS", "FANFARE_PORT"):
        assert part in finished.stderr
    assert run("serve", "--config", str(file), FANFARE_BOGUS="1", FANFARE_PORT="http").stderr == finished.stderr


def test_check_of_nothing_is_ok():
    finished = run("config", "check")
    assert finished.returncode == 0 and finished.stdout.endswith("ok\n")
    assert "every channel" in finished.stdout, "open channels are worth a remark"


def test_a_file_in_the_working_folder_is_read(tmp_path):
    (tmp_path / "fanfare.yaml").write_text("loops: 3\n")
    shown = subprocess.run(
        [BINARY, "config", "show"], cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, text=True, timeout=PATIENCE
    ).stdout
    line = next(line for line in shown.splitlines() if line.startswith("loops "))
    assert line.split() == ["loops", "3", "fanfare.yaml:1"]


def test_show_says_where_each_value_comes_from_and_masks_secrets(tmp_path):
    file = tmp_path / "f.yaml"
    file.write_text(f"engine: {{pingInterval: 7s}}\n{keys(OLD)}")
    finished = run("config", "show", "--config", str(file), "--loops", "2", FANFARE_PORT="9000", FANFARE_PUBLISH_KEY=NEW)
    assert finished.returncode == 0
    rows = {line.split()[0]: line.split() for line in finished.stdout.splitlines()}
    assert rows["loops"][1:] == ["2", "--loops"]
    assert rows["listen.port"][1:] == ["9000", "FANFARE_PORT"]
    assert rows["engine.pingInterval"][1:] == ["7s", f"{file}:1"]
    assert rows["listen.host"][1:] == ["127.0.0.1", "default"]
    assert OLD not in finished.stdout and NEW not in finished.stdout and "keys.key-0" in rows


def test_a_bad_flag_is_usage_a_missing_file_configuration():
    assert run("config", "check", "--port", "x").returncode == EX_USAGE
    finished = run("serve", "--config", "/nonexistent/fanfare.yaml")
    assert finished.returncode == EX_CONFIG and "/nonexistent/fanfare.yaml" in finished.stderr


def test_a_path_variable_that_holds_the_secret_does_not_show_it():
    finished = run("serve", FANFARE_PUBLISH_KEY_FILE=OLD)
    assert finished.returncode == EX_CONFIG
    assert OLD not in finished.stderr and "FANFARE_PUBLISH_KEY_FILE" in finished.stderr


# Reload


def test_keys_are_rotated_under_load_without_a_refusal_or_a_lost_connection(tmp_path):
    with ExitStack() as stack:
        server = stack.enter_context(Configured(tmp_path / "f.yaml", keys(OLD)))
        listeners = [stack.enter_context(Subscriber(server)).subscribe("news") for _ in range(20)]
        publisher = stack.enter_context(HTTPConnection(server.address))
        sent = 0

        def publish(key, count=50):
            nonlocal sent
            for _ in range(count):
                publisher.send(publish_request("news", "e", b"%d" % sent, (JSON, ("Authorization", f"Bearer {key}"))))
                assert publisher.response().status == 200
                sent += 1

        publish(OLD)
        server.reload(keys(OLD, NEW))
        publish(OLD)
        publish(NEW)
        server.reload(keys(NEW))
        publish(NEW)
        assert server.status(OLD) == 401
        for listener in listeners:
            for number in range(sent):
                assert listener.packet() == event_packet("e", b"%d" % number)
        assert OLD not in server.logged and NEW not in server.logged
        assert "setting=keys.key-1" in server.logged


def test_a_bad_file_changes_nothing_and_the_log_says_why(tmp_path):
    with Configured(tmp_path / "f.yaml", keys(OLD)) as server:
        for bad in ("keys: {a: {secret: x, may: [fly]}}\n", "listen: {\n", "nonsense: 1\n", "tls: {key: a.pem}\n"):
            server.reload(bad, outcome="not reloaded")
            assert server.status(OLD) == 200
        server.reload(keys(NEW))
        assert (server.status(OLD), server.status(NEW)) == (401, 200)


def test_a_key_is_limited_to_its_channels_and_rights(tmp_path):
    text = f"keys:\n  shop: {{secret: {OLD}, may: [publish], channels: ['orders.*']}}\n  eye: {{secret: {NEW}, may: [read]}}\n"
    with Configured(tmp_path / "f.yaml", text) as server:
        assert server.status(OLD, "orders.1") == 200
        assert server.status(OLD, "orders.1.x") == 403
        assert server.status(OLD, "news") == 403
        assert server.status(NEW, "orders.1") == 403
        assert server.status("wrong", "orders.1") == 401


def test_origins_rules_limits_and_log_level_change_at_once(tmp_path):
    secret = "the-secret-of-the-tests-0123456789"
    with Configured(tmp_path / "f.yaml", "", FANFARE_TOKEN_SECRET=secret) as server:
        polling, foreign = "/socket.io/?EIO=4&transport=polling", (("Origin", "https://app.example"),)
        assert server.request("GET", polling, headers=foreign).status == 403
        with Subscriber(server) as early:
            early.subscribe("orders.1")
            server.reload(
                "cors: {origins: [https://app.example]}\nlimits: {channels: 2, jsonDepth: 3}\nlog: {level: debug}\n"
                "channels: [{match: 'orders.*', subscribe: token}]\n"
            )
            assert server.request("GET", polling, headers=foreign).status == 200
            assert server.publish("news", "e", b"[[[[1]]]]").status == 422
            assert server.publish("orders.1", "e", b"1").status == 200
            assert early.packet() == event_packet("e", b"1"), "who is in stays in"
        with Subscriber(server) as late:
            assert b"token_required" in late.ask("subscribe", "orders.2")
            late.subscribe("a", "b")
            assert b"too_many_channels" in late.ask("subscribe", "c")
        assert "new=debug old=info setting=log.level" in server.logged


def test_what_waits_for_the_next_start_is_said(tmp_path):
    with Configured(tmp_path / "f.yaml", "") as server:
        server.reload("engine: {pingInterval: 1s}\n")
        line = next(line for line in server.logged.splitlines() if "setting=engine.pingInterval" in line)
        assert 'takes_effect="with the next start"' in line


def test_sighup_during_a_drain_does_nothing(tmp_path):
    with Configured(tmp_path / "f.yaml", "") as server, Subscriber(server):
        server.process.send_signal(signal.SIGTERM)
        server.process.send_signal(signal.SIGHUP)
        assert server.process.wait(timeout=40) == 0


def test_logs_can_be_json():
    import json

    with Server("--log-format", "json", port=free_port()) as server:
        # It answers a moment before it says so.
        assert server.stop() == 0
        lines = [json.loads(line) for line in server.logged.splitlines() if line.startswith("{")]
        assert any(line["msg"] == "serving" and line["level"] == "info" and line["time"] for line in lines)


@pytest.mark.parametrize(
    "arguments, variables, value",
    [
        (["--cors-credentials"], {}, "true"),
        (["--no-cors-credentials"], {}, "false"),
        ([], {"FANFARE_CORS_CREDENTIALS": "false"}, "false"),
        ([], {}, "true"),
    ],
)
def test_credentials_follow_the_setting(arguments, variables, value):
    with Server("--cors-origin", "https://app.example", *arguments, **variables) as server:
        answer = server.request("GET", "/socket.io/?EIO=4&transport=polling", headers=(("Origin", "https://app.example"),))
        assert answer.status == 200
        assert answer.header("Access-Control-Allow-Credentials") == ("true" if value == "true" else None)
