"""Subscribers' tokens (contract 6): at connect, with a subscribe, refreshed and at their end; abuse cases J1 to J5 by number."""

import json
import re
import time
from contextlib import ExitStack, closing

import pytest
import socketio
from websockets.sync.client import connect

from harness import PATIENCE
from harness.javascript import Session
from harness.polling import Poller
from harness.server import EX_CONFIG, EX_USAGE, Server, run
from harness.subscriber import Subscriber, event_packet
from harness.tokens import EDDSA, ES256, JWKS, RS256, RSA_MODULUS, SECRET, base64url, rules, sign, token

REFUSED = b'44{"message":"token refused","data":{"code":"token_invalid"}}'
NOW = int(time.time())
#: The life of tokens whose end is waited for, in seconds: long enough to subscribe with.
SHORT = 4
HS256 = {"alg": "HS256", "typ": "JWT"}
GOOD = {"sub": "alice", "exp": 9_999_999_999, "channels": ["**"]}


@pytest.fixture(scope="module")
def configured(own_binary, tmp_path_factory):
    """A server that wants tokens for `secret.*` and `private-*`, with an HS256 secret and a key set."""
    if "--config" not in run("serve", "--help").stdout:
        pytest.skip("this build has no configuration file")
    folder = tmp_path_factory.mktemp("tokens")
    (folder / "jwks.json").write_text(json.dumps(JWKS))
    with Server(
        *rules(folder, "secret.*", "private-*"),
        FANFARE_TOKEN_SECRET=SECRET,
        FANFARE_JWKS=str(folder / "jwks.json"),
    ) as started:
        yield started
        assert "eyJ" not in started.logged and SECRET not in started.logged


class Opened:
    """A WebSocket session before its CONNECT."""

    def __init__(self, server):
        self.stack = ExitStack()
        options = {"compression": None, "max_size": None, "ping_interval": None, "proxy": None}
        self.websocket = self.stack.enter_context(connect(server.websocket_url, **options))
        assert self.packet().startswith(b"0{")

    def close(self):
        self.stack.close()

    def send(self, packet):
        self.websocket.send(packet, text=True)

    def packet(self):
        return self.websocket.recv(timeout=PATIENCE, decode=False)

    def connect(self, auth):
        self.send(b"40" + json.dumps(auth).encode())
        return self.packet()


class Bearer(Subscriber):
    """Connected with a token."""

    def __init__(self, server, auth):
        self.auth = auth
        super().__init__(server)

    def send(self, packet):
        super().send(b'40{"token":%s}' % json.dumps(self.auth).encode() if packet == b"40" else packet)


def refusal(answer):
    (answer,) = json.loads(answer)
    assert answer["ok"] is False and answer["error"]["message"]
    return answer["channel"], answer["error"]["code"]


def event(packet):
    assert packet.startswith(b"42"), packet
    return json.loads(packet[2:])


# MARK: CONNECT


def bad_tokens():
    good = token("**")
    header, claims, signature = good.split(".")
    case = {}
    for alg in ["none", "None", "nONE", "HS384", "PS256", "hs256", ""]:
        case[f"J1 alg {alg}"] = sign({"alg": alg}, GOOD)
    case["J1 alg none, no signature"] = base64url(b'{"alg":"none"}') + f".{claims}."
    case["J1 no signature"] = f"{header}.{claims}."
    case["J1 RS256 key as HS256 secret"] = sign({"alg": "HS256", "kid": "rs"}, GOOD, RSA_MODULUS)
    case["J1 HS256 token with an RS256 header"] = sign({"alg": "RS256", "kid": "rs"}, GOOD)
    case["J1 crit"] = sign({"alg": "HS256", "crit": ["exp"]}, GOOD)
    case["J1 an array as claims"] = sign(HS256, "[]")
    case["J1 four dots"] = good + ".x.y"
    case["J1 three dots"] = good + ".x"
    case["J1 one dot"] = f"{header}.{claims}"
    case["J1 padding"] = good + "="
    case["J1 a megabyte"] = good + "A" * 900_000
    case["J1 doubled claim"] = sign(HS256, '{"sub":"a","exp":9999999999,"exp":9999999999}')
    case["J1 doubled claim inside"] = sign(HS256, '{"sub":"a","exp":9999999999,"info":{"a":{"b":1,"b":2}}}')
    case["J1 doubled alg"] = sign('{"alg":"HS256","alg":"HS256"}', GOOD)
    case["J1 another secret"] = token("**", secret="x" * 32)
    case["J1 a changed claim"] = f"{header}.{base64url(json.dumps({**GOOD, 'sub': 'bob'}).encode())}.{signature}"
    for exp in ['"1"', '"9999999999"', "1e400", "-1", "9223372036854775808", "18446744073709551616", "null", "true", "[9999999999]", "1"]:
        case[f"J2 exp {exp}"] = sign(HS256, '{"sub":"a","exp":%s}' % exp)
    case["J2 no exp"] = sign(HS256, {"sub": "a"})
    case["J2 just over the leeway"] = token("**", seconds=-6)
    for name in ["nbf", "iat"]:
        case[f"J2 {name} ahead"] = sign(HS256, {**GOOD, name: NOW + 3600})
        case[f"J2 {name} as text"] = sign(HS256, {**GOOD, name: "0"})
    for kid in ["rs", "x" * 10_000, "", 7, None, ["a"]]:
        case[f"J3 kid {str(kid)[:10]!r}"] = sign({"alg": "HS256", "kid": kid}, GOOD)
    case["sub of another type"] = sign(HS256, {**GOOD, "sub": 7})
    case["no sub"] = sign(HS256, {"exp": 9_999_999_999})
    case["channels of another type"] = sign(HS256, {**GOOD, "channels": "**"})
    case["channels that are no patterns"] = sign(HS256, {**GOOD, "channels": ["***"]})
    case["nothing"] = ""
    case["words"] = "Bearer " + good
    case["not a string"] = {"token": good}
    case["a number"] = 7
    case["null"] = None
    case["a list"] = [good]
    return case


