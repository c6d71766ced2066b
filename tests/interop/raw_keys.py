#!/usr/bin/env python3
"""Raw public keys (RFC 7250) in both versions and both directions: ward with itself, with GnuTLS, and
with OpenSSL from 3.2 on."""
# ctest: timeout=120
import contextlib
import json
import os
import re
import subprocess
import sys

from command import Test, need, ward
from peers import Failed, Process, case, check, finish, running, server_on_free_port
from serving import Serving

VERSIONS = {"TLSv1.2": "VERS-TLS1.2", "TLSv1.3": "VERS-TLS1.3"}


# ---- keys ----

class Key:
    """A key pair in files, and its pin as openssl computes it."""

    def __init__(self, test, name, *kind):
        self.key, self.public = test.path(f"{name}.key"), test.path(f"{name}.pub")
        self.run("genpkey", *kind, "-out", self.key)
        self.run("pkey", "-in", self.key, "-pubout", "-out", self.public)
        der = self.run("pkey", "-in", self.key, "-pubout", "-outform", "DER")
        digest = self.run("dgst", "-sha256", "-binary", data=der)
        self.pin = "sha256//" + self.run("base64", "-A", data=digest).decode().strip()
        self.hex = digest.hex()
        self.cert = test.path(f"{name}.crt")  # openssl shows the key of one
        self.run("req", "-x509", "-new", "-key", self.key, "-subj", "/CN=-", "-out", self.cert)

    @staticmethod
    def run(*args, data=b""):
        return subprocess.run(["openssl", *args], input=data, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=True).stdout


class Keys:
    def __init__(self, test):
        ec = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
        self.server = Key(test, "server", *ec)
        self.client = Key(test, "client", "-algorithm", "ED25519")
        self.other = Key(test, "other", *ec)


# ---- ward with itself ----

def connect(port, *args, status=0):
    result = ward("connect", f"127.0.0.1:{port}", "--no-input", "--json", *args)
    check(result.status == status, result)
    return json.loads(result.out) if result.out else None


def ward_both(test, keys):
    allow = ("--client-raw-key", "--allow", f"pin:{keys.client.pin}", "--access-log")
    pin = ("--server-raw-key", "--pin", keys.server.pin)
    with Serving(test, "--raw-key", keys.server.key, *allow) as server:
        with case("ward: both show raw keys"):
            facts = connect(server.port, *pin, "--raw-key", keys.client.key)
            check(facts["certificate_type"] == "raw_public_key" and facts["verified"] and
                  facts["chain"] == [], facts)
            check(facts["raw_public_key"] == {"key": {"type": "P-256", "bits": 256},
                                              "spki_sha256": keys.server.hex}, facts)
        with case("ward: what serve says of its key"):
            check(f"--pin {keys.server.pin}" in server.log(), server.log())
        with case("ward: for people"):
            result = ward("connect", f"127.0.0.1:{server.port}", "--no-input", *pin, "--raw-key",
                          keys.client.key)
            check("the raw public key is one that is pinned" in result.out and
                  f"pin       {keys.server.pin}" in result.out, result)
        with case("ward: the client's key in the access log"):
            request = b"GET / HTTP/1.0\r\n\r\n"
            result = ward("connect", f"127.0.0.1:{server.port}", *pin, "--raw-key",
                          keys.client.key, stdin=request)
            check(result.out.startswith("HTTP/1.1 "), result)
            check(server.wait_for_log(f"pin:{keys.client.pin}"), server.log())
        with case("ward: another server's key"):
            facts = connect(server.port, "--server-raw-key", "--pin", keys.other.pin, "--raw-key",
                            keys.client.key, status=1)
            check(facts["error"]["reason"] == "PIN_MISMATCH", facts)
        with case("ward: another client's key"):
            facts = connect(server.port, *pin, "--raw-key", keys.other.key, status=4)
            check(facts["error"]["alert"] == "access_denied", facts)
            check(server.wait_for_log("CLIENT_NOT_ALLOWED") or
                  server.wait_for_log("no rule lets"), server.log())
        with case("ward: a client that takes certificates alone"):
            facts = connect(server.port, "--raw-key", keys.client.key, status=4)
            check(facts["error"]["alert"] == "unsupported_certificate", facts)
        with case("ward: a raw key that is taken with --insecure is shown"):
            facts = connect(server.port, "--server-raw-key", "--insecure", "--raw-key",
                            keys.client.key, status=1)
            check(facts["insecure"] and facts["raw_public_key"]["spki_sha256"] ==
                  keys.server.hex, facts)
        with case("ward: a session with raw keys is resumed"):
            session = test.path("session")
            for resumed in (False, True):
                facts = connect(server.port, *pin, "--raw-key", keys.client.key,
                                "--session-file", session)
                check(facts["resumed"] == resumed and
                      facts["certificate_type"] == "raw_public_key", facts)
            facts = connect(server.port, "--server-raw-key", "--pin", keys.other.pin, "--raw-key",
                            keys.client.key, "--session-file", session, status=1)
            check(facts["error"]["reason"] == "PIN_MISMATCH", facts)


