#!/bin/bash
# Runs PROGRAM (constant_time.c) under memcheck: it must find the branch on a secret that is there
# to be found, and none elsewhere, but for one of libcrypto's (constant_time.supp). Skipped where there
# is no valgrind.
set -eu
program=$1

if ! command -v valgrind >/dev/null; then
	echo "skipped: no valgrind"
	exit 77
fi
check()
{
	valgrind --quiet --error-exitcode=99 --track-origins="${origins:-no}" \
		--suppressions="${0%.sh}.supp" "$program" "$@"
}

status=0
check leak >/dev/null 2>&1 || status=$?
if [ "$status" = 77 ]; then
	echo "skipped: built without valgrind's header"
	exit 77
fi
if [ "$status" != 99 ]; then
	echo "valgrind does not see a branch on a secret (exit status $status)"
	exit 1
fi
origins=yes check
