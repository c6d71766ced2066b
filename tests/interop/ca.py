#!/usr/bin/env python3
# ctest: timeout=600
"""`ward ca init`, `issue`, `revoke`, `list` and `crl` against openssl, certtool and Python: what is issued is
accepted, what the CA may not vouch for is refused, keys are nobody else's, and the index is whole
after SIGKILL at random moments and after twenty calls at once. It covers src/cli/ca.c, ca_init.c,
ca_issue.c, ca_renew.c, ca_revoke.c, ca_list.c and ca_crl.c.
"""
import json
import os
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import time

from command import WARD, Test, clean_environment, need, tls_context, Server, ward

SLOW = os.environ.get("WARD_SUITE") == "memory"


def run(*args, cwd=None):
    done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=cwd, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


class Ca:
    """A CA in a folder of its own, with the files that it issues beside it."""

    def __init__(self, test, name="ca", *options, init=True):
        self.test = test
        self.dir = test.path(name)
        self.out = test.path(name + "-out")
        os.makedirs(self.out)
        if init:
            made = self("init", *options)
            test.check(f"{name}: made", made.status == 0, made)

    def __call__(self, verb, *args, **more):
        env = clean_environment(WARD_CA_DIR=self.dir)
        return ward("ca", verb, *args, env=env, **more)

    def file(self, name):
        return os.path.join(self.out, name)

    def issue(self, name, *args):
        return self("issue", name, "--out", self.file(name + ".pem"), "--key-out",
                    self.file(name + "-key.pem"), *args)

    def listed(self, *args):
        return json.loads(self("list", "--json", *args).out)

    def path(self, name):
        return os.path.join(self.dir, name)


def mode_of(path):
    return stat.S_IMODE(os.lstat(path).st_mode)


def openssl_verifies(ca, leaf, *args):
    return run("openssl", "verify", "-CAfile", ca.path("root.pem"), "-untrusted", leaf, *args, leaf)


def test_init(test):
    umask = os.umask(0)
    ca = Ca(test)
    os.umask(umask)
    test.check("the folder is nobody else's", mode_of(ca.dir) == 0o700)
    for name in os.listdir(ca.dir):
        test.check(f"mode of {name}: {mode_of(ca.path(name)):o}", mode_of(ca.path(name)) == 0o600)
    again = ca("init")
    test.check("not twice", again.status == 2 and "there is a CA already" in again.err, again)
    for args, wanted in ((["init", "x"], "no operand"), (["init", "--permit", "a b"], "DNS name"),
                         (["init", "--permit", "10.0.0.1/8", "--dir", test.path("n")], "bits are set"),
                         (["init", "--lifetime", "x"], "3650d"), (["init", "--key-type", "x"], "p256"),
                         (["init", "--ocsp-url", "ldap://x"], "http://"),
                         (["init", "--unconstrained", "--permit", "a.b"], "one of the two"),
                         (["issue"], "name is missing"), (["issue", "a.test", "--profile", "ca"], "client"),
                         (["issue", "a.test", "--csr", "/nowhere"], "No such file"),
                         (["revoke"], "nothing to revoke"), (["revoke", "zz"], "no such file"),
                         (["revoke", "12", "--reason", "certificateHold"], "keyCompromise"),
                         (["list", "x"], "no operand"), (["crl", "x"], "no operand")):
        result = ca(*args)
        test.check(f"{args}: refused", result.status == 2 and wanted in result.err and
                   "\nhint: " in result.err, result)
    none = Ca(test, "none", init=False)
    for verb in (["list"], ["issue", "a.test"], ["revoke", "12"], ["crl"]):
        result = none(*verb)
        test.check(f"{verb[0]} without a CA", result.status == 2 and "there is no CA" in result.err and
                   "ward ca init" in result.err, result)
    test.check("nothing is made by looking", not os.path.exists(none.dir))
    return ca


