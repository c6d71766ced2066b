#!/usr/bin/env python3
"""Checks that docs/bugs-we-studied.md is true: each entry names a test, and each test that is named is
there, with each row that is named."""
import os
import re
import sys

PAGE = "docs/bugs-we-studied.md"
# `floor.name`, and the rows behind it: : "a", "b"
CITED = re.compile(r'`((?:\w+)\.(?:\w+))`(?::((?:\s*"(?:[^"])*",?)+))?')


def sources(test):
    """The files that a test of this name is made of, of which one must be there."""
    floor, name = test.split(".")
    if floor == "interop":
        return [f"tests/interop/{name}.{end}" for end in ("py", "sh")]
    if floor == "replay":
        return [f"fuzz/fuzz_{name}.c"]
    return [f"tests/{floor}/test_{name}.c", f"tests/{floor}/{name}.sh", f"tests/{floor}/{name}_{floor}.c"]


def judge(entry):
    cited = CITED.findall(entry)
    if not cited:
        yield "names no test"
    for test, rows in cited:
        found = [path for path in sources(test) if os.path.exists(path)]
        if not found:
            yield f"there is no test {test}"
            continue
        with open(found[0], encoding="utf-8") as file:
            text = file.read()
        for row in re.findall(r'"([^"]*)"', rows):
            if f'"{row}"' not in text:
                yield f'{found[0]} has no row "{row}"'


def main():
    failed = False
    entries = 0
    with open(PAGE, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.startswith("- "):
                continue
            entries += 1
            for fault in judge(line):
                print(f"{PAGE}:{number}: {fault}")
                failed = True
    if entries == 0:
        print(f"{PAGE}: no entries")
    sys.exit(failed or entries == 0)


if __name__ == "__main__":
    main()
