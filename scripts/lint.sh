#!/bin/bash
# Static checks: lint.sh [CHECK...], all of them without a name. The build tree that is looked at is
# build/dev, or the one in WARD_BUILD_DIR. A single check exits 77 where it cannot be made here.
set -u
cd "$(dirname "$0")/.." || exit 1

checks=(includes rules map bugs drawings format headers man shell cppcheck analyzer tidy symbols)
build=${WARD_BUILD_DIR:-$PWD/build/dev}
jobs=$(nproc)

c_files() { find src include tests fuzz bench examples -name '*.[ch]' | sort; }
library_sources() { find src/base src/wire src/crypto src/x509 src/tls src/io -name '*.c' | sort; }
sources() { find src -name '*.c' | sort; }

lint_includes() { scripts/check-includes.py; }
lint_rules() { scripts/check-rules.py; }
lint_map() { scripts/check-map.py; }
lint_bugs() { scripts/check-bugs.py; }
lint_drawings() { scripts/draw.py; }

# Versions of clang-format disagree with each other: one of them counts, that of .clang-format.
lint_format()
{
	local wanted have tool
	wanted=$(sed -n '1s/.*clang-format \([0-9]*\).*/\1/p' .clang-format)
	for tool in "clang-format-$wanted" clang-format; do
		have=$($tool --version 2>/dev/null | sed 's/.*version \([0-9]*\).*/\1/')
		[ "$have" = "$wanted" ] || continue
		c_files | xargs "$tool" --dry-run -Werror
		return
	done
	echo "skipped: the format is that of clang-format $wanted, this is ${have:-none}"
	return 77
}

# Each public header is enough for itself, in C and in C++.
lint_headers()
{
	local header status=0
	for header in include/ward/*.h "$build"/include/ward/*.h; do
		header=ward/${header##*/}
		for compiler in "gcc -x c -std=c11" "clang -x c -std=c11" "g++ -x c++ -std=c++11"; do
			printf '#include <%s>\ntypedef int not_empty;\n' "$header" | $compiler -Iinclude -I"$build/include" -Wall \
				-Wextra -Wpedantic -Werror -fsyntax-only - || status=1
		done
	done
	return $status
}

# The pages, and the one that is made from the table of reasons; then what they say of the headers.
# mandoc looks for references among the installed pages; check-man.py does so among these.
lint_man()
{
	local made found status=0
	made=$(mktemp -d)
	awk -v date="$(sed -n 's/^\.Dd //p' man/libward.3)" -f man/reasons.awk \
		include/ward/reasons.def >"$made/ward_reasons.7"
	found=$(mandoc -T lint -W style man/*.[1-8] "$made/ward_reasons.7" 2>/dev/null |
		grep -v "referenced manual not found")
	if [ "$(grep -c '^REASON(' include/ward/reasons.def)" -ne \
		"$(grep -c '^\.It Dv WARD_E_' "$made/ward_reasons.7")" ] ||
		grep '^\.Em alert' "$made/ward_reasons.7"; then
		echo "ward_reasons.7: not every reason is there with the name of its alert"
		status=1
	fi
	rm -r "$made"
	[ -z "$found" ] || { echo "$found"; status=1; }
	scripts/check-man.py || status=1
	return $status
}

lint_shell()
{
	find scripts tests fuzz bench .ci -type f -perm -u+x -print0 |
		xargs -0 grep -lE '^#!/bin/(ba)?sh' | xargs shellcheck --severity=warning
}

lint_cppcheck()
{
	sources | cppcheck --quiet --std=c11 --language=c --enable=warning,performance,portability \
		--inline-suppr --error-exitcode=1 --suppress=missingIncludeSystem \
		--suppress=normalCheckLevelMaxBranches -j "$jobs" -D__linux__ -D_GNU_SOURCE \
		-Isrc -Iinclude --file-list=-
}

# Not over vector kernels: intrinsics are beyond gcc's analyzer.
lint_analyzer()
{
	library_sources | grep -v /native/ | xargs -P "$jobs" -n 4 scripts/analyze.sh "$build"
}

# Each version finds something new: one of them counts, that of .clang-tidy.
lint_tidy()
{
	local wanted have
	wanted=$(sed -n '1s/.*clang-tidy \([0-9]*\).*/\1/p' .clang-tidy)
	have=$(clang-tidy --version | sed -n 's/.*version \([0-9]*\).*/\1/p' | head -n 1)
	if [ "$have" != "$wanted" ]; then
		echo "skipped: what counts is clang-tidy $wanted, this is ${have:-none}"
		return 77
	fi
	sources | xargs -P "$jobs" -n 4 clang-tidy --quiet -p "$build" \
		--extra-arg=-Wno-unknown-warning-option 2> >(grep -v 'warnings\? generated' >&2)
}

# What the engine's objects ask of libc shows that it makes no system call and reads no clock.
lint_symbols()
{
	local allowed found
	allowed='mem[a-z]*|str[a-z_]*|__(mem|str|snprintf|vsnprintf|sprintf|assert)[a-z_]*|v?snprintf'
	allowed+='|malloc|calloc|realloc|reallocarray|free|qsort|bsearch|abort|__assert_fail|__stack_chk_fail'
	allowed+='|gmtime_r|timegm|pthread_(mutex|rwlock|once)[a-z_]*|_GLOBAL_OFFSET_TABLE_|__tls_get_addr|__isoc[0-9_a-z]*'
	allowed+='|__(popcount|clz|ctz)[dst]i2' # the compiler's own arithmetic
	for floor in wire x509 tls; do
		local objects others
		objects=$(find "$build/src/$floor" -name '*.o')
		[ -n "$objects" ] || continue
		others=$(find "$build"/src/{base,wire,crypto,x509,tls} -name '*.o')
		# shellcheck disable=SC2086
		found=$(comm -23 <(nm --undefined-only $objects | awk '$1 == "U" { print $2 }' |
			sort -u) <(nm --defined-only $others | awk 'NF == 3 { print $3 }' | sort -u) |
			grep -vxE "$allowed")
		if [ -n "$found" ]; then
			echo "src/$floor calls what it may not:" $found
			return 1
		fi
	done
}

if [ $# -eq 1 ]; then
	"lint_$1"
	exit
fi
status=0
for check in "${@:-${checks[@]}}"; do
	echo "== $check"
	"lint_$check" || [ $? -eq 77 ] || { status=1; echo "== $check: failed"; }
done
exit $status
