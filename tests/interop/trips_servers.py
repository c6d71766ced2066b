#!/usr/bin/env python3
# ctest: plain-only
"""Chains and keys that ward makes, served by nginx and by Python's ssl, verified by curl, openssl, GnuTLS,
Python and ward, in TLS 1.2 and 1.3. It covers src/cli/cert_sign.c and cert_convert.c.
"""
import os
import shutil
import socket
import ssl
import sys

from command import Test, need, ward
from peers import Process, server_on_free_port
from trips import KINDS, WORD, Chain, make, make_word, run, text_of

NGINX = """
daemon off;
master_process off;
pid {where}/nginx.pid;
error_log stderr warn;
events {{ }}
http {{
	access_log off;
	client_body_temp_path {where};
	proxy_temp_path {where};
	fastcgi_temp_path {where};
	uwsgi_temp_path {where};
	scgi_temp_path {where};
	ssl_protocols TLSv1.2 TLSv1.3;
	ssl_password_file {where}/word;
{servers}
}}
"""

SERVER = """
	server {{
		listen 127.0.0.1:{port} ssl;
		server_name {name};
		ssl_certificate {chain};
		ssl_certificate_key {key};
		location / {{ return 200 "$ssl_server_name $ssl_protocol\\n"; }}
	}}
"""


def with_nginx(test, chains):
    if not shutil.which("nginx"):
        print("skipped: nginx is not installed")
        return

    def start(port):
        servers = "".join(SERVER.format(port=port, name=c.name, chain=c.chain, key=c.key)
                          for c in chains)
        with open(test.path("nginx.conf"), "w", encoding="ascii") as file:
            file.write(NGINX.format(where=test.folder, servers=servers))
        return Process("nginx", "-p", test.folder, "-c", test.path("nginx.conf"))

    with server_on_free_port(start) as port:
        for c in chains:
            for version in ("1.2", "1.3"):
                clients(test, c, port, version)
            wrong = next(o for o in chains if o is not c)
            ok, out = run("curl", "--silent", "--show-error", "--noproxy", "*", "--cacert",
                          wrong.root, "--resolve", f"{c.name}:{port}:127.0.0.1",
                          f"https://{c.name}:{port}/")
            test.check(f"nginx, {c.kind}: curl refuses it by another root", not ok and
                       "certificate" in out, out)


def clients(test, c, port, version):
    what = f"nginx, {c.kind}, TLS 1.{version[-1]}"
    ok, out = run("curl", "--silent", "--show-error", "--noproxy", "*", "--cacert", c.root,
                  "--tlsv" + version, "--tls-max", version, "--resolve",
                  f"{c.name}:{port}:127.0.0.1", f"https://{c.name}:{port}/")
    test.check(f"{what}: curl", ok and out == f"{c.name} TLSv{version}\n", out)
    ok, out = run("openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", c.name,
                  "-verify_hostname", c.name, "-verify_return_error", "-x509_strict", "-CAfile",
                  c.root, "-tls" + version.replace(".", "_"))
    test.check(f"{what}: openssl s_client", ok and "Verify return code: 0 (ok)" in out, out)
    context = ssl.create_default_context(cafile=c.root)
    context.minimum_version = context.maximum_version = \
        getattr(ssl.TLSVersion, "TLSv" + version.replace(".", "_"))
    try:
        pem = peer_of(context, c.name, port)
    except OSError as fault:
        pem = str(fault)
    test.check(f"{what}: Python", pem == text_of(c.leaf), pem)
    if shutil.which("gnutls-cli"):
        ok, out = run("gnutls-cli", "--x509cafile", c.root, "--sni-hostname", c.name,
                      "--verify-hostname", c.name, "--priority", f"NORMAL:-VERS-ALL:+VERS-TLS{version}",
                      "--port", str(port), "127.0.0.1")
        test.check(f"{what}: GnuTLS", ok and "Status: The certificate is trusted" in out, out)
    result = ward("cert", "verify", f"127.0.0.1:{port}", "--hostname", c.name, "--cacert", c.root)
    test.check(f"{what}: ward", result.status == 0, result)


def peer_of(context, name, port):
    """The server's certificate as PEM, verified for that name."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as s:
        with context.wrap_socket(s, server_hostname=name) as tls:
            return ssl.DER_cert_to_PEM_cert(tls.getpeercert(binary_form=True))


def shake(server, client, name):
    """A handshake in memory of two of Python's; what the client sees of the server's certificate."""
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [client.wrap_bio(down, up, server_hostname=name),
            server.wrap_bio(up, down, server_side=True)]
    done = set()
    for _ in range(20):
        for end in ends:
            try:
                end.do_handshake()
                done.add(end)
            except ssl.SSLWantReadError:
                pass
        if len(done) == 2:
            return ends[0].getpeercert()
    raise OSError("the handshake does not end")


def with_python(test, chains):
    for c in chains:
        one = test.path(c.kind + "-one.pem")
        make(test, "cert", "convert", c.leaf, c.middle, c.plain_key, "--to", "pem", "--out", one)
        for what, files, word in (("its server's form", (c.chain, c.key), WORD),
                                  ("PKCS#8", (c.chain, c.plain_key), None),
                                  ("all in one file", (one,), None)):
            server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            try:
                server.load_cert_chain(*files, **({"password": word} if word else {}))
                seen = shake(server, ssl.create_default_context(cafile=c.root), c.name)
            except OSError as fault:
                seen = {"fault": str(fault)}
            test.check(f"Python serves {c.kind}, {what}", seen.get("subjectAltName") == (
                ("DNS", c.name), ("DNS", "localhost"), ("IP Address", "127.0.0.1")), seen)


def self_signed(test):
    """`ward cert new` alone: a client that is given the certificate itself trusts it."""
    cert, key = test.path("own.pem"), test.path("own-key.pem")
    make(test, "cert", "new", "own.example", "--cert", cert, "--key", key)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, key)
    try:
        seen = shake(server, ssl.create_default_context(cafile=cert), "own.example")
    except OSError as fault:
        seen = {"fault": str(fault)}
    test.check("Python serves and verifies a self-signed one", seen.get("subjectAltName") ==
               (("DNS", "own.example"),), seen)


def main():
    need("openssl", "curl")
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    test = Test()
    make_word(test)
    chains = [Chain(test, kind) for kind in KINDS]
    with_nginx(test, chains)
    with_python(test, chains)
    self_signed(test)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
