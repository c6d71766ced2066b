#!/usr/bin/env python3
# ctest: plain-only
"""What GnuTLS's certtool makes, ward reads: keys in each of its encryptions, certificates, requests, lists,
PKCS#12 and PKCS#7; and certtool reads and verifies what ward makes. It covers src/cli/material.c and
src/crypto/privkey_encrypted.c, pkcs12.c.
"""
import json
import os
import re
import sys

from command import Test, need, ward
from trips import KINDS, WORD, Chain, make, make_word, run, text_of

KEYS = {"rsa": ("--key-type", "rsa", "--bits", "2048"),
        "p256": ("--key-type", "ecdsa", "--curve", "secp256r1"),
        "p384": ("--key-type", "ecdsa", "--curve", "secp384r1"),
        "p521": ("--key-type", "ecdsa", "--curve", "secp521r1"),
        "ed25519": ("--key-type", "ed25519",)}
# What certtool can encrypt a key with.
CIPHERS = ("3des", "3des-pkcs12", "aes-128", "aes-192", "aes-256", "rc2-40", "arcfour")

CA = """cn = "certtool's CA"
serial = 11
expiration_days = 30
ca
cert_signing_key
crl_signing_key
"""

LEAF = """country = DE
organization = "Größe, ward"
cn = "leaf.example"
serial = 0x7fffffffffffffff01
expiration_days = 20
dns_name = "leaf.example"
dns_name = "*.w.example"
ip_address = "192.0.2.1"
ip_address = "2001:db8::1"
uri = "https://leaf.example/x"
email = "a@leaf.example"
tls_www_server
signing_key
policy1 = 1.2.3.4
policy1_txt = "a notice"
policy1_url = "http://cps.example/"
ocsp_uri = "http://ocsp.example/"
ca_issuers_uri = "http://ca.example/ca.der"
crl_dist_points = "http://crl.example/a.crl"
tls_feature = 5
"""

CRL = """crl_this_update_date = "2026-01-01 00:00:00"
crl_next_update_date = "2098-01-01 00:00:00"
crl_number = 77
crl_revocation_date = "2026-01-01 00:00:00"
"""


class Tool:
    """certtool in the folder of a test."""

    def __init__(self, test):
        self.test = test

    def __call__(self, *args):
        return run("certtool", *args, cwd=self.test.folder)

    def must(self, *args):
        ok, out = self(*args)
        self.test.check(f"certtool {' '.join(args)}", ok, out)

    def write(self, name, text):
        with open(self.test.path(name), "w", encoding="utf-8") as file:
            file.write(text)


def public_of(path, *args):
    return ward("key", "show", path, "--public", *args)


def keys(test, tool, word):
    for kind, options in KEYS.items():
        key = test.path(f"{kind}.key")
        tool.must("--generate-privkey", *options, "--outfile", key)
        _, out = tool("--load-privkey", key, "--pubkey-info", "--outder", "--outfile", kind + ".spki")
        plain = public_of(key)
        wanted = text_of_spki(test.path(kind + ".spki"))
        test.check(f"{kind}: a key", plain.status == 0 and plain.out == wanted, plain)
        for form in ((), ("--outder",)):
            tool.must("--to-p8", "--load-privkey", key, "--empty-password", "--outfile", "p8", *form)
            told = public_of(test.path("p8"), "--passphrase-file", "/dev/null")
            test.check(f"{kind}: PKCS#8 {form}", told.out == wanted, told)
    for i, cipher in enumerate(CIPHERS):
        form = ("--outder",)[:i % 2]
        tool.must("--to-p8", "--load-privkey", "p256.key", "--password", WORD, "--pkcs-cipher", cipher,
                  "--outfile", "p8", *form)
        told = public_of(test.path("p8"), "--passphrase-file", word)
        # libcrypto's legacy provider may be missing, which is told.
        test.check(f"a key under {cipher} {form}", told.out == public_of(test.path("p256.key")).out or
                   (cipher in ("rc2-40", "arcfour") and "legacy provider" in told.err), told)
    told = public_of(test.path("p8"), "--passphrase-file", tool_wrong(test))
    test.check("a wrong passphrase", told.status == 2 and told.out == "", told)


def tool_wrong(test):
    with open(test.path("wrong"), "w", encoding="ascii") as file:
        file.write("eight\n")
    return test.path("wrong")


def text_of_spki(path):
    _, out = run("openssl", "pkey", "-pubin", "-inform", "DER", "-in", path)
    return out


def certificates(test, tool, kind, word):
    ca, cert, key = f"{kind}-ca.pem", f"{kind}-leaf.pem", f"{kind}.key"
    tool.must("--generate-self-signed", "--load-privkey", key, "--template", "ca.cfg", "--outfile", ca)
    tool.must("--generate-certificate", "--load-privkey", key, "--load-ca-certificate", ca,
              "--load-ca-privkey", key, "--template", "leaf.cfg", "--outfile", cert)
    told = ward("cert", "verify", test.path(cert), "--cacert", test.path(ca), "--hostname",
                "a.w.example")
    test.check(f"{kind}: certtool's chain is verified", told.status == 0, told)
    shown = ward("cert", "show", "--json", test.path(cert))
    facts = json.loads(shown.out)["certificates"][0]
    _, listed = tool("--certificate-info", "--infile", cert)
    test.check(f"{kind}: all that it has is shown", facts["serial"] == "7fffffffffffffff01" and
               facts["subject"] == "CN=leaf.example,O=Größe\\, ward,C=DE" and
               all(word_ in shown.out for word_ in ("*.w.example", "2001:db8::1", "a notice",
                                                    "http://ocsp.example/", "http://crl.example/a.crl",
                                                    "status_request", "http://cps.example/")) and
               len(facts["extensions"]) == len(re.findall(r"^\t\t[A-Z].*\(.*critical\):$", listed, re.M)),
               (shown, listed))
    fingerprint = re.search(r"sha256:([0-9a-f]{64})", listed).group(1)
    test.check(f"{kind}: the fingerprint", facts["sha256"] == fingerprint, (facts, listed))
    lists(test, tool, kind, ca, cert)
    bundles(test, tool, kind, word, ca, cert)


