"""Command lines run twice, by `ward openssl` and by openssl(1), for the tests that compare the two.
Works with OpenSSL 3.0 and 3.5 as the peer: where these differ, ward does as 3.5.
"""
import subprocess

from command import WARD, clean_environment


class Done:
    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout
        self.err = done.stderr.decode(errors="replace")

    def __str__(self):
        return f"status {self.status}\n-- stdout\n{self.out[:3000]}\n-- stderr\n{self.err[:3000]}"


def run(program, args, folder, stdin=b""):
    return Done(subprocess.run([*program, *args], input=stdin, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, cwd=folder, env=clean_environment(),
                               timeout=60, check=False))


def ours(test, *args, stdin=b""):
    return run([WARD, "openssl"], args, test.folder, stdin)


def theirs(test, *args, stdin=b""):
    return run(["openssl"], args, test.folder, stdin)


def peer_version(test):
    """(3, 0) or (3, 5)."""
    word = theirs(test, "version").out.decode().split()[1]
    return tuple(int(part) for part in word.split(".")[:2])


def alike(test, *args, stdin=b""):
    """The same on standard output, byte by byte, and the same exit status. Gives our result."""
    mine, other = ours(test, *args, stdin=stdin), theirs(test, *args, stdin=stdin)
    test.check(f"alike: openssl {' '.join(args)}",
               mine.out == other.out and mine.status == other.status,
               f"ward: {mine}\nopenssl: {other}")
    return mine


def refused(test, args, wanted, stdin=b""):
    """Exit status 1, nothing on standard output, and two lines that say what and what instead."""
    result = ours(test, *args, stdin=stdin)
    test.check(f"refused: {' '.join(args)}", result.status == 1 and result.out == b"" and
               wanted in result.err and "\nhint: " in result.err, result)
