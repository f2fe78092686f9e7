"""deploy/, compose.yaml's profile and the two pages for operators: every flag and variable is given to the real executable, the service
runs inside its unit's system call filters, Prometheus itself scrapes with its configuration, and what the pages quote is provoked."""

import itertools
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from contextlib import ExitStack
from pathlib import Path, PurePosixPath

import harness.server
import pytest
import yaml
from harness import PATIENCE
from harness.http import JSON, request
from harness.server import BINARY, EX_CONFIG, EX_UNAVAILABLE, EX_USAGE, PROJECT, Server, free_port, run
from harness.subscriber import Subscriber, event_packet
from test_container import passed_through, stages
from test_metrics import alerts
from test_tls import certificate

KEY = "a-key-of-the-tests-0123456789-0123456789"
READER = "reader-of-the-tests-0123456789-0123"
UNIT = PROJECT / "deploy/systemd/fanfare.service"
IMAGE = {name: value for name, value in stages()[-1].pairs("ENV").items()}
OPERATING, TROUBLESHOOTING = (PROJECT / "docs" / name for name in ("operating.md", "troubleshooting.md"))


# MARK: What is deployed, as arguments and variables of the executable


def unit():
    """The unit's lines as (section, name) → values, in order."""
    found, section = {}, None
    for line in UNIT.read_text().splitlines():
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
        elif line and not line.startswith("#"):
            name, value = line.split("=", 1)
            found.setdefault((section, name), []).append(value)
    return found


def one(name, section="Service"):
    (value,) = unit()[section, name]
    return value


def systemd(folder):
    """What the unit starts; the credential is a file in `folder`."""
    name, path = one("LoadCredential").split(":")
    assert PurePosixPath(path).is_absolute()
    (folder / name).write_text(KEY + "\n")
    program, *arguments = shlex.split(one("ExecStart"))
    assert program == "/usr/local/bin/fanfare"
    arguments = [word.replace("/etc/fanfare/", f"{UNIT.parent}/") for word in arguments]
    words = [word.replace("%d", str(folder)) for line in unit()["Service", "Environment"] for word in shlex.split(line)]
    return arguments, dict(word.split("=", 1) for word in words)


def manifests():
    documents = list(yaml.safe_load_all((PROJECT / "deploy/kubernetes/fanfare.yaml").read_text()))
    kinds = [document["kind"] for document in documents]
    assert len(kinds) == len(set(kinds))
    return dict(zip(kinds, documents))


def pod():
    return manifests()["Deployment"]["spec"]["template"]["spec"]


def kubernetes(folder):
    """What the pod starts; its volumes are folders in `folder`."""
    (container,) = pod()["containers"]
    places = {}
    for mount in container["volumeMounts"]:
        (volume,) = [volume for volume in pod()["volumes"] if volume["name"] == mount["name"]]
        place = folder / volume["name"]
        place.mkdir()
        if "configMap" in volume:
            assert volume["configMap"]["name"] == manifests()["ConfigMap"]["metadata"]["name"]
            for name, text in manifests()["ConfigMap"]["data"].items():
                (place / name).write_text(text)
        else:
            # The command at the head of the file makes the secret.
            text = (PROJECT / "deploy/kubernetes/fanfare.yaml").read_text()
            secret, name = re.search(r"create secret generic (\S+) --from-literal=([\w-]+)=", text).groups()
            assert volume["secret"]["secretName"] == secret
            (place / name).write_text(KEY)
        places[mount["mountPath"] + "/"] = f"{place}/"

    def placed(text):
        for inside, outside in places.items():
            text = text.replace(inside, outside)
        return text

    variables = {entry["name"]: placed(entry["value"]) for entry in container["env"]}
    return [placed(word) for word in container["args"]], {**IMAGE, **variables}


def compose(*files):
    """The services of compose.yaml, with what other files add."""
    services = yaml.safe_load((PROJECT / "compose.yaml").read_text())["services"]
    for file in files:
        for name, added in yaml.safe_load((PROJECT / file).read_text())["services"].items():
            assert not set(added) & set(services[name])
            services[name] |= added
    return services


def plain_compose(folder):
    service = compose()["fanfare"]
    shell = {"FANFARE_PUBLISH_KEY": KEY, "CORS_ORIGIN": "https://app.example.org"}
    return [], {**IMAGE, **passed_through(service, **shell)}