def lists(test, tool, kind, ca, cert):
    for form in ((), ("--outder",)):
        tool.must("--generate-crl", "--load-ca-privkey", f"{kind}.key", "--load-ca-certificate", ca,
                  "--load-certificate", cert, "--template", "crl.cfg", "--outfile", "list", *form)
        told = ward("cert", "verify", test.path(cert), "--cacert", test.path(ca), "--crl",
                    test.path("list"))
        test.check(f"{kind}: revoked by its list {form}", told.status == 1 and "revoked" in told.err,
                   told)


def bundles(test, tool, kind, word, ca, cert):
    for cipher in ("3des-pkcs12", "aes-256", "rc2-40") if kind == "p384" else ("aes-256",):
        tool.must("--to-p12", "--load-privkey", f"{kind}.key", "--load-certificate", cert,
                  "--load-ca-certificate", ca, "--password", WORD, "--p12-name", "www", "--outder",
                  "--pkcs-cipher", cipher, "--outfile", "p12")
        back = ward("cert", "convert", test.path("p12"), "--to", "pem", "--passphrase-file", word)
        test.check(f"{kind}: PKCS#12 of certtool under {cipher}", (back.status == 0 and
                   back.out.count("BEGIN CERT") == 2 and back.out.count("PRIVATE") == 2) or
                   (cipher == "rc2-40" and "legacy provider" in back.err), back)
    with open(test.path("both.pem"), "w", encoding="utf-8") as file:
        file.write("".join(open(test.path(f), encoding="utf-8").read() for f in (cert, ca)))
    for form in ((), ("--outder",)):
        ok, out = tool("--p7-bundle", "--p7-include-cert", "--load-certificate", "both.pem",
                       "--outfile", "p7b", *form)
        if ok: # not every version can
            back = ward("cert", "convert", test.path("p7b"), "--to", "pem")
            test.check(f"{kind}: PKCS#7 of certtool {form}", back.status == 0 and
                       back.out.count("BEGIN CERT") == 2, (back, out))


def requests(test, tool, kind, c):
    tool.must("--generate-request", "--load-privkey", f"{kind}.key", "--template", "leaf.cfg",
              "--outfile", "csr")
    signed = ward("cert", "sign", test.path("csr"), "--ca", c.middle, "--ca-key", c.middle_key,
                  "--out", test.path("signed.pem"), "--force")
    test.check(f"{kind}: a request of certtool's is signed", signed.status == 0 and
               "*.w.example" in signed.err and "2001:db8::1" in signed.err, signed)
    with open(test.path("chain"), "w", encoding="utf-8") as file:
        file.write(text_of(test.path("signed.pem")) + text_of(c.middle))
    ok, out = tool("--verify", "--load-ca-certificate", c.root, "--infile", "chain",
                   "--verify-hostname", "a.w.example", "--verify-purpose", "1.3.6.1.5.5.7.3.1")
    test.check(f"{kind}: and certtool verifies the chain", ok and "The certificate is trusted" in out, out)


def ours(test, tool, c, word):
    """What ward makes, certtool reads."""
    ok, out = tool("--verify", "--load-ca-certificate", c.root, "--infile", c.chain,
                   "--verify-hostname", c.name)
    test.check(f"{c.kind}: certtool verifies ward's chain", ok and "is trusted" in out, out)
    ok, out = tool("--verify", "--load-ca-certificate", c.root, "--infile", c.chain,
                   "--verify-hostname", "other.example")
    test.check(f"{c.kind}: and refuses it for another name", not ok, out)
    ok, out = tool("--crq-info", "--infile", c.csr)
    test.check(f"{c.kind}: it reads ward's request", ok and "Self signature: verified" in out, out)
    locked = c.path("locked.der")
    make(test, "cert", "convert", c.plain_key, "--to", "pkcs8-der", "--encrypt",
         "--new-passphrase-file", word, "--out", locked)
    public = make(test, "cert", "convert", c.plain_key, "--to", "public").out
    ok, out = tool("--load-privkey", locked, "--inder", "--password", WORD, "--pubkey-info")
    test.check(f"{c.kind}: it reads ward's encrypted key", ok and public in out, out)


def main():
    need("certtool", "openssl")
    os.environ["LC_ALL"] = "C.UTF-8"
    test = Test()
    word = make_word(test)
    tool = Tool(test)
    for name, text in (("ca.cfg", CA), ("leaf.cfg", LEAF), ("crl.cfg", CRL)):
        tool.write(name, text)
    keys(test, tool, word)
    chains = [Chain(test, kind) for kind in KINDS]
    for c in chains:
        ours(test, tool, c, word)
    for kind in ("rsa", "p384", "ed25519"):
        certificates(test, tool, kind, word)
        requests(test, tool, kind, chains[1])
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
