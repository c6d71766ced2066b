#!/usr/bin/env python3
"""CRLs and OCSP with other implementations: lists of `openssl ca -gencrl` and responses of `openssl ocsp`
before `ward cert verify`; ward's lists before `openssl verify -crl_check`, its requests before `openssl
ocsp`, its responses before `openssl ocsp -respin` and GnuTLS's ocsptool. It covers
src/cli/revocation.c and revocation_show.c.
"""
import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

from command import Test, need, openssl, openssl_server, ward

BUILD = os.environ.get("WARD_BUILD_DIR", os.path.join(os.path.dirname(__file__), "../../build/dev"))
MAKER = os.path.join(BUILD, "tests/interop/interop_revocation")

CONFIG = """
[ca]
default_ca = d
[d]
dir = .
new_certs_dir = .
database = index
serial = serial
crlnumber = crlnumber
certificate = ca.pem
private_key = ca-key.pem
default_md = sha256
default_days = 30
default_crl_days = 7
policy = p
unique_subject = no
crl_extensions = crl_ext
[p]
commonName = optional
[leaf]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:leaf.example
authorityKeyIdentifier = keyid
tlsfeature = status_request
[plain]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:leaf.example
[responder]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = OCSPSigning
noCheck = ignored
[crl_ext]
authorityKeyIdentifier = keyid:always
[scope]
authorityKeyIdentifier = keyid:always
issuingDistributionPoint = critical,@cas
[cas]
onlyCA = TRUE
"""


class Ca:
    """A CA of openssl's, with its state in a folder."""

    def __init__(self, folder, key):
        self.folder = folder
        for name, text in (("ca.cnf", CONFIG), ("index", ""), ("serial", "01\n"),
                           ("crlnumber", "0A\n")):
            with open(self.path(name), "w", encoding="ascii") as file:
                file.write(text)
        self.key = key
        self.run("req", "-x509", "-newkey", *key, "-nodes", "-keyout", "ca-key.pem", "-out",
                 "ca.pem", "-days", "30", "-subj", "/CN=Revoking CA", "-addext",
                 "basicConstraints=critical,CA:TRUE", "-addext",
                 "keyUsage=critical,keyCertSign,cRLSign")

    def path(self, name):
        return os.path.join(self.folder, name)

    def run(self, *args):
        openssl(*args, cwd=self.folder)

    def issue(self, name, extensions="leaf"):
        self.run("req", "-newkey", *self.key, "-nodes", "-keyout", name + "-key.pem", "-out",
                 name + ".csr", "-subj", "/CN=" + name, "-config", "/etc/ssl/openssl.cnf")
        self.run("ca", "-batch", "-notext", "-config", "ca.cnf", "-extensions", extensions, "-in",
                 name + ".csr", "-out", name + ".pem")

    def verify(self, cert, *args):
        return ward("cert", "verify", self.path(cert), "--cacert", self.path("ca.pem"), *args)


def output(args, folder, **options):
    """Standard output and error of a program, and whether it succeeded."""
    done = subprocess.run(args, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False, timeout=60, **options)
    return done.stdout.decode(errors="replace"), done.returncode == 0


def make(ca, name, *args):
    with open(ca.path(name), "wb") as file:
        subprocess.run([MAKER, *args], cwd=ca.folder, stdout=file, check=True, timeout=60)


def test_lists_of_openssl(test, ca, kind):
    ca.run("ca", "-config", "ca.cnf", "-gencrl", "-out", "empty.crl")
    good = ca.verify("good.pem", "--crl", ca.path("empty.crl"), "--require-revocation", "chain")
    test.check(f"{kind}: proof by an empty list of openssl's", good.status == 0, good)
    ca.run("ca", "-config", "ca.cnf", "-revoke", "bad.pem", "-crl_reason", "keyCompromise")
    ca.run("ca", "-config", "ca.cnf", "-gencrl", "-out", "list.crl")
    ca.run("crl", "-in", "list.crl", "-outform", "DER", "-out", "list.der")
    for form in ("list.crl", "list.der"):
        bad = ca.verify("bad.pem", "--crl", ca.path(form))
        test.check(f"{kind}: revoked by {form}", bad.status == 1 and "keyCompromise" in bad.err and
                   "revoked" in bad.err, bad)
        good = ca.verify("good.pem", "--crl", ca.path(form))
        test.check(f"{kind}: not revoked by {form}", good.status == 0, good)
    told = json.loads(ca.verify("bad.pem", "--crl", ca.path("list.crl"), "--json").out)
    test.check(f"{kind}: the reason in JSON", told["error"]["reason"] == "CERT_REVOKED", told)
    later = ca.verify("good.pem", "--crl", ca.path("list.crl"), "--at", f"@{later_by(10)}")
    test.check(f"{kind}: an expired list", later.status == 1 and "expired" in later.err, later)
    ca.run("ca", "-config", "ca.cnf", "-gencrl", "-crlexts", "scope", "-out", "cas.crl")
    none = ca.verify("good.pem", "--crl", ca.path("cas.crl"), "--require-revocation", "leaf")
    test.check(f"{kind}: a list for CAs alone proves nothing of a leaf", none.status == 1 and
               "nothing proves" in none.err, none)


