#!/usr/bin/env python3
"""`ward connect` with openssl s_server, Python's ssl and `ward serve`: what it shows as text and as
JSON, the bytes that it passes both ways, colour, the key log, client certificates.
"""
import contextlib
import datetime
import hashlib
import json
import os
import pty
import re
import select
import stat
import subprocess
import sys
import time

from command import (WARD, Authority, Server, Test, clean_environment, need, openssl_server,
                     read_all, say_goodbye, tls_context, ward, ward_server)

# What ward and this OpenSSL agree on when nobody says otherwise.
GROUPS = subprocess.run(["openssl", "list", "-tls-groups"], stdout=subprocess.PIPE,
                        stderr=subprocess.DEVNULL, check=False).stdout
FIRST_GROUP = "X25519MLKEM768" if b"X25519MLKEM768" in GROUPS else "x25519"

MEBIBYTE = hashlib.shake_256(b"ward").digest(1 << 20)


def greet(connection):
    connection.sendall(b"hello\n")
    say_goodbye(connection)


def echo(connection):
    """Sends back what it reads while it reads, and closes when the peer has."""
    while True:
        part = connection.recv(65536)
        if not part:
            break
        connection.sendall(part)
    say_goodbye(connection)


def row(result, name):
    """The value of a line of facts."""
    found = re.search(rf"^{name} +(.*)$", result.out, re.M)
    return found.group(1) if found else None


def test_text(test, ca):
    cert, key = ca.leaf("good", subject="/O=Example/CN=leaf")
    with openssl_server(cert, key, "-tls1_3", "-alpn", "http/1.1") as port:
        host = f"127.0.0.1:{port}"
        r = ward("connect", host, "--cacert", ca.cert, "--alpn", "h2,http/1.1")
        test.check("text: exit status 0", r.status == 0, r)
        test.check("text: nothing on stderr", r.err == "", r)
        for name, value in (("Version", "TLS 1.3"), ("Cipher", "TLS_AES_128_GCM_SHA256"),
                            ("Group", FIRST_GROUP), ("Signature", "ecdsa_secp256r1_sha256"),
                            ("ALPN", "http/1.1")):
            test.check(f"text: {name}", row(r, name) == value, r)
        test.check("text: verdict", (row(r, "Verdict") or "").startswith("trusted"), r)
        test.check("text: chain", "CN=leaf,O=Example" in r.out and "issuer    CN=Test CA" in r.out
                   and re.search(r"valid     2020-01-01 to 2099-01-01, \d+ days left", r.out), r)
        test.check("text: names", "names     localhost, 127.0.0.1, ::1" in r.out, r)
        test.check("text: no colour in a pipe", "\x1b" not in r.out, r)
        r = ward("connect", host, "--cacert", ca.cert, "--color", "always")
        test.check("text: colour always", "\x1b[32mtrusted\x1b[0m" in r.out, r)
        r = ward("connect", host, "--cacert", ca.cert, "-q")
        test.check("text: quiet", r.status == 0 and r.out == "" and r.err == "", r)
        r = ward("connect", f"https://localhost:{port}/index.html", "-4", "--cacert", ca.cert)
        test.check("text: a URL", r.status == 0 and row(r, "ALPN") == "none", r)


def test_choices(test, ca):
    cert, key = ca.leaf("good")
    with openssl_server(cert, key, "-tls1_3", "-groups", "P-384:X25519") as port:
        host = [f"127.0.0.1:{port}", "--cacert", ca.cert]
        r = ward("connect", *host, "--max-fragment", "1024", "-vv")
        test.check("fragments: asked for, and answered", r.status == 0
                   and len(re.findall(r"MaxFragmentLength.*2\^10 \(2\)", r.out + r.err)) == 2, r)
        r = ward("connect", *host, "--max-fragment", "1000")
        test.check("fragments: of a size that there is", r.status == 2
                   and "give 512, 1024, 2048 or 4096" in r.err, r)
        r = ward("connect", *host, "--groups", "secp384r1")
        test.check("groups: by name", r.status == 0 and row(r, "Group") == "secp384r1", r)
        r = ward("connect", *host, "--suites", "tls_chacha20_poly1305_sha256")
        test.check("suites: by name", row(r, "Cipher") == "TLS_CHACHA20_POLY1305_SHA256", r)
    with openssl_server(cert, key, "-tls1_3", "-groups", "P-384") as port:
        r = ward("connect", f"127.0.0.1:{port}", "--cacert", ca.cert, "-v")
        test.check("retry: told", r.status == 0 and "after a HelloRetryRequest" in r.out, r)
        order = re.findall(r"^(?:-->|<--)  (\w+)", r.out, re.M)
        test.check("retry: messages in order", order[:9] == [
            "ClientHello", "HelloRetryRequest", "ClientHello", "ServerHello", "EncryptedExtensions",
            "Certificate", "CertificateVerify", "Finished", "Finished"], r)
        r = ward("connect", f"127.0.0.1:{port}", "--cacert", ca.cert, "-vv")
        test.check("-vv: fields", "CipherSuite  TLS_AES_128_GCM_SHA256 (0x1301)" in r.out and
                   "NamedGroup  x25519 (0x001d)" in r.out, r)
    with openssl_server(cert, key, "-tls1_2", "-verify", "1") as port:
        r = ward("connect", f"127.0.0.1:{port}", "--cacert", ca.cert, "-vv", "--cert", cert, "--key",
                 key)
        test.check("-vv of TLS 1.2: by its own grammar", r.status == 0 and
                   "malformed" not in r.out and all(line in r.out for line in (
                       "ticket_lifetime_hint  7200\n", "curve_type  named_curve (3)\n",
                       "ClientCertificateType  ecdsa_sign (64)\n", "namedcurve  x25519 (0x001d)\n",
                       "the server's half of the key exchange, signed\n")), r)


