"""deploy/ and compose.yaml: what they start the server with is what the server takes, and what hardens it is there."""

import json
import re
import shutil
import subprocess

import pytest
import yaml
from harness.server import BINARY, EX_CONFIG, EX_USAGE, PROJECT, Server, environment

DEPLOY = PROJECT / "deploy"
KEY = "a-key-of-the-tests-0123456789-0123456789"


def manifests():
    return list(yaml.safe_load_all((DEPLOY / "kubernetes/fanfare.yaml").read_text()))


def pod():
    (deployment,) = [manifest for manifest in manifests() if manifest["kind"] == "Deployment"]
    return deployment["spec"]["template"]["spec"]


def unit():
    """The unit file's settings: each name with all its values."""
    settings = {}
    for line in (DEPLOY / "systemd/fanfare.service").read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            settings.setdefault(name, []).append(value)
    return settings


def check(*arguments, **variables):
    """`fanfare config check` with these, as a started server would judge them."""
    return subprocess.run(
        [BINARY, "config", "check", *arguments], env=environment(**variables), capture_output=True, text=True, cwd="/", timeout=30
    )


@pytest.fixture(scope="module")
def publish_key(tmp_path_factory):
    file = tmp_path_factory.mktemp("secrets") / "publish-key"
    file.write_text(KEY + "\n")
    return file


# MARK: systemd


def test_systemd_has_nothing_to_say_about_the_unit(tmp_path):
    text = (DEPLOY / "systemd/fanfare.service").read_text()
    (tmp_path / "fanfare.service").write_text(text.replace("/usr/local/bin/fanfare", str(BINARY)))
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / "fanfare.service"], capture_output=True, text=True, timeout=30
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_the_unit_is_exposed_to_little():
    checked = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", DEPLOY / "systemd/fanfare.service"],
        capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout
    print(checked.stdout.splitlines()[-1])


def test_the_server_takes_what_the_unit_starts_it_with(own_binary, publish_key):
    settings = unit()
    (command,) = settings["ExecStart"]
    words = command.split()
    assert words[:2] == ["/usr/local/bin/fanfare", "serve"]
    variables = dict(value.split("=", 1) for value in settings["Environment"])
    assert variables.pop("SWIFT_BACKTRACE") == "enable=no"
    variables = {name: value.replace("%d/publish-key", str(publish_key)) for name, value in variables.items()}
    assert list(variables) == ["FANFARE_PUBLISH_KEY_FILE"]
    arguments = [word.replace("/etc/fanfare/", str(DEPLOY / "systemd") + "/") for word in words[2:]]
    done = check(*arguments, **variables)
    assert done.returncode == 0, done.stderr
    (before,) = settings["ExecStartPre"]
    assert before.split()[1:3] == ["config", "check"] and before.split()[3:] == words[2:]
    assert int(settings["TimeoutStopSec"][0]) == 40
    assert settings["RestartPreventExitStatus"] == [f"{EX_USAGE} {EX_CONFIG}"]


def can_trace():
    """Not every container lets one process watch another one."""
    return shutil.which("strace") is not None and subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode == 0


@pytest.mark.skipif(not can_trace(), reason="system calls cannot be traced here")
def test_the_unit_permits_the_calls_that_the_server_makes(own_binary, publish_key, tmp_path):
    permitted = set()
    for line in unit()["SystemCallFilter"]:
        calls = permitted_calls(line.lstrip("~").split())
        permitted = permitted - calls if line.startswith("~") else permitted | calls
    assert "read" in permitted and "mount" not in permitted
    trace = tmp_path / "trace"
    with Server(FANFARE_PUBLISH_KEY_FILE=str(publish_key)) as server:
        tracer = subprocess.Popen(["strace", "-f", "-o", trace, "-p", str(server.process.pid)], stderr=subprocess.PIPE, text=True)
        assert "attached" in tracer.stderr.readline()
        assert server.publish("news", "update", b"1", [("Content-Type", "application/json"), ("X-API-Key", KEY)]).status == 200
        assert server.request("GET", "/metrics", headers=[("X-API-Key", KEY)]).status == 200
        server.stop()
        tracer.wait(timeout=30)
        tracer.stderr.close()
    started = tmp_path / "started"
    subprocess.run(["strace", "-f", "-o", started, BINARY, "--version"], capture_output=True, timeout=60, check=True)
    called = set(re.findall(r"^\d+ +(?:<\.\.\. )?(\w+)(?:\(| resumed)", trace.read_text() + started.read_text(), re.MULTILINE))
    assert {"epoll_pwait", "accept4"} & called or {"epoll_wait", "accept4"} & called
    assert called - permitted == set()


