#!/usr/bin/env python3
"""Holds the manual of the library against its headers:

- each public function stands in the NAME and in the SYNOPSIS of exactly one page of section 3, with
  the prototype that its header has;
- no page has a function that is in no header;
- each public structure, its members, and each enumerator (reasons apart, which have a page of their
  own that is made from their table) are named in some page;
- what a page refers to exists, where it is about ward;
- each page of section 3 says who owns what, what threads may do, and which standard it follows, and
  shows an example that is a whole program.

check-man.py --synopsis NAME... prints the SYNOPSIS lines of these functions.
"""
import glob
import os
import re
import sys

SECTIONS = ["NAME", "LIBRARY", "SYNOPSIS", "DESCRIPTION", "OWNERSHIP", "THREADS", "EXAMPLES",
            "SEE ALSO", "STANDARDS"]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def squeeze(text):
    """One spelling for each prototype."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"\s*\*\s*", " *", text)
    text = re.sub(r"\* (?=\*)", "*", text)
    return re.sub(r"\s*([(),])\s*", r"\1", text).replace("* ", "*").replace(" )", ")")


def split_arguments(text):
    """At the commas that stand in no parentheses."""
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if c == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    return [re.sub(r"\s+", " ", p).strip() for p in parts + [text[start:]]]


class Headers:
    def __init__(self):
        self.functions = {}     # name: (result, arguments, header)
        self.words = set()      # structures, members, enumerators
        for path in sorted(glob.glob("include/ward/*.h") + glob.glob("include/ward/*.h.in")):
            text = re.sub(r"/\*.*?\*/", " ", read(path), flags=re.S)
            header = "ward/" + os.path.basename(path).removesuffix(".in")
            for match in re.finditer(r"\bWARD_API\b([^;]*);", text):
                self.add_function(match.group(1), header)
            if not path.endswith("error.h"):
                self.add_words(text)

    def add_function(self, text, header):
        text = re.sub(r"\bWARD_MUST_USE\b", " ", text)
        match = re.match(r"(.*?)\b(ward_\w+)\s*\((.*)\)\s*$", text, re.S)
        result, name, arguments = match.groups()
        self.functions[name] = (re.sub(r"\s+", " ", result).strip(), split_arguments(arguments),
                                header)

    def add_words(self, text):
        for match in re.finditer(r"\benum\b[^{;]*\{(.*?)\}", text, re.S):
            self.words.update(re.findall(r"\b(WARD_\w+)", match.group(1)))
        for match in re.finditer(r"\bstruct (ward_\w+) \{(.*?)\n\};", text, re.S):
            self.words.add(match.group(1))
            for member in match.group(2).split(";"):
                self.words.update(re.findall(r"(\w+)(?:\[\w+\])?\s*(?:,|$)", member.strip()))
        self.words.update(re.findall(r"\bstruct (ward_\w+);", text))

    def synopsis(self, name):
        result, arguments, _ = self.functions[name]
        lines = [f'.Ft "{result}"' if " " in result else f".Ft {result}", f".Fo {name}"]
        return lines + [f'.Fa "{argument}"' for argument in arguments] + [".Fc"]


def sections_of(page):
    parts = re.split(r"^\.Sh (.*)$", page, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def prototypes_of(synopsis):
    for match in re.finditer(r"^\.Ft (?!\"?typedef)(.*)\n\.Fo (\w+)\n((?:\.Fa .*\n)*)\.Fc", synopsis, re.M):
        arguments = re.findall(r"^\.Fa \"?(.*?)\"?$", match.group(3), re.M)
        yield match.group(2), f'{match.group(1).strip(chr(34))} {match.group(2)}({",".join(arguments)})'


def judge_page(path, page, headers, home):
    sections = sections_of(page)
    for name in SECTIONS:
        if name not in sections:
            yield f"no section {name}"
    if not re.search(r"^#include <", sections.get("EXAMPLES", ""), re.M):
        yield "no example that is a whole program"
    synopsis = sections.get("SYNOPSIS", "")
    names = set(re.findall(r"^\.Nm (ward_\w+)", sections.get("NAME", ""), re.M))
    found = set()
    for name, prototype in prototypes_of(synopsis):
        found.add(name)
        if name not in headers.functions:
            yield f"{name} is in no header"
            continue
        result, arguments, header = headers.functions[name]
        if squeeze(prototype) != squeeze(f"{result} {name}({','.join(arguments)})"):
            yield f"{name} has another prototype in its header"
        if f".In {header}" not in synopsis:
            yield f"{name} is from <{header}>, which the SYNOPSIS does not include"
        if name in home:
            yield f"{name} has a page already: {home[name]}"
        home[name] = path
    for name in sorted(found - names):
        yield f"{name} is missing in NAME"
    for name in sorted(name for name in names - found if name in headers.functions):
        yield f"{name} is missing in SYNOPSIS"


def references(pages):
    """References to pages of ward that there are not."""
    known = {"ward_reasons"}        # made by reasons.awk
    for path, page in pages.items():
        known.add(os.path.basename(path)[:-2])
        known.update(re.findall(r"^\.Nm ([\w-]+)", sections_of(page).get("NAME", ""), re.M))
    for path, page in pages.items():
        for name in re.findall(r"^\.Xr ((?:lib)?ward[\w-]*)", page, re.M):
            if name not in known:
                yield f"{path}: refers to {name}, which has no page"


def main():
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    headers = Headers()
    if sys.argv[1:2] == ["--synopsis"]:
        for name in sys.argv[2:]:
            print("\n".join(headers.synopsis(name)))
        return 0
    pages = {path: read(path) for path in sorted(glob.glob("man/*.3"))}
    home, bad = {}, []
    for path, page in pages.items():
        bad += [f"{path}: {why}" for why in judge_page(path, page, headers, home)]
    bad += [f"{name}: no manual page" for name in headers.functions if name not in home]
    bad += references({path: read(path) for path in sorted(glob.glob("man/*.[1-8]"))})
    words = set(re.findall(r"\w+", "".join(pages.values())))
    bad += [f"{word}: in no manual page" for word in sorted(headers.words - words)]
    print("\n".join(bad + [f"{len(home)} functions in {len(pages)} pages, {len(bad)} findings"]))
    return 1 if bad or not headers.functions else 0


if __name__ == "__main__":
    sys.exit(main())