def test_issue(test, ca):
    made = ca.issue("www.test", "127.0.0.1", "::1", "*.w.test", "me@mail.test", "https://u.test/x")
    leaf, key = ca.file("www.test.pem"), ca.file("www.test-key.pem")
    test.check("issued", made.status == 0 and made.err == "", made)
    test.check("modes", mode_of(leaf) == 0o644 and mode_of(key) == 0o600)
    for args in (["-purpose", "sslserver", "-verify_hostname", "www.test"], ["-verify_ip", "127.0.0.1"],
                 ["-verify_hostname", "a.w.test", "-x509_strict"]):
        status, said = openssl_verifies(ca, leaf, *args)
        test.check(f"openssl verify {args}: {said}", status == 0)
    for policy in ("default", "rfc5280"):
        good = ward("cert", "verify", leaf, "--cacert", ca.path("root.pem"), "--hostname", "www.test",
                    "--policy", policy)
        test.check(f"ward cert verify, policy {policy}", good.status == 0, good)
    with open(leaf, encoding="ascii") as file:
        test.check("leaf and intermediate", file.read().count("BEGIN CERTIFICATE") == 2)
    for args in (["example.org"], ["a.test", "8.8.8.8"], ["me@example.org"], ["https://example.org/"],
                 ["test.example.org"], ["nottest"]):
        refused = ca.issue(*args)
        test.check(f"refused: {args}", refused.status == 5 and args[-1].split("/")[-2 if "/" in args[-1] else -1]
                   .split("@")[-1] in refused.err and "--permit" in refused.err, refused)
        test.check(f"nothing is left of it: {args}", not os.path.exists(ca.file(args[0] + ".pem")))
    for profile, usage in (("server", ["serverAuth"]), ("client", ["clientAuth"]),
                           ("both", ["serverAuth", "clientAuth"])):
        ca.issue(profile + ".test", "--profile", profile)
        told = json.loads(ward("cert", "show", "--json", ca.file(profile + ".test.pem")).out)
        facts = {e["name"]: e["facts"] for e in told["certificates"][0]["extensions"]}
        test.check(f"profile {profile}: {facts['extKeyUsage']}", facts["extKeyUsage"]["purpose"] == usage)
    serials = [c["serial"] for c in ca.listed()["certificates"]]
    test.check(f"serials of 16 bytes, all different: {serials}", all(len(s) == 32 for s in serials) and
               len(set(serials)) == len(serials) == 4)
    short = ca.issue("short.test", "--lifetime", "15m")
    first, last = re.search(r"valid (\S+) to (\S+)", short.out).groups()
    span = [time.mktime(time.strptime(t, "%Y-%m-%dT%H:%M:%SZ")) for t in (first, last)]
    test.check(f"fifteen minutes: {first} {last}", 900 <= span[1] - span[0] <= 1000)
    for kind in ("p384", "p521", "ed25519", "rsa2048"):
        made = ca.issue(kind + ".test", "--key-type", kind)
        status, said = openssl_verifies(ca, ca.file(kind + ".test.pem"))
        test.check(f"{kind}: {said}", made.status == 0 and status == 0, made)
    there = ca.issue("www.test")
    test.check("not over a file", there.status == 2 and "--force" in there.err, there)
    context = tls_context(leaf, key)
    with Server(lambda c: c.sendall(b"hello"), context) as server:
        seen = ward("connect", f"127.0.0.1:{server.port}", "--cacert", ca.path("root.pem"), "-n")
        test.check("Python serves it, ward trusts it", seen.status == 0, seen)


def test_csr(test, ca):
    key, csr = test.path("r-key.pem"), test.path("r.csr")
    run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
        "/O=I say so/CN=evil", "-addext", "subjectAltName=DNS:csr.test,IP:10.1.2.3", "-addext",
        "basicConstraints=critical,CA:true", "-keyout", key, "-out", csr)
    out = test.path("r.pem")
    made = ca("issue", "--csr", csr, "--out", out)
    test.check("for a request", made.status == 0 and "key" not in made.out, made)
    told = json.loads(ward("cert", "show", "--json", out).out)["certificates"][0]
    facts = {e["name"]: e["facts"] for e in told["extensions"]}
    test.check(f"its names, and nothing else of it: {told['subject']}", told["subject"] == "CN=csr.test" and
               facts["subjectAltName"] == {"dns": ["csr.test"], "ip": ["10.1.2.3"]} and not told["ca"])
    test.check("it is for its key", ward("cert", "match", out, key).status == 0)
    made = ca("issue", "--csr", csr, "--out", out, "--force", "other.test")
    test.check("other names", made.status == 0 and "other.test" in ward("cert", "show", out).out, made)
    with open(csr, "rb") as file:
        text = bytearray(file.read())
    at = text.index(b"-----END") - 12
    text[at] = ord("A") if text[at] != ord("A") else ord("B")
    broken = ca("issue", "--csr", "-", "--out", test.path("no.pem"), stdin=bytes(text))
    test.check("a request that is not signed by its key", broken.status != 0 and broken.out == "", broken)


