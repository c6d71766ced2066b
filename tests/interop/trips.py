"""What the tests of round trips share: running programs, a file with a passphrase, a small PKI that ward
makes.
"""
import os
import subprocess

from command import ward

KINDS = ("rsa2048", "p256", "p384", "ed25519")
WORD = "seven-words"


def run(*args, data=b"", cwd=None):
    """Whether a program succeeds, and all that it says."""
    done = subprocess.run(args, input=data, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=100, check=False, cwd=cwd)
    return done.returncode == 0, done.stdout.decode(errors="replace")


def make(test, *args):
    result = ward(*args)
    test.check(f"ward {' '.join(map(os.path.basename, args))}", result.status == 0, result)
    return result


def make_word(test):
    """A file with the passphrase."""
    with open(test.path("word"), "w", encoding="ascii") as file:
        file.write(WORD + "\n")
    return test.path("word")


def text_of(path):
    with open(path, encoding="ascii") as file:
        return file.read()


class Chain:
    """Root, intermediate and leaf of one kind of key. ward makes all but the root's certificate, which
    openssl makes with ward's key; the server's key is in the form of FORMS."""

    FORMS = {"rsa2048": ("pkcs1",), "p256": ("sec1",), "p384": ("pkcs8", "--encrypt"),
             "ed25519": ("pkcs8",)}

    def __init__(self, test, kind):
        self.test, self.kind, self.name = test, kind, f"{kind}.example"
        self.root, self.root_key = self.path("root.pem"), self.path("root-key.pem")
        self.middle, self.middle_key = self.path("middle.pem"), self.path("middle-key.pem")
        self.leaf, self.plain_key = self.path("leaf.pem"), self.path("leaf-key.pem")
        self.chain, self.key = self.path("chain.pem"), self.path("server-key.pem")
        self.csr = self.path("leaf.csr")
        make(test, "key", "new", "--type", kind, "--out", self.root_key)
        ok, out = run("openssl", "req", "-x509", "-new", "-key", self.root_key, "-subj",
                      f"/CN=root {kind}", "-days", "9", "-out", self.root, "-addext",
                      "basicConstraints=critical,CA:TRUE", "-addext",
                      "keyUsage=critical,keyCertSign,cRLSign")
        test.check(f"{kind}: openssl makes a root with ward's key", ok, out)
        self.sign("middle", ("--subject", f"CN=middle {kind}"), "ca", self.root, self.root_key)
        self.sign("leaf", (self.name, "localhost", "127.0.0.1"), "server", self.middle,
                  self.middle_key)
        make(test, "cert", "convert", self.leaf, self.middle, "--to", "pem", "--out", self.chain)
        form, *more = self.FORMS[kind]
        if more:
            more += ["--new-passphrase-file", make_word(test)]
        make(test, "cert", "convert", self.plain_key, "--to", form, *more, "--out", self.key)

    def path(self, end):
        return self.test.path(f"{self.kind}-{end}")

    def sign(self, name, names, profile, issuer, issuer_key):
        make(self.test, "cert", "csr", *names, "--profile", profile, "--key-type", self.kind,
             "--key-out", self.path(name + "-key.pem"), "--out", self.path(name + ".csr"))
        make(self.test, "cert", "sign", self.path(name + ".csr"), "--profile", profile, "--ca",
             issuer, "--ca-key", issuer_key, "--out", self.path(name + ".pem"))