def later_by(days):
    return int(time.time()) + days * 86400


def test_lists_of_ward(test, ca, kind):
    make(ca, "ward.crl", "crl", "ca.pem", "ca-key.pem", "4660", "bad.pem")
    text, ok = output(["openssl", "crl", "-in", "ward.crl", "-noout", "-text", "-CAfile", "ca.pem",
                       "-verify"], ca.folder)
    test.check(f"{kind}: openssl crl reads and verifies ward's list", ok and "verify OK" in text and
               "Key Compromise" in text and "Invalidity Date" in text and
               ("4660" in text or "1234" in text), text)
    for cert, wanted in (("good.pem", True), ("bad.pem", False)):
        text, ok = output(["openssl", "verify", "-x509_strict", "-crl_check", "-CAfile", "ca.pem",
                           "-CRLfile", "ward.crl", cert], ca.folder)
        test.check(f"{kind}: openssl verify -crl_check of {cert} by ward's list", ok == wanted and
                   ("revoked" in text) != wanted, text)
    if shutil.which("certtool"):
        text, ok = output(["certtool", "--verify-crl", "--load-ca-certificate", "ca.pem",
                           "--infile", "ward.crl"], ca.folder)
        test.check(f"{kind}: certtool verifies ward's list", ok and "Verified" in text, text)


def told(ca, cert, *args):
    """The lists of the verdict, in JSON and as text, and the exit status."""
    lists = [word for name in args for word in ("--crl", ca.path(name))]
    options = ["--require-revocation", "leaf"]
    shown = ca.verify(cert, *lists, *options)
    return json.loads(ca.verify(cert, *lists, *options, "--json").out)["crls"], shown


def test_told(test, ca, kind):
    """Each list that is given is told with what came of it."""
    other = Ca(os.path.join(ca.folder, "other"), ca.key) if os.path.isdir(os.path.join(ca.folder, "other")) else None
    if other is None:
        os.mkdir(os.path.join(ca.folder, "other"))
        other = Ca(os.path.join(ca.folder, "other"), ca.key)
    stranger = ["req", "-x509", "-newkey", *ca.key, "-nodes", "-keyout", "s-key.pem", "-out", "s.pem", "-subj",
                "/CN=Stranger", "-addext", "keyUsage=critical,keyCertSign,cRLSign"]
    other.run("ca", "-config", "ca.cnf", "-gencrl", "-out", "../twin.crl")
    other.run(*stranger)
    other.run("ca", "-config", "ca.cnf", "-cert", "s.pem", "-keyfile", "s-key.pem", "-gencrl", "-out",
              "../stranger.crl")
    for name, days in (("old", "-1"), ("critical", "7")):
        with open(ca.path("ca.cnf"), encoding="ascii") as file:
            text = file.read() + "[critical]\nauthorityKeyIdentifier=keyid:always\n1.2.3.4=critical,DER:0500\n"
        with open(ca.path("told.cnf"), "w", encoding="ascii") as file:
            file.write(text)
        ca.run("ca", "-config", "told.cnf", "-gencrl", *(["-crlexts", "critical"] if name == "critical" else []),
               *(["-crl_lastupdate", "20200101000000Z", "-crl_nextupdate", "20200201000000Z"] if name == "old" else
                 ["-crldays", days]), "-out", name + ".crl")
    with open(ca.path("list.der"), "rb") as file:
        broken = bytearray(file.read())
    broken[-1] ^= 1
    with open(ca.path("broken.crl"), "wb") as file:
        file.write(broken)
    for name, counts, words in (
            ("list.crl", ["CN=good"], None), ("stranger.crl", [], "of none of the CAs on the path"),
            ("twin.crl", [], "by another key of its issuer"), ("cas.crl", [], "certificates of CAs alone"),
            ("old.crl", [], "expired"), ("critical.crl", [], "1.2.3.4"), ("broken.crl", [], "not signed by its key")):
        crls, shown = told(ca, "good.pem", name)
        test.check(f"{kind}: {name} is told: {crls}",
                   [c["counts_for"] for c in crls] == [counts] and crls[0]["file"] == ca.path(name) and
                   (words is None) == (crls[0]["why"] is None) and (words or "") in (crls[0]["why"] or "") and
                   shown.status == (0 if counts else 1) and
                   (words or 'counts for "good"') in shown.out and "lists of revoked certificates" in shown.out, shown)
    crls, shown = told(ca, "good.pem", "stranger.crl", "old.crl", "list.crl")
    test.check(f"{kind}: of three lists one counts", [len(c["counts_for"]) for c in crls] == [0, 0, 1] and
               shown.status == 0, shown)
    crls, shown = told(ca, "bad.pem", "list.crl")
    test.check(f"{kind}: the list that revokes", crls[0]["counts_for"] == ["CN=bad"] and shown.status == 1, shown)
    lost = ward("cert", "verify", ca.path("good.pem"), "--cacert", other.path("s.pem"), "--crl", ca.path("list.crl"),
                "--json")
    test.check(f"{kind}: no path, no list", json.loads(lost.out)["crls"][0]["why"] ==
               "no path has come to where lists are asked" and lost.status == 1, lost)


