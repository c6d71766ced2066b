#!/usr/bin/env python3
"""ward and GnuTLS: its client with gnutls-serv, its server with gnutls-cli."""
import contextlib
import sys

from peers import (GROUPS, KEYS, SUITES, Process, agreed, case, check, finish, matrix, need, report_of,
                   running, server_on_free_port, ward_client, ward_client_beside, ward_server,
                   workplace)

CIPHERS = {"TLS_AES_128_GCM_SHA256": "AES-128-GCM", "TLS_AES_256_GCM_SHA384": "AES-256-GCM",
           "TLS_CHACHA20_POLY1305_SHA256": "CHACHA20-POLY1305"}
CURVES = {"x25519": "GROUP-X25519", "secp256r1": "GROUP-SECP256R1", "secp384r1": "GROUP-SECP384R1"}
ONLY_13 = "NORMAL:-VERS-ALL:+VERS-TLS1.3"


def only(suite=None, *groups):
    """A priority string for this suite and these groups."""
    text = ONLY_13
    if suite is not None:
        text += f":-CIPHER-ALL:+{CIPHERS[suite]}"
    if groups:
        text += ":-GROUP-ALL" + "".join(f":+{CURVES[group]}" for group in groups)
    return text


# ---- ward's client ----

@contextlib.contextmanager
def gnutls_serv(pki, key, *args, priority=ONLY_13):
    with server_on_free_port(lambda port: Process(
            "gnutls-serv", "--port", str(port), "--echo", "--priority", priority,
            "--x509certfile", pki.chain(key), "--x509keyfile", pki.key(key), *args)) as port:
        yield port


def client_matrix(pki):
    for key in KEYS:
        with gnutls_serv(pki, key) as port:
            for suite, group, kind in matrix():
                if kind != key:
                    continue
                with case(f"client: {suite}, {group}, {key}"):
                    agreed(ward_client(port, "--ca", pki.ca, "--suites", SUITES[suite], "--groups",
                                       GROUPS[group], "--name", f"{key}.example", "say:hello",
                                       "expect:hello", "shut"), suite, group, key, retry=False)


def client_retry(pki):
    for group in GROUPS:
        with gnutls_serv(pki, "p256", priority=only(None, group)) as port:
            with case(f"client: HelloRetryRequest for {group}"):
                agreed(ward_client(port, "--ca", pki.ca, "--key-shares", "0", "say:hello",
                                   "expect:hello", "shut"), group=group, retry=True)


def client_key_update(pki):
    with gnutls_serv(pki, "p256") as port:
        with case("client: KeyUpdate from ward, which asks for one"):
            agreed(ward_client(port, "--ca", pki.ca, "update", "say:one", "expect:one",
                               "update-ask", "say:two", "expect:two", "say:three", "expect:three",
                               "shut"), updates_out=2, updates_in=1)


def client_alpn(pki):
    with gnutls_serv(pki, "p256", "--alpn", "h2", "--alpn", "http/1.1") as port:
        with case("client: ALPN"):
            agreed(ward_client(port, "--ca", pki.ca, "--alpn", "x,http/1.1", "shut"),
                   alpn="http/1.1")


def client_certificate(pki):
    with gnutls_serv(pki, "rsa", "--require-client-cert", "--verify-client-cert", "--x509cafile",
                     pki.ca) as port:
        for key in ["client", *KEYS]:
            with case(f"client: certificate {key}"):
                agreed(ward_client(port, "--ca", pki.ca, *pki.identity(key), "say:hello",
                                   "expect:hello", "shut"))
        with case("client: no certificate where one is required"):
            report = ward_client(port, "--ca", pki.ca, "say:hello", "expect:hello")
            check(report["reason"] == "ALERT_RECEIVED" and report["alert"] == 116, report)


def client_records(pki):
    # gnutls-serv echoes text: it takes what it reads for a line, and no more than 1 KiB of it.
    text = "x" * 900
    with gnutls_serv(pki, "p256") as port:
        with case("client: record_size_limit of ward's"):
            report = ward_client(port, "--ca", pki.ca, "--record-size-limit", "600", f"say:{text}",
                                 f"expect:{text}", "shut")
            agreed(report, largest_in=600)
        with case("client: records of at most 512"):
            agreed(ward_client(port, "--ca", pki.ca, "--max-fragment", "512", f"say:{text}",
                               f"expect:{text}", "shut"),
                   largest_in=512, largest_out=513, record_max=541)
        with case("client: padded records"):
            agreed(ward_client(port, "--ca", pki.ca, "--padding", "300", "say:hello",
                               "expect:hello", "shut"), padded=True)
    with gnutls_serv(pki, "p256", "--recordsize", "600") as port:
        with case("client: record_size_limit of gnutls-serv's"):
            agreed(ward_client(port, "--ca", pki.ca, f"say:{text}", f"expect:{text}", "shut"),
                   largest_out=601)


# ---- ward's server ----