def test_every_bad_token_is_refused_alike_and_at_once(configured):
    for name, bad in bad_tokens().items():
        with closing(Opened(configured)) as client:
            assert client.connect({"token": bad}) == REFUSED, name
            assert client.connect({"token": token("**")}).startswith(b'40{"sid":"'), f"after {name} another may be tried"
    assert configured.is_alive()


def test_j3_a_kid_is_a_name_and_nothing_else(configured):
    """The secret for any kid takes them all; no file is read and no address asked."""
    for kid in ["../../etc/passwd", "https://127.0.0.1:1/jwks", "key-1", "' OR 1=1 --"]:
        with closing(Opened(configured)) as client:
            assert client.connect({"token": token("**", kid=kid)}).startswith(b'40{"sid":"')


@pytest.mark.parametrize("good", [RS256, ES256, EDDSA, token("secret.*")], ids=["RS256", "ES256", "EdDSA", "HS256"])
def test_every_algorithm_connects(configured, good):
    with Bearer(configured, good) as client:
        client.subscribe("secret.1")


def test_no_token_connects_and_hears_what_is_open(configured, channel):
    with Subscriber(configured) as client:
        client.subscribe(channel)
        assert refusal(client.ask("subscribe", "secret.a")) == ("secret.a", "token_required")


def test_without_a_key_tokens_do_not_count(server, channel):
    with closing(Opened(server)) as client:
        assert client.connect({"token": "x"}).startswith(b'40{"sid":"')
    with closing(Opened(server)) as client:
        assert client.connect({"token": None}).startswith(b'40{"sid":"')


def test_a_client_that_was_refused_is_not_connected(configured):
    with closing(Opened(configured)) as client:
        assert client.connect({"token": "x"}) == REFUSED
        client.send(b'421["subscribe","open"]')
        with pytest.raises(Exception):
            client.packet()


def test_packets_behind_a_token_wait_for_it_in_order(configured, channel):
    with closing(Opened(configured)) as client:
        client.send(b'40{"token":"%s"}' % token("secret.*").encode())
        client.send(b'421["subscribe","secret.%s"]' % channel.encode())
        client.send(b'422["subscribe",{"channel":"private-x","token":"%s"}]' % token("private-*").encode())
        client.send(b'423["subscribe","%s"]' % channel.encode())
        assert client.packet().startswith(b'40{"sid":"')
        assert client.packet() == b'431["Entered room: secret.%s"]' % channel.encode()
        assert client.packet() == b'432[{"ok":true,"channel":"private-x"}]'
        assert client.packet() == b'433["Entered room: %s"]' % channel.encode()


# MARK: subscribe


def test_j5_a_token_opens_its_channels_by_their_bytes(configured):
    with Bearer(configured, token("private-a", "secret.*")) as client:
        client.subscribe("private-a", "secret.7")
        for name in ["private-a\u0301", "private-\u0430", "private-aa", "private-b", "private-A"]:
            assert refusal(client.ask("subscribe", name)) == (name, "forbidden")
        assert configured.publish("private-a", "e", b"1").json()["subscribers"] == 1
        assert configured.publish("private-a\u0301", "e", b"1").json()["subscribers"] == 0


