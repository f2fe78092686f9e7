"""The limits as settings: each flag and each variable is read, and those that no hostile case sets bound what they say, at the limit and one
past it. How the others hold is the hostile suite's (`Tests/Hostile`)."""

import re
from pathlib import Path

import pytest

from harness.http import JSON, request
from harness.server import Server, run

FLAGS = re.findall(r"^\| `(--limit-[a-z-]+)` \|", (Path(__file__).parents[2] / "docs/limits.md").read_text(), re.MULTILINE)


def variable(flag):
    return "FANFARE_" + flag.removeprefix("--").replace("-", "_").upper()


def test_the_help_and_the_documents_name_the_same_limits():
    assert len(FLAGS) == 26
    assert re.findall(r"^  (--limit-[a-z-]+) ", run("serve", "--help").stdout, re.MULTILINE) == FLAGS


@pytest.mark.parametrize("flag", FLAGS)
def test_a_bad_value_is_a_usage_error_that_names_the_flag(flag):
    result = run("serve", flag, "nonsense")
    assert result.returncode == 64
    assert f'{flag} is "nonsense": expected ' in result.stderr


def test_all_bad_variables_are_listed_at_once():
    result = run("serve", **{variable(flag): "nonsense" for flag in FLAGS})
    assert result.returncode == 78
    for flag in FLAGS:
        assert f'{variable(flag)} is "nonsense": expected ' in result.stderr


@pytest.mark.parametrize("depth", [1, 3, 64, 1024])
def test_json_nests_as_deep_as_the_limit_and_no_deeper(depth, own_binary):
    with Server("--limit-json-depth", str(depth)) as server:
        assert server.publish("a", "e", b"[" * depth + b"]" * depth).status == 200
        answer = server.publish("a", "e", b"[" * (depth + 1) + b"]" * (depth + 1))
        assert answer.status == 422
        assert answer.json()["detail"][0]["loc"] == ["body", depth]


@pytest.mark.parametrize("limit", [2, 7, 16])
def test_a_polls_answer_has_as_many_packets_as_the_limit_and_the_rest_waits(limit, own_binary):
    with Server(FANFARE_LIMIT_POLL_REPLY_PACKETS=str(limit)) as server, server.connect() as poller:

        def exchange(method, target, body=None):
            poller.send(request(method, target, body, [("Content-Type", "text/plain")] if body else []))
            return poller.response().body.decode()

        target = "/socket.io/?EIO=4&transport=polling"
        target += "&sid=" + exchange("GET", target).split('"sid":"')[1].split('"')[0]
        exchange("POST", target, b"40")
        exchange("POST", target, b'42["subscribe","a"]')
        exchange("GET", target)
        for number in range(limit + 1):
            assert server.publish("a", "e", b"%d" % number, [JSON]).status == 200
        packets = [f'42["e",{number}]' for number in range(limit + 1)]
        assert exchange("GET", target).split("\x1e") == packets[:limit]
        assert exchange("GET", target).split("\x1e") == packets[limit:]