def gnutls_cli(server, pki, *args, talk=("hello",), sends=None, status=0, priority=ONLY_13):
    """
    Lines to ward's echo and back, a line in ^ being a command for gnutls-cli; or a line that is
    sent, and no echo is waited for. With nothing to say it stays until the server ends.
    """
    client = Process("gnutls-cli", "--port", str(server.port), "--x509cafile", pki.ca, "--priority",
                     priority, "--inline-commands", *args, "localhost")
    with running(client):
        if sends is not None:
            client.say(f"{sends}\n")
            talk = ()
        for line in talk:
            client.say(f"{line}\n")
            if not line.startswith("^"):
                client.expect(lambda got, line=line: got == line)
        if talk:
            client.close_input()
        ended = client.wait()
        check(status is None or ended == status, f"gnutls-cli: status {ended}\n{client.text()}")
        return client.text()


def server_matrix(pki):
    with ward_server(*pki.identities(), "echo") as server:
        for suite, group, key in matrix():
            with case(f"server: {suite}, {group}, {key}"):
                gnutls_cli(server, pki, "--sni-hostname", f"{key}.example", "--verify-hostname",
                           f"{key}.example", priority=only(suite, group))
                agreed(server.report(), suite, group, key, server_name=f"{key}.example",
                       retry=False)


def server_retry(pki):
    for group in GROUPS:
        with ward_server(*pki.identities(), "--groups", GROUPS[group], "echo") as server:
            with case(f"server: HelloRetryRequest for {group}"):
                # gnutls-cli sends a share for the first group of each kind.
                first = {"x25519": "secp256r1", "secp256r1": "secp384r1", "secp384r1": "secp256r1"}
                gnutls_cli(server, pki, "--single-key-share",
                           priority=only(None, first[group], group))
                agreed(server.report(), group=group, retry=True)
    # A HelloRetryRequest that asks for no group is too much for GnuTLS (3.7 and 3.8).
    with ward_server(*pki.identities(), "--cookie", "--groups", GROUPS["secp384r1"],
                     "echo") as server:
        with case("server: HelloRetryRequest with a cookie and a group"):
            gnutls_cli(server, pki, "--single-key-share",
                       priority=only(None, "x25519", "secp384r1"))
            agreed(server.report(), group="secp384r1", retry=True)


def server_key_update(pki):
    with ward_server(*pki.identities(), "echo") as server:
        with case("server: KeyUpdate from gnutls-cli"):
            gnutls_cli(server, pki, talk=("one", "^rekey^", "two", "^rekey^", "three"))
            report = server.report()
            agreed(report)
            check(report["updates_in"] == 2, report)
    with ward_server(*pki.identities(), "update-ask", "echo") as server:
        with case("server: KeyUpdate from ward, which asks for one"):
            gnutls_cli(server, pki, talk=("one", "two"))
            agreed(server.report(), updates_out=1, updates_in=1)


def server_alpn(pki):
    with ward_server(*pki.identities(), "--alpn", "h2,http/1.1", "echo") as server:
        with case("server: ALPN"):
            gnutls_cli(server, pki, "--alpn", "x", "--alpn", "http/1.1")
            agreed(server.report(), alpn="http/1.1")
        with case("server: no ALPN in common"):
            text = gnutls_cli(server, pki, "--alpn", "x", talk=(), status=1)
            check("No supported application protocol" in text, text)
            check(server.report()["reason"] == "NO_COMMON_ALPN", "reason")


def server_client_certificate(pki):
    with ward_server(*pki.identities(), "--ca", pki.ca, "--verify", "required", "echo") as server:
        for key in ["client", *KEYS]:
            with case(f"server: client certificate {key}"):
                gnutls_cli(server, pki, "--x509certfile", pki.chain(key), "--x509keyfile",
                           pki.key(key))
                agreed(server.report(), subject=f"CN={key}")
        with case("server: no client certificate"):
            text = gnutls_cli(server, pki, talk=(), status=1)
            check("Certificate is required" in text, text)
            check(server.report()["reason"] == "CERTIFICATE_REQUIRED", "reason")


def server_records(pki):
    # gnutls-cli sends one record of what it reads, however long that is, and forgets the rest.
    with ward_server(*pki.identities(), "--record-size-limit", "1000", "receive:999",
                     "shut") as server:
        with case("server: record_size_limit of ward's"):
            gnutls_cli(server, pki, sends="x" * 2000)
            agreed(server.report(), largest_in=1000)
    with ward_server(*pki.identities(), "--padding", "300", "send:5000", "shut") as server:
        with case("server: record_size_limit of gnutls-cli's, and padding"):
            gnutls_cli(server, pki, "--recordsize", "1500", talk=())
            agreed(server.report(), largest_out=1501)


def main():
    need("gnutls-serv", "gnutls-cli", "openssl")
    with workplace() as pki:
        for part in (client_matrix, client_retry, client_key_update, client_alpn,
                     client_certificate, client_records, server_matrix, server_retry,
                     server_key_update, server_alpn, server_client_certificate, server_records):
            part(pki)
    return finish()


if __name__ == "__main__":
    sys.exit(main())
