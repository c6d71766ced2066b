#!/usr/bin/env python3
"""ward and Python's ssl module, both ways, and 100 MiB each way (less under ASan)."""
import contextlib
import hashlib
import os
import socket
import ssl
import sys
import threading

from command import Test
from peers import (GROUPS, KEYS, REDUCED, SUITES, agreed, case, check, finish, matrix, need,
                   ward_client, ward_server, workplace)
from serving import Serving

# As set_ecdh_curve names them. Older ones do not take X25519 there, which their OpenSSL prefers anyway.
CURVES = {"x25519": "X25519", "secp256r1": "prime256v1", "secp384r1": "secp384r1"}
BULK = (4 if REDUCED else 100) << 20


def context_for(pki, purpose, key=None, group=None):
    context = ssl.SSLContext(purpose)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(pki.ca)
    if key is not None:
        context.load_cert_chain(pki.chain(key), pki.key(key))
    if group is not None:
        try:
            context.set_ecdh_curve(CURVES[group])
        except (ssl.SSLError, ValueError):
            if group != "x25519":
                raise
    return context


# ---- ward's client ----

class Server:
    """Python's ssl serves one client after the other; `talk` gets each connection."""

    def __init__(self, context, talk):
        self.context, self.talk = context, talk
        self.said = []  # what talk returned, or the exception
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            client, _ = self.listener.accept()
            client.settimeout(60)
            if self.listener.fileno() < 0 or self.talk is None:
                client.close()
                return
            try:
                with self.context.wrap_socket(client, server_side=True,
                                              suppress_ragged_eofs=False) as s:
                    self.said.append(self.talk(s))
            except OSError as fault:
                self.said.append(fault)

    def stop(self):
        self.talk = None
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port)).close()
        self.thread.join(60)
        self.listener.close()


@contextlib.contextmanager
def python_server(context, talk):
    server = Server(context, talk)
    try:
        yield server
    finally:
        server.stop()


def echo(s):
    while data := s.recv(65536):
        s.sendall(data)
    s.unwrap().close()


def client_matrix(pki):
    for key in KEYS:
        with python_server(context_for(pki, ssl.PROTOCOL_TLS_SERVER, key), echo) as server:
            for suite, group, kind in matrix():
                if kind != key:
                    continue
                with case(f"client: {suite}, {group}, {key}"):
                    agreed(ward_client(server.port, "--ca", pki.ca, "--suites", SUITES[suite],
                                       "--groups", GROUPS[group], "--name", f"{key}.example",
                                       "say:hello", "expect:hello", "shut", "receive"),
                           suite, group, key, retry=False)


def client_retry(pki):
    for group in GROUPS:
        context = context_for(pki, ssl.PROTOCOL_TLS_SERVER, "p256", group)
        with python_server(context, echo) as server:
            with case(f"client: HelloRetryRequest for {group}"):
                agreed(ward_client(server.port, "--ca", pki.ca, "--key-shares", "0", "say:hello",
                                   "expect:hello", "shut", "receive"), group=group, retry=True)


def client_more(pki):
    context = context_for(pki, ssl.PROTOCOL_TLS_SERVER, "rsa")
    context.set_alpn_protocols(["h2", "http/1.1"])
    with python_server(context, echo) as server:
        with case("client: ALPN"):
            agreed(ward_client(server.port, "--ca", pki.ca, "--alpn", "x,http/1.1", "say:hello",
                               "expect:hello", "shut", "receive"), alpn="http/1.1")
        with case("client: KeyUpdate, asked for and not"):
            agreed(ward_client(server.port, "--ca", pki.ca, "update", "say:one", "expect:one",
                               "update-ask", "say:two", "expect:two", "say:three",
                               "expect:three", "shut", "receive"), updates_out=2, updates_in=1)
    context.verify_mode = ssl.CERT_REQUIRED
    with python_server(context, lambda s: (s.getpeercert()["subject"], echo(s))[0]) as server:
        for key in ["client", *KEYS]:
            with case(f"client: certificate {key}"):
                agreed(ward_client(server.port, "--ca", pki.ca, *pki.identity(key), "say:hello",
                                   "expect:hello", "shut", "receive"))
        with case("client: no certificate where one is required"):
            report = ward_client(server.port, "--ca", pki.ca, "say:hello", "expect:hello")
            check(report["reason"] == "ALERT_RECEIVED" and report["alert"] == 116, report)
    with case("client: the certificates are the ones that were sent"):
        names = [said[0][0][1] for said in server.said if isinstance(said, tuple)]
        check(names == ["client", *KEYS], server.said)


