#!/bin/bash
# Each example of the library's manual pages is a whole program: it compiles without a warning, and
# those that need no network do what their page says.
set -eu

build=${WARD_BUILD_DIR:?} pages=${WARD_SOURCE_DIR:?}/man
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LD_LIBRARY_PATH=$build

fail() { echo "FAIL: $*" >&2; exit 1; }

# The literal displays of the section EXAMPLES, as a reader sees them.
extract()
{
	awk '/^\.Sh / { examples = $2 == "EXAMPLES" }
		/^\.Ed/ { shown = 0 }
		examples && shown { gsub(/\\e/, "\\"); gsub(/\\&/, ""); print }
		/^\.Bd -literal/ { shown = 1 }' "$1"
}

count=0
for page in "$pages"/*.3; do
	name=$(basename "$page" .3)
	extract "$page" >"$work/$name.c"
	gcc -std=gnu11 -Wall -Wextra -Wshadow -Werror -I"$WARD_SOURCE_DIR/include" \
		-I"$build/include" "$work/$name.c" -o "$work/$name" -L"$build" -lward ||
		fail "the example of $name does not compile"
	count=$((count + 1))
done
[ "$count" -ge 10 ] || fail "only $count pages"

cd "$work"
./ward_cert_make >leaf.pem || fail "no certificate was made"
./ward_x509 leaf.pem >shown || fail "the certificate cannot be shown"
grep -q "CN=localhost" shown && grep -q "for www.internal" shown || fail "it shows something else"
export SSL_CERT_FILE=$work/leaf.pem
unset SSL_CERT_DIR
[ "$(./ward_trust)" = "1 roots" ] || fail "the store holds something else"
./ward_verify leaf.pem www.internal || fail "a trusted certificate is refused"
if ./ward_verify leaf.pem example.org 2>why; then
	fail "another name is accepted"
fi
grep -q "another name" why || fail "no reason: $(cat why)"
./ward_error leaf.pem || fail "a good file is refused"
if ./ward_error nowhere.pem 2>why; then
	fail "a missing file is accepted"
fi
grep -q "^FILE_READ: .*nowhere.pem" why || fail "no reason: $(cat why)"
[ "$(./ward_conn)" = "TLSv1.3, TLS_AES_128_GCM_SHA256" ] || fail "no handshake in memory"
echo "$count examples compile; those without network run"
