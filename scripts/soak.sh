#!/usr/bin/env bash
# Uses a release server hard, then looks whether memory, descriptors, sessions and channels are back: scripts/soak.sh MINUTES [--out DIR] [--seed N]
set -eu
cd "$(dirname "$0")/.."
[ -x .venv/bin/python ] || scripts/install-test-tools.sh
PYTHONDONTWRITEBYTECODE=1 exec .venv/bin/python Tests/Soak/soak.py "$@"
