#!/usr/bin/env python3
"""TLS 1.2 with those who speak it: OpenSSL, GnuTLS, nginx, curl and Python, both ways."""
import contextlib
import os
import socket
import ssl
import subprocess
import sys

from peers import (Process, REDUCED, agreed, case, check, finish, need, report_of,
                   running, server_on_free_port, ward_client, ward_client_beside, ward_server,
                   workplace)

# OpenSSL's name of a suite, IANA's, its number, and the keys that go with it.
SUITES = [
    ("ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "c02b",
     ["p256", "p384", "ed25519"]),
    ("ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "c02c",
     ["p256", "p384", "ed25519"]),
    ("ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "cca9",
     ["p256"]),
    ("ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "c02f", ["rsa"]),
    ("ECDHE-RSA-AES256-GCM-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "c030", ["rsa"]),
    ("ECDHE-RSA-CHACHA20-POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "cca8", ["rsa"]),
]
GROUPS = {"x25519": ("001d", "X25519"), "secp256r1": ("0017", "P-256"),
          "secp384r1": ("0018", "P-384")}


def combinations():
    """(OpenSSL's name, IANA's, number, key, group)"""
    n = 0
    for theirs, ours, number, keys in SUITES:
        for key in keys:
            for i, group in enumerate(GROUPS):
                if REDUCED and i != n % len(GROUPS):
                    continue
                yield theirs, ours, number, key, group
            n += 1


# ---- ward's client ----

@contextlib.contextmanager
def s_server(pki, key, *args):
    server = Process("openssl", "s_server", "-accept", "0", "-tls1_2", "-cert",
                     pki.path(f"{key}.crt"), "-cert_chain", pki.path("middle.crt"), "-key",
                     pki.key(key), "-rev", *args)
    with running(server):
        server.port = server.expect(lambda line: line.startswith("ACCEPT ")).rsplit(":", 1)[1]
        yield server


SAY = ("say:hello", "expect:olleh", "shut", "receive")


def client_openssl(pki):
    for theirs, ours, number, key, group in combinations():
        with s_server(pki, key, "-cipher", theirs, "-groups", GROUPS[group][1]) as server:
            with case(f"client, s_server: {ours}, {group}, {key}"):
                agreed(ward_client(server.port, "--ca", pki.ca, *SAY), ours, group,
                       version="TLSv1.2")
    verify = ("-Verify", "3", "-verify_return_error", "-CAfile", pki.ca)
    for key in ("client", "p384", "rsa", "ed25519"):
        with s_server(pki, "rsa", *verify) as server, case(f"client, s_server: certificate {key}"):
            mark = server.mark()
            agreed(ward_client(server.port, "--ca", pki.ca, *pki.identity(key), *SAY),
                   version="TLSv1.2")
            server.expect(lambda line, key=key: f"CN={key}" in line.replace(" ", ""), mark)
    with s_server(pki, "p256", "-alpn", "h2,http/1.1") as server, case("client, s_server: ALPN"):
        agreed(ward_client(server.port, "--ca", pki.ca, "--alpn", "http/1.1", *SAY),
               alpn="http/1.1", version="TLSv1.2")
    with s_server(pki, "p256", "-cipher", "ECDHE-ECDSA-AES128-SHA256") as server:
        with case("client, s_server: CBC is refused"):
            report = ward_client(server.port, "--ca", pki.ca, *SAY)
            check(report["reason"] == "ALERT_RECEIVED" and report["alert"] == 40, report)
    with s_server(pki, "p256") as server, case("client, s_server: TLS 1.2 alone is offered"):
        agreed(ward_client(server.port, "--ca", pki.ca, "--tls12", *SAY), version="TLSv1.2")


def client_renegotiation(pki):
    server = Process("openssl", "s_server", "-accept", "0", "-tls1_2", "-cert",
                     pki.path("p256.crt"), "-cert_chain", pki.path("middle.crt"), "-key",
                     pki.key("p256"))
    with running(server), case("client, s_server: a HelloRequest is refused"):
        port = server.expect(lambda line: line.startswith("ACCEPT ")).rsplit(":", 1)[1]
        with running(ward_client_beside(port, "--ca", pki.ca, "say:ready", "expect:never")) as ward:
            server.expect(lambda line: line == "ready")
            server.say("r\n")
            report = report_of(ward)
            check(report["reason"] == "RENEGOTIATION" and not report["ok"], report)


ONLY_12 = "NORMAL:-VERS-ALL:+VERS-TLS1.2"


def client_gnutls(pki):
    for key in ("p256", "rsa", "ed25519"):
        def serve(port, key=key):
            return Process("gnutls-serv", "--echo", "--port", str(port), "--x509certfile",
                           pki.chain(key), "--x509keyfile", pki.key(key), "--priority", ONLY_12)
        with server_on_free_port(serve) as port, case(f"client, gnutls-serv: {key}"):
            agreed(ward_client(port, "--ca", pki.ca, "say:hello", "expect:hello", "shut"),
                   version="TLSv1.2")
        with server_on_free_port(serve) as port:
            with case(f"client, gnutls-serv: record_size_limit, {key}"):
                agreed(ward_client(port, "--ca", pki.ca, "--record-size-limit", "600",
                                   "say:" + "x" * 900, "expect:" + "x" * 900, "shut"),
                       version="TLSv1.2", largest_in=600 + 8)


def client_fragments(pki):
    def serve(port):
        return Process("gnutls-serv", "--echo", "--port", str(port), "--x509certfile",
                       pki.chain("rsa"), "--x509keyfile", pki.key("rsa"), "--priority", ONLY_12)
    long = ("--max-fragment", "512", "say:" + "x" * 900, "expect:" + "x" * 900, "shut")
    with server_on_free_port(serve) as port, case("client, gnutls-serv: records of at most 512"):
        agreed(ward_client(port, "--ca", pki.ca, *long), version="TLSv1.2", largest_in=512 + 8,
               largest_out=512 + 8, record_max=541)
    with s_server(pki, "rsa") as server, case("client, s_server: records of at most 512"):
        text = "x" * 900
        report = ward_client(server.port, "--ca", pki.ca, "--max-fragment", "512", f"say:{text}",
                             f"expect:{text}", "shut")
        agreed(report, version="TLSv1.2", record_max=542)
        check(max(report["largest_in"], report["largest_out"]) <= 512 + 8, report)


NGINX = """
daemon off; pid {where}/nginx.pid; error_log stderr; worker_processes 1;
events {{ worker_connections 64; }}
http {{
	access_log off; client_body_temp_path {where}; proxy_temp_path {where};
	fastcgi_temp_path {where}; uwsgi_temp_path {where}; scgi_temp_path {where};
	server {{
		listen 127.0.0.1:{port} ssl;
		ssl_protocols TLSv1.2;
		ssl_certificate {chain}; ssl_certificate_key {key};
		ssl_client_certificate {ca}; ssl_verify_depth 3; ssl_verify_client optional;
		location = /who {{ return 200 "$ssl_protocol $ssl_client_s_dn\\n"; }}
	}}
}}
"""


def client_nginx(pki):
    for key in ("p256", "rsa"):
        def serve(port, key=key):
            path = pki.path("nginx.conf")
            with open(path, "w", encoding="ascii") as file:
                file.write(NGINX.format(where=pki.where, ca=pki.ca, port=port,
                                        chain=pki.chain(key), key=pki.key(key)))
            return Process("nginx", "-p", pki.where, "-c", path)
        with server_on_free_port(serve) as port:
            with case(f"client, nginx: {key}"):
                agreed(ward_client(port, "--ca", pki.ca, "get:/who", "receive"),
                       version="TLSv1.2", received_bytes=len("TLSv1.2 \n"))
            with case(f"client, nginx: a client certificate, {key}"):
                agreed(ward_client(port, "--ca", pki.ca, *pki.identity("client"), "get:/who",
                                   "receive"),
                       version="TLSv1.2", received_bytes=len("TLSv1.2 CN=client\n"))


# ---- ward's server ----

def s_client(server, pki, *args, status=0, talk=True):
    client = Process("openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-tls1_2",
                     "-CAfile", pki.ca, "-verify_return_error", *args)
    with running(client):
        if talk:
            client.say("hello\n")
            client.expect(lambda line: line == "hello")
            client.close_input()
        ended = client.wait()
        check(ended == status, f"s_client: status {ended}\n{client.text()}")
        return client.text()


def s_client_has(option):
    done = subprocess.run(["openssl", "s_client", "-help"], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=30, check=False)
    return f" {option} " in done.stdout.decode()


def server_openssl(pki):
    for theirs, ours, _, key, group in combinations():
        # The client lists the curve of the certificate too, or it would not take that.
        with ward_server(*pki.identity(key), "--groups", GROUPS[group][0], "echo") as server:
            with case(f"server, s_client: {ours}, {group}, {key}"):
                s_client(server, pki, "-cipher", theirs)
                agreed(server.report(), ours, group, version="TLSv1.2")
    with ward_server(*pki.identities(), "--ca", pki.ca, "--verify", "required", "echo") as server:
        for key in ("client", "p384", "rsa", "ed25519"):
            with case(f"server, s_client: client certificate {key}"):
                s_client(server, pki, "-cert", pki.path(f"{key}.crt"), "-key", pki.key(key),
                         "-cert_chain", pki.path("middle.crt"))
                agreed(server.report(), version="TLSv1.2", subject=f"CN={key}")
        with case("server, s_client: no client certificate where one is required"):
            text = s_client(server, pki, talk=False, status=1)
            check("alert handshake failure" in text, text)
            check(server.report()["reason"] == "CERTIFICATE_REQUIRED", "reason")
    with ward_server(*pki.identities(), "echo") as server:
        for name, args, reason, said in (
                ("CBC", ["-cipher", "ECDHE-RSA-AES128-SHA256"], "NO_COMMON_SUITE",
                 "handshake failure"),
                ("no extended master secret", ["-no_ems"], "NO_EXTENDED_MASTER_SECRET",
                 "handshake failure"),
                ("a fallback", ["-fallback_scsv"], "INAPPROPRIATE_FALLBACK",
                 "inappropriate fallback")):
            if name.startswith("no ext") and not s_client_has("-no_ems"):
                print("skipped: s_client has no -no_ems")  # it came with OpenSSL 3.2
                continue
            with case(f"server, s_client: refuses {name}"):
                text = s_client(server, pki, *args, talk=False, status=1)
                check(said in text, text)
                check(server.report()["reason"] == reason, reason)
        with case("server, s_client: a renegotiation is refused"):
            client = Process("openssl", "s_client", "-connect", f"127.0.0.1:{server.port}",
                             "-tls1_2", "-CAfile", pki.ca)
            with running(client):
                client.say("hello\n")
                client.expect(lambda line: line == "hello")
                client.say("R\n")
                client.wait()
            check(server.report()["reason"] == "RENEGOTIATION", "reason")


def server_gnutls(pki):
    with ward_server(*pki.identities(), "echo") as server:
        for key in ("p256", "rsa", "ed25519"):
            with case(f"server, gnutls-cli: {key}"):
                client = Process("gnutls-cli", "--port", str(server.port), "--x509cafile", pki.ca,
                                 "--priority", ONLY_12, "--sni-hostname", f"{key}.example",
                                 "--verify-hostname", f"{key}.example", "localhost")
                with running(client):
                    client.say("hello\n")
                    client.expect(lambda line: line == "hello")
                    client.close_input()
                    check(client.wait() == 0, "status")
                agreed(server.report(), version="TLSv1.2", server_name=f"{key}.example")


def server_python(pki):
    context = ssl.create_default_context(cafile=pki.ca)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with ward_server(*pki.identities(), "echo") as server, case("server, Python"):
        with socket.create_connection(("127.0.0.1", server.port), 10) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as tls:
                check(tls.version() == "TLSv1.2", tls.version())
                block = os.urandom(100000)
                tls.sendall(block[:16000])
                got = b""
                while len(got) < 16000:
                    got += tls.recv(65536)
                check(got == block[:16000], "the echo")
                tls.unwrap()
        agreed(server.report(), version="TLSv1.2")


def server_curl(pki):
    with ward_server(*pki.identities(), "serve") as server, case("server, curl"):
        done = subprocess.run(["curl", "-sS", "--tls-max", "1.2", "--cacert", pki.ca,
                               f"https://localhost:{server.port}/10"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=30, check=False)
        check(done.returncode == 0 and len(done.stdout) == 10, done)
        agreed(server.report(), version="TLSv1.2")


def main():
    need("openssl", "gnutls-cli", "gnutls-serv", "nginx", "curl")
    with workplace() as pki:
        for part in (client_openssl, client_renegotiation, client_gnutls, client_nginx,
                     server_openssl, server_gnutls, server_python, server_curl):
            part(pki)
    return finish()


if __name__ == "__main__":
    sys.exit(main())
