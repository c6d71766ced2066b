#!/usr/bin/env python3
"""`ward cert csr`, `sign` and `convert` beside openssl, certtool and keytool: what ward makes, they
read; what they make, ward reads. It covers src/cli/cert_csr.c, cert_sign.c, cert_convert.c,
material.c and passphrase.c.
"""
import os
import shutil
import stat
import subprocess
import sys

from command import Test, need, ward

KINDS = ("p256", "p384", "p521", "ed25519", "rsa2048")
WORD = "seven-words"


def run(*args):
    done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode == 0, done.stdout.decode(errors="replace")


def make(test, *args):
    result = ward(*args)
    test.check(f"ward {' '.join(args[:2])}: done", result.status == 0, result)
    return result


def refused(test, what, status, wanted, *args):
    result = ward(*args)
    test.check(f"refused: {what}", result.status == status and wanted in result.err and
               "\nhint: " in result.err, result)


def issue(test, kind, word):
    """A CA, a request and a certificate for it, openssl looking on."""
    ca, ca_key = test.path(f"{kind}-ca.pem"), test.path(f"{kind}-ca-key.pem")
    csr, key, cert = (test.path(f"{kind}{end}") for end in (".csr", "-key.pem", ".pem"))
    make(test, "key", "new", "--type", kind, "--out", ca_key)
    ok, out = run("openssl", "req", "-x509", "-new", "-key", ca_key, "-subj", "/CN=CA", "-days",
                  "9", "-out", ca)
    test.check(f"{kind}: openssl makes a CA with ward's key", ok, out)
    make(test, "cert", "csr", "www.example.org", "192.0.2.1", "a@example.org",
         "https://example.org/", "--key-type", kind, "--out", csr, "--key-out", key)
    test.check(f"{kind}: the key's mode", stat.S_IMODE(os.stat(key).st_mode) == 0o600, "")
    ok, out = run("openssl", "req", "-in", csr, "-verify", "-noout", "-text")
    test.check(f"{kind}: openssl verifies the request", ok and "DNS:www.example.org" in out, out)
    shown = ward("cert", "show", csr)
    pem = ward("cert", "show", csr, "--pem")
    test.check(f"{kind}: the request is shown", shown.status == 0 and "proved: signed by" in shown.out and
               "www.example.org" in shown.out and pem.out == open(csr, encoding="ascii").read(), shown)
    signed = make(test, "cert", "sign", csr, "--ca", ca, "--ca-key", ca_key, "--out", cert)
    test.check(f"{kind}: the names are shown", "Name     192.0.2.1\n" in signed.err, signed)
    ok, out = run("openssl", "verify", "-CAfile", ca, cert)
    test.check(f"{kind}: openssl verifies the certificate", ok, out)
    match = ward("cert", "match", cert, key)
    test.check(f"{kind}: the key belongs to it", match.status == 0, match)
    bundles(test, kind, word, (cert, ca, key))
    key_forms(test, kind, word, key)


def bundles(test, kind, word, files):
    p12, p7b = test.path(kind + ".p12"), test.path(kind + ".p7b")
    make(test, "cert", "convert", *files, "--to", "p12", "--out", p12, "--name", "www",
         "--new-passphrase-file", word)
    ok, out = run("openssl", "pkcs12", "-in", p12, "-passin", "pass:" + WORD, "-nodes")
    test.check(f"{kind}: openssl reads the PKCS#12", ok and out.count("BEGIN") == 3 and
               "friendlyName: www" in out, out)
    test.check(f"{kind}: its mode", stat.S_IMODE(os.stat(p12).st_mode) == 0o600, "")
    if shutil.which("certtool"):
        ok, out = run("certtool", "--p12-info", "--inder", "--infile", p12, "--password", WORD)
        test.check(f"{kind}: certtool reads the PKCS#12", out.count("BEGIN CERT") == 2, out)
    if shutil.which("keytool"):
        ok, out = run("keytool", "-list", "-keystore", p12, "-storepass", WORD)
        test.check(f"{kind}: keytool reads the PKCS#12", ok and "PrivateKeyEntry" in out, out)
    back = make(test, "cert", "convert", p12, "--to", "pem", "--passphrase-file", word)
    test.check(f"{kind}: PKCS#12 and back", back.out == "".join(
        open(f, encoding="ascii").read() for f in (files[2], files[0], files[1])), back)
    make(test, "cert", "convert", files[0], files[1], "--to", "p7b", "--out", p7b)
    ok, out = run("openssl", "pkcs7", "-in", p7b, "-print_certs", "-noout")
    test.check(f"{kind}: openssl reads the PKCS#7", ok and out.count("subject=") == 2, out)
    back = make(test, "cert", "convert", p7b, "--to", "pem")
    test.check(f"{kind}: PKCS#7 and back", back.out.count("BEGIN CERTIFICATE") == 2, back)


