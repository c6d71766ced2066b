#!/usr/bin/env python3
# ctest: timeout=300
"""`ward ca ocsp` against openssl ocsp, ocsptool, curl, and nginx that staples what it is told: good,
revoked a moment ago, unknown, of another CA; GET and POST, nonces, what is no request, many at once.
"""
import base64
import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse

from command import WARD, Test, clean_environment, need, ward
from peers import Process, free_port, server_on_free_port

NGINX = """
daemon off;
master_process off;
pid {where}/nginx.pid;
error_log stderr info;
events {{ }}
http {{
	access_log off;
	client_body_temp_path {where};
	proxy_temp_path {where};
	fastcgi_temp_path {where};
	uwsgi_temp_path {where};
	scgi_temp_path {where};
	server {{
		listen 127.0.0.1:{port} ssl;
		ssl_certificate {leaf}.pem;
		ssl_certificate_key {leaf}-key.pem;
		ssl_client_certificate {root};
		ssl_crl {crls};
		ssl_verify_client optional;
		ssl_verify_depth 3;
		ssl_stapling on;
		ssl_stapling_verify on;
		ssl_trusted_certificate {root};
		location / {{ return 200 "$ssl_client_verify\\n"; }}
	}}
}}
"""


def run(*args):
    done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                          check=False, timeout=60)
    return done.returncode, done.stdout.decode(errors="replace")


class Ca:
    def __init__(self, test, name, *options):
        self.test, self.dir = test, test.path(name)
        made = self("init", *options)
        test.check(f"{name}: made", made.status == 0, made)

    def __call__(self, *args):
        return ward("ca", *args, env=clean_environment(WARD_CA_DIR=self.dir))

    def path(self, name):
        return os.path.join(self.dir, name)

    def issue(self, name, *args):
        base = self.test.path(name)
        made = self("issue", name, "--out", base + ".pem", "--key-out", base + "-key.pem", *args)
        self.test.check(f"issued {name}", made.status == 0, made)
        return base + ".pem"


@contextlib.contextmanager
def responder(test, ca, *options, listen="127.0.0.1:0"):
    process = subprocess.Popen([WARD, "ca", "ocsp", "--listen", listen, *options], text=True,
                               env=clean_environment(WARD_CA_DIR=ca.dir), stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    try:
        line = process.stdout.readline()
        found = re.match(r"Answering at (http://[^:]+:(\d+)/\S*)\n$", line)
        test.check(f"it says where it listens: {line}", found is not None)
        process.url, process.port = found.group(1), int(found.group(2))
        yield process
        process.send_signal(signal.SIGTERM)
        test.check("SIGTERM stops it", process.wait(20) == 0)
    finally:
        process.kill()
        process.wait()


def ask(ca, url, *certs, options=()):
    wanted = [word for cert in certs for word in ("-cert", cert)]
    return run("openssl", "ocsp", "-issuer", ca.path("intermediate.pem"), *wanted, "-url", url, "-CAfile",
               ca.path("root.pem"), "-verify_other", ca.path("intermediate.pem"), *options)


def request_of(test, ca, cert, *options):
    path = test.path("request.der")
    run("openssl", "ocsp", "-issuer", ca.path("intermediate.pem"), "-cert", cert, "-no_nonce", "-reqout", path,
        *options)
    with open(path, "rb") as file:
        return file.read()


def test_openssl(test, ca, url, names):
    good, revoked = names
    ca("revoke", revoked, "--reason", "keyCompromise")
    status, said = ask(ca, url, good, options=["-resp_text"])
    test.check(f"good: {said}", status == 0 and f"{good}: good" in said and "Response verify OK" in said)
    test.check("the nonce is given back", "OCSP Nonce" in said and "WARNING" not in said)
    test.check("signed by a responder of its own", "OCSP Signing" in said and "OCSP No Check" in said and
               "CN = OCSP responder" in said.replace("CN=", "CN = "))
    status, said = ask(ca, url, revoked)
    test.check(f"revoked: {said}", f"{revoked}: revoked" in said and "Reason: keyCompromise" in said and
               "Response verify OK" in said)
    status, said = ask(ca, url, good, revoked, options=["-no_nonce"])
    test.check(f"two at once: {said}", f"{good}: good" in said and f"{revoked}: revoked" in said)
    status, said = run("openssl", "ocsp", "-issuer", ca.path("intermediate.pem"), "-serial", "0x1234", "-url", url,
                       "-CAfile", ca.path("root.pem"), "-verify_other", ca.path("intermediate.pem"))
    test.check(f"one that it has not issued: {said}", "0x1234: unknown" in said)
    status, said = run("openssl", "ocsp", "-issuer", ca.path("root.pem"), "-serial", "0x1234", "-url", url)
    test.check(f"of another CA: {said}", "unauthorized" in said)
    late = ca.issue("late.test")
    test.check("issued while it runs", "late.test.pem: good" in ask(ca, url, late)[1])
    ca("revoke", late)
    test.check("revoked while it runs", "late.test.pem: revoked" in ask(ca, url, late)[1])
    for digest in ("-sha256", "-sha384"):
        status, said = run("openssl", "ocsp", digest, "-issuer", ca.path("intermediate.pem"), "-cert", good, "-url",
                           url, "-CAfile", ca.path("root.pem"), "-verify_other", ca.path("intermediate.pem"))
        test.check(f"certificates named by {digest}: {said}", f"{good}: good" in said)


def test_gnutls(test, ca, url, names):
    chain = test.path("chain.pem")
    for cert, wanted in zip(names, ("Certificate Status: good", "Certificate Status: revoked")):
        status, said = run("ocsptool", "--ask=" + url, "--load-cert", cert, "--load-issuer",
                           ca.path("intermediate.pem"), "--load-trust", ca.path("root.pem"), "--load-chain", cert,
                           "--outfile", chain)
        test.check(f"ocsptool: {said}", wanted in said)


def test_ward(test, ca, url, names):
    for cert, wanted in zip(names, (0, 1)):
        answer = test.path("answer.der")
        ask(ca, url, cert, options=["-no_nonce", "-respout", answer])
        judged = ward("cert", "verify", cert, "--cacert", ca.path("root.pem"), "--ocsp", answer,
                      "--require-revocation", "leaf")
        test.check("ward judges by its answer", judged.status == wanted, judged)


def exchange(port, method, target, body=None, **fields):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, target, body, fields)
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer, data


