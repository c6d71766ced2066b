#!/usr/bin/env python3
"""`ward openssl pkey`, `rsa`, `ec`, `pkcs8`, `genpkey`, `genrsa` and `ecparam` beside openssl(1): the
same output to the byte for keys of every type; what one makes the other reads. It covers
src/cli/openssl/pkey.c, rsa_ec.c, genpkey.c, key_job.c, key_text.c, keys.c, and what all commands
share: openssl.c, parse.c, files.c, passphrase.c.

Listed differences: errors are told in ward's words; RSA keys have 2048 to 8192 bits and the exponent
65537; curves are P-256, P-384 and P-521, always by name, points not compressed; X25519 is refused.
"""
import os
import stat
import sys

from beside_openssl import alike, ours, refused, theirs
from command import Test, need

KINDS = {"rsa": ["RSA"], "rsa3": ["RSA", "-pkeyopt", "rsa_keygen_bits:3072"],
         "p256": ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
         "p384": ["EC", "-pkeyopt", "ec_paramgen_curve:secp384r1"],
         "p521": ["EC", "-pkeyopt", "ec_paramgen_curve:P-521"], "ed25519": ["ED25519"]}
RSA, EC = ("rsa", "rsa3"), ("p256", "p384", "p521")


def mode_of(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def make(test):
    """Half of them by ward, half by openssl; each is read by the other."""
    for index, (name, args) in enumerate(KINDS.items()):
        maker = ours if index % 2 else theirs
        made = maker(test, "genpkey", "-algorithm", *args, "-out", name + ".pem")
        test.check(f"{name}: made", made.status == 0, made)
        test.check(f"{name}: mode", mode_of(test.path(name + ".pem")) == 0o600)
        sound = theirs(test, "pkey", "-in", name + ".pem", "-check", "-noout")
        test.check(f"{name}: openssl finds it sound", sound.out == b"Key is valid\n", sound)
        theirs(test, "pkey", "-in", name + ".pem", "-pubout", "-out", name + ".pub")
        theirs(test, "pkey", "-in", name + ".pem", "-outform", "DER", "-out", name + ".der")


def test_pkey(test):
    for name in KINDS:
        for more in ([], ["-pubout"], ["-text"], ["-text", "-noout"], ["-text_pub"],
                     ["-text_pub", "-noout"], ["-pubout", "-text"], ["-pubout", "-text", "-noout"],
                     ["-check"], ["-check", "-noout"], ["-pubcheck", "-noout"],
                     ["-outform", "DER"], ["-pubout", "-outform", "DER"], ["-noout"]):
            alike(test, "pkey", "-in", name + ".pem", *more)
        if name != "ed25519":
            alike(test, "pkey", "-in", name + ".pem", "-traditional")
        alike(test, "pkey", "-in", name + ".der", "-inform", "DER")
        with open(test.path(name + ".pem"), "rb") as file:
            alike(test, "pkey", "-text", stdin=file.read())
        for more in ([], ["-text"], ["-text", "-noout"], ["-pubout"], ["-outform", "DER"],
                     ["-text_pub", "-noout"], ["-pubcheck", "-noout"]):
            alike(test, "pkey", "-pubin", "-in", name + ".pub", *more)
        alike(test, "pkcs8", "-topk8", "-nocrypt", "-in", name + ".pem")
        alike(test, "pkcs8", "-topk8", "-nocrypt", "-in", name + ".pem", "-outform", "DER")
        alike(test, "pkcs8", "-nocrypt", "-in", name + ".pem")
    ours(test, "pkey", "-in", "p256.pem", "-out", "again.pem")
    test.check("a key's file is nobody else's", mode_of(test.path("again.pem")) == 0o600)
    ours(test, "pkey", "-in", "p256.pem", "-pubout", "-out", "again.pub")
    test.check("a public key's file is everybody's", mode_of(test.path("again.pub")) & 0o044 != 0)


def test_rsa(test):
    for name in RSA:
        key = ["rsa", "-in", name + ".pem"]
        for more in ([], ["-pubout"], ["-text"], ["-text", "-noout"], ["-modulus", "-noout"],
                     ["-check", "-noout"], ["-check", "-text", "-modulus"], ["-traditional"],
                     ["-outform", "DER"], ["-traditional", "-outform", "DER"],
                     ["-RSAPublicKey_out"], ["-pubout", "-text"], ["-pubout", "-outform", "DER"]):
            mine = alike(test, *key, *more)
            test.check(f"what openssl says besides: {more}",
                       mine.err == theirs(test, *key, *more).err, mine)
        theirs(test, *key, "-RSAPublicKey_out", "-out", "pkcs1.pub")
        theirs(test, *key, "-RSAPublicKey_out", "-outform", "DER", "-out", "pkcs1.der")
        alike(test, "rsa", "-RSAPublicKey_in", "-in", "pkcs1.pub")
        alike(test, "rsa", "-RSAPublicKey_in", "-in", "pkcs1.der", "-inform", "DER", "-text")
        for more in ([], ["-text", "-noout"], ["-modulus", "-noout"], ["-pubout"]):
            alike(test, "rsa", "-pubin", "-in", name + ".pub", *more)
        theirs(test, *key, "-traditional", "-out", "old.pem")
        alike(test, "rsa", "-in", "old.pem", "-text")


def test_ec(test):
    for name in EC:
        key = ["ec", "-in", name + ".pem"]
        for more in ([], ["-pubout"], ["-text"], ["-text", "-noout"], ["-check", "-noout"],
                     ["-outform", "DER"], ["-pubout", "-outform", "DER"], ["-pubout", "-text"]):
            mine = alike(test, *key, *more)
            test.check(f"what openssl says besides: {more}",
                       mine.err == theirs(test, *key, *more).err, mine)
        for more in ([], ["-text", "-noout"], ["-outform", "DER"]):
            alike(test, "ec", "-pubin", "-in", name + ".pub", *more)
        theirs(test, *key, "-out", "old.pem")
        alike(test, "ec", "-in", "old.pem", "-text")
    for curve in ("prime256v1", "secp384r1", "secp521r1"):
        for more in ([], ["-text"], ["-text", "-noout"], ["-outform", "DER"]):
            alike(test, "ecparam", "-name", curve, *more)
        made = ours(test, "ecparam", "-name", curve, "-genkey", "-noout", "-out", "made.pem")
        test.check(f"ecparam -genkey: {curve}", made.status == 0 and
                   mode_of(test.path("made.pem")) == 0o600, made)
        alike(test, "ec", "-in", "made.pem", "-text")
    both = ours(test, "ecparam", "-name", "prime256v1", "-genkey")
    test.check("the curve and the key", both.out.startswith(b"-----BEGIN EC PARAMETERS-----\n") and
               b"-----BEGIN EC PRIVATE KEY-----\n" in both.out, both)
    curves = ours(test, "ecparam", "-list_curves")
    there = theirs(test, "ecparam", "-list_curves").out
    test.check("-list_curves", len(curves.out.splitlines()) == 3 and
               all(line in there for line in curves.out.splitlines()), curves)


def test_made(test):
    for args, bits in ((["genrsa"], "2048"), (["genrsa", "2304"], "2304"),
                       (["genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:2560"],
                        "2560")):
        made = ours(test, *args)
        told = theirs(test, "rsa", "-check", "-text", "-noout", stdin=made.out)
        test.check(f"{args}", told.status == 0 and f"({bits} bit".encode() in told.out and
                   b"RSA key ok" in told.out, told)
    old = ours(test, "genrsa", "-traditional")
    test.check("genrsa -traditional", old.out.startswith(b"-----BEGIN RSA PRIVATE KEY-----\n"), old)
    text = ours(test, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-text")
    shown = theirs(test, "pkey", "-text", stdin=text.out)
    test.check("genpkey -text", shown.out == text.out, text)
    der = ours(test, "genpkey", "-algorithm", "ED25519", "-outform", "DER")
    told = theirs(test, "pkey", "-inform", "DER", "-text", "-noout", stdin=der.out)
    test.check("genpkey -outform DER", told.status == 0, told)


def test_passphrases(test):
    """Encrypted by one, read by the other; the passphrase from everywhere it may come from."""
    with open(test.path("words"), "w", encoding="ascii") as file:
        file.write("first line\nsecond line\n")
    for name in KINDS:
        plain = theirs(test, "pkey", "-in", name + ".pem").out
        for maker, reader in ((ours, theirs), (theirs, ours)):
            for command in (["pkey", "-aes256"], ["pkcs8", "-topk8"]):
                locked = maker(test, *command, "-in", name + ".pem", "-passout", "pass:first line",
                               "-out", "locked.pem")
                with open(test.path("locked.pem"), "rb") as file:
                    test.check(f"{name}: encrypted by {maker.__name__}", file.read().startswith(
                        b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"), locked)
                told = reader(test, "pkey", "-in", "locked.pem", "-passin", "file:words")
                test.check(f"{name}: decrypted by {reader.__name__}", told.out == plain, told)
            maker(test, "pkcs8", "-topk8", "-in", name + ".pem", "-passout", "pass:first line",
                  "-outform", "DER", "-out", "locked.der")
            told = reader(test, "pkey", "-inform", "DER", "-in", "locked.der", "-passin",
                          "pass:first line")
            test.check(f"{name}: in DER, read by {reader.__name__}", told.out == plain, told)
    theirs(test, "rsa", "-in", "rsa.pem", "-aes128", "-traditional", "-passout", "pass:x", "-out",
           "old.pem")
    alike(test, "rsa", "-in", "old.pem", "-passin", "pass:x")
    made = ours(test, "genrsa", "-aes256", "-passout", "pass:x")
    told = theirs(test, "rsa", "-passin", "pass:x", "-check", "-noout", stdin=made.out)
    test.check("genrsa -aes256", told.out == b"RSA key ok\n", told)
    signed = ours(test, "dgst", "-sign", "locked.pem", "-passin", "pass:first line", "-hex",
                  "words")
    test.check("dgst -passin", signed.status == 0, signed)
    for source, wanted in (("pass:y", "passphrase"), ("first line", "pass:"),
                           ("env:NOWHERE", "NOWHERE"), ("file:nowhere", "nowhere"),
                           ("fd:x", "descriptor")):
        refused(test, ["pkey", "-in", "locked.pem", "-passin", source], wanted)
    refused(test, ["pkey", "-in", "rsa.pem", "-aes256", "-traditional", "-passout", "pass:x"],
            "PKCS#8")


def test_refusals(test):
    theirs(test, "genpkey", "-algorithm", "X25519", "-out", "x25519.pem")
    theirs(test, "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:512", "-out",
           "small.pem")
    for args, wanted in (
            (["genpkey"], "-algorithm"), (["genpkey", "-algorithm", "DSA"], "RSA, EC or ED25519"),
            (["genpkey", "-algorithm", "X25519"], "ED25519"),
            (["genpkey", "-algorithm", "EC"], "ec_paramgen_curve"),
            (["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"], "P-256"),
            (["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"], "2048"),
            (["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_pubexp:3"], "65537"),
            (["genpkey", "-algorithm", "RSA", "-pkeyopt", "x:1"], "rsa_keygen_bits"),
            (["genpkey", "-algorithm", "ED25519", "-pkeyopt", "rsa_keygen_bits:2048"], "only RSA"),
            (["genpkey", "-algorithm", "RSA", "-pkeyopt", "ec_paramgen_curve:P-256"], "only EC"),
            (["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_param_enc:explicit"], "named"),
            (["genpkey", "-genparam"], "-genparam"), (["genpkey", "x"], "no operand"),
            (["genrsa", "1024"], "2048"), (["genrsa", "-3"], "65537"),
            (["genrsa", "2048", "1"], "more than one"),
            (["ecparam"], "-name"), (["ecparam", "-name", "secp256k1"], "prime256v1"),
            (["ecparam", "-in", "x"], "-name"),
            (["pkey", "-in", "nowhere"], "No such file"), (["pkey", "-in", "p256.pub"], "private key"),
            (["pkey", "-pubin", "-in", "p256.pem"], "PUBLIC KEY"),
            (["pkey", "-in", "x25519.pem"], "not supported"), (["pkey", "-in", "small.pem"], "512"),
            (["pkey", "-in", "ed25519.pem", "-traditional"], "one form"),
            (["pkey", "-in", "p256.pem", "-ec_param_enc", "explicit"], "named"),
            (["pkey", "-in", "p256.pem", "-des3"], "-aes256"),
            (["pkey", "-in", "p256.pem", "-outform", "PVK"], "PEM or DER"),
            (["pkey", "-in", "p256.pem", "-out", "/nowhere/x"], "No such file"),
            (["rsa", "-in", "p256.pem"], "no RSA key"), (["ec", "-in", "rsa.pem"], "curve"),
            (["ec", "-in", "p256.pem", "-conv_form", "compressed"], "compressed"),
            (["ec", "-in", "p256.pem", "-param_enc", "explicit"], "named"),
            (["rsa", "-pubin", "-in", "rsa.pub", "-check"], "private"),
            (["pkcs8", "-topk8", "-v1", "x", "-in", "p256.pem"], "-v1")):
        refused(test, args, wanted)
    halves = ours(test, "pkey", "-text", stdin=b"-----BEGIN PRIVATE KEY-----\nMAA=\n"
                                               b"-----END PRIVATE KEY-----\n")
    test.check("no key in it", halves.status == 1, halves)


def main():
    need("openssl")
    test = Test()
    make(test)
    test_pkey(test)
    test_rsa(test)
    test_ec(test)
    test_made(test)
    test_passphrases(test)
    test_refusals(test)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
