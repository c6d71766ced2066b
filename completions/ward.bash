# Completion of ward(1) for bash. tests/interop/help.py checks that no option is missing.
_ward()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words= verb=${COMP_WORDS[1]}

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W 'serve connect cert key ca openssl help --help -h --version -V' -- "$cur")
		return
	fi
	case $prev in
	--cert | --key | --keylog | --session-file | --early-data | --cacert | --client-ca | --out | --sct | --ticket-keys)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--client-auth) words='required optional' ;;
	--color) words='auto always never' ;;
	--key-type | --type) words='p256 p384 p521 ed25519 rsa2048 rsa3072 rsa4096' ;;
	--csr | --dir | --key-out | --root-key | --root-key-out | --passphrase-file)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--intermediate-lifetime | --next-update | --validity | --name | --permit | --crl-url | --ocsp-url | --passphrase-fd)
		return
		;;
	--profile) words='server client both' ;;
	--reason)
		words='unspecified keyCompromise CACompromise affiliationChanged superseded
			cessationOfOperation privilegeWithdrawn AACompromise'
		;;
	--purpose) words='server client' ;;
	--policy) words='default rfc5280 web' ;;
	--alpn) words='h2 http/1.1 h2,http/1.1' ;;
	--groups) words='X25519MLKEM768 SecP256r1MLKEM768 SecP384r1MLKEM1024 x25519 secp256r1
		secp384r1' ;;
	--suites)
		words='TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256'
		;;
	--allow | --servername | --starttls | --hostname | --at | --within | --lifetime | --timeout | --eof-wait | --listen | -l | --threads | --max-connections | --min-rate | \
		--handshake-timeout | --request-timeout | --idle-timeout | --stop-timeout)
		return
		;;
	esac
	if [ -n "$words" ]; then
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		return
	fi
	# The members of a family: "cert show" is cert-show here.
	if [[ $verb = cert || $verb = key || $verb = ca ]] && [ "$COMP_CWORD" -gt 2 ]; then
		verb=$verb-${COMP_WORDS[2]}
	fi
	case $verb:$cur in
	connect:-*)
		words='--cacert --servername --starttls --alpn --insecure -k --crl --require-revocation --pin --server-raw-key
			--cert --key --raw-key
			--ipv4 -4 --ipv6 -6
			--timeout --eof-wait --suites --groups --max-fragment --keylog --session-file --early-data --json --interactive -i --no-input -n
			--verbose -v --quiet -q --color --help -h'
		;;
	serve:-*)
		words='--listen -l --cert --key --raw-key --ocsp --sct --ticket-keys --client-ca --client-raw-key
			--client-auth --allow --protect --hsts
			--hidden --access-log --early-data --threads --max-connections --handshake-timeout
			--request-timeout --idle-timeout --stop-timeout --min-rate --quiet -q --help -h'
		;;
	serve:*)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	connect:*)
		mapfile -t COMPREPLY < <(compgen -A hostname -- "$cur")
		return
		;;
	cert:*) words='show verify check match new csr sign convert --help -h' ;;
	key:*) words='new show tickets --help -h' ;;
	ca:*) words='init issue revoke list crl ocsp renew install uninstall --help -h' ;;
	openssl:*)
		[ "$COMP_CWORD" -gt 2 ] || words='crl crl2pkcs7 dgst ec ecparam genpkey genrsa md5 pkcs12 pkcs7 pkcs8 pkey rand req rsa s_client sha1 sha256 sha384 sha512 verify version x509'
		;;
	cert-show:-*)
		words='--json --pem --servername --timeout --color --help -h'
		;;
	cert-verify:-*)
		words='--cacert --hostname --at --purpose --policy --untrusted --aia --write-chain --force
			--crl --ocsp --require-revocation --must-staple --pin --timeout --json --color --help -h'
		;;
	cert-check:-*)
		words='--within --quiet -q --help -h'
		;;
	cert-match:-*)
		words='--passphrase-file --passphrase-fd --help -h'
		;;
	cert-new:-*)
		words='--lifetime --key-type --cert --key --force --help -h'
		;;
	cert-csr:-*)
		words='--subject --profile --key --key-type --out --key-out --must-staple --passphrase-file
			--passphrase-fd --force --help -h'
		;;
	cert-sign:-*)
		words='--ca --ca-key --lifetime --profile --subject --names --out --passphrase-file
			--passphrase-fd --force --help -h'
		;;
	cert-convert:-*)
		words='--to --out --encrypt --name --passphrase-file --passphrase-fd --new-passphrase-file
			--new-passphrase-fd --force --help -h'
		;;
	key-new:-*)
		words='--type --out --force --help -h'
		;;
	key-show:-*)
		words='--json --public --passphrase-file --passphrase-fd --help -h'
		;;
	key-tickets:-*)
		words='--lifetime --help -h'
		;;
	ca-init:-*)
		words='--dir --name --permit --unconstrained --lifetime --intermediate-lifetime --key-type
			--root-key-out --crl-url --ocsp-url --encrypt --passphrase-file --passphrase-fd --help -h'
		;;
	ca-issue:-*)
		words='--dir --csr --profile --lifetime --key-type --out --key-out --must-staple
			--passphrase-file --passphrase-fd --force --help -h'
		;;
	ca-revoke:-*)
		words='--dir --reason --intermediate --root-key --out --passphrase-file --passphrase-fd --help -h'
		;;
	ca-list:-*)
		words='--dir --json --expired --revoked --help -h'
		;;
	ca-crl:-*)
		words='--dir --out --der --next-update --root --root-key --passphrase-file --passphrase-fd --help -h'
		;;
	ca-ocsp:-*)
		words='--dir --listen -l --validity --passphrase-file --passphrase-fd --quiet -q --help -h'
		;;
	ca-renew:-*)
		words='--dir --root-key --lifetime --passphrase-file --passphrase-fd --help -h'
		;;
	ca-install:-*)
		words='--dir --development --json --stores --store-root --help -h'
		;;
	ca-uninstall:-*)
		words='--dir --development --json --stores --store-root --help -h'
		;;
	ca-revoke:* | ca-install:* | ca-uninstall:* | cert-show:* | cert-verify:* | cert-check:* | cert-match:* | cert-sign:* | cert-convert:* | key-show:*)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	help:*) words='serve connect cert key ca openssl' ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _ward ward
