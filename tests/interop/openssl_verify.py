#!/usr/bin/env python3
"""`ward openssl verify` beside openssl(1): the same certificates, the same command lines, and of both
standard output, exit status and the lines of errors. It covers src/cli/openssl/verify.c,
verify_load.c, verify_tell.c and verdict.c.

Listed differences: ward ends with a line "hint: …"; it takes no keys below RSA of 2048 bits, no SHA-1
and no certificates of version 1; it does not look at the commonName; and with -CAfile it trusts that
file alone, where openssl also looks into the system's folder.
"""
import os
import re
import subprocess
import sys
import time

from beside_openssl import FORM_OF_35, ours, peer_version, refused, theirs
from command import Test, WARD, clean_environment, need

DAY = 24 * 3600

EXTENSIONS = """
[root]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
[middle]
basicConstraints=critical,CA:TRUE,pathlen:0
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
[deep]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
[nosign]
basicConstraints=critical,CA:TRUE
keyUsage=critical,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
[fenced]
basicConstraints=critical,CA:TRUE
nameConstraints=critical,permitted;DNS:other.example
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
[leaf]
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectAltName=DNS:www.example.org,IP:192.0.2.7,email:me@example.org
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
[client]
basicConstraints=critical,CA:FALSE
extendedKeyUsage=clientAuth
subjectAltName=email:me@example.org
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
[coder]
basicConstraints=critical,CA:FALSE
extendedKeyUsage=codeSigning
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
[mail]
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=emailProtection
[mailkey]
basicConstraints=critical,CA:FALSE
keyUsage=critical,keyEncipherment
extendedKeyUsage=clientAuth,emailProtection
[anything]
basicConstraints=critical,CA:FALSE
extendedKeyUsage=anyExtendedKeyUsage
[bare]
basicConstraints=critical,CA:FALSE
[lists]
basicConstraints=critical,CA:FALSE
keyUsage=critical,cRLSign
[stamp]
basicConstraints=critical,CA:FALSE
keyUsage=critical,nonRepudiation
extendedKeyUsage=critical,timeStamping
[stampsoft]
basicConstraints=critical,CA:FALSE
keyUsage=critical,nonRepudiation
extendedKeyUsage=timeStamping
[stampmore]
basicConstraints=critical,CA:FALSE
keyUsage=critical,nonRepudiation,keyEncipherment
extendedKeyUsage=critical,timeStamping
[stamptwo]
basicConstraints=critical,CA:FALSE
extendedKeyUsage=critical,timeStamping,codeSigning
[code]
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=codeSigning
[codesoft]
basicConstraints=critical,CA:FALSE
keyUsage=digitalSignature
extendedKeyUsage=codeSigning
[codeserver]
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=codeSigning,serverAuth
[webca]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
extendedKeyUsage=serverAuth
[odd]
basicConstraints=critical,CA:FALSE
1.2.3.4=critical,DER:0500
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
"""


def peer(test, *args):
    done = theirs(test, *args)
    if done.status != 0:
        raise RuntimeError(f"openssl {args}: {done}")
    return done


