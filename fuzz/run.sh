#!/bin/bash
# Fuzzes one target for some seconds: run.sh PROGRAM CORPUS SECONDS
# What it finds goes to a folder of its own; the corpus in the tree is only read.
#
# The seed is fixed, so that a commit passes today if it passed yesterday. FUZZ_SEED=0 takes a new
# one each time, for the long runs that look for what is not known yet: FUZZ_SECONDS=600.
set -eu
program=$1 corpus=$2 seconds=${FUZZ_SECONDS:-$3}

found=$(dirname "$program")/found/$(basename "$program")
mkdir -p "$found"
seeds=()
if [ -d "$corpus" ]; then
	seeds=("$corpus")
fi
exec "$program" -seed="${FUZZ_SEED:-1}" -max_total_time="$seconds" -timeout=10 \
	-rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$found/crash-" "$found" "${seeds[@]}"
