#!/usr/bin/env python3
"""`ward openssl pkcs12` beside openssl(1): what the one packs the other unpacks, to the byte; files in old
ciphers are read. It covers src/cli/openssl/pkcs12.c; and pkcs7.c in the same way.

Listed differences: names are shown in UTF-8; ward packs with AES-256 and SHA-256 alone, whatever is asked for.
"""
import os
import re
import sys

from beside_openssl import ours, refused, theirs
from command import Test, need

IN, OUT = ["-passin", "pass:wörd"], ["-passout", "pass:wörd"]


def content(test, name):
    with open(test.path(name), "rb") as file:
        return file.read()


def blocks(text, label):
    """The PEM blocks with this label, without what stands between them."""
    return re.findall(rb"-----BEGIN " + label + rb".*?-----END [^\n]*\n", text, re.S)


def names(text):
    """Names as 3.5 writes them."""
    return re.sub(rb"(?m)^(subject|issuer)=.*$", lambda m: m[0].replace(b" = ", b"="), text)


def pack(test, make, name, *args):
    done = make(test, "pkcs12", "-export", "-out", name, *OUT, *args)
    test.check(f"{make.__name__} packs {args}", done.status == 0 and done.out == b"", done)


def test_unpacking(test):
    """What openssl has packed, by both."""
    for name, args in (
            ("plain.p12", ["-in", "leaf.pem", "-inkey", "leaf.key"]),
            ("chain.p12", ["-in", "leaf.pem", "-inkey", "leaf.key", "-certfile", "ca.pem", "-name",
                           "My name"]),
            ("certs.p12", ["-in", "leaf.pem", "-nokeys", "-certfile", "ca.pem"]),
            ("old.p12", ["-in", "leaf.pem", "-inkey", "leaf.key", "-certfile", "ca.pem", "-legacy"]),
            ("des.p12", ["-in", "leaf.pem", "-inkey", "leaf.key", "-keypbe", "PBE-SHA1-3DES",
                         "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"])):
        if "-legacy" in args and theirs(test, "list", "-providers", "-provider", "legacy").status:
            print("openssl lacks its legacy provider: RC2 is not tried")
            continue
        pack(test, theirs, name, *args)
        more = ["-legacy"] if name == "old.p12" else []
        for out in (["-nodes"], ["-noenc", "-nokeys"], ["-nodes", "-nocerts"],
                    ["-nokeys", "-clcerts"], ["-nokeys", "-cacerts"], ["-noout"]):
            mine = ours(test, "pkcs12", "-in", name, *IN, *out, *more)
            other = theirs(test, "pkcs12", "-in", name, *IN, *out, *more)
            if "-noout" in out:
                told = [read(test, "pkcs12", "-info", "-in", name, *IN, *out, *more).err for read in (ours, theirs)]
                test.check(f"-info of {name}: {told}", told[0] == told[1] and "bag" in told[0].lower() and
                           told[0].startswith("MAC: "))
            test.check(f"unpacked alike: {name} {out}", names(mine.out) == names(other.out) and
                       mine.status == other.status == 0, f"ward: {mine}\nopenssl: {other}")
    done = ours(test, "pkcs12", "-in", "plain.p12", *IN, "-passout", "pass:new", "-out", "all.pem")
    key = theirs(test, "pkey", "-in", "all.pem", "-passin", "pass:new")
    test.check("the key is encrypted unless -nodes is given", done.status == 0 and
               b"ENCRYPTED" in content(test, "all.pem") and key.out == content(test, "leaf.key"),
               f"{done}\n{key}")
    mode = os.stat(test.path("all.pem")).st_mode & 0o777
    test.check(f"and for its owner alone: {mode:o}", mode == 0o600)
    again = ours(test, "pkcs12", "-nodes", "-password", "pass:wörd", stdin=content(test, "plain.p12"))
    test.check("-password, from standard input", again.status == 0 and
               blocks(again.out, b"PRIVATE KEY") == [content(test, "leaf.key")], again)


