#!/bin/bash
# Fuzzes every target in turn for FUZZ_SECONDS (60), or those that are named: fuzz.sh der pem
set -eu
cd "$(dirname "$0")/.."

scripts/install-deps.sh build test
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz -- --quiet
export FUZZ_SECONDS=${FUZZ_SECONDS:-60}
select=()
if [ $# -gt 0 ]; then
	select=(-R "^fuzz\.($(IFS='|'; echo "$*"))\$")
fi
ctest --preset fuzz --timeout $((FUZZ_SECONDS + 120)) "${select[@]}"
echo "What was found is kept in build/fuzz/fuzz/found/."
