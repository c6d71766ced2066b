#!/usr/bin/env python3
"""Mutual TLS with other implementations, in both versions: `ward serve --client-ca --allow` with
openssl s_client, curl, gnutls-cli and Python's ssl; `ward connect --cert` with openssl s_server,
gnutls-serv, nginx and Python's ssl, and which of several certificates it shows."""
# ctest: timeout=200
import contextlib
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading

from peers import (Process, case, check, finish, need, openssl, running,
                   server_on_free_port, workplace)

WARD = os.environ.get("WARD_BIN", os.path.join(os.path.dirname(__file__), "../../build/dev/ward"))
VERSIONS = {"1.2": "TLSv1.2", "1.3": "TLSv1.3"}


def add_clients(pki):
    """alice and bob are clients of one CA, mallory of another that has the same look."""
    for name, issuer, names in (
            ("alice", "middle", "URI:spiffe://prod/ns/alice,DNS:alice.example"),
            ("bob", "middle", "URI:spiffe://prod/ns/bob,email:bob@example.org"),
            ("wild", "middle", "DNS:*.example"),
            ("mallory", "stranger", "URI:spiffe://prod/ns/alice,DNS:alice.example")):
        openssl("req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-days", "2", "-keyout", pki.path(f"{name}.key"), "-out", pki.path(f"{name}.crt"),
                "-subj", f"/CN={name}", "-addext", "basicConstraints=critical,CA:false",
                "-addext", f"subjectAltName={names}", "-addext", "extendedKeyUsage=clientAuth",
                "-CA", pki.path(f"{issuer}.crt"), "-CAkey", pki.path(f"{issuer}.key"))
        with open(pki.path(f"{name}.pem"), "wb") as out:
            for part in (f"{name}.crt", f"{issuer}.crt", f"{name}.key"):
                with open(pki.path(part), "rb") as file:
                    out.write(file.read())
    os.mkdir(pki.path("site"))
    with open(pki.path("site/hello.txt"), "w", encoding="ascii") as file:
        file.write("hello\n")


# ---- ward's server ----

class Serving(Process):
    def __init__(self, pki, *args):
        super().__init__(WARD, "serve", pki.path("site"), "--listen", "127.0.0.1:0",
                         "--access-log", "--cert", pki.path("p256.pem"), "--client-ca", pki.ca,
                         *args)
        line = self.expect(lambda line: line.startswith("Serving "))
        self.port = int(line.rstrip("/").rsplit(":", 1)[1])


@contextlib.contextmanager
def serving(pki, *args):
    server = Serving(pki, *args)
    with running(server):
        yield server


def get(url, *args):
    return subprocess.run(["curl", "-sS", "--max-time", "20", *args, url], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, timeout=30)


def curl(pki, server, who, version, name="localhost"):
    args = [f"--tlsv{version}", "--tls-max", version, "--cacert", pki.ca]
    if who is not None:
        args += ["--cert", pki.path(f"{who}.pem")]
    return get(f"https://{name}:{server.port}/hello.txt", *args)


def server_rules(pki):
    with serving(pki, "--allow", "uri:spiffe://prod/ns/alice", "--allow",
                 "email:*@example.org") as server:
        for version in VERSIONS:
            for who, user in (("alice", "uri:spiffe://prod/ns/alice"),
                              ("bob", "uri:spiffe://prod/ns/bob")):
                with case(f"server, curl, TLS {version}: {who} may enter"):
                    mark = server.mark()
                    done = curl(pki, server, who, version)
                    check(done.returncode == 0 and done.stdout == b"hello\n", done)
                    server.expect(lambda line, user=user: f" - {user} [" in line, mark)
            for who, reason, alert in (
                    ("client", "CLIENT_NOT_ALLOWED", "access_denied"),
                    ("wild", "CLIENT_NOT_ALLOWED", "access_denied"),
                    ("mallory", "CERT_UNKNOWN_ISSUER", "unknown_ca"),
                    (None, "CERTIFICATE_REQUIRED", "certificate_required")):
                with case(f"server, curl, TLS {version}: {who} may not"):
                    mark = server.mark()
                    done = curl(pki, server, who, version)
                    check(done.returncode != 0 and b"hello" not in done.stdout, done)
                    line = server.expect(lambda line: "handshake failed" in line, mark)
                    check(f"reason={reason} " in line and f"alert=sent:{alert}" in line, line)
        with case("server: the log names who was refused"):
            mark = server.mark()
            curl(pki, server, "client", "1.3")
            line = server.expect(lambda line: "handshake failed" in line, mark)
            check("it is dns:client.example" in line and "cn:client" in line and "hint=" in line,
                  line)