def test_j5_without_a_token_or_with_a_bad_one(configured):
    with Subscriber(configured) as client:
        for argument in ["secret.a", {"channel": "secret.a"}]:
            assert refusal(client.ask("subscribe", argument)) == ("secret.a", "token_required")
        for name, bad in bad_tokens().items():
            assert refusal(client.ask("subscribe", {"channel": "secret.a", "token": bad})) == ("secret.a", "token_invalid"), name
        for other in [token("secret.b"), token("private-a"), token(), token("secret")]:
            assert refusal(client.ask("subscribe", {"channel": "secret.a", "token": other})) == ("secret.a", "forbidden")
        assert json.loads(client.ask("subscribe", {"channel": "secret.a", "token": token("secret.a")})) == [{"ok": True, "channel": "secret.a"}]


def test_128_channels_with_a_token_each(configured, channel):
    """In one event, and in 128: what a client may subscribe to it may subscribe to with tokens."""
    targets = [{"channel": f"secret.{channel}-{number}", "token": token("secret.*", sub=f"{number}")} for number in range(128)]
    with Subscriber(configured) as client:
        (answers,) = json.loads(client.ask("subscribe", targets))
        assert [answer["ok"] for answer in answers] == [True] * 128
    with Poller(configured) as poller:
        packets = [b'40{"token":"%s"}' % token("**").encode()]
        packets += [b'42%d["subscribe",%s]' % (number, json.dumps(target).encode()) for number, target in enumerate(targets)]
        poller.send(*packets)
        received = []
        while len(received) < 129:
            received += poller.poll()
        assert received[1:] == [
            b'43%d[{"ok":true,"channel":"%s"}]' % (number, target["channel"].encode()) for number, target in enumerate(targets)
        ]


# MARK: Ends


@pytest.mark.parametrize("is_own", [False, True], ids=["connect", "subscribe"])
def test_j4_a_token_that_ends_takes_its_subscriptions_along(configured, channel, is_own):
    short = token("secret.*", seconds=SHORT)
    with Subscriber(configured) if is_own else Bearer(configured, short) as client:
        if not is_own:
            (name, notice) = event(client.packet())
            assert name == "fanfare:expiring" and notice["in"] <= SHORT
        client.subscribe(channel)
        target = {"channel": "secret." + channel, **({"token": short} if is_own else {})}
        assert json.loads(client.ask("subscribe", target))[0]["ok"]
        if is_own:
            (name, notice) = event(client.packet())
            assert name == "fanfare:expiring" and notice["in"] <= SHORT
        assert configured.publish("secret." + channel, "e", b"1").json()["subscribers"] == 1
        assert client.packet() == event_packet("e", b"1")
        assert event(client.packet()) == ["fanfare:expired", {"channels": ["secret." + channel]}]
        assert configured.publish("secret." + channel, "e", b"2").json()["subscribers"] == 0
        assert configured.publish(channel, "e", b"3").json()["subscribers"] == 1
        assert client.packet() == event_packet("e", b"3"), "the connection and its open channels go on"
        assert refusal(client.ask("subscribe", "secret." + channel))[1] == ("token_required" if is_own else "token_invalid")


def test_j4_over_long_polling(configured, channel):
    with Poller(configured) as poller:
        poller.send(b'40{"token":"%s"}' % token("secret.*", seconds=SHORT).encode(), b'421["subscribe","secret.%s"]' % channel.encode())
        received = []
        while not received or not received[-1].startswith(b'42["fanfare:expired"'):
            received += poller.poll()
        assert received[-1] == b'42["fanfare:expired",{"channels":["secret.%s"]}]' % channel.encode()
        assert configured.publish("secret." + channel, "e", b"2").json()["subscribers"] == 0


@pytest.mark.parametrize("is_object", [False, True], ids=["text", "object"])
def test_a_refreshed_token_keeps_its_subscriptions(configured, channel, is_object):
    """That its old end has passed is seen by another token, which ends later and is not refreshed."""
    one, other = f"secret.{channel}", f"private-{channel}"
    with Bearer(configured, token("secret.*", seconds=SHORT)) as client:
        assert event(client.packet())[0] == "fanfare:expiring"
        client.subscribe(one)
        new = token("secret.*")
        assert client.ask("fanfare:refresh", {"token": new} if is_object else new) == b'[{"ok":true,"channel":null}]'
        assert json.loads(client.ask("subscribe", {"channel": other, "token": token("private-*", sub="bob", seconds=SHORT + 1)}))[0]["ok"]
        assert event(client.packet())[0] == "fanfare:expiring"
        assert event(client.packet()) == ["fanfare:expired", {"channels": [other]}]
        assert configured.publish(one, "e", b"1").json()["subscribers"] == 1