def test_revoke(test):
    ca = Ca(test, "revoking", "--crl-url", "http://crl.test/a.crl", "--ocsp-url", "http://ocsp.test/")
    for name in ("a.test", "b.test", "c.test"):
        ca.issue(name)
    told = json.loads(ward("cert", "show", "--json", ca.file("a.test.pem")).out)["certificates"][0]
    facts = {e["name"]: e["facts"] for e in told["extensions"]}
    test.check("its URLs", facts["cRLDistributionPoints"]["uri"] == ["http://crl.test/a.crl"] and
               facts["authorityInfoAccess"]["ocsp"] == ["http://ocsp.test/"], told)
    crl = test.path("revoking.pem")
    first = ca("crl", "--out", crl)
    test.check("a list of nothing", first.status == 0 and "number 0x01, 0 revoked" in first.out, first)
    done = ca("revoke", ca.file("a.test.pem"), "--reason", "keyCompromise")
    test.check("revoked by its file", done.status == 0 and "a.test" in done.out, done)
    serial = ca.listed()["certificates"][1]["serial"]
    colons = ":".join(serial[i:i + 2] for i in range(0, 32, 2)).upper()
    done = ca("revoke", colons)
    test.check("revoked by its serial number", done.status == 0, done)
    done = ca("revoke", serial)
    test.check("again does no harm", done.status == 0 and "already" in done.out, done)
    done = ca("revoke", "1234")
    test.check("one it has not issued", done.status == 1 and "has issued no" in done.err, done)
    second = ca("crl", "--out", crl, "--next-update", "36h")
    test.check("the next number", second.status == 0 and "number 0x02, 2 revoked" in second.out, second)
    status, said = run("openssl", "crl", "-in", crl, "-noout", "-text", "-CAfile", ca.path("intermediate.pem"))
    test.check(f"openssl reads it: {said}", status == 0 and "Key Compromise" in said and
               serial.upper() in said.upper() and "verify OK" in said)
    for name, good in (("a.test", False), ("b.test", False), ("c.test", True)):
        status, said = openssl_verifies(ca, ca.file(name + ".pem"), "-crl_check", "-CRLfile", crl)
        test.check(f"openssl verify -crl_check {name}: {said}", (status == 0) == good and
                   (good or "revoked" in said))
    if shutil.which("certtool"):
        for name, good in (("a.test", False), ("b.test", False), ("c.test", True)):
            status, said = run("certtool", "--verify", "--load-ca-certificate", ca.path("root.pem"), "--load-crl", crl,
                               "--infile", ca.file(name + ".pem"), "--verify-hostname=" + name)
            test.check(f"certtool --verify --load-crl {name}: {said}", (status == 0) == good and
                       (good or "revoked" in said))
        status, said = run("certtool", "--verify-crl", "--load-ca-certificate", ca.path("intermediate.pem"), "--infile",
                           crl)
        test.check(f"certtool --verify-crl: {said}", status == 0)
    both = test.path("both.crl")
    root = ca("crl", "--root", "--out", test.path("root.crl"))
    test.check("of the root", root.status == 0 and " 0 revoked" in root.out, root)
    with open(both, "wb") as out:
        for part in (crl, test.path("root.crl")):
            with open(part, "rb") as file:
                out.write(file.read())
    for name, good in (("a.test", False), ("c.test", True)):
        status, said = openssl_verifies(ca, ca.file(name + ".pem"), "-crl_check_all", "-CRLfile", both)
        test.check(f"openssl verify -crl_check_all {name}: {said}", (status == 0) == good)
    wrong = ca("crl", "--root-key", "x")
    test.check("the root's key for the other CRL", wrong.status == 2 and "--root" in wrong.err, wrong)
    der = ca("crl", "--der", "--out", test.path("x.crl"))
    status, said = run("openssl", "crl", "-inform", "DER", "-in", test.path("x.crl"), "-noout", "-crlnumber")
    test.check(f"DER: {said}", der.status == 0 and status == 0 and "3" in said, der)
    states = [(c["state"], c.get("reason")) for c in ca.listed()["certificates"]]
    test.check(f"states: {states}", states == [("revoked", "keyCompromise"), ("revoked", "unspecified"),
                                               ("good", None)])
    test.check("those that are revoked", len(ca.listed("--revoked")["certificates"]) == 2)
    test.check("none has expired", "None" in ca("list", "--expired").out)
    test.check("as text", re.search(rf"^{serial}  revoked  server  \S+  b.test", ca("list").out, re.M))


