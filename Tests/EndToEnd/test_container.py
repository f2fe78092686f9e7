"""The image and compose.yaml, without a container engine: what the Dockerfile's last stage says is laid out in a folder and started there.

The executable is the release build that is tested anyway, together with the Swift libraries that the image has linked in; a static build
in `.build-static`, if it is newer, is taken instead:
`swift build -c release --product fanfare --static-swift-stdlib -Xlinker -s --scratch-path .build-static`.
"""

import ctypes
import fcntl
import fnmatch
import json
import os
import re
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
from pathlib import Path, PurePosixPath

import pytest
import yaml

from harness import PATIENCE
from harness.http import JSON, HTTPConnection, publish_request, request
from harness.server import BINARY, EX_CONFIG, PROJECT, Server, environment, run

KEY = "a-key-of-the-tests-0123456789-0123456789"
STATIC = PROJECT / ".build-static/release/fanfare"
#: What gcr.io/distroless/cc-debian12 has.
BASE_LIBRARIES = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libstdc++.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}
INSTRUCTIONS = {
    "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "RUN", "STOPSIGNAL", "USER", "WORKDIR",
}  # fmt: skip


# The Dockerfile


class Stage:
    def __init__(self, image, name):
        self.image, self.name = image, name
        self.steps = []

    def all(self, instruction):
        return [rest for found, rest in self.steps if found == instruction]

    def one(self, instruction):
        (found,) = self.all(instruction)
        return found

    def pairs(self, instruction):
        """`KEY=value` of ENV and LABEL."""
        return dict(word.split("=", 1) for rest in self.all(instruction) for word in shlex.split(rest))


