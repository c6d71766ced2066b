#!/usr/bin/env python3
"""`ward openssl crl` beside openssl(1), on lists that `openssl ca` and certtool make: each thing that can
be shown, byte by byte, and the signature checked. It covers src/cli/openssl/crl.c and text_crl.c.

Listed differences: a list that no CA given has signed makes the exit status 1; what 3.0 shows of names
and blank lines otherwise than 3.5 is as in openssl_x509.py.
"""
import os
import re
import shutil
import subprocess
import sys

from beside_openssl import FORM_OF_35, ours, refused, theirs, write
from command import Test, need

CA = """[ca]
default_ca=d
[d]
database={0}/index
default_md=sha256
crlnumber={0}/number
serial={0}/serial
new_certs_dir={0}
policy=p
crl_extensions={1}
[p]
commonName=optional
[plain]
authorityKeyIdentifier=keyid
[scoped]
authorityKeyIdentifier=keyid:always,issuer:always
issuingDistributionPoint=critical,@idp
issuerAltName=DNS:crl.example
[idp]
fullname=URI:http://a.example/ca.crl
onlyuser=TRUE
"""

REASONS = ("unspecified", "keyCompromise", "CACompromise", "affiliationChanged", "superseded",
           "cessationOfOperation", "certificateHold")


def state(test, extensions):
    folder = test.path(f"state-{extensions}")
    os.mkdir(folder)
    for name, text in (("index", ""), ("number", "1234ABCDEF\n"), ("serial", "80\n")):
        write(test, os.path.join(folder, name), text)
    write(test, f"{extensions}.cnf", CA.format(folder, extensions))
    return ["ca", "-batch", "-config", f"{extensions}.cnf", "-cert", "ca.pem", "-keyfile", "ca.key"]


def make_lists(test):
    base = state(test, "plain")
    theirs(test, *base, "-gencrl", "-crldays", "5", "-out", "empty.crl")
    for at, reason in enumerate(REASONS):
        theirs(test, *base, "-in", "leaf.csr", "-days", "9", "-notext", "-out", f"{at}.pem")
        theirs(test, *base, "-revoke", f"{at}.pem", "-crl_reason", reason)
    theirs(test, *base, "-in", "leaf.csr", "-days", "9", "-notext", "-out", "late.pem")
    theirs(test, *base, "-revoke", "late.pem", "-crl_compromise", "20260102030405Z")
    theirs(test, *base, "-gencrl", "-crldays", "5", "-out", "full.crl")
    theirs(test, *state(test, "scoped"), "-gencrl", "-crldays", "5", "-out", "scoped.crl")
    theirs(test, "crl", "-in", "full.crl", "-outform", "DER", "-out", "full.der")
    lists = ["empty.crl", "full.crl", "scoped.crl"]
    if shutil.which("certtool"):
        write(test, "crl.tmpl", "crl_next_update = 43\ncrl_number = 7\n")
        subprocess.run(["certtool", "--generate-crl", "--load-ca-privkey", "ca.key",
                        "--load-ca-certificate", "ca.pem", "--load-certificate", "0.pem",
                        "--template", "crl.tmpl", "--outfile", "gnutls.crl"], cwd=test.folder,
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        lists.append("gnutls.crl")
    return lists


def plain(text):
    """Without what 3.0 does otherwise: a line that is not ended, and blank lines."""
    text = re.sub(rb"(\S)( {16}Only )", rb"\1\n\2", text)
    return re.sub(rb"\n\n+", b"\n", text)


def compare(test, name, *args):
    form = FORM_OF_35 if "-text" in args or "-issuer" in args else []
    mine = ours(test, "crl", "-in", name, *args)
    other = theirs(test, "crl", "-in", name, *args, *form)
    test.check(f"{name}: crl {' '.join(args)}", plain(mine.out) == plain(other.out) and
               mine.status == other.status == 0, f"ward: {mine}\nopenssl: {other}")


def test_shown(test, lists):
    for name in lists:
        for args in (["-noout", "-text"], ["-text"], [], ["-outform", "DER"], ["-noout", "-issuer"],
                     ["-noout", "-lastupdate"], ["-noout", "-nextupdate"], ["-noout", "-crlnumber"],
                     ["-noout", "-hash"], ["-noout", "-fingerprint"],
                     ["-noout", "-fingerprint", "-sha256"],
                     ["-noout", "-lastupdate", "-nextupdate", "-dateopt", "iso_8601"],
                     ["-noout", "-issuer", "-crlnumber", "-hash", "-lastupdate", "-text"]):
            compare(test, name, *args)
    compare(test, "full.der", "-inform", "DER", "-noout", "-text")
    with open(test.path("full.crl"), "rb") as file:
        piped = ours(test, "crl", "-noout", "-crlnumber", stdin=file.read())
    test.check("standard input", piped.out == b"crlNumber=0x1234ABCDF0\n", piped)


def test_verified(test, lists):
    for name in lists:
        mine = ours(test, "crl", "-in", name, "-noout", "-CAfile", "ca.pem")
        test.check(f"verify OK: {name}", mine.status == 0 and mine.err == "verify OK\n", mine)
    folder = ours(test, "crl", "-in", "full.crl", "-noout", "-CApath", "folder")
    test.check("a folder", folder.status == 0 and folder.err == "verify OK\n", folder)
    with open(test.path("full.der"), "rb") as file:
        broken = bytearray(file.read())
    broken[-1] ^= 1
    for what, args, stdin in (("a signature that is wrong", ["-CAfile", "ca.pem"], bytes(broken)),
                              ("another key of that name", ["-CAfile", "twin.pem"], None),
                              ("another CA", ["-CAfile", "other.pem"], None)):
        source = ["-in", "full.crl"] if stdin is None else []
        told = ours(test, "crl", "-noout", *source, *args, stdin=stdin or b"")
        test.check(f"verify failure: {what}", told.status == 1 and "verify failure\n" in told.err and
                   "\nhint: " in told.err, told)


def main():
    need("openssl")
    test = Test()
    for name, subject in (("ca", "ca"), ("twin", "ca"), ("other", "other")):
        theirs(test, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key",
               "-subj", f"/O=Test/CN={subject}", "-out", f"{name}.pem", "-days", "9")
    theirs(test, "req", "-new", "-key", "other.key", "-subj", "/CN=leaf", "-out", "leaf.csr")
    os.mkdir(test.path("folder"))
    shutil.copy(test.path("ca.pem"), test.path("folder/ca.pem"))
    lists = make_lists(test)
    test_shown(test, lists)
    test_verified(test, lists)
    for args, wanted in ((["-in", "missing"], "missing"), (["-in", "ca.pem"], "no CRL is in the file"),
                         (["-in", "full.crl", "-gendelta", "x"], "complete lists"),
                         (["-in", "full.crl", "-noout", "-verify"], "give -CAfile FILE"),
                         (["-in", "full.crl", "-noout", "-CAfile", "missing"], "missing")):
        refused(test, ["crl", *args], wanted)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
