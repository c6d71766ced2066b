#!/bin/bash
# Installs the build in WARD_BUILD_DIR twice, below a DESTDIR and into a prefix, and looks at what is
# there: the files that a distribution expects, and programs built with nothing but them.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=${WARD_BUILD_DIR:?}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { echo "FAIL: $*" >&2; exit 1; }

version=$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' "$build/CMakeCache.txt")
libdir=$(sed -n 's/^CMAKE_INSTALL_LIBDIR:.*=//p' "$build/CMakeCache.txt")

check_files()
{
	local root=$1 page
	for file in bin/ward include/ward/ward.h include/ward/version.h include/ward/reasons.def \
		"$libdir/libward.so" "$libdir/libward.so.${version%%.*}" "$libdir/libward.so.$version" \
		"$libdir/libward.a" "$libdir/pkgconfig/ward.pc" "$libdir/cmake/ward/wardConfig.cmake" \
		"$libdir/cmake/ward/wardConfigVersion.cmake" share/zsh/site-functions/_ward \
		share/bash-completion/completions/ward share/fish/vendor_completions.d/ward.fish; do
		[ -e "$root/$file" ] || fail "$file is not installed"
	done
	for page in "$here"/../../man/*.[1-8] ward_reasons.7; do
		[ -e "$root/share/man/man${page##*.}/${page##*/}" ] || fail "${page##*/} is not installed"
	done
	[ ! -e "$root/include/ward/version.h.in" ] || fail "a template is installed"
}

# The library names itself by its SONAME, shows ward_* alone, and needs libcrypto and libc alone.
check_library()
{
	local so=$1/$libdir/libward.so needed
	readelf -d "$so" | grep -q "SONAME.*\[libward.so.${version%%.*}\]" || fail "wrong SONAME"
	if nm -D --defined-only "$so" | awk '$2 != "A" { print $3 }' | grep -v '^ward_'; then
		fail "the library shows more than ward_*"
	fi
	needed=$(readelf -d "$so" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p')
	if grep -vE '^(libcrypto|libc|ld-linux[a-z0-9_-]*)\.so' <<<"$needed"; then
		fail "the library needs more than libcrypto"
	fi
}

run_consumer()
{
	local said
	said=$("$@") || fail "a program built with $1 does not run"
	[ "$said" = "$version" ] || fail "it says $said, not $version"
}

DESTDIR=$work/root cmake --install "$build" --prefix /usr >/dev/null
check_files "$work/root/usr"

prefix=$work/prefix
cmake --install "$build" --prefix "$prefix" >/dev/null
check_files "$prefix"
check_library "$prefix"
[ "$("$prefix/bin/ward" --version | awk '{ print $2; exit }')" = "$version" ] ||
	fail "ward --version does not say $version"

# Outside the tree, and with nothing but what was installed.
mkdir "$work/outside"
cp "$here"/consumer/* "$work/outside"
cd "$work/outside"
export LD_LIBRARY_PATH=$prefix/$libdir PKG_CONFIG_PATH=$prefix/$libdir/pkgconfig

# shellcheck disable=SC2046
gcc -Wall -Werror main.c -o by-pkg-config $(pkg-config --cflags --libs ward)
run_consumer ./by-pkg-config
[ "$(pkg-config --modversion ward)" = "$version" ] || fail "ward.pc has another version"

# shellcheck disable=SC2046
gcc -Wall -Werror main.c -o by-pkg-config-static $(pkg-config --cflags ward) \
	"$prefix/$libdir/libward.a" $(pkg-config --libs libcrypto) -pthread
run_consumer ./by-pkg-config-static

cmake -S . -B build -G Ninja -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
cmake --build build >/dev/null
run_consumer build/shared
run_consumer build/static
ldd build/static | grep -q libward && fail "ward::ward_static is not static"
echo "installed, and found by pkg-config and CMake"