def client_truncated(pki):
    def leave(s):
        s.sendall(b"part\n")
        s.shutdown(socket.SHUT_RDWR)  # the socket's, without close_notify

    context = context_for(pki, ssl.PROTOCOL_TLS_SERVER, "p256")
    with python_server(context, leave) as server, case("client: an end without close_notify"):
        report = ward_client(server.port, "--ca", pki.ca, "expect:part", "receive")
        check(report["reason"] == "CLOSED_EARLY" and not report["ok"], report)


# ---- ward's server ----

@contextlib.contextmanager
def python_client(server, context, name="localhost"):
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as s:
        with context.wrap_socket(s, server_hostname=name, suppress_ragged_eofs=False) as tls:
            yield tls


def exchange(tls, line=b"hello\n"):
    tls.sendall(line)
    got = b""
    while len(got) < len(line):
        got += tls.recv(len(line) - len(got))
    check(got == line, f"the echo is {got}")


def server_matrix(pki):
    for suite, number in SUITES.items():
        with ward_server(*pki.identities(), "--suites", number, "echo") as server:
            for chosen, group, key in matrix():
                if chosen != suite:
                    continue
                with case(f"server: {suite}, {group}, {key}"):
                    context = context_for(pki, ssl.PROTOCOL_TLS_CLIENT, None, group)
                    with python_client(server, context, f"{key}.example") as tls:
                        check(tls.cipher()[0] == suite, tls.cipher())
                        exchange(tls)
                        tls.unwrap()
                    agreed(server.report(), suite, group, key, server_name=f"{key}.example",
                           retry=False)


