#!/usr/bin/env python3
"""ward and OpenSSL: its client with openssl s_server, its server with openssl s_client."""
import contextlib
import hashlib
import os
import subprocess
import sys

from peers import (GROUPS, HYBRIDS, KEYS, REDUCED, SUITES, Failed, Process, agreed, case, check, finish,
                   matrix, need, report_of, running, server_on_free_port, ward_client,
                   ward_client_beside, ward_server, workplace)

BULK = (4 if REDUCED else 100) << 20

CURVES = {"x25519": "X25519", "secp256r1": "P-256", "secp384r1": "P-384"}


# ---- ward's client ----

@contextlib.contextmanager
def s_server(pki, key, *args):
    server = Process("openssl", "s_server", "-accept", "0", "-tls1_3", "-cert",
                     pki.path(f"{key}.crt"), "-cert_chain", pki.path("middle.crt"), "-key",
                     pki.key(key), *args)
    with running(server):
        server.port = server.expect(lambda line: line.startswith("ACCEPT ")).rsplit(":", 1)[1]
        yield server


def client_matrix(pki):
    for key in KEYS:
        with s_server(pki, key, "-rev") as server:
            for suite, group, kind in matrix():
                if kind != key:
                    continue
                with case(f"client: {suite}, {group}, {key}"):
                    agreed(ward_client(server.port, "--ca", pki.ca, "--suites", SUITES[suite],
                                       "--groups", GROUPS[group], "--name", f"{key}.example",
                                       "say:hello", "expect:olleh", "shut", "receive"),
                           suite, group, key, retry=False)


def client_retry(pki):
    for group, curve in CURVES.items():
        with s_server(pki, "p256", "-rev", "-groups", curve) as server:
            with case(f"client: HelloRetryRequest for {group}"):
                agreed(ward_client(server.port, "--ca", pki.ca, "--key-shares", "0", "say:hello",
                                   "expect:olleh", "shut", "receive"), group=group, retry=True)
            with case(f"client: no HelloRetryRequest with four shares, {group}"):
                agreed(ward_client(server.port, "--ca", pki.ca, "--key-shares", "4", "say:hello",
                                   "expect:olleh", "shut", "receive"), group=group, retry=False)


def client_key_update(pki):
    with s_server(pki, "p256", "-rev") as server:
        with case("client: KeyUpdate from ward"):
            agreed(ward_client(server.port, "--ca", pki.ca, "update", "say:one", "expect:eno",
                               "say:two", "update", "say:three", "expect:owt", "expect:eerht",
                               "shut", "receive"), updates_out=2, updates_in=0)
        with case("client: KeyUpdate from ward, which asks for one"):
            agreed(ward_client(server.port, "--ca", pki.ca, "update-ask", "say:one", "expect:eno",
                               "say:two", "expect:owt", "shut", "receive"),
                   updates_out=1, updates_in=1)
    with s_server(pki, "p256", "-msg") as server, case("client: KeyUpdate from s_server"):
        mark = server.mark()
        with running(ward_client_beside(server.port, "--ca", pki.ca, "say:ready", "expect:one",
                                        "say:first", "expect:two", "say:second", "shut",
                                        "receive")) as ward:
            server.expect(lambda line: line == "ready", mark)
            for command, text, reply in (("k", "one", "first"), ("K", "two", "second")):
                mark = server.mark()
                server.say(f"{command}\n")
                server.expect(lambda line: line.startswith(">>> ") and "KeyUpdate" in line, mark)
                server.say(f"{text}\n")
                server.expect(lambda line, reply=reply: line == reply, mark)
            agreed(report_of(ward), updates_in=2, updates_out=1)


def client_alpn(pki):
    with s_server(pki, "p256", "-rev", "-alpn", "h2,http/1.1") as server:
        with case("client: ALPN, the server's choice"):
            agreed(ward_client(server.port, "--ca", pki.ca, "--alpn", "http/1.1,h2", "say:hello",
                               "expect:olleh", "shut", "receive"), alpn="h2")
        with case("client: ALPN, the one in common"):
            agreed(ward_client(server.port, "--ca", pki.ca, "--alpn", "spdy/1,http/1.1", "shut"),
                   alpn="http/1.1")


def client_certificate(pki):
    verify = ("-Verify", "3", "-verify_return_error", "-CAfile", pki.ca)
    for key in ["client", *KEYS]:
        with s_server(pki, "rsa", "-rev", *verify) as server, case(f"client: certificate {key}"):
            mark = server.mark()
            agreed(ward_client(server.port, "--ca", pki.ca, *pki.identity(key), "say:hello",
                               "expect:olleh", "shut", "receive"))
            server.expect(lambda line: f"CN={key}" in line.replace(" ", ""), mark)
    with s_server(pki, "rsa", "-rev", *verify) as server:
        with case("client: no certificate where one is required"):
            report = ward_client(server.port, "--ca", pki.ca, "say:hello", "expect:olleh")
            check(report["reason"] == "ALERT_RECEIVED" and report["alert"] == 116, report)
    with s_server(pki, "rsa", "-rev", "-verify", "3", "-CAfile", pki.ca) as server:
        with case("client: no certificate where one is welcome"):
            agreed(ward_client(server.port, "--ca", pki.ca, "say:hello", "expect:olleh", "shut",
                               "receive"))