RESPONDERS = (("the issuer", "ca"), ("a delegate", "responder"))


def test_responses_of_openssl(test, ca, kind):
    for name, signer in RESPONDERS:
        for cert, wanted in (("good", 0), ("bad", 1)):
            response = f"openssl-{signer}-{cert}.der"
            make(ca, "request.der", "request", cert + ".pem", "ca.pem", "sha256")
            text, ok = output(["openssl", "ocsp", "-index", "index", "-CA", "ca.pem", "-rsigner",
                               signer + ".pem", "-rkey", signer + "-key.pem", "-reqin",
                               "request.der", "-respout", response, "-ndays", "2"], ca.folder)
            test.check(f"{kind}: openssl answers ward's request for {cert}", ok, text)
            found = ca.verify(cert + ".pem", "--ocsp", ca.path(response), "--must-staple",
                              "--require-revocation", "leaf")
            test.check(f"{kind}: {cert} by openssl's response, signed by {name}",
                       found.status == wanted and (wanted == 0 or "revoked" in found.err), found)
    other = ca.verify("good.pem", "--ocsp", ca.path("openssl-ca-bad.der"))
    test.check(f"{kind}: a response for another", other.status == 1 and
               "another certificate" in other.err, other)


def test_responses_of_ward(test, ca, kind):
    ca.run("ocsp", "-issuer", "ca.pem", "-cert", "good.pem", "-reqout", "asked.der")
    for name, signer in RESPONDERS:
        for status in ("good", "revoked", "unknown"):
            make(ca, "ward.der", "respond", "asked.der", "ca.pem", signer + ".pem",
                 signer + "-key.pem", status)
            text, ok = output(["openssl", "ocsp", "-issuer", "ca.pem", "-cert", "good.pem",
                               "-no_nonce", "-reqin", "asked.der", "-respin", "ward.der", "-CAfile",
                               "ca.pem"],
                              ca.folder)
            test.check(f"{kind}: openssl takes ward's {status}, signed by {name}", ok and
                       "verify OK" in text and f"good.pem: {status}" in text and
                       "WARNING" not in text, text)
    if shutil.which("ocsptool"):
        text, ok = output(["ocsptool", "--verify-response", "--load-response", "ward.der",
                           "--load-trust", "ca.pem"], ca.folder)
        test.check(f"{kind}: ocsptool verifies ward's response", ok and "Success" in text, text)


