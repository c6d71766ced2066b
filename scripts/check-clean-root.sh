#!/bin/bash
# Tries a clean clone on a fresh machine: check-clean-root.sh [--test] [--keep] SUITE...
#
# For each suite (bookworm, trixie) a minimal root is made with debootstrap, from the mirror that this
# machine's own apt uses, with nothing in it but the base, git and make. The committed HEAD of this
# repository is cloned into it (with ../shared beside it, if there is one) and `make demo` runs there;
# with --test, `make test` as well. The root goes away afterwards, or stays with --keep. Needs to be
# root, debootstrap and about 5 GB in WARD_ROOTS (/var/tmp).
set -eu
source=$(cd "$(dirname "$0")/.." && pwd)
goals=(demo)
keep=
suites=()
for arg; do
	case $arg in
	--test) goals=(demo test) ;;
	--keep) keep=1 ;;
	-*) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2 ;;
	*) suites+=("$arg") ;;
	esac
done
[ ${#suites[@]} -gt 0 ] || suites=(bookworm trixie)
[ "$(id -u)" -eq 0 ] || { echo "check-clean-root.sh: must be root (for chroot)" >&2; exit 2; }
"$source/scripts/install-deps.sh" root

# The URI that apt has for archives with this label (Debian, Debian-Security).
mirror_of()
{
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Label: $1" | head -n 1
}

mirror=$(mirror_of Debian)
security=$(mirror_of Debian-Security)
[ -n "$mirror" ] || { echo "check-clean-root.sh: apt knows no Debian mirror" >&2; exit 2; }
eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
[ -z "${http_proxy:-}" ] || export http_proxy
[ -z "${https_proxy:-}" ] || export https_proxy

root=
unmount()
{
	local mount
	for mount in dev/pts dev/shm dev proc sys; do
		! mountpoint -q "$root/$mount" || umount "$root/$mount"
	done
}

# Ends what still runs in the root; anything found here is a defect of what ran.
end_leftovers()
{
	local process left=0
	for process in /proc/[0-9]*; do
		[ "$(readlink "$process/root" 2>/dev/null)" = "$root" ] || continue
		echo "left running: $(tr '\0' ' ' <"$process/cmdline")" >&2
		kill -KILL "${process#/proc/}" 2>/dev/null || true
		left=1
	done
	return $left
}

clean_up()
{
	[ -n "$root" ] || return 0
	end_leftovers || sleep 1
	unmount
	[ -n "$keep" ] || rm -rf --one-file-system "$root"
	root=
}
trap clean_up EXIT

make_root()
{
	local suite=$1 include=git,make
	case $mirror$security in *https:*) include+=,ca-certificates ;; esac
	debootstrap --variant=minbase --include=$include "$suite" "$root" "$mirror" >"$log" 2>&1 ||
		{ tail -n 20 "$log"; return 1; }
	{
		echo "deb $mirror $suite main"
		echo "deb $mirror $suite-updates main"
		[ -z "$security" ] || echo "deb $security $suite-security main"
	} >"$root/etc/apt/sources.list"
	apt-config dump | grep -E '^Acquire::[a-z]+::(Proxy|CAInfo)' >"$root/etc/apt/apt.conf.d/90mirror" ||
		true
	if [ -d "$root/usr/share/ca-certificates" ]; then
		cp -r /usr/local/share/ca-certificates "$root/usr/local/share/"
		chroot "$root" update-ca-certificates >>"$log" 2>&1
	fi
	cp /etc/resolv.conf /etc/hosts "$root/etc/"
}

mount_root()
{
	mount -t proc proc "$root/proc"
	mount -t sysfs -o ro sysfs "$root/sys"
	mount --bind /dev "$root/dev"
	mount -t devpts devpts "$root/dev/pts"
	mount -t tmpfs tmpfs "$root/dev/shm"
}

inside()
{
	chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
		CI=true ${http_proxy:+http_proxy="$http_proxy"} \
		${https_proxy:+https_proxy="$https_proxy"} sh -c "$1"
}

check_suite()
{
	local suite=$1 goal start
	root=$(mktemp -d "${WARD_ROOTS:-/var/tmp}/ward-$suite.XXXXXX")
	chmod 755 "$root" # it is /, for users other than root too
	log=$root.log
	echo "== $suite: making a root from $mirror"
	make_root "$suite"
	mkdir "$root/src"
	git clone --quiet "$source" "$root/src/main"
	[ ! -d "$source/../shared" ] || cp -r "$source/../shared" "$root/src/shared"
	mount_root
	for goal in "${goals[@]}"; do
		start=$SECONDS
		echo "== $suite: make $goal"
		if ! inside "cd /src/main && exec make $goal" </dev/null >"$log" 2>&1; then
			tail -n 60 "$log"
			echo "== $suite: make $goal FAILED after $((SECONDS - start)) s; see $log"
			return 1
		fi
		tail -n 12 "$log"
		echo "== $suite: make $goal passed in $((SECONDS - start)) s"
	done
	[ -z "$(inside 'cd /src/main && git status --porcelain')" ] ||
		{ echo "== $suite: the work tree is not clean afterwards"; return 1; }
	rm -f "$log"
}

failed=()
for suite in "${suites[@]}"; do
	# Not in a condition: set -e must hold inside.
	status=0
	(trap clean_up EXIT; check_suite "$suite") & wait $! || status=$?
	[ $status -eq 0 ] || failed+=("$suite")
done
if [ ${#failed[@]} -gt 0 ]; then
	echo "failed: ${failed[*]}"
	exit 1
fi
echo "passed: ${suites[*]}"
