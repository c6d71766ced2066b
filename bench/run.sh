#!/bin/bash
# Runs the benchmarks of the build in WARD_BUILD_DIR and prints one table: run.sh [--json]
#
# WARD_BENCH_SECONDS says how long each measurement may take (4). The programs print a line for each
# result: row, what, stack, value (ns or bytes), between tabs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$WARD_BUILD_DIR

# Bytes of code and of data: a library's sections as it is loaded.
size_of()
{
	size "$2" | awk -v name="$1" 'NR == 2 {
		printf "size\tcode\t%s\t%d\nsize\tdata\t%s\t%d\n", name, $1, name, $2 + $3 }'
}

libssl=$(ldd "$build/bench/records" | awk '$1 ~ /^libssl/ { print $3 }')
{
	"$build/bench/handshake"
	"$build/bench/records"
	"$build/bench/memory"
	"$build/bench/verify"
	"$build/bench/certs_memory"
	"$build/bench/hostile_chains"
	size_of OpenSSL "$libssl"
	size_of ward "$(readlink -f "$build/libward.so")"
} >"$build/bench/results"
"$here/report.py" "$@" <"$build/bench/results"
