#!/bin/bash
# Builds for PREFIX and installs there, below DESTDIR if that is set.
set -eu
cd "$(dirname "$0")/.."

scripts/build.sh
cmake --preset release -DCMAKE_INSTALL_PREFIX="${PREFIX:-/usr/local}" >/dev/null
cmake --build --preset release -- --quiet
DESTDIR=${DESTDIR:-} cmake --install build/release