def stages():
    """The Dockerfile, read strictly: anything that this does not know is a mistake."""
    lines = [line for line in (PROJECT / "Dockerfile").read_text().splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found = []
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        instruction, rest = line.split(None, 1)
        assert instruction in INSTRUCTIONS, line
        if instruction == "FROM":
            image, name = re.fullmatch(r"(\S+)(?: AS (\S+))?", rest).groups()
            found.append(Stage(image, name))
        else:
            found[-1].steps.append((instruction, rest))
    return found


def exec_form(rest):
    words = json.loads(rest)
    assert isinstance(words, list) and words and all(isinstance(word, str) for word in words)
    return words


def health_command(stage):
    return exec_form(re.fullmatch(r"(?:--[a-z-]+=\S+ )*CMD (\[.*\])", stage.one("HEALTHCHECK"))[1])


def copies(stage):
    """(flags, sources, destination) of every COPY."""
    for rest in stage.all("COPY"):
        words = shlex.split(rest)
        flags = dict(word[2:].split("=", 1) for word in words if word.startswith("--"))
        *sources, destination = [word for word in words if not word.startswith("--")]
        yield flags, sources, destination


def test_the_dockerfile_keeps_the_rules():
    build, final = stages()
    for stage in (build, final):
        assert re.fullmatch(r"[\w./-]+:(?!latest)[\w.-]+", stage.image), f"{stage.image} needs a tag"
    assert build.image == "swift:6.3-bookworm" and "debian12" in final.image, "both stages have to have the same C library"
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", final.one("USER")), "a number, so that Kubernetes can see that it is not root"
    assert final.all("RUN") == [], "there is no shell in the last stage"
    assert final.one("EXPOSE") == "8000"
    assert final.one("STOPSIGNAL") == "SIGTERM"
    (program,) = exec_form(final.one("ENTRYPOINT"))
    assert health_command(final)[0] == program
    ((flags, _, destination),) = copies(final)
    assert flags == {"from": build.name} and destination == program


def test_the_dependencies_have_a_layer_of_their_own():
    steps = stages()[0].steps
    resolve = steps.index(("RUN", "swift package resolve"))
    manifests, sources = steps[:resolve], steps[resolve:]
    assert all("Sources" not in rest for _, rest in manifests)
    assert ("COPY", "Sources Sources") in sources


def test_the_labels_and_variables_are_the_executables(own_binary):
    final = stages()[-1]
    labels = {name.removeprefix("org.opencontainers.image."): value for name, value in final.pairs("LABEL").items()}
    assert labels["version"] == run("--version").stdout.strip()
    assert labels["licenses"] == "Apache-2.0" and labels["title"] == "Fanfare" and labels["description"]
    options = run("serve", "--help").stdout
    for name in final.pairs("ENV"):
        assert f"--{name.removeprefix('FANFARE_').lower().replace('_', '-')} <" in options, name


def ignored(path):
    """Whether .dockerignore keeps a file of the project from the build: the last pattern that matches it or a folder above it decides."""
    verdict = False
    for line in (PROJECT / ".dockerignore").read_text().splitlines():
        if line and not line.startswith("#"):
            pattern = PurePosixPath(line.removeprefix("!")).parts
            parts = PurePosixPath(path).parts[: len(pattern)]
            if len(parts) == len(pattern) and all(map(fnmatch.fnmatchcase, parts, pattern)):
                verdict = not line.startswith("!")
    return verdict


def test_the_build_gets_what_it_reads_and_nothing_else():
    for flags, sources, _ in copies(stages()[0]):
        assert not flags
        for source in sources:
            for path in PROJECT.glob(source):
                files = [path] if path.is_file() else [file for file in path.rglob("*.swift") if "Conformance/" not in str(file)]
                assert files
                for file in files:
                    assert not ignored(file.relative_to(PROJECT)), file
    for path in (".git/config", ".build/release/fanfare", ".venv/bin/python", ".env", "README.md", "Tests/EndToEnd/conftest.py"):
        assert ignored(path), path
    targets = re.findall(r'\.testTarget\(\s*name: "(\w+)"', (PROJECT / "Package.swift").read_text())
    assert targets
    for target in targets:
        assert not ignored(f"Tests/{target}/{target}.swift"), target


# compose.yaml


@pytest.fixture(scope="module")
def service():
    services = yaml.safe_load((PROJECT / "compose.yaml").read_text())["services"]
    # What else there is has a profile: test_deploy.py.
    assert [name for name in services if "profiles" not in services[name]] == ["fanfare"]
    return services["fanfare"]


def test_the_compose_file_keeps_the_rules(service):
    final = stages()[-1]
    assert service["build"] == "."
    assert service["ports"] == [f"8000:{final.one('EXPOSE')}"]
    assert service["read_only"] is True and service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped" and service["stop_grace_period"] == "40s"
    limit = service["ulimits"]["nofile"]
    assert limit["soft"] == limit["hard"] >= 65_536
    assert service["healthcheck"]["test"] == ["CMD", *health_command(final)]
    assert not {"privileged", "cap_add", "network_mode", "user", "command", "entrypoint", "volumes"} & set(service)


def passed_through(service, **shell):
    """The variables that the container gets from a shell with these."""
    variables = {}
    for name, value in service["environment"].items():
        default = re.fullmatch(r"\$\{%s:-(.*)\}" % name, value)[1]
        variables[name] = shell.get(name) or default
    return variables


def test_what_compose_passes_on_is_known(service, own_binary):
    assert set(service["environment"]) == {"CORS_ORIGIN", "FANFARE_PUBLISH_KEY", "FANFARE_INSECURE_OPEN", "FANFARE_REDIS"}
    image = stages()[-1].pairs("ENV")
    for shell in (
        {"FANFARE_PUBLISH_KEY": KEY},
        {"FANFARE_INSECURE_OPEN": "true"},
        {"FANFARE_PUBLISH_KEY": KEY, "CORS_ORIGIN": "https://app.example.org,http://localhost:3000"},
    ):
        with Server(**image, **passed_through(service, **shell)) as server:
            answer = server.publish("news", "update", b"1", host="push.example.org")
            assert answer.status == (401 if "FANFARE_PUBLISH_KEY" in shell else 200)
            answer = server.publish("news", "update", b"1", [JSON, ("Authorization", f"Bearer {KEY}")], host="push.example.org")
            assert answer.status == 200


def test_an_empty_variable_is_an_unset_one(service, own_binary):
    """Compose passes on an empty text for what the shell does not have."""
    image = stages()[-1].pairs("ENV")
    empty, unset = run("--port", "0", **image, **passed_through(service)), run("--port", "0", **image)
    assert empty.returncode == unset.returncode == EX_CONFIG
    assert empty.stderr == unset.stderr and "FANFARE_PUBLISH_KEY" in empty.stderr
    with Server(**passed_through(service)) as server:
        assert server.publish("news", "update", b"1").status == 200
        assert server.publish("news", "update", b"1", host="push.example.org").status == 403


# The image, laid out


def libraries(binary):
    """The shared libraries of an executable: name and place, the loader among them."""
    listed = subprocess.run(["ldd", binary], capture_output=True, text=True, check=True).stdout
    assert "not found" not in listed, listed
    for line in listed.splitlines():
        found = re.fullmatch(r"\s*(\S+)(?: => (\S+))? \(0x[0-9a-f]+\)", line)
        assert found, line
        name, place = found.groups()
        if not name.startswith("linux-vdso"):
            yield PurePosixPath(name).name, Path(place or name)


def executable():
    is_newer = STATIC.exists() and "FANFARE_BINARY" not in os.environ and STATIC.stat().st_mtime > BINARY.stat().st_mtime
    return STATIC if is_newer else BINARY


def lay_out(root):
    """Does the COPY steps of the last stage, on top of what its base image has."""
    build, final = stages()
    for flags, sources, destination in copies(final):
        assert flags == {"from": build.name}
        for source in sources:
            # The build stage's folder is this project, and what it has built there is the executable.
            file = PurePosixPath(source).relative_to(build.one("WORKDIR"))
            assert file == BINARY.relative_to(PROJECT) if BINARY.is_relative_to(PROJECT) else file.name == "fanfare"
            target = root / destination.lstrip("/")
            target.parent.mkdir(parents=True)
            shutil.copy(executable(), target)
            for name, place in libraries(target):
                assert name in BASE_LIBRARIES or "/swift/" in str(place), f"{name} is not in {final.image}"
                copied = root / str(place).lstrip("/")
                copied.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(place, copied)
    # The Swift libraries find each other through their run path; what ldd names has to be all.
    (root / "proc").mkdir()
    for path in (root, *root.rglob("*")):
        path.chmod(0o755)


class Container:
    """The image's program as process of the image's user: the laid-out folder is its root and read-only, with no /dev and no /tmp, with
    or without /proc, and there is no network but a loopback of its own."""

    def __init__(self, root, has_proc=True, **variables):
        final = stages()[-1]
        user = final.one("USER")
        # The mounts are gone with the process.
        script = """
            set -e
            if [ "$2" = True ]; then mount --bind /proc "$0/proc"; fi
            mount --rbind "$0" "$0"
            mount -o remount,bind,ro "$0"
            exec chroot --userspec="$1" --groups= "$0" "${@:3}"
        """
        self.inside = ["chroot", f"--userspec={user}", "--groups=", str(root)]
        self.log = tempfile.NamedTemporaryFile(prefix="fanfare-", suffix=".log")
        self.variables = {**final.pairs("ENV"), **variables}
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--net", "bash", "-c", script, root, user, str(has_proc), *exec_form(final.one("ENTRYPOINT"))],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            cwd="/",
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def _environment(self):
        # PATH is for `unshare` and `chroot`.
        return {"PATH": os.environ["PATH"], **self.variables}

    @property
    def logged(self):
        return Path(self.log.name).read_text(errors="replace")

    def run(self, *command, inside=True, **variables):
        """Runs a command as the image's user inside the image, or as root in its mounts."""
        prefix = ["nsenter", "--target", str(self.process.pid), "--mount", "--net"]
        return subprocess.run(
            [*prefix, *(self.inside if inside else []), *command],
            env={**self._environment(), **variables},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    def until_it_answers(self):
        deadline = time.monotonic() + PATIENCE
        while True:
            assert self.process.poll() is None, f"it ended with {self.process.returncode}:\n{self.logged}"
            assert time.monotonic() < deadline, f"it does not answer:\n{self.logged}"
            try:
                return self.exchange(request("GET", "/livez"))
            except (ConnectionRefusedError, ProcessLookupError, FileNotFoundError):
                time.sleep(0.02)

    def exchange(self, data):
        connection = HTTPConnection.__new__(HTTPConnection)
        connection.socket, connection.pending = self._connected(), b""
        with connection:
            connection.send(data)
            return connection.response()

    def _connected(self):
        """A socket to the exposed port. A socket belongs to the network of the thread that makes it, so a thread goes there."""
        result = []

        def enter():
            try:
                with open(f"/proc/{self.process.pid}/ns/net") as there, open("/proc/self/ns/net") as here:
                    if os.path.sameopenfile(there.fileno(), here.fileno()):
                        raise ConnectionRefusedError
                    libc = ctypes.CDLL(None, use_errno=True)
                    if libc.setns(there.fileno(), 0) != 0:
                        raise OSError(ctypes.get_errno(), "setns")
                made = socket.socket()
                loopback = struct.pack("16sH22x", b"lo", 1)  # ifreq: IFF_UP
                fcntl.ioctl(made, 0x8914, loopback)  # SIOCSIFFLAGS
                made.settimeout(PATIENCE)
                made.connect(("127.0.0.1", int(stages()[-1].one("EXPOSE"))))
                result.append(made)
            except OSError as error:
                result.append(error)

        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
        if isinstance(result[0], OSError):
            raise result[0]
        return result[0]


@pytest.fixture(scope="module")
def image(own_binary):
    possible = subprocess.run(["unshare", "--mount", "--net", "true"], capture_output=True, text=True)
    if os.geteuid() != 0 or possible.returncode != 0:
        pytest.fail(f"this needs root and namespaces of its own (unshare --mount --net): {possible.stderr.strip() or 'not root'}")
    with tempfile.TemporaryDirectory(prefix="image-") as folder:
        # Docker's base image belongs to root and is open to all.
        root = Path(folder) / "root"
        root.mkdir()
        Path(folder).chmod(0o755)
        lay_out(root)
        yield root


@pytest.mark.parametrize("has_proc", [True, False], ids=["with /proc", "without /proc"])
def test_the_image_serves_from_a_read_only_root_as_nobody(image, has_proc):
    with Container(image, has_proc, FANFARE_PUBLISH_KEY=KEY) as container:
        assert container.until_it_answers().status == 200
        state = dict(line.split(":", 1) for line in Path(f"/proc/{container.process.pid}/status").read_text().splitlines())
        user, group = stages()[-1].one("USER").split(":")
        assert state["Uid"].split() == [user] * 4 and state["Gid"].split() == [group] * 4
        assert state["Groups"].split() == [] and int(state["CapEff"], 16) == 0

        assert container.exchange(publish_request("news", "update", b"1")).status == 401
        answer = container.exchange(publish_request("news", "update", b"1", [JSON, ("Authorization", f"Bearer {KEY}")]))
        assert (answer.status, answer.json()["data"]) == (200, 1)

        for folder in ("", "tmp", "usr/local/bin"):
            (image / folder).mkdir(exist_ok=True)
            refused = container.run("touch", str(image / folder / "file"), inside=False)
            assert refused.returncode != 0 and "Read-only file system" in refused.stderr, refused

        container.process.send_signal(signal.SIGTERM)
        assert container.process.wait(timeout=40) == 0, container.logged
        assert KEY not in container.logged


def test_the_image_says_how_it_is(image):
    """The command of HEALTHCHECK. Swift finds a program's arguments in /proc."""
    command = health_command(stages()[-1])
    with Container(image, FANFARE_PUBLISH_KEY=KEY) as container:
        container.until_it_answers()
        healthy = container.run(*command)
        assert healthy.returncode == 0, healthy.stderr
        container.process.send_signal(signal.SIGSTOP)
        try:
            assert container.run(*command).returncode == 1, "a server that stands still is not healthy"
        finally:
            container.process.send_signal(signal.SIGCONT)
        assert container.run(*command).returncode == 0
        assert container.run(*command, FANFARE_PORT="1").returncode == 1, "nobody answers there"


def test_the_image_does_not_start_open(image):
    with Container(image) as container:
        assert container.process.wait(timeout=PATIENCE) == EX_CONFIG
        assert "FANFARE_PUBLISH_KEY" in container.logged