def client_refuses(pki):
    with s_server(pki, "p256", "-rev") as server:
        for name, args, reason, alert in (
                ("an unknown CA", ["--ca", pki.path("stranger.crt")], "CERT_UNKNOWN_ISSUER",
                 "unknown ca"),
                ("another name", ["--ca", pki.ca, "--name", "other.example"],
                 "CERT_NAME_MISMATCH", "bad certificate")):
            with case(f"client: refuses {name}"):
                mark = server.mark()
                report = ward_client(server.port, *args, "say:hello")
                check(report["reason"] == reason and not report["ok"], report)
                server.expect(lambda line, alert=alert: f"alert {alert}" in line, mark)
        with case("client: takes an unknown CA when told to, and says so"):
            agreed(ward_client(server.port, "--ca", pki.path("stranger.crt"), "--insecure",
                               "say:hello", "expect:olleh", "shut", "receive"),
                   verdict="CERT_UNKNOWN_ISSUER")
    with s_server(pki, "rsa", "-sigalgs", "RSA+SHA256") as server:
        with case("client: a server that can sign by PKCS #1 alone has no signature"):
            report = ward_client(server.port, "--ca", pki.ca)
            check(report["reason"] == "ALERT_RECEIVED" and report["alert"] == 40, report)


def client_padding(pki):
    with s_server(pki, "p256", "-rev") as server, case("client: padded records"):
        agreed(ward_client(server.port, "--ca", pki.ca, "--padding", "512", "say:hello",
                           "expect:olleh", "shut", "receive"), padded=True, largest_out=513)
    with s_server(pki, "p256", "-rev", "-record_padding", "1000") as server:
        with case("client: the server's padding"):
            agreed(ward_client(server.port, "--ca", pki.ca, "say:hello", "expect:olleh", "shut",
                               "receive"))


# ---- ward's server ----

def s_client(server, pki, *args, talk=("hello",), status=0):
    """Lines to ward's echo and back, one after the other."""
    client = Process("openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-CAfile",
                     pki.ca, "-verify_return_error", *args)
    with running(client):
        for text in talk:
            client.say(f"{text}\n")
            client.expect(lambda line, text=text: line == text)
        client.close_input()
        ended = client.wait()
        check(status is None or ended == status, f"s_client: status {ended}\n{client.text()}")
        return client.text()


def server_matrix(pki):
    with ward_server(*pki.identities(), "echo") as server:
        for suite, group, key in matrix():
            with case(f"server: {suite}, {group}, {key}"):
                s_client(server, pki, "-ciphersuites", suite, "-groups", CURVES[group],
                         "-servername", f"{key}.example", "-verify_hostname", f"{key}.example")
                agreed(server.report(), suite, group, key, server_name=f"{key}.example",
                       retry=False)


def server_retry(pki):
    for group in GROUPS:
        with ward_server(*pki.identities(), "--groups", GROUPS[group], "echo") as server:
            with case(f"server: HelloRetryRequest for {group}"):
                first = "P-256" if group == "x25519" else "X25519"
                s_client(server, pki, "-groups", f"{first}:{CURVES[group]}")
                agreed(server.report(), group=group, retry=True)
    with ward_server(*pki.identities(), "--cookie", "echo") as server:
        with case("server: HelloRetryRequest with a cookie"):
            s_client(server, pki, "-groups", "X25519")
            agreed(server.report(), group="x25519", retry=True)


def hybrids(pki):
    """From OpenSSL 3.5 on, and both ways the first choice."""
    listed = subprocess.run(["openssl", "list", "-tls-groups"], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, check=False).stdout.decode()
    if "X25519MLKEM768" not in listed:
        print("skipped: hybrids, which this OpenSSL does not have")
        return
    for group, number in HYBRIDS.items():
        with s_server(pki, "p256", "-rev", "-groups", group) as server:
            for shares, retry in (("1", False), ("0", True)):
                with case(f"client: {group}, retry: {retry}"):
                    agreed(ward_client(server.port, "--ca", pki.ca, "--groups", number,
                                       "--key-shares", shares, "say:hello", "expect:olleh",
                                       "shut", "receive"), group=group, retry=retry)
        with ward_server(*pki.identities(), "--groups", number, "echo") as server:
            with case(f"server: {group}"):
                s_client(server, pki, "-groups", group)
                agreed(server.report(), group=group, retry=False)
            with case(f"server: HelloRetryRequest for {group}"):
                s_client(server, pki, "-groups", f"*X25519:{group}")
                agreed(server.report(), group=group, retry=True)
    with s_server(pki, "p256", "-rev") as server:
        with case("client: X25519MLKEM768 by default"):
            agreed(ward_client(server.port, "--ca", pki.ca, "say:hello", "expect:olleh", "shut",
                               "receive"), group="X25519MLKEM768", retry=False)
    with ward_server(*pki.identities(), "echo") as server:
        with case("server: X25519MLKEM768 by default"):
            s_client(server, pki)
            agreed(server.report(), group="X25519MLKEM768", retry=False)


