#!/bin/bash
# BoringSSL's protocol tests, driven through the shim: run.sh [FLAG-OF-THE-RUNNER...]
#
# WARD_BOGO_DIR names the folder of their runner, ssl/test/runner in BoringSSL's sources. It is a Go
# program and no part of this project: without it or Go this is skipped. docs/CONFORMANCE.md says
# what the figures mean.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
shim=${WARD_BUILD_DIR:-$here/../../build/dev}/tests/bogo/bogo_shim

skip() {
	echo "skipped: $1"
	exit 77
}

[ -n "${WARD_BOGO_DIR:-}" ] || skip "WARD_BOGO_DIR names no folder with the runner of BoGo"
[ -f "$WARD_BOGO_DIR/runner.go" ] || skip "$WARD_BOGO_DIR has no runner.go"
command -v go >/dev/null || skip "go is not installed"

said=$(mktemp)
trap 'rm -f "$said"' EXIT
cd "$WARD_BOGO_DIR"
status=0
go test -timeout 2h -shim-path "$shim" -shim-config "$here/config.json" -pipe "$@" >"$said" 2>&1 ||
	status=1
grep -v '^PASSED' "$said" | head -n 500
echo "passed: $(grep -c '^PASSED (' "$said"), failed: $(grep -c '^FAILED (' "$said")," \
	"not implemented: $(grep -c '^UNIMPLEMENTED (' "$said")"
exit $status
