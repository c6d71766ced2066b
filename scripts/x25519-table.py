#!/usr/bin/env python3
"""Computes src/crypto/native/x25519_table.c, and prints it: multiples of the base point of
edwards25519 (RFC 7748, 4.1; RFC 8032, 5.1). See x25519.h for their form."""

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
BASE = (15112221349535400772501151409588531511454012693041857206046113283949847762202,
        46316835694926478169428394003475163141307993866256225615783033603165251855960)
ROWS, ENTRIES = 16, 8

HEAD = """/*
 * Multiples of X25519's base point: written by scripts/x25519-table.py. See x25519.h.
 */
#include "crypto/native/x25519.h"

/* clang-format off */
const struct comb_entry x25519_comb[COMB_ROWS][COMB_ENTRIES] = {"""


def add(p, q):
    (x1, y1), (x2, y2) = p, q
    t = D * x1 * x2 * y1 * y2
    return ((x1 * y2 + x2 * y1) * pow(1 + t, -1, P) % P,
            (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P)


def words(n):
    n %= P
    return ", ".join(f"0x{n >> 64 * i & 2**64 - 1:016x}" for i in range(4))


def main():
    assert (-BASE[0]**2 + BASE[1]**2 - 1 - D * BASE[0]**2 * BASE[1]**2) % P == 0
    print(HEAD)
    first = BASE
    for _ in range(ROWS):
        point = first
        print("\t{")
        for _ in range(ENTRIES):
            x, y = point
            print(f"\t\t{{ {{ {words(y + x)} }},")
            print(f"\t\t  {{ {words(y - x)} }},")
            print(f"\t\t  {{ {words(2 * D * x * y)} }} }},")
            point = add(point, first)
        print("\t},")
        for _ in range(16):
            first = add(first, first)
    print("};")


main()