def ward_usage(keys):
    for what, args, cause in (
            ("connect without a pin", ("connect", "localhost", "--server-raw-key"), "--pin"),
            ("serve without a rule", ("serve", ".", "--raw-key", keys.server.key,
                                      "--client-raw-key"), "pin:sha256//"),
            ("serve with a rule on names alone",
             ("serve", ".", "--raw-key", keys.server.key, "--client-raw-key", "--allow",
              "dns:a.example"), "pin:sha256//"),
            ("serve with a file that has no key",
             ("serve", ".", "--raw-key", keys.server.public), "no private key")):
        with case(f"ward: {what}"):
            result = ward(*args)
            check(result.status == 2 and cause in result.err, result)


# ---- GnuTLS ----

def priority(version, kinds):
    return f"NORMAL:-VERS-ALL:+{VERSIONS[version]}:-CTYPE-ALL:{kinds}"


@contextlib.contextmanager
def gnutls_serv(keys, version, kinds, *args):
    with server_on_free_port(lambda port: Process(
            "gnutls-serv", "--port", str(port), "--echo", "--priority", priority(version, kinds),
            "--rawpkkeyfile", keys.server.key, "--rawpkfile", keys.server.public, *args)) as port:
        yield port


def client_with_gnutls(keys):
    pin = ("--server-raw-key", "--pin", keys.server.pin)
    for version in VERSIONS:
        with gnutls_serv(keys, version, "+CTYPE-SRV-RAWPK:+CTYPE-CLI-X.509",
                         "--disable-client-cert") as port:
            with case(f"client, gnutls-serv, {version}: the server's raw key"):
                facts = connect(port, *pin)
                check(facts["version"] == version and facts["verified"] and
                      facts["raw_public_key"]["spki_sha256"] == keys.server.hex, facts)
            with case(f"client, gnutls-serv, {version}: another raw key"):
                facts = connect(port, "--server-raw-key", "--pin", keys.other.pin, status=1)
                check(facts["error"]["reason"] == "PIN_MISMATCH", facts)
        with gnutls_serv(keys, version, "+CTYPE-SRV-RAWPK:+CTYPE-CLI-RAWPK",
                         "--require-client-cert") as port:
            with case(f"client, gnutls-serv, {version}: raw keys of both"):
                result = ward("connect", f"127.0.0.1:{port}", *pin, "--raw-key",
                              keys.client.key, stdin=b"hello\n")
                check(result.status == 0 and b"hello" in result.raw and
                      keys.server.pin in result.err, result)


def gnutls_cli(port, version, kinds, *args):
    """Its status, and what it said. It knows no raw key, and takes any."""
    client = Process("gnutls-cli", "--insecure", "--port", str(port), "--priority",
                     priority(version, kinds), *args, "127.0.0.1")
    with running(client):
        # One that was refused may be gone before it is spoken to; its text says why.
        with contextlib.suppress(Failed):
            client.say("GET /hello HTTP/1.0\r\n\r\n")
        status = client.wait()
        return status, client.text()


