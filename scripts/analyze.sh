#!/bin/bash
# gcc -fanalyzer over some sources: analyze.sh BUILD SOURCE...
# Leaks are left to ASan: the analyzer loses track of pointers that structures hold.
set -u
build=$1
shift
status=0
for source; do
	gcc -std=gnu11 -D_GNU_SOURCE -Isrc -Iinclude -I"$build/include" -O1 -fanalyzer -Werror \
		-Wno-analyzer-malloc-leak -c -o /dev/null "$source" || status=1
done
exit $status