def server_optional(pki):
    with serving(pki, "--client-auth", "optional", "--allow", "dns:alice.example") as server:
        for version in VERSIONS:
            for who, good in (("alice", True), (None, True), ("bob", False), ("mallory", False)):
                with case(f"server, optional, TLS {version}: {who}"):
                    done = curl(pki, server, who, version)
                    check((done.returncode == 0) == good, done)


def server_peers(pki):
    with serving(pki, "--allow", "cn:alice") as server:
        for version, option in (("1.2", "-tls1_2"), ("1.3", "-tls1_3")):
            with case(f"server, s_client, TLS {version}: the CA is named, and who may enter"):
                client = Process("openssl", "s_client", "-connect", f"127.0.0.1:{server.port}",
                                 option, "-CAfile", pki.ca, "-verify_return_error", "-cert",
                                 pki.path("alice.crt"), "-key", pki.path("alice.key"),
                                 "-cert_chain", pki.path("middle.crt"), "-quiet", "-no_ign_eof",
                                 "-msg")
                with running(client):
                    client.say("GET /hello.txt HTTP/1.0\r\n\r\n")
                    client.expect(lambda line: line == "hello")
            with case(f"server, s_client, TLS {version}: names of CAs"):
                client = Process("openssl", "s_client", "-connect", f"127.0.0.1:{server.port}",
                                 option, "-CAfile", pki.ca)
                with running(client):
                    client.close_input()
                    client.wait()
                    check("Acceptable client certificate CA names\nCN = root" in client.text() or
                          "Acceptable client certificate CA names\nCN=root" in client.text(),
                          "not named")
        with case("server, gnutls-cli"):
            client = Process("gnutls-cli", "--port", str(server.port), "--x509cafile", pki.ca,
                             "--x509certfile", pki.path("alice.pem"), "--x509keyfile",
                             pki.path("alice.key"), "localhost")
            with running(client):
                client.say("GET /hello.txt HTTP/1.0\r\n\r\n")
                client.expect(lambda line: line == "hello")
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            for who, good in (("alice", True), ("bob", False)):
                with case(f"server, Python, {version.name}: {who}"):
                    check(python_get(pki, server.port, who, version) == good, "the answer")


def python_get(pki, port, who, version):
    context = ssl.create_default_context(cafile=pki.ca)
    context.minimum_version = context.maximum_version = version
    context.load_cert_chain(pki.path(f"{who}.pem"))
    try:
        with socket.create_connection(("127.0.0.1", port), 20) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as tls:
                tls.sendall(b"GET /hello.txt HTTP/1.0\r\n\r\n")
                return b"hello" in tls.recv(4096)
    except ssl.SSLError as fault:
        check("ACCESS_DENIED" in str(fault).upper().replace(" ", "_"), fault)
        return False


# ---- ward's client ----

