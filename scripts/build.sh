#!/bin/bash
# Builds the release and leaves the command at build/ward, the judge of x509-limbo's cases at
# build/tests/limbo.
set -eu
cd "$(dirname "$0")/.."

scripts/install-deps.sh build
cmake --preset release --log-level=WARNING >/dev/null
cmake --build --preset release --target all limbo_program -- --quiet
ln -sfn release/ward build/ward
mkdir -p build/tests
ln -sfn ../release/tests/limbo build/tests/limbo
