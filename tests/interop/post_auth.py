#!/usr/bin/env python3
"""Certificates asked for after the handshake (RFC 9846, 4.7.2), both ways: OpenSSL's s_client and
s_server, and Python's ssl (verify_client_post_handshake); and curl."""
# ctest: timeout=120
import contextlib
import os
import socket
import ssl
import subprocess
import sys
import threading

from peers import (Process, agreed, case, check, finish, need, report_of, running,
                   ward_client_beside, ward_server, workplace)

WARD = os.environ.get("WARD_BIN", os.path.join(os.path.dirname(__file__), "../../build/dev/ward"))
ASKING = ["expect:hello", "ask", "say:who are you", "expect:again", "say:welcome", "shut",
          "receive"]


# ---- ward asks ----

def server_openssl(pki):
    for mode, who, good in (("required", "client", True), ("required", "rsa", True),
                            ("optional", "client", True), ("optional", None, True),
                            ("required", None, False)):
        with ward_server(*pki.identity("p256"), "--ca", pki.ca, "--verify", mode, "--post-auth",
                         *ASKING) as server:
            with case(f"server, s_client, {mode}: {who}"):
                own = [] if who is None else [
                    "-cert", pki.path(f"{who}.crt"), "-key", pki.key(who), "-cert_chain",
                    pki.path("middle.crt")]
                client = Process("openssl", "s_client", "-connect", f"127.0.0.1:{server.port}",
                                 "-tls1_3", "-enable_pha", "-CAfile", pki.ca, "-quiet",
                                 "-no_ign_eof", *own)
                with running(client):
                    client.say("hello\n")
                    client.expect(lambda line: line == "who are you")
                    if good: # who is refused may have left already
                        client.say("again\n")
                        client.expect(lambda line: line == "welcome")
                    client.wait()
                report = server.report()
                if good:
                    agreed(report, subject="" if who is None else f"CN={who}")
                else:
                    check(report["reason"] == "CERTIFICATE_REQUIRED", report)
                    check("certificate required" in client.text(), client.text())


