#!/usr/bin/env python3
"""`ward cert show` and `verify` with files larger than any in earnest: the answer is a clear error or
the right result, in bounded time, and (but under ASan) in 256 MiB of address space.
"""
import base64
import json
import os
import resource
import subprocess
import sys
import tempfile

from command import WARD, Result, Test, clean_environment, need, openssl

MEMORY = 256 << 20
SECONDS = 60
UNDER_ASAN = os.environ.get("WARD_SUITE") == "memory"


def limit_memory():
    if not UNDER_ASAN:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def ward(*args):
    """What it prints goes to files, so that nothing but ward is held up or limited."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        done = subprocess.run([WARD, *args], stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                              env=clean_environment(), timeout=SECONDS, check=False,
                              preexec_fn=limit_memory)
        out.seek(0)
        err.seek(0)
        done.stdout, done.stderr = out.read(), err.read()
    return Result(done)


# ---- DER ----

def header(tag, length):
    if length < 0x80:
        return bytes([tag, length])
    number = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(number)]) + number


def element(tag, *parts):
    content = b"".join(parts)
    return header(tag, len(content)) + content


def nested(size):
    """SEQUENCEs in each other; joined at the end, since each is written from the inside."""
    headers, inside = [], 0
    while inside < size:
        headers.append(header(0x30, inside))
        inside += len(headers[-1])
    return b"".join(reversed(headers))


NAME = bytes.fromhex("300d310b300906035504030c024341")
ALGORITHM = bytes.fromhex("300a06082a8648ce3d040302")
VALIDITY = bytes.fromhex("301e170d3235303130313030303030305a170d3333303130313030303030305a")
SPKI = bytes.fromhex(
    "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
SIGNATURE = bytes.fromhex("030a00300702010102020102")
NOBODY_KNOWS = bytes.fromhex("2b060104018bb33a63")
ALT_NAMES = bytes.fromhex("551d11")


def certificate(serial, oid=None, value=b""):
    extensions = b"" if oid is None else element(
        0xa3, element(0x30, element(0x30, element(6, oid), element(4, value))))
    return element(0x30, element(0x30, bytes.fromhex("a003020102"),
                                 element(2, b"\x10" + serial.to_bytes(3, "big")), ALGORITHM, NAME,
                                 VALIDITY, NAME, SPKI, extensions), ALGORITHM, SIGNATURE)


def alt_names(count):
    return element(0x30, *(element(0x82, b"%d.example" % i) for i in range(count)))


def pem(der):
    return b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der) + b"-----END CERTIFICATE-----\n"


# ---- the tests ----

def huge_certificates(test):
    shapes = {
        "a giant extension": certificate(1, NOBODY_KNOWS, bytes(5 << 20)),
        "three hundred thousand names": certificate(1, ALT_NAMES, alt_names(300000)),
        "nested a million deep": certificate(1, NOBODY_KNOWS, nested(5 << 20)),
    }
    for name, der in shapes.items():
        for form, content in ("DER", der), ("PEM", pem(der)):
            path = test.write("huge", content)
            for verb in "show", "verify":
                r = ward("cert", verb, path)
                test.check(f"{name}, {form}, {verb}", r.status in (1, 2) and r.out == "" and
                           len(r.err) < 500 and ("at most" in r.err or "too large" in r.err), r)
    path = test.write("huge", certificate(1, NOBODY_KNOWS, bytes(10 << 20)))
    r = ward("cert", "show", path)
    test.check("a file of ten mebibytes", r.status == 2 and len(r.err) < 500 and "8388608" in r.err, r)


def longest_certificates(test):
    """As long as certificates may be: all of it is shown."""
    path = test.write("long", certificate(1, ALT_NAMES, alt_names(4000)))
    r = ward("cert", "show", "--json", path)
    names = json.loads(r.out)["certificates"][0]["names"] if r.status == 0 else []
    test.check("four thousand names as JSON", len(names) == 4000 and
               names[3999] == {"type": "dns", "value": "3999.example"}, r)
    r = ward("cert", "verify", "--hostname", "server.example", path)
    test.check("four thousand names, none of them the host", r.status == 1 and
               len(r.out) + len(r.err) < 5000, r)
    for what, value in ("zeros", bytes(60000)), ("nested", nested(60000)):
        r = ward("cert", "show", test.write("long", certificate(1, NOBODY_KNOWS, value)))
        test.check(f"an extension of 60000 bytes, {what}", r.status == 0 and "1.3.6.1.4.1" in r.out, r)


def bundles(test):
    bundle = b"".join(pem(certificate(i)) for i in range(1000))
    path = test.write("bundle.pem", bundle)
    r = ward("cert", "show", "--json", path)
    test.check("a bundle of a thousand", r.status == 0 and
               len(json.loads(r.out)["certificates"]) == 1000, r)
    r = ward("cert", "show", path)
    test.check("the same as text", r.status == 0 and r.out.count("Serial") == 1000, r)
    path = test.write("bad.pem", bundle + pem(b"\x30\x00") * 1000)
    r = ward("cert", "show", "--json", path)
    test.check("and a thousand malformed behind them", r.status == 2 and
               json.loads(r.out)["malformed"] == 1000 and r.err != "", r)
    return bundle


def chains(test, bundle):
    """The intermediate that is needed stands behind a thousand others, and so does the root."""
    path = test.path
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path("key"))
    for name, issuer, extensions in (("root", "root", "basicConstraints=critical,CA:TRUE"),
                                     ("ca", "root", "basicConstraints=critical,CA:TRUE"),
                                     ("leaf", "ca", "subjectAltName=DNS:server.example")):
        test.write("ext", extensions.encode())
        openssl("req", "-new", "-key", path("key"), "-subj", f"/CN={name}", "-out", path("csr"))
        signer = ["-signkey", path("key")] if name == issuer else \
            ["-CA", path(issuer + ".pem"), "-CAkey", path("key"), "-set_serial", "7"]
        openssl("x509", "-req", "-in", path("csr"), "-days", "30", "-extfile", path("ext"), "-out",
                path(name + ".pem"), *signer)
    chain = test.write("chain.pem", test.read("leaf.pem") + bundle + test.read("ca.pem"))
    roots = test.write("roots.pem", bundle + test.read("root.pem"))
    r = ward("cert", "verify", "--cacert", roots, "--hostname", "server.example", chain)
    test.check("what is needed stands last of a thousand", r.status == 0, r)
    r = ward("cert", "verify", "--cacert", test.path("root.pem"), "--hostname", "other.example", chain)
    test.check("the same for another host", r.status == 1 and "other.example" in r.out + r.err, r)


def junk(test):
    good = pem(certificate(1))
    for name, line, fine in (("text", b"Subject: nobody\n", True),
                             ("ends", b"-----END CERTIFICATE-----\n", True),
                             ("beginnings", b"-----BEGIN CERTIFICATE-----\n", False),
                             ("other blocks", b"-----BEGIN X-----\nAAAA\n-----END X-----\n", True)):
        r = ward("cert", "show", test.write("junk.pem", line * 100000 + good))
        test.check(f"a hundred thousand lines before a certificate: {name}",
                   (r.status == 0 and "CN=CA" in r.out) if fine else
                   (r.status == 2 and len(r.err) < 1000), r)
        r = ward("cert", "verify", "--cacert", test.write("junk.pem", line * 100000 + good),
                 test.write("leaf", good))
        test.check(f"the same as what is trusted: {name}", r.status in (0, 1) and
                   len(r.err) < 1000, r)
        r = ward("cert", "show", test.write("junk.pem", line * 100000))
        test.check(f"a hundred thousand lines alone: {name}", r.status == 2 and r.out == "" and
                   len(r.err) < 1000, r)


class LimitsTest(Test):
    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()


def main():
    need("openssl")
    test = LimitsTest()
    huge_certificates(test)
    longest_certificates(test)
    chains(test, bundles(test))
    junk(test)
    sys.exit(test.finish())


if __name__ == "__main__":
    main()