def server_signatures(pki):
    """The client's signature_algorithms choose among identities of the same name."""
    sigalgs = {"p256": "ECDSA+SHA256", "p384": "ECDSA+SHA384", "rsa": "RSA-PSS+SHA256",
               "ed25519": "ed25519"}
    with ward_server(*pki.identities(), "echo") as server:
        for key, sigalg in sigalgs.items():
            # The chain's own signatures must be acceptable too: they are ECDSA with SHA-256.
            with case(f"server: a client that wants {sigalg} gets {key}"):
                s_client(server, pki, "-sigalgs", f"{sigalg}:ECDSA+SHA256"
                         if key != "p256" else sigalg, "-servername", f"{key}.example")
                agreed(server.report(), key=key)


def server_key_update(pki):
    with ward_server(*pki.identities(), "update", "echo") as server:
        with case("server: KeyUpdate from ward"):
            s_client(server, pki)
            agreed(server.report(), updates_out=1, updates_in=0)
    with ward_server(*pki.identities(), "update-ask", "echo") as server:
        with case("server: KeyUpdate from ward, which asks for one"):
            # The answer goes out with what s_client sends next.
            s_client(server, pki, talk=("one", "two"))
            agreed(server.report(), updates_out=1, updates_in=1)
    with ward_server(*pki.identities(), "echo") as server:
        for command, answers in (("k", 0), ("K", 1)):
            with case(f"server: KeyUpdate from s_client ({command})"):
                client = Process("openssl", "s_client", "-connect", f"127.0.0.1:{server.port}",
                                 "-CAfile", pki.ca)
                with running(client):
                    for line in ("one", "two"):
                        client.say(f"{line}\n")
                        client.expect(lambda got, line=line: got == line)
                        client.say(f"{command}\n")
                        client.expect(lambda got: got == "KEYUPDATE", client.mark() - 1)
                    client.say("three\n")
                    client.expect(lambda got: got == "three")
                    client.close_input()
                    client.wait()
                report = server.report()
                agreed(report, updates_in=2)
                check((report["updates_out"] > 0) == (answers > 0), report)


def server_alpn(pki):
    with ward_server(*pki.identities(), "--alpn", "h2,http/1.1", "echo") as server:
        for offer, chosen in (("http/1.1,h2", "h2"), ("x,http/1.1", "http/1.1")):
            with case(f"server: ALPN of {offer}"):
                text = s_client(server, pki, "-alpn", offer)
                check(f"ALPN protocol: {chosen}" in text, text)
                agreed(server.report(), alpn=chosen)
        with case("server: no ALPN in common"):
            text = s_client(server, pki, "-alpn", "x,y", talk=(), status=1)
            check("no application protocol" in text, text)
            check(server.report()["reason"] == "NO_COMMON_ALPN", "reason")


def server_client_certificate(pki):
    # s_client writes long tickets and what it is sent through one another.
    args = (*pki.identities(), "--ca", pki.ca, "--verify", "required", "--tickets", "0", "echo")
    with ward_server(*args) as server:
        for key in ["client", *KEYS]:
            with case(f"server: client certificate {key}"):
                s_client(server, pki, "-cert", pki.path(f"{key}.crt"), "-key", pki.key(key),
                         "-cert_chain", pki.path("middle.crt"))
                agreed(server.report(), subject=f"CN={key}")
        with case("server: no client certificate"):
            # s_client may be gone before it reads the alert, if its input has ended.
            client = Process("openssl", "s_client", "-connect", f"127.0.0.1:{server.port}",
                             "-CAfile", pki.ca)
            with running(client):
                client.expect(lambda line: "alert certificate required" in line)
            check(server.report()["reason"] == "CERTIFICATE_REQUIRED", "reason")
    with ward_server(*pki.identities(), "--ca", pki.path("stranger.crt"), "--verify", "optional",
                     "echo") as server:
        with case("server: a client certificate of an unknown CA"):
            client = Process("openssl", "s_client", "-connect", f"127.0.0.1:{server.port}",
                             "-CAfile", pki.ca, "-cert", pki.path("client.crt"), "-key",
                             pki.key("client"))
            with running(client):
                client.expect(lambda line: "alert unknown ca" in line)
            check(server.report()["reason"] == "CERT_UNKNOWN_ISSUER", "reason")
        with case("server: no client certificate where one is welcome"):
            s_client(server, pki)
            agreed(server.report(), subject="")


