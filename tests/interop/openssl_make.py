#!/usr/bin/env python3
"""The making part of `ward openssl x509` beside openssl(1): for a request, for itself, anew by another CA,
and requests out of certificates. Both make one from the same files, and what openssl shows of the two
must agree but for serial numbers and times. It covers src/cli/openssl/x509_make.c and issue.c.

Listed differences: where OpenSSL 3.0 makes certificates of version 1, or without key identifiers, ward
does as 3.5; weak hashes are refused; -x509toreq writes no text that was not asked for.
"""
import os
import sys

from beside_openssl import ours, peer_version, refused, shown, theirs, write
from command import Test, need

EXTENSIONS = """
subjectAltName = @names
basicConstraints = CA:FALSE
keyUsage = digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid,issuer
[ca]
basicConstraints = critical, CA:true, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always, issuer:always
[server]
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[names]
DNS.1 = leaf.example
IP.1 = 192.0.2.1
"""


def both(test, what, *args):
    """Both make a certificate with these options. Gives our result."""
    mine = ours(test, "x509", *args, "-out", "mine.pem")
    other = theirs(test, "x509", *args, "-out", "other.pem")
    test.check(f"same: {what}", mine.status == other.status == 0 and
               shown(test, "mine.pem") == shown(test, "other.pem"),
               f"ward: {mine}\n{shown(test, 'mine.pem')}\nopenssl: {other}\n"
               f"{shown(test, 'other.pem')}")
    return mine


def content(test, name):
    with open(test.path(name), encoding="ascii") as file:
        return file.read()


def serial(test, name):
    return theirs(test, "x509", "-in", name, "-noout", "-serial").out.decode().strip()


def test_signing(test, new):
    ca = ["-CA", "ca.pem", "-CAkey", "ca.key"]
    for what, args in (
            ("by a CA", ["-req", "-in", "leaf.csr", *ca, "-extfile", "ext.cnf", "-days", "90"]),
            ("a section", ["-req", "-in", "leaf.csr", *ca, "-extfile", "ext.cnf", "-extensions",
                           "server"]),
            ("a CA below", ["-req", "-in", "leaf.csr", *ca, "-extfile", "ext.cnf", "-extensions",
                            "ca"]),
            ("another hash", ["-req", "-in", "leaf.csr", *ca, "-sha512", "-extfile", "ext.cnf"]),
            ("itself", ["-req", "-in", "leaf.csr", "-signkey", "leaf.key", "-extfile", "ext.cnf",
                        "-extensions", "ca"]),
            ("a certificate anew", ["-in", "old.pem", "-signkey", "leaf.key", "-days", "10"]),
            ("a certificate anew, by a CA", ["-in", "old.pem", *ca, "-days", "10"]),
            ("anew, without its extensions", ["-in", "old.pem", *ca, "-clrext", "-extfile",
                                              "ext.cnf", "-extensions", "server"]),
            ("anew, at its times", ["-in", "old.pem", *ca, "-preserve_dates"]),
            ("a key that is encrypted", ["-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey",
                                         "locked.key", "-passin", "pass:secret", "-extfile",
                                         "ext.cnf"]),
            ("another key", ["-req", "-in", "leaf.csr", *ca, "-force_pubkey", "other.pub", "-extfile",
                             "ext.cnf", "-extensions", "server"]),
            ("what a request asks for", ["-req", "-in", "leaf.csr", *ca, "-copy_extensions", "copy",
                                         "-extfile", "ext.cnf", "-extensions", "server"])):
        both(test, what, *args)
        if "-req" in args or "-clrext" in args: # or it names the issuer that it had
            test.check(f"openssl takes it: {what}", theirs(
                test, "verify", "-CAfile", "mine.pem" if "-signkey" in args else "ca.pem",
                "mine.pem").status == 0)
    if new:
        both(test, "no extensions", "-req", "-in", "leaf.csr", *ca)
        both(test, "new", "-new", "-subj", "/CN=new", "-key", "leaf.key")
    mine = ours(test, "x509", "-req", "-in", "leaf.csr", *ca, "-out", "mine.pem")
    told = shown(test, "mine.pem")
    test.check("without a file: key identifiers, as 3.5", mine.status == 0 and
               "Subject Key Identifier" in told and "Authority Key Identifier" in told and
               "Version: 3" in told, told)
    test.check("the request is told", mine.err == "Certificate request self-signature ok\n"
               "subject=O=Test, CN=leaf\n", mine)
    made = ours(test, "x509", "-new", "-subj", "/CN=new", "-key", "leaf.key", "-out", "mine.pem")
    test.check("-new", made.status == 0 and "Subject: CN=new" in shown(test, "mine.pem"), made)
    times = ours(test, "x509", "-req", "-in", "leaf.csr", *ca, "-not_before", "20260101000000Z",
                 "-not_after", "270101000000Z", "-noout", "-dates")
    test.check("-not_before and -not_after", times.out == b"notBefore=Jan  1 00:00:00 2026 GMT\n"
               b"notAfter=Jan  1 00:00:00 2027 GMT\n", times)
    shows = ours(test, "x509", "-req", "-in", "leaf.csr", *ca, "-days", "2", "-noout", "-subject",
                 "-issuer")
    test.check("what is made is shown", shows.out == b"subject=O=Test, CN=leaf\nissuer=CN=ca\n", shows)


