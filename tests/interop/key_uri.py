#!/usr/bin/env python3
"""Keys that stay in a TPM (swtpm, by the provider tpm2) or in a PKCS #11 token (SoftHSM, by the provider
pkcs11): `ward` shows their public half, makes a request with them, and serves with them. Each is tried
where it is installed. It covers src/crypto/privkey_open.c.

PKCS11_PROVIDER names the provider's module where it is not in OpenSSL's folder for modules.
"""
# ctest: plain-only
import glob
import os
import shutil
import signal
import socket
import subprocess
import sys

from command import SKIPPED, Authority, Test, clean_environment, need, ward
from serving import Serving


def modules_folder():
    said = subprocess.run(["openssl", "version", "-m"], capture_output=True, text=True,
                          check=False).stdout
    return said.partition('"')[2].partition('"')[0]


def run(*args, **options):
    return subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True,
                          timeout=60, **options).stdout


class Tpm:
    """A TPM in software, with a P-256 key under a persistent handle."""
    name = "TPM"
    uri = "store:handle:0x81000001"
    missing_uri = "store:handle:0x81000077"

    @staticmethod
    def is_there():
        return all(shutil.which(p) for p in ("swtpm", "tpm2_createprimary")) and \
            os.path.exists(os.path.join(modules_folder(), "tpm2.so"))

    def __init__(self, test):
        state = test.path("tpm")
        os.mkdir(state)
        port = self._two_ports()
        self.pid_file = test.path("tpm.pid")
        run("swtpm", "socket", "--tpm2", "--tpmstate", f"dir={state}",
            "--server", f"type=tcp,port={port},bindaddr=127.0.0.1",
            "--ctrl", f"type=tcp,port={port + 1},bindaddr=127.0.0.1",
            "--flags", "not-need-init,startup-clear", "--daemon", "--pid",
            f"file={self.pid_file}")
        where = f"swtpm:host=127.0.0.1,port={port}"
        self.env = {"TPM2OPENSSL_TCTI": where, "TPM2TOOLS_TCTI": where}
        self._make_key(state)

    @staticmethod
    def _two_ports():
        """The control channel is looked for at the port behind the TPM's."""
        while True:
            with socket.socket() as first, socket.socket() as second:
                first.bind(("127.0.0.1", 0))
                port = first.getsockname()[1]
                try:
                    second.bind(("127.0.0.1", port + 1))
                    return port
                except (OSError, OverflowError):
                    pass

    def _make_key(self, state):
        env = clean_environment(**self.env)
        for step in (["createprimary", "-C", "o", "-g", "sha256", "-G", "ecc", "-c", "p.ctx"],
                     ["create", "-C", "p.ctx", "-G", "ecc:ecdsa", "-u", "k.pub", "-r", "k.priv"],
                     ["load", "-C", "p.ctx", "-u", "k.pub", "-r", "k.priv", "-c", "k.ctx"],
                     ["evictcontrol", "-C", "o", "-c", "k.ctx", "0x81000001"]):
            run("tpm2_" + step[0], "-Q", *step[1:], env=env, cwd=state)
            run("tpm2_flushcontext", "-t", env=env, cwd=state)

    def public(self):
        return run("openssl", "pkey", "-provider", "tpm2", "-provider", "default", "-in",
                   "handle:0x81000001", "-pubout", env=clean_environment(**self.env))

    def close(self):
        with open(self.pid_file, encoding="ascii") as file:
            os.kill(int(file.read()), signal.SIGTERM)


