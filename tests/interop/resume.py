#!/usr/bin/env python3
"""Resumption in both versions with OpenSSL, GnuTLS, nginx, Python's ssl, Java and curl: ward's client by
`ward connect --session-file`, ward's server by its peer."""
# ctest: timeout=200
import contextlib
import json
import os
import shutil
import socket
import ssl
import stat
import subprocess
import sys

from peers import (Process, agreed, case, check, finish, need, running,
                   server_on_free_port, ward_server, workplace)

WARD = os.environ.get("WARD_BIN", os.path.join(os.path.dirname(__file__), "../../build/dev/ward"))


# ---- ward's client ----

def connect(pki, port, *args, session="session"):
    done = subprocess.run([WARD, "connect", f"localhost:{port}", "--cacert", pki.ca, "--json",
                           "--session-file", pki.path(session), "-n", *args],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)
    check(done.returncode == 0, done.stderr.decode())
    return json.loads(done.stdout)


def hashes(facts):
    return [certificate["sha256"] for certificate in facts["chain"]]


def visit_thrice(pki, port, name, *args):
    """The first is whole, and the others stand on the one before."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(pki.path("session"))
    with case(f"client: {name}"):
        first = connect(pki, port, *args)
        check(not first["resumed"], first)
        mode = os.stat(pki.path("session")).st_mode
        check(stat.S_IMODE(mode) == 0o600, oct(mode))
        for _ in range(2):
            again = connect(pki, port, *args)
            check(again["resumed"] and again["verified"], again)
            check(hashes(again) == hashes(first), "the chain is another")
            check(again["signature_scheme"] is None, again)


def with_s_server(pki):
    for suite in ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
                  "TLS_CHACHA20_POLY1305_SHA256"):
        server = Process("openssl", "s_server", "-accept", "0", "-tls1_3", "-cert",
                         pki.path("p256.crt"), "-cert_chain", pki.path("middle.crt"), "-key",
                         pki.key("p256"), "-ciphersuites", suite)
        with running(server):
            port = server.expect(lambda line: line.startswith("ACCEPT ")).rsplit(":", 1)[1]
            visit_thrice(pki, port, f"openssl s_server, {suite}")
    server = Process("openssl", "s_server", "-accept", "0", "-tls1_3", "-cert",
                     pki.path("p256.crt"), "-cert_chain", pki.path("middle.crt"), "-key",
                     pki.key("p256"), "-groups", "P-384")
    with running(server):
        port = server.expect(lambda line: line.startswith("ACCEPT ")).rsplit(":", 1)[1]
        visit_thrice(pki, port, "openssl s_server, with a retry")
    server = Process("openssl", "s_server", "-accept", "0", "-tls1_3", "-Verify", "3",
                     "-verify_return_error", "-CAfile", pki.ca, "-cert", pki.path("p256.crt"),
                     "-cert_chain", pki.path("middle.crt"), "-key", pki.key("p256"))
    with running(server):
        port = server.expect(lambda line: line.startswith("ACCEPT ")).rsplit(":", 1)[1]
        visit_thrice(pki, port, "openssl s_server, with a client's certificate", "--cert",
                     pki.path("client.pem"))


def with_s_server12(pki):
    for name, args in (("tickets", []), ("ids", ["-no_ticket"]),
                       ("a client's certificate", ["-Verify", "3", "-CAfile", pki.ca])):
        server = Process("openssl", "s_server", "-accept", "0", "-tls1_2", "-cert",
                         pki.path("p256.crt"), "-cert_chain", pki.path("middle.crt"), "-key",
                         pki.key("p256"), *args)
        with running(server):
            port = server.expect(lambda line: line.startswith("ACCEPT ")).rsplit(":", 1)[1]
            more = ["--cert", pki.path("client.pem")] if "-Verify" in args else []
            visit_thrice(pki, port, f"openssl s_server, TLS 1.2, {name}", *more)


GNUTLS12 = "NORMAL:-VERS-ALL:+VERS-TLS1.2"


def with_gnutls_serv12(pki):
    if shutil.which("gnutls-serv") is None:
        return
    for name, args in (("tickets", []), ("ids", ["--noticket"])):
        with server_on_free_port(lambda port, args=args: Process(
                "gnutls-serv", "--port", str(port), "--echo", "--priority", GNUTLS12,
                "--x509certfile", pki.chain("p256"), "--x509keyfile", pki.key("p256"),
                *args)) as port:
            visit_thrice(pki, port, f"gnutls-serv, TLS 1.2, {name}")


def with_gnutls_serv(pki):
    if shutil.which("gnutls-serv") is None:
        return
    with server_on_free_port(lambda port: Process(
            "gnutls-serv", "--port", str(port), "--echo", "--x509certfile", pki.chain("p256"),
            "--x509keyfile", pki.key("p256"))) as port:
        visit_thrice(pki, port, "gnutls-serv")


def with_nginx(pki):
    if shutil.which("nginx") is None:
        return
    conf = """daemon off; master_process off; pid nginx.pid; error_log error.log;
