#!/usr/bin/env python3
"""Draws from the code what docs/ARCHITECTURE.md shows: draw.py [--write]

The floors come from the #include lines, the states from the table of arrows in src/tls/handshake.c
(which a test holds against RFC 9846, Appendix A). Each drawing stands between two comments in the
document. Without --write the drawings there must be what the code says, or the exit status is 1.
"""
import collections
import importlib.util
import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
DOCUMENT = "docs/ARCHITECTURE.md"


def load_check_includes():
    path = os.path.join(ROOT, "scripts", "check-includes.py")
    spec = importlib.util.spec_from_file_location("check_includes", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def floor_edges():
    """floor -> floors whose headers it includes"""
    check = load_check_includes()
    edges = collections.defaultdict(set)
    for path in check.sources("src"):
        floor = path.split("/")[1]
        edges[floor].update(())
        for _, quoted, angled in check.includes(path):
            other = quoted.split("/")[0] if quoted else None
            if angled and angled.startswith("ward/"):
                other = check.PUBLIC[angled[len("ward/"):]]
            if other in check.HEIGHT and other != floor:
                edges[floor].add(other)
    return edges, check.HEIGHT


def reaches(edges, start, goal):
    return start == goal or any(reaches(edges, nearer, goal) for nearer in edges[start])


def draw_floors():
    """Only the arrows that no longer way round stands for."""
    edges, height = floor_edges()
    lines = ["```mermaid", "flowchart RL"]
    for floor in sorted(edges, key=lambda f: (height[f], f)):
        for other in sorted(edges[floor], key=lambda f: (height[f], f)):
            longer = any(reaches(edges, between, other)
                         for between in edges[floor] if between != other)
            if not longer:
                lines.append(f"    {floor} --> {other}")
    return lines + ["```"]


def camel(name):
    return "".join(word.capitalize() for word in name.split("_"))


def arrows():
    with open("src/tls/handshake.c", encoding="utf-8") as file:
        table = re.search(r"const struct arrow arrows\[\] = \{(.*?)\n\};", file.read(), re.S).group(1)
    row = re.compile(r"\{\s*(\w+),\s*HT_(\w+),\s*(true|false),\s*((?:TO\(\w+\)[\s|]*)+),\s*(\w+)\s*\}")
    found = row.findall(table)
    if len(found) != table.count("HT_"):
        sys.exit("draw.py: the table of arrows has a form that is not known here")
    for start, message, ends_record, to, _ in found:
        yield start, camel(message), ends_record == "true", re.findall(r"TO\((\w+)\)", to)


def draw_states(side, first):
    def name(state):
        return state[len(side) + 1:] if state.startswith(side + "_") else "TLS12"

    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {first}"]
    for start, message, ends_record, to in arrows():
        if not start.startswith(side + "_"):
            continue
        label = message + (" ▮" if ends_record else "")
        found = [f"    {name(start)} --> {name(state)}: {label}" for state in to]
        lines += dict.fromkeys(found)
    if side.endswith("12"): # a record and no message, and so no arrow of the table
        lines.append("    WAIT_CCS --> WAIT_FINISHED: change_cipher_spec")
    return lines + ["```"]


def main():
    os.chdir(ROOT)
    drawings = {"floors": draw_floors(), "client": draw_states("CLIENT", "WAIT_SH"),
                "server": draw_states("SERVER", "START"),
                "client12": draw_states("CLIENT12", "WAIT_CERT"),
                "server12": draw_states("SERVER12", "WAIT_CERT")}
    with open(DOCUMENT, encoding="utf-8") as file:
        old = text = file.read()
    for name, lines in drawings.items():
        place = re.compile(rf"(<!-- drawn: {name} -->\n).*?(<!-- end -->)", re.S)
        if not place.search(text):
            sys.exit(f"{DOCUMENT} has no place for the drawing of {name}")
        drawn = "\n".join(lines) + "\n"
        text = place.sub(lambda match, drawn=drawn: match.group(1) + drawn + match.group(2), text)
    if text == old:
        return 0
    if "--write" in sys.argv[1:]:
        with open(DOCUMENT, "w", encoding="utf-8") as file:
            file.write(text)
        return 0
    print(f"{DOCUMENT} does not show what the code says: run scripts/draw.py --write")
    return 1


if __name__ == "__main__":
    sys.exit(main())