def connect(pki, port, *args, version="1.3", status=0, ca=None):
    done = subprocess.run([WARD, "connect", f"localhost:{port}", "--cacert", ca or pki.ca, "--json",
                           "-n", *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60, check=False)
    check(done.returncode == status, f"{done.returncode}: {done.stderr.decode()}")
    if status == 0:
        check(json.loads(done.stdout)["version"] == VERSIONS[version], done.stdout)
    return done.stderr.decode()


def both(pki):
    """mallory's first: only what the server says makes ward show the other."""
    return ["--cert", pki.path("mallory.pem"), "--cert", pki.path("alice.pem")]


def client_openssl(pki):
    for version, option in (("1.2", "-tls1_2"), ("1.3", "-tls1_3")):
        server = Process("openssl", "s_server", "-accept", "0", option, "-Verify", "3",
                         "-verify_return_error", "-CAfile", pki.ca, "-cert", pki.path("p256.crt"),
                         "-cert_chain", pki.path("middle.crt"), "-key", pki.key("p256"))
        with running(server):
            port = server.expect(lambda line: line.startswith("ACCEPT ")).rsplit(":", 1)[1]
            with case(f"client, s_server, TLS {version}: one by a CA that it names"):
                mark = server.mark()
                connect(pki, port, *both(pki), version=version)
                server.expect(lambda line: "CN = alice" in line or "CN=alice" in line, mark)
            with case(f"client, s_server, TLS {version}: the only one, by another CA"):
                said = connect(pki, port, "--cert", pki.path("mallory.pem"), version=version,
                               status=4)
                check("unknown_ca" in said and "hint:" in said, said)
            with case(f"client, s_server, TLS {version}: none"):
                said = connect(pki, port, version=version, status=4)
                check("--cert" in said, said)


def client_gnutls(pki):
    for version in VERSIONS:
        with server_on_free_port(lambda port, version=version: Process(
                "gnutls-serv", "--port", str(port), "--echo", "--x509certfile",
                pki.chain("p256"), "--x509keyfile", pki.key("p256"), "--x509cafile", pki.ca,
                "--require-client-cert", "--verify-client-cert", "--priority",
                f"NORMAL:-VERS-ALL:+VERS-TLS{version}")) as port:
            with case(f"client, gnutls-serv, TLS {version}: one by a CA that it names"):
                connect(pki, port, *both(pki), version=version)


NGINX = """
daemon off; pid {where}/nginx.pid; error_log stderr; worker_processes 1;
events {{ worker_connections 64; }}
http {{
	access_log off; client_body_temp_path {where}; proxy_temp_path {where};
	fastcgi_temp_path {where}; uwsgi_temp_path {where}; scgi_temp_path {where};
	server {{
		listen 127.0.0.1:{port} ssl;
		ssl_protocols TLSv{version};
		ssl_certificate {chain}; ssl_certificate_key {key};
		ssl_client_certificate {ca}; ssl_verify_depth 3; ssl_verify_client on;
		location = /who {{ return 200 "$ssl_protocol $ssl_client_s_dn\\n"; }}
	}}
}}
"""


def client_nginx(pki):
    for version in VERSIONS:
        def serve(port, version=version):
            path = pki.path("nginx.conf")
            with open(path, "w", encoding="ascii") as file:
                file.write(NGINX.format(where=pki.where, ca=pki.ca, port=port, version=version,
                                        chain=pki.chain("p256"), key=pki.key("p256")))
            return Process("nginx", "-p", pki.where, "-c", path)
        with server_on_free_port(serve) as port:
            for who, args in (("alice", both(pki)), ("bob", ["--cert", pki.path("bob.pem"),
                                                             "--key", pki.path("bob.key")])):
                with case(f"client, nginx, TLS {version}: {who}"):
                    done = subprocess.run(
                        [WARD, "connect", f"localhost:{port}", "--cacert", pki.ca, "-q", *args],
                        input=b"GET /who HTTP/1.0\r\n\r\n", stdout=subprocess.PIPE,
                        stderr=subprocess.PIPE, timeout=60, check=False)
                    check(f"TLSv{version} CN={who}\n".encode() in done.stdout, done)


def client_python(pki):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pki.chain("p256"), pki.key("p256"))
    context.load_verify_locations(pki.ca)
    context.verify_mode = ssl.CERT_REQUIRED
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(60)
    seen = []

    def serve():
        client, _ = listener.accept()
        client.settimeout(60)
        with contextlib.suppress(OSError):
            with context.wrap_socket(client, server_side=True) as s:
                seen.append(s.getpeercert())
                s.sendall(b"x")
                s.unwrap()
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with case("client, Python, which names no CA"):
        connect(pki, listener.getsockname()[1], "--cert", pki.path("alice.pem"))
        thread.join(60)
        check(seen and (("URI", "spiffe://prod/ns/alice") in seen[0]["subjectAltName"]), seen)
    listener.close()


def ward_and_ward(pki):
    with serving(pki, "--allow", "uri:spiffe://prod/ns/*") as server:
        with case("ward and ward: one of several"):
            connect(pki, server.port, *both(pki))
        with case("ward and ward: refused, and both sides say why"):
            mark = server.mark()
            said = connect(pki, server.port, "--cert", pki.path("client.pem"), status=4)
            check("access_denied" in said and "hint:" in said, said)
            server.expect(lambda line: "CLIENT_NOT_ALLOWED" in line, mark)


def main():
    need("openssl", "curl", "nginx", "gnutls-cli", "gnutls-serv")
    if not shutil.which(WARD):
        raise SystemExit(f"{WARD} is not there")
    with workplace() as pki:
        add_clients(pki)
        for part in (server_rules, server_optional, server_peers, client_openssl, client_gnutls,
                     client_nginx, client_python, ward_and_ward):
            part(pki)
    return finish()


if __name__ == "__main__":
    sys.exit(main())