def server_more(pki):
    context = context_for(pki, ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols(["x", "http/1.1"])
    with ward_server(*pki.identities(), "--groups", GROUPS["secp384r1"], "--cookie", "--alpn",
                     "h2,http/1.1", "echo") as server:
        with case("server: HelloRetryRequest with a cookie and a group; ALPN"):
            with python_client(server, context) as tls:
                check(tls.selected_alpn_protocol() == "http/1.1", tls.selected_alpn_protocol())
                exchange(tls)
                tls.unwrap()
            agreed(server.report(), group="secp384r1", retry=True, alpn="http/1.1")
    with ward_server(*pki.identities(), "update-ask", "echo") as server:
        with case("server: KeyUpdate, which asks for one"):
            with python_client(server, context) as tls:
                exchange(tls)
                exchange(tls)
                tls.unwrap()
            agreed(server.report(), updates_out=1, updates_in=1)


def server_client_certificate(pki):
    with ward_server(*pki.identities(), "--ca", pki.ca, "--verify", "required", "echo") as server:
        for key in ["client", *KEYS]:
            with case(f"server: client certificate {key}"):
                with python_client(server, context_for(pki, ssl.PROTOCOL_TLS_CLIENT, key)) as tls:
                    exchange(tls)
                    tls.unwrap()
                agreed(server.report(), subject=f"CN={key}")
        with case("server: no client certificate"):
            try:
                with python_client(server, context_for(pki, ssl.PROTOCOL_TLS_CLIENT)) as tls:
                    tls.recv(1)
                check(False, "nothing was refused")
            except ssl.SSLError as fault:
                check("CERTIFICATE_REQUIRED" in str(fault), fault)
            check(server.report()["reason"] == "CERTIFICATE_REQUIRED", "reason")


# ---- many bytes ----

def swallow(s, size=None):
    """SHA-256 of what comes: `size` bytes, or all until the end."""
    digest, left = hashlib.sha256(), size
    while left is None or left > 0:
        data = s.recv(1 << 16)
        if not data:
            break
        digest.update(data)
        left = None if left is None else left - len(data)
    return digest.hexdigest()


def pour(s, size):
    """Sends that many bytes; their SHA-256."""
    block, digest = os.urandom(1 << 20), hashlib.sha256()
    for _ in range(size >> 20):
        s.sendall(block)
        digest.update(block)
        block = block[1:] + block[:1]
    return digest.hexdigest()


def bulk(pki, more=()):
    context = context_for(pki, ssl.PROTOCOL_TLS_SERVER, "p256")

    def both_ways(s):
        got = swallow(s)
        sent = pour(s, BULK)
        s.unwrap()
        return got, sent

    with python_server(context, both_ways) as server:
        with case(f"client: {BULK} bytes each way {more}"):
            report = ward_client(server.port, "--ca", pki.ca, *more, f"send:{BULK}", "shut",
                                 "receive")
            agreed(report, sent_bytes=BULK, received_bytes=BULK)
            server.stop()
            check(server.said == [(report["sent"], report["received"])], (report, server.said))
            check(not more or report["updates_out"] > 2, report)
    with ward_server(*pki.identities(), *more, f"receive:{BULK}", f"send:{BULK}",
                     "shut") as server, case(f"server: {BULK} bytes each way {more}"):
        with python_client(server, context_for(pki, ssl.PROTOCOL_TLS_CLIENT)) as tls:
            sent, got = pour(tls, BULK), swallow(tls, BULK)
            tls.unwrap()
        agreed(server.report(), sent=got, received=sent, sent_bytes=BULK)


# ---- what newer ones do ----

def hybrid_by_default(pki):
    """From OpenSSL 3.5 on it is the first choice of Python too, which never names a group."""
    if ssl.OPENSSL_VERSION_INFO < (3, 5):
        print("skipped: hybrids, which the OpenSSL of this Python does not have")
        return
    with python_server(context_for(pki, ssl.PROTOCOL_TLS_SERVER, "p256"), echo) as server:
        with case("client: X25519MLKEM768 by default"):
            agreed(ward_client(server.port, "--ca", pki.ca, "say:hello", "expect:hello", "shut",
                               "receive"), group="X25519MLKEM768", retry=False)
    with ward_server(*pki.identities(), "echo") as server:
        with case("server: X25519MLKEM768 by default"):
            with python_client(server, context_for(pki, ssl.PROTOCOL_TLS_CLIENT)) as tls:
                exchange(tls)
                tls.unwrap()
            agreed(server.report(), group="X25519MLKEM768", retry=False)


def strict_rules():
    """What Python asks of certificates from 3.13 on, of those that `ward serve` makes."""
    test = Test()
    with Serving(test) as serving, case("a development certificate, by the strict rules"):
        context = ssl.create_default_context(cafile=serving.ca)
        context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
        with python_client(serving, context) as tls:
            tls.sendall(b"GET / HTTP/1.0\r\n\r\n")
            check(tls.recv(9) == b"HTTP/1.1 ", "an answer")
    with case("a development certificate: the server ends well"):
        check(test.finish() == 0, "it does not")


def main():
    need("openssl")
    with workplace() as pki:
        for part in (client_matrix, client_retry, client_more, client_truncated, server_matrix,
                     server_more, server_client_certificate, hybrid_by_default, bulk):
            part(pki)
        strict_rules()
        bulk(pki, ("--update-after", "50", "--padding", "2000", "--suites", "1303"))
    return finish()


if __name__ == "__main__":
    sys.exit(main())
