#!/usr/bin/env bash
# Installs into .venv what the end-to-end tests need: the Python clients, Node, the official JavaScript client.
# Needs Python 3 with venv and pip; on Debian, a missing one is installed if we may. Does nothing when all is there.
set -eu
cd "$(dirname "$0")/.."
venv=$PWD/.venv
requirements=Tests/EndToEnd/requirements.txt
client=$venv/socket.io-client/socket.io.min.js

if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
  packages="python3 python3-venv python3-pip"
  if [ "$(id -u)" = 0 ]; then as_root=""; else as_root="sudo -n"; fi
  if ! { command -v apt-get && $as_root true; } >/dev/null 2>&1; then
    echo "Python 3 with venv is missing and cannot be installed from here: apt-get install $packages" >&2
    exit 1
  fi
  $as_root apt-get update -qq
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $packages
fi

if ! "$venv/bin/python" -c '' 2>/dev/null; then
  python3 -m venv --clear "$venv"
fi
if ! cmp -s "$requirements" "$venv/requirements.installed"; then
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
  cp "$requirements" "$venv/requirements.installed"
fi

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
