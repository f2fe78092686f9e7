#!/usr/bin/env bash
# Installs what the end-to-end tests need: into .venv the Python clients, Node, the official JavaScript client; and Chromium.
# Python 3 with venv and pip, and Chromium, are Debian's and installed if we may. Does nothing when all is there.
set -eu
cd "$(dirname "$0")/.."
venv=$PWD/.venv
requirements=Tests/EndToEnd/requirements.txt
old_client=Tests/EndToEnd/requirements-old-client.txt
client=$venv/socket.io-client/socket.io.min.js

# debian WHAT PACKAGE…: installs Debian's packages, as WHAT is missing.
debian() {
  what=$1
  shift
  if [ "$(id -u)" = 0 ]; then as_root=""; else as_root="sudo -n"; fi
  if ! { command -v apt-get && $as_root true; } >/dev/null 2>&1; then
    echo "$what is missing and cannot be installed from here: apt-get install $*" >&2
    exit 1
  fi
  $as_root apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "$@"
}

if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
  debian "Python 3 with venv" python3 python3-venv python3-pip
fi
if ! command -v chromium chromium-browser google-chrome >/dev/null; then
  debian Chromium chromium
fi

if ! command -v slowhttptest faketime >/dev/null; then
  debian "What the hostile cases use" slowhttptest faketime
fi

if ! { PATH=$PATH:/usr/sbin command -v nginx && PATH=$PATH:/usr/sbin command -v haproxy; } >/dev/null; then
  debian "The proxies of docs/security.md" nginx-light haproxy
fi

if ! command -v redis-server >/dev/null; then
  debian "Redis, which carries messages between nodes" redis-server
fi

if ! command -v promtool >/dev/null; then
  debian "promtool, of Prometheus" prometheus
fi

if ! command -v systemd-analyze >/dev/null; then
  debian "systemd-analyze, which judges the unit file" systemd
fi

if ! "$venv/bin/python" -c '' 2>/dev/null; then
  python3 -m venv --clear "$venv"
fi
if ! cmp -s "$requirements" "$venv/requirements.installed"; then
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
  cp "$requirements" "$venv/requirements.installed"
fi
if ! cmp -s "$old_client" "$venv/old-client.installed"; then
  rm -rf "$venv/old-python-client"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --target "$venv/old-python-client" --requirement "$old_client"
  cp "$old_client" "$venv/old-client.installed"
fi

# Publishers of several versions, each in a folder of its own: what they put on Redis has changed.
for version in $(grep -v '^#' Tests/EndToEnd/emitter-versions.txt); do
  if [ ! -d "$venv/emitters/$version" ]; then
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --target "$venv/emitters/$version" "python-socketio==$version"
  fi
done

# The browser build of socket.io-client is in no Python package of its own; nicegui carries it as one file.
if [ ! -s "$client" ]; then
  wheels=$(mktemp -d)
  trap 'rm -rf "$wheels"' EXIT
  "$venv/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$wheels" 'nicegui>=3.18,<4'
  "$venv/bin/python" - "$wheels" "$client" <<'PYTHON'
import pathlib
import sys
import zipfile

wheels, client = map(pathlib.Path, sys.argv[1:])
(wheel,) = wheels.glob("nicegui-*.whl")
program = zipfile.ZipFile(wheel).read("nicegui/static/socket.io.min.js")
if b"Socket.IO v4." not in program[:200]:
    sys.exit(f"{wheel.name} has no client of Socket.IO 4")
client.parent.mkdir(exist_ok=True)
client.write_bytes(program)
PYTHON
fi