def make(test, name, section, issuer=None):
    """A certificate NAME.pem with its key NAME.key, from ISSUER or from itself."""
    peer(test, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")
    peer(test, "req", "-new", "-key", f"{name}.key", "-subj", f"/O=Test/CN={name}", "-out",
         f"{name}.csr")
    signer = ["-signkey", f"{name}.key"] if issuer is None else \
        ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-CAcreateserial"]
    peer(test, "x509", "-req", "-in", f"{name}.csr", *signer, "-days", "30", "-extfile", "ext.cnf",
         "-extensions", section, "-out", f"{name}.pem")


def join(test, target, *names):
    with open(test.path(target), "w", encoding="ascii") as out:
        for name in names:
            with open(test.path(name), encoding="ascii") as file:
                out.write(file.read())


def make_crls(test):
    """Lists by `openssl ca`: of the middle, with gone.pem on it; of the root, empty."""
    for name in ("root", "middle"):
        folder = test.path("state-" + name)
        os.mkdir(folder)
        for file in ("index", "crlnumber"):
            with open(os.path.join(folder, file), "w", encoding="ascii") as out:
                out.write("" if file == "index" else "01\n")
        with open(test.path(f"{name}.cnf"), "w", encoding="ascii") as out:
            out.write(f"[ca]\ndefault_ca=d\n[d]\ndatabase={folder}/index\ndefault_md=sha256\n"
                      f"crlnumber={folder}/crlnumber\ncrl_extensions=e\n"
                      "[e]\nauthorityKeyIdentifier=keyid\n")
        base = ["ca", "-config", f"{name}.cnf", "-cert", f"{name}.pem", "-keyfile", f"{name}.key"]
        if name == "middle":
            peer(test, *base, "-revoke", "gone.pem")
        peer(test, *base, "-gencrl", "-crldays", "5", "-out", f"{name}.crl")


def material(test):
    with open(test.path("ext.cnf"), "w", encoding="ascii") as file:
        file.write(EXTENSIONS)
    with open(test.path("old.index"), "w", encoding="ascii"):
        pass
    with open(test.path("old.cnf"), "w", encoding="ascii") as file:
        file.write("[ca]\ndefault_ca=d\n[d]\nnew_certs_dir=.\ndatabase=old.index\nserial=old.serial\n"
                   "default_md=sha256\npolicy=p\n[p]\ncommonName=optional\n")
    make(test, "root", "root")
    make(test, "stranger", "root")
    make(test, "middle", "middle", "root")
    make(test, "nosign", "nosign", "root")
    make(test, "fenced", "fenced", "root")
    make(test, "deep", "deep", "middle")
    for name, section, issuer in (
            ("leaf", "leaf", "middle"), ("gone", "leaf", "middle"), ("client", "client", "middle"),
            ("coder", "coder", "middle"), ("odd", "odd", "middle"), ("low", "leaf", "deep"),
            ("bad", "leaf", "nosign"), ("out", "leaf", "fenced"), ("sub", "leaf", "leaf")):
        make(test, name, section, issuer)
    peer(test, "ca", "-batch", "-notext", "-config", "old.cnf", "-cert", "middle.pem", "-keyfile",
         "middle.key", "-rand_serial", "-extfile", "ext.cnf", "-extensions",
         "leaf", "-startdate", "20200101000000Z", "-enddate",
         "20210101000000Z", "-in", "leaf.csr", "-out", "old.pem")
    make_crls(test)
    join(test, "both.pem", "root.pem", "middle.pem")
    join(test, "with-crl.pem", "root.pem", "middle.crl")
    join(test, "crls.pem", "root.crl", "middle.crl")
    join(test, "chain.pem", "leaf.pem", "middle.pem")
    broken = bytearray(peer(test, "x509", "-in", "leaf.pem", "-outform", "DER").out)
    broken[-1] ^= 1
    with open(test.path("broken.der"), "wb") as file:
        file.write(broken)
    peer(test, "x509", "-inform", "DER", "-in", "broken.der", "-out", "broken.pem")
    os.mkdir(test.path("folder"))
    join(test, "folder/a.pem", "root.pem")
    peer(test, "rehash", "folder")


def errors(text):
    """What is said, without ward's own last line and openssl's queue of errors."""
    return [line for line in text.splitlines()
            if not line.startswith("hint: ") and not re.match("[0-9A-F]+:error:", line)]


def compare(test, name, *args, stdin=b""):
    """Gives our result."""
    mine = ours(test, "verify", *args, stdin=stdin)
    other = theirs(test, "verify", *FORM_OF_35, *args, stdin=stdin)
    test.check(f"{name}: verify {' '.join(args)}",
               mine.out == other.out and mine.status == other.status and
               errors(mine.err) == errors(other.err), f"ward: {mine}\nopenssl: {other}")
    return mine


def test_chains(test):
    root = ["-CAfile", "root.pem", "-no-CApath"]
    full = [*root, "-untrusted", "middle.pem"]
    later, sooner = str(int(time.time()) + 300 * DAY), str(int(time.time()) - 3 * DAY)
    for name, args in (
            ("a good chain", [*full, "leaf.pem"]),
            ("its chain is shown", [*full, "-show_chain", "leaf.pem"]),
            ("a root", [*root, "root.pem"]),
            ("a root's chain", [*root, "-show_chain", "root.pem"]),
            ("an intermediate among the trusted", ["-CAfile", "both.pem", "-no-CApath", "leaf.pem"]),
            ("its chain", ["-CAfile", "both.pem", "-no-CApath", "-show_chain", "leaf.pem"]),
            ("-trusted", ["-trusted", "root.pem", "-untrusted", "middle.pem", "leaf.pem"]),
            ("a folder", ["-CApath", "folder", "-no-CAfile", "-untrusted", "middle.pem", "leaf.pem"]),
            ("several", [*full, "leaf.pem", "client.pem", "coder.pem"]),
            ("several, one is not good", [*full, "leaf.pem", "stranger.pem", "client.pem"]),
            ("what is behind the first is not used", [*root, "chain.pem"]),
            ("without the intermediate", [*root, "leaf.pem"]),
            ("a self-signed stranger", [*root, "stranger.pem"]),
            ("a root that is not trusted, sent along",
             ["-CAfile", "stranger.pem", "-no-CApath", "-untrusted", "both.pem", "leaf.pem"]),
            ("an intermediate alone is trusted", ["-CAfile", "middle.pem", "-no-CApath", "leaf.pem"]),
            ("which may be enough",
             ["-CAfile", "middle.pem", "-no-CApath", "-partial_chain", "leaf.pem"]),
            ("a leaf that is trusted itself",
             ["-CAfile", "leaf.pem", "-no-CApath", "-partial_chain", "leaf.pem"]),
            ("a host", [*full, "-verify_hostname", "www.example.org", "leaf.pem"]),
            ("another host", [*full, "-verify_hostname", "example.org", "leaf.pem"]),
            ("an address", [*full, "-verify_ip", "192.0.2.7", "leaf.pem"]),
            ("another address", [*full, "-verify_ip", "192.0.2.8", "leaf.pem"]),
            ("a mail address", [*full, "-verify_email", "me@example.org", "client.pem"]),
            ("another mail address", [*full, "-verify_email", "you@example.org", "client.pem"]),
            ("a server's", [*full, "-purpose", "sslserver", "leaf.pem"]),
            ("a client's is no server's", [*full, "-purpose", "sslserver", "client.pem"]),
            ("a client's", [*full, "-purpose", "sslclient", "client.pem"]),
            ("a coder's is no client's", [*full, "-purpose", "sslclient", "coder.pem"]),
            ("any purpose", [*full, "-purpose", "any", "coder.pem"]),
            ("expired", [*full, "-attime", later, "leaf.pem"]),
            ("not yet valid", [*full, "-attime", sooner, "leaf.pem"]),
            ("expired, and the time is not asked",
             [*full, "-no_check_time", "old.pem"]),
            ("a time that is named is asked all the same",
             [*full, "-attime", later, "-no_check_time", "leaf.pem"]),
            ("an extension that is critical and not known", [*full, "odd.pem"]),
            ("a signature that is wrong", [*full, "broken.pem"]),
            ("more CAs than one allows", [*full, "-untrusted", "deep.pem", "low.pem"]),
            ("an issuer that may not sign", [*root, "-untrusted", "nosign.pem", "bad.pem"]),
            ("a name that a CA may not give", [*root, "-untrusted", "fenced.pem", "out.pem"]),
            ("-x509_strict", [*full, "-x509_strict", "leaf.pem"]),
            ("-verbose", [*full, "-verbose", "leaf.pem"])):
        compare(test, name, *args)
    # OpenSSL goes on to a rule that is broken above, ward does not look for more.
    mine = ours(test, "verify", *full, "-untrusted", "leaf.pem", "sub.pem")
    test.check("a leaf that issues", mine.status == 2 and mine.out == b"" and
               "error 79 at 1 depth lookup: invalid CA certificate" in mine.err, mine)
    with open(test.path("leaf.pem"), "rb") as file:
        compare(test, "standard input", *full, stdin=file.read())


def test_revocation(test):
    full = ["-CAfile", "root.pem", "-no-CApath", "-untrusted", "middle.pem"]
    later = str(int(time.time()) + 10 * DAY)
    for name, args in (
            ("no list", [*full, "-crl_check", "leaf.pem"]),
            ("a list that is not asked", [*full, "-CRLfile", "middle.crl", "gone.pem"]),
            ("not on the list", [*full, "-crl_check", "-CRLfile", "middle.crl", "leaf.pem"]),
            ("on the list", [*full, "-crl_check", "-CRLfile", "middle.crl", "gone.pem"]),
            ("a list in -CAfile", ["-CAfile", "with-crl.pem", "-no-CApath", "-untrusted",
                                   "middle.pem", "-crl_check", "gone.pem"]),
            ("all, and one list is missing",
             [*full, "-crl_check_all", "-CRLfile", "middle.crl", "leaf.pem"]),
            ("all", [*full, "-crl_check_all", "-CRLfile", "crls.pem", "leaf.pem"]),
            ("a list that has expired",
             [*full, "-crl_check", "-CRLfile", "middle.crl", "-attime", later, "leaf.pem"]),
            ("another CA's list", [*full, "-crl_check", "-CRLfile", "root.crl", "leaf.pem"])):
        compare(test, name, *args)


PURPOSES = ("sslserver", "sslclient", "smimesign", "smimeencrypt", "crlsign", "ocsphelper", "timestampsign",
            "codesign", "any")
KINDS = ("mail", "mailkey", "anything", "bare", "lists", "stamp", "stampsoft", "stampmore", "stamptwo", "code",
         "codesoft", "codeserver")


def test_purposes(test):
    """All leaves for each purpose at once: what is said of each, in their order."""
    for kind in KINDS:
        make(test, "for-" + kind, kind, "middle")
    make(test, "webca", "webca", "root")
    make(test, "web-mail", "mail", "webca")
    make(test, "web-stamp", "stamp", "webca")
    files = [f"for-{kind}.pem" for kind in KINDS] + ["root.pem"]
    for purpose in PURPOSES:
        if purpose == "codesign" and peer_version(test) < (3, 2):
            continue
        chosen = ["-purpose", purpose, "-CAfile", "root.pem", "-no-CApath"]
        compare(test, purpose, *chosen, "-untrusted", "middle.pem", *files)
        compare(test, f"{purpose}: a CA for servers alone", *chosen, "-untrusted", "webca.pem", "web-mail.pem",
                "web-stamp.pem")
    for kind, good in (("code", True), ("codesoft", False), ("codeserver", False), ("bare", False),
                       ("anything", False), ("stamptwo", False)):
        mine = ours(test, "verify", "-purpose", "codesign", "-CAfile", "root.pem", "-untrusted", "middle.pem",
                    f"for-{kind}.pem")
        test.check(f"codesign: {kind}", (mine.status == 0) == good and
                   ("error 26 at 0 depth lookup" in mine.err) != good, mine)


def test_wrong(test):
    for args in (["-CAfile", "root.pem", "missing.pem"], ["-CAfile", "root.pem", "root.key"],
                 ["-CAfile", "missing.pem", "root.pem"], ["-CAfile", "root.key", "root.pem"],
                 ["-purpose", "nonsense", "root.pem"], ["-verify_ip", "nonsense", "root.pem"],
                 ["-bogus", "root.pem"], ["-trusted", "root.pem", "-CAfile", "root.pem", "root.pem"]):
        mine, other = ours(test, "verify", *args), theirs(test, "verify", *args)
        test.check(f"wrong: {args}", mine.status == other.status and mine.out == b"" and
                   "\nhint: " in mine.err, f"ward: {mine}\nopenssl: {other}")
    refused(test, ["verify", "-policy", "1.2.3", "leaf.pem"], "use ward cert verify")
    refused(test, ["verify", "-verify_hostnam", "x"], "did you mean -verify_hostname?")


def test_system(test):
    """Without -CAfile the system's roots; SSL_CERT_FILE says which."""
    env = clean_environment(SSL_CERT_FILE=test.path("root.pem"))
    for trusted, status in ((env, 0), (clean_environment(), 2)):
        done = subprocess.run([WARD, "openssl", "verify", "-untrusted",
                               "middle.pem", "leaf.pem"], cwd=test.folder, env=trusted,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        test.check(f"the system's roots: {status}", done.returncode == status, done)


def main():
    need("openssl")
    test = Test()
    material(test)
    test_chains(test)
    test_revocation(test)
    test_purposes(test)
    test_wrong(test)
    test_system(test)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
