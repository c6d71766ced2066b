#!/usr/bin/env python3
"""Checks the direction of #include lines: no floor of src/ sees what stands to its right.

    base <- wire <- crypto <- x509 <- tls <- io <- acme, scan, serve <- ca <- cli

acme, scan and serve do not see each other. Public headers count as part of the floor that implements
them. Two more rules read from the same lines: the engine and what it stands on see no header of
sockets, files or clocks; and each foreign library is known to the floors that are its door alone.
"""
import os
import re
import sys

HEIGHT = {"base": 0, "wire": 1, "crypto": 2, "x509": 3, "tls": 4, "io": 5,
          "acme": 6, "scan": 6, "serve": 6, "ca": 7, "cli": 8}

PUBLIC = {"export.h": "base", "version.h": "base", "error.h": "base", "reasons.def": "base",
          "csr.h": "x509", "x509.h": "x509", "revocation.h": "x509", "tls.h": "tls", "resume.h": "tls",
          "status.h": "tls", "compress.h": "tls", "quic.h": "tls",
          "early_data.h": "tls",
          "mutual.h": "tls",
          "raw_key.h": "tls",
          "session.h": "io", "ward.h": "io"}

# Header of another library -> the floors that may include it.
DOORS = [
    (re.compile(r"openssl/"), {"crypto"}),
    (re.compile(r"uv\.h|llhttp\.h|jansson\.h"), {"acme", "scan", "serve", "ca", "cli"}),
    (re.compile(r"zlib\.h|brotli/|zstd\.h"), {"serve"}),
]

# Sans I/O: bytes and the time are handed in.
PURE = {"wire", "x509", "tls"}
SYSTEM = re.compile(r"(sys/|netinet/|arpa/|net/|linux/)|"
                    r"(unistd|fcntl|netdb|time|poll|signal|dirent|ifaddrs|resolv|termios)\.h$")

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')


def sources(folder):
    for here, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if name.endswith((".c", ".h", ".def")):
                yield os.path.join(here, name)


def includes(path):
    """(line number, path in quotes or None, path in angle brackets or None)"""
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            match = INCLUDE.match(line)
            if match:
                yield number, match.group(1), match.group(2)


def may_see(floor, other):
    return floor == other or HEIGHT[other] < HEIGHT[floor]


def judge_floor(floor, other, what):
    if other not in HEIGHT:
        return f"{what} is of no known floor"
    if not may_see(floor, other):
        return f"{floor}/ may not see {other}/ ({what})"
    return None


def judge(floor, quoted, angled):
    """Why this line is not allowed in this floor, or None."""
    if quoted is not None:
        if "/" not in quoted:
            return f'write "{floor}/…/{quoted}": paths begin at src/'
        return judge_floor(floor, quoted.split("/")[0], quoted)
    if angled.startswith("ward/"):
        name = angled[len("ward/"):]
        if name not in PUBLIC:
            return f"say in {os.path.basename(__file__)} which floor <{angled}> belongs to"
        return judge_floor(floor, PUBLIC[name], f"<{angled}>")
    for pattern, floors in DOORS:
        if pattern.match(angled) and floor not in floors:
            return f"<{angled}> is for {', '.join(sorted(floors))} alone"
    if floor in PURE and SYSTEM.match(angled):
        return f"{floor}/ makes no system call and reads no clock (<{angled}>)"
    return None


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..")
    os.chdir(root)
    bad = count = 0
    for path in list(sources("src")) + list(sources("include/ward")):
        parts = path.split("/")
        floor = parts[1] if parts[0] == "src" else PUBLIC.get(parts[2])
        if floor not in HEIGHT:
            print(f"{path}: {parts[1]}/ has no place in {os.path.basename(__file__)}")
            bad += 1
            continue
        for number, quoted, angled in includes(path):
            count += 1
            why = judge(floor, quoted, angled)
            if why is not None:
                print(f"{path}:{number}: {why}")
                bad += 1
    print(f"{count} include lines, {bad} in the wrong direction")
    return 1 if bad or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