def test_json(test, ca):
    cert, key = ca.leaf("good", subject="/CN=leaf")
    members = {"schema", "host", "port", "address", "server_name", "connected", "version", "cipher",
               "group", "signature_scheme", "alpn", "hello_retry_request", "resumed", "early_data", "verified", "insecure",
               "certificate_type", "chain", "raw_public_key", "ocsp", "scts", "compression", "error",
               "exit_status"}
    with openssl_server(cert, key, "-tls1_3") as port:
        host = f"127.0.0.1:{port}"
        r = ward("connect", host, "--cacert", ca.cert, "--json")
        j = json.loads(r.out)
        test.check("json: members", set(j) == members, r)
        test.check("json: facts", j["schema"] == 1 and j["host"] == "127.0.0.1" and
                   j["port"] == port and j["version"] == "TLSv1.3" and j["verified"] is True and
                   j["connected"] is True and j["alpn"] is None and j["error"] is None and
                   j["certificate_type"] == "x509" and j["raw_public_key"] is None and
                   j["exit_status"] == r.status == 0, r)
        leaf = j["chain"][0]
        after = datetime.datetime.strptime(leaf["not_after"], "%Y-%m-%dT%H:%M:%SZ")
        test.check("json: certificate", leaf["subject"] == "CN=leaf" and after.year == 2099 and
                   leaf["key"] == {"type": "P-256", "bits": 256} and
                   {"type": "dns", "value": "localhost"} in leaf["names"] and
                   re.fullmatch("[0-9a-f]{64}", leaf["sha256"]) and leaf["ca"] is False, r)
        r = ward("connect", host, "--json", "--cacert", ca.cert, "--servername", "other.example")
        j = json.loads(r.out)
        test.check("json: a refusal", r.status == 1 and j["verified"] is False and
                   j["connected"] is False and j["error"]["reason"] == "CERT_NAME_MISMATCH" and
                   j["error"]["remedy"] and j["exit_status"] == 1, r)
        r = ward("connect", host, "--json", "-k", "--servername", "other.example", "--cacert",
                 ca.cert)
        j = json.loads(r.out)
        test.check("json: taken all the same", r.status == 1 and j["insecure"] is True and
                   j["connected"] is True and j["verified"] is False, r)
        r = ward("connect", host, "--json", "--cacert", ca.cert, stdin=b"is not sent")
        test.check("json: on stdout even in a pipe", json.loads(r.out)["connected"], r)
    r = ward("connect", "no-such-host.invalid", "--json")
    j = json.loads(r.out)
    test.check("json: no connection", r.status == 3 and j["error"]["reason"] == "NAME_NOT_FOUND" and
               j["verified"] is None and j["chain"] == [] and j["address"] is None, r)


