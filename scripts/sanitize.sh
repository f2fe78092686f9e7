#!/usr/bin/env bash
# Unit and end-to-end tests under a sanitizer: scripts/sanitize.sh thread|address [unit|end-to-end]
# Debug builds of their own, about ten minutes each from nothing. A report of the sanitizer ends the process that it is about, and so fails its test.
set -eu
cd "$(dirname "$0")/.."
kind=${1-}
case $kind in thread | address) ;; *) sed -n '2,3s/^# //p' "$0" >&2; exit 64 ;; esac
part=${2-all}
export SWIFT_BACKTRACE=enable=no
# Allocations that last as long as the process are no leaks to us; exits are checked by code.
export TSAN_OPTIONS="halt_on_error=1 exitcode=66" ASAN_OPTIONS="detect_leaks=0 exitcode=66"
build=(--scratch-path ".build/$kind-sanitizer" --sanitize "$kind" -debug-info-format none)
[ "$part" = end-to-end ] || swift test "${build[@]}"
[ "$part" = unit ] && exit
swift build "${build[@]}" --product fanfare
# Everything is slower, so that nothing that measures time or memory says anything.
FANFARE_BINARY=$PWD/.build/$kind-sanitizer/debug/fanfare FANFARE_TEST_PATIENCE=120 PYTHONDONTWRITEBYTECODE=1 \
  .venv/bin/python -m pytest Tests/EndToEnd --quiet --maxfail 20 -p no:cacheprovider \
  --ignore Tests/EndToEnd/test_allocations.py --ignore Tests/EndToEnd/test_container.py --ignore Tests/EndToEnd/test_bench.py