def compose_with_settings(folder):
    """With deploy/compose/settings.yaml, whose head shows the keys."""
    service = compose("deploy/compose/settings.yaml")["fanfare"]
    (volume,) = service["volumes"]
    assert volume["read_only"] is True and volume["bind"] == {"create_host_path": False}
    shown = re.findall(r"^#   (keys:|  \w+: \{.*\})$", (PROJECT / "deploy/compose/settings.yaml").read_text(), re.MULTILINE)
    assert len(shown) == 3
    secrets = itertools.cycle([KEY, READER])
    (folder / "fanfare.yaml").write_text(re.sub("…", lambda _: next(secrets), "\n".join(shown)))
    return [word.replace(volume["target"], str(folder)) for word in service["command"]], {**IMAGE, **passed_through(service)}


DEPLOYED = pytest.mark.parametrize("deployed", [systemd, kubernetes, plain_compose, compose_with_settings])


def check(arguments, variables):
    return run("config", "check", *arguments, **variables)


@DEPLOYED
def test_the_executable_takes_every_flag_and_variable(deployed, own_binary, tmp_path):
    arguments, variables = deployed(tmp_path)
    finished = check(arguments, variables)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.endswith("ok\n") and "no publish key" not in finished.stdout


@DEPLOYED
def test_the_executable_refuses_each_of_them_with_a_mistake(deployed, own_binary, tmp_path):
    arguments, variables = deployed(tmp_path)
    for index, word in enumerate(arguments):
        wrong = arguments[:index] + [word + "-x"] + arguments[index + 1 :]
        assert check(wrong, variables).returncode == (EX_USAGE if word.startswith("--") else EX_CONFIG), wrong
    for name, value in variables.items():
        rest = {other: text for other, text in variables.items() if other != name}
        if name.startswith("FANFARE_"):
            finished = check(arguments, {**rest, f"{name}_X": value})
            assert finished.returncode == EX_CONFIG and f"{name}_X is not a setting" in finished.stderr
        elif value:
            assert check(arguments, {**rest, name: value + "/"}).returncode == EX_CONFIG, name


def test_all_of_them_leave_the_drain_its_time():
    window = 30
    service = compose()["fanfare"]
    times = [int(one("TimeoutStopSec")), pod()["terminationGracePeriodSeconds"], int(service["stop_grace_period"].removesuffix("s"))]
    assert times == [40] * 3 and 40 > window
    assert int(one("LimitNOFILE")) == service["ulimits"]["nofile"]["hard"]


# MARK: systemd


def systemd_analyze(*arguments):
    tool = shutil.which("systemd-analyze")
    if not tool:
        pytest.skip("systemd-analyze is missing: it is in Debian's package systemd")
    return subprocess.run([tool, *arguments], capture_output=True, text=True, timeout=PATIENCE)


def test_systemd_finds_nothing_wrong_with_the_unit(own_binary, tmp_path):
    copy = tmp_path / UNIT.name
    # It looks for the program.
    copy.write_text(UNIT.read_text().replace("/usr/local/bin/fanfare", str(BINARY)))
    verified = systemd_analyze("verify", "--man=no", copy)
    # What it says of other units of the machine is none of ours.
    lines = [line for line in (verified.stdout + verified.stderr).splitlines() if "fanfare" in line]
    assert lines == []
    wrong = tmp_path / "wrong.service"
    wrong.write_text(copy.read_text().replace("ProtectClock", "ProtectClocks"))
    assert "ProtectClocks" in systemd_analyze("verify", "--man=no", wrong).stderr, "this test can fail"


def test_the_unit_is_hardened():
    """The scale is from 0 to 10, here in tenths."""
    judged = systemd_analyze("security", "--offline=true", "--threshold=15", UNIT)
    assert judged.returncode == 0, judged.stdout[-200:]
    assert one("DynamicUser") == one("NoNewPrivileges") == one("MemoryDenyWriteExecute") == "yes"
    assert one("CapabilityBoundingSet") == "" and one("ProtectSystem") == "strict"


def test_the_unit_restarts_what_can_be_helped():
    assert one("Restart") == "on-failure"
    assert one("RestartPreventExitStatus").split() == [str(EX_USAGE), str(EX_CONFIG)]
    # The server's own way to take the signal begins shortly after its exec.
    assert one("RestartForceExitStatus") == "SIGHUP"
    assert one("Type") == "exec" and one("ExecReload") == "/bin/kill -HUP $MAINPID"