events {} http { access_log off; server { listen 127.0.0.1:%d ssl; %s
ssl_certificate p256.chain; ssl_certificate_key p256.key; } }
"""
    for name, lines in (("nginx", "ssl_protocols TLSv1.3;"),
                        ("nginx, TLS 1.2, tickets", "ssl_protocols TLSv1.2;"),
                        ("nginx, TLS 1.2, ids", "ssl_protocols TLSv1.2; ssl_session_tickets off; "
                         "ssl_session_cache shared:a:1m;")):
        def nginx_on(port, lines=lines):
            with open(pki.path("nginx.conf"), "w", encoding="ascii") as f:
                f.write(conf % (port, lines))
            return Process("nginx", "-p", pki.where, "-c", pki.path("nginx.conf"))
        with server_on_free_port(nginx_on) as port:
            visit_thrice(pki, port, name)


# ---- ward's server ----

def with_s_client(pki):
    with ward_server(*pki.identities(), "echo") as server:
        for args in ([], ["-ciphersuites", "TLS_AES_256_GCM_SHA384"], ["-groups", "P-384:X25519"],
                     ["-tls1_2"], ["-tls1_2", "-no_ticket"]):
            version = "TLSv1.2" if "-tls1_2" in args else "TLSv1.3"
            with case(f"server: openssl s_client {' '.join(args)}"):
                for resumed, session in ((False, ["-sess_out"]), (True, ["-sess_in"])):
                    client = Process("openssl", "s_client", "-connect",
                                     f"127.0.0.1:{server.port}", "-CAfile", pki.ca, "-servername",
                                     "p256.example", *args, *session, pki.path("s_client.pem"))
                    with running(client):
                        client.say("hello\n")
                        client.expect(lambda line: line.endswith("hello"))
                        client.close_input()
                        client.wait()
                        word = "Reused" if resumed else "New"
                        check(f"{word}, {version}" in client.text(), client.text())
                    agreed(server.report(), resumed=resumed, server_name="p256.example",
                           version=version)
    args = (*pki.identities(), "--ca", pki.ca, "--verify", "required", "say:hello", "shut")
    with ward_server(*args) as server, case("server: openssl s_client with a certificate"):
        for resumed, session in ((False, ["-sess_out"]), (True, ["-sess_in"])):
            client = Process("openssl", "s_client", "-connect", f"127.0.0.1:{server.port}",
                             "-CAfile", pki.ca, "-cert", pki.path("client.crt"), "-key",
                             pki.key("client"), "-cert_chain", pki.path("middle.crt"), *session,
                             pki.path("s_client.pem"))
            with running(client):
                agreed(server.report(), resumed=resumed, subject="CN=client")
                client.close_input()
                client.wait()


def with_psk(pki):
    """A key from elsewhere leads to a ticket; who comes with that has no certificate either."""
    key = "0123456789abcdef0123456789abcdef"
    with ward_server("--psk", key, "echo") as server, case("server: openssl s_client -psk"):
        for resumed, session in ((False, ["-sess_out"]), (True, ["-sess_in"])):
            client = Process("openssl", "s_client", "-connect", f"127.0.0.1:{server.port}",
                             "-tls1_3", "-psk", key, *session, pki.path("s_client.pem"))
            with running(client):
                client.say("hello\n")
                client.expect(lambda line: line.endswith("hello"))
                client.close_input()
                client.wait()
                check("no peer certificate available" in client.text(), client.text())
            agreed(server.report(), resumed=resumed, psk="Client_identity")


def with_gnutls_cli(pki):
    if shutil.which("gnutls-cli") is None:
        return
    with ward_server(*pki.identities(), "say:hello", "shut") as server:
        for args in (["--waitresumption"], ["--priority", GNUTLS12],
                     ["--priority", GNUTLS12, "--noticket"]):
            with case(f"server: gnutls-cli --resume {' '.join(args)}"):
                client = Process("gnutls-cli", "--x509cafile", pki.ca, "--port", str(server.port),
                                 "--resume", *args, "localhost")
                with running(client):
                    # gnutls-cli ends a connection whenever it has what it wants of it.
                    check(not server.report()["resumed"], "the first is resumed")
                    check(server.report()["resumed"], "the second is not resumed")
                    client.expect(lambda line: "This is a resumed session" in line)


def with_python(pki):
    for version in (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(pki.ca)
        context.maximum_version = version
        session = None
        with ward_server(*pki.identities(), "say:hello", "receive") as server, \
                case(f"server: a session of Python's ssl, {version.name}"):
            for resumed in (False, True):
                with socket.create_connection(("127.0.0.1", server.port)) as plain, \
                        context.wrap_socket(plain, server_hostname="localhost",
                                            session=session) as tls:
                    check(tls.recv(100) == b"hello\n", "no greeting")
                    session = tls.session
                    check(tls.session_reused == resumed, f"reused: {tls.session_reused}")
                    with contextlib.suppress(OSError):
                        tls.unwrap()
                agreed(server.report(), resumed=resumed, version=version.name.replace("_", "."))


JAVA = """
import java.io.*;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.*;