def test_pipes(test, ca):
    context = tls_context(*ca.leaf("good"))
    trust = ["--cacert", ca.cert]
    got = []

    def swallow_then_answer(connection):
        got.append(hashlib.sha256(read_all(connection)).digest())
        connection.sendall(MEBIBYTE)  # after the peer's close_notify: a half-closed connection
        say_goodbye(connection)

    with Server(swallow_then_answer, context) as server:
        r = ward("connect", f"127.0.0.1:{server.port}", *trust, stdin=MEBIBYTE)
        test.check("pipe: 1 MiB to the peer", got == [hashlib.sha256(MEBIBYTE).digest()], r)
        test.check("pipe: 1 MiB from the peer after half-close", r.raw == MEBIBYTE)
        test.check("pipe: exit status 0, facts on stderr",
                   r.status == 0 and "Version      TLS 1.3" in r.err)
    with Server(echo, context) as server:
        r = ward("connect", f"127.0.0.1:{server.port}", *trust, "-q", stdin=MEBIBYTE)
        test.check("echo: 1 MiB both ways at once", r.raw == MEBIBYTE and r.status == 0)
        test.check("echo: nothing on stderr", r.err == "", r)
        source = test.path("source")
        with open(source, "wb") as file:
            file.write(MEBIBYTE * 8)
        with open(source, "rb") as file, open(test.path("copy"), "wb") as copy:
            done = subprocess.run([WARD, "connect", f"127.0.0.1:{server.port}", *trust, "-q"],
                                  stdin=file, stdout=copy, timeout=60, check=False,
                                  env=clean_environment())
        with open(test.path("copy"), "rb") as copy:
            test.check("echo: a file of 8 MiB", done.returncode == 0 and
                       copy.read() == MEBIBYTE * 8)
        test_lazy_reader(test, server.port, trust)
    with Server(greet, context) as server:
        # The input never ends; the peer's close_notify does it.
        reader, writer = os.pipe()
        with os.fdopen(reader, "rb") as file:
            r = ward("connect", f"127.0.0.1:{server.port}", *trust, "-q", stdin=file)
        os.close(writer)
        test.check("pipe: ends on close_notify", r.status == 0 and r.out == "hello\n", r)
        r = ward("connect", f"127.0.0.1:{server.port}", *trust, "-qi")
        test.check("pipe: -i reads what the peer says", r.status == 0 and r.out == "hello\n", r)
        r = ward("connect", f"127.0.0.1:{server.port}", *trust, "-n", stdin=b"not sent")
        test.check("pipe: -n shows and ends", r.status == 0 and "Version" in r.out and
                   "hello" not in r.out, r)
    with Server(greet, tls_context(*ca.leaf("self", self_signed=True))) as server:
        r = ward("connect", f"127.0.0.1:{server.port}", "-k", stdin=b"")
        test.check("pipe: -k passes through, status 1, says INSECURE", r.status == 1 and
                   r.out == "hello\n" and "INSECURE" in r.err, r)


def test_end_of_input(test, ca):
    """The end of input is told late enough for servers that then drop the answer under way."""
    def touchy(connection):
        connection.recv(4096)
        time.sleep(0.3)
        if select.select([connection], [], [], 0)[0]:
            return  # the client has closed its half
        connection.sendall(b"answer")
        say_goodbye(connection)

    with Server(touchy, tls_context(*ca.leaf("good"))) as server:
        args = ["connect", f"127.0.0.1:{server.port}", "--cacert", ca.cert, "-q"]
        r = ward(*args, stdin=b"question")
        test.check("end of input: told when the answer is there", r.status == 0 and
                   r.out == "answer", r)
        r = ward(*args, "--eof-wait", "10ms", stdin=b"question")
        test.check("end of input: told at once with --eof-wait", r.status == 3 and r.out == "", r)


def test_lazy_reader(test, port, trust):
    """One that writes all before it reads anything: neither direction may hold up the other."""
    with subprocess.Popen([WARD, "connect", f"127.0.0.1:{port}", *trust, "-q"],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          env=clean_environment()) as process:
        process.stdin.write(MEBIBYTE[:100000])
        process.stdin.close()
        time.sleep(0.5)
        out = process.stdout.read()
        test.check("echo: one who writes all before reading", out == MEBIBYTE[:100000] and
                   process.wait(20) == 0)


def test_silence(test, ca):
    def never_answer(connection):
        read_all(connection)
        time.sleep(20)

    with Server(never_answer, tls_context(*ca.leaf("good"))) as server:
        start = time.monotonic()
        r = ward("connect", f"127.0.0.1:{server.port}", "--cacert", ca.cert, "-q", "--timeout",
                 "1s", stdin=b"question")
        test.check("silence after the end of input", r.status == 3 and
                   len(r.err.splitlines()) == 2 and time.monotonic() - start < 15, r)


