#!/usr/bin/env python3
"""ward with its own kernels and ward with libcrypto's (a peer that is linked as -DWARD_NO_NATIVE=ON does
it): every suite, and every group that the libcrypto has, both ways. The kernels of ML-KEM and libcrypto's,
from OpenSSL 3.5 on, meet here in handshakes; what each computes is compared in crypto.native_mlkem.
"""
import subprocess
import sys

import peers
from peers import (GROUPS, HYBRIDS, SUITES, agreed, case, check, finish, need, ward_client, ward_server,
                   workplace)

NATIVE, LIBCRYPTO = peers.PEER, peers.PEER + "_libcrypto"


def linked_with(peer, kernel):
    return kernel in subprocess.run(["nm", peer], stdout=subprocess.PIPE, check=True).stdout.decode()


def has_hybrids():
    listed = subprocess.run(["openssl", "list", "-kem-algorithms"], stdout=subprocess.PIPE, check=True)
    return b"ML-KEM-768" in listed.stdout


def exchange(server, pki, suite, group, retry):
    shares = ("--key-shares", "0") if retry else ()
    groups = {**GROUPS, **HYBRIDS}
    agreed(ward_client(server.port, "--ca", pki.ca, "--suites", SUITES[suite], "--groups", groups[group],
                       *shares, "say:hello", "expect:hello", "send:70000", "shut", "receive"),
           suite, group, "p256", retry=retry)
    agreed(server.report(), suite, group, "p256", retry=retry)


def both_ways(pki, groups):
    for what, client, server in (("libcrypto's client", LIBCRYPTO, NATIVE),
                                 ("libcrypto's server", NATIVE, LIBCRYPTO)):
        peers.PEER = server
        with ward_server(*pki.identity("p256"), "--groups", ",".join(groups.values()), "echo") as s:
            peers.PEER = client
            for group in groups:
                for suite in SUITES:
                    with case(f"{what}: {suite}, {group}"):
                        exchange(s, pki, suite, group, False)
                with case(f"{what}: HelloRetryRequest for {group}"):
                    exchange(s, pki, "TLS_AES_128_GCM_SHA256", group, True)


def without_hybrids(pki):
    """They are not offered then, and not missed."""
    print("skipped: hybrids by libcrypto, which this one does not have")
    peers.PEER = NATIVE
    with ward_server(*pki.identity("p256"), "echo") as server:
        peers.PEER = LIBCRYPTO
        with case("libcrypto's client: no hybrid by default"):
            agreed(ward_client(server.port, "--ca", pki.ca, "say:hello", "expect:hello", "shut",
                               "receive"), group="x25519", retry=False)


def main():
    need("openssl", "nm")
    with workplace() as pki:
        with case("one peer has kernels, the other has none"):
            for kernel in ("mlkem_keygen", "x25519_kernel", "aead_native_gcm"):
                check(not linked_with(LIBCRYPTO, kernel), kernel)
        if has_hybrids():
            both_ways(pki, {**GROUPS, **HYBRIDS})
        else:
            both_ways(pki, GROUPS)
            without_hybrids(pki)
    return finish()


if __name__ == "__main__":
    sys.exit(main())