def server_refuses(pki):
    with ward_server(*pki.identities(), "--strict-names", "echo") as server:
        for name, args, reason, said in (
                ("TLS 1.1", ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"], "NO_COMMON_VERSION",
                 "alert protocol version"),
                ("an unknown name", ["-servername", "other.example"], "UNKNOWN_NAME",
                 "unrecognized name"),
                ("a group it does not speak", ["-groups", "X448"], "NO_COMMON_GROUP",
                 "handshake failure")):
            with case(f"server: refuses {name}"):
                text = s_client(server, pki, *args, talk=(), status=1)
                check(said in text, text)
                report = server.report()
                check(report["reason"] == reason, report)
    with ward_server(*pki.identities(), "--suites", "1303", "echo") as server:
        with case("server: refuses other suites"):
            text = s_client(server, pki, "-ciphersuites", "TLS_AES_128_GCM_SHA256", talk=(),
                            status=1)
            check("handshake failure" in text, text)
            check(server.report()["reason"] == "NO_COMMON_SUITE", "reason")


def client_fragments(pki):
    text = "x" * 1500
    with s_server(pki, "p256", "-rev") as server:
        for size in (512, 1024, 2048, 4096):
            with case(f"client: records of at most {size}"):
                report = ward_client(server.port, "--ca", pki.ca, "--max-fragment", str(size),
                                     f"say:{text}", f"expect:{text}", "shut", "receive")
                agreed(report, record_max=5 + size + 1 + 24)
                check(max(report["largest_in"], report["largest_out"]) <= size + 1, report)


def server_padding(pki):
    with ward_server(*pki.identities(), "--padding", "512", "echo") as server:
        with case("server: padded records"):
            s_client(server, pki)
            agreed(server.report(), padded=True)
    with ward_server(*pki.identities(), "echo") as server:
        with case("server: the client's padding"):
            s_client(server, pki, "-record_padding", "777")
            agreed(server.report(), largest_in=777)


# ---- many bytes ----

def swallow(process):
    """SHA-256 of the bytes that come out of the program."""
    digest, left = hashlib.sha256(), BULK
    while left > 0 and (data := process.run.stdout.read1(min(left, 1 << 16))):
        digest.update(data)
        left -= len(data)
    return digest.hexdigest()


def pour(process):
    """Puts bytes into the program, whose input stays open; their SHA-256."""
    block, digest = os.urandom(1 << 20), hashlib.sha256()
    for _ in range(BULK >> 20):
        process.run.stdin.write(block)
        digest.update(block)
        block = block[1:] + block[:1]
    process.run.stdin.flush()
    return digest.hexdigest()


def client_bulk(pki):
    servers = []

    def s_server_on(port):
        servers.append(Process("openssl", "s_server", "-quiet", "-accept", f"127.0.0.1:{port}",
                               "-cert", pki.path("p256.crt"), "-cert_chain",
                               pki.path("middle.crt"), "-key", pki.key("p256"), binary=True))
        return servers[-1]

    with server_on_free_port(s_server_on) as port, case(f"client: {BULK} bytes each way"):
        with running(ward_client_beside(port, "--ca", pki.ca, f"send:{BULK}", f"receive:{BULK}",
                                        "shut")) as ward:
            got = swallow(servers[-1])
            sent = pour(servers[-1])
            agreed(report_of(ward), sent=got, received=sent, sent_bytes=BULK, received_bytes=BULK)


def server_bulk(pki):
    with ward_server(*pki.identities(), f"receive:{BULK}", f"send:{BULK}", "shut") as server:
        with case(f"server: {BULK} bytes each way"):
            client = Process("openssl", "s_client", "-quiet", "-connect",
                             f"127.0.0.1:{server.port}", "-CAfile", pki.ca, binary=True)
            with running(client):
                sent = pour(client)
                got = swallow(client)
            agreed(server.report(), sent=got, received=sent, sent_bytes=BULK, received_bytes=BULK)


def main():
    need("openssl")
    with workplace() as pki:
        for part in (client_matrix, client_retry, client_key_update, client_alpn,
                     client_certificate, client_refuses, client_padding, server_matrix,
                     server_retry, hybrids, server_signatures, server_key_update, server_alpn,
                     server_client_certificate, server_refuses, server_padding,
                     client_bulk, server_bulk):
            try:
                part(pki)
            except Failed as fault:
                with case(part.__name__):
                    raise Failed(fault)
    return finish()


if __name__ == "__main__":
    sys.exit(main())