def test_keys(test):
    stick = test.path("root-key.pem")
    ca = Ca(test, "offline", "--root-key-out", stick, "--permit", "corp.example", "--permit", "203.0.113.0/24")
    test.check("the root's key is there and nowhere else", os.path.exists(stick) and mode_of(stick) == 0o600 and
               not os.path.exists(ca.path("root-key.pem")))
    made = ca.issue("www.corp.example", "203.0.113.9")
    test.check("issuing goes without it", made.status == 0, made)
    away = ca("renew")
    test.check("renewing does not", away.status == 2 and "root-key.pem" in away.err and "--root-key" in away.err,
               away)
    with open(ca.path("intermediate.pem"), encoding="ascii") as file:
        before = file.read()
    renewed = ca("renew", "--root-key", stick)
    with open(ca.path("intermediate.pem"), encoding="ascii") as file:
        test.check("renewed", renewed.status == 0 and file.read() != before, renewed)
    status, said = run("openssl", "verify", "-CAfile", ca.path("root.pem"), "-untrusted",
                       ca.path("intermediate.pem"), ca.file("www.corp.example.pem"))
    test.check(f"what the old one has issued is good with the new: {said}", status == 0)
    os.rename(ca.path("intermediate-key.pem"), test.path("away"))
    away = ca.issue("x.test")
    test.check("without the key that issues", away.status == 2 and "private key of the CA is not there" in away.err
               and "intermediate-key.pem" in away.err, away)
    os.rename(ca.path("root.pem"), test.path("gone"))
    test.check("damaged", ca("list").status == 2)

    secret = test.path("secret")
    with open(secret, "w", encoding="ascii") as file:
        file.write("correct horse\n")
    ca = Ca(test, "encrypted", "--passphrase-file", secret)
    with open(ca.path("intermediate-key.pem"), encoding="ascii") as file:
        test.check("the key is encrypted", "BEGIN ENCRYPTED PRIVATE KEY" in file.read())
    made = ca.issue("x.test", "--passphrase-file", secret)
    test.check("with the passphrase", made.status == 0, made)
    with open(secret, "w", encoding="ascii") as file:
        file.write("battery\n")
    wrong = ca.issue("y.test", "--passphrase-file", secret)
    test.check("with another one", wrong.status == 2 and "passphrase" in wrong.err, wrong)
    none = ca.issue("z.test")
    test.check("with none, and no terminal", none.status == 2 and "z.test" not in ca("list").out, none)
    free = Ca(test, "free", init=False)
    made = free("init", "--unconstrained")
    test.check("without constraints: a warning", made.status == 0 and "warning" in made.err, made)
    test.check("anything", free.issue("www.example.org").status == 0)


# ---- a stolen intermediate ----

def checks(ca, leaf, *crls):
    """What openssl says of a chain when it asks lists for all of it."""
    return run("openssl", "verify", "-CAfile", ca.path("root.pem"), "-untrusted", leaf, "-crl_check_all",
               *(word for crl in crls for word in ("-CRLfile", crl)), leaf)