def means(test, data):
    """What openssl makes of an answer."""
    path = test.path("means.der")
    with open(path, "wb") as file:
        file.write(data)
    return run("openssl", "ocsp", "-respin", path, "-noverify", "-resp_text")[1]


def test_http(test, ca, port, names, prefix):
    der = request_of(test, ca, names[0])
    text = base64.b64encode(der).decode()
    kind = {"Content-Type": "application/ocsp-request"}
    posted, data = exchange(port, "POST", prefix, der, **kind)
    test.check("POST", posted.status == 200 and posted.getheader("Content-Type") == "application/ocsp-response" and
               "Cert Status: good" in means(test, data))
    for what, target in (("escaped", urllib.parse.quote(text, safe="")), ("as it is", text)):
        got, data = exchange(port, "GET", prefix.rstrip("/") + "/" + target)
        test.check(f"GET, {what}", got.status == 200 and "Cert Status: good" in means(test, data))
        test.check(f"caches are told: {got.headers}", got.getheader("Cache-Control") ==
                   "max-age=3600, public, no-transform, must-revalidate" and None not in
                   (got.getheader("Date"), got.getheader("Expires"), got.getheader("Last-Modified")))
    bad, data = exchange(port, "POST", prefix, b"\x30\x03\x02\x01\x00")
    test.check("no request", bad.status == 200 and "malformedrequest" in means(test, data) and
               bad.getheader("Cache-Control") == "no-store")
    for what, status, args in (
            ("an empty path", 404, ("GET", prefix)), ("no base64", 400, ("GET", prefix + "a?b")),
            ("a bad escape", 400, ("GET", prefix + "MI%4")), ("HEAD", 405, ("HEAD", prefix + text)),
            ("PUT", 405, ("PUT", prefix, b"x")), ("a long target", 414, ("GET", prefix + "M" * 9000)),
            ("a long body", 413, ("POST", prefix, b"0" * 16385)),
            ("a body of pieces without an end", 413, ("POST", prefix, iter([b"0" * 5000] * 5)))):
        answer, data = exchange(port, *args)
        test.check(f"{what}: {answer.status}", answer.status == status and data == b"" and
                   answer.getheader("Connection") == "close")
    test.check("HEAD is told what is allowed", exchange(port, "HEAD", prefix)[0].getheader("Allow") == "GET, POST")


