#!/bin/bash
# Shows ward at work on this machine alone: builds it, serves a page over TLS, connects with
# `ward connect` and with curl, and says what happened. Exits 0 only if all of it went well.
# WARD_BIN is the command to show instead of build/ward.
set -eu
cd "$(dirname "$0")/.."

heading() { printf '\n== %s\n' "$*"; }
fail() { printf '\nThe demo failed: %s\n' "$*" >&2; exit 1; }

show() { printf '$ %s\n' "$*"; }

scripts/install-deps.sh build demo
if [ -z "${WARD_BIN:-}" ]; then
	heading "Building ward"
	scripts/build.sh
	WARD_BIN=$PWD/build/ward
fi
"$WARD_BIN" --version

work=$(mktemp -d)
server=
stop()
{
	if [ -n "$server" ]; then
		kill "$server" 2>/dev/null || true
		wait "$server" 2>/dev/null || true
	fi
	rm -rf "$work"
}
trap stop EXIT
export XDG_DATA_HOME=$work/data
unset HTTPS_PROXY https_proxy ALL_PROXY all_proxy SSL_CERT_FILE SSL_CERT_DIR SSLKEYLOGFILE

mkdir "$work/site"
page='<!doctype html><title>ward</title><p>This page came over TLS 1.3.'
echo "$page" >"$work/site/index.html"

# The server takes a free port and says which; the demo waits for that line.
heading "A server: files in a folder, over HTTPS, with a development CA made on the spot"
show "ward serve SITE --listen 127.0.0.1:0"
"$WARD_BIN" serve "$work/site" --listen 127.0.0.1:0 >"$work/server.log" 2>&1 &
server=$!
port=
for _ in $(seq 100); do
	port=$(sed -nE 's/.*https:\/\/[^ ]*:([0-9]+).*/\1/p' "$work/server.log" | head -n 1)
	[ -z "$port" ] || break
	kill -0 "$server" 2>/dev/null || break
	sleep 0.1
done
cat "$work/server.log"
[ -n "$port" ] || fail "the server did not start"
ca=$(find "$XDG_DATA_HOME" -name '*.pem' ! -name '*key*' | head -n 1)
[ -n "$ca" ] || fail "the development CA is not where it should be"

heading "A client: what the handshake agreed on, and whether the chain can be trusted"
show "ward connect localhost:$port --cacert CA"
"$WARD_BIN" connect "localhost:$port" --cacert "$ca" --timeout 10s </dev/null |
	tee "$work/connect.txt" || fail "ward connect says no"
grep -q 'TLS 1\.3' "$work/connect.txt" || fail "that was not TLS 1.3"

heading "The same without the CA: refused, as it must be"
show "ward connect localhost:$port"
status=0
"$WARD_BIN" connect "localhost:$port" --timeout 10s </dev/null 2>&1 || status=$?
echo "(exit status $status)"
[ "$status" -eq 1 ] || fail "a chain that nobody trusts was not refused with status 1"

heading "Another client: curl fetches the page"
show "curl --cacert CA https://localhost:$port/"
curl --silent --show-error --fail --noproxy '*' --tlsv1.3 --cacert "$ca" \
	--write-out '(HTTP status %{http_code}, certificate check %{ssl_verify_result}: 0 is good)\n' \
	"https://localhost:$port/" | tee "$work/curl.txt" || fail "curl could not fetch the page"
grep -qF "$page" "$work/curl.txt" || fail "curl was given another page"

heading "Stopping the server"
kill -TERM "$server"
wait "$server" || fail "the server did not stop well"
server=
echo "Two TLS 1.3 handshakes took place and one was refused. That is all of it."