def filtered_calls():
    """The system calls that SystemCallFilter allows."""
    groups, name = {}, None
    for line in systemd_analyze("syscall-filter").stdout.splitlines():
        if line.startswith("@"):
            name = line.strip()
            groups[name] = set()
        elif name and line.strip() and not line.strip().startswith("#"):
            groups[name].add(line.strip())

    def calls(group):
        return set().union(*(calls(member) if member.startswith("@") else {member} for member in groups[group]))

    first, *taken = unit()["Service", "SystemCallFilter"]
    # systemd keeps what a program needs to start at all, whatever is taken away.
    return (calls(first) - set().union(*(calls(line.removeprefix("~")) for line in taken))) | calls("@default")


#: Sets the filters as systemd does, then becomes the server. What systemd refuses, and how: systemd.exec(5).
LAUNCHER = """#!%(python)s
import ctypes, errno, os, resource, socket, sys
library = ctypes.CDLL(%(library)r)
library.seccomp_init.restype = ctypes.c_void_p
ALLOW, REFUSE, EQUAL, MASKED_EQUAL = 0x7FFF0000, 0x00050000, 4, 7

class Comparison(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("how", ctypes.c_int), ("first", ctypes.c_uint64), ("second", ctypes.c_uint64)]

def rule(context, action, call, *comparisons):
    number = library.seccomp_syscall_resolve_name(call.encode())
    if number >= 0:
        array = (Comparison * len(comparisons))(*comparisons)
        assert library.seccomp_rule_add_array(ctypes.c_void_p(context), action, number, len(comparisons), array) == 0, call

def load(context):
    assert library.seccomp_load(ctypes.c_void_p(context)) == 0

refusals = library.seccomp_init(ALLOW)
rule(refusals, REFUSE | errno.EPERM, "mmap", Comparison(2, MASKED_EQUAL, 6, 6))
for call in ("mprotect", "pkey_mprotect"):
    rule(refusals, REFUSE | errno.EPERM, call, Comparison(2, MASKED_EQUAL, 4, 4))
for family in set(range(64)) - {getattr(socket, name) for name in %(families)r}:
    rule(refusals, REFUSE | errno.EAFNOSUPPORT, "socket", Comparison(0, EQUAL, family, 0))
allowed = library.seccomp_init(REFUSE | errno.EPERM)
for call in %(calls)r:
    rule(allowed, ALLOW, call)
resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
load(refusals)
load(allowed)
os.execv(%(binary)r, [%(binary)r, *sys.argv[1:]])
"""


def test_the_service_works_inside_the_units_filters(own_binary, tmp_path, monkeypatch):
    library = next(iter(Path("/usr/lib").glob("*/libseccomp.so.2")), None)
    if not library:
        pytest.skip("libseccomp is missing: systemd needs it for its filters")
    launcher = tmp_path / "launcher"
    values = {"calls": sorted(filtered_calls()), "families": one("RestrictAddressFamilies").split()}
    values |= {"python": sys.executable, "library": str(library), "binary": str(BINARY)}
    launcher.write_text(LAUNCHER % values)
    launcher.chmod(0o755)
    monkeypatch.setattr(harness.server, "BINARY", launcher)
    arguments, variables = systemd(tmp_path)
    chain, key = certificate(tmp_path, "localhost")
    for extra in ([], ["--tls-certificate", chain, "--tls-key", key]):
        server = Server(*arguments, *map(str, extra), **variables)
        if extra:
            # Its certificates are loaded inside the filters; test_tls.py shows what they do.
            server._answers = lambda port: until_it_is_open(port)
        with server:
            status = Path(f"/proc/{server.process.pid}/status").read_text()
            assert re.search(r"^NoNewPrivs:\s1$", status, re.MULTILINE) and re.search(r"^Seccomp_filters:\s2$", status, re.MULTILINE)
            if extra:
                continue
            with Subscriber(server) as subscriber:
                subscriber.subscribe("news")
                assert server.publish("news", "e", b"1").status == 401
                headers = [JSON, ("X-API-Key", KEY)]
                assert server.publish("news", "e", b"1", headers).status == 200
                assert subscriber.packet() == event_packet("e", b"1")
                metrics = server.request("GET", "/metrics", headers=headers).body
                assert re.search(rb"^process_start_time_seconds [1-9]", metrics, re.MULTILINE)
                assert b"\nprocess_max_fds 4096\n" in metrics
            server.process.send_signal(signal.SIGHUP)
            until(lambda: "msg=reloaded" in server.logged)
            assert server.stop() == 0, server.logged


