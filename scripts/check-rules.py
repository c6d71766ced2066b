#!/usr/bin/env python3
"""Checks the rules of the house that no compiler knows:

- no macro contains return or goto;
- functions that cannot be used safely, or that do something else than they seem to, are not called;
- memcmp is called in base/ alone: others compare with span_equal, or ct_equal where it is secret;
- every file opens with a comment, and stays within 600 lines;
- every source of src/ has a test: tests/**/test_NAME.c stands for NAME.c, or a test or fuzz target
  calls one of its functions, or names the file in a comment (for what is reached by a table alone).
  A verb of the command may be tested by a script that runs `ward VERB`;
- every row of reasons.def is named by a test, which provokes it.
"""
import glob
import os
import re
import sys

MAX_LINES = 600

BANNED = re.compile(
    r"(?<![.>\w])(strcpy|strcat|strncpy|strncat|stpcpy|sprintf|vsprintf|gets|scanf|sscanf|fscanf|"
    r"atoi|atol|atoll|atof|rand|srand|random|drand48|system|popen|strtok|alloca|tmpnam|tempnam|"
    r"mktemp|setjmp|longjmp|inet_ntoa|inet_addr|gethostbyname|localtime|gmtime|asctime|ctime|"
    r"strerror|signal|select|vfork|bcopy|bzero|bcmp)\s*\(")

COMMENT_OR_STRING = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)

DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)((?:.*\\\n)*.*)", re.M)
JUMP = re.compile(r"\b(return|goto)\b")

# A function definition in the first column: its name, where it is not static.
DEFINITION = re.compile(r"^(?!static\b|typedef\b|#|[ \t{}])[^;={}]*?\b(\w+)\([^;{}]*\)\s*\{", re.M)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def blank(match):
    """White space of the same shape, so that line numbers stay true."""
    text = match.group(0)
    if text[0] in "\"'":
        return text[0] + " " * (len(text) - 2) + text[0]
    return re.sub(r"[^\n]", " ", text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def judge_text(path):
    text = read(path)
    code = COMMENT_OR_STRING.sub(blank, text)

    if not text.startswith("/*"):
        yield 1, "a file opens with a comment: what it does, its RFC section, its invariants"
    if text.count("\n") > MAX_LINES:
        yield text.count("\n"), f"more than {MAX_LINES} lines"
    for match in DEFINE.finditer(code):
        if JUMP.search(match.group(2)):
            yield line_of(code, match.start()), f"macro {match.group(1)} hides a jump"
    for match in BANNED.finditer(code):
        yield line_of(code, match.start()), f"{match.group(1)} is not used here"
    if path.startswith("src/") and not path.startswith("src/base/"):
        for match in re.finditer(r"\bmemcmp\s*\(", code):
            yield line_of(code, match.start()), "memcmp: use span_equal, or ct_equal for secrets"


def untested(tests, scripts):
    """Sources that no test stands for."""
    named = {os.path.basename(path)[len("test_"):] for path in tests}
    words = set()
    for text in tests.values():
        words.update(re.findall(r"\w+(?:/\w+)*(?:\.c)?", text))
    for path in sorted(glob.glob("src/**/*.c", recursive=True)):
        name = os.path.basename(path)
        if name in named or name in words or path[len("src/"):] in words or path in words:
            continue
        if words.intersection(DEFINITION.findall(COMMENT_OR_STRING.sub(blank, read(path)))):
            continue
        if path.startswith("src/cli/") and re.search(rf"\b{name[:-2]}\b", scripts):
            continue
        yield path


def unprovoked(tests):
    """Reasons that no test names."""
    named = set()
    for text in tests.values():
        named.update(re.findall(r"\bWARD_E_(\w+)\b", text))
    for reason in re.findall(r"^REASON\((\w+)", read("include/ward/reasons.def"), re.M):
        if reason not in named:
            yield reason


def main():
    os.chdir(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), ".."))
    bad = 0
    paths = [p for folder in ("src", "include", "tests", "fuzz", "bench", "examples")
             for p in sorted(glob.glob(folder + "/**/*.[ch]", recursive=True))]
    for path in paths:
        for line, why in judge_text(path):
            print(f"{path}:{line}: {why}")
            bad += 1
    tests = {p: read(p) for p in glob.glob("tests/**/*.c", recursive=True) +
             glob.glob("fuzz/fuzz_*.c")}
    scripts = "".join(read(p) for p in glob.glob("tests/interop/*") if os.path.isfile(p))
    for path in untested(tests, scripts):
        print(f"{path}: no test stands for it")
        bad += 1
    for reason in unprovoked(tests):
        print(f"include/ward/reasons.def: no test provokes {reason}")
        bad += 1
    print(f"{len(paths)} files, {bad} findings")
    return 1 if bad or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
