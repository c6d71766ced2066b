#!/usr/bin/env python3
"""ward's server with curl: every suite, group and key, client certificates, 100 MiB each way."""
import hashlib
import os
import subprocess
import sys

from peers import (GROUPS, KEYS, REDUCED, SUITES, agreed, case, check, finish, matrix, need,
                   ward_server, workplace)

BULK = (4 if REDUCED else 100) << 20
CURVES = {"x25519": "X25519", "secp256r1": "prime256v1", "secp384r1": "secp384r1"}
SSL_CONNECT_ERROR, RECEIVE_ERROR, VERIFY_ERROR = 35, 56, 60


def curl(server, pki, *args, name="localhost", path="/10", status=0):
    """What curl got: its standard output."""
    done = subprocess.run(["curl", "--silent", "--show-error", "--http1.1", "--noproxy", "*",
                           "--cacert", pki.ca, "--resolve", f"{name}:{server.port}:127.0.0.1",
                           *args, f"https://{name}:{server.port}{path}"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=120, check=False)
    check(done.returncode in (status if isinstance(status, tuple) else (status,)),
          f"curl: status {done.returncode}: {done.stderr.decode()}")
    return done.stdout, done.stderr.decode()


def fetched(report, body, **fields):
    agreed(report, sent_bytes=len(body), sent=hashlib.sha256(body).hexdigest(), **fields)


def server_matrix(pki):
    with ward_server(*pki.identities(), "--alpn", "http/1.1", "serve") as server:
        for suite, group, key in matrix():
            with case(f"{suite}, {group}, {key}"):
                body, _ = curl(server, pki, "--tls13-ciphers", suite, "--curves", CURVES[group],
                               name=f"{key}.example", path="/1000")
                fetched(server.report(), body, cipher=suite, group=group, signature=KEYS[key],
                        server_name=f"{key}.example", alpn="http/1.1", retry=False)


def server_more(pki):
    for group in GROUPS:
        with ward_server(*pki.identities(), "--groups", GROUPS[group], "serve") as server:
            with case(f"HelloRetryRequest for {group}"):
                first = "X25519" if group != "x25519" else "prime256v1"
                body, _ = curl(server, pki, "--curves", f"{first}:{CURVES[group]}")
                fetched(server.report(), body, group=group, retry=True)
    with ward_server(*pki.identities(), "--cookie", "update", "serve") as server:
        with case("HelloRetryRequest with a cookie; KeyUpdate before the answer"):
            body, _ = curl(server, pki)
            fetched(server.report(), body, retry=True, updates_out=1)
    with ward_server(*pki.identities(), "serve") as server:
        with case("curl refuses a name that no certificate is for"):
            curl(server, pki, name="other.example", status=VERIFY_ERROR)
            check(not server.report()["ok"], "a request came all the same")
        with case("plain HTTP"):
            subprocess.run(["curl", "--silent", "--noproxy", "*",
                            f"http://127.0.0.1:{server.port}/"], timeout=60, check=False,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            check(server.report()["reason"] == "PLAIN_HTTP", "reason")


def server_client_certificate(pki):
    with ward_server(*pki.identities(), "--ca", pki.ca, "--verify", "required", "serve") as server:
        for key in ["client", *KEYS]:
            with case(f"client certificate {key}"):
                body, _ = curl(server, pki, "--cert", pki.chain(key), "--key", pki.key(key))
                fetched(server.report(), body, subject=f"CN={key}")
        with case("no client certificate"):
            _, said = curl(server, pki, status=(SSL_CONNECT_ERROR, RECEIVE_ERROR))
            check("certificate required" in said, said)
            check(server.report()["reason"] == "CERTIFICATE_REQUIRED", "reason")


def bulk(pki):
    path = pki.path("file")
    with open(path, "wb") as file:
        block = os.urandom(1 << 20)
        for _ in range(BULK >> 20):
            file.write(block)
            block = block[1:] + block[:1]
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with ward_server(*pki.identities(), "serve") as server:
        with case(f"{BULK} bytes from curl"):
            curl(server, pki, "--request", "POST", "--header", "Expect:", "--upload-file", path,
                 path="/")
            agreed(server.report(), received_bytes=BULK, received=digest)
        with case(f"{BULK} bytes to curl"):
            body, _ = curl(server, pki, path=f"/{BULK}")
            check(len(body) == BULK, f"{len(body)} bytes came")
            fetched(server.report(), body)


def main():
    need("curl", "openssl")
    with workplace() as pki:
        for part in (server_matrix, server_more, server_client_certificate, bulk):
            part(pki)
    return finish()


if __name__ == "__main__":
    sys.exit(main())
