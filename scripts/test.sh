#!/usr/bin/env bash
# Tests everything, and installs what the tests need: scripts/test.sh [--long]
#   --long   more rounds of the end-to-end tests: ten times the random payloads and the messages, five times the restarts;
#            twenty times the invented frames, ten times the simulated servers; the slow hostile cases; the fuzzers, 20 seconds each;
#            a soak of two minutes; unit and end-to-end tests under Thread and Address Sanitizer
# Needs Swift and Python 3. Every part runs even if one before it failed; any failure fails the whole.
set -u
cd "$(dirname "$0")/.." || exit
export SWIFT_BACKTRACE=enable=no

case "${1-}" in
  "") ;;
  --long) export FANFARE_TEST_LONG=1 ;;
  *) sed -n '2,5s/^# //p' "$0" >&2; exit 64 ;;
esac
command -v swift >/dev/null || { echo "Swift is missing: see https://www.swift.org/install/linux/" >&2; exit 1; }

reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT
passed=0 failed=0 summary=""

# part NAME COMMAND…: runs it and says how long it took.
part() {
  local name=$1 started=$SECONDS outcome=passed counts
  shift
  printf '\n== %s\n' "$name"
  REPORT=$reports/$name.xml "$@" || outcome=failed
  counts=$(count "$name" "$outcome") || outcome=failed
  counts=${counts:-0 1}
  passed=$((passed + ${counts% *})) failed=$((failed + ${counts#* }))
  summary+=$(printf '%-17s %-7s %4d s  %5d passed, %d failed' "$name" "$outcome" $((SECONDS - started)) "${counts% *}" "${counts#* }")$'\n'
  [ "$outcome" = passed ]
}

# count NAME OUTCOME: prints "passed failed" from the part's own report. A part that runs no tests counts as one; one that failed
# without a failed test in its report counts as one failure, and so does one whose tests did not run at all.
count() {
  python3 - "$reports" "$@" <<'PYTHON'
import pathlib
import sys
import xml.etree.ElementTree

folder, name, outcome = sys.argv[1:]
passed = failed = 0
for report in pathlib.Path(folder).glob(f"{name}*.xml"):
    for case in xml.etree.ElementTree.parse(report).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif case.find("skipped") is None:
            passed += 1
if passed + failed == 0 and name not in ("unit-tests", "simulator", "end-to-end", "conformance", "websocket", "hostile", "soak"):
    passed = int(outcome == "passed")
if failed == 0 and (outcome == "failed" or passed == 0):
    failed = 1
print(passed, failed)
sys.exit(failed > 0)
PYTHON
}

lint() { swift format lint --strict --recursive --parallel Sources Tests Package.swift; }
structure() { python3 scripts/check-structure.py --self-test && python3 scripts/check-structure.py; }
# Only what runs is built: the fuzzers' and tests' own targets need no release build, and a test run needs no debugger. It does need the
# index: from it SwiftPM makes the list of XCTest's tests, and stops if there is none.
release_build() { swift build -c release --product fanfare && swift build -c release --product ConformanceServer; }
# Whole servers in virtual time, for half a minute; ten times as many with --long.
simulator() {
  local seeds=5000
  [ -z "${FANFARE_TEST_LONG-}" ] || seeds=50000
  swift test -debug-info-format none --filter SimulatorTests --xunit-output "$REPORT" || return
  swift build -c release --product simulate && .build/release/simulate --seed 1 --seeds "$seeds"
}
# The simulator takes every processor for a while: beside it the tests with real sockets would meet their deadlines.
unit_tests() { swift test -debug-info-format none --skip SimulatorTests --xunit-output "$REPORT"; }
end_to_end() {
  # Bytecode would land in the sources' folders; a server that does not answer would cost every test its whole time-out.
  # They wait more than they work, so two at a time; what counts allocations sees nothing but its own server.
  export PYTHONDONTWRITEBYTECODE=1
  .venv/bin/python -m pytest Tests/EndToEnd/test_allocations.py --quiet --junitxml "${REPORT%.xml}-allocations.xml" || return
  .venv/bin/python -m pytest Tests/EndToEnd --ignore Tests/EndToEnd/test_allocations.py --quiet --maxfail 20 --numprocesses 2 --dist loadfile \
    --junitxml "$REPORT"
}

conformance() { PYTHONDONTWRITEBYTECODE=1 .venv/bin/python -m pytest Tests/Conformance --quiet --maxfail 20 --junitxml "$REPORT"; }

websocket() { PYTHONDONTWRITEBYTECODE=1 .venv/bin/python -m pytest Tests/WebSocketConformance --quiet --maxfail 20 --junitxml "$REPORT"; }

hostile() { PYTHONDONTWRITEBYTECODE=1 .venv/bin/python -m pytest Tests/Hostile --quiet --maxfail 20 --junitxml "$REPORT"; }

# The soak's own checks have to be able to fail; the soak itself takes its time.
soak() {
  PYTHONDONTWRITEBYTECODE=1 .venv/bin/python -m pytest Tests/Soak --quiet -p no:cacheprovider --junitxml "$REPORT" || return
  [ -z "${FANFARE_TEST_LONG-}" ] || scripts/soak.sh 2
}

part tools scripts/install-test-tools.sh
part lint lint
part structure structure
# Without a build, an older binary may still be there: it is not what is tested.
part build release_build || {
  end_to_end() { echo "not run: the build failed"; false; }
  conformance() { end_to_end; }
  websocket() { end_to_end; }
  hostile() { end_to_end; }
  soak() { end_to_end; }
}
part unit-tests unit_tests
part simulator simulator
part end-to-end end_to_end
part conformance conformance
part websocket websocket
part hostile hostile
part soak soak
if [ -n "${FANFARE_TEST_LONG-}" ]; then
  part fuzz Fuzzing/run.sh 20
  part thread-sanitizer scripts/sanitize.sh thread
  part address-sanitizer scripts/sanitize.sh address
fi

printf '\n%s\n%d passed, %d failed\n' "$summary" "$passed" "$failed"
[ "$failed" = 0 ]
