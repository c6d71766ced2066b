#!/bin/bash
# Builds the release and leaves the command at build/ward.
set -eu
cd "$(dirname "$0")/.."

scripts/install-deps.sh build
cmake --preset release --log-level=WARNING >/dev/null
cmake --build --preset release -- --quiet
ln -sfn release/ward build/ward