def test_raw(test, ca, port, names, prefix):
    der = request_of(test, ca, names[0])
    head = f"POST {prefix} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(der)}\r\n".encode()
    with socket.create_connection(("127.0.0.1", port), 20) as sock:
        sock.sendall((head + b"\r\n" + der) * 20)
        seen = b""
        while seen.count(b"HTTP/1.1 200 OK") < 20:
            more = sock.recv(65536)
            if not more:
                break
            seen += more
        test.check(f"twenty in a row: {seen.count(b'HTTP/1.1 200 OK')}", seen.count(b"HTTP/1.1 200 OK") == 20)
        for byte in head + b"Connection: close\r\n\r\n" + der:
            sock.sendall(bytes([byte]))
        seen = b""
        while more := sock.recv(65536):
            seen += more
        test.check("byte by byte, and then the end", seen.count(b"HTTP/1.1 200 OK") == 1)
    with socket.create_connection(("127.0.0.1", port), 20) as sock:
        sock.sendall(head + b"Expect: 100-continue\r\n\r\n")
        test.check("100 Continue", sock.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n")
        sock.sendall(der)
        test.check("and then the answer", sock.recv(1000).startswith(b"HTTP/1.1 200 OK"))
    for garbage in (b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", b"\r\n" * 9):
        with socket.create_connection(("127.0.0.1", port), 20) as sock:
            sock.sendall(garbage + b"\r\n\r\n")
            test.check(f"{garbage}", sock.recv(1000).startswith(b"HTTP/1.1 400"))
    idle = [socket.create_connection(("127.0.0.1", port), 20) for _ in range(200)]
    crowd = [subprocess.Popen(["openssl", "ocsp", "-issuer", ca.path("intermediate.pem"), "-cert", names[0], "-url",
                               f"http://127.0.0.1:{port}{prefix}", "-noverify"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) for _ in range(20)]
    good = [b": good" in process.communicate()[0] for process in crowd]
    test.check("twenty at once beside 200 that say nothing", all(good))
    for sock in idle:
        sock.close()


def test_damage(test, ca, process, good):
    """Where the index cannot be read, nothing is called good; and it goes on when that is mended."""
    index = ca.path("index")
    with open(index, "rb") as file:
        whole = file.read()
    with open(index, "ab") as file:
        file.write(b"garbage\n")
    for _ in range(3):
        status, said = ask(ca, process.url, good)
        test.check(f"damaged: {said}", "trylater" in said and "good" not in said)
    with open(index, "wb") as file:
        file.write(whole)
    status, said = ask(ca, process.url, good)
    test.check(f"mended: {said}", f"{good}: good" in said)


def test_nginx(test, ca, process, good, revoked):
    crl = test.path("crls.pem")
    ca("crl", "--out", crl)
    # nginx wants a CRL of each CA in the path.
    root = test.path("root.crl")
    made = ca("crl", "--root", "--out", root)
    test.check("a CRL of the root", made.status == 0, made)
    with open(crl, "ab") as out, open(root, "rb") as file:
        out.write(file.read())

    def start(port):
        path = test.path("nginx.conf")
        with open(path, "w", encoding="ascii") as file:
            file.write(NGINX.format(where=test.folder, port=port, leaf=good[:-4], root=ca.path("root.pem"), crls=crl))
        return Process("nginx", "-p", test.folder, "-c", path)

    with server_on_free_port(start) as port:
        url = ["--cacert", ca.path("root.pem"), "--resolve", f"good.test:{port}:127.0.0.1",
               f"https://good.test:{port}/"]
        stapled = ""
        for _ in range(50):  # nginx asks when the first client has come
            status, stapled = run("curl", "-sS", "--cert-status", *url)
            if status == 0:
                break
            time.sleep(0.1)
        test.check(f"nginx staples, curl wants it: {stapled}", status == 0 and stapled == "NONE\n")
        for cert, wanted in ((good, "SUCCESS"), (revoked, "FAILED:certificate revoked")):
            status, said = run("curl", "-sS", "--cert", cert, "--key", cert[:-4] + "-key.pem", *url)
            test.check(f"nginx lets in by the CRL: {said}", wanted in said or "400 Bad Request" in said and
                       cert == revoked)
    test.check("it goes on", "good.test.pem: good" in ask(ca, process.url, good)[1])


def test_renewed(test):
    """A new intermediate while it runs: with the old key, at SIGHUP, and with another key."""
    other = Ca(test, "renewed")
    leaf = other.issue("r.test")

    def signer(process):
        said = ask(other, process.url, leaf, options=["-resp_text", "-no_nonce"])[1]
        found = re.search(r"\nCertificate:.*?Serial Number:\s+([0-9a-f:]+)", said, re.S)
        return said, found and found.group(1)

    with responder(test, other) as process:
        said, first = signer(process)
        test.check(f"before: {said}", f"{leaf}: good" in said and first is not None)
        test.check("the same signer", signer(process)[1] == first)
        test.check("renewed", other("renew", "--lifetime", "200d").status == 0)
        said, second = signer(process)
        test.check(f"the renewed intermediate signs: {said}", f"{leaf}: good" in said and second != first)
        process.send_signal(signal.SIGHUP)
        for _ in range(50):
            said, third = signer(process)
            if third != second:
                break
            time.sleep(0.1)
        test.check(f"SIGHUP: {said}", f"{leaf}: good" in said and third != second)
        done = other("revoke", "--intermediate", "--out", test.path("renewed-root.crl"))
        said, _ = signer(process)
        test.check(f"a revoked intermediate answers nothing: {done} {said}", done.status == 0 and "trylater" in said)
        made = other("renew")
        fresh = other.issue("fresh.test")
        said = ask(other, process.url, fresh)[1]
        test.check(f"another intermediate: {made} {said}", f"{fresh}: good" in said and "verify OK" in said)
        test.check("of the old one it knows nothing", "good" not in ask(other, process.url, leaf)[1])


def test_options(test, ca):
    for args, wanted in ((["ocsp", "x"], "no operand"), (["ocsp", "--validity", "13h"], "12 hours"),
                         (["ocsp", "--validity", "x"], "1h"), (["ocsp", "--listen", "x:y:z"], "hint: "),
                         (["ocsp", "--dir", test.path("none")], "there is no CA")):
        result = ca(*args)
        test.check(f"{args}: refused", result.status == 2 and wanted in result.err, result)
    secret = test.path("secret")
    with open(secret, "w", encoding="ascii") as file:
        file.write("correct horse\n")
    other = Ca(test, "encrypted", "--passphrase-file", secret)
    without = other("ocsp", "--listen", "127.0.0.1:0")
    test.check("without its passphrase", without.status == 2 and without.out == "", without)
    leaf = test.path("e.pem")
    other("issue", "e.test", "--passphrase-file", secret, "--out", leaf, "--key-out", test.path("e-key.pem"))
    with responder(test, other, "--passphrase-file", secret, "--validity", "10m") as process:
        status, said = ask(other, process.url, leaf)
        test.check(f"with it: {said}", f"{leaf}: good" in said)


def main():
    need("openssl")
    test = Test()
    port = free_port()
    ca = Ca(test, "ca", "--ocsp-url", f"http://127.0.0.1:{port}/ca/one")
    good, revoked = ca.issue("good.test", "--profile", "both"), ca.issue("bad.test", "--profile", "both")
    names = (good, revoked)
    with responder(test, ca, listen=f"127.0.0.1:{port}") as process:
        test.check(f"the path of its URL: {process.url}", process.url.endswith("/ca/one"))
        test_openssl(test, ca, process.url, names)
        if subprocess.run(["which", "ocsptool"], stdout=subprocess.DEVNULL, check=False).returncode == 0:
            test_gnutls(test, ca, process.url, names)
        test_ward(test, ca, process.url, names)
        test_http(test, ca, process.port, names, "/ca/one/")
        test_raw(test, ca, process.port, names, "/ca/one")
        if subprocess.run(["which", "nginx", "curl"], stdout=subprocess.DEVNULL, check=False).returncode == 0:
            test_nginx(test, ca, process, good, revoked)
        test_damage(test, ca, process, good)
        process.send_signal(signal.SIGTERM)
        told = process.stderr.read()
        test.check(f"trouble is told once: {told}", told.count("no answers for now") == 1 and
                   told.count("\n") == 2 and "damaged" in told)
    test_renewed(test)
    test_options(test, ca)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