class Twice {
    public static void main(String[] args) throws Exception {
        KeyStore roots = KeyStore.getInstance(KeyStore.getDefaultType());
        roots.load(null);
        roots.setCertificateEntry("root", CertificateFactory.getInstance("X.509")
            .generateCertificate(new FileInputStream(args[0])));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(roots);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        for (int i = 0; i < 2; i++) {
            SSLSocket s = (SSLSocket) context.getSocketFactory()
                .createSocket("localhost", Integer.parseInt(args[1]));
            s.setEnabledProtocols(new String[] { args[2] });
            s.getInputStream().read(new byte[6]);
            s.close();
        }
    }
}
"""


def with_java(pki):
    if shutil.which("javac") is None:
        return
    with open(pki.path("Twice.java"), "w", encoding="ascii") as f:
        f.write(JAVA)
    subprocess.run(["javac", "-d", pki.where, pki.path("Twice.java")], check=True)
    for version in ("TLSv1.3", "TLSv1.2"):
        with ward_server(*pki.identities(), "say:hello", "receive") as server, \
                case(f"server: two connections of Java's SSLSocket, {version}"):
            done = subprocess.run(["java", "-cp", pki.where, "Twice", pki.ca, str(server.port),
                                   version], stderr=subprocess.PIPE, timeout=60, check=False)
            check(done.returncode == 0, done.stderr.decode())
            for resumed in (False, True):
                agreed(server.report(), resumed=resumed, version=version)


def with_curl(pki):
    if shutil.which("curl") is None:
        return
    with ward_server(*pki.identities(), "serve", "shut") as server:
        for version in ("1.3", "1.2"):
            with case(f"server: curl, two requests, TLS {version}"):
                url = f"https://localhost:{server.port}/10"
                done = subprocess.run(["curl", "-sS", "--cacert", pki.ca, "--tls-max", version,
                                       url, url, "-o", os.devnull, "-o", os.devnull],
                                      stderr=subprocess.PIPE, timeout=60, check=False)
                check(done.returncode == 0, done.stderr.decode())
                for resumed in (False, True):
                    agreed(server.report(), resumed=resumed, version=f"TLSv{version}")


def main():
    need("openssl")
    with workplace() as pki:
        for part in (with_s_server, with_s_server12, with_gnutls_serv, with_gnutls_serv12,
                     with_nginx, with_s_client, with_psk, with_gnutls_cli, with_python, with_java,
                     with_curl):
            part(pki)
    return finish()


if __name__ == "__main__":
    sys.exit(main())
