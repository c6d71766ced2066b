#!/usr/bin/env python3
"""`ward key new` and `show`, `ward cert new`, `match` and `check`: what ward makes, openssl reads and
verifies; what openssl makes, ward reads; files and their modes. It covers src/cli/key_new.c,
key_show.c, cert_new.c, cert_match.c, cert_check.c and output.c.
"""
import base64
import hashlib
import json
import os
import stat
import subprocess
import sys

from command import WARD, Authority, Test, clean_environment, need, ward

KINDS = {"p256": "P-256", "p384": "P-384", "ed25519": "Ed25519", "rsa2048": "RSA",
         "rsa3072": "RSA", "rsa4096": "RSA"}


def openssl(*args, data=None):
    done = subprocess.run(["openssl", *args], input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    return done.returncode == 0, done.stdout, done.stderr.decode()


def refused(test, args, status, wanted, **more):
    result = ward(*args, **more)
    test.check(f"refused: {args}", result.status == status and wanted in result.err and
               "\nhint: " in result.err and result.out == "", result)


def mode_of(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def test_keys(test):
    for kind, name in KINDS.items():
        path = test.path(kind + ".pem")
        made = ward("key", "new", "--type", kind, "--out", path)
        test.check(f"{kind}: made, silently", made.status == 0 and made.out + made.err == "", made)
        test.check(f"{kind}: nobody else reads it", mode_of(path) == 0o600)
        good, public, said = openssl("pkey", "-in", path, "-pubout")
        test.check(f"{kind}: openssl reads it: {said}", good)
        test.check(f"{kind}: --public is openssl's",
                   ward("key", "show", path, "--public").out.encode() == public)
        _, der, _ = openssl("pkey", "-in", path, "-pubout", "-outform", "DER")
        told = json.loads(ward("key", "show", path, "--json").out)
        test.check(f"{kind}: {told}", told["type"] == name and told["schema"] == 1 and
                   told["spki_sha256"] == hashlib.sha256(der).hexdigest() and
                   (name != "RSA" or told["bits"] == int(kind[3:])))
        pin = base64.b64encode(hashlib.sha256(der).digest()).decode()
        text = ward("key", "show", path)
        test.check(f"{kind}: as text", text.status == 0 and f"sha256//{pin}\n" in text.out and
                   f" {name}, " in text.out, text)
        with open(path, "rb") as file:
            pem = file.read()
        test.check(f"{kind}: the key itself is not shown",
                   pem.splitlines()[1].decode() not in text.out)
        _, der, _ = openssl("pkey", "-in", path, "-outform", "DER")
        test.check(f"{kind}: DER from standard input",
                   ward("key", "show", "-", stdin=der).out == text.out)
    plain = ward("key", "new")
    test.check("to standard output", plain.status == 0 and
               plain.out.startswith("-----BEGIN PRIVATE KEY-----\n"), plain)
    test.check("two are not alike", plain.out != ward("key", "new").out)
    with open(path, "rb") as file:
        before = file.read()
    refused(test, ["key", "new", "--out", path], 2, "there is such a file")
    with open(path, "rb") as file:
        test.check("it is still there", file.read() == before)
    test.check("replaced by force", ward("key", "new", "--force", "--out", path).status == 0)
    with open(path, "rb") as file:
        test.check("it is another one", file.read() != before)
    _, locked, _ = openssl("pkey", "-aes128", "-passout", "pass:x", data=before)
    refused(test, ["key", "show", "-"], 2, "passphrase", stdin=locked)
    for args, wanted in ((["new", "x"], "no operand"), (["new", "--type", "dsa"], "p256"),
                         (["new", "--out", "/nowhere/x"], "No such file"), (["show"], "nothing"),
                         (["show", "a", "b"], "more than one"),
                         (["show", "/nowhere"], "No such file"),
                         (["show", "/dev/null"], "no private key")):
        refused(test, ["key", *args], 2, wanted)
    for args in (["new"], ["show", path]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([WARD, "key", *args], stdout=full, stderr=subprocess.PIPE,
                                  check=False)
        test.check(f"a full disk: {args}", done.returncode == 3)


def make(test, *args):
    """In the test's folder."""
    done = subprocess.run([WARD, "cert", "new", *args], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, cwd=test.folder, env=clean_environment(),
                          check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_new(test):
    names = ["www.example", "*.w.example", "192.0.2.1", "2001:db8::1", "a@b.example",
             "https://u.example/"]
    made = make(test, *names)
    path, key = test.path("www.example.pem"), test.path("www.example-key.pem")
    test.check(f"made: {made}", made == (0, "Made www.example.pem and its key "
                                            "www.example-key.pem\n", ""))
    test.check("modes", mode_of(path) == 0o644 and mode_of(key) == 0o600)
    good, text, _ = openssl("x509", "-in", path, "-noout", "-text")
    for part in (b"DNS:www.example, DNS:*.w.example, IP Address:192.0.2.1, "
                 b"IP Address:2001:DB8:0:0:0:0:0:1, email:a@b.example, URI:https://u.example/",
                 b"Version: 3 ", b"TLS Web Server Authentication"):
        test.check(f"openssl reads {part}", good and part in text, text.decode())
    for host in ("www.example", "mail.w.example"):
        good, _, said = openssl("verify", "-CAfile", path, "-purpose", "sslserver",
                                "-verify_hostname", host, path)
        test.check(f"openssl verifies it for {host}: {said}", good)
        verified = ward("cert", "verify", path, "--cacert", path, "--hostname", host)
        test.check(f"ward verifies it for {host}", verified.status == 0, verified)
    told = json.loads(ward("cert", "show", path, "--json").out)["certificates"][0]
    test.check("90 days", told["days_left"] in (89, 90), told)
    match = ward("cert", "match", path, key)
    test.check("the key belongs to it", match.status == 0 and match.out.startswith("match"), match)
    status, _, errors = make(test, "www.example")
    test.check(f"not over files that are there: {errors}", status == 2 and "--force" in errors)
    test.check("but by force", make(test, "--force", "www.example")[0] == 0)
    for kind, name in KINDS.items():
        status, _, errors = make(test, "--key-type", kind, "--lifetime", "160h", "--cert", kind + ".crt",
                                 "--key", kind + ".key", "x.example")
        test.check(f"{kind}: made: {errors}", status == 0)
        good, _, said = openssl("verify", "-CAfile", test.path(kind + ".crt"),
                                test.path(kind + ".crt"))
        told = json.loads(ward("cert", "show", test.path(kind + ".crt"),
                               "--json").out)["certificates"][0]
        test.check(f"{kind}: {said} {told['key']}", good and told["key"]["type"] == name and
                   told["days_left"] == 6)
    test.check("a name with a star", make(test, "*.star.example")[0] == 0 and
               os.path.exists(test.path("_.star.example.pem")))
    long = ".".join(["a" * 60, "b" * 60, "example"])
    test.check("a name longer than a common name", make(test, long)[0] == 0)
    for args, wanted in (([], "name is missing"), (["a_b", "ä.example"], "xn--"),
                         (["x.y", "--lifetime", "1"], "90d"), (["x.y", "--key-type", "x"], "p256"),
                         (["x.y", "--cert", "a", "--key", "a"], "file of its own"),
                         (["x.y", "--key", "/nowhere/k"], "No such file"),
                         (["*.*.example"], "\n")):
        status, out, errors = make(test, *args)
        test.check(f"refused: {args}: {errors}", status == 2 and wanted in errors and
                   "\nhint: " in errors and out == "")
    test.check("nothing half-made", not [name for name in os.listdir(test.folder)
                                         if name.startswith((".", "x.y"))])


def test_match(test):
    ca = Authority(test.folder)
    leaf, key = ca.leaf("leaf")
    _, other = ca.leaf("other")
    test.check("openssl's pair", ward("cert", "match", leaf, key).status == 0)
    refused(test, ["cert", "match", leaf, other], 1, "does not belong")
    refused(test, ["cert", "match", leaf], 2, "missing")
    refused(test, ["cert", "match", leaf, key, "x"], 2, "more than a pair")
    refused(test, ["cert", "match", leaf, leaf], 2, "no private key")
    refused(test, ["cert", "match", key, key], 2, "no certificate")
    with open(key, "rb") as file:
        piped = ward("cert", "match", leaf, "-", stdin=file.read())
    test.check("the key from standard input", piped.status == 0, piped)


def test_check(test):
    make(test, "soon.example", "--lifetime", "492h")  # 20 days and a half
    path = test.path("soon.example.pem")
    good = ward("cert", "check", path)
    test.check("good for 14 days", good.status == 0 and good.out.startswith("good: ") and
               "20 days left" in good.out, good)
    quiet = ward("cert", "check", "-q", path, "--within", "19d")
    test.check("quiet", quiet.status == 0 and quiet.out + quiet.err == "", quiet)
    refused(test, ["cert", "check", path, "--within", "21d"], 1, "20 days left")
    with open(path, "rb") as file:
        both = file.read() + open(test.path("www.example.pem"), "rb").read()
    mixed = ward("cert", "check", "-", "--within", "30d", stdin=both)
    test.check("one of two", mixed.status == 1 and "www.example" in mixed.out and
               "soon.example" in mixed.err, mixed)
    ca = Authority(test.folder)
    old, _ = ca.leaf("old", dates=("20200101000000Z", "20210101000000Z"))
    young, _ = ca.leaf("young", dates=("20900101000000Z", "20910101000000Z"))
    refused(test, ["cert", "check", old], 1, "expired")
    refused(test, ["cert", "check", young], 1, "not valid for another")
    refused(test, ["cert", "check"], 2, "nothing to check")
    refused(test, ["cert", "check", "a", "b"], 2, "more than one")
    refused(test, ["cert", "check", path, "--within", "5"], 2, "14d")
    refused(test, ["cert", "check", "/nowhere"], 2, "No such file")


def main():
    need("openssl")
    test = Test()
    test_keys(test)
    test_new(test)
    test_match(test)
    test_check(test)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
