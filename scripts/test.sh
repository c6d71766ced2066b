#!/bin/bash
# Everything that CI checks, closed by one line of CTest: gcc and clang builds; all tests as they are
# and under ASan+UBSan; the tests with threads under ThreadSanitizer; each fuzz target for FUZZ_SECONDS
# (3); lint. JOBS tests run side by side (as many as there are processors).
set -eu
cd "$(dirname "$0")/.."

scripts/install-deps.sh build demo test
presets=(dev asan tsan fuzz)
for preset in "${presets[@]}"; do
	echo "== build $preset"
	cmake --preset "$preset" --log-level=WARNING >/dev/null
	cmake --build --preset "$preset" -- --quiet
done
mkdir -p build/tests
ln -sfn ../dev/tests/limbo build/tests/limbo

# One run over all four: a test's name begins with its suite (memory., threads., fuzz.).
mkdir -p build/check
for preset in "${presets[@]}"; do
	echo "subdirs(\"$PWD/build/$preset\")"
done >build/check/CTestTestfile.cmake

echo "== test"
exec ctest --test-dir build/check --parallel "${JOBS:-$(nproc)}" --output-on-failure --no-label-summary