def test_a_refresh_wants_a_good_token_of_the_same_subject(configured):
    with Bearer(configured, token("secret.*")) as client:
        for name, bad in bad_tokens().items():
            if not isinstance(bad, dict):  # which is the other form
                assert refusal(client.ask("fanfare:refresh", bad)) == (None, "token_invalid"), name
        assert refusal(client.ask("fanfare:refresh", token("secret.*", sub="Alice"))) == (None, "forbidden")
        assert client.ask("fanfare:refresh", token("secret.*")) == b'[{"ok":true,"channel":null}]'


# MARK: Stock clients


def test_python_socketio(configured, channel):
    client = socketio.SimpleClient()
    client.connect(configured.url, auth={"token": token("secret.*")}, transports=["websocket"])
    try:
        assert client.call("subscribe", f"secret.{channel}") == f"Entered room: secret.{channel}"
        assert client.call("fanfare:refresh", token("secret.*")) == {"ok": True, "channel": None}
        answer = client.call("subscribe", {"channel": f"private-{channel}", "token": token("private-*", sub="bob", seconds=SHORT)})
        assert answer == {"ok": True, "channel": f"private-{channel}"}
        assert client.receive(timeout=PATIENCE)[0] == "fanfare:expiring"
        assert client.receive(timeout=PATIENCE) == ["fanfare:expired", {"channels": [f"private-{channel}"]}]
    finally:
        client.disconnect()


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_python_socketio_with_a_bad_token(configured, transport):
    errors = []
    client = socketio.Client(reconnection=False)
    client.on("connect_error", errors.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(configured.url, auth={"token": "x"}, transports=[transport], wait_timeout=PATIENCE)
    client.disconnect()
    assert errors == [{"message": "token refused", "data": {"code": "token_invalid"}}]


def test_the_javascript_client(configured, channel):
    with Session(configured.url) as client:
        client.open(auth={"token": token("secret.*", seconds=SHORT)})
        assert client.expect("event")["event"] == "fanfare:expiring"
        assert client.ask("subscribe", f"secret.{channel}") == [f"Entered room: secret.{channel}"]
        report = client.expect("event")
        assert (report["event"], report["values"]) == ("fanfare:expired", [{"channels": [f"secret.{channel}"]}])
        assert client.ask("fanfare:refresh", {"token": token("secret.*")}) == [{"ok": True, "channel": None}]
        assert client.ask("subscribe", f"secret.{channel}") == [f"Entered room: secret.{channel}"]


@pytest.mark.parametrize("transports", [["websocket"], ["polling", "websocket"]], ids=["websocket", "polling"])
def test_the_javascript_client_with_a_bad_token(configured, transports):
    with Session(configured.url) as client:
        client.do("open", "bad", options={"auth": {"token": "x"}, "transports": transports})
        report = client.expect("connect_error", "bad", among=("upgrade",))
        assert (report["message"], report["data"]) == ("token refused", {"code": "token_invalid"})
        client.open("good", auth={"token": token("**")})


def test_the_javascript_client_upgrades_with_a_token(configured, channel):
    with Session(configured.url) as client:
        client.do("open", options={"transports": ["polling", "websocket"], "auth": {"token": RS256}})
        assert {client.line()["what"], client.line()["what"]} == {"connect", "upgrade"}
        assert client.ask("subscribe", f"secret.{channel}") == [f"Entered room: secret.{channel}"]


# MARK: Start


@pytest.mark.parametrize(
    "variables, words",
    [
        ({"FANFARE_TOKEN_SECRET": "short"}, r"the token secret has 5 bytes"),
        ({"FANFARE_TOKEN_SECRET": "  "}, r"FANFARE_TOKEN_SECRET is blank"),
        ({"FANFARE_TOKEN_SECRET": SECRET, "FANFARE_TOKEN_SECRET_FILE": "/nowhere"}, r"both set"),
        ({"FANFARE_JWKS": "/nowhere/jwks.json"}, r"/nowhere/jwks.json cannot be read"),
    ],
)
def test_bad_keys_are_a_reason_not_to_start(own_binary, variables, words):
    finished = run("--port", "0", **variables)
    assert finished.returncode == EX_CONFIG
    assert re.search(words, finished.stderr) and len(finished.stderr.splitlines()) == 1
    assert SECRET not in finished.stderr


def test_a_broken_key_set_is_a_reason_not_to_start(own_binary, tmp_path):
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [{"kty": "oct", "k": "c2hvcnQ"}, {"kty": "RSA"}]}))
    finished = run("--port", "0", "--jwks", str(tmp_path / "jwks.json"))
    assert finished.returncode == EX_CONFIG
    assert "key 1 of the key set has 5 bytes" in finished.stderr and "key 2 of the key set has no n" in finished.stderr


