#!/usr/bin/env python3
# ctest: plain-only
"""ward and Java's keytool: its key stores (PKCS#12, with several entries), certificates, requests and lists
are read by ward; it reads ward's, signs ward's request, and takes ward's chain as the answer to its
own. It covers src/cli/material.c, cert_sign.c and src/crypto/pkcs12.c.
"""
import re
import sys

from command import Test, need, ward
from trips import WORD, Chain, make, make_word, run

KEYS = {"rsa": ("-keyalg", "RSA", "-keysize", "2048"),
        "p384": ("-keyalg", "EC", "-groupname", "secp384r1"),
        "ed25519": ("-keyalg", "Ed25519")}


class Store:
    """A key store of keytool's."""

    def __init__(self, test, name):
        self.test, self.path = test, test.path(name)

    def __call__(self, command, *args, word=WORD):
        return run("keytool", "-J-XX:TieredStopAtLevel=1", "-J-Xshare:auto", command, "-keystore",
                   self.path, "-storepass", word, "-storetype", "PKCS12", *args)

    def must(self, command, *args):
        ok, out = self(command, *args)
        self.test.check(f"keytool {command} {' '.join(args)}", ok, out)
        return out


def their_store(test, word):
    """A CA, keys of three kinds under it in one store; each is read from a store of its own."""
    ca = Store(test, "ca.p12")
    ca.must("-genkeypair", "-alias", "ca", *KEYS["p384"], "-dname", "CN=keytool's CA", "-ext",
            "bc:c=ca:true", "-ext", "ku:c=keyCertSign,cRLSign", "-validity", "30")
    ca.must("-exportcert", "-alias", "ca", "-rfc", "-file", test.path("ca.pem"))
    for kind, options in KEYS.items():
        store = Store(test, kind + ".p12")
        store.must("-genkeypair", "-alias", kind, *options, "-dname", "CN=Größe\\, j, C=DE", "-ext",
                   "san=dns:j.example,ip:192.0.2.1,email:a@j.example,uri:https://j.example/", "-ext",
                   "eku=serverAuth", "-ext", "ku:c=digitalSignature")
        back = ward("cert", "convert", store.path, "--to", "pem", "--passphrase-file", word)
        test.check(f"{kind}: the store", back.status == 0 and back.out.count("BEGIN CERT") == 1 and
                   back.out.count("BEGIN PRIVATE KEY") == 1, back)
        with open(test.path("both.pem"), "w", encoding="ascii") as file:
            file.write(back.out)
        match = ward("cert", "match", test.path("both.pem"), test.path("both.pem"))
        test.check(f"{kind}: its key belongs to its certificate", match.status == 0, match)
    return ca


def their_request(test, c, ca):
    """keytool asks, ward signs, keytool takes the answer; and the other way about."""
    store = Store(test, "rsa.p12")
    store.must("-certreq", "-alias", "rsa", "-file", test.path("j.csr"), "-ext",
               "san=dns:j.example,ip:192.0.2.1,email:a@j.example,uri:https://j.example/")
    signed = make(test, "cert", "sign", test.path("j.csr"), "--ca", c.middle, "--ca-key", c.middle_key,
                  "--out", test.path("j.pem"))
    test.check("keytool's request: its names", all(f"Name     {name}\n" in signed.err for name in
               ("j.example", "192.0.2.1", "a@j.example", "https://j.example/")), signed)
    make(test, "cert", "convert", test.path("j.pem"), c.middle, c.root, "--to", "p7b", "--out",
         test.path("reply.p7b"))
    out = store.must("-importcert", "-alias", "rsa", "-noprompt", "-file", test.path("reply.p7b"))
    test.check("keytool takes ward's PKCS#7 for an answer", "installed in keystore" in out, out)
    out = store.must("-list", "-v", "-alias", "rsa")
    test.check("and has a chain of three", "chain length: 3" in out and "CN=root p256" in out, out)

    ca.must("-gencert", "-alias", "ca", "-infile", c.csr, "-rfc", "-outfile", test.path("w.pem"), "-ext",
            "honored=all", "-validity", "20")
    told = ward("cert", "verify", test.path("w.pem"), "--cacert", test.path("ca.pem"), "--hostname",
                c.name)
    test.check("keytool signs ward's request, and ward verifies it", told.status == 0, told)
    for more in (), ("-rfc",):
        ca.must("-gencrl", "-alias", "ca", "-file", test.path("j.crl"), "-id", serial(test), *more)
        told = ward("cert", "verify", test.path("w.pem"), "--cacert", test.path("ca.pem"), "--crl",
                    test.path("j.crl"))
        test.check(f"revoked by keytool's list {more}", told.status == 1 and "revoked" in told.err, told)


def serial(test):
    shown = ward("cert", "show", test.path("w.pem"), "--json")
    return str(int(re.search(r'"serial":\s*"([0-9a-f]+)"', shown.out).group(1), 16))


def many_entries(test, c, word):
    """A store with two keys and a trusted certificate: the first key, with what belongs to it, first."""
    store = Store(test, "many.p12")
    for kind in ("p384", "ed25519"):
        store.must("-genkeypair", "-alias", kind, *KEYS[kind], "-dname", f"CN={kind}")
    store.must("-importcert", "-alias", "root", "-noprompt", "-file", c.root)
    back = ward("cert", "convert", store.path, "--to", "pem", "--passphrase-file", word)
    with open(test.path("many.pem"), "w", encoding="ascii") as file:
        file.write(back.out)
    match = ward("cert", "match", test.path("many.pem"), test.path("many.pem"))
    test.check("several entries in one store", back.status == 0 and back.out.count("BEGIN CERT") == 3 and
               match.status == 0, (back, match))


def ours(test, c, word):
    p12 = test.path("ours.p12")
    make(test, "cert", "convert", c.chain, c.root, c.plain_key, "--to", "p12", "--name", "www",
         "--new-passphrase-file", word, "--out", p12)
    store = Store(test, "ours.p12")
    out = store.must("-list", "-v")
    test.check("keytool reads ward's PKCS#12: a key with its chain", "PrivateKeyEntry" in out and
               "chain length: 3" in out and "Alias name: www" in out, out)
    ok, out = run("keytool", "-importkeystore", "-srckeystore", p12, "-srcstorepass", WORD,
                  "-srcstoretype", "PKCS12", "-destkeystore", test.path("ours.jks"), "-deststorepass",
                  WORD, "-deststoretype", "JKS", "-noprompt")
    test.check("and takes it over into a JKS", ok, out)
    refused = ward("cert", "convert", test.path("ours.jks"), "--to", "pem")
    test.check("which ward refuses and says what to do", refused.status == 2 and
               "keytool -importkeystore" in refused.err, refused)
    ok, out = run("keytool", "-printcertreq", "-file", c.csr)
    test.check("it reads ward's request", ok and f"DNSName: {c.name}" in out, out)
    ok, out = run("keytool", "-printcert", "-file", c.chain)
    test.check("and ward's chain", ok and f"DNSName: {c.name}" in out and "CA:true" in out, out)


def main():
    need("keytool", "openssl")
    test = Test()
    word = make_word(test)
    c = Chain(test, "p256")
    ca = their_store(test, word)
    their_request(test, c, ca)
    many_entries(test, c, word)
    ours(test, c, word)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
