#!/bin/bash
# Builds the benchmarks with the flags of the release and runs them.
set -eu
cd "$(dirname "$0")/.."

scripts/install-deps.sh bench
scripts/build.sh
cmake --build --preset release --target benches -- --quiet
WARD_BUILD_DIR=$PWD/build/release exec bench/run.sh "$@"
