#!/bin/bash
# Certificates of ward before openssl verify, and those of openssl req/x509 before ward's parser.
set -u
ward=$WARD_BUILD_DIR/tests/interop/interop_x509
command -v openssl >/dev/null || exit 77

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0 passed=0

# is NAME WANTED FOUND
is()
{
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf '%s:\n  wanted: %s\n  found:  %s\n' "$1" "$2" "$3"
	fi
}

fact() { "$ward" show "$1" | sed -n "s/^$2=//p"; }
of_openssl() { openssl x509 -in "$1" -noout "${@:2}"; }

# What both say about a certificate must be the same.
compare()
{
	local file=$1 which date
	for which in subject issuer; do
		is "$file $which" "$(of_openssl "$file" "-$which" -nameopt RFC2253,-esc_msb,utf8 |
			sed "s/^$which=//")" "$(fact "$file" "$which")"
	done
	is "$file serial number" "$(of_openssl "$file" -serial | sed 's/^serial=//' | tr A-F a-f)" \
		"$(fact "$file" serial)"
	for which in notBefore:startdate notAfter:enddate; do
		date=$(of_openssl "$file" "-${which#*:}" | sed 's/^[^=]*=//')
		is "$file ${which%:*}" "$(date -u -d "$date" +%s)" "$(fact "$file" "${which%:*}")"
	done
	is "$file signature" "$(of_openssl "$file" -text |
		sed -n 's/^ *Signature Algorithm: //p' | head -n 1 | tr -d ' -' | tr A-Z a-z)" \
		"$(fact "$file" signature | tr -d ' -' | tr A-Z a-z)"
}

"$ward" make . || exit 1
for kind in p256 p384 ed25519 rsa; do
	for purpose in sslserver sslclient; do
		is "$kind: openssl verify, $purpose" "$kind-leaf.pem: OK" \
			"$(openssl verify -x509_strict -purpose "$purpose" -CAfile $kind-root.pem \
				-untrusted $kind-middle.pem $kind-leaf.pem 2>&1)"
	done
	is "$kind: openssl verify, host name" "$kind-leaf.pem: OK" \
		"$(openssl verify -x509_strict -verify_hostname a.wild.example.org \
			-CAfile $kind-root.pem -untrusted $kind-middle.pem $kind-leaf.pem 2>&1)"
	is "$kind: openssl verify, address" "$kind-leaf.pem: OK" \
		"$(openssl verify -x509_strict -verify_ip 10.1.2.3 -CAfile $kind-root.pem \
			-untrusted $kind-middle.pem $kind-leaf.pem 2>&1)"
	is "$kind: the key belongs to the leaf" "$(of_openssl $kind-leaf.pem -pubkey)" \
		"$(openssl pkey -in $kind-key.pem -pubout)"
	is "$kind: alternative names" "DNS:www.example.org, DNS:*.wild.example.org, IP\
 Address:10.1.2.3, IP Address:2001:DB8:0:0:0:0:0:1, email:admin@example.org,\
 URI:spiffe://example.org/web" "$(of_openssl $kind-leaf.pem -ext subjectAltName |
		sed -n 's/^ *\(DNS:.*\)/\1/p')"
	compare $kind-root.pem
	compare $kind-middle.pem
	compare $kind-leaf.pem
done

# What the constraints of the intermediate do not allow, openssl refuses too.
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout outside.key \
	-subj "/CN=outside" -out outside.csr 2>/dev/null
printf 'keyUsage=critical,keyCertSign\nbasicConstraints=critical,CA:TRUE\n%s%s\n' \
	'nameConstraints=critical,permitted;DNS:example.org,permitted;IP:10.0.0.0/255.0.0.0' \
	',excluded;email:.example.com' >ca.ext
is "openssl signs" 0 "$(openssl x509 -req -in outside.csr -signkey outside.key -days 10 \
	-extfile ca.ext -out constrained.pem 2>/dev/null; echo $?)"
compare constrained.pem
is "a CA of openssl" yes "$(fact constrained.pem ca)"

# from_openssl NAME SUBJECT KEY-OPTIONS... : self-signed, with alternative names of every kind
from_openssl()
{
	local name=$1 subject=$2
	shift 2
	openssl req -x509 -utf8 "$@" -nodes -keyout "$name.key" -subj "$subject" -days 3650 \
		-addext "subjectAltName=DNS:a.example,DNS:*.b.example,IP:192.0.2.7,IP:2001:db8::7,\
email:x@a.example,URI:https://a.example/x,RID:1.2.3.4,otherName:1.2.3;UTF8:y" \
		-addext "extendedKeyUsage=serverAuth,1.2.3.4" -out "$name.pem" 2>/dev/null ||
		{ echo "openssl req failed for $name"; failed=$((failed + 1)); return; }
	compare "$name.pem"
	is "$name alternative names" \
		"DNS:a.example DNS:*.b.example IP:192.0.2.7 IP:2001:db8::7 email:x@a.example\
 URI:https://a.example/x other:2a0304 other:06022a03a0030c0179" \
		"$(fact "$name.pem" san | tr '\n' ' ' | sed 's/ $//')"
}
from_openssl p256 /CN=one -newkey ec -pkeyopt ec_paramgen_curve:P-256
from_openssl p521 "/O=Büro \"x\"/OU=a+b/CN=t,wo" -newkey ec -pkeyopt ec_paramgen_curve:P-521 -sha512
from_openssl ed25519 /CN=three -newkey ed25519
from_openssl rsa "/C=DE/L=K\\/ln/emailAddress=x@a.example/CN=four" -newkey rsa:2048 -sha384
from_openssl sha1 "/DC=example/DC=a/CN=five" -newkey rsa:2048 -sha1
from_openssl pss /CN=six -newkey rsa-pss -pkeyopt rsa_keygen_bits:2048 -sigopt rsa_padding_mode:pss
from_openssl long "/serialNumber=7/GN=G/SN=S/title=T/CN=seven" -newkey ed25519 \
	-set_serial 0x8fffffffffffffffffffffffffffffffffffffff
from_openssl far /CN=eight -newkey ed25519 -days 20000

echo "$passed comparisons agree, $failed do not"
[ "$failed" -eq 0 ]