def until_it_is_open(port):
    def is_open():
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    until(is_open)
    return True


def until(holds):
    deadline = time.monotonic() + PATIENCE
    while not (found := holds()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found


# MARK: Kubernetes


def test_the_pod_keeps_the_rules():
    (container,) = pod()["containers"]
    assert pod()["enableServiceLinks"] is False and pod()["automountServiceAccountToken"] is False
    assert pod()["securityContext"]["runAsNonRoot"] is True
    user, group = map(int, stages()[-1].one("USER").split(":"))
    assert (pod()["securityContext"]["runAsUser"], pod()["securityContext"]["runAsGroup"]) == (user, group)
    assert pod()["securityContext"]["fsGroup"] == group and pod()["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
    }  # fmt: skip
    assert container["image"] == f"fanfare:{run('--version').stdout.strip()}"
    assert container["ports"] == [{"name": "http", "containerPort": int(stages()[-1].one("EXPOSE"))}]
    assert {"requests", "limits"} == set(container["resources"]) and "cpu" not in container["resources"]["limits"]


def test_the_manifests_fit_together():
    found = manifests()
    assert set(found) == {"ConfigMap", "Deployment", "Service", "PodDisruptionBudget"}
    labels = found["Deployment"]["spec"]["template"]["metadata"]["labels"]
    for selector in (
        found["Deployment"]["spec"]["selector"]["matchLabels"],
        found["Service"]["spec"]["selector"],
        found["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
    ):
        assert selector and selector.items() <= labels.items()
    (port,) = found["Service"]["spec"]["ports"]
    assert port["targetPort"] == pod()["containers"][0]["ports"][0]["name"]
    spec = found["Deployment"]["spec"]
    assert spec["replicas"] == 1 and spec["strategy"] == {"type": "Recreate"}, "more than one needs a Redis, which this file does not have"
    assert "minAvailable" not in found["PodDisruptionBudget"]["spec"], "the only pod could never leave its node"


def test_the_probes_ask_what_the_server_answers(own_binary, tmp_path):
    arguments, variables = kubernetes(tmp_path)
    (container,) = pod()["containers"]
    with Server(*arguments, **variables) as server:
        for name, path in (("startupProbe", "/livez"), ("livenessProbe", "/livez"), ("readinessProbe", "/readyz")):
            probe = container[name]["httpGet"]
            assert probe == {"path": path, "port": "http"}
            # The kubelet names the pod's address.
            assert server.request("GET", path, host="10.1.2.3:8000").status == 200
        assert server.publish("news", "e", b"1", [JSON, ("X-API-Key", KEY)], host="fanfare:8000").status == 200
        assert server.stop() == 0
        assert '"msg":"serving"' in server.logged.replace('": "', '":"')


# MARK: The profile `monitoring`


def test_without_the_profile_nothing_is_added():
    assert [name for name, service in compose().items() if "profiles" not in service] == ["fanfare"]
    assert {name for name, service in compose().items() if service.get("profiles") == ["monitoring"]} == {"prometheus", "grafana"}
    assert {name for name, service in compose().items() if service.get("profiles") == ["cluster"]} == {"second", "redis", "proxy"}


def test_the_profiles_services_keep_the_rules():
    document = yaml.safe_load((PROJECT / "compose.yaml").read_text())
    for name in ("prometheus", "grafana", "redis", "proxy"):
        service = document["services"][name]
        assert re.fullmatch(r"[\w/]+:v?\d+\.\d+\.\d+", service["image"]), "a version to the last digit"
        assert all(port.startswith("127.0.0.1:") or name == "proxy" for port in service.get("ports", []))
        assert service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"]
        for volume in service.get("volumes", []):
            source, target, *mode = volume.split(":")
            if source.startswith("./"):
                assert (PROJECT / source).exists() and mode == ["ro"] and "/etc/" in target
            else:
                assert source in document["volumes"]


def test_the_two_nodes_are_the_same():
    services = compose()
    differing = {name for name in services["fanfare"] if services["fanfare"][name] != services["second"].get(name)}
    assert differing == {"ports"} and services["second"]["ports"] == []
    # What the commands at the head of the file name is there.
    (url,) = re.findall(r"FANFARE_REDIS=(\S+)", (PROJECT / "compose.yaml").read_text())
    assert urllib.parse.urlsplit(url).hostname in services
    (port,) = services["proxy"]["ports"]
    assert f"bind :{port.split(':')[1]}\n" in inside("proxy", "/usr/local/etc/haproxy/haproxy.cfg").read_text()


def inside(service, path):
    """The project's file that a service has at a path."""
    for volume in compose()[service]["volumes"]:
        source, target, *_ = volume.split(":")
        if source.startswith("./") and (path == target or path.startswith(target + "/")):
            return PROJECT / (source + path.removeprefix(target))
    raise AssertionError(f"{service} has no {path}")


def test_grafana_finds_its_data_and_its_dashboard():
    (source,) = yaml.safe_load(inside("grafana", "/etc/grafana/provisioning/datasources/prometheus.yaml").read_text())["datasources"]
    assert source["type"] == "prometheus" and source["isDefault"] is True
    host = urllib.parse.urlsplit(source["url"])
    assert compose()[host.hostname]["ports"] == [f"127.0.0.1:9090:{host.port}"]
    (provider,) = yaml.safe_load(inside("grafana", "/etc/grafana/provisioning/dashboards/fanfare.yaml").read_text())["providers"]
    board = inside("grafana", provider["options"]["path"] + "/fanfare.json")
    assert compose()["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"] == provider["options"]["path"] + "/fanfare.json"
    assert json.loads(board.read_text())["uid"] == "fanfare"
    (variable,) = [entry for entry in json.loads(board.read_text())["templating"]["list"] if entry["type"] == "datasource"]
    assert variable["query"] == source["type"], "without a name of its own, the board takes the source that is there"


def prometheus_folder(folder, key):
    """deploy/prometheus as the container has it, with the key where compose puts the secret."""
    (secret,) = compose()["prometheus"]["secrets"]
    (config,) = [word.split("=")[1] for word in compose()["prometheus"]["command"] if word.startswith("--config.file=")]
    shutil.copytree(inside("prometheus", config).parent, folder / "prometheus")
    (folder / "key").write_text(key)
    file = folder / "prometheus" / PurePosixPath(config).name
    text = file.read_text()
    assert text.count(f"/run/secrets/{secret}") == 1
    file.write_text(text.replace(f"/run/secrets/{secret}", str(folder / "key")))
    return file


def tool(name):
    found = shutil.which(name)
    assert found, f"{name} is missing: scripts/install-test-tools.sh installs it"
    return found


def test_promtool_finds_nothing_wrong(tmp_path):
    file = prometheus_folder(tmp_path, KEY)
    checked = subprocess.run([tool("promtool"), "check", "config", file], capture_output=True, text=True, timeout=PATIENCE)
    assert checked.returncode == 0 and "rules found" in checked.stdout, checked.stdout + checked.stderr
    (tmp_path / "key").unlink()
    checked = subprocess.run([tool("promtool"), "check", "config", file], capture_output=True, text=True, timeout=PATIENCE)
    assert checked.returncode != 0, "this test can fail"


class Prometheus:
    """Prometheus with the configuration of deploy/, which looks at these servers."""

    def __init__(self, folder, key, *servers):
        self.port = free_port()
        file = prometheus_folder(folder, key)
        text = file.read_text()
        assert text.count('["fanfare:8000"]') == 1 and text.count(": 15s") == 2
        targets = json.dumps([f"127.0.0.1:{server.port}" for server in servers])
        file.write_text(text.replace('["fanfare:8000"]', targets).replace(": 15s", ": 200ms"))
        self.log = folder / "log"
        command = [tool("prometheus"), f"--config.file={file}", f"--storage.tsdb.path={folder}/data"]
        command.append(f"--web.listen-address=127.0.0.1:{self.port}")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def ask(self, path, **query):
        """Its answer; nothing as long as it starts."""
        assert self.process.poll() is None, self.log.read_text()
        try:
            address = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(query)}"
            with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
                return json.load(answer)["data"]
        except OSError:
            return None


@pytest.fixture(scope="module", autouse=True)
def scraped(own_binary, tmp_path_factory):
    """Prometheus, a server that it has a key for and one that it has none for. It takes five seconds until it looks: meanwhile the other
    tests run."""
    folder = tmp_path_factory.mktemp("scraped")
    (folder / "fanfare.yaml").write_text(f"keys: {{reader: {{secret: {READER}, may: [read]}}}}\n")
    with Server("--config", str(folder / "fanfare.yaml")) as server, Server(FANFARE_PUBLISH_KEY=KEY) as stranger:
        with Prometheus(folder, READER, server, stranger) as prometheus:
            yield prometheus, server, stranger


# MARK: The pages for operators


def names_in(pattern, *pages):
    return set(re.findall(pattern, "\n".join(page.read_text() for page in pages)))


def test_the_pages_name_only_what_there_is():
    metrics, configuration = ((PROJECT / "docs" / name).read_text() for name in ("metrics.md", "configuration.md"))
    for metric in names_in(r"`((?:fanfare|process)_\w+)", OPERATING, TROUBLESHOOTING):
        assert f"`{metric}`" in metrics, metric
    for reason in names_in(r'reason(?:=|=\\?"|`, `)(\w+)', OPERATING, TROUBLESHOOTING):
        assert f"`{reason}`" in metrics or reason in ("unauthorized", "drain"), reason
    for flag in names_in(r"`(--limit-[\w-]+)", OPERATING, TROUBLESHOOTING):
        assert f"`{flag}`" in configuration, flag
    for setting in names_in(r"`((?:limits|engine|drain|listen|log|cors|tls)\.\w+)`", OPERATING, TROUBLESHOOTING):
        assert f"`{setting}`" in configuration, setting
    for variable in names_in(r"\b(FANFARE_[A-Z_]*[A-Z])\b", OPERATING, TROUBLESHOOTING) - {"FANFARE_READ_KEY"}:
        assert f"`{variable}`" in configuration or f"`{variable}" in configuration, variable


def test_every_alert_has_a_line_for_who_is_called():
    assert names_in(r"`(Fanfare[A-Z]\w+)`", OPERATING) == {rule["alert"] for rule in alerts()}


def quoted(text, page=TROUBLESHOOTING):
    """A page quotes a message: as it is, but that … stands for what differs."""
    assert text in page.read_text(), f"{page.name} does not quote {text!r}"
    return [re.escape(part) for part in text.split("…")]


def says(text, message):
    return re.search(".*".join(quoted(text)), message, re.DOTALL)


STARTS = [
    ("… can be reached from other machines: set FANFARE_PUBLISH_KEY", ["--host", "0.0.0.0"], {}, ""),
    ("FANFARE_… is not a setting", [], {"FANFARE_PROT": "1"}, ""),
    ('FANFARE_PORT is "…": expected a port from 0 to 65535', [], {"FANFARE_PORT": "http"}, ""),
    ("… cannot be read", ["--config", "/nonexistent.yaml"], {}, ""),
    (": line …: ", [], {}, "listen: {\n"),
    (": … is not a setting", [], {}, "listen: {prot: 1}\n"),
    ("… is there twice", [], {}, "loops: 1\nloops: 2\n"),
    ("… is not an origin: an origin has no path and no slash at its end, write …", [], {"CORS_ORIGIN": "https://app.example.org/"}, ""),
    ("credentials cannot be allowed to all origins", ["--cors-origin", "*", "--cors-credentials"], {}, ""),
    ("a channel rule wants tokens and there is no key to check them with", [], {}, "channels: [{match: 'a.*', subscribe: token}]\n"),
    ("the token secret has … bytes and could be guessed: it needs 32", [], {"FANFARE_TOKEN_SECRET": "short"}, ""),
    ("FANFARE_PUBLISH_KEY_FILE names a file that cannot be read (is it the secret itself?)", [], {"FANFARE_PUBLISH_KEY_FILE": "/none"}, ""),
    ("FANFARE_PUBLISH_KEY_FILE names …, which is empty", [], {"FANFARE_PUBLISH_KEY_FILE": "EMPTY"}, ""),
    ("FANFARE_PUBLISH_KEY is blank", [], {"FANFARE_PUBLISH_KEY": " "}, ""),
    ("FANFARE_PUBLISH_KEY and FANFARE_PUBLISH_KEY_FILE are both set: set one", [],
     {"FANFARE_PUBLISH_KEY": KEY, "FANFARE_PUBLISH_KEY_FILE": "/dev/null"}, ""),
    ("the keys … and … have the same secret", [], {},
     f"keys: {{a: {{secret: {KEY}, may: [publish]}}, b: {{secret: {KEY}, may: [read]}}}}\n"),
    ("expected publish, read or admin", [], {}, f"keys: {{a: {{secret: {KEY}, may: [fly]}}}}\n"),
    ("TLS needs both: set tls-certificate and tls-key, or neither", ["--tls-key", "key.pem"], {}, ""),
    ("which cannot be read or holds no PEM certificate", ["--tls-key", "/none", "--tls-certificate", "/none"], {}, ""),
    ("drain-window is … ms: expected at most 15s", ["--drain-window", "1m"], {}, ""),
    ("the key set … cannot be read", ["--jwks", "/none"], {}, ""),
]  # fmt: skip


@pytest.mark.parametrize("text, arguments, variables, file", STARTS, ids=[text[:40] for text, *_ in STARTS])
def test_what_keeps_it_from_starting_is_said_as_quoted(text, arguments, variables, file, own_binary, tmp_path):
    if file:
        (tmp_path / "fanfare.yaml").write_text(file)
        arguments = ["--config", str(tmp_path / "fanfare.yaml"), *arguments]
    (tmp_path / "empty").write_text("\n")
    variables = {name: str(tmp_path / "empty") if value == "EMPTY" else value for name, value in variables.items()}
    finished = run("serve", "--port", "0", *arguments, **variables) if "FANFARE_PORT" not in variables else run("serve", **variables)
    assert finished.returncode == EX_CONFIG, finished.stderr
    assert says(text, finished.stderr), finished.stderr
    assert check(arguments, variables).stderr == finished.stderr


def test_a_key_of_another_certificate_is_said_as_quoted(own_binary, tmp_path):
    (chain, _), (_, key) = certificate(tmp_path, "one"), certificate(tmp_path, "two")
    finished = run("--tls-certificate", str(chain), "--tls-key", str(key))
    assert finished.returncode == EX_CONFIG and says("the key … does not belong to the certificate …", finished.stderr)


def test_exit_codes_are_the_pages(server, own_binary):
    table = dict(re.findall(r"^\| (\d+) \| (.*?) \|", OPERATING.read_text(), re.MULTILINE))
    assert set(table) == {"0", "1", "64", "65", "69", "78"}
    taken = run("--port", str(server.port))
    assert taken.returncode == EX_UNAVAILABLE and says("port … on … is taken", taken.stderr)
    strange = run("--host", "203.0.113.9", "--insecure-open")
    assert strange.returncode == EX_UNAVAILABLE and says("it is none of this machine's addresses", strange.stderr)
    assert run("--prot", "1").returncode == EX_USAGE
    assert run("health", "--url", "http://127.0.0.1:1").returncode == 1
    assert run("publish", "--url", server.url, "news", "connect", "1").returncode == 65


ANSWERS = [
    (403, "This server is open, so it answers to loopback names only", "GET", "/livez", {"host": "push.example.org"}),
    (403, '{"code":4,"message":"Forbidden"}', "GET", "/socket.io/?EIO=4&transport=polling", {"headers": [("Origin", "https://a.example")]}),
    (403, "Web pages of other origins may not publish here", "POST", "/broadcast/a/e",
     {"body": b"1", "headers": [JSON, ("Origin", "https://a.example")]}),
    (404, '{"detail":"Not Found"}', "POST", "/broadcast/a/e/", {"body": b"1", "headers": [JSON]}),
    (405, '{"detail":"Method Not Allowed"}', "GET", "/broadcast/a/e", {}),
    (413, "The body is larger than … bytes", "POST", "/broadcast/a/e", {"body": b'"' + b"x" * 1_000_001 + b'"', "headers": [JSON]}),
    (415, "Send the header Content-Type: application/json", "POST", "/broadcast/a/e",
     {"body": b"1", "headers": [("Content-Type", "text/plain")]}),
    (422, "The event name is reserved by Socket.IO.", "POST", "/broadcast/a/connect", {"body": b"1", "headers": [JSON]}),
    (422, "The name is longer than 200 bytes of UTF-8.", "POST", "/broadcast/" + "a" * 201 + "/e", {"body": b"1", "headers": [JSON]}),
    (422, '"type":"json_invalid"', "POST", "/broadcast/a/e", {"body": b"{'a':1}", "headers": [JSON]}),
    (400, '{"code":5,"message":"Unsupported protocol version"}', "GET", "/socket.io/?EIO=3&transport=polling", {}),
    (400, '{"code":1,"message":"Session ID unknown"}', "GET", "/socket.io/?EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAAAAAA", {}),
    (200, '{"status":"alive"}', "GET", "/livez", {}),
    (200, '{"status":"ready"}', "GET", "/readyz", {}),
]  # fmt: skip


@pytest.mark.parametrize("status, text, method, target, options", ANSWERS, ids=[text[:40] for _, text, *_ in ANSWERS])
def test_answers_are_the_quoted_ones(status, text, method, target, options, server):
    answer = server.request(method, target, **options)
    assert answer.status == status and says(text, answer.body.decode()), answer


def test_what_keys_and_tokens_refuse_is_quoted(own_binary, tmp_path):
    (tmp_path / "fanfare.yaml").write_text(
        f"keys:\n  backend: {{secret: {KEY}, may: [publish], channels: ['orders.*']}}\n  reader: {{secret: {READER}, may: [read]}}\n"
        "channels: [{match: 'secret.*', subscribe: token}]\n"
    )
    with Server("--config", str(tmp_path / "fanfare.yaml"), FANFARE_TOKEN_SECRET=KEY) as server:
        for status, text, channel, key in (
            (401, "Send a publish key: Authorization: Bearer <key>, or X-API-Key: <key>", "orders.1", "wrong"),
            (403, "This key may not publish to this channel", "news", KEY),
            (403, "This key may not publish", "orders.1", READER),
        ):
            answer = server.publish(channel, "e", b"1", [JSON, ("X-API-Key", key)])
            assert answer.status == status and says(text, answer.json()["detail"])
        answer = server.request("GET", "/metrics", headers=[("X-API-Key", KEY)])
        assert answer.status == 403 and says("This key may not read", answer.json()["detail"])
        with Subscriber(server) as subscriber:
            assert b"token_required" in subscriber.ask("subscribe", "secret.1")
            assert b"token_invalid" in subscriber.ask("subscribe", {"channel": "secret.1", "token": "x.y.z"})
        quoted("token_required"), quoted("token_invalid")
        until(lambda: "reason=not_permitted" in server.logged)
        first = 'msg="access refused" action=… count=… key=… peer=… reason=unauthorized'
        for text in (first, "key=unknown", "reason=channel_not_permitted"):
            assert says(text, server.logged), server.logged
        (tmp_path / "fanfare.yaml").write_text("nonsense: 1\n")
        server.process.send_signal(signal.SIGHUP)
        until(lambda: says('msg="not reloaded" reason=…', server.logged))
        assert server.stop() == 0
        # What is counted is told at the end at the latest.
        assert says("msg=refused count=… reason=token_required total=…", server.logged), server.logged
        assert "reason=token_malformed" in server.logged and quoted('reason="token_malformed"')


def test_a_full_server_says_so_as_quoted(own_binary):
    with Server("--limit-connections", "2") as server, ExitStack() as stack:
        for count in range(3):
            # The connection that asked whether the server is up may still count.
            connection = stack.enter_context(server.connect())
            connection.send(request("GET", "/livez"))
            answer = connection.response()
            if answer.status != 200:
                break
        assert count > 0
        assert answer.status == 503 and answer.header("Retry-After") == "1"
        assert says("The server has as many connections as it takes", answer.json()["detail"])
        assert says("msg=serving connections=…", server.logged)


def test_the_figure_of_descriptors_is_the_pages(own_binary):
    """How many connections a limit of descriptors leaves."""
    (reserve,) = names_in(r"the limit less (\d+)", OPERATING)
    script = 'ulimit -n 1024; exec "$0" --port 0'
    process = subprocess.Popen(["bash", "-c", script, BINARY], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
                               env=harness.server.environment(), cwd="/")  # fmt: skip
    try:
        line = next(line for line in process.stderr if "msg=serving" in line)
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
    assert line.split("connections=")[1].strip() == str(1024 - int(reserve))


# Last, as it waits for Prometheus.


def test_prometheus_itself_scrapes_with_a_key_that_may_only_read(scraped):
    prometheus, server, stranger = scraped
    assert server.publish("news", "e", b"1", [JSON, ("X-API-Key", READER)]).status == 403

    def up():
        found = (prometheus.ask("query", query='up{job="fanfare"}') or {}).get("result", [])
        values = {sample["metric"]["instance"]: sample["value"][1] for sample in found}
        return len(values) == 2 and values

    assert until(up) == {f"127.0.0.1:{server.port}": "1", f"127.0.0.1:{stranger.port}": "0"}
    (sample,) = prometheus.ask("query", query="fanfare_ready")["result"]
    assert sample["value"][1] == "1"
    (group,) = prometheus.ask("rules")["groups"]
    assert {rule["name"] for rule in group["rules"]} == {rule["alert"] for rule in alerts()}
