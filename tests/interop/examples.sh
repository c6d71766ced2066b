#!/bin/bash
# The examples, run for real: the echo server with the echo client, and a certificate shown.
set -u
examples=${WARD_BUILD_DIR:?}/examples
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work" || exit 1
unset SSL_CERT_FILE SSL_CERT_DIR

fail()
{
	echo "FAIL: $*" >&2
	cat "$work"/*.log >&2
	exit 1
}

for program in openssl python3 ps; do
	command -v $program >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done

new_key=(-nodes -newkey ec -pkeyopt "ec_paramgen_curve:P-256" -days 2)
openssl req -x509 "${new_key[@]}" -keyout ca.key -out ca.pem -subj "/CN=examples CA" \
	-addext basicConstraints=critical,CA:true -addext keyUsage=critical,keyCertSign \
	2>openssl.log || fail "no CA"
openssl req -x509 "${new_key[@]}" -keyout key.pem -out leaf.pem -subj "/CN=echo" -CA ca.pem \
	-CAkey ca.key -addext basicConstraints=critical,CA:false \
	-addext subjectAltName=DNS:localhost 2>openssl.log || fail "no certificate"

listens() { (exec 3<>"/dev/tcp/localhost/$1") 2>/dev/null; }

# Another program may take the free port before the server does: then once more.
start_server() # PROGRAM
{
	local port
	for _ in 1 2 3 4 5; do
		port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1])')
		"$examples/$1" "$port" leaf.pem key.pem 2>server.log &
		server=$!
		while kill -0 $server 2>/dev/null; do
			if listens "$port"; then
				echo "$port" >port
				return 0
			fi
			sleep 0.02
		done
	done
	fail "$1 does not listen"
}
seq 1 2000 >lines
check_echo()
{
	port=$(<port)
	for i in 1 2 3 4; do
		"$examples/echo_client" localhost "$port" ca.pem <lines >"echo.$i" 2>"client.$i.log" &
		clients[i]=$!
	done
	for i in 1 2 3 4; do
		wait "${clients[i]}" || fail "echo_client ends with $?"
		cmp lines "echo.$i" || fail "the echo differs"
	done
}

# The key is in the signer alone: it ends with the server, and the server with it.
start_server signing_process
check_echo
signer=$(ps -o pid= --ppid "$server" | tr -d ' ')
[ -n "$signer" ] || fail "signing_process has no signer"
kill "$signer"
wait "$server"
server=

# What comes back is what was sent; several clients at a time.
start_server echo_server
check_echo

# Nobody is trusted who need not be, and the reason is told.
echo hello | "$examples/echo_client" localhost "$port" >out.log 2>&1 &&
	fail "echo_client trusts an unknown CA"
grep -q "issuer of a certificate is not known" out.log || fail "echo_client gives no reason"
grep -q hello out.log && fail "echo_client wrote to a server that it does not trust"

SSL_CERT_FILE=ca.pem "$examples/show_certificate" localhost "$port" >shown.log 2>&1 ||
	fail "show_certificate ends with $?"
for line in "subject     CN=echo" "issuer      CN=examples CA" "key         P-256, 256 bits" \
	"name        localhost" "verdict     trusted"; do
	grep -qx "$line" shown.log || fail "show_certificate does not say: $line"
done
"$examples/show_certificate" 127.0.0.1 "$port" >shown.log 2>&1 &&
	fail "show_certificate is content with an unknown CA"
grep -q "^subject     CN=echo" shown.log || fail "a certificate that is not trusted is not shown"

for program in echo_server echo_client signing_process show_certificate; do
	"$examples/$program" >usage.log 2>&1
	[ $? -eq 2 ] || fail "$program without arguments does not tell its usage"
	grep -q "^usage: $program" usage.log || fail "$program has no usage line"
done
echo "the examples work"
