#!/usr/bin/env bash
# Builds the executable that is installed elsewhere, as the Dockerfile does: Swift's libraries linked in, symbols left out.
#   scripts/build-release.sh [FOLDER]     the build's folder, .build-static unless given
# It needs glibc, libstdc++ and libgcc_s of this system's age or newer.
set -eu
cd "$(dirname "$0")/.."
folder=${1:-.build-static}
swift build -c release --product fanfare --static-swift-stdlib -Xlinker -s --scratch-path "$folder"
executable=$folder/release/fanfare
"$executable" --version
printf '%s: %s bytes\n' "$executable" "$(stat -c %s "$executable")"
ldd "$executable"
