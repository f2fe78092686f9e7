#!/usr/bin/env bash
# Builds the fuzzers and runs them one after the other: Fuzzing/run.sh [SECONDS] [TARGET…]
#   SECONDS   for each target, 30 unless given
#   TARGET    JSON, Payload, Packet, Frame, Name, RESP, Emitter, Session, HTTP, Realtime; all unless given
# A crash fails the run and is put, as small as it can be made, into Crashes/TARGET.
set -u
cd "$(dirname "$0")" || exit
export SWIFT_BACKTRACE=enable=no
ulimit -c 0

seconds=30
case "${1-}" in
  "" | [!0-9]*) ;;
  *) seconds=$1; shift ;;
esac
[ $# -gt 0 ] || set -- JSON Payload Packet Frame Name RESP Emitter Session HTTP Realtime

# The first flag tells the package manager to leave `main` to libFuzzer. Of several -sanitize the compiler takes the last one only.
build=(swift build -c release --sanitize fuzzer --sanitize address -Xswiftc -sanitize=fuzzer,address)
for target in "$@"; do
  # The linker warns of each of AddressSanitizer's symbols.
  "${build[@]}" --product "Fuzz$target" 2>&1 | grep -v 'warning: Cannot export local symbol' >&2
  [ "${PIPESTATUS[0]}" = 0 ] || exit 1
done
bin=$("${build[@]}" --show-bin-path) || exit

found=$(mktemp -d)
trap 'rm -rf "$found"' EXIT

# minimise TARGET FILE: keeps the smallest input that still crashes.
minimise() {
  mkdir -p "Crashes/$1"
  "$bin/Fuzz$1" -minimize_crash=1 -exact_artifact_path="$found/small" -max_total_time=20 -timeout=30 "$2" >/dev/null 2>&1
  [ -s "$found/small" ] || cp "$2" "$found/small"
  local name
  name=$(sha1sum "$found/small" | cut -c 1-12)
  mv "$found/small" "Crashes/$1/$name"
  printf '%-9s crash kept as Fuzzing/Crashes/%s/%s\n' "$1" "$1" "$name"
}

failed=0
printf '%-9s %12s %9s %7s %7s  %s\n' target executions 'exec/s' cov ft outcome
for target in "$@"; do
  log=$found/$target.log
  mkdir -p "$found/$target" "$found/crashes-$target" "Crashes/$target"
  dictionary=()
  [ -f "Dictionaries/$target.dict" ] && dictionary=(-dict="Dictionaries/$target.dict")
  # What is new goes into the first folder and is forgotten with it.
  "$bin/Fuzz$target" -max_total_time="$seconds" -max_len=4096 -timeout=30 -rss_limit_mb=2048 -malloc_limit_mb=64 -print_final_stats=1 \
    -artifact_prefix="$found/crashes-$target/" "${dictionary[@]}" \
    "$found/$target" "Corpora/$target" "Crashes/$target" >"$log" 2>&1
  code=$?
  outcome=passed
  [ "$code" = 0 ] || { outcome=FAILED; failed=1; }
  executions=$(sed -n 's/^stat::number_of_executed_units: //p' "$log")
  speed=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")
  last=$(grep -a ' cov: ' "$log" | tail -1)
  printf '%-9s %12s %9s %7s %7s  %s\n' "$target" "${executions:-?}" "${speed:-?}" \
    "$(sed -n 's/.* cov: \([0-9]*\).*/\1/p' <<<"$last")" "$(sed -n 's/.* ft: \([0-9]*\).*/\1/p' <<<"$last")" "$outcome"
  [ "$code" = 0 ] || grep -a 'Fatal error\|SUMMARY\|ERROR: ' "$log" | head -5
  for crash in "$found/crashes-$target"/*; do
    [ -f "$crash" ] && minimise "$target" "$crash"
  done
  rmdir "Crashes/$target" 2>/dev/null
done
rmdir Crashes 2>/dev/null
exit "$failed"