def test_serials(test):
    """The file of numbers, made by the one and counted on by the other."""
    args = ["-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-out", "n.pem"]
    ours(test, "x509", *args, "-CAcreateserial")
    first = content(test, "ca.srl").strip()
    test.check("-CAcreateserial writes the number", serial(test, "n.pem") == f"serial={first}", first)
    for make in (theirs, ours, theirs):
        number = int(content(test, "ca.srl"), 16) + 1
        make(test, "x509", *args)
        test.check("the file is counted on", int(serial(test, "n.pem")[7:], 16) == number ==
                   int(content(test, "ca.srl"), 16), content(test, "ca.srl"))
    write(test, "own.srl", "FF\n")
    for make, number in ((ours, "0100"), (theirs, "0101")):
        make(test, "x509", *args, "-CAserial", "own.srl")
        test.check(f"-CAserial: {number}", serial(test, "n.pem") == f"serial={number}" and
                   content(test, "own.srl") == number + "\n", content(test, "own.srl"))
    ours(test, "x509", *args, "-set_serial", "0x77")
    test.check("-set_serial", serial(test, "n.pem") == "serial=77")
    os.remove(test.path("ca.srl"))
    ours(test, "x509", *args)
    test.check("without a file: random, and none is written", len(serial(test, "n.pem")) > 30 and
               not os.path.exists(test.path("ca.srl")), serial(test, "n.pem"))
    missing = ours(test, "x509", *args, "-CAserial", "missing.srl")
    test.check("a file that is missing", missing.status == 1 and "-CAcreateserial" in missing.err,
               missing)


def test_requests(test):
    for copied in ("none", "copy"):
        args = ["-x509toreq", "-in", "old.pem", "-signkey", "leaf.key", "-copy_extensions", copied]
        mine = ours(test, "x509", *args, "-out", "mine.csr")
        other = theirs(test, "x509", *args, "-out", "other.csr")
        told = [theirs(test, "req", "-in", name, "-verify", "-noout", "-text").out.split(b"Signature")[0]
                for name in ("mine.csr", "other.csr")]
        test.check(f"a request out of a certificate: {copied}", mine.status == other.status == 0 and
                   told[0] == told[1] and b"CN = leaf" in told[0] or b"CN=leaf" in told[0],
                   f"{mine}\n{told}")


def test_refused(test):
    ca = ["-CA", "ca.pem", "-CAkey", "ca.key"]
    for args, wanted in (
            (["-req", "-in", "leaf.csr"], "give -CA and -CAkey, or -key"),
            (["-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "leaf.key"],
             "leaf.key: the private key does not belong"),
            (["-req", "-in", "leaf.csr", *ca, "-extfile", "ext.cnf", "-extensions", "no"],
             "there is no section [no]"),
            (["-req", "-in", "leaf.csr", *ca, "-sha1"], "use -sha256"),
            (["-req", "-in", "leaf.csr", *ca, "-days", "-1"], "give a number of days"),
            (["-req", "-in", "leaf.csr", *ca, "-set_serial", "0xg"], "give a number"),
            (["-req", "-in", "leaf.csr", *ca, "-not_after", "tomorrow"], "give YYYYMMDDHHMMSSZ"),
            (["-req", "-in", "leaf.csr", *ca, "-key", "ca.key"], "cannot stand together"),
            (["-req", "-in", "old.pem", *ca], "no certificate request"),
            (["-new", "-key", "leaf.key"], "give -subj"),
            (["-x509toreq", "-in", "old.pem"], "give -key FILE"),
            (["-in", "old.pem", "-trustout"], "trusted certificates are files")):
        refused(test, ["x509", *args], wanted)
    with open(test.path("leaf.der"), "rb") as file:
        broken = bytearray(file.read())
    broken[-1] ^= 1
    told = ours(test, "x509", "-req", *ca, stdin=bytes(broken))
    test.check("a request that is not signed by its key", told.status == 1 and told.out == b"" and
               "self-signature did not match" in told.err, told)


def main():
    need("openssl")
    test = Test()
    write(test, "ext.cnf", EXTENSIONS)
    for name in ("ca", "leaf", "other"):
        theirs(test, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")
    theirs(test, "pkey", "-in", "other.key", "-pubout", "-out", "other.pub")
    theirs(test, "pkey", "-in", "ca.key", "-aes256", "-passout", "pass:secret", "-out", "locked.key")
    theirs(test, "req", "-x509", "-key", "ca.key", "-subj", "/CN=ca", "-out", "ca.pem", "-days", "99")
    theirs(test, "req", "-new", "-key", "leaf.key", "-subj", "/O=Test/CN=leaf", "-addext",
           "subjectAltName=DNS:asked.example", "-out", "leaf.csr")
    theirs(test, "req", "-in", "leaf.csr", "-outform", "DER", "-out", "leaf.der")
    theirs(test, "x509", "-req", "-in", "leaf.csr", "-signkey", "leaf.key", "-extfile", "ext.cnf",
           "-days", "5", "-out", "old.pem")
    test_signing(test, peer_version(test) >= (3, 4))
    test_serials(test)
    test_requests(test)
    test_refused(test)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
