"""Command lines run twice, by `ward openssl` and by openssl(1), for the tests that compare the two.
Works with OpenSSL 3.0 and 3.5 as the peer: where these differ, ward does as 3.5.
"""
import re
import subprocess

from command import WARD, clean_environment

# How 3.5 shows names, for a peer that may be older.
FORM_OF_35 = ["-nameopt", "sep_comma_plus_space,sname,utf8,esc_ctrl"]


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


def write(test, name, text):
    with open(test.path(name), "w", encoding="utf-8") as file:
        file.write(text)


def shown(test, name):
    """A certificate as text, without what differs from one to the next."""
    text = theirs(test, "x509", "-in", name, "-noout", "-text", *FORM_OF_35).out.decode()
    serial = re.search(r"Serial Number:\s*([0-9a-fx: ()]+)", text).group(1)
    text = text.replace(serial, "SERIAL").replace(serial.upper(), "SERIAL")
    text = re.sub(r"\n +[0-9a-f:]+(?=\n)", "", text.split("Signature Value")[0])
    text = re.sub(r"serial:[0-9A-F:]+", "serial", text)
    return re.sub(r"Not (Before|After ): (.*)", lambda m: m[1] + m[2][:6] + m[2][-9:], text)
