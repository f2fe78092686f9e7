#!/usr/bin/env bash
# Unit and end-to-end tests under a sanitizer: scripts/sanitize.sh thread|address [unit|end-to-end]
# Debug builds of their own, about ten minutes each from nothing. A report of the sanitizer ends the process that it is about, and so fails its
# test.
set -eu
cd "$(dirname "$0")/.."
kind=${1-}
case $kind in thread | address) ;; *) sed -n '2,4s/^# //p' "$0" >&2; exit 64 ;; esac
part=${2-all}
build=$PWD/.build/$kind-sanitizer
flags=(--scratch-path "$build" --sanitize "$kind" -debug-info-format none)
export SWIFT_BACKTRACE=enable=no
# What is allocated once and kept until the end is no leak to us.
export TSAN_OPTIONS="halt_on_error=1 exitcode=66 suppressions=$PWD/Tests/Sanitizers/thread.supp" ASAN_OPTIONS="detect_leaks=0 exitcode=66"
preload=
if [ "$kind" = thread ]; then
  mkdir -p "$build"
  preload=$build/mutex.so
  clang -shared -fPIC -O1 -Wall -Werror -o "$preload" Tests/Sanitizers/mutex.c
fi

if [ "$part" != end-to-end ]; then
  swift build "${flags[@]}" --build-tests
  # One thread's work, and too much of it here: the tests beside it would pass their time limits.
  LD_PRELOAD=$preload "$build/debug/fanfarePackageTests.xctest" --testing-library swift-testing --skip SimulatorTests
fi
[ "$part" != unit ] || exit 0
swift build "${flags[@]}" --product fanfare
# Everything is slower, so that nothing that measures time or memory says anything.
LD_PRELOAD=$preload FANFARE_BINARY=$build/debug/fanfare FANFARE_TEST_PATIENCE=120 PYTHONDONTWRITEBYTECODE=1 \
  .venv/bin/python -m pytest Tests/EndToEnd --quiet --maxfail 20 -p no:cacheprovider \
  --ignore Tests/EndToEnd/test_allocations.py --ignore Tests/EndToEnd/test_container.py --ignore Tests/EndToEnd/test_bench.py