def test_packing(test):
    """What ward packs, unpacked by openssl."""
    leaf, ca, key = (content(test, name) for name in ("leaf.pem", "ca.pem", "leaf.key"))
    for what, args, certs, keys, stdin in (
            ("a key and its certificate", ["-in", "leaf.pem", "-inkey", "leaf.key"], [leaf], [key],
             b""),
            ("its CA", ["-in", "leaf.pem", "-inkey", "leaf.key", "-certfile", "ca.pem", "-name",
                        "My name"], [leaf, ca], [key], b""),
            ("in another order", ["-in", "mixed.pem", "-inkey", "leaf.key"], [leaf, ca], [key], b""),
            ("all in one file", ["-in", "one.pem"], [leaf, ca], [key], b""),
            ("standard input", [], [leaf, ca], [key], ca + leaf + key),
            ("no key", ["-in", "leaf.pem", "-nokeys", "-certfile", "ca.pem"], [leaf, ca], [], b""),
            ("an encrypted key", ["-in", "leaf.pem", "-inkey", "locked.key", "-passin",
                                  "pass:secret"], [leaf], [key], b""),
            ("the ciphers named", ["-in", "leaf.pem", "-inkey", "leaf.key", "-keypbe", "AES-256-CBC",
                                   "-certpbe", "AES-256-CBC", "-macalg", "SHA256"], [leaf], [key],
             b"")):
        made = ours(test, "pkcs12", "-export", *args, *OUT, "-out", "made.p12", stdin=stdin)
        read = theirs(test, "pkcs12", "-in", "made.p12", *IN, "-nodes")
        test.check(f"packed: {what}", made.status == read.status == 0 and
                   blocks(read.out, b"CERTIFICATE") == certs and
                   blocks(read.out, b"PRIVATE KEY") == keys and
                   ((b"My name" in read.out) == ("-name" in args)), f"{made}\n{read}")
        mode = os.stat(test.path("made.p12")).st_mode & 0o777
        test.check(f"{what}: a file with a key is for its owner alone: {mode:o}",
                   mode == (0o600 if keys else mode))


def test_chain(test):
    """-chain: the CAs are found, put behind the certificate, and none twice."""
    with open(test.path("ext.cnf"), "w", encoding="ascii") as file:
        file.write("basicConstraints=critical,CA:TRUE\nsubjectKeyIdentifier=hash\n[end]\nbasicConstraints=CA:FALSE\n"
                   "authorityKeyIdentifier=keyid\n")
    for name, signer, section in (("root", None, "default"), ("inter", "root", "default"), ("end", "inter", "end")):
        theirs(test, "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-subj", f"/CN={name}",
               "-out", f"{name}.csr")
        made = theirs(test, "x509", "-req", "-in", f"{name}.csr", "-days", "9", "-out", f"{name}.pem", "-extfile",
                      "ext.cnf", "-extensions", section, "-set_serial", "9", *(
                          ["-CA", f"{signer}.pem", "-CAkey", f"{signer}.key"] if signer else ["-signkey", "root.key"]))
        test.check(f"made {name}", made.status == 0, made)
    for text, parts in (("both.pem", ("root.pem", "inter.pem")), ("sent.pem", ("end.pem", "inter.pem"))):
        with open(test.path(text), "wb") as file:
            file.write(b"".join(content(test, part) for part in parts))
    wanted = [content(test, name) for name in ("end.pem", "inter.pem", "root.pem")]
    for args in (["-in", "end.pem", "-CAfile", "both.pem"], ["-in", "sent.pem", "-CAfile", "both.pem"],
                 ["-in", "end.pem", "-CAfile", "root.pem", "-untrusted", "inter.pem"]):
        for make in (ours, theirs):
            if make is theirs and "sent.pem" in args:
                continue  # it packs the intermediate twice
            made = make(test, "pkcs12", "-export", "-chain", "-inkey", "end.key", "-no-CApath", *args, *OUT, "-out",
                        "chained.p12")
            read = ours(test, "pkcs12", "-in", "chained.p12", *IN, "-nokeys")
            test.check(f"{make.__name__}: -chain {args}", made.status == 0 and
                       blocks(read.out, b"CERTIFICATE") == wanted, f"{made}\n{read}")
    for args in (["-in", "end.pem", "-CAfile", "root.pem"], ["-in", "end.pem", "-no-CAfile"]):
        for make in (ours, theirs):
            made = make(test, "pkcs12", "-export", "-chain", "-inkey", "end.key", "-no-CApath", *args, *OUT, "-out",
                        "none.p12")
            test.check(f"{make.__name__}: no chain: {args}", made.status == 1 and
                       not os.path.exists(test.path("none.p12")) or os.path.getsize(test.path("none.p12")) == 0, made)