class Token:
    """A PKCS #11 token in software, with a key that openssl has made."""
    name = "PKCS #11"
    uri = "pkcs11:token=ward;object=server;pin-value=1234"
    missing_uri = "pkcs11:token=ward;object=nobody;pin-value=1234"

    @staticmethod
    def provider():
        return os.environ.get("PKCS11_PROVIDER") or os.path.join(modules_folder(), "pkcs11.so")

    @staticmethod
    def module():
        found = glob.glob("/usr/lib*/softhsm/libsofthsm2.so") + \
            glob.glob("/usr/lib/*/softhsm/libsofthsm2.so")
        return found[0] if found else None

    @staticmethod
    def is_there():
        return shutil.which("softhsm2-util") and Token.module() and os.path.exists(Token.provider())

    def __init__(self, test):
        tokens = test.path("tokens")
        os.mkdir(tokens)
        with open(test.path("softhsm.conf"), "w", encoding="ascii") as file:
            file.write(f"directories.tokendir = {tokens}\nobjectstore.backend = file\n")
        with open(test.path("openssl.cnf"), "w", encoding="ascii") as file:
            file.write("openssl_conf = o\n[o]\nproviders = p\n[p]\ndefault = d\npkcs11 = k\n[d]\n"
                       f"activate = 1\n[k]\nmodule = {self.provider()}\n"
                       f"pkcs11-module-path = {self.module()}\n"
                       "pkcs11-module-quirks = no-deinit no-operation-state\nactivate = 1\n")
        self.env = {"SOFTHSM2_CONF": test.path("softhsm.conf"),
                    "OPENSSL_CONF": test.path("openssl.cnf")}
        env = clean_environment(**self.env)
        self.key = test.path("token-key.pem")
        run("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-out", self.key)
        run("softhsm2-util", "--init-token", "--free", "--label", "ward", "--pin", "1234",
            "--so-pin", "5678", env=env)
        run("softhsm2-util", "--import", self.key, "--token", "ward", "--label", "server", "--id",
            "01", "--pin", "1234", env=env)
        self.test_pin = test.path("pin")
        with open(self.test_pin, "w", encoding="ascii") as file:
            file.write("1234\n")

    def public(self):
        return run("openssl", "pkey", "-in", self.key, "-pubout")

    def more(self, test, env):
        shown = ward("key", "show", "pkcs11:token=ward;object=server", "--passphrase-file",
                     self.test_pin, "--public", env=env)
        test.check("the PIN may come from a file", shown.out.encode() == self.public(), shown)
        for wrong in ("9999", ""):
            refused = ward("key", "show", "pkcs11:token=ward;object=server;pin-value=" + wrong,
                           env=env)
            test.check(f"a wrong PIN ({wrong})", refused.status == 2, refused)

    def close(self):
        pass


def check_handshakes(test, holder, authority, env):
    request = ward("cert", "csr", "--key", holder.uri, "--out", "-", "localhost", env=env)
    test.check("a request is made with it", request.status == 0, request)
    csr, leaf = test.path("leaf.csr"), test.path("leaf.pem")
    with open(csr, "wb") as file:
        file.write(request.raw)
    run("openssl", "req", "-in", csr, "-verify", "-noout")
    with open(test.path("ext"), "w", encoding="ascii") as file:
        file.write("subjectAltName=DNS:localhost\n")
    run("openssl", "x509", "-req", "-in", csr, "-CA", authority.cert, "-CAkey", authority.key,
        "-extfile", test.path("ext"), "-days", "2", "-out", leaf)
    with Serving(test, "--cert", leaf, "--key", holder.uri, env=holder.env) as server:
        for version in ("-tls1_3", "-tls1_2"):
            said = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}",
                                   "-servername", "localhost", "-CAfile", authority.cert, version,
                                   "-verify_return_error", "-brief"], input=b"", timeout=60,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            test.check(f"openssl {version} is served with it: {said.stdout.decode()}",
                       said.returncode == 0 and b"Verification: OK" in said.stdout)


def check(test, holder, authority):
    env = clean_environment(**holder.env)
    shown = ward("key", "show", holder.uri, "--public", env=env)
    test.check(f"{holder.name}: the public half", shown.out.encode() == holder.public(), shown)
    missing = ward("key", "show", holder.missing_uri, env=env)
    test.check(f"{holder.name}: a key that is not there", missing.status == 2 and
               "not to be had from where its URI says" in missing.err and
               "\nhint: " in missing.err, missing)
    written = ward("cert", "convert", holder.uri, "--to", "pem", env=env)
    test.check(f"{holder.name}: it is not written down", written.status != 0 and
               "PRIVATE" not in written.out, written)
    if hasattr(holder, "more"):
        holder.more(test, env)
    check_handshakes(test, holder, authority, env)


def main():
    need("openssl")
    kinds = [kind for kind in (Tpm, Token) if kind.is_there()]
    if not kinds:
        print("skipped: neither swtpm with tpm2-openssl nor softhsm2 with pkcs11-provider is there")
        sys.exit(SKIPPED)
    test = Test()
    authority = Authority(test.folder)
    for kind in kinds:
        print(kind.name)
        holder = kind(test)
        try:
            check(test, holder, authority)
        finally:
            holder.close()
    unknown = ward("key", "show", "store:nosuch:key")
    test.check("a scheme that nobody knows", unknown.status == 2 and
               "not to be had from where its URI says" in unknown.err, unknown)
    sys.exit(test.finish())


if __name__ == "__main__":
    main()
