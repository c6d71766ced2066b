#!/bin/bash
# Shows ward at work on this machine alone: builds it, serves a page over TLS, connects with
# `ward connect` and with curl, and says what happened. Exits 0 only if all of it went well.
# WARD_BIN is the command to show instead of build/ward.
set -euo pipefail
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
ca=$XDG_DATA_HOME/ward/ca.pem

mkdir "$work/site"
page='<!doctype html><title>ward</title><p>This page came over TLS 1.3.'
echo "$page" >"$work/site/index.html"

# The server takes a free port and says which; the demo waits for that line.
heading "1. A server: the files of a folder over HTTPS, with a development CA made on the spot"
show "ward serve SITE --listen localhost:0"
"$WARD_BIN" serve "$work/site" --listen localhost:0 >"$work/server.log" 2>"$work/server.err" &
server=$!
port=
for _ in $(seq 200); do
	port=$(sed -nE '/^Serving /{s/.*https:\/\/[^ ]*:([0-9]+).*/\1/p;q}' "$work/server.log")
	[ -z "$port" ] || break
	kill -0 "$server" 2>/dev/null || break
	sleep 0.1
done
cat "$work/server.log" "$work/server.err"
[ -n "$port" ] || fail "the server did not start"
[ -f "$ca" ] || fail "the development CA is not where it should be"

heading "2. A client: the handshake message by message, and what came of it"
show "ward connect localhost:$port --cacert CA -v"
"$WARD_BIN" connect "localhost:$port" --cacert "$ca" --timeout 10s -v </dev/null |
	tee "$work/connect.txt" || fail "ward connect says no"
grep -qE '^Version +TLS 1\.3' "$work/connect.txt" || fail "that was not TLS 1.3"
grep -qE '^Verdict +trusted' "$work/connect.txt" || fail "the chain was not trusted"

heading "3. The same without the CA: refused, as it must be"
show "ward connect localhost:$port --quiet"
status=0
"$WARD_BIN" connect "localhost:$port" --quiet --timeout 10s </dev/null 2>&1 || status=$?
echo "(exit status $status: the answer is no)"
[ "$status" -eq 1 ] || fail "a chain that nobody trusts was not refused with status 1"

heading "4. A request through the session: what is piped in goes to the server"
show "printf 'HEAD / HTTP/1.1\\r\\n...' | ward connect localhost:$port --cacert CA --quiet"
printf 'HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' |
	"$WARD_BIN" connect "localhost:$port" --cacert "$ca" --timeout 10s --quiet |
	tr -d '\r' | tee "$work/head.txt" || fail "the request was not answered"
grep -q '^HTTP/1.1 200' "$work/head.txt" || fail "the page was not found"

heading "5. Another client: curl fetches the page"
show "curl --cacert CA https://localhost:$port/"
curl --silent --show-error --fail --noproxy '*' --tlsv1.3 --cacert "$ca" \
	--write-out '(HTTP status %{http_code}, certificate check %{ssl_verify_result}: 0 is good)\n' \
	"https://localhost:$port/" | tee "$work/curl.txt" || fail "curl could not fetch the page"
grep -qF "$page" "$work/curl.txt" || fail "curl was given another page"

heading "6. Stopping the server"
kill -TERM "$server"
wait "$server" || fail "the server did not stop well"
server=
cat <<'EOT'
What happened: ward made a certificate authority and with it a certificate for localhost, and served
a folder. Three TLS 1.3 handshakes took place: client and server agreed on keys that nobody else
has (ClientHello, ServerHello), the server proved who it is (Certificate, CertificateVerify), both
made sure that nobody had changed a word (Finished). One client did not know the authority and
refused. All of it was on this machine and has been removed again.

Next: build/ward --help, or serve a folder of your own with build/ward serve DIR.
EOT