def run_in_terminal(args, typed, env):
    """Everything that appears on a terminal in which the command runs."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execve(WARD, [WARD, *args], env)
    seen = b""
    deadline = time.monotonic() + 30
    with contextlib.suppress(OSError):
        while time.monotonic() < deadline:
            if select.select([fd], [], [], 0.2)[0]:
                part = os.read(fd, 65536)
                if not part:
                    break
                seen += part
            if typed and b"days left" in seen:
                os.write(fd, typed)
                typed = b""
    os.close(fd)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), seen.decode(errors="replace")


def test_terminal(test, ca):
    with Server(echo, tls_context(*ca.leaf("good"))) as server:
        args = ["connect", f"127.0.0.1:{server.port}", "--cacert", ca.cert]
        env = clean_environment(TERM="xterm")
        status, seen = run_in_terminal(args, b"", env)
        test.check("terminal: shows and ends", status == 0 and "TLS 1.3" in seen, seen)
        test.check("terminal: colour", "\x1b[32mtrusted" in seen, seen)
        for change in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            _, seen = run_in_terminal(args, b"", {**env, **change})
            test.check(f"terminal: no colour with {change}", "\x1b" not in seen, seen)
        status, seen = run_in_terminal([*args, "-i"], b"ping pong\n\x04", env)
        test.check("terminal: -i passes through", status == 0 and
                   len(re.findall("ping pong", seen)) == 2, seen)


def test_keylog(test, ca):
    with Server(greet, tls_context(*ca.leaf("good"))) as server:
        args = ["connect", f"127.0.0.1:{server.port}", "--cacert", ca.cert]
        for name, extra, env in (
                ("--keylog", ["--keylog", test.path("a.log")], clean_environment()),
                ("SSLKEYLOGFILE", [], clean_environment(SSLKEYLOGFILE=test.path("b.log")))):
            r = ward(*args, *extra, env=env)
            path = test.path("a.log" if extra else "b.log")
            with open(path, encoding="ascii") as file:
                lines = file.read().splitlines()
            labels = {line.split()[0] for line in lines}
            test.check(f"{name}: the secrets", {
                "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET",
                "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"} <= labels, r)
            test.check(f"{name}: mode 0600", stat.S_IMODE(os.stat(path).st_mode) == 0o600)
            test.check(f"{name}: a warning", "WARNING" in r.err and path in r.err, r)


def test_client_certificate(test, ca):
    client = ca.leaf("client", subject="/CN=me", names="DNS:me.example", usage="clientAuth")
    context = tls_context(*ca.leaf("good"), client_ca=ca.cert)
    with Server(greet, context) as server:
        args = ["connect", f"127.0.0.1:{server.port}", "--cacert", ca.cert]
        r = ward(*args, "--cert", client[0], "--key", client[1], "-q", stdin=b"")
        test.check("client certificate: taken", r.status == 0 and r.out == "hello\n", r)
        r = ward(*args, "--cert", client[0], "--key", client[1], "-v")
        test.check("client certificate: told", r.status == 0 and "CertificateRequest" in r.out, r)
        r = ward(*args)
        test.check("client certificate: missing", r.status == 4 and "--cert" in r.err, r)


def test_addresses(test, ca):
    context = tls_context(*ca.leaf("good"))
    try:
        server = Server(greet, context, "::1")
    except OSError:
        print("no IPv6 on this machine: its checks are left out")
        return
    with server:
        for host in (f"[::1]:{server.port}", f"https://[::1]:{server.port}/"):
            r = ward("connect", host, "--cacert", ca.cert)
            test.check(f"address: {host}", r.status == 0 and f"[::1]:{server.port}" in r.out, r)
        r = ward("connect", f"localhost:{server.port}", "--cacert", ca.cert, "-4")
        test.check("address: -4 does not try IPv6", r.status == 3, r)


def test_ward_serve(test):
    """Against our own server, its development CA, and a request through the pipe."""
    data = test.path("data")
    site = test.path("site")
    os.mkdir(site)
    with open(os.path.join(site, "index.html"), "wb") as file:
        file.write(b"a page over TLS\n")
    with ward_server(site, env=clean_environment(XDG_DATA_HOME=data)) as port:
        host = [f"localhost:{port}", "-4", "--cacert", os.path.join(data, "ward", "ca.pem")]
        r = ward("connect", *host)
        test.check("ward serve: trusted", r.status == 0 and row(r, "Version") == "TLS 1.3", r)
        r = ward("connect", *host, "--alpn", "http/1.1", "-q",
                 stdin=b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        test.check("ward serve: a page", r.status == 0 and r.out.startswith("HTTP/1.1 200") and
                   r.out.endswith("a page over TLS\n"), r)
        r = ward("connect", f"localhost:{port}", "-4")
        test.check("ward serve: not trusted without its CA", r.status == 1, r)


def main():
    need("openssl")
    test = Test()
    os.mkdir(test.path("ca"))
    ca = Authority(test.path("ca"))
    test_text(test, ca)
    test_choices(test, ca)
    test_json(test, ca)
    test_pipes(test, ca)
    test_end_of_input(test, ca)
    test_silence(test, ca)
    test_terminal(test, ca)
    test_keylog(test, ca)
    test_client_certificate(test, ca)
    test_addresses(test, ca)
    test_ward_serve(test)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
