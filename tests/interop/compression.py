#!/usr/bin/env python3
"""Compressed certificates between `ward serve` and `ward connect`: a chain of RSA certificates as
openssl makes them, with peers that compress and peers that do not; and each algorithm that OpenSSL
has, for the certificates of servers and of clients, both ways. (Chromium is in serve_chromium.py.)
"""
import json
import os
import shutil
import subprocess
import sys

from command import Test, need, openssl_server, ward
import peers
from peers import Process, agreed, case, running, ward_client, workplace
from serving import Serving


# ---- with OpenSSL, from 3.2 on ----

def openssl_codecs():
    """Those that this openssl has been built with; none where it is too old to use them here."""
    said = subprocess.run(["openssl", "s_server", "-help"], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False).stdout
    if b"-cert_comp" not in said:
        return []
    lacking = subprocess.run(["openssl", "list", "-disabled"], stdout=subprocess.PIPE,
                             check=True).stdout.decode().split()
    return [name for name in ("zlib", "brotli", "zstd") if name.upper() not in lacking]


def compressed(process, sent, mark=0):
    """s_server or s_client says that it has sent, or received, a compressed certificate."""
    arrow = ">>>" if sent else "<<<"
    process.expect(lambda line: line.startswith(arrow) and "CompressedCertificate" in line, mark)


def from_s_server(pki, codec):
    server = Process("openssl", "s_server", "-accept", "0", "-tls1_3", "-cert", pki.path("rsa.crt"),
                     "-cert_chain", pki.path("middle.crt"), "-key", pki.key("rsa"), "-cert_comp",
                     "-msg", "-Verify", "3", "-verify_return_error", "-CAfile", pki.ca)
    with running(server), case(f"s_server, {codec}"):
        port = server.expect(lambda line: line.startswith("ACCEPT ")).rsplit(":", 1)[1]
        agreed(ward_client(port, "--ca", pki.ca, "--codec", codec, *pki.identity("rsa"), "say:hello",
                           "shut"), compression=codec)
        compressed(server, True)
        compressed(server, False)
        server.expect(lambda line: line == "hello")


def to_s_client(pki, codec):
    with peers.ward_server(*pki.identity("rsa"), "--ca", pki.ca, "--verify", "required", "--codec",
                           codec, "echo") as server, case(f"s_client, {codec}"):
        client = Process("openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-CAfile",
                         pki.ca, "-verify_return_error", "-msg", "-cert", pki.path("rsa.crt"),
                         "-cert_chain", pki.path("middle.crt"), "-key", pki.key("rsa"))
        with running(client):
            client.say("hello\n")
            client.expect(lambda line: line == "hello")
            compressed(client, False)
            compressed(client, True)
            client.close_input()
            client.wait()
        agreed(server.report(), compression=codec, subject="CN=rsa")


def with_openssl(pki):
    codecs = openssl_codecs()
    if not codecs:
        print("skipped: compression with OpenSSL, of which this one has none")
    for codec in codecs:
        from_s_server(pki, codec)
        to_s_client(pki, codec)
    return peers.finish() if codecs else 0


def main():
    need("openssl")
    test = Test()
    with workplace() as pki:
        with open(test.path("rsa.pem"), "w", encoding="ascii") as file:
            for name in (pki.chain("rsa"), pki.ca):
                with open(name, encoding="ascii") as part:
                    file.write(part.read())
        with Serving(test, "--cert", test.path("rsa.pem"), "--key", pki.key("rsa")) as server:
            host = f"127.0.0.1:{server.port}"
            r = ward("connect", host, "--servername", "rsa.example", "--cacert", pki.ca, "--json")
            told = json.loads(r.out)
            packed = told["compression"]
            if packed is None:
                print("skipped: this ward was built without compressors")
                sys.exit(77)
            test.check("compressed, and trusted", r.status == 0 and told["verified"], r)
            test.check("a tenth is saved at least", packed["algorithm"] in (
                "brotli", "zstd", "zlib") and packed["bytes"] * 10 <
                packed["uncompressed_bytes"] * 9, r)
            print(f"{packed['algorithm']}: {packed['bytes']} bytes instead of "
                  f"{packed['uncompressed_bytes']}")
            r = ward("connect", host, "--servername", "rsa.example", "--cacert", pki.ca, "-v")
            test.check("told in the trace", "CompressedCertificate" in r.out and
                       "bytes instead of" in r.out, r)
            for version in ("-tls1_2", "-tls1_3"):
                done = subprocess.run(["openssl", "s_client", "-connect", host, version, "-CAfile",
                                       pki.ca], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, timeout=60, check=False)
                test.check(f"s_client {version}", b"Verify return code: 0" in done.stdout,
                           done.stdout.decode(errors="replace"))
            if shutil.which("curl"):
                done = subprocess.run(["curl", "-sS", "--cacert", pki.ca, "--resolve",
                                       f"rsa.example:{server.port}:127.0.0.1",
                                       f"https://rsa.example:{server.port}/"],
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
                                      check=False)
                test.check("curl", done.returncode == 0, done.stdout.decode(errors="replace"))
        with openssl_server(pki.path("rsa.crt"), pki.key("rsa"), "-cert_chain",
                            pki.path("middle.crt")) as port:
            r = ward("connect", f"127.0.0.1:{port}", "--servername", "rsa.example", "--cacert",
                     pki.ca)
            test.check("s_server, which need not compress", r.status == 0, r)
        failed = with_openssl(pki)
    return test.finish() or failed


if __name__ == "__main__":
    sys.exit(main())