def test_a_rule_without_a_key_is_a_reason_not_to_start(configured, tmp_path):
    finished = run("--port", "0", *rules(tmp_path, "secret.*"))
    assert finished.returncode == EX_CONFIG
    assert "FANFARE_TOKEN_SECRET" in finished.stderr


def test_a_key_left_out_is_noted(configured):
    assert "its use is not sig" in configured.logged


# MARK: fanfare token


def test_minted_tokens_are_taken(configured, channel, tmp_path):
    (tmp_path / "secret").write_text(SECRET + "\n")
    for arguments, variables in [
        ((), {"FANFARE_TOKEN_SECRET": SECRET}),
        (("--kid", "any"), {"FANFARE_TOKEN_SECRET_FILE": str(tmp_path / "secret")}),
        (("--secret-file", str(tmp_path / "secret"), "--expires", "10m"), {}),
    ]:
        minted = run("token", "--sub", "bob", "--channels", "secret.*", "private-*", *arguments, **variables)
        assert minted.returncode == 0 and minted.stderr == ""
        with Bearer(configured, minted.stdout.strip()) as client:
            client.subscribe("secret." + channel, "private-" + channel)


def test_show_says_what_a_token_holds(own_binary, tmp_path):
    minted = run("token", "--sub", "bob", "--channels", "a.*", "--info", '{"x":1}', FANFARE_TOKEN_SECRET=SECRET).stdout.strip()
    shown = run("token", "show", minted, FANFARE_TOKEN_SECRET=SECRET)
    assert shown.returncode == 0
    report = json.loads(shown.stdout)
    assert report["header"] == {"alg": "HS256", "typ": "JWT"}
    assert report["claims"]["sub"] == "bob" and report["claims"]["channels"] == ["a.*"] and report["claims"]["info"] == {"x": 1}
    assert report["claims"]["exp"] - report["claims"]["iat"] == 3600
    assert report["accepted"] is True and report["reason"] is None
    assert json.loads(run("token", "show", minted).stdout)["accepted"] is None
    (tmp_path / "jwks.json").write_text(json.dumps(JWKS))
    assert json.loads(run("token", "show", ES256, "--jwks", str(tmp_path / "jwks.json")).stdout)["accepted"] is True


@pytest.mark.parametrize(
    "bad, words",
    [
        (token("a", secret="x" * 32), "signature"),
        (token("a", seconds=-60), "expired"),
        (sign({"alg": "none"}, GOOD), "alg"),
        (sign(HS256, {"sub": "a"}), "exp"),
        ("x", "three parts"),
    ],
    ids=["secret", "expired", "none", "no exp", "no token"],
)
def test_show_says_why_a_token_is_refused(own_binary, bad, words):
    shown = run("token", "show", bad, FANFARE_TOKEN_SECRET=SECRET)
    assert shown.returncode == 65
    report = json.loads(shown.stdout)
    assert report["accepted"] is False and words in report["reason"]


@pytest.mark.parametrize(
    "arguments, variables, code, words",
    [
        (["--sub", "a"], {}, EX_CONFIG, "FANFARE_TOKEN_SECRET"),
        (["--sub", "a"], {"FANFARE_TOKEN_SECRET": "short"}, EX_CONFIG, "5 bytes"),
        ([], {"FANFARE_TOKEN_SECRET": SECRET}, EX_USAGE, "--sub"),
        (["--sub", ""], {"FANFARE_TOKEN_SECRET": SECRET}, EX_USAGE, "sub"),
        (["--sub", "a", "--channels", "***"], {"FANFARE_TOKEN_SECRET": SECRET}, EX_USAGE, "***"),
        (["--sub", "a", "--info", "{"], {"FANFARE_TOKEN_SECRET": SECRET}, EX_USAGE, "--info"),
        (["--sub", "a", "--expires", "soon"], {"FANFARE_TOKEN_SECRET": SECRET}, EX_USAGE, "expires"),
    ],
)
def test_what_cannot_be_minted(own_binary, arguments, variables, code, words):
    finished = run("token", *arguments, **variables)
    assert finished.returncode == code and words in finished.stderr and finished.stdout == ""


def test_a_secret_is_no_argument(own_binary):
    assert run("token", "--sub", "a", "--secret", SECRET).returncode == EX_USAGE