def test_name(test):
    """OpenSSL shows such a name in Latin-1; what is in the file is UTF-16 of either."""
    for make in (ours, theirs):
        pack(test, make, "name.p12", "-in", "one.pem", "-name", "Schlüssel 日本")
        shown = ours(test, "pkcs12", "-in", "name.p12", *IN, "-nokeys", "-clcerts")
        test.check(f"a name beyond ASCII, by {make.__name__}",
                   "friendlyName: Schlüssel 日本\n".encode() in shown.out, shown)


def test_pkcs7(test):
    """All certificates of a file, as people look at them."""
    packed = []
    for make in (ours, theirs):
        packed.append(make(test, "crl2pkcs7", "-nocrl", "-certfile", "mixed.pem", "-certfile",
                           "leaf.pem").out)
        for out in (["-print_certs"], ["-print_certs", "-noout"], ["-print_certs", "-text", "-noout"],
                    ["-noout"]):
            told = [read(test, "pkcs7", *out, stdin=packed[-1]) for read in (ours, theirs)]
            test.check(f"pkcs7 {out} of {make.__name__}", names(told[0].out) == names(told[1].out) and
                       told[0].status == told[1].status == 0, f"{told[0]}\n{told[1]}")
    test.check("three certificates", packed[0] != b"" and len(blocks(ours(
        test, "pkcs7", "-print_certs", stdin=packed[1]).out, b"CERTIFICATE")) == 3)
    der = ours(test, "crl2pkcs7", "-nocrl", "-certfile", "mixed.pem", "-outform", "DER").out
    test.check("DER", theirs(test, "pkcs7", "-inform", "DER", "-noout", stdin=der).status == 0 and
               ours(test, "pkcs7", "-inform", "DER", "-outform", "DER", stdin=der).out == der)


def main():
    need("openssl")
    test = Test()
    for name, signer in (("ca", []), ("leaf", ["-CA", "ca.pem", "-CAkey", "ca.key"])):
        theirs(test, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out",
               f"{name}.key")
        theirs(test, "req", "-new", "-key", f"{name}.key", "-subj", f"/O=Test/CN={name}", "-out",
               f"{name}.csr")
        theirs(test, "x509", "-req", "-in", f"{name}.csr", "-days", "9", "-out", f"{name}.pem",
               *(signer or ["-signkey", "ca.key"]))
    theirs(test, "pkey", "-in", "leaf.key", "-aes256", "-passout", "pass:secret", "-out", "locked.key")
    for name, parts in (("mixed.pem", ("ca.pem", "leaf.pem")),
                        ("one.pem", ("leaf.key", "leaf.pem", "ca.pem"))):
        with open(test.path(name), "wb") as file:
            file.write(b"".join(content(test, part) for part in parts))
    test_unpacking(test)
    test_packing(test)
    test_chain(test)
    test_name(test)
    test_pkcs7(test)
    for args, wanted in (
            (["-in", "plain.p12", "-passin", "pass:x", "-nodes"], "plain.p12: the passphrase"),
            (["-in", "leaf.pem", "-passin", "pass:x", "-nodes"], "leaf.pem"),
            (["-export", "-in", "leaf.pem", "-inkey", "ca.key", *OUT], "no certificate matches"),
            (["-export", "-in", "leaf.pem", *OUT], "leaf.pem: "),
            (["-export", "-in", "leaf.pem", "-inkey", "leaf.key", "-legacy", *OUT], "-legacy"),
            (["-export", "-in", "leaf.pem", "-keypbe", "PBE-SHA1-3DES"], "use AES-256-CBC"),
            (["-export", "-in", "leaf.pem", "-inkey", "leaf.key", "-chain", "-CAfile", "nowhere", *OUT],
             "nowhere")):
        refused(test, ["pkcs12", *args], wanted)
    refused(test, ["crl2pkcs7", "-in", "x"], "give -nocrl")
    refused(test, ["crl2pkcs7", "-certfile", "leaf.pem"], "give -nocrl -certfile FILE")
    refused(test, ["pkcs7", "-in", "leaf.pem"], "there is no PKCS7")
    refused(test, ["pkcs7", "-in", "leaf.key", "-print"], "-print_certs -text")
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