def test_stolen(test):
    stick, crl, root_crl = test.path("stolen-root-key.pem"), test.path("stolen.crl"), test.path("stolen-root.crl")
    ca = Ca(test, "stolen", "--root-key-out", stick)
    ca.issue("old.test")
    renewed = ca("renew", "--root-key", stick)
    with open(ca.path("intermediate.pem"), encoding="ascii") as file:
        second = file.read()
    ca.issue("older.test")
    old = ca.file("older.test.pem")
    ca("crl", "--out", crl)
    made = ca("crl", "--root", "--root-key", stick, "--out", root_crl)
    test.check(f"before: good with both lists {checks(ca, old, crl, root_crl)}", renewed.status == made.status == 0 and
               checks(ca, old, crl, root_crl)[0] == 0)
    away = ca("revoke", "--intermediate", "--out", root_crl)
    test.check("without the root's key nothing is revoked", away.status == 2 and "--root-key" in away.err and
               all(c["state"] == "good" for c in ca.listed()["certificates"]), away)
    for args, wanted in ((["revoke", "--intermediate", old], "by itself"), (["revoke", old, "--root-key", stick],
                                                                          "is for the intermediate"),
                         (["revoke", old, "--out", "x"], "is for the intermediate")):
        refused = ca(*args)
        test.check(f"{args[1:]}: refused", refused.status == 2 and wanted in refused.err, refused)
    done = ca("revoke", "--intermediate", "--root-key", stick, "--out", root_crl)
    test.check("revoked", done.status == 0 and "ward ca renew" in done.out and root_crl in done.out, done)
    listed = ca.listed()
    test.check("and all that it has issued", all(c["state"] == "revoked" and c["reason"] == "cACompromise"
                                                 for c in listed["certificates"]), listed)
    test.check(f"both of its certificates: {listed['intermediates']}",
               [i["revoked"] for i in listed["intermediates"]] == [True, True] and
               {i["reason"] for i in listed["intermediates"]} == {"cACompromise"})
    status, said = checks(ca, old, crl, root_crl)
    test.check(f"openssl: {said}", status != 0 and "error 23 at 1 depth lookup: certificate revoked" in said)
    first = ca.file("old.test.pem")
    status, said = checks(ca, first, crl, root_crl)
    test.check(f"with the certificate that it had before, too: {said}", status != 0 and "error 23 at 1" in said)
    told = ward("cert", "verify", old, "--cacert", ca.path("root.pem"), "--crl", root_crl)
    test.check("ward", told.status == 1 and "revoked" in told.err, told)
    status, said = run("openssl", "crl", "-in", root_crl, "-noout", "-text", "-CAfile", ca.path("root.pem"))
    test.check(f"the list: {said}", "verify OK" in said and said.count("CA Compromise") == 2)
    for verb in (["issue", "x.test"], ["crl", "--out", crl]):
        refused = ca(*verb)
        test.check(f"{verb[0]}: refused", refused.status == 2 and "is revoked" in refused.err and
                   "ward ca renew" in refused.err, refused)
    again = ca("revoke", "--intermediate", "--root-key", stick, "--out", root_crl)
    test.check("again: the list is written once more", again.status == 0 and "already" in again.out and
               len(ca.listed()["intermediates"]) == 2, again)

    renewed = ca("renew", "--root-key", stick)
    with open(ca.path("intermediate.pem"), encoding="ascii") as file:
        third = file.read()
    shown = [ward("cert", "show", "--json", "-", stdin=pem.encode()).out for pem in (second, third)]
    before, after = (json.loads(text)["certificates"][0] for text in shown)
    test.check("a new intermediate", renewed.status == 0 and after["subject"] != before["subject"] and
               "intermediate 2" in after["subject"], renewed)
    test.check("with a new key", after["spki_sha256"] != before["spki_sha256"])
    test.check("mode of its key", mode_of(ca.path("intermediate-key.pem")) == 0o600)
    made = ca.issue("new.test")
    new = ca.file("new.test.pem")
    ca("crl", "--out", crl)
    status, said = checks(ca, new, crl, root_crl)
    test.check(f"what it issues is good: {made} {said}", status == 0)
    status, said = run("openssl", "crl", "-in", crl, "-noout", "-text")
    test.check(f"its list has nothing of the old one: {said}", "No Revoked Certificates" in said)
    status, said = checks(ca, old, crl, root_crl)
    test.check(f"the old one stays revoked: {said}", status != 0)
    ca("revoke", new)
    ca("crl", "--out", crl)
    status, said = checks(ca, new, crl, root_crl)
    test.check(f"and it revokes: {said}", status != 0 and "error 23 at 0" in said)
    third = ca("revoke", "--intermediate", "--root-key", stick, "--out", root_crl, "--reason", "keyCompromise")
    fourth = ca("renew", "--root-key", stick)
    test.check("that goes on", third.status == fourth.status == 0 and "intermediate 3" in ca.listed()["intermediate"],
               f"{third} {fourth}")

    secret = test.path("stolen-secret")
    with open(secret, "w", encoding="ascii") as file:
        file.write("correct horse\n")
    ca = Ca(test, "stolen-locked", "--passphrase-file", secret)
    ca("revoke", "--intermediate", "--passphrase-file", secret, "--out", root_crl)
    renewed = ca("renew", "--passphrase-file", secret)
    with open(ca.path("intermediate-key.pem"), encoding="ascii") as file:
        test.check("the new key is encrypted, too", renewed.status == 0 and "ENCRYPTED" in file.read(), renewed)
    made = ca.issue("locked.test", "--passphrase-file", secret)
    test.check("and issues", made.status == 0, made)