def permitted_calls(names):
    """System calls, and those of sets such as @system-service."""
    calls = set()
    for name in names:
        if not name.startswith("@"):
            calls.add(name)
            continue
        listed = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager", name], capture_output=True, text=True, check=True)
        lines = [line.strip() for line in listed.stdout.splitlines()[1:]]
        calls |= permitted_calls([line for line in lines if line and not line.startswith("#")])
    return calls


# MARK: Kubernetes


def test_the_server_takes_what_kubernetes_starts_it_with(own_binary, publish_key):
    (container,) = pod()["containers"]
    variables = {variable["name"]: variable["value"] for variable in container["env"]}
    variables = {name: value.replace("/run/secrets/fanfare/publish-key", str(publish_key)) for name, value in variables.items()}
    assert container["args"][0] == "serve"
    done = check(*container["args"][1:], **variables)
    assert done.returncode == 0, done.stderr
    assert check(*container["args"][1:], "--hots", "x", **variables).returncode == EX_USAGE
    assert check(*container["args"][1:], **variables, FANFARE_PUBLISH_KYE="x").returncode == EX_CONFIG
    with Server(*container["args"][1:], **variables) as server:
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            target = container[probe]["httpGet"]
            assert target["port"] == container["ports"][0]["name"]
            assert server.request("GET", target["path"], host="10.0.0.7:8000").status == 200


def test_the_pod_may_do_little():
    spec = pod()
    (container,) = spec["containers"]
    assert spec["enableServiceLinks"] is False and spec["automountServiceAccountToken"] is False
    assert spec["terminationGracePeriodSeconds"] == 40
    assert spec["securityContext"]["runAsNonRoot"] and spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
    }  # fmt: skip
    (volume,) = spec["volumes"]
    assert volume["secret"]["defaultMode"] == 0o440 and spec["securityContext"]["fsGroup"] == spec["securityContext"]["runAsGroup"]
    assert container["resources"]["limits"]["memory"] and container["resources"]["requests"]


def test_what_belongs_together_has_the_same_names():
    deployment, service = manifests()
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert deployment["spec"]["selector"]["matchLabels"] == service["spec"]["selector"] == labels
    assert deployment["spec"]["replicas"] == 1, "one server knows its own subscribers only"


# MARK: compose


def test_prometheus_takes_its_configuration(tmp_path):
    """With the paths of the container put in place."""
    text = (DEPLOY / "compose/prometheus.yaml").read_text()
    (tmp_path / "fanfare-key").write_text(KEY)
    text = text.replace("/run/secrets/", f"{tmp_path}/").replace("/etc/prometheus/alerts.yaml", str(DEPLOY / "prometheus/alerts.yaml"))
    (tmp_path / "prometheus.yaml").write_text(text)
    checked = subprocess.run(["promtool", "check", "config", tmp_path / "prometheus.yaml"], capture_output=True, text=True, timeout=30)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    (job,) = yaml.safe_load(text)["scrape_configs"]
    assert job["job_name"] == "fanfare", "the alerts ask for it by this name"


def test_the_monitoring_profile_is_left_out_unless_asked_for():
    document = yaml.safe_load((PROJECT / "compose.yaml").read_text())
    services = document["services"]
    assert set(services) == {"fanfare", "prometheus", "grafana"}
    assert "profiles" not in services["fanfare"] and "secrets" not in services["fanfare"]
    for name in ("prometheus", "grafana"):
        assert services[name]["profiles"] == ["monitoring"]
        assert all(port.startswith("127.0.0.1:") for port in services[name]["ports"])
        assert re.search(r":v?\d+\.\d+\.\d+$", services[name]["image"]), "a version, not latest"
        for volume in services[name]["volumes"]:
            source, _, mode = volume.split(":")
            assert (PROJECT / source).exists() and mode == "ro"
    assert document["secrets"]["fanfare-key"] == {"environment": "FANFARE_PUBLISH_KEY"}


def test_grafana_finds_its_source_and_its_dashboard():
    source = yaml.safe_load((DEPLOY / "compose/grafana-datasource.yaml").read_text())
    provider = yaml.safe_load((DEPLOY / "compose/grafana-dashboards.yaml").read_text())
    assert source["datasources"][0]["type"] == "prometheus"
    volumes = yaml.safe_load((PROJECT / "compose.yaml").read_text())["services"]["grafana"]["volumes"]
    assert any(volume.split(":")[1] == provider["providers"][0]["options"]["path"] for volume in volumes)
    board = json.loads((DEPLOY / "grafana/fanfare.json").read_text())
    assert [variable["type"] for variable in board["templating"]["list"] if variable["name"] == "datasource"] == ["datasource"]