def server_with_gnutls(test, keys):
    own = ("--rawpkkeyfile", keys.client.key, "--rawpkfile", keys.client.public)
    wrong = ("--rawpkkeyfile", keys.other.key, "--rawpkfile", keys.other.public)
    rule = ("--client-raw-key", "--allow", f"pin:{keys.client.pin}")
    raw = "+CTYPE-SRV-RAWPK:+CTYPE-CLI-RAWPK"
    with Serving(test, "--raw-key", keys.server.key, *rule) as server:
        for version in VERSIONS:
            with case(f"server, gnutls-cli, {version}: raw keys of both"):
                _, text = gnutls_cli(server.port, version, raw, *own)
                check("Certificate type: Raw Public Key" in text and "HTTP/1.1 404" in text, text)
            with case(f"server, gnutls-cli, {version}: another client's raw key"):
                _, text = gnutls_cli(server.port, version, raw, *wrong)
                check("Access was denied" in text and "HTTP/1.1" not in text, text)
    with Serving(test, "--raw-key", keys.server.key) as server:
        for version in VERSIONS:
            with case(f"server, gnutls-cli, {version}: certificates alone are taken"):
                status, text = gnutls_cli(server.port, version, "+CTYPE-X.509")
                check(status != 0 and "alert [43]" in text, text)


# ---- OpenSSL ----

def openssl_knows():
    done = subprocess.run(["openssl", "s_client", "-help"], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    return b"-enable_server_rpk" in done.stdout


def option(version):
    return "-" + version.replace("TLSv", "tls").replace(".", "_")


def s_server(keys, version, *args):
    return server_on_free_port(lambda port: Process(
        "openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", keys.server.cert, "-key",
        keys.server.key, "-enable_server_rpk", option(version), *args))


def client_with_openssl(keys):
    pin = ("--server-raw-key", "--pin", keys.server.pin)
    for version in VERSIONS:
        with s_server(keys, version) as port:
            with case(f"client, s_server, {version}: the server's raw key"):
                facts = connect(port, *pin)
                check(facts["version"] == version and facts["verified"] and
                      facts["raw_public_key"]["spki_sha256"] == keys.server.hex, facts)
        with s_server(keys, version, "-enable_client_rpk", "-verify", "1") as port:
            with case(f"client, s_server, {version}: raw keys of both"):
                facts = connect(port, *pin, "--raw-key", keys.client.key)
                check(facts["connected"] and facts["certificate_type"] == "raw_public_key", facts)


def s_client(server, version, key):
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-enable_server_rpk",
         "-enable_client_rpk", "-cert", key.cert, "-key", key.key, option(version), "-ign_eof"],
        input=b"GET /hello HTTP/1.0\r\n\r\n", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        timeout=30, check=False)
    return done.stdout.decode(errors="replace")


def server_with_openssl(test, keys):
    with Serving(test, "--raw-key", keys.server.key, "--client-raw-key", "--allow",
                 f"pin:{keys.client.pin}") as server:
        for version in VERSIONS:
            with case(f"server, s_client, {version}: raw keys of both"):
                text = s_client(server, version, keys.client)
                check("HTTP/1.1 404" in text and re.search("server.*raw public key", text, re.I),
                      text)
            with case(f"server, s_client, {version}: another client's raw key"):
                text = s_client(server, version, keys.other)
                check("HTTP/1.1" not in text and "access denied" in text, text)


def main():
    need("openssl", "gnutls-serv", "gnutls-cli")
    test = Test()
    keys = Keys(test)
    ward_both(test, keys)
    ward_usage(keys)
    client_with_gnutls(keys)
    server_with_gnutls(test, keys)
    if openssl_knows():
        client_with_openssl(keys)
        server_with_openssl(test, keys)
    else:
        print("skipped: raw public keys with openssl, which has them from 3.2 on")
    return test.finish() or finish()


if __name__ == "__main__":
    sys.exit(main())