# ---- crashes and crowds ----

def check_index(test, ca, what):
    """Each certificate that was handed out is listed once, with its own hash; gives how many."""
    listed = ca.listed()["certificates"]
    serials = {c["serial"]: c for c in listed}
    test.check(f"{what}: no serial twice", len(serials) == len(listed))
    handed = 0
    for name in os.listdir(ca.out):
        if not name.endswith(".pem") or name.endswith("-key.pem") or name.startswith("."):
            continue
        told = json.loads(ward("cert", "show", "--json", ca.file(name)).out)["certificates"][0]
        entry = serials.get(told["serial"])
        test.check(f"{what}: {name} is on the index", entry is not None and
                   entry["sha256"] == told["sha256"])
        handed += 1
    return handed, len(listed)


def test_kills(test):
    ca = Ca(test, "killed")
    random.seed(1)
    env = clean_environment(WARD_CA_DIR=ca.dir)
    started = time.monotonic()
    ca.issue("n.test", "--force")
    typical = time.monotonic() - started
    rounds = 15 if SLOW else 60
    killed = 0
    for i in range(rounds):
        verb = ["issue", f"k{i}.test", "--out", ca.file(f"k{i}.pem"), "--key-out", ca.file(f"k{i}-key.pem")]
        if i % 5 == 4:
            verb = ["revoke", random.choice(ca.listed()["certificates"])["serial"]]
        with subprocess.Popen([WARD, "ca", *verb], env=env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(random.uniform(0, 1.2 * typical))
            process.kill()
            killed += process.wait() == -signal.SIGKILL
    handed, listed = check_index(test, ca, "killed")
    test.check(f"{rounds} calls, {killed} killed, {handed} handed out, {listed} listed", killed > rounds // 10 and
               listed >= handed)
    print(f"{rounds} calls, {killed} killed; {handed} certificates handed out, {listed} on the index")
    # What a crash of the machine may leave: a part of a line, zeros.
    for tail in (b"0123", b"\0" * 300):
        before = ca.listed()["certificates"]
        with open(ca.path("index"), "r+b") as file:
            whole = file.read()
            file.write(tail)
        test.check(f"read with {tail[:9]} behind it", ca.listed()["certificates"] == before)
        made = ca.issue("n.test", "--force")
        test.check(f"written with {tail[:9]} behind it", made.status == 0 and
                   len(ca.listed()["certificates"]) == len(before) + 1, made)
        with open(ca.path("index"), "rb") as file:
            test.check("it is cut off", whole + tail not in file.read())


def test_damage(test):
    """What no crash leaves is refused, and nothing of it is cut off."""
    ca = Ca(test, "damaged")
    for name in ("a.test", "b.test"):
        ca.issue(name)
    ca("revoke", ca.file("a.test.pem"))
    with open(ca.path("index"), "rb") as file:
        whole = file.read()
    lines = whole.splitlines(keepends=True)
    for what, index, line in (
            ("in the middle", whole[:100] + b"X" + whole[101:], 1),
            ("in the last line", whole[:-3] + b"9" + whole[-2:], 3),
            ("a line behind the last", whole + b"deadbeef issue 12 garbage\n", 4),
            ("an empty line", whole + b"\n", 4),
            ("a line is missing", lines[0] + lines[2], 2),
            ("two have changed places", lines[1] + lines[0] + lines[2], 1)):
        with open(ca.path("index"), "wb") as file:
            file.write(index)
        for verb in (["list"], ["crl"], ["issue", "x.test"], ["revoke", "12"]):
            bad = ca(*verb)
            test.check(f"{what}: {verb[0]}", bad.status == 2 and "damaged" in bad.err and
                       f"index: line {line}\n" in bad.err and "DAMAGE" in bad.err, bad)
        with open(ca.path("index"), "rb") as file:
            test.check(f"{what}: nothing was cut off", file.read() == index)
    os.remove(ca.path("index"))
    gone = ca("crl")
    test.check("no index", gone.status == 2 and "missing" in gone.err, gone)
    test.check("and none is made", not os.path.exists(ca.path("index")))
    with open(ca.path("index"), "wb") as file:
        file.write(whole)
    test.check("put back", [c["state"] for c in ca.listed()["certificates"]] == ["revoked", "good"])
    os.rename(ca.path("ca.json"), test.path("moved"))
    again = ca("init")
    test.check("no CA over an index", again.status == 2 and "there is an index" in again.err, again)


def test_folders(test):
    home = test.path("home")
    os.makedirs(os.path.join(home, "documents"))
    os.chmod(home, 0o755)
    wide = ward("ca", "init", "--dir", home)
    test.check("a folder of others' is left alone", wide.status == 2 and "others may enter" in wide.err and
               mode_of(home) == 0o755, wide)
    none = ward("ca", "init", "--dir", "")
    test.check("no folder", none.status == 2, none)
    env = clean_environment(HOME=home)
    env.pop("XDG_DATA_HOME", None)
    made = ward("ca", "init", env=env)
    test.check("the user's own", made.status == 0 and
               os.path.exists(os.path.join(home, ".local/share/ward/ca/ca.json")), made)


def test_killed_init(test):
    env = clean_environment()
    for i in range(5 if SLOW else 15):
        folder = test.path(f"init{i}")
        with subprocess.Popen([WARD, "ca", "init", "--dir", folder], env=env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(random.uniform(0, 0.05 if not SLOW else 0.5))
            process.kill()
            process.wait()
        again = ward("ca", "init", "--dir", folder)
        good = ward("ca", "issue", "a.test", "--dir", folder, "--out", test.path("i.pem"), "--key-out",
                    test.path("i-key.pem"), "--force")
        test.check("after a killed init: a CA, at the latest with the next", good.status == 0 and
                   (again.status == 0 or "already" in again.err), again)


def test_crowd(test):
    ca = Ca(test, "crowd")
    env = clean_environment(WARD_CA_DIR=ca.dir)
    for i in range(5):
        ca.issue(f"r{i}.test")
    serials = [c["serial"] for c in ca.listed()["certificates"]]
    crowd = [subprocess.Popen([WARD, "ca", "issue", f"c{i}.test", "--out", ca.file(f"c{i}.pem"), "--key-out",
                               ca.file(f"c{i}-key.pem")], env=env, stdout=subprocess.DEVNULL) for i in range(20)]
    crowd += [subprocess.Popen([WARD, "ca", "revoke", s], env=env, stdout=subprocess.DEVNULL) for s in serials]
    crowd += [subprocess.Popen([WARD, "ca", "crl", "--out", test.path(f"crowd{i}.crl")], env=env,
                               stdout=subprocess.PIPE) for i in range(5)]
    seen = []
    for process in crowd:
        out = process.communicate()[0]
        test.check("each of them is fine", process.returncode == 0)
        seen += re.findall(rb"number (0x\w+)", out or b"")
    test.check(f"numbers of lists: {seen}", sorted(seen) == [b"0x01", b"0x02", b"0x03", b"0x04", b"0x05"])
    handed, listed = check_index(test, ca, "crowd")
    test.check(f"25 handed out and listed: {handed} {listed}", handed == listed == 25)
    test.check("five revoked", len(ca.listed("--revoked")["certificates"]) == 5)


def main():
    need("openssl")
    test = Test()
    ca = test_init(test)
    test_issue(test, ca)
    test_csr(test, ca)
    test_revoke(test)
    test_keys(test)
    test_stolen(test)
    test_kills(test)
    test_damage(test)
    test_folders(test)
    test_killed_init(test)
    test_crowd(test)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
