#!/usr/bin/env bash
# Builds and runs the micro-benchmarks: Benchmarks/run.sh [--json] [--quick] [part of a name …]
set -eu
cd "$(dirname "$0")"
swift build -c release --product MicroBenchmarks >&2
exec "$(swift build -c release --show-bin-path)/MicroBenchmarks" "$@"