def key_forms(test, kind, word, key):
    plain = open(key, encoding="ascii").read()
    locked = test.path(kind + "-locked.pem")
    make(test, "cert", "convert", key, "--to", "pkcs8", "--encrypt", "--new-passphrase-file", word,
         "--out", locked)
    ok, out = run("openssl", "pkey", "-in", locked, "-passin", "pass:" + WORD)
    test.check(f"{kind}: openssl decrypts the key", ok and out == plain, out)
    back = make(test, "cert", "convert", locked, "--to", "pkcs8", "--passphrase-file", word)
    test.check(f"{kind}: encrypted and back", back.out == plain, back)
    public = make(test, "cert", "convert", key, "--to", "public")
    ok, out = run("openssl", "pkey", "-in", key, "-pubout")
    test.check(f"{kind}: the public key as openssl writes it", out == public.out, out)
    older = "pkcs1" if kind.startswith("rsa") else "sec1"
    if kind == "ed25519":
        refused(test, "an older form of Ed25519", 2, "no such form", "cert", "convert", key, "--to",
                "pkcs1")
        return
    older = make(test, "cert", "convert", key, "--to", older, "--out", test.path(kind + "-old.pem"))
    ok, out = run("openssl", "pkey", "-in", test.path(kind + "-old.pem"))
    test.check(f"{kind}: the older form as openssl reads it", ok and out == plain, out)


def theirs(test, word):
    """What others make, ward reads."""
    key, cert = test.path("rsa2048-key.pem"), test.path("rsa2048.pem")
    for name, more in (("modern", ()), ("3DES and RC2", ("-legacy",)), ("no MAC", ("-nomac",))):
        p12 = test.path("theirs.p12")
        ok, out = run("openssl", "pkcs12", "-export", "-in", cert, "-inkey", key, "-passout",
                      "pass:" + WORD, "-out", p12, *more)
        if not ok:
            continue
        back = ward("cert", "convert", p12, "--to", "pem", "--passphrase-file", word)
        test.check(f"openssl's PKCS#12, {name}", back.status == 0 and
                   back.out.count("BEGIN") == 2, back)
    csr = test.path("theirs.csr")
    run("openssl", "req", "-new", "-key", key, "-subj", "/O=X/CN=x", "-addext",
        "subjectAltName=DNS:x.example", "-out", csr)
    signed = ward("cert", "sign", csr, "--ca", test.path("p256-ca.pem"), "--ca-key",
                  test.path("p256-ca-key.pem"))
    test.check("openssl's request", signed.status == 0 and "Name     x.example" in signed.err,
               signed)
    if shutil.which("keytool"):
        store = test.path("java.p12")
        ok, out = run("keytool", "-genkeypair", "-alias", "a", "-keyalg", "EC", "-groupname",
                      "secp256r1", "-dname", "CN=j", "-storetype", "PKCS12", "-keystore", store,
                      "-storepass", WORD)
        back = ward("cert", "convert", store, "--to", "pem", "--passphrase-file", word)
        test.check("keytool's PKCS#12", ok and back.out.count("BEGIN") == 2, (out, back))


def refusals(test, word):
    bad = test.path("bad")
    with open(bad, "w", encoding="ascii") as f:
        f.write("eight\n")
    refused(test, "a wrong passphrase", 2, "the passphrase is wrong", "cert", "convert",
            test.path("p256.p12"), "--to", "pem", "--passphrase-file", bad)
    refused(test, "a wrong passphrase of a key", 2, "the passphrase is wrong", "cert", "convert",
            test.path("p256-locked.pem"), "--to", "pem", "--passphrase-file", bad)
    refused(test, "two things as DER", 2, "there are 2", "cert", "convert", test.path("p256.pem"),
            test.path("p256-key.pem"), "--to", "der")
    refused(test, "a key of another certificate", 2, "does not belong", "cert", "convert",
            test.path("p256.pem"), test.path("p384-key.pem"), "--to", "p12",
            "--new-passphrase-file", word)
    refused(test, "no form", 2, "the form to convert to is missing", "cert", "convert", bad)
    refused(test, "neither certificate nor key", 2, "no private key", "cert", "convert", bad,
            "--to", "pem")
    with open(bad, "w", encoding="ascii") as f:
        f.write("-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n")
    refused(test, "a request that is none", 2, "request", "cert", "show", bad)
    refused(test, "no CA", 2, "the CA or its key is missing", "cert", "sign", bad)
    refused(test, "a CA that is none", 1, "is no CA", "cert", "sign", test.path("p256.csr"), "--ca",
            test.path("p256.pem"), "--ca-key", test.path("p256-key.pem"))
    refused(test, "no name", 2, "a name is missing", "cert", "csr")


def main():
    need("openssl")
    test = Test()
    word = test.path("word")
    with open(word, "w", encoding="ascii") as f:
        f.write(WORD + "\n")
    for kind in KINDS:
        issue(test, kind, word)
    theirs(test, word)
    refusals(test, word)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
