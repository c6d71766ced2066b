#!/usr/bin/env python3
"""`ward openssl dgst`, the commands named like a digest, and `rand`, beside openssl(1): the same
output to the byte; what one signs the other verifies. It covers src/cli/openssl/dgst.c, dgst_work.c,
rand.c and keys.c.

Listed differences: Ed25519 signs and verifies with ward as with OpenSSL 3.5, which 3.0 refuses;
digests that ward lacks, and signatures over SHA-1 and MD5, are refused; a file of random bytes has at
most 64 MiB.
"""
import os
import sys

from beside_openssl import alike, ours, peer_version, refused, theirs
from command import Test, need

KEYS = {"rsa": ["-algorithm", "RSA"], "rsa3": ["-algorithm", "RSA", "-pkeyopt",
                                               "rsa_keygen_bits:3072"],
        "p256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        "p384": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
        "p521": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
        "ed25519": ["-algorithm", "ED25519"]}


def make(test):
    with open(test.path("a"), "wb") as file:
        file.write(b"hello\n")
    with open(test.path("b"), "wb") as file:
        file.write(os.urandom(300000))
    with open(test.path("line\nend"), "wb") as file:
        file.write(b"x")
    for name, args in KEYS.items():
        theirs(test, "genpkey", *args, "-out", name + ".pem")
        theirs(test, "pkey", "-in", name + ".pem", "-pubout", "-out", name + ".pub")


def test_digests(test):
    for digest in ("-sha256", "-sha384", "-sha512", "-sha1", "-md5"):
        for more in ([], ["-r"], ["-c"], ["-hex"], ["-binary"], ["-hmac", "key"],
                     ["-r", "-hmac", "k" * 200], ["-c", "-r"]):
            alike(test, "dgst", digest, *more, "a", "b")
            alike(test, "dgst", digest, *more, stdin=b"from a pipe")
        alike(test, digest[1:], "a", "b")
        alike(test, digest[1:], "-r", stdin=b"x" * 100000)
    for args in (["a"], ["-r", "a", "b"], [], ["-hmac", "key", "a"], ["-hmac", "", "a"],
                 ["-sha256", "-mac", "HMAC", "-macopt", "key:abc", "a"],
                 ["-sha512", "-mac", "hmac", "-macopt", "hexkey:00ff61", "a"],
                 ["nowhere", "a"], [".", "a"], ["-r", "line\nend"]):
        alike(test, "dgst", *args)
    alike(test, "dgst", "-out", "ours", "a", "b")
    with open(test.path("ours"), "rb") as file:
        test.check("-out", file.read() == theirs(test, "dgst", "a", "b").out)


def test_signatures(test):
    eddsa = peer_version(test) >= (3, 5)
    for name in KEYS:
        digests = [[]] if name == "ed25519" else [[], ["-sha256"], ["-sha384"], ["-sha512"]]
        for digest in digests:
            for pss in ([], ["-sigopt", "rsa_padding_mode:pss"],
                        ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]):
                if pss and not name.startswith("rsa"):
                    continue
                both_ways(test, name, [*digest, *pss], name != "ed25519" or eddsa)
    for digest in ("-sha256", "-sha512"):
        for form in (["-hex"], ["-hex", "-r"], ["-hex", "-c"], []):
            alike(test, "dgst", digest, *form, "-sign", "rsa.pem", "a")
    alike(test, "dgst", "-hex", "-sign", "rsa.pem", "a")
    alike(test, "dgst", "-hex", "-sign", "rsa.pem", stdin=b"hello")
    if eddsa:
        alike(test, "dgst", "-hex", "-sign", "ed25519.pem", "a")
    wrong = ours(test, "dgst", "-verify", "p256.pub", "-signature", "ours", "b")
    test.check("not the signed file", wrong.status == 1 and wrong.out == b"Verification failure\n",
               wrong)


def both_ways(test, name, options, peer_can):
    what = f"{name} {' '.join(options)}"
    signed = ours(test, "dgst", *options, "-sign", name + ".pem", "-out", "sig", "b")
    test.check(f"signed: {what}", signed.status == 0 and signed.out == b"", signed)
    verify = ["-signature", "sig", "b"]
    by_private = ours(test, "dgst", *options, "-prverify", name + ".pem", *verify)
    test.check(f"by the private key: {what}", by_private.out == b"Verified OK\n", by_private)
    if not peer_can:
        return
    told = theirs(test, "dgst", *options, "-verify", name + ".pub", *verify)
    test.check(f"openssl verifies: {what}", told.out == b"Verified OK\n", told)
    theirs(test, "dgst", *options, "-sign", name + ".pem", "-out", "sig", "b")
    alike(test, "dgst", *options, "-verify", name + ".pub", *verify)
    alike(test, "dgst", *options, "-verify", name + ".pub", "-signature", "sig", "a")


