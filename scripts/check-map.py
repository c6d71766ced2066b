#!/usr/bin/env python3
"""Checks docs/map.md: every path that it names exists, and every source of src/ is named.

A folder that is named with a slash at its end (`src/tls/msg/`) stands for all that is in it.
"""
import glob
import os
import re
import sys

PATH = re.compile(r"`((?:src|include|tests|fuzz|bench|man|docs|scripts|examples)/[^` ]*|"
                  r"CMakeLists\.txt)`")
PATTERN = re.compile(r"/FLOOR/")


def main():
    os.chdir(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), ".."))
    with open("docs/map.md", encoding="utf-8") as file:
        named = {path for path in PATH.findall(file.read()) if not PATTERN.search(path)}
    bad = 0
    for path in sorted(named):
        if not os.path.exists(path):
            print(f"docs/map.md: {path} does not exist")
            bad += 1
    folders = tuple(path for path in named if path.endswith("/"))
    for path in sorted(glob.glob("src/**/*.c", recursive=True)):
        if path not in named and not path.startswith(folders):
            print(f"docs/map.md: does not name {path}")
            bad += 1
    print(f"{len(named)} paths, {bad} findings")
    return 1 if bad or not named else 0


if __name__ == "__main__":
    sys.exit(main())
