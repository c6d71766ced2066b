#!/usr/bin/env python3
"""What `ward connect` says when something is wrong: for each case the exact exit status, and exactly
two lines on stderr, one of cause and one of remedy, whether standard input is a pipe or not. No
control character of a hostile certificate reaches the terminal.
"""
import os
import re
import socket
import subprocess
import sys
import time

from command import (WARD, Authority, Server, Test, need, openssl, openssl_server, read_all, say_goodbye,
                     tls_context, ward)


def judge(test, name, result, status, cause, remedy):
    lines = result.err.splitlines()
    test.check(f"{name}: exit status {status}", result.status == status, result)
    test.check(f"{name}: two lines", len(lines) == 2, result)
    test.check(f"{name}: cause", bool(lines) and re.search(cause, lines[0]) is not None, result)
    test.check(f"{name}: remedy", len(lines) > 1 and lines[1].startswith("hint: ") and
               re.search(remedy, lines[1]) is not None, result)
    seen = result.out + result.err
    test.check(f"{name}: no control characters",
               re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", seen) is None, result)


def expect(test, name, args, status, cause, remedy):
    """Judges the command as a person runs it, and in a pipe."""
    judge(test, name, ward("connect", *args), status, cause, remedy)
    judge(test, name + " (in a pipe)", ward("connect", *args, stdin=b"hello\n"), status, cause,
          remedy)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def plain_http(connection):
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def ssh(connection):
    connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
    connection.recv(4096)


def silent(connection):
    time.sleep(20)


def hang_up(connection):
    connection.recv(4096)


def echo(connection):
    connection.sendall(read_all(connection))
    say_goodbye(connection)


def test_network(test):
    expect(test, "closed port", [f"127.0.0.1:{free_port()}"], 3, "nothing listens", "port")
    expect(test, "unknown name", ["no-such-host.invalid"], 3, "name is not known", "spelling")
    with Server(silent) as server:
        start = time.monotonic()
        expect(test, "silent peer", [f"127.0.0.1:{server.port}", "--timeout", "400ms"], 3,
               "time is up", "--timeout")
        test.check("silent peer: in time", time.monotonic() - start < 15)


def test_not_tls(test):
    for name, serve, status, cause, remedy in (
            ("plain HTTP", plain_http, 4, "plain HTTP", "TLS port"),
            ("SSH", ssh, 4, "does not speak TLS", "port"),
            ("hang-up in the handshake", hang_up, 4, "closed the connection during", "TLS 1.2")):
        with Server(serve) as server:
            expect(test, name, [f"localhost:{server.port}", "-4"], status, cause, remedy)


def test_certificates(test, ca):
    good = ca.leaf("good")
    cases = (
        ("expired", ca.leaf("expired", dates=("20200101000000Z", "20210101000000Z")),
         "has expired.*2021-01-01", "renew"),
        ("not valid yet", ca.leaf("future", dates=("20980101000000Z", "20990101000000Z")),
         "not valid yet", "clock"),
        ("misnamed", ca.leaf("misnamed", names="DNS:other.example"), "for another name",
         "--servername"),
        ("for clients only", ca.leaf("usage", usage="clientAuth"), "extended key usage", "owner"),
        ("self-signed", ca.leaf("self", self_signed=True), "self-signed", "--cacert"),
    )
    for name, (cert, key), cause, remedy in cases:
        with Server(echo, tls_context(cert, key)) as server:
            host = f"127.0.0.1:{server.port}"
            expect(test, name, [host, "--cacert", ca.cert], 1, cause, remedy)
            overruled = ward("connect", host, "--cacert", ca.cert, "-k")
            judge(test, name + " with -k", overruled, 1, cause, remedy)
            test.check(f"{name} with -k: says that it is insecure", "INSECURE" in overruled.out,
                       overruled)
    with Server(echo, tls_context(*good)) as server:
        host = f"127.0.0.1:{server.port}"
        other = Authority(os.path.join(test.folder, "other"), "Other CA")
        expect(test, "unknown issuer", [host, "--cacert", other.cert], 1, "issuer.*not known",
               "intermediate.*--cacert")
        expect(test, "issuer unknown to the system", [host], 1, "not known or not trusted|no trusted",
               "cacert|ca-certificates")
        expect(test, "other name asked for",
               [host, "--cacert", ca.cert, "--servername", "example.org"], 1, "for another name",
               "--servername")


def test_hostile(test, ca):
    """Escapes, a bell, a new line, right-to-left marks: in the subject of a leaf and of its CA."""
    text = "evil\x1b[31m\x07\r\nward connect: all is fine\u202e\x9b2J"
    cert, key = ca.leaf("hostile", subject="/CN=" + text, names="DNS:other.example")
    with Server(echo, tls_context(cert, key)) as server:
        host = f"127.0.0.1:{server.port}"
        expect(test, "hostile subject", [host, "--cacert", ca.cert], 1, "for another name", "name")
        seen = ward("connect", host, "--cacert", ca.cert)
        test.check("hostile subject: shown escaped", "evil\\1B[31m\\07\\0D\\0A" in seen.out, seen)
        seen = ward("connect", host, "--cacert", ca.cert, "-k", "-vv")
        test.check("hostile subject: no control characters in -vv",
                   re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", seen.out + seen.err)
                   is None, seen)


def test_handshake(test, ca):
    cert, key = ca.leaf("good")
    trust = ["--cacert", ca.cert]
    cases = (
        ("TLS 1.1 alone", ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"], [], "protocol_version",
         "TLS 1.2"),
        ("no suite in common", ["-tls1_3", "-ciphersuites", "TLS_AES_256_GCM_SHA384"],
         ["--suites", "TLS_AES_128_GCM_SHA256"], "handshake_failure", "--suites"),
        ("no group in common", ["-tls1_3", "-groups", "P-384"], ["--groups", "x25519"],
         "handshake_failure", "--groups"),
        ("no protocol in common", ["-tls1_3", "-alpn", "h2"], ["--alpn", "http/1.1"],
         "no_application_protocol", "--alpn"),
        ("client certificate missing", ["-tls1_3", "-Verify", "1", "-verify_return_error",
                                        "-CAfile", ca.cert], [],
         "certificate_required", "--cert"),
    )
    for name, server_args, args, cause, remedy in cases:
        with openssl_server(cert, key, *server_args) as port:
            expect(test, name, [f"127.0.0.1:{port}", *trust, *args, "-q"], 4, cause, remedy)


def test_setup(test, ca):
    """Mistakes of the command line, and files that cannot be used: nothing is sent."""
    cert, key = ca.leaf("one")
    _, other_key = ca.leaf("two")
    locked = test.path("locked.pem")
    openssl("pkey", "-in", key, "-aes128", "-passout", "pass:secret", "-out", locked)
    empty = test.path("empty.pem")
    with open(empty, "w", encoding="ascii") as file:
        file.write("nothing\n")
    cases = (
        ("no such CA file", ["--cacert", "/no/such/file"], "cannot be read", "path"),
        ("CA file without a certificate", ["--cacert", empty], "no certificate", "PEM"),
        ("key of another certificate", ["--cert", cert, "--key", other_key], "does not belong",
         "key"),
        ("encrypted key", ["--cert", cert, "--key", locked], "encrypted", "ward cert convert"),
        ("no key", ["--cert", cert], "no private key", "PEM"),
        ("key alone", ["--key", key], "--key without a --cert", "--cert"),
        ("unknown option", ["--cacrt", cert], "no option --cacrt", "--cacert"),
        ("unknown letter", ["-Z"], "no option -Z", "--help"),
        ("value missing", ["--cacert"], "needs a value", "--help"),
        ("bad time", ["--timeout", "soon"], "timeout cannot be", "5s"),
        ("bad group", ["--groups", "x25519,rot13"], "groups cannot be", "secp256r1"),
        ("bad suite", ["--suites", "RC4"], "suites cannot be", "TLS_AES_128_GCM_SHA256"),
        ("bad protocol list", ["--alpn", "h2,,http/1.1"], "alpn cannot be", "commas"),
        ("bad colour", ["--color", "pink"], "color cannot be", "always"),
        ("empty name", ["--servername", ""], "servername cannot be", "ASCII"),
        ("name beyond ASCII", ["--servername", "b\u00fccher.example"], "servername cannot be", "xn--"),
        ("two hosts", ["example.com"], "more than one host", "HOST"),
    )
    for name, args, cause, remedy in cases:
        expect(test, name, ["localhost:1", *args], 2, cause, remedy)
    for name, args, cause, remedy in (
            ("no host", [], "host is missing", "HOST"),
            ("plain scheme", ["http://example.org"], "does not begin with TLS", "https"),
            ("unknown scheme", ["gopher://example.org"], "scheme is not known", "HOST:PORT"),
            ("bad port", ["example.org:99999"], "not a port", "65535"),
            ("bad host", ["user@example.org"], "not a host", "HOST")):
        expect(test, name, args, 2, cause, remedy)
    with open("/dev/full", "wb") as full:
        for args in (["--help"], ["connect", "--help"], ["--version"]):
            done = subprocess.run([WARD, *args], stdout=full, stderr=subprocess.PIPE, check=False)
            test.check(f"{args}: output that cannot be written", done.returncode == 3 and
                       len(done.stderr.splitlines()) == 2)
    judge(test, "unknown verb", ward("conect"), 2, "no verb \"conect\"", "ward connect")
    judge(test, "far verb", ward("frobnicate"), 2, "no verb", "--help")
    judge(test, "option before a verb", ward("--listen"), 2, "no option", "--help")


def test_closed_descriptors(test, ca):
    """What is printed where standard output is closed does not end up in the socket."""
    got = []

    def listen(connection):
        got.append(read_all(connection))

    with Server(listen, tls_context(*ca.leaf("good"))) as server:
        command = f'"$0" connect 127.0.0.1:{server.port} --cacert "$1" <&- >&- 2>&-'
        done = subprocess.run(["sh", "-c", command, WARD, ca.cert], check=False, timeout=60)
        for _ in range(100):
            if got or server.errors:
                break
            time.sleep(0.05)
        test.check(f"closed descriptors: {got} {server.errors}", done.returncode == 0 and
                   got == [b""] and not server.errors)


def test_broken_off(test, ca):
    """The peer is gone without close_notify: what came is passed on, and it is an error."""
    def drop(connection):
        connection.sendall(b"half a sen")
        socket.socket.shutdown(connection, socket.SHUT_RDWR)

    with Server(drop, tls_context(*ca.leaf("good"))) as server:
        result = ward("connect", f"127.0.0.1:{server.port}", "--cacert", ca.cert, "-q",
                      stdin=b"")
        judge(test, "broken off", result, 3, "without close_notify", "broke off")
        test.check("broken off: what came is passed on", result.out == "half a sen", result)


def main():
    need("openssl")
    test = Test()
    for name in ("ca", "other"):
        os.mkdir(test.path(name))
    ca = Authority(test.path("ca"))
    test_network(test)
    test_not_tls(test)
    test_certificates(test, ca)
    test_hostile(test, ca)
    test_handshake(test, ca)
    test_setup(test, ca)
    test_broken_off(test, ca)
    test_closed_descriptors(test, ca)
    return test.finish()


if __name__ == "__main__":
    sys.exit(main())
