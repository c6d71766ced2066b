#!/usr/bin/env python3
"""What tutorials tell people to type, with `ward` in front of `openssl`: each line as it stands there. The
results are read by openssl(1), and served by nginx if it is there.
"""
import os
import shlex
import shutil
import subprocess
import sys

from beside_openssl import ours, theirs, write
from command import Test, need, openssl_server

EXT = """authorityKeyIdentifier=keyid,issuer
basicConstraints=CA:FALSE
keyUsage = digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment
subjectAltName = @alt_names

[alt_names]
DNS.1 = localhost
DNS.2 = dev.example
IP.1 = 127.0.0.1
"""

CONFIG = """[req]
default_bits = 2048
prompt = no
default_md = sha256
req_extensions = req_ext
distinguished_name = dn

[dn]
C = US
ST = California
L = San Francisco
O = Example Company
OU = IT Department
CN = www.example.com

[req_ext]
subjectAltName = @alt_names

[alt_names]
DNS.1 = www.example.com
DNS.2 = example.com
"""


def line(test, text, stdin=b"", status=0, wanted=b""):
    """Runs a line that begins with openssl; gives what it says on both ways out."""
    words = shlex.split(text)
    assert words[0] == "openssl"
    done = ours(test, *words[1:], stdin=stdin)
    said = done.out + done.err.encode()
    test.check(f"ward {text}", done.status == status and wanted in said, done)
    return said


def peer(test, *args):
    done = theirs(test, *args)
    test.check(f"openssl {' '.join(args)}", done.status == 0, done)
    return done.out


def five_lines(test):
    """A server's certificate, looked at, asked for, and converted."""
    line(test, 'openssl req -x509 -newkey rsa:4096 -nodes -keyout key.pem -out cert.pem -days 365 '
         '-subj "/CN=localhost" -addext "subjectAltName=DNS:localhost"')
    line(test, "openssl x509 -in cert.pem -text -noout", wanted=b"DNS:localhost")
    with openssl_server(test.path("cert.pem"), test.path("key.pem")) as port:
        line(test, f"openssl s_client -connect localhost:{port} -servername localhost "
             "-CAfile cert.pem", wanted=b"Verify return code: 0 (ok)")
    line(test, "openssl verify -CAfile cert.pem cert.pem", wanted=b"cert.pem: OK\n")
    line(test, 'openssl req -new -key key.pem -out request.csr -subj "/C=US/ST=State/O=Example/'
         'CN=www.example.com"')
    line(test, "openssl x509 -in cert.pem -outform DER -out cert.der")
    peer(test, "x509", "-in", "cert.der", "-inform", "DER", "-noout")
    peer(test, "verify", "-CAfile", "cert.pem", "cert.pem")
    asked = peer(test, "req", "-in", "request.csr", "-noout", "-verify", "-subject")
    test.check("the request's subject", b"www.example.com" in asked, asked)


def private_ca(test):
    """A root, a server below it, and all of it in one file for the server."""
    write(test, "server.ext", EXT)
    write(test, "san.cnf", CONFIG)
    line(test, "openssl genrsa -aes256 -passout pass:changeit -out rootCA.key 2048")
    line(test, "openssl req -x509 -new -nodes -key rootCA.key -passin pass:changeit -sha256 "
         "-days 1825 -out rootCA.pem -subj '/C=US/O=Example/CN=Example Root CA'")
    line(test, "openssl genrsa -out server.key 2048")
    line(test, "openssl req -new -key server.key -out server.csr",
         stdin=b"US\nCalifornia\n\nExample\n\nlocalhost\n\n\n\n")
    line(test, "openssl x509 -req -in server.csr -CA rootCA.pem -CAkey rootCA.key -passin "
         "pass:changeit -CAcreateserial -out server.crt -days 825 -sha256 -extfile server.ext",
         wanted=b"Certificate request self-signature ok\n")
    line(test, "openssl verify -CAfile rootCA.pem server.crt", wanted=b"server.crt: OK\n")
    line(test, "openssl verify -CAfile rootCA.pem -verify_hostname dev.example server.crt")
    line(test, "openssl x509 -noout -modulus -in server.crt", wanted=b"Modulus=")
    line(test, "openssl req -new -newkey rsa:2048 -nodes -keyout san.key -out san.csr -config san.cnf")
    line(test, "openssl req -noout -text -in san.csr", wanted=b"DNS:www.example.com, DNS:example.com")
    line(test, "openssl pkcs12 -export -out server.p12 -inkey server.key -in server.crt -certfile "
         "rootCA.pem -name server -passout pass:export")
    line(test, "openssl pkcs12 -in server.p12 -nodes -passin pass:export -out bundle.pem")
    for key in ("server.p12", "bundle.pem", "rootCA.key", "server.key", "san.key"):
        mode = os.stat(test.path(key)).st_mode & 0o777
        test.check(f"{key} is for its owner alone: {mode:o}", mode == 0o600)
    peer(test, "verify", "-purpose", "sslserver", "-verify_hostname", "localhost",
         "-CAfile", "rootCA.pem", "server.crt")
    peer(test, "req", "-in", "san.csr", "-verify", "-noout")
    peer(test, "pkcs12", "-in", "server.p12", "-passin", "pass:export", "-noout")


def served(test):
    """nginx serves it, and curl takes it."""
    if shutil.which("nginx") is None or shutil.which("curl") is None:
        print("nginx and curl are not both installed: what is made is not served")
        return
    write(test, "nginx.conf", f"""daemon off; master_process off; pid {test.folder}/pid; error_log stderr;
events {{ }}
http {{ access_log off; server {{ listen unix:{test.folder}/socket ssl;
ssl_certificate {test.folder}/server.crt; ssl_certificate_key {test.folder}/server.key;
location / {{ return 200 "served\\n"; }} }} }}
""")
    server = subprocess.Popen(["nginx", "-p", test.folder, "-c", test.path("nginx.conf")],
                              stderr=subprocess.DEVNULL)
    try:
        got = subprocess.run(["curl", "-s", "--retry", "20", "--retry-all-errors", "--retry-delay",
                              "0", "--unix-socket", test.path("socket"), "--cacert",
                              test.path("rootCA.pem"), "https://localhost/"],
                             stdout=subprocess.PIPE, timeout=60, check=False)
        test.check("nginx serves what was made", got.stdout == b"served\n", got)
    finally:
        server.terminate()
        server.wait()


def main():
    need("openssl")
    test = Test()
    five_lines(test)
    private_ca(test)
    served(test)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
