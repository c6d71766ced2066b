# A short front for what scripts/ do; the build itself is CMake (see CMakePresets.json).
#
#	make            the command, at build/ward
#	make demo       build, serve a page, connect to it, say what happened
#	make test       everything that CI checks
#	make bench      ward beside OpenSSL and GnuTLS
#	make fuzz       each fuzz target for FUZZ_SECONDS (60)
#	make lint       format, static analysis, rules of the house
#	make install    into PREFIX (/usr/local), below DESTDIR if that is set

PREFIX ?= /usr/local

all:
	@scripts/build.sh

demo:
	@scripts/demo.sh

test:
	@scripts/test.sh

bench:
	@scripts/bench.sh

fuzz:
	@scripts/fuzz.sh

lint:
	@scripts/lint.sh

install:
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" scripts/install.sh

clean:
	rm -rf build

.PHONY: all demo test bench fuzz lint install clean