def python_client(pki, port, cert):
    context = ssl.create_default_context(cafile=pki.ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.post_handshake_auth = True
    if cert is not None:
        context.load_cert_chain(pki.path(f"{cert}.pem"))
    with socket.create_connection(("127.0.0.1", port), 20) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as tls:
            tls.sendall(b"hello\n")
            check(tls.recv(100) == b"who are you\n", "the question")
            tls.sendall(b"again\n")
            answer = tls.recv(100)
            if answer:
                tls.unwrap()
            return answer


def server_python(pki):
    with ward_server(*pki.identity("p256"), "--ca", pki.ca, "--verify", "required", "--post-auth",
                     *ASKING) as server:
        with case("server, Python"):
            check(python_client(pki, server.port, "client") == b"welcome\n", "the answer")
            agreed(server.report(), subject="CN=client")
        with case("server, Python: no certificate"):
            try:
                check(python_client(pki, server.port, None) == b"", "it is served")
            except ssl.SSLError as fault:
                check("CERTIFICATE_REQUIRED" in str(fault).upper(), fault)
            check(server.report()["reason"] == "CERTIFICATE_REQUIRED", "reason")


def server_curl(pki):
    """curl says that it would answer, and does while it waits for its page."""
    with ward_server(*pki.identity("p256"), "--ca", pki.ca, "--verify", "required", "--post-auth",
                     "expect:GET /x HTTP/1.1", "ask", "serve", "receive") as server:
        with case("server, curl"):
            done = subprocess.run(["curl", "-sS", "--tlsv1.3", "--cacert", pki.ca, "--cert",
                                   pki.path("client.pem"), f"https://localhost:{server.port}/x"],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30,
                                  check=False)
            check(done.returncode == 0, done)
            agreed(server.report(), subject="CN=client")


def server_not_offered(pki):
    """Who does not offer it is asked in the handshake."""
    with ward_server(*pki.identity("p256"), "--ca", pki.ca, "--verify", "required", "--post-auth",
                     "echo") as server:
        for version in ("-tls1_2", "-tls1_3"):
            with case(f"server, s_client without it, {version}"):
                client = Process("openssl", "s_client", "-connect", f"127.0.0.1:{server.port}",
                                 version, "-CAfile", pki.ca, "-quiet", "-no_ign_eof", "-cert",
                                 pki.path("client.crt"), "-key", pki.key("client"), "-cert_chain",
                                 pki.path("middle.crt"))
                with running(client):
                    client.say("hello\n")
                    client.expect(lambda line: line == "hello")
                    client.close_input()
                    client.wait()
                agreed(server.report(), subject="CN=client",
                       version="TLSv1.2" if version == "-tls1_2" else "TLSv1.3")


# ---- ward asks, and waits for the answer ----

def openssl_client(pki, port, who, *args):
    own = [] if who is None else ["-cert", pki.path(f"{who}.crt"), "-key", pki.key(who),
                                  "-cert_chain", pki.path("middle.crt")]
    return Process("openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-CAfile", pki.ca,
                   "-quiet", "-no_ign_eof", *own, *args)


def waits_openssl(pki):
    """What the client says before it answers is there afterwards."""
    for mode, who in (("required", "client"), ("optional", "rsa"), ("optional", None)):
        with ward_server(*pki.identity("p256"), "--ca", pki.ca, "--verify", mode, "--post-auth",
                         "expect:hello", "identify", "expect:again", "say:welcome", "identify",
                         "say:bye", "shut", "receive") as server:
            with case(f"server that waits, s_client, {mode}: {who}"):
                with running(openssl_client(pki, server.port, who, "-tls1_3", "-enable_pha")) \
                        as client:
                    client.say("hello\nagain\n")
                    client.expect(lambda line: line == "welcome")
                    client.expect(lambda line: line == "bye")
                    client.wait()
                agreed(server.report(), subject="" if who is None else f"CN={who}")
    with ward_server(*pki.identity("p256"), "--ca", pki.ca, "--verify", "optional", "--post-auth",
                     "expect:hello", "identify:BAD_STATE", "say:stranger", "shut",
                     "receive") as server:
        for version in ("-tls1_2", "-tls1_3"):
            with case(f"server that waits, s_client that does not offer it, {version}"):
                with running(openssl_client(pki, server.port, None, version)) as client:
                    client.say("hello\n")
                    client.expect(lambda line: line == "stranger")
                    client.wait()
                agreed(server.report(), subject="",
                       version="TLSv1.2" if version == "-tls1_2" else "TLSv1.3")


def waits_others(pki):
    server_args = (*pki.identity("p256"), "--ca", pki.ca, "--verify", "required", "--post-auth")
    with ward_server(*server_args, "expect:hello", "identify", "say:who are you", "expect:again",
                     "say:welcome", "shut", "receive") as server:
        with case("server that waits, Python"):
            check(python_client(pki, server.port, "client") == b"welcome\n", "the answer")
            agreed(server.report(), subject="CN=client")
    with ward_server(*server_args, "expect:GET /x HTTP/1.1", "identify", "serve",
                     "receive") as server:
        with case("server that waits, curl"):
            done = subprocess.run(["curl", "-sS", "--tlsv1.3", "--cacert", pki.ca, "--cert",
                                   pki.path("client.pem"), f"https://localhost:{server.port}/x"],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30,
                                  check=False)
            check(done.returncode == 0, done)
            agreed(server.report(), subject="CN=client")
        with case("server that waits, curl without a certificate"):
            done = subprocess.run(["curl", "-sS", "--tlsv1.3", "--cacert", pki.ca,
                                   f"https://localhost:{server.port}/x"], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=30, check=False)
            check(done.returncode != 0, done)
            check(server.report()["reason"] == "CERTIFICATE_REQUIRED", "reason")


# ---- ward answers ----

def client_openssl(pki):
    server = Process("openssl", "s_server", "-accept", "0", "-tls1_3", "-verify", "3", "-CAfile",
                     pki.ca, "-cert", pki.path("p256.crt"), "-cert_chain", pki.path("middle.crt"),
                     "-key", pki.key("p256"))
    with running(server):
        port = server.expect(lambda line: line.startswith("ACCEPT ")).rsplit(":", 1)[1]
        for who in ("client", "rsa", "ed25519"):
            with case(f"client, s_server: {who}"):
                mark = server.mark()
                client = ward_client_beside(port, "--ca", pki.ca, "--post-auth",
                                            *pki.identity(who), "say:hello", "expect:go on",
                                            "say:thanks", "expect:bye", "shut", "receive")
                with running(client):
                    server.expect(lambda line: line == "hello", mark)
                    server.say("c\n")
                    server.expect(lambda line: line.startswith("SSL_do_handshake"), mark)
                    server.say("go on\n")
                    server.expect(lambda line: line == "thanks", mark)
                    server.expect(lambda line, who=who: f"CN = {who}" in line or
                                  f"CN={who}" in line, mark)
                    server.say("bye\n")
                    agreed(report_of(client))


def python_server(pki, talk):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(pki.chain("p256"), pki.key("p256"))
    context.load_verify_locations(pki.ca)
    context.post_handshake_auth = True
    context.verify_mode = ssl.CERT_REQUIRED
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(60)

    def serve():
        client, _ = listener.accept()
        client.settimeout(60)
        with contextlib.suppress(OSError):
            with context.wrap_socket(client, server_side=True) as s:
                talk(s)
                s.unwrap()
        listener.close()
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return listener.getsockname()[1], thread


def client_python(pki):
    seen = []

    def talk(s):
        seen.append(s.getpeercert())
        seen.append(s.recv(100))
        s.verify_client_post_handshake()
        s.sendall(b"who are you\n")
        seen.append(s.recv(100))
        seen.append(s.getpeercert())
        s.sendall(b"welcome\n")
    with case("client, Python"):
        port, thread = python_server(pki, talk)
        client = ward_client_beside(port, "--ca", pki.ca, "--post-auth", *pki.identity("client"),
                                    "say:hello", "expect:who are you", "say:again",
                                    "expect:welcome", "shut", "receive")
        agreed(report_of(client))
        thread.join(60)
        check(not seen[0] and seen[1] == b"hello\n" and seen[2] == b"again\n", seen)
        check(("DNS", "client.example") in seen[3]["subjectAltName"], seen[3])

    def serve_page(s):
        s.recv(1000)
        s.verify_client_post_handshake()
        s.sendall(b"one\n")
        seen.append(s.recv(100))
        s.sendall(f"{s.getpeercert()['subject'][0][0][1]}\n".encode())
    with case("client, Python: ward connect"):
        port, thread = python_server(pki, serve_page)
        with subprocess.Popen([WARD, "connect", f"localhost:{port}", "--cacert", pki.ca, "-q",
                               "--cert", pki.path("client.pem")], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
            run.stdin.write(b"first\n")
            run.stdin.flush()
            check(run.stdout.readline() == b"one\n", "the first answer")
            out, err = run.communicate(b"second\n", timeout=60)
            check(out == b"client\n" and run.returncode == 0, (out, err))
        thread.join(60)


def main():
    need("openssl", "curl")
    with workplace() as pki:
        for part in (server_openssl, server_python, server_curl, server_not_offered, waits_openssl,
                     waits_others, client_openssl, client_python):
            part(pki)
    return finish()


if __name__ == "__main__":
    sys.exit(main())
