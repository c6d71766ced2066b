#!/bin/bash
# Installs the Debian packages that are missing: install-deps.sh GROUP...
#
#	build   compiler, CMake and the libraries
#	demo    what `make demo` runs beside ward
#	bench   what makes a table of the results
#	root    what check-clean-root.sh makes a root with
#	test    compilers, analysers and the peers that ward is tried against
#
# Says nothing when nothing is missing. On a system without apt-get, or with WARD_NO_INSTALL set, it
# names what is missing and exits 1. No server of a package is started by installing it.
set -eu

suite_of_system()
{
	# shellcheck disable=SC1091
	(. /etc/os-release 2>/dev/null && echo "${VERSION_CODENAME:-}") || true
}

packages_of()
{
	case $1 in
	build)
		echo gcc libc6-dev make cmake ninja-build pkg-config libssl-dev libuv1-dev \
			libjansson-dev zlib1g-dev libbrotli-dev libzstd-dev
		case $suite in
		bookworm) echo node-llhttp ;;
		*) echo libllhttp-dev ;;
		esac
		;;
	demo)
		echo ca-certificates curl
		;;
	bench)
		echo openssl python3 binutils libgnutls28-dev
		;;
	root)
		echo debootstrap
		;;
	test)
		echo g++ clang clang-tidy clang-format cppcheck shellcheck mandoc valgrind libcmocka-dev
		case $suite in
		bookworm) echo libclang-rt-14-dev ;;
		trixie) echo libclang-rt-19-dev ;;
		*) echo libclang-rt-dev ;;
		esac
		# A TPM where OpenSSL's provider for one is there, a token where that for PKCS #11 is.
		case $suite in
		bookworm) echo swtpm tpm2-openssl tpm2-tools libtss2-tcti-swtpm0 ;;
		*) echo softhsm2 pkcs11-provider ;;
		esac
		echo postfix dovecot-imapd dovecot-pop3d dovecot-lmtpd dovecot-managesieved slapd \
			vsftpd mosquitto redis-server mariadb-server-core prosody
		echo openssl gnutls-bin libgnutls28-dev nginx-light curl python3 python3-cryptography nodejs \
			libnss3-tools chromium wrk \
			procps iproute2 git
		;;
	*)
		echo "install-deps.sh: no such group: $1" >&2
		exit 2
		;;
	esac
}

is_installed()
{
	dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

# A package, or another that does as well, is there already.
is_there()
{
	is_installed "$1" && return 0
	case $1 in
	nginx-light) command -v nginx >/dev/null ;;
	nodejs) command -v node >/dev/null ;;
	pkg-config) command -v pkg-config >/dev/null ;;
	*) false ;;
	esac
}

# Installs without starting servers: policy-rc.d says no (101) for as long as apt runs.
install_quietly()
{
	local sudo=() policy=/usr/sbin/policy-rc.d status=0

	if [ "$(id -u)" -ne 0 ]; then
		sudo=(sudo)
	fi
	if [ ! -e $policy ]; then
		printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee $policy >/dev/null
		"${sudo[@]}" chmod 755 $policy
	else
		policy=
	fi
	{
		"${sudo[@]}" apt-get -q update &&
			"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q install -y \
				--no-install-recommends "$@"
	} >&2 || status=$?
	if [ -n "$policy" ]; then
		"${sudo[@]}" rm -f $policy
	fi
	return $status
}

suite=$(suite_of_system)
wanted=()
for group in "$@"; do
	read -r -d '' -a list < <(packages_of "$group") || true
	wanted+=("${list[@]}")
done

missing=()
if command -v dpkg-query >/dev/null; then
	for package in "${wanted[@]}"; do
		is_there "$package" || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || exit 0
else
	missing=("${wanted[@]}")
fi

if [ -n "${WARD_NO_INSTALL:-}" ] || ! command -v apt-get >/dev/null; then
	echo "ward needs these packages (Debian's names): ${missing[*]}" >&2
	exit 1
fi
echo "Installing ${missing[*]}" >&2
install_quietly "${missing[@]}"