def test_show(test, ca):
    """What `ward cert show` says of a list and a response is what openssl says."""
    text, _ = output(["openssl", "crl", "-in", "list.crl", "-noout", "-text"], ca.folder)
    wanted = [line.split(":")[1].strip().lower() for line in text.splitlines()
              if "Serial Number:" in line]
    shown = ward("cert", "show", ca.path("list.crl"), "--json")
    crl = json.loads(shown.out)["crl"]
    test.check("the serial numbers on a list", wanted and wanted ==
               [entry["serial"] for entry in crl["revoked"]] and crl["issuer"] == "CN=Revoking CA",
               shown)
    plain = ward("cert", "show", ca.path("cas.crl"))
    test.check("a list as text", plain.status == 0 and "onlyContainsCACerts" in plain.out and
               "keyCompromise" in plain.out and "CN=Revoking CA" in plain.out, plain)
    response = ward("cert", "show", ca.path("openssl-responder-bad.der"))
    test.check("a response as text", response.status == 0 and "revoked" in response.out and
               "CN=responder" in response.out, response)
    response = ward("cert", "show", ca.path("openssl-ca-good.der"), "--json")
    answers = json.loads(response.out)["ocsp_response"]["answers"]
    test.check("a response as JSON", [a["status"] for a in answers] == ["good"], response)
    with open(ca.path("list.der"), "rb") as file:
        half = file.read()[:-1]
    with open(ca.path("half.der"), "wb") as file:
        file.write(half)
    broken = ward("cert", "show", ca.path("half.der"))
    test.check("half a list", broken.status == 2 and broken.out == "", broken)


def pin_of(ca, cert):
    with open(ca.path(cert), "rb") as file:
        spki = subprocess.run(["openssl", "x509", "-noout", "-pubkey"], input=file.read(),
                              stdout=subprocess.PIPE, check=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=spki,
                         stdout=subprocess.PIPE, check=True).stdout
    return "sha256//" + base64.b64encode(hashlib.sha256(der).digest()).decode()


NOBODY = "sha256//" + base64.b64encode(bytes(32)).decode()


def test_connections(test, ca):
    """The same rules in a handshake with `openssl s_server`."""
    ca.issue("plain", "plain")
    ca.run("ca", "-config", "ca.cnf", "-revoke", "plain.pem", "-crl_reason", "keyCompromise")
    ca.run("ca", "-config", "ca.cnf", "-gencrl", "-out", "plain.crl")
    for version in ("-tls1_2", "-tls1_3"):
        with openssl_server(ca.path("plain.pem"), ca.path("plain-key.pem"), version) as port:
            host = [f"127.0.0.1:{port}", "--servername", "leaf.example", "--cacert",
                    ca.path("ca.pem")]
            for option, value, status, words in (
                    ("--crl", ca.path("empty.crl"), 0, "trusted"),
                    ("--crl", ca.path("plain.crl"), 1, "keyCompromise"),
                    ("--require-revocation", "leaf", 1, "nothing proves"),
                    ("--pin", pin_of(ca, "plain.pem"), 0, "trusted"),
                    ("--pin", pin_of(ca, "ca.pem"), 0, "trusted"),
                    ("--pin", NOBODY, 1, pin_of(ca, "plain.pem")),
                    ("--crl", "/nowhere", 2, "No such file")):
                r = ward("connect", *host, option, value)
                test.check(f"connect {version} {option} {value}", r.status == status and
                           words in r.out + r.err, r)
            r = ward("connect", *host, "--require-revocation", "chain", "--crl",
                     ca.path("empty.crl"))
            test.check(f"connect {version}, proved by a list", r.status == 0, r)


def test_options(test, ca):
    missing = ca.verify("good.pem", "--must-staple")
    test.check("a staple that is promised", missing.status == 1 and "promises" in missing.err,
               missing)
    pin = pin_of(ca, "good.pem")
    test.check("pinned", ca.verify("good.pem", "--pin", NOBODY, "--pin", pin).status == 0)
    other = ca.verify("good.pem", "--pin", NOBODY)
    test.check("not pinned", other.status == 1 and pin in other.err, other)
    for option, value, words in (("--pin", "sha256//AAAA", "base64"), ("--pin", pin[8:], "base64"),
                                 ("--crl", ca.path("good.pem"), "no CRL"),
                                 ("--crl", "/nowhere", "No such file"),
                                 ("--ocsp", ca.path("good.pem"), "malformed"),
                                 ("--require-revocation", "all", "leaf or chain")):
        bad = ca.verify("good.pem", option, value)
        test.check(f"{option} {value}", bad.status == 2 and words in bad.err, bad)


def main():
    need("openssl")
    test = Test()
    for kind, key in (("P-256", ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")),
                      ("RSA", ("rsa:2048",))):
        folder = test.path(kind)
        os.mkdir(folder)
        ca = Ca(folder, key)
        for name in ("good", "bad"):
            ca.issue(name)
        ca.issue("responder", "responder")
        test_lists_of_openssl(test, ca, kind)
        test_told(test, ca, kind)
        test_lists_of_ward(test, ca, kind)
        test_responses_of_openssl(test, ca, kind)
        test_responses_of_ward(test, ca, kind)
    test_connections(test, ca)
    test_show(test, ca)
    test_options(test, ca)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