def test_refusals(test):
    theirs(test, "dgst", "-sign", "rsa.pem", "-out", "sig", "a")
    for args, wanted in (
            (["dgst", "-sha3-256", "a"], "sha3-256"), (["dgst", "-blake2b512", "a"], "blake2b512"),
            (["dgst", "-sha257", "a"], "did you mean"), (["dgst", "-bogus"], "-bogus"),
            (["dgst", "-sha1", "-sign", "rsa.pem", "a"], "forged"),
            (["dgst", "-md5", "-verify", "rsa.pub", "-signature", "sig", "a"], "forged"),
            (["dgst", "-sha256", "-sign", "ed25519.pem", "a"], "hashes by itself"),
            (["dgst", "-sign", "rsa.pem", "a", "b"], "one by one"),
            (["dgst", "-verify", "rsa.pub", "a"], "-signature"),
            (["dgst", "-verify", "rsa.pub", "-signature", "nowhere", "a"], "nowhere"),
            (["dgst", "-verify", "rsa.pem", "-signature", "sig", "a"], "PUBLIC KEY"),
            (["dgst", "-sign", "rsa.pub", "a"], "no private key"),
            (["dgst", "-sign", "rsa.pem", "-hmac", "x", "a"], "exclude"),
            (["dgst", "-sign", "rsa.pem", "-verify", "rsa.pub", "a"], "exclude"),
            (["dgst", "-mac", "HMAC", "a"], "-macopt"), (["dgst", "-mac", "CMAC", "a"], "HMAC"),
            (["dgst", "-macopt", "hexkey:0", "a"], "even number"),
            (["dgst", "-macopt", "hexkey:0g", "a"], "hex"),
            (["dgst", "-sign", "rsa.pem", "-sigopt", "rsa_padding_mode:pss", "-sigopt",
              "rsa_pss_saltlen:max", "a"], "digest"),
            (["dgst", "-sigopt", "x:y", "a"], "rsa_padding_mode"),
            (["dgst", "-sign"], "needs a value"), (["dgst", "-r=x", "a"], "takes no value"),
            (["sm3", "a"], "sm3")):
        refused(test, args, wanted)
    listed = ours(test, "dgst", "-list")
    test.check("-list", b"-sha256\n" in listed.out and listed.status == 0, listed)
    told = ours(test, "dgst", "-help")
    test.check("-help", told.status == 0 and b"-sigopt" in told.out and b"sha3-256" in told.out, told)


def test_rand(test):
    for count in ("1", "47", "48", "49", "3072", "3073", "10000"):
        for form, size in ((["-hex"], 2 * int(count) + 1), ([], int(count))):
            made = ours(test, "rand", *form, count)
            test.check(f"rand {form} {count}", made.status == 0 and len(made.out) == size, made)
        other = theirs(test, "rand", "-base64", count).out
        made = ours(test, "rand", "-base64", count)
        test.check(f"rand -base64 {count}", [len(x) for x in made.out.split(b"\n")] ==
                   [len(x) for x in other.split(b"\n")], made)
        decoded = theirs(test, "base64", "-d", stdin=made.out)
        test.check(f"it is base64: {count}", len(decoded.out) == int(count), decoded)
    test.check("two are not alike",
               ours(test, "rand", "-hex", "16").out != ours(test, "rand", "-hex", "16").out)
    test.check("2K", len(ours(test, "rand", "2K").out) == 2048)
    ours(test, "rand", "-out", "random", "-hex", "8")
    test.check("-out", os.path.getsize(test.path("random")) == 17)
    for args, wanted in (([], "missing"), (["x"], "no number"), (["0"], "above 0"),
                         (["1", "2"], "more than one"), (["-5"], "-5"), (["9999999T"], "no number"),
                         (["-out", "f", "1G"], "standard output"), (["-rand", "f", "1"], "-rand"),
                         (["-out", "/nowhere/x", "1"], "No such file")):
        refused(test, ["rand", *args], wanted)
    full = ours(test, "rand", "-out", "/dev/full", "10")
    test.check("a full disk", full.status == 1, full)


def main():
    need("openssl")
    test = Test()
    make(test)
    test_digests(test)
    test_signatures(test)
    test_refusals(test)
    test_rand(test)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
