#!/usr/bin/env python3
"""Compressed certificates between `ward serve` and `ward connect`: a chain of RSA certificates as
openssl makes them, with peers that compress and peers that do not. (Chromium is in serve_chromium.py.)
"""
import json
import os
import shutil
import subprocess
import sys

from command import Test, need, openssl_server, ward
from peers import workplace
from serving import Serving


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
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
